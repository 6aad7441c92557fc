"""The Microsoft 365 adapter against the fake tenant: what it does when nothing goes wrong."""

import json

import pytest

from harness.adapters.o365 import nickname
from harness.errors import ErrorKind
from harness.model import Account, GroupPlan
from tests.adapters.rig import TOKEN, added, done, failed, made, person, refused, removed, rig, run

ODD_NAMES = [
    "Größe & Söhne",
    "Продажи",
    "営業部",
    "O'Neil's \"best\"",
    "R&D/Ops",
    "100% #1 + a=b?",
    "comma, semicolon; <tag> \\ back",
    "(uniqueName='x') or 1 eq 1",
    "ends with spaces  ",
    " begins so",
    "%27%2F",
    "x" * 256,
]


@pytest.fixture
def tenant():
    return rig("o365")


def groups(steps):
    return [group for outcome in done(steps) for group in outcome.groups]


def accounts(steps):
    return [account for outcome in done(steps) for account in outcome.accounts]


# --- accounts ----------------------------------------------------------------------------------


def test_an_account_is_created_with_its_names_and_can_be_found_by_login(tenant):
    account_id = made(tenant.adapter.create_account(person("ana@example.test")))

    found = accounts(tenant.adapter.find_accounts("ana@example.test", ""))

    assert found == [Account(account_id, "ana@example.test", "ana@example.test")]


def test_an_account_is_found_by_email_too(tenant):
    account_id = tenant.admin.add_account("old@example.test", {"mail": "ana@example.test"})

    found = accounts(tenant.adapter.find_accounts("nobody@example.test", "ana@example.test"))

    assert [account.id for account in found] == [account_id]


def test_finding_nobody_is_done_with_nobody(tenant):
    assert accounts(tenant.adapter.find_accounts("nobody@example.test", "")) == []


def test_a_login_with_quotes_finds_only_its_own_account(tenant):
    tenant.admin.add_account("ana@example.test", {})
    quoted = tenant.admin.add_account("o'neil@example.test", {})

    found = accounts(tenant.adapter.find_accounts("o'neil@example.test", "' or mail eq 'x"))

    assert [account.id for account in found] == [quoted]


def test_a_taken_login_exists(tenant):
    tenant.admin.add_account("ana@example.test", {})

    outcome = failed(tenant.adapter.create_account(person("ana@example.test")))

    assert outcome.error.kind is ErrorKind.EXISTS


def test_a_login_of_a_strange_domain_is_refused_with_graphs_sentence(tenant):
    outcome = failed(tenant.adapter.create_account(person("ana@elsewhere.test")))

    assert outcome.error.kind is ErrorKind.REFUSED
    assert "verified domain names" in outcome.error.message


def test_the_option_domain_maps_logins_into_the_tenant():
    tenant = rig("o365", options={"domain": "example.test"})

    account_id = made(tenant.adapter.create_account(person("ana@elsewhere.test")))

    (account,) = tenant.admin.accounts()
    assert (account.id, account.login) == (account_id, "ana@example.test")


def test_a_login_without_a_domain_gets_the_tenants(tenant):
    made(tenant.adapter.create_account(person("ana", email="")))

    assert tenant.admin.accounts()[0].login == "ana@example.onmicrosoft.com"


def test_an_account_of_odd_letters_gets_a_legal_nickname(tenant):
    odd = person("a.b-c_d'e@example.test", first_name="Ñandú", last_name="")

    assert made(tenant.adapter.create_account(odd))


def test_the_first_password_is_never_in_the_ledger(tenant):
    made(tenant.adapter.create_account(person("ana@example.test")))

    (created,) = tenant.sent()
    assert json.loads(created.request)["passwordProfile"]["password"] == "***"


def test_only_what_changed_is_sent_for_an_account(tenant):
    account_id = made(tenant.adapter.create_account(person("ana@example.test")))
    account = Account(account_id, "ana@example.test", "ana@example.test")
    tenant.sent()

    renamed = person("ana.lima@example.test", email="ana@example.test", last_name="Lima")
    done(tenant.adapter.update_account(account, renamed))

    (call,) = tenant.sent()
    assert json.loads(call.request) == {
        "displayName": "Ana Lima",
        "givenName": "Ana",
        "surname": "Lima",
        "userPrincipalName": "ana.lima@example.test",
    }


@pytest.mark.parametrize("active", [True, False])
def test_an_account_is_suspended_and_reactivated(tenant, active):
    account_id = tenant.admin.add_account("ana@example.test", {"accountEnabled": not active})

    done(tenant.adapter.set_active(account_id, active=active))

    assert tenant.admin.accounts()[0].active is active
    assert accounts(tenant.adapter.list_accounts())[0].active is active


def test_a_deleted_account_can_be_deleted_again(tenant):
    account_id = tenant.admin.add_account("ana@example.test", {})

    done(tenant.adapter.delete_account(account_id))
    done(tenant.adapter.delete_account(account_id))

    assert accounts(tenant.adapter.list_accounts()) == []


def test_suspending_a_missing_account_names_the_account(tenant):
    account_id = tenant.admin.add_account("ana@example.test", {})
    tenant.admin.delete_account(account_id)

    outcome = failed(tenant.adapter.set_active(account_id, active=False))

    assert (outcome.error.kind, outcome.error.missing) == (ErrorKind.NOT_FOUND, "account")


def test_all_accounts_are_listed_page_by_page(tenant):
    made_ids = tenant.accounts(1000)

    found = accounts(tenant.adapter.list_accounts())

    assert [account.id for account in found] == made_ids
    assert len(tenant.sent()) == 2


# --- groups ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_group_of_an_odd_name_is_created_found_and_renamed(tenant, name):
    target_id = made(tenant.adapter.create_group(GroupPlan("key", name)))
    assert [group.id for group in groups(tenant.adapter.find_groups(name, None))] == [target_id]

    done(tenant.adapter.rename_group(target_id, "Plain"))
    done(tenant.adapter.rename_group(target_id, name))

    assert tenant.group(target_id).name == name


def test_a_name_of_257_characters_is_refused_as_the_target_says(tenant):
    outcome = failed(tenant.adapter.create_group(GroupPlan("key", "x" * 257)))

    assert outcome.error.kind is ErrorKind.REFUSED
    assert "displayName" in outcome.error.message
    assert tenant.admin.groups() == []


def test_finding_a_name_brings_every_group_of_exactly_that_name(tenant):
    twins = {tenant.admin.add_group("Sales"), tenant.admin.add_group("Sales")}
    tenant.admin.add_group("sales")
    tenant.admin.add_group("Sales EMEA")

    found = groups(tenant.adapter.find_groups("Sales", None))

    assert {group.id for group in found} == twins


def test_a_found_group_brings_its_key_along(tenant):
    made(tenant.adapter.create_group(GroupPlan("gPm1", "Sales")))

    (found,) = groups(tenant.adapter.find_groups("Sales", None))

    assert found.attributes["uniqueName"] == "gPm1"


def test_a_group_is_found_by_its_key_after_a_rename(tenant):
    target_id = made(tenant.adapter.create_group(GroupPlan("gPm1", "Sales")))
    tenant.admin.rename_group(target_id, "Marketing")

    (found,) = groups(tenant.adapter.find_by_key("gPm1"))

    assert (found.id, found.name) == (target_id, "Marketing")


@pytest.mark.parametrize("key", ["gPm404", "it's", "a/b c"])
def test_no_group_of_that_key_is_done_with_none(tenant, key):
    assert groups(tenant.adapter.find_by_key(key)) == []


def test_creating_the_same_mapping_twice_makes_one_group(tenant):
    members = tuple(tenant.accounts(30))
    plan = GroupPlan("gPm1", "Sales", members)
    first = made(tenant.adapter.create_group(plan))

    outcomes = done(tenant.adapter.create_group(plan))

    assert [group.id for group in tenant.admin.groups()] == [first]
    assert first in {outcome.id for outcome in outcomes}
    assert added(outcomes) == set(members)


def test_two_mappings_of_one_name_are_two_groups(tenant):
    made(tenant.adapter.create_group(GroupPlan("gPm1", "Sales")))
    made(tenant.adapter.create_group(GroupPlan("gPm2", "Sales")))

    assert [group.name for group in tenant.admin.groups()] == ["Sales", "Sales"]


def test_pushed_groups_are_security_groups_unless_chosen_otherwise(tenant):
    security = made(tenant.adapter.create_group(GroupPlan("gPm1", "Sales")))
    unified = made(tenant.adapter.create_group(GroupPlan("gPm2", "Team", kind="unified")))

    assert tenant.group(security).kind == "security"
    assert tenant.group(unified).kind == "unified"


def test_all_kinds_of_groups_are_listed_with_their_kind(tenant):
    kinds = ["security", "unified", "mail-enabled security", "distribution", "dynamic", "synced"]
    for kind in kinds:
        tenant.admin.add_group(kind, kind=kind)

    found = groups(tenant.adapter.list_groups())

    assert {group.name: group.kind for group in found} == {kind: kind for kind in kinds}


def test_deleting_a_missing_group_names_the_group(tenant):
    target_id = tenant.admin.add_group("Sales")
    tenant.admin.delete_group(target_id)

    outcome = failed(tenant.adapter.delete_group(target_id))

    assert (outcome.error.kind, outcome.error.missing) == (ErrorKind.NOT_FOUND, "group")


@pytest.mark.parametrize("kind", ["synced", "distribution", "mail-enabled security"])
def test_a_group_that_graph_cannot_write_is_refused_whole(tenant, kind):
    members = tenant.accounts(2)
    target_id = tenant.admin.add_group("Sales", kind=kind)

    for size in (1, 2):
        outcome = failed(tenant.adapter.change_members(target_id, add=members[:size], remove=[]))
        assert outcome.error.kind is ErrorKind.REFUSED
        assert outcome.refused == ()


# --- members -----------------------------------------------------------------------------------


def test_adds_and_removes_share_a_batch(tenant):
    members = tenant.accounts(30)
    target_id = tenant.admin.add_group("Sales", member_ids=members[:5])

    outcomes = done(tenant.adapter.change_members(target_id, add=members[5:], remove=members[:5]))

    assert tenant.members(target_id) == set(members[5:])
    assert (added(outcomes), removed(outcomes)) == (set(members[5:]), set(members[:5]))
    assert [len(call.inner) for call in tenant.sent()] == [7]


@pytest.mark.parametrize("count", [1, 2, 25])
def test_adding_members_who_are_there_is_done(tenant, count):
    members = tenant.accounts(count)
    target_id = tenant.admin.add_group("Sales", member_ids=members)

    outcomes = done(tenant.adapter.change_members(target_id, add=members, remove=[]))

    assert added(outcomes) == set(members)


@pytest.mark.parametrize("count", [1, 2, 25])
@pytest.mark.parametrize("quirks", [{}, {"Q7": True}])
def test_removing_members_who_are_not_there_is_done(count, quirks):
    tenant = rig("o365", quirks=quirks)
    members = tenant.accounts(count)
    target_id = tenant.admin.add_group("Sales")

    outcomes = done(tenant.adapter.change_members(target_id, add=[], remove=members))

    assert removed(outcomes) == set(members)


def test_removing_a_member_never_deletes_the_account(tenant):
    members = tenant.accounts(3)
    target_id = tenant.admin.add_group("Sales", member_ids=members)

    done(tenant.adapter.change_members(target_id, add=[], remove=members))

    assert not any(account.deleted for account in tenant.admin.accounts())


def test_a_chunk_with_one_present_member_is_split_and_all_arrive(tenant):
    members = tenant.accounts(420)
    target_id = tenant.admin.add_group("Sales", member_ids=[members[7]])

    outcomes = done(tenant.adapter.change_members(target_id, add=members, remove=[]))

    assert added(outcomes) == tenant.members(target_id) == set(members)
    assert len(tenant.sent()) == 3


def test_missing_accounts_are_refused_by_name_and_the_others_arrive(tenant):
    members = tenant.accounts(25)
    for gone in (members[3], members[24]):
        tenant.admin.delete_account(gone)
    target_id = tenant.admin.add_group("Sales")

    outcomes = done(tenant.adapter.change_members(target_id, add=members, remove=[]))

    errors = refused(outcomes)
    assert set(errors) == {members[3], members[24]}
    assert {(e.kind, e.missing) for e in errors.values()} == {(ErrorKind.NOT_FOUND, "account")}
    assert tenant.members(target_id) == added(outcomes) == set(members) - set(errors)


def test_a_group_is_created_although_one_of_its_first_members_is_missing(tenant):
    members = tenant.accounts(25)
    tenant.admin.delete_account(members[0])

    outcomes = done(tenant.adapter.create_group(GroupPlan("key", "Sales", tuple(members))))

    (group,) = [group for group in tenant.admin.groups() if not group.deleted]
    assert set(refused(outcomes)) == {members[0]}
    assert set(group.member_ids) == added(outcomes) == set(members[1:])


@pytest.mark.parametrize("members", [1, 5, 30])
def test_a_missing_group_is_named_whatever_was_asked_of_it(tenant, members):
    ids = tenant.accounts(members)
    target_id = tenant.admin.add_group("Sales", member_ids=ids)
    tenant.admin.delete_group(target_id)

    for steps in (
        tenant.adapter.change_members(target_id, add=ids, remove=[]),
        tenant.adapter.change_members(target_id, add=[], remove=ids),
        tenant.adapter.replace_members(target_id, ids),
        tenant.adapter.rename_group(target_id, "Other"),
        tenant.adapter.list_members(target_id),
    ):
        outcome = failed(steps)
        assert (outcome.error.kind, outcome.error.missing) == (ErrorKind.NOT_FOUND, "group")


def test_a_guest_whom_the_group_does_not_take_is_refused_alone():
    tenant = rig("o365", settings={"guests_may_join": False})
    members = tenant.accounts(3)
    guest = tenant.admin.add_account("guest@example.test", {"userType": "Guest"})
    target_id = tenant.admin.add_group("Team", kind="unified")

    outcomes = done(tenant.adapter.change_members(target_id, add=[*members, guest], remove=[]))

    assert set(refused(outcomes)) == {guest}
    assert tenant.members(target_id) == set(members)


def test_a_dynamic_groups_refusal_concerns_the_group_not_a_member(tenant):
    members = tenant.accounts(2)
    target_id = tenant.admin.add_group("Everyone", kind="dynamic")

    outcome = failed(tenant.adapter.change_members(target_id, add=members, remove=[]))

    assert outcome.error.code == "Authorization_RequestDenied"
    assert len(tenant.sent()) == 1


def test_a_quota_stops_the_operation():
    tenant = rig("o365", settings={"member_quota": 10})
    members = tenant.accounts(30)
    target_id = tenant.admin.add_group("Sales")

    outcome = failed(tenant.adapter.change_members(target_id, add=members, remove=[]))

    assert outcome.error.code == "Directory_QuotaExceeded"
    assert outcome.added == tuple(sorted(tenant.members(target_id), key=members.index))


def test_members_are_replaced_over_several_pages(tenant):
    members = tenant.accounts(1100)
    target_id = tenant.admin.add_group("Sales", member_ids=members[:1050])

    outcomes = done(tenant.adapter.replace_members(target_id, members[50:]))

    assert tenant.members(target_id) == set(members[50:])
    assert (added(outcomes), removed(outcomes)) == (set(members[1050:]), set(members[:50]))


def test_ids_in_another_case_are_the_same_members(tenant):
    members = tenant.accounts(3)
    target_id = tenant.admin.add_group("Sales", member_ids=members)
    tenant.sent()

    done(tenant.adapter.replace_members(target_id, [member.upper() for member in members]))

    assert [call.operation for call in tenant.sent()] == ["o365.list_members"]


def test_the_same_member_asked_twice_is_added_once(tenant):
    (member,) = tenant.accounts(1)
    target_id = tenant.admin.add_group("Sales")

    done(tenant.adapter.change_members(target_id, add=[member, member], remove=[]))

    assert tenant.members(target_id) == {member}


@pytest.mark.parametrize("member", ["not-a-guid", "a/b", "x' or 'y"])
def test_an_id_that_cannot_exist_is_a_missing_account(tenant, member):
    target_id = tenant.admin.add_group("Sales")

    outcomes = done(tenant.adapter.change_members(target_id, add=[member], remove=[]))

    assert refused(outcomes)[member].missing == "account"


def test_each_call_yields_one_outcome(tenant):
    members = tuple(tenant.accounts(900))

    outcomes = run(tenant.adapter.create_group(GroupPlan("key", "Sales", members)))

    assert len(outcomes) == len(tenant.app.ledger)
    assert next(call.operation for call in tenant.app.ledger) == TOKEN


# --- nicknames ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*ODD_NAMES, "", "-", "a" * 65])
def test_a_nickname_is_legal_ascii_of_64_characters_at_most(name):
    slug = nickname(name)

    assert 0 < len(slug) <= 64
    assert slug.isascii()
    assert not set(slug) & set('@()\\[]";:<>, ')
    assert slug == nickname(name)


def test_a_legal_name_is_its_own_nickname():
    assert nickname("Sales-EMEA_2") == "Sales-EMEA_2"


def test_names_that_lose_their_difference_keep_different_nicknames():
    assert len({nickname("R&D"), nickname("R/D"), nickname("R D")}) == 3
