"""Two domain controllers: changes are made on one, and read on the other once it has them."""

import pytest

from fake_apps.active_directory import APP
from fake_apps.core.journal import keep_state
from tests.fake_apps.active_directory.agent import BRANCH_GROUPS, GROUPS, OK, by_guid, told

LAG_S = 60
SALES = f"CN=Sales,{GROUPS}"


@pytest.fixture
def lagging(make):
    """A directory that was quiet for long; from now on the second controller is a minute behind."""
    ad = make()
    ad.app.change_setting("replication_lag_s", LAG_S)
    return ad


def pass_lag(ad):
    ad.app.clock.sleep(LAG_S)


def names(ad):
    return [dn.partition(",")[0] for dn in ad.dns(GROUPS, "(objectClass=group)")]


def test_a_new_object_is_found_once_the_lag_is_over(lagging):
    assert told(lagging.add(SALES)) == OK
    assert told(lagging.search(SALES, scope="base")) == (32, "0000208D")
    assert names(lagging) == []
    lagging.app.clock.sleep(LAG_S - 1)
    assert names(lagging) == []
    lagging.app.clock.sleep(1)
    assert names(lagging) == ["CN=Sales"]


def test_changes_are_made_where_all_changes_are_known(lagging):
    (ana,) = lagging.users("ana")
    lagging.add(SALES)

    assert told(lagging.add(SALES)) == (68, "00002071")
    assert (
        told(lagging.modify(SALES, {"op": "add", "attribute": "member", "values": [by_guid(ana)]}))
        == OK
    )
    assert told(lagging.rename(SALES, "CN=World")) == OK


def test_members_come_and_go_late_on_both_ends(make):
    ad = make()
    ana, ben = ad.users("ana", "ben")
    sales = ad.group("Sales", ana)
    ad.app.change_setting("replication_lag_s", LAG_S)
    ad.join(sales, ben)
    ad.leave(sales, ana)

    assert [dn.partition(",")[0] for dn in ad.read(SALES, "member")["member"]] == ["CN=ana"]
    assert ad.read(by_guid(ana), "memberOf")["memberOf"] == [SALES]
    assert "memberOf" not in ad.read(by_guid(ben), "memberOf")
    pass_lag(ad)
    assert [dn.partition(",")[0] for dn in ad.read(SALES, "member")["member"]] == ["CN=ben"]
    assert "memberOf" not in ad.read(by_guid(ana), "memberOf")


def test_a_rename_a_move_and_a_deletion_are_late_too(make):
    ad = make()
    sales, legal = ad.group("Sales"), ad.group("Legal")
    ad.app.change_setting("replication_lag_s", LAG_S)
    ad.rename(by_guid(sales), "CN=World", BRANCH_GROUPS)
    ad.delete(by_guid(legal))

    assert names(ad) == ["CN=Sales", "CN=Legal"]
    pass_lag(ad)
    assert names(ad) == []
    assert ad.dns(BRANCH_GROUPS, "(objectClass=group)") == [f"CN=World,{BRANCH_GROUPS}"]


def test_each_change_comes_in_its_own_time(lagging):
    lagging.add(SALES)
    lagging.app.clock.sleep(LAG_S / 2)
    lagging.rename(SALES, "CN=World")
    lagging.app.clock.sleep(LAG_S / 2)
    assert names(lagging) == ["CN=Sales"]
    lagging.app.clock.sleep(LAG_S / 2)
    assert names(lagging) == ["CN=World"]


def test_a_refused_change_is_nowhere(lagging):
    assert told(lagging.add(f"CN=x,OU=Nowhere,{GROUPS}")) == (32, "0000208D")
    assert len(lagging.app.state._replication._lacking) == 0


def test_without_lag_there_is_nothing_to_wait_for(lagging):
    lagging.add(SALES)
    lagging.app.change_setting("replication_lag_s", 0)
    assert names(lagging) == ["CN=Sales"]
    lagging.rename(SALES, "CN=World")
    lagging.app.change_setting("replication_lag_s", LAG_S)

    assert names(lagging) == ["CN=World"]


def test_what_the_second_one_has_is_forgotten(lagging):
    lagging.add(SALES)
    pass_lag(lagging)
    lagging.add(f"CN=Legal,{GROUPS}")

    assert [one.old for one in lagging.app.state._replication._lacking] == [None]


def test_a_comparison_is_answered_by_the_second_one(make):
    ad = make()
    sales = ad.group("Sales")
    ad.app.change_setting("replication_lag_s", LAG_S)
    ad.rename(by_guid(sales), "CN=World")

    assert ad.app.state.compare(by_guid(sales), "cn", b"Sales")
    pass_lag(ad)
    assert ad.app.state.compare(by_guid(sales), "cn", b"World")


def test_the_console_is_on_the_first_one_and_its_changes_are_late_for_others(lagging):
    sales = lagging.group("Sales")

    assert [group.id for group in lagging.admin.groups()] == [sales]
    assert names(lagging) == []


def test_what_is_still_to_come_outlives_the_process(lagging, tmp_path):
    journal = keep_state(lagging.app, tmp_path, seed=7)
    lagging.add(SALES)
    journal.close()
    again = APP.create(seed=7, clock=lagging.app.clock)
    keep_state(again, tmp_path, seed=7).close()
    reader = type(lagging)(again)

    assert names(reader) == []
    pass_lag(reader)
    assert names(reader) == ["CN=Sales"]
