"""No adapter makes more calls than its app needs."""

import pytest

from harness.model import GroupPlan
from tests.adapters.rig import done, made, rig
from tests.benchmarks.minimum import Fewest, minimum

SIZES = (0, 1, 2, 19, 20, 21, 22, 400, 401, 420, 421, 820, 1000)


def counted(sent):
    """HTTP calls, and the requests of batches or operations of agent calls within them."""
    return Fewest(len(sent), sum(len(call.inner) or 1 for call in sent))


@pytest.mark.parametrize("n", SIZES)
def test_a_group_is_created_on_microsoft_365_with_the_fewest_calls(n):
    tenant = rig("o365")
    accounts = tenant.accounts(n)

    target_id = made(tenant.adapter.create_group(GroupPlan("key", "Sales", tuple(accounts))))

    assert tenant.members(target_id) == set(accounts)
    assert counted(tenant.sent()) == minimum("o365", "create", n)


@pytest.mark.parametrize("n", [1, 20, 21, 400, 401])
def test_members_are_added_on_microsoft_365_with_the_fewest_calls(n):
    tenant = rig("o365")
    accounts = tenant.accounts(n)
    target_id = tenant.admin.add_group("Sales")

    done(tenant.adapter.change_members(target_id, add=accounts, remove=[]))

    assert tenant.members(target_id) == set(accounts)
    assert counted(tenant.sent()) == minimum("o365", "add", n)


@pytest.mark.parametrize("n", [1, 20, 21, 41])
def test_members_are_removed_on_microsoft_365_with_the_fewest_calls(n):
    tenant = rig("o365")
    accounts = tenant.accounts(n)
    target_id = tenant.admin.add_group("Sales", member_ids=accounts)

    done(tenant.adapter.change_members(target_id, add=[], remove=accounts))

    assert tenant.members(target_id) == set()
    assert counted(tenant.sent()) == minimum("o365", "remove", n)


@pytest.mark.parametrize("n", [2, 20, 100, 998, 999, 1000])
def test_half_the_members_are_replaced_on_microsoft_365_with_the_fewest_calls(n):
    tenant = rig("o365")
    accounts = tenant.accounts(n + n // 2)
    target_id = tenant.admin.add_group("Sales", member_ids=accounts[:n])
    wanted = accounts[n // 2 :]

    done(tenant.adapter.replace_members(target_id, wanted))

    assert tenant.members(target_id) == set(wanted)
    assert counted(tenant.sent()) == minimum("o365", "replace", n)


def test_a_replacement_that_changes_nothing_only_reads():
    tenant = rig("o365")
    accounts = tenant.accounts(5)
    target_id = tenant.admin.add_group("Sales", member_ids=accounts)

    done(tenant.adapter.replace_members(target_id, accounts))

    assert [call.operation for call in tenant.sent()] == ["o365.list_members"]


@pytest.mark.parametrize("operation", ["rename", "delete"])
def test_a_group_is_renamed_or_deleted_on_microsoft_365_in_one_call(operation):
    tenant = rig("o365")
    target_id = tenant.admin.add_group("Sales")
    adapter = tenant.adapter

    steps = {
        "rename": lambda: adapter.rename_group(target_id, "Marketing"),
        "delete": lambda: adapter.delete_group(target_id),
    }
    done(steps[operation]())

    assert counted(tenant.sent()) == minimum("o365", operation)


def test_a_change_of_nobody_makes_no_call():
    tenant = rig("o365")
    target_id = tenant.admin.add_group("Sales")

    done_nothing = list(tenant.adapter.change_members(target_id, add=[], remove=[]))

    assert done_nothing == []
    assert counted(tenant.sent()) == minimum("o365", "noop")


def directory_with(n):
    directory = rig("active_directory")
    return directory, directory.accounts(n), directory.admin.credentials()["groups_dn"]


@pytest.mark.parametrize("n", [0, 1, 20, 420, 1000])
def test_a_group_is_created_in_a_directory_with_the_fewest_calls(n):
    directory, accounts, place = directory_with(n)
    plan = GroupPlan("key", "Sales", tuple(accounts), place=place)

    target_id = made(directory.adapter.create_group(plan))

    assert directory.members(target_id) == set(accounts)
    assert counted(directory.sent()) == minimum("active_directory", "create", n)


def test_a_group_of_5001_is_still_created_in_one_agent_call():
    directory, accounts, place = directory_with(5001)
    plan = GroupPlan("key", "Sales", tuple(accounts), place=place)

    target_id = made(directory.adapter.create_group(plan))

    assert directory.members(target_id) == set(accounts)
    assert counted(directory.sent()) == Fewest(1, 3)


@pytest.mark.parametrize("operation", ["add", "remove", "replace"])
def test_members_of_a_directory_group_change_in_one_call(operation):
    directory, accounts, _ = directory_with(30)
    target_id = directory.admin.add_group("Sales", member_ids=accounts[:20])
    adapter = directory.adapter

    steps = {
        "add": lambda: adapter.change_members(target_id, add=accounts[20:], remove=[]),
        "remove": lambda: adapter.change_members(target_id, add=[], remove=accounts[:10]),
        "replace": lambda: adapter.replace_members(target_id, accounts[10:]),
    }
    done(steps[operation]())

    assert counted(directory.sent()) == minimum("active_directory", operation, 10)


@pytest.mark.parametrize("operation", ["rename", "delete"])
def test_a_directory_group_is_renamed_or_deleted_in_one_call(operation):
    directory = rig("active_directory")
    target_id = directory.admin.add_group("Sales")
    adapter = directory.adapter

    steps = {
        "rename": lambda: adapter.rename_group(target_id, "Marketing"),
        "delete": lambda: adapter.delete_group(target_id),
    }
    done(steps[operation]())

    assert counted(directory.sent()) == minimum("active_directory", operation)
