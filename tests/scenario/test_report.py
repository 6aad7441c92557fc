from textwrap import dedent

import pytest

from harness import world
from harness.scenario.judge import Disagreement
from harness.scenario.limit import TimedOut
from harness.scenario.play import Failed, Play
from harness.scenario.report import Style, report
from tests.scenario.rig import failed, scenario

SALES = """
case: [T2]
unsure: [R23a]
seed: 7
given: {users: [ana, ben], assigned: [ana, ben], groups: {Sales: [ana, ben]}}
settings: {heal_late_members: false}
steps:
  - {push: Sales, because: the reader wants to know}
  - expect:
      mapping: {Sales: ACTIVE}
      target: {Sales: [ana, zoe]}
  - retry_all
"""


@pytest.fixture(scope="module")
def told():
    body = SALES.replace("assigned:", "target: {accounts: [zoe]}, assigned:")
    play, error = failed(body)
    return report(play, error, Style())


def test_the_steps_are_told_with_virtual_times_and_the_failing_one_is_marked(told):
    assert "    ok   00:00:00  push: Sales\n    FAIL 00:00:00  expect: {mapping" in told
    assert "case.yaml:13:5" in told
    assert "(1 more not done, the next: retry_all)" in told


def test_the_witness_that_disagrees_is_told_with_the_difference(told):
    block = """
        target · Sales  (case.yaml:15:7)
          expected: [ana, zoe]
          actual:   [ana, ben]
          missing: [zoe]
          unexpected: [ben]
    """

    assert dedent(block).strip() in "\n".join(line[4:] for line in told.splitlines())


def test_the_calls_around_it_are_told(told):
    assert "GET /v1.0/groups?$filter=displayName" in told
    assert "-> {" in told
    assert "<- {" in told


def test_what_it_leans_on_is_told(told):
    assert "[unsure] R23a" in told
    assert "[unsure] setting heal_late_members: a member who is provisioned" in told


def test_the_command_that_runs_just_this_item_is_told(told):
    assert told.endswith("  run just this again:  pushproof run case.yaml --app o365")


def test_the_case_the_source_and_the_id_are_told(told):
    assert told.startswith(
        "A case [o365]\n  cases   T2\n  source  a test\n  id      case.yaml::o365\n"
    )


def test_a_seed_from_the_command_line_belongs_to_the_command():
    play, error = failed("seed: 3\nsteps:\n  - target_delete_group: Everyone\n")

    told = report(play, error, Style(seed_was_given=True))

    assert told.endswith("--app o365 --seed 3")


def test_other_defaults_belong_to_the_command_and_to_what_it_leans_on():
    told = scenario("steps:\n  - expect: {calls: 1}\n")
    play = Play(told, told.lineups[0], 0, {"heal_late_members": True, "domain": "a b"})
    with pytest.raises(Failed) as failure:
        play.go()

    text = report(play, failure.value, Style())

    assert text.endswith("--app o365 --setting=heal_late_members=true '--setting=domain=a b'")
    assert "[unsure] setting heal_late_members" in text


def test_no_secret_is_told():
    play, error = failed(
        """
        given: {groups: [Sales]}
        steps:
          - push: Sales
          - expect: {calls: 9}
        """
    )
    secret = play.world.targets["o365"].credentials()["client_secret"]

    told = report(play, error, Style(verbose=True))

    assert "oauth2/v2.0/token" in told
    assert secret not in told
    assert "eyJ" not in told


def test_many_calls_are_cut_to_the_last_ones():
    body = "given: {users: [a, b, c, d, e, f, g, h]}\nsteps:\n"
    body += "  - assign_user: [a, b, c, d, e, f, g, h]\n  - expect: {calls: 1}\n"
    play, error = failed(body)

    told = report(play, error, Style())

    assert "the last 12 of 17:" in told


def test_a_refusal_and_a_retry_after_stand_beside_the_call():
    play, error = failed(
        """
        given: {groups: [Sales]}
        steps:
          - arm_fault: {operation: o365.upsert_group, kind: throttle, retry_after: 600}
          - push: Sales
          - expect: {target: {Sales: []}}
        """
    )

    told = report(play, error, Style())

    assert "429 [TooManyRequests] [Retry-After 600] [fault throttle]" in told
    assert "a job waits until 00:10:00" in told


def test_an_engine_left_standing_by_stop_after_is_told():
    play, error = failed(
        """
        given: {groups: [Sales]}
        steps:
          - {push: Sales, stop_after: o365.list_groups}
          - expire_credentials
          - expect: {mapping: {Sales: ERROR}}
        """
    )

    told = report(play, error, Style())

    assert "a job is due: the engine goes on after a step that changes something" in told


def test_a_crash_is_told_with_the_steps_and_where_it_happened():
    play, _ = failed("steps:\n  - target_delete_group: Everyone\n")
    try:
        raise ZeroDivisionError("of the engine")
    except ZeroDivisionError as crash:
        told = report(play, crash, Style())

    assert "crashed: ZeroDivisionError: of the engine" in told
    assert "tests/scenario/test_report.py" in told


def test_a_failure_before_any_call_says_so():
    play, _ = failed("steps:\n  - target_delete_group: Everyone\n")

    told = report(play, Failed("nothing there"), Style())

    assert "no call reached the target since the last expectation" in told


def test_only_what_is_unsure_among_quirks_is_leaned_on():
    quirks = world.app_quirks("o365").values()
    unsure = next(quirk for quirk in quirks if quirk.mark == "unsure")
    sure = next(quirk for quirk in quirks if quirk.mark != "unsure")
    play, error = failed(
        f"""
        quirks: {{{sure.id}: on, {unsure.id}: on}}
        given: {{groups: [Sales]}}
        steps:
          - expect: {{mapping: {{Sales: ACTIVE}}}}
        """
    )

    told = report(play, error, Style())

    assert told.count("[unsure]") == 1
    assert f"[unsure] {unsure.id} of o365: {unsure.sentence}" in told


DENIED = """
    given: {users: [ana], assigned: ana, groups: {Sales: [ana]}}
    steps:
      - expire_credentials
      - push: Sales
      - expect: {mapping: {Sales: ACTIVE}}
"""


def causes_told(body: str, app: str = "o365") -> list[str]:
    """The lines about probable causes."""
    told = report(*failed(body, app), Style())
    return told.partition("  probable cause")[2].partition("\n  calls since")[0].splitlines()[1:]


def test_the_probable_cause_is_told_with_its_evidence_and_the_documented_fix():
    block = causes_told(DENIED)

    assert block[0] == "    o365 · Sales: the app refuses the stored credentials"
    assert block[1].startswith("      evidence: 00:00:00 POST /oauth2/v2.0/token was answered")
    assert block[2].startswith("                error list: Failed on ")
    assert block[3].startswith("      fix:      enter new credentials")
    assert block[4].startswith("      source:   https://support.okta.com/")


SKIPPED = """
    given: {users: [ana, ben, cy], assigned: ana, groups: {Sales: [ana, ben, cy]}, pushed: Sales}
    steps:
      - expect: {target: {Sales: [ana, ben, cy]}}
"""


def test_what_has_no_error_is_explained_too_once_for_all_it_concerns():
    block = causes_told(SKIPPED)

    assert block[0].startswith("    o365 · Sales · ben, cy: not assigned to the app")
    assert block[1] == "      evidence: ben is not assigned to o365"
    assert block[2].endswith("2 Okta users ignored while pushing group Sales to AppInstance o365")
    assert sum(line.startswith("    o365") for line in block) == 1


def test_the_last_call_about_a_member_is_part_of_the_evidence():
    block = causes_told(
        """
        given: {users: [ana], assigned: ana, groups: {Sales: [ana]}, pushed: Sales}
        steps:
          - wait: 1m
          - target_remove_members: {Sales: ana}
          - expect: {target: {Sales: ana}}
        """
    )

    assert block[0].startswith("    o365 · Sales · ana: taken out in the app")
    assert "last call for ana: #5 o365.upsert_group was answered 201" in block[2]


def test_ids_in_the_evidence_are_shown_as_names():
    block = causes_told(
        """
        given: {users: [ana, ben], assigned: [ana, ben], groups: {Sales: [ana]}, pushed: Sales}
        steps:
          - target_delete_group: Sales
          - add_members: {Sales: ben}
          - wait: settled
          - expect: {mapping: {Sales: ACTIVE}}
        """
    )

    assert "/groups/<Sales>/" in block[1]


def test_a_refused_step_is_explained():
    block = causes_told(
        """
        settings: {linking_allowed: true}
        given: {users: [ana], groups: {Sales: [ana]}, target: {groups: {Vendors: {}}}}
        steps:
          - link: {group: Sales, to: Vendors}
        """
    )

    assert block[0].startswith("    o365 · o365: Okta does not know the group to link")
    assert "      fix:      Refresh App Groups" in block[2]


def test_a_console_that_does_not_offer_a_group_is_explained():
    block = causes_told(
        """
        settings: {linking_allowed: true}
        given: {users: [ana], groups: {Sales: [ana]}, target: {groups: {Vendors: {}}}}
        steps:
          - find: {group: Sales, link_to: Vendors, result: link candidate}
        """
    )

    assert block[0].startswith("    o365 · o365: Okta does not know the group to link")


def test_a_group_that_is_not_on_offer_is_explained():
    block = causes_told(
        """
        given: {target: {groups: {Vendors: {}}}}
        steps:
          - expect: {app_groups: [Vendors]}
        """
    )

    assert block[0].startswith("    o365 · Vendors: Okta does not know the app's group yet")


def test_a_group_that_is_still_on_offer_after_its_deletion_is_explained():
    block = causes_told(
        """
        given: {target: {groups: {Vendors: {}}}}
        steps:
          - refresh_app_groups
          - target_delete_group: Vendors
          - expect: {app_groups: []}
        """
    )

    assert block[0].startswith("    o365 · Vendors: the group was deleted in the app, and Okta")


def test_a_group_missing_from_the_app_s_list_is_explained():
    block = causes_told("given: {groups: [Sales]}\nsteps:\n  - expect: {target_groups: [Sales]}\n")

    assert block[0].startswith("    o365 · Sales: the group is not pushed to the app")


def test_a_mapping_that_nobody_wants_any_more_is_explained():
    block = causes_told(
        """
        given: {groups: [Sales EMEA]}
        steps:
          - create_push_rule: {name: all, condition: contains, value: Sales}
          - edit_push_rule: {name: all, value: Support}
          - expect: {mapping: {Sales EMEA: absent}}
        """
    )

    assert block[0].startswith("    o365 · Sales EMEA: a push rule made the mapping; it stays")


def test_in_a_world_of_two_apps_the_one_of_the_step_is_asked():
    told = scenario(
        """
        given: {users: [ana], groups: {Sales: [ana]}}
        steps:
          - {push: Sales, app: ad}
          - {expect: {target: {Sales: [ana]}}, app: ad}
        """,
        "[{mail: o365, ad: active_directory}]",
    )
    play = Play(told, told.lineups[0], told.keys.seed)
    with pytest.raises(Failed) as caught:
        play.go()

    text = report(play, caught.value, Style())

    assert "    ad · Sales · ana: not assigned to the app" in text


def test_what_no_documented_cause_explains_is_said_to_be_so():
    """The engine that is tested may be wrong, or the scenario."""
    play, _ = failed("given: {groups: [Sales], pushed: Sales}\nsteps: [{expect: {calls: 9}}]\n")
    surprise = Disagreement("target", "Sales", "[]", "[ana]")

    told = report(play, Failed("this is not as the scenario says", [surprise]), Style())

    assert "no documented cause fits, no error is listed: the engine or the scenario is" in told


def test_of_calls_that_were_miscounted_no_cause_is_guessed():
    told = report(*failed("given: {groups: [Sales]}\nsteps: [{expect: {calls: 9}}]\n"), Style())

    assert "cause" not in told


def test_an_engine_that_was_cut_off_is_not_asked_for_causes():
    play, _ = failed(DENIED)

    told = report(play, TimedOut("not done after 1 s"), Style())

    assert "timed out: not done after 1 s; it was here:" in told
    assert "probable cause" not in told
