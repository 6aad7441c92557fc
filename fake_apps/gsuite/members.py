"""Memberships: who is in which group, in what role, directly or through another group."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..core.app import Context
from ..core.table import Links, Table
from . import errors, quirks, schema
from .entity import (
    DELIVERIES,
    MEMBER,
    ROLES,
    Counted,
    Group,
    Listed,
    Membership,
    Outsider,
    canonical,
    is_address,
)

if TYPE_CHECKING:
    from .state import Directory

GROUP_TYPE, USER_TYPE, CUSTOMER_TYPE, EXTERNAL_TYPE = "GROUP", "USER", "CUSTOMER", "EXTERNAL"
COUNT_LAG_S, NESTED_LAG_S = 60, 600
SERIAL_BITS = 48  # no customer has that many changes


class Members:
    """Direct members are links; roles other than MEMBER and the like stand in a table beside."""

    def __init__(self, context: Context, directory: "Directory") -> None:
        self._context = context
        self._directory = directory
        self.links: Links = context.store.links("members")
        self.invited: Links = context.store.links("invited")
        self._details: Table[tuple[str, str], Membership] = context.store.table(
            "details", group=lambda row: row.group_id, member=lambda row: row.member_id
        )
        self._counted: Table[str, Counted] = context.store.table("counted")
        self.outsiders: Table[str, Outsider] = context.store.table(
            "outsiders", email=lambda row: canonical(row.email)
        )

    # --- looking -----------------------------------------------------------------------------

    def details(self, group_id: str, member_id: str) -> Membership:
        return self._details.get((group_id, member_id)) or Membership(group_id, member_id)

    def type_of(self, member_id: str) -> str:
        if member_id in self._directory.groups:
            return GROUP_TYPE
        if member_id == self._directory.customer_id:
            return CUSTOMER_TYPE
        is_external = quirks.OUTSIDERS_ARE_EXTERNAL in self._context.quirks
        return EXTERNAL_TYPE if is_external and member_id in self.outsiders else USER_TYPE

    def is_live(self, member_id: str) -> bool:
        known = self._directory
        return (
            member_id in known.users
            or member_id in known.groups
            or member_id in self.outsiders
            or member_id == known.customer_id
        )

    def direct(self, group_id: str) -> Iterator[Listed]:
        """Direct members in order of joining."""
        for member_id, serial in self.links.rights(group_id).items():
            if self.is_live(member_id):
                yield Listed(member_id, serial)

    def derived(self, group_id: str, *, at_once: bool = False) -> Iterator[Listed]:
        """Members of the group and of the groups within it, each once.

        The nearer come first, then who joined first: nobody's place changes when others go.
        """
        seen, level, depth = {group_id}, [group_id], 0
        while level:
            reached: dict[str, int] = {}
            for at in level:
                for entry in self.direct(at):
                    is_here = at_once or self._has_spread(group_id, at, entry.member_id)
                    if is_here and entry.member_id not in seen:
                        reached.setdefault(entry.member_id, entry.serial)
            seen.update(reached)
            level = sorted(reached, key=reached.__getitem__)
            for each in level:
                yield Listed(each, (depth << SERIAL_BITS) + reached[each], is_direct=not depth)
            level = [each for each in level if each in self._directory.groups]
            depth += 1

    def _has_spread(self, top_id: str, at: str, member_id: str) -> bool:
        """Whether who has joined a group within shows in the one above already."""
        if at == top_id or quirks.NESTED_MEMBERS_COME_LATE not in self._context.quirks:
            return True
        since = self.details(at, member_id).since
        return self._context.clock.now() - since >= NESTED_LAG_S

    def shown_count(self, group_id: str) -> int:
        """Direct members as the group tells them, perhaps a while behind."""
        old = self._counted.get(group_id)
        if old is None or not self._is_behind(old):
            return self.count(group_id)
        return old.members

    def _is_behind(self, counted: Counted) -> bool:
        lags = quirks.COUNTS_LAG in self._context.quirks
        return lags and self._context.clock.now() - counted.at < COUNT_LAG_S

    def _note_count(self, group_id: str) -> None:
        """Before a change: what the group goes on telling for a while."""
        if quirks.COUNTS_LAG not in self._context.quirks:
            return
        old = self._counted.get(group_id)
        if old is None or not self._is_behind(old):
            now = Counted(self.count(group_id), self._context.clock.now())
            self._counted.put(group_id, now)

    def count(self, group_id: str) -> int:
        """Direct members, those left out who are deleted and may come back."""
        gone = sum(self.links.has(group_id, user.id) for user in self._directory.bin)
        return len(self.links.rights(group_id)) - gone

    def groups_of(self, member_id: str) -> Iterator[Group]:
        for group_id in self.links.lefts(member_id):
            group = self._directory.groups.get(group_id)
            if group is not None:
                yield group

    def find(self, key: str) -> str | None:
        """The id of whatever has this id or address: user, group, outsider, customer."""
        known = self._directory
        if key == known.customer_id or key in self.outsiders:
            return key
        found = known.find_user(key) or known.find_group(key)
        if found is not None:
            return found.id
        outside = self.outsiders.find("email", canonical(key)) if "@" in key else []
        return outside[0].id if outside else None

    def member(self, group: Group, key: str) -> str:
        """The id of a member of the group, or the refusal for a key that is none."""
        member_id = self.find(key)
        if member_id is None and quirks.GONE_ACCOUNTS_ARE_400 in self._context.quirks:
            raise errors.gone_member()
        if member_id is None or not self._is_shown(group.id, member_id):
            raise errors.unknown_member()
        return member_id

    def _is_shown(self, group_id: str, member_id: str) -> bool:
        hides = quirks.PENDING_MEMBERS_ARE_HIDDEN in self._context.quirks
        is_invited = self.invited.has(group_id, member_id) and not hides
        return self.links.has(group_id, member_id) or is_invited

    def has_member(self, group: Group, key: str) -> bool:
        member_id = self.find(key)
        if member_id is None or member_id in self.outsiders:
            raise errors.member_not_allowed()
        known = self._directory
        meant = {member_id, known.customer_id} if member_id in known.users else {member_id}
        if any(self.links.has(group.id, each) for each in meant):
            return True  # most by far
        return any(entry.member_id in meant for entry in self.derived(group.id))

    # --- changing ----------------------------------------------------------------------------

    def insert(self, group: Group, body: Mapping[str, Any]) -> str:
        """Add one member by address or id; answers its id."""
        values = schema.MEMBER.check(body, self._context.quirks)
        email = values.get("email")
        key = email or values.get("id")
        if not key:
            raise errors.no_member_named()
        if email and "@" not in email and self.find(email) is None:
            raise errors.member_not_allowed()
        role = _one_of(values, "role", ROLES) or MEMBER
        delivery = _one_of(values, "delivery_settings", DELIVERIES) or DELIVERIES[0]
        member_id = self._to_add(group, key)
        self._check_may_join(group, member_id, role)
        self.join(group.id, member_id, role, delivery)
        return member_id

    def join(
        self, group_id: str, member_id: str, role: str = MEMBER, delivery: str = DELIVERIES[0]
    ) -> None:
        self._note_count(group_id)
        self.links.link(group_id, member_id)
        is_timed = quirks.NESTED_MEMBERS_COME_LATE in self._context.quirks
        if is_timed or (role, delivery) != (MEMBER, DELIVERIES[0]):
            row = Membership(group_id, member_id, role, delivery)
            if is_timed:
                row = replace(row, since=self._context.clock.now())
            self._details.put((group_id, member_id), row)

    def join_all(self, group_id: str, member_ids: Sequence[str]) -> None:
        """As `join` with each of them, as plain members."""
        if quirks.NESTED_MEMBERS_COME_LATE in self._context.quirks:
            for member_id in member_ids:
                self.join(group_id, member_id)
        else:
            self._note_count(group_id)
            self.links.link_all(group_id, member_ids)

    def _to_add(self, group: Group, key: str) -> str:
        member_id = self.find(key)
        if member_id is None:
            return self._outsider(key)
        if member_id in self.links.rights(group.id) or self.invited.has(group.id, member_id):
            raise errors.member_exists()
        return member_id

    def _outsider(self, key: str) -> str:
        """A new member from outside, where such are allowed."""
        if "@" not in key or (is_address(key) and self._directory.addresses.is_own(key)):
            raise errors.unknown_member()
        settings = self._context.settings
        is_known = key.lower() not in map(str.lower, settings["unknown_addresses"])
        if not is_address(key) or not settings["external_members_allowed"] or not is_known:
            raise errors.member_not_allowed()
        return self.meet(key)

    def meet(self, address: str) -> str:
        """The id of an outsider whom nobody has met before."""
        is_canonical = quirks.GMAIL_IS_CANONICAL in self._context.quirks
        email = canonical(address) if is_canonical else address.lower()
        made = Outsider(str(self._context.chance.number(10**20, 2 * 10**20 - 1)), email)
        self.outsiders.put(made.id, made)
        return made.id

    def _check_may_join(self, group: Group, member_id: str, role: str) -> None:
        user = self._directory.users.get(member_id)
        if user is not None:
            may = quirks.SUSPENDED_USERS_MAY_JOIN in self._context.quirks
            if user.is_suspended and not may:
                raise errors.member_not_allowed()
        elif member_id in self._directory.groups:
            if role != MEMBER:
                raise errors.member_not_allowed()
            self._check_no_cycle(group, member_id)

    def _check_no_cycle(self, group: Group, child_id: str) -> None:
        below = {entry.member_id for entry in self.derived(child_id, at_once=True)}
        if group.id == child_id or group.id in below:
            is_412 = quirks.CYCLES_ARE_412 in self._context.quirks
            raise errors.cyclic(412 if is_412 else 400)

    def update(self, group: Group, key: str, body: Mapping[str, Any]) -> str:
        values = schema.MEMBER.check(body, self._context.quirks)
        role = _one_of(values, "role", ROLES)
        delivery = _one_of(values, "delivery_settings", DELIVERIES)
        member_id = self._to_change(group, key)
        if role not in (None, MEMBER) and member_id in self._directory.groups:
            raise errors.member_not_allowed()
        old = self.details(group.id, member_id)
        row = replace(old, role=role or old.role, delivery=delivery or old.delivery)
        self._details.put((group.id, member_id), row)
        return member_id

    def _to_change(self, group: Group, key: str) -> str:
        member_id = self.member(group, key)
        by_id_only = quirks.OUTSIDERS_GO_BY_ID in self._context.quirks
        if by_id_only and key != member_id and member_id in self.outsiders:
            raise errors.unknown_member()
        return member_id

    def delete(self, group: Group, key: str) -> None:
        member_id = self.find(key)
        if member_id is not None and self.invited.has(group.id, member_id):
            self.invited.unlink(group.id, member_id)  # an invitation can be taken back
            return
        self.leave(group.id, self.member(group, key))

    def leave(self, group_id: str, member_id: str) -> None:
        self._note_count(group_id)
        self.links.unlink(group_id, member_id)
        if (group_id, member_id) in self._details:
            self._details.drop((group_id, member_id))

    def forget(self, gone_id: str) -> None:
        """A user or group is no more: neither has members nor is one."""
        for group_id in self.links.lefts(gone_id):
            self._note_count(group_id)
        self.links.unlink_all(gone_id)
        self.invited.unlink_all(gone_id)
        if gone_id in self._counted:
            self._counted.drop(gone_id)
        for index in ("group", "member"):
            for row in self._details.find(index, gone_id):
                self._details.drop((row.group_id, row.member_id))


def _one_of(values: Mapping[str, Any], name: str, known: tuple[str, ...]) -> str | None:
    value: str | None = values.get(name)
    if value is not None and value not in known:
        raise errors.invalid(name)
    return value
