"""The customer's administrator at the Admin console."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..core.admin import AccountView, GroupView
from . import errors, schema
from .entity import Group, User, local_part_for
from .state import Directory
from .tokens import AUDIENCES

INITIAL_PASSWORD = "Pa55-word.initial"  # noqa: S105 - checked for its form, never stored
CERTS = "https://www.googleapis.com"


class TenantAdmin:
    """What a hand at the console does. Implements `core.admin.Admin`."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    # --- looking -----------------------------------------------------------------------------

    def accounts(self) -> Sequence[AccountView]:
        """All users but the administrator that the integration acts as."""
        known = self._directory
        live = [_account(row) for row in known.users if row.id != known.admin_id]
        return [*live, *(_account(row, deleted=True) for row in known.bin)]

    def groups(self) -> Sequence[GroupView]:
        """All groups; deleted ones, as the console's log tells, cannot be had back."""
        gone = (
            GroupView(row.id, row.name, (), deleted=True) for row in self._directory.gone_groups
        )
        return [*(self._group(row) for row in self._directory.groups), *gone]

    def _group(self, row: Group) -> GroupView:
        members = tuple(entry.member_id for entry in self._directory.members.direct(row.id))
        return GroupView(row.id, row.name, members)

    # --- accounts ----------------------------------------------------------------------------

    def add_account(self, login: str, profile: Mapping[str, Any]) -> str:
        local, at, domain = login.partition("@")
        body = {
            "name": {"givenName": local[:60], "familyName": domain[:60] or "Test"},
            "password": INITIAL_PASSWORD,
            **{key: value for key, value in profile.items() if key in schema.USER.fields},
            "primaryEmail": login if at else f"{login}@{self._directory.addresses.domains[0]}",
        }
        return self._directory.create_user(body, settled=True).id

    def set_account_active(self, account_id: str, *, active: bool) -> None:
        user = self._user(account_id)
        values = {**user.values, "suspended": not active}
        self._directory.users.put(user.id, replace(user, values=values, version=user.version + 1))

    def delete_account(self, account_id: str) -> None:
        self._directory.delete_user(self._user(account_id))

    def restore_account(self, account_id: str) -> None:
        if account_id not in self._directory.bin:
            raise KeyError(account_id)
        self._directory.undelete_user(account_id, {})

    # --- groups ------------------------------------------------------------------------------

    def add_group(
        self, name: str, *, member_ids: Sequence[str] = (), place: str | None = None, kind: str = ""
    ) -> str:
        """A group with the address that a hand would give it: its name, blanks as dashes."""
        if place is not None:
            raise ValueError("groups of Google Workspace have no place")
        if kind:
            raise ValueError(f"unknown kind {kind!r}; groups of Google Workspace are of one kind")
        address = f"{_address_for(name)}@{self._directory.addresses.domains[0]}"
        group = self._directory.create_group({"name": name, "email": address}, settled=True)
        self.add_members(group.id, member_ids)
        return group.id

    def rename_group(self, group_id: str, name: str) -> None:
        """The name; the address stays as it is."""
        self._directory.update_group(self._known_group(group_id), {"name": name})

    def move_group(self, group_id: str, place: str) -> None:
        raise ValueError("groups of Google Workspace have no place")

    def delete_group(self, group_id: str) -> None:
        self._directory.delete_group(self._known_group(group_id))

    def restore_group(self, group_id: str) -> None:
        """Google cannot either."""
        raise errors.unknown_group()

    def add_members(self, group_id: str, account_ids: Sequence[str]) -> None:
        group = self._known_group(group_id)
        members = self._directory.members
        for account_id in account_ids:
            if not members.is_live(account_id):
                raise KeyError(account_id)
        members.join_all(group.id, account_ids)

    def remove_members(self, group_id: str, account_ids: Sequence[str]) -> None:
        group = self._known_group(group_id)
        for account_id in account_ids:
            self._directory.members.leave(group.id, account_id)

    # --- what only this app's console can do -------------------------------------------------

    def invite(self, group_id: str, account_id: str) -> None:
        """Invite a user, or an outsider by address, who does not answer: it stays pending."""
        group, members = self._known_group(group_id), self._directory.members
        if "@" in account_id:
            invited_id = members.find(account_id) or members.meet(account_id)
        else:
            invited_id = self._user(account_id).id
        members.invited.link(group.id, invited_id)

    def add_everyone(self, group_id: str) -> None:
        """Make `all users in the organization` a member."""
        group = self._known_group(group_id)
        self._directory.members.join(group.id, self._directory.customer_id)

    # --- access ------------------------------------------------------------------------------

    def credentials(self) -> Mapping[str, Any]:
        """The key file of the service account, whom it acts as, and the domain for addresses."""
        account = self._directory.tokens.account
        admin = self._directory.users.get(self._directory.admin_id)
        return {
            "service_account": {
                "type": "service_account",
                "project_id": account.project_id,
                "private_key_id": account.key_id,
                "private_key": self._directory.context.keys.private_pem(),
                "client_email": account.client_email,
                "client_id": account.client_id,
                "auth_uri": "https://accounts.google.com/o/oauth2/auth",
                "token_uri": AUDIENCES[0],
                "auth_provider_x509_cert_url": f"{CERTS}/oauth2/v1/certs",
                "universe_domain": "googleapis.com",
            },
            "subject": admin.email if admin else "",
            "domain": self._directory.addresses.domains[0],
        }

    def expire_credentials(self) -> None:
        self._directory.tokens.delete_key()

    def replace_credentials(self) -> None:
        self._directory.tokens.make_key()

    def _user(self, account_id: str) -> User:
        row = self._directory.users.get(account_id)
        if row is None:
            raise KeyError(account_id)
        return row

    def _known_group(self, group_id: str) -> Group:
        row = self._directory.groups.get(group_id)
        if row is None:
            raise KeyError(group_id)
        return row


def _account(row: User, *, deleted: bool = False) -> AccountView:
    return AccountView(row.id, row.email, not row.is_suspended, deleted)


def _address_for(name: str) -> str:
    """What a hand would type: only what an address can carry."""
    kept = [c for c in local_part_for(name) if c.isascii() and (c.isalnum() or c in "-_")]
    return "".join(kept)[:64] or "group"
