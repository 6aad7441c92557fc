"""Objects of any type in the fake Microsoft 365: memberships asked for, managers, the bin."""

import pytest

from fake_apps.o365.throttle import READ_UNITS

GRAPH = "https://graph.microsoft.com/v1.0"
NOBODY = "00000000-0000-0000-0000-000000000009"
UNIFIED = {"mailEnabled": True, "securityEnabled": False, "groupTypes": ["Unified"]}


def reference(object_id):
    return {"@odata.id": f"{GRAPH}/directoryObjects/{object_id}"}


def asked(client, path, **body):
    reply = client.call("POST", path, body)
    assert reply.status_code == 200, reply.text
    return reply.json()["value"]


@pytest.fixture
def nested(client):
    """Ana is in Inner, which is in Outer, and in a team."""
    client.ana, client.ben = client.users(2)
    admin = client.app.admin
    client.inner = admin.add_group("Inner", member_ids=[client.ana])
    client.outer = admin.add_group("Outer", member_ids=[client.inner])
    client.team = client.group("Team", **UNIFIED)
    admin.add_members(client.team, [client.ana])
    return client


# --- what it is a member of ------------------------------------------------------------------


@pytest.mark.parametrize("root", ["users", "directoryObjects"])
@pytest.mark.parametrize("name", ["getMemberGroups", "getMemberObjects"])
def test_all_groups_of_an_object_are_told_by_id(nested, root, name):
    path = f"/{root}/{nested.ana}/{name}"

    every = asked(nested, path, securityEnabledOnly=False)
    secure = asked(nested, path, securityEnabledOnly=True)

    assert sorted(every) == sorted([nested.inner, nested.outer, nested.team])
    assert sorted(secure) == sorted([nested.inner, nested.outer])


@pytest.mark.parametrize(
    ("name", "field"), [("checkMemberGroups", "groupIds"), ("checkMemberObjects", "ids")]
)
def test_of_given_groups_those_are_told_that_it_is_in(nested, name, field):
    given = {field: [nested.outer, NOBODY, nested.inner, nested.outer]}

    found = asked(nested, f"/users/{nested.ana}/{name}", **given)

    assert found == [nested.outer, nested.inner]
    assert asked(nested, f"/users/{nested.ben}/{name}", **given) == []


def test_a_group_can_be_asked_about_too(nested):
    path = f"/groups/{nested.inner}"

    assert asked(nested, f"{path}/getMemberGroups", securityEnabledOnly=True) == [nested.outer]
    assert asked(nested, f"{path}/microsoft.graph.checkMemberGroups", groupIds=[nested.outer]) == [
        nested.outer
    ]


def test_the_answer_is_a_collection_of_texts(nested):
    reply = nested.call("POST", f"/users/{nested.ben}/getMemberGroups", {})

    assert reply.json() == {
        "@odata.context": f"{GRAPH}/$metadata#Collection(Edm.String)",
        "value": [],
    }


def test_at_most_twenty_groups_are_checked(nested):
    path = f"/users/{nested.ana}/checkMemberGroups"

    assert nested.call("POST", path, {"groupIds": [NOBODY] * 20}).status_code == 200
    assert nested.call("POST", path, {"groupIds": [NOBODY] * 21}).status_code == 400


@pytest.mark.parametrize("body", [{}, {"groupIds": "x"}, {"groupIds": []}, {"groupIds": ["x"]}])
def test_groups_to_check_are_a_list_of_guids(nested, body):
    assert nested.call("POST", f"/users/{nested.ana}/checkMemberGroups", body).status_code == 400


def test_whether_only_secure_groups_count_is_a_flag(nested):
    body = {"securityEnabledOnly": "yes"}

    assert nested.call("POST", f"/users/{nested.ana}/getMemberGroups", body).status_code == 400


@pytest.mark.parametrize("root", ["users", "groups", "directoryObjects"])
def test_who_is_not_there_is_in_no_group(client, root):
    reply = client.call("POST", f"/{root}/{NOBODY}/getMemberGroups", {"securityEnabledOnly": True})

    assert (reply.status_code, reply.json()["error"]["code"]) == (404, "Request_ResourceNotFound")


def test_asking_for_memberships_is_a_read_and_takes_its_units(nested):
    units = {
        name: nested.call("POST", f"/users/{nested.ana}/{name}", body).headers["x-ms-resource-unit"]
        for name, body in [("getMemberGroups", {}), ("checkMemberObjects", {"ids": [NOBODY]})]
    }

    assert units == {"getMemberGroups": "2", "checkMemberObjects": "4"}
    assert READ_UNITS["o365.get_member_groups"] == 2


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("/users/{ana}/memberOf", 2),
        ("/users/{ana}/memberOf/microsoft.graph.group", 2),
        ("/users/{ana}/transitiveMemberOf", 3),
        ("/groups/{inner}/memberOf", 1),
        ("/groups/{inner}/transitiveMemberOf/microsoft.graph.group", 1),
        ("/groups/{outer}/members/microsoft.graph.group", 1),
        ("/groups/{outer}/members/microsoft.graph.user", 0),
        ("/groups/{outer}/transitiveMembers", 2),
        ("/groups/{outer}/transitiveMembers/microsoft.graph.user", 1),
        ("/groups/{outer}/owners/microsoft.graph.user", 0),
        ("/directory/deletedItems/microsoft.graph.group", 0),
    ],
)
def test_relations_are_counted_by_type(nested, path, count):
    place = path.format(ana=nested.ana, inner=nested.inner, outer=nested.outer)

    assert nested.eventual(f"{place}/$count").text == str(count)
    assert nested.get(f"{place}/$count").status_code == 400


# --- objects and the bin ---------------------------------------------------------------------


def test_an_object_is_deleted_by_its_id_whatever_it_is(client):
    (ana,) = client.users(1)
    sales = client.app.admin.add_group("Sales")

    replies = [client.call("DELETE", f"/directoryObjects/{one}") for one in (ana, sales, ana)]

    assert [reply.status_code for reply in replies] == [204, 204, 404]
    assert client.get("/users").json()["value"] == client.get("/groups").json()["value"] == []


def test_deleted_objects_are_counted_and_sorted_by_when_they_were_deleted(client):
    for name in ("One", "Two"):
        group = client.app.admin.add_group(name)
        client.app.clock.sleep(1)
        client.call("DELETE", f"/groups/{group}")
    path = "/directory/deletedItems/microsoft.graph.group"
    options = "?$count=true&$orderBy=deletedDateTime desc&$select=displayName"

    found = client.eventual(path + options).json()

    assert found["@odata.count"] == 2
    assert [item["displayName"] for item in found["value"]] == ["Two", "One"]


# --- managers --------------------------------------------------------------------------------


def test_a_manager_is_set_read_replaced_and_removed(client):
    ana, ben, cy = client.users(3)
    path = f"/users/{ana}/manager"
    for boss in (ben, cy):
        assert client.call("PUT", f"{path}/$ref", reference(boss)).status_code == 204
    read = client.get(f"{path}?$select=id").json()
    removed = client.call("DELETE", f"{path}/$ref").status_code

    assert read == {"@odata.context": f"{GRAPH}/$metadata#users(id)/$entity", "id": cy}
    assert removed == 204
    assert client.get(path).status_code == client.call("DELETE", f"{path}/$ref").status_code == 404


def test_reports_are_listed_and_leave_with_their_manager(client):
    ana, ben = client.users(2)
    client.call("PUT", f"/users/{ana}/manager/$ref", reference(ben))
    before = client.get(f"/users/{ben}/directReports").json()["value"]
    client.call("DELETE", f"/users/{ben}")

    assert [one["id"] for one in before] == [ana]
    assert client.get(f"/users/{ana}/manager").status_code == 404


def test_a_manager_is_another_user(client):
    (ana,) = client.users(1)
    group = client.app.admin.add_group("Sales")

    for wrong in (ana, group):
        reply = client.call("PUT", f"/users/{ana}/manager/$ref", reference(wrong))
        assert reply.status_code == 400


# --- who is asking ---------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/me", "/me/memberOf"])
def test_an_application_is_nobody(client, path):
    error = client.get(path).json()["error"]

    assert error["message"] == "/me request is only valid with delegated authentication flow."
