"""People and their lifecycle, as Okta has it."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select

from ..errors import Refused
from ..model import UserProfile, UserStatus
from . import schema
from .assignments import Assignments
from .core import Core, Named, named
from .group_rules import GroupRules
from .groups import EVERYONE, Groups
from .mappings import MANY, bad_request

NOT_ALLOWED = "This operation is not allowed in the user's current status."
PROFILE_FIELDS = ("login", "email", "first_name", "last_name")
_USERS = select(schema.users)


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
        """The user of that login, in whatever letter case."""
        return self.find_all([login])[0]

    def get(self, user_id: str) -> sa.Row[Any]:
        row = self._store.get(schema.users, id=user_id)
        assert row is not None, user_id
        return row

    def find_all(self, logins: Sequence[str]) -> list[sa.Row[Any]]:
        """Each user once, in the order named; all of them or a refusal."""
        keys = list(dict.fromkeys(map(_key, logins)))
        rows = self._store.rows_among(_USERS, schema.users.c.login_key, keys)
        found = {row.login_key: row for row in rows}
        for login in logins:
            if _key(login) not in found:
                raise Refused("E0000007", f"Not found: Resource not found: {login} (User)")
        return [found[key] for key in keys]

    def all(self) -> list[sa.Row[Any]]:
        return self._store.all(schema.users, "login")

    def create(self, profile: UserProfile, *, activate: bool, has_password: bool = True) -> None:
        """Without a password the activated user is PROVISIONED, with one it is ACTIVE."""
        self._check({"login": profile.login, "email": profile.email})
        self._refuse_taken(profile.login)
        now = self._core.clock.now()
        active = UserStatus.ACTIVE if has_password else UserStatus.PROVISIONED
        status = active if activate else UserStatus.STAGED
        user_id = self._core.new_id("00u")
        self._store.insert(
            schema.users,
            id=user_id,
            login=profile.login,
            login_key=_key(profile.login),
            email=profile.email,
            first_name=profile.first_name,
            last_name=profile.last_name,
            attributes=dict(profile.attributes),
            status=status.value,
            created=now,
            changed=now,
            has_password=has_password,
            activated=now if activate else None,
        )
        self._core.log("user.lifecycle.create", "Create okta user", Named(user_id, profile.login))
        self._groups.join(self._groups.find(EVERYONE), [user_id])
        self._rules.evaluate([self.get(user_id)])

    def update(self, login: str, changes: Mapping[str, str]) -> None:
        """Change profile fields; anything that is no base field is a custom attribute."""
        user = self.find(login)
        base = {key: value for key, value in changes.items() if key in PROFILE_FIELDS}
        custom = {key: value for key, value in changes.items() if key not in PROFILE_FIELDS}
        self._check({"login": user.login, "email": user.email, **base})
        moved = any(getattr(user, name) != value for name, value in base.items())
        if "login" in base:
            base["login_key"] = _key(base["login"])
            if base["login_key"] != user.login_key:
                self._refuse_taken(base["login"])
        self._set(user.id, **base, attributes={**user.attributes, **custom})
        self._core.log("user.account.update_profile", "Update user profile for Okta", named(user))
        if moved:
            self._assignments.profile_changed(user.id)
        self._rules.evaluate([self.get(user.id)])

    def activate(self, login: str) -> None:
        """Activate a staged user, or reactivate a deactivated one.

        Assignments through groups come back with it, those by hand and group pushes do not (R6).
        """
        user = self.find(login)
        if user.status not in (UserStatus.STAGED, UserStatus.DEPROVISIONED):
            raise Refused("E0000016", "Activation failed because the user is already active")
        if user.status == UserStatus.DEPROVISIONED:
            self._set(user.id, reactivated=self._core.next("joined") * MANY)
        active = UserStatus.ACTIVE if user.has_password else UserStatus.PROVISIONED
        self._set(user.id, activated=self._core.clock.now())
        self._move(user, active, "user.lifecycle.activate", "Activate Okta user")
        if user.status == UserStatus.STAGED:
            self._assignments.user_activated(user)
        self._rules.evaluate([self.get(user.id)])

    def deactivate(self, login: str) -> None:
        """Deprovision the user from every app. Memberships stay; rule-fed ones always do (R40)."""
        user = self.find(login)
        if user.status == UserStatus.DEPROVISIONED:
            raise Refused("E0000038", NOT_ALLOWED)
        self._move(
            user, UserStatus.DEPROVISIONED, "user.lifecycle.deactivate", "Deactivate Okta user"
        )
        if not self._core.setting("deactivated_keep_groups", default=True):
            self._leave_groups(self._groups.joined_by_hand(user.id), user)

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
        self._core.log("user.lifecycle.delete.initiated", "Delete Okta user initiated", named(user))
        self._leave_groups(self._groups.groups_of(user.id), user)
        for table in (schema.app_users, schema.group_members, schema.links, schema.changes):
            self._store.delete(table, user_id=user.id)
        self._store.delete(schema.users, id=user.id)
        self._core.log("user.lifecycle.delete.completed", "Delete Okta user", named(user))

    def _leave_groups(self, group_ids: Sequence[str], user: sa.Row[Any]) -> None:
        for group_id in group_ids:
            self._groups.leave(self._groups.get(group_id), [user.id])

    def _move(self, user: sa.Row[Any], status: UserStatus, event: str, message: str) -> None:
        self._set(user.id, status=status.value, status_changed=self._core.clock.now())
        self._core.log(event, message, named(user))
        self._assignments.user_changed(self.get(user.id))

    def _set(self, user_id: str, **values: Any) -> None:
        now = self._core.clock.now()
        self._store.update(schema.users, {"id": user_id}, changed=now, **values)

    def _check(self, fields: Mapping[str, str]) -> None:
        for name, value in fields.items():
            if not value.strip():
                raise bad_request(name, f"{name}: The field cannot be left blank")

    def _refuse_taken(self, login: str) -> None:
        if self._store.get(schema.users, login_key=_key(login)):
            cause = "login: An object with this field already exists in the current organization"
            raise bad_request("login", cause)


def _key(login: str) -> str:
    """Logins that differ in letter case only are one login."""
    return login.lower()
