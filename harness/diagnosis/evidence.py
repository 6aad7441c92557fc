"""What causes look at: frozen values, read off the witnesses before anybody asks.

Times are seconds since the epoch, users their logins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..errors import ErrorKind, Refused, one_line
from ..model import (
    AppUserStatus,
    AppUserView,
    AppView,
    CallView,
    LogEvent,
    MappingStatus,
    MappingView,
    PushRule,
    TargetAccountView,
    TargetGroupView,
)
from .finding import Fact

ELIGIBLE = ("ACTIVE", "PROVISIONED", "RECOVERY", "PASSWORD_EXPIRED", "LOCKED_OUT")
PUSHED = "application.provision.group_push"


@dataclass(frozen=True)
class Failure:
    """A job that failed for good: what was being done, and the target's last word.

    `operation` is what the engine was at: create, change, push_now, activate, link, rename, delete,
    provision, deprovision, update, import_users, refresh; `step` is the part of it that failed, as
    the rename within a push_now. `users` are those it was refused for.
    """

    operation: str
    kind: ErrorKind
    code: str = ""
    message: str = ""
    reason: str = ""
    missing: str = ""
    attempts: int = 0
    step: str = ""
    links: bool = True  # whether the app may link groups
    call: str = ""
    users: tuple[str, ...] = ()
    at: float | None = None

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Which call was refused, with which answer, for whom."""
        answer = " ".join(filter(None, [self.reason, self.code and f"[{self.code}]"]))
        about = f", about {', '.join(self.users)}" if self.users else ""
        said = f": {one_line(self.message)}" if self.message not in ("", self.reason) else ""
        call = self.call or self.operation
        return (Fact(f"{call} was answered {answer or self.kind.value}{said}{about}", self.at),)


@dataclass(frozen=True)
class Refusal:
    """A request of an admin that the org turned down."""

    code: str
    summary: str
    causes: tuple[str, ...] = ()

    @classmethod
    def of(cls, refused: Refused) -> "Refusal":
        return cls(refused.code, refused.summary, refused.causes)

    def says(self, *words: str) -> bool:
        """Whether all these words are in its text."""
        text = " ".join((self.code, self.summary, *self.causes)).lower()
        return all(word.lower() in text for word in words)

    @property
    def facts(self) -> tuple[Fact, ...]:
        return (Fact(" ".join([self.code, self.summary, *self.causes])),)


@dataclass(frozen=True)
class Member:
    """One user and one pushed group. `is_wanted`: who asks expects the user in the target group.

    `events` name the user or the mapping; `calls` are the target's answered calls that named both
    the user's account and the group, reads left out.
    """

    app: AppView
    mapping: MappingView
    user: str
    is_wanted: bool
    in_source: bool
    in_target: bool
    status: str  # the Okta user's; "" when there is no such user
    app_user: AppUserView | None
    account: TargetAccountView | None
    events: tuple[LogEvent, ...] = ()
    calls: tuple[CallView, ...] = ()

    @property
    def is_missing(self) -> bool:
        return self.is_wanted and not self.in_target

    @property
    def is_extra(self) -> bool:
        return self.in_target and not self.is_wanted

    @property
    def is_known(self) -> bool:
        """Whether Okta believes the user to be a member in the target."""
        return self.user in self.mapping.known_members

    @property
    def is_in_doubt(self) -> bool:
        """Whether a call about the user was sent, and Okta does not know yet what came of it."""
        return self.user in self.mapping.doubtful_members

    @property
    def is_assigned(self) -> bool:
        return self.app_user is not None and self.app_user.status is not AppUserStatus.DEPROVISIONED

    @property
    def is_provisioned(self) -> bool:
        return (
            self.app_user is not None
            and self.app_user.status is AppUserStatus.PROVISIONED
            and self.app_user.external_id is not None
        )

    @property
    def is_eligible(self) -> bool:
        """Whether a push of the group takes the user along (R4)."""
        return self.in_source and self.status in ELIGIBLE and self.is_provisioned

    @property
    def is_idle(self) -> bool:
        """Whether the mapping follows changes and has nothing left to send."""
        return self.mapping.status is MappingStatus.ACTIVE and not self.mapping.job

    @property
    def has_live_account(self) -> bool:
        return self.account is not None and not self.account.deleted

    def last(self, *types: str) -> LogEvent | None:
        """The newest event of one of these types."""
        return next((each for each in reversed(self.events) if each.type in types), None)

    def fact(self, text: str, *types: str) -> Fact:
        """A fact with the moment of the newest event of one of these types."""
        event = self.last(*types)
        return Fact(text, event.at if event else None)

    @property
    def last_call(self) -> tuple[Fact, ...]:
        """The newest call that named the account and the group, with its answer."""
        if not self.calls:
            return ()
        call = self.calls[-1]
        inner = shown(tuple(dict.fromkeys(each.operation for each in call.inner)), 3)
        what = f"{call.operation} ({inner})" if inner else call.operation
        lost = ", the reply was lost" if call.lost else ""
        text = f"last call for {self.user}: #{call.number} {what} was answered {call.status}{lost}"
        return (Fact(text, call.at),)


@dataclass(frozen=True)
class PushedGroup:
    """One mapping and its target group.

    `unsent` are users whose membership Okta itself knows to be different from what it last sent;
    `asked` is the name that is expected in the app ("" when nobody asked for one), `is_unwanted`
    whether the mapping is expected to be gone.
    """

    app: AppView
    mapping: MappingView
    target: TargetGroupView | None
    twins: tuple[TargetGroupView, ...] = ()
    unsent: tuple[str, ...] = ()
    asked: str = ""
    is_unwanted: bool = False
    events: tuple[LogEvent, ...] = ()

    @property
    def is_live(self) -> bool:
        return self.target is not None and not self.target.deleted

    @property
    def waits_to_send(self) -> bool:
        """Whether something is to be sent that was not sent yet."""
        return bool(self.unsent) or self.mapping.external_id is None or self.is_to_be_renamed

    @property
    def is_to_be_renamed(self) -> bool:
        return self.target is not None and self.target.name != self.mapping.target_name

    @property
    def left_to_send(self) -> Fact:
        """What was not sent yet."""
        if self.unsent:
            return Fact(f"not sent: {shown(self.unsent)}")
        return Fact(f"not sent: the group {self.mapping.target_name}")

    def last(self, *types: str) -> LogEvent | None:
        """The newest event of one of these types."""
        return next((each for each in reversed(self.events) if each.type in types), None)


@dataclass(frozen=True)
class Unpushed:
    """A group that somebody expects to be pushed to the app, and no mapping does."""

    app: AppView
    group: str
    is_in_okta: bool
    elsewhere: tuple[str, ...] = ()  # labels of other instances of the app it is pushed to
    events: tuple[LogEvent, ...] = ()  # that name the group and the app

    @property
    def push_rules(self) -> tuple[PushRule, ...]:
        return self.app.push_rules

    def last(self, *types: str) -> LogEvent | None:
        """The newest event of one of these types."""
        return next((each for each in reversed(self.events) if each.type in types), None)


@dataclass(frozen=True)
class Unoffered:
    """A group of the app that somebody expects to be able to link, and that is not on offer."""

    app: AppView
    group: str
    target: TargetGroupView | None  # the live group of that name in the app
    mapping: MappingView | None  # the one that has it already


@dataclass(frozen=True)
class Listed:
    """A group of the app that Okta still lists, and that somebody expects to be gone."""

    app: AppView
    group: str
    is_live: bool  # whether the app has it


@dataclass(frozen=True)
class Evidence:
    """Everything the witnesses say about one app at one moment."""

    app: AppView
    mappings: Sequence[MappingView]
    app_users: Mapping[str, AppUserView]
    users: Mapping[str, str]  # login to status
    groups: Mapping[str, Sequence[str]]  # Okta group to the logins of its members
    offered: Sequence[str]  # target groups that can be linked
    accounts: Sequence[TargetAccountView]
    target_groups: Sequence[TargetGroupView]
    log: Sequence[LogEvent]
    calls: Sequence[CallView]
    elsewhere: Mapping[str, Sequence[str]]  # Okta group to other instances it is pushed to


def shown(names: Sequence[str], most: int = 5) -> str:
    """Names as a list that stays short."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
