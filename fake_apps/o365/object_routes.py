"""The calls for objects of any type: by id, what they are members of, and the recycle bin."""

from typing import Any

from flask import Response, request

from . import checks, errors, queries, replies, wire
from .access import may_read, may_write, roles
from .entity import Entity
from .routing import directory, route
from .schema import GROUP, OBJECT_SCHEMA, SCHEMAS, USER, Schema

# --- by id -----------------------------------------------------------------------------------


@route("/directoryObjects/getByIds", "/directoryObjects/microsoft.graph.getByIds", method="POST")
def get_by_ids() -> Response:
    body = wire.body()
    ids, types = body.get("ids"), body.get("types") or list(SCHEMAS)
    if not isinstance(ids, list) or not isinstance(types, list):
        raise errors.invalid_value("ids", "DirectoryObject")
    given = replies.options()
    queries.check_options(given, queries.SINGLE)
    select, _ = queries.parse_shape(given, OBJECT_SCHEMA)
    wanted = set(SCHEMAS) if "directoryObject" in types else {str(each) for each in types}
    found = directory().get_by_ids(ids, sorted(wanted))
    suffix = "directoryObjects" if select is None else f"directoryObjects({','.join(select)})"
    return wire.reply(
        {
            "@odata.context": wire.context(suffix),
            "value": [row.typed_document(select) for row in found],
        }
    )


@route("/directoryObjects/<object_id>")
def get_object(object_id: str) -> Response:
    return replies.single(directory().object(object_id), OBJECT_SCHEMA)


@route("/directoryObjects/<object_id>", method="DELETE")
def delete_object(object_id: str) -> Response:
    may_write(directory().object(object_id).type)
    directory().delete_object(object_id, roles=roles())
    return wire.no_content()


# --- what it is a member of ------------------------------------------------------------------


def action(name: str) -> tuple[str, ...]:
    """The addresses of an action that users, groups and objects of any type have."""
    roots = ("users", "groups", "directoryObjects")
    return tuple(
        f"/{root}/<reference>/{prefix}{name}"
        for root in roots
        for prefix in ("", "microsoft.graph.")
    )


@route(*action("getMemberGroups"), method="POST")
def get_member_groups(reference: str) -> Response:
    return replies.texts(checks.member_groups(directory(), _asked_about(reference), wire.body()))


@route(*action("getMemberObjects"), method="POST")
def get_member_objects(reference: str) -> Response:
    return replies.texts(checks.member_groups(directory(), _asked_about(reference), wire.body()))


@route(*action("checkMemberGroups"), method="POST")
def check_member_groups(reference: str) -> Response:
    row = _asked_about(reference)
    return replies.texts(checks.memberships(directory(), row, wire.body(), "groupIds"))


@route(*action("checkMemberObjects"), method="POST")
def check_member_objects(reference: str) -> Response:
    row = _asked_about(reference)
    return replies.texts(checks.memberships(directory(), row, wire.body(), "ids"))


def _asked_about(reference: str) -> Entity:
    known, root = directory(), request.path.split("/")[2]
    look_up: Any = {"users": known.user, "groups": known.group}.get(root, known.object)
    found: Entity = look_up(reference)
    return found


# --- licences --------------------------------------------------------------------------------


def _updated(row: Entity, schema: Schema, status: int) -> Response:
    context = wire.context(f"{schema.context}/$entity")
    return wire.reply({"@odata.context": context, **row.document(None)}, status)


@route(
    "/users/<reference>/assignLicense",
    "/users/<reference>/microsoft.graph.assignLicense",
    method="POST",
)
def assign_user_license(reference: str) -> Response:
    return _updated(directory().assign_user_license(reference, wire.body()), USER, 200)


@route(
    "/groups/<group_id>/assignLicense",
    "/groups/<group_id>/microsoft.graph.assignLicense",
    method="POST",
)
def assign_group_license(group_id: str) -> Response:
    return _updated(directory().assign_group_license(group_id, wire.body()), GROUP, 202)


# --- the recycle bin -------------------------------------------------------------------------


@route("/directory/deletedItems/microsoft.graph.<type_name>")
def list_deleted_objects(type_name: str) -> Response:
    schema = _binned(type_name)
    return replies.collection(directory().deleted(type_name), replies.asked(schema), schema)


@route("/directory/deletedItems/microsoft.graph.<type_name>/$count")
def count_deleted_objects(type_name: str) -> Response:
    return replies.count(directory().deleted(type_name), _binned(type_name))


def _binned(type_name: str) -> Any:
    if type_name not in SCHEMAS:
        raise errors.unknown_segment(f"microsoft.graph.{type_name}")
    may_read(type_name)
    return SCHEMAS[type_name]


@route("/directory/deletedItems")
def list_deleted_objects_uncast() -> Response:
    raise errors.unsupported_on_set()


@route("/directory/deletedItems/<object_id>")
def get_deleted_object(object_id: str) -> Response:
    return replies.single(directory().deleted_object(object_id), OBJECT_SCHEMA)


@route("/directory/deletedItems/<object_id>", method="DELETE")
def purge_deleted_object(object_id: str) -> Response:
    may_write(directory().deleted_object(object_id).type)
    directory().purge(object_id)
    return wire.no_content()


@route("/directory/deletedItems/<object_id>/restore", method="POST")
def restore_deleted_object(object_id: str) -> Response:
    body = wire.body() if wire.raw(request.environ) else {}
    upn = body.get("newUserPrincipalName")
    if upn is not None and not isinstance(upn, str):
        raise errors.invalid_value("userPrincipalName", "User")
    may_write(directory().deleted_object(object_id).type)
    reconciles = body.get("autoReconcileProxyConflict") is True
    found = directory().restore(object_id, upn, reconciles=reconciles)
    return replies.single(found, OBJECT_SCHEMA)
