"""Other defaults of a run: how they are written, what they change, and what says so."""

import pytest

from harness import world
from harness.errors import Unusable
from harness.scenario.defaults import defaults, written
from harness.scenario.play import Play
from tests.scenario.rig import scenario

LATE = """
given: {users: [ana], groups: {Sales: [ana]}, pushed: Sales}
steps:
  - assign_user: ana
  - expect: {target: {Sales: []}}
    when: {heal_late_members: false}
    because: late members wait for a push
  - expect: {target: {Sales: ana}}
    when: {heal_late_members: true}
    because: late members are sent
"""


def steps(body, app="o365", **settings):
    """The steps played, as they are told."""
    told = scenario(body, app)
    play = Play(told, told.lineups[0], told.keys.seed, settings)
    play.go()
    return [done.text for done in play.history[1:-1]]


@pytest.mark.parametrize("value", [True, False])
def test_a_step_for_some_settings_is_played_in_runs_that_have_them(value):
    _, told = steps(LATE, heal_late_members=value)

    assert told.endswith(f"when: {{heal_late_members: {str(value).lower()}}}")


def test_without_a_default_of_the_run_the_settings_own_one_counts():
    assert steps(LATE) == steps(LATE, heal_late_members=False)


def test_what_a_file_states_stays():
    assert len(steps("settings: {provisioning: true}\nsteps: [push: Everyone]", provisioning=False))


def test_a_setting_of_the_org_is_one_too():
    kept = """
given: {users: [ana], groups: {Sales: [ana]}}
steps:
  - deactivate_user: ana
  - expect: {groups: {Sales: []}}
"""
    assert len(steps(kept, deactivated_keep_groups=False)) == 2


def test_an_app_without_the_habit_is_frugal_whatever_the_run_says():
    body = "steps:\n  - {retry_all: , when: {wire: frugal}, because: of that}\n"

    assert steps(body, wire="okta") != []
    assert steps(body, app="slack", wire="okta") == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("wire=okta", "okta"),
        ("heal_late_members=true", True),
        ("linking_allowed=null", None),
        ("timeout_s=2.5", 2.5),
        ("domain=a=b", "a=b"),
        ("ous=[One, Two]", ["One", "Two"]),
        ("domain='7'", "7"),
        ("domain=a: b: c", "a: b: c"),
    ],
)
def test_a_default_is_written_as_in_a_scenario_and_told_so_that_it_can_be_read_again(text, value):
    found = defaults([text], world)

    assert found == {text.partition("=")[0]: value}
    (option,) = written(found)
    assert defaults([option.removeprefix("--setting=")], world) == found


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (["wire"], "--setting takes name=value, such as wire=okta, not 'wire'"),
        ([""], "--setting takes name=value, such as wire=okta, not ''"),
        (["wir=okta"], "--setting: unknown setting 'wir'; nearest: wire"),
        (["wire=ok"], "--setting: wire must be one of frugal, okta, not 'ok'"),
        (["heal_late_members=1"], "--setting: heal_late_members must be one of true, false, not"),
        (["timeout_s=0"], "--setting: timeout_s must be a number of seconds above 0, not '0'"),
        (["wire=okta", "wire=okta"], "--setting: wire is given twice"),
    ],
)
def test_what_is_no_default_is_told_in_one_line(texts, told):
    with pytest.raises(Unusable) as unusable:
        defaults(texts, world)

    assert str(unusable.value).startswith(told)
    assert "\n" not in str(unusable.value)
