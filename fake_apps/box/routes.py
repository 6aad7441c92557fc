"""The calls: read the request, ask the enterprise, write the reply. Endpoint = operation id."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, request

from ..core.app import current
from . import errors, wire
from .access import caller
from .documents import Documents
from .entity import Group, User
from .state import Enterprise, Joined, Page

bp = Blueprint("box", __name__)
API = "/2.0"
USER_TYPES = ("managed", "all", "external")
TERMINATED = "Request is successful, please check the admin events for the status of the job"


def enterprise() -> Enterprise:
    found: Enterprise = current().state
    return found


def documents() -> Documents:
    return enterprise().documents


# --- tokens ----------------------------------------------------------------------------------


@bp.post("/oauth2/token")
def token() -> Response:
    return wire.reply(enterprise().tokens.issue(request.form))


@bp.post("/oauth2/revoke")
def revoke() -> Response:
    enterprise().tokens.revoke(request.form)
    return wire.empty()


# --- users -----------------------------------------------------------------------------------


@bp.post(f"{API}/users")
def create_user() -> Response:
    return _user(enterprise().create_user(wire.body()), 201)


@bp.get(f"{API}/users")
def list_users() -> Response:
    args = wire.args()
    user_type = args.get("user_type", "managed")
    if user_type not in USER_TYPES:
        raise errors.invalid("user_type", user_type)
    rows = enterprise().found_users(
        args.get("filter_term"), user_type, args.get("external_app_user_id")
    )
    if wire.is_set("usemarker") or "marker" in args:
        return _marked(rows, args)
    return _listed(list(rows), documents().user, wire.window())


def _marked(rows: Iterable[User], args: Mapping[str, str]) -> Response:
    if "offset" in args:
        raise errors.invalid("offset", args["offset"])
    limit, fields = wire.limit(), wire.fields()
    found, marker = enterprise().after_marker(rows, args.get("marker", ""), limit)
    entries = [documents().user(row, fields) for row in found]
    return wire.reply({"entries": entries, "limit": limit, "next_marker": marker or None})


@bp.get(f"{API}/users/me")
def get_me() -> Response:
    own = caller()
    return _user(enterprise().user(own) if own else enterprise().service_account())


@bp.get(f"{API}/users/<user_id>")
def get_user(user_id: str) -> Response:
    return _user(enterprise().user(user_id))


@bp.put(f"{API}/users/<user_id>")
def update_user(user_id: str) -> Response:
    return _user(enterprise().update_user(user_id, wire.body()))


@bp.delete(f"{API}/users/<user_id>")
def delete_user(user_id: str) -> Response:
    enterprise().delete_user(user_id, force=wire.is_set("force"))
    return wire.no_content()


@bp.post(f"{API}/users/terminate_sessions")
def terminate_user_sessions() -> Response:
    return _terminated("user_ids", "user_logins")


@bp.get(f"{API}/users/<user_id>/email_aliases")
def list_aliases(user_id: str) -> Response:
    entries = [documents().alias(row) for row in enterprise().aliases_of(user_id)]
    return wire.reply({"total_count": len(entries), "entries": entries})


@bp.post(f"{API}/users/<user_id>/email_aliases")
def add_alias(user_id: str) -> Response:
    return wire.reply(documents().alias(enterprise().add_alias(user_id, wire.body())), 201)


@bp.delete(f"{API}/users/<user_id>/email_aliases/<alias_id>")
def remove_alias(user_id: str, alias_id: str) -> Response:
    enterprise().remove_alias(user_id, alias_id)
    return wire.no_content()


# --- groups ----------------------------------------------------------------------------------


@bp.post(f"{API}/groups")
def create_group() -> Response:
    return _group(enterprise().create_group(wire.body()), 201)


@bp.get(f"{API}/groups")
def list_groups() -> Response:
    rows = enterprise().found_groups(wire.args().get("filter_term"))
    return _listed(rows, documents().group, wire.window())


@bp.get(f"{API}/groups/<group_id>")
def get_group(group_id: str) -> Response:
    return _group(enterprise().group(group_id))


@bp.put(f"{API}/groups/<group_id>")
def update_group(group_id: str) -> Response:
    return _group(enterprise().update_group(group_id, wire.body()))


@bp.delete(f"{API}/groups/<group_id>")
def delete_group(group_id: str) -> Response:
    enterprise().delete_group(group_id)
    return wire.no_content()


@bp.get(f"{API}/groups/<group_id>/collaborations")
def list_collaborations(group_id: str) -> Response:
    """Always none: this tenant has no folders."""
    enterprise().group(group_id)
    return _page_reply(Page((), 0), [], wire.window())


@bp.post(f"{API}/groups/terminate_sessions")
def terminate_group_sessions() -> Response:
    return _terminated("group_ids")


# --- memberships -----------------------------------------------------------------------------


@bp.get(f"{API}/groups/<group_id>/memberships")
def list_group_memberships(group_id: str) -> Response:
    window = wire.window()
    return _memberships(
        enterprise().memberships_of_group(group_id, window.offset, window.limit), window
    )


@bp.get(f"{API}/users/<user_id>/memberships")
def list_user_memberships(user_id: str) -> Response:
    window = wire.window()
    return _memberships(
        enterprise().memberships_of_user(user_id, window.offset, window.limit), window
    )


@bp.post(f"{API}/group_memberships")
def create_membership() -> Response:
    return _membership(enterprise().create_membership(wire.body()), 201)


@bp.get(f"{API}/group_memberships/<membership_id>")
def get_membership(membership_id: str) -> Response:
    return _membership(enterprise().membership(membership_id))


@bp.put(f"{API}/group_memberships/<membership_id>")
def update_membership(membership_id: str) -> Response:
    return _membership(enterprise().update_membership(membership_id, wire.body()))


@bp.delete(f"{API}/group_memberships/<membership_id>")
def delete_membership(membership_id: str) -> Response:
    enterprise().delete_membership(membership_id)
    return wire.no_content()


# --- replies ---------------------------------------------------------------------------------


def _user(row: User, status: int = 200) -> Response:
    return wire.reply(documents().user(row, wire.fields()), status)


def _group(row: Group, status: int = 200) -> Response:
    return wire.reply(documents().group(row, wire.fields()), status)


def _membership(joined: Joined, status: int = 200) -> Response:
    return wire.reply(documents().membership(*joined, fields=wire.fields()), status)


def _memberships(page: Page, window: wire.Window) -> Response:
    """Entries in their short form; `fields=` is not offered here."""
    entries = [documents().membership_listed(*joined) for joined in page.rows]
    return _page_reply(page, entries, window)


def _listed(rows: Sequence[Any], show: Callable[..., Any], window: wire.Window) -> Response:
    page = enterprise().page(rows, len(rows), window.offset, window.limit)
    fields = wire.fields()
    return _page_reply(page, [show(row, fields) for row in page.rows], window)


def _page_reply(page: Page, entries: list[Any], window: wire.Window) -> Response:
    return wire.reply(
        {
            "total_count": page.total,
            "entries": entries,
            "limit": window.limit,
            "offset": window.offset,
        }
    )


def _terminated(*names: str) -> Response:
    body = wire.body()
    for name in names:
        told = body.get(name, [])
        if not isinstance(told, list) or not all(isinstance(each, str) for each in told):
            raise errors.invalid(name, told)
    if not any(name in body for name in names):
        raise errors.missing(names[0])
    return wire.reply({"message": TERMINATED}, 202)
