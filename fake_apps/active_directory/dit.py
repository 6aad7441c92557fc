"""The tree: objects by GUID, name and SID, their links, and the update sequence number.

Here is what is true of the tree itself; who may change what, and how, is in the modules beside.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import inf

from ..core.app import Context
from ..core.clock import utc
from . import dn as names
from . import errors
from .controls import SHOW_ALL, SHOW_RECYCLED
from .dn import BadDn, Dn, Rdn, Reference
from .entry import Domain, Entry
from .tracking import Tracking

WELL_KNOWN = {
    "A9D1CA15768811D1ADED00C04FD8D5CD": "CN=Users",
    "AA312825768811D1ADED00C04FD8D5CD": "CN=Computers",
    "A361B2FFFFD211D1AA4B00C04FD7D83A": "OU=Domain Controllers",
    "18E2EA80684F11D2B9AA00C04F79F805": "CN=Deleted Objects",
    "22B70C67D56E4EFB91E9300FCA3DC1AA": "CN=ForeignSecurityPrincipals",
}
INDEXED_KINDS = frozenset({"group", "contact", "organizationalUnit"})
_DAY_S = 86_400


@dataclass(frozen=True)
class Draft:
    """What a new object is made of; the tree adds GUID, times and USN."""

    kind: str
    rdn: Rdn
    parent: str | None
    domain: str
    attributes: Mapping[str, tuple[str, ...]]
    sid: str | None = None
    password: str = ""


class Dit:
    """The directory information tree of one forest."""

    def __init__(self, context: Context) -> None:
        self.context = context
        store = context.store
        self.domains = store.table("domains", dns=lambda row: row.dns)
        self.entries = store.table(
            "entries",
            name=lambda row: (row.parent, *row.rdn.key),
            parent=lambda row: row.parent,
            account_name=_account_name,
            principal_name=_principal_name,
            sid=lambda row: row.sid,
            kind=lambda row: row.kind if row.kind in INDEXED_KINDS else None,
        )
        self.members = store.links("members")
        self.kept_members = store.links("kept_members")
        self.counters = store.table("counters")
        self.tracking = Tracking(store)

    # --- finding -----------------------------------------------------------------------------

    def entry(self, guid: str) -> Entry:
        """The object of that GUID, KeyError if there is none."""
        found: Entry | None = self.entries.get(guid)
        if found is None:
            raise KeyError(guid)
        return found

    def resolve(self, text: str, controls: frozenset[str] = frozenset()) -> Entry:
        """The object a client points at; 34 for no DN, 32 for nothing there, 10 for elsewhere."""
        try:
            reference = names.reference(text)
        except BadDn as error:
            raise errors.bad_name(text) from error
        found = self.follow(reference)
        if found is None or not self.is_visible(found, controls):
            raise self.missing(reference)
        return found

    def follow(self, reference: Reference) -> Entry | None:
        """What the reference points at, deleted or not."""
        match reference.form:
            case "guid":
                return self.entries.get(reference.value)
            case "sid":
                return next(iter(self.entries.find("sid", reference.value)), None)
            case "wkguid":
                return self._well_known(reference)
        return self.find(reference.dn)

    def find(self, dn: Dn) -> Entry | None:
        """The object of that name; walks down from the head of the domain the name is in."""
        steps, dns = _split_domain(dn)
        domain = self.domain(dns)
        at: Entry | None = self.entry(domain.guid) if domain else None
        for rdn in reversed(steps):
            if at is None:
                return None
            at = self.child(at.guid, rdn)
        return at

    def child(self, parent: str, rdn: Rdn) -> Entry | None:
        return next(iter(self.entries.find("name", (parent, *rdn.key))), None)

    def children(self, parent: str) -> list[Entry]:
        return self.entries.find("parent", parent)

    def domain(self, dns: str) -> Domain | None:
        return next(iter(self.domains.find("dns", dns.casefold())), None)

    def domain_named(self, text: str) -> Domain | None:
        """The domain of this forest that a DN is in, whether or not the object exists."""
        try:
            reference = names.reference(text)
        except BadDn:
            return None
        return self.domain(_split_domain(reference.dn)[1])

    def domain_of(self, entry: Entry) -> Domain:
        found: Domain = self.domains.get(entry.domain)  # type: ignore[assignment]
        return found

    @property
    def root_domain(self) -> Domain:
        found: Domain = next(iter(self.domains))
        return found

    @property
    def configuration_dn(self) -> str:
        return f"CN=Configuration,{self.root_domain.dn}"

    @property
    def schema_dn(self) -> str:
        return f"CN=Schema,{self.configuration_dn}"

    def missing(self, reference: Reference) -> errors.LdapError:
        """32 with the nearest object there is, or a referral for a name outside the forest."""
        if reference.form != "dn":
            return errors.no_object("")
        _, dns = _split_domain(reference.dn)
        if dns and self.domain(dns) is None:
            dn = ",".join(f"DC={label}" for label in dns.split("."))
            return errors.referral(dns, dn)
        return errors.no_object(self.nearest(reference.dn))

    def nearest(self, dn: Dn) -> str:
        """The name of the nearest ancestor that exists, or nothing."""
        found = self.nearest_entry(dn)
        return self.dn_of(found) if found else ""

    def nearest_entry(self, dn: Dn) -> Entry | None:
        each = (self.find(dn[depth:]) for depth in range(1, len(dn)))
        return next((found for found in each if found and not found.deleted), None)

    def is_visible(self, entry: Entry, controls: frozenset[str] = frozenset()) -> bool:
        """Deleted objects are seen with the control for them, until their lifetime is over.

        With the recycle bin they are recycled then, and seen with another control as long again.
        """
        if not entry.deleted:
            return True
        if entry.critical or self._lifetimes(entry) < 1:
            return bool(controls & SHOW_ALL)
        return SHOW_RECYCLED in controls and self.is_recycled(entry) and self._lifetimes(entry) < 2

    def is_recycled(self, entry: Entry) -> bool:
        """Whether a deleted object has been in the recycle bin for so long that nothing is left.

        Source: https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-adts/ 3.1.1.5.5
        """
        is_over = entry.deleted and not entry.critical and self._lifetimes(entry) >= 1
        return is_over and bool(self.context.settings["recycle_bin"])

    def _lifetimes(self, entry: Entry) -> float:
        """How often the lifetime of deleted objects has passed since this one was deleted."""
        lifetime_s = self.context.settings["tombstone_lifetime_days"] * _DAY_S
        return (self.context.clock.now() - entry.changed) / lifetime_s if lifetime_s else inf

    def dn_of(self, entry: Entry) -> str:
        steps = [str(step.rdn) for step in (entry, *self.ancestors(entry)) if step.parent]
        return ",".join([*steps, self.domain_of(entry).dn])

    def ancestors(self, entry: Entry) -> Iterator[Entry]:
        """The objects above, nearest first."""
        while entry.parent is not None:
            entry = self.entry(entry.parent)
            yield entry

    def is_below(self, entry: Entry, top: Entry) -> bool:
        """Whether `entry` is `top` or stands anywhere below it."""
        return entry.guid == top.guid or any(one.guid == top.guid for one in self.ancestors(entry))

    def groups_of(self, guid: str) -> list[Entry]:
        """The groups that list the object as member, in order of joining."""
        return [self.entry(group) for group in self.members.lefts(guid)]

    def all_groups_of(self, guid: str) -> dict[str, None]:
        """GUIDs of all groups the object is in, through other groups too."""
        found: dict[str, None] = {}
        waiting = list(self.members.lefts(guid))
        while waiting:
            group = waiting.pop()
            if group not in found:
                found[group] = None
                waiting.extend(self.members.lefts(group))
        return found

    def primary_group_of(self, entry: Entry) -> Entry | None:
        """The group that an account is in without being listed."""
        rid = entry.first("primaryGroupID")
        sid = f"{self.domain_of(entry).sid}-{rid}"
        return next(iter(self.entries.find("sid", sid)), None) if rid else None

    def primary_members_of(self, group: Entry) -> list[Entry]:
        """Who has the group as primary group."""
        return [
            entry
            for entry in self.entries
            if entry.first("primaryGroupID") == group.rid
            and entry.domain == group.domain
            and not entry.deleted
        ]

    # --- changing ----------------------------------------------------------------------------

    def insert(self, draft: Draft) -> Entry:
        """Put a new object into the tree."""
        usn, now = self.next_usn(), self.context.clock.now()
        made = Entry(
            guid=self.context.chance.guid(),
            kind=draft.kind,
            rdn=draft.rdn,
            parent=draft.parent,
            domain=draft.domain,
            created=now,
            changed=now,
            usn_created=usn,
            usn_changed=usn,
            attributes=draft.attributes,
            sid=draft.sid,
            password=draft.password,
        )
        self.entries.put(made.guid, made)
        return made

    def update(self, entry: Entry) -> Entry:
        """Put a changed object back, stamped with time and USN."""
        stamped = entry._replace(changed=self.context.clock.now(), usn_changed=self.next_usn())
        if self.tracking.since is not None:
            self.tracking.note(self.entry(entry.guid), stamped)
        self.entries.put(entry.guid, stamped)
        return stamped

    def next_usn(self) -> int:
        usn: int = self.highest_usn + 1
        self.counters.put("usn", usn)
        return usn

    @property
    def highest_usn(self) -> int:
        return self.counters.get("usn") or 0

    def next_sid(self, domain_guid: str) -> str:
        """The next SID of the domain's pool."""
        domain: Domain = self.domains.get(domain_guid)  # type: ignore[assignment]
        key = f"rid {domain_guid}"
        rid: int = (self.counters.get(key) or 1_102) + 1
        self.counters.put(key, rid)
        return f"{domain.sid}-{rid}"

    def container(self, domain: str, rdn: str) -> Entry:
        """A container that every domain has, by its RDN."""
        found = self.child(domain, names.parse_rdn(rdn))
        assert found, f"every domain has {rdn}"
        return found

    def _well_known(self, reference: Reference) -> Entry | None:
        rdn = WELL_KNOWN.get(reference.value)
        head = self.find(reference.dn)
        if rdn is None or head is None or head.parent is not None:
            return None
        return self.child(head.guid, names.parse_rdn(rdn))


def generalized_time(seconds: float) -> str:
    """`20261121230401.0Z`: the directory knows whole seconds only."""
    moment: datetime = utc(seconds)
    return moment.strftime("%Y%m%d%H%M%S.0Z")


def file_time(seconds: float) -> str:
    """100 ns steps since 1601."""
    return str(int((seconds + 11_644_473_600) * 10_000_000))


def _split_domain(dn: Dn) -> tuple[Dn, str]:
    """The steps below the domain, and the domain's DNS name."""
    at = len(dn)
    while at and dn[at - 1].attribute == "DC":
        at -= 1
    return dn[:at], ".".join(rdn.value for rdn in dn[at:]).casefold()


def _account_name(row: Entry) -> tuple[str, str] | None:
    name = row.first("sAMAccountName")
    return (row.domain, name.casefold()) if name and not row.deleted else None


def _principal_name(row: Entry) -> str | None:
    name = row.first("userPrincipalName")
    return name.casefold() if name and not row.deleted else None
