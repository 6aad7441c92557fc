"""The console of the fake Google Workspace."""

import pytest

from fake_apps.core.admin import Places
from fake_apps.core.error import ApiError


@pytest.fixture
def admin(client):
    return client.app.admin


def test_a_new_customer_shows_nobody_though_it_has_an_administrator(client, admin):
    assert (admin.accounts(), admin.groups()) == ([], [])
    assert client.get("/users?customer=my_customer").json()["users"][0]["isAdmin"] is True


def test_an_account_without_a_domain_gets_the_first(admin):
    account_id = admin.add_account("ana", {})

    assert [(a.id, a.login, a.active) for a in admin.accounts()] == [
        (account_id, "ana@example.test", True)
    ]


def test_an_account_takes_the_fields_of_the_api(client, admin):
    name = {"givenName": "Ana", "familyName": "Silva"}
    account_id = admin.add_account("ana", {"name": name, "displayName": "not a field of Google's"})

    assert client.get(f"/users/{account_id}").json()["name"]["fullName"] == "Ana Silva"


def test_suspending_and_activating(admin):
    account_id = admin.add_account("ana", {})
    for active in (False, True):
        admin.set_account_active(account_id, active=active)

        assert admin.accounts()[0].active is active


def test_a_deleted_account_is_shown_and_can_be_restored(admin):
    account_id = admin.add_account("ana", {})
    admin.delete_account(account_id)
    assert [(a.id, a.deleted) for a in admin.accounts()] == [(account_id, True)]

    admin.restore_account(account_id)

    assert [(a.id, a.deleted) for a in admin.accounts()] == [(account_id, False)]


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Sales", "sales@example.test"),
        ("Sales EMEA", "sales-emea@example.test"),
        ("R&D (all)", "rd-all@example.test"),
        ("Ü", "group@example.test"),
        ("n" * 70, "n" * 64 + "@example.test"),
    ],
)
def test_a_group_gets_the_address_a_hand_would_give_it(client, admin, name, address):
    admin.add_group(name)

    assert client.get(f"/groups/{address}").json()["name"] == name


def test_members_are_shown_in_order_of_joining(admin):
    accounts = [admin.add_account(name, {}) for name in ("ana", "ben", "cy")]
    group_id = admin.add_group("Sales", member_ids=accounts[1:])
    admin.add_members(group_id, accounts[:1])
    admin.remove_members(group_id, accounts[1:2])

    assert admin.groups()[0].member_ids == (accounts[2], accounts[0])


def test_renaming_leaves_the_address(client, admin):
    admin.rename_group(admin.add_group("Sales"), "Old Sales")

    assert client.get("/groups/sales@example.test").json()["name"] == "Old Sales"


def test_a_deleted_group_is_only_remembered(admin):
    group_id = admin.add_group("Sales")
    admin.delete_group(group_id)

    assert [(g.id, g.deleted) for g in admin.groups()] == [(group_id, True)]
    with pytest.raises(ApiError, match="Resource Not Found"):
        admin.restore_group(group_id)


def test_a_taken_address_is_refused_as_the_api_refuses_it(admin):
    admin.add_group("Sales")

    with pytest.raises(ApiError, match="Entity already exists"):
        admin.add_group("sales")


def test_places_and_kinds_are_unknown_here(admin):
    group_id = admin.add_group("Sales")

    for act in (
        lambda: admin.add_group("A", place="/sales"),
        lambda: admin.add_group("A", kind="security"),
        lambda: admin.move_group(group_id, "/sales"),
    ):
        with pytest.raises(ValueError, match="Google Workspace"):
            act()
    assert not isinstance(admin, Places)


@pytest.mark.parametrize(
    "act",
    [
        lambda admin: admin.set_account_active("no", active=True),
        lambda admin: admin.delete_account("no"),
        lambda admin: admin.restore_account("no"),
        lambda admin: admin.rename_group("no", "x"),
        lambda admin: admin.delete_group("no"),
        lambda admin: admin.add_members("no", []),
        lambda admin: admin.remove_members("no", []),
        lambda admin: admin.invite("no", "no"),
        lambda admin: admin.add_members(admin.add_group("Sales"), ["no"]),
    ],
)
def test_a_bad_id_is_a_key_error(admin, act):
    with pytest.raises(KeyError):
        act(admin)


def test_the_same_seed_and_calls_make_the_same_ledger(make):
    def told():
        client = make()
        client.add(client.group(), client.user())
        client.batch("GET /groups/sales@example.test")
        return client.app.ledger.dump()

    assert told() == told()


def test_a_snapshot_brings_everything_back(client, admin):
    group_id = admin.add_group("Sales", member_ids=[client.user()])
    before = client.app.snapshot()
    admin.delete_group(group_id)
    admin.delete_account(admin.accounts()[0].id)

    client.app.restore(before)

    assert len(client.member_ids("sales@example.test")) == 1
