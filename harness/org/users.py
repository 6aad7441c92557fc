"""People and their lifecycle, as Okta has it."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select

from ..errors import Refused
from ..model import UserProfile, UserStatus
from . import schema
from .assignments import Assignments
from .core import Core
from .group_rules import GroupRules
from .groups import EVERYONE, Groups
from .mappings import bad_request

NOT_ALLOWED = "This operation is not allowed in the user's current status."
PROFILE_FIELDS = ("login", "email", "first_name", "last_name")


class Users:
    """Users by login."""

    def __init__(
        self, core: Core, groups: Groups, assignments: Assignments, rules: GroupRules
    ) -> None:
        self._core = core
        self._store = core.store
        self._groups = groups
        self._assignments = assignments
        self._rules = rules

    def find(self, login: str) -> sa.Row[Any]:
        row = self._store.row(select(schema.users).where(schema.users.c.login == login))
        if row is None:
            raise Refused("E0000007", f"Not found: Resource not found: {login} (User)")
        return row

    def get(self, user_id: str) -> sa.Row[Any]:
        row = self._store.row(select(schema.users).where(schema.users.c.id == user_id))
        assert row is not None, user_id
        return row

    def find_all(self, logins: Sequence[str]) -> list[sa.Row[Any]]:
        return [self.find(login) for login in logins]

    def all(self) -> list[sa.Row[Any]]:
        return self._store.rows(select(schema.users).order_by(schema.users.c.login))

    def create(self, profile: UserProfile, *, activate: bool) -> None:
        if not profile.login or not profile.email:
            raise bad_request("login", "login: The field cannot be left blank")
        self._refuse_taken(profile.login)
        now = self._core.clock.now()
        status = UserStatus.ACTIVE if activate else UserStatus.STAGED
        user_id = self._core.new_id("00u")
        self._store.run(
            schema.users.insert().values(
                id=user_id,
                login=profile.login,
                email=profile.email,
                first_name=profile.first_name,
                last_name=profile.last_name,
                attributes=dict(profile.attributes),
                status=status.value,
                created=now,
                changed=now,
            )
        )
        self._core.log("user.lifecycle.create", "Create okta user", profile.login)
        self._groups.join(self._groups.find(EVERYONE), [user_id])
        self._rules.evaluate([self.get(user_id)])

    def update(self, login: str, changes: Mapping[str, str]) -> None:
        """Change profile fields; anything that is no base field is a custom attribute."""
        user = self.find(login)
        if changes.get("login", login) != login:
            self._refuse_taken(changes["login"])
        base = {key: value for key, value in changes.items() if key in PROFILE_FIELDS}
        custom = {key: value for key, value in changes.items() if key not in PROFILE_FIELDS}
        self._set(user.id, **base, attributes={**user.attributes, **custom})
        self._core.log("user.account.update_profile", "Update user profile for Okta", login)
        if base:
            self._assignments.profile_changed(user.id)
        self._rules.evaluate([self.get(user.id)])

    def activate(self, login: str) -> None:
        """Activate a staged user, or reactivate a deactivated one.

        Assignments through groups come back with it, those by hand and group pushes do not (R6).
        """
        user = self.find(login)
        if user.status not in (UserStatus.STAGED, UserStatus.DEPROVISIONED):
            raise Refused("E0000016", "Activation failed because the user is already active")
        self._move(user, UserStatus.ACTIVE, "user.lifecycle.activate", "Activate Okta user")
        self._rules.evaluate([self.get(user.id)])

    def deactivate(self, login: str) -> None:
        """Deprovision the user from every app. Memberships stay; rule-fed ones always do (R40)."""
        user = self.find(login)
        if user.status == UserStatus.DEPROVISIONED:
            raise Refused("E0000001", "Api validation failed: deactivateUser", (NOT_ALLOWED,))
        self._move(
            user, UserStatus.DEPROVISIONED, "user.lifecycle.deactivate", "Deactivate Okta user"
        )
        if not self._core.setting("deactivated_keep_groups", default=True):
            self._leave_groups(user)

    def suspend(self, login: str) -> None:
        """Groups and assignments are kept; a suspended user is not pushed."""
        user = self.find(login)
        if user.status != UserStatus.ACTIVE:
            cause = "Cannot suspend a user that is not active"
            raise Refused("E0000001", "Api validation failed: suspendUser", (cause,))
        self._move(user, UserStatus.SUSPENDED, "user.lifecycle.suspend", "Suspend Okta user")

    def unsuspend(self, login: str) -> None:
        user = self.find(login)
        if user.status != UserStatus.SUSPENDED:
            cause = "Cannot unsuspend a user that is not suspended"
            raise Refused("E0000001", "Api validation failed: unsuspendUser", (cause,))
        self._move(user, UserStatus.ACTIVE, "user.lifecycle.unsuspend", "Unsuspend Okta user")

    def delete(self, login: str) -> None:
        """As the API does: the first delete deactivates, the second one deletes."""
        user = self.find(login)
        if user.status != UserStatus.DEPROVISIONED:
            self.deactivate(login)
            return
        self._leave_groups(user, everyone=True)
        for table in (schema.app_users, schema.group_members, schema.links, schema.changes):
            self._store.run(table.delete().where(table.c.user_id == user.id))
        self._store.run(schema.users.delete().where(schema.users.c.id == user.id))
        self._core.log("user.lifecycle.delete.completed", "Delete Okta user", login)

    def _leave_groups(self, user: sa.Row[Any], *, everyone: bool = False) -> None:
        for group_id in self._groups.groups_of(user.id):
            group = self._groups.get(group_id)
            if everyone or group.name != EVERYONE:
                self._groups.leave(group, [user.id])

    def _move(self, user: sa.Row[Any], status: UserStatus, event: str, message: str) -> None:
        self._set(user.id, status=status.value)
        self._core.log(event, message, user.login)
        self._assignments.user_changed(self.get(user.id))

    def _set(self, user_id: str, **values: Any) -> None:
        table = schema.users
        self._store.run(
            table.update()
            .where(table.c.id == user_id)
            .values(changed=self._core.clock.now(), **values)
        )

    def _refuse_taken(self, login: str) -> None:
        if self._store.row(select(schema.users.c.id).where(schema.users.c.login == login)):
            cause = "login: An object with this field already exists in the current organization"
            raise Refused("E0000001", "Api validation failed: login", (cause,))
