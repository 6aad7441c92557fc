"""Bulk requests: RFC 7644, 3.7."""

import pytest

from fake_apps.core import scim
from tests.fake_apps.scim.conftest import BASE, error

REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"


def user(name, bulk_id):
    data = {"schemas": [scim.USER], "userName": name}
    return {"method": "POST", "path": "/Users", "bulkId": bulk_id, "data": data}


def group(name, bulk_id, *members):
    data = {"schemas": [scim.GROUP], "displayName": name}
    told = [{"value": each} for each in members]
    data = {**data, "members": told} if members else data
    return {"method": "POST", "path": "/Groups", "bulkId": bulk_id, "data": data}


def send(client, *operations, **more):
    body = {"schemas": [REQUEST], "Operations": list(operations), **more}
    return client.call("POST", "/Bulk", body)


def statuses(reply):
    assert reply.status_code == 200
    return [each["status"] for each in reply.json()["Operations"]]


def names_of_members(client, name):
    logins = {row.id: row.name for row in (*client.app.state.users, *client.app.state.groups)}
    (found,) = [each for each in client.app.admin.groups() if each.name == name]
    return [logins[each] for each in found.member_ids]


def test_a_group_is_made_with_users_of_the_same_request(client):
    reply = send(client, user("ana", "a"), group("Sales", "s", "bulkId:a"))

    told = reply.json()["Operations"]
    assert statuses(reply) == ["201", "201"]
    assert [each["bulkId"] for each in told] == ["a", "s"]
    assert told[0]["location"] == f"{BASE}/Users/{client.app.admin.accounts()[0].id}"
    assert told[0]["version"] == 'W/"1"'
    assert names_of_members(client, "Sales") == ["ana"]


def test_what_is_referred_to_may_come_later(client):
    reply = send(client, group("Sales", "s", "bulkId:a"), user("ana", "a"))

    assert statuses(reply) == ["201", "201"]
    assert [each["bulkId"] for each in reply.json()["Operations"]] == ["s", "a"]
    assert names_of_members(client, "Sales") == ["ana"]


def test_groups_may_be_each_others_members(client):
    reply = send(client, group("A", "a", "bulkId:b"), group("B", "b", "bulkId:a"))

    assert statuses(reply) == ["201", "201"]
    assert (names_of_members(client, "A"), names_of_members(client, "B")) == (["B"], ["A"])


def test_a_path_may_refer_to_what_is_made(client):
    value = [{"op": "replace", "path": "title", "value": "Boss"}]
    data = {"schemas": [scim.PATCH_OP], "Operations": value}
    patch = {"method": "PATCH", "path": "/Users/bulkId:a", "data": data}

    reply = send(client, user("ana", "a"), patch, {"method": "DELETE", "path": "/Users/bulkId:a"})

    assert statuses(reply) == ["201", "200", "204"]
    assert client.app.admin.accounts() == []


def test_a_refused_operation_leaves_the_others_alone(client):
    reply = send(client, user("ana", "a"), user("ana", "b"), user("ben", "c"))

    assert statuses(reply) == ["201", "409", "201"]
    refused = reply.json()["Operations"][1]
    assert refused["response"]["scimType"] == "uniqueness"
    assert "location" not in refused
    assert [each.login for each in client.app.admin.accounts()] == ["ana", "ben"]


def test_after_so_many_failures_nothing_more_is_done(client):
    reply = send(
        client, user("", "a"), user("ana", "b"), user("", "c"), user("ben", "d"), failOnErrors=2
    )

    assert statuses(reply) == ["400", "201", "400"]
    assert [each.login for each in client.app.admin.accounts()] == ["ana"]


@pytest.mark.parametrize(
    ("operation", "status"),
    [
        (group("Sales", "s", "bulkId:nobody"), "409"),
        ({"method": "POST", "path": "/Users", "data": {}}, "400"),
        ({"method": "GET", "path": "/Users"}, "400"),
        ({"method": "POST", "path": "/Users/x", "bulkId": "a", "data": {}}, "400"),
        ({"method": "DELETE", "path": "/Users"}, "400"),
        ({"method": "DELETE", "path": "/Users/nobody"}, "404"),
        ({"method": "DELETE", "path": "/Bulk/x"}, "400"),
        ({"method": "PATCH", "path": "/Users/bulkId:b", "data": {}}, "409"),
    ],
)
def test_what_is_wrong_with_an_operation_is_told_in_its_place(client, operation, status):
    reply = send(client, operation, user("ana", "z"))

    assert statuses(reply) == [status, "201"]


def test_what_refers_to_a_failed_one_fails_too(client):
    reply = send(client, user("", "a"), group("Sales", "s", "bulkId:a"))

    assert statuses(reply) == ["400", "409"]
    assert client.app.admin.groups() == []


def test_users_who_manage_each_other_are_a_circle(client):
    def managed(name, bulk_id, manager):
        made = user(name, bulk_id)
        made["data"][scim.ENTERPRISE] = {"manager": {"value": f"bulkId:{manager}"}}
        return made

    assert statuses(send(client, managed("ana", "a", "b"), managed("ben", "b", "a"))) == [
        "409",
        "409",
    ]


def test_an_operation_may_insist_on_a_version(client):
    ana = client.user()
    gone = {"method": "DELETE", "path": f"/Users/{ana}"}

    reply = send(client, {**gone, "version": 'W/"9"'}, {**gone, "version": 'W/"1"'})

    assert statuses(reply) == ["412", "204"]


@pytest.mark.parametrize("setting", ["bulk_operations", "bulk_bytes"])
def test_a_request_above_the_limits_is_too_large(make, setting):
    client = make(settings={setting: 1})

    assert error(send(client, user("ana", "a"), user("ben", "b"))) == (413, None)
    assert client.app.admin.accounts() == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"Operations": []}, "invalidSyntax"),
        ({"schemas": [REQUEST]}, "invalidSyntax"),
        ({"schemas": [REQUEST], "Operations": [5]}, "invalidSyntax"),
        ({"schemas": [REQUEST], "Operations": [{"method": 5}]}, "invalidSyntax"),
        ({"schemas": [REQUEST], "Operations": [], "failOnErrors": 0}, "invalidValue"),
    ],
)
def test_what_is_no_bulk_request_is_refused_whole(client, body, told):
    assert error(client.call("POST", "/Bulk", body)) == (400, told)


def test_the_ledger_shows_what_a_bulk_request_carried(client):
    send(client, user("ana", "a"), group("Sales", "s", "bulkId:a"))

    (call,) = client.app.ledger.since(0)
    assert [inner.operation for inner in call.inner] == ["scim.create_user", "scim.create_group"]


def test_an_operation_that_is_refused_without_json_is_told_as_text(make):
    client = make(quirks={"Q47": True})

    reply = send(client, {"method": "DELETE", "path": "/Users/nobody"})

    assert statuses(reply) == ["404"]
    assert isinstance(reply.json()["Operations"][0]["response"], str)


def test_a_refused_operation_says_where_unless_it_would_have_made_something(client):
    reply = send(client, {"method": "DELETE", "path": "/Users/nobody"}, user("", "a"))
    gone, unmade = reply.json()["Operations"]

    assert (gone["status"], gone["location"]) == ("404", f"{BASE}/Users/nobody")
    assert (unmade["status"], "location" in unmade) == ("400", False)


def test_a_bulk_id_stands_for_one_operation(client):
    reply = send(client, user("ana", "a"), user("ben", "a"))

    assert error(reply) == (400, "invalidValue")
    assert client.app.admin.accounts() == []
