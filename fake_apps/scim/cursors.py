"""Cursors: a place in a list, written so that only this service can have written it.

Source: https://datatracker.ietf.org/doc/html/rfc9865#section-2. A cursor is made of characters that
need no escaping in an address; it belongs to one query and one count, and has its time.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import errors

_SIGNED = 8  # bytes


@dataclass(frozen=True)
class Cursor:
    """`start` counts from 0, `made` in seconds; `query` stands for all that was asked besides."""

    start: int
    count: int
    made: int
    query: str


def query_of(kinds: Sequence[str], told: Mapping[str, Any]) -> str:
    """What a cursor belongs to: everything that is asked but the cursor and the count."""
    rest = {name: value for name, value in told.items() if name not in ("cursor", "count")}
    text = json.dumps([list(kinds), rest], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def write(cursor: Cursor, key: str) -> str:
    told = f"{cursor.start}.{cursor.count}.{cursor.made}.{cursor.query}".encode()
    return base64.urlsafe_b64encode(_signature(told, key) + told).decode().rstrip("=")


def read(text: str, key: str, query: str) -> Cursor:
    """The cursor, or the refusal where this service has not made it for this query."""
    try:
        found = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as fault:
        raise errors.invalid_cursor() from fault
    signature, told = found[:_SIGNED], found[_SIGNED:]
    if signature != _signature(told, key):
        raise errors.invalid_cursor()
    start, count, made, of = told.decode().split(".")
    if of != query:
        raise errors.invalid_cursor()
    return Cursor(int(start), int(count), int(made), of)


def _signature(told: bytes, key: str) -> bytes:
    return hashlib.sha256(key.encode() + told).digest()[:_SIGNED]
