"""Users of the fake Box: bodies, logins, status, deletion, aliases, lists with markers."""

import json
from base64 import urlsafe_b64encode

import pytest


def create(client, login="ana@example.test", query="", **more):
    return client.call("POST", f"/users{query}", {"name": "Ana Silva", "login": login, **more})


def made(client, login="ana@example.test", **more):
    reply = create(client, login, **more)
    assert reply.status_code == 201, reply.text
    return reply.json()["id"]


def test_a_made_user_is_answered_in_its_standard_form(client):
    reply = create(client, job_title="CEO", space_amount=-1)

    assert reply.status_code == 201
    user_id = reply.json()["id"]
    assert list(reply.json().items()) == [
        ("type", "user"),
        ("id", user_id),
        ("name", "Ana Silva"),
        ("login", "ana@example.test"),
        ("created_at", "2025-12-31T16:00:00-08:00"),
        ("modified_at", "2025-12-31T16:00:00-08:00"),
        ("language", "en"),
        ("timezone", "America/Los_Angeles"),
        ("space_amount", -1),
        ("space_used", 0),
        ("max_upload_size", 16106127360),
        ("status", "active"),
        ("job_title", "CEO"),
        ("phone", ""),
        ("address", ""),
        ("avatar_url", f"https://app.box.com/api/avatar/large/{user_id}"),
        ("notification_email", None),
    ]


def test_fields_bring_what_is_not_standard_and_nothing_else(client):
    codes = [{"type": "tracking_code", "name": "dept", "value": "1"}]
    user = made(client, role="coadmin", tracking_codes=codes)

    reply = client.get(f"/users/{user}?fields=role,tracking_codes,enterprise")

    enterprise = client.admin.credentials()["enterprise_id"]
    assert reply.json() == {
        "type": "user",
        "id": user,
        "name": "Ana Silva",
        "login": "ana@example.test",
        "role": "coadmin",
        "tracking_codes": codes,
        "enterprise": {"type": "enterprise", "id": enterprise, "name": "Example"},
    }


@pytest.mark.parametrize(
    ("body", "name"), [({"login": "a@b.test"}, "name"), ({"name": "A"}, "login")]
)
def test_name_and_login_are_required(client, body, name):
    reply = client.call("POST", "/users", body)

    assert reply.status_code == 400
    assert reply.json()["context_info"]["errors"][0]["reason"] == "missing_parameter"
    assert reply.json()["context_info"]["errors"][0]["name"] == name


def test_a_name_and_a_login_that_are_both_missing_are_told_together(client):
    errors = client.call("POST", "/users", {}).json()["context_info"]["errors"]

    assert [error["name"] for error in errors] == ["name", "login"]


@pytest.mark.parametrize(
    "status", ["active", "inactive", "cannot_delete_edit", "cannot_delete_edit_upload"]
)
def test_a_user_has_each_documented_status(client, status):
    user = made(client)

    assert client.call("PUT", f"/users/{user}", {"status": status}).json()["status"] == status
    assert client.get(f"/users/{user}").json()["status"] == status


def test_what_is_only_asked_for_is_read_and_not_kept(client):
    user = made(client)
    asked = {"notify": True, "is_password_reset_required": True}

    assert client.call("PUT", f"/users/{user}", asked).status_code == 200
    assert client.call("PUT", f"/users/{user}", {"notify": "yes"}).status_code == 400
    assert "notify" not in client.get(f"/users/{user}?fields=notify").json()


def test_whom_a_policy_protects_is_not_changed(make):
    client = make(settings={"denied_logins": ("ana@example.test",)})

    reply = client.call("PUT", f"/users/{made(client)}", {"name": "X"})

    assert (reply.status_code, reply.json()["code"]) == (403, "denied_by_policy")


def test_an_enterprise_may_turn_notification_emails_off(make):
    client = make(settings={"notification_emails": False})
    user = made(client)

    reply = client.call("PUT", f"/users/{user}", {"notification_email": {"email": "a@b.test"}})

    assert reply.json()["code"] == "access_denied_insufficient_permissions"


def test_an_app_user_gets_a_login(client):
    body = {"name": "App", "is_platform_access_only": True, "external_app_user_id": "x1"}

    reply = client.call("POST", "/users", body)

    assert reply.json()["login"].startswith("AppUser_")
    found = client.get("/users?external_app_user_id=x1").json()["entries"]
    assert [each["id"] for each in found] == [reply.json()["id"]]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "x" * 51),
        ("login", "no-address"),
        ("login", "two words@example.test"),
        ("role", "admin"),
        ("role", "king"),
        ("status", "gone"),
        ("space_amount", "much"),
        ("space_amount", -2),
        ("space_amount", True),
        ("space_amount", 1.5),
        ("tracking_codes", "x"),
        ("tracking_codes", [{"name": 5}]),
        ("is_sync_enabled", "yes"),
        ("notification_email", {"email": "x"}),
    ],
)
def test_a_value_that_cannot_be_is_refused_when_creating_and_changing(client, name, value):
    user = made(client, "ben@example.test")

    for reply, code in (
        (create(client, **{name: value}), "bad_request"),
        (client.call("PUT", f"/users/{user}", {name: value}), "invalid_parameter"),
    ):
        assert (reply.status_code, reply.json()["code"]) == (400, code)
        assert reply.json()["context_info"]["errors"][0]["name"] == name
        assert reply.json()["context_info"]["errors"][0]["reason"] == "invalid_parameter"


@pytest.mark.parametrize("login", ["ana@example.test", "ANA@Example.Test", "elsewhere@box.test"])
def test_a_taken_login_is_refused_wherever_in_box_it_is(make, login):
    client = make(settings={"foreign_logins": ("elsewhere@box.test",)})
    made(client)

    reply = create(client, login)

    assert reply.status_code == 409
    assert (reply.json()["code"], reply.json()["message"]) == (
        "user_login_already_used",
        "User with the specified login already exists",
    )
    assert "context_info" not in reply.json()


def test_a_user_is_changed_field_by_field(client):
    user = made(client)

    reply = client.call(
        "PUT",
        f"/users/{user}",
        {
            "name": "Ana Lima",
            "login": "lima@example.test",
            "notification_email": {"email": "a@b.test"},
            "nothing": 1,
        },
    )

    assert reply.status_code == 200
    assert (reply.json()["name"], reply.json()["login"]) == ("Ana Lima", "lima@example.test")
    assert reply.json()["notification_email"] == {"email": "a@b.test", "is_confirmed": False}
    assert create(client).status_code == 201


def test_a_login_in_another_case_is_the_users_own(client):
    user = made(client)

    reply = client.call("PUT", f"/users/{user}", {"login": "Ana@example.test"})

    assert (reply.status_code, reply.json()["login"]) == (200, "Ana@example.test")


def test_a_login_changes_only_after_the_email_was_confirmed(make):
    client = make(settings={"confirm_after_s": 60})
    user = made(client)
    change = {"login": "lima@example.test"}

    refused = client.call("PUT", f"/users/{user}", change)
    assert (refused.status_code, refused.json()["code"]) == (
        403,
        "user_email_confirmation_required",
    )

    client.app.clock.sleep(60)
    assert client.call("PUT", f"/users/{user}", change).status_code == 200


def test_who_never_confirms_keeps_the_login(make):
    client = make(settings={"confirm_after_s": None})
    user = made(client)
    client.app.clock.sleep(10**8)
    client.authorize()

    assert client.call("PUT", f"/users/{user}", {"login": "x@example.test"}).status_code == 403


# --- leaving -----------------------------------------------------------------------------------


def test_a_deleted_user_leaves_the_groups_and_the_login(client):
    user, group = made(client), client.group()
    membership = client.join(group, user)

    assert client.call("DELETE", f"/users/{user}").status_code == 204

    assert client.get(f"/users/{user}").status_code == 404
    assert client.member_ids(group) == []
    assert client.get(f"/group_memberships/{membership}").status_code == 404
    assert made(client) != user


def test_a_user_with_content_is_deleted_by_force(client):
    user = client.user(owns_content=True)

    assert client.call("DELETE", f"/users/{user}?force=False&notify=False").status_code == 400
    assert client.get(f"/users/{user}?fields=space_used").json()["space_used"] > 0
    assert client.call("DELETE", f"/users/{user}?force=True").status_code == 204


@pytest.mark.parametrize("query", ["notify=1", "force=yes", "force=maybe"])
def test_a_switch_is_true_or_false(client, query):
    user = client.user()

    reply = client.call("DELETE", f"/users/{user}?{query}")

    assert (reply.status_code, reply.json()["code"], reply.json()["message"]) == (
        400,
        "invalid_request_parameters",
        "Invalid input parameters in request",
    )
    assert client.get(f"/users/{user}").status_code == 200


def test_retention_keeps_a_user_with_content(make):
    client = make(settings={"retention_policies": True})
    user = client.user(owns_content=True)

    reply = client.call("DELETE", f"/users/{user}?force=true")

    assert (reply.status_code, reply.json()["code"], reply.json()["message"]) == (
        403,
        "forbidden",
        "User cannot be deleted due to retention policies. Please transfer user content first",
    )


def test_an_inactive_user_stays_a_member_and_is_listed(client):
    user, group = made(client), client.group()
    client.join(group, user)

    reply = client.call("PUT", f"/users/{user}", {"status": "inactive"})

    assert reply.json()["status"] == "inactive"
    assert client.member_ids(group) == [user]
    assert len(client.get("/users").json()["entries"]) == 1


def test_a_rolled_out_user_is_external_leaves_the_groups_and_keeps_the_login(client):
    user, group = made(client), client.group()
    client.join(group, user)

    reply = client.call("PUT", f"/users/{user}?fields=enterprise", {"enterprise": None})

    assert (reply.status_code, reply.json()["enterprise"]) == (200, None)
    told = client.get(f"/users/{user}").json()
    assert (told["id"], told["login"]) == (user, "ana@example.test")
    assert told["status"] is told["created_at"] is told["space_amount"] is None
    assert client.call("PUT", f"/users/{user}", {"name": "X"}).status_code == 404
    assert client.member_ids(group) == client.get("/users").json()["entries"] == []
    assert create(client).status_code == 409
    assert client.add(group, user).status_code == 404
    refused = client.call("PUT", f"/users/{made(client, 'b@c.test')}", {"enterprise": {"id": "1"}})
    assert refused.status_code == 400


# --- lists -------------------------------------------------------------------------------------


def logins(reply):
    return [each["login"].partition("@")[0] for each in reply.json()["entries"]]


def test_a_filter_finds_names_and_logins_that_start_so(client):
    made(client, "ana@example.test", name="Zoe")
    made(client, "zoe@example.test", name="Ben")
    made(client, "analyst@example.test", name="Cy")

    assert logins(client.get("/users?filter_term=ana")) == ["ana", "analyst"]
    assert logins(client.get("/users?filter_term=zoe")) == ["ana", "zoe"]
    assert logins(client.get("/users?filter_term=ana@example.test")) == ["ana"]


def test_external_users_are_found_by_their_whole_login_only(client):
    user = client.user("ana")
    client.user("anabel")
    client.admin.roll_out(user)

    assert logins(client.get("/users?filter_term=ana@example.test")) == []
    for kind in ("all", "external"):
        found = client.get(f"/users?filter_term=ana@example.test&user_type={kind}")
        assert logins(found) == ["ana"]
    assert logins(client.get("/users?filter_term=ana&user_type=all")) == ["anabel"]
    assert logins(client.get("/users?user_type=external")) == []
    assert client.get("/users?user_type=nobody").status_code == 400


def test_users_are_paged_by_marker(client):
    users = client.users(5)
    seen, marker = [], ""
    for _ in range(3):
        page = client.get(f"/users?usemarker=True&limit=2&marker={marker}").json()
        assert set(page) == {"entries", "limit", "next_marker"}
        seen += [each["id"] for each in page["entries"]]
        marker = page["next_marker"]

    assert seen == users
    assert marker is None


@pytest.mark.parametrize("first", ["", "&marker=", "&marker=0"])
def test_the_first_page_has_no_marker_or_0(client, first):
    users = client.users(2)

    page = client.get(f"/users?usemarker=true{first}").json()

    assert [each["id"] for each in page["entries"]] == users


def test_a_marker_counts_only_with_usemarker(client):
    users = client.users(3)
    marker = client.get("/users?usemarker=true&limit=2").json()["next_marker"]

    page = client.get(f"/users?marker={marker}").json()

    assert [each["id"] for each in page["entries"]] == users
    assert page["total_count"] == 3


def test_a_marker_beyond_the_largest_offset_is_no_trouble(client):
    users = client.users(3)
    told = json.dumps({"type": "id", "dir": "next", "tail": users[1]}).encode()
    marker = urlsafe_b64encode(told).decode()

    page = client.get(f"/users?usemarker=true&limit=1000&marker={marker}").json()

    assert [each["id"] for each in page["entries"]] == users[2:]


def test_a_marker_holds_while_users_before_it_go(client):
    users = client.users(4)
    marker = client.get("/users?usemarker=true&limit=2").json()["next_marker"]
    client.admin.delete_account(users[0])

    page = client.get(f"/users?usemarker=true&marker={marker}").json()

    assert [each["id"] for each in page["entries"]] == users[2:]


def test_offsets_shift_while_users_before_them_go(client):
    users = client.users(4)
    client.admin.delete_account(users[0])

    page = client.get("/users?limit=2&offset=2").json()

    assert [each["id"] for each in page["entries"]] == users[3:]


@pytest.mark.parametrize("marker", ["x", "e30=", "bnVsbA==", "\N{SNOWMAN}", "eyJ0YWlsIjpbXX0="])
def test_a_marker_nobody_gave_is_refused(client, marker):
    assert client.get(f"/users?usemarker=true&marker={marker}").status_code == 400


def test_marker_and_offset_do_not_mix(client):
    assert client.get("/users?usemarker=true&offset=0").status_code == 400


# --- aliases -----------------------------------------------------------------------------------


def test_an_alias_is_added_listed_and_removed(client):
    user = client.user()

    alias = client.call("POST", f"/users/{user}/email_aliases", {"email": "a@alias.test"})

    assert alias.status_code == 201
    assert alias.json() == {
        "type": "email_alias",
        "id": alias.json()["id"],
        "email": "a@alias.test",
        "is_confirmed": True,
    }
    listed = client.get(f"/users/{user}/email_aliases").json()
    assert listed == {"total_count": 1, "entries": [alias.json()]}
    path = f"/users/{user}/email_aliases/{alias.json()['id']}"
    assert [client.call("DELETE", path).status_code for _ in range(2)] == [204, 404]


def test_an_alias_is_taken_as_a_login_is(client):
    ana, ben = client.user("ana"), client.user("ben")
    body = {"email": "a@alias.test"}
    client.call("POST", f"/users/{ana}/email_aliases", body)

    assert client.call("POST", f"/users/{ben}/email_aliases", body).json()["code"] == "conflict"
    assert create(client, "a@alias.test").json()["code"] == "user_login_already_used"
    assert client.call("POST", f"/users/{ben}/email_aliases", {}).status_code == 400
    assert client.call("POST", f"/users/{ben}/email_aliases", {"email": 5}).status_code == 400


def test_an_alias_is_of_a_domain_of_the_enterprise(make):
    client = make(settings={"alias_domains": ("alias.test",)})
    path = f"/users/{client.user()}/email_aliases"

    refused = client.call("POST", path, {"email": "a@other.test"})

    assert refused.status_code == 400
    assert refused.json()["context_info"]["errors"][0]["name"] == "email"
    assert client.call("POST", path, {"email": "a@Alias.test"}).status_code == 201


def test_an_alias_that_waits_may_be_confirmed_when_it_is_added(make):
    client = make(quirks={"Q29": True})
    path = f"/users/{client.user()}/email_aliases"
    client.call("POST", path, {"email": "a@alias.test", "is_confirmed": True})
    client.call("POST", path, {"email": "b@alias.test", "is_confirmed": False})

    listed = [each["email"] for each in client.get(path).json()["entries"]]

    assert listed == ["a@alias.test"]


def test_an_alias_may_become_the_users_login_and_ends_with_the_user(client):
    ana = client.user("ana")
    for email in ("a@alias.test", "b@alias.test"):
        client.call("POST", f"/users/{ana}/email_aliases", {"email": email})

    assert client.call("PUT", f"/users/{ana}", {"login": "a@alias.test"}).status_code == 200
    client.admin.delete_account(ana)

    assert create(client, "b@alias.test").status_code == 201
