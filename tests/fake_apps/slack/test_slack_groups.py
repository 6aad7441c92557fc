"""Groups: making, naming, filling and deleting them, in both versions."""

import pytest

from fake_apps.core import scim
from tests.fake_apps.slack.conftest import code

# --- as the reference shows them -----------------------------------------------------------------


def test_a_created_group_is_shown_as_in_the_reference(client):
    """https://docs.slack.dev/reference/scim-api#post-groups-2."""
    ana = client.user("ana", displayName="example")

    reply = client.create_group("Some Group Name", [ana])

    document = reply.json()
    assert reply.status_code == 201
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
    assert document == {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "id": document["id"],
        "meta": {
            "created": "2025-12-31T16:00:00-08:00",
            "location": f"https://api.slack.com/scim/v2/Groups/{document['id']}",
        },
        "displayName": "Some Group Name",
        "members": [{"value": ana, "display": "example"}],
    }
    assert list(document) == ["schemas", "id", "meta", "displayName", "members"]


def test_version_1_differs_in_schema_and_location_only(client):
    document = client.create_group("Sales", version="v1").json()

    assert document["schemas"] == ["urn:scim:schemas:core:1.0"]
    assert document["meta"]["location"].startswith("https://api.slack.com/scim/v1/Groups/S")


def test_a_list_is_shown_as_in_the_reference(client):
    """https://docs.slack.dev/reference/scim-api#get-groups-2."""
    for number in range(15):
        client.group(f"Group {number}")

    page = client.get("v2/Groups?startIndex=1&count=1").json()

    assert list(page) == ["schemas", "Resources", "totalResults", "itemsPerPage", "startIndex"]
    assert page["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:ListResponse"]
    assert (page["totalResults"], page["itemsPerPage"], page["startIndex"]) == (15, 1, 1)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]),
        ("?startIndex=11", ["10", "11"]),
        ("?startIndex=12&count=1000", ["11"]),
        ("?startIndex=13", []),
        ("?startIndex=0&count=2", ["0", "1"]),
        ("?count=0", []),
        ("?count=-1", []),
    ],
)
def test_a_page_has_ten_groups_unless_told_otherwise(client, query, names):
    for number in range(12):
        client.group(str(number))

    page = client.get(f"v1/Groups{query}").json()

    assert [each["displayName"] for each in page["Resources"]] == names
    assert page["totalResults"] == 12


def test_a_page_has_at_most_a_thousand_groups(client):
    for number in range(1001):
        client.group(str(number))

    assert client.get("v2/Groups?count=5000").json()["itemsPerPage"] == 1000


@pytest.mark.parametrize("sought", ["Sales", "sales", "SALES"])
def test_a_group_is_found_by_name_without_case(client, sought):
    wanted = client.group("Sales")
    client.group("Sales EMEA")

    page = client.get(f'v2/Groups?filter=displayName eq "{sought}"').json()

    assert [each["id"] for each in page["Resources"]] == [wanted]


# --- making and naming ---------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["v1", "v2"])
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"schemas": ...}, (400, "missing_schema_element")),
        ({"schemas": []}, (400, "missing_schema_element")),
        ({"displayName": ...}, (400, "invalid_request_payload")),
        ({"displayName": " "}, (400, "invalid_request_payload")),
        ({"displayName": 5}, (400, "invalid_attribute_format")),
        ({"displayName": "Sales"}, (409, "group_creation_failed")),
        ({"displayName": "sales"}, (409, "group_creation_failed")),
        ({"members": "x"}, (400, "invalid_attribute_format")),
        ({"members": ["x"]}, (400, "invalid_attribute_format")),
        ({"members": [{"value": 5}]}, (400, "invalid_attribute_format")),
        ({"members": [{"value": "U0"}]}, (404, "no_such_group_members")),
    ],
)
def test_a_group_that_cannot_be_made_is_refused(client, version, changes, error):
    client.group("Sales")

    reply = client.create_group("New", version=version, **changes)

    assert code(reply) == error
    assert len(client.app.admin.groups()) == 1


def test_an_error_is_as_in_the_reference(client):
    """https://docs.slack.dev/reference/scim-api#example-error."""
    assert client.create_group(schemas=...).json() == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "detail": "missing_schema_element",
        "status": 400,
    }


def test_an_error_of_version_1_is_as_recorded(client):
    assert client.get("v1/Groups/S0").json() == {
        "Errors": {"description": "no_such_group", "code": 404}
    }


def test_a_group_keeps_its_own_name_without_conflict(client):
    group = client.group("Sales")

    assert client.put("Groups", group, displayName="Sales").status_code == 200
    assert client.put("Groups", group, displayName="sales").json()["displayName"] == "sales"


def test_the_old_name_of_a_renamed_group_is_free(client):
    client.put("Groups", client.group("Sales"), displayName="Marketing")

    assert client.create_group("Sales").status_code == 201


def test_a_deleted_group_is_gone_and_its_members_stay(client):
    ana = client.user()
    group = client.group("Sales", [ana])

    reply = client.call("DELETE", f"v2/Groups/{group}")

    assert (reply.status_code, reply.text) == (204, "")
    assert code(client.get(f"v2/Groups/{group}")) == (404, "no_such_group")
    assert client.shown(ana)["groups"] == []


def test_a_group_linked_to_channels_is_not_deleted(client):
    client.app.change_setting("groups_linked_to_channels", ["Sales"])

    reply = client.call("DELETE", f"v2/Groups/{client.group('Sales')}")

    assert code(reply) == (400, "idp_group_linked_to_channels")


# --- PATCH by version 1 --------------------------------------------------------------------------


def test_members_join_unless_they_are_marked_to_leave(client):
    """https://docs.slack.dev/reference/scim-api#patch-groups-id."""
    ana, ben, cy = client.users(3)
    group = client.group("Sales", [ben])
    members = [{"value": ana}, {"value": ben, "operation": "delete"}, {"value": cy}]

    reply = client.patch_1("Groups", group, members=members)

    assert (reply.status_code, reply.text) == (204, "")
    assert client.member_ids(group) == [ana, cy]


def test_one_request_of_version_1_renames_and_changes_members(client):
    ana, ben = client.users(2)
    group = client.group("Sales", [ben])

    client.patch_1(
        "Groups",
        group,
        displayName="Marketing",
        members=[{"value": ana}, {"value": ben, "operation": "delete"}],
    )

    document = client.get(f"v1/Groups/{group}").json()
    assert document["displayName"] == "Marketing"
    assert [each["value"] for each in document["members"]] == [ana]


def test_version_1_clears_members_by_name(client):
    group = client.group("Sales", client.users(2))

    client.patch_1("Groups", group, meta={"attributes": ["Members"]})

    assert client.member_ids(group) == []


# --- PATCH by version 2 --------------------------------------------------------------------------


@pytest.fixture
def team(client):
    """A group of ana and ben, cy outside."""
    client.ana, client.ben, client.cy = client.users(3)
    client.team = client.group("Sales", [client.ana, client.ben])
    return client


def values(*user_ids):
    return [{"value": each} for each in user_ids]


def test_replace_overwrites_all_members_and_shows_the_group(team):
    operation = {"op": "replace", "path": "members", "value": values(team.cy)}

    reply = team.patch("Groups", team.team, operation)

    assert reply.status_code == 200
    assert [each["value"] for each in reply.json()["members"]] == [team.cy]


def test_remove_without_a_selection_removes_everybody(team):
    team.patch("Groups", team.team, {"op": "remove", "path": "members"})

    assert team.member_ids(team.team) == []


@pytest.mark.parametrize("quote", ['"', ""])
def test_a_single_member_is_removed_with_or_without_quotes(team, quote):
    path = f"members[value eq {quote}{team.ana}{quote}]"

    team.patch("Groups", team.team, {"op": "remove", "path": path})

    assert team.member_ids(team.team) == [team.ben]


def test_several_members_are_removed_by_one_filter(team):
    path = f'members[value eq "{team.ana}" or value eq "{team.ben}"]'

    team.patch("Groups", team.team, {"op": "remove", "path": path})

    assert team.member_ids(team.team) == []


def test_an_added_member_is_there_once(team):
    operation = {"op": "add", "path": "members", "value": values(team.ana, team.cy, team.cy)}

    team.patch("Groups", team.team, operation)

    assert team.member_ids(team.team) == [team.ana, team.ben, team.cy]


def test_removing_an_absent_member_is_fine(team):
    operation = {"op": "remove", "path": f'members[value eq "{team.cy}"]'}

    assert team.patch("Groups", team.team, operation).status_code == 200


def test_okta_names_a_group_without_a_path_and_changes_members_beside(team):
    """https://developer.okta.com/docs/reference/scim/scim-20."""
    reply = team.patch(
        "Groups",
        team.team,
        {"op": "replace", "value": {"id": team.team, "displayName": "Marketing"}},
        {"op": "remove", "path": f'members[value eq "{team.ana}"]'},
        {"op": "add", "path": "members", "value": [{"value": team.cy, "display": "c@x.test"}]},
    )

    document = reply.json()
    assert document["displayName"] == "Marketing"
    assert [each["value"] for each in document["members"]] == [team.ben, team.cy]


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "path": "displayName", "value": "Marketing"},
        {"op": "Add", "path": "displayName", "value": "Marketing"},
        {"op": "replace", "value": {"displayName": "Marketing"}},
    ],
)
def test_a_group_is_renamed_in_any_of_the_forms(team, operation):
    reply = team.patch("Groups", team.team, operation)

    assert reply.json()["displayName"] == "Marketing"
    assert len(reply.json()["members"]) == 2


def test_members_without_a_path_are_added_or_replaced(team):
    team.patch("Groups", team.team, {"op": "add", "value": {"members": values(team.cy)}})
    assert team.member_ids(team.team) == [team.ana, team.ben, team.cy]

    team.patch("Groups", team.team, {"op": "replace", "value": {"members": values(team.cy)}})
    assert team.member_ids(team.team) == [team.cy]


@pytest.mark.parametrize(
    "path", ["members[value eq {}]", "Members[VALUE EQ {}]", "members[ value  eq {} ]"]
)
def test_one_member_is_picked_by_a_bare_id_however_it_is_spaced_and_written(team, path):
    """Slack facts, Q7; names and operators are case-insensitive (section 6)."""
    reply = team.patch("Groups", team.team, {"op": "remove", "path": path.format(team.ana)})

    assert reply.status_code == 200
    assert team.member_ids(team.team) == [team.ben]


def test_a_refused_operation_undoes_those_before_it(team):
    reply = team.patch(
        "Groups",
        team.team,
        {"op": "replace", "path": "displayName", "value": "Marketing"},
        {"op": "remove", "path": "members"},
        {"op": "add", "path": "members", "value": values("U0")},
    )

    assert code(reply) == (404, "no_such_group_members")
    assert team.get(f"v2/Groups/{team.team}").json()["displayName"] == "Sales"
    assert team.member_ids(team.team) == [team.ana, team.ben]


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": "displayName"},
        {"op": "add", "path": 'members[value eq "x"]', "value": []},
        {"op": "replace", "path": "members.value", "value": []},
        {"op": "replace", "path": "nothing", "value": "x"},
        {"op": "remove"},
        {"op": "move", "path": "members"},
    ],
)
def test_an_operation_that_makes_no_sense_is_refused(team, operation):
    assert code(team.patch("Groups", team.team, operation)) == (400, "invalid_request_payload")


# --- who may be a member -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("profile", "status"),
    [
        ({}, 200),
        ({"kind": "multi-channel guest"}, 200),
        ({"kind": "single-channel guest"}, 400),
        ({"active": False}, 400),
    ],
)
def test_members_are_active_and_no_single_channel_guests(client, profile, status):
    user = client.user("ana", **profile)
    operation = {"op": "add", "path": "members", "value": values(user)}

    reply = client.patch("Groups", client.group(), operation)

    assert reply.status_code == status
    if status == 400:
        assert code(reply)[1] == "unable_to_add_deleted_or_guest_to_group"


def test_a_request_names_at_most_15000_users(client):
    group = client.group()
    members = values(*(f"U{number}" for number in range(15_001)))
    removals = [{"op": "remove", "path": f"members[value eq U{n}]"} for n in range(15_001)]

    for reply in (
        client.create_group("Big", [each["value"] for each in members]),
        client.put("Groups", group, displayName="Sales", members=members),
        client.patch_1("Groups", group, members=members),
        client.patch("Groups", group, {"op": "add", "path": "members", "value": members}),
        client.patch("Groups", group, *removals),
    ):
        assert code(reply) == (400, "too_many_users")


@pytest.mark.parametrize(
    ("settings", "most"),
    [({"plan": "business_plus"}, 5_000), ({"group_member_max": 3}, 3)],
)
def test_a_group_holds_no_more_than_its_plan_allows(make, settings, most):
    client = make(settings=settings)
    ids = client.users(most + 1)
    group = client.group("Sales", ids[:most])

    reply = client.patch_1("Groups", group, members=values(ids[-1]))

    assert code(reply) == (400, "group_member_max_exceeded")


def test_a_locked_group_refuses_the_next_write(make):
    """https://docs.slack.dev/reference/scim-api#concurrency."""
    client = make(settings={"lock_s": 5})
    ana, ben = client.users(2)
    group, other = client.group("Sales"), client.group("Other")
    add = {"op": "add", "path": "members", "value": values(ana)}
    assert client.patch("Groups", group, add).status_code == 200
    client.app.clock.sleep(2.5)

    reply = client.patch_1("Groups", group, members=values(ben))
    assert code(reply) == (429, "resource_locked")
    assert reply.headers["Retry-After"] == "3"
    assert client.get(f"v1/Groups/{group}").status_code == 200
    assert client.patch("Groups", other, add).status_code == 200

    client.app.clock.sleep(2.5)
    assert client.patch_1("Groups", group, members=values(ben)).status_code == 204


def test_schemas_of_the_standard_are_named(client):
    assert client.get("v2/Schemas/Groups").json()["id"] == scim.GROUP
