"""The calls: read the request, ask the provider, write the reply. Endpoint = operation id."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from flask import Blueprint, Response, request

from ..core.app import ENVIRON_TAKES, current
from . import bulk, discovery, errors, paging, quirks, wire
from .entity import BASE, GROUP, USER
from .wire import provider

bp = Blueprint("scim", __name__)
View = Callable[..., Response]
NO_CONTENT = "204"


def _add(name: str, method: str, rule: str, view: View) -> None:
    bp.add_url_rule(f"{BASE}{rule}", name, view, methods=[method])


def route(method: str, *rules: str) -> Callable[[View], View]:
    def mark(view: View) -> View:
        for rule in rules:
            _add(view.__name__, method, rule, view)
        return view

    return mark


# --- discovery -------------------------------------------------------------------------------


def _no_filter() -> None:
    """RFC 7644, 4: "a query with a filter SHALL be refused with 403"."""
    if any(name.lower() == "filter" for name in request.args):
        raise errors.forbidden("Discovery knows no filters")


@route("GET", "/ServiceProviderConfig")
def get_config() -> Response:
    _no_filter()
    return wire.reply(discovery.config(provider(), wire.base()))


@route("GET", "/ResourceTypes")
def list_resource_types() -> Response:
    _no_filter()
    return wire.reply(discovery.listed(discovery.resource_types(wire.base())))


@route("GET", "/ResourceTypes/<name>")
def get_resource_type(name: str) -> Response:
    return wire.reply(discovery.one_of(discovery.resource_types(wire.base()), name))


@route("GET", "/Schemas")
def list_schemas() -> Response:
    _no_filter()
    return wire.reply(discovery.listed(discovery.schemas(provider(), wire.base())))


@route("GET", "/Schemas/<urn>")
def get_schema(urn: str) -> Response:
    return wire.reply(discovery.one_of(discovery.schemas(provider(), wire.base()), urn))


# --- lists -------------------------------------------------------------------------------------


def _list(kinds: Sequence[str], told: dict[str, Any]) -> Response:
    query, base = wire.query(told, kinds), wire.base()
    rows, total = provider().listing.rows(kinds, query, base)
    shown = [provider().show(row, query.wanted, base) for row in rows]
    return wire.reply(paging.response(provider(), query.page, shown, total))


def _get_list(*kinds: str) -> Response:
    return _list(kinds, wire.asked_in_url())


def _search(*kinds: str) -> Response:
    return _list(kinds, wire.asked_in_body())


# --- one resource --------------------------------------------------------------------------------


def _get(kind: str, row_id: str) -> Response:
    row = provider().row(kind, row_id)
    if wire.is_known(row):
        return wire.nothing(304, {"ETag": row.etag})
    return wire.resource(row, wire.wanted(wire.asked_in_url(), [kind]))


def _create_user() -> Response:
    row, is_new = provider().create_user(wire.body())
    return wire.resource(row, wire.wanted(wire.asked_in_url(), [USER]), 201 if is_new else 200)


def _create_group() -> Response:
    row = provider().create_group(wire.body())
    return wire.resource(row, wire.wanted(wire.asked_in_url(), [GROUP]), 201)


def _put(kind: str, row_id: str) -> Response:
    row = provider().row(kind, row_id)
    wire.check_version(row)
    row = provider().put(kind, row, wire.body())
    return wire.resource(row, wire.wanted(wire.asked_in_url(), [kind]))


def _patch(kind: str, row_id: str) -> Response:
    row = provider().row(kind, row_id)
    wire.check_version(row)
    sent = wire.body()
    row = provider().patch(kind, row, sent)
    if kind == GROUP and quirks.MEMBERS_TAKE_TIME in provider().behaviour:
        each = provider().behaviour.settings["member_takes_s"]
        request.environ[ENVIRON_TAKES] = float(each * provider().count_members(sent))
    told = wire.asked_in_url()
    behaviour = provider().behaviour
    if quirks.PATCH_ANSWERS_AN_EMPTY_OBJECT in behaviour:
        return wire.reply({})
    tells = quirks.PATCH_ANSWERS_THE_GROUP in behaviour or told.get("attributes")
    if kind == GROUP and behaviour.settings["group_patch_status"] == NO_CONTENT and not tells:
        return wire.nothing(204, {"ETag": row.etag})
    return wire.resource(row, wire.wanted(told, [kind]))


def _delete(kind: str, row_id: str) -> Response:
    row = provider().row(kind, row_id)
    wire.check_version(row)
    provider().delete(row)
    return wire.nothing()


for _kind, _create in ((USER, _create_user), (GROUP, _create_group)):
    _one, _all = _kind.lower(), f"/{_kind}s"
    _add(f"list_{_one}s", "GET", _all, partial(_get_list, _kind))
    _add(f"search_{_one}s", "POST", f"{_all}/.search", partial(_search, _kind))
    _add(f"create_{_one}", "POST", _all, _create)
    _add(f"get_{_one}", "GET", f"{_all}/<row_id>", partial(_get, _kind))
    _add(f"put_{_one}", "PUT", f"{_all}/<row_id>", partial(_put, _kind))
    _add(f"patch_{_one}", "PATCH", f"{_all}/<row_id>", partial(_patch, _kind))
    _add(f"delete_{_one}", "DELETE", f"{_all}/<row_id>", partial(_delete, _kind))


@route("GET", "/", "")
def list_all() -> Response:
    return _get_list(USER, GROUP)


@route("POST", "/.search")
def search_all() -> Response:
    return _search(USER, GROUP)


# --- bulk, and what there is not -----------------------------------------------------------------


@route("POST", "/Bulk")
def send_bulk() -> Response:
    return wire.reply(bulk.run(current(), request.get_data()))


_ME = {"GET": _get, "PUT": _put, "PATCH": _patch, "DELETE": _delete}


def _me() -> Response:
    """RFC 7644, 3.11: not there, a redirection, or the user under its own Location."""
    row = provider().me
    if row is None or request.method == "POST":
        raise errors.not_implemented("There is no user behind this token")
    location = {"Location": wire.base() + row.path}
    if quirks.ME_IS_ELSEWHERE in provider().behaviour:
        return wire.nothing(308, location)
    response = _ME[request.method](USER, row.id)
    response.headers["Location"] = location["Location"]
    return response


for _method in (*_ME, "POST"):
    _add("me", _method, "/Me", _me)
