"""Workspaces and channels of an organisation, and the groups that are connected to them.

Source: https://docs.slack.dev/reference/methods/admin.usergroups.addTeams and the pages beside it.
Workspaces and channels are settings: nobody makes them here, so their ids follow from their names.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from ..core.error import ApiError
from ..core.table import Links
from . import errors, quirks
from .entity import Group, User

if TYPE_CHECKING:
    from .state import Organisation

Refuse = Callable[[], ApiError]
MOST_CHANNELS_A_CALL = 100
_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


class Workspaces:
    """The workspaces of one organisation; raises the vendor's refusals."""

    def __init__(self, organisation: "Organisation") -> None:
        self._org = organisation
        store = organisation.context.store
        self.connected: Links = store.links("connected")  # group and workspace
        self.provisioned: Links = store.links("provisioned")  # the same, with accounts made
        self.stayed: Links = store.links("stayed")  # workspace and user, the group gone
        self.defaults: Links = store.links("default_channels")  # group and channel
        self.restricted: Links = store.links("restricted_channels")  # channel and group

    # --- what there is -----------------------------------------------------------------------

    @property
    def teams(self) -> Mapping[str, str]:
        """Names of the workspaces by id; the first is the one that the token speaks of."""
        first, *others = self._org.settings["workspaces"] or (self._org.settings["domain"],)
        return {self._org.team_id: first, **{self._derived("T", name): name for name in others}}

    @property
    def channels(self) -> Mapping[str, str]:
        """Names of the channels by id."""
        return {self._derived("C", name): name for name in self.channel_names}

    @property
    def channel_names(self) -> Sequence[str]:
        settings = self._org.settings
        return (*settings["channels"], *settings["private_channels"])

    def is_private(self, channel_id: str) -> bool:
        return self.channels[channel_id] in self._org.settings["private_channels"]

    def _derived(self, letter: str, name: str) -> str:
        told = f"{self._org.team_id}/{letter}/{name}".encode()
        digest = int.from_bytes(hashlib.sha256(told).digest()[:16], "big")
        return letter + "".join(_DIGITS[digest // 36**at % 36] for at in range(9))

    def members(self, team_id: str) -> list[User]:
        """Those of the groups connected to the workspace, and those whose group is gone."""
        groups = self.connected.lefts(team_id)
        ids = dict.fromkeys(each for group in groups for each in self._org.members.rights(group))
        ids |= dict.fromkeys(self.stayed.rights(team_id))
        found = (self._org.users.get(user_id) for user_id in ids)
        return [user for user in found if user is not None]

    def named(
        self,
        team_id: str,
        *,
        unsaid: Refuse = errors.missing_argument,
        unknown: Refuse = errors.team_not_found,
    ) -> str:
        """The workspace that is meant: one need not be named where it is the only one."""
        if not team_id and len(self.teams) > 1:
            raise unsaid()
        if team_id and team_id not in self.teams:
            raise unknown()
        return team_id or self._org.team_id

    def has_room_for(self, user: User, team_id: str) -> bool:
        """Whether its user groups may have the user: in the only workspace there is, anybody's."""
        return len(self.teams) == 1 or user in self.members(team_id)

    def channel_members(self, channel_id: str) -> list[str]:
        """Ids of the members of groups that have it as a default channel."""
        groups = self.defaults.lefts(channel_id)
        found = (user_id for each in groups for user_id in self._org.members.rights(each))
        return list(dict.fromkeys(found))

    def groups_of(self, channel_id: str) -> list[str]:
        """Ids of the groups whose members alone may be in a private channel."""
        return list(self.restricted.rights(self.known_channel(channel_id)))

    # --- groups and workspaces ---------------------------------------------------------------

    def connect(self, group_id: str, team_ids: Sequence[str], *, provisions: bool) -> None:
        """Its members join the workspaces."""
        group = self._group(group_id)
        self._check_teams(team_ids)
        most = self._org.settings["workspaces_of_a_group"]
        if most is not None and len({*self.connected.rights(group.id), *team_ids}) > most:
            raise errors.team_limit_exceeded()
        for team_id in team_ids:
            self.connected.link(group.id, team_id)
            if provisions:
                self.provisioned.link(group.id, team_id)

    def disconnect(self, group_id: str, team_ids: Sequence[str]) -> None:
        """Its members leave the workspaces, but for those whom another group keeps there."""
        group = self._group(group_id)
        self._check_teams(team_ids)
        for team_id in team_ids:
            self.connected.unlink(group.id, team_id)
            self.provisioned.unlink(group.id, team_id)

    def forget(self, group_id: str) -> None:
        """A group is deleted: those whom it brought into a workspace stay there."""
        if quirks.MEMBERS_STAY_IN_WORKSPACES in self._org.quirks:
            for team_id in self.connected.rights(group_id):
                for user_id in self._org.members.rights(group_id):
                    self.stayed.link(team_id, user_id)
        for links in (self.connected, self.provisioned, self.defaults, self.restricted):
            links.unlink_all(group_id)

    def _check_teams(self, team_ids: Sequence[str]) -> None:
        if not team_ids:
            raise errors.no_team_ids_given()
        unknown = [team_id for team_id in team_ids if team_id not in self.teams]
        if unknown:
            raise errors.invalid_team_ids(unknown)

    # --- default channels --------------------------------------------------------------------

    def add_channels(self, group_id: str, channel_ids: Sequence[str], team_id: str) -> list[str]:
        """Those that there are become default channels; answers the others."""
        if len(channel_ids) > MOST_CHANNELS_A_CALL:
            raise errors.invalid_channels_limit()
        group = self._group(group_id)
        self._check_connected(group, team_id)
        unknown = [each for each in channel_ids if each not in self.channels]
        for channel_id in channel_ids:
            if channel_id not in unknown:
                self.defaults.link(group.id, channel_id)
        return unknown

    def remove_channels(self, group_id: str, channel_ids: Sequence[str]) -> None:
        group = self._group(group_id)
        for channel_id in channel_ids:
            self.defaults.unlink(group.id, self.known_channel(channel_id))

    def channels_of(self, group_id: str, team_id: str = "") -> list[str]:
        group = self._group(group_id)
        self._check_connected(group, team_id)
        return [each for each in self.defaults.rights(group.id) if each in self.channels]

    def _check_connected(self, group: Group, team_id: str) -> None:
        if not team_id:
            return
        if team_id not in self.teams:
            raise errors.team_not_found()
        if not self.connected.has(group.id, team_id):
            raise errors.usergroup_not_linked_to_team()

    # --- private channels --------------------------------------------------------------------

    def restrict(self, channel_id: str, group_id: str) -> None:
        """From now on only members of its groups may be in the channel."""
        if not self.is_private(self.known_channel(channel_id)):
            raise errors.channel_is_not_private()
        if group_id not in self._org.groups:
            raise errors.group_not_found()
        if self.restricted.has(channel_id, group_id):
            raise errors.group_already_linked_to_channel()
        if not self._org.members.rights(group_id):
            raise errors.group_must_not_be_empty()
        self.restricted.link(channel_id, group_id)

    def unrestrict(self, channel_id: str, group_id: str) -> None:
        if group_id not in self._org.groups:
            raise errors.group_not_found()
        self.restricted.unlink(self.known_channel(channel_id), group_id)

    def is_restricting(self, group: Group) -> bool:
        """Whether a private channel is restricted to it, so that it cannot be deleted."""
        if quirks.LINKED_GROUPS_STAY not in self._org.quirks:
            return False
        is_set = group.name in self._org.settings["groups_linked_to_channels"]
        return is_set or bool(self.restricted.lefts(group.id))

    def known_channel(self, channel_id: str) -> str:
        if channel_id not in self.channels:
            raise errors.channel_not_found()
        return channel_id

    def _group(self, group_id: str) -> Group:
        found = self._org.groups.get(group_id)
        if found is None:
            raise errors.usergroup_not_found()
        return found
