"""modify: several attributes of one object, all of them or none."""

from collections.abc import Sequence
from dataclasses import dataclass

from . import errors
from .controls import PERMISSIVE_MODIFY
from .dit import Dit, file_time
from .entry import Entry
from .members import MemberDraft, Membership
from .rules import (
    Rules,
    check_class,
    check_count,
    check_enabled,
    check_group_type,
    first,
    known,
    only,
    unwritable,
)
from .schema import Attribute, Writer
from .security import Security
from .values import Checker, Modification, Values, modify, read_password, unquoted


@dataclass
class _Work:
    """One modify in progress: what the object will be if everything succeeds."""

    entry: Entry
    values: Values
    members: MemberDraft
    password: str
    permissive: bool
    told_password: bool = False  # whoever asks has shown the present one


class Modifying:
    """Changes objects in place."""

    def __init__(self, dit: Dit, security: Security, membership: Membership) -> None:
        self._dit = dit
        self._security = security
        self._membership = membership
        self._rules = Rules(dit)
        self._checker = Checker(dit)

    def modify(
        self,
        who: str | None,
        entry: Entry,
        changes: Sequence[Modification],
        controls: frozenset[str],
    ) -> Entry:
        permissive = PERMISSIVE_MODIFY in controls
        values = dict(entry.attributes)
        work = _Work(entry, values, MemberDraft(entry), entry.password, permissive)
        for change in changes:
            attribute = known(change.attribute)
            _check_changeable(entry, attribute)
            if not self._may_change(who, work, attribute, change):
                raise errors.no_rights()
            self._apply(work, attribute, change)
        return self._finish(work)

    def _may_change(
        self, who: str | None, work: _Work, attribute: Attribute, change: Modification
    ) -> bool:
        """Delegated, or one's own password by whoever tells the old one in the same request."""
        if self._security.may_write(who, work.entry, attribute.name):
            return True
        if attribute.writer is not Writer.PASSWORD or who != work.entry.guid:
            return False
        return change.op == "delete" or (change.op == "add" and work.told_password)

    def _apply(self, work: _Work, attribute: Attribute, change: Modification) -> None:
        if change.op == "add" and not change.values:
            raise errors.bad_value()
        match attribute.writer:
            case Writer.LINK:
                self._apply_members(work, change)
            case Writer.PASSWORD:
                self._apply_password(work, change.op, only(attribute, change.values))
            case _:
                checked = self._checker.checked(attribute, change.values)
                read = Modification(change.op, attribute.name, checked)
                modify(work.values, attribute, read, permissive=work.permissive)

    def _apply_password(self, work: _Work, op: str, value: str) -> None:
        """`delete` shows the present password and `add` sets the next; `replace` is a reset."""
        if op == "delete":
            if not work.password or unquoted(value) != work.password:
                raise errors.old_password_wrong()
            work.told_password = True
            return
        work.password = read_password(value)
        work.values["pwdLastSet"] = (file_time(self._dit.context.clock.now()),)

    def _apply_members(self, work: _Work, change: Modification) -> None:
        rules, draft, values = self._membership, work.members, change.values
        match change.op:
            case "add":
                rules.add(draft, values, permissive=work.permissive)
            case "replace":
                rules.replace(draft, values)
            case "delete" if values:
                rules.remove(draft, values, permissive=work.permissive)
            case "delete":
                rules.clear(draft, permissive=work.permissive)

    def _finish(self, work: _Work) -> Entry:
        """The rules that look at the object as a whole; then write, if anything changed."""
        before = work.entry
        if work.values != before.attributes or work.password != before.password:
            self._check_changed(before, work.values, work.password)
        after = before._replace(attributes=work.values, password=work.password)
        if before.is_group and before.group_type != after.group_type:
            self._membership.check_conversion(before, after)
        if after == before and not work.members.is_changed:
            return before
        self._membership.apply(work.members)
        if before.first("primaryGroupID") != after.first("primaryGroupID"):
            self._membership.swap_primary_group(before, after)
        return self._dit.update(after)

    def _check_changed(self, before: Entry, values: Values, password: str) -> None:
        self._rules.check_unique(before.kind, before.domain, values, before.guid)
        if before.is_group:
            check_group_type(values)
        if before.is_user:
            self._check_primary_group(before, values)
            check_enabled(values, password)
        check_count(values)

    def _check_primary_group(self, before: Entry, values: Values) -> None:
        """Only a security group the account is in already can become its primary group."""
        rid = first(values, "primaryGroupID")
        groups = self._dit.groups_of(before.guid)
        is_member = any(
            group.rid == rid and group.domain == before.domain and group.is_security
            for group in groups
        )
        if rid != before.first("primaryGroupID") and not is_member:
            raise errors.not_in_primary_group()


def _check_changeable(entry: Entry, attribute: Attribute) -> None:
    """Whether any client at all may write the attribute of such an object."""
    match attribute.writer:
        case Writer.CLASS:
            raise errors.object_class("00002014")
        case Writer.RDN:
            raise errors.not_on_rdn()
        case Writer.SYSTEM | Writer.SAM | Writer.BACK_LINK:
            raise unwritable(attribute)
    check_class(entry.kind, attribute)
