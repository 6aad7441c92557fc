"""The Web API: read the arguments, ask the organisation, answer in its words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request

from ..core.app import current
from . import errors, web, wire
from .methods import METHODS
from .state import Organisation
from .usergroups import Told

OK: Mapping[str, Any] = {"ok": True}


@dataclass(frozen=True)
class Arguments:
    """What a method is called with, all of it texts; lists are separated by commas."""

    values: Mapping[str, str]

    def text(self, name: str) -> str:
        return self.values.get(name, "")

    def maybe(self, name: str) -> str | None:
        return self.values.get(name)

    def required(self, name: str) -> str:
        if not self.values.get(name):
            raise errors.missing_argument()
        return self.values[name]

    def many(self, name: str) -> tuple[str, ...]:
        """Each once, in order."""
        told = (each.strip() for each in self.text(name).split(","))
        return tuple(dict.fromkeys(each for each in told if each))

    def wants(self, name: str) -> bool:
        return self.text(name).lower() in ("1", "true")


Act = Callable[[Organisation, Arguments], Any]


def install(blueprint: Blueprint) -> None:
    """Every method under its name, by GET and POST."""
    for method in METHODS:
        view = _view(_ACTS[method.operation])
        blueprint.add_url_rule(
            f"/api/{method.name}", method.operation, view, methods=["GET", "POST"]
        )


def _view(act: Act) -> Callable[[], Response]:
    return lambda: wire.reply(act(current().state, Arguments(wire.arguments(request))))


# --- looking ---------------------------------------------------------------------------------


def _auth_test(org: Organisation, _args: Arguments) -> Any:
    return web.auth_test(org)


def _list_teams(org: Organisation, _args: Arguments) -> Any:
    found = (web.team(team_id, name) for team_id, name in org.workspaces.teams.items())
    return web.listed("teams", found)


def _list_channels(org: Organisation, _args: Arguments) -> Any:
    return web.listed("channels", (web.channel(org, each) for each in org.workspaces.channels))


def _list_workspace_users(org: Organisation, args: Arguments) -> Any:
    """An organisation's token has to say which workspace; on Business+ there is one, of all."""
    team_id = org.workspaces.named(args.text("team_id")) if org.is_enterprise else org.team_id
    found = org.workspaces.members(team_id) if org.is_enterprise else list(org.users)
    return web.listed("members", (web.member(org, user, team_id) for user in found))


def _list_usergroups(org: Organisation, args: Arguments) -> Any:
    found = org.usergroups.all(args.text("team_id"), disabled=args.wants("include_disabled"))
    with_users, with_count = args.wants("include_users"), args.wants("include_count")
    shown = [
        web.usergroup(org, group, with_users=with_users, with_count=with_count) for group in found
    ]
    return {"ok": True, "usergroups": shown}


def _list_usergroup_users(org: Organisation, args: Arguments) -> Any:
    group = org.usergroups.one(args.required("usergroup"))
    if group.disabled and not args.wants("include_disabled"):
        raise errors.no_such_subteam()
    return {"ok": True, "users": web.active_users(org, group)}


# --- user groups -----------------------------------------------------------------------------


def _told(args: Arguments) -> Told:
    channels = None if args.maybe("channels") is None else args.many("channels")
    name, handle, description = map(args.maybe, ("name", "handle", "description"))
    return Told(name, handle, description, channels)


def _create_usergroup(org: Organisation, args: Arguments) -> Any:
    group = org.usergroups.create(_told(args), args.text("team_id"))
    return _one(org, group, args)


def _update_usergroup(org: Organisation, args: Arguments) -> Any:
    return _one(org, org.usergroups.update(args.required("usergroup"), _told(args)), args)


def _enable_usergroup(org: Organisation, args: Arguments) -> Any:
    return _one(org, org.usergroups.switch(args.required("usergroup"), on=True), args)


def _disable_usergroup(org: Organisation, args: Arguments) -> Any:
    return _one(org, org.usergroups.switch(args.required("usergroup"), on=False), args)


def _set_usergroup_users(org: Organisation, args: Arguments) -> Any:
    group = org.usergroups.set_users(args.required("usergroup"), args.many("users"))
    return _one(org, group, args)


def _one(org: Organisation, group: Any, args: Arguments) -> Any:
    """A change answers with the group, its users in it."""
    count = args.wants("include_count")
    return {"ok": True, "usergroup": web.usergroup(org, group, with_users=True, with_count=count)}


# --- groups of the organisation ----------------------------------------------------------------


def _add_teams(org: Organisation, args: Arguments) -> Any:
    provisions = args.wants("auto_provision")
    group_id = args.required("usergroup_id")
    org.workspaces.connect(group_id, args.many("team_ids"), provisions=provisions)
    return OK


def _remove_teams(org: Organisation, args: Arguments) -> Any:
    org.workspaces.disconnect(args.required("usergroup_id"), args.many("team_ids"))
    return OK


def _add_default_channels(org: Organisation, args: Arguments) -> Any:
    args.required("channel_ids")
    group_id, team_id = args.required("usergroup_id"), args.text("team_id")
    unknown = org.workspaces.add_channels(group_id, args.many("channel_ids"), team_id)
    return errors.render(errors.channels_not_found(unknown))[0] if unknown else OK


def _remove_default_channels(org: Organisation, args: Arguments) -> Any:
    args.required("channel_ids")
    org.workspaces.remove_channels(args.required("usergroup_id"), args.many("channel_ids"))
    return OK


def _list_default_channels(org: Organisation, args: Arguments) -> Any:
    found = org.workspaces.channels_of(args.required("usergroup_id"), args.text("team_id"))
    count = args.wants("include_num_members")
    shown = [web.default_channel(org, each, with_count=count) for each in found]
    return {"ok": True, "channels": shown}


def _restrict_channel(org: Organisation, args: Arguments) -> Any:
    org.workspaces.restrict(args.required("channel_id"), args.required("group_id"))
    return OK


def _unrestrict_channel(org: Organisation, args: Arguments) -> Any:
    org.workspaces.unrestrict(args.required("channel_id"), args.required("group_id"))
    return OK


def _list_channel_groups(org: Organisation, args: Arguments) -> Any:
    return {"ok": True, "group_ids": org.workspaces.groups_of(args.required("channel_id"))}


_ACTS: Mapping[str, Act] = {
    "auth_test": _auth_test,
    "list_teams": _list_teams,
    "list_channels": _list_channels,
    "list_workspace_users": _list_workspace_users,
    "list_usergroups": _list_usergroups,
    "create_usergroup": _create_usergroup,
    "update_usergroup": _update_usergroup,
    "enable_usergroup": _enable_usergroup,
    "disable_usergroup": _disable_usergroup,
    "list_usergroup_users": _list_usergroup_users,
    "set_usergroup_users": _set_usergroup_users,
    "add_teams": _add_teams,
    "remove_teams": _remove_teams,
    "add_default_channels": _add_default_channels,
    "remove_default_channels": _remove_default_channels,
    "list_default_channels": _list_default_channels,
    "restrict_channel": _restrict_channel,
    "unrestrict_channel": _unrestrict_channel,
    "list_channel_groups": _list_channel_groups,
}
