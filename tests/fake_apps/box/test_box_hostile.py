"""Whatever comes in: a documented refusal, never a 500, and a refused call changes nothing."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_apps.box import APP
from fake_apps.box.access import CONTENT, GROUPS, PROPERTIES, USERS
from tests.fake_apps import hostile

HOST = "https://api.box.com"
OPEN_DOORS = {
    "app_scopes": (USERS, GROUPS, PROPERTIES, CONTENT),
    "foreign_logins": ("zoe@example.test",),
}


ROUTES = [each for each in hostile.routes(APP) if "/oauth2/" not in each[1]]
WRITES = hostile.writes(ROUTES)
READS = [rule for method, rule in ROUTES if method == "GET"]
PLACEHOLDERS = ("<group_id>", "<user_id>", "<membership_id>", "<alias_id>", "<invite_id>")
FIELDS = [
    "name",
    "login",
    "provenance",
    "external_sync_identifier",
    "description",
    "invitability_level",
    "member_viewability_level",
    "user",
    "group",
    "role",
    "configurable_permissions",
    "status",
    "space_amount",
    "tracking_codes",
    "is_platform_access_only",
    "external_app_user_id",
    "notification_email",
    "enterprise",
    "email",
    "actionable_by",
    "owned_by",
    "is_confirmed",
    "notify",
    "group_ids",
    "user_ids",
    "user_logins",
    "id",
    "nothing",
]
ODD_QUERIES = [
    "fields=%00",
    "fields=" + "x," * 3000,
    "fields=,,,",
    "limit=%00",
    "limit=" + "9" * 5000,
    "offset=%F0%9F%98%80",
    "offset=" + "9" * 5000,
    "marker=%00",
    "usemarker=true&marker=%ff",
    "usemarker=true&marker=eyJ0YWlsIjoiOTk5OTk5OTk5OTk5OTk5OTk5OTkifQ==",
    "filter_term=%00",
    "filter_term=" + "x" * 5000,
    "user_type=%00",
    "force=maybe",
    "notify=1",
    "usemarker=yes",
    "external_sync_identifier=%00",
    "&&==&=",
    "x" * 9000,
]


def address(rule, value):
    for placeholder in PLACEHOLDERS:
        rule = rule.replace(placeholder, value)
    return HOST + rule


@pytest.fixture
def tenant(make):
    client = make(settings=OPEN_DOORS)
    client.user_id = client.user("ana")
    client.group_id = client.group()
    client.membership_id = client.join(client.group_id, client.user_id)
    client.invite_id = client.invite("zoe@example.test").json()["id"]
    client.app.meter.scale = 0
    return client


def target(tenant, rule):
    if "<user_id>" in rule:
        return tenant.user_id
    if "<invite_id>" in rule:
        return tenant.invite_id
    return tenant.membership_id if "<membership_id>" in rule else tenant.group_id


def contents(client):
    """All that the tenant holds."""
    state = client.app.state
    rows = state.rows
    tables = (
        rows.users,
        rows.outsiders,
        rows.groups,
        rows.memberships,
        rows.aliases,
        rows.invites,
        rows.shares,
        rows.folders,
    )
    links = [dict(rows.members.rights(group.id)) for group in rows.groups]
    return [list(table) for table in tables], links


def check_refused(client, reply, before):
    """A refusal in the vendor's envelope that left everything as it was."""
    assert 400 <= reply.status_code < 500
    if reply.status_code == 401:
        assert reply.content == b""
        assert reply.headers["WWW-Authenticate"].startswith("Bearer realm=")
    else:
        error = reply.json()
        assert (error["type"], error["status"]) == ("error", reply.status_code)
        assert set(error) <= {
            "type",
            "status",
            "code",
            "context_info",
            "help_url",
            "message",
            "request_id",
        }
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
            method, address(rule, target(tenant, rule)), {}, headers={"Authorization": token}
        )

        assert reply.status_code == 401
        check_refused(tenant, reply, before)


@pytest.mark.parametrize(("method", "rule"), [each for each in ROUTES if "<" in each[1]])
def test_odd_ids_are_not_found(tenant, method, rule):
    for odd in hostile.IDS:
        before = contents(tenant)

        reply = tenant.call(method, address(rule, odd), {} if method != "GET" else None)

        check_answered(tenant, reply, before)


@pytest.mark.parametrize(("method", "rule"), WRITES)
def test_odd_bodies_are_refused(tenant, method, rule):
    before = contents(tenant)
    for body in hostile.BODIES:
        for content_type in ("application/json", "text/plain", "application/x-www-form-urlencoded"):
            reply = tenant.call(
                method,
                address(rule, target(tenant, rule)),
                data=body,
                headers={"Content-Type": content_type},
            )

            check_refused(tenant, reply, before)


@pytest.mark.parametrize(("method", "rule"), WRITES)
def test_values_of_any_type_are_taken_or_refused(tenant, method, rule):
    ends = {"user": {"id": tenant.user_id}, "group": {"id": tenant.group_id}}
    good = {"name": "X", "login": "x@example.test", "email": "x@alias.test", **ends}
    for field in FIELDS:
        for value in hostile.VALUES:
            before = contents(tenant)
            data = json.dumps(good | {field: value}).encode()

            reply = tenant.call(method, address(rule, target(tenant, rule)), data=data)

            check_answered(tenant, reply, before)

    for path in ("/groups", "/users", f"/groups/{tenant.group_id}/memberships"):
        assert tenant.get(path).status_code == 200


@pytest.mark.parametrize(("method", "rule"), WRITES)
def test_a_body_over_the_limit_is_refused(tenant, method, rule):
    before = contents(tenant)

    reply = tenant.call(method, address(rule, target(tenant, rule)), data=b"x" * (2**20 + 1))

    assert (reply.status_code, reply.json()["code"]) == (413, "request_entity_too_large")
    check_refused(tenant, reply, before)


@pytest.mark.parametrize("rule", sorted({rule for _, rule in ROUTES}))
def test_every_other_method_is_refused(tenant, rule):
    before = contents(tenant)

    for other in hostile.other_methods(ROUTES, rule):
        reply = tenant.call(other, address(rule, target(tenant, rule)))

        # /users/me and /groups/terminate_sessions are ids to the other methods
        assert reply.status_code in (400, 404, 405)
        check_refused(tenant, reply, before)


@pytest.mark.parametrize("rule", READS)
def test_odd_queries_are_refused_or_ignored(tenant, rule):
    before = contents(tenant)
    for query in ODD_QUERIES:
        path = f"{address(rule, target(tenant, rule))}?{query}"

        check_answered(tenant, tenant.call("GET", path), before)


@pytest.mark.parametrize(
    "path", ["/", "//", "/2.0", "/2.0/", "/2.0//groups", "/2.0/groups/", "/2.0/%00", "/3.0/groups"]
)
def test_odd_paths_are_refused_or_answered(tenant, path):
    check_answered(tenant, tenant.call("GET", HOST + path), contents(tenant))


@pytest.mark.parametrize("header", ["x", "-1", "\xff", "9" * 500, ""])
def test_an_odd_as_user_is_refused(tenant, header):
    tenant.app.change_setting("as_user", value=True)

    reply = tenant.call("GET", "/groups", headers={"As-User": header.encode("latin-1")})

    check_refused(tenant, reply, contents(tenant))


@pytest.mark.parametrize("path", ["/oauth2/token", "/oauth2/revoke", "/oauth2/nothing"])
def test_the_token_endpoint_refuses_whatever_it_is_sent(tenant, path):
    for data in (*hostile.BODIES, b"grant_type=client_credentials", b"&&==", b"a=%ff"):
        for content_type in (
            "application/x-www-form-urlencoded",
            "application/json",
            "multipart/x",
        ):
            reply = tenant.session.post(
                HOST + path, data=data, headers={"Content-Type": content_type}
            )

            assert 400 <= reply.status_code < 500


@given(body=hostile.any_body(FIELDS), write=st.sampled_from(WRITES))
@settings(max_examples=150, deadline=None, derandomize=True, database=None)
def test_no_json_makes_a_call_fail_otherwise_than_by_refusing(body, write):
    app = APP.create(seed=7, limits=0, settings=OPEN_DOORS)
    given_ = app.admin.credentials()
    form = {
        **given_,
        "grant_type": "client_credentials",
        "box_subject_type": "enterprise",
        "box_subject_id": given_["enterprise_id"],
    }
    token = app.state.tokens.issue(form)["access_token"]
    user = app.admin.add_account("ana@example.test", {})
    group = app.admin.add_group("Sales", member_ids=[user])
    membership = next(iter(app.state.rows.memberships)).id
    rule = write[1].replace("<user_id>", user).replace("<membership_id>", membership)

    answer = app.inner(
        write[0],
        address(rule, group),
        {"Authorization": f"Bearer {token}"},
        json.dumps(body).encode(),
    )

    assert answer.status < 500, answer.body


@pytest.mark.parametrize(
    ("value", "told"), [(None, "null"), (["a", None], '["a", null]'), (5, "5")]
)
def test_a_value_that_is_no_text_is_told_as_json(client, value, told):
    reply = client.call("POST", "/users", {"name": "Ana", "login": "a@b.test", "address": value})

    assert reply.json()["context_info"]["errors"][0]["message"] == f"Invalid value '{told}'."
