"""Whatever comes in: a documented refusal, never a 500, and a refused call changes nothing."""

import json
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_apps.core.app import make_environ
from fake_apps.gsuite import APP
from tests.fake_apps import hostile
from tests.fake_apps.gsuite.conftest import SCOPE, SCOPES, refusal

HOST = "https://admin.googleapis.com"
EVERY = hostile.routes(APP)
OPEN = ("/token", "/batch", "/batch/admin/directory_v1")


ROUTES = [each for each in EVERY if each[1] not in OPEN]
WRITES = hostile.writes(ROUTES)
KNOWN = {
    "<group_key>": "sales@example.test",
    "<member_key>": "ana@example.test",
    "<user_key>": "ana@example.test",
    "<user_id>": "ana@example.test",
    "<alias>": "v@example.test",
    "<customer>": "my_customer",
    "<path:org_unit_path>": "sales",
}
FIELDS = [
    "email",
    "name",
    "description",
    "externalIds",
    "id",
    "role",
    "type",
    "delivery_settings",
    "alias",
    "primaryEmail",
    "password",
    "suspended",
    "orgUnitPath",
    "emails",
    "status",
    "etag",
    "parentOrgUnitPath",
    "parentOrgUnitId",
    "nothing",
]
ODD_QUERIES = [
    "customer=%00",
    "customer=my_customer&pageToken=%ff",
    "customer=my_customer&maxResults=%00",
    "customer=my_customer&query=%00",
    "customer=my_customer&query=" + "(" * 500,
    "fields=%00",
    "fields=" + "a(" * 500,
    "roles=%00",
    "includeDerivedMembership=perhaps",
    "userKey=%00",
    "&&==&=",
    "x" * 9000,
]


def address(rule, value=""):
    """The address of a route: of what there is, or with `value` for every key."""
    for placeholder, known in KNOWN.items():
        rule = rule.replace(placeholder, value or known)
    return HOST + rule


@pytest.fixture
def tenant(client):
    client.app.admin.add_group("Sales", member_ids=[client.user("ana")])
    client.app.change_setting("org_units", ["/sales"])
    client.authorize(f"{SCOPES} {SCOPE}orgunit {SCOPE}user.security")
    client.app.meter.scale = 0
    return client


def contents(client):
    """All that the customer holds."""
    state = client.app.state
    rows = [list(table) for table in (state.users, state.groups, state.bin)]
    return rows, client.app.admin.groups(), state.org_units.all()


def check_refused(client, reply, before):
    """A refusal as the vendor gives it that left everything as it was."""
    assert 400 <= reply.status_code < 500, reply.text
    if reply.headers["Content-Type"].startswith("application/json"):
        assert refusal(reply)[1]
    else:
        assert reply.text.startswith("<!DOCTYPE html>")
    assert contents(client) == before


def check_answered(client, reply, before):
    """Done, or refused like that."""
    assert reply.status_code < 500, reply.text
    if reply.status_code >= 400:
        check_refused(client, reply, before)


@pytest.mark.parametrize(("method", "rule"), ROUTES)
def test_without_a_good_token_nothing_is_answered(tenant, method, rule):
    before = contents(tenant)
    for token in (*hostile.TOKENS, b"Bearer ya29.x.y", b"Bearer ya29."):
        reply = tenant.call(method, address(rule), {}, headers={"Authorization": token})

        assert reply.status_code == 401
        check_refused(tenant, reply, before)


@pytest.mark.parametrize(("method", "rule"), ROUTES)
def test_a_token_of_another_customer_is_refused(tenant, make, method, rule):
    foreign = make(seed=8).session.headers["Authorization"]

    reply = tenant.call(method, address(rule, "x"), {}, headers={"Authorization": foreign})

    assert refusal(reply)[:2] == (401, "authError")


@pytest.mark.parametrize(("method", "rule"), [each for each in ROUTES if "<" in each[1]])
def test_an_odd_id_is_refused(tenant, method, rule):
    before = contents(tenant)
    for odd in hostile.IDS:
        check_refused(tenant, tenant.call(method, address(rule, odd), {}), before)


@pytest.mark.parametrize(("method", "rule"), WRITES)
@pytest.mark.parametrize("odd", [*hostile.BODIES, *hostile.OBJECTS])
def test_an_odd_body_is_refused_or_means_nothing(tenant, method, rule, odd):
    before = contents(tenant)
    headers = {"Content-Type": "application/json"}

    reply = tenant.session.request(method, address(rule), data=odd, headers=headers)

    check_answered(tenant, reply, before)


@pytest.mark.parametrize(("method", "rule"), WRITES)
def test_a_form_is_no_json(tenant, method, rule):
    before = contents(tenant)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    reply = tenant.session.request(method, address(rule), data=b"a=b", headers=headers)

    check_refused(tenant, reply, before)


@pytest.mark.parametrize(("method", "rule"), hostile.one_of_each(APP, WRITES))
def test_a_value_of_a_wrong_kind_is_refused_or_ignored(tenant, method, rule):
    first = tenant.app.snapshot()
    for field, value in product(FIELDS, hostile.VALUES):
        tenant.app.restore(first)
        before = contents(tenant)
        sent = json.dumps({field: value}).replace("Infinity", "1e400").encode()
        headers = {"Content-Type": "application/json"}

        reply = tenant.session.request(method, address(rule), data=sent, headers=headers)

        check_answered(tenant, reply, before)


@pytest.mark.parametrize("rule", [rule for method, rule in ROUTES if method == "GET"])
def test_an_odd_query_is_refused_or_means_nothing(tenant, rule):
    before = contents(tenant)
    for odd in ODD_QUERIES:
        check_answered(tenant, tenant.call("GET", f"{address(rule)}?{odd}"), before)


@pytest.mark.parametrize(
    "path", ["/", "/admin", "/admin/directory/v1", "/admin/directory/v1/x", "/token/x"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS", "BREW"])
def test_an_unknown_path_is_a_page_of_the_front_end(tenant, method, path):
    before = contents(tenant)
    for headers in ({}, {"Authorization": None}):
        reply = tenant.call(method, HOST + path, headers=headers)

        assert reply.status_code == 404
        check_refused(tenant, reply, before)


@pytest.mark.parametrize("rule", sorted({rule for _, rule in EVERY}))
def test_a_method_that_a_path_does_not_know_is_a_page_too(tenant, rule):
    for method in hostile.other_methods(EVERY, rule):
        assert tenant.call(method, address(rule, "x")).status_code == 404


@pytest.mark.parametrize(("method", "rule"), WRITES)
def test_a_body_over_the_limit_is_refused(tenant, method, rule):
    before = contents(tenant)
    body = b'{"name": "' + b"x" * APP.max_body_bytes + b'"}'

    reply = tenant.session.request(method, address(rule), data=body)

    assert reply.status_code == 413
    check_refused(tenant, reply, before)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["/token", "/batch"]))
def test_noise_at_the_open_doors_is_refused(noise, path):
    tenant = APP.create(seed=7)
    for kind in ("application/x-www-form-urlencoded", "multipart/mixed; boundary=x", ""):
        sent = noise.replace(b"x", b"\n--x\n")

        assert 400 <= _post(tenant, path, sent, kind) < 500


def _post(tenant, path, body, kind):
    return tenant.answer(make_environ("POST", HOST + path, {"Content-Type": kind}, body)).status
