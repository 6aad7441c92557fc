"""Memberships of the fake Google Workspace."""

from itertools import pairwise

import pytest

from tests.fake_apps.gsuite.conftest import refusal


def test_an_added_member_is_answered_as_the_reference_shows_it(client):
    group, ana = client.group(), client.user()

    reply = client.add(group, "ana@example.test")

    body = reply.json()
    assert reply.status_code == 200
    assert body.pop("etag").startswith('"')
    assert body == {
        "kind": "admin#directory#member",
        "id": ana,
        "email": "ana@example.test",
        "role": "MEMBER",
        "type": "USER",
        "status": "ACTIVE",
        "delivery_settings": "ALL_MAIL",
    }


def test_a_list_shows_no_delivery_settings(client):
    group = client.group()
    client.add(group, client.user(), delivery_settings="DIGEST")

    (listed,) = client.get(f"/groups/{group}/members").json()["members"]

    assert "delivery_settings" not in listed
    assert (
        client.get(f"/groups/{group}/members/ana@example.test").json()["delivery_settings"]
        == "DIGEST"
    )


def test_a_member_is_added_by_id_without_an_address(client):
    group, ana = client.group(), client.user()

    assert client.add(group, ana).json()["email"] == "ana@example.test"


def test_adding_a_present_member_is_409_and_keeps_the_role(client):
    group, ana = client.group(), client.user()
    client.add(group, ana, role="OWNER")

    reply = client.add(group, ana)

    assert refusal(reply) == (409, "duplicate", "Member already exists.")
    assert client.get(f"/groups/{group}/members/{ana}").json()["role"] == "OWNER"


def test_the_count_of_direct_members_is_a_text(client):
    group = client.group()
    client.add(group, client.user())

    assert client.get(f"/groups/{group}").json()["directMembersCount"] == "1"


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_role_is_changed(client, method):
    group, ana = client.group(), client.user()
    client.add(group, ana)

    changed = client.call(method, f"/groups/{group}/members/{ana}", {"role": "MANAGER"}).json()

    assert changed["role"] == "MANAGER"


def test_a_removed_member_loses_its_role(client):
    group, ana = client.group(), client.user()
    client.add(group, ana, role="OWNER")

    reply = client.remove(group, "ana@example.test")
    client.add(group, ana)

    assert (reply.status_code, reply.content) == (204, b"")
    assert client.get(f"/groups/{group}/members/{ana}").json()["role"] == "MEMBER"


def test_members_are_listed_by_role(client):
    group, (ana, ben, cy) = client.group(), client.users(3)
    for user, role in ((ana, "OWNER"), (ben, "MANAGER"), (cy, "MEMBER")):
        client.add(group, user, role=role)

    found = client.get(f"/groups/{group}/members?roles=OWNER,MEMBER").json()["members"]

    assert [each["id"] for each in found] == [ana, cy]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, (400, "required", "Missing required field: member")),
        ({"email": "nobody@example.test"}, (404, "notFound", "Resource Not Found: memberKey")),
        ({"id": "1" * 21}, (404, "notFound", "Resource Not Found: memberKey")),
        ({"email": "out@example.com"}, (400, "invalid", "Invalid Input: memberKey")),
        ({"email": "nobody"}, (400, "invalid", "Invalid Input: memberKey")),
        ({"email": "no address@example.test"}, (400, "invalid", "Invalid Input: memberKey")),
        ({"email": "ana@example.test", "role": "BOSS"}, (400, "invalid", "Invalid Input: role")),
    ],
)
def test_who_cannot_be_added(client, body, expected):
    client.user()
    group = client.group()

    assert refusal(client.call("POST", f"/groups/{group}/members", body)) == expected
    assert client.member_ids(group) == []


@pytest.mark.parametrize("method", ["GET", "DELETE", "PATCH"])
@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("ana@example.test", (404, "notFound", "Resource Not Found: memberKey")),
        ("nobody@example.test", (400, "required", "Missing required field: memberKey")),
        ("1" * 21, (400, "required", "Missing required field: memberKey")),
    ],
)
def test_a_known_account_that_is_no_member_and_a_key_of_no_account(client, method, key, expected):
    client.user()
    group = client.group()

    assert refusal(client.call(method, f"/groups/{group}/members/{key}", {})) == expected


# --- nested groups -------------------------------------------------------------------------------


def test_a_group_may_be_a_member_but_neither_owner_nor_manager(client):
    parent, child = client.group("Parent"), client.group("Child")

    assert refusal(client.add(parent, child, role="OWNER")) == (
        400,
        "invalid",
        "Invalid Input: memberKey",
    )
    assert client.add(parent, "child@example.test").json()["type"] == "GROUP"


@pytest.mark.parametrize("names", [["A"], ["A", "B"], ["A", "B", "C"]])
def test_a_cycle_is_refused(client, names):
    groups = [client.group(name) for name in names]
    for parent, child in pairwise(groups):
        assert client.add(parent, child).status_code == 200

    reply = client.add(groups[-1], groups[0])

    assert refusal(reply) == (412, "conditionNotMet", "Cyclic memberships not allowed")


def test_members_of_a_nested_group_are_derived_and_have_no_role(client):
    parent, child, ana = client.group("Parent"), client.group("Child"), client.user()
    client.add(child, ana)
    client.add(parent, child)
    client.add(parent, client.user("ben"))

    path = f"/groups/{parent}/members?includeDerivedMembership=true"
    found = client.get(path).json()["members"]

    assert [(each["email"].partition("@")[0], each.get("role")) for each in found] == [
        ("child", "MEMBER"),
        ("ben", "MEMBER"),
        ("ana", None),
    ]
    assert ana not in client.member_ids(parent)


@pytest.mark.parametrize(
    ("key", "expected"), [("ana@example.test", True), ("ben@example.test", False)]
)
def test_membership_is_asked_directly_or_through_a_group(client, key, expected):
    parent, child = client.group("Parent"), client.group("Child")
    client.add(child, client.user())
    client.add(parent, child)
    client.user("ben")

    assert client.get(f"/groups/{parent}/hasMember/{key}").json() == {"isMember": expected}


def test_asking_for_a_stranger_is_refused(client):
    reply = client.get(f"/groups/{client.group()}/hasMember/out@example.com")

    assert refusal(reply) == (400, "invalid", "Invalid Input: memberKey")


# --- outsiders and everyone ----------------------------------------------------------------------


def test_an_outsider_joins_where_that_is_allowed_and_has_no_status(make):
    client = make(settings={"external_members_allowed": True})
    group = client.group()

    added = client.add(group, "out@example.com").json()

    assert "status" not in added
    assert client.add(group, "OUT@example.com").status_code == 409
    assert client.remove(group, "out@example.com").status_code == 204


def test_everyone_is_a_member_without_an_address_and_makes_all_users_members(client):
    group, ana = client.group(), client.user()
    client.app.admin.add_everyone(group)

    (listed,) = client.get(f"/groups/{group}/members").json()["members"]

    assert (listed["type"], listed["status"], "email" in listed) == ("CUSTOMER", "ACTIVE", False)
    assert client.get(f"/groups/{group}/hasMember/{ana}").json() == {"isMember": True}
    assert client.remove(group, listed["id"]).status_code == 204


# --- what becomes of memberships -----------------------------------------------------------------


def test_a_suspended_user_stays_a_member(client):
    group, ana = client.group(), client.user()
    client.add(group, ana)
    client.call("PUT", f"/users/{ana}", {"suspended": True})

    (listed,) = client.get(f"/groups/{group}/members").json()["members"]

    assert listed["status"] == "SUSPENDED"
    assert client.get(f"/groups/{group}").json()["directMembersCount"] == "1"


def test_a_deleted_user_leaves_its_groups_for_good(client):
    group, ana = client.group(), client.user()
    client.add(group, ana, role="OWNER")

    client.call("DELETE", f"/users/{ana}")
    assert client.member_ids(group) == []

    client.call("POST", f"/users/{ana}/undelete", {"orgUnitPath": "/"})
    assert client.member_ids(group) == []


def test_a_deleted_group_is_in_no_other_group(client):
    parent, child = client.group("Parent"), client.group("Child")
    client.add(parent, child)

    client.call("DELETE", f"/groups/{child}")

    assert client.member_ids(parent) == []


def test_a_new_address_of_a_member_shows_in_its_groups(client):
    group, ana = client.group(), client.user()
    client.add(group, ana)

    client.call("PUT", f"/users/{ana}", {"primaryEmail": "anna@example.test"})

    (listed,) = client.get(f"/groups/{group}/members").json()["members"]
    assert (listed["id"], listed["email"]) == (ana, "anna@example.test")
