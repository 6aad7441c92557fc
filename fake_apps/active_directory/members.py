"""Membership: what may be a member of what, and one request's changes to one group's members."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..core.quirk import Quirk
from . import dn as names
from . import errors, quirks
from .dit import Dit, Draft
from .dn import BadDn, Rdn, Reference
from .entry import DOMAIN_LOCAL, GLOBAL, SCOPES, SECURITY, UNIVERSAL, Entry
from .tracking import LinkChange

_JOINERS = frozenset({"user", "computer", "contact", "group", "foreignSecurityPrincipal"})
_GLOBAL_HAS_LOCAL, _GLOBAL_HAS_UNIVERSAL = "00002144", "00002145"
_UNIVERSAL_HAS_LOCAL, _GLOBAL_CROSSES_DOMAIN = "00002146", "00002147"
_LOCAL_CROSSES_DOMAIN = "00002148"


@dataclass
class MemberDraft:
    """The members a group will have if the whole request succeeds."""

    group: Entry
    added: dict[str, None] = field(default_factory=dict)
    removed: dict[str, None] = field(default_factory=dict)

    @property
    def is_changed(self) -> bool:
        return bool(self.added or self.removed)


class Membership:
    """The rules of `member`."""

    def __init__(self, dit: Dit) -> None:
        self._dit = dit

    def _on(self, quirk: Quirk) -> bool:
        return quirk in self._dit.context.quirks

    # --- changing ----------------------------------------------------------------------------

    def add(self, draft: MemberDraft, values: Sequence[str], *, permissive: bool = False) -> None:
        """Add all values or raise; with `permissive` those present already are skipped."""
        permissive = permissive and self._on(quirks.PERMISSIVE_MEMBERS)
        for member in self._distinct(values, draft.group):
            if not self.has(draft, member):
                self._check_joins(draft.group, member)
                _join(draft, member.guid)
            elif not permissive:
                raise errors.member_exists(68 if self._on(quirks.MEMBER_CODES) else 20)

    def remove(
        self, draft: MemberDraft, values: Sequence[str], *, permissive: bool = False
    ) -> None:
        permissive = permissive and self._on(quirks.PERMISSIVE_MEMBERS)
        for value in values:
            member = self._leaving(value)
            if member and self._is_listed(draft, member.guid):
                _leave(draft, member.guid)
            elif not permissive:
                raise errors.member_absent(53 if self._on(quirks.MEMBER_CODES) else 16)

    def replace(self, draft: MemberDraft, values: Sequence[str]) -> None:
        """Make the members exactly `values`; the directory computes the difference."""
        wanted = {member.guid: member for member in self._distinct(values, draft.group)}
        for guid in self.listed(draft):
            if guid not in wanted:
                _leave(draft, guid)
        for guid, member in wanted.items():
            if not self._is_listed(draft, guid):
                self._check_joins(draft.group, member)
                _join(draft, guid)

    def clear(self, draft: MemberDraft, *, permissive: bool = False) -> None:
        """Delete the attribute as a whole."""
        listed = self.listed(draft)
        if not listed and not permissive and self._on(quirks.EMPTY_CLEAR_FAILS):
            raise errors.no_attribute("member")
        for guid in listed:
            _leave(draft, guid)

    def apply(self, draft: MemberDraft) -> None:
        """Make it so; the group itself is updated next, with the next number."""
        tracking = self._dit.tracking
        if tracking.since is not None and draft.is_changed:
            change = tuple(draft.added), tuple(draft.removed)
            tracking.note_links(LinkChange(self._dit.highest_usn + 1, draft.group.guid, *change))
        for guid in draft.removed:
            self._dit.members.unlink(draft.group.guid, guid)
        self._dit.members.link_all(draft.group.guid, draft.added)

    def swap_primary_group(self, before: Entry, after: Entry) -> None:
        """The group that was the primary one lists the account from now on, the new one does not.

        Source: https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-samr/ 3.1.1.8.2
        """
        old, new = map(self._dit.primary_group_of, (before, after))
        if old:
            self.apply(MemberDraft(old, added={after.guid: None}))
            self._dit.update(old)
        if new:
            self.apply(MemberDraft(new, removed={after.guid: None}))
            self._dit.update(new)

    # --- looking -----------------------------------------------------------------------------

    def listed(self, draft: MemberDraft) -> list[str]:
        """GUIDs in `member` as the draft stands, in order of joining."""
        linked = self._dit.members.rights(draft.group.guid)
        return [guid for guid in linked if guid not in draft.removed] + list(draft.added)

    def has(self, draft: MemberDraft, member: Entry) -> bool:
        """Listed, or a member because the group is its primary group."""
        return self._is_listed(draft, member.guid) or self.is_primary_of(draft.group, member)

    def is_primary_of(self, group: Entry, member: Entry) -> bool:
        return (
            member.domain == group.domain
            and group.sid is not None
            and member.first("primaryGroupID") == group.rid
        )

    def _is_listed(self, draft: MemberDraft, guid: str) -> bool:
        if guid in draft.added:
            return True
        return guid not in draft.removed and self._dit.members.has(draft.group.guid, guid)

    # --- values ------------------------------------------------------------------------------

    def _distinct(self, values: Iterable[str], group: Entry) -> list[Entry]:
        found: dict[str, Entry] = {}
        for value in values:
            member = self._joining(value, group)
            if member.guid in found and self._on(quirks.TWICE_IN_ONE_ADD):
                raise errors.member_twice(68 if self._on(quirks.TWICE_IS_68) else 20)
            found[member.guid] = member
        return list(found.values())

    def _joining(self, value: str, group: Entry) -> Entry:
        reference = _read(value)
        found = self._dit.follow(reference)
        if found is None and reference.form == "sid" and self._on(quirks.UNKNOWN_SID_IS_FOREIGN):
            return self._foreign(reference.value, group)
        if found is None or found.deleted:
            raise errors.member_not_found("" if self._on(quirks.UNNAMED_BAD_MEMBER) else value)
        return found

    def _leaving(self, value: str) -> Entry | None:
        found = self._dit.follow(_read(value))
        if found is None and not self._on(quirks.UNKNOWN_REMOVED_IS_ABSENT):
            raise errors.member_not_found("" if self._on(quirks.UNNAMED_BAD_MEMBER) else value)
        return found

    def _foreign(self, sid: str, group: Entry) -> Entry:
        """A stranger's SID becomes an object of its own."""
        place = self._dit.container(group.domain, "CN=ForeignSecurityPrincipals")
        kind = "foreignSecurityPrincipal"
        return self._dit.insert(Draft(kind, Rdn("CN", sid), place.guid, group.domain, {}, sid=sid))

    # --- nesting -----------------------------------------------------------------------------

    def _check_joins(self, group: Entry, member: Entry) -> None:
        if member.kind not in _JOINERS and self._on(quirks.ONLY_PRINCIPALS_JOIN):
            raise errors.no_such_member_kind()
        fits_anywhere = member.is_user and member.domain == group.domain  # as most do
        head = None if fits_anywhere else nesting_violation(group, member)
        if head and self._minds_nesting(group):
            raise self.refused_nesting(head)

    def _minds_nesting(self, group: Entry) -> bool:
        strict = group.is_security or self._on(quirks.DISTRIBUTION_NESTING)
        return strict and self._on(quirks.STRICT_NESTING)

    def refused_nesting(self, head: str) -> errors.LdapError:
        return errors.nesting(head, 53 if self._on(quirks.NESTING_UNWILLING) else 80)

    def check_conversion(self, before: Entry, after: Entry) -> None:
        """Refuse a change of groupType that the present nesting does not allow."""
        if before.is_security and not after.is_security and self._dit.primary_members_of(before):
            raise errors.has_primary_members()
        if {before.scope, after.scope} == {GLOBAL, DOMAIN_LOCAL}:
            raise errors.bad_group_type()
        inside = (self._dit.entry(guid) for guid in self._dit.members.rights(after.guid))
        pairs = [(after, member) for member in inside]
        pairs += [(group, after) for group in self._dit.groups_of(after.guid)]
        for group, member in pairs:
            head = nesting_violation(group, member) if group.guid != member.guid else None
            if head and self._minds_nesting(group):
                raise self.refused_nesting(head)


def nesting_violation(group: Entry, member: Entry) -> str | None:
    """The Win32 head of the rule that keeps `member` out of `group`, if one does.

    Source: https://learn.microsoft.com/en-us/windows/win32/ad/group-objects
    """
    abroad = member.domain != group.domain and member.kind != "foreignSecurityPrincipal"
    if group.scope == GLOBAL:
        if member.is_group and member.scope == DOMAIN_LOCAL:
            return _GLOBAL_HAS_LOCAL
        if member.is_group and member.scope == UNIVERSAL:
            return _GLOBAL_HAS_UNIVERSAL
        return _GLOBAL_CROSSES_DOMAIN if abroad and member.kind != "contact" else None
    if not member.is_group or member.scope != DOMAIN_LOCAL:
        return None
    if group.scope == UNIVERSAL:
        return _UNIVERSAL_HAS_LOCAL
    return _LOCAL_CROSSES_DOMAIN if abroad else None


def valid_group_type(value: int) -> bool:
    """Exactly one scope, and nothing but scope and the security flag."""
    bits = value & 0xFFFFFFFF
    return bits & ~SECURITY in SCOPES and -0x80000000 <= value <= 0xFFFFFFFF


def _join(draft: MemberDraft, guid: str) -> None:
    if guid in draft.removed:
        del draft.removed[guid]
    else:
        draft.added[guid] = None


def _leave(draft: MemberDraft, guid: str) -> None:
    if guid in draft.added:
        del draft.added[guid]
    else:
        draft.removed[guid] = None


def _read(value: str) -> Reference:
    try:
        found = names.reference(value)
    except BadDn as error:
        raise errors.bad_name(value) from error
    if found.form == "dn" and not found.dn:
        raise errors.bad_value()
    return found
