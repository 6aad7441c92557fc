from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from harness.scenario.progress import TOLD, Board, Item
from harness.scenario.results import EXPECTED_FAILURE

ROOT = Path("/cases").absolute()
ITEMS = [
    Item(ROOT / "ops" / "a.yaml", "o365"),
    Item(ROOT / "ops" / "a.yaml", "active_directory"),
    Item(ROOT / "ops" / "longer-name.yaml", "o365"),
]


def board(*, terminal=False, verbose=False):
    console = Console(file=StringIO(), force_terminal=terminal, width=200, highlight=False)
    return Board(console, ITEMS, ROOT, verbose=verbose)


def ended(name, outcome, told=None, when="call"):
    return pytest.TestReport(name, (name, 0, name), {}, outcome, told, when)


def shown(watched):
    with watched:
        watched.pytest_runtest_logreport(ended("ops/a.yaml::o365", "passed"))
        watched.pytest_runtest_logreport(
            ended("ops/a.yaml::active_directory", "failed", "A case\n  expected: x")
        )
    watched.show()
    return watched.console.file.getvalue()


def test_the_matrix_the_failures_and_the_counts():
    lines = shown(board()).splitlines()

    assert lines == [
        ".F",
        "                 active_directory  o365",
        "ops/a            FAIL              ok",
        "ops/longer-name  -                 -",
        "",
        "FAILED A case",
        "  expected: x",
        "",
        "1 held, 1 failed, 1 not run",
    ]


def test_on_a_terminal_it_is_coloured():
    told = shown(board(terminal=True))

    assert "\x1b[32m  expected: x\x1b[0m" in told
    assert "scenarios, 1 failed" in told


def test_verbose_tells_every_item():
    assert shown(board(verbose=True)).startswith(
        "ok   ops/a [o365]\nFAIL ops/a [active_directory]\n"
    )


def test_a_failure_after_the_call_counts_too():
    watched = board()
    watched.pytest_runtest_logreport(ended("ops/a.yaml::o365", "passed"))
    watched.pytest_runtest_logreport(ended("ops/a.yaml::o365", "failed", "torn", when="teardown"))

    assert [(one, watched.of(one).failure) for one in watched.failures] == [(ITEMS[0], "torn")]


def test_what_fails_as_expected_is_known_and_not_failed():
    watched = board()
    known = ended("ops/a.yaml::o365", "skipped", "A case")
    setattr(known, TOLD, {"status": EXPECTED_FAILURE, "reason": "ticket 12"})
    with watched:
        watched.pytest_runtest_logreport(known)
    watched.show()

    lines = watched.console.file.getvalue().splitlines()

    assert lines[0] == "x"
    assert lines[2].split() == ["ops/a", "-", "known"]
    assert lines[-1] == "1 failing as expected, 2 not run"
    assert watched.failures == []


def test_what_fails_outside_any_item_is_trouble():
    watched = board()
    watched.pytest_runtest_logreport(ended("elsewhere.yaml::x", "failed", "a worker died"))

    assert watched.troubles == ["a worker died"]
