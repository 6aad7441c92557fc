"""Users, look-ups and the recycle bin of the fake Microsoft 365."""

import pytest

GRAPH = "https://graph.microsoft.com/v1.0"
NOBODY = "00000000-0000-0000-0000-000000000009"
UNIFIED = {"mailEnabled": True, "securityEnabled": False, "groupTypes": ["Unified"]}
DAY = 86400
ANA = {
    "accountEnabled": True,
    "displayName": "Ana",
    "mailNickname": "ana",
    "userPrincipalName": "ana@example.test",
    "passwordProfile": {"password": "Long-enough-1", "forceChangePasswordNextSignIn": False},
}


def create(client, **changes):
    return client.call("POST", "/users", ANA | changes)


def test_a_created_user_is_answered_with_the_twelve_default_keys(client):
    reply = create(client, givenName="Ana", department="Sales")

    user = reply.json()
    assert reply.status_code == 201
    assert user.pop("id")
    assert user == {
        "@odata.context": f"{GRAPH}/$metadata#users/$entity",
        "businessPhones": [],
        "displayName": "Ana",
        "givenName": "Ana",
        "jobTitle": None,
        "mail": None,
        "mobilePhone": None,
        "officeLocation": None,
        "preferredLanguage": None,
        "surname": None,
        "userPrincipalName": "ana@example.test",
    }


def test_other_properties_are_shown_when_selected(client):
    user = create(client, department="Sales").json()["id"]

    reply = client.get(f"/users/{user}?$select=department,accountEnabled,userType,passwordProfile")

    assert reply.json() == {
        "@odata.context": f"{GRAPH}/$metadata#users"
        "(department,accountEnabled,userType,passwordProfile)/$entity",
        "department": "Sales",
        "accountEnabled": True,
        "userType": "Member",
        "passwordProfile": None,
    }


@pytest.mark.parametrize("name", ["ana@example.test", "ANA@EXAMPLE.TEST", "ana%40example.test"])
def test_a_user_is_addressed_by_principal_name(client, name):
    user = create(client).json()["id"]

    assert client.get(f"/users/{name}").json()["id"] == user


@pytest.mark.parametrize(
    ("changes", "target"),
    [
        ({"userPrincipalName": "ana"}, "userPrincipalName"),
        ({"userPrincipalName": "a b@example.test"}, "userPrincipalName"),
        ({"userPrincipalName": "ana@elsewhere.example"}, "userPrincipalName"),
        ({"userPrincipalName": "a" * 65 + "@example.test"}, "userPrincipalName"),
        ({"mailNickname": "a b"}, "mailNickname"),
        ({"accountEnabled": "yes"}, "accountEnabled"),
        ({"usageLocation": "Germany"}, "usageLocation"),
        ({"passwordProfile": {}}, "passwordProfile"),
        ({"passwordProfile": ["x"]}, "passwordProfile"),
        ({"passwordProfile": {"password": 5}}, "passwordProfile"),
        ({"businessPhones": [5]}, "businessPhones"),
    ],
)
def test_a_bad_value_of_a_user_is_refused_by_name(client, changes, target):
    reply = create(client, **changes)

    error = reply.json()["error"]
    assert (reply.status_code, error["code"]) == (400, "Request_BadRequest")
    assert error["details"] == [{"target": target, "code": "InvalidValue"}]
    assert client.app.admin.accounts() == []


@pytest.mark.parametrize("password", ["short1!", "alllowercase", "x" * 257 + "A1"])
def test_a_weak_password_is_refused(client, password):
    reply = create(client, passwordProfile={"password": password})

    assert reply.json()["error"]["message"].startswith("The specified password does not comply")


def test_an_unknown_property_is_refused(client):
    reply = create(client, nickName="x")

    assert reply.json()["error"]["message"] == "Invalid property 'nickName'."


def test_a_user_is_changed_in_part(client):
    user = create(client, department="Sales").json()["id"]

    reply = client.call("PATCH", f"/users/{user}", {"jobTitle": "CEO", "department": None})

    assert (reply.status_code, reply.content) == (204, b"")
    shown = client.get(f"/users/{user}?$select=jobTitle,department,displayName").json()
    assert (shown["jobTitle"], shown["department"], shown["displayName"]) == ("CEO", None, "Ana")


def test_a_principal_name_can_be_changed_but_not_to_a_taken_one(client):
    user = create(client).json()["id"]
    create(client, userPrincipalName="ben@example.test")

    def rename(name):
        return client.call("PATCH", f"/users/{user}", {"userPrincipalName": name}).status_code

    assert rename("ben@example.test") == 400
    assert rename("Ana@example.test") == 204  # its own
    assert rename("cy@example.test") == 204
    assert client.get("/users/ana@example.test").status_code == 404


def test_users_are_found_by_principal_name(client):
    user = create(client).json()["id"]

    reply = client.get("/users?$filter=userPrincipalName eq 'ANA@example.test'&$select=id")

    assert reply.json()["value"] == [{"id": user}]


# --- look-ups ------------------------------------------------------------------------------------


def test_ids_are_resolved_and_missing_ones_left_out(client):
    user, group = client.user(), client.group()
    body = {"ids": [NOBODY, group, user, user.upper()]}

    reply = client.call("POST", "/directoryObjects/getByIds?$select=id", body).json()

    assert reply["value"] == [
        {"@odata.type": "#microsoft.graph.group", "id": group},
        {"@odata.type": "#microsoft.graph.user", "id": user},
    ]


def test_ids_are_resolved_to_the_types_asked_for(client):
    body = {"ids": [client.user(), client.group()], "types": ["user"]}

    reply = client.call("POST", "/directoryObjects/microsoft.graph.getByIds", body).json()

    assert [each["@odata.type"] for each in reply["value"]] == ["#microsoft.graph.user"]


@pytest.mark.parametrize("ids", [["x"], [5], [None], [[]], ["\x00"]])
def test_an_id_that_is_no_guid_refuses_the_look_up(client, ids):
    reply = client.call("POST", "/directoryObjects/getByIds", {"ids": ids})

    assert (reply.status_code, reply.json()["error"]["message"]) == (400, "Invalid GUID specified.")


@pytest.mark.parametrize(
    "body", [{}, {"ids": "x"}, {"ids": [NOBODY] * 1001}, {"ids": [], "types": 1}]
)
def test_a_look_up_without_a_proper_list_is_refused(client, body):
    assert client.call("POST", "/directoryObjects/getByIds", body).status_code == 400


def test_the_organization_and_its_domains_are_listed(client):
    (organization,) = client.get("/organization").json()["value"]
    domains = client.get("/domains").json()["value"]

    assert organization["id"] == client.app.admin.credentials()["tenant"]
    assert [(each["id"], each["isDefault"]) for each in domains] == [
        ("example.onmicrosoft.com", True),
        ("example.test", False),
    ]


def test_a_user_of_a_federated_domain_needs_its_immutable_id(make):
    client = make(settings={"federated_domains": ["example.test"]})

    refused = create(client).json()["error"]["message"]
    made = create(client, onPremisesImmutableId="aW1tdXRhYmxl").status_code
    by_hand = client.user("bo@example.test")

    shown = client.get("/domains?$select=authenticationType").json()["value"]
    assert refused == "A value is required for property 'onPremisesImmutableId' of resource 'User'."
    assert (made, client.get(f"/users/{by_hand}").status_code) == (201, 200)
    assert [each["authenticationType"] for each in shown] == ["Managed", "Federated"]


def test_of_the_organization_and_its_domains_only_what_is_asked_for_is_told(client):
    (organization,) = client.get("/organization?$select=displayName").json()["value"]
    domains = client.get("/domains?$select=id,isDefault").json()

    assert organization == {"displayName": "Example"}
    assert domains == {
        "@odata.context": f"{GRAPH}/$metadata#domains(id,isDefault)",
        "value": [
            {"id": "example.onmicrosoft.com", "isDefault": True},
            {"id": "example.test", "isDefault": False},
        ],
    }
    assert client.get("/domains?$select=nothing").status_code == 400


# --- the recycle bin -----------------------------------------------------------------------------


def test_a_deleted_user_can_be_listed_read_and_restored(client):
    user = create(client).json()["id"]
    assert client.call("DELETE", f"/users/{user}").status_code == 204
    assert client.get(f"/users/{user}").status_code == 404

    listed = client.get("/directory/deletedItems/microsoft.graph.user").json()
    shown = client.get(f"/directory/deletedItems/{user}").json()
    restored = client.call("POST", f"/directory/deletedItems/{user}/restore")

    assert listed["@odata.context"] == f"{GRAPH}/$metadata#users"
    assert [each["userPrincipalName"] for each in listed["value"]] == [
        user.replace("-", "") + "ana@example.test"
    ]
    assert shown["deletedDateTime"] == "2026-01-01T00:00:00Z"
    assert restored.status_code == 200
    assert restored.json()["@odata.context"] == f"{GRAPH}/$metadata#directoryObjects/$entity"
    assert restored.json()["@odata.type"] == "#microsoft.graph.user"
    assert client.get("/users/ana@example.test").json()["id"] == user


def test_a_restored_group_keeps_id_and_members(client):
    user, group = client.user(), client.group("Team", **UNIFIED)
    client.add(group, user)
    client.call("DELETE", f"/groups/{group}")

    reply = client.call("POST", f"/directory/deletedItems/{group}/restore", {})

    assert reply.json()["id"] == group
    assert client.member_ids(group) == [user]


def test_a_user_is_not_restored_over_one_of_the_same_name(client):
    user = create(client).json()["id"]
    client.call("DELETE", f"/users/{user}")
    create(client)
    path = f"/directory/deletedItems/{user}/restore"

    assert client.call("POST", path).status_code == 400
    body = {"newUserPrincipalName": "ana2@example.test", "autoReconcileProxyConflict": True}
    assert client.call("POST", path, body).status_code == 200

    assert client.get("/users/ana2@example.test").json()["id"] == user


TAKEN = (
    400,
    "Another object with the same value for property proxyAddresses already exists.",
    [{"target": "proxyAddresses", "code": "ObjectConflict"}],
)


def refusal(reply):
    error = reply.json()["error"]
    return reply.status_code, error["message"], error["details"]


def test_e15_an_address_of_any_user_or_group_is_taken(client):
    team = client.get(f"/groups/{client.group('Team', **UNIFIED)}").json()["mail"]
    ana = create(client, mail="a@mail.test").json()["id"]
    second = {"userPrincipalName": "bo@example.test"}
    shown = client.get(f"/users/{ana}?$select=mail,proxyAddresses").json()

    replies = [
        create(client, **second, mail="A@mail.test"),
        create(client, **second, mail=team),
        client.call("PATCH", f"/users/{ana}", {"mail": team}),
    ]

    assert [refusal(each) for each in replies] == [TAKEN] * 3
    assert shown["proxyAddresses"] == ["SMTP:a@mail.test"]
    assert client.call("PATCH", f"/users/{ana}", {"mail": "a@mail.test"}).status_code == 204


@pytest.mark.parametrize(("wish", "left"), [(False, None), (True, [])])
def test_a_user_is_restored_without_a_taken_address_if_that_is_wished(client, wish, left):
    """autoReconcileProxyConflict of the restore."""
    user = create(client, mail="a@mail.test").json()["id"]
    client.call("DELETE", f"/users/{user}")
    create(client, userPrincipalName="bo@example.test", mail="a@mail.test")

    path, body = f"/directory/deletedItems/{user}/restore", {"autoReconcileProxyConflict": wish}
    reply = client.call("POST", path, body)

    if wish:
        assert client.get(f"/users/{user}?$select=proxyAddresses").json()["proxyAddresses"] == left
    else:
        assert refusal(reply) == TAKEN


def test_a_purged_object_is_gone_with_its_memberships(client):
    user, group = client.user(), client.group()
    client.add(group, user)
    client.call("DELETE", f"/users/{user}")

    assert client.call("DELETE", f"/directory/deletedItems/{user}").status_code == 204

    assert client.get(f"/directory/deletedItems/{user}").status_code == 404
    assert dict(client.app.state.links["members"].rights(group)) == {}


def test_the_bin_keeps_thirty_days(client):
    first, second = client.user("ana"), client.user("ben")
    client.call("DELETE", f"/users/{first}")
    client.app.clock.sleep(DAY)
    client.authorize()
    client.call("DELETE", f"/users/{second}")
    client.app.clock.sleep(29 * DAY)
    client.authorize()

    listed = client.get("/directory/deletedItems/microsoft.graph.user?$select=id").json()["value"]

    assert [each["id"] for each in listed] == [second]


def test_the_bin_is_listed_by_type_only(client):
    message = "The request is currently not supported on the targeted entity set"

    assert client.get("/directory/deletedItems").json()["error"]["message"] == message
    assert client.get("/directory/deletedItems/microsoft.graph.device").status_code == 400


@pytest.mark.parametrize("kind", ["synced", "mail-enabled security", "distribution"])
def test_groups_of_other_masters_are_deleted_for_good(client, kind):
    group = client.app.admin.add_group("Other", kind=kind)

    client.app.admin.delete_group(group)

    assert client.get(f"/directory/deletedItems/{group}").status_code == 404


def test_a_disabled_user_stays_a_member(client):
    user, group = client.user(), client.group()
    client.add(group, user)

    client.call("PATCH", f"/users/{user}", {"accountEnabled": False})

    assert client.member_ids(group) == [user]
