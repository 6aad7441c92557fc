"""Each bug of bugs.py is planted, and the case that documents the right behaviour turns red.

A catalogue that nothing can turn red would prove nothing. `told_by` is the witness that has to
disagree; a second case, which has nothing to do with the bug, has to stay green: a bug that just
broke everything would be no proof either.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from harness import world
from harness.scenario.language import Scenario, load
from harness.scenario.play import Failed, Play
from tests.catalogue import bugs

SCENARIOS = Path(__file__).parents[2] / "scenarios"
O365, AD, BOX, GSUITE, SLACK = "o365", "active_directory", "box", "gsuite", "slack"


@dataclass(frozen=True)
class Planted:
    """A bug, the case it turns red, on which app, and what tells it."""

    bug: Callable[[pytest.MonkeyPatch], None]
    case: str
    app: str
    told_by: str
    unmoved: str = "operations/changed-login-keeps-the-memberships"
    unmoved_app: str = ""  # the same unless told


PLANTED = (
    Planted(
        bugs.inactive_users_are_pushed, "operations/suspended-user-is-not-pushed", O365, "target"
    ),
    Planted(
        bugs.unassigned_members_are_pushed, "troubleshooting/account-made-by-hand", O365, "target"
    ),
    Planted(
        bugs.late_members_heal_by_themselves,
        "troubleshooting/same-group-assigned-and-pushed-arrives-empty",
        AD,
        "target",
    ),
    Planted(
        bugs.unassigning_keeps_the_link,
        "troubleshooting/same-group-removed-user-stays",
        O365,
        "target",
    ),
    Planted(
        bugs.recreated_account_keeps_its_stale_id,
        "troubleshooting/account-recreated-in-the-target",
        O365,
        "target",
    ),
    Planted(
        bugs.removals_are_not_sent,
        "operations/remove-a-user-in-the-right-order",
        AD,
        "target",
        unmoved="troubleshooting/only-assigned-members-arrive",
    ),
    Planted(bugs.push_now_only_adds, "operations/hand-edits-drift-until-push-now", O365, "target"),
    Planted(
        bugs.active_directory_is_overwritten,
        "operations/push-now-adds-only-in-active-directory",
        AD,
        "target",
    ),
    Planted(bugs.linking_reconciles_nothing, "operations/linking-reconciles-once", O365, "target"),
    Planted(
        bugs.one_change_sends_everything,
        "operations/hand-edits-drift-until-push-now",
        O365,
        "target",
    ),
    Planted(
        bugs.rename_sends_the_members_again, "operations/rename-follows-the-setting", AD, "calls"
    ),
    Planted(
        bugs.paused_mappings_still_send, "operations/deactivate-change-activate", O365, "target"
    ),
    Planted(bugs.activating_sends_nothing, "operations/push-memberships-later", AD, "target"),
    Planted(
        bugs.twenty_one_links_in_one_request, "operations/many-members-in-few-calls", O365, "target"
    ),
    Planted(bugs.leaving_deletes_the_group, "operations/unlink-leaving-the-group", AD, "target"),
    Planted(
        bugs.deleting_leaves_the_group,
        "operations/unlink-deleting-the-group",
        O365,
        "target_groups",
    ),
    Planted(
        bugs.a_taken_name_makes_a_twin, "troubleshooting/name-taken-without-linking", O365, "target"
    ),
    Planted(
        bugs.a_taken_name_is_taken_over,
        "troubleshooting/name-taken-without-linking",
        O365,
        "target",
    ),
    Planted(
        bugs.a_missing_group_is_made_again,
        "troubleshooting/deleted-in-the-target",
        O365,
        "target_groups",
    ),
    Planted(
        bugs.adopting_removes_strangers,
        "operations/directory-group-of-the-same-name-is-adopted",
        AD,
        "target",
    ),
    Planted(bugs.a_known_name_is_made_again, "operations/link-instead-of-create", BOX, "mapping"),
    Planted(
        bugs.linking_always_renames, "operations/rename-setting-when-linking", SLACK, "mapping"
    ),
    Planted(
        bugs.renaming_forgets_what_was_linked_before,
        "operations/rename-setting-when-linking",
        GSUITE,
        "mapping",
    ),
    Planted(
        bugs.a_group_is_pushed_to_one_app_only,
        "operations/two-instances-of-one-app",
        "Europe+Asia",
        "target",
        unmoved_app=O365,
    ),
    Planted(
        bugs.a_rule_takes_what_contains_its_text,
        "operations/push-rule-criteria",
        GSUITE,
        "mapping",
    ),
    Planted(
        bugs.a_rule_takes_any_number_of_groups,
        "operations/push-rule-with-more-than-a-hundred-matches",
        O365,
        "refusal",
    ),
    Planted(
        bugs.a_rule_takes_its_mappings_along,
        "operations/push-rule-edited-and-deleted",
        SLACK,
        "mapping",
    ),
    Planted(
        bugs.a_rule_fills_its_groups_at_once,
        "operations/push-rule-memberships-later",
        BOX,
        "mapping",
    ),
    Planted(
        bugs.a_rule_is_offered_everywhere,
        "operations/push-by-rule-not-for-active-directory",
        AD,
        "refusal",
    ),
    Planted(
        bugs.one_assignment_less_takes_the_app,
        "operations/member-through-two-assignments",
        AD,
        "app_users",
    ),
    Planted(
        bugs.provisioning_switched_off_is_no_obstacle,
        "troubleshooting/provisioning-off-or-access-broken",
        SLACK,
        "refusal",
    ),
    Planted(bugs.any_ou_is_accepted, "operations/ou-for-a-pushed-group", AD, "refusal"),
    Planted(
        bugs.a_lost_reply_makes_a_twin,
        "troubleshooting/read-timed-out-while-creating",
        O365,
        "target",
    ),
    Planted(
        bugs.retry_after_is_ignored, "troubleshooting/rate-limit-waits-and-doubles", O365, "calls"
    ),
    Planted(bugs.waits_do_not_double, "troubleshooting/rate-limit-waits-and-doubles", AD, "calls"),
    Planted(
        bugs.attempts_never_end,
        "troubleshooting/rate-limit-for-good-after-ten-attempts",
        O365,
        "mapping",
    ),
    Planted(bugs.retries_are_forgotten, "troubleshooting/agent-offline", AD, "mapping"),
    Planted(bugs.lag_is_an_error, "quirks/new-objects-are-missing-for-a-while", O365, "mapping"),
    Planted(bugs.part_of_a_batch_fails_unseen, "quirks/throttled-inside-a-batch", O365, "mapping"),
    Planted(
        bugs.the_first_slice_is_taken_for_all,
        "quirks/directory-that-insists-on-exact-changes",
        AD,
        "mapping",
    ),
    Planted(
        bugs.new_credentials_are_not_used, "troubleshooting/credentials-expired", O365, "mapping"
    ),
    Planted(bugs.one_failure_stops_every_group, "operations/several-groups-one-app", AD, "mapping"),
)


@cache
def scenario(name: str) -> Scenario:
    return load(SCENARIOS / f"{name}.yaml", world)


def disagreeing_witnesses(name: str, app: str) -> frozenset[str]:
    """Who disagrees at the first step that does not hold; nobody when the case holds."""
    case = scenario(name)
    lineup = next(lineup for lineup in case.lineups if lineup.name == app)
    play = Play(case, lineup, case.keys.seed)
    try:
        play.go()
    except Failed as failed:
        return frozenset(each.witness for each in failed.disagreements)
    finally:
        play.world.close()
    return frozenset()


@cache
def undisturbed(name: str, app: str) -> frozenset[str]:
    """Who disagrees without any bug; several bugs share a case, so it is asked once."""
    return disagreeing_witnesses(name, app)


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.bug.__name__)
def test_a_planted_bug_turns_its_case_red(planted, monkeypatch):
    before = undisturbed(planted.case, planted.app)

    planted.bug(monkeypatch)
    found = disagreeing_witnesses(planted.case, planted.app)
    unmoved = disagreeing_witnesses(planted.unmoved, planted.unmoved_app or planted.app)

    assert before == frozenset()
    assert planted.told_by in found
    assert unmoved == frozenset()
