"""The app's own oddities: each quirk the other way round, and objects that reads show late."""

from collections.abc import Callable

from fake_apps.core.quirk import HABITS, WORK, Quirk
from harness.errors import ErrorKind, TargetError
from harness.model import Outcome
from harness.ports import Steps
from tests.contract.bench import OTHER_NAME, Bench, Stage
from tests.contract.check import check
from tests.contract.faults import about, find_own

LAG_S = 45
PATIENCE_S = 1_800.0


@check
def a_group_lives_its_life_whichever_way_each_quirk_is(bench: Bench) -> None:
    for quirk_id, quirk in bench.tenant().app.quirks.known.items():
        if quirk.breaks == WORK or (quirk.breaks == HABITS and bench.is_okta()):
            continue
        with about(f"{quirk_id} {'off' if quirk.default else 'on'}: {quirk.sentence}"):
            stage = bench.stage()
            stage.app.quirks.switch(quirk_id, on=not quirk.default)
            _live(stage)


@check
def a_group_lives_its_life_under_the_limits_of_the_app(bench: Bench) -> None:
    _live(bench.stage(limits=1.0))


@check
def a_group_lives_its_life_while_reads_are_late(bench: Bench) -> None:
    """Every setting of the fake that makes reads lag, and with it each quirk the other way."""
    app = bench.tenant().app
    lags = [name for name in app.settings if name.endswith("_lag_s")]
    for lag in lags:
        for quirk in (None, *(each for each in app.quirks.known.values() if _adds(each))):
            with about(lag, quirk.sentence if quirk else "no quirk"):
                quirks = {quirk.id: True} if quirk else {}
                _live(bench.stage(settings={lag: LAG_S}, quirks=quirks))


@check
def a_group_made_again_while_reads_are_late_has_no_twin(bench: Bench) -> None:
    app = bench.tenant().app
    for lag in [name for name in app.settings if name.endswith("_lag_s")]:
        with about(lag):
            stage = bench.stage(settings={lag: LAG_S})
            plan = stage.plan(OTHER_NAME, stage.inside)
            stage.arm("*", "lose_reply", skip=_sign_in_calls(bench))
            stage.run(stage.adapter.create_group(plan))
            stage.app.faults.clear()

            stage.tenant.adapter = stage.another_adapter()
            stage.run(stage.adapter.create_group(plan))
            assert len(stage.named(OTHER_NAME)) <= 1, "a twin"
            _make(stage)


def _adds(quirk: Quirk) -> bool:
    return not quirk.default and not quirk.breaks


def _sign_in_calls(bench: Bench) -> int:
    stage = bench.stage()
    stage.sign_in()
    signed_in = stage.app.ledger.last_number
    stage.sign_in()
    return signed_in - (stage.app.ledger.last_number - signed_in)


def _live(stage: Stage) -> None:
    """Made, changed, renamed, overwritten, found again and deleted, as the engine goes about it."""
    target_id = _make(stage)
    adapter, leaving = stage.adapter, stage.inside[:1]
    staying = [stage.inside[1], *stage.outside]
    _persist(stage, lambda: adapter.change_members(target_id, add=staying, remove=leaving))
    _is(stage, target_id, staying)
    _persist(stage, lambda: adapter.rename_group(target_id, "Renamed"))
    _persist(stage, lambda: adapter.replace_members(target_id, stage.outside))
    _is(stage, target_id, stage.outside)
    _persist(stage, lambda: adapter.change_members(target_id, add=[], remove=[*staying, *leaving]))
    _is(stage, target_id, [])
    assert stage.group(target_id).name == "Renamed"
    assert stage.named(OTHER_NAME) == []
    _persist(stage, lambda: adapter.delete_group(target_id))
    assert not stage.has_group(target_id)


def _is(stage: Stage, target_id: str, wanted: list[str]) -> None:
    assert sorted(stage.members(target_id)) == sorted(wanted)


def _make(stage: Stage) -> str:
    """The one group of our key, with its members in it."""
    plan = stage.plan(OTHER_NAME, stage.inside)
    last = _persist(stage, lambda: stage.adapter.create_group(plan), fine=(ErrorKind.EXISTS,))
    target_id = next((outcome.id for outcome in last if outcome.id), "") or find_own(stage)[0]
    _persist(stage, lambda: stage.adapter.change_members(target_id, add=stage.inside, remove=[]))
    assert [group.id for group in stage.named(OTHER_NAME)] == [target_id]
    assert sorted(stage.members(target_id)) == sorted(stage.inside)
    return target_id


def _persist(
    stage: Stage, ask: Callable[[], Steps], *, fine: tuple[ErrorKind, ...] = ()
) -> list[Outcome]:
    """Again after what passes by itself, and after what the declared lag may have hidden."""
    until = stage.app.clock.now() + PATIENCE_S
    while True:
        outcomes = stage.run(ask())
        error = outcomes[-1].error if outcomes else None
        if error is None or error.kind in fine:
            return outcomes
        assert _may_pass(stage, error), error
        assert stage.app.clock.now() < until, f"never comes to an end: {error}"
        stage.app.clock.sleep(error.retry_after_s or 20.0)


def _may_pass(stage: Stage, error: TargetError) -> bool:
    lags = stage.capabilities.lag_s > 0 and error.kind is ErrorKind.NOT_FOUND
    return error.is_transient or lags
