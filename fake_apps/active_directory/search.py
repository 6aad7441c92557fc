"""Searches: scope, filter, paging, size limits, and the rootDSE."""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from . import errors, filters, quirks
from .controls import DOMAIN_SCOPE, EXTENDED_DN, SHOW_DELETED, SHOW_RECYCLED, SUPPORTED
from .dit import Dit, generalized_time
from .entry import Entry
from .filters import BadFilter, Filter
from .matching import Matching
from .reading import Attributes, Reader
from .security import ANONYMOUS

Scope = Literal["base", "one", "sub"]


@dataclass(frozen=True)
class Query:
    """One search request."""

    base: str
    scope: Scope = "sub"
    filter: str = "(objectClass=*)"
    attributes: tuple[str, ...] = ()
    size_limit: int = 0
    page_size: int = 0
    cookie: str = ""
    controls: frozenset[str] = frozenset()

    @property
    def fingerprint(self) -> int:
        """What a paging cookie is bound to."""
        told = (self.base, self.scope, self.filter, self.attributes, sorted(self.controls))
        return zlib.crc32(repr(told).encode())


@dataclass(frozen=True)
class Found:
    """The answer: objects as (DN, attributes), the next page's cookie, result code 0 or 4."""

    entries: tuple[tuple[str, Attributes], ...]
    cookie: str = ""
    code: int = 0
    references: tuple[str, ...] = field(default=())


class Search:
    """Finds objects."""

    def __init__(self, dit: Dit, reader: Reader) -> None:
        self._dit = dit
        self._reader = reader
        self._matching = Matching(dit, reader)

    def search(self, who: str | None, query: Query) -> Found:
        """All matching objects, oldest first, as far as the limits let them through."""
        if not query.base and query.scope == "base":
            return Found((("", self._root_dse(query.attributes)),))
        if who == ANONYMOUS:
            raise errors.not_bound()
        show_deleted = bool(query.controls & {SHOW_DELETED, SHOW_RECYCLED})
        base = self._dit.resolve(query.base, show_deleted=show_deleted)
        matching = self._select(base, query, show_deleted=show_deleted)
        return self._page(matching, query, self._references(base, query))

    def _select(self, base: Entry, query: Query, *, show_deleted: bool) -> list[Entry]:
        try:
            wanted = filters.parse(query.filter)
        except BadFilter as error:
            raise errors.bad_filter() from error
        test = self._matching.test(wanted)
        found = [
            entry
            for entry in self._candidates(base, query.scope, None if show_deleted else wanted)
            if self._dit.is_visible(entry, show_deleted=show_deleted) and test(entry) is True
        ]
        return sorted(found, key=lambda entry: entry.usn_created)

    def _candidates(self, base: Entry, scope: Scope, wanted: Filter | None) -> Iterable[Entry]:
        """As few objects in scope as the indexes allow; the filter still has to be asked.

        The indexes know no tombstones: without a filter everything in scope is a candidate.
        """
        if scope == "base":
            return [base]
        if scope == "one":
            return self._dit.children(base.guid)
        guids = self._matching.indexed(wanted) if wanted else None
        pool = self._dit.entries if guids is None else map(self._dit.entry, sorted(guids))
        in_tree: dict[str, bool] = {base.guid: True}
        return [entry for entry in pool if self._is_in_tree(entry, in_tree)]

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

    def _page(self, matching: list[Entry], query: Query, references: tuple[str, ...]) -> Found:
        most = self._dit.context.settings["max_page_size"]
        capped = quirks.PAGE_CAP in self._dit.context.quirks
        if query.cookie:
            after = self._read_cookie(query)
            matching = [entry for entry in matching if entry.usn_created > after]
        limit = min(filter(None, (query.page_size, most if capped else 0)), default=0)
        limit = min(filter(None, (limit, query.size_limit)), default=0)
        page = matching[:limit] if limit else matching
        is_cut = len(page) < len(matching)
        paged = query.page_size and (not query.size_limit or query.page_size < query.size_limit)
        cookie = f"{page[-1].usn_created:x}.{query.fingerprint:08x}" if is_cut and paged else ""
        code = 4 if is_cut and not paged else 0
        return Found(tuple(self._told(page, query)), cookie, code, references)

    def _read_cookie(self, query: Query) -> int:
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
        extended = EXTENDED_DN in query.controls
        for entry in page:
            read = self._reader.read(entry, query.attributes, extended_dn=extended)
            yield self._dit.dn_of(entry), read

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
            "subschemaSubentry": [f"CN=Aggregate,{self._dit.schema_dn}"],
            "dsServiceName": [f"CN=NTDS Settings,{server}"],
            "namingContexts": [d.dn for d in self._dit.domains]
            + [self._dit.configuration_dn, self._dit.schema_dn],
            "defaultNamingContext": [root.dn],
            "schemaNamingContext": [self._dit.schema_dn],
            "configurationNamingContext": [self._dit.configuration_dn],
            "rootDomainNamingContext": [root.dn],
            "supportedControl": sorted(SUPPORTED),
            "supportedLDAPVersion": ["3", "2"],
            "supportedLDAPPolicies": ["MaxPageSize", "MaxValRange"],
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
        asked = {name.lower() for name in wanted}
        if not asked or asked & {"*", "+"}:
            return told
        return {name: values for name, values in told.items() if name.lower() in asked}
