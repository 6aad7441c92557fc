"""The calls: read the request, ask the directory, write the reply. Endpoint = operation id."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, request

from ..core.app import base_url, current
from . import batch as batches
from . import errors, queries, quirks, wire
from .access import GROUPS_WRITE, roles
from .entity import Entity
from .queries import Query, parse_query
from .schema import GROUP, OBJECT_SCHEMA, SCHEMAS, USER, Schema
from .state import Directory, Rows, reference_id
from .tokens import LOGIN

bp = Blueprint("o365", __name__)
VERSIONS = ("/v1.0", "/beta")
NAMESPACES = ("microsoft.graph.", "graph.")  # the second is its alias in the metadata; SDKs use it
View = Callable[..., Response]


def route(*rules: str, method: str = "GET") -> Callable[[View], View]:
    """One operation under both versions of the API, and under both names of a type."""
    forms = {rule.replace(NAMESPACES[0], name): None for rule in rules for name in NAMESPACES}

    def mark(view: View) -> View:
        for form in forms:
            for version in VERSIONS:
                bp.add_url_rule(version + form, view.__name__, view, methods=[method])
        return view

    return mark


def directory() -> Directory:
    found: Directory = current().state
    return found


# --- token -----------------------------------------------------------------------------------


@bp.post("/<tenant>/oauth2/v2.0/token")
def token(tenant: str) -> Response:
    return wire.token_reply(directory().tokens.issue(tenant, request.form))


@bp.get("/<tenant>/discovery/v2.0/keys")
def keys(tenant: str) -> Response:
    return wire.token_reply(directory().tokens.published(tenant))


@bp.get("/<tenant>/v2.0/.well-known/openid-configuration")
def openid_configuration(tenant: str) -> Response:
    return wire.token_reply(directory().tokens.described(tenant, base_url(LOGIN)))


# --- users -----------------------------------------------------------------------------------


@route("/users", method="POST")
def create_user() -> Response:
    return _created(directory().create_user(wire.body()), USER)


@route("/users")
def list_users() -> Response:
    query = _query(USER)
    return _collection(_rows("users", query), query, USER.context)


@route("/users/$count")
def count_users() -> Response:
    return _count_table("users", USER)


@route("/users/<reference>")
def get_user(reference: str) -> Response:
    return _single(directory().user(reference), USER)


@route("/users/<reference>", method="PATCH")
def update_user(reference: str) -> Response:
    directory().update_user(reference, wire.body())
    return wire.no_content()


@route("/users/<reference>", method="DELETE")
def delete_user(reference: str) -> Response:
    directory().delete_user(reference)
    return wire.no_content()


@route("/users/<reference>/memberOf", "/users/<reference>/memberOf/microsoft.graph.group")
def list_member_of(reference: str) -> Response:
    rows = directory().groups_of(directory().user(reference).id)
    return _groups_above(rows)


@route(
    "/users/<reference>/transitiveMemberOf",
    "/users/<reference>/transitiveMemberOf/microsoft.graph.group",
)
def list_transitive_member_of(reference: str) -> Response:
    rows = directory().transitive_groups_of(directory().user(reference).id)
    return _groups_above(rows)


@route("/users/<reference>/memberOf/$count")
def count_member_of(reference: str) -> Response:
    return _count(directory().groups_of(directory().user(reference).id), OBJECT_SCHEMA)


@route("/groups/<group_id>/memberOf", "/groups/<group_id>/memberOf/microsoft.graph.group")
def list_group_member_of(group_id: str) -> Response:
    return _groups_above(directory().groups_of(directory().group(group_id).id))


@route(
    "/groups/<group_id>/transitiveMemberOf",
    "/groups/<group_id>/transitiveMemberOf/microsoft.graph.group",
)
def list_group_transitive_member_of(group_id: str) -> Response:
    return _groups_above(directory().transitive_groups_of(directory().group(group_id).id))


# --- groups ----------------------------------------------------------------------------------


@route("/groups", method="POST")
def create_group() -> Response:
    return _created(directory().create_group(wire.body(), roles=roles()), GROUP)


@route("/groups")
def list_groups() -> Response:
    query = _query(GROUP)
    return _collection(_rows("groups", query), query, GROUP.context)


@route("/groups/$count")
def count_groups() -> Response:
    return _count_table("groups", GROUP)


@route("/groups/<group_id>")
def get_group(group_id: str) -> Response:
    return _single(directory().group(group_id), GROUP)


@route("/groups/<group_id>", method="PATCH")
def update_group(group_id: str) -> Response:
    lonely = directory().update_group(group_id, wire.body(), roles=roles())
    return wire.plain_text("") if lonely else wire.no_content()


@route("/groups/<group_id>", method="DELETE")
def delete_group(group_id: str) -> Response:
    directory().delete_group(group_id, roles=roles())
    return wire.no_content()


@route("/groups(uniqueName='<name>')", "/groups/(uniqueName='<name>')")
def get_group_by_name(name: str) -> Response:
    return _single(_named(name), GROUP)


@route("/groups(uniqueName='<name>')", "/groups/(uniqueName='<name>')", method="PATCH")
def upsert_group(name: str) -> Response:
    wanted = "create-if-missing" in str(request.environ.get("HTTP_PREFER", "")).lower()
    key = name.replace("''", "'")
    made = directory().upsert_group(key, wire.body(), roles=roles(), create=wanted)
    if made is None and roles().isdisjoint(GROUPS_WRITE):
        raise errors.denied()
    return wire.no_content() if made is None else _created(made, GROUP)


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


# --- members and owners ----------------------------------------------------------------------


@route("/groups/<group_id>/members")
def list_members(group_id: str) -> Response:
    return _linked(group_id, "members")


@route("/groups/<group_id>/owners")
def list_owners(group_id: str) -> Response:
    return _linked(group_id, "owners")


@route("/groups/<group_id>/members/microsoft.graph.user")
def list_user_members(group_id: str) -> Response:
    return _cast(_links(group_id, "members"), "user")


@route("/groups/<group_id>/members/microsoft.graph.group")
def list_group_members(group_id: str) -> Response:
    return _cast(_links(group_id, "members"), "group")


@route("/groups/<group_id>/owners/microsoft.graph.user")
def list_user_owners(group_id: str) -> Response:
    return _cast(_links(group_id, "owners"), "user")


@route("/groups/<group_id>/members/$count")
def count_members(group_id: str) -> Response:
    return _count(directory().linked(group_id, "members"), OBJECT_SCHEMA)


@route("/groups/<group_id>/members/microsoft.graph.user/$count")
def count_user_members(group_id: str) -> Response:
    return _count(_of_type(directory().linked(group_id, "members"), "user"), USER)


@route("/groups/<group_id>/owners/$count")
def count_owners(group_id: str) -> Response:
    return _count(directory().linked(group_id, "owners"), OBJECT_SCHEMA)


@route("/groups/<group_id>/members/$ref")
def list_member_refs(group_id: str) -> Response:
    return _references(group_id, "members")


@route("/groups/<group_id>/owners/$ref")
def list_owner_refs(group_id: str) -> Response:
    return _references(group_id, "owners")


@route("/groups/<group_id>/transitiveMembers")
def list_transitive_members(group_id: str) -> Response:
    query = _query(OBJECT_SCHEMA)
    return _objects(directory().transitive_members(group_id), query)


@route("/groups/<group_id>/transitiveMembers/microsoft.graph.user")
def list_transitive_user_members(group_id: str) -> Response:
    return _cast(directory().transitive_members(group_id), "user")


@route("/groups/<group_id>/transitiveMembers/microsoft.graph.group")
def list_transitive_group_members(group_id: str) -> Response:
    return _cast(directory().transitive_members(group_id), "group")


@route("/groups/<group_id>/transitiveMembers/$count")
def count_transitive_members(group_id: str) -> Response:
    return _count(directory().transitive_members(group_id), OBJECT_SCHEMA)


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
    directory().delete_member_object(group_id, object_id)
    return wire.no_content()


def _reference() -> str:
    environ = request.environ
    if not wire.raw(environ):
        raise errors.unexpected_json("EndOfInput")
    return reference_id(wire.body(environ).get("@odata.id"))


def _query_id() -> str:
    return reference_id(request.args.get("@id"))


# --- directory objects -----------------------------------------------------------------------


@route("/directoryObjects/getByIds", method="POST")
def get_by_ids() -> Response:
    body = wire.body()
    ids, types = body.get("ids"), body.get("types") or list(SCHEMAS)
    if not isinstance(ids, list) or not isinstance(types, list):
        raise errors.invalid_value("ids", "DirectoryObject")
    select = _selection(OBJECT_SCHEMA)
    wanted = set(SCHEMAS) if "directoryObject" in types else {str(each) for each in types}
    found = directory().get_by_ids(ids, sorted(wanted))
    return wire.reply(
        {
            "@odata.context": wire.context(_context("directoryObjects", select)),
            "value": [row.typed_document(select) for row in found],
        }
    )


@route("/directoryObjects/<object_id>")
def get_object(object_id: str) -> Response:
    return _single_object(directory().object(object_id))


@route("/directory/deletedItems/microsoft.graph.<type_name>")
def list_deleted_objects(type_name: str) -> Response:
    if type_name not in SCHEMAS:
        raise errors.unknown_segment(f"microsoft.graph.{type_name}")
    schema = SCHEMAS[type_name]
    query = _query(schema)
    rows = directory().deleted(type_name)
    return _collection(rows, query, schema.context)


@route("/directory/deletedItems")
def list_deleted_objects_uncast() -> Response:
    raise errors.unsupported_on_set()


@route("/directory/deletedItems/<object_id>")
def get_deleted_object(object_id: str) -> Response:
    return _single_object(directory().deleted_object(object_id))


@route("/directory/deletedItems/<object_id>", method="DELETE")
def purge_deleted_object(object_id: str) -> Response:
    directory().purge(object_id)
    return wire.no_content()


@route("/directory/deletedItems/<object_id>/restore", method="POST")
def restore_deleted_object(object_id: str) -> Response:
    body = wire.body() if wire.raw(request.environ) else {}
    upn = body.get("newUserPrincipalName")
    if upn is not None and not isinstance(upn, str):
        raise errors.invalid_value("userPrincipalName", "User")
    return _single_object(directory().restore(object_id, upn))


# --- the tenant ------------------------------------------------------------------------------


@route("/organization")
def list_organizations() -> Response:
    found = [directory().organization()]
    return wire.reply({"@odata.context": wire.context("organization"), "value": found})


@route("/domains")
def list_domains() -> Response:
    found = directory().domain_documents()
    return wire.reply({"@odata.context": wire.context("domains"), "value": found})


@route("/$batch", method="POST")
def batch() -> Response:
    return wire.reply(batches.run(current(), wire.body()))


# --- replies ---------------------------------------------------------------------------------


def _query(schema: Schema) -> Query:
    ignored = quirks.COUNT_IS_IGNORED in current().quirks
    where = f"{request.path} {directory().registration.tenant_id}"
    return parse_query(
        request.args, schema, eventual=wire.is_eventual(), count_ignored=ignored, where=where
    )


def _rows(table: str, query: Query) -> Rows:
    lookups = query.filter.lookups if query.filter else ()
    return directory().matching(table, lookups, eventual=query.eventual)


def _context(name: str, select: tuple[str, ...] | None) -> str:
    return name if select is None else f"{name}({','.join(select)})"


def _created(row: Entity, schema: Schema) -> Response:
    tenant = directory().registration.tenant_id
    location = (
        f"{base_url(wire.GRAPH_HOST)}/v2/{tenant}/directoryObjects/{row.id}"
        f"/Microsoft.DirectoryServices.{schema.resource}"
    )
    document = {"@odata.context": wire.context(f"{schema.context}/$entity"), **row.document(None)}
    return wire.reply(document, 201, {"Location": location})


def _selection(schema: Schema) -> tuple[str, ...] | None:
    queries.check_options(request.args, queries.SINGLE)
    return queries.parse_select(request.args, schema)


def _single(row: Entity, schema: Schema) -> Response:
    select = _selection(schema)
    suffix = f"{_context(schema.context, select)}/$entity"
    shown = directory().shown(row, select)
    return wire.reply({"@odata.context": wire.context(suffix), **shown})


def _single_object(row: Entity) -> Response:
    select = _selection(OBJECT_SCHEMA)
    suffix = f"{_context('directoryObjects', select)}/$entity"
    return wire.reply({"@odata.context": wire.context(suffix), **row.typed_document(select)})


def _collection(rows: Rows, query: Query, name: str) -> Response:
    page = queries.cut(rows, query)
    known = directory()  # asked once: a page has hundreds of rows
    shown = [known.shown(row, query.select) for row in page.rows]
    return _listed(_context(name, query.select), shown, page)


def _objects(rows: Rows, query: Query) -> Response:
    page = queries.cut(rows, query)
    shown = [row.typed_document(query.select) for row in page.rows]
    return _listed(_context("directoryObjects", query.select), shown, page)


def _linked(group_id: str, relation: str) -> Response:
    query = _query(OBJECT_SCHEMA)
    return _objects(directory().linked(group_id, relation, eventual=query.eventual), query)


def _links(group_id: str, relation: str) -> Rows:
    return directory().linked(group_id, relation, eventual=wire.is_eventual())


def _of_type(rows: Rows, type_name: str) -> Rows:
    return ((place, row) for place, row in rows if row.type == type_name)


def _cast(rows: Rows, type_name: str) -> Response:
    schema = SCHEMAS[type_name]
    return _collection(_of_type(rows, type_name), _query(schema), schema.context)


def _references(group_id: str, relation: str) -> Response:
    page = queries.cut(directory().linked(group_id, relation), _query(OBJECT_SCHEMA))
    host, version = wire.caller_host(), wire.version()
    refs = [{"@odata.id": f"{host}/{version}/directoryObjects/{row.id}"} for row in page.rows]
    return _listed("Collection($ref)", refs, page)


def _groups_above(rows: Rows) -> Response:
    if request.path.endswith(".group"):
        query = _query(GROUP)
        return _collection(rows, query, GROUP.context)
    return _objects(rows, _query(OBJECT_SCHEMA))


def _listed(name: str, shown: list[Any], page: queries.Page) -> Response:
    document: dict[str, Any] = {"@odata.context": wire.context(name)}
    if page.count is not None:
        document["@odata.count"] = page.count
    if page.next_token:
        document["@odata.nextLink"] = wire.next_link(page.next_token)
    document["value"] = shown
    return wire.reply(document)


def _count_table(table: str, schema: Schema) -> Response:
    query = _count_query(schema)
    return wire.plain_text(str(queries.count(_rows(table, query), query)))


def _count(rows: Rows, schema: Schema) -> Response:
    query = _count_query(schema)
    return wire.plain_text(str(queries.count(rows, query)))


def _count_query(schema: Schema) -> Query:
    if not wire.is_eventual():
        raise errors.count_unsupported()
    args: Mapping[str, str] = {**request.args.to_dict(), "$count": "true"}
    return parse_query(args, schema, eventual=True, count_ignored=True, where=request.path)
