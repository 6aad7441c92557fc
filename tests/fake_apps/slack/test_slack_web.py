"""User groups, workspaces and private channels by the Web API."""

import pytest

from fake_apps import Fault
from fake_apps.slack import APP
from fake_apps.slack.methods import METHODS
from tests.fake_apps.slack.conftest import WEB, Client, code

BUSINESS = {"plan": "business_plus"}
PRIVATE = {"private_channels": ("deals",), "workspaces": ("acme", "globex")}


def error(told):
    return told.get("error")


@pytest.fixture
def business(make):
    return make(settings=BUSINESS)


@pytest.fixture
def org(make):
    """An organisation of two workspaces and a private channel, with a group of two."""
    client = make(settings=PRIVATE)
    client.ids = client.users(2)
    client.sales = client.group("Sales", client.ids)
    client.teams = [each["id"] for each in client.web("auth.teams.list")["teams"]]
    found = client.web("conversations.list")["channels"]
    client.channels = {each["name"]: each["id"] for each in found}
    return client


def in_workspace(client, team):
    found = client.web("users.list", team_id=team)["members"]
    return [each["id"] for each in found]


# --- user groups ---------------------------------------------------------------------------------


def test_a_user_group_is_made_with_its_handle(business):
    told = business.web("usergroups.create", name="Sales", handle="Sellers", description="They")

    group = told["usergroup"]
    assert told["ok"] is True
    assert (group["name"], group["handle"], group["description"]) == ("Sales", "sellers", "They")
    assert (group["users"], group["is_idp_group"], group["date_delete"]) == ([], False, 0)


def test_on_business_plus_it_is_a_group_of_scim_as_well(business):
    made = business.web("usergroups.create", name="Sales")["usergroup"]["id"]

    shown = business.get(f"v2/Groups/{made}").json()

    assert shown["displayName"] == "Sales"


def test_on_enterprise_it_belongs_to_a_workspace_and_scim_does_not_show_it(org):
    team = org.teams[1]
    made = org.web("usergroups.create", name="Local", team_id=team)["usergroup"]

    assert made["team_id"] == team
    assert code(org.get(f"v2/Groups/{made['id']}")) == (404, "no_such_group")
    listed = org.web("usergroups.list", team_id=team)["usergroups"]
    assert [each["name"] for each in listed] == ["Local"]
    assert org.web("usergroups.list", team_id=org.teams[0])["usergroups"] == []


@pytest.mark.parametrize(
    ("kind", "sent", "expected"),
    [
        ("application/json", b"{", "invalid_json"),
        ("application/json", b'"S0"', "json_not_object"),
        ("application/json;charset=utf-8", b'{"usergroup": "S0"}', "no_such_subteam"),
        ("application/json", b"", "missing_argument"),
        ("application/xml", b"<S0/>", "invalid_post_type"),
        (None, b"usergroup=S0", "missing_post_type"),
        ("text/plain", b"usergroup=S0", "missing_argument"),
        ("application/x-www-form-urlencoded", b"usergroup=S0", "no_such_subteam"),
    ],
)
def test_a_method_reads_forms_and_json_objects(client, kind, sent, expected):
    headers = {"Content-Type": kind}

    reply = client.session.post(f"{WEB}/usergroups.users.list", data=sent, headers=headers)

    assert reply.json() == {"ok": False, "error": expected}


def test_an_organisation_of_one_workspace_need_not_be_told_which(client):
    """Slack facts, section 9: `name` and `handle` are what usergroups.create is called with."""
    ana = client.user("ana")
    made = client.web("usergroups.create", name="Local", handle="locals")["usergroup"]
    changed = client.web("usergroups.users.update", usergroup=made["id"], users=ana)

    assert made["team_id"] == client.web("auth.test")["team_id"]
    assert changed["usergroup"]["users"] == [ana]
    assert client.web("users.list")["members"] == []


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, "missing_argument"),
        ({"name": "Sales"}, "target_team_must_be_specified_in_org_context"),
        ({"name": "Sales", "team_id": "T0"}, "target_team_not_on_org"),
        ({"name": "X", "handle": "two words", "team_id": "{team}"}, "bad_handle"),
        ({"name": "X", "handle": "Here", "team_id": "{team}"}, "forbidden_handle"),
        ({"name": "X", "description": "x" * 141, "team_id": "{team}"}, "description_too_long"),
        ({"name": "sales", "team_id": "{team}"}, "name_already_exists"),
        ({"name": "X", "handle": "general", "team_id": "{team}"}, "handle_already_exists"),
        ({"name": "X", "handle": "user00000", "team_id": "{team}"}, "handle_already_exists"),
        ({"name": "X", "channels": "C0", "team_id": "{team}"}, "channel_not_found"),
    ],
)
def test_a_user_group_that_is_not_made(org, told, expected):
    told = {name: value.format(team=org.teams[0]) for name, value in told.items()}

    assert error(org.web("usergroups.create", **told)) == expected
    assert len(org.web("usergroups.list")["usergroups"]) == 1


def test_a_user_group_is_changed_and_what_is_not_told_stays(business):
    made = business.web("usergroups.create", name="Sales", handle="sell")["usergroup"]["id"]
    found = business.web("conversations.list")["channels"]
    general = next(each["id"] for each in found if each["is_general"])

    told = business.web("usergroups.update", usergroup=made, name="Trade", channels=general)

    group = told["usergroup"]
    assert (group["name"], group["handle"], group["channel_count"]) == ("Trade", "sell", 1)
    assert group["prefs"]["channels"] == [general]


def test_a_disabled_user_group_keeps_its_users_and_is_shown_to_those_who_ask(business):
    (ana,) = business.users(1)
    made = business.group("Sales", [ana])
    business.app.clock.sleep(60)
    disabled = business.web("usergroups.disable", usergroup=made)["usergroup"]

    assert disabled["date_delete"] == disabled["date_update"] > disabled["date_create"]
    assert business.web("usergroups.list")["usergroups"] == []
    assert len(business.web("usergroups.list", include_disabled="true")["usergroups"]) == 1
    assert error(business.web("usergroups.users.list", usergroup=made)) == "no_such_subteam"
    told = business.web("usergroups.users.list", usergroup=made, include_disabled="1")
    assert told["users"] == [ana]
    assert code(business.get(f"v2/Groups/{made}")) == (404, "no_such_group")

    assert business.web("usergroups.enable", usergroup=made)["usergroup"]["users"] == [ana]
    assert business.member_ids(made) == [ana]


def test_the_users_of_a_user_group_are_replaced_whole(business):
    ids = business.users(3)
    made = business.group("Sales", ids[:2])

    told = business.web("usergroups.users.update", usergroup=made, users=",".join(ids[1:]))

    assert told["usergroup"]["users"] == ids[1:]
    assert business.member_ids(made) == ids[1:]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("multi-channel guest", "invalid_users"),
        ("bot", "invalid_users"),
        ("single-channel guest", "single_channel_guests_cannot_be_added"),
    ],
)
def test_guests_and_bots_are_in_no_user_group(make, kind, expected):
    client = make(settings=PRIVATE)
    team = client.web("auth.test")["team_id"]
    made = client.web("usergroups.create", name="Local", team_id=team)["usergroup"]["id"]

    told = client.web("usergroups.users.update", usergroup=made, users=client.user("x", kind=kind))

    assert error(told) == expected


def test_a_user_group_is_never_emptied(business):
    made = business.group("Sales", business.users(1))

    assert error(business.web("usergroups.users.update", usergroup=made)) == "no_users_provided"
    assert len(business.member_ids(made)) == 1


def test_who_is_not_in_the_workspace_is_in_none_of_its_user_groups(org):
    team, ana = org.teams[0], org.ids[0]
    made = org.web("usergroups.create", name="Local", team_id=team)["usergroup"]["id"]
    told = org.web("usergroups.users.update", usergroup=made, users=ana)
    assert error(told) == "failed_for_some_users"
    org.web("admin.usergroups.addTeams", usergroup_id=org.sales, team_ids=team)

    told = org.web("usergroups.users.update", usergroup=made, users=ana)

    assert told["usergroup"]["users"] == [ana]


@pytest.mark.parametrize("name", ["update", "disable", "users.update"])
def test_a_group_of_the_identity_provider_is_not_changed_here(org, name):
    told = org.web(f"usergroups.{name}", usergroup=org.sales, users=org.ids[0], name="X")

    assert told == {"ok": False, "error": "permission_denied"}
    assert org.member_ids(org.sales) == org.ids


# --- workspaces ----------------------------------------------------------------------------------


def test_connecting_a_group_brings_its_members_into_the_workspace(org):
    first, second = org.teams

    told = org.web(
        "admin.usergroups.addTeams", usergroup_id=org.sales, team_ids=second, auto_provision="true"
    )

    assert told == {"ok": True}
    assert (in_workspace(org, first), in_workspace(org, second)) == ([], org.ids)
    (listed,) = org.web("usergroups.list", team_id=second)["usergroups"]
    assert listed["auto_provision"] is True


def test_disconnecting_it_takes_out_those_whom_no_other_group_keeps(org):
    team, other = org.teams[0], org.group("Support", org.ids[:1])
    for group in (org.sales, other):
        org.web("admin.usergroups.addTeams", usergroup_id=group, team_ids=team)

    org.web("admin.usergroups.removeTeams", usergroup_id=org.sales, team_ids=team)

    assert in_workspace(org, team) == org.ids[:1]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"usergroup_id": "S0"}, {"error": "usergroup_not_found"}),
        ({}, {"error": "no_team_ids_given"}),
        ({"team_ids": "T0, T1"}, {"error": "invalid_team_ids", "errors": ["T0", "T1"]}),
    ],
)
def test_workspaces_that_a_group_is_not_connected_to(org, told, expected):
    told = {"usergroup_id": org.sales, **told}

    assert org.web("admin.usergroups.addTeams", **told) == {"ok": False, **expected}


def test_a_group_has_no_more_workspaces_than_it_may(make):
    client = make(settings={**PRIVATE, "workspaces_of_a_group": 1})
    group = client.group("Sales")
    teams = ",".join(each["id"] for each in client.web("auth.teams.list")["teams"])

    told = client.web("admin.usergroups.addTeams", usergroup_id=group, team_ids=teams)

    assert error(told) == "team_limit_exceeded"


def test_a_failed_provisioning_names_its_workspaces(org):
    fault = Fault("slack.add_teams", "auto_provision_failure", message="T1,T2")
    org.app.arm(fault)

    told = org.web("admin.usergroups.addTeams", usergroup_id=org.sales, team_ids=org.teams[0])

    assert told == {"ok": False, "error": "auto_provision_failure", "errors": ["T1", "T2"]}


def test_users_are_listed_for_a_workspace_that_is_named(org, business):
    assert error(org.web("users.list")) == "missing_argument"
    assert error(org.web("users.list", team_id="T0")) == "team_not_found"

    business.users(2)
    listed = business.web("users.list")["members"]
    assert [each["name"] for each in listed] == ["user00000", "user00001"]


# --- channels ------------------------------------------------------------------------------------


def test_default_channels_of_a_group(org):
    general, random = org.channels["general"], org.channels["random"]
    both = f"{general},{random}"
    assert org.web("admin.usergroups.addChannels", usergroup_id=org.sales, channel_ids=both)["ok"]
    org.web("admin.usergroups.removeChannels", usergroup_id=org.sales, channel_ids=random)

    told = org.web(
        "admin.usergroups.listChannels", usergroup_id=org.sales, include_num_members="true"
    )

    (listed,) = told["channels"]
    assert listed == {
        "id": general,
        "name": "general",
        "team_id": org.teams[0],
        "num_members": 2,
    }


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"channel_ids": ""}, "missing_argument"),
        ({"channel_ids": ",".join(f"C{n}" for n in range(101))}, "invalid_channels_limit"),
        ({"team_id": "T0"}, "team_not_found"),
        ({"team_id": "{team}"}, "usergroup_not_linked_to_team"),
    ],
)
def test_default_channels_that_are_not_taken(org, told, expected):
    told = {"channel_ids": org.channels["general"], **told}
    told["team_id"] = told.get("team_id", "").format(team=org.teams[0])

    assert error(org.web("admin.usergroups.addChannels", usergroup_id=org.sales, **told)) == (
        expected
    )


def test_channels_that_there_are_not_do_not_keep_the_others_from_being_added(org):
    told = {"usergroup_id": org.sales, "channel_ids": f"C0,{org.channels['general']},C1"}

    added = org.web("admin.usergroups.addChannels", **told)

    unknown = {"error": "channel_not_found", "invalid_channels": ["C0", "C1"]}
    assert added == {"ok": False, **unknown}
    listed = org.web("admin.usergroups.listChannels", usergroup_id=org.sales)["channels"]
    assert [each["name"] for each in listed] == ["general"]
    removed = org.web("admin.usergroups.removeChannels", **told)
    assert error(removed) == "channel_not_found"


def test_methods_for_admins_are_for_nobody_else(make):
    told = make(settings={"installer": "member"}).web("admin.usergroups.addTeams")

    assert error(told) == "not_an_admin"


def test_a_group_that_a_private_channel_is_restricted_to_is_not_deleted(org):
    deals = org.channels["deals"]
    name = "admin.conversations.restrictAccess"
    assert org.web(f"{name}.addGroup", channel_id=deals, group_id=org.sales) == {"ok": True}
    listed = org.web(f"{name}.listGroups", channel_id=deals)
    assert listed == {"ok": True, "group_ids": [org.sales]}

    refused = org.call("DELETE", f"v2/Groups/{org.sales}")
    org.web(f"{name}.removeGroup", channel_id=deals, group_id=org.sales)
    done = org.call("DELETE", f"v2/Groups/{org.sales}")

    assert code(refused) == (400, "idp_group_linked_to_channels")
    assert done.status_code == 204


def test_what_a_channel_is_not_restricted_to(org):
    name, deals = "admin.conversations.restrictAccess.addGroup", org.channels["deals"]
    empty = org.group("Empty")
    org.web(name, channel_id=deals, group_id=org.sales)

    def refused(channel, group):
        return error(org.web(name, channel_id=channel, group_id=group))

    assert refused("C0", org.sales) == "channel_not_found"
    assert refused(org.channels["general"], org.sales) == "channel_is_not_private"
    assert refused(deals, "S0") == "group_not_found"
    assert refused(deals, org.sales) == "group_already_linked_to_channel"
    assert refused(deals, empty) == "group_must_not_be_empty"


def test_guests_are_shown_with_their_channels(make):
    client = make(settings={"guest_channels": ("general",)})

    shown = client.shown(client.user("guest", kind="multi-channel guest"))

    (channel,) = shown["urn:ietf:params:scim:schemas:extension:slack:guest:2.0:User"]["channels"]
    assert channel["display"] == "general"


# --- who may -------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", [each for each in METHODS if each.scope], ids=lambda m: m.name)
def test_a_method_asks_for_its_scope(make, method):
    told = make(settings={"token_scopes": ("admin",)}).web(method.name)

    expected = {"error": "missing_scope", "needed": method.scope, "provided": "admin"}
    assert told == {"ok": False, **expected}


@pytest.mark.parametrize(
    "method", [each for each in METHODS if each.is_for_enterprises], ids=lambda m: m.name
)
def test_a_method_for_enterprises_is_for_nobody_else(business, method):
    assert error(business.web(method.name)) == "not_an_enterprise"


@pytest.mark.parametrize(
    ("ranges", "is_let_in"),
    [((), True), (("127.0.0.0/8",), True), (("10.0.0.0/8",), False), (("nonsense",), False)],
)
def test_the_web_api_answers_the_addresses_that_the_app_allows(make, ranges, is_let_in):
    told = make(settings={"allowed_addresses": ranges}).web("auth.test")

    assert told["ok"] is is_let_in
    assert told.get("error") == (None if is_let_in else "invalid_auth")


def test_scim_answers_from_anywhere(make):
    client = make(settings={"allowed_addresses": ("10.0.0.0/8",)})

    assert client.get("v2/Users").status_code == 200


def test_a_method_is_called_by_get_form_and_json_alike(org):
    told = {"usergroup": org.sales}
    address = f"{WEB}/usergroups.users.list"
    replies = [
        org.session.get(address, params=told),
        org.session.post(address, data=told),
        org.session.post(address, json=told),
    ]

    assert [each.json() for each in replies] == [{"ok": True, "users": org.ids}] * 3


def test_lists_and_flags_of_json_are_taken(org):
    told = {"usergroup_id": org.sales, "team_ids": org.teams, "auto_provision": True}
    org.session.post(f"{WEB}/admin.usergroups.addTeams", json=told)

    assert [in_workspace(org, team) for team in org.teams] == [org.ids] * 2


def test_the_limit_of_one_method_is_not_that_of_another():
    client = Client(APP.create(seed=7))
    for _ in range(21):
        last = client.session.get(f"{WEB}/usergroups.list")

    assert last.status_code == 429
    assert client.web("auth.teams.list")["ok"] is True


# --- SCIM beside it ------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "expected"), [("Users", "user"), ("Groups", "group")])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_change_that_names_nobody_is_told_so(client, method, kind, expected):
    assert code(client.call(method, f"v2/{kind}", {})) == (400, f"missing_{expected}_id")


def test_an_id_of_odd_characters_cannot_be_decoded(client):
    assert code(client.get("v2/Users/U-1")) == (400, "cannot_decode_user_id")
    assert code(client.get("v2/Users/U1")) == (404, "no_such_user")


def test_a_code_without_an_occasion_is_armed_as_a_fault(client):
    client.app.arm(Fault("slack.create_user", "user_creation_failed"))

    assert code(client.create_user("ana")) == (409, "user_creation_failed")


@pytest.mark.parametrize(
    ("version", "keys"),
    [
        ("v1", ["totalResults", "itemsPerPage", "startIndex", "schemas", "Resources"]),
        ("v2", ["schemas", "Resources", "totalResults", "itemsPerPage", "startIndex"]),
    ],
)
def test_a_list_has_its_keys_in_the_order_of_its_version(client, version, keys):
    assert list(client.get(f"{version}/Groups").json()) == keys
