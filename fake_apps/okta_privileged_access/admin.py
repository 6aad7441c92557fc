"""The team's administrator at its dashboard."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..core import scim
from ..core.admin import AccountView, GroupView
from ..core.error import ApiError
from . import bodies
from .entity import BUILT_IN, HOST, HUMAN, LOCAL, PUSHED, SCIM_PART, Group, User
from .state import STANDARD, Team

ORIGINS = {"": PUSHED, PUSHED: PUSHED, LOCAL: LOCAL}


class TeamAdmin:
    """What a hand at the dashboard does. Implements `core.admin.Admin`.

    What comes with the team is left out: the service user, its group, the top-level folder.
    """

    def __init__(self, team: Team) -> None:
        self._team = team

    # --- looking -----------------------------------------------------------------------------

    def accounts(self) -> Sequence[AccountView]:
        return [
            AccountView(user.id, user.name, user.active, user.deleted is not None)
            for user in self._team.users
            if user.kind == HUMAN
        ]

    def groups(self) -> Sequence[GroupView]:
        return [self._view(group) for group in self._team.groups if group.origin != BUILT_IN]

    def _view(self, group: Group) -> GroupView:
        members = tuple(self._team.members.rights(group.id))
        kind = group.origin
        return GroupView(group.id, group.name, members, kind, deleted=group.deleted is not None)

    # --- accounts ----------------------------------------------------------------------------

    def add_account(self, login: str, profile: Mapping[str, Any]) -> str:
        """`profile` in SCIM attributes; its `kind` is pushed, or local: made here, not by SCIM."""
        origin = _origin(str(profile.get("kind", "")))
        email = [{"value": login, "type": "work", "primary": True}] if "@" in login else []
        more = {name: value for name, value in profile.items() if name != "kind"}
        body = {"schemas": [scim.USER], "userName": login, "emails": email, **more}
        return self._team.people.create(body, origin=origin).id

    def set_account_active(self, account_id: str, *, active: bool) -> None:
        user = self._user(account_id)
        if user.deleted is not None:
            raise _never("a deleted user stays deleted")
        self._team.people.set_active(user, active=active)

    def delete_account(self, account_id: str) -> None:
        self._team.people.delete(self._user(account_id))

    def restore_account(self, account_id: str) -> None:
        self._user(account_id)
        raise _never("a deleted user stays deleted")

    # --- groups ------------------------------------------------------------------------------

    def add_group(
        self, name: str, *, member_ids: Sequence[str] = (), place: str | None = None, kind: str = ""
    ) -> str:
        """`kind` is pushed, or local: made here, not by SCIM."""
        if place is not None:
            raise ValueError("groups of a team have no place")
        members = [{"value": user_id} for user_id in member_ids]
        body = {"schemas": [scim.GROUP], "displayName": name, "members": members}
        return self._team.grouping.push(bodies.read_group(body), origin=_origin(kind)).id

    def rename_group(self, group_id: str, name: str) -> None:
        raise _never("a group keeps its name; it is deleted and made again")

    def move_group(self, group_id: str, place: str) -> None:
        raise ValueError("groups of a team have no place")

    def delete_group(self, group_id: str) -> None:
        self._team.grouping.delete(self._group(group_id))

    def restore_group(self, group_id: str) -> None:
        self._group(group_id)
        raise _never("a deleted group stays deleted")

    def add_members(self, group_id: str, account_ids: Sequence[str]) -> None:
        self._team.grouping.add(self._group(group_id), account_ids)

    def remove_members(self, group_id: str, account_ids: Sequence[str]) -> None:
        self._team.grouping.remove(self._group(group_id), account_ids)

    # --- access ------------------------------------------------------------------------------

    def credentials(self) -> Mapping[str, Any]:
        """Okta's `token` and `base_url` of SCIM; an automation's key, and where its folder is."""
        team = self._team
        api = f"{HOST}/v1/teams/{team.settings['team']}"
        standard = [row.id for row in team.foldering.every_top() if row.name == STANDARD]
        project = next(iter(team.projects))
        return {
            "token": team.scim_key.secret,
            "base_url": api + SCIM_PART,
            "api_url": api,
            "key_id": team.api_key.id,
            "key_secret": team.api_key.secret,
            "resource_group_id": project.parent,
            "project_id": project.id,
            "folder_id": next(iter(standard), ""),
        }

    def expire_credentials(self) -> None:
        self._team.expire_keys()

    def replace_credentials(self) -> None:
        self._team.replace_keys()

    def _user(self, user_id: str) -> User:
        row = self._team.users.get(user_id)
        if row is None or row.kind != HUMAN:
            raise KeyError(user_id)
        return row

    def _group(self, group_id: str) -> Group:
        row = self._team.groups.get(group_id)
        if row is None or row.deleted is not None:
            raise KeyError(group_id)
        return row


def _origin(kind: str) -> str:
    if kind not in ORIGINS:
        raise ValueError(f"unknown kind {kind!r}; known: {PUSHED}, {LOCAL}")
    return ORIGINS[kind]


def _never(message: str) -> ApiError:
    return ApiError(405, "method_not_allowed", message)
