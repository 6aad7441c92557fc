"""Whatever comes in: a documented refusal, never a 500, and a refused call changes nothing."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_apps.o365 import APP
from tests.fake_apps import hostile

NOBODY = "00000000-0000-0000-0000-000000000009"
HOST = "https://graph.microsoft.com"


SIGN_IN = ("oauth2", "discovery", ".well-known")  # open to everyone, in another service's shapes
LEFT_OUT = (*SIGN_IN, "/beta/")
ROUTES = [each for each in hostile.routes(APP) if not any(part in each[1] for part in LEFT_OUT)]
WRITES = hostile.writes(ROUTES)
PLACEHOLDERS = ("<group_id>", "<object_id>", "<reference>", "<name>", "<type_name>")
FIELDS = [
    "displayName",
    "description",
    "mailNickname",
    "mailEnabled",
    "securityEnabled",
    "groupTypes",
    "visibility",
    "uniqueName",
    "isAssignableToRole",
    "membershipRule",
    "members@odata.bind",
    "owners@odata.bind",
    "@odata.id",
    "@odata.type",
    "accountEnabled",
    "userPrincipalName",
    "passwordProfile",
    "businessPhones",
    "onPremisesImmutableId",
    "ids",
    "groupIds",
    "securityEnabledOnly",
    "types",
    "requests",
    "newUserPrincipalName",
    "unseenCount",
    "id",
    "nothing",
]


ODD_QUERIES = [
    "$select=%00",
    "$select=" + "x," * 3000,
    "$top=%00",
    "$top=1e3",
    "$filter=%00",
    "$filter=" + "(" * 500,
    "$search=%22%22",
    "$orderby=%F0%9F%98%80",
    "$skiptoken=%00",
    "$count=%ff",
    "$expand=x",
    "$expand=members(((",
    "$expand=manager($levels=%00)",
    "$deltatoken=%00",
    "$deltatoken=AAAA",
    "%24nothing=1",
    "&&==&=",
    "x" * 9000,
]


def address(rule, value):
    for placeholder in PLACEHOLDERS:
        rule = rule.replace(placeholder, value)
    return HOST + rule


@pytest.fixture
def tenant(client):
    client.user_id = client.user("ana")
    client.group_id = client.app.admin.add_group("Sales", member_ids=[client.user_id])
    client.app.meter.scale = 0
    return client


def contents(client):
    """All that the tenant holds."""
    state = client.app.state
    tables = (state.users, state.groups, state.bin)
    links = {name: each.share() for name, each in state.links.items()}
    return [list(table) for table in tables], links


def check_refused(client, reply, before):
    """A refusal in the vendor's envelope that left everything as it was."""
    error = reply.json()["error"]
    assert 400 <= reply.status_code < 500
    assert set(error) <= {"code", "message", "details", "innerError"}
    assert error["code"]
    assert contents(client) == before


def check_answered(client, reply, before):
    """Done, or refused like that."""
    assert reply.status_code < 500, reply.text
    if reply.status_code >= 400:
        check_refused(client, reply, before)


@pytest.mark.parametrize(("method", "rule"), ROUTES)
def test_without_a_good_token_nothing_is_answered(tenant, method, rule):
    before = contents(tenant)
    for token in hostile.TOKENS:
        reply = tenant.call(
            method, address(rule, tenant.group_id), {}, headers={"Authorization": token}
        )

        assert reply.status_code == 401
        check_refused(tenant, reply, before)


@pytest.mark.parametrize(("method", "rule"), ROUTES)
def test_odd_ids_are_refused_or_not_found(tenant, method, rule):
    for odd in hostile.IDS:
        before = contents(tenant)

        reply = tenant.call(method, address(rule, odd), {} if method != "GET" else None)

        check_answered(tenant, reply, before)


@pytest.mark.parametrize(("method", "rule"), WRITES)
def test_odd_bodies_are_refused(tenant, method, rule):
    headers = {"Content-Type": "application/json"}
    for body in (*hostile.BODIES, *hostile.OBJECTS):
        for target in (tenant.group_id, tenant.user_id, NOBODY):
            before = contents(tenant)

            reply = tenant.call(method, address(rule, target), data=body, headers=headers)

            check_answered(tenant, reply, before)


@pytest.mark.parametrize(
    ("method", "rule"), [each for each in WRITES if not each[1].endswith("/restore")]
)
def test_a_body_of_another_type_is_refused(tenant, method, rule):
    before = contents(tenant)
    for content_type in [None, b"text/plain", b"multipart/form-data", b"\xff"]:
        headers = {"Content-Type": content_type}

        reply = tenant.call(method, address(rule, tenant.group_id), data=b"{}", headers=headers)

        check_refused(tenant, reply, before)


@pytest.mark.parametrize(("method", "rule"), hostile.one_of_each(APP, WRITES))
def test_values_of_any_type_are_taken_or_refused(tenant, method, rule):
    good = {
        "displayName": "X",
        "mailEnabled": False,
        "mailNickname": "x",
        "securityEnabled": True,
    }
    headers = {"Content-Type": "application/json", "Prefer": "create-if-missing"}
    target = tenant.user_id if "/users" in rule else tenant.group_id
    for field in FIELDS:
        for value in hostile.VALUES:
            before = contents(tenant)
            data = json.dumps(good | {field: value}).encode()

            reply = tenant.call(method, address(rule, target), data=data, headers=headers)

            check_answered(tenant, reply, before)

    assert tenant.get("/groups").status_code == tenant.get("/users").status_code == 200


@pytest.mark.parametrize(("method", "rule"), WRITES)
def test_a_body_over_the_limit_is_refused(tenant, method, rule):
    before = contents(tenant)

    reply = tenant.call(method, address(rule, tenant.group_id), data=b"x" * (4 * 2**20 + 1))

    assert reply.status_code == 413
    check_refused(tenant, reply, before)


@pytest.mark.parametrize("rule", sorted({rule for _, rule in ROUTES}))
def test_every_other_method_is_refused(tenant, rule):
    before = contents(tenant)

    for other in hostile.other_methods(ROUTES, rule):
        reply = tenant.call(other, address(rule, tenant.group_id))

        # PATCH /users/$count is a PATCH of the user "$count", who is not there
        assert reply.status_code in (400, 404, 405)
        check_refused(tenant, reply, before)


@pytest.mark.parametrize("rule", [rule for method, rule in ROUTES if method == "GET"])
def test_odd_query_options_are_refused_or_ignored(tenant, rule):
    before = contents(tenant)
    for query in ODD_QUERIES:
        for headers in ({}, {"ConsistencyLevel": "eventual"}):
            target = f"{address(rule, tenant.group_id)}?{query}"

            check_answered(tenant, tenant.call("GET", target, headers=headers), before)


@pytest.mark.parametrize(
    "path", ["/", "//", "/v1.0", "/v1.0/", "/v1.0//groups", "/v1.0/groups/", "/v1.0/%00", "/..;/"]
)
def test_odd_paths_are_refused_or_answered(tenant, path):
    check_answered(tenant, tenant.call("GET", HOST + path), contents(tenant))


@given(body=hostile.any_body(FIELDS), write=st.sampled_from(WRITES))
@settings(max_examples=150, deadline=None, derandomize=True, database=None)
def test_no_json_makes_a_call_fail_otherwise_than_by_refusing(body, write):
    app = APP.create(seed=7, limits=0)
    given_ = app.admin.credentials()
    form = {**given_, "grant_type": "client_credentials", "scope": f"{HOST}/.default"}
    token = app.state.tokens.issue(given_["tenant"], form)["access_token"]
    group = app.admin.add_group("Sales", member_ids=[app.admin.add_account("ana", {})])
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    answer = app.inner(write[0], address(write[1], group), headers, json.dumps(body).encode())

    assert answer.status < 500, answer.body
