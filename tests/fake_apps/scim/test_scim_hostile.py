"""Whatever comes in: a documented refusal, never a 500, and a refused call changes nothing."""

import json
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_apps.core import scim
from fake_apps.scim import APP
from tests.fake_apps import hostile
from tests.fake_apps.scim.conftest import BASE, Client

HOST = BASE.removesuffix("/v2")


ROUTES = hostile.routes(APP)
WRITES = hostile.writes(ROUTES)
LISTS = [
    rule
    for method, rule in ROUTES
    if rule in ("/v2/Users", "/v2/Groups", "/v2/") and method == "GET"
]
FIELDS = [
    "schemas",
    "id",
    "meta",
    "externalId",
    "userName",
    "name",
    "displayName",
    "active",
    "emails",
    "x509Certificates",
    "groups",
    "members",
    "password",
    "Operations",
    "failOnErrors",
    "attributes",
    "filter",
    "sortBy",
    "sortOrder",
    "startIndex",
    "count",
    scim.ENTERPRISE,
]
PATHS = [
    "members",
    "members[",
    "members[value eq]",
    "members[value eq U1]",
    'members[value eq "x"].display',
    "members.value",
    "displayName",
    "displayName.x",
    'displayName[value eq "x"]',
    "emails[primary eq false]",
    "emails[type pr]",
    'emails[type eq "work"].value',
    "emails.value",
    "name",
    "name.givenName",
    "name.nothing",
    "groups",
    "id",
    "schemas",
    "meta.created",
    "password",
    scim.ENTERPRISE,
    f"{scim.ENTERPRISE}:manager.displayName",
    f"{scim.ENTERPRISE}:manager.value",
    f"{scim.USER}:userName",
    "urn:x:y:z",
    "active",
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
    "filter=" + "not%20(" * 800,
    "filter=userName%20eq",
    "filter=nothing%20eq%20%22x%22",
    "filter=userName%20gt%20true",
    "filter=userName%20eq%205",
    "filter=meta%20eq%20%22x%22",
    "filter=members%20eq%20null",
    "filter=emails[type%20eq%20%22a%22].value%20pr",
    "filter=urn:x:y%20eq%20%22x%22",
    "filter=" + "x" * 5_000,
    "startIndex=%00",
    "startIndex=-5",
    "startIndex=1e3",
    "startIndex=99999999999999999999",
    "count=-1",
    "count=x",
    "count=0",
    "sortOrder=sideways",
    "sortBy=nothing",
    "sortBy=%00",
    "sortBy=members",
    "sortBy=emails",
    "attributes=,,,",
    "attributes=x.y.z,:,.",
    "excludedAttributes=id,schemas,meta.created",
    "&&==&=",
    "x" * 9_000,
]


@pytest.fixture
def service(client):
    client.user_id = client.user("ana@example.test")
    client.group_id = client.group("Sales", [client.user_id])
    return client


def target(client, rule, odd=None):
    known = client.user_id if "/Users" in rule else client.group_id
    for name in ("<row_id>", "<name>", "<urn>"):
        rule = rule.replace(name, odd or known)
    return HOST + rule


def contents(client):
    """All that the service holds."""
    state = client.app.state
    members = {row.id: list(state.links.rights(row.id)) for row in state.groups}
    return [list(table) for table in (state.users, state.groups, state.tokens)], members


def check_refused(client, reply, before):
    """A refusal in the standard's shape that left everything as it was."""
    body = reply.json()
    assert 400 <= reply.status_code < 500 or reply.status_code == 501
    assert set(body) - {"scimType"} == {"schemas", "detail", "status"}
    assert body["schemas"] == [scim.ERROR]
    assert body["detail"]
    assert body["status"] == str(reply.status_code)
    assert reply.headers["Content-Type"] == "application/scim+json"
    assert contents(client) == before


def check_answered(client, reply, before):
    """Done, or refused like that."""
    if reply.status_code >= 400:
        check_refused(client, reply, before)


@pytest.mark.parametrize(("method", "rule"), ROUTES)
def test_without_a_good_token_nothing_is_answered(service, method, rule):
    before = contents(service)
    for token in hostile.TOKENS:
        reply = service.call(method, target(service, rule), {}, headers={"Authorization": token})

        assert reply.status_code == 401
        assert reply.headers["WWW-Authenticate"] == 'Bearer realm="SCIM"'
        check_refused(service, reply, before)


@pytest.mark.parametrize(("method", "rule"), ROUTES)
def test_an_expired_token_opens_nothing(service, method, rule):
    service.app.admin.expire_credentials()
    before = contents(service)

    reply = service.call(method, target(service, rule), {})

    assert reply.status_code == 401
    check_refused(service, reply, before)


@pytest.mark.parametrize(("method", "rule"), ROUTES)
def test_odd_ids_are_refused_or_not_found(service, method, rule):
    for odd in hostile.IDS:
        before = contents(service)

        reply = service.call(method, target(service, rule, odd), None if method == "GET" else {})

        check_answered(service, reply, before)


@pytest.mark.parametrize(("method", "rule"), WRITES)
def test_odd_bodies_are_refused(service, method, rule):
    for content_type in ("application/scim+json", "text/plain", "multipart/form-data", None):
        for body in (*hostile.BODIES, *hostile.OBJECTS):
            before = contents(service)

            reply = service.session.request(
                method, target(service, rule), data=body, headers={"Content-Type": content_type}
            )

            check_refused(service, reply, before)


def sent(field, value, rules):
    """A method, an address and what is sent there, with one value amiss."""
    for methods, part, body in bodies(field, value):
        yield from ((*each, body) for each in rules if each[0] in methods and part in each[1])


def bodies(field, value):
    """A user, a group, an operation, a search and a bulk request: what takes them, and them."""
    yield "POST PUT", "/Users", {"schemas": [scim.USER], "userName": "x", field: value}
    yield "POST PUT", "/Groups", {"schemas": [scim.GROUP], "displayName": "x", field: value}
    for operation in (
        {"op": "add", "path": field, "value": value},
        {"op": "replace", "value": {field: value}},
    ):
        yield "PATCH", "/", {"schemas": [scim.PATCH_OP], "Operations": [operation]}
    yield "POST", "/.search", {"schemas": [f"{scim.PATCH_OP[:-7]}SearchRequest"], field: value}
    data = {"schemas": [scim.GROUP], "displayName": "x", field: value}
    operation = {"method": "POST", "path": "/Groups", "bulkId": "a", "data": data, field: value}
    bulk = {"schemas": [f"{scim.PATCH_OP[:-7]}BulkRequest"], "Operations": [operation]}
    yield "POST", "/Bulk", bulk
    yield "POST", "/Bulk", {**bulk, field: value}


@pytest.mark.parametrize("field", FIELDS)
def test_a_value_of_any_type_is_taken_or_refused(service, field):
    for value in hostile.VALUES:
        for method, rule, body in sent(field, value, WRITES):
            before = contents(service)

            reply = service.call(method, target(service, rule), body)

            check_answered(service, reply, before)


@pytest.mark.parametrize("kind", ["Users", "Groups"])
@pytest.mark.parametrize("op", ["add", "replace", "remove", "Remove", "move", "", None, 5])
def test_an_operation_on_any_path_is_done_or_refused(service, kind, op):
    address = f"/{kind}/{service.user_id if kind == 'Users' else service.group_id}"
    for path in PATHS:
        for value in (..., None, "x", 5, True, ["x"], [{"value": "x"}], {"value": "x"}, {}):
            before = contents(service)
            told = {"op": op, "path": path, "value": value}

            operation = {name: each for name, each in told.items() if each is not ...}
            reply = service.patch(address, operation)

            check_answered(service, reply, before)


@pytest.mark.parametrize("rule", LISTS)
def test_odd_queries_are_answered_or_refused(service, rule):
    for query in ODD_QUERIES:
        before = contents(service)

        reply = service.get(f"{HOST}{rule}?{query}")

        check_answered(service, reply, before)


@pytest.mark.parametrize("path", ["/", "/v2/Nothing", "/v2/Users/x/y", "/v2//Users"])
def test_an_unknown_path_is_not_found(service, path):
    before = contents(service)

    reply = service.get(HOST + path)

    assert reply.status_code == 404
    check_refused(service, reply, before)


@pytest.mark.parametrize(("method", "rule"), ROUTES)
def test_a_wrong_method_is_not_allowed(service, method, rule):
    for wrong in hostile.other_methods(ROUTES, rule):
        before = contents(service)

        reply = service.call(wrong, target(service, rule), {})

        assert reply.status_code in (404, 405), method
        check_refused(service, reply, before)


def test_a_body_over_the_limit_is_too_large(service):
    before = contents(service)

    reply = service.session.post(f"{BASE}/Users", data=b" " * (16 * 1024 * 1024 + 1))

    assert reply.status_code == 413
    check_refused(service, reply, before)


PLANNED_500 = {"Q6", "Q13", "Q19"}


@pytest.mark.parametrize("quirk", [quirk.id for quirk in APP.quirks])
def test_no_quirk_makes_it_break(make, quirk):
    client = make(quirks={quirk: True})
    client.user_id = client.user()
    client.group_id = client.group("Sales", [client.user_id])
    rules = [each for each in WRITES if "Group" in each[1] and "search" not in each[1]]
    for field, value in product(
        ("members", "displayName", "Operations"), (None, " ", [{"value": 5}])
    ):
        for method, rule, body in sent(field, value, rules):
            before = contents(client)

            reply = client.call(method, target(client, rule), body)

            planned = quirk in PLANNED_500 and reply.status_code == 500
            assert planned or reply.status_code in (200, 201, 204, *range(400, 500), 501)
            assert reply.status_code < 400 or contents(client) == before


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
OPERATION = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "replace", "remove"])},
    optional={"path": st.sampled_from([p for p in PATHS if isinstance(p, str)]), "value": JSON},
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["Users", "Groups"]), st.lists(OPERATION, min_size=1, max_size=3))
def test_no_operations_break_it(kind, operations):
    client = Client(APP.create(seed=7, limits=0))
    client.user_id = client.user()
    client.group_id = client.group("Sales", [client.user_id])
    before = contents(client)

    one = client.user_id if kind == "Users" else client.group_id
    reply = client.patch(f"/{kind}/{one}", *operations)

    check_answered(client, reply, before)
    for path in ("/Users", "/Groups", f"/{kind}/{one}"):
        assert json.loads(client.get(path).text)
