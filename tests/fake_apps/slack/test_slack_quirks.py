"""Every quirk on and off."""

import pytest

from fake_apps import Fault
from fake_apps.core import scim
from fake_apps.slack import APP, quirks
from tests.fake_apps.slack.conftest import WEB, code

GUEST = "urn:ietf:params:scim:schemas:extension:slack:guest:2.0:User"
TESTED = set()


def both(quirk):
    """The test for one quirk, with it on and with it off."""
    TESTED.add(quirk.id)
    cases = [pytest.param(True, id=f"{quirk.id}-on"), pytest.param(False, id=f"{quirk.id}-off")]
    return pytest.mark.parametrize("on", cases)


@pytest.fixture
def switched(make):
    return lambda quirk, on: make(quirks={quirk.id: on})


def values(*user_ids):
    return [{"value": each} for each in user_ids]


@both(quirks.REFUSED_TOKENS_SPEAK_V1)
def test_the_shape_of_a_refused_token(switched, on):
    client = switched(quirks.REFUSED_TOKENS_SPEAK_V1, on)

    reply = client.call("GET", "v2/Users", headers={"Authorization": "Bearer x"})

    older = {"Errors": {"description": "invalid_authentication", "code": 401}}
    newer = {"schemas": [scim.ERROR], "detail": "invalid_authentication", "status": 401}
    assert reply.json() == (older if on else newer)


@both(quirks.STATUS_IS_A_NUMBER)
def test_the_status_in_an_error(switched, on):
    client = switched(quirks.STATUS_IS_A_NUMBER, on)
    client.group("Sales")

    body = client.create_group("Sales").json()

    assert body["status"] == (409 if on else "409")
    assert body.get("scimType") == (None if on else "uniqueness")


@both(quirks.GROUP_PATCH_IS_SILENT)
def test_the_reply_to_a_patched_group(switched, on):
    client = switched(quirks.GROUP_PATCH_IS_SILENT, on)

    reply = client.patch_1("Groups", client.group("Sales"), displayName="X")

    assert reply.status_code == (204 if on else 200)
    assert bool(reply.text) is not on


@both(quirks.DELETED_USER_IS_200)
def test_the_reply_to_a_deleted_user(switched, on):
    client = switched(quirks.DELETED_USER_IS_200, on)

    assert client.call("DELETE", f"v1/Users/{client.user()}").status_code == (200 if on else 204)


@both(quirks.ERRORS_NAME_THE_USER)
def test_the_user_in_an_error(switched, on):
    client = switched(quirks.ERRORS_NAME_THE_USER, on)

    reply = client.create_user("slackbot", "v1")

    assert code(reply)[1] == f"username_not_allowed{' (user=slackbot)' if on else ''}"


@both(quirks.PUT_BLANKS)
def test_what_a_put_leaves_out(switched, on):
    client = switched(quirks.PUT_BLANKS, on)
    ana = client.user("ana")
    group = client.group("Sales", [ana])

    client.put("Groups", group, displayName="Sales")
    user = client.put("Users", ana, userName="ana", emails=[{"value": "ana@example.test"}])

    assert client.member_ids(group) == ([] if on else [ana])
    assert user.json()["active"] is not on


@both(quirks.BARE_VALUE_PATHS)
def test_a_value_path_without_quotes(switched, on):
    client = switched(quirks.BARE_VALUE_PATHS, on)
    ana = client.user("ana")
    group = client.group("Sales", [ana])

    reply = client.patch("Groups", group, {"op": "remove", "path": f"members[value eq {ana}]"})

    assert reply.status_code == (200 if on else 400)
    assert client.member_ids(group) == ([] if on else [ana])


@both(quirks.REMOVE_TAKES_VALUES)
def test_remove_with_values(switched, on):
    client = switched(quirks.REMOVE_TAKES_VALUES, on)
    ana, ben = client.users(2)
    group = client.group("Sales", [ana, ben])

    client.patch("Groups", group, {"op": "remove", "path": "members", "value": values(ana)})

    assert client.member_ids(group) == ([ben] if on else [])


@both(quirks.DEACTIVATED_KEEP_NAMES)
def test_the_name_of_a_deactivated_user(switched, on):
    client = switched(quirks.DEACTIVATED_KEEP_NAMES, on)
    client.call("DELETE", f"v2/Users/{client.user('ana')}")

    reply = client.create_user("ana")

    assert reply.status_code == (409 if on else 201)


@both(quirks.FILTERS_ARE_LOOSE)
def test_single_quotes_in_a_filter(switched, on):
    client = switched(quirks.FILTERS_ARE_LOOSE, on)
    client.user("ana")

    single = client.get("v1/Users?filter=userName eq 'ana'")
    spaced = client.get('v1/Users?filter=userName  eq "ana"')

    assert single.status_code == (200 if on else 400)
    assert spaced.status_code == (400 if on else 200)


@both(quirks.USER_NAMES_ARE_REWRITTEN)
def test_a_user_name_with_specials(switched, on):
    client = switched(quirks.USER_NAMES_ARE_REWRITTEN, on)

    reply = client.create_user("O'Neil")

    assert reply.status_code == (201 if on else 400)
    assert reply.json().get("userName") == ("o_neil" if on else None)


@both(quirks.DEACTIVATED_STAY_MEMBERS)
def test_the_memberships_of_a_deactivated_user(switched, on):
    client = switched(quirks.DEACTIVATED_STAY_MEMBERS, on)
    ana = client.user("ana")
    group = client.group("Sales", [ana])
    client.call("DELETE", f"v2/Users/{ana}")
    assert client.member_ids(group) == ([ana] if on else [])

    client.patch("Users", ana, {"op": "replace", "path": "active", "value": True})

    assert client.member_ids(group) == ([ana] if on else [])


@both(quirks.ONE_BAD_MEMBER_REFUSES_ALL)
def test_a_bad_member_among_good_ones(switched, on):
    client = switched(quirks.ONE_BAD_MEMBER_REFUSES_ALL, on)
    ana = client.user("ana")
    group = client.group("Sales")

    reply = client.patch(
        "Groups", group, {"op": "add", "path": "members", "value": values(ana, "U0")}
    )

    assert reply.status_code == (404 if on else 200)
    assert client.member_ids(group) == ([] if on else [ana])


@both(quirks.GROUP_NAMES_ARE_UNIQUE)
def test_a_second_group_of_a_name(switched, on):
    client = switched(quirks.GROUP_NAMES_ARE_UNIQUE, on)
    client.group("Sales")

    assert client.create_group("Sales").status_code == (409 if on else 201)


@both(quirks.GROUPS_ARE_FILTERED)
def test_a_filter_on_groups(switched, on):
    client = switched(quirks.GROUPS_ARE_FILTERED, on)
    client.group("Sales")
    client.group("Support")

    page = client.get('v2/Groups?filter=displayName eq "Sales"').json()

    assert page["totalResults"] == (1 if on else 2)


@both(quirks.V2_FILTERS)
def test_a_filter_on_users_by_version_2(switched, on):
    client = switched(quirks.V2_FILTERS, on)
    client.users(3)

    for version, total in (("v1", 1), ("v2", 1 if on else 3)):
        page = client.get(f'{version}/Users?filter=userName eq "user00001"').json()
        assert page["totalResults"] == total


@both(quirks.CONVERSION_REACTIVATES)
def test_a_deactivated_user_made_a_guest(switched, on):
    client = switched(quirks.CONVERSION_REACTIVATES, on)
    ana = client.user("ana", active=False)

    client.patch("Users", ana, {"op": "add", "path": GUEST, "value": {"type": "multi"}})

    assert client.shown(ana)["active"] is on


@both(quirks.NESTED_SCHEMAS)
def test_schemas_as_lists_within_the_list(switched, on):
    client = switched(quirks.NESTED_SCHEMAS, on)
    twice = [[scim.CORE_1, "urn:scim:schemas:extension:enterprise:1.0"]] * 2

    reply = client.put("Groups", client.group("Sales"), "v1", displayName="EMEA", schemas=twice)

    assert reply.status_code == (200 if on else 400)


@both(quirks.PAGES_ARE_OF_TEN)
def test_the_entries_of_a_page_where_no_count_is_asked(switched, on):
    client = switched(quirks.PAGES_ARE_OF_TEN, on)
    client.users(12)

    assert client.get("v2/Users").json()["itemsPerPage"] == (10 if on else 12)


@both(quirks.LINKED_GROUPS_STAY)
def test_deleting_a_group_that_a_channel_is_restricted_to(make, on):
    settings = {"groups_linked_to_channels": ("Sales",)}
    client = make(quirks={quirks.LINKED_GROUPS_STAY.id: on}, settings=settings)

    reply = client.call("DELETE", f"v2/Groups/{client.group('Sales')}")

    assert reply.status_code == (400 if on else 204)


@both(quirks.MEMBERS_STAY_IN_WORKSPACES)
def test_who_is_in_a_workspace_whose_group_is_deleted(switched, on):
    client = switched(quirks.MEMBERS_STAY_IN_WORKSPACES, on)
    ana = client.user("ana")
    group, team = client.group("Sales", [ana]), client.web("auth.test")["team_id"]
    client.web("admin.usergroups.addTeams", usergroup_id=group, team_ids=team)

    client.call("DELETE", f"v2/Groups/{group}")

    found = client.web("users.list", team_id=team)["members"]
    assert [each["id"] for each in found] == ([ana] if on else [])


@both(quirks.MEMBERS_ALWAYS_COME)
def test_leaving_members_out_of_groups(switched, on):
    client = switched(quirks.MEMBERS_ALWAYS_COME, on)
    group = client.group("Sales", [client.user("ana")])

    shown = client.get(f"v2/Groups/{group}?excludedAttributes=members").json()

    assert ("members" in shown) is on


@both(quirks.PHOTOS_COME_LATER)
def test_the_photo_in_the_reply_that_changes_it(switched, on):
    client = switched(quirks.PHOTOS_COME_LATER, on)
    ana, new = client.user("ana"), "https://example.test/new.png"

    reply = client.patch_1("Users", ana, photos=[{"value": new, "primary": True}])

    assert (reply.json()["photos"][0]["value"] == new) is not on
    assert client.shown(ana)["photos"][0]["value"] == new


@both(quirks.THROTTLED_IN_WEB_WORDS)
@pytest.mark.parametrize("version", ["v1", "v2"])
def test_the_words_of_a_throttled_call(switched, on, version):
    """Slack facts, section 5: the SCIM form is the default, which it is in life is unsure."""
    client = switched(quirks.THROTTLED_IN_WEB_WORDS, on)
    client.app.arm(Fault("slack.list_groups", "throttle", retry_after="7"))

    reply = client.get(f"{version}/Groups")

    assert (reply.status_code, reply.headers["Retry-After"]) == (429, "7")
    assert (reply.json() == {"ok": False, "error": "ratelimited"}) is on
    assert ("too_many_requests" in reply.text) is not on


@both(quirks.UNKNOWN_MEMBERS_ARE_BAD_REQUESTS)
def test_the_status_for_a_member_who_is_nobody(switched, on):
    """Slack facts, section 5: 404 or 400."""
    client = switched(quirks.UNKNOWN_MEMBERS_ARE_BAD_REQUESTS, on)

    reply = client.create_group("Sales", ["U0"])

    assert code(reply) == (400 if on else 404, "no_such_group_members")


@both(quirks.SCIM_HAS_A_TYPE_OF_ITS_OWN)
def test_the_type_of_what_scim_answers(switched, on):
    """Slack facts, section 1; the Web API always answers plain JSON."""
    client = switched(quirks.SCIM_HAS_A_TYPE_OF_ITS_OWN, on)
    group = client.group("Sales")
    replies = [client.get("v2/Groups"), client.get("v1/Groups/S0")]
    silent = client.call("DELETE", f"v2/Groups/{group}")
    web = client.session.post(f"{WEB}/auth.test")

    plain, own = "application/json; charset=utf-8", "application/scim+json; charset=utf-8"
    assert {each.headers["Content-Type"] for each in replies} == {own if on else plain}
    assert "Content-Type" not in silent.headers
    assert web.headers["Content-Type"] == plain


def test_no_quirk_is_left_untested():
    assert {quirk.id for quirk in APP.quirks} == TESTED
