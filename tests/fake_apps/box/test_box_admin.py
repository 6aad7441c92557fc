"""The administrator's hand on the fake Box, and its life as a fake app."""

import pytest

from fake_apps.box import APP
from fake_apps.core.admin import AccountView, GroupView
from fake_apps.core.error import ApiError
from fake_apps.core.fault import Fault


@pytest.fixture
def admin(client):
    return client.admin


def test_accounts_are_shown_with_their_login_and_deleted_ones_as_the_log_tells(admin):
    ana = admin.add_account("ana@example.test", {"name": "Ana"})
    ben = admin.add_account("ben@example.test", {})
    cy = admin.add_account("cy@example.test", {"owns_content": True})
    admin.set_account_active(ben, active=False)
    admin.delete_account(cy)

    assert admin.accounts() == [
        AccountView(ana, "ana@example.test", active=True),
        AccountView(ben, "ben@example.test", active=False),
        AccountView(cy, "cy@example.test", active=True, deleted=True),
    ]


def test_an_account_is_made_active_again(admin):
    ana = admin.add_account("ana@example.test", {"status": "inactive"})
    assert not admin.accounts()[0].active

    admin.set_account_active(ana, active=True)

    assert admin.accounts()[0].active


def test_groups_are_shown_with_their_members_in_order(admin):
    users = [admin.add_account(f"u{n}@example.test", {}) for n in range(3)]
    group = admin.add_group("Sales", member_ids=users[::-1])
    admin.remove_members(group, [users[1]])
    admin.add_members(group, [users[1]])
    admin.rename_group(group, "Support")

    assert admin.groups() == [
        GroupView(group, "Support", (users[2], users[0], users[1]), kind="managed_group")
    ]


def test_removing_who_is_no_member_changes_nothing(admin):
    group = admin.add_group("Sales")

    admin.remove_members(group, [admin.add_account("ana@example.test", {})])

    assert admin.groups()[0].member_ids == ()


def test_of_a_deleted_group_the_log_still_tells(admin):
    group = admin.add_group("Sales", member_ids=[admin.add_account("ana@example.test", {})])
    admin.delete_group(group)

    assert admin.groups() == [GroupView(group, "Sales", (), kind="managed_group", deleted=True)]


@pytest.mark.parametrize(
    "act",
    [
        lambda admin: admin.set_account_active("1", active=True),
        lambda admin: admin.delete_account("1"),
        lambda admin: admin.roll_out("1"),
        lambda admin: admin.rename_group("1", "X"),
        lambda admin: admin.delete_group("1"),
        lambda admin: admin.add_members("1", []),
        lambda admin: admin.remove_members("1", []),
        lambda admin: admin.add_members(admin.add_group("Sales"), ["1"]),
        lambda admin: admin.remove_members(admin.add_group("Sales"), ["1"]),
    ],
)
def test_a_bad_id_is_a_key_error(admin, act):
    with pytest.raises(KeyError):
        act(admin)


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (lambda admin: admin.add_group("Sales", kind="x"), "unknown kind 'x'; known: managed"),
        (lambda admin: admin.add_group("Sales", place="OU=x"), "no place"),
        (lambda admin: admin.move_group("1", "OU=x"), "no place"),
        (lambda admin: admin.restore_account("1"), "for good"),
        (lambda admin: admin.restore_group("1"), "for good"),
    ],
)
def test_what_box_cannot_do_is_said(admin, act, why):
    with pytest.raises(ValueError, match=why):
        act(admin)


def test_the_vendors_rules_hold_for_the_administrator(admin):
    admin.add_account("ana@example.test", {})
    admin.add_group("Sales")

    with pytest.raises(ApiError, match="specified login already exists"):
        admin.add_account("ANA@example.test", {})
    with pytest.raises(ApiError, match="same name already exists"):
        admin.add_group("SALES")


def test_a_failed_arrangement_leaves_no_trace(client):
    with pytest.raises(KeyError), client.app.administering() as admin:
        admin.add_group("Sales", member_ids=["1"])

    assert client.admin.groups() == []


def test_credentials_are_those_of_the_apps_kind(make):
    assert set(make().admin.credentials()) == {"client_id", "client_secret", "enterprise_id"}
    given = make(settings={"app_auth": "jwt"}).admin.credentials()
    assert set(given) >= {"public_key_id", "private_key"}


def test_a_snapshot_brings_everything_back(client):
    group, user = client.group(), client.user()
    membership = client.join(group, user)
    before = client.app.snapshot()
    client.call("DELETE", f"/users/{user}")
    client.call("DELETE", f"/groups/{group}")
    client.admin.expire_credentials()

    client.app.restore(before)

    assert client.get(f"/group_memberships/{membership}").status_code == 200
    assert client.member_ids(group) == [user]


def play(client):
    client.authorize()
    group, user = client.group(), client.user()
    client.join(group, user)
    client.get("/groups/1")
    client.get("/users?usemarker=true&limit=1")
    return client.app.ledger.dump()


def test_a_reset_tenant_is_as_it_was_created(client):
    client.app.reset()
    first = play(client)
    client.app.reset()

    assert play(client) == first


@pytest.mark.parametrize("app_auth", ["ccg", "jwt"])
def test_the_same_seed_and_calls_give_the_same_ledger(make, app_auth):
    def once(seed):
        return play(make(seed=seed, settings={"app_auth": app_auth}))

    assert once(7) == once(7)
    assert once(7) != once(8)


def test_every_operation_is_named_after_the_app(client):
    operations = client.app.operations()

    assert all(name.startswith("box.") for name in operations)
    assert operations["box.delete_membership"] == ["DELETE /2.0/group_memberships/<membership_id>"]


def test_every_setting_has_a_sentence():
    assert all(setting.sentence for setting in APP.settings.values())


# --- limits and weather ------------------------------------------------------------------------


def test_a_thousand_calls_a_minute_are_answered_and_token_calls_are_not_counted(client):
    client.app.meter.scale = 0.01
    for _ in range(10):
        assert client.get("/users/me").status_code == 200

    reply = client.get("/users/me")

    assert reply.status_code == 429
    assert reply.json()["code"] == "rate_limit_exceeded"
    assert reply.json()["message"] == "Request rate limit exceeded, please try again later"
    assert reply.headers["retry-after"] == "6"
    assert client.ask_token().status_code == 200
    client.app.clock.sleep(6)
    assert client.get("/users/me").status_code == 200


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("throttle", 429, "rate_limit_exceeded"),
        ("unavailable", 503, "unavailable"),
        ("unavailable_for", 503, "unavailable"),
        ("forbidden_by_policy", 403, "forbidden_by_policy"),
        ("access_denied", 403, "access_denied_insufficient_permissions"),
        ("internal_server_error", 500, "internal_server_error"),
        ("bad_gateway", 502, "bad_gateway"),
        ("insufficient_scope", 403, "insufficient_scope"),
        ("expired_token", 401, None),
    ],
)
def test_a_fault_is_answered_in_the_vendors_words(client, kind, status, code):
    client.app.arm(Fault("box.create_group", kind, retry_after="100"))

    reply = client.create_group()

    assert reply.status_code == status
    assert (reply.json()["code"] if reply.content else None) == code
    told = reply.headers.get("Retry-After")
    assert told == ("100" if kind in ("throttle", "unavailable_for") else None)
    assert client.create_group().status_code == 201


def test_a_throttled_token_call_is_told_in_the_envelope_of_tokens(client):
    client.app.arm(Fault("box.token", "throttle", retry_after="9"))

    reply = client.ask_token()

    assert (reply.status_code, reply.json()["error"]) == (429, "rate_limit_exceeded")


def test_what_a_policy_keeps_from_the_app_the_console_may_do(make):
    client = make(settings={"denied_logins": ("ana@example.test",)})
    ana = client.user("ana")
    client.admin.set_account_active(ana, active=False)

    assert client.get(f"/users/{ana}").json()["status"] == "inactive"


def test_a_login_without_a_domain_is_one_of_the_examples(client):
    ana = client.admin.add_account("ana", {})

    assert client.get(f"/users/{ana}").json()["login"] == "ana@example.test"
