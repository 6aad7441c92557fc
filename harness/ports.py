"""The four seams. An engine, a target, an adapter or a clock that fits is as good as ours."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import requests

from .model import (
    Account,
    AccountProfile,
    AppUserView,
    AppView,
    CallView,
    Capabilities,
    GroupPlan,
    LogEvent,
    MappingView,
    Match,
    Outcome,
    PushError,
    PushRequest,
    PushRule,
    TargetAccountView,
    TargetGroupView,
    UserProfile,
)

Steps = Iterator[Outcome]
"""A running operation: one Outcome after each call; it ends after an Outcome that has `error`."""


class Clock(Protocol):
    """Seconds since the epoch, and a way to let some pass."""

    def now(self) -> float: ...
    def sleep(self, seconds: float) -> None: ...


@dataclass(frozen=True)
class Connection:
    """All an adapter gets: a session (already routed), credentials, the clock, wire habits.

    `timeout_s` goes with every request; `options` are the app's settings (domain, base OU ...).
    """

    session: requests.Session
    credentials: Mapping[str, Any]
    clock: Clock
    wire: str = "frugal"
    timeout_s: float = 60.0
    options: Mapping[str, Any] | None = None


class TargetAdapter(Protocol):
    """One app's dialect. Every method is a generator that yields one Outcome per HTTP call.

    An adapter never sleeps, never retries a write, and catches only what it can name. It splits
    work into the fewest calls the target allows. It stops after an Outcome that carries `error`;
    members refused one by one are listed in `refused` and do not stop it. Adding a present member
    and removing an absent one count as done. A call without a readable reply is `Effect.UNKNOWN`
    with an error of kind UNAVAILABLE. Ids are the target's own and opaque to the engine.
    """

    name: ClassVar[str]
    capabilities: ClassVar[Capabilities]

    def __init__(self, connection: Connection) -> None: ...

    def list_accounts(self) -> Steps:
        """Every account, page by page, in `accounts`."""

    def find_accounts(self, login: str, email: str) -> Steps:
        """Accounts whose login or e-mail matches, in `accounts`; none is DONE with none."""

    def create_account(self, profile: AccountProfile) -> Steps:
        """Make an account; `id` of the last outcome is its id. A taken login is EXISTS."""

    def update_account(self, account: Account, profile: AccountProfile) -> Steps:
        """Send changed attributes (login, e-mail, names)."""

    def set_active(self, account_id: str, *, active: bool) -> Steps:
        """Suspend or reactivate the account."""

    def delete_account(self, account_id: str) -> Steps:
        """Delete the account; one that is gone already is done."""

    def list_groups(self) -> Steps:
        """Every group, page by page, in `groups`."""

    def find_groups(self, name: str, place: str | None) -> Steps:
        """Groups of exactly that name (in `place` where the app has places), in `groups`."""

    def find_by_key(self, key: str) -> Steps:
        """The group made for this mapping key, in `groups`; none is DONE with none."""

    def create_group(self, plan: GroupPlan) -> Steps:
        """Make the group and add its members; `id` comes with the call that made it."""

    def rename_group(self, target_id: str, name: str) -> Steps: ...

    def delete_group(self, target_id: str) -> Steps: ...

    def list_members(self, target_id: str) -> Steps:
        """Account ids of the direct members, page by page, in `members`."""

    def change_members(
        self, target_id: str, *, add: Sequence[str], remove: Sequence[str]
    ) -> Steps: ...

    def replace_members(self, target_id: str, members: Sequence[str]) -> Steps:
        """Make the membership exactly `members` (reading first where the target must be read)."""


class Operator(Protocol):
    """What an Okta admin (and time) can do, and see. Users by login, groups by name, apps by label.

    Doing raises `Refused` when the org says no. Nothing is sent to a target before `run`.
    """

    # people and groups
    def create_user(self, profile: UserProfile, *, activate: bool = True) -> None: ...
    def update_user(self, login: str, changes: Mapping[str, str]) -> None: ...
    def activate_user(self, login: str) -> None: ...
    def deactivate_user(self, login: str) -> None: ...
    def suspend_user(self, login: str) -> None: ...
    def unsuspend_user(self, login: str) -> None: ...
    def delete_user(self, login: str) -> None: ...
    def create_group(self, name: str, *, description: str = "") -> None: ...
    def rename_group(self, name: str, new_name: str) -> None: ...
    def delete_group(self, name: str) -> None: ...
    def delete_app_group(self, app: str, name: str) -> None: ...
    def add_to_group(self, group: str, logins: Sequence[str]) -> None: ...
    def remove_from_group(self, group: str, logins: Sequence[str]) -> None: ...
    def create_group_rule(self, name: str, *, expression: str, groups: Sequence[str]) -> None: ...
    def set_group_rule_active(self, name: str, *, active: bool) -> None: ...
    def delete_group_rule(self, name: str) -> None: ...

    # apps and assignments
    def change_app(self, app: str, settings: Mapping[str, Any]) -> None: ...
    def change_org(self, settings: Mapping[str, Any]) -> None: ...
    def replace_credentials(self, app: str, credentials: Mapping[str, Any]) -> None: ...
    def assign_user(self, app: str, login: str) -> None: ...
    def unassign_user(self, app: str, login: str) -> None: ...
    def assign_group(self, app: str, group: str) -> None: ...
    def unassign_group(self, app: str, group: str) -> None: ...
    def import_users(self, app: str) -> None: ...
    def refresh_app_groups(self, app: str) -> None: ...

    # group push
    def find_match(self, request: PushRequest) -> Match: ...
    def push_group(self, request: PushRequest) -> None: ...
    def create_push_rule(self, rule: PushRule) -> None: ...
    def edit_push_rule(self, app: str, name: str, changes: Mapping[str, Any]) -> None: ...
    def delete_push_rule(
        self, app: str, name: str, *, with_mappings: bool, delete_groups: bool
    ) -> None: ...
    def push_now(self, app: str, group: str) -> None: ...
    def activate_mapping(self, app: str, group: str) -> None: ...
    def deactivate_mapping(self, app: str, group: str) -> None: ...
    def unlink(self, app: str, group: str, *, delete_group: bool) -> None: ...
    def relink(self, app: str, group: str, *, link_to: str) -> None: ...
    def retry_all(self, app: str) -> None: ...
    def allow_removals(self, app: str, group: str) -> None:
        """Let a push go on whose removals were held back by the app's limits, this once."""

    # time
    def run(self, *, until: float | None = None, stop: Callable[[], bool] | None = None) -> None:
        """Work off what is due; with `until`, let the clock run to that moment.

        `stop` is asked after every call to a target; True leaves the rest for the next `run`.
        """

    def next_due(self) -> float | None:
        """When the earliest waiting job may start; None when there is none."""

    def restart(self) -> None:
        """Kill the engine and start it again on the same store."""

    # witnesses
    def users(self) -> Mapping[str, str]:
        """Login to status."""

    def groups(self) -> Mapping[str, Sequence[str]]:
        """Name of each Okta group to the logins of its members."""

    def app_groups(self, app: str) -> Sequence[str]:
        """Names of the app's groups that the org knows and does not push: what can be linked."""

    def app(self, label: str) -> AppView: ...
    def mappings(self, app: str) -> Sequence[MappingView]: ...
    def app_users(self, app: str) -> Sequence[AppUserView]: ...
    def errors(self, app: str) -> Sequence[PushError]: ...
    def log(self) -> Sequence[LogEvent]: ...


class Target(Protocol):
    """One app as its own administrator and the network between see it; groups by name or id."""

    name: str

    def accounts(self) -> Sequence[TargetAccountView]: ...
    def groups(self) -> Sequence[TargetGroupView]: ...
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
    def credentials(self) -> Mapping[str, Any]: ...
    def expire_credentials(self) -> None: ...
    def replace_credentials(self) -> None: ...
    def add_place(self, place: str) -> None:
        """Make an organizational unit; `Unusable` where the app has no such thing."""

    def delete_place(self, place: str) -> None:
        """Delete an organizational unit with all that is in it."""

    def set_rights(self, place: str, *, granted: bool) -> None:
        """Give the integration's account its rights on a place, or take them away."""

    def arm_fault(self, fault: Mapping[str, Any]) -> None: ...
    def clear_faults(self) -> Sequence[str]:
        """Disarm; answers the faults that were never met, in words."""

    def unmet_faults(self) -> Sequence[str]: ...
    def set_quirk(self, quirk_id: str, *, on: bool) -> None: ...
    def change_setting(self, name: str, value: Any) -> None: ...
    def calls(self, since: int = 0) -> Sequence[CallView]: ...
    def ledger_text(self) -> str:
        """The whole ledger as JSON lines."""
