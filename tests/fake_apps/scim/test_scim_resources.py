"""Users and groups: making, replacing, deleting; uniqueness, versions and what is read-only."""

import pytest

from fake_apps.core import scim
from tests.fake_apps.scim.conftest import BASE, add, error


def test_a_new_user_is_answered_whole_with_its_address(client):
    reply = client.create_user("ana@example.test", title="Boss", password="secret")
    user_id = reply.json()["id"]

    assert (reply.status_code, reply.headers["Location"]) == (201, f"{BASE}/Users/{user_id}")
    assert reply.headers["Content-Type"] == "application/scim+json"
    assert reply.json() == {
        "schemas": [scim.USER],
        "id": user_id,
        "userName": "ana@example.test",
        "title": "Boss",
        "active": True,
        "meta": {
            "resourceType": "User",
            "created": "2026-01-01T00:00:00.000Z",
            "lastModified": "2026-01-01T00:00:00.000Z",
            "location": f"{BASE}/Users/{user_id}",
            "version": 'W/"1"',
        },
    }


def test_what_is_read_only_or_unknown_is_left_out_of_a_new_resource(client):
    reply = client.create_user("ana", id="mine", groups=[{"value": "x"}], meta={}, nothing=5)

    assert reply.status_code == 201
    assert reply.json()["id"] != "mine"
    assert {"groups", "nothing"} & set(reply.json()) == set()


def test_names_are_read_whatever_their_case(client):
    body = {"SCHEMAS": [scim.USER.upper()], "USERNAME": "ana", "NickName": None, "title": ""}

    assert client.call("POST", "/Users", body).json()["userName"] == "ana"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "invalidSyntax"),
        ({"schemas": [scim.GROUP]}, "invalidSyntax"),
        ({"schemas": [scim.USER]}, "invalidValue"),
        ({"schemas": [scim.USER], "userName": ""}, "invalidValue"),
        ({"schemas": [scim.USER], "userName": 5}, "invalidValue"),
        ({"schemas": [scim.USER], "userName": "x", "active": "yes"}, "invalidValue"),
        ({"schemas": [scim.USER], "userName": "x", "emails": {}}, "invalidValue"),
        (
            {"schemas": [scim.USER], "userName": "x", "emails": [{"primary": True}] * 2},
            "invalidValue",
        ),
        (
            {"schemas": [scim.USER], "userName": "x", "x509Certificates": [{"value": "?"}]},
            "invalidValue",
        ),
    ],
)
def test_what_is_wrong_with_a_new_user_is_told(client, body, told):
    assert error(client.call("POST", "/Users", body)) == (400, told)
    assert client.app.admin.accounts() == []


def test_a_user_name_is_unique_whatever_its_case(client):
    client.create_user("ana@example.test")
    ben = client.create_user("ben@example.test").json()["id"]

    assert error(client.create_user("ANA@example.test")) == (409, "uniqueness")
    renamed = {"op": "replace", "path": "userName", "value": "Ana@Example.test"}
    assert error(client.patch(f"/Users/{ben}", renamed)) == (409, "uniqueness")


def test_an_external_id_is_the_clients_own_business(client):
    assert client.create_user("ana", externalId="x").status_code == 201
    assert client.create_user("ben", externalId="x").status_code == 201


@pytest.mark.parametrize("unique", [True, False])
def test_a_name_of_a_group_is_unique_unless_the_setting_says_otherwise(make, unique):
    client = make(settings={"group_names_are_unique": unique})
    client.create_group("Sales")
    other = client.create_group("Legal").json()["id"]

    assert client.create_group("SALES").status_code == (409 if unique else 201)
    renamed = {"op": "replace", "path": "displayName", "value": "sales"}
    assert client.patch(f"/Groups/{other}", renamed).status_code == (409 if unique else 204)
    told = client.shown(f"/Schemas/{scim.GROUP}")["attributes"][0]
    assert told["uniqueness"] == ("server" if unique else "none")


def test_a_put_unassigns_what_it_does_not_name(client):
    made = client.create_user("ana", title="Boss", externalId="x").json()
    client.app.clock.sleep(60)

    body = {"schemas": [scim.USER], "userName": "ana", "id": "other", "active": False}
    shown = client.call("PUT", f"/Users/{made['id']}", body).json()

    assert {"title", "externalId"} & set(shown) == set()
    assert (shown["id"], shown["active"]) == (made["id"], False)
    assert shown["meta"]["created"] == made["meta"]["created"]
    assert shown["meta"]["lastModified"] == "2026-01-01T00:01:00.000Z"


def test_a_put_group_has_exactly_those_members(client):
    ids = client.users(3)
    group_id = client.group("Sales", ids[:2])

    shown = client.put_group(group_id, "New", ids[1:]).json()

    assert shown["displayName"] == "New"
    assert [each["value"] for each in shown["members"]] == ids[1:]


@pytest.mark.parametrize("kind", ["Users", "Groups"])
def test_what_is_deleted_is_not_there_any_more(client, kind):
    one = client.user() if kind == "Users" else client.group()

    assert client.call("DELETE", f"/{kind}/{one}").status_code == 204
    for method in ("GET", "DELETE", "PUT"):
        assert error(client.call(method, f"/{kind}/{one}", {})) == (404, None)


def test_a_deleted_user_leaves_its_groups_and_a_deleted_group_its_users(client):
    ids = client.users(2)
    sales, legal = client.group("Sales", ids), client.group("Legal", ids)

    client.call("DELETE", f"/Users/{ids[0]}")
    client.call("DELETE", f"/Groups/{legal}")

    assert client.members(sales) == ids[1:]
    groups = client.shown(f"/Users/{ids[1]}")["groups"]
    assert groups == [
        {"value": sales, "$ref": f"{BASE}/Groups/{sales}", "display": "Sales", "type": "direct"}
    ]


def test_a_deactivated_user_stays_a_member(client):
    (ana,) = client.users(1)
    group_id = client.group("Sales", [ana])

    client.patch(f"/Users/{ana}", {"op": "replace", "path": "active", "value": False})

    assert client.members(group_id) == [ana]
    assert client.patch(f"/Groups/{group_id}", add(ana)).status_code == 204


# --- versions -------------------------------------------------------------------------------------


def test_a_version_changes_with_the_resource_and_only_then(client):
    ids = client.users(2)
    group_id = client.group("Sales", ids[:1])

    first = client.get(f"/Groups/{group_id}").headers["ETag"]
    operations = (add(ids[0]), add(ids[1]), add(ids[1]))
    later = [client.patch(f"/Groups/{group_id}", each).headers["ETag"] for each in operations]
    tags = [first, *later]

    assert tags[0] == tags[1] != tags[2] == tags[3]
    assert client.shown(f"/Groups/{group_id}")["meta"]["version"] == tags[3]


def test_who_has_the_version_is_not_sent_it_again(client):
    group_id = client.group()
    tag = client.get(f"/Groups/{group_id}").headers["ETag"]

    reply = client.get(f"/Groups/{group_id}", headers={"If-None-Match": f'W/"0", {tag}'})

    assert (reply.status_code, reply.text) == (304, "")
    assert client.get(f"/Groups/{group_id}", headers={"If-None-Match": 'W/"0"'}).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_write_on_another_version_fails(client, method):
    group_id = client.group()
    tag = client.get(f"/Groups/{group_id}").headers["ETag"]
    body = {
        "PUT": {"schemas": [scim.GROUP], "displayName": "New"},
        "PATCH": {"schemas": [scim.PATCH_OP], "Operations": [{**add(), "op": "replace"}]},
        "DELETE": None,
    }[method]

    stale = client.call(method, f"/Groups/{group_id}", body, headers={"If-Match": 'W/"0"'})
    assert error(stale) == (412, None)
    fresh = client.call(method, f"/Groups/{group_id}", body, headers={"If-Match": tag})

    assert fresh.status_code in (200, 204)


def test_any_version_will_do_for_a_star(client):
    group_id = client.group()

    reply = client.call("DELETE", f"/Groups/{group_id}", headers={"If-Match": "*"})

    assert reply.status_code == 204


# --- discovery ------------------------------------------------------------------------------------


def test_the_service_says_what_it_can(make):
    client = make(settings={"most": 50, "bulk_operations": 7})

    told = client.shown("/ServiceProviderConfig")

    assert told["patch"] == told["sort"] == told["etag"] == {"supported": True}
    assert told["filter"] == {"supported": True, "maxResults": 50}
    assert told["bulk"] == {"supported": True, "maxOperations": 7, "maxPayloadSize": 1_048_576}
    assert [each["type"] for each in told["authenticationSchemes"]] == ["oauthbearertoken"]


def test_resource_types_and_schemas_are_listed_and_found(client):
    for path, count in (("/ResourceTypes", 2), ("/Schemas", 3)):
        listed = client.shown(path)
        assert listed["totalResults"] == len(listed["Resources"]) == count
        for each in listed["Resources"]:
            assert client.shown(f"{path}/{each['id']}") == each
            assert each["meta"]["location"] == f"{BASE}{path}/{each['id']}"
        assert error(client.get(f"{path}?filter=id pr")) == (403, None)
        assert error(client.get(f"{path}/nothing")) == (404, None)


def test_nobody_is_behind_the_token(client):
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        assert error(client.call(method, "/Me", {})) == (501, None)
