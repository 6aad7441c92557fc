"""Groups and members of the fake Microsoft 365."""

import struct
import uuid

from fake_apps.o365.entity import security_identifier

GROUP_KEYS = [
    "@odata.context",
    "id",
    "deletedDateTime",
    "classification",
    "createdDateTime",
    "createdByAppId",
    "organizationId",
    "description",
    "displayName",
    "expirationDateTime",
    "groupTypes",
    "isAssignableToRole",
    "mail",
    "mailEnabled",
    "mailNickname",
    "membershipRule",
    "membershipRuleProcessingState",
    "onPremisesDomainName",
    "onPremisesLastSyncDateTime",
    "onPremisesNetBiosName",
    "onPremisesSamAccountName",
    "onPremisesSecurityIdentifier",
    "onPremisesSyncEnabled",
    "preferredDataLocation",
    "preferredLanguage",
    "proxyAddresses",
    "renewedDateTime",
    "resourceBehaviorOptions",
    "resourceProvisioningOptions",
    "securityEnabled",
    "securityIdentifier",
    "theme",
    "uniqueName",
    "visibility",
    "onPremisesProvisioningErrors",
    "serviceProvisioningErrors",
]
UNIFIED = {"mailEnabled": True, "securityEnabled": False, "groupTypes": ["Unified"]}
BIND = "members@odata.bind"
GRAPH = "https://graph.microsoft.com/v1.0"


def test_a_created_group_is_answered_with_the_documented_keys_in_order(client):
    reply = client.create_group("Operations group")

    assert reply.status_code == 201
    assert list(reply.json()) == GROUP_KEYS
    assert reply.json()["createdDateTime"] == "2026-01-01T00:00:00Z"


def test_the_location_of_a_created_group_ends_in_its_id_and_type(client):
    reply = client.create_group()

    tail = f"/directoryObjects/{reply.json()['id']}/Microsoft.DirectoryServices.Group"
    assert reply.headers["Location"].endswith(tail)


def test_the_security_identifier_is_derived_from_the_id(client):
    group = client.create_group().json()

    parts = struct.unpack("<4I", uuid.UUID(group["id"]).bytes_le)
    assert group["securityIdentifier"] == "S-1-12-1-" + "-".join(map(str, parts))


def test_the_documented_sample_of_a_security_identifier_checks_out():
    expected = "S-1-12-1-567301463-1099937718-295959174-3827004813"
    assert security_identifier("21d05557-b7b6-418f-86fa-a3118d751be4") == expected


def test_a_group_can_be_created_with_members(client):
    users = client.users(20)

    group = client.group(**{BIND: [f"{GRAPH}/users/{each}" for each in users]})

    assert client.member_ids(group) == users


def test_a_rename_keeps_id_nickname_and_members(client):
    user = client.user()
    group = client.group("Old", **{BIND: [f"{GRAPH}/directoryObjects/{user}"]})

    reply = client.call("PATCH", f"/groups/{group}", {"displayName": "New"})

    assert (reply.status_code, reply.content) == (204, b"")
    shown = client.get(f"/groups/{group}").json()
    assert (shown["displayName"], shown["mailNickname"]) == ("New", "nick")
    assert client.member_ids(group) == [user]


def test_a_member_is_added_and_removed_by_reference(client):
    user, group = client.user(), client.group()

    assert client.add(group, user).status_code == 204
    assert client.member_ids(group) == [user]
    assert client.remove(group, user).status_code == 204

    assert client.member_ids(group) == []


def test_a_member_is_removed_by_a_reference_in_the_query(client):
    user, group = client.user(), client.group()
    client.add(group, user)

    url = f"/groups/{group}/members/$ref?@id={GRAPH}/directoryObjects/{user}"
    reply = client.call("DELETE", url)

    assert (reply.status_code, client.member_ids(group)) == (204, [])


def test_members_are_added_twenty_at_a_time_by_an_update(client):
    users, group = client.users(20), client.group()

    reply = client.bind(group, users)

    assert (reply.status_code, client.member_ids(group)) == (204, users)


def test_the_host_and_version_of_a_reference_do_not_matter(client):
    user, group = client.user(), client.group()

    body = {"@odata.id": f"http://127.0.0.1:9/beta/users/{user}"}
    reply = client.call("POST", f"/groups/{group}/members/$ref", body)

    assert (reply.status_code, client.member_ids(group)) == (204, [user])


def test_members_carry_their_type_and_the_default_properties(client):
    user, group = client.user("ana", displayName="Ana"), client.group()
    client.add(group, user)

    reply = client.get(f"/groups/{group}/members").json()

    assert reply["@odata.context"] == f"{GRAPH}/$metadata#directoryObjects"
    (member,) = reply["value"]
    assert list(member) == [
        "@odata.type",
        "id",
        "businessPhones",
        "displayName",
        "givenName",
        "jobTitle",
        "mail",
        "mobilePhone",
        "officeLocation",
        "preferredLanguage",
        "surname",
        "userPrincipalName",
    ]
    assert member["@odata.type"] == "#microsoft.graph.user"


def test_selected_members_have_only_type_and_what_was_asked(client):
    user, group = client.user(), client.group()
    client.add(group, user)

    (member,) = client.get(f"/groups/{group}/members?$select=id").json()["value"]

    assert member == {"@odata.type": "#microsoft.graph.user", "id": user}


def test_the_cast_to_users_leaves_out_nested_groups_and_types(client):
    user, group, nested = client.user(), client.group(), client.group("Nested")
    client.add(group, nested)
    client.add(group, user)

    reply = client.get(f"/groups/{group}/members/microsoft.graph.user").json()

    assert reply["@odata.context"] == f"{GRAPH}/$metadata#users"
    assert [each["id"] for each in reply["value"]] == [user]
    assert "@odata.type" not in reply["value"][0]


def test_a_type_may_be_named_by_the_alias_of_its_namespace_as_sdks_do(client):
    """Alias="graph" in https://github.com/microsoftgraph/msgraph-metadata v1.0-Prod.csdl."""
    user, group = client.user(), client.group()
    client.add(group, user)
    client.call("DELETE", f"/groups/{client.group('Old')}")
    calls = [f"/groups/{group}/members/{{}}.user", f"/users/{user}/memberOf/{{}}.group"]
    for path in [*calls, "/directory/deletedItems/{}.group"]:
        short, long = (client.get(path.format(name)) for name in ("graph", "microsoft.graph"))

        assert short.status_code == 200
        assert short.json()["value"] == long.json()["value"] != []


def test_a_cast_leaves_only_its_type_of_members_owners_and_what_is_within(client):
    ana, ben, group, inner = (
        client.user("ana"),
        client.user("ben"),
        client.group(),
        client.group("I"),
    )
    for one in (ana, inner):
        client.add(group, one)
    client.add(inner, ben)
    client.call("POST", f"/groups/{group}/owners/$ref", {"@odata.id": f"{GRAPH}/users/{ana}"})

    def ids(path):
        found = client.get(f"/groups/{group}/{path}").json()["value"]
        return [each["id"] for each in found]

    assert ids("members/microsoft.graph.group") == [inner]
    assert ids("owners/microsoft.graph.user") == [ana]
    assert ids("transitiveMembers/microsoft.graph.user") == [ana, ben]
    assert ids("transitiveMembers/microsoft.graph.group") == [inner]


def test_counts_of_links_are_plain_numbers(client):
    ana, group, inner = client.user("ana"), client.group(), client.group("Inner")
    client.add(group, inner)
    client.add(inner, ana)
    client.add(group, ana)
    eventual = {"ConsistencyLevel": "eventual"}

    def count(path):
        return client.call("GET", f"{path}/$count", headers=eventual).text

    assert count(f"/groups/{group}/members") == "2"
    assert count(f"/groups/{group}/members/microsoft.graph.user") == "1"
    assert count(f"/groups/{group}/transitiveMembers") == "2"
    assert count(f"/groups/{group}/owners") == "0"
    assert count(f"/users/{ana}/memberOf") == "2"


def test_owners_are_listed_as_references_as_members_are(client):
    ana, group = client.user(), client.group()
    client.call("POST", f"/groups/{group}/owners/$ref", {"@odata.id": f"{GRAPH}/users/{ana}"})

    reply = client.get(f"/groups/{group}/owners/$ref").json()

    assert reply["value"] == [{"@odata.id": f"{GRAPH}/directoryObjects/{ana}"}]


def test_a_nested_group_tells_the_groups_above_it(client):
    top, outer, inner = (client.group(name) for name in ("Top", "Outer", "Inner"))
    client.add(top, outer)
    client.add(outer, inner)

    direct = client.get(f"/groups/{inner}/memberOf").json()["value"]
    cast = client.get(f"/groups/{inner}/transitiveMemberOf/microsoft.graph.group").json()["value"]

    assert [(each["id"], each["@odata.type"]) for each in direct] == [
        (outer, "#microsoft.graph.group")
    ]
    assert [each["id"] for each in cast] == [outer, top]


def test_transitive_members_include_those_of_nested_groups_once(client):
    ana, ben = client.user("ana"), client.user("ben")
    outer, inner = client.group("Outer"), client.group("Inner")
    client.add(outer, ana)
    client.add(outer, inner)
    client.add(inner, ben)
    client.add(inner, ana)
    client.add(inner, outer)  # a circle

    reply = client.get(f"/groups/{outer}/transitiveMembers?$select=id").json()

    assert [each["id"] for each in reply["value"]] == [ana, inner, ben]


def test_member_of_names_direct_groups_and_transitive_member_of_those_above(client):
    user, outer, inner = client.user(), client.group("Outer"), client.group("Inner")
    client.add(outer, inner)
    client.add(inner, user)

    direct = client.get(f"/users/{user}/memberOf?$select=id").json()["value"]
    above = client.get(f"/users/{user}/transitiveMemberOf?$select=id").json()["value"]

    assert [each["id"] for each in direct] == [inner]
    assert [each["id"] for each in above] == [inner, outer]
    assert direct[0]["@odata.type"] == "#microsoft.graph.group"


def test_member_references_are_absolute_on_the_callers_host(client):
    user, group = client.user(), client.group()
    client.add(group, user)

    reply = client.get(f"/groups/{group}/members/$ref").json()

    assert reply["value"] == [{"@odata.id": f"{GRAPH}/directoryObjects/{user}"}]


def test_the_member_count_is_digits_in_plain_text(client):
    group = client.group(**{BIND: [f"{GRAPH}/users/{each}" for each in client.users(3)]})

    reply = client.eventual(f"/groups/{group}/members/$count")

    assert (reply.text, reply.headers["Content-Type"]) == ("3", "text/plain")


def test_an_upsert_creates_once_and_updates_then(client):
    body = {
        "displayName": "Sales",
        "mailEnabled": False,
        "mailNickname": "sales",
        "securityEnabled": True,
    }
    path, prefer = "/groups(uniqueName='map-1')", {"Prefer": "create-if-missing"}

    first = client.call("PATCH", path, body, prefer)
    second = client.call("PATCH", path, {**body, "displayName": "Sales 2"}, prefer)

    assert (first.status_code, second.status_code) == (201, 204)
    shown = client.get(path).json()
    assert (shown["id"], shown["displayName"]) == (first.json()["id"], "Sales 2")
    assert len(client.app.admin.groups()) == 1


def test_an_upsert_without_the_preference_does_not_create(client):
    reply = client.call("PATCH", "/groups(uniqueName='map-1')", {"displayName": "Sales"})

    assert (reply.status_code, client.app.admin.groups()) == (404, [])


def test_a_unique_name_may_hold_quotes_and_slashes(client):
    client.group(uniqueName="o'neil/1")

    reply = client.get("/groups(uniqueName='o''neil%2F1')")

    assert (reply.status_code, reply.json()["uniqueName"]) == (200, "o'neil/1")


def test_a_unified_group_gets_an_address_and_is_public(client):
    group = client.create_group("Team", mailNickname="team", **UNIFIED).json()

    assert group["mail"] == "team@example.onmicrosoft.com"
    assert group["proxyAddresses"] == ["SMTP:team@example.onmicrosoft.com"]
    assert group["visibility"] == "Public"


def test_owners_are_linked_apart_from_members(client):
    user, group = client.user(), client.group()

    body = {"@odata.id": f"{GRAPH}/users/{user}"}
    client.call("POST", f"/groups/{group}/owners/$ref", body)

    owners = client.get(f"/groups/{group}/owners?$select=id").json()["value"]
    assert [each["id"] for each in owners] == [user]
    assert client.member_ids(group) == []
    assert client.call("DELETE", f"/groups/{group}/owners/{user}/$ref").status_code == 204


def test_some_properties_are_updated_alone_and_answer_200(client):
    group = client.group("Team", **UNIFIED)

    alone = client.call("PATCH", f"/groups/{group}", {"hideFromAddressLists": True})
    mixed = client.call(
        "PATCH", f"/groups/{group}", {"hideFromAddressLists": True, "displayName": "X"}
    )

    assert (alone.status_code, mixed.status_code) == (200, 400)


def test_adding_to_a_large_group_touches_nothing_but_the_link(client):
    users = client.users(300)
    group = client.app.admin.add_group("Large", member_ids=users[:-1])

    with client.app.store.unit() as unit:
        client.app.state.add_link(group, "members", users[-1])

        assert [(each.table, each.key) for each in unit.changes()] == [
            ("members", (group, users[-1]))
        ]


def test_the_beta_version_answers_the_same_calls(client):
    group = client.group()

    reply = client.get(f"https://graph.microsoft.com/beta/groups/{group}")

    assert reply.json()["@odata.context"].startswith("https://graph.microsoft.com/beta/")
