"""Groups: Okta's own, those imported from or pushed to apps, and Everyone."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select

from ..errors import Refused
from ..model import GroupType, TargetGroup
from . import schema
from .assignments import Assignments
from .core import Core, Named, named
from .mappings import MANY, Mappings, bad_request

EVERYONE = "Everyone"
VANISHED = "app.user_management.user_group_import.delete_success"

# Statements of every step, put together once: that costs more than running them.
_OWN_NAMED = select(schema.groups).where(
    schema.groups.c.name == sa.bindparam("name"),
    schema.groups.c.type != GroupType.APP_GROUP.value,
)
_LINKABLE = (
    select(schema.groups)
    .where(
        schema.groups.c.app_id == sa.bindparam("app"),
        schema.groups.c.id.not_in(select(schema.mappings.c.target_group_id)),
    )
    .order_by(schema.groups.c.name, schema.groups.c.id)
)
_MEMBERS = select(schema.group_members.c.user_id).where(
    schema.group_members.c.group_id == sa.bindparam("group")
)
_LOGINS = select(schema.users.c.id, schema.users.c.login)


class Groups:
    """Groups and their members. Only OKTA_GROUPs can be edited by hand."""

    def __init__(self, core: Core, mappings: Mappings, assignments: Assignments) -> None:
        self._core = core
        self._store = core.store
        self._mappings = mappings
        self._assignments = assignments

    def find(self, name: str) -> sa.Row[Any]:
        """The Okta group (or Everyone) of that name."""
        row = self._store.row(_OWN_NAMED, name=name)
        if row is None:
            raise Refused("E0000007", f"Not found: Resource not found: {name} (UserGroup)")
        return row

    def get(self, group_id: str) -> sa.Row[Any]:
        row = self._store.get(schema.groups, id=group_id)
        assert row is not None, group_id
        return row

    def own(self) -> list[sa.Row[Any]]:
        table = schema.groups
        query = select(table).where(table.c.type != GroupType.APP_GROUP.value)
        return self._store.rows(query.order_by(table.c.name))

    def create(self, name: str, description: str) -> None:
        _check_name(name)
        self._refuse_taken(name)
        group_id = self._insert(GroupType.OKTA_GROUP, name, description)
        self._core.log("group.lifecycle.create", "Create okta group", Named(group_id, name))

    def create_everyone(self) -> None:
        self._insert(GroupType.BUILT_IN, EVERYONE, "All users in your organization")

    def rename(self, name: str, new_name: str) -> None:
        group = self._editable(name)
        _check_name(new_name)
        if new_name == name:
            return
        self._refuse_taken(new_name)
        self.update(group.id, name=new_name, changed=self._core.clock.now())
        self._core.log(
            "group.profile.update", "Okta group profile update", Named(group.id, new_name)
        )
        self._mappings.source_renamed(group.id, new_name)

    def delete(self, name: str) -> None:
        """Refused while the group is in a mapping (R37): delete the mapping first."""
        group = self._editable(name)
        if self._mappings.of_group(group.id):
            raise bad_request(
                "group", f"{name} is used in a group push mapping; delete the mapping first"
            )
        members = self.member_ids(group.id)
        self._store.delete(schema.group_members, group_id=group.id)
        self._assignments.membership_changed(group.id, members)
        self._store.delete(schema.app_groups, group_id=group.id)
        self._store.delete(schema.groups, id=group.id)
        self._core.log("group.lifecycle.delete", "Delete okta group", named(group))

    # --- members -------------------------------------------------------------------------------

    def member_ids(self, group_id: str) -> list[str]:
        rows = self._store.all(schema.group_members, "joined", group_id=group_id)
        return [row.user_id for row in rows]

    def member_logins(self, group_id: str) -> list[str]:
        members, users = schema.group_members, schema.users
        query = (
            select(users.c.login)
            .join(members, members.c.user_id == users.c.id)
            .where(members.c.group_id == group_id)
            .order_by(members.c.joined)
        )
        return [row.login for row in self._store.rows(query)]

    def groups_of(self, user_id: str) -> list[str]:
        table = schema.group_members
        query = select(table.c.group_id).where(table.c.user_id == user_id)
        return [row.group_id for row in self._store.rows(query.order_by(table.c.group_id))]

    def joined_by_hand(self, user_id: str) -> list[str]:
        """Okta groups that an admin put the user into: neither rule-fed ones nor Everyone."""
        table, groups = schema.group_members, schema.groups
        query = (
            select(table.c.group_id)
            .join(groups, groups.c.id == table.c.group_id)
            .where(table.c.user_id == user_id, table.c.rule_id.is_(None))
            .where(groups.c.type == GroupType.OKTA_GROUP.value)
        )
        return [row.group_id for row in self._store.rows(query.order_by(table.c.group_id))]

    def _present(self, group_id: str, user_ids: Sequence[str]) -> set[str]:
        """Those of the users who are members."""
        column = schema.group_members.c.user_id
        rows = self._store.rows_among(_MEMBERS, column, user_ids, group=group_id)
        return {row.user_id for row in rows}

    def add(self, name: str, users: Sequence[sa.Row[Any]]) -> None:
        group = self._editable(name)
        self.join(group, [user.id for user in users])

    def remove(self, name: str, users: Sequence[sa.Row[Any]]) -> None:
        group = self._editable(name)
        self.leave(group, [user.id for user in users])

    def join(
        self, group: sa.Row[Any], user_ids: Iterable[str], *, rule_id: str | None = None
    ) -> int:
        """Put users in, answer how many were not; assignments and pushes follow."""
        asked = list(dict.fromkeys(user_ids))
        present = self._present(group.id, asked)
        new = [user_id for user_id in asked if user_id not in present]
        if not new:
            return 0
        first = self._core.next("joined")
        self._store.run(
            schema.group_members.insert(),
            [
                {
                    "group_id": group.id,
                    "user_id": user_id,
                    "rule_id": rule_id,
                    "joined": first * MANY + place,
                }
                for place, user_id in enumerate(new)
            ],
        )
        self._moved(group, new, "group.user_membership.add", "Add user to group membership")
        return len(new)

    def leave(self, group: sa.Row[Any], user_ids: Iterable[str]) -> int:
        """Take users out, answer how many were in; assignments and pushes follow."""
        asked = list(dict.fromkeys(user_ids))
        present = self._present(group.id, asked)
        gone = [user_id for user_id in asked if user_id in present]
        if not gone:
            return 0
        table = schema.group_members
        self._store.delete_among(table, table.c.user_id, gone, group_id=group.id)
        self._moved(
            group, gone, "group.user_membership.remove", "Remove user from group membership"
        )
        return len(gone)

    def _moved(self, group: sa.Row[Any], user_ids: list[str], event: str, message: str) -> None:
        found = self._store.rows_among(_LOGINS, schema.users.c.id, user_ids)
        users = {row.id: named(row) for row in found}
        self._core.log_each(event, message, [(named(group), users[each]) for each in user_ids])
        self.update(group.id, members_changed=self._core.clock.now())
        self._assignments.membership_changed(group.id, user_ids)
        self._mappings.membership_changed(group.id, user_ids)

    # --- groups of apps ------------------------------------------------------------------------

    def of_app(self, app_id: str) -> list[sa.Row[Any]]:
        """App groups the org knows and does not push: those that can be linked."""
        return self._store.rows(_LINKABLE, app=app_id)

    def import_from(self, app: sa.Row[Any], found: Sequence[TargetGroup]) -> None:
        """Take over what the target has now: new groups appear, vanished ones go.

        A pushed directory group that was deleted over there stays while it has members in Okta
        (R57); it has to be deleted by hand.
        """
        table = schema.groups
        known = {
            row.external_id: row
            for row in self._store.rows(
                select(table).where(table.c.app_id == app.id).order_by(table.c.id)
            )
        }
        for group in found:
            row = known.pop(group.id, None)
            if row is None:
                self._insert(
                    GroupType.APP_GROUP,
                    group.name,
                    "",
                    app_id=app.id,
                    external_id=group.id,
                    place=group.place,
                )
            elif self._mappings.by_target(row.id) is None:
                self._store.run(
                    table.update()
                    .where(table.c.id == row.id)
                    .values(name=group.name, place=group.place)
                )
        for row in known.values():
            if row.external_id is not None and self._mappings.by_target(row.id) is None:
                self._forget(app, row)

    def _forget(self, app: sa.Row[Any], row: sa.Row[Any]) -> None:
        keeps = app.capabilities["places"] and row.was_pushed and self.member_ids(row.id)
        if not keeps:
            self.drop(row.id)
            message = f"Deleted the {row.name} group from app"
            self._core.log(VANISHED, message, named(app), named(row))

    def delete_app_group(self, app: sa.Row[Any], name: str) -> None:
        """Delete the record of an app's group by hand; one that is pushed cannot go (R37)."""
        found = [row for row in self.of_app(app.id) if row.name == name]
        if not found:
            cause = f"{app.label} has no group {name} that is free of group push mappings"
            raise Refused(
                "E0000007", f"Not found: Resource not found: {name} (UserGroup)", (cause,)
            )
        self.drop(found[0].id)

    def drop(self, group_id: str) -> None:
        """Forget a group and whatever it brought to its members."""
        members = self.member_ids(group_id)
        self._store.delete(schema.group_members, group_id=group_id)
        self._assignments.membership_changed(group_id, members)
        self._store.delete(schema.app_groups, group_id=group_id)
        self._store.delete(schema.groups, id=group_id)

    def bind(self, record: sa.Row[Any], *, external_id: str, name: str, place: str | None) -> None:
        """The record stands for that target group from now on, and no imported one beside it."""
        for twin in self._records(record.app_id, external_id):
            if twin.id != record.id and self._mappings.by_target(twin.id) is None:
                self.drop(twin.id)
        self.update(record.id, external_id=external_id, name=name, place=place)

    def is_known(self, app_id: str, external_id: str) -> bool:
        """Whether the org has a record of that target group."""
        return bool(self._records(app_id, external_id))

    def is_pushed(self, app_id: str, external_id: str) -> bool:
        """Whether a mapping of the app already has that target group."""
        records = self._records(app_id, external_id)
        return any(self._mappings.by_target(record.id) is not None for record in records)

    def _records(self, app_id: str, external_id: str) -> list[sa.Row[Any]]:
        return self._store.all(schema.groups, "id", app_id=app_id, external_id=external_id)

    def update(self, group_id: str, **values: Any) -> None:
        self._store.update(schema.groups, {"id": group_id}, **values)

    def freeze_members(self, group_id: str, user_ids: Sequence[str]) -> None:
        """An unlinked app group keeps, as an imported group, the members it was left with."""
        joined = self._core.next("joined") * MANY
        self._store.delete(schema.group_members, group_id=group_id)
        self._store.run(
            schema.group_members.insert(),
            [
                {
                    "group_id": group_id,
                    "user_id": user_id,
                    "joined": joined + place,
                    "rule_id": None,
                }
                for place, user_id in enumerate(user_ids)
            ],
        )

    def _insert(self, kind: GroupType, name: str, description: str, **more: Any) -> str:
        group_id = self._core.new_id("00g")
        self._store.insert(
            schema.groups,
            id=group_id,
            type=kind.value,
            name=name,
            description=description,
            was_pushed=False,
            created=self._core.clock.now(),
            **more,
        )
        return group_id

    def _editable(self, name: str) -> sa.Row[Any]:
        group = self.find(name)
        if group.type != GroupType.OKTA_GROUP:
            raise Refused(
                "E0000006",
                "You do not have permission to perform the requested action",
                (f"{name} is built in",),
            )
        return group

    def _refuse_taken(self, name: str) -> None:
        if self._store.row(_OWN_NAMED, name=name) is not None:
            raise bad_request(
                "name", "name: An object with this field already exists in the current organization"
            )


def _check_name(name: str) -> None:
    if not name.strip():
        raise bad_request("name", "name: The field cannot be left blank")
    if len(name) > 255:
        raise bad_request("name", "name: must be between 1 and 255 characters")
