"""The calls: read the request, ask the organisation, write the reply. Endpoint = operation id."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, request

from ..core import scim
from ..core.app import current
from . import discovery, errors, filters, quirks, web, web_routes, wire
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
    window = _window()
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
    before, user = org.users.get(user_id), change(user_id, wire.body())
    if before is not None and quirks.PHOTOS_COME_LATER in current().quirks:
        user = replace(user, values={**user.values, "photos": before.values.get("photos")})
    return wire.reply(_user(user))


@route("/Users/<user_id>", method="DELETE")
def delete_user(user_id: str) -> Response:
    organisation().people.delete(user_id)
    is_200 = not wire.words().is_v2 and quirks.DELETED_USER_IS_200 in current().quirks
    return wire.nothing(200 if is_200 else 204)


# --- groups ----------------------------------------------------------------------------------


@route("/Groups")
def list_groups() -> Response:
    wanted = _filter(filters.GROUPS) if quirks.GROUPS_ARE_FILTERED in current().quirks else None
    window = _window()
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


# --- what names nobody ------------------------------------------------------------------------


def no_user_named() -> Response:
    raise errors.missing_user_id()


def no_group_named() -> Response:
    raise errors.missing_group_id()


for _method in ("PUT", "PATCH", "DELETE"):
    route("/Users", method=_method)(no_user_named)
    route("/Groups", method=_method)(no_group_named)

web_routes.install(bp)


# --- replies ---------------------------------------------------------------------------------


def _filter(known: frozenset[str]) -> scim.Filter | None:
    text = request.args.get("filter")
    if text is None:
        return None
    if len(text) > scim.MAX_FILTER:
        raise errors.invalid_query()
    loose = quirks.FILTERS_ARE_LOOSE in current().quirks
    return filters.read_filter(text, known, loose=loose)


def _window() -> scim.Window:
    is_small = quirks.PAGES_ARE_OF_TEN in current().quirks
    return wire.window(request.args, wire.PAGE if is_small else wire.LARGE_PAGE)


def _page(resources: list[Any], total: int, window: scim.Window) -> Response:
    """The keys are in another order in each version."""
    words = wire.words()
    page = scim.list_response(resources, total=total, start=window.start, schema=words.page)
    if not words.is_v2:
        page["schemas"], page["Resources"] = page.pop("schemas"), page.pop("Resources")
    return wire.reply(page)


def _user(user: User) -> dict[str, Any]:
    org = organisation()
    active, groups = org.looks_active(user), org.groups_of(user.id)
    document = user_document(user, groups, wire.words(), active=active, domain=web.address(org))
    if user.is_guest and (channels := web.guest_channels(org)):
        document[wire.words().guest]["channels"] = channels
    return document


def _group(group: Group) -> dict[str, Any]:
    document = group_document(group, organisation().members_of(group.id), wire.words())
    is_spared = request.args.get("excludedAttributes") == "members"
    if is_spared and quirks.MEMBERS_ALWAYS_COME not in current().quirks:
        del document["members"]
    return document
