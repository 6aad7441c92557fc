"""Whatever comes in: a documented refusal, never a 500, and a refused call changes nothing."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_apps.core import scim
from fake_apps.slack import APP
from tests.fake_apps import hostile

HOST = "https://api.slack.com"


ROUTES = hostile.routes(APP)
SCIM_ROUTES = [each for each in ROUTES if each[1].startswith("/scim")]
CLOSED = [each for each in SCIM_ROUTES if "ServiceProviderConfig" not in each[1]]
WRITES = hostile.writes(SCIM_ROUTES)
LISTS = [each[1] for each in SCIM_ROUTES if each[1].endswith(("/Users", "/Groups"))]
FIELDS = [
    "schemas",
    "id",
    "meta",
    "externalId",
    "userName",
    "nickName",
    "name",
    "displayName",
    "title",
    "active",
    "emails",
    "phoneNumbers",
    "photos",
    "addresses",
    "roles",
    "groups",
    "password",
    "members",
    "Operations",
    "op",
    "path",
    "value",
    "operation",
    "attributes",
    "givenName",
    "type",
    "primary",
    scim.ENTERPRISE,
    scim.ENTERPRISE_1,
    "urn:ietf:params:scim:schemas:extension:slack:guest:2.0:User",
    "manager",
]
PATHS = [
    "members",
    "members[",
    "members[value eq]",
    "members[value eq U1]",
    'members[value eq "x"].display',
    "displayName",
    "emails[primary eq false]",
    "emails[type pr]",
    "phoneNumbers.value",
    "name.givenName",
    "name.nothing.more",
    f"{scim.ENTERPRISE}.manager.managerId",
    f"{scim.ENTERPRISE}:employeeNumber",
    "urn:ietf:params:scim:schemas:extension:slack:guest:2.0:User",
    "userName",
    "active",
    "meta",
    "",
    " ",
    "\x00",
    "x" * 5_000,
    5,
    [],
]
ODD_QUERIES = [
    "filter=%00",
    "filter=",
    "filter=" + "(" * 500,
    "filter=userName%20eq",
    "filter=nothing%20eq%20%22x%22",
    "filter=userName%20eq%205",
    "filter=not%20(userName%20pr)",
    "filter=%22",
    "filter='",
    "filter=" + "x" * 5_000,
    "startIndex=%00",
    "startIndex=-5",
    "startIndex=1e3",
    "startIndex=99999999999999999999",
    "count=-1",
    "count=x",
    "count=0",
    "sortOrder=sideways",
    "&&==&=",
    "x" * 9_000,
]


def address(rule, value):
    return HOST + rule.replace("<user_id>", value).replace("<group_id>", value)


@pytest.fixture
def org(client):
    client.user_id = client.user("ana")
    client.group_id = client.app.admin.add_group("Sales", member_ids=[client.user_id])
    return client


def target(org, rule):
    return address(rule, org.user_id if "<user_id>" in rule else org.group_id)


def contents(client):
    """All that the organisation holds."""
    state = client.app.state
    members = {group.id: list(state.members.rights(group.id)) for group in state.groups}
    return [list(table) for table in (state.users, state.groups, state.tokens)], members


def check_refused(client, reply, before):
    """A refusal in one of the vendor's shapes that left everything as it was."""
    body = reply.json()
    assert 400 <= reply.status_code < 500
    if "Errors" in body:
        assert set(body["Errors"]) == {"description", "code"}
    else:
        assert set(body) == {"schemas", "detail", "status"}
        assert body["detail"]
    assert contents(client) == before


def check_answered(client, reply, before):
    """Done, or refused like that."""
    assert reply.status_code < 500, reply.text
    if reply.status_code >= 400:
        check_refused(client, reply, before)


@pytest.mark.parametrize(("method", "rule"), CLOSED)
def test_without_a_good_token_nothing_is_answered(org, method, rule):
    before = contents(org)
    for token in hostile.TOKENS:
        reply = org.call(method, target(org, rule), {}, headers={"Authorization": token})

        assert reply.status_code == 401
        check_refused(org, reply, before)


@pytest.mark.parametrize(("method", "rule"), CLOSED)
def test_an_expired_token_opens_nothing(org, method, rule):
    org.app.admin.expire_credentials()
    before = contents(org)

    reply = org.call(method, target(org, rule), {})

    assert reply.status_code == 401
    check_refused(org, reply, before)


@pytest.mark.parametrize(("method", "rule"), SCIM_ROUTES)
def test_odd_ids_are_refused_or_not_found(org, method, rule):
    for odd in hostile.IDS:
        before = contents(org)

        reply = org.call(method, address(rule, odd), {} if method != "GET" else None)

        check_answered(org, reply, before)


@pytest.mark.parametrize(("method", "rule"), WRITES)
def test_odd_bodies_are_refused(org, method, rule):
    for content_type in ("application/json", "text/plain", "multipart/form-data", None):
        for body in (*hostile.BODIES, *hostile.OBJECTS):
            before = contents(org)

            reply = org.call(
                method, target(org, rule), data=body, headers={"Content-Type": content_type}
            )

            check_refused(org, reply, before)


@pytest.mark.parametrize(("method", "rule"), hostile.one_of_each(APP, WRITES))
def test_values_of_any_type_are_taken_or_refused(org, method, rule):
    good = {"schemas": ["x"], "displayName": "X", "userName": "x"}
    good["emails"] = [{"value": "x@example.test"}]
    for field in FIELDS:
        for value in hostile.VALUES:
            before = contents(org)
            data = json.dumps(good | {field: value}).encode()

            reply = org.call(method, target(org, rule), data=data)

            check_answered(org, reply, before)

    assert org.get("v2/Users").status_code == org.get("v1/Groups").status_code == 200


@pytest.mark.parametrize("kind", ["Users", "Groups"])
@pytest.mark.parametrize("op", ["add", "replace", "remove", "Add", "move", "", None, 5])
def test_operations_of_any_form_are_taken_or_refused(org, kind, op):
    one = org.user_id if kind == "Users" else org.group_id
    for path in PATHS:
        for value in hostile.VALUES:
            before = contents(org)
            operation = {"op": op, "path": path, "value": value}
            body = {"schemas": [scim.PATCH_OP], "Operations": [operation]}

            reply = org.call("PATCH", f"v2/{kind}/{one}", data=json.dumps(body).encode())

            check_answered(org, reply, before)

    assert org.get(f"v2/{kind}").status_code == 200


@pytest.mark.parametrize(("method", "rule"), WRITES)
def test_a_body_over_the_limit_is_refused(org, method, rule):
    before = contents(org)

    reply = org.call(method, target(org, rule), data=b"x" * (8 * 2**20 + 1))

    assert reply.status_code == 413
    check_refused(org, reply, before)


@pytest.mark.parametrize("rule", sorted({rule for _, rule in SCIM_ROUTES}))
def test_every_other_method_is_refused(org, rule):
    before = contents(org)
    for other in hostile.other_methods(ROUTES, rule):
        reply = org.call(other, target(org, rule))

        assert reply.status_code == 405
        check_refused(org, reply, before)


@pytest.mark.parametrize("rule", sorted(set(LISTS)))
def test_odd_query_options_are_refused_or_ignored(org, rule):
    before = contents(org)
    for query in ODD_QUERIES:
        check_answered(org, org.get(f"{HOST}{rule}?{query}"), before)


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/", "bad_endpoint"),
        ("/scim/v2/Nothing", "bad_endpoint"),
        ("/scim/v2//Users", "bad_endpoint"),
        ("/scim/v1/ResourceTypes", "bad_endpoint"),
        ("/scim/v3/Users", "unsupported_version"),
    ],
)
def test_an_unknown_address_is_a_404_with_its_code(org, path, error):
    reply = org.get(HOST + path)

    assert reply.status_code == 404
    assert error in reply.text


@pytest.mark.parametrize("form", [{}, {"usergroup": "x"}, {"usergroup": "\x00"}, {"token": "x"}])
@pytest.mark.parametrize("name", ["auth.test", "usergroups.list", "usergroups.users.list", "x.y"])
def test_the_web_api_refuses_with_200_and_not_ok(org, name, form):
    for header in (None, "Bearer", "Bearer x"):
        reply = org.session.post(
            f"https://slack.com/api/{name}", data=form, headers={"Authorization": header}
        )

        assert reply.status_code == 200
        assert reply.json()["ok"] is False


@given(body=hostile.any_body(FIELDS), write=st.sampled_from(WRITES))
@settings(max_examples=150, deadline=None, derandomize=True, database=None)
def test_no_json_makes_a_call_fail_otherwise_than_by_refusing(body, write):
    app = APP.create(seed=7, limits=0)
    user = app.admin.add_account("ana", {})
    group = app.admin.add_group("Sales", member_ids=[user])
    headers = {"Authorization": f"Bearer {app.admin.credentials()['token']}"}
    sent = json.dumps({"schemas": ["x"]} | body).encode()

    answer = app.inner(
        write[0], address(write[1], user if "user" in write[1] else group), headers, sent
    )

    assert answer.status < 500, answer.body


@pytest.mark.parametrize("path", ["//scim/v1/Users", "///scim/v2/Users/x", "//api/auth.test"])
def test_more_slashes_before_a_path_make_no_difference(make, path):
    client = make()

    for token in (client.app.admin.credentials()["token"], "x"):
        header = {"Authorization": f"Bearer {token}"}
        twice = client.call("POST", f"https://api.slack.com{path}", {}, header)
        once = client.call("POST", f"https://api.slack.com/{path.lstrip('/')}", {}, header)

        assert (twice.status_code, twice.text) == (once.status_code, once.text)
