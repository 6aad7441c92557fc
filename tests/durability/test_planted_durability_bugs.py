"""Each bug of durability_bugs.py is planted, and what tries every crash and lost reply finds it.

A proof that nothing can turn red would prove nothing. `told` is part of the complaint that it has
to bring.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.durability import durability_bugs as bugs
from tests.durability import mishaps, operations
from tests.durability.crashes import Stages, crash_everywhere
from tests.durability.losses import lose_every_reply
from tests.durability.operations import Operation, Trial
from tests.durability.stage import LATE, MAIN
from tests.engine.office import BOX, GSUITE, O365, SLACK

VARIANTS = {str(variant): variant for variant in (*MAIN, *LATE)}


@dataclass(frozen=True)
class Killer:
    """What finds a bug: every crash or every lost reply of one trial, or a mishap."""

    name: str
    run: Callable[[Stages], list[str]]


def crashes(operation: Operation, app: str, count: int) -> Killer:
    trial = Trial(VARIANTS[app], operation, count)
    return Killer(
        f"crashes of {trial}", lambda stages: list(crash_everywhere(stages, trial).complaints)
    )


def losses(operation: Operation, app: str, count: int) -> Killer:
    trial = Trial(VARIANTS[app], operation, count)
    return Killer(
        f"lost replies of {trial}", lambda stages: list(lose_every_reply(stages, trial).complaints)
    )


def mishap(happens: mishaps.Mishap) -> Killer:
    return Killer(happens.__name__, lambda _: happens())


PLANTED = (
    (
        bugs.members_are_known_before_they_are_sent,
        crashes(operations.ADD, BOX, 4),
        "in Sales: m1 is lost",
    ),
    (
        bugs.members_are_forgotten_before_they_are_removed,
        crashes(operations.REMOVE, BOX, 4),
        "in Sales: m1 should not be there",
    ),
    (
        bugs.members_are_forgotten_before_they_are_removed,
        mishap(mishaps.a_member_leaves_while_its_lost_add_waits),
        "who left is there",
    ),
    (
        bugs.changes_are_dropped_when_they_are_planned,
        crashes(operations.ADD, O365, 4),
        "in Sales: m1 is lost",
    ),
    (
        bugs.the_first_answer_counts_for_the_whole_batch,
        crashes(operations.ADD, BOX, 4),
        "in Sales: m4 is lost",
    ),
    (
        bugs.changes_noted_meanwhile_are_dropped_too,
        mishap(mishaps.a_member_leaves_while_its_add_is_under_way),
        "who left is there",
    ),
    (
        bugs.a_linked_group_is_ours_before_it_is_reconciled,
        crashes(operations.ONTO_A_TAKEN_NAME, SLACK, 1),
        "in Sales: guest should not be there",
    ),
    (
        bugs.a_mapping_is_forgotten_before_its_group_is_deleted,
        crashes(operations.UNLINK, O365, 1),
        "group Sales is there, an orphan",
    ),
    (
        bugs.a_failed_change_of_the_org_is_kept_by_half,
        mishap(mishaps.an_admin_is_refused_halfway),
        "half of what was refused",
    ),
    (
        bugs.a_job_is_lost_when_it_begins,
        crashes(operations.CREATE, O365, 1),
        "group Sales is lost",
    ),
    (
        bugs.a_job_is_done_before_its_end_is_recorded,
        crashes(operations.RENAME, O365, 1),
        "group_push.updated 0 times",
    ),
    (
        bugs.an_end_is_recorded_before_the_job_is_done,
        crashes(operations.CREATE, O365, 1),
        "group_push.pushed 2 times",
    ),
    (
        bugs.a_new_job_is_taken_for_the_one_under_way,
        mishap(mishaps.somebody_joins_while_a_change_is_under_way),
        "who joined is lost",
    ),
    (
        bugs.two_jobs_of_a_lane_run_at_once,
        mishap(mishaps.a_later_job_waits_behind_one_that_is_put_off),
        "overtook each other",
    ),
    (
        bugs.nobody_notes_that_a_job_has_begun,
        crashes(operations.UNLINK, O365, 1),
        "mapping",
    ),
    (
        bugs.nobody_notes_that_its_call_was_sent,
        crashes(operations.ADD, BOX, 1),
        "push_memberships 0 times",
    ),
    (
        bugs.a_deprovisioning_is_dropped_with_the_assignment,
        crashes(operations.UNASSIGN, O365, 1),
        "accounts that are on: m1 should not be there",
    ),
    (
        bugs.a_retry_does_not_know_when,
        mishap(mishaps.the_engine_restarts_while_the_app_throttles),
        "before its time",
    ),
    (
        bugs.one_lane_does_not_know_that_the_app_throttles,
        mishap(mishaps.the_engine_restarts_while_the_app_throttles),
        "before its time",
    ),
    (
        bugs.attempts_are_not_counted,
        mishap(mishaps.the_engine_restarts_after_every_attempt),
        "not ten attempts",
    ),
    (
        bugs.lag_is_judged_when_it_is_noticed,
        losses(operations.TWO_GROUPS, f"{GSUITE} with lag", 2),
        "Linked group is missing",
    ),
    (
        bugs.nobody_notes_that_a_create_is_sent,
        crashes(operations.CREATE, O365, 1),
        "mapping Sales is ERROR",
    ),
    (
        bugs.the_key_is_not_looked_for,
        losses(operations.CREATE, BOX, 1),
        "mapping Sales is ERROR",
    ),
    (
        bugs.a_refused_create_counts_as_sent,
        mishap(mishaps.a_stranger_takes_the_name_of_a_refused_create),
        "taken for one",
    ),
    (
        bugs.any_group_of_the_name_is_our_own,
        mishap(mishaps.a_stranger_takes_the_name_of_a_lost_create),
        "a foreign group was taken",
    ),
    (
        bugs.lag_is_not_waited_out,
        mishap(mishaps.a_group_of_a_lost_create_is_seen_late),
        "a twin was made",
    ),
    (
        bugs.a_name_under_way_is_not_noted,
        mishap(mishaps.a_name_is_taken_back_after_a_lost_rename),
        "the name is wrong",
    ),
    (
        bugs.what_is_gone_already_is_an_error,
        losses(operations.UNLINK, O365, 1),
        "mapping",
    ),
    (
        bugs.nobody_notes_that_an_account_is_asked_for,
        mishap(mishaps.a_user_is_unassigned_after_a_lost_create),
        "nobody knows of",
    ),
    (
        bugs.an_account_that_is_known_is_believed_to_be_on,
        crashes(operations.REASSIGN, O365, 1),
        "accounts that are on: m1 is lost",
    ),
    (
        bugs.linking_an_account_is_told_every_time,
        crashes(operations.PROVISION, O365, 1),
        "user.sync 2 times",
    ),
)


@pytest.mark.parametrize(
    ("bug", "killer", "told"),
    PLANTED,
    ids=[f"{bug.__name__} - {killer.name}" for bug, killer, _ in PLANTED],
)
def test_a_planted_bug_is_found(bug, killer, told, stages, monkeypatch):
    for trial in operations.trials():
        if str(trial) in killer.name:
            stages.begin(trial)  # everybody is hired before the bug is planted
    bug(monkeypatch)
    complaints = killer.run(stages)

    assert [complaint for complaint in complaints if told in complaint], complaints


@pytest.mark.parametrize("happens", mishaps.MISHAPS, ids=lambda happens: happens.__name__)
def test_without_a_bug_a_mishap_does_no_harm(happens):
    assert happens() == []


def test_every_planted_bug_is_in_the_table():
    made = {
        name
        for name, value in vars(bugs).items()
        if callable(value) and getattr(value, "__module__", "") == bugs.__name__
    }
    planted = {bug.__name__ for bug, _, _ in PLANTED}

    assert planted == {name for name in made if not name.startswith("_")}
    assert len(planted) >= 20
