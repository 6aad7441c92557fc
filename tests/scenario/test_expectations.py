"""Every expectation holds when it is so, and disagrees, naming the difference, when it is not."""

from dataclasses import replace

import pytest

from harness.scenario.expect.calls import impatient
from harness.scenario.marks import expectations
from tests.scenario.rig import disagreements, failed, played

WORLD = """
given:
  users: [ana, ben, {cy}]
  assigned: [ana, ben]
  groups: {Sales: [ana, ben, cy], Ops: []}
  target: {accounts: {zoe: {active: false}}, groups: {Old: [zoe, ana]}}
steps:
  - push: Sales
  - expect: {EXPECTED}
"""

HOLDS = {
    "mapping": "{Sales: ACTIVE, Ops: absent}",
    "mapping in full": (
        "{Sales: {status: ACTIVE, error: none, origin: name, target_name: Sales, waiting: false,"
        " linked: true, last_push: now, known_members: [ana, ben]}}"
    ),
    "app_users": "{ana: PROVISIONED, cy: absent}",
    "app_users in full": ("{ana: {status: PROVISIONED, scope: USER, error: none, linked: true}}"),
    "users": "{ana: ACTIVE, cy: ACTIVE}",
    "groups": "{Sales: [ana, ben, cy], Ops: []}",
    "app_groups": "[]",
    "app_groups without": "{excludes: Old}",
    "errors": "[]",
    "log": "{events: {application.provision.group_push.mapping.created: 1}}",
    "log in full": (
        "{order: [application.provision.group_push.mapping.created], none: user.lifecycle.*,"
        " reason: Sales, since: step}"
    ),
    "target": "{Sales: [ben, ana], Ops: absent, Old: [zoe, ana]}",
    "target in full": "{Sales: {includes: ana, excludes: [cy, zoe]}}",
    "target twins": "{Sales: {twins: [[ana, ben]]}}",
    "target_groups": "[Sales, Old]",
    "target_groups in part": "{includes: [Old], excludes: [Ops]}",
    "target_accounts": "{ana: active, zoe: suspended, cy: absent}",
    "calls": "2",
    "calls in full": (
        "{exactly: 2, at_most: 2, at_least: 1, order: [o365.list_groups, o365.upsert_group],"
        " none: [o365.delete_*], refused: 0, retry_after: respected, since: step}"
    ),
    "calls by operation": "{operations: {o365.upsert_group: 1, o365.*: {at_most: 3}}}",
    "faults": "met",
}

DISAGREES = {
    "mapping": ("{Sales: ERROR}", "Sales"),
    "mapping that is there": ("{Sales: absent}", "Sales"),
    "mapping that is not there": ("{Ops: ACTIVE}", "Ops"),
    "mapping error": ("{Sales: {error: Conflict}}", "Sales: error"),
    "mapping origin": ("{Sales: {origin: name, target_name: X}}", "Sales: target_name"),
    "mapping last push": ("{Sales: {last_push: never}}", "Sales: last_push"),
    "mapping last push at": ("{Sales: {last_push: '01:00:00'}}", "Sales: last_push"),
    "mapping members": ("{Sales: {known_members: ana}}", "Sales: known_members"),
    "mapping waiting": ("{Sales: {waiting: true}}", "Sales: waiting"),
    "app_users": ("{ana: STAGED}", "ana"),
    "app_users there": ("{ana: absent}", "ana"),
    "app_users not there": ("{cy: PROVISIONED}", "cy"),
    "app_users scope": ("{ana: {scope: GROUP}}", "ana: scope"),
    "app_users error": ("{ana: {error: Conflict}}", "ana: error"),
    "users": ("{ana: SUSPENDED}", "ana"),
    "groups": ("{Sales: [ana, ben]}", "Sales"),
    "groups there": ("{Sales: absent}", "Sales"),
    "app_groups": ("[Old]", "o365"),
    "errors": ("[{subject: Sales, message: Conflict, cause: taken}]", "Sales"),
    "log count": (
        "{events: {application.provision.group_push.mapping.created: 2}}",
        "application.provision.group_push.mapping.created",
    ),
    "log none": ("{none: application.*}", "application.*"),
    "log order": ("{order: [application.*, application.*.none]}", "order"),
    "log reason": ("{reason: moonshine}", "reason"),
    "target": ("{Sales: [ana]}", "Sales"),
    "target there": ("{Sales: absent}", "Sales"),
    "target not there": ("{Ops: []}", "Ops"),
    "target includes": ("{Sales: {includes: cy}}", "Sales"),
    "target excludes": ("{Sales: {excludes: ana}}", "Sales"),
    "target twins": ("{Sales: {twins: [[ana], [ben]]}}", "Sales: twins"),
    "target type": ("{Sales: {type: unified}}", "Sales: type"),
    "target_groups": ("[Sales]", "o365"),
    "target_groups includes": ("{includes: Ops}", "o365"),
    "target_groups excludes": ("{excludes: Old}", "o365"),
    "target_accounts": ("{ana: suspended}", "ana"),
    "calls": ("1", "o365"),
    "calls at most": ("{at_most: 1}", "o365"),
    "calls at least": ("{at_least: 3}", "o365"),
    "calls operations": ("{operations: {o365.upsert_group: 0}}", "o365.upsert_group"),
    "calls order": ("{order: [o365.upsert_group, o365.list_groups]}", "order"),
    "calls none": ("{none: [o365.upsert_group]}", "o365.upsert_group"),
    "calls refused": ("{refused: 1}", "refused"),
}


def body(case, expected):
    witness = case.partition(" ")[0]
    return WORLD.replace("{cy}", "cy").replace("EXPECTED", f"{witness}: {expected}")


@pytest.mark.parametrize("case", HOLDS)
def test_what_is_so_is_agreed_with(case):
    played(body(case, HOLDS[case]))


@pytest.mark.parametrize("case", DISAGREES)
def test_what_is_not_so_is_disagreed_with(case):
    expected, subject = DISAGREES[case]

    found = disagreements(body(case, expected))

    assert found == [(case.partition(" ")[0], subject)]


def test_the_differences_of_two_sets_are_named():
    _, error = failed(body("target", "{Sales: [ana, zoe]}"))

    (found,) = error.disagreements

    assert (found.expected, found.actual) == ("[ana, zoe]", "[ana, ben]")
    assert found.notes == ("missing: [zoe]", "unexpected: [ben]")


def test_all_witnesses_of_a_step_are_asked():
    found = disagreements(body("mapping", "{Sales: ERROR}, target: {Sales: absent}, calls: 9"))

    assert [witness for witness, _ in found] == ["mapping", "target", "calls"]


def test_rows_of_the_error_list_are_matched_by_their_parts():
    given = "given: {groups: [Sales], target: {groups: [Sales]}}\n"
    steps = "steps:\n  - push: Sales\n  - expect: {errors: [{subject: Sales, message: already}]}\n"

    played("settings: {linking_allowed: false}\n" + given + steps)


def test_a_row_that_nobody_expected_is_a_disagreement():
    given = "given: {groups: [Sales], target: {groups: [Sales]}}\n"
    steps = "steps:\n  - push: Sales\n  - expect: {errors: []}\n"

    found = disagreements("settings: {linking_allowed: false}\n" + given + steps)

    assert found == [("errors", "Sales")]


def test_two_groups_of_one_name_are_no_group_of_that_name():
    found = failed(
        """
        given: {groups: [Sales], pushed: Sales}
        steps:
          - target_create_group: Sales
          - expect: {target: {Sales: []}}
        """
    )[1].disagreements[0]

    assert found.actual == "2 live groups (twins)"


def test_consecutive_expectations_look_at_the_same_calls():
    played(
        """
        given: {groups: [Sales, Ops]}
        steps:
          - push: Sales
          - wait: 1h
          - expect: {calls: {operations: {o365.upsert_group: 1}}}
          - expect: {calls: {operations: {o365.upsert_group: 1}}}
          - push: Ops
          - expect: {calls: {operations: {o365.upsert_group: 1}}}
          - expect: {calls: {operations: {o365.upsert_group: 2}, since: start}}
        """
    )


def test_what_made_the_given_world_is_not_counted():
    played(
        """
        given: {users: [ana], assigned: ana, groups: [Sales], pushed: Sales}
        steps:
          - expect: {calls: {exactly: 0, since: start}}
        """
    )


def test_coming_back_before_the_promised_moment_is_impatient():
    play = played(
        """
        given: {groups: [Sales]}
        steps:
          - arm_fault: {operation: o365.upsert_group, kind: throttle, retry_after: 60}
          - push: Sales
          - wait: settled
        """
    )
    made = list(play.world.targets["o365"].calls())
    refused = next(call for call in made if call.retry_after)
    early = [
        replace(call, at=refused.until + 59) if call.at > refused.at + 59 else call for call in made
    ]

    assert list(impatient(play.here, made)) == []
    assert "no call before 00:01" in next(impatient(play.here, early)).expected


def test_every_expectation_is_tried_both_ways():
    held = {case.partition(" ")[0] for case in HOLDS}
    disagreed = {case.partition(" ")[0] for case in DISAGREES} | {"faults"}  # in test_verbs.py

    assert held == disagreed == set(expectations())
