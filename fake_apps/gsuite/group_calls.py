"""The calls on groups and on the aliases of groups and users."""

from collections.abc import Iterable, Mapping

from flask import Response

from . import addresses, calls, documents, errors, queries, searching, shapes, wire
from .calls import call, directory
from .entity import Group, User

PAGE = 200


@call("/groups", "POST")
def insert_group() -> Response:
    row = directory().create_group(wire.body())
    return calls.created(documents.new_group(directory(), row), shapes.GROUP)


@call("/groups")
def list_groups() -> Response:
    args = wire.args()
    queries.choice(args, "orderBy", ("email",))
    rows = _asked_for(args)
    page = calls.page(rows, args, calls.sorting(args), most=PAGE, default=PAGE)
    shown = (documents.group(directory(), row) for row in page.rows)
    return calls.listed("groups", shown, shapes.GROUP, page.token)


def _asked_for(args: Mapping[str, str]) -> Iterable[Group]:
    known = directory()
    member_key = args.get("userKey")
    clauses: list[searching.Clause] = []
    if member_key and args.get("customer"):
        raise errors.bad_request()
    if args.get("query"):
        clauses, member_key = searching.group_search(args["query"])
    if not args.get("userKey"):
        calls.check_scope_of_list(args)
    rows: Iterable[Group] = known.groups
    if member_key:
        rows = known.members.groups_of(_member(member_key))
    seen = known.searchable(rows) if args.get("query") else known.visible(rows)
    return calls.in_domain(searching.matching_groups(seen, clauses), args)


def _member(key: str) -> str:
    found = directory().members.find(key)
    if found is None:
        raise errors.unknown_user()
    return found


@call("/groups/<group_key>")
def get_group(group_key: str) -> Response:
    row = directory().group(group_key)
    return wire.reply(documents.group(directory(), row), shapes.GROUP)


@call("/groups/<group_key>", "PUT", "PATCH")
def update_group(group_key: str) -> Response:
    row = _unchanged(directory().group(group_key))
    changed = directory().update_group(row, wire.body())
    return wire.reply(documents.group(directory(), changed), shapes.GROUP)


@call("/groups/<group_key>", "DELETE")
def delete_group(group_key: str) -> Response:
    directory().delete_group(_unchanged(directory().group_to_delete(group_key)))
    return wire.no_content()


def _unchanged(row: Group) -> Group:
    wire.check_etag(documents.group_etag(directory(), row))
    return row


# --- aliases ---------------------------------------------------------------------------------


@call("/groups/<group_key>/aliases")
def list_group_aliases(group_key: str) -> Response:
    return _aliases(directory().group(group_key))


@call("/groups/<group_key>/aliases", "POST")
def insert_group_alias(group_key: str) -> Response:
    return _add(addresses.GROUP, directory().group(group_key))


@call("/groups/<group_key>/aliases/<alias>", "DELETE")
def delete_group_alias(group_key: str, alias: str) -> Response:
    return _remove(addresses.GROUP, directory().group(group_key), alias)


@call("/users/<user_key>/aliases")
def list_user_aliases(user_key: str) -> Response:
    return _aliases(directory().user(user_key))


@call("/users/<user_key>/aliases", "POST")
def insert_user_alias(user_key: str) -> Response:
    return _add(addresses.USER, directory().user(user_key))


@call("/users/<user_key>/aliases/<alias>", "DELETE")
def delete_user_alias(user_key: str, alias: str) -> Response:
    return _remove(addresses.USER, directory().user(user_key), alias)


def _aliases(row: User | Group) -> Response:
    shown = [documents.alias(row, each) for each in row.aliases]
    return calls.listed("aliases", shown, shapes.ALIAS)


def _add(kind: str, row: User | Group) -> Response:
    added = directory().add_alias(kind, row, wire.body())
    return wire.reply(documents.new_alias(row, added), shapes.ALIAS)


def _remove(kind: str, row: User | Group, alias: str) -> Response:
    wire.check_etag(documents.alias(row, alias.lower())["etag"])
    directory().remove_alias(kind, row, alias)
    return wire.no_content()
