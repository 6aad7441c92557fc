"""Values that travel between rooms. Frozen, without I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from .errors import TargetError


class UserStatus(StrEnum):
    """Okta's user lifecycle."""

    STAGED = "STAGED"
    PROVISIONED = "PROVISIONED"
    ACTIVE = "ACTIVE"
    RECOVERY = "RECOVERY"
    PASSWORD_EXPIRED = "PASSWORD_EXPIRED"  # noqa: S105 - a status
    LOCKED_OUT = "LOCKED_OUT"
    SUSPENDED = "SUSPENDED"
    DEPROVISIONED = "DEPROVISIONED"


class GroupType(StrEnum):
    """Where a group's life is decided."""

    OKTA_GROUP = "OKTA_GROUP"
    APP_GROUP = "APP_GROUP"
    BUILT_IN = "BUILT_IN"


class AppUserStatus(StrEnum):
    """How far an assignment got in the app."""

    STAGED = "STAGED"  # assigned, provisioning waits or failed: no external id yet
    PROVISIONED = "PROVISIONED"  # the account is known by its external id
    DEPROVISIONED = "DEPROVISIONED"  # unassigned; the account was deactivated or deleted


class MappingStatus(StrEnum):
    """Okta's three (R41)."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    ERROR = "ERROR"


class Lane(StrEnum):
    """What is kept in order per app. The documented race lives between the two."""

    GROUPS = "groups"
    USERS = "users"


class Effect(StrEnum):
    """What is known after one call."""

    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"  # no reply, or none that can be read: it may have happened


# --- what adapters speak ---------------------------------------------------------------------


@dataclass(frozen=True)
class Account:
    """An account in the target. `login` is its sign-in name there."""

    id: str
    login: str
    email: str = ""
    active: bool = True


@dataclass(frozen=True)
class TargetGroup:
    """A group in the target; `place` is its OU where the app has such."""

    id: str
    name: str
    place: str | None = None
    kind: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class AccountProfile:
    """What provisioning sends for one user."""

    login: str
    email: str
    first_name: str
    last_name: str
    place: str | None = None

    @property
    def display_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True)
class GroupPlan:
    """A group to be made. `key` is the mapping's own id, stored in the target where it allows.

    `place`, `scope`, `kind` and `sam_account_name` concern directories (scope DOMAIN_LOCAL, GLOBAL,
    UNIVERSAL; kind SECURITY, DISTRIBUTION); `kind` elsewhere is the app's own word or "".
    """

    key: str
    name: str
    member_ids: tuple[str, ...] = ()
    place: str | None = None
    scope: str = ""
    kind: str = ""
    sam_account_name: str = ""


@dataclass(frozen=True)
class MemberRefusal:
    """One member the target would not take, or not let go."""

    account_id: str
    error: TargetError


@dataclass(frozen=True)
class Outcome:
    """What one call brought. A call that ends its operation early carries `error`.

    `id` is what was made or found. `added` and `removed` are account ids that now are, or are not,
    members, whether this call or an earlier one did it. Reads fill `accounts`, `groups`, `members`.
    `rest_s` is for how many seconds the target has told that it has no calls left for us.
    """

    effect: Effect
    call: str
    id: str | None = None
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    refused: tuple[MemberRefusal, ...] = ()
    accounts: tuple[Account, ...] = ()
    groups: tuple[TargetGroup, ...] = ()
    members: tuple[str, ...] = ()
    error: TargetError | None = None
    rest_s: float | None = None


@dataclass(frozen=True)
class Capabilities:
    """What an app's adapter can do; the engine asks this, never the app's name."""

    linking: bool = True  # Group Linking (R12, R13)
    linking_needs_import: bool = False  # Import Groups must stay ticked for it (R14)
    adopts_same_name: bool = False  # a push onto a taken name links instead of failing (R53)
    overwrites: bool = True  # Push Now replaces the membership; False: adds only (R56)
    push_rules: bool = True  # mappings by rule are offered (R9)
    keys: bool = True  # a group keeps its mapping's key; False: it is found again by name only
    renames: bool = True  # False: groups keep their names, so a renamed source ends the push (R36)
    places: bool = False  # groups live in an OU that must be chosen (R52)
    wires: tuple[str, ...] = ("frugal",)  # habits of the wire it has; SCIM: also "okta" (R24-R28)
    members_at_create: int = 0  # how many members can ride in the create call
    account_pages: tuple[int, ...] = ()  # how many accounts fill a page of their list
    group_pages: tuple[int, ...] = ()  # the same of groups; several numbers: each habit's
    member_pages: tuple[int, ...] = ()  # the same of a group's members; none: all come at once
    member_batches: tuple[int, ...] = ()  # how many added members fill a request, and a call
    lag_s: float = 0.0  # how long a fresh object may be missing from reads (documented)


# --- what an operator (admin) says and sees ----------------------------------------------------


@dataclass(frozen=True)
class UserProfile:
    """A person in the org. `login` is unique and what scenarios call `ana@example.test`."""

    login: str
    email: str
    first_name: str
    last_name: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PushRequest:
    """Push a group by name: create its target, or `link_to` a target group of that name.

    `place`, `scope`, `kind`, `sam_account_name` are Active Directory's appConfig (R52).
    """

    group: str
    app: str
    target_name: str | None = None
    link_to: str | None = None
    immediately: bool = True
    place: str | None = None
    scope: str = ""
    kind: str = ""
    sam_account_name: str = ""


@dataclass(frozen=True)
class PushRule:
    """Find groups to push. `condition` is starts_with, contains or equals."""

    name: str
    app: str
    condition: str
    value: str
    attribute: str = "name"  # or "description"
    immediately: bool = True


class MatchKind(StrEnum):
    """What the console shows after a group was chosen for pushing."""

    CREATE = "create"
    LINK = "link candidate"
    MAPPED = "already mapped"
    REFUSED = "refused"


@dataclass(frozen=True)
class Match:
    """The match result for one group and app: what pushing it now would do, and why."""

    kind: MatchKind
    candidates: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class MappingView:
    """A push mapping as the console and the API show it. Times are seconds since the epoch."""

    id: str
    app: str
    group: str
    status: MappingStatus
    target_name: str
    target_group_id: str | None  # Okta's id of the app group
    external_id: str | None  # the target's id of the group
    origin: str  # "name" or the rule's name
    group_type: str
    created: float
    created_by: str
    last_push: float | None
    error: str  # "" when fine
    error_at: float | None
    job: str = ""  # "" idle, "pending", "waiting until ..."
    known_members: tuple[str, ...] = ()  # logins the link believes to be members
    doubtful_members: tuple[str, ...] = ()  # about whom a call was sent and not answered yet
    was_there: bool = False  # the target group was linked, and had a life before


@dataclass(frozen=True)
class AppView:
    """An app as the console shows it: how it is set, what it can do, what was given to it."""

    label: str
    kind: str
    settings: Mapping[str, Any]
    links: bool  # Group Linking is offered
    overwrites: bool  # Push Now replaces the membership; False: it only adds
    assigned_groups: tuple[str, ...] = ()  # Okta groups whose members have the app
    push_rules: tuple[PushRule, ...] = ()


@dataclass(frozen=True)
class AppUserView:
    """A user's assignment to an app."""

    login: str
    app: str
    status: AppUserStatus
    scope: str  # USER or GROUP
    external_id: str | None
    error: str = ""


@dataclass(frozen=True)
class LogEvent:
    """One system log event. `targets` are display names: app, source group, mapping, users."""

    number: int
    at: float
    type: str
    outcome: str  # SUCCESS, FAILURE, SKIPPED, DEFERRED
    message: str
    targets: tuple[str, ...]
    reason: str = ""


@dataclass(frozen=True)
class PushError:
    """A row of the error list: a failed push or provisioning task, with its probable cause."""

    at: float
    app: str
    subject: str  # the group (or user) it concerns
    message: str
    cause: str
    fix: str = ""
    is_user: bool = False
    source: str = ""  # where the cause and its fix are documented
    evidence: str = ""  # which call, what the target answered, whom it concerned
    name: str = ""  # the cause's own, which stays when its words change; "" for an unknown one


# --- what judges see of a target -----------------------------------------------------------------


@dataclass(frozen=True)
class TargetAccountView:
    """One account, seen by the target's own administrator."""

    id: str
    login: str
    active: bool
    deleted: bool


@dataclass(frozen=True)
class TargetGroupView:
    """One target group; `members` are account ids in order of joining."""

    id: str
    name: str
    members: tuple[str, ...]
    place: str | None
    kind: str
    deleted: bool


@dataclass(frozen=True)
class CallView:
    """One call in the ledger of a target. Times are seconds since the epoch."""

    number: int
    at: float
    until: float
    app: str
    operation: str
    method: str
    path: str
    status: int
    succeeded: bool
    retry_after: str | None
    refusal: str | None
    request: str
    reply: str
    fault: str | None
    lost: bool
    inner: tuple["CallView", ...] = ()
