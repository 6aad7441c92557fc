"""The organisation's owner at the dashboard."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..core.admin import AccountView, GroupView
from ..core.error import ApiError
from .entity import KINDS, MEMBER, V2, Group, User
from .group_rules import MemberChange
from .state import Organisation


class OrgAdmin:
    """What a hand at the dashboard does. Implements `core.admin.Admin`."""

    def __init__(self, organisation: Organisation) -> None:
        self._org = organisation

    # --- looking -----------------------------------------------------------------------------

    def accounts(self) -> Sequence[AccountView]:
        return [AccountView(user.id, user.user_name, user.active) for user in self._org.users]

    def groups(self) -> Sequence[GroupView]:
        return [self._view(group) for group in self._org.groups]

    def _view(self, group: Group) -> GroupView:
        kind = "idp group" if self._org.settings["plan"] == "enterprise" else "user group"
        return GroupView(group.id, group.name, tuple(self._org.members.rights(group.id)), kind)

    # --- accounts ----------------------------------------------------------------------------

    def add_account(self, login: str, profile: Mapping[str, Any]) -> str:
        """`profile` in SCIM attributes; its `kind` is the kind of user, a member unless told."""
        kind = profile.get("kind", MEMBER)
        if kind not in KINDS:
            raise ValueError(f"unknown kind {kind!r}; known: {', '.join(KINDS)}")
        email = login if "@" in login else f"{login}@{self._org.settings['email_domain']}"
        body = {
            "schemas": [V2.user],
            "userName": login,
            "emails": [{"value": email, "primary": True}],
            **{name: value for name, value in profile.items() if name != "kind"},
        }
        return self._org.people.create(body, kind=kind).id

    def set_account_active(self, account_id: str, *, active: bool) -> None:
        self._org.people.set_active(account_id, active=active)

    def delete_account(self, account_id: str) -> None:
        self._user(account_id)
        raise _never("Slack deactivates members, it never deletes them")

    def restore_account(self, account_id: str) -> None:
        self._user(account_id)
        raise _never("Slack deletes no members, so there are none to restore")

    # --- groups ------------------------------------------------------------------------------

    def add_group(
        self, name: str, *, member_ids: Sequence[str] = (), place: str | None = None, kind: str = ""
    ) -> str:
        if place is not None:
            raise ValueError("Slack groups have no place")
        if kind:
            raise ValueError(f"unknown kind {kind!r}; the plan decides the kind of a group")
        members = [{"value": user_id} for user_id in member_ids]
        body = {"schemas": [V2.group], "displayName": name, "members": members}
        return self._org.grouping.create(body).id

    def rename_group(self, group_id: str, name: str) -> None:
        self._group(group_id)
        self._org.grouping.rename(group_id, name)

    def move_group(self, group_id: str, place: str) -> None:
        raise ValueError("Slack groups have no place")

    def delete_group(self, group_id: str) -> None:
        self._group(group_id)
        self._org.grouping.remove(group_id)

    def restore_group(self, group_id: str) -> None:
        raise _never("a deleted group is gone for good")

    def add_members(self, group_id: str, account_ids: Sequence[str]) -> None:
        self._group(group_id)
        self._org.grouping.change_members(group_id, MemberChange(add=tuple(account_ids)))

    def remove_members(self, group_id: str, account_ids: Sequence[str]) -> None:
        self._group(group_id)
        self._org.grouping.change_members(group_id, MemberChange(remove=tuple(account_ids)))

    # --- access ------------------------------------------------------------------------------

    def credentials(self) -> Mapping[str, Any]:
        return {"token": self._org.token.text, "domain": self._org.settings["email_domain"]}

    def expire_credentials(self) -> None:
        self._org.expire_token()

    def replace_credentials(self) -> None:
        self._org.replace_token()

    def _user(self, user_id: str) -> User:
        row = self._org.users.get(user_id)
        if row is None:
            raise KeyError(user_id)
        return row

    def _group(self, group_id: str) -> Group:
        row = self._org.groups.get(group_id)
        if row is None:
            raise KeyError(group_id)
        return row


def _never(message: str) -> ApiError:
    return ApiError(405, "method_not_allowed", message)
