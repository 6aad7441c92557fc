"""Invitations of the fake Box: how an account from elsewhere comes into the enterprise."""

import pytest

SCOPES = ("manage_managed_users", "manage_groups", "manage_enterprise_properties")


@pytest.fixture
def door(make):
    elsewhere = {"foreign_logins": ("zoe@else.test",), "managed_elsewhere": ("max@corp.test",)}
    return make(settings={"app_scopes": SCOPES, **elsewhere})


def test_an_invitation_is_answered_with_who_invites_whom_to_what(door):
    reply = door.invite("zoe@else.test")

    told = reply.json()
    assert reply.status_code == 200
    assert list(told) == [
        "type",
        "id",
        "invited_to",
        "actionable_by",
        "invited_by",
        "status",
        "created_at",
        "modified_at",
    ]
    assert told["invited_to"]["id"] == door.admin.credentials()["enterprise_id"]
    assert told["actionable_by"]["login"] == "zoe@else.test"
    assert told["invited_by"]["id"] == door.get("/users/me").json()["id"]
    assert told["status"] == "pending"
    assert door.get(f"/invites/{told['id']}").json() == told


def test_who_accepts_is_a_managed_user_and_may_join_groups(door):
    invite, group = door.invite("zoe@else.test").json(), door.group()
    zoe = invite["actionable_by"]["id"]
    before = door.add(group, zoe).status_code

    assert door.admin.accept_invite(invite["id"]) == zoe

    assert (before, door.add(group, zoe).status_code) == (404, 201)
    assert door.get(f"/users/{zoe}").json()["status"] == "active"
    status = door.get(f"/invites/{invite['id']}?fields=status").json()
    assert status == {"type": "invite", "id": invite["id"], "status": "accepted"}


def test_who_was_rolled_out_may_be_invited_again(door):
    ana = door.user("ana")
    door.admin.roll_out(ana)

    invite = door.invite("ana@example.test").json()
    door.admin.accept_invite(invite["id"])

    assert invite["actionable_by"]["id"] == ana
    assert [each["id"] for each in door.get("/users").json()["entries"]] == [ana]


def test_who_accepts_is_on_one_page_of_the_users_and_on_one_only(door):
    invite = door.invite("zoe@else.test").json()
    users = door.users(3)
    door.admin.accept_invite(invite["id"])
    seen, marker = [], "0"
    while marker:
        page = door.get(f"/users?usemarker=true&limit=2&marker={marker}").json()
        seen += [each["id"] for each in page["entries"]]
        marker = page["next_marker"]

    assert seen == [*users, invite["actionable_by"]["id"]]


def test_an_invited_login_stays_taken(door):
    door.invite("zoe@else.test")
    again = door.invite("ZOE@else.test")

    made = door.call("POST", "/users", {"name": "Zoe", "login": "zoe@else.test"})

    assert again.status_code == 200
    assert made.json()["code"] == "user_login_already_used"


def test_who_has_no_account_is_not_found(door):
    reply = door.invite("nobody@else.test")

    assert (reply.status_code, reply.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("login", ["ana@example.test", "max@corp.test"])
def test_who_is_in_an_enterprise_cannot_be_invited(door, login):
    door.user("ana")

    reply = door.invite(login)

    assert reply.status_code == 400
    assert reply.json()["context_info"]["errors"][0]["name"] == "actionable_by.login"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"enterprise": {"id": "1"}, "actionable_by": {"login": "zoe@else.test"}}, 404),
        ({"enterprise": {"id": "1"}}, 400),
        ({"enterprise": {"id": "1"}, "actionable_by": "zoe@else.test"}, 404),
    ],
)
def test_an_invitation_names_the_enterprise_and_the_person(door, body, status):
    assert door.call("POST", "/invites", body).status_code == status


def test_an_invitation_nobody_made_is_not_found(door):
    assert door.get("/invites/1").json()["code"] == "not_found"
    with pytest.raises(KeyError):
        door.admin.accept_invite("1")


def test_an_invitation_is_accepted_once(door):
    invite = door.invite("zoe@else.test").json()["id"]
    door.admin.accept_invite(invite)

    with pytest.raises(ValueError, match="not pending"):
        door.admin.accept_invite(invite)


def test_an_invitation_of_who_is_deleted_is_still_told(door):
    invite = door.invite("zoe@else.test").json()
    door.admin.accept_invite(invite["id"])
    door.admin.delete_account(invite["actionable_by"]["id"])

    told = door.get(f"/invites/{invite['id']}").json()

    assert told["actionable_by"] == invite["actionable_by"]


def test_inviting_needs_a_scope_of_its_own(client):
    assert client.invite("zoe@else.test").status_code == 403
