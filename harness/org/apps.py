"""Apps: what an integration can do, how it is set, which of its groups may be pushed or linked."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select

from ..errors import Refused
from ..model import Capabilities, Lane
from . import schema
from .core import Core, named
from .mappings import Mappings, bad_request
from .settings import APP, checked

PROVISIONING_OFF = "Provisioning is not enabled for the app instance."


class Apps:
    """App instances by label."""

    def __init__(self, core: Core, mappings: Mappings) -> None:
        self._core = core
        self._store = core.store
        self._mappings = mappings

    def add(
        self,
        kind: str,
        label: str,
        *,
        capabilities: Capabilities,
        credentials: Mapping[str, Any],
        settings: Mapping[str, Any],
    ) -> str:
        """Add an instance; `settings` override the defaults."""
        app_id = self._core.new_id("0oa")
        defaults = {name: info.default for name, info in APP.items()}
        self._store.insert(
            schema.apps,
            id=app_id,
            kind=kind,
            label=label,
            capabilities=dict(vars(capabilities)),
            settings={**defaults, **checked(APP, settings, label)},
            credentials=dict(credentials),
            paused_until=0.0,
            created=self._core.clock.now(),
        )
        return app_id

    def find(self, label: str) -> sa.Row[Any]:
        row = self._store.get(schema.apps, label=label)
        if row is None:
            known = ", ".join(app.label for app in self.all())
            raise Refused(
                "E0000007",
                f"Not found: Resource not found: {label} (AppInstance)",
                (f"known: {known}",),
            )
        return row

    def get(self, app_id: str) -> sa.Row[Any]:
        row = self._store.get(schema.apps, id=app_id)
        assert row is not None, app_id
        return row

    def all(self) -> list[sa.Row[Any]]:
        return self._store.rows(select(schema.apps).order_by(schema.apps.c.label))

    def change(self, label: str, changes: Mapping[str, Any]) -> None:
        """Change settings. Import Groups cannot be unticked while anything is pushed (T28).

        Unticking it removes the imported groups (T65); ticking the renaming of app groups renames
        those that have another name (R18); turning provisioning on makes the accounts that waited.
        """
        app = self.find(label)
        values = checked(APP, changes, label)
        if values.get("import_groups") is False and self._is_pushing(app.id):
            raise bad_request(
                "import_groups", "group push mappings exist for this app; unlink them first"
            )
        table = schema.apps
        self._store.update(
            table,
            {"id": app.id},
            settings={**app.settings, **values},
            changed=self._core.clock.now(),
        )
        new = {name for name, value in values.items() if value != app.settings[name]}
        if "provisioning" in new and values["provisioning"]:
            self._provision_waiting(app.id)
            self._core.jobs_changed = True
        if (
            "rename_app_groups" in new
            and values["rename_app_groups"]
            and app.capabilities["renames"]
        ):
            self._mappings.follow_names(app.id)
        if "import_groups" in new and not values["import_groups"]:
            self._drop_imported(app.id)

    def replace_credentials(self, label: str, credentials: Mapping[str, Any]) -> str:
        """Store what the target issued anew; answers the app's id."""
        app = self.find(label)
        table = schema.apps
        self._store.run(
            table.update().where(table.c.id == app.id).values(credentials=dict(credentials))
        )
        return str(app.id)

    def delete(self, label: str, *, keep_rules: bool = False) -> None:
        """Forget the app and all that hangs on it; nothing is sent to its target.

        With `keep_rules` its push rules stay behind, as they once did in Okta (T81).
        """
        app = self.find(label)
        for mapping in self._mappings.of_app(app.id):
            self._mappings.remove(mapping.id, forget_app_group=True)
        self._drop_imported(app.id)
        for table in (schema.app_users, schema.app_groups, schema.jobs):
            self._store.delete(table, app_id=app.id)
        if not keep_rules:
            self._store.delete(schema.push_rules, app_id=app.id)
        self._store.delete(schema.apps, id=app.id)
        self._core.jobs_changed = True
        self._core.log("application.lifecycle.delete", "Delete application", named(app))

    def _is_pushing(self, app_id: str) -> bool:
        mappings, rules = schema.mappings, schema.push_rules
        return bool(
            self._store.row(select(mappings.c.id).where(mappings.c.app_id == app_id))
            or self._store.row(select(rules.c.id).where(rules.c.app_id == app_id))
        )

    def _drop_imported(self, app_id: str) -> None:
        members, groups = schema.group_members, schema.groups
        imported = select(groups.c.id).where(groups.c.app_id == app_id)
        for table in (members, schema.app_groups):
            self._store.run(table.delete().where(table.c.group_id.in_(imported)))
        self._store.run(groups.delete().where(groups.c.app_id == app_id))

    def _provision_waiting(self, app_id: str) -> None:
        table, users = schema.app_users, schema.users
        query = (
            select(table.c.user_id)
            .join(users, users.c.id == table.c.user_id)
            .where(table.c.app_id == app_id, table.c.status == "STAGED", users.c.status != "STAGED")
        )
        for row in self._store.rows(query.order_by(users.c.login)):
            self._core.add_job(app_id, Lane.USERS, "provision", row.user_id)

    def pause(self, app_id: str, until: float) -> None:
        """The target asked to be left alone: no lane of this app starts before `until`."""
        table = schema.apps
        self._store.run(
            table.update()
            .where(table.c.id == app_id, table.c.paused_until < until)
            .values(paused_until=until)
        )
        self._core.jobs_changed = True

    def links(self, app: sa.Row[Any]) -> bool:
        """Whether a group may be linked: Enhanced Group Push, then the app's setting or kind."""
        if not self._core.setting("enhanced_group_push", default=True):
            return False
        allowed = app.settings["linking_allowed"]
        return bool(app.capabilities["linking"] if allowed is None else allowed)


def pushing_refusal(app: sa.Row[Any]) -> Refused | None:
    """Why nothing can be pushed to this app at all, if so (R1, R2)."""
    if not app.settings["provisioning"]:
        return Refused("E0000001", "Api validation failed: app", (PROVISIONING_OFF,))
    if not app.settings["group_push"]:
        return bad_request("app", f"{app.label} does not support Group Push")
    return None
