"""Who may call what: access tokens, their scopes, and whom they act as.

Source: the scopes of each method in
https://admin.googleapis.com/$discovery/rest?version=directory_v1
"""

from flask import Request

from ..core.app import FakeApp
from . import errors
from .quota import ACTS_AS
from .tokens import SCOPE_ROOT

OPEN = ("gsuite.token", "gsuite.batch")  # the parts of a batch bring tokens of their own
_ROOT = f"{SCOPE_ROOT}admin.directory."
GROUP, GROUP_READ = f"{_ROOT}group", f"{_ROOT}group.readonly"
MEMBER, MEMBER_READ = f"{_ROOT}group.member", f"{_ROOT}group.member.readonly"
USER, USER_READ = f"{_ROOT}user", f"{_ROOT}user.readonly"
ALIAS, ALIAS_READ = f"{_ROOT}user.alias", f"{_ROOT}user.alias.readonly"
ORG_UNIT, ORG_UNIT_READ = f"{_ROOT}orgunit", f"{_ROOT}orgunit.readonly"
SECURITY = f"{_ROOT}user.security"
ALL = (
    GROUP,
    GROUP_READ,
    MEMBER,
    MEMBER_READ,
    USER,
    USER_READ,
    ALIAS,
    ALIAS_READ,
    ORG_UNIT,
    ORG_UNIT_READ,
    SECURITY,
)

_GROUPS_READ = frozenset({GROUP, GROUP_READ})
_MEMBERS_READ = _GROUPS_READ | {MEMBER, MEMBER_READ}
_MEMBERS_WRITE = frozenset({GROUP, MEMBER})
_USERS_READ = frozenset({USER, USER_READ})
_UNITS_READ = frozenset({ORG_UNIT, ORG_UNIT_READ})

ALLOWED: dict[str, frozenset[str]] = {
    "gsuite.list_groups": _GROUPS_READ,
    "gsuite.get_group": _GROUPS_READ,
    "gsuite.list_group_aliases": _GROUPS_READ,
    "gsuite.list_members": _MEMBERS_READ,
    "gsuite.get_member": _MEMBERS_READ,
    "gsuite.has_member": _MEMBERS_READ,
    **{f"gsuite.{verb}_member": _MEMBERS_WRITE for verb in ("insert", "update", "delete")},
    "gsuite.list_users": _USERS_READ,
    "gsuite.get_user": _USERS_READ,
    "gsuite.list_user_aliases": _USERS_READ | {ALIAS, ALIAS_READ},
    "gsuite.insert_user_alias": frozenset({USER, ALIAS}),
    "gsuite.delete_user_alias": frozenset({USER, ALIAS}),
    "gsuite.sign_out_user": frozenset({SECURITY}),
    "gsuite.list_org_units": _UNITS_READ,
    "gsuite.get_org_unit": _UNITS_READ,
    **{f"gsuite.{verb}_org_unit": frozenset({ORG_UNIT}) for verb in ("insert", "update", "delete")},
}
_PUBLIC = ("gsuite.get_user", "gsuite.list_users")  # with viewType=domain_public
_GROUPS_WRITE, _USERS_WRITE = frozenset({GROUP}), frozenset({USER})


_SUBJECTS = ("group_alias", "user_alias", "org_unit", "member", "group", "user")


def _inside(endpoint: str) -> str:
    """What Google's own name for a method ends with, as DirectoryMembers.Insert.

    Recorded are those of members.insert, groups.list and users.list; unsure of the others.
    """
    operation = endpoint.partition(".")[2]
    subject = next(each for each in _SUBJECTS if each in operation)
    verb = operation.partition("_")[0].title()
    name = "".join(part.title() for part in subject.split("_"))
    plural = f"{name}es" if name.endswith("s") else f"{name}s"
    return f"Directory{plural}.{verb}"


def authenticate(app: FakeApp, asked: Request) -> None:
    """Refuse a call without a good token, or whose token lacks the scope or the privilege."""
    endpoint = asked.endpoint
    if endpoint is None or endpoint in OPEN:
        return
    directory = app.state
    verified = directory.tokens.check(asked.environ.get("HTTP_AUTHORIZATION", ""))
    wanted = ALLOWED.get(endpoint) or (_USERS_WRITE if "user" in endpoint else _GROUPS_WRITE)
    if verified.scopes.isdisjoint(wanted):
        raise errors.scope_missing(" ".join(sorted(wanted)), _inside(endpoint))
    for_public = endpoint in _PUBLIC and asked.args.get("viewType") == "domain_public"
    directory.check_caller(verified, for_public=for_public)
    if verified.subject != directory.admin_id:
        asked.environ[ACTS_AS] = verified.subject
