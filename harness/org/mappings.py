"""Push mappings: which source group goes to which app, what is known of it there, what changed.

A mapping's link is the set of members its target group is known to have through us. `changes` are
the members whose membership moved since the last plan, so that one change costs one change.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select

from ..errors import Refused
from ..model import GroupType, Lane, MappingStatus
from . import schema
from .core import Core, Named, named
from .store import IN_LIST, parts

CREATED = "application.provision.group_push.mapping.created"
ACTIVATED = "application.provision.group_push.activate_mapping"
DEACTIVATED = "application.provision.group_push.deactivate_mapping"
PAUSED_RENAMED = "application.provision.group_push.mapping.deactivated.source.group.renamed"
REMOVED = "application.provision.group_push.removed"

ADMIN = "admin@example.test"
MANY = 1_000_000  # more places than one change of membership can have

ELIGIBLE = ("ACTIVE", "PROVISIONED", "RECOVERY", "PASSWORD_EXPIRED", "LOCKED_OUT")
"""User states that count as active for a push (R4); suspended, staged and deactivated do not."""

_links, _changes, _members = schema.links, schema.changes, schema.group_members
_users, _app_users = schema.users, schema.app_users

# Statements of every step, put together once: that costs more than running them.
_WANTED = (
    select(_members.c.user_id, _app_users.c.external_id)
    .join(_users, _users.c.id == _members.c.user_id)
    .join(_app_users, _app_users.c.user_id == _members.c.user_id)
    .where(
        _members.c.group_id == sa.bindparam("group"),
        _app_users.c.app_id == sa.bindparam("app"),
        _app_users.c.status == "PROVISIONED",
        _users.c.status.in_(ELIGIBLE),
    )
    .order_by(_members.c.joined)
)
_MEMBERS = (
    select(_members.c.user_id)
    .where(_members.c.group_id == sa.bindparam("group"))
    .order_by(_members.c.joined)
)
_LINKS = (
    select(_links).where(_links.c.mapping_id == sa.bindparam("mapping")).order_by(_links.c.user_id)
)
_OF_APP = (
    select(sa.func.count())
    .select_from(_links)
    .join(schema.mappings, schema.mappings.c.id == _links.c.mapping_id)
    .where(
        schema.mappings.c.app_id == sa.bindparam("app"),
        schema.mappings.c.status != MappingStatus.INACTIVE.value,
    )
)
_LINKED = _OF_APP.where(_links.c.sure)
_LEAVING = _OF_APP.where(
    ~sa.exists().where(
        _members.c.group_id == schema.mappings.c.group_id,
        _members.c.user_id == _links.c.user_id,
    )
)
_LOGINS = (
    select(_users.c.login)
    .join(_links, _links.c.user_id == _users.c.id)
    .where(_links.c.mapping_id == sa.bindparam("mapping"), _links.c.sure == sa.bindparam("sure"))
)
_NEWEST_CHANGE = select(sa.func.max(_changes.c.sequence)).where(
    _changes.c.mapping_id == sa.bindparam("mapping")
)
_DROP_CHANGES = _changes.delete().where(
    _changes.c.mapping_id == sa.bindparam("mapping"),
    _changes.c.sequence <= sa.bindparam("until"),
)
_DROP_CHANGES_OF = _DROP_CHANGES.where(
    _changes.c.user_id.in_(sa.bindparam("among", expanding=True))
)
_EVER = 2**63 - 1
_ACCOUNTS = select(_app_users.c.user_id, _app_users.c.external_id).where(
    _app_users.c.app_id == sa.bindparam("app")
)


class Mappings:
    """Mappings, their links and their changes."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._store = core.store

    # --- finding -------------------------------------------------------------------------------

    def get(self, mapping_id: str) -> sa.Row[Any] | None:
        return self._store.get(schema.mappings, id=mapping_id)

    def of(self, app_id: str, group_id: str) -> sa.Row[Any] | None:
        return self._store.get(schema.mappings, app_id=app_id, group_id=group_id)

    def of_app(self, app_id: str) -> list[sa.Row[Any]]:
        return self._store.all(schema.mappings, "created", "id", app_id=app_id)

    def of_group(self, group_id: str) -> list[sa.Row[Any]]:
        return self._store.all(schema.mappings, "app_id", group_id=group_id)

    def by_target(self, target_group_id: str) -> sa.Row[Any] | None:
        return self._store.get(schema.mappings, target_group_id=target_group_id)

    # --- making and unmaking -------------------------------------------------------------------

    def create(
        self,
        app: sa.Row[Any],
        group: sa.Row[Any],
        *,
        target_name: str,
        target_group_id: str | None,
        immediately: bool,
        rule_id: str | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> str:
        """Record a mapping and the job that makes or links its target group."""
        core = self._core
        mapping_id = core.new_id("gPm")
        linked = target_group_id is not None
        self._store.run(
            schema.mappings.insert().values(
                id=mapping_id,
                app_id=app.id,
                group_id=group.id,
                target_group_id=target_group_id or self._app_group(app.id, target_name),
                status=(MappingStatus.ACTIVE if immediately else MappingStatus.INACTIVE).value,
                target_name=target_name,
                rule_id=rule_id,
                options=dict(options or {}),
                created=core.clock.now(),
                created_by=ADMIN,
                sent_name="",
                error="",
            )
        )
        core.log(
            CREATED,
            f"A Group Push mapping to the group {group.name} has been created.",
            named(app),
            named(group),
            mapping_id=mapping_id,
        )
        kind = "link" if linked else "create"
        core.add_job(
            app.id, Lane.GROUPS, kind, mapping_id, None if immediately else {"members": False}
        )
        return mapping_id

    def _app_group(self, app_id: str, name: str) -> str:
        """The app group stands for the target group from the start, without an external id."""
        group_id = self._core.new_id("00g")
        self._store.run(
            schema.groups.insert().values(
                id=group_id,
                type=GroupType.APP_GROUP.value,
                name=name,
                description="",
                app_id=app_id,
                was_pushed=True,
                created=self._core.clock.now(),
            )
        )
        return group_id

    def remove(self, mapping_id: str, *, forget_app_group: bool) -> None:
        """Delete the mapping and all that hangs on it; the app group stays unless told so."""
        row = self.get(mapping_id)
        assert row is not None
        for table in (schema.links, schema.changes):
            self._store.delete(table, mapping_id=mapping_id)
        self._core.drop_jobs(mapping_id)
        self._store.delete(schema.mappings, id=mapping_id)
        app_group = schema.groups
        condition = app_group.c.id == row.target_group_id
        if not forget_app_group:
            condition = sa.and_(condition, app_group.c.external_id.is_(None))
        if self._store.run(app_group.delete().where(condition)):
            for table in (schema.app_groups, schema.group_members):
                self._store.delete(table, group_id=row.target_group_id)

    def update(self, mapping_id: str, **values: Any) -> None:
        now = self._core.clock.now()
        self._store.update(schema.mappings, {"id": mapping_id}, changed=now, **values)

    def set_status(self, mapping_id: str, status: MappingStatus) -> None:
        self.update(mapping_id, status=status.value, error="", error_at=None, failure=None)

    # --- work ----------------------------------------------------------------------------------

    def enqueue(
        self, mapping: sa.Row[Any], kind: str, payload: Mapping[str, Any] | None = None
    ) -> None:
        self._core.add_job(mapping.app_id, Lane.GROUPS, kind, mapping.id, payload)

    def restart(
        self,
        mapping: sa.Row[Any],
        kind: str,
        *,
        status: MappingStatus = MappingStatus.ACTIVE,
    ) -> None:
        """Begin anew with one job: what failed or waited for this mapping is superseded."""
        self._core.drop_jobs(mapping.id)
        self.set_status(mapping.id, status)
        self.enqueue(mapping, kind)

    def membership_changed(self, group_id: str, user_ids: Iterable[str]) -> None:
        """Members of a source group came or went: note it for every mapping, push where active."""
        moved = list(user_ids)
        for mapping in self.of_group(group_id):
            self.note_changes(mapping.id, moved)
            if mapping.status == MappingStatus.ACTIVE:
                self.enqueue(mapping, "change")

    def note_changes(self, mapping_id: str, user_ids: Sequence[str]) -> None:
        self.drop_changes(mapping_id, user_ids)
        first = self._core.next("changes") * MANY
        self._store.run(
            schema.changes.insert(),
            [
                {"mapping_id": mapping_id, "user_id": user_id, "sequence": first + place}
                for place, user_id in enumerate(user_ids)
            ],
        )

    def follow_names(self, app_id: str) -> None:
        """Every target of the app takes its source group's name, as the setting says now (R18)."""
        groups = schema.groups
        for mapping in self.of_app(app_id):
            name = self._store.value(select(groups.c.name).where(groups.c.id == mapping.group_id))
            if name != mapping.target_name:
                self._rename(mapping, name)

    def source_renamed(self, group_id: str, name: str) -> None:
        """The source group has a new name: the target follows if the app's setting says so."""
        for mapping in self.of_group(group_id):
            app = self._store.row(select(schema.apps).where(schema.apps.c.id == mapping.app_id))
            assert app is not None
            if follows_names(app):
                self._rename(mapping, name)
            elif app.settings["rename_app_groups"]:
                self._pause_renamed(app, mapping, name)

    def _pause_renamed(self, app: sa.Row[Any], mapping: sa.Row[Any], name: str) -> None:
        """The target group cannot have the name it should: nothing is sent to it any more (R36)."""
        whom, mapping_id = (named(app), Named(mapping.group_id, name)), mapping.id
        about = f"A Group push mapping to the group {name}"
        if mapping.status == MappingStatus.ERROR:
            self.update(mapping.id, was_paused=True)
            message = f"{about} could not be deactivated when the source group was renamed."
            event = f"{PAUSED_RENAMED}.failed"
            self._core.log(
                event,
                message,
                *whom,
                outcome="FAILURE",
                reason=mapping.error,
                mapping_id=mapping_id,
            )
        if mapping.status != MappingStatus.ACTIVE:
            return
        self._core.drop_jobs(mapping.id)
        self.set_status(mapping.id, MappingStatus.INACTIVE)
        message = f"{about} was deactivated because the source group was renamed."
        self._core.log(PAUSED_RENAMED, message, *whom, mapping_id=mapping_id)

    def _rename(self, mapping: sa.Row[Any], name: str) -> None:
        """Now where the mapping is active, otherwise with its next push."""
        self.update(mapping.id, target_name=name)
        if mapping.status == MappingStatus.ACTIVE:
            self.enqueue(mapping, "rename")

    def forget_user(self, app_id: str, *user_ids: str) -> None:
        """The app user's id is gone: no link can name this member any more (R38)."""
        links, mappings = schema.links, schema.mappings
        of_app = select(mappings.c.id).where(mappings.c.app_id == app_id)
        statement = links.delete().where(links.c.mapping_id.in_(of_app))
        self._store.run_among(statement, links.c.user_id, user_ids)

    # --- what is wanted and what is known ------------------------------------------------------

    def wanted(self, mapping: sa.Row[Any], user_ids: Sequence[str] | None = None) -> dict[str, str]:
        """User id to account id of the members that may be pushed (R4), in order of joining."""
        of_mapping = {"group": mapping.group_id, "app": mapping.app_id}
        rows = self._among(_WANTED, schema.group_members.c.user_id, user_ids, **of_mapping)
        # Asked for in the query, it would have SQLite begin with all users of the app.
        return {row.user_id: row.external_id for row in rows if row.external_id is not None}

    def members(self, mapping: sa.Row[Any], user_ids: Sequence[str] | None = None) -> list[str]:
        """User ids of the source group's members, pushable or not."""
        column = schema.group_members.c.user_id
        rows = self._among(_MEMBERS, column, user_ids, group=mapping.group_id)
        return [row.user_id for row in rows]

    def known(self, mapping_id: str, user_ids: Sequence[str] | None = None) -> dict[str, str]:
        """User id to account id of the members we know the target group to have."""
        rows = self._links(mapping_id, user_ids)
        return {row.user_id: row.account_id for row in rows if row.sure}

    def possible(
        self,
        mapping_id: str,
        user_ids: Sequence[str] | None = None,
        *,
        present: Iterable[str] = (),
    ) -> dict[str, str]:
        """Those, and whom it may have since a call was never answered.

        Of `present` members only what is sure counts: they are sent again, which does no harm.
        """
        here = set(present)
        rows = self._links(mapping_id, user_ids)
        return {row.user_id: row.account_id for row in rows if row.sure or row.user_id not in here}

    def _links(self, mapping_id: str, user_ids: Sequence[str] | None) -> list[sa.Row[Any]]:
        return self._among(_LINKS, schema.links.c.user_id, user_ids, mapping=mapping_id)

    def doubt(self, mapping_id: str, members: Mapping[str, str]) -> None:
        """A call about these members is sent: until it is answered, nobody knows if they are in."""
        self._unlink(mapping_id, list(members))
        self._link(mapping_id, members, sure=False)

    def leaving(self, app_id: str) -> tuple[int, int]:
        """How many members wait to be removed from the app's active groups, and how many are in."""
        waiting = self._store.value(_LEAVING, app=app_id)
        return int(waiting or 0), int(self._store.value(_LINKED, app=app_id) or 0)

    def known_logins(self, mapping_id: str) -> list[str]:
        """Logins of the members we know the target group to have, sorted."""
        return self._logins(mapping_id, sure=True)

    def doubtful_logins(self, mapping_id: str) -> list[str]:
        """Logins of users whom a call was about that was not answered yet, sorted."""
        return self._logins(mapping_id, sure=False)

    def _logins(self, mapping_id: str, *, sure: bool) -> list[str]:
        rows = self._store.rows(_LOGINS, mapping=mapping_id, sure=sure)
        return sorted(row.login for row in rows)

    def _among(
        self,
        query: sa.Select[Any],
        column: sa.Column[Any],
        user_ids: Sequence[str] | None,
        **values: Any,
    ) -> list[sa.Row[Any]]:
        """Rows about these users; a long list is filtered here, a short one by the database."""
        if user_ids is not None and len(user_ids) <= IN_LIST:
            return self._store.rows_among(query, column, user_ids, **values)
        rows = self._store.rows(query, **values)
        if user_ids is None:
            return rows
        wanted = set(user_ids)
        return [row for row in rows if row.user_id in wanted]

    def changed(self, mapping_id: str) -> list[str]:
        """User ids whose membership changed since the last plan, oldest change first."""
        rows = self._store.all(schema.changes, "sequence", mapping_id=mapping_id)
        return [row.user_id for row in rows]

    def last_noted(self, mapping_id: str) -> int:
        """The number of the newest change that waits; what is noted later has a higher one."""
        return int(self._store.value(_NEWEST_CHANGE, mapping=mapping_id) or 0)

    def drop_changes(
        self,
        mapping_id: str,
        user_ids: Sequence[str] | None = None,
        *,
        until: int | None = None,
    ) -> None:
        """Forget changes: all, or those of some users, or those noted up to a number."""
        noted = {"mapping": mapping_id, "until": _EVER if until is None else until}
        if user_ids is None:
            self._store.run(_DROP_CHANGES, [noted])
            return
        for part in parts(user_ids):
            self._store.run(_DROP_CHANGES_OF, [{**noted, "among": part}])

    def record(
        self, mapping: sa.Row[Any], *, added: Mapping[str, str], removed: Sequence[str]
    ) -> None:
        """Commit what a call did to the link: user id to account id, and user ids that left.

        An account that its user lost while the call was under way is not linked (R38).
        """
        held = self._held(mapping.app_id, added)
        self._unlink(mapping.id, [*removed, *added])
        self._link(mapping.id, held, sure=True)

    def _unlink(self, mapping_id: str, user_ids: Sequence[str]) -> None:
        column = schema.links.c.user_id
        self._store.delete_among(schema.links, column, user_ids, mapping_id=mapping_id)

    def _link(self, mapping_id: str, members: Mapping[str, str], *, sure: bool) -> None:
        shared = {"mapping_id": mapping_id, "sure": sure}
        self._store.run(
            schema.links.insert(),
            [
                {**shared, "user_id": user_id, "account_id": account_id}
                for user_id, account_id in members.items()
            ],
        )

    def _held(self, app_id: str, accounts: Mapping[str, str]) -> dict[str, str]:
        """Those of the pairs of user and account that still belong together."""
        column = schema.app_users.c.user_id
        rows = self._store.rows_among(_ACCOUNTS, column, list(accounts), app=app_id)
        now = {row.user_id: row.external_id for row in rows}
        return {user: account for user, account in accounts.items() if now.get(user) == account}


def follows_names(app: sa.Row[Any]) -> bool:
    """Whether target groups take their source groups' names: the setting says so, the app can."""
    return bool(app.settings["rename_app_groups"] and app.capabilities["renames"])


def bad_request(what: str, cause: str) -> Refused:
    """The refusal the API gives for what cannot be done."""
    return Refused("E0000001", f"Api validation failed: {what}", (cause,))
