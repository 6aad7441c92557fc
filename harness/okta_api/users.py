"""People and their lifecycle.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/ and
.../UserLifecycle/
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response
from sqlalchemy import select

from ..model import UserProfile, UserStatus
from ..org import schema
from ..org.core import named
from . import errors
from .finding import Attributes, Finder, Predicate, matching, predicate_of
from .paging import Limit, chunks, cut, page, sorted_page
from .quirks import DEACTIVATED_STAY_IN_RULES, DEPROVISIONED_ARE_HIDDEN
from .service import Service, service
from .wire import Fields, base, current, empty, href, link, read_object, reply, stamp

bp = Blueprint("users", __name__)

LIMIT = Limit(200, 200, is_cut=True)
Q_LIMIT = Limit(10, 200, is_cut=True)
MOST_GROUPS = 20
SHORTEST_PASSWORD = 8
Row = sa.Row[Any]

OWN = {  # profile attribute to column
    "login": "login",
    "email": "email",
    "firstName": "first_name",
    "lastName": "last_name",
}
LONGEST = {"login": 100, "email": 100, "firstName": 50, "lastName": 50}
BASE = (  # the other attributes of Okta's default profile
    "middleName",
    "honorificPrefix",
    "honorificSuffix",
    "title",
    "displayName",
    "nickName",
    "profileUrl",
    "secondEmail",
    "mobilePhone",
    "primaryPhone",
    "streetAddress",
    "city",
    "state",
    "zipCode",
    "countryCode",
    "postalAddress",
    "preferredLanguage",
    "locale",
    "timezone",
    "userType",
    "employeeNumber",
    "costCenter",
    "organization",
    "division",
    "department",
    "managerId",
    "manager",
)
CUSTOM = "api.custom_attributes"  # setting of the org: names of attributes beyond those

FILTERED: Attributes = (
    "id",
    "status",
    "created",
    "lastUpdated",
    "profile.login",
    "profile.email",
    "profile.firstName",
    "profile.lastName",
)
FOUND: Attributes = (*FILTERED, "activated", "statusChanged", "realmId", "type.id", "profile.")
COLUMNS: Mapping[str, sa.Column[Any]] = {
    "id": schema.users.c.id,
    "status": schema.users.c.status,
    "profile.login": schema.users.c.login,
    "profile.email": schema.users.c.email,
    "profile.firstName": schema.users.c.first_name,
    "profile.lastName": schema.users.c.last_name,
}
# Put together once: that costs more than running them.
_ALL = select(schema.users)
_IN_USE = _ALL.where(schema.users.c.status != UserStatus.DEPROVISIONED.value)
_GROUPS = (
    select(schema.groups)
    .join(schema.group_members, schema.group_members.c.group_id == schema.groups.c.id)
    .where(schema.group_members.c.user_id == sa.bindparam("user"))
)
TO_ACTIVATE = (UserStatus.STAGED, UserStatus.DEPROVISIONED)
TO_REACTIVATE = (UserStatus.PROVISIONED, UserStatus.RECOVERY)


# --- routes ----------------------------------------------------------------------------------


@bp.get("/api/v1/users")
def list_users() -> Response:
    """List users; `q` finds beginnings, `filter` and `search` compare attributes."""
    args = current().args
    if "q" in args:
        return _starting_with(args["q"])
    finder = Finder("filter", FILTERED) if "filter" in args else Finder("search", FOUND)
    limit = LIMIT.asked()
    table = schema.users
    wanted = predicate_of(finder, args)
    if wanted is None:
        query = _IN_USE if DEPROVISIONED_ARE_HIDDEN in service().quirks else _ALL
        rows, after = cut(chunks(query, table.c.id, size=limit + 1), limit)
        return page(show_all(rows), limit=limit, after=after)
    query = wanted.narrowed(_ALL, COLUMNS)
    if "sortBy" in args:
        return _sorted(query, wanted.matches, limit)
    found = matching(chunks(query, table.c.id, size=1000), show_all, wanted.matches)
    rows, after = cut(found, limit)
    return page(show_all(rows), limit=limit, after=after)


@bp.post("/api/v1/users")
def create_user() -> Response:
    """Make a user: STAGED, PROVISIONED without a password, or ACTIVE with one."""
    here = service()
    body = Fields(read_object(), "newUser")
    own, custom = _profile(body.inner("profile", required=True), "newUser")
    for name in ("login", "email"):
        if name not in own:
            raise errors.invalid(name, f"{name}: The field cannot be left blank")
    groups = _groups_of(body.texts("groupIds"))
    profile = UserProfile(
        login=own["login"],
        email=own["email"],
        first_name=own.get("first_name", ""),
        last_name=own.get("last_name", ""),
        attributes={name: value for name, value in custom.items() if value is not None},
    )
    activate = query_flag("activate", default=True)
    has_password = _password(body) is not None
    here.org.users.create(profile, activate=activate, has_password=has_password)
    user = here.org.users.find(profile.login)
    for group in groups:
        here.org.groups.join(group, [user.id])
    return reply(show(user))


@bp.get("/api/v1/users/<user_id>")
def get_user(user_id: str) -> Response:
    """A user by id or login."""
    return reply(show(find(user_id)))


@bp.post("/api/v1/users/<user_id>")
def update_user(user_id: str) -> Response:
    """Change what is named and leave the rest."""
    return _update(user_id, whole=False)


@bp.put("/api/v1/users/<user_id>")
def replace_user(user_id: str) -> Response:
    """Replace the profile: what is not named is empty afterwards."""
    return _update(user_id, whole=True)


@bp.delete("/api/v1/users/<user_id>")
def delete_user(user_id: str) -> Response:
    """The first delete deactivates, the second one deletes."""
    user = find(user_id)
    if user.status != UserStatus.DEPROVISIONED:
        _deactivate(user)
    else:
        service().operator.delete_user(user.login)
    return empty()


@bp.get("/api/v1/users/<user_id>/groups")
def list_user_groups(user_id: str) -> Response:
    """Groups that the user is a member of."""
    from .groups import show_all as show_groups  # noqa: PLC0415 - groups show their users too

    user = find(user_id)
    limit = LIMIT.asked()
    found = chunks(_GROUPS, schema.groups.c.id, size=limit + 1, user=user.id)
    rows, after = cut(found, limit)
    return page(show_groups(rows), limit=limit, after=after)


# --- lifecycle -------------------------------------------------------------------------------


@bp.post("/api/v1/users/<user_id>/lifecycle/activate")
def activate_user(user_id: str) -> Response:
    """Activate a STAGED or DEPROVISIONED user."""
    user = find(user_id)
    service().operator.activate_user(user.login)
    return reply(_activation())


@bp.post("/api/v1/users/<user_id>/lifecycle/reactivate")
def reactivate_user(user_id: str) -> Response:
    """Send the activation once more; the status stays."""
    user = find(user_id)
    if user.status not in TO_REACTIVATE:
        raise errors.status_forbids()
    service().org.core.log("user.lifecycle.reactivate", "Reactivate Okta user", named(user))
    return reply(_activation())


@bp.post("/api/v1/users/<user_id>/lifecycle/deactivate")
def deactivate_user(user_id: str) -> Response:
    """Deprovision the user from every app."""
    _deactivate(find(user_id))
    return reply({})


@bp.post("/api/v1/users/<user_id>/lifecycle/suspend")
def suspend_user(user_id: str) -> Response:
    service().operator.suspend_user(find(user_id).login)
    return reply({})


@bp.post("/api/v1/users/<user_id>/lifecycle/unsuspend")
def unsuspend_user(user_id: str) -> Response:
    service().operator.unsuspend_user(find(user_id).login)
    return reply({})


@bp.post("/api/v1/users/<user_id>/lifecycle/unlock")
def unlock_user(user_id: str) -> Response:
    """Nobody is ever locked out here, so this is always refused."""
    find(user_id)
    raise errors.unlock_forbidden()


def _activation() -> dict[str, str]:
    if query_flag("sendEmail", default=True):
        return {}
    token = service().chance_text(20)
    return {"activationUrl": f"{base()}/welcome/{token}", "activationToken": token}


def _deactivate(user: Row) -> None:
    here = service()
    here.operator.deactivate_user(user.login)
    if DEACTIVATED_STAY_IN_RULES in here.quirks:
        return
    table = schema.group_members
    query = select(table.c.group_id).where(table.c.user_id == user.id, table.c.rule_id.is_not(None))
    for row in here.org.store.rows(query.order_by(table.c.group_id)):
        here.org.groups.leave(here.org.groups.get(row.group_id), [user.id])


# --- finding ---------------------------------------------------------------------------------


def find(user_id: str) -> Row:
    """The user of that id or login; E0000007 where there is none."""
    store = service().org.store
    row = store.get(schema.users, id=user_id) or store.get(schema.users, login_key=user_id.lower())
    if row is None:
        raise errors.not_found(user_id, "User")
    return row


def _starting_with(text: str) -> Response:
    limit, start = Q_LIMIT.asked(), text.lower()
    table = schema.users
    rows = [
        row
        for row in service().org.store.rows(_IN_USE.order_by(table.c.id))
        if any(
            value.lower().startswith(start) for value in (row.first_name, row.last_name, row.email)
        )
    ]
    return page(show_all(rows[:limit]), limit=limit, after=None)


def _sorted(query: sa.Select[Any], matches: Predicate, limit: int) -> Response:
    args = current().args
    by = args["sortBy"]
    column = COLUMNS.get(by)
    name = {"created": "created", "lastUpdated": "changed"}.get(
        by, column.name if column is not None else ""
    )
    if not name:
        raise errors.bad_search(f"sortBy: cannot sort by {by}")
    rows = matching(service().org.store.rows(query), show_all, matches)
    reverse = args.get("sortOrder", "asc").lower() == "desc"
    kept, after = sorted_page(
        rows, lambda row: (getattr(row, name), row.id), reverse=reverse, limit=limit
    )
    return page(show_all(kept), limit=limit, after=after)


# --- changing --------------------------------------------------------------------------------


def _update(user_id: str, *, whole: bool) -> Response:
    here = service()
    user = find(user_id)
    body = Fields(read_object(), "user")
    own, custom = _profile(body.inner("profile", required=whole), "user")
    if user.status == UserStatus.DEPROVISIONED:
        raise errors.status_forbids()
    if whole:
        own = {"first_name": "", "last_name": "", **own}
        custom = dict.fromkeys(user.attributes) | custom
        for name in ("login", "email"):
            if name not in own:
                raise errors.invalid(name, f"{name}: The field cannot be left blank")
    if own or custom:
        here.org.users.update(user.login, {**own, **custom})
    if _password(body) is not None:
        here.org.store.update(schema.users, {"id": user.id}, has_password=True)
    return reply(show(find(user.id)))


def _profile(profile: Fields, what: str) -> tuple[dict[str, str], dict[str, Any]]:
    """Base attributes by column, and all others; None takes one of those away."""
    known = {*BASE, *service().org.core.setting(CUSTOM, [])}
    own: dict[str, str] = {}
    custom: dict[str, Any] = {}
    for name, value in profile.found.items():
        if value is not None and not isinstance(value, str):
            raise errors.invalid(what, f"{name}: must be a text")
        if name in OWN:
            own[OWN[name]] = _checked(name, value or "")
        elif name in known:
            custom[name] = value
        else:
            cause = f"Property name '{name}' is not defined in profile"
            raise errors.invalid(what, cause)
    return own, custom


def _checked(name: str, value: str) -> str:
    if len(value) > LONGEST[name]:
        cause = f"{name}: must be at most {LONGEST[name]} characters"
        raise errors.invalid(name, cause)
    if name == "email" and value and not _is_address(value):
        raise errors.invalid(name, "email: Does not match required pattern")
    if name == "login" and value and not _is_address(value):
        cause = "login: Username must be in the form of an email address"
        raise errors.invalid(name, cause)
    return value


def _is_address(text: str) -> bool:
    before, at, after = text.rpartition("@")
    return bool(before and at and after) and not any(letter.isspace() for letter in text)


def _password(body: Fields) -> str | None:
    """The new password, or "" where a hash of one is brought; None where there is neither."""
    password = body.inner("credentials").inner("password")
    if "hash" in password:
        password.inner("hash", required=True)
        return ""
    if "value" not in password:
        return None
    value = password.text("value", "")
    if len(value) < SHORTEST_PASSWORD:
        cause = (
            "password: Password requirements were not met. Password requirements: "
            f"at least {SHORTEST_PASSWORD} characters."
        )
        raise errors.invalid("password", cause)
    return value


def _groups_of(group_ids: Sequence[str]) -> list[Row]:
    from .groups import editable  # noqa: PLC0415 - groups show their users too

    if len(group_ids) > MOST_GROUPS:
        raise errors.too_many_groups(MOST_GROUPS)
    return [editable(group_id) for group_id in dict.fromkeys(group_ids)]


def query_flag(name: str, *, default: bool) -> bool:
    text = current().args.get(name)
    if text is None:
        return default
    if text.lower() not in ("true", "false"):
        raise errors.invalid(name, f"{name}: must be true or false")
    return text.lower() == "true"


# --- showing ---------------------------------------------------------------------------------


def show_all(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """As lists show users: with the link to themselves alone."""
    here, root = service(), href("users")
    return [_show(row, here, root) for row in rows]


def show(row: Row) -> dict[str, Any]:
    """As a single reply shows a user: with what may be done to it."""
    (shown,) = show_all([row])
    shown["_links"] = {**_deeds(row), **shown["_links"]}
    return shown


def _show(row: Row, here: Service, root: str) -> dict[str, Any]:
    profile = {
        "firstName": row.first_name or None,
        "lastName": row.last_name or None,
        "mobilePhone": None,
        "secondEmail": None,
        "login": row.login,
        "email": row.email,
        **{name: value for name, value in row.attributes.items() if value is not None},
    }
    credentials: dict[str, Any] = {"password": {}} if row.has_password else {}
    return {
        "id": row.id,
        "status": row.status,
        "created": stamp(row.created),
        "activated": stamp(row.activated),
        "statusChanged": stamp(row.status_changed),
        "lastLogin": None,
        "lastUpdated": stamp(row.changed),
        "passwordChanged": stamp(row.created) if row.has_password else None,
        "realmId": here.constant_id("guo"),
        "type": {"id": here.constant_id("oty")},
        "profile": profile,
        "credentials": {**credentials, "provider": {"type": "OKTA", "name": "OKTA"}},
        "_links": {"self": {"href": f"{root}/{row.id}"}},
    }


_DEEDS: Mapping[str, tuple[str, ...]] = {
    UserStatus.STAGED: ("activate", "deactivate"),
    UserStatus.PROVISIONED: ("reactivate", "deactivate"),
    UserStatus.ACTIVE: ("suspend", "deactivate"),
    UserStatus.SUSPENDED: ("unsuspend", "deactivate"),
    UserStatus.DEPROVISIONED: ("activate",),
}


def _deeds(row: Row) -> dict[str, Any]:
    deeds = _DEEDS.get(row.status, ("deactivate",))
    return {deed: link(f"users/{row.id}/lifecycle/{deed}", method="POST") for deed in deeds}
