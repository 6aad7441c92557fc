"""What replies are made of: one object, a page of a collection, references, a count."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Response, request

from ..core.app import base_url, current
from . import errors, queries, quirks, wire
from .entity import Entity
from .expand import Expansion, related
from .queries import Page, Query, parse_query
from .records import Rows
from .routing import directory
from .schema import OBJECT_SCHEMA, SCHEMAS, Schema

CASTS = tuple((f".{name}", name) for name in SCHEMAS)


def asked(schema: Schema) -> Query:
    """The query options of the present request."""
    ignored = quirks.COUNT_IS_IGNORED in current().quirks
    where = f"{request.path} {directory().registration.tenant_id}"
    return parse_query(
        options(), schema, eventual=wire.is_eventual(), count_ignored=ignored, where=where
    )


def options() -> dict[str, str]:
    """Options of the query, whose names Graph takes in any case."""
    given = request.args.items()
    return {name.lower() if name.startswith("$") else name: value for name, value in given}


def matching(table: str, query: Query) -> Rows:
    lookups = query.filter.lookups if query.filter else ()
    return directory().matching(table, lookups, eventual=query.eventual)


# --- one object ------------------------------------------------------------------------------


def created(row: Entity, schema: Schema) -> Response:
    tenant = directory().registration.tenant_id
    location = (
        f"{base_url(wire.GRAPH_HOST)}/v2/{tenant}/directoryObjects/{row.id}"
        f"/Microsoft.DirectoryServices.{schema.resource}"
    )
    document = {"@odata.context": wire.context(f"{schema.context}/$entity"), **row.document(None)}
    return wire.reply(document, 201, {"Location": location})


def single(row: Entity, schema: Schema) -> Response:
    """A user or a group; as an item of `directoryObjects` its type stands before it."""
    given = options()
    queries.check_options(given, queries.SINGLE)
    select, expand = queries.parse_shape(given, schema)
    is_any = schema is OBJECT_SCHEMA
    shown = row.typed_document(select) if is_any else _document(row, select, expand)
    suffix = f"{_described(schema.context, select, expand)}/$entity"
    return wire.reply({"@odata.context": wire.context(suffix), **shown})


def _document(
    row: Entity, select: tuple[str, ...] | None, expand: Expansion | None
) -> dict[str, Any]:
    known = directory()
    shown = known.shown(row, select)
    return shown if expand is None else {**shown, **related(known, row, expand)}


def _described(name: str, select: Iterable[str] | None, expand: Expansion | None = None) -> str:
    parts = [*(select or ()), *([expand.described] if expand else ())]
    return f"{name}({','.join(parts)})" if parts else name


# --- collections -----------------------------------------------------------------------------


def collection(rows: Rows, query: Query, schema: Schema) -> Response:
    page = _cut(rows, query)
    if query.expand:
        shown = [_document(row, query.select, query.expand) for row in page.rows]
    else:
        known = directory()  # asked once: a page has hundreds of rows
        shown = [known.shown(row, query.select) for row in page.rows]
    return _listed(_described(schema.context, query.select, query.expand), shown, page)


def objects(rows: Rows) -> Response:
    """Objects of any type, each with its type; of one type where the address ends in a cast."""
    cast = cast_of(request.path)
    if cast:
        query = asked(SCHEMAS[cast])
        if (query.filter or query.orderby) and not (query.eventual and query.count):
            raise errors.unsupported_query()  # https://learn.microsoft.com/en-us/graph/aad-advanced-queries
        return collection(of_type(rows, cast), query, SCHEMAS[cast])
    query = asked(OBJECT_SCHEMA)
    page = _cut(rows, query)
    shown = [row.typed_document(query.select) for row in page.rows]
    return _listed(_described(OBJECT_SCHEMA.context, query.select), shown, page)


def documents(name: str, found: Sequence[Mapping[str, Any]]) -> Response:
    """A short collection of what is no directory object; `$select` picks of its properties."""
    named = options().get("$select", "").split(",")
    wanted = [each.strip() for each in named if each.strip()]
    for each in wanted:
        if found and each not in found[0]:
            raise errors.bad_select(each, name.removesuffix("s"))
    shown = [{key: row[key] for key in wanted or row} for row in found]
    return wire.reply({"@odata.context": wire.context(_described(name, wanted)), "value": shown})


def references(rows: Rows) -> Response:
    page = _cut(rows, asked(OBJECT_SCHEMA))
    host, version = wire.caller_host(), wire.version()
    refs = [{"@odata.id": f"{host}/{version}/directoryObjects/{row.id}"} for row in page.rows]
    return _listed("Collection($ref)", refs, page)


def texts(found: Iterable[str]) -> Response:
    """What an action answers that gives a list of ids."""
    name = "Collection(Edm.String)"
    return wire.reply({"@odata.context": wire.context(name), "value": list(found)})


def cast_of(path: str) -> str:
    """The type that an address ends in; empty where it ends in none."""
    return next((name for ending, name in CASTS if path.endswith(ending)), "")


def of_type(rows: Rows, type_name: str) -> Rows:
    return ((place, row) for place, row in rows if row.type == type_name)


def _cut(rows: Rows, query: Query) -> Page:
    return queries.cut(rows, query, hesitates=quirks.FIRST_PAGE_IS_EMPTY in current().quirks)


def _listed(name: str, shown: list[Any], page: Page) -> Response:
    document: dict[str, Any] = {"@odata.context": wire.context(name)}
    if page.count is not None:
        document["@odata.count"] = page.count
    if page.next_token:
        document["@odata.nextLink"] = wire.next_link(page.next_token)
    document["value"] = shown
    return wire.reply(document)


# --- counts ----------------------------------------------------------------------------------


def count_table(table: str, schema: Schema) -> Response:
    query = _count_query(schema)
    return wire.plain_text(str(queries.count(matching(table, query), query)))


def count(rows: Rows, schema: Schema = OBJECT_SCHEMA) -> Response:
    """How many there are; of one type where the address has a cast before `$count`."""
    cast = cast_of(request.path.removesuffix("/$count"))
    if cast:
        rows, schema = of_type(rows, cast), SCHEMAS[cast]
    return wire.plain_text(str(queries.count(rows, _count_query(schema))))


def _count_query(schema: Schema) -> Query:
    if not wire.is_eventual():
        raise errors.count_unsupported()
    given: Mapping[str, str] = {**options(), "$count": "true"}
    return parse_query(given, schema, eventual=True, count_ignored=True, where=request.path)
