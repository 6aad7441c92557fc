"""Limits of the organisation, tokens and plans, discovery, the Web API, the administrator."""

import pytest

from fake_apps import Fault
from fake_apps.core import scim
from fake_apps.core.error import ApiError
from fake_apps.slack import APP
from tests.fake_apps.slack.conftest import WEB, Client, code

# --- limits --------------------------------------------------------------------------------------


@pytest.fixture
def limited(make):
    return make(limits=1.0)


def until_refused(call, most=2_000):
    """How many calls are answered before one is not, and that one."""
    for number in range(most):
        reply = call(number)
        if reply.status_code == 429:
            return number, reply
    raise AssertionError("never refused")


@pytest.mark.parametrize(
    ("call", "burst"),
    [
        (lambda c, n: c.create_group(f"Group {n}"), 20),
        (lambda c, n: c.create_user(f"user{n}"), 20),
        (lambda c, n: c.call("DELETE", f"v2/Groups/S{n}"), 20),
        (lambda c, n: c.call("DELETE", f"v1/Users/U{n}"), 20),
        (lambda c, n: c.call("PATCH", f"v2/Users/U{n}", {}), 20),
        (lambda c, n: c.call("PATCH" if n % 2 else "PUT", f"v2/Groups/S{n}", {}), 80),
        (lambda c, n: c.call("GET", f"v2/Groups/S{n}"), 300),
    ],
)
def test_bursts_are_those_of_the_reference(limited, call, burst):
    """https://docs.slack.dev/reference/scim-api/rate-limits."""
    answered, reply = until_refused(lambda number: call(limited, number))

    assert answered == burst
    assert code(reply) == (429, "too_many_requests")
    assert reply.headers["Retry-After"] == "1"


def test_a_burst_refills_at_the_rate_of_the_minute(limited):
    until_refused(lambda number: limited.create_group(f"Group {number}"))
    limited.app.clock.sleep(1)

    more, _ = until_refused(lambda number: limited.create_group(f"More {number}"))

    assert more == 3


def test_both_versions_and_all_apps_share_a_limit(limited):
    another = Client(limited.app)
    for number in range(10):
        limited.create_group(f"A {number}", version="v1")
        another.create_group(f"B {number}", version="v2")

    assert limited.create_group("One more").status_code == 429


def test_writes_of_all_kinds_share_the_limit_of_the_organisation(limited):
    def write(number):
        paths = ("v2/Groups/S0", "v2/Users/U0")
        kinds = [("DELETE", paths[0]), ("DELETE", paths[1]), ("PATCH", paths[0]), ("PUT", paths[1])]
        kinds += [("POST", "v2/Groups"), ("POST", "v2/Users"), ("PATCH", paths[0])]
        return limited.call(*kinds[number % 7], {})

    answered, _ = until_refused(write)

    assert answered < 180


def test_a_refused_call_costs_nothing(limited):
    until_refused(lambda number: limited.create_group(f"Group {number}"))
    for _ in range(50):
        limited.create_group("x")
    limited.app.clock.sleep(1)

    assert limited.create_group("x").status_code == 201


def test_the_web_api_slows_down_in_its_own_words(limited):
    answered, reply = until_refused(lambda _: limited.session.get(f"{WEB}/usergroups.list"))

    assert answered == 20
    assert reply.json() == {"ok": False, "error": "ratelimited"}
    assert "Retry-After" in reply.headers


def test_a_throttle_fault_of_version_1_has_its_shape(client):
    client.app.arm(Fault("slack.list_users", "throttle", retry_after="30"))

    reply = client.get("v1/Users")

    assert reply.json() == {"Errors": {"description": "too_many_requests", "code": 429}}
    assert reply.headers["Retry-After"] == "30"


@pytest.mark.parametrize(("told", "header"), [("7", "7"), (None, "1"), ("soon", "1")])
def test_a_lock_can_be_armed(client, told, header):
    client.app.arm(Fault("slack.patch_group", "resource_locked", retry_after=told))

    reply = client.patch_1("Groups", client.group("Sales"), displayName="X")

    assert (code(reply), reply.headers["Retry-After"]) == ((429, "resource_locked"), header)


def test_an_unavailable_service_says_so(client):
    client.app.arm(Fault("slack.list_users", "unavailable"))

    assert client.get("v2/Users").status_code == 503


# --- tokens and plans ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"plan": "pro"}, (403, "plus_teams_only")),
        ({"plan": "business_plus", "installed_on_org": False}, None),
        ({"installed_on_org": False}, (403, "non_org_teams_only")),
        ({"token_scopes": ("users:read",)}, (401, "invalid_authentication")),
        ({"installer": "member"}, (403, "permission_denied")),
        ({"installer": "admin"}, None),
    ],
)
def test_a_token_needs_plan_place_scope_and_role(make, settings, error):
    reply = make(settings=settings).get("v2/Users")

    assert (code(reply) if error else reply.status_code) == (error or 200)


def test_a_missing_token_is_another_error_than_a_bad_one(client):
    for header, told in ((None, "missing_authentication"), ("Basic x", "invalid_authentication")):
        reply = client.call("GET", "v1/Users", headers={"Authorization": header})
        assert code(reply) == (401, told)


def test_replaced_credentials_let_in_again(client):
    client.app.admin.expire_credentials()
    assert client.get("v2/Users").status_code == 401

    client.app.admin.replace_credentials()

    assert client.get("v2/Users").status_code == 401
    assert Client(client.app).get("v2/Users").status_code == 200


def test_the_ledger_has_neither_tokens_nor_passwords(client):
    client.create_user("ana", password="Cub$winCub$win!!")
    client.session.post(f"{WEB}/auth.test", data={"token": client.app.admin.credentials()["token"]})

    told = client.app.ledger.dump()
    assert "Cub$win" not in told
    assert "xoxp" not in told


# --- discovery -----------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["v1", "v2"])
@pytest.mark.parametrize("name", ["ServiceProviderConfigs", "ServiceProviderConfig"])
@pytest.mark.parametrize("token", [None, "Bearer x"])
def test_the_configuration_needs_no_token(client, version, name, token):
    reply = client.call("GET", f"{version}/{name}", headers={"Authorization": token})

    assert reply.status_code == 200
    assert reply.json()["patch"] == {"supported": True}
    assert reply.json()["bulk"]["supported"] is False


def test_resource_types_and_schemas_are_listed_by_version_2_only(client):
    types = client.get("v2/ResourceTypes").json()["Resources"]

    assert [(each["name"], each["endpoint"]) for each in types] == [
        ("User", "/Users"),
        ("Group", "/Groups"),
    ]
    assert [each["id"] for each in client.get("v2/Schemas").json()["Resources"]] == [
        scim.USER,
        scim.GROUP,
    ]
    assert client.get("v1/Schemas").status_code == 404


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_schemas_are_addressed_by_plural_names(client, version):
    users, groups = (client.get(f"{version}/Schemas/{name}").json() for name in ("Users", "Groups"))

    assert "userName" in {each["name"] for each in users["attributes"]}
    assert {each["name"] for each in groups["attributes"]} == {"displayName", "members"}


# --- the Web API ---------------------------------------------------------------------------------


def test_auth_test_says_who_the_token_is(client):
    """https://docs.slack.dev/reference/methods/auth.test."""
    told = client.web("auth.test")

    assert told["ok"] is True
    assert told["url"] == "https://acme.enterprise.slack.com/"
    assert told["team_id"][0] + told["enterprise_id"][0] == "TE"
    assert told["is_enterprise_install"] is True


def test_auth_test_of_a_single_workspace_has_no_enterprise(make):
    told = make(settings={"plan": "business_plus"}).web("auth.test")

    assert "enterprise_id" not in told
    assert told["is_enterprise_install"] is False


@pytest.mark.parametrize(
    ("header", "error"),
    [(None, "not_authed"), ("Basic x", "not_authed"), ("Bearer x", "invalid_auth")],
)
def test_the_web_api_refuses_a_bad_token(client, header, error):
    reply = client.session.post(f"{WEB}/auth.test", headers={"Authorization": header})

    assert (reply.status_code, reply.json()) == (200, {"ok": False, "error": error})


def test_a_token_may_come_in_the_form(client):
    token = client.app.admin.credentials()["token"]

    reply = client.session.post(
        f"{WEB}/auth.test", data={"token": token}, headers={"Authorization": None}
    )

    assert reply.json()["ok"] is True


def test_a_scim_group_is_a_locked_user_group(client):
    ana = client.user("ana")
    group = client.group("Sales", [ana])

    (plain,) = client.web("usergroups.list")["usergroups"]
    (full,) = client.web("usergroups.list", include_users="true", include_count="1")["usergroups"]

    assert (plain["id"], plain["name"], plain["is_idp_group"]) == (group, "Sales", True)
    assert "users" not in plain
    assert (full["users"], full["user_count"]) == ([ana], 1)


def test_deactivated_members_of_a_user_group_are_left_out(client):
    ana, ben = client.users(2)
    group = client.group("Sales", [ana, ben])
    client.call("DELETE", f"v2/Users/{ben}")

    assert client.web("usergroups.users.list", usergroup=group)["users"] == [ana]


def test_a_missing_user_group_and_a_missing_scope_are_told(make):
    assert make().web("usergroups.users.list", usergroup="S0")["error"] == "no_such_subteam"

    told = make(settings={"token_scopes": ("admin",)}).web("usergroups.list")
    assert told == {
        "ok": False,
        "error": "missing_scope",
        "needed": "usergroups:read",
        "provided": "admin",
    }


# --- the administrator ---------------------------------------------------------------------------


def test_the_administrator_sees_what_the_api_did(client):
    ana = client.create_user("ana").json()["id"]
    group = client.create_group("Sales", [ana]).json()["id"]
    client.call("DELETE", f"v2/Users/{ana}")

    (account,), (view,) = client.app.admin.accounts(), client.app.admin.groups()
    assert (account.id, account.login, account.active, account.deleted) == (
        ana,
        "ana",
        False,
        False,
    )
    assert (view.id, view.name, view.member_ids, view.kind) == (group, "Sales", (ana,), "idp group")


def test_groups_of_a_workspace_are_user_groups(make):
    client = make(settings={"plan": "business_plus"})
    client.group("Sales")

    assert client.app.admin.groups()[0].kind == "user group"


def test_the_administrator_changes_names_members_and_accounts(client):
    admin = client.app.admin
    ana, ben = client.users(2)
    group = admin.add_group("Sales", member_ids=[ana])

    admin.rename_group(group, "Marketing")
    admin.add_members(group, [ben])
    admin.remove_members(group, [ana])
    admin.set_account_active(ana, active=False)

    assert (admin.groups()[0].name, admin.groups()[0].member_ids) == ("Marketing", (ben,))
    assert [account.active for account in admin.accounts()] == [False, True]

    admin.delete_group(group)
    assert admin.groups() == []


@pytest.mark.parametrize(
    "act",
    [
        lambda admin, ana, _: admin.delete_account(ana),
        lambda admin, ana, _: admin.restore_account(ana),
        lambda admin, _, group: admin.restore_group(group),
        lambda admin, _, __: admin.add_group("Sales"),
        lambda admin, _, group: admin.add_members(group, ["U0"]),
    ],
)
def test_the_administrator_too_is_held_to_the_rules(client, act):
    ana = client.user("ana")
    group = client.group("Sales", [ana])

    with pytest.raises(ApiError), client.app.administering() as admin:
        act(admin, ana, group)

    assert client.member_ids(group) == [ana]


@pytest.mark.parametrize(
    "act",
    [
        lambda admin: admin.delete_account("U0"),
        lambda admin: admin.set_account_active("U0", active=True),
        lambda admin: admin.rename_group("S0", "X"),
        lambda admin: admin.delete_group("S0"),
        lambda admin: admin.add_members("S0", []),
        lambda admin: admin.remove_members("S0", []),
    ],
)
def test_an_id_of_nothing_is_a_key_error(client, act):
    with pytest.raises(KeyError):
        act(client.app.admin)


@pytest.mark.parametrize(
    "act",
    [
        lambda admin: admin.add_group("X", place="OU=X"),
        lambda admin: admin.add_group("X", kind="security"),
        lambda admin: admin.move_group("S0", "OU=X"),
        lambda admin: admin.add_account("ana", {"kind": "king"}),
    ],
)
def test_what_slack_does_not_have_is_a_value_error(client, act):
    with pytest.raises(ValueError, match=r"Slack|kind"):
        act(client.app.admin)


# --- an organisation as a whole ------------------------------------------------------------------


def test_the_same_seed_gives_the_same_organisation():
    first, second = (APP.create(seed=3) for _ in range(2))

    assert first.admin.credentials() == second.admin.credentials()
    assert first.admin.add_account("ana", {}) == second.admin.add_account("ana", {})
    assert APP.create(seed=4).admin.credentials() != first.admin.credentials()


def test_an_organisation_goes_back_to_how_it_was(client):
    before = client.app.snapshot()
    client.create_group("Sales", [client.user("ana")])

    client.app.restore(before)

    assert client.app.admin.accounts() == client.app.admin.groups() == []
    assert client.create_group("Sales").status_code == 201
