"""Who may call what: bearer tokens and application permissions.

Source: the permissions tables of each call, https://learn.microsoft.com/en-us/graph/permissions-reference
"""

from flask import Request, request

from ..core.app import FakeApp
from . import errors
from .wire import UNITS

TOKEN_OPERATION = "o365.token"  # noqa: S105 - an operation, no secret
OPEN = (TOKEN_OPERATION, "o365.keys", "o365.openid_configuration")
TOKEN_PATH = "/oauth2/v2.0/token"  # noqa: S105 - a path, no secret
ROLES = "o365.roles"

_ALL = frozenset({"Directory.ReadWrite.All"})
_READ_ALL = _ALL | {"Directory.Read.All"}
USERS_WRITE = _ALL | {"User.ReadWrite.All"}
USERS_READ = USERS_WRITE | _READ_ALL | {"User.Read.All"}
GROUPS_WRITE = _ALL | {"Group.ReadWrite.All"}
GROUPS_CREATE = GROUPS_WRITE | {"Group.Create"}
GROUPS_READ = (
    GROUPS_WRITE
    | _READ_ALL
    | {"Group.Read.All", "GroupMember.Read.All", "GroupMember.ReadWrite.All"}
)
MEMBERS_WRITE = GROUPS_WRITE | {"GroupMember.ReadWrite.All"}
LICENSES_WRITE = {"LicenseAssignment.ReadWrite.All"}
ANY_READ = USERS_READ | GROUPS_READ
BIN_WRITE = USERS_WRITE | GROUPS_WRITE

_OF_GROUPS = (
    *("list_owners", "list_user_owners"),
    *(f"list{kind}_members" for kind in ("", "_user", "_group")),
    *(f"list_transitive{kind}_members" for kind in ("", "_user", "_group")),
    *(f"{verb}_group{way}_member_of" for verb in ("list", "count") for way in ("", "_transitive")),
    *("list_groups", "get_group", "get_group_by_name", "delta_groups"),
    *("list_member_refs", "list_owner_refs"),
    *("count_groups", "count_members", "count_user_members", "count_owners"),
    "count_transitive_members",
)

ALLOWED: dict[str, frozenset[str]] = {
    **{f"o365.{name}": GROUPS_READ for name in _OF_GROUPS},
    **{f"o365.{verb}_user": USERS_WRITE for verb in ("create", "update", "delete")},
    **{f"o365.delete_{what}": BIN_WRITE for what in ("member_object", "object")},  # see may_write
    "o365.delta_users": USERS_READ,
    "o365.get_manager": USERS_READ,
    "o365.list_direct_reports": USERS_READ,
    **{f"o365.{verb}_manager": USERS_WRITE for verb in ("set", "remove")},
    "o365.get_user": USERS_READ,
    "o365.list_users": USERS_READ,
    "o365.count_users": USERS_READ,
    "o365.create_group": GROUPS_CREATE,
    "o365.upsert_group": GROUPS_CREATE,  # updating needs more: the route checks
    "o365.assign_user_license": USERS_WRITE | LICENSES_WRITE,
    "o365.assign_group_license": GROUPS_WRITE | LICENSES_WRITE,
    "o365.update_group": MEMBERS_WRITE,  # what is no member needs more: the route checks
    "o365.delete_group": GROUPS_WRITE,
    "o365.delete_group_by_name": GROUPS_WRITE,
    **{f"o365.{verb}_member": MEMBERS_WRITE for verb in ("add", "remove")},
    **{f"o365.{verb}_owner": GROUPS_WRITE for verb in ("add", "remove")},
    **{f"o365.{name}_deleted_object": BIN_WRITE for name in ("restore", "purge")},
}


def authenticate(app: FakeApp, asked: Request) -> None:
    """Refuse a call without a good token, or whose token lacks the permission."""
    endpoint, environ = asked.endpoint, asked.environ
    if endpoint in OPEN or (endpoint is None and is_token_path(asked)):
        return
    verified = app.state.tokens.check(environ.get("HTTP_AUTHORIZATION", ""))
    environ[ROLES] = verified.roles
    if endpoint and verified.roles.isdisjoint(ALLOWED.get(endpoint, ANY_READ)):
        environ[UNITS] = "1"  # the directory has looked at it
        raise errors.denied()


def may_write(type_name: str) -> None:
    """Refuse to change an object of a type that the caller's permissions are not for."""
    if roles().isdisjoint(USERS_WRITE if type_name == "user" else GROUPS_WRITE):
        raise errors.denied()


def may_read(type_name: str) -> None:
    """Refuse to list objects of a type that the caller's permissions are not for."""
    if roles().isdisjoint(USERS_READ if type_name == "user" else GROUPS_READ):
        raise errors.denied()


def is_token_path(asked: Request) -> bool:
    return bool(asked.environ["PATH_INFO"].endswith(TOKEN_PATH))


def roles() -> frozenset[str]:
    """The application permissions of the present caller."""
    found: frozenset[str] = request.environ[ROLES]
    return found
