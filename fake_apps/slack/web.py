"""The part of the Web API an integration reads: who the token is, and the groups as user groups.

Sources: https://docs.slack.dev/reference/methods/auth.test,
https://docs.slack.dev/reference/methods/usergroups.list and .users.list
"""

from collections.abc import Mapping
from typing import Any

from . import errors
from .entity import Group
from .state import Organisation


def address(org: Organisation) -> str:
    """The host of the organisation's own pages."""
    is_org = org.settings["plan"] == "enterprise"
    return f"{org.settings['domain']}{'.enterprise' if is_org else ''}.slack.com"


def auth_test(org: Organisation) -> dict[str, Any]:
    is_org = org.settings["plan"] == "enterprise"
    whole = {"enterprise_id": org.enterprise_id} if is_org else {}
    return {
        "ok": True,
        "url": f"https://{address(org)}/",
        "team": str(org.settings["domain"]).title(),
        "user": "admin",
        "team_id": org.team_id,
        "user_id": org.admin_id,
        **whole,
        "is_enterprise_install": is_org,
    }


def usergroups(org: Organisation, args: Mapping[str, str]) -> dict[str, Any]:
    with_users, with_count = _wants(args, "include_users"), _wants(args, "include_count")
    shown = [_usergroup(org, group) for group in org.groups]
    for document in shown:
        users = [user.id for user in org.members_of(document["id"])]
        if with_users:
            document["users"] = users
        if with_count:
            document["user_count"] = len(users)
    return {"ok": True, "usergroups": shown}


def usergroup_users(org: Organisation, args: Mapping[str, str]) -> dict[str, Any]:
    group = org.groups.get(args.get("usergroup", ""))
    if group is None:
        raise errors.web_error("no_such_subteam")
    everybody = _wants(args, "include_disabled")
    found = org.members_of(group.id)
    return {"ok": True, "users": [user.id for user in found if user.active or everybody]}


def _wants(args: Mapping[str, str], name: str) -> bool:
    return args.get(name, "").lower() in ("1", "true")


def _usergroup(org: Organisation, group: Group) -> dict[str, Any]:
    """SCIM cannot set a handle; members of a group that SCIM made are locked (unsure)."""
    is_org = org.settings["plan"] == "enterprise"
    return {
        "id": group.id,
        "team_id": org.enterprise_id if is_org else org.team_id,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "description": "",
        "handle": "",
        "is_external": False,
        "date_create": int(group.created),
        "date_update": int(group.changed),
        "date_delete": 0,
        "auto_type": None,
        "created_by": org.admin_id,
        "updated_by": org.admin_id,
        "deleted_by": None,
        "prefs": {"channels": [], "groups": []},
        "auto_provision": False,
        "is_idp_group": is_org,
        "is_membership_locked": is_org,
    }
