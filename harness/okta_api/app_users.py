"""App users: who has an app, by hand or through a group, and how far that got.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApplicationUsers/
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response
from sqlalchemy import select

from ..model import AppUserStatus
from ..org import schema
from ..org.core import Named, named
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
_OF_APP = _ASSIGNED.where(schema.app_users.c.app_id == sa.bindparam("app"))
_OF_USER = _OF_APP.where(schema.app_users.c.user_id == sa.bindparam("user"))
_USERS = select(schema.users)
_THROUGH = (  # the group that brings the app to a user, one of them
    select(schema.group_members.c.user_id, sa.func.min(schema.app_groups.c.group_id).label("id"))
    .join(schema.app_groups, schema.app_groups.c.group_id == schema.group_members.c.group_id)
    .where(schema.app_groups.c.app_id == sa.bindparam("app"))
    .group_by(schema.group_members.c.user_id)
)


@bp.get("/api/v1/apps/<app_id>/users")
def list_app_users(app_id: str) -> Response:
    """List who has the app; `q` finds beginnings of logins, e-mail addresses and names."""
    app = find_app(app_id)
    limit = LIMIT.asked()
    size = max(limit + 1, 200)
    start = current().args.get("q", "").lower()
    found = (
        row
        for row in chunks(_OF_APP, schema.app_users.c.user_id, size=size, app=app.id)
        if any(
            value.lower().startswith(start)
            for value in (row.login, row.email, row.first_name, row.last_name)
        )
    )
    rows, after = cut(found, limit, "user_id")
    return page(show_all(app, rows), limit=limit, after=after)


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
    before = row.profile or {}
    _keep(app, row.user_id, {**before, **profile})
    _log_change(app, row, {name for name in profile if profile[name] != before.get(name)})
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
    row = service().org.store.row(_OF_USER, app=app.id, user=user_id)
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


def _log_change(app: Row, row: Row, changed: set[str]) -> None:
    core = service().org.core
    whom = named(app), Named(row.user_id, row.login)
    if USER_NAME in changed:
        event = "application.user_membership.change_username"
        core.log(event, "Change users application username", *whom)
    if changed - {USER_NAME}:
        event = "application.user_membership.update"
        core.log(event, "Update user's application properties", *whom)


def show(app: Row, row: Row) -> dict[str, Any]:
    return show_all(app, [row])[0]


def show_all(app: Row, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """App users as they are shown, with their users where the request wants them too."""
    store = service().org.store
    indirect = [row.user_id for row in rows if not row.direct]
    members = schema.group_members.c.user_id
    through = store.rows_among(_THROUGH, members, indirect, app=app.id)
    groups = {row.user_id: row.id for row in through}
    shown = [_show(app, row) | {"_links": _links(app, row, groups)} for row in rows]
    if current().args.get("expand") == "user":
        ids = [row.user_id for row in rows]
        users = store.rows_among(_USERS, schema.users.c.id, ids)
        found = {user.id: user for user in users}
        for one in shown:
            one["_embedded"] = {"user": show_user(found[one["id"]])}
    return shown


def _show(app: Row, row: Row) -> dict[str, Any]:
    told = dict(row.profile or {})
    name = told.pop(USER_NAME, "") or row.account_login or row.login
    return {
        "id": row.user_id,
        "externalId": row.external_id,
        "created": stamp(row.created),
        "lastUpdated": stamp(row.changed or row.created),
        "scope": "USER" if row.direct else "GROUP",
        "status": row.status if app.settings["provisioning"] else "ACTIVE",
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
    }


def _sync(app: Row, row: Row) -> str:
    if not app.settings["provisioning"]:
        return "DISABLED"
    return "ERROR" if row.error else SYNC.get(row.status, "OUT_OF_SYNC")


def _links(app: Row, row: Row, groups: Mapping[str, str]) -> dict[str, Any]:
    links = {"app": link(f"apps/{app.id}"), "user": link(f"users/{row.user_id}")}
    group_id = None if row.direct else groups.get(row.user_id)
    return links | ({"group": link(f"groups/{group_id}")} if group_id else {})
