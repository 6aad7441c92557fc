"""The administrator of the service at its own console."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..core import scim
from ..core.admin import AccountView, GroupView
from ..core.error import ApiError
from .access import BASIC
from .entity import ACCOUNT, BASE, CONSOLE, HOST, Row
from .state import Provider


class ConsoleAdmin:
    """What a hand at the console does. Implements `core.admin.Admin`."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    # --- looking -----------------------------------------------------------------------------

    def accounts(self) -> Sequence[AccountView]:
        return [AccountView(row.id, row.name, row.active) for row in self._provider.users]

    def groups(self) -> Sequence[GroupView]:
        members = self._provider.membership
        return [
            GroupView(row.id, row.name, tuple(members.ids(row)), "group")
            for row in self._provider.groups
        ]

    # --- accounts ----------------------------------------------------------------------------

    def add_account(self, login: str, profile: Mapping[str, Any]) -> str:
        """`profile` in SCIM attributes."""
        email = [{"value": login, "type": "work", "primary": True}] if "@" in login else []
        body = {"schemas": [scim.USER], "userName": login, "emails": email, **profile}
        return self._provider.create_user(body)[0].id

    def set_account_active(self, account_id: str, *, active: bool) -> None:
        self._provider.set_active(self._user(account_id), active=active)

    def delete_account(self, account_id: str) -> None:
        self._provider.delete(self._user(account_id))

    def restore_account(self, account_id: str) -> None:
        raise _gone("user", account_id)

    # --- groups ------------------------------------------------------------------------------

    def add_group(
        self, name: str, *, member_ids: Sequence[str] = (), place: str | None = None, kind: str = ""
    ) -> str:
        if place is not None:
            raise ValueError("groups of this service have no place")
        if kind:
            raise ValueError(f"unknown kind {kind!r}; groups of this service have none")
        body = {"schemas": [scim.GROUP], "displayName": name}
        group = self._provider.create_group(body, origin=CONSOLE)
        if member_ids:
            self._provider.change_by_hand(group, add=member_ids)
        return group.id

    def rename_group(self, group_id: str, name: str) -> None:
        self._provider.rename_group(self._group(group_id), name)

    def move_group(self, group_id: str, place: str) -> None:
        raise ValueError("groups of this service have no place")

    def delete_group(self, group_id: str) -> None:
        self._provider.delete(self._group(group_id))

    def restore_group(self, group_id: str) -> None:
        raise _gone("group", group_id)

    def add_members(self, group_id: str, account_ids: Sequence[str]) -> None:
        self._provider.change_by_hand(self._group(group_id), add=account_ids)

    def remove_members(self, group_id: str, account_ids: Sequence[str]) -> None:
        self._provider.change_by_hand(self._group(group_id), remove=account_ids)

    # --- access ------------------------------------------------------------------------------

    def credentials(self) -> Mapping[str, Any]:
        token = self._provider.token.text
        told = {"token": token, "base_url": HOST + BASE}
        if self._provider.behaviour.settings["sign_in"] == BASIC:
            return {**told, "username": ACCOUNT, "password": token}
        return told

    def expire_credentials(self) -> None:
        self._provider.expire_token()

    def replace_credentials(self) -> None:
        self._provider.replace_token()

    def _user(self, user_id: str) -> Row:
        row = self._provider.users.get(user_id)
        if row is None:
            raise KeyError(user_id)
        return row

    def _group(self, group_id: str) -> Row:
        row = self._provider.groups.get(group_id)
        if row is None:
            raise KeyError(group_id)
        return row


def _gone(what: str, row_id: str) -> ApiError:
    return ApiError(405, "method_not_allowed", f"A deleted {what} is gone for good: {row_id}")
