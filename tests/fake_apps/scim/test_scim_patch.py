"""PATCH: RFC 7644, 3.5.2, rule by rule."""

import pytest

from fake_apps.core import scim
from tests.fake_apps.scim.conftest import add, error, remove, replace

ENTERPRISE = scim.ENTERPRISE
WORK = {"value": "w@example.test", "type": "work", "primary": True}
HOME = {"value": "h@example.test", "type": "home"}


@pytest.fixture
def ana(client):
    return client.create_user(
        "ana@example.test",
        name={"givenName": "Ana", "familyName": "Silva"},
        emails=[WORK, HOME],
        **{ENTERPRISE: {"department": "Sales", "manager": {"value": "7"}}},
    ).json()["id"]


def patched(client, user_id, op, path=None, value=...):
    """The user after one operation."""
    told = {"op": op, "path": path, "value": value}
    operation = {name: each for name, each in told.items() if each not in (None, ...)}
    return client.patch(f"/Users/{user_id}", operation).json()


def refused(client, user_id, op, path=None, value=...):
    told = {"op": op, "path": path, "value": value}
    operation = {name: each for name, each in told.items() if each not in (None, ...)}
    return error(client.patch(f"/Users/{user_id}", operation))


# --- add ----------------------------------------------------------------------------------------


def test_an_add_sets_what_was_not_there(client, ana):
    assert patched(client, ana, "add", "title", "Boss")["title"] == "Boss"


def test_an_add_replaces_a_single_value(client, ana):
    assert patched(client, ana, "add", "name.givenName", "Anna")["name"]["givenName"] == "Anna"


def test_an_add_without_a_path_merges_the_attributes(client, ana):
    shown = patched(client, ana, "add", value={"title": "Boss", "name": {"middleName": "M"}})

    assert shown["title"] == "Boss"
    assert shown["name"] == {"givenName": "Ana", "familyName": "Silva", "middleName": "M"}


def test_an_add_appends_to_several_values(client, ana):
    other = {"value": "o@example.test", "type": "other"}

    assert patched(client, ana, "add", "emails", [other])["emails"] == [WORK, HOME, other]


def test_a_value_that_is_there_is_not_added_again(client, ana):
    before = client.shown(f"/Users/{ana}")

    after = patched(client, ana, "add", "emails", [HOME])

    assert after == before


def test_a_new_primary_value_takes_it_from_the_old_one(client, ana):
    other = {"value": "o@example.test", "primary": True}

    shown = patched(client, ana, "add", "emails", [other])["emails"]

    assert [each.get("primary") for each in shown] == [False, None, True]


def test_an_add_with_a_filter_changes_those_who_match(client, ana):
    shown = patched(client, ana, "add", 'emails[type eq "home"].display', "Home")["emails"]

    assert shown == [WORK, {**HOME, "display": "Home"}]


def test_an_add_with_a_filter_that_finds_nothing_makes_what_it_describes(client, ana):
    shown = patched(client, ana, "add", 'emails[type eq "other"].value', "o@example.test")

    assert shown["emails"][2] == {"type": "other", "value": "o@example.test"}


# --- remove ---------------------------------------------------------------------------------------


def test_a_remove_needs_a_path(client, ana):
    assert refused(client, ana, "remove") == (400, "noTarget")


@pytest.mark.parametrize("path", ["emails", "name", "displayName", "active", ENTERPRISE])
def test_a_removed_attribute_is_gone(client, ana, path):
    assert path not in patched(client, ana, "remove", path)


def test_a_removed_part_leaves_the_others(client, ana):
    assert patched(client, ana, "remove", "name.givenName")["name"] == {"familyName": "Silva"}


def test_a_remove_with_a_filter_takes_those_who_match(client, ana):
    assert patched(client, ana, "remove", 'emails[type eq "work"]')["emails"] == [HOME]


def test_a_remove_that_matches_nothing_is_done(client, ana):
    before = client.shown(f"/Users/{ana}")

    assert patched(client, ana, "remove", 'emails[type eq "none"]') == before


def test_a_part_of_those_who_match_is_removed(client, ana):
    assert patched(client, ana, "remove", 'emails[type eq "home"].type')["emails"] == [
        WORK,
        {"value": HOME["value"]},
    ]


@pytest.mark.parametrize("path", ["userName", "id", "meta", "groups", "meta.created"])
def test_what_is_required_or_read_only_cannot_be_removed(client, ana, path):
    assert refused(client, ana, "remove", path) == (400, "mutability")


# --- replace --------------------------------------------------------------------------------------


def test_a_replace_sets_what_was_not_there(client, ana):
    assert patched(client, ana, "replace", "title", "Boss")["title"] == "Boss"


def test_a_replace_exchanges_all_values(client, ana):
    assert patched(client, ana, "replace", "emails", [HOME])["emails"] == [HOME]


def test_a_replace_with_a_filter_exchanges_those_who_match(client, ana):
    new = {"value": "n@example.test", "type": "home"}

    assert patched(client, ana, "replace", 'emails[type eq "home"]', new)["emails"] == [WORK, new]


def test_a_replace_sets_a_part_of_those_who_match(client, ana):
    shown = patched(client, ana, "replace", 'emails[type eq "work"].value', "n@example.test")

    assert shown["emails"] == [{**WORK, "value": "n@example.test"}, HOME]


def test_a_replace_that_matches_nothing_has_no_target(client, ana):
    path = 'emails[type eq "none"].value'

    assert refused(client, ana, "replace", path, "x") == (400, "noTarget")


def test_a_replace_of_a_complex_attribute_keeps_what_it_does_not_name(client, ana):
    shown = patched(client, ana, "replace", "name", {"givenName": "Anna"})

    assert shown["name"] == {"givenName": "Anna", "familyName": "Silva"}


def test_an_extension_is_changed_by_its_urn(client, ana):
    shown = patched(client, ana, "replace", f"{ENTERPRISE}:department", "Legal")
    assert shown[ENTERPRISE] == {"department": "Legal", "manager": {"value": "7"}}

    shown = patched(client, ana, "replace", value={ENTERPRISE: {"costCenter": "5"}})

    assert shown[ENTERPRISE]["costCenter"] == "5"
    assert shown["schemas"] == [scim.USER, ENTERPRISE]


def test_a_core_attribute_may_have_the_urn_before_it(client, ana):
    assert patched(client, ana, "replace", f"{scim.USER}:title", "Boss")["title"] == "Boss"


def test_names_and_operations_are_read_whatever_their_case(client, ana):
    shown = patched(client, ana, "Replace", "NAME.GivenName", "Anna")

    client.patch(f"/Users/{ana}", {"OP": "replace", "Path": "title", "VALUE": "Boss"})

    assert shown["name"]["givenName"] == "Anna"
    assert client.shown(f"/Users/{ana}")["title"] == "Boss"


# --- refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("op", "path", "value", "told"),
    [
        ("move", "title", "x", "invalidSyntax"),
        ("replace", "nothing", "x", "invalidPath"),
        ("replace", "name.nothing", "x", "invalidPath"),
        ("replace", "urn:x:y:z", "x", "invalidPath"),
        ("replace", "emails[type eq", "x", "invalidPath"),
        ("replace", 'title[value eq "x"]', "x", "invalidPath"),
        ("replace", "active", "yes", "invalidValue"),
        ("replace", "emails", ["x"], "invalidValue"),
        ("replace", "userName", "", "invalidValue"),
        ("replace", None, "x", "invalidValue"),
        ("replace", "id", "x", "mutability"),
        ("add", f"{ENTERPRISE}:manager.displayName", "x", "mutability"),
    ],
)
def test_what_is_wrong_with_an_operation_is_told(client, ana, *, op, path, value, told):
    before = client.shown(f"/Users/{ana}")

    assert refused(client, ana, op, path, value) == (400, told)
    assert client.shown(f"/Users/{ana}") == before


def test_one_refused_operation_undoes_the_others(client, ana):
    before = client.shown(f"/Users/{ana}")

    reply = client.patch(
        f"/Users/{ana}",
        {"op": "replace", "path": "title", "value": "Boss"},
        {"op": "replace", "path": "id", "value": "x"},
    )

    assert error(reply) == (400, "mutability")
    assert client.shown(f"/Users/{ana}") == before


def test_a_patch_says_what_it_is(client, ana):
    body = {"schemas": [scim.USER], "Operations": [{"op": "add", "path": "title", "value": "x"}]}

    assert error(client.call("PATCH", f"/Users/{ana}", body)) == (400, "invalidSyntax")


# --- groups ---------------------------------------------------------------------------------------


@pytest.fixture
def sales(client):
    client.ids = client.users(4)
    return client.group("Sales", client.ids[:2])


@pytest.mark.parametrize(
    ("operations", "members"),
    [
        ([lambda i: add(i[2], i[3])], [0, 1, 2, 3]),
        ([lambda i: add(i[0], i[2])], [0, 1, 2]),
        ([lambda i: {**add(i[2]), "value": {"value": i[2]}}], [0, 1, 2]),
        ([lambda i: remove(i[0])], [1]),
        ([lambda i: remove(i[3])], [0, 1]),
        ([lambda i: {"op": "remove", "path": "members"}], []),
        ([lambda i: {"op": "remove", "path": "members", "value": [{"value": i[0]}]}], []),
        ([lambda i: replace(i[2])], [2]),
        ([lambda i: replace()], []),
        ([lambda i: remove(i[0]), lambda i: remove(i[1]), lambda i: add(i[3])], [3]),
        ([lambda i: {"op": "add", "value": {"members": [{"value": i[2]}]}}], [0, 1, 2]),
        ([lambda i: {"op": "replace", "value": {"members": [{"value": i[2]}]}}], [2]),
        (
            [
                lambda i: {
                    "op": "remove",
                    "path": f'members[value eq "{i[0]}" or value eq "{i[1]}"]',
                }
            ],
            [],
        ),
        ([lambda i: {"op": "remove", "path": 'members[type eq "User"]'}], []),
        ([lambda i: {"op": "Remove", "path": f'Members[Value EQ "{i[0]}"]'}], [1]),
        ([lambda i: {**add(i[2]), "value": [{"value": i[2], "$ref": None}]}], [0, 1, 2]),
        ([lambda i: {"op": "add", "path": "members", "value": []}], [0, 1]),
    ],
)
def test_members_join_and_leave(client, sales, operations, members):
    reply = client.patch(f"/Groups/{sales}", *(each(client.ids) for each in operations))

    assert (reply.status_code, reply.text) == (204, "")
    assert [client.ids.index(each) for each in client.members(sales)] == members


def test_okta_names_the_group_before_it_changes_the_members(client, sales):
    named = {"op": "replace", "value": {"id": sales, "displayName": "New"}}

    assert client.patch(f"/Groups/{sales}", named, add(client.ids[2])).status_code == 204
    assert client.found("/Groups") == ["New"]


def test_a_group_may_be_a_member(client, sales):
    other = client.create_group("All", [sales]).json()

    assert other["members"] == [
        {
            "value": sales,
            "$ref": f"https://scim.example.test/v2/Groups/{sales}",
            "display": "Sales",
            "type": "Group",
        }
    ]


@pytest.mark.parametrize(
    ("operation", "told"),
    [
        (lambda i, g: add("nobody"), "invalidValue"),
        (lambda i, g: add(g), "invalidValue"),
        (lambda i, g: {"op": "add", "path": "members", "value": ["x"]}, "invalidValue"),
        (lambda i, g: {"op": "add", "path": "members"}, "invalidValue"),
        (lambda i, g: {"op": "replace", "path": "members"}, "invalidValue"),
        (lambda i, g: {"op": "remove"}, "noTarget"),
        (lambda i, g: {"op": "remove", "path": "displayName"}, "mutability"),
        (lambda i, g: {"op": "remove", "path": "members.value"}, "mutability"),
        (
            lambda i, g: {"op": "replace", "path": f'members[value eq "{i[3]}"]', "value": {}},
            "noTarget",
        ),
        (lambda i, g: {"op": "replace", "value": {"id": "other"}}, "mutability"),
        (lambda i, g: {"op": "replace", "path": "displayName", "value": ""}, "invalidValue"),
        (lambda i, g: {"op": "replace", "path": "displayName", "value": None}, "invalidValue"),
    ],
)
def test_what_a_group_refuses_changes_nothing(client, sales, operation, told):
    before = client.shown(f"/Groups/{sales}")

    reply = client.patch(f"/Groups/{sales}", add(client.ids[2]), operation(client.ids, sales))

    assert error(reply) == (400, told)
    assert client.shown(f"/Groups/{sales}") == before


def test_a_member_is_shown_under_the_name_the_client_gave(client, sales):
    joining = {"value": client.ids[2], "display": "cy@example.test"}

    client.patch(f"/Groups/{sales}", {"op": "add", "path": "members", "value": [joining]})
    shown = client.shown(f"/Groups/{sales}")["members"]

    assert [each["display"] for each in shown] == [
        "user00000@example.test",
        "user00001@example.test",
        "cy@example.test",
    ]


@pytest.mark.parametrize("asked", ["?attributes=displayName", ""])
def test_a_patched_group_is_answered_where_it_is_asked_for(make, asked):
    client = make(settings={"group_patch_status": "204" if asked else "200"})
    group_id = client.group("Sales")

    reply = client.patch(
        f"/Groups/{group_id}{asked}", {"op": "replace", "path": "displayName", "value": "New"}
    )

    assert (reply.status_code, reply.json()["displayName"]) == (200, "New")
