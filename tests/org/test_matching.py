"""Accounts that are there already: adopted by login or e-mail, matched again by an import."""

import pytest

from harness.model import UserProfile
from tests.engine.office import AD, BOTH, O365, Office, login

both = pytest.mark.parametrize("app", BOTH)
MAIL = {O365: "mail", AD: "mail"}


@both
def test_an_account_of_the_same_login_is_adopted(app):
    office = Office(app)
    account = office.target.add_account(login("ana"), {})
    office.hire("ana")

    assert office.external_id("ana") == account
    assert office.writes() == []
    assert "application.provision.user.sync" in office.events()


@both
def test_an_account_of_the_same_login_in_other_letters_is_adopted(app):
    office = Office(app)
    account = office.target.add_account("ANA@Example.test", {})
    office.hire("ana")

    assert office.external_id("ana") == account


@both
def test_an_account_of_the_same_email_is_adopted(app):
    office = Office(app)
    account = office.target.add_account("a.silva@example.test", {MAIL[app]: login("ana")})
    office.hire("ana")

    assert office.external_id("ana") == account


@both
def test_the_login_decides_before_the_email(app):
    office = Office(app)
    office.target.add_account("a.silva@example.test", {MAIL[app]: login("ana")})
    account = office.target.add_account(login("ana"), {})
    office.hire("ana")

    assert office.external_id("ana") == account


@both
def test_a_disabled_account_is_enabled_when_adopted(app):
    office = Office(app)
    account = office.target.add_account(login("ana"), {})
    office.target.set_account_active(account, active=False)
    office.hire("ana")

    assert office.external_id("ana") == account
    assert office.account("ana").active


def test_two_users_of_one_email_never_share_an_account():
    """In the directory: Microsoft 365 gives an address to one account only."""
    office = Office(AD)
    office.hire("ana")
    office.op.create_user(UserProfile(login("ann"), login("ana"), "Ann", "S"))
    office.assign("ann")
    office.op.run()

    assert office.external_id("ana") != office.external_id("ann")
    assert len(office.target.accounts()) == 2


# --- import --------------------------------------------------------------------------------------


@both
def test_a_recreated_account_is_matched_again_by_an_import(app):
    office = Office(app)
    office.pushed("ana")
    old = office.external_id("ana")
    office.target.delete_account(old)
    new = office.target.add_account(login("ana"), {})
    office.op.import_users(app)
    office.op.run()

    assert office.external_id("ana") == new != old
    assert office.app_user("ana").status == "PROVISIONED"


@both
def test_the_links_of_a_recreated_account_are_broken_until_the_next_push(app):
    """T10: the new account is no member, and nothing says so before the group is pushed again."""
    office = Office(app)
    office.pushed("ana", "ben")
    office.target.delete_account(office.external_id("ana"))
    office.target.add_account(login("ana"), {})
    office.op.import_users(app)
    office.op.run()
    assert office.known() == ["ben"]
    assert office.there() == ["ben"]

    office.op.push_now(app, "Sales")
    office.op.run()

    assert office.there() == ["ana", "ben"]


@both
def test_an_account_deleted_in_the_target_leaves_a_user_without_one(app):
    office = Office(app)
    office.pushed("ana")
    office.target.delete_account(office.external_id("ana"))
    office.op.import_users(app)
    office.op.run()

    assert (office.app_user("ana").status, office.app_user("ana").external_id) == ("STAGED", None)
    assert office.known() == []


def test_an_import_gives_every_user_the_account_of_its_login_first():
    office = Office(AD)
    office.people("ana", "ben")
    mine = office.target.add_account(login("ben"), {MAIL[AD]: login("ana")})
    office.op.import_users(AD)
    office.assign("ana", "ben")
    office.op.run()

    assert office.external_id("ben") == mine
    assert office.external_id("ana") != mine


@both
def test_an_import_heals_a_user_whose_provisioning_had_failed(app):
    office = Office(app)
    office.people("ana")
    office.arm(
        {O365: "o365.list_users", AD: "active_directory.actions"},
        "refuse",
        status=400,
        code="Request_BadRequest",
        message="No.",
    )
    office.assign("ana")
    office.op.run()
    assert office.app_user("ana").error
    account = office.target.add_account(login("ana"), {})
    office.op.import_users(app)
    office.op.run()
    mark = office.mark()
    office.op.retry_all(app)
    office.op.run()

    assert office.external_id("ana") == account
    assert office.errors() == []
    assert office.calls(mark) == []


@both
def test_an_unassigned_user_is_not_matched_by_an_import(app):
    office = Office(app)
    office.hire("ana")
    office.op.unassign_user(app, login("ana"))
    office.op.import_users(app)
    office.op.run()

    assert office.app_user("ana").external_id is None


def test_half_an_import_concludes_nothing():
    """B4: an import that fails on its way must not look like deletions."""
    office = Office()
    office.pushed("ana")
    office.arm("o365.list_users", "refuse", status=400, code="Request_BadRequest", message="No.")
    office.op.import_users(O365)
    office.op.run()

    assert office.app_user("ana").status == "PROVISIONED"
    assert office.known() == ["ana"]
    assert ("application.provision.user.import", "FAILURE") in [
        (event.type, event.outcome) for event in office.op.log()
    ]


def test_an_import_needs_provisioning():
    office = Office(settings={"provisioning": False})

    with pytest.raises(Exception, match="Provisioning is not enabled"):
        office.op.import_users(O365)
