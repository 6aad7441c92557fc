"""Query options of collections, and cutting collections into pages."""

import base64
import binascii
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from . import errors
from .entity import Entity
from .filters import Filter, Test, parse_filter, parse_search
from .schema import Schema
from .state import Rows

DEFAULT_PAGE, MAX_PAGE = 100, 999
TOKEN_HEAD = b"DSpt\x02\x00\x01\x00"
SINGLE = ("$select", "$format")
KNOWN = ("$select", "$top", "$filter", "$orderby", "$count", "$search", "$skiptoken", "$format")


@dataclass(frozen=True)
class Query:
    """The query options of one request, checked. `after` is where the page before ended."""

    select: tuple[str, ...] | None = None
    top: int = DEFAULT_PAGE
    filter: Filter | None = None
    search: Test | None = None
    orderby: tuple[tuple[str, bool], ...] = ()
    count: bool = False
    eventual: bool = False
    after: int = 0
    scope: int = 0


@dataclass(frozen=True)
class Page:
    """What one reply of a collection carries; `next_token` is None on the last page."""

    rows: list[Entity]
    next_token: str | None
    count: int | None


def parse_select(args: Mapping[str, str], schema: Schema) -> tuple[str, ...] | None:
    text = args.get("$select", "")
    if not text:
        return None
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    for name in names:
        if name not in schema.properties and name != "*":
            raise errors.bad_select(name, schema.type)
    return None if "*" in names else names


def check_options(args: Mapping[str, str], known: tuple[str, ...]) -> None:
    for name in args:
        if name.startswith("$") and name not in known:
            raise errors.option_unsupported(name)


def parse_query(
    args: Mapping[str, str], schema: Schema, *, eventual: bool, count_ignored: bool, where: str
) -> Query:
    """`where` names the collection and the tenant, so that a page token fits nowhere else."""
    check_options(args, KNOWN)
    wants_count = _flag(args, "$count")
    query = Query(
        select=parse_select(args, schema),
        top=_top(args),
        filter=parse_filter(args["$filter"], schema) if "$filter" in args else None,
        search=_search(args, schema, eventual=eventual),
        orderby=_orderby(args, schema),
        count=wants_count and (eventual or not count_ignored),
        eventual=eventual,
    )
    _check_advanced(query, schema, is_ready=eventual and wants_count)
    scope = zlib.crc32("\n".join([where, *(args.get(each, "") for each in KNOWN[2:6])]).encode())
    after = _after(args["$skiptoken"], scope) if "$skiptoken" in args else 0
    return Query(**{**vars(query), "after": after, "scope": scope})


def _flag(args: Mapping[str, str], name: str) -> bool:
    value = args.get(name, "false")
    if value.lower() not in ("true", "false"):
        raise errors.bad_option(name, value)
    return value.lower() == "true"


def _top(args: Mapping[str, str]) -> int:
    text = args.get("$top", str(DEFAULT_PAGE))
    if not text.isascii() or not text.lstrip("-").isdigit():
        raise errors.bad_option("$top", text)
    if len(text) > 9 or not 1 <= int(text) <= MAX_PAGE:
        raise errors.page_size(text)
    return int(text)


def _search(args: Mapping[str, str], schema: Schema, *, eventual: bool) -> Test | None:
    if "$search" not in args:
        return None
    if not eventual:
        raise errors.search_needs_header()
    return parse_search(args["$search"], schema)


def _orderby(args: Mapping[str, str], schema: Schema) -> tuple[tuple[str, bool], ...]:
    found = []
    for part in args.get("$orderby", "").split(","):
        words = part.split()
        if not words:
            continue
        name, direction = words[0], "".join(words[1:]).lower() or "asc"
        if name not in schema.properties or direction not in ("asc", "desc"):
            raise errors.bad_option("$orderby", part.strip())
        found.append((name, direction == "desc"))
    return tuple(found)


def _check_advanced(query: Query, schema: Schema, *, is_ready: bool) -> None:
    """https://learn.microsoft.com/en-us/graph/aad-advanced-queries."""
    if is_ready:
        return
    if query.filter and (query.filter.is_advanced or query.orderby):
        raise errors.unsupported_query()
    if any(name not in schema.orderable for name, _ in query.orderby):
        raise errors.unsupported_query()


def cut(rows: Rows, query: Query) -> Page:
    """One page of the matching rows; only as many are held as the page has."""
    test = _test(query)
    if query.orderby:
        rows = enumerate((row for row in _ordered(rows, query, test)), start=1)
        test = None
    total = None
    if query.count and not query.after:
        held = list(rows)
        total = sum(1 for _, row in held if test is None or test(row))
        rows = held
    following = (
        (place, row) for place, row in rows if place > query.after and (test is None or test(row))
    )
    page = list(islice(following, query.top + 1))
    more = len(page) > query.top
    token = _token(page[query.top - 1][0], query.scope) if more else None
    return Page([row for _, row in page[: query.top]], token, total)


def count(rows: Rows, query: Query) -> int:
    test = _test(query)
    return sum(1 for _, row in rows if test is None or test(row))


def _test(query: Query) -> Test | None:
    tests = [each for each in (query.filter and query.filter.test, query.search) if each]
    if not tests:
        return None
    return tests[0] if len(tests) == 1 else lambda row: all(test(row) for test in tests)


def _ordered(rows: Rows, query: Query, test: Test | None) -> Iterable[Entity]:
    found = [row for _, row in rows if test is None or test(row)]
    for name, descending in reversed(query.orderby):
        found.sort(key=lambda row, by=name: _sort_key(row.value(by)), reverse=descending)  # type: ignore[misc]
    return found


def _sort_key(value: Any) -> tuple[bool, str]:
    return value is not None, str(value).lower()


def _token(after: int, scope: int) -> str:
    raw = TOKEN_HEAD + after.to_bytes(8, "big") + scope.to_bytes(4, "big")
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _after(token: str, scope: int) -> int:
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError) as fault:
        raise errors.bad_page_token() from fault
    if len(raw) != 20 or raw[:8] != TOKEN_HEAD or raw[16:] != scope.to_bytes(4, "big"):
        raise errors.bad_page_token()
    return int.from_bytes(raw[8:16], "big")
