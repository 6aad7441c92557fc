"""Each documented cause: evidence that triggers it, and a near miss that does not."""

import pytest

from harness.diagnosis import Evidence, diagnose
from harness.diagnosis.causes import CAUSES, UNKNOWN
from harness.errors import ErrorKind
from tests.engine.office import AD, BOTH, O365, Office, login

K = ErrorKind

SYNCED = (
    "Unable to update the specified properties for on-premises mastered Directory Sync objects "
    "or objects currently undergoing migration."
)

# cause, evidence that has it, evidence that nearly has it
CASES = {
    "name_taken": (
        Evidence("create", K.EXISTS),
        Evidence("provision", K.EXISTS),
    ),
    "account_taken": (
        Evidence("provision", K.EXISTS),
        Evidence("create", K.EXISTS),
    ),
    "target_deleted": (
        Evidence("change", K.NOT_FOUND, missing="group"),
        Evidence("change", K.NOT_FOUND, missing="account"),
    ),
    "place_missing": (
        Evidence("create", K.NOT_FOUND, missing="place"),
        Evidence("create", K.REFUSED, missing="place"),
    ),
    "account_gone": (
        Evidence("change", K.NOT_FOUND, missing="account"),
        Evidence("change", K.REFUSED, missing="account"),
    ),
    "credentials_refused": (
        Evidence("change", K.CREDENTIALS, code="InvalidAuthenticationToken"),
        Evidence("change", K.REFUSED, code="InvalidAuthenticationToken"),
    ),
    "rate_limited": (
        Evidence("change", K.THROTTLED, attempts=10),
        Evidence("change", K.UNAVAILABLE, attempts=10),
    ),
    "agent_offline": (
        Evidence("create", K.UNAVAILABLE, code="E0000241"),
        Evidence("create", K.UNAVAILABLE, code="E0000009"),
    ),
    "target_unavailable": (
        Evidence("create", K.UNAVAILABLE, message="Read timed out"),
        Evidence("create", K.REFUSED, message="Read timed out"),
    ),
    "on_premises_group": (
        Evidence("change", K.REFUSED, code="Request_BadRequest", message=SYNCED),
        Evidence("change", K.REFUSED, code="Request_BadRequest", message="Invalid value."),
    ),
    "directory_name_too_long": (
        Evidence("create", K.REFUSED, code="00002082", message="Att 3 (cn):len 144"),
        Evidence("create", K.REFUSED, code="00002082", message="Att d (description):len 5000"),
    ),
    "account_has_the_name": (
        Evidence("create", K.EXISTS, code="00000524"),
        Evidence("provision", K.EXISTS, code="00000524"),
    ),
    "user_name_refused": (
        Evidence("provision", K.REFUSED, code="long_username"),
        Evidence("provision", K.EXISTS, code="username_taken"),
    ),
    "member_not_allowed": (
        Evidence("change", K.REFUSED, code="unable_to_add_deleted_or_guest_to_group"),
        Evidence("change", K.NOT_FOUND, code="no_such_group_members", missing="account"),
    ),
    "name_makes_no_address": (
        Evidence("create", K.REFUSED, code="invalid", message="Invalid Input: groupKey"),
        Evidence("create", K.REFUSED, code="invalid", message="Invalid Input: memberKey"),
    ),
    "not_permitted": (
        Evidence("create", K.REFUSED, code="Authorization_RequestDenied"),
        Evidence("create", K.REFUSED, code="Request_BadRequest"),
    ),
}


def cause_of(evidence: Evidence) -> str:
    """The name of the cause that is found, or ""."""
    finding = diagnose(evidence)
    return next((cause.__name__ for cause in CAUSES if cause(evidence) == finding), "")


def test_every_cause_has_its_evidence_here():
    assert set(CASES) == {cause.__name__ for cause in CAUSES}


@pytest.mark.parametrize("name", CASES)
def test_a_cause_is_found_by_its_evidence(name):
    assert cause_of(CASES[name][0]) == name


@pytest.mark.parametrize("name", CASES)
def test_a_near_miss_is_another_matter(name):
    assert cause_of(CASES[name][1]) != name


@pytest.mark.parametrize("name", CASES)
def test_a_finding_says_what_to_do_and_where_that_is_written(name):
    finding = diagnose(CASES[name][0])

    assert finding.cause
    assert finding.fix
    assert finding.source.startswith("https://")


def test_what_fits_nothing_is_said_to_be_unknown():
    assert diagnose(Evidence("change", K.REFUSED, code="strange")) == UNKNOWN


def test_the_more_specific_cause_speaks():
    evidence = Evidence("create", K.UNAVAILABLE, code="E0000241", message="No connected agents.")

    assert cause_of(evidence) == "agent_offline"


@pytest.mark.parametrize(("links", "way"), [(True, "link"), (False, "another name")])
def test_a_taken_name_is_linked_where_linking_is_offered(links, way):
    assert way in diagnose(Evidence("create", K.EXISTS, links=links)).fix


def test_a_group_deleted_before_its_mapping_is_to_be_left():
    """T43."""
    finding = diagnose(Evidence("delete", K.NOT_FOUND, missing="group"))

    assert "already deleted" in finding.cause
    assert "leaving" in finding.fix


def test_the_number_of_refused_attempts_is_told():
    assert "10 attempts" in diagnose(Evidence("change", K.THROTTLED, attempts=10)).cause


# --- in a world ----------------------------------------------------------------------------------


@pytest.mark.parametrize("app", BOTH)
def test_a_healthy_world_has_no_errors(app):
    office = Office(app)
    office.pushed("ana", "ben")
    office.leave("Sales", "ana")
    office.op.rename_group("Sales", "Sellers")
    office.op.push_now(app, "Sellers")
    office.op.import_users(app)
    office.refresh()
    office.unlink("Sellers", delete=True)
    office.op.unassign_user(app, login("ben"))
    office.op.run()

    assert office.errors() == []
    assert [event for event in office.op.log() if event.outcome == "FAILURE"] == []


def test_the_error_list_is_in_order_of_time_and_names_users_and_groups():
    office = Office(O365)
    office.target.add_group("Taken")
    office.people("ana")
    office.assign("ana")
    office.group("Taken")
    office.arm("o365.create_user", "insufficient_privileges")
    office.op.run()
    office.wait(60)
    office.push("Taken")

    found = [(error.subject, error.is_user, error.cause) for error in office.errors()]

    assert found == [
        (login("ana"), True, "the integration's account lacks the right to do this"),
        ("Taken", False, "a group with this name already exists in the app"),
    ]


def test_an_agent_that_stays_offline_is_named():
    office = Office(AD)
    office.group("Sales")
    office.arm("active_directory.actions", "agent_offline", count=None)
    office.push()
    office.settle()

    assert [error.cause for error in office.errors()] == ["no Active Directory agent is connected"]


def test_an_ou_that_is_gone_is_named():
    office = Office(AD)
    office.group("Sales")
    office.target.delete_place("OU=Groups,DC=ad,DC=example,DC=test")
    office.push()

    assert [error.cause for error in office.errors()] == [
        "the organizational unit does not exist in the directory"
    ]


def test_an_error_is_gone_once_the_push_succeeds():
    office = Office(O365)
    office.group("Sales")
    office.arm("o365.upsert_group", "insufficient_privileges")
    office.push()
    assert len(office.errors()) == 1
    office.op.retry_all(O365)
    office.op.run()

    assert office.errors() == []


@pytest.mark.parametrize(
    ("operation", "links", "fix"),
    [
        ("create", True, "link the existing group"),
        ("create", False, "push under another name"),
        ("rename", True, "rename or delete the other group in the app"),
    ],
)
def test_the_way_out_of_a_taken_name_is_one_that_is_open(operation, links, fix):
    assert fix in diagnose(Evidence(operation, K.EXISTS, links=links)).fix
