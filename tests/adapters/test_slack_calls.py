"""The Slack adapter makes no more calls than Slack needs."""

import pytest

from harness.model import GroupPlan
from tests.adapters.rig import added, done, made, removed, rig
from tests.benchmarks.minimum import Fewest, minimum


@pytest.fixture
def org():
    return rig("slack")


def counted(sent):
    return Fewest(len(sent), len(sent))


@pytest.mark.parametrize("n", [0, 1, 20, 300])
def test_a_group_of_any_size_is_made_in_one_call(org, n):
    accounts = org.accounts(n)

    target_id = made(org.adapter.create_group(GroupPlan("key", "Sales", tuple(accounts))))

    assert org.members(target_id) == set(accounts)
    assert counted(org.sent()) == minimum("slack", "create", n)


def test_members_beyond_what_one_request_may_name_take_another_call(org):
    accounts = org.accounts(15_001)

    outcomes = done(org.adapter.create_group(GroupPlan("key", "Sales", tuple(accounts))))

    assert [len(outcome.added) for outcome in outcomes] == [15_000, 1]
    assert counted(org.sent()) == minimum("slack", "create", 15_001)


@pytest.mark.parametrize("n", [1, 20, 300])
@pytest.mark.parametrize("operation", ["add", "remove", "replace"])
def test_members_change_in_one_call(org, operation, n):
    target_id, wanted = org.change(operation, n)

    assert org.members(target_id) == wanted
    assert counted(org.sent()) == minimum("slack", operation, n)


def test_those_who_join_and_those_who_leave_share_a_call(org):
    accounts = org.accounts(40)
    target_id = org.admin.add_group("Sales", member_ids=accounts[:20])

    outcomes = done(org.adapter.change_members(target_id, add=accounts[20:], remove=accounts[:20]))

    assert (added(outcomes), removed(outcomes)) == (set(accounts[20:]), set(accounts[:20]))
    assert org.members(target_id) == set(accounts[20:])
    assert len(org.sent()) == 1


def test_everybody_is_taken_out_in_one_call(org):
    target_id = org.admin.add_group("Sales", member_ids=org.accounts(3))

    done(org.adapter.replace_members(target_id, []))

    assert org.members(target_id) == set()
    assert counted(org.sent()) == minimum("slack", "replace", 0)


@pytest.mark.parametrize("operation", ["rename", "delete"])
def test_a_group_is_renamed_or_deleted_in_one_call(org, operation):
    target_id = org.admin.add_group("Sales", member_ids=org.accounts(3))
    adapter = org.adapter

    steps = {
        "rename": lambda: adapter.rename_group(target_id, "Marketing"),
        "delete": lambda: adapter.delete_group(target_id),
    }
    done(steps[operation]())

    (call,) = org.sent()
    assert counted([call]) == minimum("slack", operation)
    assert "members" not in call.request


def test_a_change_of_nobody_makes_no_call(org):
    target_id = org.admin.add_group("Sales")

    assert list(org.adapter.change_members(target_id, add=[], remove=[])) == []
    assert org.sent() == []


def test_lists_take_a_page_per_thousand(org):
    accounts = org.accounts(1001)

    outcomes = done(org.adapter.list_accounts())

    assert [account.id for outcome in outcomes for account in outcome.accounts] == accounts
    assert len(org.sent()) == 2
