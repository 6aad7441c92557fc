"""Throttling and replication lag of the fake Microsoft 365."""

import pytest

from fake_apps.o365.throttle import LIMITS, size_of

GRAPH = "https://graph.microsoft.com/v1.0"
BIND = "members@odata.bind"


def units(client, name="resource_units_small"):
    limit = client.app.meter.limits[name]
    return round(client.app.meter.used(name) * limit.capacity)


@pytest.mark.parametrize(
    ("path", "cost"),
    [
        ("/users", 2),
        ("/users?$select=id", 1),
        ("/users?$top=19", 1),
        ("/users?$top=20", 2),
        ("/users/{user}", 1),
        ("/users/{user}/memberOf", 2),
        ("/groups", 1),
        ("/groups?$select=id&$top=5", 1),
        ("/groups/{group}", 1),
        ("/groups/{group}/members", 3),
        ("/groups/{group}/members?$select=id", 2),
        ("/groups/{group}/members?$select=id&$top=5", 1),
        ("/groups/{group}/transitiveMembers", 5),
    ],
)
def test_a_read_costs_its_resource_units(client, path, cost):
    group, user = client.app.admin.add_group("Sales"), client.user()

    reply = client.get(path.format(group=group, user=user))

    assert (reply.status_code, reply.headers["x-ms-resource-unit"]) == (200, str(cost))
    assert (units(client), client.app.meter.used("writes")) == (cost, 0)


def test_resolving_ids_is_a_read_although_it_is_posted(client):
    reply = client.call("POST", "/directoryObjects/getByIds", {"ids": [client.user()]})

    assert reply.headers["x-ms-resource-unit"] == "3"
    assert (units(client), client.app.meter.used("writes")) == (3, 0)


def test_a_write_costs_one_unit_and_one_write(client):
    reply = client.create_group()

    assert reply.headers["x-ms-resource-unit"] == "1"
    assert (units(client), round(client.app.meter.used("writes") * 3000)) == (1, 1)


def test_neither_token_nor_batch_costs_anything_itself(client):
    client.ask_token()
    client.batch({"id": "1", "method": "GET", "url": "/groups"})

    assert units(client) == 1


@pytest.mark.parametrize(
    ("users", "size"),
    [(0, "small"), (49, "small"), (50, "medium"), (500, "medium"), (501, "large")],
)
def test_a_tenant_is_sized_by_its_users(users, size):
    assert size_of(users) == size


def test_limits_are_those_of_the_documentation():
    assert {limit.name: (limit.capacity, limit.window_s) for limit in LIMITS} == {
        "resource_units_small": (3500, 10),
        "resource_units_medium": (5000, 10),
        "resource_units_large": (8000, 10),
        "writes": (3000, 150),
    }


@pytest.fixture
def narrow(make):
    """A tenant that takes three writes per 150 seconds."""
    return make(limits=1 / 1000)


def test_the_fourth_write_of_three_is_throttled(narrow):
    for number in range(3):
        assert narrow.create_group(f"G{number}").status_code == 201

    reply = narrow.create_group("G4")

    given = narrow.app.admin.credentials()
    assert (reply.status_code, reply.headers["Retry-After"]) == (429, "100")
    assert reply.headers["x-ms-throttle-scope"] == (
        f"Tenant_Application/Write/{given['client_id']}/{given['tenant']}"
    )
    assert reply.headers["x-ms-throttle-information"] == "WriteLimitExceeded"
    assert reply.headers["x-ms-throttle-limit-percentage"] == "1.3"
    assert len(narrow.app.admin.groups()) == 3


def test_reads_go_on_while_writes_are_throttled(narrow):
    for number in range(4):
        narrow.create_group(f"G{number}")

    assert narrow.get("/groups").status_code == 429  # 3.5 units per 10 s are used up as well
    narrow.app.clock.sleep(10)

    assert narrow.get("/groups").status_code == 200
    assert narrow.create_group("G5").status_code == 429


def test_the_wait_that_was_asked_for_is_enough(narrow):
    for number in range(3):
        narrow.create_group(f"G{number}")
    wait = int(narrow.create_group("G4").headers["Retry-After"])

    narrow.app.clock.sleep(wait)

    assert narrow.create_group("G4").status_code == 201


def test_reads_are_throttled_by_resource_units(narrow):
    assert narrow.get("/groups").status_code == 200

    reply = narrow.get("/groups/00000000-0000-0000-0000-000000000000/members")

    assert reply.status_code == 429
    assert reply.headers["x-ms-throttle-information"] == "ResourceUnitLimitExceeded"
    assert "/ReadWrite/" in reply.headers["x-ms-throttle-scope"]


def test_from_four_fifths_of_a_limit_the_replies_warn(narrow):
    seen = [narrow.get("/groups").headers.get("x-ms-throttle-limit-percentage") for _ in range(4)]

    assert seen == [None, None, "0.9", "1.1"]


def test_a_tenant_without_limits_never_throttles(make):
    client = make(limits=0)

    assert {client.create_group(f"G{number}").status_code for number in range(50)} == {201}


def test_binding_twenty_members_costs_seven_writes(client):
    group, users = client.app.admin.add_group("Sales"), client.users(20)

    client.bind(group, users)

    assert round(client.app.meter.used("writes") * 3000) == 7


# --- lag -----------------------------------------------------------------------------------------


@pytest.fixture
def lagging(make):
    return make(settings={"replication_lag_s": 10})


def test_a_fresh_group_is_absent_for_every_call_until_it_has_aged(lagging):
    user, group = lagging.user(), lagging.group()
    calls = [
        lambda: lagging.get(f"/groups/{group}"),
        lambda: lagging.get(f"/groups/{group}/members"),
        lambda: lagging.call("PATCH", f"/groups/{group}", {"description": "x"}),
        lambda: lagging.add(group, user),
    ]

    assert [call().status_code for call in calls] == [404] * 4
    lagging.app.clock.sleep(9.9)
    assert [call().status_code for call in calls] == [404] * 4
    lagging.app.clock.sleep(0.1)

    assert [call().status_code for call in calls] == [200, 200, 204, 204]


def test_a_fresh_group_is_in_no_list_until_it_has_aged(lagging):
    lagging.group("Sales", uniqueName="key")
    paths = ["/groups", "/groups?$filter=displayName eq 'Sales'"]

    def seen():
        return [len(lagging.get(path).json()["value"]) for path in paths]

    assert seen() == [0, 0]
    assert lagging.get("/groups(uniqueName='key')").status_code == 404
    lagging.app.clock.sleep(10)

    assert seen() == [1, 1]
    assert lagging.get("/groups(uniqueName='key')").status_code == 200


def test_a_group_is_created_with_a_fresh_user_only_when_it_is_seen(lagging):
    body = {
        "accountEnabled": True,
        "displayName": "Ana",
        "mailNickname": "ana",
        "userPrincipalName": "ana@example.test",
        "passwordProfile": {"password": "Long-enough-1"},
    }
    user = lagging.call("POST", "/users", body).json()["id"]
    members = {BIND: [f"{GRAPH}/users/{user}"]}

    assert lagging.create_group(**members).status_code == 404
    assert lagging.app.admin.groups() == []
    lagging.app.clock.sleep(10)

    assert lagging.create_group(**members).status_code == 201


def test_the_second_create_while_the_first_is_unseen_makes_a_twin(lagging):
    lagging.group("Sales")

    assert lagging.get("/groups?$filter=displayName eq 'Sales'").json()["value"] == []
    lagging.group("Sales")

    assert [each.name for each in lagging.app.admin.groups()] == ["Sales", "Sales"]


def test_an_upsert_of_an_unseen_group_is_a_conflict_and_makes_no_twin(lagging):
    body = {
        "displayName": "Sales",
        "mailEnabled": False,
        "mailNickname": "sales",
        "securityEnabled": True,
    }
    prefer = {"Prefer": "create-if-missing"}

    statuses = [
        lagging.call("PATCH", "/groups(uniqueName='key')", body, prefer).status_code
        for _ in range(2)
    ]

    assert statuses == [201, 409]
    assert len(lagging.app.admin.groups()) == 1


def test_what_the_administrator_made_is_seen_at_once(lagging):
    group = lagging.app.admin.add_group("Sales", member_ids=[lagging.user()])

    assert len(lagging.member_ids(group)) == 1


def test_the_eventual_index_lags_behind_the_default_reads(make):
    client = make(settings={"index_lag_s": 60})
    client.group("Sales")

    def found():
        return [
            len(client.get("/groups?$filter=displayName eq 'Sales'").json()["value"]),
            len(client.eventual('/groups?$search="displayName:sales"').json()["value"]),
            int(client.eventual("/groups/$count").text),
        ]

    assert found() == [1, 0, 0]
    client.app.clock.sleep(60)

    assert found() == [1, 1, 1]
