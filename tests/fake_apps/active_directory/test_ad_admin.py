"""What the domain administrator can do at the console."""

import pytest

from fake_apps.active_directory.errors import LdapError
from fake_apps.core.admin import AccountView, GroupView
from tests.fake_apps.active_directory.agent import (
    BRANCH_GROUPS,
    EMEA,
    GROUPS,
    PEOPLE,
    ROOT,
    by_guid,
)


def test_a_fresh_forest_shows_no_accounts_and_no_groups(ad):
    assert (ad.admin.accounts(), ad.admin.groups()) == ([], [])


def test_an_account_is_seen_by_login_and_state(ad):
    ana = ad.admin.add_account("ana@example.test", {"givenName": "Ana", "sn": "Lee"})

    assert ad.admin.accounts() == [AccountView(ana, "ana@example.test", active=True)]
    assert ad.read(by_guid(ana), "givenName", "sn") == {"givenName": ["Ana"], "sn": ["Lee"]}


def test_an_account_is_switched_off_and_on(ad):
    (ana,) = ad.users("ana")

    ad.admin.set_account_active(ana, active=False)
    off = ad.admin.accounts()[0].active
    ad.admin.set_account_active(ana, active=True)

    assert (off, ad.admin.accounts()[0].active) == (False, True)


def test_a_group_is_seen_with_members_kind_and_place(ad):
    ana, ben = ad.users("ana", "ben")

    sales = ad.group("Sales", ben, ana, kind="universal distribution", place=BRANCH_GROUPS)

    assert ad.admin.groups() == [
        GroupView(sales, "Sales", (ben, ana), "universal distribution", BRANCH_GROUPS)
    ]


def test_a_group_is_renamed_moved_converted_and_refilled(ad):
    ana, ben = ad.users("ana", "ben")
    sales = ad.group("Sales", ana)

    ad.admin.rename_group(sales, "Field, West")
    ad.admin.move_group(sales, BRANCH_GROUPS)
    ad.admin.convert_group(sales, "universal security")
    ad.admin.add_members(sales, [ben])
    ad.admin.remove_members(sales, [ana])

    assert ad.admin.groups() == [
        GroupView(sales, "Field, West", (ben,), "universal security", BRANCH_GROUPS)
    ]


def test_a_deleted_group_is_seen_as_deleted_and_can_be_restored(ad):
    sales = ad.group("Sales")

    ad.admin.delete_group(sales)
    deleted = ad.admin.groups()
    ad.admin.restore_group(sales)

    assert deleted == [GroupView(sales, "Sales", (), "global security", GROUPS, deleted=True)]
    assert ad.admin.groups() == [GroupView(sales, "Sales", (), "global security", GROUPS)]


def test_a_forbidden_character_is_replaced_in_the_proposed_account_name(ad):
    group = ad.group("R&D/Ops")

    assert ad.read(by_guid(group), "sAMAccountName") == {"sAMAccountName": ["R&D_Ops"]}


def test_a_group_of_that_name_in_another_ou_needs_another_account_name(ad):
    ad.group("Sales")

    with pytest.raises(LdapError, match="00000526"):
        ad.group("Sales", place=BRANCH_GROUPS)
    ad.admin.add_group("Sales", place=BRANCH_GROUPS, account_name="Sales-Branch")

    assert [view.name for view in ad.admin.groups()] == ["Sales", "Sales"]


def test_an_unknown_id_is_a_key_error(ad):
    (ana,) = ad.users("ana")
    ad.admin.delete_account(ana)

    for act in (ad.admin.delete_account, ad.admin.delete_group):
        for guid in ("nobody", ana):
            with pytest.raises(KeyError):
                act(guid)
    with pytest.raises(KeyError):
        ad.admin.restore_account("nobody")


def test_an_unknown_kind_of_group_names_the_known_ones(ad):
    with pytest.raises(ValueError, match="known: global security, global distribution"):
        ad.group("Sales", kind="local")


def test_what_the_console_refuses_leaves_no_trace(ad):
    ad.group("Sales")
    before = ad.app.snapshot().store

    with pytest.raises(LdapError):
        add_an_account_and_a_taken_group(ad)

    assert ad.app.snapshot().store.tables == before.tables


def test_ous_nest_and_can_be_deleted_with_everything(ad):
    ad.admin.add_ou(f"OU=A,{ROOT}")
    ad.admin.add_ou(f"OU=B,OU=A,{ROOT}")
    ad.admin.add_account("ana@example.test", {"place": f"OU=B,OU=A,{ROOT}"})

    with pytest.raises(LdapError, match="00002015"):
        ad.admin.delete_ou(f"OU=A,{ROOT}")
    ad.admin.delete_ou(f"OU=A,{ROOT}", tree=True)

    assert [view.deleted for view in ad.admin.accounts()] == [True]


def test_the_ous_of_the_first_domain_come_first(ad):
    ad.admin.add_ou(f"OU=New,{ROOT}")
    ad.admin.add_ou(f"OU=Gone,{ROOT}")
    ad.admin.delete_ou(f"OU=Gone,{ROOT}")

    assert ad.admin.ous() == [
        f"OU=People,{ROOT}",
        f"OU=Groups,{ROOT}",
        f"OU=Domain Controllers,{ROOT}",
        f"OU=Branch,{ROOT}",
        f"OU=Branch Groups,OU=Branch,{ROOT}",
        f"OU=Restricted,{ROOT}",
        f"OU=New,{ROOT}",
        f"OU=People,{EMEA}",
        f"OU=Groups,{EMEA}",
    ]


def test_credentials_name_what_a_client_needs(ad):
    given = ad.admin.credentials()

    assert (given["base_dn"], given["domain"]) == (ROOT, "ad.example.test")
    assert (given["people_dn"], given["groups_dn"]) == (PEOPLE, GROUPS)
    for user, password in [("user", "password"), ("limited_user", "limited_password")]:
        assert ad.app.state.bind(given[user], given[password])


def test_a_restored_snapshot_has_the_directory_as_it_was(ad):
    ana, ben = ad.users("ana", "ben")
    sales = ad.group("Sales", ana)
    before, kept = ad.admin.groups(), ad.app.snapshot()

    ad.admin.add_members(sales, [ben])
    ad.admin.delete_account(ana)
    ad.app.restore(kept)

    assert ad.admin.groups() == before
    assert [view.deleted for view in ad.admin.accounts()] == [False, False]


def add_an_account_and_a_taken_group(ad):
    with ad.app.administering() as admin:
        admin.add_account("ana@example.test", {})
        admin.add_group("Sales")
