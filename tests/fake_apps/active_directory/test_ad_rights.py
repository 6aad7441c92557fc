"""Delegated rights per OU, and who may log on."""

import pytest

from fake_apps.active_directory.errors import LdapError
from fake_apps.active_directory.search import Query
from tests.fake_apps.active_directory.agent import (
    BRANCH,
    BRANCH_GROUPS,
    GROUPS,
    OK,
    PEOPLE,
    RESTRICTED,
    ROOT,
    TREE_DELETE,
    by_guid,
    change,
    told,
)

NO_RIGHTS = (50, "00002098")
PASSWORD = "Passw0rd!"


# --- rights ------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [PEOPLE, GROUPS, BRANCH, BRANCH_GROUPS])
def test_the_service_account_may_create_groups_where_it_was_delegated(ad, place):
    assert told(ad.add(f"CN=x,{place}", sAMAccountName="x")) == OK


@pytest.mark.parametrize("place", [RESTRICTED, f"CN=Users,{ROOT}", ROOT])
def test_the_service_account_may_create_nothing_elsewhere(ad, place):
    assert told(ad.add(f"CN=x,{place}", sAMAccountName="x")) == NO_RIGHTS


def test_a_group_outside_the_delegated_ous_cannot_be_changed_or_deleted(ad):
    sales = ad.group("Sales", place=RESTRICTED)
    (ana,) = ad.users("ana")

    assert told(ad.join(sales, ana)) == NO_RIGHTS
    assert told(ad.rename(by_guid(sales), "CN=x")) == NO_RIGHTS
    assert told(ad.delete(by_guid(sales))) == NO_RIGHTS
    assert [(view.name, view.member_ids) for view in ad.admin.groups()] == [("Sales", ())]


def test_everybody_may_read_everything(ad):
    sales = ad.group("Sales", place=RESTRICTED)

    assert ad.dns(by_guid(sales), scope="base") == [f"CN=Sales,{RESTRICTED}"]


def test_a_move_needs_rights_at_both_ends(ad):
    inside, outside = ad.group("In"), ad.group("Out", place=RESTRICTED)

    assert told(ad.rename(by_guid(inside), "CN=In", RESTRICTED)) == NO_RIGHTS
    assert told(ad.rename(by_guid(outside), "CN=Out", GROUPS)) == NO_RIGHTS
    assert told(ad.rename(by_guid(inside), "CN=In", BRANCH)) == OK


def test_the_service_account_may_not_create_ous(ad):
    assert told(ad.add(f"OU=New,{GROUPS}", "organizationalUnit")) == NO_RIGHTS


def test_the_limited_account_may_write_members_and_nothing_else(ad):
    sales, (ana,) = ad.group("Sales"), ad.users("ana")
    add = change("add", "member", by_guid(ana))
    describe = change("replace", "description", "x")

    assert told(ad.modify(by_guid(sales), add, limited=True)) == OK
    assert told(ad.modify(by_guid(sales), describe, limited=True)) == NO_RIGHTS
    assert told(ad.add(f"CN=x,{GROUPS}", sAMAccountName="x", limited=True)) == NO_RIGHTS
    assert told(ad.delete(by_guid(sales), limited=True)) == NO_RIGHTS


def test_a_refused_attribute_undoes_the_allowed_one(ad):
    sales, (ana,) = ad.group("Sales"), ad.users("ana")
    changes = [change("add", "member", by_guid(ana)), change("replace", "info", "x")]

    assert told(ad.modify(by_guid(sales), *changes, limited=True)) == NO_RIGHTS
    assert ad.members(sales) == ()


def test_revoked_rights_are_gone_and_granted_ones_are_back(ad):
    sales, (ana, ben) = ad.group("Sales"), ad.users("ana", "ben")

    ad.admin.revoke(GROUPS)
    revoked = told(ad.join(sales, ana))
    ad.admin.grant(GROUPS, frozenset({"write:group"}))
    granted = told(ad.join(sales, ben))

    assert (revoked, granted) == (NO_RIGHTS, OK)
    assert told(ad.delete(by_guid(sales))) == NO_RIGHTS


def test_revoking_on_an_inner_ou_ends_what_it_inherited(ad):
    ad.admin.revoke(BRANCH_GROUPS)

    assert told(ad.add(f"CN=x,{BRANCH_GROUPS}", sAMAccountName="x")) == NO_RIGHTS
    assert told(ad.add(f"CN=x,{BRANCH}", sAMAccountName="x")) == OK


def test_one_inherited_right_can_be_taken_away_alone(ad):
    sales = ad.group("Sales", place=BRANCH_GROUPS)

    ad.admin.revoke(BRANCH_GROUPS, frozenset({"delete:group"}))

    assert told(ad.delete(by_guid(sales))) == NO_RIGHTS
    assert told(ad.modify(by_guid(sales), change("replace", "info", "x"))) == OK


def test_one_right_can_be_taken_away_alone(ad):
    sales = ad.group("Sales")

    ad.admin.revoke(GROUPS, frozenset({"delete:group"}))

    assert told(ad.delete(by_guid(sales))) == NO_RIGHTS
    assert told(ad.modify(by_guid(sales), change("replace", "info", "x"))) == OK


def test_a_protected_ou_cannot_be_deleted_even_by_the_administrator(ad):
    ad.admin.add_ou(f"OU=Kept,{ROOT}", protected=True)

    with pytest.raises(LdapError, match="00000005"):
        ad.admin.delete_ou(f"OU=Kept,{ROOT}")


def test_protection_can_be_lifted(ad):
    ad.admin.add_ou(f"OU=Kept,{ROOT}", protected=True)

    ad.admin.protect(f"OU=Kept,{ROOT}", protected=False)
    ad.admin.delete_ou(f"OU=Kept,{ROOT}")

    assert told(ad.search(f"OU=Kept,{ROOT}")) == (32, "0000208D")


def test_a_protected_ou_can_be_renamed_and_not_moved(ad):
    ad.admin.grant(ROOT, frozenset({"*"}))
    ad.admin.add_ou(f"OU=Kept,{ROOT}", protected=True)

    assert told(ad.rename(f"OU=Kept,{ROOT}", "OU=Still")) == OK
    assert told(ad.rename(f"OU=Still,{ROOT}", "OU=Still", BRANCH)) == (50, "00000005")


def test_tree_delete_of_a_protected_ou_is_refused(ad):
    ad.admin.grant(ROOT, frozenset({"*"}))
    ad.admin.add_ou(f"OU=Kept,{ROOT}", protected=True)

    assert told(ad.delete(f"OU=Kept,{ROOT}", TREE_DELETE)) == (50, "00000005")


# --- bind --------------------------------------------------------------------------------------


@pytest.fixture
def ana(ad):
    return ad.admin.add_account("ana@example.test", {"password": "Passw0rd!"})


@pytest.mark.parametrize(
    "name",
    [
        "ana@example.test",
        "ANA@EXAMPLE.TEST",
        "ADTEST\\ana",
        "adtest\\ANA",
        f"CN=ana,{PEOPLE}",
        "ana@ad.example.test",
    ],
)
def test_an_account_binds_by_principal_name_domain_name_or_dn(ad, ana, name):
    assert ad.app.state.bind(name, "Passw0rd!") == ana


def refused(ad, name="ana@example.test", password=PASSWORD):
    with pytest.raises(LdapError) as caught:
        ad.app.state.bind(name, password)
    assert (caught.value.status, caught.value.code) == (49, "80090308")
    return caught.value.message.partition("data ")[2].partition(",")[0]


@pytest.mark.parametrize(
    "name", ["ana", "nobody@example.test", "OTHER\\ana", "CN=nobody,DC=x", "="]
)
def test_a_bare_or_unknown_name_is_49(ad, ana, name):
    assert refused(ad, name) == "52e"


@pytest.mark.parametrize("password", ["", "wrong", "passw0rd!"])
def test_a_wrong_password_is_49_with_52e(ad, ana, password):
    assert refused(ad, password=password) == "52e"


def test_a_disabled_account_is_49_with_533(ad, ana):
    ad.admin.set_account_active(ana, active=False)

    assert refused(ad) == "533"


def test_an_expired_account_is_49_with_701(ad, ana):
    ad.modify(by_guid(ana), change("replace", "accountExpires", "133000000000000000"))

    assert refused(ad) == "701"


def test_an_account_that_must_change_its_password_is_49_with_773(ad, ana):
    ad.modify(by_guid(ana), change("replace", "pwdLastSet", "0"))

    assert refused(ad) == "773"


def test_a_locked_account_is_49_with_775(ad, ana):
    ad.modify(by_guid(ana), change("replace", "lockoutTime", "133000000000000000"))

    assert refused(ad) == "775"


def test_a_refused_bind_tells_the_state_only_to_who_knows_the_password(ad, ana):
    ad.admin.set_account_active(ana, active=False)

    assert refused(ad, password="wrong") == "52e"


def test_a_disabled_service_account_can_do_nothing(ad):
    service = ad.app.state.known.service
    ad.admin.set_account_active(service, active=False)

    result = ad.search(ROOT)

    assert told(result) == (49, "80090308")
    assert "data 533" in result["errorMessage"]


def test_an_anonymous_reader_sees_the_root_dse_only(ad):
    state = ad.app.state
    nobody = state.bind("", "")

    assert state.search(nobody, Query("", "base")).code == 0
    with pytest.raises(LdapError, match="000004DC"):
        state.search(nobody, Query(ROOT))
