"""Whatever comes in: a refusal in the shape of its face, never a 500, and nothing is changed."""

import pytest

from fake_apps.core import scim
from fake_apps.okta_privileged_access import APP
from tests.fake_apps import hostile
from tests.fake_apps.okta_privileged_access.conftest import HOST, TEAM

ROUTES = hostile.routes(APP)
CLOSED = [each for each in ROUTES if not each[1].endswith("/service_token")]
WRITES = hostile.writes(ROUTES)
LISTS = [each for each in ROUTES if each[0] == "GET" and not each[1].endswith(">")]
FIELDS = [
    "schemas",
    "id",
    "externalId",
    "userName",
    "name",
    "displayName",
    "active",
    "emails",
    "members",
    "Operations",
    "roles",
    "parent_folder_id",
    "description",
    "principals",
    "resource_group",
    "rules",
    "type",
    "key_id",
    "key_secret",
]
PATHS = [
    "members",
    "members[",
    'members[value eq "x"]',
    'members[display sw "x"]',
    "members.value",
    "displayName",
    "emails[primary eq false]",
    'emails[type eq "work"].value',
    'emails[type eq "work"]',
    "emails",
    "name",
    "name.givenName",
    "name.nothing",
    "id",
    "urn:x:y:z",
    "active",
    "externalId",
    "",
    "\x00",
    5,
    [],
]
ODD_QUERIES = [
    "filter=%00",
    "filter=" + "(" * 500,
    "filter=userName%20eq%205",
    "filter=members%20eq%20null",
    "filter=emails[type%20eq%20%22a%22].value%20pr",
    "filter=urn:x:y%20eq%20%22x%22",
    "startIndex=%00",
    "count=-1",
    "count=x",
    "count=%C2%B2",
    "count=99999999999999999999",
    "offset=nothing",
    "prev=true",
    "contains=%00&status=x&user_type=y",
    "descending=true&include_deleted=true",
    "&&==&=",
]


@pytest.fixture
def team(client):
    client.user_id = client.user("ana@example.test")
    client.group_id = client.group("Sales", [client.user_id])
    client.folder_id = client.make_folder("Sales").json()["id"]
    client.policy_id = client.make_policy(client.group_id, client.folder_id).json()["id"]
    return client


def target(team, rule, odd=None):
    told = team.told
    names = {
        "<team>": "acme",
        "<user_id>": odd or team.user_id,
        "<name>": odd or ("ana@example.test" if "/users/<name>" in rule else "Sales"),
        "<user>": odd or "ana@example.test",
        "<project_id>": odd or told["project_id"],
        "<folder_id>": odd or team.folder_id,
        "<policy_id>": odd or team.policy_id,
    }
    group = team.group_id if "/scim/" in rule else told["resource_group_id"]
    names["<group_id>"] = odd or group
    for name, value in names.items():
        rule = rule.replace(name, value)
    return HOST + rule


def call(team, method, url, json=None, **more):
    return (team.scim if "/scim/v2" in url else team.api)(method, url, json, **more)


def contents(team):
    state = team.app.state
    tables = (
        state.users,
        state.groups,
        state.folders,
        state.policies,
        state.keys,
        state.tokens,
        state.projects,
    )
    return [list(table) for table in tables], [
        list(state.members.rights(g.id)) for g in state.groups
    ]


def check_refused(team, reply, before):
    """A refusal in the shape of its face that left everything as it was."""
    assert 400 <= reply.status_code < 500, reply.text
    if "/scim/v2" in reply.request.url:
        body = reply.json()
        assert set(body) - {"scimType"} == {"schemas", "detail", "status"}
        assert body["schemas"] == [scim.ERROR]
        assert body["status"] == str(reply.status_code)
        assert reply.headers["Content-Type"] == "application/scim+json"
    else:
        assert set(reply.json()) - {"errors"} in ({"message"}, {"list"})
        assert reply.headers["Content-Type"] == "application/json"
    assert contents(team) == before


def check_answered(team, reply, before):
    """Done, or refused like that."""
    assert reply.status_code < 500, reply.text
    if reply.status_code >= 400:
        check_refused(team, reply, before)


@pytest.mark.parametrize(("method", "rule"), CLOSED)
def test_without_a_good_token_nothing_is_answered(team, method, rule):
    before = contents(team)
    other = team.api_token if "/scim/v2" in rule else team.scim_token
    for token in (*hostile.TOKENS, f"Bearer {other}"):
        reply = team.session.request(
            method, target(team, rule), json={}, headers={"Authorization": token}
        )

        assert reply.status_code == 401
        check_refused(team, reply, before)


@pytest.mark.parametrize(("method", "rule"), CLOSED)
def test_expired_credentials_open_nothing(team, method, rule):
    team.app.admin.expire_credentials()
    before = contents(team)

    reply = call(team, method, target(team, rule), {})

    assert reply.status_code == 401
    check_refused(team, reply, before)


@pytest.mark.parametrize(("method", "rule"), ROUTES)
def test_another_team_is_not_there(team, method, rule):
    before = contents(team)

    reply = call(team, method, target(team, rule).replace("/acme/", "/other/"), {})

    assert reply.status_code == 404
    check_refused(team, reply, before)


@pytest.mark.parametrize(("method", "rule"), [each for each in ROUTES if each[1].count("<") > 1])
def test_odd_ids_are_refused_or_not_found(team, method, rule):
    for odd in hostile.IDS:
        before = contents(team)

        reply = call(team, method, target(team, rule, odd), None if method == "GET" else {})

        check_refused(team, reply, before)


@pytest.mark.parametrize(("method", "rule"), WRITES)
def test_odd_bodies_are_refused(team, method, rule):
    for body in (*hostile.BODIES, *hostile.OBJECTS):
        before = contents(team)

        reply = call(team, method, target(team, rule), data=body)

        check_refused(team, reply, before)


def bodies(team, field, value):
    """What each write takes, with one value amiss; and a part of the addresses that take it."""
    yield "/Users", {"schemas": [scim.USER], "userName": "x", field: value}
    yield "/Groups", {"schemas": [scim.GROUP], "displayName": "x", field: value}
    operation = {"op": "add", "path": field, "value": value}
    yield "/scim/v2", {"schemas": [scim.PATCH_OP], "Operations": [operation]}
    operation = {"op": "replace", "value": {field: value}}
    yield "/scim/v2", {"schemas": [scim.PATCH_OP], "Operations": [operation]}
    yield "/groups", {"name": "x", "roles": [], field: value}
    yield "_token", {"key_id": "x", "key_secret": "x", field: value}
    yield "_folders", {"name": "x", "parent_folder_id": team.folder_id, field: value}
    yield "_policy", {**team.policy(team.group_id, team.folder_id), field: value}


@pytest.mark.parametrize("field", FIELDS)
def test_a_value_of_any_type_is_taken_or_refused(team, field):
    for value in hostile.VALUES:
        for part, body in bodies(team, field, value):
            for method, rule in [each for each in WRITES if part in each[1]]:
                before = contents(team)

                reply = call(team, method, target(team, rule), body)

                check_answered(team, reply, before)


def spots(value, above=()):
    """Every place within a body."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in inner if isinstance(value, dict | list) else ():
        yield (*above, key)
        yield from spots(each, (*above, key)) if isinstance(each, dict | list) else ()


def changed(value, spot, new):
    if not spot:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[spot[0]] = changed(value[spot[0]], spot[1:], new)
    return copy


@pytest.mark.parametrize("new", [*hostile.VALUES, [[[[[[[[[[[[[[]]]]]]]]]]]]]]])
def test_a_policy_with_anything_amiss_is_taken_or_refused(team, new):
    good = team.policy(team.group_id, team.folder_id)
    for spot in spots(good):
        before = contents(team)

        reply = team.api("POST", "/security_policy", changed(good, spot, new))

        check_answered(team, reply, before)
        assert team.api("GET", "/security_policy").status_code == 200
        assert team.api("GET", team.folders).status_code == 200


@pytest.mark.parametrize("kind", ["Users", "Groups"])
@pytest.mark.parametrize("op", ["add", "replace", "remove", "Remove", "move", "", None, 5])
def test_an_operation_on_any_path_is_done_or_refused(team, kind, op):
    address = f"/{kind}/{team.user_id if kind == 'Users' else team.group_id}"
    for path in PATHS:
        for value in (..., None, "x", 5, True, ["x"], [{"value": "x"}], {"value": "x"}, {}):
            before = contents(team)
            told = {"op": op, "path": path, "value": value}

            reply = team.patch(
                address, {key: each for key, each in told.items() if each is not ...}
            )

            check_answered(team, reply, before)


@pytest.mark.parametrize(("method", "rule"), LISTS)
def test_odd_queries_are_answered_or_refused(team, method, rule):
    for query in ODD_QUERIES:
        before = contents(team)

        reply = call(team, method, f"{target(team, rule)}?{query}")

        check_answered(team, reply, before)


@pytest.mark.parametrize("path", ["/nothing", "/scim/v2/Nothing", "/groups/a/b", "/scim/v2//Users"])
def test_an_unknown_path_is_not_found(team, path):
    before = contents(team)

    reply = call(team, "GET", TEAM + path)

    assert reply.status_code == 404
    check_refused(team, reply, before)


@pytest.mark.parametrize("rule", sorted({rule for _, rule in ROUTES}))
def test_a_wrong_method_is_not_allowed(team, rule):
    for wrong in hostile.other_methods(ROUTES, rule):
        before = contents(team)

        reply = call(team, wrong, target(team, rule), {})

        assert reply.status_code == 405
        check_refused(team, reply, before)


@pytest.mark.parametrize("path", ["/service_token", "/scim/v2/Users"])
def test_a_body_over_the_limit_is_too_large(team, path):
    before = contents(team)

    reply = call(team, "POST", TEAM + path, data=b" " * (4 * 1024 * 1024 + 1))

    assert reply.status_code == 413
    check_refused(team, reply, before)
