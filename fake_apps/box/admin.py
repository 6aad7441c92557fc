"""The enterprise's administrator: the Box admin console."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..core.admin import AccountView, GroupView
from . import errors
from .entity import ACTIVE, INACTIVE, MANAGED, Group, User
from .quirks import PROVENANCE_LOCKS_THE_CONSOLE
from .schema import USER
from .state import Enterprise
from .tokens import CCG


class EnterpriseAdmin:
    """What a hand at the console does. Implements `core.admin.Admin`."""

    def __init__(self, enterprise: Enterprise) -> None:
        self._enterprise = enterprise

    # --- looking -----------------------------------------------------------------------------

    def accounts(self) -> Sequence[AccountView]:
        """Managed and app users, and the deleted ones the event log tells of; no external ones."""
        live = [AccountView(row.id, row.login, row.is_active) for row in self._enterprise.users]
        gone = (
            AccountView(row.id, row.login, row.is_active, deleted=True)
            for row in self._enterprise.gone_users
        )
        return [*live, *gone]

    def groups(self) -> Sequence[GroupView]:
        """All groups, and the deleted ones the event log tells of."""
        members = self._enterprise.members
        live = [
            GroupView(row.id, row.name, tuple(members.rights(row.id)), kind=row.type)
            for row in self._enterprise.groups
        ]
        gone = (
            GroupView(row.id, row.name, (), kind=row.type, deleted=True)
            for row in self._enterprise.gone_groups
        )
        return [*live, *gone]

    # --- accounts ----------------------------------------------------------------------------

    def add_account(self, login: str, profile: Mapping[str, Any]) -> str:
        """A user who has confirmed the e-mail; `owns_content: true` gives it files."""
        known = {name: value for name, value in profile.items() if name in USER}
        body = {"name": login.partition("@")[0][:50], **known, "login": login}
        made = self._enterprise.create_user(body, by_hand=True)
        if profile.get("owns_content"):
            self._enterprise.give_content(made.id)
        return made.id

    def set_account_active(self, account_id: str, *, active: bool) -> None:
        self._user(account_id)
        self._enterprise.update_user(account_id, {"status": ACTIVE if active else INACTIVE})

    def delete_account(self, account_id: str) -> None:
        self._user(account_id)
        self._enterprise.delete_user(account_id, force=True)

    def restore_account(self, account_id: str) -> None:
        raise ValueError("Box deletes users for good")

    def roll_out(self, account_id: str) -> None:
        """Make a free account, outside the enterprise, of a managed one."""
        self._user(account_id)
        self._enterprise.update_user(account_id, {"enterprise": None})

    # --- groups ------------------------------------------------------------------------------

    def add_group(
        self, name: str, *, member_ids: Sequence[str] = (), place: str | None = None, kind: str = ""
    ) -> str:
        if place is not None:
            raise ValueError("Box groups have no place")
        if kind not in ("", MANAGED):
            raise ValueError(f"unknown kind {kind!r}; known: {MANAGED}")
        group = self._enterprise.create_group({"name": name})
        self.add_members(group.id, member_ids)
        return group.id

    def rename_group(self, group_id: str, name: str) -> None:
        self._unlocked(group_id)
        self._enterprise.update_group(group_id, {"name": name})

    def move_group(self, group_id: str, place: str) -> None:
        raise ValueError("Box groups have no place")

    def delete_group(self, group_id: str) -> None:
        self._group(group_id)
        self._enterprise.delete_group(group_id)

    def restore_group(self, group_id: str) -> None:
        raise ValueError("Box deletes groups for good")

    def add_members(self, group_id: str, account_ids: Sequence[str]) -> None:
        self._unlocked(group_id)
        for account_id in account_ids:
            self._enterprise.join(group_id, self._user(account_id).id, {})

    def remove_members(self, group_id: str, account_ids: Sequence[str]) -> None:
        self._unlocked(group_id)
        for account_id in account_ids:
            self._enterprise.leave(group_id, self._user(account_id).id)

    # --- access ------------------------------------------------------------------------------

    def credentials(self) -> Mapping[str, Any]:
        """With JWT (setting `app_auth`) the key as well, as the app's downloaded file has it."""
        app = self._enterprise.tokens.app
        given = {
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "enterprise_id": app.enterprise_id,
        }
        if self._enterprise.settings["app_auth"] == CCG:
            return given
        pem = self._enterprise.context.keys.private_pem()
        return {**given, "public_key_id": app.key_id, "private_key": pem}

    def expire_credentials(self) -> None:
        self._enterprise.tokens.reset()

    def replace_credentials(self) -> None:
        self._enterprise.tokens.renew()

    def _user(self, user_id: str) -> User:
        row = self._enterprise.users.get(user_id)
        if row is None:
            raise KeyError(user_id)
        return row

    def _group(self, group_id: str) -> Group:
        row = self._enterprise.groups.get(group_id)
        if row is None:
            raise KeyError(group_id)
        return row

    def _unlocked(self, group_id: str) -> None:
        """The web app does not let an administrator edit a group that comes from elsewhere."""
        is_foreign = self._group(group_id).values["provenance"]
        if is_foreign and PROVENANCE_LOCKS_THE_CONSOLE in self._enterprise.quirks:
            raise errors.denied()
