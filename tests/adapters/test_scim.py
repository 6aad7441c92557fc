"""The SCIM adapter against the standard service, and against what products make of it."""

import json

import pytest

from harness.errors import ErrorKind
from harness.model import Account, Effect, GroupPlan
from tests.adapters.rig import added, done, failed, made, person, refused, removed, rig

KEY = "gPm1"


def service(wire="frugal", **given):
    return rig("scim", wire=wire, **given)


def quirky(*quirks, **settings):
    return service(quirks=dict.fromkeys(quirks, True), settings=settings)


def groups(steps):
    return [group for outcome in done(steps) for group in outcome.groups]


def accounts(steps):
    return [account for outcome in done(steps) for account in outcome.accounts]


def sent_operations(rigged):
    return [json.loads(call.request)["Operations"] for call in rigged.sent() if call.request]


# --- accounts ----------------------------------------------------------------------------------


def test_an_account_is_made_with_its_names_and_address():
    one = service()

    account_id = made(one.adapter.create_account(person("ana@example.test")))

    row = one.app.state.users.get(account_id)
    assert row.values == {
        "userName": "ana@example.test",
        "name": {"givenName": "Ana", "familyName": "Silva"},
        "displayName": "Ana Silva",
        "emails": [{"value": "ana@example.test", "type": "work", "primary": True}],
        "active": True,
    }


def test_empty_names_are_left_out():
    """T47: some take an empty text for a mistake."""
    one = service()

    made(one.adapter.create_account(person("ana@example.test", last_name="")))

    (call,) = one.sent()
    assert json.loads(call.request)["name"] == {"givenName": "Ana"}


def test_an_account_is_found_whatever_the_case_of_its_login():
    one = service()
    account_id = one.admin.add_account("Ana@Example.test", {})

    found = accounts(one.adapter.find_accounts("ana@example.test", ""))

    assert found == [Account(account_id, "Ana@Example.test", "Ana@Example.test")]


def test_a_filter_that_is_ignored_brings_nobody_wrong():
    one = quirky("Q51")
    wanted = one.accounts(205)[203]

    found = accounts(one.adapter.find_accounts("user00203@example.test", ""))

    assert [account.id for account in found] == [wanted]


def test_only_what_changed_is_sent_for_an_account():
    one = service()
    account_id = one.admin.add_account("ana@example.test", {})
    account = Account(account_id, "ana@example.test", "ana@example.test")

    done(one.adapter.update_account(account, person("ana@example.test", last_name="Lima")))

    ((name, display),) = sent_operations(one)
    assert (name["path"], display["path"]) == ("name", "displayName")


# --- groups ------------------------------------------------------------------------------------


def test_the_key_of_a_mapping_is_the_external_id_of_its_group():
    one = service()

    target_id = made(one.adapter.create_group(GroupPlan(KEY, "Sales")))

    assert one.app.state.groups.get(target_id).values["externalId"] == KEY
    assert [group.id for group in groups(one.adapter.find_by_key(KEY))] == [target_id]
    assert groups(one.adapter.find_by_key(KEY.lower())) == []


def test_oktas_own_connector_stores_no_key():
    """T48."""
    one = service("okta")

    target_id = made(one.adapter.create_group(GroupPlan(KEY, "Sales")))

    assert "externalId" not in one.app.state.groups.get(target_id).values
    assert list(one.adapter.find_by_key(KEY)) == []
    assert not one.adapter.capabilities.keys


def test_a_group_is_found_among_others_where_filters_are_ignored():
    one = quirky("Q51")
    ids = [one.admin.add_group(f"Group {number}") for number in range(3)]

    assert [group.id for group in groups(one.adapter.find_groups("Group 1", None))] == ids[1:2]


def test_a_taken_name_exists():
    one = service()
    one.admin.add_group("Sales")

    outcome = failed(one.adapter.create_group(GroupPlan(KEY, "SALES")))

    assert (outcome.error.kind, outcome.error.code) == (ErrorKind.EXISTS, "uniqueness")


# --- members -----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 9])
@pytest.mark.parametrize("quirk", [None, "Q16", "Q17"])
@pytest.mark.parametrize("act", ["create", "add", "both", "replace"])
def test_one_bad_member_does_not_keep_the_others_out(act, quirk, size):
    """T10, T11: whatever the app calls it."""
    one = quirky(*filter(None, [quirk]))
    good, leaving = one.accounts(size - 1), one.accounts(2, start=100)
    members = [*good[: size // 2], "nobody", *good[size // 2 :]]
    present = leaving if act in ("both", "replace") else []
    target_id = "" if act == "create" else one.admin.add_group("Sales", member_ids=present)
    adapter = one.adapter

    steps = {
        "create": lambda: adapter.create_group(GroupPlan(KEY, "Sales", tuple(members))),
        "add": lambda: adapter.change_members(target_id, add=members, remove=[]),
        "both": lambda: adapter.change_members(target_id, add=members, remove=leaving),
        "replace": lambda: adapter.replace_members(target_id, members),
    }
    outcomes = done(steps[act]())

    (group,) = one.admin.groups()
    assert list(refused(outcomes)) == ["nobody"]
    assert set(group.member_ids) == set(good)
    assert added(outcomes) == set(good)


def test_okta_loses_the_batch_of_a_bad_member():
    """T11."""
    one = service("okta", quirks={"Q17": True})
    target_id = one.admin.add_group("Sales")

    outcome = failed(
        one.adapter.change_members(target_id, add=[*one.accounts(3), "999"], remove=[])
    )

    told = "Bad Request. Invalid parameters provided in request: 999."
    assert outcome.error.detail == f"Bad Request. Errors reported by remote server: {told}"
    assert one.members(target_id) == set()


@pytest.mark.parametrize("count", [101, 250, 1000])
@pytest.mark.parametrize("act", ["create", "add", "remove", "replace"])
def test_an_app_that_takes_a_hundred_at_a_time_gets_all_of_them(act, count):
    """T59, B2: https://docs.aws.amazon.com/singlesignon/latest/developerguide/patchgroup.html."""
    one = service(settings={"profile": "aws-identity-center"})
    people = one.accounts(count)
    present = people if act == "remove" else []
    target_id = "" if act == "create" else one.admin.add_group("Sales", member_ids=present)
    one.sent()
    adapter = one.adapter

    steps = {
        "create": lambda: adapter.create_group(GroupPlan(KEY, "Sales", tuple(people))),
        "add": lambda: adapter.change_members(target_id, add=people, remove=[]),
        "remove": lambda: adapter.change_members(target_id, add=[], remove=people),
        "replace": lambda: adapter.replace_members(target_id, people),
    }
    done(steps[act]())

    (group,) = one.admin.groups()
    assert len(group.member_ids) == (0 if act == "remove" else count)
    # One refusal teaches it; a replacement reads first, and then only adds.
    assert len(one.sent()) <= 1 + 2 + -(-count // 100)


def test_a_limit_that_was_met_is_kept_to_from_then_on():
    one = service(settings={"profile": "aws-identity-center"})
    target_id, people = one.admin.add_group("Sales"), one.accounts(400)
    done(one.adapter.change_members(target_id, add=people[:200], remove=[]))
    one.sent()

    done(one.adapter.change_members(target_id, add=people[200:], remove=[]))

    assert [call.status for call in one.sent()] == [204, 204]


@pytest.mark.parametrize(("quirk", "detail"), [("Q7", "patch-REPLACE"), ("Q11", "unparsable")])
def test_where_members_cannot_be_replaced_the_difference_is_sent(quirk, detail):
    """T49."""
    one = quirky(quirk)
    people = one.accounts(4)
    target_id = one.admin.add_group("Sales", member_ids=people[:2])

    outcomes = done(one.adapter.replace_members(target_id, people[1:]))

    assert one.members(target_id) == set(people[1:])
    assert removed(outcomes) == {people[0]}
    assert detail in one.sent()[0].reply


@pytest.mark.parametrize("others", [0, 2])
def test_where_paths_know_no_filters_those_who_are_left_are_sent(others):
    one = quirky("Q9")
    people = one.accounts(4)
    target_id = one.admin.add_group("Sales", member_ids=people[:2])
    joining = people[2:][:others]

    outcomes = done(one.adapter.change_members(target_id, add=joining, remove=people[:1]))

    assert one.members(target_id) == {people[1], *joining}
    assert removed(outcomes) == {people[0]}
    assert added(outcomes) == set(joining)


def test_everybody_leaves_where_paths_know_no_filters():
    one = quirky("Q9")
    people = one.accounts(2)
    target_id = one.admin.add_group("Sales", member_ids=people)

    outcomes = done(one.adapter.change_members(target_id, add=[], remove=people))

    assert one.members(target_id) == set()
    assert removed(outcomes) == set(people)


def test_an_app_that_takes_one_member_a_request_gets_them_one_by_one():
    one = service(settings={"profile": "google-cloud-identity"})
    people = one.accounts(5)
    target_id = one.admin.add_group("Sales", member_ids=people[:2])

    outcomes = done(one.adapter.change_members(target_id, add=people[2:], remove=people[:2]))

    assert one.members(target_id) == set(people[2:])
    assert (added(outcomes), removed(outcomes)) == (set(people[2:]), set(people[:2]))


def test_a_member_who_is_not_there_has_left():
    one = quirky("Q20")
    people = one.accounts(3)
    target_id = one.admin.add_group("Sales", member_ids=people[:1])

    outcomes = done(one.adapter.change_members(target_id, add=[], remove=people))

    assert one.members(target_id) == set()
    assert removed(outcomes) == set(people)


def test_members_are_told_with_their_type():
    """T15."""
    one = quirky("Q14")
    people = one.accounts(2)

    target_id = made(one.adapter.create_group(GroupPlan(KEY, "Sales", tuple(people))))

    assert one.members(target_id) == set(people)


def test_a_renamed_group_is_put_whole_where_groups_are_put():
    one = service("okta", options={"group_updates": "put"})
    people = one.accounts(2)
    target_id = one.admin.add_group("Sales", member_ids=people)

    done(one.adapter.rename_group(target_id, "Marketing"))

    assert [call.operation for call in one.sent()] == ["scim.get_group", "scim.put_group"]
    assert one.group(target_id).name == "Marketing"
    assert one.members(target_id) == set(people)


# --- refusals ------------------------------------------------------------------------------------


def test_what_is_not_implemented_has_not_happened():
    one = service("okta", quirks={"Q7": True})
    target_id = one.admin.add_group("Sales")

    outcome = failed(one.adapter.replace_members(target_id, one.accounts(1)))

    assert (outcome.effect, outcome.error.kind) == (Effect.REFUSED, ErrorKind.REFUSED)
    assert outcome.error.detail == (
        "Not Implemented. Errors reported by remote server: "
        "patch-REPLACE-operation not supported for group.members"
    )


def test_a_slug_that_is_taken_is_told_in_the_apps_words():
    """T24."""
    one = service(settings={"profile": "sentry"})
    one.admin.add_group("field-sales")

    outcome = failed(one.adapter.create_group(GroupPlan(KEY, "Field Sales")))

    told = "A team with this slug already exists."
    assert outcome.error.kind is ErrorKind.EXISTS
    assert outcome.error.detail == f"Conflict. Errors reported by remote server: {told}"


def test_an_error_that_is_no_json_is_unknown():
    """T53."""
    one = quirky("Q47")

    outcome = failed(one.adapter.rename_group("nothing", "x"))

    assert outcome.error.message == "Invalid JSON: Unrecognized token 'Resource'"


def test_a_throttled_patch_says_how_long_to_wait():
    one = service(settings={"profile": "miro"}, limits=1.0)
    target_id, people = one.admin.add_group("Sales"), one.accounts(20)
    for _ in range(5):
        done(one.adapter.change_members(target_id, add=people, remove=[]))

    outcome = failed(one.adapter.change_members(target_id, add=people, remove=[]))

    assert (outcome.error.kind, outcome.error.retry_after_s) == (ErrorKind.THROTTLED, 6.0)


def test_who_asks_says_who_it_is():
    one = quirky("Q44")

    made(one.adapter.create_group(GroupPlan(KEY, "Sales")))
