"""The calls: read the request, ask the directory, write the reply. Endpoint = operation id."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import Blueprint, Response, request

from ..core.app import base_url, current
from . import addresses, documents, errors, queries, quirks, wire
from . import batch as batches
from .entity import ROLES, Group, Listed, User
from .state import Directory

bp = Blueprint("gsuite", __name__)
ROOT = "/admin/directory/v1"
View = Callable[..., Response]
MY_CUSTOMER = "my_customer"
GROUPS_PAGE, MEMBERS_PAGE, USERS_PAGE = 200, 200, 500
USERS_DEFAULT = 100


def route(rule: str, *methods: str) -> Callable[[View], View]:
    """One operation under the root of the API."""

    def mark(view: View) -> View:
        bp.add_url_rule(ROOT + rule, view.__name__, view, methods=methods or ("GET",))
        return view

    return mark


def directory() -> Directory:
    found: Directory = current().state
    return found


# --- token and batch -------------------------------------------------------------------------


@bp.post("/token")
def token() -> Response:
    served_at = base_url("")
    own_address = f"{served_at}/token" if served_at else ""
    return wire.token_reply(directory().issue_token(request.form, own_address))


@bp.post("/batch")
@bp.post("/batch/admin/directory_v1")
def batch() -> Response:
    return batches.run(current())


# --- groups ----------------------------------------------------------------------------------


@route("/groups", "POST")
def insert_group() -> Response:
    if wire.is_overridden():
        return list_groups()
    row = directory().create_group(wire.body())
    return _created(documents.group(directory(), row), documents.GROUP)


@route("/groups")
def list_groups() -> Response:
    args = wire.args()
    queries.choice(args, "orderBy", ("email",))
    rows = _groups_asked_for(args)
    page = _page(rows, args, most=GROUPS_PAGE, default=GROUPS_PAGE, sorting=_sorting(args))
    shown = (documents.group(directory(), row) for row in page.rows)
    return _listed("groups", shown, documents.GROUP, page.token)


def _groups_asked_for(args: Mapping[str, str]) -> Iterable[Group]:
    known = directory()
    member_key = args.get("userKey")
    clauses: list[queries.Clause] = []
    if member_key and args.get("customer"):
        raise errors.bad_request()
    if args.get("query"):
        clauses, member_key = queries.group_search(args["query"])
    if not args.get("userKey"):
        _check_scope_of_list(args)
    rows: Iterable[Group] = known.groups
    if member_key:
        rows = known.members.groups_of(_member_of_groups(member_key))
    seen = known.searchable(rows) if args.get("query") else known.visible(rows)
    return _in_domain(queries.matching(seen, clauses, queries.GROUP_FIELDS), args)


def _member_of_groups(key: str) -> str:
    found = directory().members.find(key)
    if found is None:
        raise errors.not_found("userKey")
    return found


@route("/groups/<group_key>")
def get_group(group_key: str) -> Response:
    row = directory().group(group_key)
    return wire.reply(documents.group(directory(), row), documents.GROUP)


@route("/groups/<group_key>", "PUT", "PATCH")
def update_group(group_key: str) -> Response:
    row = _group_to_write(group_key)
    changed = directory().update_group(row, wire.body())
    return wire.reply(documents.group(directory(), changed), documents.GROUP)


@route("/groups/<group_key>", "DELETE")
def delete_group(group_key: str) -> Response:
    directory().delete_group(_group_to_write(group_key))
    return wire.no_content()


def _group_to_write(group_key: str) -> Group:
    row = directory().group(group_key)
    wire.check_etag(documents.group_etag(directory(), row))
    return row


# --- aliases ---------------------------------------------------------------------------------


@route("/groups/<group_key>/aliases")
def list_group_aliases(group_key: str) -> Response:
    return _aliases(directory().group(group_key))


@route("/groups/<group_key>/aliases", "POST")
def insert_group_alias(group_key: str) -> Response:
    return _add_alias(addresses.GROUP, directory().group(group_key))


@route("/groups/<group_key>/aliases/<alias>", "DELETE")
def delete_group_alias(group_key: str, alias: str) -> Response:
    directory().remove_alias(addresses.GROUP, directory().group(group_key), alias)
    return wire.no_content()


@route("/users/<user_key>/aliases")
def list_user_aliases(user_key: str) -> Response:
    return _aliases(directory().user(user_key))


@route("/users/<user_key>/aliases", "POST")
def insert_user_alias(user_key: str) -> Response:
    return _add_alias(addresses.USER, directory().user(user_key))


@route("/users/<user_key>/aliases/<alias>", "DELETE")
def delete_user_alias(user_key: str, alias: str) -> Response:
    directory().remove_alias(addresses.USER, directory().user(user_key), alias)
    return wire.no_content()


def _aliases(row: User | Group) -> Response:
    shown = [documents.alias(row, each) for each in row.aliases]
    return _listed("aliases", shown, documents.ALIAS, None)


def _add_alias(kind: str, row: User | Group) -> Response:
    added = directory().add_alias(kind, row, wire.body())
    return wire.reply(documents.alias(row, added), documents.ALIAS)


# --- members ---------------------------------------------------------------------------------


@route("/groups/<group_key>/members", "POST")
def insert_member(group_key: str) -> Response:
    if wire.is_overridden():
        return list_members(group_key)
    known, sent = directory(), wire.body()
    group = known.group(group_key)
    member_id = known.members.insert(group, sent)
    sent_as = str(sent.get("email") or "")
    document = documents.single_member(known, group.id, member_id, sent_as)
    return wire.reply(document, documents.MEMBER)


@route("/groups/<group_key>/members")
def list_members(group_key: str) -> Response:
    known, args = directory(), wire.args()
    group = known.group(group_key)
    is_derived = queries.flag(args, "includeDerivedMembership")
    rows = known.members.derived(group.id) if is_derived else known.members.direct(group.id)
    wanted = _of_roles(group, rows, args)
    page = _page(wanted, args, most=MEMBERS_PAGE, default=MEMBERS_PAGE, sorting=(_serial, False))
    shown = (documents.member(known, group.id, entry) for entry in page.rows)
    return _listed("members", shown, documents.MEMBER, page.token)


def _of_roles(group: Group, rows: Iterable[Listed], args: Mapping[str, str]) -> Iterable[Listed]:
    told = [role.strip().upper() for role in args.get("roles", "").split(",") if role.strip()]
    if not told:
        return rows
    if set(told) - set(ROLES):
        raise errors.bad_parameter("roles")
    details = directory().members.details
    return (each for each in rows if details(group.id, each.member_id).role in told)


@route("/groups/<group_key>/members/<member_key>")
def get_member(group_key: str, member_key: str) -> Response:
    group = directory().group(group_key)
    return _member(group, directory().members.member(group, member_key))


@route("/groups/<group_key>/members/<member_key>", "PUT", "PATCH")
def update_member(group_key: str, member_key: str) -> Response:
    group = directory().group(group_key)
    return _member(group, directory().members.update(group, member_key, wire.body()))


@route("/groups/<group_key>/members/<member_key>", "DELETE")
def delete_member(group_key: str, member_key: str) -> Response:
    directory().members.delete(directory().group(group_key), member_key)
    return wire.no_content()


@route("/groups/<group_key>/hasMember/<member_key>")
def has_member(group_key: str, member_key: str) -> Response:
    found = directory().members.has_member(directory().group(group_key), member_key)
    return wire.reply({"isMember": found}, documents.HAS_MEMBER)


def _member(group: Group, member_id: str) -> Response:
    document = documents.single_member(directory(), group.id, member_id)
    return wire.reply(document, documents.MEMBER)


# --- users -----------------------------------------------------------------------------------


@route("/users", "POST")
def insert_user() -> Response:
    if wire.is_overridden():
        return list_users()
    row = directory().create_user(wire.body())
    return _created(documents.user(directory(), row), documents.USER)


@route("/users")
def list_users() -> Response:
    known, args = directory(), wire.args()
    _check_scope_of_list(args)
    queries.choice(args, "projection", ("basic", "custom", "full"))
    queries.choice(args, "viewType", ("admin_view", "domain_public"))
    queries.choice(args, "orderBy", ("email", "familyName", "givenName"))
    rows: Iterable[User] = known.bin if queries.flag(args, "showDeleted") else known.users
    if args.get("query"):
        clauses = queries.user_search(args["query"])
        found = queries.matching(known.searchable(rows), clauses, queries.USER_FIELDS)
    else:
        found = known.visible(rows)
    page = _page(
        _in_domain(found, args),
        args,
        most=USERS_PAGE,
        default=USERS_DEFAULT,
        sorting=_sorting(args),
    )
    shown = (documents.user(known, row) for row in page.rows)
    return _listed("users", shown, documents.USER, page.token)


@route("/users/<user_key>")
def get_user(user_key: str) -> Response:
    row = directory().user(user_key)
    return wire.reply(documents.user(directory(), row), documents.USER)


@route("/users/<user_key>", "PUT", "PATCH")
def update_user(user_key: str) -> Response:
    changed = directory().update_user(_user_to_write(user_key), wire.body())
    return wire.reply(documents.user(directory(), changed), documents.USER)


@route("/users/<user_key>", "DELETE")
def delete_user(user_key: str) -> Response:
    directory().delete_user(_user_to_write(user_key))
    return wire.no_content()


def _user_to_write(user_key: str) -> User:
    row = directory().user(user_key)
    wire.check_etag(documents.user_etag(directory(), row))
    return row


@route("/users/<user_id>/undelete", "POST")
def undelete_user(user_id: str) -> Response:
    directory().undelete_user(user_id, wire.body())
    return wire.no_content()


@route("/users/<user_key>/makeAdmin", "POST")
def make_user_admin(user_key: str) -> Response:
    directory().make_admin(directory().user(user_key), wire.body())
    return wire.no_content()


# --- lists and replies -----------------------------------------------------------------------


def _created(document: dict[str, Any], shape: documents.Shape) -> Response:
    as_told = quirks.CREATED_IS_201 in current().quirks
    return wire.reply(document, shape, 201 if as_told else 200)


def _check_scope_of_list(args: Mapping[str, str]) -> None:
    """A list is of a customer or of a domain; another's is nobody's business here."""
    customer, domain = args.get("customer"), args.get("domain")
    if not customer and not domain:
        raise errors.bad_request()
    if customer and customer not in (MY_CUSTOMER, directory().customer_id):
        raise errors.forbidden()
    if domain and domain.lower() not in directory().addresses.domains:
        raise errors.domain_not_found()


def _in_domain(rows: Iterable[Any], args: Mapping[str, str]) -> Iterable[Any]:
    domain = args.get("domain")
    if not domain or args.get("customer"):
        return rows
    ending = f"@{domain.lower()}"
    return (row for row in rows if row.email.endswith(ending))


def _serial(row: Any) -> int:
    return int(row.serial)


def _sorting(args: Mapping[str, str]) -> queries.Sorting:
    order = args.get("orderBy", "").lower()
    is_descending = queries.choice(args, "sortOrder", ("ASCENDING", "DESCENDING")) == "DESCENDING"
    if not order:
        return _serial, False
    if order == "email":
        return lambda row: (row.email, row.serial), is_descending
    part = "familyName" if order == "familyname" else "givenName"
    return lambda row: (row.values["name"][part].lower(), row.serial), is_descending


def _page(
    rows: Iterable[Any],
    args: Mapping[str, str],
    *,
    most: int,
    default: int,
    sorting: queries.Sorting,
) -> queries.Page:
    is_capped = quirks.PAGES_ARE_CAPPED in current().quirks
    size = queries.page_size(args, most=most, default=default, is_capped=is_capped)
    now = current().clock.now()
    where = request.environ["PATH_INFO"]
    return queries.cut(rows, args, size, now=now, where=where, sorting=sorting)


def _listed(
    name: str, items: Iterable[dict[str, Any]], shape: documents.Shape, page_token: str | None
) -> Response:
    document = documents.listing(directory(), name, items, page_token)
    return wire.reply(document, documents.list_shape(name, shape))
