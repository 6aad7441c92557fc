"""Pages of lists: by index as RFC 7644 has them, and by cursor as RFC 9865 does.

Source: https://datatracker.ietf.org/doc/html/rfc9865#section-2
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..core import scim
from . import cursors, errors, quirks
from .cursors import Cursor
from .state import Provider

INDEX, BOTH, CURSOR = "index", "index and cursor", "cursor"
METHODS = (INDEX, BOTH, CURSOR)


@dataclass(frozen=True)
class Page:
    """The part of a list that is asked for; `cursor` where it is asked for by one."""

    window: scim.Window
    cursor: Cursor | None = None


def read(provider: Provider, told: Mapping[str, Any], kinds: Sequence[str]) -> Page:
    """Which page is asked for; a cursor of no text asks for the first one."""
    method = provider.behaviour.settings["pagination"]
    if method == CURSOR and "startIndex" in told:
        raise errors.not_implemented("Pages are asked for by cursor")
    if method == CURSOR or (method == BOTH and "cursor" in told):
        cursor = _cursor(provider, told, kinds)
        return Page(scim.Window(cursor.start + 1, cursor.count), cursor)
    return Page(_window(provider, told))


def _window(provider: Provider, told: Mapping[str, Any]) -> scim.Window:
    behaviour = provider.behaviour
    most = behaviour.whole("most", 200)
    args = {name: str(told[name]) for name in ("startIndex", "count") if name in told}
    with errors.told():
        window = scim.read_window(args, default=behaviour.whole("page", 100), most=10**9)
    if window.count > most and quirks.LARGE_COUNTS_ARE_REFUSED in behaviour:
        raise errors.invalid_value(f"count is above {most}")
    return scim.Window(window.start, min(window.count, most))


def _cursor(provider: Provider, told: Mapping[str, Any], kinds: Sequence[str]) -> Cursor:
    now = int(provider.context.clock.now())
    query = cursors.query_of(kinds, told)
    text = str(told.get("cursor") or "")
    if not text:
        return Cursor(0, _count(provider, told), now, query)
    found = cursors.read(text, provider.cursor_key, query)
    lasts = provider.behaviour.settings["cursor_lasts_s"]
    if lasts is not None and now - found.made > lasts:
        raise errors.expired_cursor()
    if "count" in told and _count(provider, told) != found.count:
        raise errors.invalid_count("The count is another than that of the first page")
    return replace(found, made=now)


def _count(provider: Provider, told: Mapping[str, Any]) -> int:
    behaviour = provider.behaviour
    most = behaviour.whole("most", 200)
    text = str(told.get("count", min(most, behaviour.whole("page", 100))))
    if not text.isdecimal() or not text.isascii() or int(text[:9]) > most:
        raise errors.invalid_count(f"The count is no number from 0 to {most}")
    return int(text)


def response(provider: Provider, page: Page, shown: Sequence[Any], total: int) -> dict[str, Any]:
    """The ListResponse of one page."""
    if page.cursor is None:
        return listed(shown, total, {"startIndex": page.window.start})
    return listed(shown, total, _neighbours(provider, page.cursor, len(shown), total))


def listed(shown: Sequence[Any], total: int, place: Mapping[str, Any]) -> dict[str, Any]:
    """A ListResponse, its keys in the order of RFC 7644, 3.4.2.4."""
    return {
        "totalResults": total,
        "itemsPerPage": len(shown),
        **place,
        "schemas": [scim.LIST_RESPONSE],
        "Resources": list(shown),
    }


def _neighbours(provider: Provider, cursor: Cursor, shown: int, total: int) -> dict[str, str]:
    """Cursors of the pages beside this one, where there are such."""
    found = {}
    if shown and cursor.start + shown < total:
        after = replace(cursor, start=cursor.start + shown)
        found["nextCursor"] = cursors.write(after, provider.cursor_key)
    if cursor.start and quirks.CURSORS_LEAD_FORWARD not in provider.behaviour:
        before = replace(cursor, start=max(0, cursor.start - cursor.count))
        found["previousCursor"] = cursors.write(before, provider.cursor_key)
    return found


def announced(provider: Provider) -> dict[str, Any]:
    """What ServiceProviderConfig says; one that knows pages by index alone says nothing."""
    behaviour = provider.behaviour
    method, lasts = behaviour.settings["pagination"], behaviour.settings["cursor_lasts_s"]
    if method == INDEX:
        return {}
    most = behaviour.whole("most", 200)
    told = {
        "cursor": True,
        "index": method == BOTH,
        "defaultPaginationMethod": "index" if method == BOTH else "cursor",
        "defaultPageSize": min(most, behaviour.whole("page", 100)),
        "maxPageSize": most,
    }
    return {"pagination": told if lasts is None else {**told, "cursorTimeout": lasts}}
