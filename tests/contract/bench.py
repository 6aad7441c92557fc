"""The bench an adapter is examined on: the real fake of its name, arranged and inspected by hand.

Nothing in here, or in any check, knows an app. Tenants are arranged and looked at by the fake's
neutral admin face, failures are armed on operations that a first run has shown, and what an adapter
may leave undone is what it declares in its `Capabilities`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import requests

from fake_apps import Fault, load
from fake_apps.core.admin import AccountView, GroupView, Places
from fake_apps.core.app import FakeApp
from fake_apps.core.error import ApiError
from fake_apps.core.ledger import Call
from fake_apps.core.wire import exchange
from harness import adapters
from harness.errors import ErrorKind, TargetError
from harness.model import (
    Account,
    AccountProfile,
    Capabilities,
    Effect,
    GroupPlan,
    MemberRefusal,
    Outcome,
    TargetGroup,
)
from harness.ports import Connection, Steps, TargetAdapter
from harness.transport import session

WIRES = ("frugal", "okta")
KEY, NAME, OTHER_NAME = "gPm1", "Sales", "Marketing"
TIMEOUT_S = 60.0
LONGEST_S = 7_200.0  # longer than any access token lives

Make = Callable[[Connection], TargetAdapter]


@dataclass(frozen=True)
class Bench:
    """Makes tenants for one adapter. `make` is its class, or something broken on purpose."""

    name: str
    wire: str = WIRES[0]
    make: Make | None = None

    def __str__(self) -> str:
        return f"{self.name}-{self.wire}"

    def tenant(self, *, seed: int = 7, **given: Any) -> "Tenant":
        """A new tenant without people, and the adapter connected to it. Limits are off."""
        app = load(self.name).create(seed=seed, **{"limits": 0.0, **given})
        return Tenant(self, app)

    def stage(self, **given: Any) -> "Stage":
        """A tenant with four people, two of them in a group; the adapter has not signed in yet."""
        tenant = self.tenant(**given)
        people = tenant.people(4)
        target_id = tenant.add_group(NAME, people[:2])
        return Stage(tenant, target_id, people[:2], people[2:])

    def is_okta(self) -> bool:
        """Whether Okta's own habits are asked for: one bad member then costs its whole request."""
        return self.wire == "okta"


class Tenant:
    """One fake tenant and the adapter at work in it.

    `run` judges every outcome by the rules that hold for all operations of the port.
    """

    def __init__(self, bench: Bench, app: FakeApp) -> None:
        self.bench = bench
        self.app = app
        self.admin = app.admin
        self.tap = Tap(app)
        self.adapter = self.another_adapter()

    def another_adapter(self) -> TargetAdapter:
        """As after a restart: nothing is remembered, the present credentials are used."""
        make = self.bench.make or adapters.load(self.bench.name)
        connection = Connection(
            session(dict.fromkeys(self.app.spec.hosts, self.tap)),
            self.admin.credentials(),
            self.app.clock,
            wire=self.bench.wire,
            timeout_s=TIMEOUT_S,
            options={"user_ou": self.home} if self.home else None,
        )
        return make(connection)

    @property
    def capabilities(self) -> Capabilities:
        return self.adapter.capabilities

    # --- arranging ---------------------------------------------------------------------------

    @property
    def domain(self) -> str:
        return str(self.admin.credentials().get("domain", "example.test"))

    @property
    def home(self) -> str | None:
        """Where new accounts go, in apps that have places."""
        home: str | None = self.admin.credentials().get("people_dn")
        return home

    @property
    def place(self) -> str | None:
        """Where new groups go, in apps that have places."""
        place: str | None = self.admin.credentials().get("groups_dn")
        return place

    def login(self, name: str) -> str:
        return f"{name}@{self.domain}"

    def people(self, count: int, *, prefix: str = "user") -> list[str]:
        """Ids of so many new accounts."""
        add = self.admin.add_account
        return [add(self.login(f"{prefix}{number:05}"), {}) for number in range(count)]

    def add_group(self, name: str, members: Iterable[str] = ()) -> str:
        return self.admin.add_group(name, member_ids=list(members), place=self.place)

    def can_add_group(self, name: str) -> bool:
        """Whether the target takes a group of that name as it is; it is made if so."""
        try:
            with self.app.administering():
                made = self.add_group(name)
        except ApiError:
            return False
        return self.group(made).name == name

    def discard(self, account_id: str) -> None:
        """Delete an account by hand; where the app deletes nobody, it is deactivated instead."""
        try:
            with self.app.administering():
                self.admin.delete_account(account_id)
        except ApiError:
            self.admin.set_account_active(account_id, active=False)

    def plan(self, name: str, members: Iterable[str] = (), *, key: str = KEY) -> GroupPlan:
        return GroupPlan(key, name, tuple(members), place=self.place)

    def profile(self, name: str, **more: Any) -> AccountProfile:
        values = {"first_name": "Ana", "last_name": "Silva", "email": self.login(name), **more}
        return AccountProfile(self.login(name), place=self.home, **values)

    def arm(self, operation: str, kind: str, **more: Any) -> None:
        self.app.arm(Fault(operation, kind, **more))

    def sign_in(self) -> None:
        """Whatever it asks for first, it has a token afterwards."""
        self.run(self.adapter.find_accounts(self.login("nobody"), ""))

    # --- looking -----------------------------------------------------------------------------

    def accounts(self) -> list[AccountView]:
        return [account for account in self.admin.accounts() if not account.deleted]

    def account(self, account_id: str) -> AccountView:
        return next(account for account in self.accounts() if account.id == account_id)

    def handles(self) -> list[str]:
        """Logins without the domain, which not every app keeps."""
        return [account.login.partition("@")[0] for account in self.accounts()]

    def groups(self) -> list[GroupView]:
        return [group for group in self.admin.groups() if not group.deleted]

    def named(self, name: str) -> list[GroupView]:
        return [group for group in self.groups() if group.name == name]

    def group(self, target_id: str) -> GroupView:
        return next(group for group in self.groups() if group.id == target_id)

    def members(self, target_id: str) -> list[str]:
        return list(self.group(target_id).member_ids)

    def has_group(self, target_id: str) -> bool:
        return any(group.id == target_id for group in self.groups())

    # --- running an operation ----------------------------------------------------------------

    def run(self, steps: Steps) -> list[Outcome]:
        """All outcomes of an operation, each held to what holds for every operation."""
        return list(self.steps(steps))

    def steps(self, steps: Steps) -> Iterator[Outcome]:
        """One by one: exactly one call to the target before each outcome, and none after."""
        judge = _Judge(self)
        for outcome in steps:
            judge.look(outcome)
            yield outcome
            judge.forget_pause()
        judge.end()

    def done(self, steps: Steps) -> list[Outcome]:
        outcomes = self.run(steps)
        errors = [outcome.error for outcome in outcomes if outcome.error]
        assert errors == []
        return outcomes

    def failed(self, steps: Steps) -> Outcome:
        outcomes = self.run(steps)
        assert outcomes, "no outcome at all"
        assert outcomes[-1].error is not None, f"done although it failed: {outcomes[-1]}"
        return outcomes[-1]

    def made(self, steps: Steps) -> str:
        """The id that a creating operation brought."""
        ids = [outcome.id for outcome in self.done(steps) if outcome.id]
        assert ids, "nothing says the id of what was made"
        assert len(set(ids)) == 1
        return ids[0]

    def calls(self, steps: Steps) -> list[Call]:
        """The calls that an operation makes when all goes well."""
        before = self.app.ledger.last_number
        self.done(steps)
        return self.app.ledger.since(before)


@dataclass(frozen=True)
class Stage:
    """A tenant with a group `target_id` of the accounts `inside`; `outside` are in no group."""

    tenant: Tenant
    target_id: str
    inside: list[str]
    outside: list[str]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.tenant, name)

    def old_account(self) -> Account:
        login = self.tenant.account(self.inside[0]).login
        return Account(self.inside[0], login, email=login)


class Tap:
    """The network between adapter and fake.

    It keeps the addresses that were asked for and the tokens that were shown to get in; `instead`
    answers in the place of the fake where it answers anything.
    """

    def __init__(self, app: FakeApp) -> None:
        self._exchange = partial(exchange, app)
        self.shown: set[str] = set()
        self.asked: list[str] = []
        self.instead: Callable[[requests.PreparedRequest], requests.Response | None] = _nothing

    def __call__(
        self, request: requests.PreparedRequest, timeout_s: float | None
    ) -> requests.Response:
        token = str(request.headers.get("Authorization", "")).partition(" ")[2]
        self.shown |= {token} if token else set()
        self.asked.append(str(request.url))
        return self.instead(request) or self._exchange(request, timeout_s)


def _nothing(_request: requests.PreparedRequest) -> None:
    return None


# --- what holds for every operation ---------------------------------------------------------------


@dataclass
class _Judge:
    """Holds the outcomes of one operation to the rules that are the same for all."""

    tenant: Tenant
    seen: int = field(init=False)
    now: float = field(init=False)
    told: list[str] = field(default_factory=list)
    failed: bool = False

    def __post_init__(self) -> None:
        self.seen = self.tenant.app.ledger.last_number
        self.now = self.tenant.app.clock.now()

    def look(self, outcome: Outcome) -> None:
        assert not self.failed, "an operation goes on after an outcome with an error"
        self._check_calls()
        _check_shape(outcome)
        self.failed = outcome.error is not None
        self.told += [*outcome.added, *outcome.removed]
        self.told += [refusal.account_id for refusal in outcome.refused]
        assert len(self.told) == len(set(self.told)), f"told twice: {self.told}"
        for token in self.tenant.tap.shown:
            assert token not in repr(outcome), "an outcome tells the token"

    def _check_calls(self) -> None:
        """One call between two outcomes; time passes only where a reply is waited for in vain."""
        clock, ledger = self.tenant.app.clock, self.tenant.app.ledger
        calls = ledger.since(self.seen)
        assert len(calls) == 1, f"{len(calls)} calls for one outcome"
        self.seen = ledger.last_number
        waited = TIMEOUT_S if calls[0].lost and calls[0].fault != "reset" else 0.0
        assert clock.now() - self.now == waited, "an adapter never sleeps"
        self.now = clock.now()

    def forget_pause(self) -> None:
        """Whoever consumes the outcomes may let time pass."""
        self.now = self.tenant.app.clock.now()
        self.seen = self.tenant.app.ledger.last_number

    def end(self) -> None:
        assert self.tenant.app.ledger.since(self.seen) == [], "a call without an outcome"
        assert self.tenant.app.clock.now() == self.now, "an adapter never sleeps"


def _check_shape(outcome: Outcome) -> None:
    assert isinstance(outcome, Outcome)
    assert isinstance(outcome.effect, Effect)
    assert outcome.call, "an outcome says which call it is about"
    assert outcome.id is None or _is_text(outcome.id)
    for account_ids in (outcome.added, outcome.removed, outcome.members):
        assert isinstance(account_ids, tuple)
        assert all(map(_is_text, account_ids)), account_ids
    for found in (*outcome.accounts, *outcome.groups):
        assert _is_text(found.id)
    assert all(isinstance(account, Account) for account in outcome.accounts)
    assert all(isinstance(group, TargetGroup) for group in outcome.groups)
    for refusal in outcome.refused:
        assert isinstance(refusal, MemberRefusal)
        _check_error(refusal.error)
    if outcome.effect is Effect.UNKNOWN:
        assert outcome.error, "what nobody knows is no success"
        assert outcome.error.is_transient, outcome.error
    if outcome.error:
        assert outcome.effect is not Effect.DONE
        _check_error(outcome.error)


def _check_error(error: TargetError) -> None:
    assert isinstance(error.kind, ErrorKind)
    assert _is_text(error.message), "an error has a message"
    assert isinstance(error.code, str)
    assert isinstance(error.reason, str)
    assert error.missing in ("", "group", "account", "place")
    assert error.retry_after_s is None or error.retry_after_s >= 0


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


# --- reading outcomes ---------------------------------------------------------------------------


def added(outcomes: Iterable[Outcome]) -> list[str]:
    return [account for outcome in outcomes for account in outcome.added]


def removed(outcomes: Iterable[Outcome]) -> list[str]:
    return [account for outcome in outcomes for account in outcome.removed]


def refused(outcomes: Iterable[Outcome]) -> dict[str, TargetError]:
    return {each.account_id: each.error for outcome in outcomes for each in outcome.refused}


def groups(outcomes: Iterable[Outcome]) -> list[TargetGroup]:
    return [group for outcome in outcomes for group in outcome.groups]


def accounts(outcomes: Iterable[Outcome]) -> list[Account]:
    return [account for outcome in outcomes for account in outcome.accounts]


def members(outcomes: Iterable[Outcome]) -> list[str]:
    return [account for outcome in outcomes for account in outcome.members]


def without_fault(bench: Bench) -> Bench:
    """The same app with the adapter as it is meant to be."""
    return replace(bench, make=None)


def has_places(tenant: Tenant) -> bool:
    return isinstance(tenant.admin, Places)
