"""App users: who has an app, by hand or through a group, and how far that got.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApplicationUsers/
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response
from sqlalchemy import select

from ..model import AppUserStatus
from ..org import schema
from . import errors
from .apps import find as find_app
from .paging import Limit, chunks, cut, page
from .service import service
from .users import find as find_user
from .users import show as show_user
from .wire import Fields, current, empty, link, read_object, reply, stamp

bp = Blueprint("app_users", __name__)

LIMIT = Limit(50, 500)
WHAT = "appUser"
GONE = AppUserStatus.DEPROVISIONED.value
SYNC: Mapping[str, str] = {"STAGED": "OUT_OF_SYNC", "PROVISIONED": "SYNCHRONIZED"}
Row = sa.Row[Any]

_ASSIGNED = (
    select(
        schema.app_users,
        schema.users.c.login,
        schema.users.c.email,
        schema.users.c.first_name,
        schema.users.c.last_name,
    )
    .join(schema.users, schema.users.c.id == schema.app_users.c.user_id)
    .where(schema.app_users.c.status != GONE)
)


@bp.get("/api/v1/apps/<app_id>/users")
def list_app_users(app_id: str) -> Response:
    """List who has the app; `q` finds beginnings of logins, e-mail addresses and names."""
    app = find_app(app_id)
    limit = LIMIT.asked()
    query = _ASSIGNED.where(schema.app_users.c.app_id == app.id)
    start = current().args.get("q", "").lower()
    found = (
        row
        for row in chunks(query, schema.app_users.c.user_id, size=max(limit + 1, 200))
        if any(
            value.lower().startswith(start)
            for value in (row.login, row.email, row.first_name, row.last_name)
        )
    )
    rows, after = cut(found, limit, "user_id")
    return page([show(app, row) for row in rows], limit=limit, after=after)


@bp.post("/api/v1/apps/<app_id>/users")
def assign_user(app_id: str) -> Response:
    """Assign a user by hand; one who has the app through a group has it by hand from now on."""
    here = service()
    app = find_app(app_id)
    body = Fields(read_object(), WHAT)
    user = find_user(body.text("id"))
    body.one_of("scope", ("USER", "GROUP"), "USER")
    profile = _profile(body)
    here.org.assignments.assign_user(app, user)
    _keep(app, user.id, profile)
    return reply(show(app, find(app, user.id)))


@bp.get("/api/v1/apps/<app_id>/users/<user_id>")
def get_app_user(app_id: str, user_id: str) -> Response:
    app = find_app(app_id)
    return reply(show(app, find(app, user_id)))


@bp.post("/api/v1/apps/<app_id>/users/<user_id>")
def update_app_user(app_id: str, user_id: str) -> Response:
    """Change the profile or the user name that the app is shown."""
    app = find_app(app_id)
    row = find(app, user_id)
    body = Fields(read_object(), WHAT)
    profile = _profile(body)
    if body.found.get("scope") == "USER" and not row.direct:
        service().org.assignments.assign_user(app, find_user(row.user_id))
    _keep(app, row.user_id, {**(row.profile or {}), **profile})
    return reply(show(app, find(app, user_id)))


@bp.delete("/api/v1/apps/<app_id>/users/<user_id>")
def unassign_user(app_id: str, user_id: str) -> Response:
    """Take the app from a user who has it by hand; it stays while a group brings it."""
    app = find_app(app_id)
    row = find(app, user_id)
    service().org.assignments.unassign_user(app, find_user(row.user_id))
    return empty()


def find(app: Row, user_id: str) -> Row:
    """The app user of that user; E0000007 where the user has not the app."""
    query = _ASSIGNED.where(
        schema.app_users.c.app_id == app.id, schema.app_users.c.user_id == user_id
    )
    row = service().org.store.row(query)
    if row is None:
        raise errors.not_found(user_id, "AppUser")
    return row


USER_NAME = "credentials.userName"  # beside the profile, as one text


def _profile(body: Fields) -> dict[str, Any]:
    found = dict(body.inner("profile").found)
    name = body.inner("credentials").text("userName", "")
    return found | ({USER_NAME: name} if name else {})


def _keep(app: Row, user_id: str, profile: Mapping[str, Any]) -> None:
    if profile:
        here = service()
        key = {"app_id": app.id, "user_id": user_id}
        here.org.store.update(schema.app_users, key, profile=dict(profile), changed=here.now)


def show(app: Row, row: Row) -> dict[str, Any]:
    told = dict(row.profile or {})
    name = told.pop(USER_NAME, "") or row.account_login or row.login
    status = row.status if app.settings["provisioning"] else "ACTIVE"
    shown = {
        "id": row.user_id,
        "externalId": row.external_id,
        "created": stamp(row.created),
        "lastUpdated": stamp(row.changed or row.created),
        "scope": "USER" if row.direct else "GROUP",
        "status": status,
        "statusChanged": stamp(row.status_changed),
        "passwordChanged": None,
        "syncState": _sync(app, row),
        "lastSync": stamp(row.provisioned),
        "credentials": {"userName": name},
        "profile": {
            "email": row.email,
            "firstName": row.first_name or None,
            "lastName": row.last_name or None,
            **told,
        },
        "_links": _links(app, row),
    }
    if current().args.get("expand") == "user":
        shown["_embedded"] = {"user": show_user(find_user(row.user_id))}
    return shown


def _sync(app: Row, row: Row) -> str:
    if not app.settings["provisioning"]:
        return "DISABLED"
    return "ERROR" if row.error else SYNC.get(row.status, "OUT_OF_SYNC")


def _links(app: Row, row: Row) -> dict[str, Any]:
    links = {"app": link(f"apps/{app.id}"), "user": link(f"users/{row.user_id}")}
    group_id = None if row.direct else _through(app.id, row.user_id)
    return links | ({"group": link(f"groups/{group_id}")} if group_id else {})


def _through(app_id: str, user_id: str) -> str | None:
    """The group that brings the app to the user."""
    assigned, members = schema.app_groups, schema.group_members
    query = (
        select(assigned.c.group_id)
        .join(members, members.c.group_id == assigned.c.group_id)
        .where(assigned.c.app_id == app_id, members.c.user_id == user_id)
        .order_by(assigned.c.group_id)
    )
    found: str | None = service().org.store.value(query)
    return found
