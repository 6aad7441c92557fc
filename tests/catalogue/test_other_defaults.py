"""The whole catalogue under both wires and both readings of R23a: every item holds, or says so.

`pushproof run` plays the first of the four combinations. Where a file expects something else under
a setting, it marks the step `when`, or states the setting; that such a mark is true is asked too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any

import pytest

from harness import world
from harness.scenario.catalogue import find
from harness.scenario.kinds import AppValues
from harness.scenario.language import Lineup, Scenario, Step, load
from harness.scenario.play import Failed, Play
from harness.scenario.report import Style, report
from harness.scenario.selection import item_id

WIRE, HEAL = "wire", "heal_late_members"
FIRST = {WIRE: "frugal", HEAL: False}
OTHER = {WIRE: "okta", HEAL: True}
COMBINATIONS = ({WIRE: "okta"}, {HEAL: True}, {WIRE: "okta", HEAL: True})


@dataclass(frozen=True)
class Case:
    """An item of the catalogue under other defaults, and the step or setting it is about."""

    scenario: Scenario
    lineup: Lineup
    defaults: Mapping[str, Any]
    step: Step | None = None

    @property
    def id(self) -> str:
        told = ",".join(f"{name}={value}" for name, value in self.defaults.items())
        where = f":{self.step.at.line}" if self.step else ""
        return f"{told}-{item_id(self.scenario.path, self.lineup.name)}{where}"

    def play(self) -> Play:
        return Play(self.scenario, self.lineup, self.scenario.keys.seed, self.defaults)


CATALOGUE = [load(path, world) for path in find([])]


def has(lineup: Lineup, defaults: Mapping[str, Any]) -> bool:
    """Whether some app of the world is set up otherwise than it would be without these."""
    return any(
        world.setting_in_effect(kind, name, value) != FIRST[name]
        for kind in lineup.kinds
        for name, value in defaults.items()
    )


def speaks(lineup: Lineup, defaults: Mapping[str, Any]) -> bool:
    """Whether some app has that habit of the wire; to all others the wire is the same."""
    return WIRE not in defaults or has(lineup, {WIRE: defaults[WIRE]})


def items() -> Iterator[Case]:
    for defaults in COMBINATIONS:
        for scenario in CATALOGUE:
            for lineup in scenario.lineups:
                if speaks(lineup, defaults):
                    yield Case(scenario, lineup, defaults)


def contrary(scenario: Scenario, lineup: Lineup, step: Step) -> Iterator[Case]:
    """The item, with a step that is for some settings only played under others."""
    conditions = step.keys.when or {}
    defaults = {n: OTHER[n] if value == FIRST[n] else FIRST[n] for n, value in conditions.items()}
    kind = lineup.apps[step.keys.app or next(iter(lineup.apps))]
    differs = all(
        world.setting_in_effect(kind, name, defaults[name]) != value
        and world.setting_in_effect(kind, name, value) == value
        for name, value in conditions.items()
    )
    if conditions and step.is_for(lineup) and differs:
        always = replace(step, keys=replace(step.keys, when=None))
        steps = tuple(always if one is step else one for one in scenario.keys.steps)
        yield Case(
            replace(scenario, keys=replace(scenario.keys, steps=steps)), lineup, defaults, always
        )


def marks() -> Iterator[Case]:
    """Each marked step on the first app that it is for; on which one a mark lies is the same."""
    for scenario in CATALOGUE:
        for step in scenario.keys.steps:
            found = (contrary(scenario, lineup, step) for lineup in scenario.lineups)
            yield from islice(chain.from_iterable(found), 1)


def stated(scenario: Scenario) -> set[str]:
    values = scenario.keys.settings
    return {*values.everywhere, *(n for own in values.by_app.values() for n in own)} & {*FIRST}


def without(scenario: Scenario, name: str) -> Scenario:
    """The scenario as if it did not state this setting."""
    values = scenario.keys.settings
    left = AppValues(
        {n: value for n, value in values.everywhere.items() if n != name},
        {a: {n: v for n, v in own.items() if n != name} for a, own in values.by_app.items()},
    )
    return replace(scenario, keys=replace(scenario.keys, settings=left))


def statements() -> Iterator[Case]:
    for scenario in CATALOGUE:
        for name in sorted(stated(scenario)):
            lineup = next(each for each in scenario.lineups if has(each, {name: OTHER[name]}))
            of_app = scenario.keys.settings.of(next(iter(lineup.apps)), lineup.kinds[0])
            other = OTHER[name] if of_app[name] == FIRST[name] else FIRST[name]
            yield Case(without(scenario, name), lineup, {name: other})


def ended(case: Case) -> tuple[Play, Failed | None]:
    play = case.play()
    try:
        play.go()
    except Failed as failed:
        return play, failed
    finally:
        play.world.close()
    return play, None


@pytest.mark.parametrize("case", [*items()], ids=lambda case: case.id)
def test_an_item_holds_under_other_defaults_or_says_what_differs(case):
    play, failed = ended(case)

    assert failed is None, report(play, failed, Style())


@pytest.mark.parametrize("case", [*marks()], ids=lambda case: case.id)
def test_what_is_marked_as_different_is_different(case):
    """Under the other setting the step does not hold, or what it prepares does not."""
    play, failed = ended(case)

    assert failed is not None
    assert play.history[-1].at.line >= case.step.at.line


@pytest.mark.parametrize("case", [*statements()], ids=lambda case: case.id)
def test_a_setting_that_a_file_states_is_one_that_it_needs(case):
    _, failed = ended(case)

    assert failed is not None


def test_both_wires_and_both_readings_are_the_choices_there_are():
    known = world.app_settings()

    assert {name: {*known[name].choices} for name in FIRST} == {
        name: {FIRST[name], OTHER[name]} for name in FIRST
    }
    assert {name: known[name].default for name in FIRST} == FIRST
