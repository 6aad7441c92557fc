"""Which methods of the Web API there are: their names, our operations, scopes and tiers.

Source: https://docs.slack.dev/reference/methods, each on a page of its own name.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Method:
    """One method. `tier` 0 is one without a number to hold anybody to."""

    name: str
    operation: str
    scope: str = ""
    tier: int = 2
    is_for_enterprises: bool = False


def _admin(name: str, operation: str, scope: str, *, tier: int = 2) -> Method:
    return Method(f"admin.{name}", operation, f"admin.{scope}", tier, is_for_enterprises=True)


METHODS = (
    Method("auth.test", "auth_test", tier=0),
    Method("auth.teams.list", "list_teams"),
    Method("conversations.list", "list_channels", "channels:read"),
    Method("users.list", "list_workspace_users", "users:read"),
    Method("usergroups.list", "list_usergroups", "usergroups:read"),
    Method("usergroups.create", "create_usergroup", "usergroups:write"),
    Method("usergroups.update", "update_usergroup", "usergroups:write"),
    Method("usergroups.enable", "enable_usergroup", "usergroups:write"),
    Method("usergroups.disable", "disable_usergroup", "usergroups:write"),
    Method("usergroups.users.list", "list_usergroup_users", "usergroups:read"),
    Method("usergroups.users.update", "set_usergroup_users", "usergroups:write"),
    _admin("usergroups.addTeams", "add_teams", "teams:write"),
    _admin("usergroups.removeTeams", "remove_teams", "teams:write"),
    _admin("usergroups.addChannels", "add_default_channels", "usergroups:write", tier=1),
    _admin("usergroups.removeChannels", "remove_default_channels", "usergroups:write"),
    _admin("usergroups.listChannels", "list_default_channels", "usergroups:read"),
    _admin("conversations.restrictAccess.addGroup", "restrict_channel", "conversations:write"),
    _admin("conversations.restrictAccess.removeGroup", "unrestrict_channel", "conversations:write"),
    _admin("conversations.restrictAccess.listGroups", "list_channel_groups", "conversations:read"),
)
SCOPES = tuple(sorted({method.scope for method in METHODS if method.scope}))
