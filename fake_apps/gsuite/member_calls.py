"""The calls on members of groups."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import Response, request

from ..core.app import ENVIRON_INNER, current
from ..core.error import ApiError
from . import calls, documents, errors, queries, quirks, shapes, wire
from .calls import call, directory
from .entity import ROLES, Group, Listed

PAGE = 200
TOTAL_S = 3600  # all pages of a list together: an hour


@call("/groups/<group_key>/members", "POST")
def insert_member(group_key: str) -> Response:
    known, sent = directory(), wire.body()
    group = known.group(group_key)
    member_id = _changing(lambda: known.members.insert(group, sent))
    sent_as = str(sent.get("email") or "")
    document = documents.single_member(known, group.id, member_id, sent_as)
    return wire.reply(document, shapes.MEMBER)


def _changing(change: Callable[[], Any]) -> Any:
    """The change; within a batch its refusal may be the one that says nothing of its reason."""
    try:
        return change()
    except ApiError as refused:
        is_odd = ENVIRON_INNER in request.environ and quirks.BATCHES_SAY_412 in current().quirks
        if is_odd and refused.code in ("duplicate", "notFound"):
            raise errors.condition_not_met() from refused
        raise


@call("/groups/<group_key>/members")
def list_members(group_key: str) -> Response:
    known, args = directory(), wire.args()
    group = known.group(group_key)
    is_derived = queries.flag(args, "includeDerivedMembership")
    rows = known.members.derived(group.id) if is_derived else known.members.direct(group.id)
    wanted = _of_roles(group, rows, args)
    page = calls.page(wanted, args, (calls.serial, False), most=PAGE, default=PAGE, total_s=TOTAL_S)
    shown = (documents.member(known, group.id, entry) for entry in page.rows)
    return calls.listed("members", shown, shapes.MEMBER, page.token)


def _of_roles(group: Group, rows: Iterable[Listed], args: Mapping[str, str]) -> Iterable[Listed]:
    told = [role.strip().upper() for role in args.get("roles", "").split(",") if role.strip()]
    if not told:
        return rows
    if set(told) - set(ROLES):
        raise errors.bad_parameter("roles")
    details = directory().members.details
    return (each for each in rows if details(group.id, each.member_id).role in told)


@call("/groups/<group_key>/members/<member_key>")
def get_member(group_key: str, member_key: str) -> Response:
    group = directory().group(group_key)
    return _shown(group, directory().members.member(group, member_key))


@call("/groups/<group_key>/members/<member_key>", "PUT", "PATCH")
def update_member(group_key: str, member_key: str) -> Response:
    known, group = directory(), directory().group(group_key)
    _check_etag(group, member_key)
    return _shown(group, known.members.update(group, member_key, wire.body()))


@call("/groups/<group_key>/members/<member_key>", "DELETE")
def delete_member(group_key: str, member_key: str) -> Response:
    known, group = directory(), directory().group(group_key)
    _check_etag(group, member_key)
    _changing(lambda: known.members.delete(group, member_key))
    return wire.no_content()


def _check_etag(group: Group, member_key: str) -> None:
    """If-Match of a write on a member who is there."""
    if "HTTP_IF_MATCH" not in request.environ:
        return
    member_id = directory().members.member(group, member_key)
    wire.check_etag(documents.single_member(directory(), group.id, member_id)["etag"])


@call("/groups/<group_key>/hasMember/<member_key>")
def has_member(group_key: str, member_key: str) -> Response:
    found = directory().members.has_member(directory().group(group_key), member_key)
    return wire.reply({"isMember": found}, shapes.HAS_MEMBER)


def _shown(group: Group, member_id: str) -> Response:
    document = documents.single_member(directory(), group.id, member_id)
    return wire.reply(document, shapes.MEMBER)
