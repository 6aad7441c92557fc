"""User groups as the Web API makes and changes them.

Sources: https://docs.slack.dev/reference/methods/usergroups.create, .update, .enable, .disable and
.users.update. On Business+ they are the groups of SCIM; on Enterprise those are IDP groups, which
the identity provider alone may change, and user groups belong to one workspace.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..core.table import Table
from . import errors, names
from .entity import BOT, MULTI, SINGLE, Group

if TYPE_CHECKING:
    from .state import Organisation

MAX_DESCRIPTION = 140


@dataclass(frozen=True)
class Told:
    """What a caller says of a user group; None where nothing is said."""

    name: str | None = None
    handle: str | None = None
    description: str | None = None
    channels: Sequence[str] | None = None


class Usergroups:
    """The user groups of one organisation; raises the vendor's refusals."""

    def __init__(self, organisation: "Organisation") -> None:
        self._org = organisation
        self.others: Table[str, Group] = organisation.context.store.table("usergroups")
        """Those that SCIM does not show: disabled ones, and those of one workspace of several."""

    def all(self, team_id: str = "", *, disabled: bool = False) -> list[Group]:
        """In the order of their making; of one workspace where that is told."""
        every = sorted((*self._org.groups, *self.others), key=lambda group: group.created)
        found = [group for group in every if disabled or not group.disabled]
        return [group for group in found if not team_id or self._is_in(group, team_id)]

    def _is_in(self, group: Group, team_id: str) -> bool:
        if group.team_id:
            return group.team_id == team_id
        is_connected = self._org.workspaces.connected.has(group.id, team_id)
        return is_connected or not self._org.is_enterprise

    def one(self, group_id: str) -> Group:
        found = self._org.groups.get(group_id) or self.others.get(group_id)
        if found is None:
            raise errors.no_such_subteam()
        return found

    # --- changes -----------------------------------------------------------------------------

    def create(self, told: Told, team_id: str) -> Group:
        if not told.name:
            raise errors.missing_argument()
        home = self._home(team_id) if self._org.is_enterprise else ""
        _check_words(told)
        self._check_free(told, own_id="")
        now = self._org.context.clock.now()
        group = Group(self._org.new_id("S"), told.name, now, now, team_id=home)
        return self._put(self._with(group, told))

    def update(self, group_id: str, told: Told) -> Group:
        group = self._editable(group_id)
        _check_words(told)
        self._check_free(told, own_id=group.id)
        return self._put(self._with(group, told))

    def switch(self, group_id: str, *, on: bool) -> Group:
        """Enable it, or disable it: then it keeps its members and is shown to nobody."""
        group = self._editable(group_id)
        now = self._org.context.clock.now()
        return self._put(replace(group, disabled=0.0 if on else now, changed=now))

    def set_users(self, group_id: str, user_ids: Sequence[str]) -> Group:
        """These and nobody else; nobody at all it cannot be."""
        group = self._editable(group_id)
        if not user_ids:
            raise errors.no_users_provided()
        for user_id in user_ids:
            self._check_user(user_id, group)
        members = self._org.members
        for user_id in [each for each in members.rights(group.id) if each not in user_ids]:
            members.unlink(group.id, user_id)
        for user_id in user_ids:
            members.link(group.id, user_id)
        return self._put(replace(group, changed=self._org.context.clock.now()))

    # --- rules -------------------------------------------------------------------------------

    def is_idp_group(self, group: Group) -> bool:
        return self._org.is_enterprise and not group.team_id

    def _editable(self, group_id: str) -> Group:
        group = self.one(group_id)
        if self.is_idp_group(group):
            raise errors.permission_denied_for_idp_group()
        return group

    def _home(self, team_id: str) -> str:
        unsaid, unknown = errors.target_team_must_be_specified, errors.target_team_not_on_org
        return self._org.workspaces.named(team_id, unsaid=unsaid, unknown=unknown)

    def _check_free(self, told: Told, own_id: str) -> None:
        """Names are unique among user groups, handles among users and channels as well."""
        others = [group for group in self.all(disabled=True) if group.id != own_id]
        if told.name and told.name.lower() in {group.name.lower() for group in others}:
            raise errors.name_already_exists()
        handle = (told.handle or "").lower()
        taken = {group.handle for group in others} | set(self._org.workspaces.channel_names)
        if handle and (handle in taken or self._org.users.find("username", handle)):
            raise errors.handle_already_exists()
        for channel_id in told.channels or ():
            self._org.workspaces.known_channel(channel_id)

    def _check_user(self, user_id: str, group: Group) -> None:
        user = self._org.users.get(user_id)
        if user is not None and user.kind == SINGLE:
            raise errors.single_channel_guests_cannot_be_added()
        if user is None or not user.active or user.kind in (MULTI, BOT):
            raise errors.invalid_users()
        if group.team_id and not self._org.workspaces.has_room_for(user, group.team_id):
            raise errors.failed_for_some_users()

    def _with(self, group: Group, told: Told) -> Group:
        return replace(
            group,
            name=told.name or group.name,
            handle=group.handle if told.handle is None else told.handle.lower(),
            description=group.description if told.description is None else told.description,
            channels=group.channels if told.channels is None else tuple(told.channels),
            changed=self._org.context.clock.now(),
        )

    def _put(self, group: Group) -> Group:
        """Where SCIM sees it, or where it does not."""
        is_hidden = bool(group.team_id or group.disabled)
        there, away = self._org.groups, self.others
        if is_hidden:
            there, away = away, there
        if group.id in away:
            away.drop(group.id)
        there.put(group.id, group)
        return group


def _check_words(told: Told) -> None:
    """What a user group may be called and said to be, whoever else there is."""
    handle = (told.handle or "").lower()
    if not names.is_plain(handle):
        raise errors.bad_handle()
    if handle in names.RESERVED_WORDS:
        raise errors.forbidden_handle()
    if len(told.description or "") > MAX_DESCRIPTION:
        raise errors.description_too_long()
