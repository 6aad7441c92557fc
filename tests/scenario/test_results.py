import json

import pytest

from harness.scenario import results
from harness.scenario.results import STATUSES, Ended, Result, Results, failed_ids
from harness.scenario.summary import MAX_BYTES, summary

CAUSE = {
    "app": "o365",
    "subject": "Sales",
    "message": "Unable to update",
    "cause": "the app refuses | credentials",
    "fix": "enter new ones",
    "source": "https://help.example",
}


def item(name, status="held", **ended):
    about = (f"ops/{name}.yaml::o365", f"ops/{name}.yaml", f"Case {name}", ("T1",), "o365")
    return Result(*about, Ended(status, **ended))


ALL = Results(tuple(item(f"c{n}", status) for n, status in enumerate(STATUSES)), 1)


def test_the_result_says_of_every_item_how_it_ended():
    run = Results((item("a", "failed", failure="told", causes=[CAUSE], wall_s=0.12345),), 1, 7)

    told = json.loads(run.as_json())

    assert (told["schema"], told["exit_status"], told["seed"]) == (1, 1, 7)
    assert told["items"] == [
        {
            "id": "ops/a.yaml::o365",
            "file": "ops/a.yaml",
            "title": "Case a",
            "cases": ["T1"],
            "app": "o365",
            "status": "failed",
            "virtual_s": 0.0,
            "wall_s": 0.123,
            "failure": "told",
            "causes": [CAUSE],
            "reason": "",
        }
    ]


def test_every_status_is_counted():
    assert json.loads(ALL.as_json())["counts"] == dict.fromkeys(STATUSES, 1)


def test_last_failures_keep_what_was_not_run_and_lose_what_holds():
    before = ["ops/c0.yaml::o365", "ops/c5.yaml::o365", "ops/gone.yaml::o365"]

    assert failed_ids(before, ALL) == [
        "ops/c1.yaml::o365",
        "ops/c2.yaml::o365",
        "ops/c4.yaml::o365",
        "ops/c5.yaml::o365",
        "ops/gone.yaml::o365",
    ]


def test_a_summary_counts_and_names_the_probable_cause_and_its_fix():
    told = summary(Results((item("a"), item("b", "failed", failure="x", causes=[CAUSE])), 1))

    assert told.startswith("## ❌ Pushproof: 1 held, 1 failed\n")
    row = "| `ops/b.yaml::o365` | Case b | the app refuses \\| credentials; fix: enter new ones |"
    assert row in told.splitlines()


def test_a_summary_of_what_holds_is_one_line():
    assert summary(Results((item("a"),), 0)).strip() == "## ✅ Pushproof: 1 held"


def test_a_summary_names_what_fails_as_expected_and_why():
    told = summary(Results((item("a", "expected_failure", reason="ticket 12"),), 0, shard="1/2"))

    assert "1 failing as expected (shard 1/2)" in told
    assert "| `ops/a.yaml::o365` | ticket 12 |" in told


def test_a_report_with_fences_in_it_stays_one_block():
    told = summary(Results((item("a", "failed", failure="```\n<b>\n```"),), 1))

    assert "````text\n```\n<b>\n```\n````" in told


def test_trouble_outside_any_item_is_told():
    assert "a worker died" in summary(Results((), 1, troubles=("a worker died",)))


def test_a_summary_has_room_on_a_jobs_page():
    long = "x" * (MAX_BYTES // 3)
    run = Results(tuple(item(f"c{n}", "failed", failure=long) for n in range(5)), 1)

    told = summary(run)

    assert len(told.encode()) <= MAX_BYTES + 200
    assert told.endswith("3 more reports have no room here: see `--artifacts`.\n")


@pytest.mark.parametrize("status", STATUSES)
def test_a_bad_end_is_one_that_makes_the_run_fail(status):
    assert Ended(status).is_bad == (status in results.BAD)
