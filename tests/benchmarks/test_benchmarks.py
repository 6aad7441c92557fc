"""The calls that a push takes, and that the benchmarks run. Times are never tested."""

import pytest
from click.testing import CliRunner

from tests.benchmarks import __main__ as benchmarks
from tests.benchmarks import pushes, table
from tests.benchmarks.minimum import Fewest, minimum
from tests.repo.tree import ROOT

CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


# Larger groups are in the figures: they take long, and no other code.
CASES = [each for each in pushes.cases() if each[2] <= 1_000]


@pytest.mark.parametrize(("app", "operation", "n"), CASES)
def test_the_engine_makes_at_most_one_call_more_than_the_fewest(app, operation, n):
    counted = pushes.count(app, operation, n)

    assert counted.fewest.calls <= counted.ours.calls <= counted.fewest.calls + pushes.OVER


@pytest.mark.parametrize("app", pushes.APPS)
def test_a_change_that_is_taken_back_before_it_is_sent_costs_no_call(app):
    assert pushes.count(app, "noop", 0).ours == Fewest(0, 0)


def test_the_fewest_calls_grow_with_what_one_call_can_carry():
    sizes = (1, 20, 21, 420, 421, 1_000, 10_000)

    assert [minimum("o365", "create", n).calls for n in sizes] == [1, 1, 2, 2, 3, 4, 26]


def test_the_benchmarks_run_and_print_every_figure():
    few = ["--rounds", "1", "--largest", "20", "--users", "1000", "--app", "o365"]

    done = CliRunner().invoke(benchmarks.main, few)

    assert done.exit_code == 0, done.output
    assert [label for label in "abcefghi" if f"({label})" not in done.output] == []
    assert "| o365 | rename |" in done.output


def test_figures_of_some_apps_are_not_for_the_page():
    done = CliRunner().invoke(benchmarks.main, ["--app", "o365", "--update"])

    assert done.exit_code == 2
    assert "leave out --app" in done.output


def test_only_what_stands_between_the_markers_is_renewed():
    renewed = table.renewed(CONTRIBUTING, "| new |")

    assert table.shown(renewed) == "| new |"
    assert table.renewed(renewed, table.shown(CONTRIBUTING)) == CONTRIBUTING


def test_contributing_shows_figures_of_every_app_and_operation():
    shown = table.shown(CONTRIBUTING)

    missing = [
        (app, operation)
        for app in pushes.APPS
        for operation, _ in pushes.CASES
        if f"| {app} | {operation} |" not in shown
    ]
    assert missing == []
