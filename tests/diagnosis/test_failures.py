"""Each cause of a failed job: a failure that it is named for, and a near miss that it is not."""

import pytest

from harness.diagnosis import Failure, diagnose
from harness.diagnosis.asking import UNKNOWN, ask, causes
from harness.errors import ErrorKind
from tests.engine.office import AD, BOTH, O365, Office, login

K = ErrorKind

SYNCED = (
    "Unable to update the specified properties for on-premises mastered Directory Sync objects "
    "or objects currently undergoing migration."
)
LISTS = "Cannot Update a mail-enabled security groups and or distribution list."
PAGE = "Invalid JSON: Unexpected character ('<' (code 60))"
BARRED = "Access denied - Blocked by Shield Access Policy"
UNPARSABLE = "Request is unparsable, syntactically incorrect, or violates schema."

# cause, a failure that has it, a failure that nearly has it
CASES = {
    "account_gone": (
        Failure("change", K.NOT_FOUND, missing="account"),
        Failure("change", K.NOT_FOUND, missing="group"),
    ),
    "account_has_the_name": (
        Failure("create", K.EXISTS, code="00000524"),
        Failure("provision", K.EXISTS, code="00000524"),
    ),
    "account_taken": (
        Failure("provision", K.EXISTS),
        Failure("create", K.EXISTS),
    ),
    "agent_offline": (
        Failure("create", K.UNAVAILABLE, code="E0000241"),
        Failure("create", K.UNAVAILABLE, code="E0000240"),
    ),
    "agent_timed_out": (
        Failure("create", K.UNAVAILABLE, code="E0000240"),
        Failure("create", K.UNAVAILABLE, code="E0000241"),
    ),
    "already_gone": (
        Failure("delete", K.NOT_FOUND, missing="group"),
        Failure("change", K.NOT_FOUND, missing="group"),
    ),
    "api_not_switched_on": (
        Failure("create", K.REFUSED, code="accessNotConfigured"),
        Failure("create", K.REFUSED, code="insufficientPermissions"),
    ),
    "consent_missing": (
        Failure("create", K.REFUSED, code="Authorization_RequestDenied"),
        Failure("create", K.REFUSED, code="Request_BadRequest"),
    ),
    "controllers_disagree": (
        Failure("create", K.UNAVAILABLE, code="0000208D"),
        Failure("create", K.NOT_FOUND, code="0000208D", missing="place"),
    ),
    "create_timed_out": (
        Failure("create", K.UNAVAILABLE, message="Read timed out", reason="Read timed out"),
        Failure("change", K.UNAVAILABLE, message="Read timed out", reason="Read timed out"),
    ),
    "credentials_refused": (
        Failure("change", K.CREDENTIALS, code="InvalidAuthenticationToken"),
        Failure("change", K.REFUSED, code="InvalidAuthenticationToken"),
    ),
    "directory_name_too_long": (
        Failure("create", K.REFUSED, code="00002082", message="Att 3 (cn):len 144"),
        Failure("create", K.REFUSED, code="00002082", message="Att d (description):len 5000"),
    ),
    "error_page": (
        Failure("change", K.CREDENTIALS, message=PAGE, reason="Forbidden"),
        Failure("change", K.UNAVAILABLE, message=PAGE, reason="Bad Gateway"),
    ),
    "group_has_the_account_name": (
        Failure("create", K.EXISTS, code="00000526"),
        Failure("create", K.EXISTS, code="00000524"),
    ),
    "group_type_not_supported": (
        Failure("change", K.REFUSED, code="Request_BadRequest", message=LISTS),
        Failure("change", K.REFUSED, code="Request_BadRequest", message="Invalid value."),
    ),
    "member_not_allowed": (
        Failure("change", K.REFUSED, code="unable_to_add_deleted_or_guest_to_group"),
        Failure("change", K.NOT_FOUND, code="no_such_group_members", missing="account"),
    ),
    "name_makes_no_address": (
        Failure("create", K.REFUSED, code="invalid", message="Invalid Input: groupKey"),
        Failure("create", K.REFUSED, code="invalid", message="Invalid Input: memberKey"),
    ),
    "name_taken": (
        Failure("create", K.EXISTS),
        Failure("provision", K.EXISTS),
    ),
    "on_premises_group": (
        Failure("change", K.REFUSED, code="Request_BadRequest", message=SYNCED),
        Failure("change", K.REFUSED, code="Request_BadRequest", message="Invalid value."),
    ),
    "one_end_missing": (
        Failure("change", K.NOT_FOUND),
        Failure("change", K.NOT_FOUND, missing="account"),
    ),
    "one_member_refuses_all": (
        Failure("change", K.REFUSED, message="Invalid parameters provided in request: 4, 999."),
        Failure("change", K.REFUSED, message="Invalid parameter: displayName"),
    ),
    "own_name_refused": (
        Failure("change", K.EXISTS, step="change"),
        Failure("push_now", K.EXISTS, step="rename"),
    ),
    "place_missing": (
        Failure("create", K.NOT_FOUND, missing="place"),
        Failure("create", K.REFUSED, missing="place"),
    ),
    "quota_used_up": (
        Failure("create", K.REFUSED, code="Directory_QuotaExceeded"),
        Failure("create", K.THROTTLED, code="quotaExceeded", attempts=10),
    ),
    "rate_limited": (
        Failure("change", K.THROTTLED, attempts=10),
        Failure("change", K.UNAVAILABLE, attempts=10),
    ),
    "removals_held_back": (
        Failure("change", K.REFUSED, code="removals_held_back"),
        Failure("change", K.REFUSED),
    ),
    "request_not_accepted": (
        Failure("create", K.REFUSED, message=UNPARSABLE),
        Failure("create", K.UNAVAILABLE, message=UNPARSABLE),
    ),
    "request_too_large": (
        Failure("change", K.REFUSED, code="too_many_users"),
        Failure("change", K.REFUSED, code="group_member_max_exceeded"),
    ),
    "rights_missing_on_the_ou": (
        Failure("create", K.REFUSED, code="00002098"),
        Failure("create", K.REFUSED, code="Authorization_RequestDenied"),
    ),
    "role_lacks_the_right": (
        Failure("create", K.REFUSED, code="access_denied_insufficient_permissions"),
        Failure("change", K.REFUSED, code="forbidden", message=BARRED),
    ),
    "scope_violated": (
        Failure("change", K.REFUSED, code="00002147"),
        Failure("change", K.REFUSED, code="00002024"),
    ),
    "scope_missing": (
        Failure("create", K.REFUSED, code="insufficientPermissions"),
        Failure("create", K.CREDENTIALS, code="authError"),
    ),
    "target_deleted": (
        Failure("change", K.NOT_FOUND, missing="group"),
        Failure("delete", K.NOT_FOUND, missing="group"),
    ),
    "target_unavailable": (
        Failure("change", K.UNAVAILABLE, message="Read timed out", reason="Read timed out"),
        Failure("change", K.REFUSED, message="Read timed out"),
    ),
    "user_barred": (
        Failure("change", K.REFUSED, code="forbidden_by_policy", message=BARRED),
        Failure("change", K.REFUSED, code="forbidden", message="Not Authorized"),
    ),
    "user_name_refused": (
        Failure("provision", K.REFUSED, code="long_username"),
        Failure("provision", K.EXISTS, code="username_taken"),
    ),
}


def test_every_cause_has_its_failure_here():
    assert sorted(CASES) == [name for name, cause in causes().items() if cause.about is Failure]


@pytest.mark.parametrize("name", CASES)
def test_a_cause_and_no_other_is_named_for_its_failure(name):
    assert [found.name for found in ask(CASES[name][0])] == [name]


@pytest.mark.parametrize("name", CASES)
def test_a_near_miss_is_another_matter(name):
    assert name not in [found.name for found in ask(CASES[name][1])]


@pytest.mark.parametrize("name", CASES)
def test_a_finding_says_what_to_do_and_where_that_is_written(name):
    finding = diagnose(CASES[name][0])

    assert finding.cause
    assert finding.fix
    assert finding.evidence
    assert finding.source.startswith("https://")


def test_what_fits_nothing_is_said_to_be_unknown():
    finding = diagnose(Failure("change", K.REFUSED, code="strange"))

    assert (finding.cause, finding.fix) == (UNKNOWN.cause, UNKNOWN.fix)
    assert "[strange]" in finding.evidence[0].text


def test_a_more_specific_cause_keeps_the_general_one_from_speaking():
    failure = Failure("create", K.UNAVAILABLE, code="E0000241", message="No connected agents.")

    assert [found.name for found in ask(failure)] == ["agent_offline"]


def test_a_busy_agent_is_not_said_to_be_offline():
    cause = diagnose(Failure("create", K.UNAVAILABLE, code="E0000240")).cause

    assert "is connected but did not answer in time" in cause


def test_where_the_app_does_not_say_what_is_missing_both_ends_are_named():
    cause = diagnose(Failure("change", K.NOT_FOUND)).cause

    assert "the group, or the account of a member" in cause
    assert "does not say which" in cause


def test_a_taken_name_is_told_whatever_job_the_renaming_is_part_of():
    finding = diagnose(Failure("push_now", K.EXISTS, step="rename"))

    assert finding.name == "name_taken"
    assert "rename or delete the other group" in finding.fix


@pytest.mark.parametrize(("links", "way"), [(True, "link"), (False, "another name")])
def test_a_taken_name_is_linked_where_linking_is_offered(links, way):
    assert way in diagnose(Failure("create", K.EXISTS, links=links)).fix


def test_a_group_deleted_before_its_mapping_is_to_be_left():
    """T43."""
    finding = diagnose(Failure("delete", K.NOT_FOUND, missing="group"))

    assert "already deleted" in finding.cause
    assert "leaving" in finding.fix


def test_the_number_of_refused_attempts_is_told():
    assert "10 attempts" in diagnose(Failure("change", K.THROTTLED, attempts=10)).cause


@pytest.mark.parametrize(
    ("operation", "links", "fix"),
    [
        ("create", True, "link the existing group"),
        ("create", False, "push under another name"),
        ("rename", True, "rename or delete the other group in the app"),
    ],
)
def test_the_way_out_of_a_taken_name_is_one_that_is_open(operation, links, fix):
    assert fix in diagnose(Failure(operation, K.EXISTS, links=links)).fix


# --- the evidence --------------------------------------------------------------------------------


def test_the_evidence_names_the_call_the_answer_and_whom_it_is_about():
    failure = Failure(
        "change",
        K.NOT_FOUND,
        code="notFound",
        message="Resource Not Found: \n\tmemberKey\0",
        reason="Not Found",
        missing="account",
        call="POST /groups/g1/members",
        users=("ana@example.test",),
        at=12.0,
    )

    (fact,) = diagnose(failure).evidence

    assert fact.at == 12.0
    assert fact.text == (
        "POST /groups/g1/members was answered Not Found [notFound]: "
        "Resource Not Found: memberKey, about ana@example.test"
    )


def test_a_stale_member_is_named_by_login():
    """T10: the answer has the account's id only."""
    office = Office(O365)
    office.hire("ana", "ben")
    office.group("Sales", "ana", "ben")
    office.target.delete_account(office.external_id("ben"))
    office.push()
    office.settle()

    (row,) = office.errors()

    assert row.evidence.endswith(f"about {login('ben')}")


def test_the_call_that_was_refused_is_named():
    office = Office(O365)
    office.group("Sales")
    office.arm("o365.upsert_group", "insufficient_privileges")
    office.push()

    (row,) = office.errors()

    assert row.evidence.startswith("PATCH /groups(uniqueName=")
    assert "was answered Forbidden [Authorization_RequestDenied]" in row.evidence


def test_the_directory_s_words_come_on_one_clean_line():
    office = Office(AD)
    office.group("Sales " + "x" * 70)
    office.push("Sales " + "x" * 70)

    (row,) = office.errors()

    assert row.message.isprintable()
    assert "  " not in row.message


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
    office.arm("o365.create_user", "throttle", retry_after=None, count=None)
    office.op.run()
    office.settle()
    office.push("Taken")

    found = [(error.subject, error.is_user, error.cause) for error in office.errors()]

    assert found == [
        (login("ana"), True, "the app's rate limit refused 10 attempts"),
        ("Taken", False, "a group with this name already exists in the app"),
    ]


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("agent_offline", "no Active Directory agent is connected"),
        (
            "agent_slow",
            "the Active Directory agent is connected but did not answer in time",
        ),
    ],
)
def test_an_agent_that_stays_away_and_one_that_is_too_slow_are_told_apart(fault, cause):
    office = Office(AD)
    office.group("Sales")
    office.arm("active_directory.actions", fault, count=None)
    office.push()
    office.settle()

    assert [error.cause for error in office.errors()] == [cause]


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
