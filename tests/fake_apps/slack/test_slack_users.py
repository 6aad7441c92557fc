"""Users: attributes, names, guests, deactivation, in both versions."""

import pytest

from fake_apps.core import scim
from tests.fake_apps.slack.conftest import code

GUEST = "urn:ietf:params:scim:schemas:extension:slack:guest:2.0:User"
PROFILE = "urn:ietf:params:scim:schemas:extension:slack:profile:2.0:User"

FULL = {
    "nickName": "some_fake_username",
    "name": {"familyName": "Last", "givenName": "First", "honorificPrefix": "Ms."},
    "displayName": "First Last",
    "profileUrl": "https://login.example.com/some_fake_username",
    "emails": [
        {"value": "some_fake_user@email.com", "type": "work", "primary": True},
        {"value": "some_other@email.com", "type": "home"},
    ],
    "addresses": [
        {
            "streetAddress": "1060 W Addison St",
            "locality": "Chicago",
            "region": "IL",
            "postalCode": "60613",
            "country": "USA",
            "primary": True,
        }
    ],
    "phoneNumbers": [
        {"value": "555-555-5555", "type": "work"},
        {"value": "555-555-4444", "type": "mobile"},
    ],
    "photos": [{"value": "https://photos.example.com/profilephoto.jpg", "type": "photo"}],
    "roles": [{"value": "Tech Lead", "primary": "true"}],
    "userType": "Employee",
    "title": "Tour Guide",
    "preferredLanguage": "en_US",
    "locale": "en_US",
    "timezone": "America/Chicago",
    "active": True,
    "password": "Cub$winCub$win!!",
    scim.ENTERPRISE: {
        "employeeNumber": "701984",
        "costCenter": "4130",
        "organization": "Chicago Cubs",
        "division": "Wrigley Field",
        "department": "Tour Operations",
        "manager": {"managerId": "boss@example.test"},
    },
    PROFILE: {"startDate": "2024-04-10T00:00:00+0000"},
}


@pytest.fixture
def ana(client):
    """Client with one user, whose id is `ana`."""
    client.ana = client.create_user("ana").json()["id"]
    return client


# --- as the reference shows them -----------------------------------------------------------------


def test_a_created_user_is_shown_as_in_the_reference(client):
    """https://docs.slack.dev/reference/scim-api#post-users-2."""
    boss = client.user("boss")

    reply = client.create_user("some_fake_username", **FULL)

    document = reply.json()
    assert reply.status_code == 201
    assert document == {
        "schemas": [scim.USER, scim.ENTERPRISE, PROFILE],
        "id": document["id"],
        "externalId": "",
        "meta": {
            "created": "2025-12-31T16:00:00-08:00",
            "location": f"https://api.slack.com/scim/v2/Users/{document['id']}",
        },
        "userName": "some_fake_username",
        "nickName": "some_fake_username",
        "name": {"givenName": "First", "familyName": "Last", "honorificPrefix": "Ms."},
        "displayName": "First Last",
        "profileUrl": "https://login.example.com/some_fake_username",
        "title": "Tour Guide",
        "timezone": "America/Chicago",
        "active": True,
        "emails": [
            {"value": "some_fake_user@email.com", "primary": True},
            {"value": "some_other@email.com", "primary": False},
        ],
        "photos": [{"value": "https://photos.example.com/profilephoto.jpg", "type": "photo"}],
        "addresses": [
            {
                "streetAddress": "1060 W Addison St",
                "locality": "Chicago",
                "region": "IL",
                "postalCode": "60613",
                "country": "USA",
            }
        ],
        "phoneNumbers": [
            {"value": "555-555-5555", "type": "mobile"},
            {"value": "555-555-4444", "primary": True},
        ],
        "userType": "Employee",
        "roles": [{"value": "Tech Lead", "primary": True}],
        "preferredLanguage": "en_US",
        "locale": "en_US",
        scim.ENTERPRISE: {
            "employeeNumber": "701984",
            "costCenter": "4130",
            "organization": "Chicago Cubs",
            "division": "Wrigley Field",
            "department": "Tour Operations",
            "manager": {"managerId": boss},
        },
        PROFILE: {"startDate": "2024-04-10T00:00:00+0000"},
        "groups": [],
    }


def test_a_guest_is_shown_as_in_the_reference(client):
    """https://docs.slack.dev/reference/scim-api#post-users-guest-2."""
    told = {"displayName": "TestGuestUser", GUEST: {"type": "multi"}}

    document = client.create_user("guestUser", **told).json()

    assert document["schemas"] == [scim.USER, GUEST]
    assert document["userName"] == document["nickName"] == "guestuser"
    assert document["name"] == {"givenName": "TestGuestUser", "familyName": ""}
    assert document[GUEST] == {"type": "multi"}
    assert scim.ENTERPRISE not in document
    assert list(document)[-2:] == ["groups", GUEST]


def test_a_user_of_version_1_has_the_older_urns(client):
    document = client.create_user("ana", version="v1").json()

    assert document["schemas"] == [
        "urn:scim:schemas:core:1.0",
        "urn:scim:schemas:extension:enterprise:1.0",
        "urn:scim:schemas:extension:slack:profile:1.0",
    ]


def test_a_user_shows_its_groups(ana):
    group = ana.group("SCIM V2 Test Group", [ana.ana])

    assert ana.shown(ana.ana)["groups"] == [{"value": group, "display": "SCIM V2 Test Group"}]


# --- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Ana", "ana"),
        ("ana.b-c_d", "ana.b-c_d"),
        ("Ana.Smith@example.test", "ana.smith"),
        ("o'neil", "o_neil"),
        ("ana smith", "ana_smith"),
    ],
)
def test_a_user_name_is_rewritten(client, sent, kept):
    assert client.create_user(sent, emails=[{"value": "a@b.test"}]).json()["userName"] == kept


@pytest.mark.parametrize("version", ["v1", "v2"])
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"userName": ...}, (400, "username_required")),
        ({"userName": ""}, (400, "username_empty")),
        ({"userName": 5}, (400, "invalid_attribute_format")),
        ({"userName": "@@"}, (400, "username_invalid")),
        ({"userName": "---"}, (400, "username_invalid")),
        ({"userName": "a" * 22}, (400, "long_username")),
        ({"userName": "a" * 22, "nickName": "b" * 22}, (400, "long_username")),
        ({"nickName": "b" * 22}, (400, "long_nickname")),
        ({"name": {"givenName": " ", "familyName": " "}}, (400, "invalid_name_required")),
        ({"name": {"givenName": "\N{PARTY POPPER}"}}, (400, "invalid_emoji_not_allowed")),
        ({GUEST: {"type": "multi", "expiration": "soon"}}, (400, "invalid_attribute_format")),
        ({"userName": "slackbot"}, (400, "username_not_allowed")),
        ({"userName": "general"}, (409, "username_taken")),
        ({"userName": "Taken"}, (409, "username_taken")),
        ({"emails": ...}, (400, "email_empty")),
        ({"emails": []}, (400, "email_empty")),
        ({"emails": ["x"]}, (400, "emails_invalid")),
        ({"emails": [{"value": "nowhere"}]}, (400, "bad_email_address")),
        ({"emails": [{"value": "TAKEN@example.test"}]}, (409, "email_taken")),
        ({"displayName": "@ana"}, (400, "invalid_starts_with_at")),
        ({"displayName": "ana@home"}, (400, "invalid_name_specials")),
        ({"name": {"familyName": "Silv@"}}, (400, "invalid_name_specials")),
        ({"displayName": "x" * 81}, (400, "invalid_name_maxlength")),
        ({"displayName": "everyone"}, (400, "invalid_reserved_word")),
        ({"title": "\N{PARTY POPPER}"}, (400, "invalid_emoji_not_allowed")),
        ({"roles": [5]}, (400, "roles_invalid")),
        ({"photos": [5]}, (400, "photos_invalid")),
        ({"addresses": ["x"]}, (400, "addresses_invalid")),
        ({"phoneNumbers": [5]}, (400, "phoneNumbers_invalid")),
        ({"groups": "x"}, (400, "groups_invalid")),
        ({"schemas": ...}, (400, "missing_schema_element")),
    ],
)
def test_a_user_that_cannot_be_made_is_refused(client, version, changes, error):
    client.user("taken")

    reply = client.create_user("new", version, **changes)

    status, said = code(reply)
    assert (status, said.partition(" ")[0]) == error
    assert len(client.app.admin.accounts()) == 1


@pytest.mark.parametrize(
    ("name", "told"),
    [("a" * 22, f"long_username (user={'a' * 22})"), ("taken", "username_taken (username=taken)")],
)
def test_an_error_of_version_1_names_the_user(client, name, told):
    client.user("taken")

    assert code(client.create_user(name, "v1", emails=[{"value": "a@b.test"}]))[1] == told


@pytest.mark.parametrize(
    ("enterprise", "profile"),
    [
        ({"department": "Sales", "manager": {"managerId": "nobody"}}, {"startDate": "2024-04-10"}),
        ({"department": "Sales"}, {"startDate": 5}),
        ({"department": "Sales"}, {"startDate": "soon"}),
        ({"department": "Sales"}, "2024-04-10"),
        ("Sales", {"startDate": "2024-04-10"}),
    ],
)
def test_a_wrong_custom_profile_is_dropped_whole_and_the_user_made(client, enterprise, profile):
    """Slack facts, section 8."""
    told = {scim.ENTERPRISE: enterprise, PROFILE: profile}

    reply = client.create_user("ana", **told, title="Countess")

    assert (reply.status_code, reply.json()["title"]) == (201, "Countess")
    assert reply.json()[scim.ENTERPRISE]["department"] is None
    assert reply.json()[PROFILE]["startDate"] is None


# --- PATCH by version 2 --------------------------------------------------------------------------


@pytest.mark.parametrize("op", ["add", "replace"])
@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("displayName", "First Last"),
        ("title", "Tour Guide"),
        ("userType", "Employee"),
        ("preferredLanguage", "en_US"),
        ("locale", "en_US"),
        ("timezone", "America/Chicago"),
        ("active", False),
        ("name.givenName", "First"),
        (f"{scim.ENTERPRISE}:employeeNumber", "121"),
        (f"{scim.ENTERPRISE}.costCenter", "001919"),
    ],
)
def test_an_attribute_is_changed_by_its_path(ana, op, path, value):
    reply = ana.patch("Users", ana.ana, {"op": op, "path": path, "value": value})

    assert reply.status_code == 200
    shown = reply.json()
    below = path.removeprefix(f"{scim.ENTERPRISE}:").removeprefix(f"{scim.ENTERPRISE}.")
    found = shown[scim.ENTERPRISE] if path.startswith("urn") else shown
    for part in below.split("."):
        found = found[part]
    assert found == value


@pytest.mark.parametrize("path", ["userName", "nickName"])
def test_user_name_and_nickname_are_one(ana, path):
    reply = ana.patch("Users", ana.ana, {"op": "replace", "path": path, "value": "other"})

    assert (reply.json()["userName"], reply.json()["nickName"]) == ("other", "other")


@pytest.mark.parametrize(
    ("operations", "emails"),
    [
        (
            [{"op": "add", "path": "emails", "value": {"value": "b@x.test", "type": "home"}}],
            ["ana@example.test", "b@x.test"],
        ),
        (
            [{"op": "add", "path": "emails", "value": [{"value": "b@x.test", "primary": True}]}],
            ["b@x.test"],
        ),
        (
            [
                {"op": "add", "path": "emails", "value": {"value": "b@x.test", "type": "home"}},
                {
                    "op": "replace",
                    "path": "emails[primary eq false]",
                    "value": {"value": "c@x.test"},
                },
            ],
            ["ana@example.test", "c@x.test"],
        ),
        (
            [
                {"op": "add", "path": "emails", "value": {"value": "b@x.test", "type": "home"}},
                {"op": "remove", "path": "emails[primary eq false]"},
            ],
            ["ana@example.test"],
        ),
        (
            [
                {"op": "add", "path": "emails", "value": {"value": "b@x.test", "type": "home"}},
                {"op": "remove", "path": "emails"},
            ],
            ["ana@example.test"],
        ),
        (
            [{"op": "replace", "path": "emails", "value": [{"value": "b@x.test"}]}],
            ["b@x.test"],
        ),
    ],
)
def test_two_addresses_are_kept(ana, operations, emails):
    """https://docs.slack.dev/reference/scim-api#attributes-2 (emails)."""
    reply = ana.patch("Users", ana.ana, *operations)

    assert [each["value"] for each in reply.json()["emails"]] == emails


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": 'emails[value eq "ana@example.test"]'},
        {"op": "remove", "path": "emails[primary eq true]"},
        {"op": "replace", "path": "emails", "value": []},
    ],
)
def test_the_primary_address_cannot_be_removed(ana, operation):
    assert code(ana.patch("Users", ana.ana, operation)) == (400, "missing_primary_email")


@pytest.mark.parametrize(
    ("told", "mobile", "primary"),
    [
        ({"value": "1", "primary": True}, None, "1"),
        ([{"value": "1", "type": "work"}], "1", None),
        ([{"value": "1", "type": "mobile"}], None, "1"),
        ([{"value": "1", "primary": False}, {"value": "2", "primary": True}], "1", "2"),
        ([{"value": "1", "type": "mobile"}, {"value": "2", "type": "work"}], "2", "1"),
    ],
)
def test_phone_numbers_mean_something_else_in_a_request(ana, told, mobile, primary):
    operation = {"op": "add", "path": "phoneNumbers", "value": told}

    shown = ana.patch("Users", ana.ana, operation).json()["phoneNumbers"]

    assert shown == [{"value": mobile, "type": "mobile"}, {"value": primary, "primary": True}]


def test_phone_numbers_are_replaced_and_removed_by_value(ana):
    add = {"op": "add", "path": "phoneNumbers", "value": {"value": "1", "primary": True}}
    renumber = {"op": "replace", "path": 'phoneNumbers[value eq "1"].value', "value": "2"}
    assert ana.patch("Users", ana.ana, add, renumber).json()["phoneNumbers"][1]["value"] == "2"

    remove = {"op": "remove", "path": 'phoneNumbers[value eq "2"]'}
    assert ana.patch("Users", ana.ana, remove).json()["phoneNumbers"][1]["value"] is None


@pytest.mark.parametrize(
    "path",
    [
        "title",
        "name.honorificPrefix",
        "addresses",
        "address",
        "roles",
        f"{scim.ENTERPRISE}.manager.managerId",
        scim.ENTERPRISE,
    ],
)
def test_an_attribute_is_removed_by_its_path(client, path):
    """`address` is how the reference's own sample calls the addresses."""
    client.user("boss")
    user = client.create_user("ana", **FULL).json()["id"]
    before = client.shown(user)

    after = client.patch("Users", user, {"op": "remove", "path": path}).json()

    top = path.partition(".")[0] if not path.startswith("urn") else scim.ENTERPRISE
    top = {"address": "addresses"}.get(top, top)
    assert [key for key in before if before[key] != after[key]] == [top]


@pytest.mark.parametrize("op", ["add", "replace", "remove"])
@pytest.mark.parametrize("path", ["nothing", "meta.created", f"{scim.USER}:shoeSize"])
def test_a_path_that_slack_does_not_have_is_refused(ana, op, path):
    """Slack facts, section 5: unsupported attributes."""
    reply = ana.patch("Users", ana.ana, {"op": op, "path": path, "value": "x"})

    assert code(reply) == (400, "invalid_request_payload")


def test_the_password_cannot_be_changed(ana):
    reply = ana.patch("Users", ana.ana, {"op": "replace", "path": "password", "value": "x"})

    assert code(reply) == (403, "password_change_not_allowed")


def test_a_manager_who_is_nobody_is_refused_in_an_update(ana):
    path = f"{scim.ENTERPRISE}.manager.managerId"

    reply = ana.patch("Users", ana.ana, {"op": "replace", "path": path, "value": "nobody"})

    assert code(reply) == (404, "unknown_user")


def test_a_manager_needs_its_id(ana):
    value = {"manager": {"name": "x"}}

    reply = ana.patch("Users", ana.ana, {"op": "add", "path": scim.ENTERPRISE, "value": value})

    assert code(reply) == (400, "improper_enterprise_schema_format")


def test_display_names_of_those_who_choose_their_own_are_refused(make):
    """Okta: https://support.okta.com slack-provisioning-error-invalid-display-name."""
    client = make(settings={"users_may_rename_themselves": True})
    user = client.create_user("ana", displayName="Ana").json()["id"]
    rename = {"op": "replace", "path": "displayName", "value": "Anna"}
    same = {"op": "replace", "path": "displayName", "value": "Ana"}

    assert code(client.patch("Users", user, rename)) == (400, "invalid_display_name")
    assert client.patch("Users", user, same).status_code == 200


# --- PATCH by version 1, PUT ---------------------------------------------------------------------


def test_version_1_patches_by_a_partial_user(ana):
    reply = ana.patch_1("Users", ana.ana, title="Tour Guide", name={"givenName": "First"})

    assert reply.status_code == 200
    assert reply.json()["title"] == "Tour Guide"
    assert reply.json()["name"]["givenName"] == "First"
    assert reply.json()["userName"] == "ana"


def test_version_1_clears_attributes_by_name(client):
    client.user("boss")
    user = client.create_user("ana", **FULL).json()["id"]
    gone = ["roles", "name.familyName", f"{scim.ENTERPRISE_1}.department"]

    shown = client.patch_1("Users", user, meta={"attributes": gone}).json()

    assert shown["roles"] == [{"value": None, "primary": True}]
    assert shown["name"]["familyName"] == ""
    assert shown[scim.ENTERPRISE_1]["department"] is None
    assert shown["title"] == "Tour Guide"


def test_version_1_removes_the_second_address(ana):
    second = {"value": "b@x.test", "type": "home"}
    ana.patch_1("Users", ana.ana, emails=[second])
    assert len(ana.shown(ana.ana)["emails"]) == 2

    ana.patch_1("Users", ana.ana, emails=[{"value": "b@x.test", "operation": "delete"}])

    assert [each["value"] for each in ana.shown(ana.ana)["emails"]] == ["ana@example.test"]


def test_put_overwrites_everything_but_the_real_name(client):
    """https://docs.slack.dev/reference/scim-api#put-users-id-2."""
    client.user("boss")
    user = client.create_user("ana", **FULL).json()["id"]
    emails = [{"value": "new@email.com", "type": "work", "primary": True}]

    shown = client.put("Users", user, userName="updated_username", emails=emails).json()

    assert shown["userName"] == "updated_username"
    assert shown["name"]["givenName"] == "First"
    assert (shown["displayName"], shown["title"], shown["active"]) == ("", "", False)
    assert [each["value"] for each in shown["emails"]] == ["new@email.com"]
    assert shown[scim.ENTERPRISE]["department"] is None


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"emails": [{"value": "a@b.test"}]}, (400, "username_empty")),
        ({"userName": "", "emails": [{"value": "a@b.test"}]}, (400, "username_empty")),
        ({"userName": "x"}, (400, "email_empty")),
    ],
)
def test_put_needs_name_and_address(ana, body, error):
    assert code(ana.put("Users", ana.ana, **body)) == error


# --- coming and going ----------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_delete_deactivates_as_often_as_you_like(ana, version):
    for _ in range(2):
        reply = ana.call("DELETE", f"{version}/Users/{ana.ana}")
        assert reply.status_code == {"v1": 200, "v2": 204}[version]
        assert reply.text == ""

    assert ana.shown(ana.ana)["active"] is False


def test_a_deactivated_user_comes_back(ana):
    ana.call("DELETE", f"v2/Users/{ana.ana}")

    ana.patch("Users", ana.ana, {"op": "replace", "value": {"active": True}})

    assert ana.shown(ana.ana)["active"] is True


def test_a_deactivation_is_seen_after_a_while(make):
    client = make(settings={"deactivation_lag_s": 10})
    user = client.user("ana")
    client.call("DELETE", f"v2/Users/{user}")
    assert client.shown(user)["active"] is True

    client.app.clock.sleep(10)

    assert client.shown(user)["active"] is False


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("primary owner", "cannot_disable_primary_owner"),
        ("bot", "cannot_disable_bot_user_with_scim"),
    ],
)
def test_some_cannot_be_deactivated(client, kind, error):
    user = client.user("ana", kind=kind)

    assert code(client.call("DELETE", f"v2/Users/{user}")) == (403, error)
    assert client.shown(user)["active"] is True


def test_an_admins_token_cannot_touch_an_owner(make):
    client = make(settings={"installer": "admin"})
    owner = client.user("ana", kind="owner")

    reply = client.patch("Users", owner, {"op": "replace", "path": "title", "value": "x"})

    assert code(reply) == (403, "cannot_modify_owner")


def test_a_member_becomes_a_guest_and_a_member_again(ana):
    expiring = {"type": "multi", "expiration": "2024-11-30T23:59:59Z"}
    shown = ana.patch("Users", ana.ana, {"op": "add", "path": GUEST, "value": expiring}).json()
    assert shown[GUEST] == expiring

    shown = ana.patch("Users", ana.ana, {"op": "remove", "path": f"{GUEST}.expiration"}).json()
    assert shown[GUEST] == {"type": "multi"}

    shown = ana.patch("Users", ana.ana, {"op": "remove", "path": GUEST}).json()
    assert GUEST not in shown


@pytest.mark.parametrize("kind", ["admin", "owner", "bot"])
def test_who_runs_things_cannot_be_made_a_guest(client, kind):
    user = client.user("ana", kind=kind)
    operation = {"op": "add", "path": GUEST, "value": {"type": "multi"}}

    assert code(client.patch("Users", user, operation)) == (403, "cannot_make_user_guest")


def test_guests_are_for_enterprise_plans(make):
    client = make(settings={"plan": "business_plus"})

    assert client.create_user("ana", **{GUEST: {"type": "multi"}}).status_code == 400


def test_single_channel_guests_cannot_be_made_by_scim(client):
    reply = client.create_user("ana", **{GUEST: {"type": "single"}})

    assert code(reply) == (400, "invalid_attribute_format")


# --- filters -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('userName eq "ana"', ["ana"]),
        ('USERNAME Eq "ANA"', ["ana"]),
        ("userName eq 'ana'", ["ana"]),
        ('email eq "BEN@example.test"', ["ben"]),
        ('userName eq "ana" or email eq "ben@example.test"', ["ana", "ben"]),
        ('userName sw "a" and (email co "ana" or email co "x")', ["ana"]),
        ("restricted eq '1'", ["cy"]),
        ("restricted eq '0'", ["ana", "ben"]),
        ("restricted eq 1", ["cy"]),
        ("restricted eq false", ["ana", "ben"]),
        ('emails[value eq "Ben@example.test"]', ["ben"]),
        ('userName gt "b"', ["ben", "cy"]),
        ("userName pr", ["ana", "ben", "cy"]),
        ('userName eq "nobody"', []),
    ],
)
def test_users_are_filtered(client, text, names):
    client.user("ana")
    client.user("ben")
    client.user("cy", kind="multi-channel guest")

    page = client.call("GET", "v1/Users", params={"filter": text}).json()

    assert sorted(each["userName"] for each in page["Resources"]) == names
    assert page["totalResults"] == len(names)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "no_filters"),
        (" ", "no_filters"),
        ('userName  eq "x"', "incomplete_filter"),
        ("userName eq", "incomplete_filter"),
        ('(userName eq "x"', "invalid_filter_group"),
        ('title eq "x"', "invalid_query"),
        ('userName ne "x"', "invalid_query"),
        ('not (userName eq "x")', "invalid_query"),
        ("x" * 5_000, "invalid_query"),
    ],
)
def test_a_bad_filter_has_a_code(client, text, error):
    reply = client.call("GET", "v1/Users", params={"filter": text})

    assert code(reply) == (400, error)


def test_a_bad_sort_order_has_a_code(client):
    assert code(client.get("v1/Users?sortOrder=up")) == (400, "invalid_sort_order")
