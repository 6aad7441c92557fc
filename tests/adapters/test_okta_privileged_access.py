"""The adapter of Okta Privileged Access: its calls, and what its refusals come to."""

import pytest

from harness.errors import ErrorKind
from harness.model import GroupPlan
from tests.adapters.rig import added, done, failed, made, person, removed, rig
from tests.benchmarks.minimum import Fewest, minimum

OPA = "okta_privileged_access"


@pytest.fixture
def team():
    return rig(OPA)


def counted(sent):
    return Fewest(len(sent), len(sent))


@pytest.mark.parametrize("n", [0, 1, 300])
def test_a_group_of_any_size_is_made_in_one_call(team, n):
    accounts = team.accounts(n)

    target_id = made(team.adapter.create_group(GroupPlan("key", "Sales", tuple(accounts))))

    assert team.members(target_id) == set(accounts)
    assert counted(team.sent()) == minimum(OPA, "create", n)


@pytest.mark.parametrize("operation", ["add", "remove", "replace"])
def test_members_change_in_one_call(team, operation):
    target_id, wanted = team.change(operation, 20)

    assert team.members(target_id) == wanted
    assert counted(team.sent()) == minimum(OPA, operation, 20)


def test_those_who_join_and_those_who_leave_share_a_call(team):
    accounts = team.accounts(4)
    target_id = team.admin.add_group("Sales", member_ids=accounts[:2])

    outcomes = done(team.adapter.change_members(target_id, add=accounts[2:], remove=accounts[:2]))

    assert (added(outcomes), removed(outcomes)) == (set(accounts[2:]), set(accounts[:2]))
    assert len(team.sent()) == 1


@pytest.mark.parametrize("operation", ["rename", "delete"])
def test_a_group_is_renamed_or_deleted_in_one_call(team, operation):
    target_id = team.admin.add_group("Sales")
    adapter = team.adapter

    steps = {
        "rename": lambda: adapter.rename_group(target_id, "Marketing"),
        "delete": lambda: adapter.delete_group(target_id),
    }
    done(steps[operation]())

    assert counted(team.sent()) == minimum(OPA, operation)


def test_a_local_group_is_not_found_and_its_name_is_taken(team):
    team.admin.add_group("Sales", kind="local")

    found = [group for o in done(team.adapter.find_groups("Sales", None)) for group in o.groups]
    refusal = failed(team.adapter.create_group(GroupPlan("key", "Sales", ()))).error

    assert found == []
    assert (refusal.kind, refusal.code) == (ErrorKind.EXISTS, "uniqueness")


def test_a_missing_right_is_told_as_such(team):
    team.arm(f"{OPA}.scim_create_user", "permission_denied")

    error = failed(team.adapter.create_account(person("ana@example.test"))).error

    assert (error.kind, error.code) == (ErrorKind.REFUSED, "permission_denied")
