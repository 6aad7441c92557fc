"""Group push mappings: the five endpoints.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/GroupPushMapping/ and the
recordings https://github.com/okta/terraform-provider-okta
test/fixtures/vcr/idaas/TestAccResourceOktaPushGroup_crud.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response
from sqlalchemy import func, select

from ..model import GroupType, MappingStatus, PushRequest
from ..org import schema
from ..org.apps import pushing_refusal
from ..org.pushing import KINDS, SCOPES
from . import errors
from .apps import find as find_app
from .paging import Limit, chunks, cut, page
from .quirks import (
    ACTIVE_IS_NOT_DELETED,
    CREATE_MAPPING_IS_200,
    DELETE_MAPPING_IS_200,
    DOMAIN_LOCAL_FAILS,
    EMPTY_APP_CONFIG,
    ERROR_IS_STUCK,
    GONE_IS_404,
    NO_LINK_BY_NAME,
    TARGET_NAME_YIELDS,
)
from .service import Service, service
from .users import query_flag
from .wire import Fields, current, empty, link, moment, plain_stamp, read_object, reply

bp = Blueprint("mappings", __name__)

LIMIT = Limit(100, 1000)
SETTABLE = (MappingStatus.ACTIVE.value, MappingStatus.INACTIVE.value)
STATUSES = (*SETTABLE, MappingStatus.ERROR.value)
FIELDS = ("sourceGroupId", "status", "targetGroupId", "targetGroupName", "appConfig")
WHAT = "groupPushMapping"
IN_DIRECTORY = re.compile(r"\s*[A-Za-z][\w.-]*\s*=\s*\S.*", re.DOTALL)  # a part of a name
BETWEEN_PARTS = re.compile(r"(?<!\\),")
AD_FIELDS = ("type", "distinguishedName", "groupScope", "groupType", "samAccountName")
Row = sa.Row[Any]

# Put together once: that costs more than running it.
_OF_APP = select(schema.mappings).where(schema.mappings.c.app_id == sa.bindparam("app"))


# --- routes ----------------------------------------------------------------------------------


@bp.get("/api/v1/apps/<app_id>/group-push/mappings")
def list_mappings(app_id: str) -> Response:
    """List an app's mappings. The link to itself tells the limit and nothing else, as recorded."""
    app = find_app(app_id)
    limit = LIMIT.asked()
    found = chunks(_filtered(_OF_APP), schema.mappings.c.id, size=limit + 1, app=app.id)
    rows, after = cut(found, limit)
    return page([show(row) for row in rows], limit=limit, after=after, self_query={"limit": limit})


@bp.post("/api/v1/apps/<app_id>/group-push/mappings")
def create_mapping(app_id: str) -> Response:
    """Push a group: link the app group of `targetGroupId`, or make one of `targetGroupName`."""
    here = service()
    app = find_app(app_id)
    body = _read(read_object())
    refusal = pushing_refusal(app)
    if refusal is not None:
        raise refusal
    mapping_id = _create(here, app, body)
    mapping = find(app, mapping_id)
    if DOMAIN_LOCAL_FAILS in here.quirks and mapping.options.get("scope") == "DOMAIN_LOCAL":
        _fail(here, mapping)
        mapping = find(app, mapping_id)
    return reply(show(mapping), 200 if CREATE_MAPPING_IS_200 in here.quirks else 201)


@bp.get("/api/v1/apps/<app_id>/group-push/mappings/<mapping_id>")
def get_mapping(app_id: str, mapping_id: str) -> Response:
    return reply(show(find(find_app(app_id), mapping_id)))


@bp.patch("/api/v1/apps/<app_id>/group-push/mappings/<mapping_id>")
def update_mapping(app_id: str, mapping_id: str) -> Response:
    """Activate a mapping, which begins with a full push, or pause it."""
    here = service()
    app = find_app(app_id)
    mapping = find(app, mapping_id)
    status = Fields(read_object(), WHAT).one_of("status", SETTABLE)
    if mapping.status == MappingStatus.ERROR and ERROR_IS_STUCK in here.quirks:
        raise errors.invalid(WHAT, "a mapping in ERROR cannot be changed")
    if status != mapping.status:
        group = here.org.groups.get(mapping.group_id).name
        turn = deed_of(here, status)
        turn(app.label, group)
    return reply(show(find(app, mapping.id)))


@bp.delete("/api/v1/apps/<app_id>/group-push/mappings/<mapping_id>")
def delete_mapping(app_id: str, mapping_id: str) -> Response:
    """Give a mapping up, with or without its target group; an ACTIVE one has to be paused first.

    While the target group is being deleted the mapping is still there.
    """
    here = service()
    app = find_app(app_id)
    deletes = query_flag("deleteTargetGroup", default=False)
    mapping = here.org.mappings.get(mapping_id)
    if mapping is None or mapping.app_id != app.id:
        if GONE_IS_404 in here.quirks:
            raise _missing(mapping_id)
        return _deleted(here)
    _check_deletable(here, mapping)
    group = here.org.groups.get(mapping.group_id).name
    here.operator.unlink(app.label, group, delete_group=deletes)
    return _deleted(here)


def _deleted(here: Service) -> Response:
    return empty(200 if DELETE_MAPPING_IS_200 in here.quirks else 204)


def _check_deletable(here: Service, mapping: Row) -> None:
    if mapping.status == MappingStatus.ACTIVE and ACTIVE_IS_NOT_DELETED in here.quirks:
        cause = "the mapping is ACTIVE; set its status to INACTIVE before it is deleted"
        raise errors.invalid(WHAT, cause)
    if mapping.status == MappingStatus.ERROR and ERROR_IS_STUCK in here.quirks:
        raise errors.invalid(WHAT, "a mapping in ERROR cannot be deleted")


# --- finding ---------------------------------------------------------------------------------


def find(app: Row, mapping_id: str) -> Row:
    """The app's mapping of that id; E0000007 where there is none."""
    row = service().org.mappings.get(mapping_id)
    if row is None or row.app_id != app.id:
        raise _missing(mapping_id)
    return row


def _missing(mapping_id: str) -> errors.OktaError:
    return errors.not_found(mapping_id, "GroupPushMapping")


def _filtered(query: sa.Select[Any]) -> sa.Select[Any]:
    args, table = current().args, schema.mappings
    if "sourceGroupId" in args:
        query = query.where(table.c.group_id == args["sourceGroupId"])
    if "status" in args:
        if args["status"] not in STATUSES:
            raise errors.invalid("status", f"status: must be one of {', '.join(STATUSES)}")
        query = query.where(table.c.status == args["status"])
    if "lastUpdated" in args:
        since = moment(args["lastUpdated"])
        if since is None:
            raise errors.invalid("lastUpdated", "lastUpdated: must be as 2026-01-31T12:00:00Z")
        query = query.where(func.coalesce(table.c.changed, table.c.created) >= since)
    return query


# --- making ----------------------------------------------------------------------------------


def deed_of(here: Service, status: str) -> Callable[[str, str], None]:
    """What makes a mapping have that status."""
    is_active = status == MappingStatus.ACTIVE
    return here.operator.activate_mapping if is_active else here.operator.deactivate_mapping


def _read(found: dict[str, Any]) -> Fields:
    """The request, of which nothing may be null, with one target and one only."""
    body = Fields(found, WHAT)
    for name in FIELDS:
        if name in body and found[name] is None:
            raise errors.invalid(name, f"{name}: must not be null")
    body.text("sourceGroupId")
    body.one_of("status", SETTABLE, MappingStatus.ACTIVE.value)
    targets = [name for name in ("targetGroupId", "targetGroupName") if name in body]
    if len(targets) != 1:
        cause = "exactly one of targetGroupId and targetGroupName must be given"
        raise errors.invalid(WHAT, cause)
    body.text(targets[0])
    return body


def _create(here: Service, app: Row, body: Fields) -> str:
    source = _source(here, body.text("sourceGroupId"))
    target = _target(here, app, body) if "targetGroupId" in body else None
    request = PushRequest(
        group=source.name,
        app=app.label,
        target_name=None if target is not None else _target_name(here, app, source, body),
        link_to=target.name if target is not None else None,
        immediately=body.text("status", "ACTIVE") == MappingStatus.ACTIVE,
        **_config(app, body, is_link=target is not None),
    )
    if target is None:
        return here.org.pushing.push(request)
    # Where a linked group is stands in the directory: what the request says is only shown again.
    mapping_id = here.org.pushing.push(replace(request, place=None), target_group_id=target.id)
    _keep_place(here, mapping_id, request.place)
    return mapping_id


def _keep_place(here: Service, mapping_id: str, place: str | None) -> None:
    mapping = here.org.mappings.get(mapping_id)
    if mapping is not None and place is not None:
        options = {**mapping.options, "place": place}
        here.org.store.update(schema.mappings, {"id": mapping_id}, options=options)


def _source(here: Service, group_id: str) -> Row:
    row = here.org.store.get(schema.groups, id=group_id)
    if row is None:
        raise errors.invalid("sourceGroupId", f"sourceGroupId: there is no group {group_id}")
    if row.type == GroupType.APP_GROUP:
        cause = "sourceGroupId: only a group of Okta's own can be pushed"
        raise errors.invalid("sourceGroupId", cause)
    return row


def _target(here: Service, app: Row, body: Fields) -> Row:
    group_id = body.text("targetGroupId")
    row = here.org.store.get(schema.groups, id=group_id)
    if row is None or row.app_id != app.id:
        cause = f"targetGroupId: there is no group {group_id} of {app.label}"
        raise errors.invalid("targetGroupId", cause)
    if here.org.mappings.by_target(row.id) is not None:
        cause = f"targetGroupId: {row.name} is pushed already"
        raise errors.invalid("targetGroupId", cause)
    return row


def _target_name(here: Service, app: Row, source: Row, body: Fields) -> str:
    name = body.text("targetGroupName")
    yields = app.settings["rename_app_groups"] and name != source.name
    if yields and TARGET_NAME_YIELDS not in here.quirks:
        cause = (
            "targetGroupName: app groups are renamed to match group names in Okta, "
            f"and the source group is named {source.name}"
        )
        raise errors.invalid("targetGroupName", cause)
    is_imported = any(row.name == name for row in here.org.groups.of_app(app.id))
    if is_imported and NO_LINK_BY_NAME in here.quirks:
        cause = f"targetGroupName: {name} was imported; give its targetGroupId"
        raise errors.invalid("targetGroupName", cause)
    return name


def _config(app: Row, body: Fields, *, is_link: bool) -> dict[str, Any]:
    """Active Directory's part of the request: required there, refused everywhere else."""
    if not app.capabilities["places"]:
        if "appConfig" in body:
            raise errors.invalid("appConfig", f"appConfig: {app.label} takes none")
        return {}
    if "appConfig" not in body and is_link:
        return {}
    config = body.inner("appConfig", required=True)
    config.what = "appConfig"
    for name in AD_FIELDS:
        config.text(name)
    if config.text("type") != "ACTIVE_DIRECTORY":
        raise errors.invalid("appConfig", "type: must be ACTIVE_DIRECTORY")
    if not all(map(IN_DIRECTORY.fullmatch, BETWEEN_PARTS.split(config.text("distinguishedName")))):
        cause = "distinguishedName: must be as OU=Groups,DC=example,DC=com"
        raise errors.invalid("appConfig", cause)
    return {
        "place": _container(config.text("distinguishedName")),
        "scope": config.one_of("groupScope", SCOPES),
        "kind": config.one_of("groupType", KINDS),
        "sam_account_name": config.text("samAccountName"),
    }


def _container(name: str) -> str:
    """Where the group is made. The examples give its container, others the group's own name.

    A common name beneath an organizational unit can only be the group's own.
    """
    first, _, rest = name.partition(",")
    rest = rest.strip()
    is_own = first.strip().upper().startswith("CN=") and rest.upper().startswith("OU=")
    return rest if is_own else name


def _fail(here: Service, mapping: Row) -> None:
    """With the quirk that DOMAIN_LOCAL mappings never push."""
    here.org.core.drop_jobs(mapping.id)
    here.org.mappings.update(
        mapping.id,
        status=MappingStatus.ERROR.value,
        error=(
            f"Unable to update Group Push mapping target App group {mapping.target_name}: "
            f"Error while creating user group {mapping.target_name}"
        ),
        error_at=here.now,
        failure=_UNEXPLAINED,
    )


_UNEXPLAINED = {
    "operation": "create",
    "step": "create",
    "kind": "refused",
    "code": "",
    "message": "",
    "reason": "",
    "missing": "",
    "attempts": 1,
    "call": "",
    "users": [],
}


# --- showing ---------------------------------------------------------------------------------


def show(row: Row) -> dict[str, Any]:
    """A mapping as recorded; the name that was asked for is never told."""
    shown: dict[str, Any] = {
        "created": plain_stamp(row.created),
        "id": row.id,
        "lastUpdated": plain_stamp(row.changed or row.created),
        "sourceGroupId": row.group_id,
        "status": row.status,
        "targetGroupId": row.target_group_id,
    }
    if row.last_push is not None:
        shown["lastPush"] = plain_stamp(row.last_push)
    if row.error:
        shown["errorSummary"] = row.error
    if row.options.get("place"):
        shown["appConfig"] = _shown_config(row)
    elif EMPTY_APP_CONFIG in service().quirks:
        shown["appConfig"] = {}
    shown["_links"] = {
        "app": link(f"apps/{row.app_id}"),
        "sourceGroup": link(f"groups/{row.group_id}"),
        "targetGroup": link(f"groups/{row.target_group_id}"),
    }
    return shown


def _shown_config(row: Row) -> dict[str, str]:
    return {
        "type": "ACTIVE_DIRECTORY",
        "distinguishedName": row.options["place"],
        "groupScope": row.options["scope"],
        "groupType": row.options["kind"],
        "samAccountName": row.options["sam_account_name"] or row.target_name,
    }
