"""Lists in pages: a limit, an opaque cursor, and Link headers with self and next."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

import sqlalchemy as sa
from flask import Response

from . import errors
from .quirks import LINKS_IN_ONE_LINE
from .service import service
from .wire import address, current, reply

Row = sa.Row[Any]


@dataclass(frozen=True)
class Limit:
    """How many rows a page has: by default, at least, at most; too many are cut or refused."""

    default: int
    most: int
    least: int = 1
    is_cut: bool = False

    def asked(self) -> int:
        """What the request asks for; E0000001 where that cannot be."""
        text = current().args.get("limit")
        if text is None:
            return self.default
        digits = text.strip()
        number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else -1
        if self.is_cut and number > self.most:
            return self.most
        if not self.least <= number <= self.most:
            cause = f"limit: must be between {self.least} and {self.most}"
            raise errors.invalid("limit", cause)
        return number


def cursor() -> str:
    return current().args.get("after", "")


def page(
    items: Sequence[Any],
    *,
    limit: int,
    after: str | None,
    self_query: Mapping[str, Any] | None = None,
) -> Response:
    """One page. `after` is the cursor of the next one, None where this is the last."""
    response = reply(items)
    asked = current().args.to_dict()
    links = [_link(address(asked if self_query is None else self_query), "self")]
    if after is not None:
        following = {"after": after, "limit": limit, **_others(asked)}
        links.append(_link(address(following), "next"))
    if LINKS_IN_ONE_LINE in service().quirks:
        response.headers["Link"] = ", ".join(links)
        return response
    for one in links:
        response.headers.add("Link", one)
    return response


def _link(url: str, rel: str) -> str:
    return f'<{url}>; rel="{rel}"'


def _others(asked: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in asked.items() if name not in ("after", "limit")}


def cut(rows: Iterable[Row], limit: int, key: str = "id") -> tuple[list[Row], str | None]:
    """The first rows, and the cursor after them where there are more."""
    found = list(islice(rows, limit + 1))
    more = len(found) > limit
    kept = found[:limit]
    return kept, str(getattr(kept[-1], key)) if more and kept else None


def chunks(
    query: sa.Select[Any], column: sa.Column[Any], *, size: int, **values: Any
) -> Iterator[Row]:
    """Rows behind the request's cursor in order of the column, fetched in pieces as needed.

    A query with bound parameters for the values that is kept by the caller is compiled once.
    """
    store, last = service().org.store, cursor()
    piece = _piece(query, column)
    while True:
        rows = store.rows(piece, last=last, size=size, **values)
        yield from rows
        if len(rows) < size:
            return
        last = str(getattr(rows[-1], column.name))


@lru_cache(maxsize=64)
def _piece(query: sa.Select[Any], column: sa.Column[Any]) -> sa.Select[Any]:
    behind = query.where(column > sa.bindparam("last")).order_by(column)
    return behind.limit(sa.bindparam("size", type_=sa.Integer))


def sorted_page(
    rows: Iterable[Row], key: Callable[[Row], Any], *, reverse: bool, limit: int
) -> tuple[list[Row], str | None]:
    """One page of a sorted list; its cursor is a place in that list."""
    found = sorted(rows, key=key, reverse=reverse)
    text = cursor()
    start = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    more = len(found) > start + limit
    return found[start : start + limit], str(start + limit) if more else None
