"""Assignments: who has an app, until when, and which account that leads to."""

import pytest

from harness.errors import Refused
from tests.engine.office import AD, BOTH, CREATE_ACCOUNT, DELETE_ACCOUNT, O365, Office, login

both = pytest.mark.parametrize("app", BOTH)


# --- until the last assignment goes --------------------------------------------------------------


def test_a_user_keeps_the_app_until_the_last_assignment_goes():
    office = Office()
    office.people("ana")
    office.group("One", "ana")
    office.group("Two", "ana")
    office.assign("ana")
    office.op.assign_group(O365, "One")
    office.op.assign_group(O365, "Two")
    office.op.run()

    states = []
    for unassign in (
        lambda: office.op.unassign_user(O365, login("ana")),
        lambda: office.op.unassign_group(O365, "One"),
        lambda: office.leave("Two", "ana"),
    ):
        unassign()
        office.op.run()
        states.append((office.app_user("ana").status, office.account("ana").active))

    assert states == [("PROVISIONED", True), ("PROVISIONED", True), ("DEPROVISIONED", False)]


def test_the_scope_says_whether_the_assignment_is_the_users_own():
    office = Office()
    office.people("ana", "ben")
    office.group("Staff", "ana", "ben")
    office.op.assign_group(O365, "Staff")
    office.assign("ana")

    scopes = {user.login: user.scope for user in office.op.app_users(O365)}

    assert scopes == {login("ana"): "USER", login("ben"): "GROUP"}


def test_an_assignment_through_a_group_cannot_be_taken_from_the_user():
    office = Office()
    office.people("ana")
    office.group("Staff", "ana")
    office.op.assign_group(O365, "Staff")

    with pytest.raises(Refused) as refused:
        office.op.unassign_user(O365, login("ana"))

    assert refused.value.code == "E0000007"
    assert office.app_user("ana").scope == "GROUP"


def test_a_group_that_is_not_assigned_cannot_be_unassigned():
    office = Office()
    office.group("Staff")

    with pytest.raises(Refused, match="ApplicationGroupAssignment"):
        office.op.unassign_group(O365, "Staff")


def test_assigning_twice_provisions_once():
    office = Office()
    office.people("ana")
    office.assign("ana", "ana")
    office.op.run()

    assert office.writes() == [CREATE_ACCOUNT[O365]]


@pytest.mark.parametrize("state", ["deactivated", "active"])
def test_only_a_deactivated_user_cannot_be_assigned(state):
    office = Office()
    office.people("ana")
    if state == "active":
        office.assign("ana")
        assert office.app_user("ana").status == "STAGED"
        return
    office.op.deactivate_user(login("ana"))

    with pytest.raises(Refused) as refused:
        office.assign("ana")

    assert refused.value.code == "E0000117"


def test_a_deleted_assigned_group_takes_the_app_from_its_members():
    office = Office()
    office.people("ana")
    office.group("Staff", "ana")
    office.op.assign_group(O365, "Staff")
    office.op.run()
    office.op.delete_group("Staff")
    office.op.run()

    assert office.app_user("ana").status == "DEPROVISIONED"


def test_reactivation_brings_back_what_groups_give_and_not_what_was_given_by_hand():
    office = Office(O365, AD)
    office.people("ana")
    office.group("Staff", "ana")
    office.op.assign_group(O365, "Staff")
    office.assign("ana", app=AD)
    office.op.run()
    office.op.deactivate_user(login("ana"))
    office.op.run()
    office.op.activate_user(login("ana"))
    office.op.run()

    assert office.app_user("ana", O365).status == "PROVISIONED"
    assert office.app_user("ana", AD).status == "DEPROVISIONED"
    assert office.account("ana").active


# --- status and external id ----------------------------------------------------------------------


@both
def test_an_app_user_is_staged_without_an_id_until_it_is_provisioned(app):
    office = Office(app)
    office.people("ana")
    office.assign("ana")
    before = office.app_user("ana")
    office.op.run()
    after = office.app_user("ana")

    assert (before.status, before.external_id) == ("STAGED", None)
    assert (after.status, after.external_id) == ("PROVISIONED", office.account("ana").id)


@both
def test_unassigning_disables_the_account_and_forgets_its_id(app):
    office = Office(app)
    office.hire("ana")
    office.op.unassign_user(app, login("ana"))
    office.op.run()

    assert (office.app_user("ana").status, office.app_user("ana").external_id) == (
        "DEPROVISIONED",
        None,
    )
    assert not office.account("ana").active


@both
def test_unassigning_deletes_the_account_where_the_app_is_set_so(app):
    office = Office(app, settings={"deprovision": "delete"})
    office.hire("ana")
    office.op.unassign_user(app, login("ana"))
    office.op.run()

    assert [account for account in office.target.accounts() if not account.deleted] == []
    assert office.writes()[-1] == DELETE_ACCOUNT[app]
    assert "application.provision.user.deprovision" in office.events()


@both
@pytest.mark.parametrize("way", ["deactivate", "delete"])
def test_an_account_that_is_gone_already_is_no_error_when_unassigning(app, way):
    office = Office(app, settings={"deprovision": way})
    office.hire("ana")
    office.wait(3600)
    office.target.delete_account(office.external_id("ana"))
    office.op.unassign_user(app, login("ana"))
    office.op.run()

    assert office.errors() == []
    assert office.op.next_due() is None


@both
def test_a_reassigned_user_gets_the_same_account_enabled_again(app):
    office = Office(app)
    office.hire("ana")
    first = office.external_id("ana")
    office.op.unassign_user(app, login("ana"))
    office.op.run()
    office.assign("ana")
    office.op.run()

    assert office.external_id("ana") == first
    assert office.account("ana").active
    assert "application.provision.user.reactivate" in office.events()


# --- changes while a job is under way ------------------------------------------------------------


@both
@pytest.mark.parametrize("calls", range(5))
def test_a_user_unassigned_while_being_provisioned_has_no_active_account(app, calls):
    office = Office(app)
    office.people("ana")
    office.assign("ana")
    office.run_calls(calls)
    office.op.unassign_user(app, login("ana"))
    office.op.run()

    assert office.app_user("ana").status == "DEPROVISIONED"
    assert [account.active for account in office.target.accounts()] in ([], [False])
    assert office.op.next_due() is None


@both
@pytest.mark.parametrize("calls", range(6))
def test_a_user_reassigned_while_being_deprovisioned_has_an_active_account(app, calls):
    office = Office(app)
    office.hire("ana")
    office.op.unassign_user(app, login("ana"))
    office.run_calls(calls)
    office.assign("ana")
    office.op.run()

    assert office.app_user("ana").status == "PROVISIONED"
    assert [account.active for account in office.target.accounts()] == [True]


@both
def test_an_unassigned_user_whose_job_waits_is_not_provisioned(app):
    office = Office(app)
    office.people("ana")
    office.assign("ana")
    office.op.unassign_user(app, login("ana"))
    office.op.run()

    assert office.calls() == []


@both
def test_a_deprovisioning_that_failed_does_not_hit_the_reassigned_user(app):
    office = Office(app)
    office.hire("ana")
    operation = {O365: "o365.update_user", AD: "active_directory.actions"}
    office.arm(operation, "refuse", status=400, code="Request_BadRequest", message="No.")
    office.op.unassign_user(app, login("ana"))
    office.op.run()
    assert [error.is_user for error in office.errors()] == [True]
    office.assign("ana")
    office.op.run()
    office.op.retry_all(app)
    office.op.run()

    assert office.account("ana").active
    assert office.errors() == []


@both
def test_a_failed_deprovisioning_is_retried(app):
    office = Office(app)
    office.hire("ana")
    operation = {O365: "o365.update_user", AD: "active_directory.actions"}
    office.arm(operation, "refuse", status=400, code="Request_BadRequest", message="No.")
    office.op.unassign_user(app, login("ana"))
    office.op.run()
    office.op.retry_all(app)
    office.op.run()

    assert not office.account("ana").active
    assert office.errors() == []


# --- the profile ---------------------------------------------------------------------------------


@both
def test_a_changed_login_reaches_the_account(app):
    office = Office(app)
    office.hire("ana")
    office.op.update_user(login("ana"), {"login": "anna@example.test"})
    office.op.run()

    assert [account.login for account in office.target.accounts()] == ["anna@example.test"]
    assert "application.provision.user.push_profile" in office.events()


def test_an_update_that_changes_nothing_sends_nothing():
    office = Office()
    office.hire("ana")
    mark = office.mark()
    office.op.update_user(login("ana"), {"email": login("ana"), "department": "Sales"})
    office.op.run()

    assert office.calls(mark) == []


def test_a_login_changed_twice_quickly_arrives_as_the_last_one():
    office = Office()
    office.hire("ana")
    office.op.update_user(login("ana"), {"login": "a1@example.test"})
    office.run_calls(1)
    office.op.update_user("a1@example.test", {"login": "a2@example.test"})
    office.op.run()

    assert [account.login for account in office.target.accounts()] == ["a2@example.test"]


# --- provisioning off ----------------------------------------------------------------------------


@both
def test_without_provisioning_nothing_is_sent(app):
    office = Office(app)
    office.pushed("ana")
    office.people("ben")
    mark = office.mark()
    office.settings(provisioning=False)
    office.assign("ben")
    office.join("Sales", "ben")
    office.leave("Sales", "ana")
    office.op.update_user(login("ana"), {"first_name": "Anna"})
    office.op.run()

    assert office.calls(mark) == []
    assert office.app_user("ben").status == "STAGED"
    assert office.op.next_due() is None


def test_accounts_that_waited_for_provisioning_are_made_when_it_is_turned_on():
    office = Office(settings={"provisioning": False})
    office.people("ana", "ben")
    office.assign("ana", "ben")
    office.op.run()
    office.settings(provisioning=True)
    office.op.run()

    assert [user.status for user in office.op.app_users(O365)] == ["PROVISIONED"] * 2


def test_jobs_held_while_provisioning_was_off_go_on():
    office = Office()
    office.pushed("ana")
    office.leave("Sales", "ana")
    office.settings(provisioning=False)
    office.op.run()
    assert office.there() == ["ana"]

    office.settings(provisioning=True)
    office.op.run()

    assert office.there() == []
