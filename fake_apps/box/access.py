"""Who may call what: the token's scopes, and the role of the user it acts as.

Sources: https://developer.box.com/guides/api-calls/permissions-and-errors/scopes, and the first
paragraph of each call in https://developer.box.com/reference ("Only members of this group ...").
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Request, request

from ..core.app import FakeApp
from . import errors
from .entity import GROUP_ADMIN, MANAGERS, Group
from .state import Enterprise

OPEN = ("box.token", "box.revoke")
USERS, GROUPS, PROPERTIES, CONTENT = (
    "manage_managed_users",
    "manage_groups",
    "manage_enterprise_properties",
    "root_readwrite",
)
CALLER = "box.caller"
OWN = ("box.get_me", "box.get_user", "box.list_user_memberships")  # of oneself, whatever the role
_SCOPES = {
    "box.create_user": USERS,
    "box.list_users": USERS,
    "box.get_user": USERS,
    "box.update_user": USERS,
    "box.delete_user": USERS,
    "box.list_aliases": USERS,
    "box.add_alias": USERS,
    "box.remove_alias": USERS,
    "box.terminate_user_sessions": USERS,
    "box.create_invite": PROPERTIES,
    "box.get_invite": PROPERTIES,
    "box.transfer_content": CONTENT,
}  # every other call asks for GROUPS
VERSION, VERSIONS = "2024.0", ("2024.0", "2025.0", "2026.0")


def authenticate(app: FakeApp, asked: Request) -> None:
    """Refuse a call without a good token, or one its token or its user has no right to."""
    endpoint, environ = asked.endpoint, asked.environ
    if endpoint in OPEN or (endpoint is None and errors.is_token_path(environ)):
        return
    verified = app.state.tokens.check(environ.get("HTTP_AUTHORIZATION", ""))
    if "HTTP_BOX_VERSION" in environ:
        _check_version(environ["HTTP_BOX_VERSION"].strip())
    caller: str = verified.user_id
    if "HTTP_AS_USER" in environ:
        caller = _impersonated(app, environ["HTTP_AS_USER"])
    if caller and caller not in app.state.rows.users:
        raise errors.bad_token()
    environ[CALLER] = caller
    if endpoint is None:
        return
    is_own = caller and _is_own(asked, caller)
    scope = _SCOPES.get(endpoint, GROUPS)
    if endpoint != "box.get_me" and not is_own and scope not in verified.scopes:
        raise errors.insufficient_scope()
    if caller and not is_own:
        _check_role(app.state, asked, caller)


def _check_version(told: str) -> None:
    if not told:
        raise errors.empty_version()
    if "," in told:
        raise errors.many_versions()
    if told not in VERSIONS:
        raise errors.bad_version()
    if told != VERSION:
        raise errors.other_version()


def _impersonated(app: FakeApp, user_id: str) -> str:
    """As-User needs the app's leave and an active user of the enterprise."""
    if not app.settings["as_user"] or not app.state.users.may_act(user_id):
        raise errors.denied()
    return user_id


def _is_own(asked: Request, caller: str) -> bool:
    return asked.endpoint in OWN and (asked.view_args or {}).get("user_id", caller) == caller


def _check_role(state: Enterprise, asked: Request, caller: str) -> None:
    """Users who administer nothing may look at their own groups, group admins do more there."""
    if state.users.managed(caller).values["role"] in MANAGERS:
        return
    allowed = _FOR_OTHERS.get(asked.endpoint or "")
    if allowed is None or not allowed(state, asked.view_args or {}, caller):
        raise errors.denied()


def caller() -> str:
    """The user whom the present call acts as; "" for the service account."""
    found: str = request.environ[CALLER]
    return found


# --- what who is neither admin nor co-admin may -----------------------------------------------

Allowed = Callable[[Enterprise, Mapping[str, Any], str], bool]


def _is_member(state: Enterprise, args: Mapping[str, Any], caller: str) -> bool:
    return state.memberships.find(args["group_id"], caller) is not None


def _is_admin(state: Enterprise, args: Mapping[str, Any], caller: str) -> bool:
    """Of the group that the call names, or whose membership it names."""
    group_id = args.get("group_id")
    if group_id is None:
        named = state.memberships.known(args["membership_id"])
        group_id = named.group_id if named else ""
    own = state.memberships.find(group_id, caller)
    return own is not None and own.role == GROUP_ADMIN


def _sees_members(state: Enterprise, args: Mapping[str, Any], caller: str) -> bool:
    group = state.rows.groups.get(args["group_id"])
    return group is not None and _reaches(state, group, "member_viewability_level", caller)


def _reaches(state: Enterprise, group: Group, level: str, caller: str) -> bool:
    """Whether one of a group's levels includes somebody who is neither admin nor co-admin."""
    own = state.memberships.find(group.id, caller)
    match group.values[level]:
        case "all_managed_users":
            return True
        case "admins_and_members":
            return own is not None
        case _:
            return own is not None and own.role == GROUP_ADMIN


def may_invite(state: Enterprise, group: Group, caller: str) -> bool:
    """Whether the caller may give the group access to folders."""
    user = state.rows.users.get(caller)
    if user is None or user.values["role"] in MANAGERS:
        return True
    return _reaches(state, group, "invitability_level", caller)


def _creates_accounts(state: Enterprise, _args: Mapping[str, Any], caller: str) -> bool:
    """A group admin whose `configurable_permissions` say so."""
    return any(
        _has(row.permissions, "can_create_accounts")
        for row in state.memberships.administered(caller)
    )


def _edits_accounts(state: Enterprise, args: Mapping[str, Any], caller: str) -> bool:
    """A group admin whose `configurable_permissions` say so, of the members of that group."""
    return any(
        _has(row.permissions, "can_edit_accounts")
        and state.memberships.find(row.group_id, args["user_id"]) is not None
        for row in state.memberships.administered(caller)
    )


def _has(permissions: Mapping[str, bool] | None, name: str) -> bool:
    return permissions is not None and permissions[name]


_FOR_OTHERS: Mapping[str, Allowed] = {
    "box.get_group": _is_member,
    "box.update_group": _is_admin,
    "box.list_group_memberships": _sees_members,
    "box.get_membership": _is_admin,
    "box.update_membership": _is_admin,
    "box.create_user": _creates_accounts,
    "box.update_user": _edits_accounts,
}
