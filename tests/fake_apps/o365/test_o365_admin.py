"""The administrator's hand on the fake Microsoft 365, and its life as a fake app."""

import pytest

from fake_apps.core.admin import AccountView, GroupView
from fake_apps.core.error import ApiError
from fake_apps.o365 import APP

NOBODY = "00000000-0000-0000-0000-000000000009"


@pytest.fixture
def admin(client):
    return client.app.admin


def test_accounts_are_shown_with_their_principal_name(admin):
    ana = admin.add_account("ana", {"displayName": "Ana"})
    ben = admin.add_account("ben@example.test", {})
    admin.set_account_active(ben, active=False)
    admin.delete_account(ana)

    assert admin.accounts() == [
        AccountView(ben, "ben@example.test", active=False),
        AccountView(ana, "ana@example.onmicrosoft.com", active=True, deleted=True),
    ]


def test_a_restored_account_is_a_member_again(admin):
    ana = admin.add_account("ana", {})
    group = admin.add_group("Sales", member_ids=[ana])
    admin.delete_account(ana)
    assert admin.groups()[0].member_ids == ()

    admin.restore_account(ana)

    assert admin.groups()[0].member_ids == (ana,)
    assert admin.groups()[0].id == group


@pytest.mark.parametrize(
    "kind",
    ["security", "unified", "mail-enabled security", "distribution", "dynamic", "synced"],
)
def test_groups_of_every_kind_can_be_made_with_members(admin, kind):
    ana = admin.add_account("ana", {})

    group = admin.add_group("Sales & Söhne", member_ids=[ana], kind=kind)

    assert admin.groups() == [GroupView(group, "Sales & Söhne", (ana,), kind=kind)]


def test_members_are_put_in_and_taken_out_in_any_kind_of_group(admin):
    ana, ben = admin.add_account("ana", {}), admin.add_account("ben", {})
    group = admin.add_group("Synced", member_ids=[ana], kind="synced")

    admin.add_members(group, [ben])
    admin.remove_members(group, [ana])

    assert admin.groups()[0].member_ids == (ben,)


def test_a_group_is_renamed_deleted_and_restored(admin):
    group = admin.add_group("Old")
    admin.rename_group(group, "New")
    admin.delete_group(group)
    assert admin.groups() == [GroupView(group, "New", (), kind="security", deleted=True)]

    admin.restore_group(group)

    assert admin.groups() == [GroupView(group, "New", (), kind="security")]


@pytest.mark.parametrize(
    "act",
    [
        lambda admin: admin.set_account_active(NOBODY, active=True),
        lambda admin: admin.delete_account(NOBODY),
        lambda admin: admin.restore_account(NOBODY),
        lambda admin: admin.rename_group(NOBODY, "X"),
        lambda admin: admin.delete_group(NOBODY),
        lambda admin: admin.restore_group(NOBODY),
        lambda admin: admin.add_members(NOBODY, []),
        lambda admin: admin.remove_members(NOBODY, []),
        lambda admin: admin.add_members(admin.add_group("Sales"), [NOBODY]),
    ],
)
def test_a_bad_id_is_a_key_error(admin, act):
    with pytest.raises(KeyError):
        act(admin)


def test_an_unknown_kind_or_a_place_is_refused_by_name(admin):
    with pytest.raises(ValueError, match="unknown kind 'x'; known: security, unified"):
        admin.add_group("Sales", kind="x")
    with pytest.raises(ValueError, match="no place"):
        admin.add_group("Sales", place="OU=x")
    with pytest.raises(ValueError, match="no place"):
        admin.move_group("x", "OU=x")


def test_the_vendors_rules_hold_for_the_administrator(admin):
    admin.add_account("ana", {})

    with pytest.raises(ApiError, match="userPrincipalName already exists"):
        admin.add_account("ANA", {})
    with pytest.raises(ApiError, match="verified domain names"):
        admin.add_account("ana@elsewhere.example", {})


def test_a_failed_arrangement_leaves_no_trace(client):
    with pytest.raises(KeyError), client.app.administering() as admin:
        admin.add_group("Sales", member_ids=[NOBODY])

    assert client.app.admin.groups() == []


def test_credentials_name_tenant_client_secret_and_domain(admin):
    given = admin.credentials()

    assert set(given) == {"tenant", "client_id", "client_secret", "domain"}
    assert given["domain"] == "example.onmicrosoft.com"


def test_a_snapshot_brings_everything_back(client):
    user, group = client.user(), client.group()
    client.add(group, user)
    before = client.app.snapshot()
    client.remove(group, user)
    client.call("DELETE", f"/groups/{group}")
    client.app.admin.expire_credentials()

    client.app.restore(before)

    assert client.member_ids(group) == [user]


def test_a_reset_tenant_is_as_it_was_created(make):
    def play(client):
        client.authorize()
        user, group = client.user(), client.group()
        client.add(group, user)
        client.get("/groups/nix")
        return client.app.ledger.dump()

    client = make()
    client.app.reset()
    first = play(client)
    client.app.reset()

    assert play(client) == first


def test_the_same_seed_and_calls_give_the_same_ledger(make):
    def play(seed):
        client = make(seed=seed)
        group = client.group()
        for user in client.users(3):
            client.add(group, user)
        client.get(f"/groups/{group}/members?$top=2")
        return client.app.ledger.dump()

    assert play(7) == play(7)
    assert play(7) != play(8)


def test_every_operation_is_named_after_the_app(client):
    operations = client.app.operations()

    assert all(name.startswith("o365.") for name in operations)
    assert operations["o365.remove_member"] == [
        "DELETE /v1.0/groups/<group_id>/members/<object_id>/$ref",
        "DELETE /beta/groups/<group_id>/members/<object_id>/$ref",
        "DELETE /v1.0/groups/<group_id>/members/$ref",
        "DELETE /beta/groups/<group_id>/members/$ref",
    ]


def test_every_setting_has_a_default_and_a_sentence():
    assert all(setting.sentence for setting in APP.settings.values())
    assert APP.settings["replication_lag_s"].default == 0
