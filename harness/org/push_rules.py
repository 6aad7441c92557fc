"""Push rules: find groups by name or description and push each of them, now and as they appear.

A group that stops matching, an edited or a deleted rule leave the mappings alone unless the admin
asks for more (R35).
"""

from collections.abc import Mapping
from dataclasses import asdict
from difflib import get_close_matches
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select

from ..errors import Refused
from ..model import GroupType, PushRequest, PushRule
from . import schema
from .apps import Apps, pushing_refusal
from .core import Core
from .groups import Groups
from .mappings import Mappings, bad_request
from .pushing import Pushing

MAX_MATCHES = 100
CONDITIONS = ("starts_with", "contains", "equals")
ATTRIBUTES = ("name", "description")
FIELDS = ("name", "attribute", "condition", "value", "immediately")
EVENT = "app.user_management.grouppush.mapping.created.from.rule"
DUPLICATE = "application.provision.group_push.mapping.created.from.rule.warning.duplicate.name"
DELETED = "application.provision.group_push.mapping.and.groups.deleted.rule.deleted"


class PushRules:
    """Rules of all apps; each named once per app."""

    def __init__(
        self, core: Core, apps: Apps, groups: Groups, mappings: Mappings, pushing: Pushing
    ) -> None:
        self._core = core
        self._store = core.store
        self._apps = apps
        self._groups = groups
        self._mappings = mappings
        self._pushing = pushing

    def create(self, rule: PushRule) -> None:
        app = self._apps.find(rule.app)
        refusal = pushing_refusal(app)
        if refusal is not None:
            raise refusal
        if not app.capabilities["push_rules"]:
            raise bad_request("rule", f"{app.label} does not support pushing groups by rule")
        _check(asdict(rule))
        self._refuse_taken(app, rule.name)
        table = schema.push_rules
        rule_id = self._core.new_id("gPr")
        self._store.run(
            table.insert().values(
                id=rule_id,
                app_id=app.id,
                name=rule.name,
                attribute=rule.attribute,
                condition=rule.condition,
                value=rule.value,
                immediately=rule.immediately,
            )
        )
        self._evaluate(app, self._find(app.id, rule.name))

    def edit(self, app_label: str, name: str, changes: Mapping[str, Any]) -> None:
        """Change any field of the rule; groups that match now are pushed."""
        app = self._apps.find(app_label)
        rule = self._find(app.id, name)
        unknown = set(changes) - {*FIELDS}
        if unknown:
            near = get_close_matches(min(unknown), FIELDS, 1) or FIELDS
            raise bad_request(min(unknown), f"a push rule has no such field; nearest: {near[0]}")
        _check({**{field: getattr(rule, field) for field in FIELDS}, **changes})
        if changes.get("name", name) != name:
            self._refuse_taken(app, changes["name"])
        table = schema.push_rules
        self._store.update(table, {"id": rule.id}, **changes)
        self._evaluate(app, self._find(app.id, changes.get("name", name)))

    def delete(
        self, app_label: str, name: str, *, with_mappings: bool, delete_groups: bool
    ) -> None:
        """Delete the rule; with its mappings, and those with their target groups, if asked to."""
        app = self._apps.find(app_label)
        rule = self._find(app.id, name)
        for mapping in self._mappings.of_app(app.id):
            if with_mappings and mapping.rule_id == rule.id:
                group = self._groups.get(mapping.group_id)
                self._pushing.unlink(app_label, group.name, delete_group=delete_groups)
        self._store.delete(schema.push_rules, id=rule.id)
        if with_mappings and delete_groups:
            self._core.log(DELETED, f"Mappings of the rule {name} deleted with it", app_label, name)

    def group_changed(self, group_name: str) -> None:
        """A group appeared or changed: rules that find it now push it."""
        for rule in self._store.all(schema.push_rules, "id"):
            app = self._store.get(schema.apps, id=rule.app_id)
            if app is None:  # a rule that was left behind (T81)
                self._log_failure(rule, rule.app_id, group_name, "The app was deleted")
                continue
            try:
                self._evaluate(app, rule, only=group_name)
            except Refused as refused:
                # The group is there all the same: what fails is the rule's own work.
                reason = "; ".join(refused.causes) or str(refused)
                self._log_failure(rule, app.label, group_name, reason)

    def _log_failure(self, rule: sa.Row[Any], label: str, group_name: str, reason: str) -> None:
        self._core.log(
            f"{EVENT}.error.validation",
            f"The rule {rule.name} could not create a mapping",
            label,
            group_name,
            outcome="FAILURE",
            reason=reason,
        )

    def of_app(self, app: sa.Row[Any]) -> list[PushRule]:
        table = schema.push_rules
        rows = self._store.rows(
            select(table).where(table.c.app_id == app.id).order_by(table.c.name)
        )
        return [
            PushRule(app=app.label, **{field: getattr(row, field) for field in FIELDS})
            for row in rows
        ]

    def name_of(self, rule_id: str) -> str:
        row = self._store.get(schema.push_rules, id=rule_id)
        return "deleted rule" if row is None else str(row.name)

    def _evaluate(self, app: sa.Row[Any], rule: sa.Row[Any], only: str | None = None) -> None:
        found = [
            group
            for group in self._groups.own()
            if group.type == GroupType.OKTA_GROUP and _matches(rule, group)
        ]
        asked = [group for group in found if only is None or group.name == only]
        if asked and len(found) > MAX_MATCHES:
            cause = f"{len(found)} groups match; a push rule takes at most {MAX_MATCHES}"
            raise bad_request("rule", cause)
        for group in asked:
            self._push(app, rule, group)

    def _push(self, app: sa.Row[Any], rule: sa.Row[Any], group: sa.Row[Any]) -> None:
        core = self._core
        if self._mappings.of(app.id, group.id):
            core.log(
                f"{EVENT}.error.duplicate",
                "The group is already pushed",
                app.label,
                group.name,
                outcome="SKIPPED",
            )
            return
        event = self._name_taken(app, group.name)
        if event:
            message = (
                f"A Group Push mapping did not get created from rule {rule.name} "
                f"to UserGroup {group.name} "
                f"since group with same name already exists in AppInstance {app.label}"
            )
            core.log(event, message, app.label, group.name, outcome="SKIPPED")
            return
        request = PushRequest(group=group.name, app=app.label, immediately=rule.immediately)
        self._pushing.push(request, rule_id=rule.id)
        core.log(EVENT, f"Mapping created from rule {rule.name}", app.label, group.name)

    def _name_taken(self, app: sa.Row[Any], name: str) -> str:
        """The event that says why the name is not free: it is there, or about to be made (R19)."""
        if any(row.name == name for row in self._groups.of_app(app.id)):
            return DUPLICATE
        for mapping in self._mappings.of_app(app.id):
            if mapping.target_name == name:
                return DUPLICATE if mapping.made is not None else f"{DUPLICATE}.tobecreated"
        return ""

    def _refuse_taken(self, app: sa.Row[Any], name: str) -> None:
        table = schema.push_rules
        query = select(table).where(table.c.app_id == app.id, table.c.name == name)
        if self._store.row(query) is not None:
            raise bad_request("name", f"{app.label} already has a push rule {name}")

    def _find(self, app_id: str, name: str) -> sa.Row[Any]:
        table = schema.push_rules
        row = self._store.row(select(table).where(table.c.app_id == app_id, table.c.name == name))
        if row is None:
            raise Refused("E0000007", f"Not found: Resource not found: {name} (GroupPushRule)")
        return row


def _check(rule: Mapping[str, Any]) -> None:
    for field in ("name", "value"):
        if not str(rule[field]).strip():
            raise bad_request(field, f"{field}: The field cannot be left blank")
    if rule["condition"] not in CONDITIONS:
        raise bad_request("condition", f"must be one of {', '.join(CONDITIONS)}")
    if rule["attribute"] not in ATTRIBUTES:
        raise bad_request("attribute", f"must be one of {', '.join(ATTRIBUTES)}")
    if not isinstance(rule["immediately"], bool):
        raise bad_request("immediately", "must be true or false")


def _matches(rule: sa.Row[Any], group: sa.Row[Any]) -> bool:
    text = (group.name if rule.attribute == "name" else group.description).casefold()
    value = rule.value.casefold()
    match rule.condition:
        case "starts_with":
            return bool(text.startswith(value))
        case "contains":
            return bool(value in text)
        case _:
            return bool(text == value)
