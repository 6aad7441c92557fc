"""Memberships of the fake Box: objects of their own, with ids."""

import pytest

ALL_ON = {
    "can_run_reports": True,
    "can_instant_login": True,
    "can_create_accounts": True,
    "can_edit_accounts": True,
}


@pytest.fixture
def pair(client):
    return client.group(), client.user()


def test_a_made_membership_is_answered_with_both_ends(client, pair):
    group, user = pair

    reply = client.add(group, user)

    assert reply.status_code == 201
    assert list(reply.json().items()) == [
        ("type", "group_membership"),
        ("id", reply.json()["id"]),
        ("user", {"type": "user", "id": user, "name": "ana", "login": "ana@example.test"}),
        (
            "group",
            {"type": "group", "id": group, "name": "Sales", "group_type": "managed_group"},
        ),
        ("role", "member"),
        ("configurable_permissions", None),
        ("created_at", "2025-12-31T16:00:00-08:00"),
        ("modified_at", "2025-12-31T16:00:00-08:00"),
    ]
    assert reply.json()["id"] not in (group, user)


def test_a_membership_is_listed_from_both_ends_in_short(client, pair):
    group, user = pair
    made = client.add(group, user).json()

    for path in (f"/groups/{group}/memberships", f"/users/{user}/memberships"):
        listed = client.get(path).json()

        short = {k: made[k] for k in ("type", "id", "user", "group", "role")}
        assert listed == {"total_count": 1, "entries": [short], "limit": 100, "offset": 0}


def test_a_membership_ends_by_its_own_id_and_by_no_other(client, pair):
    group, user = pair
    membership = client.join(group, user)

    assert client.call("DELETE", f"/group_memberships/{user}").status_code == 404
    assert client.call("DELETE", f"/group_memberships/{group}").status_code == 404
    assert client.member_ids(group) == [user]
    assert client.call("DELETE", f"/group_memberships/{membership}").status_code == 204
    assert client.member_ids(group) == []
    refused = client.call("DELETE", f"/group_memberships/{membership}")
    assert refused.json()["context_info"]["errors"][0]["name"] == "group_membership"


def test_who_comes_back_has_another_membership(client, pair):
    group, user = pair
    first = client.join(group, user)
    client.call("DELETE", f"/group_memberships/{first}")

    assert client.join(group, user) != first


def test_a_present_member_is_a_conflict_also_in_another_role(client, pair):
    group, user = pair
    membership = client.join(group, user)

    for role in ("member", "admin"):
        reply = client.add(group, user, role=role)
        assert (reply.status_code, reply.json()["code"]) == (409, "conflict")

    assert client.get(f"/group_memberships/{membership}").json()["role"] == "member"


def test_a_group_admin_has_all_permissions_unless_told(client, pair):
    group, user = pair
    membership = client.join(group, user)

    admin = client.call("PUT", f"/group_memberships/{membership}", {"role": "admin"})
    assert (admin.status_code, admin.json()["role"]) == (200, "admin")
    assert admin.json()["configurable_permissions"] == ALL_ON

    none = client.call(
        "PUT", f"/group_memberships/{membership}", {"configurable_permissions": None}
    )
    assert (none.json()["role"], none.json()["configurable_permissions"]) == ("admin", None)


def test_fields_leave_what_is_named(client, pair):
    membership = client.join(*pair)

    reply = client.get(f"/group_memberships/{membership}?fields=role,created_at")

    assert reply.json() == {
        "type": "group_membership",
        "id": membership,
        "role": "member",
        "created_at": "2025-12-31T16:00:00-08:00",
    }


@pytest.mark.parametrize("wrong", ["user", "group"])
def test_what_is_not_there_is_named(client, pair, wrong):
    ids = dict(zip(("group", "user"), pair, strict=True)) | {wrong: "1"}

    reply = client.add(ids["group"], ids["user"])

    assert reply.status_code == 404
    assert reply.json()["context_info"]["errors"][0]["name"] == wrong


@pytest.mark.parametrize(
    ("body", "reason", "name"),
    [
        ({"user": {"id": "1"}}, "missing_parameter", "group"),
        ({"user": {}, "group": {"id": "1"}}, "missing_parameter", "user.id"),
        ({"user": "1", "group": {"id": "1"}}, "invalid_parameter", "user"),
        ({"user": {"id": ["1"]}, "group": {"id": "1"}}, "invalid_parameter", "user.id"),
        ({"user": {"id": True}, "group": {"id": "1"}}, "invalid_parameter", "user.id"),
    ],
)
def test_a_body_without_both_ends_is_refused(client, body, reason, name):
    reply = client.call("POST", "/group_memberships", body)

    assert reply.status_code == 400
    assert reply.json()["context_info"]["errors"][0]["reason"] == reason
    assert reply.json()["context_info"]["errors"][0]["name"] == name


def test_all_that_a_body_lacks_is_told_at_once(client):
    errors = client.call("POST", "/group_memberships", {}).json()["context_info"]["errors"]

    assert errors == [
        {"reason": "missing_parameter", "name": "user", "message": "'user' is required"},
        {"reason": "missing_parameter", "name": "group", "message": "'group' is required"},
    ]


def test_permissions_that_are_not_named_stay_on_and_members_have_none(client, pair):
    told = {"configurable_permissions": {"can_run_reports": False}}
    membership = client.join(*pair, **told)
    path = f"/group_memberships/{membership}"
    member = client.get(path).json()
    admin = client.call("PUT", path, {"role": "admin", **told}).json()
    again = client.call("PUT", path, {"role": "member"}).json()

    assert member["configurable_permissions"] is again["configurable_permissions"] is None
    assert admin["configurable_permissions"] == ALL_ON | {"can_run_reports": False}


@pytest.mark.parametrize(
    "more",
    [
        {"role": "king"},
        {"role": None},
        {"configurable_permissions": "all"},
        {"configurable_permissions": {"can_fly": True}},
        {"configurable_permissions": {"can_run_reports": "yes"}},
    ],
)
def test_a_role_or_permission_that_cannot_be_is_refused(client, pair, more):
    assert client.add(*pair, **more).status_code == 400
    assert client.member_ids(pair[0]) == []
    path = f"/group_memberships/{client.join(*pair)}"
    assert client.call("PUT", path, more).status_code == 400


def test_ids_may_be_numbers_in_a_body(client, pair):
    group, user = pair
    body = {"user": {"id": int(user)}, "group": {"id": int(group)}}

    assert client.call("POST", "/group_memberships", body).status_code == 201


def test_whom_a_barrier_keeps_out_is_refused_alone(make):
    client = make(settings={"barred_logins": ("ana@example.test",)})
    group = client.group()

    refused = client.add(group, client.user("ana"))

    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden_by_policy")
    assert client.add(group, client.user("ben")).status_code == 201


def test_deleting_a_group_ends_its_memberships(client, pair):
    group, user = pair
    membership = client.join(group, user)

    client.call("DELETE", f"/groups/{group}")

    assert client.get(f"/group_memberships/{membership}").status_code == 404
    assert client.get(f"/users/{user}/memberships").json()["entries"] == []


def test_members_are_paged_in_order_of_joining(client):
    group, users = client.group(), client.users(5)
    client.admin.add_members(group, users)

    page = client.get(f"/groups/{group}/memberships?limit=2&offset=3").json()

    assert [each["user"]["id"] for each in page["entries"]] == users[3:]
    assert page["total_count"] == 5


def test_beyond_the_largest_offset_nobody_can_be_listed(client):
    group = client.group()

    assert client.get(f"/groups/{group}/memberships?offset=10000").status_code == 200
    assert client.get(f"/groups/{group}/memberships?offset=10001").status_code == 400
