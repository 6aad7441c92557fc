"""Parts of lists: by offset, where places may be taken by what the caller may not see, or marker.

Source: https://developer.box.com/guides/api-calls/pagination
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ..core.quirk import QuirkSet
from . import errors, quirks
from .entity import User

GAP = 5  # with Q8, every fifth place of a list is one the caller may not see
FIRST = ("", "0")  # the markers of the first page


@dataclass(frozen=True)
class Window:
    """The part of a list that a caller asks for."""

    offset: int
    limit: int


@dataclass(frozen=True)
class Page:
    """Entries of one page, and what the reply calls total_count."""

    rows: Sequence[Any]
    total: int


def page(rows: Iterable[Any], count: int, window: Window, switched: QuirkSet) -> Page:
    """A part of a list of `count` rows."""
    start, stop, total = window.offset, window.offset + window.limit, count
    if quirks.PAGES_HAVE_GAPS in switched:
        start, stop = start - start // GAP, stop - stop // GAP
        total += max(0, count - 1) // (GAP - 1)
    return Page(list(islice(rows, start, stop)), total)


def after_marker(rows: Iterable[User], marker: str, limit: int) -> tuple[list[User], str]:
    """The users behind a marker, and the marker of the next page ("" at the end)."""
    listed = list(rows)
    start = 0 if marker in FIRST else bisect_right(listed, _position(marker), key=_place)
    found = listed[start : start + limit]
    if start + limit >= len(listed):
        return found, ""
    content = {"type": "id", "dir": "next", "tail": str(_place(found[-1]))}
    packed = json.dumps(content, separators=(",", ":")).encode()
    return found, urlsafe_b64encode(packed).decode()


def _place(row: User) -> int:
    return row.place


def _position(marker: str) -> int:
    try:
        content = json.loads(urlsafe_b64decode(marker.encode()))
        return int(content["tail"])
    except (ValueError, TypeError, KeyError, RecursionError) as fault:
        raise errors.invalid("marker", marker) from fault
