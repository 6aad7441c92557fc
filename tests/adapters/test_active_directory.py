"""The Active Directory adapter against the fake directory: what it does when nothing goes wrong."""

import json

import pytest

from harness.adapters._ldap import escaped_filter, escaped_rdn, parent_of
from harness.adapters.active_directory import account_name, common_name, group_account_name
from harness.errors import ErrorKind
from harness.model import Account, GroupPlan
from tests.adapters.rig import added, done, failed, made, person, refused, removed, rig, run

ODD_NAMES = [
    "Größe & Söhne",
    "Продажи",
    "営業部",
    "O'Neil's",
    'say "hello"',
    "R&D/Ops",
    "comma, plus+ semicolon; <tag> back\\slash",
    "#starts with a hash",
    " starts with a space",
    "ends with a space ",
    "(*)(cn=*)\\2a",
    "equals=sign",
    "x" * 64,
]
ILLEGAL = set('"/\\[]:;|=,+*?<>@')


@pytest.fixture
def directory():
    return rig("active_directory")


def ou(directory, name="groups_dn"):
    return directory.admin.credentials()[name]


def plan(directory, name="Sales", members=(), **more):
    return GroupPlan("gPm1", name, tuple(members), place=ou(directory), **more)


def groups(steps):
    return [group for outcome in done(steps) for group in outcome.groups]


def accounts(steps):
    return [account for outcome in done(steps) for account in outcome.accounts]


def own_accounts(directory):
    return {account.id: account for account in directory.admin.accounts()}


def attribute(directory, dn, name):
    """One attribute as the directory tells it."""
    state = directory.app.state
    return state.reader.selection([name])(state.dit.resolve(dn)).get(name)


# --- accounts ----------------------------------------------------------------------------------


def test_an_account_is_created_in_the_chosen_ou_and_found_by_login(directory):
    people = ou(directory, "people_dn")

    account_id = made(directory.adapter.create_account(person("ana@ad.test", place=people)))

    assert attribute(directory, f"CN=ana@ad.test,{people}", "objectGUID") == [account_id]
    found = accounts(directory.adapter.find_accounts("ana@ad.test", ""))
    assert found == [Account(account_id, "ana@ad.test", "ana@ad.test")]


def test_the_option_user_ou_is_where_accounts_go_by_default():
    directory = rig("active_directory")
    people = ou(directory, "people_dn")
    directory = rig("active_directory", options={"user_ou": people})

    account_id = made(directory.adapter.create_account(person("ana@ad.test")))

    assert attribute(directory, f"<GUID={account_id}>", "distinguishedName") == [
        f"CN=ana@ad.test,{people}"
    ]


def test_without_an_ou_the_default_container_is_tried_and_needs_rights(directory):
    outcome = failed(directory.adapter.create_account(person("ana@ad.test")))

    assert (outcome.error.kind, outcome.error.code) == (ErrorKind.REFUSED, "00002098")


def test_a_created_account_is_enabled_and_its_password_is_not_told(directory):
    account_id = made(
        directory.adapter.create_account(person("ana@ad.test", place=ou(directory, "people_dn")))
    )

    assert own_accounts(directory)[account_id].active
    (call,) = directory.sent()
    assert json.loads(call.request)["operations"][0]["attributes"]["unicodePwd"] == "***"


def test_two_people_of_one_name_are_two_accounts(directory):
    people = ou(directory, "people_dn")

    made(directory.adapter.create_account(person("ana1@ad.test", place=people)))
    made(directory.adapter.create_account(person("ana2@ad.test", place=people)))

    assert len(own_accounts(directory)) == 2


@pytest.mark.parametrize(
    ("login", "code"), [("ana@ad.test", "00002071"), ("ana@other.test", "00000524")]
)
def test_a_taken_login_or_account_name_exists(directory, login, code):
    people = ou(directory, "people_dn")
    made(directory.adapter.create_account(person("ana@ad.test", place=people)))

    outcome = failed(directory.adapter.create_account(person(login, place=people)))

    assert (outcome.error.kind, outcome.error.code) == (ErrorKind.EXISTS, code)


def test_a_sign_in_name_taken_elsewhere_exists(directory):
    directory.admin.add_account("someone", {"userPrincipalName": "ana@ad.test"})

    outcome = failed(
        directory.adapter.create_account(person("ana@ad.test", place=ou(directory, "people_dn")))
    )

    assert (outcome.error.kind, outcome.error.code) == (ErrorKind.EXISTS, "000021C8")


@pytest.mark.parametrize("login", ["*", "x)(cn=*", "a\\2a"])
def test_filter_characters_in_a_login_find_nobody_else(directory, login):
    directory.accounts(3)

    assert accounts(directory.adapter.find_accounts(login, "")) == []


def test_an_account_is_found_by_email_too(directory):
    account_id = directory.admin.add_account("old", {"mail": "ana@ad.test"})

    (found,) = accounts(directory.adapter.find_accounts("nobody@ad.test", "ana@ad.test"))

    assert found.id == account_id


def test_changed_names_are_sent_and_empty_ones_cleared(directory):
    people = ou(directory, "people_dn")
    account_id = made(directory.adapter.create_account(person("ana@ad.test", place=people)))
    account = Account(account_id, "ana@ad.test", "ana@ad.test")

    changed = person("ana.lima@ad.test", email="", last_name="Lima")
    done(directory.adapter.update_account(account, changed))

    target = f"<GUID={account_id}>"
    assert attribute(directory, target, "userPrincipalName") == ["ana.lima@ad.test"]
    assert attribute(directory, target, "sn") == ["Lima"]
    assert attribute(directory, target, "mail") is None


@pytest.mark.parametrize("before", ["512", "544", "66048"])
def test_suspending_and_reactivating_keeps_the_other_flags(directory, before):
    account_id = directory.admin.add_account(
        "ana", {"userAccountControl": before, "password": "Pa55-word.x"}
    )

    done(directory.adapter.set_active(account_id, active=False))
    assert not own_accounts(directory)[account_id].active
    done(directory.adapter.set_active(account_id, active=True))

    target = f"<GUID={account_id}>"
    assert attribute(directory, target, "userAccountControl") == [before]


def test_an_account_that_is_active_already_is_only_read(directory):
    account_id = directory.admin.add_account("ana", {})

    done(directory.adapter.set_active(account_id, active=True))

    assert [call.operation for call in directory.sent()[0].inner] == ["active_directory.search"]


def test_a_deleted_account_can_be_deleted_again(directory):
    account_id = directory.admin.add_account("ana", {})

    done(directory.adapter.delete_account(account_id))
    done(directory.adapter.delete_account(account_id))

    assert own_accounts(directory)[account_id].deleted


def test_suspending_a_missing_account_names_the_account(directory):
    account_id = directory.admin.add_account("ana", {})
    directory.admin.delete_account(account_id)

    outcome = failed(directory.adapter.set_active(account_id, active=False))

    assert (outcome.error.kind, outcome.error.missing) == (ErrorKind.NOT_FOUND, "account")


def test_all_accounts_are_listed_over_the_page_limit(directory):
    made_ids = directory.accounts(1100)

    found = {account.id for account in accounts(directory.adapter.list_accounts())}

    assert set(made_ids) <= found
    assert len(directory.sent()) == 2


# --- groups ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_group_of_an_odd_name_is_created_found_renamed_and_deleted(directory, name):
    target_id = made(directory.adapter.create_group(plan(directory, name)))
    found = groups(directory.adapter.find_groups(name, ou(directory)))
    assert [(group.id, group.name) for group in found] == [(target_id, name)]

    done(directory.adapter.rename_group(target_id, "Plain"))
    done(directory.adapter.rename_group(target_id, name))
    assert directory.group(target_id).name == name

    done(directory.adapter.delete_group(target_id))
    assert directory.group(target_id).deleted


def test_a_name_of_65_characters_is_refused_as_the_directory_says(directory):
    outcome = failed(directory.adapter.create_group(plan(directory, "x" * 65)))

    assert (outcome.error.kind, outcome.error.code) == (ErrorKind.REFUSED, "00002082")


@pytest.mark.parametrize(
    ("scope", "kind", "found"),
    [
        ("", "", "global security"),
        ("GLOBAL", "SECURITY", "global security"),
        ("DOMAIN_LOCAL", "SECURITY", "domain local security"),
        ("UNIVERSAL", "DISTRIBUTION", "universal distribution"),
    ],
)
def test_scope_and_type_are_as_chosen(directory, scope, kind, found):
    steps = directory.adapter.create_group(plan(directory, scope=scope, kind=kind))
    target_id = made(steps)

    assert directory.group(target_id).kind == found
    assert groups(directory.adapter.find_by_key("gPm1"))[0].kind == found


def test_the_account_name_is_as_chosen_and_else_the_groups_name(directory):
    made(directory.adapter.create_group(plan(directory, "Sales", sam_account_name="app-sales")))
    made(directory.adapter.create_group(plan(directory, "Ops")))

    place = ou(directory)
    assert attribute(directory, f"CN=Sales,{place}", "sAMAccountName") == ["app-sales"]
    assert attribute(directory, f"CN=Ops,{place}", "sAMAccountName") == ["Ops"]


def test_a_rename_leaves_the_account_name(directory):
    target_id = made(directory.adapter.create_group(plan(directory)))

    done(directory.adapter.rename_group(target_id, "Marketing"))

    assert attribute(directory, f"<GUID={target_id}>", "sAMAccountName") == ["Sales"]
    again = failed(directory.adapter.create_group(plan(directory)))
    assert (again.error.kind, again.error.code) == (ErrorKind.EXISTS, "00000526")


def test_a_group_without_an_ou_is_refused_before_any_call(directory):
    outcome = failed(directory.adapter.create_group(GroupPlan("gPm1", "Sales")))

    assert (outcome.error.kind, outcome.error.missing) == (ErrorKind.REFUSED, "place")
    assert directory.sent() == []


def test_a_missing_ou_is_named_as_what_is_missing(directory):
    steps = directory.adapter.create_group(GroupPlan("k", "Sales", place="OU=No,DC=ad,DC=test"))
    elsewhere = GroupPlan("k", "Sales", place=f"OU=No,{ou(directory)}")

    outcome = failed(directory.adapter.create_group(elsewhere))

    assert (outcome.error.kind, outcome.error.missing) == (ErrorKind.NOT_FOUND, "place")
    assert failed(steps).error.kind is ErrorKind.REFUSED  # a referral to a domain not ours


def test_finding_a_missing_ou_is_not_done_with_none(directory):
    outcome = failed(directory.adapter.find_groups("Sales", f"OU=No,{ou(directory)}"))

    assert outcome.error.kind is ErrorKind.NOT_FOUND


def test_a_taken_name_exists_whatever_its_case(directory):
    directory.admin.add_group("sales")

    outcome = failed(directory.adapter.create_group(plan(directory, "Sales")))

    assert (outcome.error.kind, outcome.error.code) == (ErrorKind.EXISTS, "00002071")
    assert len(groups(directory.adapter.find_groups("Sales", ou(directory)))) == 1


def test_a_group_is_looked_for_in_the_chosen_ou_only(directory):
    directory.admin.add_group("Sales", place=ou(directory, "people_dn"))

    assert groups(directory.adapter.find_groups("Sales", ou(directory))) == []
    assert len(groups(directory.adapter.find_groups("Sales", None))) == 1


def test_a_group_is_found_by_its_key_after_rename_and_move(directory):
    target_id = made(directory.adapter.create_group(plan(directory)))
    directory.admin.rename_group(target_id, "Marketing")
    directory.admin.move_group(target_id, ou(directory, "people_dn"))

    (found,) = groups(directory.adapter.find_by_key("gPm1"))

    assert (found.id, found.name, found.place) == (
        target_id,
        "Marketing",
        ou(directory, "people_dn"),
    )


def test_no_group_of_that_key_is_done_with_none(directory):
    assert groups(directory.adapter.find_by_key("*")) == []


def test_a_moved_group_keeps_working(directory):
    members = directory.accounts(2)
    target_id = made(directory.adapter.create_group(plan(directory)))
    directory.admin.move_group(target_id, ou(directory, "people_dn"))

    done(directory.adapter.change_members(target_id, add=members, remove=[]))

    assert directory.members(target_id) == set(members)


@pytest.mark.parametrize("gone", [0, 3])
def test_a_missing_group_is_named_whatever_was_asked_of_it(directory, gone):
    members = directory.accounts(4)
    target_id = made(directory.adapter.create_group(plan(directory, members=members)))
    directory.admin.delete_group(target_id)

    for steps in (
        directory.adapter.change_members(target_id, add=members, remove=[]),
        directory.adapter.replace_members(target_id, members),
        directory.adapter.rename_group(target_id, "Other"),
        directory.adapter.delete_group(target_id),
        directory.adapter.list_members(target_id),
    ):
        outcome = failed(steps)
        assert (outcome.error.kind, outcome.error.missing) == (ErrorKind.NOT_FOUND, "group")


# --- members -----------------------------------------------------------------------------------


def test_adds_and_removes_travel_in_one_operation(directory):
    members = directory.accounts(6)
    target_id = directory.admin.add_group("Sales", member_ids=members[:3])

    outcomes = done(
        directory.adapter.change_members(target_id, add=members[3:], remove=members[:3])
    )

    assert directory.members(target_id) == set(members[3:])
    assert (added(outcomes), removed(outcomes)) == (set(members[3:]), set(members[:3]))
    assert [len(call.inner) for call in directory.sent()] == [1]


@pytest.mark.parametrize("quirks", [{}, {"Q3": False}])
@pytest.mark.parametrize("count", [1, 5])
def test_repeating_a_change_is_done_even_where_the_directory_minds(quirks, count):
    directory = rig("active_directory", quirks=quirks)
    members = directory.accounts(2 * count)
    new, old = members[:count], members[count:]
    target_id = directory.admin.add_group("Sales", member_ids=old)
    done(directory.adapter.change_members(target_id, add=new, remove=old))

    outcomes = done(directory.adapter.change_members(target_id, add=new, remove=old))

    assert (added(outcomes), removed(outcomes)) == (set(new), set(old))
    assert directory.members(target_id) == set(new)


def test_half_done_changes_are_completed_where_the_directory_minds(directory):
    directory = rig("active_directory", quirks={"Q3": False})
    members = directory.accounts(10)
    target_id = directory.admin.add_group("Sales", member_ids=members[:3])

    outcomes = done(directory.adapter.change_members(target_id, add=members, remove=[]))

    assert added(outcomes) == directory.members(target_id) == set(members)


def test_missing_accounts_are_refused_by_name_and_the_others_arrive(directory):
    members = directory.accounts(8)
    for account in members[2:4]:
        directory.admin.delete_account(account)
    target_id = directory.admin.add_group("Sales")

    outcomes = done(directory.adapter.change_members(target_id, add=members, remove=[]))

    errors = refused(outcomes)
    assert set(errors) == set(members[2:4])
    assert {(e.kind, e.missing) for e in errors.values()} == {(ErrorKind.NOT_FOUND, "account")}
    assert directory.members(target_id) == added(outcomes) == set(members) - set(errors)
    assert len(directory.sent()) == 3


def test_a_group_is_created_although_members_are_missing(directory):
    members = directory.accounts(8)
    directory.admin.delete_account(members[0])

    outcomes = done(directory.adapter.create_group(plan(directory, members=members)))

    (group,) = directory.admin.groups()
    assert set(refused(outcomes)) == {members[0]}
    assert set(group.member_ids) == added(outcomes) == set(members[1:])


def test_a_group_of_missing_members_only_is_created_empty(directory):
    members = directory.accounts(2)
    for account in members:
        directory.admin.delete_account(account)

    outcomes = done(directory.adapter.create_group(plan(directory, members=members)))

    assert set(refused(outcomes)) == set(members)
    assert directory.admin.groups()[0].member_ids == ()


@pytest.mark.parametrize("quirks", [{}, {"U1": False}])
def test_a_member_whose_account_is_gone_counts_as_removed(quirks):
    directory = rig("active_directory", quirks=quirks)
    members = directory.accounts(3)
    target_id = directory.admin.add_group("Sales", member_ids=members)
    directory.admin.delete_account(members[0])

    outcomes = done(directory.adapter.change_members(target_id, add=[], remove=members))

    assert removed(outcomes) == set(members)
    assert directory.members(target_id) == set()


def test_members_are_replaced_exactly_and_missing_ones_told(directory):
    members = directory.accounts(6)
    target_id = directory.admin.add_group("Sales", member_ids=members[:3])
    directory.admin.delete_account(members[5])

    outcomes = done(directory.adapter.replace_members(target_id, members[2:]))

    assert directory.members(target_id) == set(members[2:5])
    assert set(refused(outcomes)) == {members[5]}


def test_members_can_be_replaced_by_nobody(directory):
    target_id = directory.admin.add_group("Sales", member_ids=directory.accounts(3))

    done(directory.adapter.replace_members(target_id, []))

    assert directory.members(target_id) == set()


@pytest.mark.parametrize("count", [0, 1, 1500, 1501, 3100])
def test_members_are_listed_slice_by_slice(directory, count):
    members = directory.accounts(count)
    target_id = directory.admin.add_group("Sales", member_ids=members)

    outcomes = done(directory.adapter.list_members(target_id))

    listed = [account for outcome in outcomes for account in outcome.members]
    assert listed == members


def test_the_same_member_asked_twice_is_added_once(directory):
    (member,) = directory.accounts(1)

    target_id = made(directory.adapter.create_group(plan(directory, members=[member, member])))
    done(directory.adapter.change_members(target_id, add=[member, member], remove=[]))

    assert directory.members(target_id) == {member}


def test_disabled_accounts_can_be_members(directory):
    (member,) = directory.accounts(1)
    directory.admin.set_account_active(member, active=False)

    target_id = made(directory.adapter.create_group(plan(directory, members=[member])))

    assert directory.members(target_id) == {member}


def test_each_agent_call_yields_one_outcome(directory):
    members = directory.accounts(9)
    directory.admin.delete_account(members[4])

    outcomes = run(directory.adapter.create_group(plan(directory, members=members)))

    assert len(outcomes) == len(directory.app.ledger)


# --- names -------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", [*ODD_NAMES, "ana.maria.dos.santos.silva@x", "a.@x", "@x"])
def test_a_users_account_name_is_legal(login):
    name = account_name(login)

    assert 0 < len(name) <= 20
    assert not set(name) & ILLEGAL
    assert not name.endswith(".")


def test_long_logins_that_begin_alike_keep_different_account_names():
    names = {account_name(f"a.very.long.login.number{n}@x") for n in range(3)}

    assert len(names) == 3


@pytest.mark.parametrize("name", [*ODD_NAMES, "y" * 300, "dots..."])
def test_a_groups_account_name_is_legal_and_its_own_where_it_can(name):
    found = group_account_name(name)

    assert 0 < len(found) <= 256
    assert not set(found) & ILLEGAL
    assert not found.endswith(".")
    assert found == name or set(name) & ILLEGAL or name != name.strip(". ") or len(name) > 256


def test_a_common_name_fits_into_64_characters():
    assert common_name("ana@x.test") == "ana@x.test"
    assert len(common_name("a" * 100)) <= 64


@pytest.mark.parametrize(
    ("value", "escaped"),
    [
        ("plain", "plain"),
        ("a,b", "a\\,b"),
        ("#x", "\\#x"),
        (" x ", "\\ x\\ "),
        (" ", "\\ "),
        ("\\ ", "\\\\\\ "),
        ("a\nb", "a\\0Ab"),
    ],
)
def test_values_are_escaped_for_names(value, escaped):
    assert escaped_rdn(value) == escaped


def test_values_are_escaped_for_filters():
    assert escaped_filter("a*(b)\\\0") == "a\\2a\\28b\\29\\5c\\00"


@pytest.mark.parametrize("value", ODD_NAMES)
def test_the_parent_of_a_name_is_what_follows_its_first_bare_comma(value):
    assert parent_of(f"CN={escaped_rdn(value)},OU=Groups,DC=x") == "OU=Groups,DC=x"


def test_an_id_that_is_no_guid_beside_a_missing_account_is_refused_with_it(directory):
    members = directory.accounts(2)
    directory.admin.delete_account(members[0])
    target_id = directory.admin.add_group("Sales")

    outcomes = done(
        directory.adapter.change_members(target_id, add=[*members, "no-guid"], remove=[])
    )

    assert set(refused(outcomes)) == {members[0], "no-guid"}
    assert directory.members(target_id) == {members[1]}
