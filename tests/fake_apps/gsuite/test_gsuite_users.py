"""Users of the fake Google Workspace."""

import pytest

from tests.fake_apps.gsuite.conftest import refusal

PASSWORD = "Pa55-word.initial"


def body(**changes):
    whole = {
        "primaryEmail": "ana@example.test",
        "name": {"givenName": "Ana", "familyName": "Silva"},
        "password": PASSWORD,
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def test_a_created_user_is_answered_as_the_reference_shows_it(client):
    reply = client.call("POST", "/users", body(changePasswordAtNextLogin=True))

    user = reply.json()
    assert reply.status_code == 200
    assert len(user.pop("id")) == 21
    assert user.pop("etag").startswith('"')
    assert user.pop("customerId").startswith("C0")
    assert user == {
        "kind": "admin#directory#user",
        "primaryEmail": "ana@example.test",
        "name": {"givenName": "Ana", "familyName": "Silva"},
        "isAdmin": False,
        "isDelegatedAdmin": False,
        "creationTime": "2026-01-01T00:00:00.000Z",
        "changePasswordAtNextLogin": True,
        "orgUnitPath": "/",
        "isMailboxSetup": False,
    }


def test_a_user_is_read_as_the_reference_shows_it(client):
    client.call("POST", "/users", body(changePasswordAtNextLogin=True))

    user = client.get("/users/ana@example.test").json()
    assert [user.pop(key) for key in ("id", "etag", "customerId")]
    assert user == {
        "kind": "admin#directory#user",
        "primaryEmail": "ana@example.test",
        "name": {"givenName": "Ana", "familyName": "Silva", "fullName": "Ana Silva"},
        "isAdmin": False,
        "isDelegatedAdmin": False,
        "lastLoginTime": "1970-01-01T00:00:00.000Z",
        "creationTime": "2026-01-01T00:00:00.000Z",
        "agreedToTerms": False,
        "suspended": False,
        "archived": False,
        "changePasswordAtNextLogin": True,
        "includeInGlobalAddressList": True,
        "ipWhitelisted": False,
        "orgUnitPath": "/",
        "emails": [
            {"address": "ana@example.test", "primary": True},
            {"address": "ana@example.test.test-google-a.com"},
        ],
        "nonEditableAliases": ["ana@example.test.test-google-a.com"],
        "isMailboxSetup": True,
        "isEnrolledIn2Sv": False,
        "isEnforcedIn2Sv": False,
    }


def test_a_password_is_never_answered_or_written_down(client):
    client.call("POST", "/users", body())

    assert "password" not in client.get("/users/ana@example.test").json()
    assert PASSWORD not in client.app.ledger.dump()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"primaryEmail": None}, (400, "required", "Missing required field: primaryEmail")),
        (
            {"primaryEmail": "two words@example.test"},
            (400, "invalid", "Invalid Input: primary_user_email"),
        ),
        (
            {"primaryEmail": "a" * 65 + "@example.test"},
            (400, "invalid", "Invalid Input: primary_user_email"),
        ),
        ({"primaryEmail": "ana@example.com"}, (404, "notFound", "Domain not found.")),
        ({"name": None}, (400, "invalid", "Invalid Given/Family Name: GivenName")),
        ({"name": {"givenName": "Ana"}}, (400, "invalid", "Invalid Given/Family Name: FamilyName")),
        (
            {"name": {"givenName": "A" * 61, "familyName": "S"}},
            (400, "invalid", "Invalid Given/Family Name: GivenName"),
        ),
        (
            {"name": {"givenName": "<b>", "familyName": "S"}},
            (400, "invalid", "Invalid Given/Family Name: GivenName"),
        ),
        ({"password": None}, (400, "invalid", "Invalid Password")),
        ({"password": "short"}, (400, "invalid", "Invalid Password")),
        ({"password": "p" * 101}, (400, "invalid", "Invalid Password")),
        ({"password": "пароль-пароль"}, (400, "invalid", "Invalid Password")),
        ({"orgUnitPath": "/nowhere"}, (400, "invalid", "Invalid Input: INVALID_OU_ID")),
    ],
)
def test_a_user_that_cannot_be_made(client, changes, expected):
    assert refusal(client.call("POST", "/users", body(**changes))) == expected


@pytest.mark.parametrize(
    "taken", ["ana@example.test", "ANA@example.test", "ann@example.test", "sales@example.test"]
)
def test_an_address_of_any_user_group_or_alias_is_taken(client, taken):
    ana = client.user()
    client.call("POST", f"/users/{ana}/aliases", {"alias": "ann@example.test"})
    client.group("Sales")

    reply = client.call("POST", "/users", body(primaryEmail=taken))

    assert refusal(reply) == (409, "duplicate", "Entity already exists.")


@pytest.mark.parametrize("key", ["{id}", "ana@example.test", "Ann@example.test"])
def test_a_user_is_found_by_id_address_or_alias(client, key):
    ana = client.user()
    client.call("POST", f"/users/{ana}/aliases", {"alias": "ann@example.test"})

    found = client.get(f"/users/{key.format(id=ana)}").json()

    assert (found["id"], found["aliases"]) == (ana, ["ann@example.test"])
    assert {"address": "ann@example.test"} in found["emails"]


def test_aliases_of_a_user_are_listed_and_removed(client):
    ana = client.user()
    path = f"/users/{ana}/aliases"
    client.call("POST", path, {"alias": "ann@example.test"})

    assert [each["alias"] for each in client.get(path).json()["aliases"]] == ["ann@example.test"]
    assert client.call("DELETE", f"{path}/ann@example.test").status_code == 204
    assert "aliases" not in client.get(path).json()


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_an_update_changes_what_is_sent_and_leaves_the_rest(client, method):
    ana = client.user(name={"givenName": "Ana", "familyName": "Silva"})

    changed = client.call(method, f"/users/{ana}", {"name": {"familyName": "Costa"}}).json()

    assert changed["name"] == {"givenName": "Ana", "familyName": "Costa", "fullName": "Ana Costa"}
    assert changed["primaryEmail"] == "ana@example.test"


def test_suspending_says_why_and_is_undone(client):
    ana = client.user()

    suspended = client.call("PUT", f"/users/{ana}", {"suspended": True}).json()
    active = client.call("PUT", f"/users/{ana}", {"suspended": False}).json()

    assert (suspended["suspended"], suspended["suspensionReason"]) == (True, "ADMIN")
    assert (active["suspended"], "suspensionReason" in active) == (False, False)


def test_a_new_primary_address_leaves_the_old_one_as_alias(client):
    ana = client.user()

    changed = client.call("PUT", f"/users/{ana}", {"primaryEmail": "anna@example.test"}).json()

    assert (changed["primaryEmail"], changed["aliases"]) == (
        "anna@example.test",
        ["ana@example.test"],
    )
    assert client.get("/users/ana@example.test").json()["id"] == ana


def test_a_user_being_made_refuses_changes(make):
    client = make(settings={"user_creation_s": 10})
    ana = client.call("POST", "/users", body()).json()["id"]

    early = client.call("PUT", f"/users/{ana}", {"suspended": True})
    client.app.clock.sleep(10)
    late = client.call("PUT", f"/users/{ana}", {"suspended": True})

    assert refusal(early) == (412, "conditionNotMet", "User creation is not complete.")
    assert late.status_code == 200


def test_a_full_customer_takes_no_more_users(make):
    client = make(settings={"user_limit": 2})
    client.call("POST", "/users", body())

    reply = client.call("POST", "/users", body(primaryEmail="ben@example.test"))

    assert refusal(reply) == (412, "limitExceeded", "Domain user limit reached.")


def test_a_user_becomes_and_ceases_to_be_an_administrator(client):
    ana = client.user()
    for status in (True, False):
        reply = client.call("POST", f"/users/{ana}/makeAdmin", {"status": status})

        assert reply.status_code == 204
        assert client.get(f"/users/{ana}").json()["isAdmin"] is status


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("nobody@example.test", (404, "notFound", "Resource Not Found: userKey")),
        ("1" * 21, (404, "notFound", "Resource Not Found: userKey")),
        ("ana@example.com", (403, "forbidden", "Not Authorized to access this resource/api")),
    ],
)
def test_a_key_of_no_user(client, method, key, expected):
    assert refusal(client.call(method, f"/users/{key}", {})) == expected


# --- deleting and undeleting ---------------------------------------------------------------------


def test_a_deleted_user_is_listed_as_such_and_frees_the_address(client):
    ana = client.user()
    assert client.call("DELETE", "/users/ana@example.test").status_code == 204

    (deleted,) = client.get("/users?customer=my_customer&showDeleted=true").json()["users"]

    assert (deleted["id"], deleted["deletionTime"]) == (ana, "2026-01-01T00:00:00.000Z")
    assert client.call("POST", "/users", body()).status_code == 200


@pytest.mark.parametrize(("days", "status"), [(20, 204), (21, 412)])
def test_undeleting_is_possible_for_twenty_days(client, days, status):
    ana = client.user()
    client.call("DELETE", f"/users/{ana}")
    client.app.clock.sleep(days * 86400)
    client.authorize()

    reply = client.call("POST", f"/users/{ana}/undelete", {"orgUnitPath": "/"})

    assert reply.status_code == status
    if status == 412:
        assert "undelete" in reply.json()["error"]["message"]


def test_undeleting_fails_where_somebody_has_the_address(client):
    ana = client.user()
    client.call("DELETE", f"/users/{ana}")
    client.user()

    reply = client.call("POST", f"/users/{ana}/undelete", {})

    assert refusal(reply)[:2] == (409, "duplicate")
    assert [each.id for each in client.app.admin.accounts() if each.deleted] == [ana]


def test_an_unknown_user_cannot_be_undeleted(client):
    reply = client.call("POST", f"/users/{client.user()}/undelete", {})

    assert refusal(reply) == (404, "notFound", "Resource Not Found: userKey")
