"""Which items cannot be played on an engine behind an API, and the reason that is told."""

import pytest

from harness.scenario.fitting import unfit
from tests.scenario.rig import scenario

GIVEN = "given: {users: [ana], groups: {Sales: [ana]}, assigned: ana}\n"
PUSHES = GIVEN + "steps: [{push: Sales}]"
STOPS = GIVEN + "steps: [{push: Sales, stop_after: scim.create_group}]"
KILLS = GIVEN + "steps: [{push: Sales}, restart_engine]"
DATED = (
    GIVEN + "steps: [{push: Sales}, {expect: {errors: [{subject: Sales, message: 01-01-2026}]}}]"
)
SLOW = "target_settings: {member_takes_s: 40}\n" + PUSHES
LATE = GIVEN + "steps: [{arm_fault: {operation: scim.create_group, kind: slow, latency: 40s}}]"
ORIGIN = GIVEN + "steps: [{push: Sales}, {expect: {mapping: {Sales: {origin: name}}}}]"
STATUS = GIVEN + "steps: [{push: Sales}, {expect: {mapping: {Sales: ACTIVE}}}]"


def reason(text, app="scim", *, has_console):
    told = scenario(text, app)
    (lineup,) = told.lineups
    return unfit(told, lineup, told.keys.steps, has_console=has_console)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (PUSHES, ""),
        (STATUS, ""),
        (SLOW, ""),
        (LATE, ""),
        (ORIGIN, ""),
        (STOPS, "stops the engine"),
        (KILLS, "kills the engine"),
        (DATED, "states the date"),
    ],
    ids=["pushes", "status", "slow", "late", "origin", "stops", "kills", "dated"],
)
def test_with_our_console_only_what_no_api_can_do_is_not_applicable(text, why):
    found = reason(text, has_console=True)

    assert bool(found) == bool(why)
    assert why in found


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (STATUS, ""),
        (SLOW, "takes 40 s for one member"),
        (LATE, "replies after 40 s"),
        (ORIGIN, "a mapping's origin"),
    ],
    ids=["status", "slow", "late", "origin"],
)
def test_without_it_neither_is_what_only_the_console_shows_and_what_takes_too_long(text, why):
    found = reason(text, has_console=False)

    assert bool(found) == bool(why)
    assert why in found


def test_two_targets_of_one_kind_are_not_served():
    assert "one of each" in reason(PUSHES, "[{one: scim, two: scim}]", has_console=True)
