"""What `pushproof run` does for a CI job: ids, shards, limits, known failures, files it leaves."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.test_cli import GOOD, asked, pushproof

DENIED = """\
title: The credentials are gone
apps: o365
given: {users: [ana], assigned: ana, groups: {Sales: [ana]}}
steps:
  - expire_credentials
  - push: Sales
  - expect: {mapping: {Sales: ACTIVE}}
"""


LATE = """\
title: A late member waits for a push
apps: o365
given: {users: [ana], groups: {Sales: [ana]}, pushed: Sales}
steps:
  - assign_user: ana
  - expect: {target: {Sales: []}}
"""


@pytest.fixture
def folder(tmp_path):
    return furnished(tmp_path)


def furnished(folder):
    (folder / "mine").mkdir()
    (folder / "mine" / "good.yaml").write_text(GOOD)
    (folder / "mine" / "denied.yaml").write_text(DENIED)
    return folder


@pytest.fixture(scope="module")
def job(tmp_path_factory):
    """The folder of a job that failed and kept everything; starting one costs seconds."""
    folder = furnished(tmp_path_factory.mktemp("job"))
    page = folder / "page.md"
    page.write_text("an earlier step\n")
    words = ("--json", "r.json", "--artifacts", "out", "--summary", "s.md", "-n", "2")
    assert run(folder, *words, GITHUB_STEP_SUMMARY=str(page)).returncode == 1
    return folder


@pytest.fixture
def known(folder):
    file = folder / "known.yaml"
    file.write_text("mine/denied.yaml::*: ticket 12\n")
    return file


def run(folder, *words, **environment):
    done = pushproof(folder, "run", "mine", *words, **environment)
    assert done.stderr == ""
    return done


def result(folder, name="r.json"):
    told = json.loads((folder / name).read_text())
    return {item["id"]: item for item in told["items"]}, told


def statuses(folder):
    return {one: item["status"] for one, item in result(folder)[0].items()}


def test_the_result_is_kept_for_machines(job):
    items, told = result(job)
    denied = items["mine/denied.yaml::o365"]

    assert (told["exit_status"], told["troubles"]) == (1, [])
    assert {one: item["status"] for one, item in items.items()} == {
        "mine/denied.yaml::o365": "failed",
        "mine/good.yaml::o365": "held",
        "mine/good.yaml::active_directory": "held",
    }
    assert denied["causes"][0]["cause"] == "the app refuses the stored credentials"
    assert "fix:      enter new credentials" in denied["failure"]
    assert denied["virtual_s"] == 0.25


def test_a_failing_item_leaves_its_report_its_calls_and_the_scenario(job):
    kept = sorted((job / "out").rglob("*.*"))

    assert [str(path.relative_to(job / "out")) for path in kept] == [
        "mine/denied.o365",
        "mine/denied.o365/denied.yaml",
        "mine/denied.o365/o365.jsonl",
        "mine/denied.o365/report.txt",
    ]
    assert kept[1].read_text() == DENIED
    assert "AADSTS7000222" in kept[2].read_text()
    assert "probable cause" in kept[3].read_text()


def test_what_is_known_to_fail_does_not_fail_the_run(folder, known):
    done = run(folder, "--expected-failures", known.name, "--json", "r.json", "--junit", "j.xml")
    suite = ElementTree.parse(folder / "j.xml").getroot()[0]  # noqa: S314 - our own

    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "2 held, 1 failing as expected"
    assert result(folder)[0]["mine/denied.yaml::o365"]["reason"] == "ticket 12"
    assert (suite.get("failures"), suite.get("skipped")) == ("0", "1")


def test_an_unexpected_pass_fails_and_says_which_line_to_take_out(folder, known):
    known.write_text("mine/good.yaml::o365: slow team\nmine/denied.yaml::o365: ticket 12\n")

    done = run(folder, "--expected-failures", known.name, "--json", "r.json", "--artifacts", "a")

    assert done.returncode == 1
    assert "  holds, but was expected to fail: slow team" in done.stdout
    assert "  take it out: known.yaml:1:1: mine/good.yaml::o365" in done.stdout
    assert statuses(folder)["mine/good.yaml::o365"] == "unexpected_pass"
    assert (folder / "a" / "mine" / "good.o365" / "report.txt").is_file()


def test_an_item_that_takes_too_long_fails_and_says_so(folder):
    done = run(folder, "--timeout", "0.0001", "--json", "r.json", "-n", "0")

    assert done.returncode == 1
    assert "  timed out: not done after 0.0001 s on the wall clock; it was here:" in done.stdout
    assert set(statuses(folder).values()) == {"timed_out"}


def test_time_that_passes_in_the_world_counts_for_nothing(folder):
    waits = GOOD.replace("  - push", "  - wait: 30d\n  - push")
    (folder / "mine" / "denied.yaml").write_text(waits)

    assert run(folder, "--timeout", "60").returncode == 0


def test_what_failed_last_time_is_run_again_until_it_holds(folder):
    again = ("--last-failed", "failed", "--json", "r.json")
    assert run(folder, *again).returncode == 1
    assert (folder / "failed").read_text().splitlines()[1:] == ["mine/denied.yaml::o365"]

    (folder / "mine" / "denied.yaml").write_text(DENIED.replace("ACTIVE", "ERROR"))
    assert run(folder, *again).returncode == 0
    assert statuses(folder) == {"mine/denied.yaml::o365": "held"}

    run(folder, *again)
    assert len(statuses(folder)) == 3


def test_other_defaults_are_used_and_told(folder):
    (folder / "mine" / "denied.yaml").write_text(LATE)
    options = ("--setting", "heal_late_members=true", "--json", "r.json")

    done = run(folder, *options, "--app", "o365")

    assert done.returncode == 1
    items, told = result(folder)
    assert told["settings"] == {"heal_late_members": True}
    failure = items["mine/denied.yaml::o365"]["failure"]
    assert failure.endswith("--app o365 --setting=heal_late_members=true")


def test_shards_together_run_everything_once(folder):
    seen = []
    for part in ("1/2", "2/2"):
        run(folder, "--shard", part, "--json", "r.json")
        seen += statuses(folder)

    assert sorted(seen) == [
        "mine/denied.yaml::o365",
        "mine/good.yaml::active_directory",
        "mine/good.yaml::o365",
    ]


def test_a_shard_without_items_holds(monkeypatch, folder):
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    words = ("run", "mine", "--shard", "9/99", "--json", "r.json", "--summary", "s.md")

    done = asked(monkeypatch, folder, *words)

    assert (done.exit_code, done.stdout) == (0, "nothing to run in this shard\n")
    assert (result(folder)[1]["shard"], result(folder)[0]) == ("9/99", {})
    assert (folder / "s.md").read_text().startswith("## ✅ Pushproof: no items (shard 9/99)")


def test_a_summary_is_written_and_added_to_the_jobs_page(job):
    told = (job / "s.md").read_text()

    assert told.startswith("## ❌ Pushproof: 2 held, 1 failed\n")
    assert (job / "page.md").read_text() == f"an earlier step\n{told}\n"


def test_a_page_that_cannot_be_written_does_not_fail_the_job(monkeypatch, folder):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(folder))

    done = asked(monkeypatch, folder, "run", "mine", "--shard", "9/99")

    assert done.exit_code == 0
    assert done.stderr == f"GITHUB_STEP_SUMMARY: {folder}: Is a directory\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--shard", "3/2"], "--shard takes i/n"),
        (["--setting", "wire"], "--setting takes name=value, such as wire=okta"),
        (["--expected-failures", "none.yaml"], "none.yaml: No such file or directory"),
        (["--expected-failures", "idle.yaml"], "idle.yaml:1:1: unknown item 'mine/god.yaml::o365'"),
        (["--last-failed", "mine"], "mine: cannot be read"),
        (["--json", "mine"], "mine: Is a directory"),
        (["--artifacts", "idle.yaml"], "idle.yaml: File exists"),
    ],
)
def test_unusable_input_ends_with_one_clear_line_and_2(monkeypatch, folder, words, told):
    (folder / "idle.yaml").write_text("mine/god.yaml::o365: typo\n")

    done = asked(monkeypatch, folder, "run", "mine", *words)

    assert done.exit_code == 2
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_entry_about_an_item_that_is_only_left_out_is_no_mistake(monkeypatch, folder, known):
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    words = ("--expected-failures", known.name, "--shard", "9/99", "--app", "active_directory")

    assert asked(monkeypatch, folder, "run", "mine", *words).exit_code == 0


@pytest.mark.parametrize("limit", ["0", "-1", "nan", "inf", "1e9"])
def test_a_limit_that_is_none_is_refused(monkeypatch, folder, limit):
    assert asked(monkeypatch, folder, "run", "mine", "--timeout", limit).exit_code == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("report", ["--junit", "--json"])
def test_a_report_that_cannot_be_written_takes_none_of_the_results_away(folder, report):
    done = pushproof(folder, "run", "mine", report, "/dev/full")

    assert done.returncode == 2
    assert done.stderr == "No space left on device\n"
    assert "FAILED The credentials are gone" in done.stdout


def test_known_failures_are_known_in_somebodys_own_test_run_too(folder, known):
    words = ["-p", "harness.pytest_plugin", "-o", "pushproof_scenarios=mine", "-rxf", "-q"]
    words += ["-p", "no:cacheprovider", f"--pushproof-expected-failures={known.name}", "mine"]

    done = pushproof(folder, *words, module="pytest")

    assert done.returncode == 0
    assert "XFAIL mine/denied.yaml::o365 - ticket 12" in done.stdout
