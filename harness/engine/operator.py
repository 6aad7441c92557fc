"""The Operator port over our own org and engine: every call is one transaction of the org."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select

from ..diagnosis import diagnose
from ..model import (
    AppUserStatus,
    AppUserView,
    AppView,
    Lane,
    LogEvent,
    MappingStatus,
    MappingView,
    Match,
    PushError,
    PushRequest,
    PushRule,
    UserProfile,
)
from ..org import Org, schema
from ..org.apps import pushing_refusal
from ..org.settings import ORG, checked
from .engine import AdapterFactory, Engine
from .jobs import failure_of
from .messages import admin_time
from .push import WAS_THERE


class LocalOperator:
    """What an Okta admin can do, done to an `Org` and an `Engine` in this process."""

    def __init__(self, org: Org, make_adapter: AdapterFactory) -> None:
        self._org = org
        self._tx = org.store.tx
        self._make_adapter = make_adapter
        self._engine = Engine(org, make_adapter)

    # --- people and groups ---------------------------------------------------------------------

    def create_user(self, profile: UserProfile, *, activate: bool = True) -> None:
        with self._tx():
            self._org.users.create(profile, activate=activate)

    def update_user(self, login: str, changes: Mapping[str, str]) -> None:
        with self._tx():
            self._org.users.update(login, changes)

    def activate_user(self, login: str) -> None:
        with self._tx():
            self._org.users.activate(login)

    def deactivate_user(self, login: str) -> None:
        with self._tx():
            self._org.users.deactivate(login)

    def suspend_user(self, login: str) -> None:
        with self._tx():
            self._org.users.suspend(login)

    def unsuspend_user(self, login: str) -> None:
        with self._tx():
            self._org.users.unsuspend(login)

    def delete_user(self, login: str) -> None:
        with self._tx():
            self._org.users.delete(login)

    def create_group(self, name: str, *, description: str = "") -> None:
        with self._tx():
            self._org.groups.create(name, description)
            self._org.push_rules.group_changed(name)

    def rename_group(self, name: str, new_name: str) -> None:
        with self._tx():
            self._org.groups.rename(name, new_name)
            self._org.push_rules.group_changed(new_name)

    def delete_group(self, name: str) -> None:
        with self._tx():
            group_id = self._org.groups.find(name).id
            self._org.groups.delete(name)
            self._org.group_rules.group_deleted(group_id)

    def delete_app_group(self, app: str, name: str) -> None:
        """Delete the org's record of an app's group; one that is pushed is refused (T83)."""
        with self._tx():
            self._org.groups.delete_app_group(self._org.apps.find(app), name)

    def add_to_group(self, group: str, logins: Sequence[str]) -> None:
        with self._tx():
            self._org.groups.add(group, self._org.users.find_all(logins))

    def remove_from_group(self, group: str, logins: Sequence[str]) -> None:
        with self._tx():
            self._org.groups.remove(group, self._org.users.find_all(logins))

    def create_group_rule(self, name: str, *, expression: str, groups: Sequence[str]) -> None:
        with self._tx():
            self._org.group_rules.create(name, expression, groups)

    def set_group_rule_active(self, name: str, *, active: bool) -> None:
        with self._tx():
            self._org.group_rules.set_active(name, active=active)

    def delete_group_rule(self, name: str) -> None:
        with self._tx():
            self._org.group_rules.delete(name)

    # --- apps and assignments ------------------------------------------------------------------

    def change_app(self, app: str, settings: Mapping[str, Any]) -> None:
        with self._tx():
            self._org.apps.change(app, settings)

    def change_org(self, settings: Mapping[str, Any]) -> None:
        with self._tx():
            for name, value in checked(ORG, settings, "the org").items():
                self._org.core.change_setting(name, value)

    def replace_credentials(self, app: str, credentials: Mapping[str, Any]) -> None:
        with self._tx():
            self._org.apps.replace_credentials(app, credentials)

    def assign_user(self, app: str, login: str) -> None:
        with self._tx():
            self._org.assignments.assign_user(self._org.apps.find(app), self._org.users.find(login))

    def unassign_user(self, app: str, login: str) -> None:
        with self._tx():
            self._org.assignments.unassign_user(
                self._org.apps.find(app), self._org.users.find(login)
            )

    def assign_group(self, app: str, group: str) -> None:
        with self._tx():
            self._org.assignments.assign_group(
                self._org.apps.find(app), self._org.groups.find(group)
            )

    def unassign_group(self, app: str, group: str) -> None:
        with self._tx():
            self._org.assignments.unassign_group(
                self._org.apps.find(app), self._org.groups.find(group)
            )

    def import_users(self, app: str) -> None:
        self._import(app, Lane.USERS, "import_users")

    def refresh_app_groups(self, app: str) -> None:
        self._import(app, Lane.GROUPS, "refresh")

    def _import(self, label: str, lane: Lane, kind: str) -> None:
        with self._tx():
            app = self._org.apps.find(label)
            if not app.settings["provisioning"]:
                refusal = pushing_refusal(app)
                assert refusal is not None
                raise refusal
            self._org.core.add_job(app.id, lane, kind, app.id)

    # --- group push ----------------------------------------------------------------------------

    def find_match(self, request: PushRequest) -> Match:
        with self._tx():
            return self._org.pushing.match(request)

    def push_group(self, request: PushRequest) -> None:
        with self._tx():
            self._org.pushing.push(request)

    def create_push_rule(self, rule: PushRule) -> None:
        with self._tx():
            self._org.push_rules.create(rule)

    def edit_push_rule(self, app: str, name: str, changes: Mapping[str, Any]) -> None:
        with self._tx():
            self._org.push_rules.edit(app, name, changes)

    def delete_push_rule(
        self, app: str, name: str, *, with_mappings: bool, delete_groups: bool
    ) -> None:
        with self._tx():
            self._org.push_rules.delete(
                app, name, with_mappings=with_mappings, delete_groups=delete_groups
            )

    def push_now(self, app: str, group: str) -> None:
        with self._tx():
            self._org.pushing.push_now(app, group)

    def activate_mapping(self, app: str, group: str) -> None:
        with self._tx():
            self._org.pushing.activate(app, group)

    def deactivate_mapping(self, app: str, group: str) -> None:
        with self._tx():
            self._org.pushing.deactivate(app, group)

    def unlink(self, app: str, group: str, *, delete_group: bool) -> None:
        with self._tx():
            self._org.pushing.unlink(app, group, delete_group=delete_group)

    def relink(self, app: str, group: str, *, link_to: str) -> None:
        with self._tx():
            self._org.pushing.relink(app, group, link_to=link_to)

    def allow_removals(self, app: str, group: str) -> None:
        with self._tx():
            self._org.pushing.allow_removals(app, group)

    def retry_all(self, app: str) -> None:
        with self._tx():
            self._org.pushing.retry_all(app)

    # --- time ----------------------------------------------------------------------------------

    def run(self, *, until: float | None = None, stop: Callable[[], bool] | None = None) -> None:
        self._engine.run(until=until, stop=stop)

    def next_due(self) -> float | None:
        return self._engine.next_due()

    def restart(self) -> None:
        """A new engine on the same store: what was under way is found again in the store."""
        self._engine = Engine(self._org, self._make_adapter)

    # --- witnesses -----------------------------------------------------------------------------

    def users(self) -> Mapping[str, str]:
        with self._tx():
            return {row.login: row.status for row in self._org.users.all()}

    def groups(self) -> Mapping[str, Sequence[str]]:
        with self._tx():
            own = self._org.groups.own()
            return {row.name: self._org.groups.member_logins(row.id) for row in own}

    def app_groups(self, app: str) -> Sequence[str]:
        with self._tx():
            found = self._org.groups.of_app(self._org.apps.find(app).id)
            return [row.name for row in found]

    def app(self, label: str) -> AppView:
        with self._tx():
            found = self._org.apps.find(label)
            return AppView(
                label=label,
                kind=found.kind,
                settings=found.settings,
                links=self._org.apps.links(found),
                overwrites=found.capabilities["overwrites"],
                assigned_groups=tuple(self._org.assignments.groups_of_app(found.id)),
                push_rules=tuple(self._org.push_rules.of_app(found)),
            )

    def mappings(self, app: str) -> Sequence[MappingView]:
        with self._tx():
            found = self._org.apps.find(app)
            return [self._view(found, row) for row in self._org.mappings.of_app(found.id)]

    def _view(self, app: sa.Row[Any], row: sa.Row[Any]) -> MappingView:
        target = self._org.groups.get(row.target_group_id)
        return MappingView(
            id=row.id,
            app=app.label,
            group=self._org.groups.get(row.group_id).name,
            status=MappingStatus(row.status),
            target_name=row.target_name,
            target_group_id=row.target_group_id,
            external_id=target.external_id,
            origin=self._org.push_rules.name_of(row.rule_id) if row.rule_id else "name",
            group_type=row.options.get("kind", ""),
            created=row.created,
            created_by=row.created_by,
            last_push=row.last_push,
            error=row.error,
            error_at=row.error_at,
            job=self._job_state(row.id),
            known_members=tuple(self._org.mappings.known_logins(row.id)),
            doubtful_members=tuple(self._org.mappings.doubtful_logins(row.id)),
            was_there=row.made == WAS_THERE,
        )

    def _job_state(self, subject: str) -> str:
        jobs = schema.jobs
        query = select(jobs).where(jobs.c.subject == subject, jobs.c.failed.is_(False))
        row = self._org.store.row(query.order_by(jobs.c.sequence))
        if row is None:
            return ""
        if row.not_before <= self._org.clock.now():
            return "pending"
        return f"waiting until {admin_time(row.not_before)} UTC"

    def app_users(self, app: str) -> Sequence[AppUserView]:
        with self._tx():
            found = self._org.apps.find(app)
            return [
                AppUserView(
                    login=row.login,
                    app=app,
                    status=AppUserStatus(row.status),
                    scope="USER" if row.direct else "GROUP",
                    external_id=row.external_id,
                    error=row.error,
                )
                for row in self._org.assignments.of_app(found.id)
            ]

    def errors(self, app: str) -> Sequence[PushError]:
        """Failed pushes and provisioning tasks, oldest first, each with its probable cause."""
        with self._tx():
            found = self._org.apps.find(app)
            rows = [
                self._error(found, row, self._org.groups.get(row.group_id).name, is_user=False)
                for row in self._org.mappings.of_app(found.id)
                if row.error
            ] + [
                self._error(found, row, row.login, is_user=True)
                for row in self._org.assignments.of_app(found.id)
                if row.error
            ]
        return sorted(rows, key=lambda error: (error.at, error.subject))

    def _error(
        self, app: sa.Row[Any], row: sa.Row[Any], subject: str, *, is_user: bool
    ) -> PushError:
        failure = failure_of(row.failure, links=self._org.apps.links(app), at=row.error_at)
        finding = diagnose(failure)
        return PushError(
            at=row.error_at,
            app=app.label,
            subject=subject,
            message=row.error,
            cause=finding.cause,
            fix=finding.fix,
            is_user=is_user,
            source=finding.source,
            evidence="; ".join(fact.text for fact in finding.evidence),
            name=finding.name,
        )

    def log(self) -> Sequence[LogEvent]:
        with self._tx():
            return self._org.core.events()
