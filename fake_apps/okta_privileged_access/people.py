"""Users: those that SCIM provisions, and those made in the team itself."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..core import scim
from . import bodies, entity, errors, quirks
from .entity import ACTIVE, DELETED, DISABLED, HUMAN, PUSHED, User

if TYPE_CHECKING:
    from .state import Team


class People:
    """The users of one team."""

    def __init__(self, team: "Team") -> None:
        self._team = team

    # --- looking -----------------------------------------------------------------------------

    def named(self, name: str) -> User:
        """A user by its name, as the API addresses it; a deleted one where no other has it."""
        table, lower = self._team.users, name.lower()
        found = table.find("name", lower) or table.find("any_name", lower)[-1:]
        if not found:
            raise errors.not_found(f"user {name}")
        return found[0]

    def there(self, name: str) -> User:
        """The same, but a deleted one is not there."""
        user = self.named(name)
        if user.deleted is not None:
            raise errors.not_found(f"user {name}")
        return user

    def is_seen(self, user: User) -> bool:
        """Whether SCIM knows the user."""
        if user.deleted is not None or user.kind != HUMAN:
            return False
        return user.origin == PUSHED or quirks.LOCAL_ARE_NOT_MANAGED not in self._team.quirks

    def seen(self, user_id: str) -> User:
        user = self._team.users.get(user_id)
        if user is None or not self.is_seen(user):
            raise errors.not_found(f"user {user_id}")
        return user

    # --- changing ----------------------------------------------------------------------------

    def create(self, body: Mapping[str, Any], *, origin: str = PUSHED) -> User:
        values = bodies.read_user(body)
        self._check_name(values["userName"], own_id="")
        return self.insert(values, origin=origin)

    def insert(self, values: Mapping[str, Any], *, kind: str = HUMAN, origin: str = PUSHED) -> User:
        now, kept = self._team.now(), dict(values)
        status = ACTIVE if kept.pop("active", True) else DISABLED
        user = User(self._team.ids.guid(), kept, status, now, now, kind, origin)
        self._team.users.put(user.id, user)
        return user

    def put(self, user: User, body: Mapping[str, Any]) -> User:
        return self._store(user, bodies.read_user(body))

    def patch(self, user: User, body: Mapping[str, Any]) -> User:
        return self._patched(user, bodies.read_operations(body))

    def _patched(self, user: User, operations: Iterable[scim.Operation]) -> User:
        return self._store(user, bodies.patched({**user.values, "active": user.active}, operations))

    def set_active(self, user: User, *, active: bool) -> None:
        self._store(user, {**user.values, "active": active})

    def _store(self, user: User, values: Mapping[str, Any]) -> User:
        self._check_name(values["userName"], own_id=user.id)
        kept = dict(values)
        status = ACTIVE if kept.pop("active") else DISABLED
        if (kept, status) == (user.values, user.status):
            return user
        stored = replace(user, values=kept, status=status, changed=self._team.now())
        self._team.users.put(user.id, stored)
        return stored

    def delete(self, user: User) -> None:
        """Out of every group; the name is free again, and the user still told as deleted."""
        now = self._team.now()
        self._team.members.unlink_all(user.id)
        self._team.users.put(user.id, replace(user, status=DELETED, changed=now, deleted=now))

    def _check_name(self, name: str, own_id: str) -> None:
        if any(user.id != own_id for user in self._team.users.find("name", name.lower())):
            raise errors.taken(f"A user {name}")

    def document(self, user: User) -> dict[str, Any]:
        return entity.user_document(user, self._team.settings["team"])
