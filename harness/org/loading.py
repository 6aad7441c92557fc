"""Filling an org at once, with people and groups that were there before anybody looked.

Made one by one each of them is checked, logged and passed on to rules and apps; here nothing of
that happens, so a hundred thousand people take seconds. Apps and rules come afterwards.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.schema import CreateIndex, DropIndex

from ..model import GroupType, UserProfile, UserStatus
from . import schema
from .core import Core
from .groups import EVERYONE
from .mappings import MANY

ROWS = 200_000  # that are in memory at once
ROOM = "PRAGMA cache_size = -262144"  # indexes are filled in no order: 256 MB keep them in memory
USER = (
    "id",
    "login",
    "login_key",
    "email",
    "first_name",
    "last_name",
    "attributes",
    "status",
    "created",
    "changed",
    "reactivated",
    "has_password",
    "activated",
)
GROUP = ("id", "type", "name", "description", "was_pushed", "created")
MEMBER = ("group_id", "user_id", "joined")

(GROUPS_OF_USER,) = schema.group_members.indexes

Member = tuple[str, str, int]
Groups = Iterable[tuple[str, Sequence[str]]]


def load(core: Core, users: Iterable[UserProfile], groups: Groups) -> None:
    """Active users, and groups by name with the logins of their members; a name is there once.

    All in one transaction: nothing is loaded where a login is taken (the database's own error) or a
    member is nobody (KeyError).
    """
    if core.store.connection.dialect.name == "sqlite":
        core.store.run(text(ROOM))
    with core.store.tx():
        everyone = core.store.get(schema.groups, type=GroupType.BUILT_IN.value, name=EVERYONE)
        assert everyone is not None, "prepare the org first"
        core.store.run(DropIndex(GROUPS_OF_USER))  # quicker made than kept
        ids = _load_users(core, users, everyone.id)
        _load_groups(core, groups, ids)
        core.store.run(CreateIndex(GROUPS_OF_USER))


def _load_users(core: Core, users: Iterable[UserProfile], everyone_id: str) -> dict[str, str]:
    """The id of every user by login."""
    ids = {row.login: row.id for row in core.store.rows(_LOGINS)}
    for some in _parts(users):
        made = dict(zip([one.login for one in some], core.new_ids("00u", len(some)), strict=True))
        now = core.clock.now()
        rows = (_user(one, made[one.login], now) for one in some)
        core.store.pour(schema.users, USER, rows)
        first = core.next("joined") * MANY
        members = enumerate(made.values(), first)
        _join(core, [(everyone_id, user_id, joined) for joined, user_id in members])
        ids |= made
    return ids


_LOGINS = select(schema.users.c.login, schema.users.c.id)


def _user(profile: UserProfile, user_id: str, now: float) -> Sequence[Any]:
    return (
        user_id,
        profile.login,
        profile.login.lower(),
        profile.email,
        profile.first_name,
        profile.last_name,
        json.dumps(dict(profile.attributes)),
        UserStatus.ACTIVE.value,
        now,
        now,
        0,
        True,
        now,
    )


def _load_groups(core: Core, groups: Groups, ids: Mapping[str, str]) -> None:
    for some in _parts(groups):
        made = list(zip(core.new_ids("00g", len(some)), some, strict=True))
        kind, now = GroupType.OKTA_GROUP.value, core.clock.now()
        rows = ((group_id, kind, name, "", False, now) for group_id, (name, _) in made)
        core.store.pour(schema.groups, GROUP, rows)
        members = _members(made, ids, core.next("joined") * MANY)
        for few in _parts(members):
            _join(core, few)


def _members(
    groups: Iterable[tuple[str, tuple[str, Sequence[str]]]], ids: Mapping[str, str], first: int
) -> Iterator[Member]:
    for group_id, (_, logins) in groups:
        for joined, user_id in enumerate(dict.fromkeys(ids[login] for login in logins), first):
            yield group_id, user_id, joined


def _join(core: Core, members: list[Member]) -> None:
    """In the order of the table's key, as neighbours are quickest put side by side."""
    members.sort()
    core.store.pour(schema.group_members, MEMBER, members)


def _parts(things: Iterable[Any]) -> Iterator[list[Any]]:
    left = iter(things)
    while some := list(islice(left, ROWS)):
        yield some
