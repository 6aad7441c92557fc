"""The calls: read the request, ask the organisation, write the reply. Endpoint = operation id."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from ..core import scim
from ..core.app import current
from . import discovery, errors, filters, quirks, web, wire
from .entity import Group, User, group_document, user_document
from .state import Organisation

bp = Blueprint("slack", __name__)
View = Callable[..., Response]


def route(*rules: str, method: str = "GET", only: str = "") -> Callable[[View], View]:
    """One operation under both versions, or under one."""

    def mark(view: View) -> View:
        for rule in rules:
            for version in [only] if only else ["v1", "v2"]:
                bp.add_url_rule(f"/scim/{version}{rule}", view.__name__, view, methods=[method])
        return view

    return mark


def organisation() -> Organisation:
    found: Organisation = current().state
    return found


# --- discovery -------------------------------------------------------------------------------


@route("/ServiceProviderConfigs", "/ServiceProviderConfig")
def get_config() -> Response:
    return wire.reply(discovery.config(wire.words()))


@route("/ResourceTypes", only="v2")
def list_resource_types() -> Response:
    return wire.reply(discovery.resource_types())


@route("/Schemas", only="v2")
def list_schemas() -> Response:
    return wire.reply(discovery.schemas(wire.words()))


@route("/Schemas/Users")
def get_user_schema() -> Response:
    return wire.reply(discovery.user_schema(wire.words()))


@route("/Schemas/Groups")
def get_group_schema() -> Response:
    return wire.reply(discovery.group_schema(wire.words()))


# --- users -----------------------------------------------------------------------------------


@route("/Users")
def list_users() -> Response:
    quirk_set = current().quirks
    ignores = wire.words().is_v2 and quirks.V2_FILTERS not in quirk_set
    wanted = None if ignores else _filter(filters.USERS)
    window = wire.window(request.args)
    rows, total = organisation().list_users(window, wanted)
    return _page([_user(row) for row in rows], total, window)


@route("/Users/<user_id>")
def get_user(user_id: str) -> Response:
    return wire.reply(_user(organisation().user(user_id)))


@route("/Users", method="POST")
def create_user() -> Response:
    return wire.reply(_user(organisation().people.create(wire.body())), 201)


@route("/Users/<user_id>", method="PUT")
def put_user(user_id: str) -> Response:
    return wire.reply(_user(organisation().people.put(user_id, wire.body())))


@route("/Users/<user_id>", method="PATCH")
def patch_user(user_id: str) -> Response:
    org = organisation()
    change = org.people.patch if not wire.words().is_v2 else org.people.apply
    return wire.reply(_user(change(user_id, wire.body())))


@route("/Users/<user_id>", method="DELETE")
def delete_user(user_id: str) -> Response:
    organisation().people.delete(user_id)
    is_200 = not wire.words().is_v2 and quirks.DELETED_USER_IS_200 in current().quirks
    return wire.nothing(200 if is_200 else 204)


# --- groups ----------------------------------------------------------------------------------


@route("/Groups")
def list_groups() -> Response:
    wanted = _filter(filters.GROUPS) if quirks.GROUPS_ARE_FILTERED in current().quirks else None
    window = wire.window(request.args)
    rows, total = organisation().list_groups(window, wanted)
    return _page([_group(row) for row in rows], total, window)


@route("/Groups/<group_id>")
def get_group(group_id: str) -> Response:
    return wire.reply(_group(organisation().group(group_id)))


@route("/Groups", method="POST")
def create_group() -> Response:
    return wire.reply(_group(organisation().grouping.create(wire.body())), 201)


@route("/Groups/<group_id>", method="PUT")
def put_group(group_id: str) -> Response:
    return wire.reply(_group(organisation().grouping.put(group_id, wire.body())))


@route("/Groups/<group_id>", method="PATCH")
def patch_group(group_id: str) -> Response:
    org = organisation()
    if wire.words().is_v2:
        return wire.reply(_group(org.grouping.apply(group_id, wire.body())))
    group = org.grouping.patch(group_id, wire.body())
    is_silent = quirks.GROUP_PATCH_IS_SILENT in current().quirks
    return wire.nothing() if is_silent else wire.reply(_group(group))


@route("/Groups/<group_id>", method="DELETE")
def delete_group(group_id: str) -> Response:
    organisation().grouping.delete(group_id)
    return wire.nothing()


# --- the Web API -----------------------------------------------------------------------------


@bp.route("/api/auth.test", methods=["GET", "POST"])
def auth_test() -> Response:
    return wire.reply(web.auth_test(organisation()))


@bp.route("/api/usergroups.list", methods=["GET", "POST"])
def list_usergroups() -> Response:
    return wire.reply(web.usergroups(organisation(), request.values))


@bp.route("/api/usergroups.users.list", methods=["GET", "POST"])
def list_usergroup_users() -> Response:
    return wire.reply(web.usergroup_users(organisation(), request.values))


# --- replies ---------------------------------------------------------------------------------


def _filter(known: frozenset[str]) -> scim.Filter | None:
    text = request.args.get("filter")
    if text is None:
        return None
    if len(text) > scim.MAX_FILTER:
        raise errors.invalid_query()
    loose = quirks.FILTERS_ARE_LOOSE in current().quirks
    return filters.read_filter(text, known, loose=loose)


def _page(resources: list[Any], total: int, window: scim.Window) -> Response:
    schema = wire.words().page
    return wire.reply(scim.list_response(resources, total=total, start=window.start, schema=schema))


def _user(user: User) -> dict[str, Any]:
    org = organisation()
    active, groups = org.looks_active(user), org.groups_of(user.id)
    return user_document(user, groups, wire.words(), active=active, domain=web.address(org))


def _group(group: Group) -> dict[str, Any]:
    return group_document(group, organisation().members_of(group.id), wire.words())
