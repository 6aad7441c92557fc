"""Groups assigned to an app: their members have it.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApplicationGroups/
"""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response
from sqlalchemy import select

from ..org import schema
from ..org.core import named
from . import errors
from .apps import find as find_app
from .groups import find as find_group
from .paging import Limit, chunks, cut, page
from .service import service
from .wire import Fields, current, empty, link, read_json, read_optional, reply, stamp

bp = Blueprint("app_groups", __name__)

LIMIT = Limit(20, 200, least=20)
Row = sa.Row[Any]


@bp.get("/api/v1/apps/<app_id>/groups")
def list_app_groups(app_id: str) -> Response:
    """List the groups assigned to an app; `q` finds beginnings of their names."""
    app = find_app(app_id)
    limit = LIMIT.asked()
    table, groups = schema.app_groups, schema.groups
    query = (
        select(table, groups.c.name)
        .join(groups, groups.c.id == table.c.group_id)
        .where(table.c.app_id == app.id)
    )
    start = current().args.get("q", "").lower()
    found = (
        row
        for row in chunks(query, table.c.group_id, size=1000)
        if row.name.lower().startswith(start)
    )
    rows, after = cut(found, limit, "group_id")
    return page([show(row) for row in rows], limit=limit, after=after)


@bp.get("/api/v1/apps/<app_id>/groups/<group_id>")
def get_app_group(app_id: str, group_id: str) -> Response:
    return reply(show(find(find_app(app_id), group_id)))


@bp.put("/api/v1/apps/<app_id>/groups/<group_id>")
def assign_group(app_id: str, group_id: str) -> Response:
    """Assign a group: each member gets an app user of scope GROUP."""
    here = service()
    app = find_app(app_id)
    group = find_group(group_id)
    detail = _read(Fields(read_optional(), "appGroup"))
    here.org.assignments.assign_group(app, group)
    _keep(app, group.id, detail)
    return reply(show(find(app, group.id)))


@bp.patch("/api/v1/apps/<app_id>/groups/<group_id>")
def update_app_group(app_id: str, group_id: str) -> Response:
    """Change priority or profile by JSON Patch (`replace` and `add`) or by an object."""
    app = find_app(app_id)
    row = find(app, group_id)
    told = read_json()
    if isinstance(told, list):
        told = _patched(told)
    if not isinstance(told, dict):
        raise errors.malformed("the body must be a JSON object or a list of JSON Patch operations")
    detail = dict(row.detail or {}) | _read(Fields(told, "appGroup"))
    _keep(app, row.group_id, detail)
    group = find_group(row.group_id)
    event = "group.application_assignment.update"
    service().org.core.log(event, "Update group assignment to app", named(app), named(group))
    return reply(show(find(app, group_id)))


@bp.delete("/api/v1/apps/<app_id>/groups/<group_id>")
def unassign_group(app_id: str, group_id: str) -> Response:
    app = find_app(app_id)
    row = find(app, group_id)
    here = service()
    here.org.assignments.unassign_group(app, here.org.groups.get(row.group_id))
    return empty()


def _patched(operations: list[Any]) -> dict[str, Any]:
    """What JSON Patch operations set; nothing else can be done to an assignment."""
    told: dict[str, Any] = {}
    for one in operations:
        operation = Fields(one if isinstance(one, dict) else {}, "appGroup")
        if operation.text("op", "") not in ("add", "replace") or "value" not in operation:
            raise errors.malformed("op: must be add or replace, with a value")
        first, _, rest = operation.text("path", "").lstrip("/").partition("/")
        if rest:
            told.setdefault(first, {})
            if not isinstance(told[first], dict):
                raise errors.malformed(f"path: {first} is set already")
            told[first][rest] = one["value"]
        else:
            told[first] = one["value"]
    return told


def find(app: Row, group_id: str) -> Row:
    row = service().org.store.get(schema.app_groups, app_id=app.id, group_id=group_id)
    if row is None:
        raise errors.not_found(group_id, "ApplicationGroupAssignment")
    return row


def _read(body: Fields) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if body.found.get("priority") is not None:
        found["priority"] = int(body.number("priority", 0))
    if body.found.get("profile") is not None:
        found["profile"] = dict(body.inner("profile").found)
    return found


def _keep(app: Row, group_id: str, detail: dict[str, Any]) -> None:
    here = service()
    key = {"app_id": app.id, "group_id": group_id}
    here.org.store.update(schema.app_groups, key, detail=detail, changed=here.now)


def show(row: Row) -> dict[str, Any]:
    detail = row.detail or {}
    return {
        "id": row.group_id,
        "lastUpdated": stamp(row.changed),
        "priority": detail.get("priority", 0),
        "profile": detail.get("profile", {}),
        "_links": {
            "app": link(f"apps/{row.app_id}"),
            "self": link(f"apps/{row.app_id}/groups/{row.group_id}"),
            "group": link(f"groups/{row.group_id}"),
        },
    }
