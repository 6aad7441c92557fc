"""Assignments: which users have which app, by hand or through groups, and how far that got.

A user stays assigned until the last assignment goes. The external id is the only handle on the
account; with the assignment it is lost, and every link that named it (R38).
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select

from ..errors import Refused
from ..model import AppUserStatus, Lane
from . import schema
from .core import Core, named
from .mappings import Mappings

ADDED = "application.user_membership.add"
LEFT = "application.user_membership.remove"

ASSIGNABLE = (
    "STAGED",
    "PROVISIONED",
    "ACTIVE",
    "RECOVERY",
    "PASSWORD_EXPIRED",
    "LOCKED_OUT",
    "SUSPENDED",
)


NOTHING: Mapping[str, Any] = MappingProxyType({})
FINE = {"error": "", "error_at": None, "failure": None}
UNASSIGNED = {
    "direct": False,
    "status": AppUserStatus.DEPROVISIONED.value,
    "external_id": None,
    "sent_create": None,
    **FINE,
}

_users, _apps, _app_users = schema.users, schema.apps, schema.app_users
_members, _app_groups = schema.group_members, schema.app_groups

# Statements of every step, put together once: that costs more than running them.
_OF_APP = (
    select(_app_users, _users.c.login, _users.c.email)
    .join(_users, _users.c.id == _app_users.c.user_id)
    .where(_app_users.c.app_id == sa.bindparam("app"))
    .order_by(_users.c.login)
)
_APP_USERS = select(_app_users).where(_app_users.c.app_id == sa.bindparam("app"))
_APPS_OF_GROUP = (
    select(_apps)
    .join(_app_groups, _app_groups.c.app_id == _apps.c.id)
    .where(_app_groups.c.group_id == sa.bindparam("group"))
    .order_by(_apps.c.id)
)
_THROUGH_GROUPS = (
    select(_members.c.user_id)
    .join(_app_groups, _app_groups.c.group_id == _members.c.group_id)
    .where(_app_groups.c.app_id == sa.bindparam("app"))
    .distinct()
)
_USERS = select(_users)


class Assignments:
    """App users and group assignments."""

    def __init__(self, core: Core, mappings: Mappings) -> None:
        self._core = core
        self._store = core.store
        self._mappings = mappings

    def get(self, app_id: str, user_id: str) -> sa.Row[Any] | None:
        return self._store.get(schema.app_users, app_id=app_id, user_id=user_id)

    def of_app(self, app_id: str) -> list[sa.Row[Any]]:
        """App users with their users' logins."""
        return self._store.rows(_OF_APP, app=app_id)

    def assign_user(self, app: sa.Row[Any], user: sa.Row[Any]) -> None:
        """Assign one user by hand; an assignment through a group becomes one by hand too."""
        if user.status not in ASSIGNABLE:
            raise Refused(
                "E0000117", "Cannot assign apps or update app profiles for an inactive user."
            )
        self._update(app.id, user.id, direct=True)
        self._settle(app, [user], direct=True)

    def unassign_user(self, app: sa.Row[Any], user: sa.Row[Any]) -> None:
        """Take the user's own assignment away; one through a group stays."""
        present = self.get(app.id, user.id)
        if present is None or not present.direct:
            raise Refused("E0000007", f"Not found: Resource not found: {user.login} (AppUser)")
        self._update(app.id, user.id, direct=False)
        self._settle(app, [user], direct=False)

    def user_activated(self, user: sa.Row[Any]) -> None:
        """A staged user became active: accounts that waited for that are made now."""
        app_users, apps = schema.app_users, schema.apps
        waiting = (
            select(apps)
            .join(app_users, app_users.c.app_id == apps.c.id)
            .where(app_users.c.user_id == user.id, app_users.c.status == "STAGED")
        )
        for app in self._store.rows(waiting.order_by(apps.c.id)):
            if app.settings["provisioning"]:
                self._core.add_job(app.id, Lane.USERS, "provision", user.id)

    def assign_group(self, app: sa.Row[Any], group: sa.Row[Any]) -> None:
        table = schema.app_groups
        if self.is_group_assigned(app.id, group.id):
            return
        now = self._core.clock.now()
        self._store.run(table.insert().values(app_id=app.id, group_id=group.id, changed=now))
        self._core.log(
            "group.application_assignment.add", "Group assigned to app", named(app), named(group)
        )
        self._settle_members(app, group.id)

    def unassign_group(self, app: sa.Row[Any], group: sa.Row[Any]) -> None:
        table = schema.app_groups
        if not self.is_group_assigned(app.id, group.id):
            raise Refused(
                "E0000007",
                f"Not found: Resource not found: {group.name} (ApplicationGroupAssignment)",
            )
        self._store.delete(table, app_id=app.id, group_id=group.id)
        self._core.log(
            "group.application_assignment.remove",
            "Group unassigned from app",
            named(app),
            named(group),
        )
        self._settle_members(app, group.id)

    def is_group_assigned(self, app_id: str, group_id: str) -> bool:
        return self._store.get(schema.app_groups, app_id=app_id, group_id=group_id) is not None

    def groups_of_app(self, app_id: str) -> list[str]:
        """Names of the groups assigned to the app."""
        assigned, groups = schema.app_groups, schema.groups
        query = select(groups.c.name).join(assigned, assigned.c.group_id == groups.c.id)
        rows = self._store.rows(query.where(assigned.c.app_id == app_id).order_by(groups.c.name))
        return [row.name for row in rows]

    def membership_changed(self, group_id: str, user_ids: Iterable[str]) -> None:
        """Members of a group came or went: settle every app that the group is assigned to."""
        assigned = self._store.rows(_APPS_OF_GROUP, group=group_id)
        if not assigned:
            return
        moved = self._users(list(user_ids))
        for app in assigned:
            self._settle(app, moved)

    def user_changed(self, user: sa.Row[Any]) -> None:
        """A user's status moved: settle every app that the user has or may get through a group."""
        for app in self._store.all(schema.apps, "id"):
            self._settle(app, [user])

    def profile_changed(self, user_id: str) -> None:
        """Login, e-mail or names changed: send them to every app that knows the account."""
        table, apps = schema.app_users, schema.apps
        query = (
            select(table.c.app_id, apps.c.settings)
            .join(apps, apps.c.id == table.c.app_id)
            .where(table.c.user_id == user_id, table.c.status == "PROVISIONED")
        )
        for row in self._store.rows(query.order_by(table.c.app_id)):
            if row.settings["provisioning"]:
                self._core.add_job(row.app_id, Lane.USERS, "update", user_id)

    def _settle_members(self, app: sa.Row[Any], group_id: str) -> None:
        members, users = schema.group_members, schema.users
        query = (
            select(users)
            .join(members, members.c.user_id == users.c.id)
            .where(members.c.group_id == group_id)
            .order_by(members.c.joined)
        )
        self._settle(app, self._store.rows(query))

    def _settle(
        self, app: sa.Row[Any], users: Sequence[sa.Row[Any]], *, direct: bool | None = None
    ) -> None:
        """Make app users what the assignments say they should be, and queue what follows."""
        ids = [user.id for user in users]
        present = self._present(app.id, ids)
        through = self._through_groups(app.id, ids)
        come: list[sa.Row[Any]] = []
        gone: list[sa.Row[Any]] = []
        for user in users:
            row = present.get(user.id)
            by_hand = direct if direct is not None else bool(row and row.direct)
            wanted = user.status in ASSIGNABLE and (by_hand or user.id in through)
            live = row is not None and row.status != AppUserStatus.DEPROVISIONED
            if wanted and not live:
                come.append(user)
            elif not wanted and live:
                gone.append(user)
        self._assign(app, come, present, by_hand=bool(direct))
        self._unassign(app, gone, present)

    def _present(self, app_id: str, user_ids: Sequence[str]) -> dict[str, sa.Row[Any]]:
        column = schema.app_users.c.user_id
        rows = self._store.rows_among(_APP_USERS, column, user_ids, app=app_id)
        return {row.user_id: row for row in rows}

    def _through_groups(self, app_id: str, user_ids: Sequence[str]) -> set[str]:
        """Those of the users who have the app through a group."""
        column = schema.group_members.c.user_id
        rows = self._store.rows_among(_THROUGH_GROUPS, column, user_ids, app=app_id)
        return {row.user_id for row in rows}

    def _assign(
        self,
        app: sa.Row[Any],
        users: Sequence[sa.Row[Any]],
        present: Mapping[str, sa.Row[Any]],
        *,
        by_hand: bool,
    ) -> None:
        """New app users; of those who return, nothing of their former time is kept."""
        if not users:
            return
        ids = [user.id for user in users]
        back = [user_id for user_id in ids if user_id in present]
        table = schema.app_users
        self._store.delete_among(table, table.c.user_id, back, app_id=app.id)
        # What could not be taken away before must not be taken away later.
        self._core.drop_jobs(*back, app_id=app.id, kinds=("deprovision",), failed=True)
        now = self._core.clock.now()
        shared = {
            "app_id": app.id,
            "direct": by_hand,
            "status": AppUserStatus.STAGED.value,
            "created": now,
            "status_changed": now,
        }
        self._store.run(table.insert(), [{**shared, "user_id": user_id} for user_id in ids])
        message = "Add user to application membership"
        self._core.log_each(ADDED, message, [(named(app), named(user)) for user in users])
        if app.settings["provisioning"]:
            ready = {user.id: NOTHING for user in users if user.status != "STAGED"}
            self._core.add_jobs(app.id, Lane.USERS, "provision", ready)

    def _unassign(
        self,
        app: sa.Row[Any],
        users: Sequence[sa.Row[Any]],
        present: Mapping[str, sa.Row[Any]],
    ) -> None:
        """Their accounts are not known any more, and are disabled or deleted."""
        if not users:
            return
        ids = [user.id for user in users]
        table = schema.app_users
        now = self._core.clock.now()
        left = table.update().where(table.c.app_id == app.id)
        left = left.values(**UNASSIGNED, changed=now, status_changed=now)
        self._store.run_among(left, table.c.user_id, ids)
        self._mappings.forget_user(app.id, *ids)
        self._core.drop_jobs(*ids, app_id=app.id, kinds=("provision", "update"))
        message = "Remove user's application membership"
        self._core.log_each(LEFT, message, [(named(app), named(user)) for user in users])
        if app.settings["provisioning"]:
            payloads = {
                user.id: _leave_of(user, present[user.id])
                for user in users
                if present[user.id].external_id or present[user.id].sent_create
            }
            self._core.add_jobs(app.id, Lane.USERS, "deprovision", payloads)

    # --- what provisioning found out -----------------------------------------------------------

    def sent_create(self, app_id: str, user_id: str, at: float | None) -> None:
        """When a call that makes the account was sent; None: none that may have made one."""
        self._update(app_id, user_id, sent_create=at)

    def provisioned(self, app: sa.Row[Any], user_id: str, account_id: str, login: str) -> None:
        """The account is known. Another id than before breaks every link that named the old one."""
        present = self.get(app.id, user_id)
        assert present is not None
        if present.external_id not in (None, account_id):
            self._mappings.forget_user(app.id, user_id)
        self._update(
            app.id,
            user_id,
            status=AppUserStatus.PROVISIONED.value,
            external_id=account_id,
            account_login=login,
            provisioned=self._core.clock.now(),
            status_changed=self._core.clock.now(),
            sent_create=None,
            error="",
            error_at=None,
            failure=None,
        )
        if app.settings["heal_late_members"] and present.external_id is None:
            self._heal(app.id, user_id)

    def updated(self, app_id: str, user_id: str, login: str) -> None:
        """The account has the user's profile, `login` included."""
        self._update(app_id, user_id, account_login=login, error="", error_at=None, failure=None)

    def settled(self, app_id: str, user_id: str) -> None:
        """The account of an unassigned user is gone or disabled at last."""
        present = self.get(app_id, user_id)
        if present is not None and present.status == AppUserStatus.DEPROVISIONED:
            self._update(app_id, user_id, error="", error_at=None, failure=None)

    def _heal(self, app_id: str, user_id: str) -> None:
        """R23a, other reading: the new app user reaches the pushed groups it already is in.

        Not those it was in before its user was reactivated: these have to be pushed again (R6).
        """
        members, users = schema.group_members, schema.users
        query = (
            select(members.c.group_id)
            .join(users, users.c.id == members.c.user_id)
            .where(users.c.id == user_id, members.c.joined > users.c.reactivated)
        )
        for row in self._store.rows(query.order_by(members.c.group_id)):
            mapping = self._mappings.of(app_id, row.group_id)
            if mapping is not None:
                self._mappings.note_changes(mapping.id, [user_id])
                if mapping.status == "ACTIVE":
                    self._mappings.enqueue(mapping, "change")

    def lost(self, app: sa.Row[Any], user_id: str) -> None:
        """The account is gone: its id is worth nothing, nor is any link that named it."""
        self._update(app.id, user_id, status=AppUserStatus.STAGED.value, external_id=None)
        self._mappings.forget_user(app.id, user_id)

    def failed(self, app_id: str, user_id: str, message: str, failure: object) -> None:
        self._update(
            app_id, user_id, error=message, error_at=self._core.clock.now(), failure=failure
        )

    def user_ids_of_accounts(self, app_id: str, account_ids: Sequence[str]) -> dict[str, str]:
        """Account id to user id, for those of the accounts that belong to app users."""
        column = schema.app_users.c.external_id
        rows = self._store.rows_among(_APP_USERS, column, account_ids, app=app_id)
        return {row.external_id: row.user_id for row in rows}

    def _update(self, app_id: str, user_id: str, **values: Any) -> None:
        key = {"app_id": app_id, "user_id": user_id}
        self._store.update(schema.app_users, key, changed=self._core.clock.now(), **values)

    def _users(self, user_ids: Sequence[str]) -> list[sa.Row[Any]]:
        """These users, in this order."""
        rows = self._store.rows_among(_USERS, schema.users.c.id, user_ids)
        found = {row.id: row for row in rows}
        return [found[user_id] for user_id in user_ids]


def _leave_of(user: sa.Row[Any], present: sa.Row[Any]) -> dict[str, Any]:
    """What deprovisioning needs; without a known account, when one may have been made."""
    leave = {"account_id": present.external_id, "login": user.login}
    if present.external_id:
        return leave
    return {**leave, "email": user.email, "sent_create": present.sent_create}
