"""The calls: read the request, ask the enterprise, write the reply. Endpoint = operation id."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import Blueprint, Response, request

from ..core.app import current
from . import access, errors, wire
from .access import caller
from .documents import Documents
from .entity import Group, Invite, User
from .memberships import Joined
from .paging import Page, Window, after_marker, page
from .state import Enterprise

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
    return _user(enterprise().users.create(wire.body()), 201)


@bp.get(f"{API}/users")
def list_users() -> Response:
    args = wire.args()
    user_type = args.get("user_type", "managed")
    if user_type not in USER_TYPES:
        raise errors.invalid("user_type", user_type)
    rows = enterprise().users.found(
        args.get("filter_term"), user_type, args.get("external_app_user_id")
    )
    if wire.is_set("usemarker"):
        return _marked(rows, args)
    return _listed(list(rows), documents().user)


def _marked(rows: Iterable[User], args: Mapping[str, str]) -> Response:
    if "offset" in args:
        raise errors.invalid("offset", args["offset"])
    limit, fields = wire.limit(), wire.fields()
    found, marker = after_marker(rows, args.get("marker", ""), limit)
    entries = [documents().user(row, fields) for row in found]
    return wire.reply({"entries": entries, "limit": limit, "next_marker": marker or None})


@bp.get(f"{API}/users/me")
def get_me() -> Response:
    return _user(enterprise().users.caller(caller()))


@bp.get(f"{API}/users/<user_id>")
def get_user(user_id: str) -> Response:
    return _user(enterprise().users.known(user_id))


@bp.put(f"{API}/users/<user_id>")
def update_user(user_id: str) -> Response:
    return _user(enterprise().users.update(user_id, wire.body()))


@bp.delete(f"{API}/users/<user_id>")
def delete_user(user_id: str) -> Response:
    wire.is_set("notify")  # nobody has a mailbox here, but it is read
    enterprise().users.delete(user_id, force=wire.is_set("force"))
    return wire.no_content()


@bp.put(f"{API}/users/<user_id>/folders/0")
def transfer_content(user_id: str) -> Response:
    wire.is_set("notify")
    users = enterprise().users
    folder = users.transfer(user_id, wire.body(), users.caller(caller()))
    owner = users.managed(folder.owner_id)
    return wire.reply(documents().folder(folder, owner, wire.fields()))


@bp.post(f"{API}/users/terminate_sessions")
def terminate_user_sessions() -> Response:
    return _terminated("User", "user_ids", "user_logins")


@bp.get(f"{API}/users/<user_id>/email_aliases")
def list_aliases(user_id: str) -> Response:
    state = enterprise()
    entries = [documents().alias(row) for row in state.aliases.of(state.users.managed(user_id))]
    return wire.reply({"total_count": len(entries), "entries": entries})


@bp.post(f"{API}/users/<user_id>/email_aliases")
def add_alias(user_id: str) -> Response:
    state = enterprise()
    made = state.aliases.add(state.users.managed(user_id), wire.body())
    return wire.reply(documents().alias(made), 201)


@bp.delete(f"{API}/users/<user_id>/email_aliases/<alias_id>")
def remove_alias(user_id: str, alias_id: str) -> Response:
    state = enterprise()
    state.aliases.remove(state.users.managed(user_id), alias_id)
    return wire.no_content()


# --- invitations -----------------------------------------------------------------------------


@bp.post(f"{API}/invites")
def create_invite() -> Response:
    return _invite(*enterprise().invites.create(wire.body(), caller()))


@bp.get(f"{API}/invites/<invite_id>")
def get_invite(invite_id: str) -> Response:
    return _invite(*enterprise().invites.invite(invite_id))


# --- groups ----------------------------------------------------------------------------------


@bp.post(f"{API}/groups")
def create_group() -> Response:
    return _group(enterprise().groups.create(wire.body()), 201)


@bp.get(f"{API}/groups")
def list_groups() -> Response:
    args = wire.args()
    rows = enterprise().groups.found(args.get("filter_term"), args.get("external_sync_identifier"))
    return _listed(rows, documents().group)


@bp.get(f"{API}/groups/<group_id>")
def get_group(group_id: str) -> Response:
    return _group(enterprise().groups.group(group_id))


@bp.put(f"{API}/groups/<group_id>")
def update_group(group_id: str) -> Response:
    return _group(enterprise().groups.update(group_id, wire.body()))


@bp.delete(f"{API}/groups/<group_id>")
def delete_group(group_id: str) -> Response:
    enterprise().groups.delete(group_id)
    return wire.no_content()


@bp.get(f"{API}/groups/<group_id>/collaborations")
def list_collaborations(group_id: str) -> Response:
    groups, window = enterprise().groups, wire.window()
    part, group = groups.collaborations(group_id, window), groups.group(group_id)
    return _page_reply(part, [documents().collaboration(row, group) for row in part.rows], window)


@bp.post(f"{API}/groups/terminate_sessions")
def terminate_group_sessions() -> Response:
    return _terminated("Group", "group_ids")


# --- memberships -----------------------------------------------------------------------------


@bp.get(f"{API}/groups/<group_id>/memberships")
def list_group_memberships(group_id: str) -> Response:
    state, window = enterprise(), wire.window()
    return _memberships(state.memberships.of_group(state.groups.group(group_id), window), window)


@bp.get(f"{API}/users/<user_id>/memberships")
def list_user_memberships(user_id: str) -> Response:
    state, window = enterprise(), wire.window()
    return _memberships(state.memberships.of_user(state.users.managed(user_id), window), window)


@bp.post(f"{API}/group_memberships")
def create_membership() -> Response:
    state = enterprise()
    return _membership(state.memberships.create(wire.body(), state.groups.own), 201)


@bp.get(f"{API}/group_memberships/<membership_id>")
def get_membership(membership_id: str) -> Response:
    return _membership(enterprise().memberships.membership(membership_id))


@bp.put(f"{API}/group_memberships/<membership_id>")
def update_membership(membership_id: str) -> Response:
    return _membership(enterprise().memberships.update(membership_id, wire.body()))


@bp.delete(f"{API}/group_memberships/<membership_id>")
def delete_membership(membership_id: str) -> Response:
    enterprise().memberships.delete(membership_id)
    return wire.no_content()


# --- replies ---------------------------------------------------------------------------------


def _user(row: User, status: int = 200) -> Response:
    return wire.reply(documents().user(row, wire.fields()), status)


def _group(row: Group, status: int = 200) -> Response:
    may_invite = access.may_invite(enterprise(), row, caller())
    return wire.reply(documents().group(row, wire.fields(), may_invite=may_invite), status)


def _invite(row: Invite, person: User) -> Response:
    inviter = enterprise().users.inviter(row.by_id)
    return wire.reply(documents().invite(row, person, inviter, wire.fields()))


def _membership(joined: Joined, status: int = 200) -> Response:
    return wire.reply(documents().membership(*joined, fields=wire.fields()), status)


def _memberships(part: Page, window: Window) -> Response:
    """Entries in their short form; `fields=` is not offered here."""
    entries = [documents().membership_listed(*joined) for joined in part.rows]
    return _page_reply(part, entries, window)


def _listed(rows: Any, show: Callable[..., Any]) -> Response:
    window, fields = wire.window(), wire.fields()
    part = page(rows, len(rows), window, enterprise().quirks)
    return _page_reply(part, [show(row, fields) for row in part.rows], window)


def _page_reply(part: Page, entries: list[Any], window: Window) -> Response:
    return wire.reply(
        {
            "total_count": part.total,
            "entries": entries,
            "limit": window.limit,
            "offset": window.offset,
        }
    )


def _terminated(kind: str, *names: str) -> Response:
    """The job is accepted; nobody has a session here that it could end."""
    body = wire.body(errors.not_json)
    told = [body[name] for name in names if body.get(name) is not None]
    for ids in told:
        if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
            raise errors.bad_id_format(kind)
    if not any(told):
        raise errors.nobody_named(kind)
    return wire.reply({"message": TERMINATED}, 202)
