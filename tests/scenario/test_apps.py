"""`pushproof apps` says what there is, as the apps declare it."""

import pytest

from harness import world
from harness.errors import Unusable
from harness.scenario.apps import all_apps, one_app, written


def tables(kind):
    return {table.title.partition(" (")[0]: table for table in one_app(kind)}


def test_every_app_that_scenarios_can_use_has_a_row():
    assert [row[0] for row in all_apps().rows] == world.app_kinds()


@pytest.mark.parametrize("kind", world.app_kinds())
def test_everything_a_scenario_can_name_is_listed(kind):
    told = tables(kind)
    named = {title: [row[0] for row in table.rows] for title, table in told.items()}

    assert set(named["Operations"]) == set(world.app_operations(kind))
    assert named["Quirks"] == list(world.app_quirks(kind))
    assert named["Faults"] == world.app_faults(kind)
    assert named.get("Settings of the app", []) == list(world.target_settings(kind))
    assert named["Settings in Okta"] == [*world.app_settings(), *world.org_settings()]


@pytest.mark.parametrize("kind", world.app_kinds())
def test_every_row_says_something_in_every_column(kind):
    assert [row for table in one_app(kind) for row in table.rows if not all(row)] == []


def test_a_fault_of_the_app_says_what_it_answers():
    rows = dict(tables("o365")["Faults"].rows)

    assert rows["expired_token"].startswith("answer 401 InvalidAuthenticationToken: ")
    assert rows["lose_reply"] == "do it, then time out"


def test_an_operation_of_the_agent_has_no_path_of_its_own():
    assert ("active_directory.search", "inside another call") in tables("active_directory")[
        "Operations"
    ].rows


def test_an_unknown_app_is_told_with_the_nearest():
    with pytest.raises(Unusable, match="unknown app 'o364'; nearest: o365"):
        list(one_app("o364"))


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "null"),
        (True, "true"),
        (["a", 1], "[a, 1]"),
        ("", "''"),
        ({"a": False}, "{a: false}"),
        (2.5, "2.5"),
    ],
)
def test_a_value_is_written_as_in_a_scenario(value, told):
    assert written(value) == told
