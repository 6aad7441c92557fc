"""Push rules: find groups by name or description and push each of them, now and as they appear.

What the System Log says of them is what Okta's older list of events has:
https://github.com/okta/okta.github.io `_includes/event_list.md`.

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
from .core import Core, Named, named
from .groups import Groups
from .mappings import Mappings, bad_request
from .pushing import Pushing

MAX_MATCHES = 100
CONDITIONS = ("starts_with", "contains", "equals")
ATTRIBUTES = ("name", "description")
FIELDS = ("name", "attribute", "condition", "value", "immediately")
EVENT = "app.user_management.grouppush.mapping.created.from.rule"
WARNING = "application.provision.group_push.mapping.created.from.rule.warning"
DUPLICATE = f"{WARNING}.duplicate.name"
DELETED = "application.provision.group_push.mapping.and.groups.deleted.rule.deleted"

# Why a mapping is not made: the last part of the event's type, and what its message says.
NOT_VALID, ERRORS = ("error.validation", "the validation error"), ("errors", "errors")


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
                self._unlink(app, mapping, delete_group=delete_groups)
        self._store.delete(schema.push_rules, id=rule.id)

    def _unlink(self, app: sa.Row[Any], mapping: sa.Row[Any], *, delete_group: bool) -> None:
        group = self._groups.get(mapping.group_id)
        if delete_group:
            message = (
                f"The Group push mapping to the group {group.name} will be deleted "
                "because its rule has been deleted."
            )
            self._core.log(DELETED, message, named(app), named(group), mapping_id=mapping.id)
        self._pushing.unlink(app.label, group.name, delete_group=delete_group)

    def group_changed(self, group_name: str) -> None:
        """A group appeared or changed: rules that find it now push it."""
        for rule in self._store.all(schema.push_rules, "id"):
            app = self._store.get(schema.apps, id=rule.app_id)
            if app is None:  # a rule that was left behind (T81)
                reason = "The app was deleted"
                self._log_not_made(rule, rule.app_id, group_name, ERRORS, reason)
                continue
            try:
                self._evaluate(app, rule, only=group_name)
            except Refused as refused:
                # The group is there all the same: what fails is the rule's own work.
                reason = "; ".join(refused.causes) or str(refused)
                self._log_not_made(rule, app.label, group_name, NOT_VALID, reason)

    def _log_not_made(
        self, rule: sa.Row[Any], label: str, group_name: str, how: tuple[str, str], reason: str
    ) -> None:
        """`how` is the last part of the event's type, and what its message says."""
        event, because = how
        self._core.log(
            f"{EVENT}.{event}",
            f"{_not_made(group_name, rule.name)} because of {because}: {reason}",
            Named(rule.app_id, label),
            named(self._groups.find(group_name)),
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
            skipped = self._skipped(app, rule, group, upserted=only is not None)
            if skipped is None:
                self._push(app, rule, group)
            else:
                self._core.log(*skipped, named(app), named(group), outcome="SKIPPED")

    def _push(self, app: sa.Row[Any], rule: sa.Row[Any], group: sa.Row[Any]) -> None:
        request = PushRequest(group=group.name, app=app.label, immediately=rule.immediately)
        mapping_id = self._pushing.push(request, rule_id=rule.id)
        message = (
            f"A Group Push mapping to the group {group.name} has been created "
            f"from the rule {rule.name} with the id - {mapping_id}."
        )
        self._core.log(EVENT, message, named(app), named(group))

    def _skipped(
        self, app: sa.Row[Any], rule: sa.Row[Any], group: sa.Row[Any], *, upserted: bool
    ) -> tuple[str, str] | None:
        """Event and message of why the rule passes over a group that it finds (R19), if it does.

        `upserted` says that the group was created or changed, and is why the rule is evaluated.
        """
        if self._mappings.of(app.id, group.id):
            because = "because an existing mapping already existed."
            return f"{EVENT}.error.duplicate", f"{_not_made(group.name, rule.name)} {because}"
        made = self._is_made(app, group.name)
        if made is None:
            return None
        message = (
            f"A Group Push mapping did not get created from rule {rule.name} "
            f"to UserGroup {group.name} since group with same name "
            f"{'already exists' if made else 'will already be created'} in AppInstance {app.label}"
        )
        if not made:
            return f"{WARNING}.duplicate.name.tobecreated", message
        if upserted:
            told = f"UserGroup was created or updated. {message}"
            return f"{WARNING}.upsertGroup.duplicate.name", told
        return f"{WARNING}.duplicate.name", message

    def _is_made(self, app: sa.Row[Any], name: str) -> bool | None:
        """Whether the app has a group of the name, or is about to get one; None: it is free."""
        if any(row.name == name for row in self._groups.of_app(app.id)):
            return True
        for mapping in self._mappings.of_app(app.id):
            if mapping.target_name == name:
                return mapping.made is not None
        return None

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


def _not_made(group_name: str, rule_name: str) -> str:
    return (
        f"A Group Push mapping to the group {group_name} did not get created from rule {rule_name}"
    )


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
