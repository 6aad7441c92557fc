"""Groups of the fake Google Workspace: life, addresses, aliases."""

import pytest

from tests.fake_apps.gsuite.conftest import refusal


def test_a_created_group_is_answered_as_the_reference_shows_it(client):
    reply = client.create_group("Sales", description="Sells")

    body = reply.json()
    assert reply.status_code == 200
    assert reply.headers["Content-Type"] == "application/json; charset=UTF-8"
    assert body.pop("id").startswith("0")
    assert body.pop("etag").startswith('"')
    assert body == {
        "kind": "admin#directory#group",
        "email": "sales@example.test",
        "name": "Sales",
        "description": "Sells",
        "adminCreated": True,
    }


def test_a_group_that_is_read_tells_its_members_and_the_addresses_google_adds(client):
    document = client.get(f"/groups/{client.group()}").json()

    assert document["directMembersCount"] == "0"
    assert document["nonEditableAliases"] == ["sales@example.test.test-google-a.com"]


@pytest.mark.parametrize(
    "key", ["{id}", "sales@example.test", "SALES@example.test", "v@example.test"]
)
def test_a_group_is_found_by_id_address_or_alias(client, key):
    group = client.group()
    client.call("POST", f"/groups/{group}/aliases", {"alias": "v@example.test"})

    found = client.get(f"/groups/{key.format(id=group)}").json()

    assert found["id"] == group
    assert found["aliases"] == ["v@example.test"]


def test_an_address_may_carry_a_slash_and_comes_percent_encoded(client):
    client.group("R and D", email="r/d@example.test")

    reply = client.get("/groups/r%2Fd%40example.test?alt=json")

    assert reply.json()["email"] == "r/d@example.test"


def test_a_group_without_a_name_is_called_by_its_address(client):
    reply = client.call("POST", "/groups", {"email": "sales@example.test"})

    assert reply.json()["name"] == "sales"


def test_read_only_fields_are_ignored(client):
    reply = client.create_group("Sales", id="0mine", directMembersCount="5", adminCreated=False)

    assert reply.json()["id"] != "0mine"
    assert reply.json()["adminCreated"] is True


def test_external_ids_are_kept_and_replaced_as_a_whole(client):
    first, second = ({"namespace": "n", "id": each} for each in "ab")
    group = client.group(externalIds=[first])
    assert client.get(f"/groups/{group}").json()["externalIds"] == [first]

    client.call("PATCH", f"/groups/{group}", {"externalIds": [second]})

    assert client.get(f"/groups/{group}").json()["externalIds"] == [second]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_what_is_sent_is_changed_and_the_rest_stays(client, method):
    group = client.group(description="Sells")

    changed = client.call(method, f"/groups/{group}", {"name": "Sales EMEA"}).json()

    assert (changed["name"], changed["description"]) == ("Sales EMEA", "Sells")
    assert changed["email"] == "sales@example.test"


def test_deleting_answers_204_and_frees_the_address(client):
    group = client.group()

    reply = client.call("DELETE", "/groups/sales@example.test")

    assert (reply.status_code, reply.content) == (204, b"")
    assert refusal(client.get(f"/groups/{group}"))[:2] == (404, "notFound")
    assert client.create_group().status_code == 200


# --- addresses -----------------------------------------------------------------------------------

# https://support.okta.com/help/s/article/google-workspace-push-group-error-invalid-input-groupkey-with-okta
GROUP_KEY = (400, "invalid", "Invalid Input: groupKey")


@pytest.mark.parametrize("local", ["a" * 64, "o'neil", "a.b-c_d", "r/d", "9"])
def test_an_address_that_google_takes(client, local):
    assert client.create_group(email=f"{local}@example.test").status_code == 200


@pytest.mark.parametrize(
    "local",
    [
        "a" * 65,
        "r&d",
        "a=b",
        "a<b",
        "a>b",
        "a+b",
        "a,b",
        "a!b",
        "two words",
        ".a",
        "a.",
        "a..b",
        "ü",
        "",
    ],
)
def test_an_address_that_google_refuses(client, local):
    assert refusal(client.create_group(email=f"{local}@example.test")) == GROUP_KEY


@pytest.mark.parametrize(
    "email", ["sales", "@example.test", "a@b", "a@b@example.test", "a@ example.test"]
)
def test_what_is_no_address_is_refused(client, email):
    assert refusal(client.create_group(email=email)) == GROUP_KEY


def test_a_group_needs_an_address(client):
    reply = client.call("POST", "/groups", {"name": "Sales"})

    assert refusal(reply) == (400, "required", "Missing required field: email")


def test_a_foreign_domain_is_not_found(client):
    reply = client.create_group(email="sales@example.com")

    assert refusal(reply) == (404, "notFound", "Domain not found.")


def test_every_domain_of_the_customer_may_have_groups(client):
    assert client.create_group(email="sales@example.org").status_code == 200


@pytest.mark.parametrize(("length", "status"), [(73, 200), (74, 400)])
def test_a_name_takes_73_characters(client, length, status):
    assert client.create_group("n" * length, email="n@example.test").status_code == status


@pytest.mark.parametrize(
    "taken",
    [
        "sales@example.test",
        "Sales@Example.test",
        "v@example.test",
        "ana@example.test",
        "ann@example.test",
    ],
)
def test_an_address_of_any_group_user_or_alias_is_taken(client, taken):
    group, ana = client.group(), client.user("ana")
    client.call("POST", f"/groups/{group}/aliases", {"alias": "v@example.test"})
    client.call("POST", f"/users/{ana}/aliases", {"alias": "ann@example.test"})

    reply = client.create_group("Other", email=taken)

    assert refusal(reply) == (409, "duplicate", "Entity already exists.")


def test_a_new_address_keeps_the_id_and_leaves_the_old_one_as_alias(client):
    group = client.group()

    changed = client.call("PATCH", f"/groups/{group}", {"email": "vertrieb@example.test"}).json()

    assert (changed["id"], changed["email"]) == (group, "vertrieb@example.test")
    assert changed["aliases"] == ["sales@example.test"]
    assert client.create_group().status_code == 409


def test_an_alias_may_become_the_address_again(client):
    group = client.group()
    client.call("PATCH", f"/groups/{group}", {"email": "vertrieb@example.test"})

    changed = client.call("PATCH", f"/groups/{group}", {"email": "sales@example.test"}).json()

    assert (changed["email"], changed["aliases"]) == (
        "sales@example.test",
        ["vertrieb@example.test"],
    )


# --- aliases -------------------------------------------------------------------------------------


def test_an_alias_is_added_listed_and_removed(client):
    group = client.group()
    path = f"/groups/{group}/aliases"

    added = client.call("POST", path, {"alias": "V@example.test"}).json()
    listed = client.get(path).json()["aliases"]
    removed = client.call("DELETE", f"{path}/v%40example.test")

    assert added.pop("etag")
    assert added == {
        "kind": "admin#directory#alias",
        "id": group,
        "alias": "v@example.test",
    }
    assert [(each["alias"], each["primaryEmail"]) for each in listed] == [
        ("v@example.test", "sales@example.test")
    ]
    assert removed.status_code == 204
    assert "aliases" not in client.get(path).json()


@pytest.mark.parametrize(
    ("alias", "expected"),
    [
        ("sales@example.test", (409, "duplicate", "Entity already exists.")),
        ("two words@example.test", (400, "invalid", "Invalid Input: alias")),
        ("a@example.com", (404, "notFound", "Domain not found.")),
        (None, (400, "required", "Missing required field: alias")),
    ],
)
def test_an_alias_that_cannot_be(client, alias, expected):
    path = f"/groups/{client.group()}/aliases"

    assert refusal(client.call("POST", path, {"alias": alias})) == expected


def test_an_alias_that_is_not_there_cannot_go(client):
    reply = client.call("DELETE", f"/groups/{client.group()}/aliases/no@example.test")

    assert refusal(reply)[:2] == (404, "notFound")


# --- etags ---------------------------------------------------------------------------------------


def test_a_group_that_has_not_changed_is_304_without_a_body(client):
    group = client.group()
    tag = client.get(f"/groups/{group}").json()["etag"]

    same = client.get(f"/groups/{group}", **{"If-None-Match": tag})
    client.call("PATCH", f"/groups/{group}", {"name": "Other"})
    changed = client.get(f"/groups/{group}", **{"If-None-Match": tag})

    assert (same.status_code, same.content, changed.status_code) == (304, b"", 200)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_write_on_an_outdated_etag_is_refused(client, method):
    group = client.group()
    tag = client.get(f"/groups/{group}").json()["etag"]
    client.add(group, client.user())

    reply = client.call(method, f"/groups/{group}", {"name": "X"}, headers={"If-Match": tag})

    assert refusal(reply)[:2] == (412, "conditionNotMet")
    assert client.get(f"/groups/{group}").json()["name"] == "Sales"


# --- keys that lead nowhere ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("nobody@example.test", (404, "notFound", "Resource Not Found: groupKey")),
        ("0unknown", (404, "notFound", "Resource Not Found: groupKey")),
        ("sales@example.com", (403, "forbidden", "Not Authorized to access this resource/api")),
        ("ana@example.test", (403, "forbidden", "Not Authorized to access this resource/api")),
    ],
)
@pytest.mark.parametrize(
    ("method", "below"), [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/members")]
)
def test_a_key_of_no_group(client, key, expected, method, below):
    client.user("ana")

    assert refusal(client.call(method, f"/groups/{key}{below}")) == expected
