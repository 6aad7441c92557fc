"""`pushproof`, as a user meets it: in a folder of their own, in a process of its own."""

import json
import re
import subprocess
import sys
from textwrap import dedent
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from rich.console import Console

from harness import world
from harness.cli import _show_table, main, unusable_is_2
from harness.scenario.apps import Table
from harness.scenario.catalogue import find
from tests.repo.tree import ROOT

GOOD = """\
title: A push
case: T2
apps: [o365, active_directory]
given: {users: [ana], assigned: ana, groups: {Sales: [ana]}}
steps:
  - push: Sales
  - expect: {target: {Sales: [ana]}}
"""
WRONG = GOOD.replace("Sales: [ana]}}\n", "Sales: []}}\n").replace(
    "groups: {Sales: []", "groups: {Sales: [ana]"
)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "wrong.yaml").write_text(WRONG)
    (tmp_path / "broken.yaml").write_text(GOOD.replace("push:", "pusj:"))
    return tmp_path


def pushproof(folder, *words, module="harness", **environment):
    """The command in a new process; what it did."""
    return subprocess.run(
        [sys.executable, "-m", module, *words],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def asked(monkeypatch, folder, *words):
    """The command in this process, for what ends before anything is run."""
    monkeypatch.chdir(folder)
    return CliRunner().invoke(main, list(words))


def test_all_that_holds_ends_with_the_counts_and_0(folder):
    done = pushproof(folder, "run", "good.yaml")

    assert done.returncode == 0
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "2 held"


def test_a_case_that_fails_is_shown_below_the_matrix_and_ends_with_1(folder):
    done = pushproof(folder, "run", "good.yaml", "wrong.yaml", "--app", "o365")
    lines = done.stdout.splitlines()

    assert done.returncode == 1
    assert [line.split()[-1] for line in lines[2:4]] == ["ok", "FAIL"]
    assert "FAILED A push [o365]" in lines
    assert "  run just this again:  pushproof run wrong.yaml --app o365" in lines
    assert lines[-1] == "1 held, 1 failed"


def test_nobodys_configuration_counts_and_nothing_is_left_behind(folder):
    (folder / "conftest.py").write_text("raise SystemExit('the conftest ran')\n")
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --bogus\n")
    before = sorted(folder.rglob("*"))

    done = pushproof(folder, "run", "good.yaml", PYTEST_ADDOPTS="--bogus", PYTEST_PLUGINS="bogus")

    assert done.returncode == 0, done.stderr
    assert sorted(folder.rglob("*")) == before


def test_the_same_run_writes_the_same_bytes(folder):
    runs = {
        "alone": ("-n", "0", {"PYTHONHASHSEED": "1", "TZ": "UTC0"}),
        "two": ("-n", "2", {"PYTHONHASHSEED": "4242", "TZ": "KTM-05:45"}),
    }
    written = {}
    for name, (*words, environment) in runs.items():
        done = pushproof(folder, "run", "good.yaml", "--ledger", name, *words, **environment)
        assert done.returncode == 0, done.stderr
        files = (folder / name).rglob("*.jsonl")
        written[name] = {str(f.relative_to(folder / name)): f.read_bytes() for f in files}

    names = [f"{folder.name}/good.{app}.jsonl" for app in ("active_directory", "o365")]
    assert sorted(written["alone"]) == names
    assert all(written["alone"].values())
    assert written["alone"] == written["two"]


def test_another_seed_makes_another_ledger(folder):
    for seed in ("1", "2"):
        pushproof(folder, "run", "good.yaml", "--app", "o365", "--seed", seed, "--ledger", seed)

    first, second = (next((folder / seed).rglob("*.jsonl")).read_text() for seed in ("1", "2"))
    assert first != second


def test_a_junit_report_is_written(folder):
    pushproof(folder, "run", "good.yaml", "wrong.yaml", "--junit", "out/report.xml")

    report = ElementTree.parse(folder / "out" / "report.xml")  # noqa: S314 - our own
    suite = report.getroot()[0]

    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("4", "2", "0")


def test_with_v_every_item_has_its_line(folder):
    done = pushproof(folder, "run", "good.yaml", "-v")

    assert done.stdout.startswith(f"ok   {folder.name}/good [o365]\n")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run", "broken.yaml"], "broken.yaml:6:5: unknown verb 'pusj'; nearest: push"),
        (["run", "none.yaml"], "none.yaml: no such file or folder"),
        (["run", "good.yaml", "--app", "o364"], "the app 'o364'; nearest: o365"),
        (["run", "good.yaml", "--case", "T3"], "the case 'T3'; known: T2"),
        (["run", "good.yaml", "--app", "gsuite"], "what is there runs on active_directory, o365"),
        (["run", "good.yaml", "-n", "many"], "-n takes a number of processes or auto"),
        (["run", "good.yaml", "-n", "²"], "-n takes a number of processes or auto"),
        (["run", "good.yaml", "--junit", "."], ".: Is a directory"),
        (["run", ""], "an empty path: name a file or a folder"),
        (["run", "x" * 300], "x" * 300),
        (["run", "good.yaml", "--ledger", "good.yaml"], "good.yaml: File exists"),
        (["run", "good.yaml", "--junit", "good.yaml/x"], "good.yaml: File exists"),
        (["run", "good.yaml", "copy/good.yaml", "--ledger", "l"], "would both write the ledger"),
    ],
)
def test_unusable_input_ends_with_one_clear_line_and_2(monkeypatch, folder, words, told):
    twin = folder / "copy" / folder.name
    twin.mkdir(parents=True)
    (twin / "good.yaml").write_text(GOOD)
    words = [word.replace("copy/", f"copy/{folder.name}/") for word in words]

    done = asked(monkeypatch, folder, *words)

    assert done.exit_code == 2
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (KeyboardInterrupt(), 130, "interrupted"),
        (FileNotFoundError(2, "No such file or directory"), 2, "the current folder is not there"),
        (OSError(28, "No space left on device", "r.xml"), 2, "r.xml: No space left on device"),
    ],
)
def test_what_the_system_ends_is_told_in_one_line(capsys, error, status, told):
    with pytest.raises(SystemExit) as ended, unusable_is_2():
        raise error

    assert ended.value.code == status
    assert capsys.readouterr().err.startswith(told)


def test_all_broken_files_are_told_together(monkeypatch, folder):
    (folder / "another.yaml").write_text("title: x\n")

    done = asked(monkeypatch, folder, "run", ".")

    assert done.exit_code == 2
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == [
        "another.yaml",
        "another.yaml",
        "broken.yaml",
    ]


def test_the_schema_is_printed_as_json(monkeypatch, folder):
    done = asked(monkeypatch, folder, "schema")

    assert json.loads(done.stdout)["title"] == "Pushproof scenario"


def test_help_shows_examples(monkeypatch, folder):
    assert "pushproof run --case T40 -v" in asked(monkeypatch, folder, "run", "--help").stdout
    assert "schema" in asked(monkeypatch, folder, "--help").stdout


@pytest.mark.parametrize("words", [["--version"], ["run", "--seed", "-1"], ["runn"]])
def test_click_does_the_rest(monkeypatch, folder, words):
    assert asked(monkeypatch, folder, *words).exit_code == (0 if words == ["--version"] else 2)


def test_items_can_be_part_of_somebodys_own_test_run(folder):
    (folder / "pytest.ini").write_text(
        dedent(
            """\
            [pytest]
            addopts = -p harness.pytest_plugin -p no:cacheprovider
            pushproof_scenarios = good.yaml wrong.yaml
            """
        )
    )
    (folder / "test_own.py").write_text("def test_own():\n    pass\n")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rA", "--ignore=broken.yaml"],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert "2 failed, 3 passed" in done.stdout
    assert "target · Sales  (wrong.yaml:" in done.stdout


def test_cases_are_found_by_symptom_with_the_command_that_runs_them(monkeypatch, folder):
    done = asked(monkeypatch, folder, "cases", "removed", "user", "still there")

    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "troubleshooting/same-group-removed-user-stays.yaml"
    assert lines[1] == "  Taylor Smith leaves Accounting and stays in the target group"
    assert lines[2].startswith("  cases: T4, ")
    assert "   apps: o365, active_directory" in lines[2]
    assert lines[3] == f"  run:   pushproof run {lines[0]}"


def test_without_words_every_shipped_case_is_listed(monkeypatch, folder):
    done = asked(monkeypatch, folder, "cases")

    assert done.stdout.count("  run:   pushproof run ") == len(find([]))


def test_no_case_found_is_1_with_a_hint(monkeypatch, folder):
    done = asked(monkeypatch, folder, "cases", "credentils")

    assert (done.exit_code, done.stdout) == (1, "")
    assert "no shipped scenario is about 'credentils'; nearest words: credentials" in done.stderr


def test_apps_are_listed_one_to_a_line(monkeypatch, folder):
    lines = asked(monkeypatch, folder, "apps").stdout.splitlines()

    assert lines[:2] == ["# Apps", lines[1]]
    assert [line.split()[0] for line in lines[2:]] == world.app_kinds()


def test_an_app_is_told_in_full_and_without_wrapping(monkeypatch, folder):
    done = asked(monkeypatch, folder, "apps", "o365")
    quirk = world.app_quirks("o365")["Q1"]

    row = next(line for line in done.stdout.splitlines() if line.startswith("Q1 "))
    assert row.split(None, 3)[:3] == ["Q1", "on", "doc"]
    assert quirk.sentence in row
    assert row.endswith(quirk.source)


def test_an_unknown_app_is_2(monkeypatch, folder):
    done = asked(monkeypatch, folder, "apps", "o364")

    assert (done.exit_code, done.stderr) == (2, "unknown app 'o364'; nearest: o365\n")


def test_on_a_terminal_tables_have_frames(capsys):
    console = Console(force_terminal=True, width=100)

    _show_table(console, Table("Apps", ("App", "Is"), [("o365", "[red]")]), is_first=True)

    told = capsys.readouterr().out
    assert "Apps" in told
    assert "│ o365 │ [red] │" in re.sub(r"\x1b\[[0-9;]*m", "", told)


@pytest.mark.parametrize(
    ("command", "example"),
    [("cases", "pushproof cases removed user still there"), ("apps", "pushproof apps o365")],
)
def test_every_command_shows_examples(monkeypatch, folder, command, example):
    assert example in asked(monkeypatch, folder, command, "--help").stdout
