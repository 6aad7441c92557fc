"""A Slack organisation: its tables, its token, and looking at what it has.

The rules have rooms of their own: user_rules.py, group_rules.py, usergroups.py, workspaces.py.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..core import scim
from ..core.app import Context
from ..core.chance import Chance
from ..core.error import ApiError
from ..core.table import Links, Table
from . import errors, filters
from .entity import Group, User
from .group_rules import GroupRules
from .user_rules import UserRules
from .usergroups import Usergroups
from .workspaces import Workspaces

Rows = tuple[list[Any], int]
"""One page and how many there are in all."""

UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@dataclass(frozen=True)
class Token:
    """The token of the app that is installed; an expired one is refused."""

    text: str
    is_expired: bool = False


class Organisation:
    """One organisation. Knows nothing of HTTP; raises the vendor's refusals."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.quirks = context.quirks
        self.settings = context.settings
        store, chance = context.store, context.chance
        self.users: Table[str, User] = store.table(
            "users",
            username=lambda user: user.user_name,
            primary=lambda user: _lowered(user, "emails.primary"),
            secondary=lambda user: _lowered(user, "emails.secondary"),
        )
        self.groups: Table[str, Group] = store.table("groups", name=_lowered_name)
        self.members: Links = store.links("members")
        self.locks: Table[str, float] = store.table("locks")
        self.tokens: Table[str, Token] = store.table("tokens")
        self.ids = chance.stream("ids")
        self.team_id, self.enterprise_id = _id("T", chance), _id("E", chance)
        self.admin_id = _id("W", chance)
        self.people = UserRules(self)
        self.grouping = GroupRules(self)
        self.workspaces = Workspaces(self)
        self.usergroups = Usergroups(self)
        self.replace_token()

    # --- the installed app -------------------------------------------------------------------

    @property
    def token(self) -> Token:
        row = self.tokens.get("app")
        assert row is not None, "made with the organisation"
        return row

    def is_valid(self, token: str) -> bool:
        return bool(token) and token == self.token.text and not self.token.is_expired

    def expire_token(self) -> None:
        self.tokens.put("app", replace(self.token, is_expired=True))

    def replace_token(self) -> None:
        chance = self.context.chance.stream("tokens")
        numbers = "-".join(str(chance.number(10**9, 10**10)) for _ in range(3))
        self.tokens.put("app", Token(f"xoxp-{numbers}-{chance.hex(32)}"))

    # --- looking -----------------------------------------------------------------------------

    def user(self, user_id: str) -> User:
        found = self.users.get(user_id)
        if found is None:
            raise errors.no_such_user() if user_id.isalnum() else errors.cannot_decode_user_id()
        return found

    def group(self, group_id: str) -> Group:
        found = self.groups.get(group_id)
        if found is None:
            raise errors.no_such_group()
        return found

    def members_of(self, group_id: str) -> list[User]:
        """In order of joining."""
        get = self.users.get
        return [user for user_id in self.members.rights(group_id) if (user := get(user_id))]

    def groups_of(self, user_id: str) -> list[Group]:
        found = (self.groups.get(group_id) for group_id in self.members.lefts(user_id))
        return [group for group in found if group is not None]

    def looks_active(self, user: User) -> bool:
        """Reads show a deactivation only after a while."""
        age = self.context.clock.now() - user.deactivated_at
        return user.active or bool(age < self.settings["deactivation_lag_s"])

    def list_users(self, window: scim.Window, wanted: scim.Filter | None) -> Rows:
        if wanted is None:
            return _page(self.users, window)
        rows = self._users_maybe(wanted)
        return _cut([row for row in rows if wanted.test(filters.user_reader(row))], window)

    def _users_maybe(self, wanted: scim.Filter) -> Iterable[User]:
        """The users an index finds for the filter; all of them where none can."""
        found: dict[str, User] = {}
        for name, value in wanted.alternatives:
            indexes = ("username",) if name == "username" else ("primary", "secondary")
            if name not in ("username", "email", "emails", "emails.value"):
                return self.users
            found |= {row.id: row for index in indexes for row in self.users.find(index, value)}
        return found.values() if wanted.alternatives else self.users

    def list_groups(self, window: scim.Window, wanted: scim.Filter | None) -> Rows:
        if wanted is None:
            return _page(self.groups, window)
        rows: Iterable[Group] = self.groups
        if wanted.alternatives:  # on the display name: filters know no other attribute of a group
            names = dict.fromkeys(value for _, value in wanted.alternatives)
            rows = [row for name in names for row in self.groups.find("name", name)]
        return _cut([row for row in rows if wanted.test(filters.group_reader(row))], window)

    # --- for the rules -------------------------------------------------------------------------

    @property
    def is_enterprise(self) -> bool:
        return bool(self.settings["plan"] == "enterprise")

    def new_id(self, letter: str) -> str:
        return _id(letter, self.ids)

    def lock(self, resource_id: str, refuse: Callable[[str], ApiError]) -> None:
        """One write at a time to one user or group: the next must wait until the first is done."""
        lasts, now = self.settings["lock_s"], self.context.clock.now()
        if not lasts:
            return
        until = self.locks.get(resource_id) or 0.0
        if now < until:
            raise refuse(str(math.ceil(until - now)))
        self.locks.put(resource_id, now + lasts)


# --- small things ------------------------------------------------------------------------------


def _id(letter: str, chance: Chance) -> str:
    return letter + chance.text(9, UPPER)


def _lowered_name(group: Group) -> str:
    return group.name.lower()


def _lowered(user: User, path: str) -> str | None:
    value = user.values.get(path)
    return value.lower() if value else None


def _page(table: Table[str, Any], window: scim.Window) -> Rows:
    return table.page(window.start - 1, window.count), len(table)


def _cut(rows: Sequence[Any], window: scim.Window) -> Rows:
    start = window.start - 1
    return list(rows[start : start + window.count]), len(rows)
