"""The calls of delta queries: a first round, its pages, and the rounds that follow."""

from flask import Response, request

from . import delta, queries, quirks, replies, wire
from .routing import directory, route
from .schema import GROUP, USER, Schema

FIRST = ("$select", "$filter", "$deltatoken")
FOLLOWING = ("$select", "$deltatoken")
PAGING = ("$skiptoken",)


def forms(table: str) -> tuple[str, ...]:
    """As people write it, and as the SDKs do."""
    functions = ("delta", "microsoft.graph.delta")
    return tuple(f"/{table}/{name}{call}" for name in functions for call in ("", "()"))


@route(*forms("groups"))
def delta_groups() -> Response:
    return _answer(GROUP)


@route(*forms("users"))
def delta_users() -> Response:
    return _answer(USER)


def _address(schema: Schema) -> str:
    return f"{wire.caller_host()}/{wire.version()}/{schema.context}/delta"


def _answer(schema: Schema) -> Response:
    given = replies.options()
    known = directory()
    if given.get("$deltatoken") == "latest":
        queries.check_options(given, FIRST)
        begun = delta.first_round(known, schema, given.get("$select", ""), given.get("$filter", ""))
        return _told(schema, delta.Page([], begun, is_last=True), begun.select)
    asked = _asked(given, schema)
    size = known.settings["delta_page_size"]
    is_first = "$skiptoken" not in given
    if is_first and quirks.FIRST_PAGE_IS_EMPTY in known.quirks:
        return _told(schema, delta.Page([], asked, is_last=False), asked.select)
    minimal = "return=minimal" in request.headers.get("Prefer", "").replace(" ", "").lower()
    page = delta.page(known, asked, size=size, minimal=minimal)
    return _told(schema, page, asked.select if "$select" in given else None)


def _asked(given: dict[str, str], schema: Schema) -> delta.Round:
    known, select = directory(), given.get("$select", "")
    if "$skiptoken" in given:
        queries.check_options(given, PAGING)
        return delta.read_token(known, given["$skiptoken"], schema)
    if given.get("$deltatoken"):
        queries.check_options(given, FOLLOWING)
        ended = delta.read_token(known, given["$deltatoken"], schema)
        return delta.next_round(known, ended, select, schema)
    queries.check_options(given, FIRST)
    return delta.first_round(known, schema, select, given.get("$filter", ""))


def _told(schema: Schema, page: delta.Page, select: tuple[str, ...] | None) -> Response:
    name = schema.context if select is None else f"{schema.context}({','.join(select)})"
    kind, link = ("$deltatoken", "deltaLink") if page.is_last else ("$skiptoken", "nextLink")
    token = delta.token_of(directory(), page.following)
    return wire.reply(
        {
            "@odata.context": wire.context(name),
            f"@odata.{link}": f"{_address(schema)}?{kind}={token}",
            "value": page.documents,
        }
    )
