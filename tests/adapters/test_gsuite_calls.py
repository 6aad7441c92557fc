"""The Google adapter makes no more calls than Google needs."""

import pytest

from harness.model import GroupPlan
from tests.adapters.rig import done, made, rig
from tests.benchmarks.minimum import Fewest, minimum


def counted(sent):
    """HTTP calls, and the requests of batches within them."""
    return Fewest(len(sent), sum(len(call.inner) or 1 for call in sent))


@pytest.mark.parametrize("n", [0, 1, 2, 420, 1000, 1001])
def test_a_group_is_created_with_the_fewest_calls(n):
    tenant = rig("gsuite")
    accounts = tenant.accounts(n)

    target_id = made(tenant.adapter.create_group(GroupPlan("key", "Sales", tuple(accounts))))

    assert tenant.members(target_id) == set(accounts)
    assert counted(tenant.sent()) == minimum("gsuite", "create", n)


@pytest.mark.parametrize("n", [1, 2, 1000, 1001])
def test_members_are_added_with_the_fewest_calls(n):
    tenant = rig("gsuite")
    accounts = tenant.accounts(n)
    target_id = tenant.admin.add_group("Sales")

    done(tenant.adapter.change_members(target_id, add=accounts, remove=[]))

    assert tenant.members(target_id) == set(accounts)
    assert counted(tenant.sent()) == minimum("gsuite", "add", n)


@pytest.mark.parametrize("n", [1, 2, 41])
def test_members_are_removed_with_the_fewest_calls(n):
    tenant = rig("gsuite")
    accounts = tenant.accounts(n)
    target_id = tenant.admin.add_group("Sales", member_ids=accounts)

    done(tenant.adapter.change_members(target_id, add=[], remove=accounts))

    assert tenant.members(target_id) == set()
    assert counted(tenant.sent()) == minimum("gsuite", "remove", n)


@pytest.mark.parametrize("n", [2, 20, 199, 200, 201, 1001])
def test_half_the_members_are_replaced_with_the_fewest_calls(n):
    tenant = rig("gsuite")
    accounts = tenant.accounts(n + n // 2)
    target_id = tenant.admin.add_group("Sales", member_ids=accounts[:n])
    wanted = accounts[n // 2 : n // 2 + n]

    done(tenant.adapter.replace_members(target_id, wanted))

    assert tenant.members(target_id) == set(wanted)
    assert counted(tenant.sent()) == minimum("gsuite", "replace", n)


def test_a_replacement_that_changes_nothing_only_reads():
    tenant = rig("gsuite")
    accounts = tenant.accounts(5)
    target_id = tenant.admin.add_group("Sales", member_ids=accounts)

    done(tenant.adapter.replace_members(target_id, accounts))

    assert [call.operation for call in tenant.sent()] == ["gsuite.list_members"]


@pytest.mark.parametrize("operation", ["rename", "delete"])
def test_a_group_is_renamed_or_deleted_in_one_call(operation):
    tenant = rig("gsuite")
    target_id = tenant.admin.add_group("Sales")
    steps = {
        "rename": lambda: tenant.adapter.rename_group(target_id, "Marketing"),
        "delete": lambda: tenant.adapter.delete_group(target_id),
    }

    done(steps[operation]())

    assert counted(tenant.sent()) == minimum("gsuite", operation)


def test_a_change_of_nobody_makes_no_call():
    tenant = rig("gsuite")
    target_id = tenant.admin.add_group("Sales")

    assert list(tenant.adapter.change_members(target_id, add=[], remove=[])) == []
    assert counted(tenant.sent()) == minimum("gsuite", "noop")


def test_a_member_is_added_by_its_id_without_looking_it_up():
    tenant = rig("gsuite")
    (account,) = tenant.accounts(1)
    target_id = tenant.admin.add_group("Sales")

    done(tenant.adapter.change_members(target_id, add=[account], remove=[]))

    assert [call.operation for call in tenant.sent()] == ["gsuite.insert_member"]
