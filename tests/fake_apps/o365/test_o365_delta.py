"""Delta queries of the fake Microsoft 365: rounds of pages, and what each tells."""

import pytest

from fake_apps.core.fault import Fault

DAY_S = 86400
USER_TYPE, GROUP_TYPE = "#microsoft.graph.user", "#microsoft.graph.group"
GRAPH = "https://graph.microsoft.com/v1.0"


def told(client, link, **headers):
    """All that a round of pages tells, and where the next round begins."""
    items = []
    while True:
        page = client.call("GET", link, headers=headers).json()
        items += page["value"]
        if "@odata.deltaLink" in page:
            return items, page["@odata.deltaLink"]
        link = page["@odata.nextLink"]


def started(client, table="groups", options=""):
    """Where the first round ends: from here on only changes are told."""
    return told(client, f"/{table}/delta{options}")[1]


def news(client, link, **headers):
    return told(client, link, **headers)[0]


def user(object_id, **more):
    return {"@odata.type": USER_TYPE, "id": object_id, **more}


REMOVED = {"@removed": {"reason": "deleted"}}


# --- the first round -------------------------------------------------------------------------


def test_the_first_round_tells_all_groups_with_their_members(client):
    ana, ben = client.users(2)
    full = client.app.admin.add_group("Full", member_ids=[ana, ben])
    empty = client.app.admin.add_group("Empty")

    items, _ = told(client, "/groups/delta")

    assert [item["id"] for item in items] == [full, empty]
    assert items[0]["members@delta"] == [user(ana), user(ben)]
    assert "members@delta" not in items[1]


def test_a_property_that_was_never_set_is_not_told(client):
    client.app.admin.add_group("Sales")

    ((item,), _) = told(client, "/groups/delta")

    assert "description" not in item
    assert item["displayName"] == "Sales"


def test_nested_groups_are_members_too(client):
    inner = client.app.admin.add_group("Inner")
    outer = client.group("Outer", **{"members@odata.bind": [f"{GRAPH}/directoryObjects/{inner}"]})

    items, _ = told(client, "/groups/delta")

    found = {item["id"]: item.get("members@delta") for item in items}
    assert found == {inner: None, outer: [{"@odata.type": GROUP_TYPE, "id": inner}]}


def test_the_first_page_names_the_selected_properties_and_later_ones_do_not(client):
    for name in ("One", "Two"):
        client.app.admin.add_group(name)
    client.app.change_setting("delta_page_size", 1)

    first = client.get("/groups/delta?$select=displayName,description").json()
    second = client.get(first["@odata.nextLink"]).json()

    assert first["@odata.context"] == f"{GRAPH}/$metadata#groups(displayName,description)"
    assert second["@odata.context"] == f"{GRAPH}/$metadata#groups"
    assert list(second["value"][0]) == ["displayName", "id"]


@pytest.mark.parametrize("path", ["delta", "delta()", "microsoft.graph.delta()"])
def test_the_function_has_a_long_name_and_may_have_parentheses(client, path):
    client.app.admin.add_group("Sales")

    page = client.get(f"/groups/{path}").json()

    assert [item["displayName"] for item in page["value"]] == ["Sales"]
    assert page["@odata.deltaLink"].startswith(f"{GRAPH}/groups/delta?$deltatoken=")


def test_users_are_told_as_a_list_shows_them(client):
    ana = client.user("ana", displayName="Ana")

    ((item,), _) = told(client, "/users/delta")

    assert item == {
        "businessPhones": [],
        "displayName": "Ana",
        "userPrincipalName": "ana@example.onmicrosoft.com",
        "id": ana,
    }


def test_a_page_holds_no_more_objects_than_the_setting_says(client):
    for number in range(5):
        client.app.admin.add_group(f"Group{number}")
    client.app.change_setting("delta_page_size", 2)

    page = client.get("/groups/delta").json()
    items, _ = told(client, "/groups/delta")

    assert len(page["value"]) == 2
    assert "@odata.deltaLink" not in page
    assert [item["displayName"] for item in items] == [f"Group{number}" for number in range(5)]


def test_a_large_group_comes_again_with_other_members(client):
    ids = client.users(5)
    group = client.app.admin.add_group("Large", member_ids=ids)
    client.app.admin.add_group("Small", member_ids=ids[:1])
    client.app.change_setting("delta_page_size", 2)

    items, _ = told(client, "/groups/delta")

    slices = [[one["id"] for one in item["members@delta"]] for item in items if item["id"] == group]
    assert slices == [ids[:2], ids[2:4], ids[4:]]
    assert items[-1]["displayName"] == "Small"


def test_what_is_made_while_pages_are_read_comes_in_the_next_round(client):
    client.app.change_setting("delta_page_size", 1)
    for name in ("One", "Two"):
        client.app.admin.add_group(name)
    first = client.get("/groups/delta").json()
    client.app.admin.add_group("Three")

    items, link = told(client, first["@odata.nextLink"])

    assert [item["displayName"] for item in items] == ["Two"]
    assert [item["displayName"] for item in news(client, link)] == ["Three"]


def test_what_is_not_replicated_yet_comes_in_a_later_round(make):
    client = make(settings={"replication_lag_s": 60})
    client.create_group("Fresh")

    items, link = told(client, "/groups/delta")
    client.app.clock.sleep(61)

    assert items == []
    assert [item["displayName"] for item in news(client, link)] == ["Fresh"]


# --- later rounds ----------------------------------------------------------------------------


def test_nothing_changed_is_an_empty_round(client):
    client.app.admin.add_group("Sales")
    link = started(client)

    items, again = told(client, link)

    assert items == []
    assert news(client, again) == []


def test_members_that_joined_and_left_are_told(client):
    ana, ben, cy = client.users(3)
    group = client.app.admin.add_group("Sales", member_ids=[ana, ben])
    link = started(client)
    client.add(group, cy)
    client.remove(group, ana)

    ((item,), _) = told(client, link)

    assert item["id"] == group
    assert item["members@delta"] == [user(cy), user(ana, **REMOVED)]


def test_a_member_that_left_and_came_back_is_told_once_as_a_member(client):
    (ana,) = client.users(1)
    group = client.app.admin.add_group("Sales", member_ids=[ana])
    link = started(client)
    client.remove(group, ana)
    client.add(group, ana)

    ((item,), again) = told(client, link)

    assert item["members@delta"] == [user(ana)]
    assert news(client, again) == []


def test_a_rename_is_told_without_members(client):
    (ana,) = client.users(1)
    group = client.app.admin.add_group("Sales", member_ids=[ana])
    link = started(client)
    client.call("PATCH", f"/groups/{group}", {"displayName": "Sales EMEA"})

    ((item,), _) = told(client, link)

    assert item["displayName"] == "Sales EMEA"
    assert "members@delta" not in item


def test_a_property_set_to_null_is_told_as_null(client):
    group = client.group("Sales", description="ours")
    link = started(client)
    client.call("PATCH", f"/groups/{group}", {"description": None})

    ((item,), _) = told(client, link)

    assert item["description"] is None


def test_a_group_in_the_bin_is_changed_and_a_purged_one_deleted(client):
    kept, purged = (client.app.admin.add_group(name) for name in ("Kept", "Purged"))
    link = started(client)
    client.call("DELETE", f"/groups/{kept}")
    client.call("DELETE", f"/groups/{purged}")
    client.call("DELETE", f"/directory/deletedItems/{purged}")

    items, again = told(client, link)

    assert items == [
        {"id": kept, "@removed": {"reason": "changed"}},
        {"id": purged, "@removed": {"reason": "deleted"}},
    ]
    assert news(client, again) == []


def test_a_restored_group_comes_back_with_all_members(client):
    (ana,) = client.users(1)
    group = client.app.admin.add_group("Sales", member_ids=[ana])
    client.call("DELETE", f"/groups/{group}")
    link = started(client)
    client.call("POST", f"/directory/deletedItems/{group}/restore")

    ((item,), _) = told(client, link)

    assert (item["id"], item["members@delta"]) == (group, [user(ana)])


def test_a_deleted_user_leaves_the_group_only_when_purged(client):
    """Q18."""
    (ana,) = client.users(1)
    group = client.app.admin.add_group("Sales", member_ids=[ana])
    link = started(client)
    client.call("DELETE", f"/users/{ana}")
    soft, link = told(client, link)
    client.call("DELETE", f"/directory/deletedItems/{ana}")
    hard = news(client, link)

    assert soft == []
    assert [(item["id"], item["members@delta"]) for item in hard] == [
        (group, [user(ana, **REMOVED)])
    ]


def test_users_that_came_went_and_changed_are_told(client):
    ana, ben = client.users(2)
    link = started(client, "users")
    client.call("PATCH", f"/users/{ana}", {"jobTitle": "Boss"})
    client.call("DELETE", f"/users/{ben}")
    cy = client.user("cy")

    items = news(client, link)

    assert [(item["id"], item.get("jobTitle")) for item in items] == [
        (ana, "Boss"),
        (cy, None),
        (ben, None),
    ]
    assert items[-1]["@removed"] == {"reason": "changed"}


def test_a_change_by_the_administrator_is_told_too(client):
    (ana,) = client.users(1)
    group = client.app.admin.add_group("Sales")
    users, groups = started(client, "users"), started(client)
    client.app.admin.set_account_active(ana, active=False)
    client.app.admin.rename_group(group, "Sales EMEA")

    assert [item["id"] for item in news(client, users)] == [ana]
    assert [item["displayName"] for item in news(client, groups)] == ["Sales EMEA"]


def test_with_minimal_only_what_changed_is_told(client):
    group = client.group("Sales", description="ours")
    client.group("Other")
    link = started(client)
    client.call("PATCH", f"/groups/{group}", {"description": "theirs"})

    items = news(client, link, Prefer="return=minimal")

    assert items == [{"description": "theirs", "id": group}]


def test_with_minimal_a_new_object_is_told_whole(client):
    link = started(client)
    client.group("Sales")

    ((item,), _) = told(client, link, Prefer="return=minimal")

    assert (item["displayName"], item["securityEnabled"]) == ("Sales", True)


# --- what is tracked -------------------------------------------------------------------------


def test_a_change_of_a_property_that_was_not_selected_is_not_told(client):
    group = client.group("Sales")
    link = started(client, options="?$select=displayName")
    client.call("PATCH", f"/groups/{group}", {"description": "x"})
    other, link = told(client, link)
    client.call("PATCH", f"/groups/{group}", {"displayName": "Sales EMEA"})

    assert other == []
    assert news(client, link) == [{"displayName": "Sales EMEA", "id": group}]


def test_members_are_tracked_alone_when_selected_alone(client):
    (ana,) = client.users(1)
    group = client.app.admin.add_group("Sales")
    link = started(client, options="?$select=members")
    client.call("PATCH", f"/groups/{group}", {"displayName": "Sales EMEA"})
    client.add(group, ana)

    assert news(client, link) == [{"id": group, "members@delta": [user(ana)]}]


def test_members_are_not_told_when_other_things_are_selected(client):
    (ana,) = client.users(1)
    group = client.app.admin.add_group("Sales", member_ids=[ana])
    items, link = told(client, "/groups/delta?$select=displayName")
    client.remove(group, ana)

    assert items == [{"displayName": "Sales", "id": group}]
    assert news(client, link) == []


def test_owners_and_managers_are_tracked_when_selected(client):
    ana, ben = client.users(2)
    group = client.app.admin.add_group("Sales")
    groups = started(client, options="?$select=owners")
    users = started(client, "users", "?$select=manager")
    reference = {"@odata.id": f"{GRAPH}/users/{ben}"}
    client.call("POST", f"/groups/{group}/owners/$ref", reference)
    client.call("PUT", f"/users/{ana}/manager/$ref", reference)

    assert news(client, groups) == [{"id": group, "owners@delta": [user(ben)]}]
    assert news(client, users) == [{"id": ana, "manager@delta": [user(ben)]}]


def test_other_properties_can_be_chosen_for_a_delta_link(client):
    group = client.group("Sales", description="ours")
    link = started(client, options="?$select=displayName")
    client.call("PATCH", f"/groups/{group}", {"description": "theirs"})

    items = news(client, f"{link}&$select=description")

    assert items == [{"description": "theirs", "id": group}]


def test_only_the_objects_of_the_filter_are_told(client):
    ids = [client.app.admin.add_group(name) for name in ("One", "Two", "Three")]
    only = f"?$select=displayName&$filter=id eq '{ids[0]}' or id eq '{ids[2]}'"
    items, link = told(client, f"/groups/delta{only}")
    for group in ids:
        client.call("DELETE", f"/groups/{group}")

    assert [item["id"] for item in items] == [ids[0], ids[2]]
    assert [item["id"] for item in news(client, link)] == [ids[0], ids[2]]


def test_latest_tells_nothing_but_where_to_begin(client):
    client.app.admin.add_group("Old")
    page = client.get("/groups/delta?$deltatoken=latest&$select=displayName").json()
    client.app.admin.add_group("New")

    assert page["value"] == []
    assert [item["displayName"] for item in news(client, page["@odata.deltaLink"])] == ["New"]


def test_options_are_known_in_any_case(client):
    client.app.admin.add_group("Old")

    page = client.get("/groups/delta?$deltaToken=latest").json()

    assert page["value"] == []


# --- refusals --------------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["$top=5", "$orderby=displayName", "$expand=members"])
def test_an_option_that_delta_does_not_have_is_refused(client, option):
    reply = client.get(f"/groups/delta?{option}")

    name = option.partition("=")[0]
    assert reply.status_code == 400
    assert reply.json()["error"]["message"] == f"'{name}' is not supported by the service."


@pytest.mark.parametrize(
    "text", ["displayName eq 'Sales'", "id eq 'x'", "id ne '00000000-0000-0000-0000-000000000009'"]
)
def test_no_other_filter_is_taken(client, text):
    reply = client.get(f"/groups/delta?$filter={text}")

    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "Request_UnsupportedQuery")


def test_at_most_fifty_objects_are_filtered(client):
    clause = "id eq '00000000-0000-0000-0000-000000000009'"

    assert client.get(f"/groups/delta?$filter={' or '.join([clause] * 50)}").status_code == 200
    assert client.get(f"/groups/delta?$filter={' or '.join([clause] * 51)}").status_code == 400


@pytest.mark.parametrize("token", ["x", "AAAAAAAA", "%00", "eJwDAAAAAAE"])
@pytest.mark.parametrize("name", ["$deltatoken", "$skiptoken"])
def test_a_token_that_is_none_is_refused(client, name, token):
    reply = client.get(f"/groups/delta?{name}={token}")

    assert (reply.status_code, reply.json()["error"]["message"]) == (400, "Badly formed token.")


def test_a_token_of_users_tells_nothing_of_groups(client):
    token = started(client, "users").partition("=")[2]

    assert client.get(f"/groups/delta?$deltatoken={token}").status_code == 400


def test_a_token_of_another_tenant_is_refused(client, make):
    token = started(make(seed=8)).partition("=")[2]

    assert client.get(f"/groups/delta?$deltatoken={token}").status_code == 400


def test_a_token_of_seven_days_is_good_and_an_older_one_is_not(client):
    link = started(client)
    client.app.clock.sleep(7 * DAY_S)
    client.authorize()
    good = client.get(link).status_code
    client.app.clock.sleep(1)

    assert good == 200
    assert client.get(link).status_code == 410


def test_a_member_that_left_days_ago_is_still_told(client):
    (ana,) = client.users(1)
    group = client.app.admin.add_group("Sales", member_ids=[ana])
    link = started(client)
    client.remove(group, ana)
    client.app.clock.sleep(6 * DAY_S)
    client.authorize()

    ((item,), _) = told(client, link)

    assert item["members@delta"] == [user(ana, **REMOVED)]


def test_what_no_token_is_old_enough_for_is_forgotten(client):
    ana, ben = client.users(2)
    group = client.app.admin.add_group("Sales", member_ids=[ana, ben])
    client.app.admin.remove_members(group, [ana])
    client.app.clock.sleep(8 * DAY_S)
    client.app.admin.remove_members(group, [ben])

    assert [gone.target_id for gone in client.app.state.unlinked] == [ben]


def test_the_service_can_ask_to_start_over(client):
    client.app.admin.add_group("Sales")
    link = started(client)
    client.app.arm(Fault("o365.delta_groups", "resync_required"))

    reply = client.get(link)

    assert (reply.status_code, reply.json()["error"]["code"]) == (410, "resyncRequired")
    assert reply.headers["Location"] == f"{GRAPH}/groups/delta?$deltatoken="
    assert len(news(client, reply.headers["Location"])) == 1


# --- what the tenant keeps -------------------------------------------------------------------


def test_a_refused_request_is_no_change(client):
    (ana,) = client.users(1)
    group = client.app.admin.add_group("Sales", member_ids=[ana])
    link = started(client)
    refused = client.bind(group, [ana])

    assert refused.status_code == 400
    assert news(client, link) == []


def test_a_tenant_set_back_asks_clients_of_its_future_to_start_over(client):
    moment = client.app.snapshot()
    client.app.admin.add_group("Sales")
    link = started(client)
    client.app.restore(moment)

    assert client.get(link).status_code == 410


def test_a_round_goes_on_after_the_tenant_was_set_back_to_it(client):
    (ana,) = client.users(1)
    group = client.app.admin.add_group("Sales", member_ids=[ana])
    link = started(client)
    moment = client.app.snapshot()
    client.remove(group, ana)
    client.app.restore(moment)

    assert news(client, link) == []
    client.remove(group, ana)
    assert len(news(client, link)) == 1


def test_without_a_permission_to_read_users_their_changes_are_not_told(make):
    client = make(settings={"app_roles": ["Group.Read.All"]})

    assert client.get("/groups/delta").status_code == 200
    assert client.get("/users/delta").status_code == 403
