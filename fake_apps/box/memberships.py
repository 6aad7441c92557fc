"""Memberships: users in groups, each an object with an id of its own."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..core.error import ApiError
from . import errors, quirks, schema
from .entity import GROUP_ADMIN, MEMBER, Group, Membership, User
from .paging import Page, Window, page
from .rows import Rows
from .schema import MEMBERSHIP
from .users import is_named

_NUMBER = re.compile(r"[1-9][0-9]{1,17}", re.ASCII)
ALL_PERMISSIONS = dict.fromkeys(schema.PERMISSIONS, True)
Joined = tuple[Membership, User, Group]


class Memberships:
    """Who is in which group, and as what. `own_group` finds a group that may be changed."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._quirks = rows.quirks

    # --- looking -----------------------------------------------------------------------------

    def membership(self, membership_id: str) -> Joined:
        found = self.known(membership_id)
        if found is None:
            raise errors.not_found("group_membership", membership_id)
        return self._joined(found)

    def known(self, membership_id: str) -> Membership | None:
        """The membership of that id; text that no id is written as is none's."""
        is_number = _NUMBER.fullmatch(membership_id)
        return self._rows.memberships.get(int(membership_id)) if is_number else None

    def _joined(self, row: Membership) -> Joined:
        user = self._rows.users.get(row.user_id) or self._rows.outsiders.get(row.user_id)
        group = self._rows.groups.get(row.group_id)
        assert user is not None, "a membership goes with its user"
        assert group is not None, "and with its group"
        return row, user, group

    def find(self, group_id: str, user_id: str) -> Membership | None:
        """That user's membership of that group."""
        number = self._rows.members.rights(group_id).get(user_id)
        return None if number is None else self._rows.memberships.get(number)

    def _of_pair(self, group_id: str, user_id: str) -> Membership:
        found = self.find(group_id, user_id)
        assert found is not None, "a membership goes with its link"
        return found

    def of_group(self, group: Group, window: Window) -> Page:
        user_ids = self._rows.members.rights(group.id)
        part = page(user_ids, len(user_ids), window, self._quirks)
        joined = [self._joined(self._of_pair(group.id, user_id)) for user_id in part.rows]
        return Page(joined, part.total)

    def of_user(self, user: User, window: Window) -> Page:
        group_ids = self._rows.members.lefts(user.id)
        part = page(group_ids, len(group_ids), window, self._quirks)
        joined = [self._joined(self._of_pair(group_id, user.id)) for group_id in part.rows]
        return Page(joined, part.total)

    def administered(self, user_id: str) -> list[Membership]:
        """The memberships that make a user the admin of a group."""
        groups = self._rows.members.lefts(user_id)
        own = (self._of_pair(group_id, user_id) for group_id in groups)
        return [row for row in own if row.role == GROUP_ADMIN]

    # --- joining -----------------------------------------------------------------------------

    def create(self, body: Mapping[str, Any], own_group: Callable[[str], Group]) -> Joined:
        schema.require(body, "user", "group")
        user_id, group_id = schema.reference(body, "user"), schema.reference(body, "group")
        return self.join(own_group(group_id), user_id, schema.checked(MEMBERSHIP, body))

    def join(self, group: Group, user_id: str, values: Mapping[str, Any]) -> Joined:
        user = self._candidate(user_id)
        if self._rows.members.has(group.id, user.id):
            if quirks.PRESENT_MEMBER_IS_A_CONFLICT in self._quirks:
                raise errors.present_member(user.id)
            return self._of_pair(group.id, user.id), user, group
        role = values.get("role", MEMBER)
        self._enter(group.id, [user.id], role, _permissions(role, values, ALL_PERMISSIONS))
        return self._of_pair(group.id, user.id), user, group

    def join_all(self, group: Group, user_ids: Iterable[str]) -> None:
        """As `join` with each of them, as plain members."""
        present, joining = self._rows.members.rights(group.id), dict[str, None]()
        for user_id in user_ids:
            user = self._candidate(user_id)
            if user.id not in present and user.id not in joining:
                joining[user.id] = None
            elif quirks.PRESENT_MEMBER_IS_A_CONFLICT in self._quirks:
                raise errors.present_member(user.id)
        self._enter(group.id, [*joining])

    def _enter(
        self,
        group_id: str,
        user_ids: Sequence[str],
        role: str = MEMBER,
        permissions: Mapping[str, bool] | None = None,
    ) -> None:
        """Make memberships of users who are not in the group."""
        now = self._rows.now()
        numbers = dict(zip(user_ids, self._rows.new_numbers(len(user_ids)), strict=True))
        made = {
            number: Membership(number, group_id, user_id, role, permissions, now, now)
            for user_id, number in numbers.items()
        }
        self._rows.memberships.fill(made)
        self._rows.members.link_under(group_id, numbers)

    def _candidate(self, user_id: str) -> User:
        """The user, if one that can be a member."""
        user = self._rows.users.get(user_id)
        if user is None and quirks.EXTERNAL_USERS_CANNOT_JOIN not in self._quirks:
            user = self._rows.outsiders.get(user_id)
        if user is None:
            raise self._no_candidate(user_id)
        if is_named(user, self._rows.settings["barred_logins"]):
            raise errors.barred()
        if not user.is_active and quirks.INACTIVE_USERS_MAY_JOIN not in self._quirks:
            raise errors.invalid("user", user_id)
        return user

    def _no_candidate(self, user_id: str) -> ApiError:
        is_external = user_id in self._rows.outsiders
        if is_external and quirks.EXTERNAL_USERS_ARE_DENIED in self._quirks:
            return errors.denied()
        return errors.not_found("user", user_id)

    def update(self, membership_id: str, body: Mapping[str, Any]) -> Joined:
        row, user, group = self.membership(membership_id)
        values = schema.checked(MEMBERSHIP, body)
        role = values.get("role", row.role)
        kept = row.permissions if role == row.role else ALL_PERMISSIONS
        permissions = _permissions(role, values, kept)
        changed = row._replace(role=role, permissions=permissions, changed=self._rows.now())
        self._rows.memberships.put(row.number, changed)
        return changed, user, group

    # --- leaving -----------------------------------------------------------------------------

    def delete(self, membership_id: str) -> None:
        row, _, _ = self.membership(membership_id)
        self._drop(row)

    def leave(self, group_id: str, user_id: str) -> None:
        """Take a user out of a group; one who is not in it stays out."""
        if self._rows.members.has(group_id, user_id):
            self._drop(self._of_pair(group_id, user_id))

    def leave_all(self, user_id: str) -> None:
        for group_id in [*self._rows.members.lefts(user_id)]:
            self.leave(group_id, user_id)

    def empty(self, group_id: str) -> None:
        for user_id in [*self._rows.members.rights(group_id)]:
            self.leave(group_id, user_id)

    def _drop(self, row: Membership) -> None:
        self._rows.memberships.drop(row.number)
        self._rows.members.unlink(row.group_id, row.user_id)


def _permissions(
    role: str, values: Mapping[str, Any], otherwise: Mapping[str, bool] | None
) -> Mapping[str, bool] | None:
    """What a group admin may: all, but what is said not; null takes all. Members have none."""
    if role != GROUP_ADMIN:
        return None
    told = values.get("configurable_permissions", otherwise)
    return None if told is None else {**ALL_PERMISSIONS, **told}
