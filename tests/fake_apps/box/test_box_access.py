"""Who may do what in the fake Box: members, group admins, users; versions; limits of each user."""

import pytest

DENIED = (403, "access_denied_insufficient_permissions")
PERSONS = ("stranger", "member", "leader")


@pytest.fixture
def house(client):
    """A group with a member and an admin, and somebody outside it."""
    client.ids = {name: client.user(name) for name in PERSONS}
    client.sales = client.group()
    client.of_member = client.join(client.sales, client.ids["member"])
    client.of_leader = client.join(client.sales, client.ids["leader"], role="admin")
    return client


def ask(house, who, method, path, json=None):
    headers = house.acting_as(house.ids[who])
    return house.call(method, path, json, headers=headers)


def outcome(reply):
    return reply.status_code, reply.json().get("code")


def able(house, method, path, json=None):
    """Who of the three is not refused."""
    return [who for who in PERSONS if ask(house, who, method, path, json).status_code < 400]


def test_a_group_is_shown_to_its_members(house):
    assert able(house, "GET", f"/groups/{house.sales}") == ["member", "leader"]
    assert outcome(ask(house, "stranger", "GET", f"/groups/{house.sales}")) == DENIED


def test_a_group_is_changed_by_its_admins_and_deleted_by_neither(house):
    assert able(house, "PUT", f"/groups/{house.sales}", {"description": "X"}) == ["leader"]
    assert able(house, "DELETE", f"/groups/{house.sales}") == []


def test_memberships_are_shown_and_changed_by_the_groups_admins(house):
    path = f"/group_memberships/{house.of_member}"

    assert able(house, "GET", path) == ["leader"]
    assert able(house, "PUT", path, {"role": "member"}) == ["leader"]
    assert able(house, "DELETE", path) == []
    assert able(house, "GET", "/group_memberships/1") == []


@pytest.mark.parametrize(
    ("level", "who"),
    [
        ("admins_only", ["leader"]),
        ("admins_and_members", ["member", "leader"]),
        ("all_managed_users", list(PERSONS)),
    ],
)
def test_members_are_shown_to_whom_the_level_says(house, level, who):
    house.call("PUT", f"/groups/{house.sales}", {"member_viewability_level": level})

    assert able(house, "GET", f"/groups/{house.sales}/memberships") == who
    assert able(house, "GET", "/groups/1/memberships") == []


@pytest.mark.parametrize(
    ("level", "who"), [("admins_only", ["leader"]), ("admins_and_members", ["member", "leader"])]
)
def test_a_group_tells_who_may_invite_it(house, level, who):
    path = f"/groups/{house.sales}"
    house.call("PUT", path, {"invitability_level": level})
    may = {
        one: ask(house, one, "GET", f"{path}?fields=permissions").json()["permissions"]
        for one in ("member", "leader")
    }

    assert [one for one, told in may.items() if told["can_invite_as_collaborator"]] == who


def test_a_group_admin_creates_and_edits_accounts_as_configured(house):
    ana = {"name": "Ana", "login": "new@example.test"}
    member, stranger = house.ids["member"], house.ids["stranger"]

    assert able(house, "POST", "/users", ana) == ["leader"]
    assert able(house, "PUT", f"/users/{member}", {"name": "M"}) == ["leader"]
    assert able(house, "PUT", f"/users/{stranger}", {"name": "S"}) == []

    off = {"configurable_permissions": None}
    house.call("PUT", f"/group_memberships/{house.of_leader}", off)
    assert able(house, "POST", "/users", {**ana, "login": "other@example.test"}) == []
    assert able(house, "PUT", f"/users/{member}", {"name": "M"}) == []


@pytest.mark.parametrize("role", ["admin", "coadmin"])
def test_admins_and_coadmins_manage_everything(house, role):
    house.admin.change_role(house.ids["stranger"], role)

    assert ask(house, "stranger", "POST", "/groups", {"name": "X"}).status_code == 201
    assert ask(house, "stranger", "GET", "/users").status_code == 200


def test_nobody_has_a_role_there_is_not(house):
    with pytest.raises(ValueError, match="king"):
        house.admin.change_role(house.ids["member"], "king")


def test_acting_for_a_user_needs_the_scope_as_well(make):
    client = make(settings={"app_scopes": ("manage_groups",)})
    boss = client.user("boss", role="coadmin")

    reply = client.call("GET", "/users", headers=client.acting_as(boss))

    assert reply.status_code == 403
    assert 'error="insufficient_scope"' in reply.headers["WWW-Authenticate"]


# --- versions ----------------------------------------------------------------------------------


def test_a_call_may_name_its_version(client):
    assert client.get("/groups", **{"box-version": "2024.0"}).status_code == 200


MANY = "The 'box-version' header supports only one header value per request, do not use comas."


@pytest.mark.parametrize(
    ("version", "sentence"),
    [
        ("1999.0", "Invalid API version specified in 'box-version' header."),
        ("two", "Invalid API version specified in 'box-version' header."),
        ("", "Invalid (empty) API version specified in 'box-version' header."),
        ("2024.0, 2025.0", MANY),
        ("2025.0", "Unsupported API version specified in 'box-version' header."),
    ],
)
def test_a_version_that_the_call_has_not_is_refused(client, version, sentence):
    reply = client.get("/groups", **{"box-version": version})

    assert (reply.status_code, reply.json()["code"]) == (400, "invalid_api_version")
    assert reply.json()["message"] == f"{sentence} Supported API versions: [2024.0]."
    assert reply.json()["help_url"].endswith("/error-codes/invalid-api-version")


# --- limits ------------------------------------------------------------------------------------


def test_each_user_has_calls_of_their_own(make):
    client = make(settings={"as_user": True})
    ana, ben = client.user("ana"), client.user("ben")
    client.app.meter.scale = 0.002  # two a minute

    def statuses(**headers):
        return [client.get("/users/me", **headers).status_code for _ in range(3)]

    assert statuses() == [200, 200, 429]
    assert statuses(**{"As-User": ana}) == [200, 200, 429]
    client.app.clock.sleep(30)
    assert statuses(**{"As-User": ana}) == [200, 429, 429]
    assert statuses(**{"As-User": ben}) == [200, 200, 429]


def test_a_throttled_call_is_told_how_long_to_wait(client):
    client.app.meter.scale = 0.001
    client.get("/users/me")

    reply = client.get("/users/me")

    assert (reply.status_code, reply.json()["code"]) == (429, "rate_limit_exceeded")
    wait = int(reply.headers["Retry-After"])
    client.app.clock.sleep(wait)
    assert client.get("/users/me").status_code == 200
