"""The SCIM adapter makes no more calls than the standard needs."""

import pytest

from harness.model import GroupPlan
from tests.adapters.rig import added, done, made, removed, rig
from tests.benchmarks.minimum import Fewest, minimum


@pytest.fixture
def service():
    return rig("scim")


def counted(sent):
    return Fewest(len(sent), len(sent))


@pytest.mark.parametrize("n", [0, 1, 20, 300])
def test_a_group_of_any_size_is_made_in_one_call(service, n):
    accounts = service.accounts(n)

    target_id = made(service.adapter.create_group(GroupPlan("key", "Sales", tuple(accounts))))

    assert service.members(target_id) == set(accounts)
    assert counted(service.sent()) == minimum("scim", "create", n)


@pytest.mark.parametrize("n", [1, 20, 300])
@pytest.mark.parametrize("operation", ["add", "remove", "replace"])
def test_members_change_in_one_call(service, operation, n):
    target_id, wanted = service.change(operation, n)

    assert service.members(target_id) == wanted
    assert counted(service.sent()) == minimum("scim", operation, n)


def test_those_who_join_and_those_who_leave_share_a_call(service):
    accounts = service.accounts(40)
    target_id = service.admin.add_group("Sales", member_ids=accounts[:20])

    outcomes = done(
        service.adapter.change_members(target_id, add=accounts[20:], remove=accounts[:20])
    )

    assert (added(outcomes), removed(outcomes)) == (set(accounts[20:]), set(accounts[:20]))
    assert len(service.sent()) == 1


@pytest.mark.parametrize("operation", ["rename", "delete"])
def test_a_group_is_renamed_or_deleted_in_one_call(service, operation):
    target_id = service.admin.add_group("Sales", member_ids=service.accounts(3))
    adapter = service.adapter

    steps = {
        "rename": lambda: adapter.rename_group(target_id, "Marketing"),
        "delete": lambda: adapter.delete_group(target_id),
    }
    done(steps[operation]())

    (call,) = service.sent()
    assert counted([call]) == minimum("scim", operation)
    assert "members" not in call.request


def test_lists_take_a_page_per_two_hundred(service):
    accounts = service.accounts(201)

    outcomes = done(service.adapter.list_accounts())

    assert [account.id for outcome in outcomes for account in outcome.accounts] == accounts
    assert len(service.sent()) == 2
