"""The tenant's own administrator, in words that fit every vendor: a hand at the console.

Each app brings one class that fits `Admin`. Tests, seeds and scenarios use it to arrange and to
look at a tenant without an API call; the rules of the vendor still apply to it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable


@dataclass(frozen=True)
class AccountView:
    """One account as the tenant's administrator sees it."""

    id: str
    login: str
    active: bool
    deleted: bool = False


@dataclass(frozen=True)
class GroupView:
    """One group; `member_ids` in order of joining, `place` its OU where the app has such."""

    id: str
    name: str
    member_ids: tuple[str, ...]
    kind: str = ""
    place: str | None = None
    deleted: bool = False


class Admin(Protocol):
    """Raises the app's ApiError where the vendor would refuse, KeyError on a bad id."""

    def accounts(self) -> Sequence[AccountView]: ...
    def groups(self) -> Sequence[GroupView]: ...
    def add_account(self, login: str, profile: Mapping[str, Any]) -> str: ...
    def set_account_active(self, account_id: str, *, active: bool) -> None: ...
    def delete_account(self, account_id: str) -> None: ...
    def restore_account(self, account_id: str) -> None: ...
    def add_group(
        self, name: str, *, member_ids: Sequence[str] = (), place: str | None = None, kind: str = ""
    ) -> str: ...
    def rename_group(self, group_id: str, name: str) -> None: ...
    def move_group(self, group_id: str, place: str) -> None: ...
    def delete_group(self, group_id: str) -> None: ...
    def restore_group(self, group_id: str) -> None: ...
    def add_members(self, group_id: str, account_ids: Sequence[str]) -> None: ...
    def remove_members(self, group_id: str, account_ids: Sequence[str]) -> None: ...
    def credentials(self) -> Mapping[str, Any]:
        """What a client needs to get in; the shape is the app's own."""

    def expire_credentials(self) -> None:
        """From now on the present credentials, and what was issued on them, are refused."""

    def replace_credentials(self) -> None:
        """Issue new credentials; `credentials()` answers them."""


@runtime_checkable
class Places(Protocol):
    """What the administrator of an app with organizational units can do beyond `Admin`."""

    def ous(self) -> Sequence[str]:
        """The names (DNs) of all OUs, the first domain's first."""

    def add_ou(self, dn: str) -> str: ...
    def delete_ou(self, dn: str, *, tree: bool = False) -> None: ...
    def grant(self, place: str) -> None:
        """Give the service account its rights on an OU."""

    def revoke(self, place: str) -> None:
        """Take the service account's rights on an OU away."""
