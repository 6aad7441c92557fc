"""What the adapters of all SCIM 2.0 apps do alike."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from ..model import Account, AccountProfile, Capabilities, GroupPlan
from ..ports import Steps
from ._scim_accounts import Accounts
from ._scim_groups import Groups
from ._scim_service import USER, Operation, Service, equals


class ScimAdapter:
    """What a SCIM app is by the standard; its own adapter overrides what the app does otherwise.

    Okta's own connector sends no key, and makes groups empty.
    """

    capabilities: ClassVar[Capabilities]

    def __init__(self, service: Service) -> None:
        self._accounts, self._groups = Accounts(service), Groups(service)
        if service.is_okta:
            self.capabilities = replace(  # type: ignore[misc]
                type(self).capabilities, keys=False, members_at_create=0
            )

    def list_accounts(self) -> Steps:
        return self._accounts.list_all()

    def find_accounts(self, login: str, email: str) -> Steps:
        """By `userName`, which every provider has and compares without case."""
        sought = login.lower()
        return self._accounts.find(
            equals("userName", login), lambda found: found.login.lower() == sought
        )

    def create_account(self, profile: AccountProfile) -> Steps:
        email = profile.email or profile.login
        body = {
            "schemas": [USER],
            "userName": profile.login,
            "name": _names(profile),
            "displayName": profile.display_name,
            "emails": [_email(email)],
            "active": True,
        }
        return self._accounts.create(body, email)

    def update_account(self, account: Account, profile: AccountProfile) -> Steps:
        """Only what changed; the names always, since they are not known."""
        told: list[tuple[str, Any]] = [
            ("name", _names(profile)),
            ("displayName", profile.display_name),
        ]
        if profile.login.lower() != account.login.lower():
            told.append(("userName", profile.login))
        if profile.email and profile.email.lower() != account.email.lower():
            told.append(("emails", [_email(profile.email)]))
        operations: list[Operation] = [
            {"op": "replace", "path": path, "value": value} for path, value in told
        ]
        return self._accounts.update(account.id, operations)

    def set_active(self, account_id: str, *, active: bool) -> Steps:
        return self._accounts.set_active(account_id, active=active)

    def delete_account(self, account_id: str) -> Steps:
        return self._accounts.delete(account_id)

    def list_groups(self) -> Steps:
        return self._groups.list_all()

    def find_groups(self, name: str, place: str | None) -> Steps:
        """Whether groups can be filtered or not: what comes back is compared all the same."""
        return self._groups.find(name)

    def find_by_key(self, key: str) -> Steps:
        """None, and no call, where no key is kept."""
        return self._groups.find_by_key(key)

    def create_group(self, plan: GroupPlan) -> Steps:
        return self._groups.create(plan)

    def rename_group(self, target_id: str, name: str) -> Steps:
        return self._groups.rename(target_id, name)

    def delete_group(self, target_id: str) -> Steps:
        return self._groups.delete(target_id)

    def list_members(self, target_id: str) -> Steps:
        return self._groups.list_members(target_id)

    def change_members(self, target_id: str, *, add: Sequence[str], remove: Sequence[str]) -> Steps:
        return self._groups.change_members(target_id, add=add, remove=remove)

    def replace_members(self, target_id: str, members: Sequence[str]) -> Steps:
        return self._groups.replace(target_id, members)


def _names(profile: AccountProfile) -> dict[str, str]:
    """Without the empty ones, which some providers refuse: RFC 7643, 2.5 holds them to be absent.

    https://support.okta.com/help/s/article/aws-provisioning-error-request-is-unparsable-syntactically-incorrect-or-violates-schema
    """
    told = {"givenName": profile.first_name, "familyName": profile.last_name}
    return {name: value for name, value in told.items() if value}


def _email(address: str) -> dict[str, Any]:
    return {"value": address, "type": "work", "primary": True}
