"""What Okta offers in its Admin Console only, under a prefix of our own: none is Okta's API.

Settings, push rules, finding a match, Push Now, relinking, retrying, imports, the error list with
probable causes, and what the engine has left to do. All of it is described in `openapi.py`.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, current_app
from sqlalchemy import func, select

from ..errors import Refused
from ..model import MappingStatus, PushRequest, PushRule
from ..org import schema
from ..org.settings import ORG
from . import errors, mappings, openapi
from .apps import find as find_app
from .catalogue import name_of
from .mappings import deed_of
from .service import Service, service
from .users import BASE, CUSTOM, OWN
from .wire import Fields, empty, read_object, read_optional, reply

PREFIX = "/_pushproof/v1"

bp = Blueprint("console", __name__, url_prefix=PREFIX)

Row = sa.Row[Any]
BULK = ("activate", "deactivate", "push-now", "unlink")
RULE_FIELDS = ("name", "attribute", "condition", "value", "immediately")


# --- the whole -------------------------------------------------------------------------------


@bp.get("/openapi.json")
def get_openapi() -> Response:
    """The OpenAPI document of all routes."""
    return reply(openapi.document(current_app))


@bp.get("/work")
def get_work() -> Response:
    """What the engine has left to do. It is settled while no job is due."""
    return reply(_work(service()))


@bp.patch("/work")
def hold_work() -> Response:
    """Hold the engine, so that what is asked for meanwhile begins together, or let it go on."""
    here = service()
    here.is_held = Fields(read_object(), "work").flag("held", default=False)
    return reply(_work(here))


@bp.get("/org")
def get_org() -> Response:
    """The org's settings."""
    return reply(_org_settings(service()))


@bp.patch("/org")
def change_org() -> Response:
    """Change settings of the org."""
    here = service()
    told = read_object()
    if "custom_attributes" in told:
        names = Fields(told, "org").texts("custom_attributes")
        here.org.core.change_setting(CUSTOM, _attributes(names))
    here.operator.change_org({k: v for k, v in told.items() if k != "custom_attributes"})
    return reply(_org_settings(here))


@bp.get("/quirks")
def get_quirks() -> Response:
    """What this API does that a reader of Okta's reference would not expect."""
    return reply([{**asdict(quirk), "on": on} for quirk, on in service().quirks])


@bp.patch("/quirks")
def switch_quirks() -> Response:
    """Switch quirks: id to true or false."""
    told = Fields(read_object(), "quirks")
    for quirk_id in told.found:
        try:
            service().quirks.switch(quirk_id, on=told.flag(quirk_id, default=False))
        except KeyError as fault:
            raise errors.invalid("quirks", str(fault.args[0])) from fault
    return get_quirks()


def _work(here: Service) -> dict[str, Any]:
    due = _next_due(here)
    return {
        "now": here.now,
        "nextDue": due,
        "settled": due is None or due > here.now,
        "held": here.is_held,
    }


def _next_due(here: Service) -> float | None:
    """When the earliest waiting job may go on. The engine's own answer would disturb its work."""
    jobs, apps = schema.jobs, schema.apps
    heads = (
        select(func.min(jobs.c.sequence))
        .where(jobs.c.failed.is_(False))
        .group_by(jobs.c.app_id, jobs.c.lane)
    )
    query = (
        select(jobs.c.not_before, apps.c.paused_until, apps.c.settings)
        .join(apps, apps.c.id == jobs.c.app_id)
        .where(jobs.c.sequence.in_(heads))
    )
    due = [
        max(row.not_before, row.paused_until)
        for row in here.org.store.rows(query)
        if row.settings["provisioning"]
    ]
    return min([*due, *(at for at, _ in here.deferred)], default=None)


def _org_settings(here: Service) -> dict[str, Any]:
    known = {name: here.org.core.setting(name, info.default) for name, info in ORG.items()}
    return known | {"custom_attributes": here.org.core.setting(CUSTOM, [])}


def _attributes(names: list[str]) -> list[str]:
    for name in names:
        if not (name.isidentifier() and name.isascii()) or name in {*BASE, *OWN}:
            raise errors.invalid("custom_attributes", f"{name!r} cannot be a custom attribute")
    return sorted({*names})


# --- an app ----------------------------------------------------------------------------------


@bp.get("/apps")
def list_apps() -> Response:
    """Every app with its settings, by label."""
    here = service()
    return reply([_app(here, row) for row in here.org.apps.all()])


@bp.get("/apps/<app_id>")
def get_app(app_id: str) -> Response:
    """One app: how it is set, what it can do, what was given to it."""
    return reply(_app(service(), find_app(app_id)))


@bp.patch("/apps/<app_id>")
def change_app(app_id: str) -> Response:
    """Change settings of the app."""
    here = service()
    app = find_app(app_id)
    told = read_object()
    if told.get("provisioning") is True:
        _check_connected(app)
    here.operator.change_app(app.label, told)
    return reply(_app(here, find_app(app_id)))


@bp.put("/apps/<app_id>/credentials")
def replace_credentials(app_id: str) -> Response:
    """Give the integration what the target issued anew."""
    here = service()
    app = find_app(app_id)
    _check_connected(app)
    told = read_object()
    for name, present in app.credentials.items():
        if not isinstance(told.get(name), type(present)):
            cause = f"{name}: must be there, and of the kind that it is of now"
            raise errors.invalid("credentials", cause)
    here.operator.replace_credentials(app.label, told)
    return empty()


@bp.post("/apps/<app_id>/reconnect")
def reconnect(app_id: str) -> Response:
    """Take the credentials that the target of this app has now."""
    here = service()
    app = find_app(app_id)
    connected = here.connector(app.kind)
    if connected is None:
        raise errors.invalid("app", f"no target of {app.label} can be reached from here")
    here.operator.replace_credentials(app.label, connected.credentials)
    return empty()


@bp.post("/apps/<app_id>/import-users")
def import_users(app_id: str) -> Response:
    """Match the target's accounts with assigned users."""
    service().operator.import_users(find_app(app_id).label)
    return reply({}, 202)


@bp.post("/apps/<app_id>/refresh-groups")
def refresh_groups(app_id: str) -> Response:
    """Refresh App Groups: after it the target's groups can be linked."""
    service().operator.refresh_app_groups(find_app(app_id).label)
    return reply({}, 202)


@bp.post("/apps/<app_id>/retry-all")
def retry_all(app_id: str) -> Response:
    """Retry All Groups: what failed is tried again."""
    service().operator.retry_all(find_app(app_id).label)
    return reply({}, 202)


@bp.get("/apps/<app_id>/users")
def list_app_users(app_id: str) -> Response:
    """Everybody who has or had the app, with what went wrong."""
    return reply([asdict(one) for one in service().operator.app_users(find_app(app_id).label)])


@bp.get("/apps/<app_id>/groups")
def list_linkable(app_id: str) -> Response:
    """The app's groups that the org knows and does not push: what can be linked."""
    rows = service().org.groups.of_app(find_app(app_id).id)
    return reply(
        [{"id": r.id, "name": r.name, "externalId": r.external_id, "place": r.place} for r in rows]
    )


@bp.get("/apps/<app_id>/errors")
def list_errors(app_id: str) -> Response:
    """Failed pushes and provisioning tasks, oldest first, each with its probable cause."""
    return reply([asdict(one) for one in service().operator.errors(find_app(app_id).label)])


def _check_connected(app: Row) -> None:
    if not app.credentials:
        raise errors.invalid("app", f"{app.label} is not connected to any target")


def _app(here: Service, row: Row) -> dict[str, Any]:
    view = asdict(here.operator.app(row.label))
    return {"id": row.id, "name": name_of(row.kind), **view}


# --- mappings --------------------------------------------------------------------------------


@bp.post("/apps/<app_id>/match")
def find_match(app_id: str) -> Response:
    """What pushing this group now would do, and why."""
    app = find_app(app_id)
    found = service().operator.find_match(_request(app, Fields(read_object(), "match")))
    return reply({**asdict(found), "kind": found.kind.name})


@bp.get("/apps/<app_id>/mappings")
def list_mappings(app_id: str) -> Response:
    """The Push Groups tab: every mapping with its origin, its work and its known members."""
    return reply([asdict(one) for one in service().operator.mappings(find_app(app_id).label)])


@bp.post("/apps/<app_id>/mappings/bulk")
def edit_mappings(app_id: str) -> Response:
    """Bulk edit: do one thing to several mappings; answers what became of each."""
    app = find_app(app_id)
    body = Fields(read_object(), "bulk")
    action = body.one_of("action", BULK)
    deletes = body.flag("deleteTargetGroup", default=False)
    done: list[dict[str, str | None]] = []
    for mapping_id in dict.fromkeys(body.texts("ids")):
        try:
            _do(app, mapping_id, action, deletes=deletes)
        except Refused as refused:
            done.append({"id": mapping_id, "error": str(refused)})
        except errors.OktaError as refused:
            done.append({"id": mapping_id, "error": refused.summary})
        else:
            done.append({"id": mapping_id, "error": None})
    return reply(done)


@bp.post("/apps/<app_id>/mappings/<mapping_id>/push-now")
def push_now(app_id: str, mapping_id: str) -> Response:
    """Push Now: send everything again."""
    _do(find_app(app_id), mapping_id, "push-now")
    return reply({}, 202)


@bp.post("/apps/<app_id>/mappings/<mapping_id>/allow-removals")
def allow_removals(app_id: str, mapping_id: str) -> Response:
    """Let a push go on whose removals were held back by the app's limits, this once."""
    app = find_app(app_id)
    service().operator.allow_removals(app.label, _source_name(app, mapping_id))
    return reply({}, 202)


@bp.post("/apps/<app_id>/mappings/<mapping_id>/unlink")
def unlink(app_id: str, mapping_id: str) -> Response:
    """Give a mapping up, whatever its status, with or without its target group."""
    deletes = Fields(read_optional(), "unlink").flag("deleteTargetGroup", default=False)
    _do(find_app(app_id), mapping_id, "unlink", deletes=deletes)
    return reply({}, 202)


@bp.post("/apps/<app_id>/mappings/<mapping_id>/relink")
def relink(app_id: str, mapping_id: str) -> Response:
    """Change the linked group: take over another group of the app, by its name."""
    app = find_app(app_id)
    group = _source_name(app, mapping_id)
    name = Fields(read_object(), "relink").text("targetGroupName")
    service().operator.relink(app.label, group, link_to=name)
    return reply({}, 202)


def _source_name(app: Row, mapping_id: str) -> str:
    return str(service().org.groups.get(mappings.find(app, mapping_id).group_id).name)


def _do(app: Row, mapping_id: str, action: str, *, deletes: bool = False) -> None:
    here = service()
    group = _source_name(app, mapping_id)
    match action:
        case "push-now":
            here.operator.push_now(app.label, group)
        case "unlink":
            here.operator.unlink(app.label, group, delete_group=deletes)
        case _:
            status = MappingStatus.ACTIVE if action == "activate" else MappingStatus.INACTIVE
            deed_of(here, status)(app.label, group)


def _request(app: Row, body: Fields) -> PushRequest:
    """A push as the console's form has it: the group and the target by name."""
    return PushRequest(
        group=body.text("group"),
        app=app.label,
        target_name=body.text("targetName", "") or None,
        link_to=body.text("linkTo", "") or None,
        immediately=body.flag("immediately", default=True),
        place=body.text("place", "") or None,
        scope=body.text("scope", ""),
        kind=body.text("kind", ""),
        sam_account_name=body.text("samAccountName", ""),
    )


@bp.post("/apps/<app_id>/mappings")
def push_group(app_id: str) -> Response:
    """Push a group by name, as the console's form does it: also with its special choices."""
    here = service()
    app = find_app(app_id)
    request = _request(app, Fields(read_object(), "push"))
    here.operator.push_group(request)
    return reply({"id": here.org.pushing.find(app.label, request.group).id}, 201)


# --- push rules ------------------------------------------------------------------------------


@bp.get("/apps/<app_id>/push-rules")
def list_push_rules(app_id: str) -> Response:
    """The app's push rules, by name."""
    return reply([asdict(rule) for rule in service().org.push_rules.of_app(find_app(app_id))])


@bp.post("/apps/<app_id>/push-rules")
def create_push_rule(app_id: str) -> Response:
    """Push every group that the rule finds, now and as they appear."""
    app = find_app(app_id)
    body = _rule_fields()
    rule = PushRule(
        name=body.text("name"),
        app=app.label,
        condition=body.text("condition"),
        value=body.text("value"),
        attribute=body.text("attribute", "name"),
        immediately=body.flag("immediately", default=True),
    )
    service().operator.create_push_rule(rule)
    return reply(asdict(rule), 201)


@bp.patch("/apps/<app_id>/push-rules/<name>")
def edit_push_rule(app_id: str, name: str) -> Response:
    """Change fields of a rule; groups that match now are pushed."""
    app = find_app(app_id)
    body = _rule_fields()
    changes: dict[str, Any] = {
        field: body.text(field) for field in RULE_FIELDS[:-1] if field in body
    }
    if "immediately" in body:
        changes["immediately"] = body.flag("immediately", default=True)
    here = service()
    here.operator.edit_push_rule(app.label, name, changes)
    return reply(_rule_of(here, app, changes.get("name", name)))


@bp.post("/apps/<app_id>/push-rules/<name>/delete")
def delete_push_rule(app_id: str, name: str) -> Response:
    """Delete a rule; with its mappings, and those with their target groups, if asked to."""
    body = Fields(read_optional(), "delete")
    service().operator.delete_push_rule(
        find_app(app_id).label,
        name,
        with_mappings=body.flag("withMappings", default=False),
        delete_groups=body.flag("deleteTargetGroups", default=False),
    )
    return empty()


def _rule_fields() -> Fields:
    found = read_object()
    for name in found:
        if name not in RULE_FIELDS:
            cause = f"a push rule has no field {name!r}; it has: {', '.join(RULE_FIELDS)}"
            raise errors.invalid("rule", cause)
    return Fields(found, "rule")


def _rule_of(here: Service, app: Row, name: str) -> Mapping[str, Any]:
    found = [rule for rule in here.org.push_rules.of_app(app) if rule.name == name]
    return asdict(found[0])
