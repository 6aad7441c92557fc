"""Lists: which resources a query finds, in which order, and the part of them that is asked for.

Source: https://datatracker.ietf.org/doc/html/rfc7644#section-3.4.2
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..core import scim
from ..core.table import Table
from . import entity, errors, filters, quirks, schema
from .entity import GROUP, USER, Row
from .filters import Order, Wanted

if TYPE_CHECKING:
    from .paging import Page
    from .state import Provider

Rows = tuple[Sequence[Row], int]
"""One page and how many there are in all."""


@dataclass(frozen=True)
class Query:
    """What a list is asked for; `filter` None for everything."""

    page: "Page"
    filter: scim.Filter | None = None
    order: Order = field(default_factory=Order)
    wanted: Wanted = field(default_factory=Wanted)


class Listing:
    """The lists of one provider."""

    def __init__(self, provider: "Provider") -> None:
        self._provider = provider
        self._behaviour = provider.behaviour

    def rows(self, kinds: Sequence[str], query: Query, base: str) -> Rows:
        ignores = quirks.FILTERS_ARE_IGNORED in self._behaviour
        wanted = None if ignores else query.filter
        is_plain = wanted is None and not query.order.by and len(kinds) == 1
        if is_plain and quirks.CONSOLE_GROUPS_ARE_HIDDEN not in self._behaviour:
            return self._page(self._provider.tables[kinds[0]], query.page.window)
        found = [row for kind in kinds for row in self._matching(kind, wanted, base)]
        most = self._behaviour.number("too_many")
        if most is not None and len(found) > most:
            raise errors.too_many(int(most))
        self._sort(found, query, kinds, base)
        start = query.page.window.start - 1
        return found[start : start + query.page.window.count], len(found)

    def _page(self, table: Table[str, Row], window: scim.Window) -> Rows:
        return table.page(window.start - 1, window.count), len(table)

    def _matching(self, kind: str, wanted: scim.Filter | None, base: str) -> Iterable[Row]:
        rows = self._visible(kind, wanted)
        if wanted is None:
            return rows
        names = wanted.names
        links = any(name.startswith(("members", "groups", "urn:")) for name in names)
        return [row for row in rows if wanted.test(self._reader(row, base, links=links))]

    def _visible(self, kind: str, wanted: scim.Filter | None) -> Iterable[Row]:
        rows = self._candidates(kind, wanted)
        if kind == GROUP and quirks.CONSOLE_GROUPS_ARE_HIDDEN in self._behaviour:
            return [row for row in rows if row.origin != entity.CONSOLE]
        return rows

    def _candidates(self, kind: str, wanted: scim.Filter | None) -> Iterable[Row]:
        """The rows that indexes find for the filter; all of them where none can."""
        table, found = self._provider.tables[kind], dict[str, Row]()
        indexes = _INDEXES[kind]
        for name, value in wanted.alternatives if wanted else ():
            if name not in indexes:
                return table
            found |= {row.id: row for row in table.find(indexes[name], value)}
            found |= {row.id: row for row in self._buried(kind, name, value)}
        return found.values() if wanted and wanted.alternatives else table

    def _buried(self, kind: str, name: str, value: str) -> Iterable[Row]:
        finds = quirks.DELETED_GROUPS_ARE_FOUND in self._behaviour
        return self._provider.graves.find("name", value) if finds and name == "displayname" else ()

    def _reader(self, row: Row, base: str, *, links: bool) -> scim.Reader:
        loose = quirks.BOOLEANS_MAY_BE_TEXTS in self._behaviour
        return filters.reader(lambda: self._provider.document(row, base, links=links), loose=loose)

    def _sort(self, found: list[Row], query: Query, kinds: Sequence[str], base: str) -> None:
        if not query.order.by:
            return
        exact = frozenset[str]().union(*(schema.kind(kind).exact for kind in kinds))
        path = next(iter(filters.read_wanted([query.order.by], (), filters.known(kinds)).only), "")
        key = filters.sort_key(path, exact)
        found.sort(
            key=lambda row: key(self._provider.document(row, base, links=False)),
            reverse=query.order.descending,
        )


_INDEXES: Mapping[str, Mapping[str, str]] = {
    USER: {"username": "name", "externalid": "external_id"},
    GROUP: {"displayname": "name", "externalid": "external_id"},
}
