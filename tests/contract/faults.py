"""Failures put where an operation meets them: on each call that a first run of it has shown."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from fake_apps import Fault
from fake_apps.core.ledger import Call
from harness.errors import ErrorKind
from harness.model import Effect, Outcome
from tests.contract.bench import KEY, OTHER_NAME, Bench, Stage, added, groups, removed
from tests.contract.wishes import WISHES, Wish

BEFORE, AFTER = "lose_request", "lose_reply"
LOST = (BEFORE, AFTER, "reset")


@dataclass(frozen=True)
class Spot:
    """One call of an operation: `skip` calls of the same kind come before it."""

    number: int
    operation: str
    skip: int
    call: Call
    is_inner: bool

    def __str__(self) -> str:
        inner = "a request within " if self.is_inner else ""
        return f"{inner}call {self.number}, {self.operation}"


@lru_cache(maxsize=256)
def spots(bench: Bench, name: str, *, signed_in: bool = True) -> tuple[Spot, ...]:
    """Where an operation can be hit, as a run in which all goes well shows."""
    stage = prepared(bench, signed_in=signed_in)
    return tuple(_spots(stage.calls(WISHES[name].ask(stage))))


def outer(bench: Bench, name: str, *, signed_in: bool = True) -> Iterator[Spot]:
    """Whole calls: a batch is one."""
    return (spot for spot in spots(bench, name, signed_in=signed_in) if not spot.is_inner)


def signing_in(bench: Bench, name: str) -> list[Spot]:
    """The calls that come first where the adapter has not signed in yet."""
    cold = list(outer(bench, name, signed_in=False))
    return cold[: len(cold) - len(list(outer(bench, name)))]


def prepared(bench: Bench, *, signed_in: bool = True) -> Stage:
    """The same stage each time; without signing in, the first call fetches a token if one must."""
    stage = bench.stage()
    if signed_in:
        stage.sign_in()
    return stage


def _spots(calls: Iterable[Call]) -> Iterator[Spot]:
    before: Counter[str] = Counter()
    for number, call in enumerate(calls, 1):
        for each, is_inner in ((call, False), *((inner, True) for inner in call.inner)):
            yield Spot(number, each.operation, before[each.operation], each, is_inner)
            before[each.operation] += 1


def stages(bench: Bench, name: str) -> Callable[[], Stage]:
    """A stage for each failure in turn; the same one where a call that fails leaves it as it was.

    That is so where there is one call alone, and the failure keeps it from having any effect.
    """
    if len(list(outer(bench, name))) != 1:
        return lambda: prepared(bench)
    stage = prepared(bench)
    return lambda: stage


def hit(
    stage: Stage, wish: Wish, spot: Spot, fault: Fault, *, is_honest: bool = True
) -> list[Outcome]:
    """Ask the wish with one failure in its way; what the outcomes claim must be so.

    Unless the failure is a lie of the target itself (not `is_honest`).
    """
    stage.app.arm(replace(fault, operation=spot.operation, skip=spot.skip))
    outcomes: list[Outcome] = stage.run(wish.ask(stage))
    assert stage.app.faults.unmet() == [], "the failure was not met"
    stage.app.faults.clear()
    if is_honest:
        claims_hold(stage, outcomes)
    return outcomes


def is_last_call(stage: Stage) -> bool:
    """Whether nothing was sent after the call that failed: a write is never tried again."""
    last = list(stage.app.ledger)[-1]
    return last.fault is not None or any(inner.fault for inner in last.inner)


def claims_hold(stage: Stage, outcomes: list[Outcome]) -> None:
    """Who is told to be in is in, who is told to be out is out, what is told to be made exists."""
    made = [outcome.id for outcome in outcomes if outcome.id]
    target = next((group for group in stage.groups() if group.id in made), None)
    if target is None and stage.has_group(stage.target_id):
        target = stage.group(stage.target_id)
    present = set(target.member_ids) if target else set()
    assert set(added(outcomes)) <= present, "told to be members, but are not"
    assert not set(removed(outcomes)) & present, "told to be out, but are members"
    known = {each.id for each in (*stage.groups(), *stage.accounts())}
    assert set(made) <= known, "told to be made, but is not there"


def is_unanswered(outcome: Outcome) -> bool:
    """How a call without a readable reply is told."""
    return (
        outcome.effect is Effect.UNKNOWN
        and outcome.error is not None
        and outcome.error.kind is ErrorKind.UNAVAILABLE
        and (outcome.added, outcome.removed, outcome.refused, outcome.id) == ((), (), (), None)
    )


def grant(stage: Stage, wish: Wish, *, is_restarted: bool = False) -> None:
    """Ask again, as the engine does, until it has come true; nothing may be there twice."""
    if is_restarted:
        stage.tenant.adapter = stage.another_adapter()
    outcomes = stage.run(wish.ask(stage))
    error = outcomes[-1].error
    assert error is None or error.kind in wish.again, error
    claims_hold(stage, outcomes)
    if error and wish.members:
        own = find_own(stage)
        assert len(own) == 1, f"found as ours: {own}"
        stage.done(stage.adapter.change_members(own[0], add=wish.members(stage), remove=[]))
    assert wish.came_true(stage), "asked again, and still not so"


def find_own(stage: Stage, name: str = OTHER_NAME) -> list[str]:
    """As the engine looks for a group whose create was not answered: by key, else by name."""
    found = groups(stage.done(stage.adapter.find_by_key(KEY)))
    if not stage.capabilities.keys:
        assert found == [], "found by a key, though none are kept"
        found = groups(stage.done(stage.adapter.find_groups(name, stage.place)))
    return [group.id for group in found]


@contextmanager
def about(*words: Any) -> Iterator[None]:
    """Say in a failure what it was that failed."""
    try:
        yield
    except AssertionError as error:
        error.add_note(", ".join(map(str, words)))
        raise
