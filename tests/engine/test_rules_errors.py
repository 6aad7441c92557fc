"""R41-R47, R50: errors as an admin sees them, and the way out of each."""

import json
import re

import pytest

from harness.engine import messages
from harness.errors import ErrorKind, TargetError
from tests.durability.stage import around_calls
from tests.engine.office import AD, ALL, BOX, CREATE_GROUP, O365, Office

every = pytest.mark.parametrize("app", ALL)
FAILED = "application.provision.group_push.mapping.update.or.delete.failed.with.error"
OUTAGE = {"kind": "refuse", "status": 400, "code": "Request_BadRequest", "message": "No."}


def broken(app: str) -> Office:
    """A mapping in error: the target refused to take ben away."""
    office = Office(app)
    office.pushed("ana", "ben")
    office.hire("cy")
    office.arm(f"{app}.*", **OUTAGE)
    office.leave("Sales", "ben")
    office.op.run()
    assert office.mapping().status == "ERROR"
    return office


@every
def test_r41_a_mapping_in_error_sends_nothing(app):
    office = broken(app)
    mark = office.mark()
    office.join("Sales", "cy")
    office.op.rename_group("Sales", "Sellers")
    office.settle()

    assert office.calls(mark) == []
    assert office.op.next_due() is None


@every
@pytest.mark.parametrize("way", ["retry_all", "push_now", "activate_mapping"])
def test_r41_what_changed_meanwhile_is_sent_with_the_recovery(app, way):
    office = broken(app)
    office.join("Sales", "cy")
    office.op.rename_group("Sales", "Sellers")
    group = () if way == "retry_all" else ("Sellers",)
    getattr(office.op, way)(app, *group)
    office.op.run()

    assert office.there("Sellers") == office.known("Sellers") == ["ana", "cy"]
    assert (office.mapping("Sellers").status, office.mapping("Sellers").error) == ("ACTIVE", "")
    assert office.errors() == []


@every
def test_r41_retry_all_repeats_only_what_failed(app):
    office = broken(app)
    mark = office.mark()
    office.op.retry_all(app)
    office.op.run()

    assert len(office.writes(mark)) == 1


@every
@pytest.mark.parametrize("way", ["retry_all", "push_now"])
def test_r41_a_mapping_that_failed_while_paused_is_paused_again_afterwards(app, way):
    office = Office(app)
    office.pushed("ana")
    office.hire("ben", "cy")
    office.op.deactivate_mapping(app, "Sales")
    office.join("Sales", "ben")
    office.op.push_now(app, "Sales")
    office.arm(f"{app}.*", **OUTAGE)
    office.op.run()
    assert office.mapping().status == "ERROR"

    getattr(office.op, way)(app, *(() if way == "retry_all" else ("Sales",)))
    office.op.run()
    office.join("Sales", "cy")
    office.op.run()

    assert office.mapping().status == "INACTIVE"
    assert office.there() == ["ana", "ben"]


@every
def test_r41_an_initial_push_without_members_that_failed_is_tried_again_without_them(app):
    office = Office(app)
    office.hire("ana")
    office.group("Sales", "ana")
    office.ask(immediately=False)
    office.arm(f"{app}.*", **OUTAGE)
    office.op.run()
    assert office.mapping().status == "ERROR"

    office.op.retry_all(app)
    office.op.run()

    assert office.mapping().status == "INACTIVE"
    assert office.there() == []


@every
def test_r41_activating_a_mapping_that_failed_while_paused_ends_the_pause(app):
    office = Office(app)
    office.pushed("ana")
    office.op.deactivate_mapping(app, "Sales")
    office.hire("ben")
    office.join("Sales", "ben")
    office.op.push_now(app, "Sales")
    office.arm(f"{app}.*", **OUTAGE)
    office.op.run()
    office.op.activate_mapping(app, "Sales")
    office.op.run()

    assert office.mapping().status == "ACTIVE"
    assert office.there() == ["ana", "ben"]


@every
def test_r41_a_mapping_tells_its_last_push_its_error_and_when(app):
    office = Office(app)
    office.pushed("ana")
    pushed = office.mapping()
    assert pushed.last_push is not None
    assert (pushed.error, pushed.error_at) == ("", None)
    office.wait(1000)
    office.arm(f"{app}.*", **OUTAGE)
    office.leave("Sales", "ana")
    office.op.run()
    failed = office.mapping()

    assert failed.last_push == pushed.last_push
    assert failed.error
    assert failed.error_at is not None
    assert failed.error_at > pushed.last_push + 999


def test_r42_the_line_on_the_push_groups_tab():
    at = 1623672989.0  # 2021-06-14, a quarter past noon
    line = messages.mapping_message(deleting=False, name="G", at=at, step="Error: no")

    assert line == (
        "Failed on 06-14-2021 12:16:29PM UTC: "
        "Unable to update Group Push mapping target App group G: Error: no"
    )


@every
def test_r42_an_error_is_written_as_okta_writes_it(app):
    form = (
        r"Failed on \d\d-\d\d-\d{4} \d\d:\d\d:\d\d(AM|PM) UTC: Unable to update Group Push mapping "
        r"target App group Sales: Error while removing user\(s\) from group Sales: .+"
    )

    assert re.fullmatch(form, broken(app).mapping().error)


@pytest.mark.parametrize(
    ("step", "kind", "start"),
    [
        ("create", ErrorKind.REFUSED, "Error while creating user group G: "),
        ("create", ErrorKind.EXISTS, "User group already exists: G. "),
        ("change", ErrorKind.REFUSED, "Error while updating user group membership for group G: "),
        ("add", ErrorKind.REFUSED, "Error while adding user(s) to group G: "),
        ("remove", ErrorKind.REFUSED, "Error while removing user(s) from group G: "),
        ("rename", ErrorKind.REFUSED, "Error while updating user group G: "),
        ("read", ErrorKind.REFUSED, "Error while trying to get the group G: "),
        ("delete", ErrorKind.REFUSED, "Error while deleting user group G: "),
        ("list", ErrorKind.REFUSED, "Error while downloading all groups: "),
        ("change", ErrorKind.CREDENTIALS, "Error authenticating: "),
    ],
)
def test_r43_each_step_has_its_message(step, kind, start):
    error = TargetError(kind, "c", "text", reason="Conflict")

    assert messages.step_message(step, "G", "App", error) == (
        f"{start}Conflict. Errors reported by remote server: text"
    )


def test_r43_a_group_that_cannot_be_read_is_told_with_both_its_ids():
    error = TargetError(ErrorKind.REFUSED, "c", "text", reason="Conflict")
    ids = messages.named_by("ext", "00g1")
    told = messages.step_message("read", "G", "App", error, ids=ids)

    assert told.startswith(
        "Error while trying to get the group G with the externalId ext and id 00g1: Conflict. "
    )
    assert messages.named_by(None, "00g1") == ""


def test_r43_a_name_that_is_too_long_for_the_target_is_said_to_be():
    office = Office(AD)
    office.group("S" * 65)
    office.push("S" * 65)
    told = {event.type: event.message for event in office.log() if event.outcome == "FAILURE"}
    step = office.mapping("S" * 65).error.partition(f"target App group {'S' * 65}: ")[2]

    assert step.startswith("Group name is too long: ")
    assert told["application.provision.group.update"] == step


def test_r43_two_groups_with_the_key_of_one_are_not_told_apart():
    office = Office(BOX)
    office.hire("ana")
    office.group("Sales", "ana")
    office.arm(CREATE_GROUP, "lose_reply")
    office.push()

    def twice(exchange, request, timeout_s):
        response = exchange(request, timeout_s)
        if "/groups?" in request.url:
            told = response.json()
            told["entries"] = [
                {**each, "id": each["id"] + x} for each in told["entries"] for x in "12"
            ]
            response._content = json.dumps(told).encode()
        return response

    around_calls(office, twice)
    office.settle()
    told = f"More than one group was found for ID: {office.mapping().id}"

    assert office.mapping().error.endswith(f"App group Sales: {told}")
    assert office.events().count("application.provision.group.verify_exists") == 1
    assert len(office.groups_named()) == 1


def test_r43_without_group_linking_a_missing_group_is_said_to_be_not_found():
    office = Office(O365, org={"enhanced_group_push": False})
    office.pushed("ana")
    office.target.delete_group(office.target_group().id)
    office.wait(3600)
    office.leave("Sales", "ana")
    office.settle()

    assert office.mapping().error.endswith("App group Sales: Group Sales was not found in o365")
    assert "application.provision.group.verify_exists" in office.events()


@every
def test_each_event_of_a_failure_has_its_own_message(app):
    office = broken(app)
    told = {event.type: event.message for event in office.log() if event.outcome == "FAILURE"}
    step = office.mapping().error.partition("target App group Sales: ")[2]

    assert told == {
        FAILED: "Changes to the Group push mapping for the group Sales could not take effect "
        f"due to error: {step}",
        "application.provision.group_membership.remove": step,
    }


def test_r44_a_time_out_says_only_that():
    error = TargetError(ErrorKind.UNAVAILABLE, "", "Read timed out", reason="Read timed out")

    assert messages.step_message("create", "G", "App", error) == (
        "Error while creating user group G: Read timed out"
    )


@every
def test_r45_a_missing_linked_group_is_said_and_not_made_again(app):
    office = Office(app)
    office.pushed("ana")
    office.target.delete_group(office.target_group().id)
    office.wait(3600)
    office.leave("Sales", "ana")
    office.settle()

    assert office.mapping().error.endswith(
        f"Linked group is missing in {app}. "
        "Change the linked group to resume pushing group memberships."
    )
    assert "application.provision.group.verify_exists" in office.events()
    assert office.groups_named() == []


@every
def test_r46_a_permanent_failure_is_logged_once_with_its_reason(app):
    office = broken(app)
    (event,) = [event for event in office.op.log() if event.type == FAILED]

    assert event.outcome == "FAILURE"
    assert event.targets == (app, "Sales")
    assert event.reason in office.mapping().error


@every
def test_r50_a_create_that_timed_out_finds_its_own_group_again(app):
    """T57."""
    office = Office(app)
    office.hire("ana")
    office.group("Sales", "ana")
    operation = "active_directory.actions" if app == AD else CREATE_GROUP
    office.arm(operation, "slow", seconds=90, skip=1 if app == AD else 0)
    office.push()
    office.settle()

    assert office.there() == ["ana"]
    assert office.mapping().status == "ACTIVE"
    assert office.target.unmet_faults() == []


# --- replication lag -----------------------------------------------------------------------------


def lagging(seconds: float) -> Office:
    office = Office(O365)
    office.hire("ana", "ben")
    office.wait(7200)
    office.target.change_setting("replication_lag_s", seconds)
    office.group("Sales", "ana")
    office.push()
    office.join("Sales", "ben")
    office.op.run()
    return office


def test_a_lag_after_create_is_waited_out():
    office = lagging(300)
    assert office.mapping().status == "ACTIVE"
    assert office.mapping().job.startswith("waiting")

    office.settle()

    assert office.there() == ["ana", "ben"]
    assert office.errors() == []


def test_a_lag_longer_than_documented_is_reported():
    office = lagging(100_000)
    made = office.now
    office.settle()

    assert office.mapping().status == "ERROR"
    assert 900 <= office.now - made < 1300


def test_an_old_group_that_is_not_found_is_reported_at_once():
    office = Office(O365)
    office.pushed("ana")
    office.wait(3600)
    office.target.delete_group(office.target_group().id)
    mark = office.mark()
    office.leave("Sales", "ana")
    office.op.run()

    assert len(office.calls(mark)) == 1
    assert office.mapping().status == "ERROR"


def test_a_linked_group_was_there_before_us_so_no_lag_explains_its_absence():
    office = Office(O365, settings={"linking_allowed": True})
    office.hire("ana")
    office.target.add_group("Old")
    office.refresh()
    office.group("Sales", "ana")
    office.push(link_to="Old")
    office.wait(3600)
    office.target.delete_group(office.target_group().id)
    office.leave("Sales", "ana")
    office.op.run()

    assert office.mapping().status == "ERROR"


def test_a_stale_account_keeps_its_own_member_out_and_no_other():
    """T10: the account behind ben was deleted in the target, and nobody has imported since."""
    office = Office(O365)
    office.pushed("ana")
    office.hire("ben", "cy")
    office.wait(7200)
    office.target.delete_account(office.external_id("ben"))
    office.join("Sales", "ben", "cy")
    office.settle()

    assert office.there() == office.known() == ["ana", "cy"]
    assert office.mapping().status == "ERROR"
    assert "a member's account was deleted" in office.errors()[0].cause


def test_a_refused_member_does_not_make_an_overwrite_forget_the_others():
    office = Office(O365)
    office.pushed("ana", "ben", "cy")
    office.wait(7200)
    office.target.delete_account(office.external_id("ben"))
    office.op.push_now(O365, "Sales")
    office.settle()
    assert office.mapping().status == "ERROR"

    office.leave("Sales", "ben", "cy")
    office.op.retry_all(O365)
    office.settle()

    assert office.there() == office.known() == ["ana"]
