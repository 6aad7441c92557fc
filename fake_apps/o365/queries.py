"""Query options of collections, and cutting collections into pages."""

import base64
import binascii
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from . import errors
from .entity import Entity
from .expand import Expansion, parse_expand
from .filters import Filter, Test, parse_filter, parse_search
from .records import Linked, Rows
from .schema import Schema

DEFAULT_PAGE, MAX_PAGE = 100, 999
TOKEN_HEAD = b"DSpt\x02\x00\x01\x00"
SINGLE = ("$select", "$expand", "$format")
SCOPED = ("$filter", "$orderby", "$count", "$search")
KNOWN = ("$select", "$expand", "$top", *SCOPED, "$skiptoken", "$format")


@dataclass(frozen=True)
class Query:
    """The query options of one request, checked. `after` is where the page before ended."""

    select: tuple[str, ...] | None = None
    expand: Expansion | None = None
    top: int = DEFAULT_PAGE
    filter: Filter | None = None
    search: Test | None = None
    orderby: tuple[tuple[str, bool], ...] = ()
    count: bool = False
    eventual: bool = False
    after: int = 0
    scope: int = 0
    is_first: bool = True


@dataclass(frozen=True)
class Page:
    """What one reply of a collection carries; `next_token` is None on the last page."""

    rows: list[Entity]
    next_token: str | None
    count: int | None


def parse_shape(
    args: Mapping[str, str], schema: Schema
) -> tuple[tuple[str, ...] | None, Expansion | None]:
    """The properties and the relation to show."""
    return schema.selected(args.get("$select", "")), parse_expand(args.get("$expand", ""), schema)


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
    select, expand = parse_shape(args, schema)
    query = Query(
        select=select,
        expand=expand,
        top=min(_top(args), DEFAULT_PAGE) if expand else _top(args),
        filter=parse_filter(args["$filter"], schema) if "$filter" in args else None,
        search=_search(args, schema, eventual=eventual),
        orderby=_orderby(args, schema),
        count=wants_count and (eventual or not count_ignored),
        eventual=eventual,
    )
    _check_advanced(query, schema, is_ready=eventual and wants_count)
    scope = zlib.crc32("\n".join([where, *(args.get(each, "") for each in SCOPED)]).encode())
    after = _after(args["$skiptoken"], scope) if "$skiptoken" in args else 0
    return replace(query, after=after, scope=scope, is_first="$skiptoken" not in args)


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
    if query.filter and not query.eventual:
        query.filter.check_width()
    if query.expand and _is_advanced(query):
        raise errors.unsupported_query()
    if is_ready:
        return
    if query.filter and (query.filter.is_advanced or query.orderby):
        raise errors.unsupported_query()
    if any(name not in schema.orderable for name, _ in query.orderby):
        raise errors.unsupported_query()


def _is_advanced(query: Query) -> bool:
    """Whether only the eventual index can answer it, which expands nothing but managers."""
    assert query.expand is not None
    counted = query.count and query.expand.relation != "manager"
    return bool(counted or query.search or (query.filter and query.filter.is_advanced))


def cut(rows: Rows, query: Query, *, hesitates: bool = False) -> Page:
    """One page of the matching rows; only as many are held as the page has.

    With `hesitates` the first page has none of them, and a link to the second.
    """
    test = _test(query)
    if query.orderby:
        rows = enumerate((row for row in _ordered(rows, query, test)), start=1)
        test = None
    total = None
    if query.count and query.is_first:
        held = list(rows)
        total = sum(1 for _, row in held if test is None or test(row))
        rows = held
    if isinstance(rows, Linked) and query.after:
        rows = rows.after(query.after)
    following = (
        (place, row) for place, row in rows if place > query.after and (test is None or test(row))
    )
    page = list(islice(following, query.top + 1))
    if hesitates and query.is_first and page:
        return Page([], _token(0, query.scope), total)
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
    place = after.to_bytes(8, "big")
    raw = TOKEN_HEAD + place + zlib.crc32(place, scope).to_bytes(4, "big")
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _after(token: str, scope: int) -> int:
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError) as fault:
        raise errors.bad_page_token() from fault
    after = int.from_bytes(raw[8:16], "big")
    if token != _token(after, scope):
        raise errors.bad_page_token()
    return after
