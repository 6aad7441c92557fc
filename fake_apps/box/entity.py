"""Rows of an enterprise. Frozen, ids are digits."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

MANAGED, EVERYBODY = "managed_group", "all_users_group"
ACTIVE, INACTIVE = "active", "inactive"
MANAGERS = ("admin", "coadmin")
PENDING, ACCEPTED = "pending", "accepted"
MEMBER, GROUP_ADMIN = "member", "admin"


@dataclass(frozen=True, slots=True)
class User:
    """One user; `values` is never changed in place. `confirms_at` is when the e-mail is confirmed.

    `place` is where the user stands in lists: who comes later has a larger one. `is_external`
    users have an account in Box outside the enterprise: they were rolled out of it, or were
    invited and have not accepted yet.
    """

    id: str
    values: Mapping[str, Any]
    born: float
    changed: float
    place: int = 0
    confirms_at: float = 0.0
    owns_content: bool = False
    is_external: bool = False

    @property
    def name(self) -> str:
        return str(self.values["name"])

    @property
    def login(self) -> str:
        return str(self.values["login"])

    @property
    def is_active(self) -> bool:
        return bool(self.values["status"] != INACTIVE)


@dataclass(frozen=True, slots=True)
class Group:
    """One group; `type` is all_users_group for the built-in one."""

    id: str
    name: str
    values: Mapping[str, Any]
    born: float
    changed: float
    type: str = MANAGED


class Membership(NamedTuple):
    """A user in a group: an object of its own, whose id removing asks for.

    A tuple, as tenants have these by the million and it is made in a third of the time.
    """

    number: int
    group_id: str
    user_id: str
    role: str
    permissions: Mapping[str, bool] | None
    born: float
    changed: float

    @property
    def id(self) -> str:
        return str(self.number)


@dataclass(frozen=True, slots=True)
class Alias:
    """Another e-mail address of a user."""

    id: str
    user_id: str
    email: str
    is_confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Invite:
    """A person with an account elsewhere in Box is asked to join the enterprise."""

    id: str
    user_id: str
    by_id: str
    status: str
    born: float
    changed: float


@dataclass(frozen=True, slots=True)
class Collaboration:
    """A group's access to a folder, all that is known of folders here."""

    id: str
    group_id: str
    folder_id: str
    folder_name: str
    role: str
    born: float


@dataclass(frozen=True, slots=True)
class Folder:
    """The folder that a user's content becomes in the account it is moved to."""

    id: str
    name: str
    owner_id: str
    born: float
