"""The calls on users."""

from collections.abc import Iterable, Mapping

from flask import Response

from . import calls, documents, errors, queries, searching, shapes, wire
from .calls import call, directory
from .entity import User

MOST, DEFAULT = 500, 100
PROJECTIONS = BASIC, CUSTOM, FULL = "basic", "custom", "full"
VIEWS = _, DOMAIN_PUBLIC = "admin_view", "domain_public"


@call("/users", "POST")
def insert_user() -> Response:
    queries.flag(wire.args(), "resolveConflictAccount")
    sent = wire.body()
    row = directory().create_user(sent)
    return calls.created(documents.new_user(directory(), row, sent), shapes.USER)


@call("/users")
def list_users() -> Response:
    known, args = directory(), wire.args()
    calls.check_scope_of_list(args)
    view = _view(args)
    queries.choice(args, "orderBy", ("email", "familyName", "givenName"))
    rows: Iterable[User] = known.bin if queries.flag(args, "showDeleted") else known.users
    if args.get("query"):
        clauses = searching.user_search(args["query"])
        found = searching.matching_users(known.searchable(rows), clauses)
    else:
        found = known.visible(rows)
    wanted = calls.in_domain(found, args)
    page = calls.page(wanted, args, calls.sorting(args), most=MOST, default=DEFAULT)
    shown = (documents.user(known, row, view) for row in page.rows)
    return calls.listed("users", shown, shapes.USER, page.token)


def _view(args: Mapping[str, str]) -> documents.View:
    """Custom schemas only where they are asked for, and to everybody only what is public."""
    projection = queries.choice(args, "projection", PROJECTIONS, BASIC)
    is_public = queries.choice(args, "viewType", VIEWS) == DOMAIN_PUBLIC
    if projection == FULL:
        return documents.View(None, is_public)
    if projection == BASIC:
        return documents.View((), is_public)
    wanted = [name.strip() for name in args.get("customFieldMask", "").split(",") if name.strip()]
    if not wanted:
        raise errors.bad_parameter("customFieldMask")
    return documents.View(tuple(wanted), is_public)


@call("/users/<user_key>")
def get_user(user_key: str) -> Response:
    view = _view(wire.args())
    row = directory().user(user_key)
    return wire.reply(documents.user(directory(), row, view), shapes.USER)


@call("/users/<user_key>", "PUT", "PATCH")
def update_user(user_key: str) -> Response:
    changed = directory().update_user(_unchanged(user_key), wire.body())
    return wire.reply(documents.changed_user(directory(), changed), shapes.USER)


@call("/users/<user_key>", "DELETE")
def delete_user(user_key: str) -> Response:
    directory().delete_user(_unchanged(user_key))
    return wire.no_content()


def _unchanged(user_key: str) -> User:
    row = directory().user(user_key)
    wire.check_etag(documents.user_etag(directory(), row))
    return row


@call("/users/<user_id>/undelete", "POST")
def undelete_user(user_id: str) -> Response:
    directory().undelete_user(user_id, wire.body())
    return wire.no_content()


@call("/users/<user_key>/makeAdmin", "POST")
def make_user_admin(user_key: str) -> Response:
    directory().make_admin(directory().user(user_key), wire.body())
    return wire.no_content()


@call("/users/<user_key>/signOut", "POST")
def sign_out_user(user_key: str) -> Response:
    """Of all sessions; there are none here, since nobody signs in."""
    directory().user(user_key)
    wire.body()
    return wire.no_content()
