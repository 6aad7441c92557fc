"""The calls for members, owners and managers, and for what an object is a member of."""

from flask import Response, request

from . import errors, replies, wire
from .access import may_write, roles
from .links import reference_id
from .records import Rows
from .routing import directory, route
from .schema import USER


def forms(path: str, *types: str) -> tuple[str, ...]:
    """A path, and the same with each type it can be cast to."""
    return (path, *(f"{path}/microsoft.graph.{name}" for name in types))


def counted(path: str, *types: str) -> tuple[str, ...]:
    return tuple(f"{form}/$count" for form in forms(path, *types))


def _linked(group_id: str, relation: str) -> Rows:
    return directory().linked(group_id, relation, eventual=wire.is_eventual())


# --- members and owners of a group -----------------------------------------------------------


@route("/groups/<group_id>/members")
def list_members(group_id: str) -> Response:
    return replies.objects(_linked(group_id, "members"))


@route("/groups/<group_id>/members/microsoft.graph.user")
def list_user_members(group_id: str) -> Response:
    return replies.objects(_linked(group_id, "members"))


@route("/groups/<group_id>/members/microsoft.graph.group")
def list_group_members(group_id: str) -> Response:
    return replies.objects(_linked(group_id, "members"))


@route("/groups/<group_id>/owners")
def list_owners(group_id: str) -> Response:
    return replies.objects(_linked(group_id, "owners"))


@route("/groups/<group_id>/owners/microsoft.graph.user")
def list_user_owners(group_id: str) -> Response:
    return replies.objects(_linked(group_id, "owners"))


@route("/groups/<group_id>/members/$ref")
def list_member_refs(group_id: str) -> Response:
    return replies.references(_linked(group_id, "members"))


@route("/groups/<group_id>/owners/$ref")
def list_owner_refs(group_id: str) -> Response:
    return replies.references(_linked(group_id, "owners"))


@route("/groups/<group_id>/members/$count", *counted("/groups/<group_id>/members", "group")[1:])
def count_members(group_id: str) -> Response:
    return replies.count(_linked(group_id, "members"))


@route("/groups/<group_id>/members/microsoft.graph.user/$count")
def count_user_members(group_id: str) -> Response:
    return replies.count(_linked(group_id, "members"))


@route(*counted("/groups/<group_id>/owners", "user"))
def count_owners(group_id: str) -> Response:
    return replies.count(_linked(group_id, "owners"))


@route("/groups/<group_id>/transitiveMembers")
def list_transitive_members(group_id: str) -> Response:
    return replies.objects(directory().transitive_members(group_id))


@route("/groups/<group_id>/transitiveMembers/microsoft.graph.user")
def list_transitive_user_members(group_id: str) -> Response:
    return replies.objects(directory().transitive_members(group_id))


@route("/groups/<group_id>/transitiveMembers/microsoft.graph.group")
def list_transitive_group_members(group_id: str) -> Response:
    return replies.objects(directory().transitive_members(group_id))


@route(*counted("/groups/<group_id>/transitiveMembers", "user", "group"))
def count_transitive_members(group_id: str) -> Response:
    return replies.count(directory().transitive_members(group_id))


# --- what an object is a member of -----------------------------------------------------------


@route(*forms("/users/<reference>/memberOf", "group"))
def list_member_of(reference: str) -> Response:
    return replies.objects(directory().groups_of(directory().user(reference).id))


@route(*forms("/users/<reference>/transitiveMemberOf", "group"))
def list_transitive_member_of(reference: str) -> Response:
    return replies.objects(directory().transitive_groups_of(directory().user(reference).id))


@route(*counted("/users/<reference>/memberOf", "group"))
def count_member_of(reference: str) -> Response:
    return replies.count(directory().groups_of(directory().user(reference).id))


@route(*counted("/users/<reference>/transitiveMemberOf", "group"))
def count_transitive_member_of(reference: str) -> Response:
    return replies.count(directory().transitive_groups_of(directory().user(reference).id))


@route(*forms("/groups/<group_id>/memberOf", "group"))
def list_group_member_of(group_id: str) -> Response:
    return replies.objects(directory().groups_of(directory().group(group_id).id))


@route(*forms("/groups/<group_id>/transitiveMemberOf", "group"))
def list_group_transitive_member_of(group_id: str) -> Response:
    return replies.objects(directory().transitive_groups_of(directory().group(group_id).id))


@route(*counted("/groups/<group_id>/memberOf", "group"))
def count_group_member_of(group_id: str) -> Response:
    return replies.count(directory().groups_of(directory().group(group_id).id))


@route(*counted("/groups/<group_id>/transitiveMemberOf", "group"))
def count_group_transitive_member_of(group_id: str) -> Response:
    return replies.count(directory().transitive_groups_of(directory().group(group_id).id))


# --- joining and leaving ---------------------------------------------------------------------


@route("/groups/<group_id>/members/$ref", method="POST")
def add_member(group_id: str) -> Response:
    directory().add_link(group_id, "members", _reference(), roles=roles())
    return wire.no_content()


@route("/groups/<group_id>/owners/$ref", method="POST")
def add_owner(group_id: str) -> Response:
    directory().add_link(group_id, "owners", _reference(), roles=roles())
    return wire.no_content()


@route(
    "/groups/<group_id>/members/<object_id>/$ref",
    "/groups/<group_id>/members/$ref",
    method="DELETE",
)
def remove_member(group_id: str, object_id: str = "") -> Response:
    directory().remove_link(group_id, "members", object_id or _query_id(), roles=roles())
    return wire.no_content()


@route(
    "/groups/<group_id>/owners/<object_id>/$ref",
    "/groups/<group_id>/owners/$ref",
    method="DELETE",
)
def remove_owner(group_id: str, object_id: str = "") -> Response:
    directory().remove_link(group_id, "owners", object_id or _query_id(), roles=roles())
    return wire.no_content()


@route("/groups/<group_id>/members/<object_id>", method="DELETE")
def delete_member_object(group_id: str, object_id: str) -> Response:
    directory().group(group_id)
    may_write(directory().object(object_id).type)
    directory().delete_member_object(group_id, object_id)
    return wire.no_content()


def _reference() -> str:
    environ = request.environ
    if not wire.raw(environ):
        raise errors.unexpected_json("EndOfInput")
    return reference_id(wire.body(environ).get("@odata.id"))


def _query_id() -> str:
    return reference_id(request.args.get("@id"))


# --- managers --------------------------------------------------------------------------------


@route("/users/<reference>/manager")
def get_manager(reference: str) -> Response:
    return replies.single(directory().manager(reference), USER)


@route("/users/<reference>/manager/$ref", method="PUT")
def set_manager(reference: str) -> Response:
    directory().set_manager(reference, _reference())
    return wire.no_content()


@route("/users/<reference>/manager/$ref", method="DELETE")
def remove_manager(reference: str) -> Response:
    directory().remove_manager(reference)
    return wire.no_content()


@route("/users/<reference>/directReports", "/users/<reference>/directReports/microsoft.graph.user")
def list_direct_reports(reference: str) -> Response:
    return replies.objects(directory().reports(directory().user(reference).id))
