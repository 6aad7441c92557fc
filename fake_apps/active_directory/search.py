"""Searches: scope, filter, paging, size limits, and the rootDSE."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Literal

from . import errors, filters, quirks, schema, subschema
from .controls import (
    DOMAIN_SCOPE,
    EXTENDED_DN,
    OVER_LDAP,
    SHOW_ALL,
    START_TLS,
    WHO_AM_I,
)
from .dit import Dit, generalized_time
from .entry import Entry
from .filters import BadFilter, Filter, Item
from .matching import Matching
from .ordering import ListView, Ordering, Sorting
from .reading import Attributes, ExtendedDn, Reader
from .security import ANONYMOUS

_POLICIES = (
    *("MaxPoolThreads", "MaxDatagramRecv", "MaxReceiveBuffer", "InitRecvTimeout"),
    *("MaxConnections", "MaxConnIdleTime", "MaxPageSize", "MaxQueryDuration", "MaxTempTableSize"),
    *("MaxResultSetSize", "MaxNotificationPerConn", "MaxValRange"),
)
Scope = Literal["base", "one", "sub"]


@dataclass(frozen=True)
class Query:
    """One search request; the filter as text or read already.

    `extended_dn` is the form that the extended-DN control asked for, for names of objects too.
    """

    base: str
    scope: Scope = "sub"
    filter: str | Filter = "(objectClass=*)"
    attributes: tuple[str, ...] = ()
    size_limit: int = 0
    page_size: int = 0
    cookie: str = ""
    controls: frozenset[str] = frozenset()
    sorting: Sorting | None = None
    view: ListView | None = None
    extended_dn: ExtendedDn = ""

    @property
    def fingerprint(self) -> int:
        """What a paging cookie is bound to."""
        asked = (self.base, self.scope, self.filter, self.attributes)
        told = (*asked, sorted(self.controls), self.sorting)
        return zlib.crc32(repr(told).encode())


@dataclass(frozen=True)
class Found:
    """The answer: objects as (DN, attributes), the next page's cookie, result code 0 or 4.

    Of a virtual list view also the place of the object it is about, and how many there are in all.
    """

    entries: tuple[tuple[str, Attributes], ...]
    cookie: str = ""
    code: int = 0
    references: tuple[str, ...] = field(default=())
    place: int = 0
    total: int = 0


class Search:
    """Finds objects."""

    def __init__(self, dit: Dit, reader: Reader) -> None:
        self._dit = dit
        self._reader = reader
        self._matching = Matching(dit, reader)
        self._ordering = Ordering(reader)

    @property
    def _subschema_name(self) -> str:
        return subschema.name(self._dit).casefold()

    def search(self, who: str | None, query: Query) -> Found:
        """All matching objects, oldest first, as far as the limits let them through."""
        if not query.base and query.scope == "base":
            return Found((("", self._root_dse(query.attributes)),))
        if who == ANONYMOUS:
            raise errors.not_bound()
        if query.scope == "base" and query.base.casefold() == self._subschema_name:
            entry = subschema.read(self._dit)
            return Found(((subschema.name(self._dit), _chosen(entry, query.attributes)),))
        base = self._dit.resolve(query.base, query.controls)
        if query.view:
            return self._viewed(base, query, query.view)
        after, limit = self._read_cookie(query), self._limit(query)
        if query.sorting:
            every = list(self._select(base, query, 0))
            rest = self._ordering.ordered(every, query.sorting)[after:]
        else:
            found = self._select(base, query, after)
            rest = list(islice(found, limit + 1 if limit else None))
        answer = self._page(rest, query, after, limit)
        is_whole = not answer.cookie and not answer.code
        return replace(answer, references=self._references(base, query) if is_whole else ())

    def _viewed(self, base: Entry, query: Query, view: ListView) -> Found:
        """A part of the ordered objects; it is no larger than a page."""
        assert query.sorting, "a view is one of ordered objects"
        found = list(self._select(base, query, 0))
        shown, place, total = self._ordering.shown(found, query.sorting, view)
        told = tuple(self._told(shown[: self._limit(query) or None], query))
        return Found(told, place=place, total=total)

    def select(self, base: Entry, query: Query) -> list[Entry]:
        """All matching objects of a whole domain, tombstones too, in no order."""
        test = self._matching.test(_parsed(query.filter))
        return [
            entry
            for entry in self._candidates(base, "sub", None)
            if self._dit.is_visible(entry, SHOW_ALL) and test(entry) is True
        ]

    def compare(self, entry: Entry, name: str, value: bytes) -> bool:
        """Whether the object has the value."""
        attribute = schema.attribute(name)
        if attribute is None:
            raise errors.unknown_attribute()
        if not self._reader.has(entry, attribute):
            raise errors.no_attribute(attribute.name)
        return self._matching.test(Item(attribute.name, "=", value))(entry) is True

    def _select(self, base: Entry, query: Query, after: int) -> Iterator[Entry]:
        """Oldest first, one after the other: a page needs not all of them."""
        wanted = _parsed(query.filter)
        test = self._matching.test(wanted)
        shows_deleted = not SHOW_ALL.isdisjoint(query.controls)
        for entry in self._candidates(base, query.scope, None if shows_deleted else wanted):
            if entry.usn_created <= after:
                continue
            if self._dit.is_visible(entry, query.controls) and test(entry) is True:
                yield entry

    def _candidates(self, base: Entry, scope: Scope, wanted: Filter | None) -> Iterable[Entry]:
        """As few objects in scope as the indexes allow, oldest first; the filter has to be asked.

        The indexes know no tombstones: without a filter everything in scope is a candidate.
        """
        if scope == "base":
            return [base]
        if scope == "one":
            return self._dit.children(base.guid)
        guids = self._matching.indexed(wanted) if wanted else None
        pool: Iterable[Entry] = self._dit.entries
        if guids is not None:
            pool = sorted(map(self._dit.entry, guids), key=lambda entry: entry.usn_created)
        in_tree: dict[str, bool] = {base.guid: True}
        return (entry for entry in pool if self._is_in_tree(entry, in_tree))

    def _is_in_tree(self, entry: Entry, known: dict[str, bool]) -> bool:
        if entry.guid in known:
            return known[entry.guid]
        if entry.parent is None:
            return False
        if entry.parent not in known:
            parent = self._dit.entry(entry.parent)
            known[entry.parent] = self._is_in_tree(parent, known)
        return known[entry.parent]

    # --- limits ------------------------------------------------------------------------------

    def _limit(self, query: Query) -> int:
        """The most objects that one answer may have; 0 for any number."""
        most = self._dit.context.settings["max_page_size"]
        capped = most if quirks.PAGE_CAP in self._dit.context.quirks else 0
        return min(filter(None, (query.page_size, capped, query.size_limit)), default=0)

    def _page(self, rest: list[Entry], query: Query, after: int, limit: int) -> Found:
        """The first of what is left, and where the next page goes on."""
        page = rest[:limit] if limit else rest
        is_cut = len(page) < len(rest)
        paged = query.page_size and (not query.size_limit or query.page_size < query.size_limit)
        at = after + len(page) if query.sorting else page[-1].usn_created if page else 0
        cookie = f"{at:x}.{query.fingerprint:08x}" if is_cut and paged else ""
        code = 4 if is_cut and not paged else 0
        return Found(tuple(self._told(page, query)), cookie, code)

    def _read_cookie(self, query: Query) -> int:
        """Where the page before ended: a number of the update sequence or, if sorted, a place."""
        if not query.cookie:
            return 0
        usn, dot, fingerprint = query.cookie.partition(".")
        try:
            after, owner = int(usn, 16), int(fingerprint, 16)
        except ValueError as error:
            raise errors.bad_cookie() from error
        if not dot or not query.page_size:
            raise errors.bad_cookie()
        if owner != query.fingerprint:
            raise errors.foreign_cookie()
        return after

    def _told(self, page: list[Entry], query: Query) -> Iterable[tuple[str, Attributes]]:
        form = query.extended_dn
        in_values: ExtendedDn = form or ("text" if EXTENDED_DN in query.controls else "")
        is_alone = query.scope == "base"
        read = self._reader.selection(query.attributes, extended_dn=in_values, is_alone=is_alone)
        for entry in page:
            name = self._reader.extended_dn(entry, form) if form else self._dit.dn_of(entry)
            yield name, read(entry)

    def _references(self, base: Entry, query: Query) -> tuple[str, ...]:
        """A search of a whole domain points at the naming contexts below it."""
        if query.scope != "sub" or base.parent is not None or DOMAIN_SCOPE in query.controls:
            return ()
        own = self._dit.domain_of(base)
        below = [d for d in self._dit.domains if d.dns.endswith(f".{own.dns}")]
        found = [f"ldap://{d.dns}/{d.dn}" for d in below]
        if own == self._dit.root_domain:
            found.append(f"ldap://{own.dns}/{self._dit.configuration_dn}")
        return tuple(found)

    # --- rootDSE -----------------------------------------------------------------------------

    def _root_dse(self, wanted: Sequence[str]) -> Attributes:
        root = self._dit.root_domain
        host = f"dc1.{root.dns}"
        server = (
            f"CN=DC1,CN=Servers,CN=Default-First-Site-Name,CN=Sites,{self._dit.configuration_dn}"
        )
        told: Attributes = {
            "currentTime": [generalized_time(self._dit.context.clock.now())],
            "subschemaSubentry": [subschema.name(self._dit)],
            "dsServiceName": [f"CN=NTDS Settings,{server}"],
            "namingContexts": [d.dn for d in self._dit.domains]
            + [self._dit.configuration_dn, self._dit.schema_dn],
            "defaultNamingContext": [root.dn],
            "schemaNamingContext": [self._dit.schema_dn],
            "configurationNamingContext": [self._dit.configuration_dn],
            "rootDomainNamingContext": [root.dn],
            "supportedControl": sorted(OVER_LDAP),
            "supportedExtension": [START_TLS, WHO_AM_I],
            "supportedLDAPVersion": ["3", "2"],
            "supportedLDAPPolicies": list(_POLICIES),
            "supportedSASLMechanisms": ["GSSAPI", "GSS-SPNEGO", "EXTERNAL", "DIGEST-MD5"],
            "supportedCapabilities": ["1.2.840.113556.1.4.800", "1.2.840.113556.1.4.1670"],
            "highestCommittedUSN": [str(self._dit.highest_usn)],
            "dnsHostName": [host],
            "serverName": [server],
            "isSynchronized": ["TRUE"],
            "isGlobalCatalogReady": ["TRUE"],
            "domainFunctionality": ["7"],
            "forestFunctionality": ["7"],
            "domainControllerFunctionality": ["7"],
        }
        return _chosen(told, wanted)


def _parsed(wanted: str | Filter) -> Filter:
    if not isinstance(wanted, str):
        return wanted
    try:
        return filters.parse(wanted)
    except BadFilter as error:
        raise errors.bad_filter() from error


def _chosen(told: Attributes, wanted: Sequence[str]) -> Attributes:
    asked = {name.lower() for name in wanted}
    if not asked or asked & {"*", "+"}:
        return told
    return {name: values for name, values in told.items() if name.lower() in asked}
