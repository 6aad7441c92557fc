"""What the Web API answers: who the token is, workspaces, channels, and groups as user groups.

Sources: https://docs.slack.dev/reference/methods, each method on a page of its own name; the keys
of a user group as in https://docs.slack.dev/reference/events/subteam_updated.
"""

from collections.abc import Iterable
from typing import Any

from .entity import ADMIN, BOT, MULTI, OWNER, PRIMARY_OWNER, SINGLE, Group, User
from .state import Organisation

Document = dict[str, Any]


def address(org: Organisation) -> str:
    """The host of the organisation's own pages."""
    return f"{org.settings['domain']}{'.enterprise' if org.is_enterprise else ''}.slack.com"


def auth_test(org: Organisation) -> Document:
    whole = {"enterprise_id": org.enterprise_id} if org.is_enterprise else {}
    return {
        "ok": True,
        "url": f"https://{address(org)}/",
        "team": str(org.settings["domain"]).title(),
        "user": "admin",
        "team_id": org.team_id,
        "user_id": org.admin_id,
        **whole,
        "is_enterprise_install": org.is_enterprise,
    }


def listed(name: str, documents: Iterable[Document]) -> Document:
    """One page that holds all of them."""
    return {"ok": True, name: list(documents), "response_metadata": {"next_cursor": ""}}


def team(team_id: str, name: str) -> Document:
    return {"id": team_id, "name": name}


def channel(org: Organisation, channel_id: str) -> Document:
    """The keys that tell one channel from another; what is said in it is not kept."""
    name, is_private = org.workspaces.channels[channel_id], org.workspaces.is_private(channel_id)
    return {
        "id": channel_id,
        "name": name,
        "is_channel": not is_private,
        "is_group": is_private,
        "is_archived": False,
        "is_general": name == "general",
        "is_private": is_private,
    }


def guest_channels(org: Organisation) -> list[Document]:
    """The channels that guests are in, as SCIM shows them."""
    names = org.settings["guest_channels"]
    known = org.workspaces.channels.items()
    return [{"value": each, "display": name} for each, name in known if name in names]


def default_channel(org: Organisation, channel_id: str, *, with_count: bool) -> Document:
    document = {
        "id": channel_id,
        "name": org.workspaces.channels[channel_id],
        "team_id": org.team_id,
    }
    if with_count:
        return {**document, "num_members": len(org.workspaces.channel_members(channel_id))}
    return document


def member(org: Organisation, user: User, team_id: str) -> Document:
    return {
        "id": user.id,
        "team_id": team_id,
        "name": user.user_name,
        "deleted": not org.looks_active(user),
        "real_name": user.real_name,
        "profile": {
            "real_name": user.real_name,
            "display_name": user.values.get("displayname") or "",
            "email": user.emails[0],
        },
        "is_admin": user.kind in (ADMIN, OWNER, PRIMARY_OWNER),
        "is_owner": user.kind in (OWNER, PRIMARY_OWNER),
        "is_primary_owner": user.kind == PRIMARY_OWNER,
        "is_restricted": user.kind in (MULTI, SINGLE),
        "is_ultra_restricted": user.kind == SINGLE,
        "is_bot": user.kind == BOT,
    }


def usergroup(
    org: Organisation, group: Group, *, with_users: bool = False, with_count: bool = False
) -> Document:
    """Members of a group that SCIM made are locked; SCIM cannot set a handle (both unsure)."""
    document: Document = {
        "id": group.id,
        "team_id": group.team_id or (org.enterprise_id if org.is_enterprise else org.team_id),
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "description": group.description,
        "handle": group.handle,
        "is_external": False,
        "date_create": int(group.created),
        "date_update": int(group.changed),
        "date_delete": int(group.disabled),
        "auto_type": None,
        "auto_provision": bool(org.workspaces.provisioned.rights(group.id)),
        "enterprise_subteam_id": group.id if org.usergroups.is_idp_group(group) else "",
        "created_by": org.admin_id,
        "updated_by": org.admin_id,
        "deleted_by": org.admin_id if group.disabled else None,
        "prefs": {"channels": _channels(org, group), "groups": []},
    }
    users = active_users(org, group) if with_users or with_count else []
    if with_users:
        document["users"] = users
    if with_count:
        document["user_count"] = len(users)
    return {**document, "channel_count": len(_channels(org, group)), **_flags(org, group)}


def _flags(org: Organisation, group: Group) -> Document:
    is_idp_group = org.usergroups.is_idp_group(group)
    return {
        "is_idp_group": is_idp_group,
        "is_visible": True,
        "is_editing_restricted": is_idp_group,
        "is_membership_locked": is_idp_group,
        "is_org_level": is_idp_group,
    }


def _channels(org: Organisation, group: Group) -> list[str]:
    """Its default channels, whoever chose them."""
    chosen = dict.fromkeys((*group.channels, *org.workspaces.defaults.rights(group.id)))
    return [each for each in chosen if each in org.workspaces.channels]


def active_users(org: Organisation, group: Group) -> list[str]:
    """Ids of those who are not deactivated."""
    return [user.id for user in org.members_of(group.id) if user.active]
