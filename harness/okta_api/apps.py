"""App instances: what is assigned, provisioned and pushed to.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Application/ and
.../ApplicationFeatures/
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response
from sqlalchemy import select

from .. import adapters
from ..model import Capabilities
from ..org import schema
from ..org.apps import PROVISIONING_OFF
from ..org.core import Named, named
from . import errors
from .catalogue import kind_of, name_of
from .finding import Attributes, Finder, matching, predicate_of
from .paging import Limit, chunks, cut, page
from .quirks import APP_DELETE_IS_500, BARE_APPS, OFFICE_IS_WS_FEDERATION, RULES_OUTLIVE_APPS
from .service import Service, service
from .users import query_flag
from .wire import Fields, current, empty, link, read_object, reply, stamp

bp = Blueprint("apps", __name__)

LIMIT = Limit(20, 200)
FILTERED: Attributes = ("id", "status", "name", "label", "user.id", "group.id")
COLUMNS: Mapping[str, sa.Column[Any]] = {"id": schema.apps.c.id, "label": schema.apps.c.label}
MODES = (
    "AUTO_LOGIN",
    "BASIC_AUTH",
    "BOOKMARK",
    "BROWSER_PLUGIN",
    "OPENID_CONNECT",
    "SAML_1_1",
    "SAML_2_0",
    "SECURE_PASSWORD_STORE",
    "WS_FEDERATION",
)
ACTIVE, INACTIVE = "ACTIVE", "INACTIVE"
PROVISIONING = (
    "PUSH_NEW_USERS",
    "PUSH_PROFILE_UPDATES",
    "PUSH_USER_DEACTIVATION",
    "REACTIVATE_USERS",
    "IMPORT_NEW_USERS",
    "IMPORT_PROFILE_UPDATES",
)
KEPT = ("accessibility", "visibility", "credentials", "settings", "profile", "licensing")
LONGEST_LABEL = 100
Row = sa.Row[Any]


# --- routes ----------------------------------------------------------------------------------


@bp.get("/api/v1/apps")
def list_apps() -> Response:
    """List apps; `q` finds beginnings of labels and names, `filter` compares attributes."""
    args = current().args
    limit = LIMIT.asked()
    table = schema.apps
    query = select(table)
    wanted = predicate_of(Finder("filter", FILTERED), args)
    if wanted is not None:
        query = wanted.narrowed(query, COLUMNS)
    rows = chunks(query, table.c.id, size=max(limit + 1, 200))
    start = args.get("q", "").lower()
    found: Iterator[Row] = (row for row in rows if _starts(row, start))
    if wanted is not None:
        found = matching(found, _found, wanted.matches)
    kept, after = cut(found, limit)
    return page([show(row) for row in kept], limit=limit, after=after)


@bp.post("/api/v1/apps")
def create_app() -> Response:
    """Make an instance. Where a target of its kind can be reached it is connected to it at once."""
    here = service()
    body = Fields(read_object(), "app")
    label = _label(here, body)
    mode = _mode(body)
    kind = kind_of(body.text("name", "") or _slug(label))
    connected = here.connector(kind)
    app_id = here.org.apps.add(
        kind,
        label,
        capabilities=_capabilities(kind, is_connected=connected is not None),
        credentials=connected.credentials if connected else {},
        settings=connected.settings if connected else NOT_CONNECTED,
    )
    detail = _detail(body) | ({"signOnMode": mode} if mode else {})
    status = ACTIVE if query_flag("activate", default=True) else INACTIVE
    here.org.store.update(schema.apps, {"id": app_id}, detail=detail)
    if status == INACTIVE:
        _set_status(here, find(app_id), INACTIVE)
    here.org.core.log("application.lifecycle.create", "Create application", Named(app_id, label))
    return reply(show(find(app_id)))


@bp.get("/api/v1/apps/<app_id>")
def get_app(app_id: str) -> Response:
    return reply(show(find(app_id)))


@bp.put("/api/v1/apps/<app_id>")
def replace_app(app_id: str) -> Response:
    """Change the label, and what only the API shows."""
    here = service()
    app = find(app_id)
    body = Fields(read_object(), "app")
    label = _label(here, body, app)
    mode = _mode(body)
    kept = {name: value for name, value in (app.detail or {}).items() if name not in KEPT}
    detail = kept | _detail(body) | ({"signOnMode": mode} if mode else {})
    here.org.store.update(schema.apps, {"id": app.id}, label=label, detail=detail, changed=here.now)
    here.org.core.jobs_changed = True
    here.org.core.log("application.lifecycle.update", "Update application", Named(app.id, label))
    return reply(show(find(app_id)))


@bp.delete("/api/v1/apps/<app_id>")
def delete_app(app_id: str) -> Response:
    """Delete an INACTIVE app with its assignments, mappings and push rules; its target stays."""
    here = service()
    app = find(app_id)
    if _status(app) == ACTIVE:
        raise errors.delete_forbidden()
    if APP_DELETE_IS_500 in here.quirks and app.id not in here.undeletable:
        here.undeletable.add(app.id)
        raise errors.internal()
    here.org.apps.delete(app.label, keep_rules=RULES_OUTLIVE_APPS in here.quirks)
    return empty()


@bp.post("/api/v1/apps/<app_id>/lifecycle/activate")
def activate_app(app_id: str) -> Response:
    _set_status(service(), find(app_id), ACTIVE)
    return reply({})


@bp.post("/api/v1/apps/<app_id>/lifecycle/deactivate")
def deactivate_app(app_id: str) -> Response:
    """Nothing is sent to the app until it is activated again."""
    _set_status(service(), find(app_id), INACTIVE)
    return reply({})


@bp.get("/api/v1/apps/<app_id>/features")
def list_features(app_id: str) -> Response:
    """What provisioning does, in and out; refused while it is not enabled."""
    return reply(_features(find(app_id)))


@bp.get("/api/v1/apps/<app_id>/features/<name>")
def get_feature(app_id: str, name: str) -> Response:
    for feature in _features(find(app_id)):
        if feature["name"] == name:
            return reply(feature)
    raise errors.not_found(name, "Feature")


# --- finding ---------------------------------------------------------------------------------


def find(app_id: str) -> Row:
    """The app of that id; E0000007 where there is none."""
    row = service().org.store.get(schema.apps, id=app_id)
    if row is None:
        raise errors.not_found(app_id, "AppInstance")
    return row


def _starts(row: Row, start: str) -> bool:
    return row.label.lower().startswith(start) or name_of(row.kind).startswith(start)


def _found(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Apps with what a filter may compare beyond what is shown: who they are assigned to."""
    store = service().org.store
    return [
        {
            **show(row),
            "user": [{"id": one.user_id} for one in _assigned(row.id)],
            "group": [{"id": one.group_id} for one in store.all(schema.app_groups, app_id=row.id)],
        }
        for row in rows
    ]


def _assigned(app_id: str) -> list[Row]:
    table = schema.app_users
    query = select(table.c.user_id).where(
        table.c.app_id == app_id, table.c.status != "DEPROVISIONED"
    )
    return service().org.store.rows(query)


# --- changing --------------------------------------------------------------------------------

NOT_CONNECTED = {"provisioning": False, "group_push": False, "import_groups": False}


def _capabilities(kind: str, *, is_connected: bool) -> Capabilities:
    if is_connected:
        return adapters.load(kind).capabilities
    return Capabilities(linking=False, push_rules=False)


def _label(here: Service, body: Fields, app: Row | None = None) -> str:
    label = body.text("label").strip()
    if len(label) > LONGEST_LABEL:
        cause = f"label: must be between 1 and {LONGEST_LABEL} characters"
        raise errors.invalid("label", cause)
    twin = here.org.store.get(schema.apps, label=label)
    if twin is not None and (app is None or twin.id != app.id):
        raise errors.label_taken()
    return label


def _mode(body: Fields) -> str:
    mode = body.text("signOnMode", "")
    if mode and mode not in MODES:
        raise errors.invalid("signOnMode", f"signOnMode: must be one of {', '.join(MODES)}")
    return mode


def _slug(label: str) -> str:
    """The name of an app that is in no catalogue."""
    return (re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_") or "app") + "_1"


def _detail(body: Fields) -> dict[str, Any]:
    return {name: body.inner(name).found for name in KEPT if body.found.get(name) is not None}


def _status(app: Row) -> str:
    return str((app.detail or {}).get("status", ACTIVE))


def _set_status(here: Service, app: Row, status: str) -> None:
    """An INACTIVE app has its provisioning held, and gets it back as it was."""
    if status == _status(app):
        return
    detail = {**(app.detail or {}), "status": status}
    if status == INACTIVE:
        detail["provisioning"] = app.settings["provisioning"]
    provisioning = status == ACTIVE and detail.pop("provisioning", False)
    here.operator.change_app(app.label, {"provisioning": provisioning})
    here.org.store.update(schema.apps, {"id": app.id}, detail=detail)
    verb = "activate" if status == ACTIVE else "deactivate"
    message = f"{verb.title()} application"
    here.org.core.log(f"application.lifecycle.{verb}", message, named(app))


# --- showing ---------------------------------------------------------------------------------


def show(row: Row) -> dict[str, Any]:
    here = service()
    detail = row.detail or {}
    mode = _shown_mode(here, row, detail)
    is_bare = BARE_APPS in here.quirks and detail.get("signOnMode") == "AUTO_LOGIN"
    return {
        "id": row.id,
        "orn": f"orn:okta:idp:{here.constant_id('00o')}:apps:{name_of(row.kind)}:{row.id}",
        "name": name_of(row.kind),
        "label": row.label,
        "status": _status(row),
        "lastUpdated": stamp(row.changed or row.created),
        "created": stamp(row.created),
        "accessibility": {"selfService": False, "errorRedirectUrl": None, "loginRedirectUrl": None}
        | detail.get("accessibility", {}),
        "visibility": {
            "autoLaunch": False,
            "autoSubmitToolbar": False,
            "hide": {"iOS": False, "web": False},
            "appLinks": {"login": True},
        }
        | detail.get("visibility", {}),
        "features": [] if is_bare else features_of(row),
        "signOnMode": None if is_bare else mode,
        "credentials": _credentials() | detail.get("credentials", {}),
        "settings": {
            "app": {},
            "notifications": {"vpn": {"network": {"connection": "DISABLED"}}},
            "manualProvisioning": False,
            "implicitAssignment": False,
        }
        | detail.get("settings", {}),
        "_links": _links(row),
    } | ({"profile": detail["profile"]} if "profile" in detail else {})


def _credentials() -> dict[str, Any]:
    template = {"template": "${source.login}", "type": "BUILT_IN"}
    return {"userNameTemplate": template, "signing": {}}


def _shown_mode(here: Service, row: Row, detail: Mapping[str, Any]) -> str | None:
    """What was asked for; else SAML, which every client can decode. A directory has none."""
    if row.kind == "o365" and OFFICE_IS_WS_FEDERATION in here.quirks:
        return "WS_FEDERATION"
    default = None if row.capabilities["places"] else "SAML_2_0"
    mode: str | None = detail.get("signOnMode", default)
    return mode


def features_of(row: Row) -> list[str]:
    """Okta's names of what the app's provisioning does."""
    settings = row.settings
    if not settings["provisioning"]:
        return []
    found = ["GROUP_PUSH"] if settings["group_push"] else []
    found += PROVISIONING
    return found + (["GROUP_SYNC"] if settings["import_groups"] else [])


def _links(row: Row) -> dict[str, Any]:
    turn = "deactivate" if _status(row) == ACTIVE else "activate"
    return {
        "self": link(f"apps/{row.id}"),
        "users": link(f"apps/{row.id}/users"),
        "groups": link(f"apps/{row.id}/groups"),
        turn: link(f"apps/{row.id}/lifecycle/{turn}"),
        "logo": [
            {
                "name": "medium",
                "href": f"https://ok12static.oktacdn.com/fs/bcg/4/{name_of(row.kind)}",
                "type": "image/png",
            }
        ],
    }


def _features(app: Row) -> list[dict[str, Any]]:
    if not app.settings["provisioning"]:
        raise errors.invalid("app", PROVISIONING_OFF)
    on = {"status": "ENABLED"}
    imports = "ENABLED" if app.settings["import_groups"] else "DISABLED"
    return [
        {
            "name": "USER_PROVISIONING",
            "status": "ENABLED",
            "description": "User provisioning settings from Okta to a downstream application",
            "capabilities": {
                "create": {"lifecycleCreate": on},
                "update": {"profile": on, "lifecycleDeactivate": on, "password": _PASSWORD},
            },
            "_links": {"self": link(f"apps/{app.id}/features/USER_PROVISIONING")},
        },
        {
            "name": "INBOUND_PROVISIONING",
            "status": imports,
            "description": "In-bound provisioning settings from an application to Okta",
            "capabilities": _INBOUND,
            "_links": {"self": link(f"apps/{app.id}/features/INBOUND_PROVISIONING")},
        },
    ]


_PASSWORD = {"status": "DISABLED", "seed": "RANDOM", "change": "KEEP_EXISTING"}
_INBOUND = {
    "importSettings": {
        "schedule": {"status": "DISABLED"},
        "username": {"usernameFormat": "EMAIL"},
    },
    "importRules": {
        "userCreateAndMatch": {
            "exactMatchCriteria": "USERNAME",
            "allowPartialMatch": False,
            "autoConfirmPartialMatch": False,
            "autoConfirmExactMatch": True,
            "autoConfirmNewUsers": False,
            "autoActivateNewUsers": False,
        }
    },
}
