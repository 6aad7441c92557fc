"""$expand of the fake Microsoft 365."""

import pytest

GRAPH = "https://graph.microsoft.com/v1.0"


@pytest.fixture
def sales(client):
    client.ids = client.users(3)
    return client.app.admin.add_group("Sales", member_ids=client.ids)


def ids(items):
    return [item["id"] for item in items]


def manage(client, report, manager):
    reply = client.call(
        "PUT", f"/users/{report}/manager/$ref", {"@odata.id": f"{GRAPH}/users/{manager}"}
    )
    assert reply.status_code == 204, reply.text


def test_a_group_is_shown_with_its_members_each_with_its_type(client, sales):
    group = client.get(f"/groups/{sales}?$expand=members").json()

    assert group["@odata.context"] == f"{GRAPH}/$metadata#groups(members())/$entity"
    assert ids(group["members"]) == client.ids
    assert {one["@odata.type"] for one in group["members"]} == {"#microsoft.graph.user"}
    assert group["displayName"] == "Sales"


def test_groups_are_listed_with_their_members(client, sales):
    client.app.admin.add_group("Empty")

    found = client.get("/groups?$expand=members($select=id)&$select=id,displayName").json()

    assert found["@odata.context"] == f"{GRAPH}/$metadata#groups(id,displayName,members(id))"
    assert [ids(group["members"]) for group in found["value"]] == [client.ids, []]
    assert list(found["value"][0]["members"][0]) == ["@odata.type", "id"]


@pytest.mark.parametrize("relation", ["memberOf", "transitiveMemberOf"])
def test_a_user_is_shown_with_its_groups(client, sales, relation):
    user = client.get(f"/users/{client.ids[0]}?$expand={relation}").json()

    assert ids(user[relation]) == [sales]


@pytest.mark.parametrize("relation", ["owners", "transitiveMembers"])
def test_a_group_is_shown_with_its_other_relations(client, sales, relation):
    client.app.state.add_link(sales, "owners", client.ids[0])

    found = client.get(f"/groups/{sales}?$expand={relation}").json()[relation]

    assert ids(found) == (client.ids if relation == "transitiveMembers" else client.ids[:1])


def test_a_page_with_expanded_objects_has_at_most_a_hundred(client):
    client.users(101)

    reply = client.get("/users?$expand=memberOf&$top=999").json()

    assert len(reply["value"]) == 100
    assert "$expand=memberOf" in reply["@odata.nextLink"]


def test_a_manager_is_shown_with_a_user_and_none_where_there_is_none(client):
    ana, boss = client.users(2)
    manage(client, ana, boss)

    with_boss = client.get(f"/users/{ana}?$expand=manager($select=id)").json()
    without = client.get(f"/users/{boss}?$expand=manager").json()

    assert with_boss["manager"] == {"@odata.type": "#microsoft.graph.user", "id": boss}
    assert "manager" not in without


def test_managers_are_followed_as_far_up_as_asked(client):
    ana, ben, cy = client.users(3)
    manage(client, ana, ben)
    manage(client, ben, cy)

    def chain(levels):
        asked = f"/users/{ana}?$expand=manager($levels={levels};$select=id)&$select=id"
        found, shown = [], client.get(asked).json()
        while "manager" in shown:
            shown = shown["manager"]
            found.append(shown["id"])
        return found

    assert chain("1") == [ben]
    assert chain("max") == [ben, cy]


def test_managers_in_a_circle_are_followed_once_around(client):
    ana, ben = client.users(2)
    manage(client, ana, ben)
    manage(client, ben, ana)

    shown = client.get(f"/users/{ana}?$expand=manager($levels=max;$select=id)").json()

    assert shown["manager"] == {"@odata.type": "#microsoft.graph.user", "id": ben}


def test_only_one_relation_is_expanded(client, sales):
    error = client.get(f"/groups/{sales}?$expand=members,owners").json()["error"]

    assert error["message"] == (
        "The result of parsing $expand contained at least 2 items, but the maximum allowed is 1."
    )


@pytest.mark.parametrize(
    "text", ["nothing", "manager", "members($top=5)", "members($select=nothing)", "members)("]
)
def test_what_cannot_be_expanded_is_refused(client, sales, text):
    assert client.get(f"/groups/{sales}?$expand={text}").status_code == 400


@pytest.mark.parametrize("levels", ["0", "1001", "x", ""])
def test_levels_are_a_number_or_max(client, levels):
    assert client.get(f"/users?$expand=manager($levels={levels})").status_code == 400


def test_nothing_is_expanded_in_advanced_queries(client, sales):
    counted = client.eventual("/groups?$expand=members&$count=true")
    searched = client.eventual('/groups?$expand=members&$search="displayName:sales"')

    assert (counted.status_code, searched.status_code) == (400, 400)
    assert counted.json()["error"]["message"] == "Unsupported Query."


def test_a_manager_is_expanded_in_a_counted_query(client):
    ana, boss = client.users(2)
    manage(client, ana, boss)

    found = client.eventual("/users?$expand=manager($levels=max)&$count=true").json()

    assert found["@odata.count"] == 2
    assert found["value"][0]["manager"]["id"] == boss
