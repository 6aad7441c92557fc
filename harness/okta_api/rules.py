"""Group rules.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/GroupRule/
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response
from sqlalchemy import select

from ..org import schema
from ..org.core import Named
from ..org.group_rules import parse
from . import errors
from .groups import editable
from .paging import Limit, chunks, cut, page
from .quirks import RULE_DELETE_IS_202
from .service import service
from .users import query_flag
from .wire import Fields, current, empty, read_object, reply, stamp

bp = Blueprint("rules", __name__)

LIMIT = Limit(50, 200)
LANGUAGE = "urn:okta:expression:1.0"
LONGEST_NAME = 50
Row = sa.Row[Any]


@bp.get("/api/v1/groups/rules")
def list_rules() -> Response:
    """List rules; `search` finds words of their names."""
    table = schema.group_rules
    limit = LIMIT.asked()
    word = current().args.get("search", "").lower()
    found = (row for row in chunks(select(table), table.c.id, size=200) if word in row.name.lower())
    rows, after = cut(found, limit)
    return page([show(row) for row in rows], limit=limit, after=after)


@bp.post("/api/v1/groups/rules")
def create_rule() -> Response:
    """Make a rule; it is INACTIVE at first."""
    here = service()
    told = _read()
    names = [editable(group_id).name for group_id in told["group_ids"]]
    here.org.group_rules.create(told["name"], told["expression"], names, excluded=told["excluded"])
    row = here.org.store.get(schema.group_rules, name=told["name"])
    assert row is not None
    return reply(show(row))


@bp.get("/api/v1/groups/rules/<rule_id>")
def get_rule(rule_id: str) -> Response:
    return reply(show(find(rule_id)))


@bp.put("/api/v1/groups/rules/<rule_id>")
def replace_rule(rule_id: str) -> Response:
    """Change a rule that is not ACTIVE."""
    here = service()
    rule = find(rule_id)
    told = _read()
    if rule.active:
        raise errors.invalid("rule", "a rule cannot be changed while it is ACTIVE")
    for group_id in told["group_ids"]:
        editable(group_id)
    parse(told["expression"])
    twin = here.org.store.get(schema.group_rules, name=told["name"])
    if twin is not None and twin.id != rule.id:
        raise errors.invalid("name", "name: An object with this field already exists")
    here.org.store.update(schema.group_rules, {"id": rule.id}, changed=here.now, **told)
    new = [user_id for user_id in told["excluded"] if user_id not in (rule.excluded or ())]
    here.org.group_rules.log_excluded(Named(rule.id, told["name"]), new)
    return reply(show(find(rule.id)))


@bp.delete("/api/v1/groups/rules/<rule_id>")
def delete_rule(rule_id: str) -> Response:
    """Delete a rule; with `removeUsers=true` those it put into groups leave them."""
    here = service()
    rule = find(rule_id)
    removes = query_flag("removeUsers", default=False)
    here.org.group_rules.delete(rule.name)
    if removes:
        _take_out(rule)
    return reply({}, 202) if RULE_DELETE_IS_202 in here.quirks else empty()


@bp.post("/api/v1/groups/rules/<rule_id>/lifecycle/activate")
def activate_rule(rule_id: str) -> Response:
    service().org.group_rules.set_active(find(rule_id).name, active=True)
    return empty()


@bp.post("/api/v1/groups/rules/<rule_id>/lifecycle/deactivate")
def deactivate_rule(rule_id: str) -> Response:
    service().org.group_rules.set_active(find(rule_id).name, active=False)
    return empty()


def _take_out(rule: Row) -> None:
    here, table = service(), schema.group_members
    for group_id in rule.group_ids:
        put_in = here.org.store.all(table, "joined", group_id=group_id, rule_id=rule.id)
        here.org.groups.leave(here.org.groups.get(group_id), [row.user_id for row in put_in])


def find(rule_id: str) -> Row:
    row = service().org.store.get(schema.group_rules, id=rule_id)
    if row is None:
        raise errors.not_found(rule_id, "GroupRule")
    return row


def _read() -> dict[str, Any]:
    """The columns of the rule that the request tells."""
    body = Fields(read_object(), "rule")
    name = body.text("name")
    if len(name) > LONGEST_NAME:
        raise errors.invalid("name", f"name: must be between 1 and {LONGEST_NAME} characters")
    if body.text("type", "group_rule") != "group_rule":
        raise errors.invalid("type", "type: must be group_rule")
    conditions = body.inner("conditions", required=True)
    expression = conditions.inner("expression", required=True)
    if expression.text("type", LANGUAGE) != LANGUAGE:
        raise errors.invalid("expression", f"type: must be {LANGUAGE}")
    assigned = body.inner("actions", required=True).inner("assignUserToGroups", required=True)
    group_ids = list(dict.fromkeys(assigned.texts("groupIds")))
    if not group_ids:
        raise errors.invalid("groupIds", "groupIds: The field cannot be left blank")
    return {
        "name": name,
        "expression": expression.text("value"),
        "group_ids": group_ids,
        "excluded": _excluded(conditions.inner("people")),
    }


def _excluded(people: Fields) -> Sequence[str]:
    if people.inner("groups").texts("exclude"):
        raise errors.invalid("exclude", "groups: only users can be excluded")
    excluded = people.inner("users").texts("exclude")
    for user_id in excluded:
        if service().org.store.get(schema.users, id=user_id) is None:
            raise errors.invalid("exclude", f"users: there is no user {user_id}")
    return excluded


def show(row: Row) -> dict[str, Any]:
    is_valid = bool(row.group_ids)
    return {
        "type": "group_rule",
        "id": row.id,
        "status": "ACTIVE" if row.active else "INACTIVE" if is_valid else "INVALID",
        "name": row.name,
        "created": stamp(row.created),
        "lastUpdated": stamp(row.changed or row.created),
        "conditions": {
            "people": {"users": {"exclude": row.excluded or []}, "groups": {"exclude": []}},
            "expression": {"value": row.expression, "type": LANGUAGE},
        },
        "actions": {"assignUserToGroups": {"groupIds": row.group_ids}},
        "allGroupsValid": is_valid,
    }
