"""The calls for tokens, users, groups and the tenant itself. Endpoint = operation id.

Each reads the request, asks the directory and writes the reply. Members, single objects and delta
queries have their own files: `member_routes.py`, `object_routes.py`, `delta_routes.py`.
"""

from flask import Response, request

from ..core.app import base_url, current
from . import batch as batches
from . import errors, replies, wire
from .access import GROUPS_WRITE, roles
from .entity import Entity
from .links import MEMBERS
from .routing import bp, directory, route
from .schema import GROUP, USER
from .tokens import LOGIN

# --- token -----------------------------------------------------------------------------------


@bp.post("/<tenant>/oauth2/v2.0/token")
def token(tenant: str) -> Response:
    form = {**wire.basic_client(), **request.form.to_dict()}
    return wire.token_reply(directory().tokens.issue(tenant, form))


@bp.get("/<tenant>/discovery/v2.0/keys")
def keys(tenant: str) -> Response:
    return wire.token_reply(directory().tokens.published(tenant))


@bp.get("/<tenant>/v2.0/.well-known/openid-configuration")
def openid_configuration(tenant: str) -> Response:
    return wire.token_reply(directory().tokens.described(tenant, base_url(LOGIN)))


# --- users -----------------------------------------------------------------------------------


@route("/users", method="POST")
def create_user() -> Response:
    return replies.created(directory().create_user(wire.body()), USER)


@route("/users")
def list_users() -> Response:
    query = replies.asked(USER)
    return replies.collection(replies.matching("users", query), query, USER)


@route("/users/$count")
def count_users() -> Response:
    return replies.count_table("users", USER)


@route("/users/<reference>")
def get_user(reference: str) -> Response:
    return replies.single(directory().user(reference), USER)


@route("/users/<reference>", method="PATCH")
def update_user(reference: str) -> Response:
    directory().update_user(reference, wire.body())
    return wire.no_content()


@route("/users/<reference>", method="DELETE")
def delete_user(reference: str) -> Response:
    directory().delete_user(reference)
    return wire.no_content()


# --- groups ----------------------------------------------------------------------------------


@route("/groups", method="POST")
def create_group() -> Response:
    return replies.created(directory().create_group(wire.body(), roles=roles()), GROUP)


@route("/groups")
def list_groups() -> Response:
    query = replies.asked(GROUP)
    return replies.collection(replies.matching("groups", query), query, GROUP)


@route("/groups/$count")
def count_groups() -> Response:
    return replies.count_table("groups", GROUP)


@route("/groups/<group_id>")
def get_group(group_id: str) -> Response:
    return replies.single(directory().group(group_id), GROUP)


@route("/groups/<group_id>", method="PATCH")
def update_group(group_id: str) -> Response:
    body = wire.body()
    if set(body) != {MEMBERS} and roles().isdisjoint(GROUPS_WRITE):
        raise errors.denied()
    lonely = directory().update_group(group_id, body, roles=roles())
    return wire.plain_text("") if lonely else wire.no_content()


@route("/groups/<group_id>", method="DELETE")
def delete_group(group_id: str) -> Response:
    directory().delete_group(group_id, roles=roles())
    return wire.no_content()


@route("/groups(uniqueName='<name>')", "/groups/(uniqueName='<name>')")
def get_group_by_name(name: str) -> Response:
    return replies.single(_named(name), GROUP)


@route("/groups(uniqueName='<name>')", "/groups/(uniqueName='<name>')", method="PATCH")
def upsert_group(name: str) -> Response:
    wanted = "create-if-missing" in str(request.environ.get("HTTP_PREFER", "")).lower()
    key = name.replace("''", "'")
    made = directory().upsert_group(key, wire.body(), roles=roles(), create=wanted)
    if made is None and roles().isdisjoint(GROUPS_WRITE):
        raise errors.denied()
    return wire.no_content() if made is None else replies.created(made, GROUP)


@route("/groups(uniqueName='<name>')", "/groups/(uniqueName='<name>')", method="DELETE")
def delete_group_by_name(name: str) -> Response:
    directory().delete_group(_named(name).id, roles=roles())
    return wire.no_content()


def _named(name: str) -> Entity:
    key = name.replace("''", "'")
    found = directory().group_named(key)
    if found is None:
        raise errors.not_found(key)
    return found


# --- the tenant ------------------------------------------------------------------------------


@route("/organization")
def list_organizations() -> Response:
    return replies.documents("organization", [directory().organization()])


@route("/domains")
def list_domains() -> Response:
    return replies.documents("domains", directory().domain_documents())


@route("/$batch", method="POST")
def batch() -> Response:
    return wire.reply(batches.run(current(), wire.body()))


@route("/me", "/me/<path:rest>")
def me(rest: str = "") -> Response:
    raise errors.nobody_signed_in()
