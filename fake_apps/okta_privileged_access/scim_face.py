"""The SCIM 2.0 face: where Okta provisions users, and pushes groups.

Source: https://help.okta.com/oie/en-us/content/topics/privileged-access/pam-config-group-sync.htm
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask import Response, request

from ..core import scim
from ..core.app import base_url
from ..core.table import Table
from . import bodies, entity, errors, wire
from .entity import HOST, SCIM_PART, Group, User
from .wire import at, body, nothing, reply, team

bp = wire.bp
PAGE, MOST = 100, 200
_INDEXES = {"username": "name", "displayname": "name", "externalid": "external_id"}
_EXACT = frozenset({"id", "externalid", "members", "members.value", "meta.location"})
_DATES = frozenset({"meta.created", "meta.lastmodified"})


def _base() -> str:
    return f"{base_url(HOST)}/v1/teams/{team().settings['team']}{SCIM_PART}"


def _user(user: User) -> dict[str, Any]:
    return entity.scim_user(user, _base())


def _group(group: Group) -> dict[str, Any]:
    without = request.args.get("excludedAttributes", "").lower().split(",")
    members = [] if "members" in without else team().grouping.users(group)
    return entity.scim_group(group, members, _base())


def _made(row: User | Group, document: dict[str, Any]) -> Response:
    return reply(document, 201, {"Location": document["meta"]["location"]})


# --- lists ---------------------------------------------------------------------------------------


def _page(
    table: Table[str, Any], is_seen: Callable[[Any], bool], show: Callable[[Any], dict[str, Any]]
) -> Response:
    with errors.told():
        window = scim.read_window(request.args, default=PAGE, most=MOST)
    rows = [row for row in _found(table, show) if is_seen(row)]
    start = window.start - 1
    shown = [show(row) for row in rows[start : start + window.count]]
    return reply(scim.list_response(shown, total=len(rows), start=window.start))


def _found(table: Table[str, Any], show: Callable[[Any], dict[str, Any]]) -> Sequence[Any]:
    asked = request.args.get("filter")
    if asked is None:
        return list(table)
    with errors.told():
        wanted = scim.parse_filter(asked, _EXACT, _DATES)
    return [row for row in _candidates(table, wanted) if wanted.test(_reader(row, show))]


def _candidates(table: Table[str, Any], wanted: scim.Filter) -> Iterable[Any]:
    """The rows that an index finds for the filter; all of them where none does."""
    found: dict[str, Any] = {}
    for name, value in wanted.alternatives:
        if name not in _INDEXES:
            return table
        found |= {row.id: row for row in table.find(_INDEXES[name], value)}
    return found.values() if wanted.alternatives else table


def _reader(row: Any, show: Callable[[Any], dict[str, Any]]) -> scim.Reader:
    made: list[dict[str, Any]] = []

    def read(path: str) -> Sequence[Any]:
        if not made:
            made.append(show(row))
        for urn in (scim.USER, scim.GROUP):
            path = path.removeprefix(f"{urn.lower()}.")
        return scim.values_of(made[0], path)

    return read


# --- users ---------------------------------------------------------------------------------------


@at("GET", f"{SCIM_PART}/Users")
def scim_list_users() -> Response:
    return _page(team().users, team().people.is_seen, _user)


@at("POST", f"{SCIM_PART}/Users")
def scim_create_user() -> Response:
    user = team().people.create(body())
    return _made(user, _user(user))


@at("GET", f"{SCIM_PART}/Users/<user_id>")
def scim_get_user(user_id: str) -> Response:
    return reply(_user(team().people.seen(user_id)))


@at("PUT", f"{SCIM_PART}/Users/<user_id>")
def scim_put_user(user_id: str) -> Response:
    user = team().people.seen(user_id)
    return reply(_user(team().people.put(user, body())))


@at("PATCH", f"{SCIM_PART}/Users/<user_id>")
def scim_patch_user(user_id: str) -> Response:
    user = team().people.seen(user_id)
    return reply(_user(team().people.patch(user, body())))


@at("DELETE", f"{SCIM_PART}/Users/<user_id>")
def scim_delete_user(user_id: str) -> Response:
    team().people.delete(team().people.seen(user_id))
    return nothing()


# --- groups --------------------------------------------------------------------------------------


@at("GET", f"{SCIM_PART}/Groups")
def scim_list_groups() -> Response:
    return _page(team().groups, team().grouping.is_seen, _group)


@at("POST", f"{SCIM_PART}/Groups")
def scim_create_group() -> Response:
    group = team().grouping.push(bodies.read_group(body()))
    return _made(group, _group(group))


@at("GET", f"{SCIM_PART}/Groups/<group_id>")
def scim_get_group(group_id: str) -> Response:
    return reply(_group(team().grouping.seen(group_id)))


@at("PUT", f"{SCIM_PART}/Groups/<group_id>")
def scim_put_group(group_id: str) -> Response:
    group = team().grouping.seen(group_id)
    return reply(_group(team().grouping.overwrite(group, bodies.read_group(body()))))


@at("PATCH", f"{SCIM_PART}/Groups/<group_id>")
def scim_patch_group(group_id: str) -> Response:
    group = team().grouping.seen(group_id)
    team().grouping.patch(group, body())
    return nothing()


@at("DELETE", f"{SCIM_PART}/Groups/<group_id>")
def scim_delete_group(group_id: str) -> Response:
    team().grouping.delete(team().grouping.seen(group_id))
    return nothing()


# --- what it is ----------------------------------------------------------------------------------


@at("GET", f"{SCIM_PART}/ServiceProviderConfig")
def scim_get_config() -> Response:
    """RFC 7643, 5."""
    no = {"supported": False}
    scheme = {
        "type": "oauthbearertoken",
        "name": "OAuth Bearer Token",
        "description": "Authentication scheme using the OAuth Bearer Token Standard",
        "specUri": "https://datatracker.ietf.org/doc/html/rfc6750",
        "primary": True,
    }
    return reply(
        {
            "schemas": [scim.SERVICE_PROVIDER_CONFIG],
            "patch": {"supported": True},
            "bulk": {**no, "maxOperations": 0, "maxPayloadSize": 0},
            "filter": {"supported": True, "maxResults": MOST},
            "changePassword": no,
            "sort": no,
            "etag": no,
            "authenticationSchemes": [scheme],
            "meta": {
                "resourceType": "ServiceProviderConfig",
                "location": f"{_base()}/ServiceProviderConfig",
            },
        }
    )
