"""Folders, policies and groups of a team, and which of them open what."""

import pytest

GONE = "0001-01-01T00:00:00Z"


def test_a_folder_below_another_takes_a_policy_and_a_top_level_one_a_role(make):
    client = make(settings={"service_user_roles": ("security_admin",)})
    (automation,) = client.api("GET", "/security_policy").json()["list"]

    nested = client.make_folder("Team A")
    top = client.make_folder("Team A", "")
    client.api("DELETE", f"/security_policy/{automation['id']}")
    closed = client.make_folder("Team B")

    assert [each.status_code for each in (nested, top, closed)] == [201, 403, 403]
    assert closed.json() == {"list": []}


def test_an_inactive_policy_opens_nothing(client):
    (automation,) = client.api("GET", "/security_policy").json()["list"]
    client.api("PUT", f"/security_policy/{automation['id']}", {**automation, "active": False})

    assert client.make_folder("Team A").status_code == 403


def test_two_folders_of_one_name_stand_in_different_ones_only(client):
    one = client.make_folder("Team A").json()

    assert client.make_folder("team a").status_code == 409
    assert client.make_folder("Team A", one["id"]).status_code == 201


def test_a_policy_names_groups_that_are_there(client):
    folder, group = client.make_folder("Team A").json(), client.group("Sales")
    before = client.make_policy("none", folder["id"])
    made = client.make_policy(group, folder["id"])

    assert before.status_code == 400
    assert made.json()["principals"]["user_groups"] == [
        {"id": group, "name": "Sales", "type": "user_group"}
    ]


@pytest.mark.parametrize(("is_on", "left"), [(True, []), (False, [True])])
def test_a_deleted_group_leaves_policies_or_is_missing_there(make, is_on, left):
    client = make(quirks={"P3": is_on})
    folder, group = client.make_folder("Team A").json(), client.group("Sales")
    made = client.make_policy(group, folder["id"]).json()
    client.scim("DELETE", f"/Groups/{group}")
    shown = client.api("GET", f"/security_policy/{made['id']}").json()

    assert [each["missing"] for each in shown["principals"]["user_groups"]] == left


def test_the_name_of_a_deleted_group_is_free_and_the_new_one_is_told(client):
    client.api("DELETE", f"/groups/{'Sales' if client.group('Sales') else ''}")
    told = client.api("GET", "/groups/Sales").json()
    again = client.group("Sales")

    assert told["deleted_at"] != GONE
    assert client.api("GET", "/groups/Sales").json() == {
        "deleted_at": GONE,
        "id": again,
        "name": "Sales",
        "roles": [],
    }


def test_a_disabled_user_stays_in_groups_and_a_deleted_one_leaves(client):
    ana, ben = client.user("ana"), client.user("ben")
    group = client.group("Sales", [ana, ben])
    client.patch(f"/Users/{ana}", {"op": "replace", "value": {"active": False}})
    client.scim("DELETE", f"/Users/{ben}")

    assert client.members(group) == [ana]
    assert client.api("GET", "/users/ana").json()["status"] == "DISABLED"
    assert client.api("GET", "/users/ben").json()["status"] == "DELETED"


def test_pages_lead_on_and_back(client):
    for name in "abcde":
        client.group(name)
    first = client.api("GET", "/groups?count=2")
    second = client.api("GET", first.links["next"]["url"])
    back = client.api("GET", second.links["prev"]["url"])

    names = [[each["name"] for each in reply.json()["list"]] for reply in (first, second, back)]
    assert names == [["automation", "a"], ["b", "c"], ["automation", "a"]]
