"""Every quirk on and off, and the profiles of products."""

import pytest

from fake_apps.core import scim
from fake_apps.scim import APP, quirks
from fake_apps.scim.profiles import PROFILES
from tests.fake_apps.scim.conftest import BASE, add, error, remove, replace

TESTED = set()


def both(quirk):
    """The test for one quirk, with it on and with it off."""
    TESTED.add(quirk.id)
    cases = [pytest.param(True, id=f"{quirk.id}-on"), pytest.param(False, id=f"{quirk.id}-off")]
    return pytest.mark.parametrize("on", cases)


@pytest.fixture
def switched(make):
    return lambda quirk, on, **more: make(quirks={quirk.id: on}, **more)


def scene(client):
    """A group of two users, and a third who is not in it."""
    ids = client.users(3)
    return client.group("Sales", ids[:2]), ids


def on_members(client, *operations):
    """What a PATCH of that group came to: its status, and who is in by number."""
    group_id, ids = scene(client)
    operations = [each(ids) for each in operations]
    reply = client.patch(f"/Groups/{group_id}", *operations)
    return reply, [ids.index(each) for each in client.members(group_id)]


# --- PATCH ------------------------------------------------------------------------------------


@both(quirks.REMOVE_TAKES_VALUES)
def test_a_remove_with_a_value(switched, on):
    client = switched(quirks.REMOVE_TAKES_VALUES, on)

    reply, members = on_members(
        client, lambda ids: {"op": "Remove", "path": "members", "value": [{"value": ids[0]}]}
    )

    assert reply.status_code == 204
    assert members == ([1] if on else [])


@both(quirks.OPS_ARE_EXACT)
def test_an_op_with_a_capital_letter(switched, on):
    client = switched(quirks.OPS_ARE_EXACT, on)

    reply, members = on_members(client, lambda ids: {**add(ids[2]), "op": "Add"})

    assert reply.status_code == (400 if on else 204)
    assert members == ([0, 1] if on else [0, 1, 2])


@both(quirks.BOOLEANS_MAY_BE_TEXTS)
def test_a_boolean_as_text(switched, on):
    client = switched(quirks.BOOLEANS_MAY_BE_TEXTS, on)
    user_id = client.user()

    reply = client.patch(f"/Users/{user_id}", {"op": "replace", "path": "active", "value": "False"})

    assert reply.status_code == (200 if on else 400)
    assert client.app.admin.accounts()[0].active is not on


@both(quirks.BOOLEANS_MAY_BE_TEXTS)
def test_a_boolean_as_text_in_a_filter(switched, on):
    client = switched(quirks.BOOLEANS_MAY_BE_TEXTS, on)
    client.user()
    asked = ('active eq "True"', 'active ne "True"', 'active eq "False"', "active eq true")

    found = [client.get("/Users", params={"filter": each}).json()["totalResults"] for each in asked]

    assert found == ([1, 0, 0, 1] if on else [0, 1, 0, 1])


@both(quirks.KEYS_MAY_BE_PATHS)
def test_a_path_as_a_name_within_a_value(switched, on):
    client = switched(quirks.KEYS_MAY_BE_PATHS, on)
    user_id = client.user()

    reply = client.patch(f"/Users/{user_id}", {"op": "replace", "value": {"name.givenName": "Ana"}})

    if on:
        assert reply.json()["name"] == {"givenName": "Ana"}
    else:
        assert error(reply) == (400, "invalidPath")


@both(quirks.OWN_ID_IS_REFUSED)
def test_a_replace_that_repeats_the_own_id(switched, on):
    client = switched(quirks.OWN_ID_IS_REFUSED, on)
    group_id = client.group()

    named = {"op": "replace", "value": {"id": group_id, "displayName": "New"}}
    reply = client.patch(f"/Groups/{group_id}", named)

    assert reply.status_code == (400 if on else 204)
    assert client.shown(f"/Groups/{group_id}")["displayName"] == ("Sales" if on else "New")


@both(quirks.PATHLESS_REPLACE_FAILS)
def test_a_replace_without_a_path(switched, on):
    client = switched(quirks.PATHLESS_REPLACE_FAILS, on)
    group_id = client.group()

    reply = client.patch(f"/Groups/{group_id}", {"op": "replace", "value": {"displayName": "New"}})

    assert reply.status_code == (500 if on else 204)


@both(quirks.NO_REPLACE_OF_MEMBERS)
def test_a_replace_of_members_that_is_missing(switched, on):
    client = switched(quirks.NO_REPLACE_OF_MEMBERS, on)

    reply, members = on_members(client, lambda ids: replace(ids[2]))

    assert members == ([0, 1] if on else [2])
    if on:
        told = "patch-REPLACE-operation not supported for group.members"
        assert reply.json() == {"schemas": [scim.ERROR], "status": "501", "detail": told}


@both(quirks.VALUE_PATHS_ARE_IGNORED)
def test_a_value_path_that_nobody_reads(switched, on):
    client = switched(quirks.VALUE_PATHS_ARE_IGNORED, on)

    reply, members = on_members(client, lambda ids: remove(ids[0]))

    assert reply.status_code == 204
    assert members == ([0, 1] if on else [1])


@both(quirks.VALUE_PATHS_ARE_REFUSED)
def test_a_value_path_that_is_refused(switched, on):
    client = switched(quirks.VALUE_PATHS_ARE_REFUSED, on)

    reply, members = on_members(client, lambda ids: remove(ids[0]))

    assert reply.status_code == (400 if on else 204)
    assert members == ([0, 1] if on else [1])


@both(quirks.ONLY_ENTRA_IS_UNDERSTOOD)
def test_operations_in_lower_case(switched, on):
    client = switched(quirks.ONLY_ENTRA_IS_UNDERSTOOD, on)

    reply, members = on_members(client, lambda ids: add(ids[2]))

    assert reply.status_code == 204
    assert members == ([0, 1] if on else [0, 1, 2])


@both(quirks.NO_WHOLESALE_CHANGES)
def test_all_members_at_once(switched, on):
    client = switched(quirks.NO_WHOLESALE_CHANGES, on)
    removal = {"op": "remove", "path": "members"}

    for operation in (lambda ids: replace(ids[2]), lambda _ids: removal):
        reply, _ = on_members(client, operation)
        assert reply.status_code == (400 if on else 204)
        client = switched(quirks.NO_WHOLESALE_CHANGES, on)


@both(quirks.ONE_MEMBER_A_PATCH)
def test_two_members_in_one_patch(switched, on):
    client = switched(quirks.ONE_MEMBER_A_PATCH, on)

    reply, members = on_members(client, lambda ids: remove(ids[0]), lambda ids: add(ids[2]))

    assert reply.status_code == (400 if on else 204)
    assert members == ([0, 1] if on else [1, 2])


@both(quirks.MEMBERS_PATH_FAILS)
def test_the_path_of_all_members(switched, on):
    client = switched(quirks.MEMBERS_PATH_FAILS, on)

    reply, _ = on_members(client, lambda ids: add(ids[2]))

    assert reply.status_code == (500 if on else 204)


@both(quirks.ADDS_REPLACE)
def test_who_was_there_before_an_add(switched, on):
    client = switched(quirks.ADDS_REPLACE, on)

    _, members = on_members(client, lambda ids: add(ids[2]))

    assert members == ([2] if on else [0, 1, 2])


@both(quirks.REMOVES_EMPTY)
def test_who_is_left_after_a_removal(switched, on):
    client = switched(quirks.REMOVES_EMPTY, on)

    _, members = on_members(client, lambda ids: remove(ids[0]))

    assert members == ([] if on else [1])


# --- who becomes a member ---------------------------------------------------------------------


@both(quirks.UNTYPED_MEMBERS_ARE_DROPPED)
def test_a_member_without_a_type(switched, on):
    client = switched(quirks.UNTYPED_MEMBERS_ARE_DROPPED, on)

    reply, members = on_members(client, lambda ids: add(ids[2]))

    assert reply.status_code == 204
    assert members == ([0, 1] if on else [0, 1, 2])


@both(quirks.UNKNOWN_MEMBERS_ARE_SKIPPED)
def test_an_unknown_member_among_others(switched, on):
    client = switched(quirks.UNKNOWN_MEMBERS_ARE_SKIPPED, on)

    reply, members = on_members(client, lambda ids: add("nobody", ids[2]))

    assert reply.status_code == (204 if on else 400)
    assert members == ([0, 1, 2] if on else [0, 1])


@both(quirks.UNKNOWN_MEMBERS_ARE_NOT_FOUND)
def test_what_is_said_of_an_unknown_member(switched, on):
    """T10: the text of https://github.com/getsentry/sentry/issues/122540."""
    client = switched(quirks.UNKNOWN_MEMBERS_ARE_NOT_FOUND, on)

    reply, _ = on_members(client, lambda _ids: add("nobody"))

    if on:
        body = {"schemas": [scim.ERROR], "status": "404", "detail": "User not found."}
        assert reply.json() == body
    else:
        assert error(reply) == (400, "invalidValue")


@both(quirks.BAD_MEMBERS_ARE_PARAMETERS)
def test_inactive_and_unknown_members(switched, on):
    """T11: the text of https://github.com/fleetdm/fleet/issues/52600."""
    client = switched(quirks.BAD_MEMBERS_ARE_PARAMETERS, on)
    group_id, ids = scene(client)
    client.app.admin.set_account_active(ids[2], active=False)

    inactive = client.patch(f"/Groups/{group_id}", add(ids[2]))
    both_bad = client.patch(f"/Groups/{group_id}", add("999", ids[2]))

    assert inactive.status_code == (400 if on else 204)
    if on:
        told = f"Bad Request. Invalid parameters provided in request: 999, {ids[2]}."
        assert both_bad.json() == {"schemas": [scim.ERROR], "status": "400", "detail": told}


@both(quirks.ADMINS_ARE_SKIPPED)
def test_an_admin_as_a_member(switched, on):
    client = switched(quirks.ADMINS_ARE_SKIPPED, on)
    boss, ana = client.user("boss@example.test", roles=[{"value": "Admin"}]), client.user()
    group_id = client.group()

    client.patch(f"/Groups/{group_id}", add(boss, ana))

    assert client.members(group_id) == ([ana] if on else [boss, ana])


@both(quirks.PRESENT_MEMBERS_FAIL)
def test_a_member_who_is_there_already(switched, on):
    client = switched(quirks.PRESENT_MEMBERS_FAIL, on)

    reply, members = on_members(client, lambda ids: add(ids[0]))

    assert reply.status_code == (500 if on else 204)
    assert members == [0, 1]


@both(quirks.ABSENT_MEMBERS_HAVE_NO_TARGET)
def test_the_removal_of_one_who_is_not_there(switched, on):
    client = switched(quirks.ABSENT_MEMBERS_HAVE_NO_TARGET, on)

    reply, members = on_members(client, lambda ids: remove(ids[2]))

    assert reply.status_code == (400 if on else 204)
    assert members == [0, 1]


@both(quirks.DEACTIVATED_LEAVE_GROUPS)
def test_a_user_who_is_deactivated(switched, on):
    client = switched(quirks.DEACTIVATED_LEAVE_GROUPS, on)
    group_id, ids = scene(client)

    client.patch(f"/Users/{ids[0]}", {"op": "replace", "path": "active", "value": False})

    assert client.members(group_id) == (ids[1:2] if on else ids[:2])


# --- members that get lost --------------------------------------------------------------------


@both(quirks.HUNDRED_MEMBERS_ARE_KEPT)
def test_more_than_a_hundred_members(switched, on):
    client = switched(quirks.HUNDRED_MEMBERS_ARE_KEPT, on)
    ids = client.users(103)
    group_id = client.group("Sales", ids[:102])
    assert len(client.shown(f"/Groups/{group_id}")["members"]) == (100 if on else 102)

    client.patch(f"/Groups/{group_id}", add(ids[102]))

    assert client.members(group_id) == (ids[:100] if on else ids)


@both(quirks.LARGE_ADDS_VANISH)
def test_more_than_225_members_at_once(switched, on):
    client = switched(quirks.LARGE_ADDS_VANISH, on)
    ids, group_id = client.users(226), client.group()

    assert client.patch(f"/Groups/{group_id}", add(*ids)).status_code == 204
    assert len(client.members(group_id)) == (0 if on else 226)
    client.patch(f"/Groups/{group_id}", add(*ids[:225]))

    assert len(client.members(group_id)) == (225 if on else 226)


@both(quirks.PUT_STORES_NO_MEMBERS)
def test_the_members_of_a_put(switched, on):
    client = switched(quirks.PUT_STORES_NO_MEMBERS, on)
    group_id, ids = scene(client)

    assert client.put_group(group_id, "Sales", ids).status_code == 200

    assert client.members(group_id) == ([] if on else ids)


@both(quirks.REPLICAS_ARE_STALE)
def test_two_patches_shortly_after_each_other(switched, on):
    client = switched(quirks.REPLICAS_ARE_STALE, on)
    group_id, ids = client.group(), client.users(3)

    client.patch(f"/Groups/{group_id}", add(ids[0]))
    client.patch(f"/Groups/{group_id}", add(ids[1]))
    assert client.members(group_id) == (ids[1:2] if on else ids[:2])
    client.app.clock.sleep(5)
    client.patch(f"/Groups/{group_id}", add(ids[2]))

    assert client.members(group_id) == (ids[1:] if on else ids)


@both(quirks.REPLACE_STOPS_HALFWAY)
def test_how_far_a_replace_comes(switched, on):
    client = switched(quirks.REPLACE_STOPS_HALFWAY, on)
    group_id, ids = client.group(), client.users(4)

    client.patch(f"/Groups/{group_id}", replace(*ids))

    assert client.members(group_id) == (ids[:2] if on else ids)


@both(quirks.MEMBERS_ARE_NOT_RETURNED)
def test_the_members_in_a_reply(switched, on):
    client = switched(quirks.MEMBERS_ARE_NOT_RETURNED, on)
    group_id, ids = scene(client)

    shown = client.shown(f"/Groups/{group_id}")

    assert ("members" in shown) is not on
    assert client.members(group_id) == ids[:2]


# --- names ------------------------------------------------------------------------------------


@both(quirks.NAMES_ARE_SLUGS)
def test_two_names_that_make_one_slug(switched, on):
    """T24: the text of https://github.com/getsentry/sentry/issues/88623."""
    client = switched(quirks.NAMES_ARE_SLUGS, on)
    client.group("Field Sales")

    reply = client.create_group("field-sales")

    assert reply.status_code == (409 if on else 201)
    if on:
        told = "A team with this slug already exists."
        assert reply.json() == {
            "schemas": [scim.ERROR],
            "status": "409",
            "scimType": "uniqueness",
            "detail": told,
        }


@both(quirks.CONSOLE_GROUPS_ARE_HIDDEN)
def test_groups_made_at_the_console(switched, on):
    client = switched(quirks.CONSOLE_GROUPS_ARE_HIDDEN, on)
    client.group("Sales")
    client.create_group("Legal")

    assert client.found("/Groups") == (["Legal"] if on else ["Sales", "Legal"])
    assert client.found('/Groups?filter=displayName eq "Sales"') == ([] if on else ["Sales"])
    assert client.create_group("Sales").status_code == 409


@both(quirks.CONFLICTS_ARE_ATLASSIANS)
def test_what_is_said_of_a_taken_name(switched, on):
    client = switched(quirks.CONFLICTS_ARE_ATLASSIANS, on)
    client.group("Sales")

    told = client.create_group("Sales").json()["detail"]

    assert (told == "Resource [GROUP]: with displayName already exists.") is on


@both(quirks.NAMES_ARE_FIXED)
def test_another_name(switched, on):
    client = switched(quirks.NAMES_ARE_FIXED, on)
    group_id = client.group()

    reply = client.patch(
        f"/Groups/{group_id}", {"op": "replace", "path": "displayName", "value": "New"}
    )

    assert reply.status_code == (400 if on else 204)
    assert client.found("/Groups") == ["Sales" if on else "New"]


@both(quirks.PUT_CONFLICTS_WITH_ITSELF)
def test_a_put_under_the_same_name(switched, on):
    client = switched(quirks.PUT_CONFLICTS_WITH_ITSELF, on)
    group_id, ids = scene(client)

    reply = client.put_group(group_id, "Sales", ids)

    assert reply.status_code == (409 if on else 200)
    if on:
        assert reply.json()["detail"] == "Group with this name already exists"


@both(quirks.OLD_NAMES_STAY_TAKEN)
def test_the_old_name_of_a_renamed_group(switched, on):
    client = switched(quirks.OLD_NAMES_STAY_TAKEN, on)
    client.app.admin.rename_group(client.group("Old"), "New")

    assert client.create_group("Old").status_code == (409 if on else 201)


@both(quirks.PUT_IGNORES_NAMES)
def test_the_name_in_a_put(switched, on):
    client = switched(quirks.PUT_IGNORES_NAMES, on)
    group_id, ids = scene(client)

    shown = client.put_group(group_id, "New", ids).json()

    assert shown["displayName"] == ("Sales" if on else "New")
    assert client.members(group_id) == ids


@both(quirks.NAMES_ARE_TRIMMED)
def test_a_name_with_a_blank_behind_it(switched, on):
    """T38."""
    client = switched(quirks.NAMES_ARE_TRIMMED, on)
    client.create_group("Engineering")

    assert client.create_group("Engineering ").status_code == (409 if on else 201)


@both(quirks.TEXTS_ARE_CHECKED)
def test_a_name_with_special_characters(switched, on):
    client = switched(quirks.TEXTS_ARE_CHECKED, on)

    for name in ("a<b", "a>b", "a;b", "a:b", "a%b"):
        assert client.create_group(name).status_code == (400 if on else 201)
    assert client.create_group("a&b").status_code == 201


@both(quirks.ONE_VALUE_OF_EACH_ATTRIBUTE)
def test_two_emails_of_a_user(switched, on):
    client = switched(quirks.ONE_VALUE_OF_EACH_ATTRIBUTE, on)
    emails = [{"value": "ana@example.test", "type": "work"}, {"value": "ana@home.test"}]

    made = client.create_user("ana@example.test", emails=emails[:1])
    path = f"/Users/{made.json()['id']}"
    more = client.patch(path, {"op": "add", "path": "emails", "value": emails[1:]})

    assert (made.status_code, more.status_code) == (201, 400 if on else 200)
    assert len(client.get(path).json()["emails"]) == (1 if on else 2)


@both(quirks.EXTERNAL_ID_IS_REQUIRED)
def test_a_group_without_an_external_id(switched, on):
    client = switched(quirks.EXTERNAL_ID_IS_REQUIRED, on)

    assert client.create_group("Sales").status_code == (400 if on else 201)
    assert client.create_group("Legal", externalId="x").status_code == 201


@both(quirks.DELETED_GROUPS_ARE_FOUND)
def test_a_deleted_group_is_looked_for(switched, on):
    client = switched(quirks.DELETED_GROUPS_ARE_FOUND, on)
    group_id = client.group("Sales")
    client.app.admin.delete_group(group_id)

    assert client.found('/Groups?filter=displayName eq "sales"') == (["Sales"] if on else [])
    assert client.get(f"/Groups/{group_id}").status_code == 404


# --- limits and refusals ----------------------------------------------------------------------


@both(quirks.MEMBERS_A_REQUEST_ARE_FEW)
def test_more_members_than_a_request_may_name(switched, on):
    client = switched(quirks.MEMBERS_A_REQUEST_ARE_FEW, on, settings={"members_a_request": 2})
    group_id, ids = scene(client)

    reply = client.patch(f"/Groups/{group_id}", remove(ids[0]), add(*ids[1:]))
    made = client.create_group("Legal", ids)

    assert (reply.status_code, made.status_code) == ((400, 400) if on else (204, 201))
    assert client.patch(f"/Groups/{group_id}", add(*ids[1:])).status_code == 204


@both(quirks.LARGE_GROUPS_ARE_REFUSED)
def test_more_than_8000_members(switched, on):
    client = switched(quirks.LARGE_GROUPS_ARE_REFUSED, on)

    reply = client.create_group("Sales", map(str, range(8001)))

    assert reply.status_code == (413 if on else 400)


@both(quirks.LARGE_GROUPS_ARE_REFUSED)
def test_more_than_800_000_bytes(switched, on):
    client = switched(quirks.LARGE_GROUPS_ARE_REFUSED, on)

    assert client.create_group("Sales", externalId="x" * 800_000).status_code == (
        413 if on else 201
    )
    assert client.create_group("Legal", externalId="x" * 700_000).status_code == 201


@both(quirks.MEMBERS_TAKE_TIME)
def test_how_long_members_take(switched, on):
    client = switched(quirks.MEMBERS_TAKE_TIME, on)
    group_id, ids = scene(client)
    before = client.app.clock.now()

    client.patch(f"/Groups/{group_id}", remove(ids[0]), add(ids[2]))

    assert client.app.clock.now() - before == (2 if on else 0)


@both(quirks.GROUP_PATCHES_ARE_LIMITED)
def test_five_large_patches_in_half_a_minute(switched, on):
    client = switched(quirks.GROUP_PATCHES_ARE_LIMITED, on, limits=1.0)
    group_id, ids = client.group(), client.users(20)

    told = [client.patch(f"/Groups/{group_id}", add(*ids)) for _ in range(6)]

    assert [each.status_code for each in told] == [204] * 5 + [429 if on else 204]
    if on:
        assert told[-1].headers["Retry-After"] == "6"


@both(quirks.DOMAINS_ARE_CHECKED)
def test_a_user_of_another_domain(switched, on):
    client = switched(quirks.DOMAINS_ARE_CHECKED, on)

    reply = client.create_user("ana@elsewhere.test")

    assert reply.status_code == (409 if on else 201)
    if on:
        assert reply.json()["detail"] == "DomainAddress is not whitelisted"
    assert client.create_user("ana@example.test").status_code == 201


@both(quirks.USER_AGENT_IS_MANDATORY)
def test_a_request_without_a_user_agent(switched, on):
    client = switched(quirks.USER_AGENT_IS_MANDATORY, on)
    assert client.get("/Users").status_code == 200

    assert client.get("/Users", headers={"User-Agent": None}).status_code == (400 if on else 200)


@both(quirks.PUT_OF_GROUPS_IS_MISSING)
def test_a_put_of_a_group(switched, on):
    client = switched(quirks.PUT_OF_GROUPS_IS_MISSING, on)

    assert client.put_group(client.group()).status_code == (501 if on else 200)


@both(quirks.EXISTING_USERS_ARE_ANSWERED)
def test_a_user_who_is_made_twice(switched, on):
    client = switched(quirks.EXISTING_USERS_ARE_ANSWERED, on)
    user_id = client.user("ana@example.test")

    reply = client.create_user("ANA@example.test")

    assert reply.status_code == (200 if on else 409)
    assert reply.json().get("id") == (user_id if on else None)


# --- replies ----------------------------------------------------------------------------------


@both(quirks.ERRORS_ARE_PLAIN_TEXT)
def test_the_form_of_a_refusal(switched, on):
    client = switched(quirks.ERRORS_ARE_PLAIN_TEXT, on)

    reply = client.get("/Users/nobody")

    assert reply.status_code == 404
    assert reply.headers["Content-Type"] == ("text/plain" if on else "application/scim+json")
    assert (reply.text == "Resource nobody not found") is on


@both(quirks.ERRORS_ARE_AMAZONS)
def test_the_names_in_an_error(switched, on):
    client = switched(quirks.ERRORS_ARE_AMAZONS, on)

    body = client.patch(f"/Groups/{client.group()}").json()

    amazons = ["schema", "schemas", "detail", "status", "exceptionRequestId", "timeStamp"]
    assert list(body) == (amazons if on else ["schemas", "scimType", "detail", "status"])


@both(quirks.STATUS_IS_A_NUMBER)
def test_the_status_in_an_error(switched, on):
    client = switched(quirks.STATUS_IS_A_NUMBER, on)

    assert client.get("/Users/nobody").json()["status"] == (404 if on else "404")


@both(quirks.PATCH_ANSWERS_THE_GROUP)
def test_what_a_patched_group_is_answered_with(switched, on):
    client = switched(quirks.PATCH_ANSWERS_THE_GROUP, on)

    reply, _ = on_members(client, lambda ids: add(ids[2]))

    assert reply.status_code == (200 if on else 204)
    assert (len(reply.json()["members"]) if on else reply.text) == (3 if on else "")


@both(quirks.PATCH_ANSWERS_AN_EMPTY_OBJECT)
def test_the_reply_to_a_patch(switched, on):
    client = switched(quirks.PATCH_ANSWERS_AN_EMPTY_OBJECT, on)

    reply, _ = on_members(client, lambda ids: add(ids[2]))

    assert (reply.status_code, reply.text) == ((200, "{}") if on else (204, ""))


@both(quirks.FILTERS_ARE_IGNORED)
def test_a_list_with_a_filter(switched, on):
    client = switched(quirks.FILTERS_ARE_IGNORED, on)
    client.group("Sales")
    client.group("Legal")

    found = client.found('/Groups?filter=displayName eq "Legal"')

    assert found == (["Sales", "Legal"] if on else ["Legal"])


@both(quirks.FILTERS_ARE_EQUALITIES)
def test_a_filter_that_is_no_equality(switched, on):
    client = switched(quirks.FILTERS_ARE_EQUALITIES, on)

    assert client.get('/Users?filter=userName sw "a"').status_code == (400 if on else 200)
    assert client.get('/Users?filter=userName eq "a" and id eq "b"').status_code == 200


@both(quirks.FILTERS_KNOW_NO_NOT)
def test_a_filter_with_a_not(switched, on):
    client = switched(quirks.FILTERS_KNOW_NO_NOT, on)

    assert client.get('/Users?filter=not (userName eq "a")').status_code == (400 if on else 200)


@both(quirks.LARGE_COUNTS_ARE_REFUSED)
def test_a_count_above_the_most(switched, on):
    client = switched(quirks.LARGE_COUNTS_ARE_REFUSED, on)

    assert client.get("/Users?count=201").status_code == (400 if on else 200)
    assert client.get("/Users?count=200").status_code == 200


@both(quirks.ATTRIBUTES_EXCLUDE_EACH_OTHER)
def test_attributes_beside_excluded_ones(switched, on):
    client = switched(quirks.ATTRIBUTES_EXCLUDE_EACH_OTHER, on)

    reply = client.get("/Users?attributes=userName&excludedAttributes=emails")

    assert reply.status_code == (400 if on else 200)


@both(quirks.EXCLUDED_ATTRIBUTES_ARE_IGNORED)
def test_members_that_are_excluded(switched, on):
    client = switched(quirks.EXCLUDED_ATTRIBUTES_ARE_IGNORED, on)
    group_id, _ = scene(client)

    assert ("members" in client.shown(f"/Groups/{group_id}?excludedAttributes=members")) is on


# --- all of them --------------------------------------------------------------------------------


# --- paging, the caller's own user, nested groups ------------------------------------------------


@both(quirks.CURSORS_LEAD_FORWARD)
def test_the_cursor_of_the_page_before(switched, on):
    client = switched(quirks.CURSORS_LEAD_FORWARD, on, settings={"pagination": "cursor"})
    client.users(4)
    second = client.shown("/Users?count=2")["nextCursor"]

    page = client.shown(f"/Users?count=2&cursor={second}")

    assert ("previousCursor" in page) is not on


@both(quirks.ME_IS_ELSEWHERE)
def test_the_callers_own_user(switched, on):
    client = switched(quirks.ME_IS_ELSEWHERE, on, settings={"me": "ana@example.test"})
    ana = client.user()

    reply = client.get("/Me", allow_redirects=False)

    assert reply.status_code == (308 if on else 200)
    assert reply.headers["Location"] == f"{BASE}/Users/{ana}"


@both(quirks.GROUPS_ARE_DIRECT)
def test_groups_that_a_user_is_in_through_others(switched, on):
    client = switched(quirks.GROUPS_ARE_DIRECT, on)
    ana = client.user()
    inner = client.group("Sales", [ana])
    client.create_group("Everybody", [inner])

    found = client.shown(f"/Users/{ana}")["groups"]

    kinds = {"Sales": "direct"} if on else {"Sales": "direct", "Everybody": "indirect"}
    assert {each["display"]: each["type"] for each in found} == kinds


# --- media types, locks, refusals ----------------------------------------------------------------


@both(quirks.BODIES_ARE_SCIM_JSON)
def test_a_body_of_plain_json(switched, on):
    client = switched(quirks.BODIES_ARE_SCIM_JSON, on)

    reply = client.create_user()

    assert reply.status_code == (415 if on else 201)
    strict = {"Content-Type": "application/scim+json; charset=utf-8"}
    body = {"schemas": [scim.USER], "userName": "ben"}
    assert client.call("POST", "/Users", body, headers=strict).status_code == 201


@both(quirks.SCIM_JSON_IS_NOT_SENT)
def test_a_client_that_accepts_scim_json_alone(switched, on):
    client = switched(quirks.SCIM_JSON_IS_NOT_SENT, on)

    reply = client.get("/Users", headers={"Accept": "application/scim+json"})

    assert reply.status_code == (406 if on else 200)
    assert client.get("/Users", headers={"Accept": "application/json"}).status_code == 200


@both(quirks.REPLIES_ARE_JSON_SCIM)
def test_the_media_type_of_a_reply(switched, on):
    client = switched(quirks.REPLIES_ARE_JSON_SCIM, on)

    told = {client.get(path).headers["Content-Type"] for path in ("/Users", "/Users/x")}

    assert told == {"application/json+scim;charset=UTF-8" if on else "application/scim+json"}


@both(quirks.GROUPS_ARE_LOCKED)
def test_a_write_to_a_group_soon_after_another(switched, on):
    client = switched(quirks.GROUPS_ARE_LOCKED, on, settings={"lock_s": 5})
    group_id, ids = scene(client)
    client.patch(f"/Groups/{group_id}", add(ids[2]))
    client.app.clock.sleep(2)

    reply = client.put_group(group_id)

    assert reply.status_code == (429 if on else 200)
    assert reply.headers.get("Retry-After") == ("3" if on else None)
    client.app.clock.sleep(3)
    assert client.put_group(group_id).status_code == 200


@both(quirks.REMOVE_REFUSES_VALUES)
def test_a_remove_of_values_that_is_refused(switched, on):
    client = switched(quirks.REMOVE_REFUSES_VALUES, on)

    reply, members = on_members(
        client, lambda ids: {"op": "remove", "path": "members", "value": [{"value": ids[0]}]}
    )

    assert reply.status_code == (400 if on else 204)
    assert members == ([0, 1] if on else [])


@both(quirks.REFUSED_TOKENS_GET_A_PAGE)
def test_the_page_for_a_bad_token(switched, on):
    client = switched(quirks.REFUSED_TOKENS_GET_A_PAGE, on)

    reply = client.get("/Users", headers={"Authorization": "Bearer x"})

    assert reply.status_code == (403 if on else 401)
    assert reply.text.startswith("<html>") is on


def test_every_quirk_is_tested_on_and_off():
    assert {quirk.id for quirk in APP.quirks} - TESTED == set()


def test_a_new_service_is_standard(client):
    assert client.app.quirks.active() == frozenset()


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_has_quirks_of_this_app(make, name):
    client = make(settings={"profile": name})
    on = {quirk.id for quirk in APP.quirks if quirk in client.app.state.behaviour}

    assert on == {quirk.id for quirk in PROFILES[name].quirks}
    assert set(PROFILES[name].numbers) <= set(APP.settings)


def test_a_profile_can_be_picked_later_and_left_again(client):
    client.app.change_setting("profile", "fleet")
    first = client.create_group("Sales", ["999"]).json()["detail"]
    client.app.change_setting("profile", "standard")

    assert first == "Bad Request. Invalid parameters provided in request: 999."
    assert error(client.create_group("Sales", ["999"])) == (400, "invalidValue")


def test_a_quirk_comes_on_top_of_a_profile(make):
    client = make(settings={"profile": "fleet"}, quirks={"Q49": True})

    body = client.create_group("Sales", ["999"]).json()

    assert (body["status"], body["detail"][:11]) == (400, "Bad Request")


def test_a_number_of_a_profile_gives_way_to_a_setting(make):
    client = make(settings={"profile": "servicenow", "page": 20})
    client.users(30)

    assert len(client.found("/Users")) == 20


@pytest.mark.parametrize("given", ["Sentry", "", "sentr"])
def test_an_unknown_profile_is_refused_with_the_known_ones(make, given):
    with pytest.raises(ValueError, match="is one of standard, atlassian"):
        make(settings={"profile": given})
