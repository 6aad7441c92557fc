"""Deletion, tombstones and undelete."""

import pytest

from tests.fake_apps.active_directory.agent import (
    BRANCH,
    BRANCH_GROUPS,
    GROUPS,
    OK,
    PEOPLE,
    ROOT,
    SHOW_DELETED,
    TREE_DELETE,
    by_guid,
    change,
    told,
)

SHOW_RECYCLED = "1.2.840.113556.1.4.2064"
DAY_S = 86_400


@pytest.fixture
def sales(ad):
    return ad.group("Sales", *ad.users("ana"))


def undelete(ad, guid, dn):
    return told(
        ad.modify(
            by_guid(guid),
            change("delete", "isDeleted"),
            change("replace", "distinguishedName", dn),
            controls=[SHOW_DELETED],
        )
    )


@pytest.fixture
def raiser(ad):
    """The service account among the Domain Admins, who may reanimate tombstones."""
    state = ad.app.state
    admins = state.dit.resolve(f"CN=Domain Admins,CN=Users,{ROOT}")
    state.dit.members.link(admins.guid, state.known.service)
    return ad


def test_a_deleted_object_becomes_a_tombstone_that_only_the_control_shows(ad, sales):
    ad.delete(by_guid(sales))

    hidden = ad.search(by_guid(sales), scope="base")
    shown = ad.read(by_guid(sales), controls=[SHOW_DELETED])

    assert told(hidden) == (32, "0000208D")
    assert shown["isDeleted"] == ["TRUE"]
    assert shown["lastKnownParent"] == [GROUPS]
    assert shown["distinguishedName"] == [
        f"CN=Sales\\0ADEL:{sales},CN=Deleted Objects,{ROOT}",
    ]
    assert shown["sAMAccountName"] == ["Sales"]
    assert "member" not in shown


def test_the_name_and_account_name_are_free_at_once_and_the_new_group_is_another(ad, sales):
    ad.delete(by_guid(sales))

    again = ad.group("Sales")

    assert again != sales
    assert ad.read(by_guid(again), "member") == {}


def test_a_deleted_user_vanishes_from_its_groups_at_once(ad, sales):
    ad.delete(f"CN=ana,{PEOPLE}")

    assert ad.members(sales) == ()


def test_a_deleted_group_vanishes_from_member_of(ad, sales):
    ad.delete(by_guid(sales))

    assert ad.read(f"CN=ana,{PEOPLE}", "memberOf") == {}


def test_a_deleted_user_cannot_be_added(ad, sales):
    (ben,) = ad.users("ben")
    ad.delete(by_guid(ben))

    assert told(ad.join(sales, ben)) == (32, "00000525")


def test_deleting_twice_is_32(ad, sales):
    ad.delete(by_guid(sales))

    assert told(ad.delete(by_guid(sales))) == (32, "0000208D")


def test_tree_delete_takes_everything_below(ad):
    ad.admin.grant(ROOT, frozenset({"*"}))
    deep = ad.group("Deep", place=BRANCH_GROUPS)

    assert told(ad.delete(BRANCH, TREE_DELETE)) == OK
    assert told(ad.search(BRANCH)) == (32, "0000208D")
    assert told(ad.join(deep)) != OK
    assert [view.deleted for view in ad.admin.groups()] == [True]


def test_an_undeleted_group_comes_back_with_its_ids_and_without_members(raiser, sales):
    raiser.modify(by_guid(sales), change("replace", "description", "Sells"))
    sid = raiser.read(by_guid(sales), "objectSid")
    raiser.delete(by_guid(sales))

    assert undelete(raiser, sales, f"CN=Sales,{GROUPS}") == OK
    read = raiser.read(by_guid(sales), "objectSid", "member", "description", "sAMAccountName")
    assert read == {**sid, "sAMAccountName": ["Sales"]}


def test_with_the_recycle_bin_members_and_description_come_back(make):
    ad = make(settings={"recycle_bin": True})
    ana, ben = ad.users("ana", "ben")
    sales = ad.group("Sales", ana, ben)
    ad.modify(by_guid(sales), change("replace", "description", "Sells"))
    ad.admin.delete_group(sales)

    ad.admin.restore_group(sales)

    assert ad.members(sales) == (ana, ben)
    assert ad.read(by_guid(sales), "description") == {"description": ["Sells"]}


def test_with_the_recycle_bin_a_user_comes_back_into_its_groups(make):
    ad = make(settings={"recycle_bin": True})
    (ana,) = ad.users("ana")
    sales = ad.group("Sales", ana)
    ad.admin.delete_account(ana)
    ad.admin.delete_group(sales)

    ad.admin.restore_account(ana)
    ad.admin.restore_group(sales)

    assert ad.members(sales) == (ana,)


def test_a_member_deleted_meanwhile_is_not_brought_back(make):
    ad = make(settings={"recycle_bin": True})
    ana, ben = ad.users("ana", "ben")
    sales = ad.group("Sales", ana, ben)
    ad.admin.delete_group(sales)
    ad.admin.delete_account(ben)

    ad.admin.restore_group(sales)

    assert ad.members(sales) == (ana,)


def test_undelete_may_choose_another_name_and_place(raiser, sales):
    raiser.delete(by_guid(sales))

    assert undelete(raiser, sales, f"CN=Field,{BRANCH}") == OK
    assert raiser.dns(by_guid(sales), scope="base") == [f"CN=Field,{BRANCH}"]


def test_undelete_onto_a_taken_name_is_68(raiser, sales):
    raiser.delete(by_guid(sales))
    raiser.admin.add_group("Sales", account_name="Sales2")

    assert undelete(raiser, sales, f"CN=Sales,{GROUPS}") == (68, "00002071")


def test_undelete_of_an_account_name_taken_meanwhile_is_68(raiser, sales):
    raiser.delete(by_guid(sales))
    raiser.admin.add_group("Other", account_name="sales")

    assert undelete(raiser, sales, f"CN=Sales,{GROUPS}") == (68, "00000526")


def test_undelete_under_a_missing_parent_is_32(raiser, sales):
    raiser.delete(by_guid(sales))

    assert undelete(raiser, sales, f"CN=Sales,OU=Nowhere,{ROOT}") == (32, "0000208D")


def test_a_delegated_account_may_not_undelete(ad, sales):
    ad.delete(by_guid(sales))

    assert undelete(ad, sales, f"CN=Sales,{GROUPS}") == (50, "00002098")


def test_a_tombstone_takes_no_other_change(ad, sales):
    ad.delete(by_guid(sales))

    result = ad.modify(by_guid(sales), change("replace", "info", "x"), controls=[SHOW_DELETED])

    assert result["resultCode"] == 53


def test_an_undeleted_user_is_disabled(ad):
    (ana,) = ad.users("ana")
    ad.admin.delete_account(ana)

    ad.admin.restore_account(ana)

    assert [(view.active, view.deleted) for view in ad.admin.accounts()] == [(False, False)]


def test_a_tombstone_is_gone_after_its_lifetime(ad, sales):
    ad.delete(by_guid(sales))
    ad.app.clock.sleep(180 * DAY_S)

    result = ad.search(by_guid(sales), scope="base", controls=[SHOW_DELETED])

    assert told(result) == (32, "0000208D")


@pytest.mark.parametrize("recycle_bin", [False, True])
def test_a_deleted_object_is_found_by_its_class_and_not_by_its_category(make, recycle_bin):
    ad = make(settings={"recycle_bin": recycle_bin})
    sales = ad.group("Sales")
    ad.delete(by_guid(sales))

    def found(where):
        return ad.dns(ROOT, f"(&(isDeleted=TRUE){where})", controls=[SHOW_DELETED])

    assert len(found("(objectClass=group)")) == 1
    assert found("(objectCategory=group)") == []
    assert found("(sAMAccountType=*)") == []


def test_the_recycle_bin_gives_up_what_has_lain_in_it_for_its_lifetime(make):
    ad = make(settings={"recycle_bin": True})
    sales = ad.group("Sales")
    ad.modify(by_guid(sales), change("replace", "description", "Sells"))
    ad.delete(by_guid(sales))

    def seen(control):
        asked = ["isRecycled", "description", "sAMAccountName"]
        result = ad.search(by_guid(sales), scope="base", attributes=asked, controls=[control])
        return [entry["attributes"] for entry in result.get("entries", ())]

    fresh = seen(SHOW_DELETED), seen(SHOW_RECYCLED)
    ad.app.clock.sleep(180 * DAY_S)
    recycled = seen(SHOW_DELETED), seen(SHOW_RECYCLED)
    ad.app.clock.sleep(180 * DAY_S)

    whole = {"description": ["Sells"], "sAMAccountName": ["Sales"]}
    assert fresh == ([whole], [whole])
    assert recycled == ([], [{"isRecycled": ["TRUE"], "sAMAccountName": ["Sales"]}])
    assert seen(SHOW_RECYCLED) == []


def test_what_was_recycled_does_not_come_back(make):
    ad = make(settings={"recycle_bin": True})
    sales = ad.group("Sales")
    ad.delete(by_guid(sales))
    ad.app.clock.sleep(180 * DAY_S)
    changes = [
        change("delete", "isDeleted"),
        change("replace", "distinguishedName", f"CN=Sales,{GROUPS}"),
    ]

    assert told(ad.modify(by_guid(sales), *changes, controls=[SHOW_DELETED]))[0] == 32
    assert told(ad.modify(by_guid(sales), *changes, controls=[SHOW_RECYCLED])) == (53, "00002077")


def test_tombstones_are_listed_under_deleted_objects(ad, sales):
    ad.delete(by_guid(sales))
    container = f"CN=Deleted Objects,{ROOT}"

    found = ad.dns(container, "(isDeleted=TRUE)", scope="one", controls=[SHOW_DELETED])

    assert found == [f"CN=Sales\\0ADEL:{sales},{container}"]
    assert told(ad.search(container)) == (32, "0000208D")
