"""Moments of a world, taken while it runs: each can be woken into a new world, as after a crash.

A moment is all that a crash leaves: the org's database as of its last commit, the target, and the
time. What only the engine's memory held (tokens, running jobs) is gone.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
import requests

from fake_apps.core.app import TenantSnapshot
from harness import transport
from harness.adapters import active_directory, gsuite, o365, okta_privileged_access, scim, slack
from tests.durability.remains import Remains, put_back, remains_of
from tests.engine.office import AD, BOX, GSUITE, O365, SLACK, Office

SCIM = "scim"
PATIENCE_S = 30 * 86400.0  # longer than ten attempts that double
BATCH = 3


@dataclass(frozen=True)
class Variant:
    """An app, and the habits in which it is spoken to; `like` is whose adapter it shares."""

    app: str
    habit: str = ""
    like: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    target: Mapping[str, Any] = field(default_factory=dict)
    quirks: Mapping[str, bool] = field(default_factory=dict)

    def __str__(self) -> str:
        return " ".join(filter(None, (self.app, self.habit)))

    def open(self) -> Office:
        """A new office with this one app."""
        settings = {"linking_allowed": True, **self.settings}
        return Office(self.app, settings=settings, target=self.target, quirks=self.quirks)


OKTA, PUT = {"wire": "okta"}, {"group_updates": "put"}
VARIANTS = (
    Variant(AD),
    Variant(BOX),
    Variant(GSUITE),
    Variant(O365),
    Variant("okta_privileged_access", like=SCIM),
    Variant(SCIM),
    Variant(SCIM, "as Okta", OKTA),
    Variant(SCIM, "by PUT", PUT),
    Variant(SLACK),
    Variant(SLACK, "as Okta", OKTA),
)
LATE = (  # fresh objects are not seen at once; the vendors say so of no other app
    Variant(GSUITE, "with lag", target={"replication_lag_s": 30}),
    Variant(O365, "with lag", target={"replication_lag_s": 300}),
)
MAIN = tuple(variant for variant in VARIANTS if not variant.habit)


@contextmanager
def small_batches() -> Iterator[None]:
    """Three members ride in a request, so that four are a batch and one more.

    The calls are those that 21 members of a group take in Microsoft Graph, and 10,001 over SCIM.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(active_directory, "VALUES_PER_OPERATION", BATCH)
        patch.setattr(gsuite, "BATCH_SIZE", BATCH)
        patch.setattr(o365, "LINKS", BATCH)
        patch.setattr(okta_privileged_access, "USERS_A_CALL", BATCH)
        patch.setattr(scim, "USERS_A_CALL", BATCH)
        patch.setattr(slack, "USERS_A_CALL", BATCH)
        yield


# --- moments -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Moment:
    """What is left of a world that dies here; `where` says where that is."""

    where: str
    org: Remains
    tenant: TenantSnapshot
    now: float

    def is_like(self, other: "Moment") -> bool:
        """Whether nothing but time has passed between the two."""
        return self.org == other.org and all(
            shared[0] is other.tenant.store.tables[name][0]
            for name, shared in self.tenant.store.tables.items()
        )


def moment_of(office: Office, where: str) -> Moment:
    org = remains_of(office.world.org.store)
    return Moment(where, org, office.target._fake.snapshot(), office.now)


def wake(variant: Variant, moment: Moment) -> Office:
    """A new world, with a new engine, that goes on from there."""
    office = variant.open()
    put_back(office.world.org.store, moment.org)
    office.target._fake.restore(moment.tenant)
    office.world.clock.advance(moment.now - office.now)
    return office


def converge(office: Office) -> None:
    """Let the engine work until nothing waits any more."""
    end = office.now + PATIENCE_S
    while (due := office.op.next_due()) is not None:
        assert due < end, "the engine does not come to an end"
        office.op.run(until=due)


# --- watching a run ------------------------------------------------------------------------------

Around = Callable[[transport.Exchange, requests.PreparedRequest, float | None], requests.Response]


def around_calls(office: Office, around: Around) -> None:
    """Every HTTP call of adapters that are made from now on goes through `around`."""
    exchanges = office.target.exchanges()
    wrapped = {host: partial(around, exchange) for host, exchange in exchanges.items()}
    office.target.exchanges = lambda: wrapped
    office.op.restart()


def watched(office: Office) -> list[Moment]:
    """Converge; answers the moments of every commit, and of before and after every call."""
    moments = [moment_of(office, "before anything")]
    calls = 0

    def note(where: str) -> None:
        moments.append(moment_of(office, where))

    def around(
        exchange: transport.Exchange, request: requests.PreparedRequest, timeout_s: float | None
    ) -> requests.Response:
        nonlocal calls
        calls += 1
        note(f"before call {calls}")
        try:
            return exchange(request, timeout_s)
        finally:
            note(f"after call {calls}")

    around_calls(office, around)
    _after_commits(office, lambda: note(f"commit after call {calls}"))
    converge(office)
    return moments


def _after_commits(office: Office, note: Callable[[], None]) -> None:
    store = office.world.org.store
    transaction = store.tx

    @contextmanager
    def noted() -> Iterator[None]:
        is_outermost = not store.in_transaction
        with transaction():
            yield
        if is_outermost:
            note()

    store.tx = noted


def distinct(moments: list[Moment]) -> list[Moment]:
    """Those that differ in more than time from the one before."""
    kept = moments[:1]
    for moment in moments[1:]:
        if not moment.is_like(kept[-1]):
            kept.append(moment)
    return kept
