"""The Box adapter against the fake enterprise: what it does, and in how few calls."""

import json

import pytest

from harness.errors import ErrorKind
from harness.model import Account, Effect, GroupPlan
from tests.adapters.rig import added, done, failed, made, person, refused, removed, rig
from tests.benchmarks.minimum import Fewest, minimum

ODD_NAMES = [
    "Größe & Söhne",
    "Продажи",
    "営業部",
    "O'Neil's \"best\"",
    "R&D/Ops",
    "100% #1 + a=b?",
    "ends with spaces  ",
    " begins so",
    "%27%2F",
    "x" * 255,
]


@pytest.fixture
def tenant():
    return rig("box")


def groups(steps):
    return [group for outcome in done(steps) for group in outcome.groups]


def accounts(steps):
    return [account for outcome in done(steps) for account in outcome.accounts]


def counted(sent):
    return Fewest(len(sent), len(sent))


def operations(tenant):
    return [call.operation.removeprefix("box.") for call in tenant.sent()]


# --- fewest calls ------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [0, 1, 2, 20])
def test_a_group_is_created_with_the_fewest_calls(tenant, n):
    members = tenant.accounts(n)

    target_id = made(tenant.adapter.create_group(GroupPlan("key", "Sales", tuple(members))))

    assert tenant.members(target_id) == set(members)
    assert counted(tenant.sent()) == minimum("box", "create", n)


@pytest.mark.parametrize("n", [1, 2, 20])
def test_members_are_added_and_removed_again_with_the_fewest_calls(tenant, n):
    members = tenant.accounts(n)
    target_id = tenant.admin.add_group("Sales")

    outcomes = done(tenant.adapter.change_members(target_id, add=members, remove=[]))
    assert added(outcomes) == tenant.members(target_id) == set(members)
    assert counted(tenant.sent()) == minimum("box", "add", n)

    outcomes = done(tenant.adapter.change_members(target_id, add=[], remove=members))
    assert removed(outcomes) == set(members)
    assert tenant.members(target_id) == set()
    assert counted(tenant.sent()) == minimum("box", "remove", n)


@pytest.mark.parametrize("n", [2, 20, 1000, 1001])
def test_half_the_members_are_replaced_with_the_fewest_calls(tenant, n):
    members = tenant.accounts(n + 1)
    target_id = tenant.admin.add_group("Sales", member_ids=members[:n])
    wanted = members[1:] if n > 20 else [*members[n // 2 : n], *tenant.accounts(n // 2, 5000)]

    outcomes = done(tenant.adapter.replace_members(target_id, wanted))

    assert tenant.members(target_id) == set(wanted)
    assert len(added(outcomes)) == len(removed(outcomes)) == (1 if n > 20 else n // 2)
    fewest = minimum("box", "replace", n).calls - (2 * (n // 2) - 2 if n > 20 else 0)
    assert len(tenant.sent()) == fewest


def test_a_replacement_that_changes_nothing_only_reads(tenant):
    members = tenant.accounts(5)
    target_id = tenant.admin.add_group("Sales", member_ids=members)

    done(tenant.adapter.replace_members(target_id, members))

    assert operations(tenant) == ["list_group_memberships"]


@pytest.mark.parametrize("operation", ["rename", "delete"])
def test_a_group_is_renamed_or_deleted_in_one_call(tenant, operation):
    target_id = tenant.admin.add_group("Sales")
    steps = {
        "rename": lambda: tenant.adapter.rename_group(target_id, "Marketing"),
        "delete": lambda: tenant.adapter.delete_group(target_id),
    }

    done(steps[operation]())

    assert counted(tenant.sent()) == minimum("box", operation)
    assert [(group.name, group.deleted) for group in tenant.admin.groups()] == (
        [("Marketing", False)] if operation == "rename" else [("Sales", True)]
    )


def test_a_change_of_nobody_makes_no_call(tenant):
    target_id = tenant.admin.add_group("Sales")

    assert list(tenant.adapter.change_members(target_id, add=[], remove=[])) == []
    assert counted(tenant.sent()) == minimum("box", "noop")


# --- accounts ----------------------------------------------------------------------------------


def test_an_account_is_created_and_found_by_its_whole_login(tenant):
    tenant.admin.add_account("ana@example.test.example", {})
    account_id = made(tenant.adapter.create_account(person("ana@example.test")))

    found = accounts(tenant.adapter.find_accounts("ANA@example.test", ""))

    assert found == [Account(account_id, "ana@example.test", "ana@example.test")]


def test_an_account_is_found_by_email_where_no_login_is_that(tenant):
    account_id = tenant.admin.add_account("mail@example.test", {})

    found = accounts(tenant.adapter.find_accounts("ana@example.test", "mail@example.test"))

    assert [account.id for account in found] == [account_id]
    assert accounts(tenant.adapter.find_accounts("nobody@example.test", "")) == []


def test_a_login_taken_anywhere_in_box_exists():
    tenant = rig("box", settings={"foreign_logins": ("ana@example.test",)})

    outcome = failed(tenant.adapter.create_account(person("ana@example.test")))

    assert (outcome.error.kind, outcome.error.code) == (
        ErrorKind.EXISTS,
        "user_login_already_used",
    )
    assert accounts(tenant.adapter.find_accounts("ana@example.test", "")) == []


def test_only_what_changed_is_sent_for_an_account(tenant):
    account_id = made(tenant.adapter.create_account(person("ana@example.test")))
    account = Account(account_id, "ana@example.test")
    tenant.sent()

    done(tenant.adapter.update_account(account, person("ANA@example.test", last_name="Lima")))
    done(tenant.adapter.update_account(account, person("lima@example.test", last_name="Lima")))

    assert [json.loads(call.request) for call in tenant.sent()] == [
        {"name": "Ana Lima"},
        {"name": "Ana Lima", "login": "lima@example.test"},
    ]


@pytest.mark.parametrize("active", [True, False])
def test_an_account_is_suspended_and_reactivated(tenant, active):
    status = "inactive" if active else "active"
    account_id = tenant.admin.add_account("ana@example.test", {"status": status})

    done(tenant.adapter.set_active(account_id, active=active))

    assert tenant.admin.accounts()[0].active is active
    assert accounts(tenant.adapter.list_accounts())[0].active is active


def test_an_account_is_deleted_with_its_content_and_again(tenant):
    account_id = tenant.admin.add_account("ana@example.test", {"owns_content": True})

    done(tenant.adapter.delete_account(account_id))
    done(tenant.adapter.delete_account(account_id))

    assert [account.deleted for account in tenant.admin.accounts()] == [True]


def test_a_missing_account_is_named(tenant):
    for steps in (
        tenant.adapter.set_active("1", active=False),
        tenant.adapter.update_account(Account("1", ""), person("ana@example.test")),
    ):
        outcome = failed(steps)
        assert (outcome.error.kind, outcome.error.missing) == (ErrorKind.NOT_FOUND, "account")


def test_accounts_are_listed_by_markers_which_reach_further_than_offsets(tenant):
    known = tenant.accounts(2001)

    found = accounts(tenant.adapter.list_accounts())

    assert [account.id for account in found] == known
    assert [("&marker=" in call.path, "offset=" in call.path) for call in tenant.sent()] == [
        (False, False),
        (True, False),
        (True, False),
    ]


# --- groups ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_group_of_an_odd_name_is_created_found_and_renamed(tenant, name):
    target_id = made(tenant.adapter.create_group(GroupPlan("key", name)))
    assert [group.id for group in groups(tenant.adapter.find_groups(name, None))] == [target_id]

    done(tenant.adapter.rename_group(target_id, "Plain"))
    done(tenant.adapter.rename_group(target_id, name))

    assert tenant.group(target_id).name == name


def test_a_name_that_is_too_long_is_refused_as_box_says(tenant):
    outcome = failed(tenant.adapter.create_group(GroupPlan("key", "x" * 256)))

    assert outcome.error.kind is ErrorKind.REFUSED
    assert outcome.error.detail == "Bad Request. Errors reported by remote server: Bad Request"


def test_siblings_that_start_with_the_name_are_not_the_group(tenant):
    for name in ("Sales EMEA", "sales"):
        tenant.admin.add_group(name)

    assert groups(tenant.adapter.find_groups("Sales", None)) == []


def test_a_found_group_brings_its_key_along_and_is_found_by_it_after_a_rename(tenant):
    target_id = made(tenant.adapter.create_group(GroupPlan("gPm1", "Sales")))
    assert groups(tenant.adapter.find_groups("Sales", None))[0].attributes == {"key": "gPm1"}
    tenant.admin.rename_group(target_id, "Marketing")

    (found,) = groups(tenant.adapter.find_by_key("gPm1"))

    assert (found.id, found.name) == (target_id, "Marketing")
    assert groups(tenant.adapter.find_by_key("gPm404")) == []


def test_the_key_is_looked_for_on_every_page_until_it_is_there(tenant):
    for number in range(1000):
        tenant.admin.add_group(f"g{number}")
    target_id = made(tenant.adapter.create_group(GroupPlan("gPm1", "Sales")))
    tenant.sent()

    (found,) = groups(tenant.adapter.find_by_key("gPm1"))

    assert found.id == target_id
    assert len(tenant.sent()) == 2


def test_creating_the_same_mapping_twice_makes_one_group(tenant):
    plan = GroupPlan("gPm1", "Sales", tuple(tenant.accounts(3)))
    first = made(tenant.adapter.create_group(plan))

    outcomes = done(tenant.adapter.create_group(plan))

    assert [group.id for group in tenant.admin.groups()] == [first]
    assert first in {outcome.id for outcome in outcomes}
    assert added(outcomes) == set(plan.member_ids)


@pytest.mark.parametrize("name", ["Sales", "SALES"])
def test_a_foreign_group_of_the_name_is_never_adopted(tenant, name):
    members = tenant.accounts(2)
    tenant.admin.add_group(name)

    outcome = failed(tenant.adapter.create_group(GroupPlan("gPm1", "Sales", tuple(members))))

    assert outcome.error.kind is ErrorKind.EXISTS
    assert outcome.error.detail == (
        "Conflict. Errors reported by remote server: Resource with the same name already exists"
    )
    assert tenant.admin.groups()[0].member_ids == ()


def test_renaming_to_a_taken_name_exists(tenant):
    tenant.admin.add_group("Sales")
    target_id = tenant.admin.add_group("Support")

    assert failed(tenant.adapter.rename_group(target_id, "Sales")).error.kind is ErrorKind.EXISTS


def test_the_group_of_all_users_is_no_target():
    tenant = rig("box", quirks={"Q18": True})
    tenant.admin.add_group("Sales")

    assert [group.name for group in groups(tenant.adapter.list_groups())] == ["Sales"]


def test_a_pushed_group_stays_open_to_its_administrators(tenant):
    target_id = made(tenant.adapter.create_group(GroupPlan("gPm1", "Sales")))

    tenant.admin.add_members(target_id, tenant.accounts(1))

    assert len(tenant.members(target_id)) == 1


# --- members -----------------------------------------------------------------------------------


def test_adding_who_is_there_and_removing_who_is_not_is_done(tenant):
    members = tenant.accounts(4)
    target_id = tenant.admin.add_group("Sales", member_ids=members[:2])

    outcomes = done(tenant.adapter.change_members(target_id, add=members[:2], remove=members[2:]))

    assert (added(outcomes), removed(outcomes)) == (set(members[:2]), set(members[2:]))
    assert tenant.members(target_id) == set(members[:2])


def test_one_unknown_membership_is_looked_up_in_the_users_own_list(tenant):
    members = tenant.accounts(3)
    tenant.admin.add_group("Other", member_ids=members)
    target_id = tenant.admin.add_group("Sales", member_ids=members)

    done(tenant.adapter.change_members(target_id, add=[], remove=[members[1]]))

    assert tenant.members(target_id) == {members[0], members[2]}
    assert operations(tenant) == ["list_user_memberships", "delete_membership"]


def test_several_unknown_memberships_are_looked_up_in_the_groups_list(tenant):
    members = tenant.accounts(5)
    target_id = tenant.admin.add_group("Sales", member_ids=members[:4])

    outcomes = done(tenant.adapter.change_members(target_id, add=[], remove=members[2:]))

    assert removed(outcomes) == set(members[2:])
    assert tenant.members(target_id) == set(members[:2])
    assert operations(tenant) == [
        "list_group_memberships",
        "delete_membership",
        "delete_membership",
    ]


def test_reading_stops_where_all_have_been_found(tenant):
    members = tenant.accounts(1500)
    target_id = tenant.admin.add_group("Sales", member_ids=members)

    done(tenant.adapter.change_members(target_id, add=[], remove=members[:2]))

    assert operations(tenant).count("list_group_memberships") == 1


def test_a_membership_that_was_replaced_by_hand_is_found_again(tenant):
    (member,) = tenant.accounts(1)
    target_id = made(tenant.adapter.create_group(GroupPlan("key", "Sales", (member,))))
    tenant.admin.remove_members(target_id, [member])
    tenant.admin.add_members(target_id, [member])

    outcomes = done(tenant.adapter.change_members(target_id, add=[], remove=[member]))

    assert removed(outcomes) == {member}
    assert tenant.members(target_id) == set()


def test_members_whom_hands_took_out_already_are_removed(tenant):
    members = tenant.accounts(3)
    target_id = made(tenant.adapter.create_group(GroupPlan("key", "Sales", tuple(members))))
    tenant.admin.remove_members(target_id, members)

    for leaving in (members[:1], members[1:]):
        outcomes = done(tenant.adapter.change_members(target_id, add=[], remove=leaving))
        assert removed(outcomes) == set(leaving)


@pytest.mark.parametrize("count", [1, 2])
def test_members_whose_accounts_are_gone_are_removed(tenant, count):
    members = tenant.accounts(count)
    target_id = tenant.admin.add_group("Sales", member_ids=members)
    for member in members:
        tenant.admin.delete_account(member)

    outcomes = done(tenant.adapter.change_members(target_id, add=[], remove=members))

    assert removed(outcomes) == set(members)


def test_members_beyond_the_reach_of_offsets_are_removed_one_by_one(tenant):
    members = tenant.accounts(11_002)
    target_id = tenant.admin.add_group("Sales", member_ids=members)

    leaving = [members[0], *members[-2:]]
    outcomes = done(tenant.adapter.change_members(target_id, add=[], remove=leaving))

    assert removed(outcomes) == set(leaving)
    assert len(tenant.members(target_id)) == 10_999
    assert operations(tenant) == [
        *["list_group_memberships"] * 11,
        "delete_membership",
        *["list_user_memberships", "delete_membership"] * 2,
    ]


def test_a_membership_that_cannot_be_read_to_its_end_is_not_replaced(tenant):
    members = tenant.accounts(11_001)
    target_id = tenant.admin.add_group("Sales", member_ids=members)

    outcome = failed(tenant.adapter.replace_members(target_id, members[:1]))

    assert outcome.error.kind is ErrorKind.REFUSED
    assert len(tenant.members(target_id)) == 11_001


def test_missing_and_barred_accounts_are_refused_by_name_and_the_others_arrive():
    tenant = rig("box", settings={"barred_logins": ("user00001@example.test",)})
    members = tenant.accounts(5)
    tenant.admin.delete_account(members[3])
    tenant.admin.roll_out(members[4])

    outcomes = done(tenant.adapter.create_group(GroupPlan("key", "Sales", tuple(members))))

    errors = refused(outcomes)
    assert {member: (e.kind, e.missing) for member, e in errors.items()} == {
        members[1]: (ErrorKind.REFUSED, ""),
        members[3]: (ErrorKind.NOT_FOUND, "account"),
        members[4]: (ErrorKind.NOT_FOUND, "account"),
    }
    (group,) = tenant.admin.groups()
    assert set(group.member_ids) == added(outcomes) == {members[0], members[2]}


def test_inactive_users_are_refused_alone_where_box_does_not_take_them():
    tenant = rig("box", quirks={"Q26": False})
    members = tenant.accounts(2)
    tenant.admin.set_account_active(members[0], active=False)
    target_id = tenant.admin.add_group("Sales")

    outcomes = done(tenant.adapter.change_members(target_id, add=members, remove=[]))

    assert set(refused(outcomes)) == {members[0]}
    assert tenant.members(target_id) == {members[1]}


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_missing_group_is_named_whatever_was_asked_of_it(tenant, count):
    ids = tenant.accounts(count)
    target_id = tenant.admin.add_group("Sales", member_ids=ids)
    tenant.admin.delete_group(target_id)

    for steps in (
        tenant.adapter.change_members(target_id, add=ids, remove=[]),
        tenant.adapter.change_members(target_id, add=[], remove=ids),
        tenant.adapter.replace_members(target_id, ids),
        tenant.adapter.rename_group(target_id, "Other"),
        tenant.adapter.list_members(target_id),
        tenant.adapter.delete_group(target_id),
    ):
        outcome = failed(steps)
        assert (outcome.error.kind, outcome.error.missing) == (ErrorKind.NOT_FOUND, "group")


def test_removing_from_a_group_that_went_after_the_push_names_the_group(tenant):
    members = tuple(tenant.accounts(2))
    target_id = made(tenant.adapter.create_group(GroupPlan("key", "Sales", members)))
    tenant.admin.delete_group(target_id)

    for leaving in (members, members[:1]):
        outcome = failed(tenant.adapter.change_members(target_id, add=[], remove=leaving))
        assert outcome.error.missing == "group"


def test_gaps_in_pages_lose_nobody():
    tenant = rig("box", quirks={"Q8": True})
    members = tenant.accounts(1100)
    target_id = tenant.admin.add_group("Sales", member_ids=members)

    outcomes = done(tenant.adapter.replace_members(target_id, members[1:]))

    assert removed(outcomes) == {members[0]}
    assert added(outcomes) == set()
    assert tenant.members(target_id) == set(members[1:])


def test_a_half_read_membership_changes_nothing(tenant):
    members = tenant.accounts(1100)
    target_id = tenant.admin.add_group("Sales", member_ids=members)
    tenant.arm("box.list_group_memberships", "unavailable", skip=1)

    failed(tenant.adapter.replace_members(target_id, members[:1]))

    assert tenant.members(target_id) == set(members)


def test_a_throttled_add_tells_the_wait_and_what_was_done(tenant):
    members = tenant.accounts(3)
    target_id = tenant.admin.add_group("Sales")
    tenant.arm("box.create_membership", "throttle", skip=1, retry_after="100")

    outcomes = list(tenant.adapter.change_members(target_id, add=members, remove=[]))

    assert (outcomes[-1].error.kind, outcomes[-1].error.retry_after_s) == (
        ErrorKind.THROTTLED,
        100.0,
    )
    assert outcomes[-1].effect is Effect.REFUSED
    assert added(outcomes) == tenant.members(target_id) == {members[0]}
