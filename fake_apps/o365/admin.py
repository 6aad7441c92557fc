"""The tenant's administrator: the admin centre, Exchange and the synchronised directory in one."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..core.admin import AccountView, GroupView
from . import entity as kinds
from .entity import Entity
from .schema import GROUP, USER
from .state import Directory

KINDS: dict[str, dict[str, Any]] = {
    kinds.SECURITY: {"mailEnabled": False, "securityEnabled": True},
    kinds.UNIFIED: {"mailEnabled": True, "securityEnabled": False, "groupTypes": ["Unified"]},
    kinds.MAIL_SECURITY: {"mailEnabled": True, "securityEnabled": True},
    kinds.DISTRIBUTION: {"mailEnabled": True, "securityEnabled": False},
    kinds.DYNAMIC: {
        "mailEnabled": False,
        "securityEnabled": True,
        "groupTypes": ["DynamicMembership"],
        "membershipRule": 'user.department -eq "Sales"',
        "membershipRuleProcessingState": "On",
    },
    kinds.SYNCED: {
        "mailEnabled": False,
        "securityEnabled": True,
        "onPremisesSyncEnabled": True,
    },
}
SYNCED = "onPremisesSyncEnabled"
WRITTEN = frozenset(name for name, known in USER.properties.items() if known.written)
INITIAL_PASSWORD = "Pa55-word.initial"  # noqa: S105 - checked for strength, never stored


class TenantAdmin:
    """What a hand at the console does. Implements `core.admin.Admin`."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    # --- looking -----------------------------------------------------------------------------

    def accounts(self) -> Sequence[AccountView]:
        live = [self._account(row) for row in self._directory.users]
        binned = (row for _, row in self._directory.deleted("user"))
        return [*live, *(self._account(row, deleted=True) for row in binned)]

    def groups(self) -> Sequence[GroupView]:
        live = [self._group(row) for row in self._directory.groups]
        binned = (row for _, row in self._directory.deleted("group"))
        return [*live, *(self._group(row, deleted=True) for row in binned)]

    def _account(self, row: Entity, *, deleted: bool = False) -> AccountView:
        properties = row.properties
        login = str(properties["userPrincipalName"])
        return AccountView(row.id, login, bool(properties["accountEnabled"]), deleted)

    def _group(self, row: Entity, *, deleted: bool = False) -> GroupView:
        return GroupView(
            id=row.id,
            name=row.name,
            member_ids=tuple(self._directory.live_member_ids(row.id)),
            kind=_kind(row),
            deleted=deleted,
        )

    # --- accounts ----------------------------------------------------------------------------

    def add_account(self, login: str, profile: Mapping[str, Any]) -> str:
        """With `onPremisesSyncEnabled`, one that comes from the synchronised directory."""
        upn = login if "@" in login else f"{login}@{self._directory.domains[0]}"
        name = login.partition("@")[0]
        body = {
            "accountEnabled": True,
            "displayName": name,
            "mailNickname": name,
            "passwordProfile": {"password": INITIAL_PASSWORD},
            "onPremisesImmutableId": self._immutable_id(upn),
            **{key: value for key, value in profile.items() if key in WRITTEN},
            "userPrincipalName": upn,
        }
        user = self._directory.create_user(body, settled=True)
        if profile.get(SYNCED):
            synced = replace(user, properties={**user.properties, SYNCED: True})
            self._directory.users.put(user.id, synced)
        return user.id

    def _immutable_id(self, upn: str) -> str | None:
        """As the directory that the user signs in to has handed it over; None where it is ours."""
        federated = self._directory.settings["federated_domains"]
        is_federated = upn.partition("@")[2].lower() in federated
        return b64encode(upn.encode()[:32]).decode() if is_federated else None

    def set_account_active(self, account_id: str, *, active: bool) -> None:
        row = self._directory.users.get(account_id)
        if row is None:
            raise KeyError(account_id)
        self._directory.change(row, {"accountEnabled": active})

    def delete_account(self, account_id: str) -> None:
        self._known(self._directory.users, account_id)
        self._directory.delete_user(account_id)

    def restore_account(self, account_id: str) -> None:
        self._known(self._directory.bin, account_id)
        self._directory.restore(account_id)

    # --- groups ------------------------------------------------------------------------------

    def add_group(
        self, name: str, *, member_ids: Sequence[str] = (), place: str | None = None, kind: str = ""
    ) -> str:
        """A group of any kind, those that only Exchange or the old directory can make included."""
        if place is not None:
            raise ValueError("Microsoft 365 groups have no place")
        if kind and kind not in KINDS:
            raise ValueError(f"unknown kind {kind!r}; known: {', '.join(KINDS)}")
        chosen = KINDS[kind or kinds.SECURITY]
        values = {**GROUP.defaults(), "displayName": name, "mailNickname": _slug(name), **chosen}
        group = self._directory.put_group(values, {}, settled=True)
        self.add_members(group.id, member_ids)
        return group.id

    def rename_group(self, group_id: str, name: str) -> None:
        row = self._known(self._directory.groups, group_id)
        self._directory.change(row, {"displayName": name})

    def move_group(self, group_id: str, place: str) -> None:
        raise ValueError("Microsoft 365 groups have no place")

    def delete_group(self, group_id: str) -> None:
        self._known(self._directory.groups, group_id)
        self._directory.remove_group(group_id)

    def restore_group(self, group_id: str) -> None:
        self._known(self._directory.bin, group_id)
        self._directory.restore(group_id)

    def add_members(self, group_id: str, account_ids: Sequence[str]) -> None:
        group = self._known(self._directory.groups, group_id)
        targets = [self._directory.live_object(account_id) for account_id in account_ids]
        self._directory.link_all(group, "members", targets)

    def remove_members(self, group_id: str, account_ids: Sequence[str]) -> None:
        group = self._known(self._directory.groups, group_id)
        for account_id in account_ids:
            self._directory.unlink(group, "members", account_id)

    # --- access ------------------------------------------------------------------------------

    def credentials(self) -> Mapping[str, Any]:
        registration = self._directory.registration
        return {
            "tenant": registration.tenant_id,
            "client_id": registration.client_id,
            "client_secret": registration.client_secret,
            "domain": self._directory.domains[0],
        }

    def expire_credentials(self) -> None:
        self._directory.expire_secret()

    def replace_credentials(self) -> None:
        self._directory.replace_secret()

    def _known(self, table: Any, object_id: str) -> Entity:
        row: Entity | None = table.get(object_id)
        if row is None:
            raise KeyError(object_id)
        return row


def _kind(row: Entity) -> str:
    if row.is_synced:
        return kinds.SYNCED
    return kinds.DYNAMIC if row.is_dynamic else row.kind


def _slug(name: str) -> str:
    kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in name)[:64]
    return kept.strip("-") or "group"
