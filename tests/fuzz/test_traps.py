"""Filters and tokens that a parser could lose itself in: refused in the vendor's words, and soon.

How soon is told by counting the steps of the interpreter, not by a clock: the same every time.
"""

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.benchmarks.work import work_of
from tests.fuzz.draft import Draft
from tests.fuzz.fuzzer import no_hang
from tests.fuzz.tenant import Tenant

MEGABYTE = 1_000_000
STEPS = 1_000_000  # calls that any refusal may take: PyJWT looks at each letter of a token
SECONDS = 3  # of the processor, for what is no call: a quadratic loop takes more for a megabyte

ODATA = {
    "deep": "(" * 10_000 + "displayName eq 'a'" + ")" * 10_000,
    "nots": "not " * 10_000 + "accountEnabled",
    "huge": "displayName eq '" + "x" * MEGABYTE + "'",
    "many": " or ".join(["displayName eq 'a'"] * 5_000),
    "bait": "startswith" * 100 + "(" * 33 + "'" * 1_001,
    "quotes": "'" * 4_001,
    "lambdas": "groupTypes/any(x:" * 200 + "x eq 'a'" + ")" * 200,
}
SEARCH = {
    "deep": "(" * 10_000 + '"displayName:a"' + ")" * 10_000,
    "huge": '"displayName:' + "x" * MEGABYTE + '"',
    "bait": '"displayName:' + "\\" * 4_001,
    "open": '"displayName:' + "a" * 4_000,
    "many": '"nope:a" AND ' * 5_000,
}
SCIM = {
    "deep": "(" * 10_000 + "userName pr" + ")" * 10_000,
    "nots": "not (" * 800 + "userName pr" + ")" * 800,
    "huge": 'userName eq "' + "x" * MEGABYTE + '"',
    "many": " or ".join(['userName eq "a"'] * 5_000),
    "bait": 'userName eq "' + "\\" * 4_001,
    "dots": "a." * 2_000 + "b pr",
    "paths": "emails[" * 1_000 + "value pr" + "]" * 1_000,
    "spaces": "userName" + " " * 4_000 + "x",
}
GOOGLE = {
    "deep": "(" * 10_000 + "email:a" + ")" * 10_000,
    "huge": "email:" + "x" * MEGABYTE,
    "many": "email:a " * 5_000,
    "bait": "name:'" + "\\" * 8_001,
    "quotes": "name:" + "'" * 8_001,
}
FIELDS = {
    "deep": "users(" * 10_000 + "id" + ")" * 10_000,
    "slashes": "users/" * 10_000 + "id",
    "open": "(" * 10_000,
}
LDAP = {
    "deep": "(&" * 10_000 + "(cn=a)" + ")" * 10_000,
    "nots": "(!" * 10_000 + "(cn=a)" + ")" * 10_000,
    "open": "(" * MEGABYTE,
    "unclosed": "(|" + "(cn=a)" * 5_000,
    "bait": "(cn=" + "*" * 5_000 + "\\" + ")",
    "name": "(" + "a" * MEGABYTE + ")",
}


@pytest.fixture(scope="module")
def tenants() -> Callable[[str], Tenant]:
    """Tenants by name, made when they are first asked for."""
    made: dict[str, Tenant] = {}
    return lambda name: made.setdefault(name, made.get(name) or Tenant(name))


def ask(tenant: Tenant, method: str, path: str, body: Any = None, **headers: str) -> Any:
    """Status and steps of one request."""
    draft = Draft(tenant.app.spec.hosts[0], method, [path])
    draft.headers = {"Authorization": tenant.authorization, **headers}
    if isinstance(body, dict):
        draft.json, draft.headers["Content-Type"] = body, "application/json"
    elif body:
        draft.raw = body.encode()
        draft.headers["Content-Type"] = "application/x-www-form-urlencoded"
    answers = []
    made = draft.make()
    with no_hang(SECONDS):
        steps = work_of(lambda: answers.append(tenant.app.answer(made)))
    return answers[0].status, steps, json.loads(answers[0].body)


def check_refused(found: Any, status: int = 400) -> None:
    told, steps, _ = found
    assert told == status
    assert steps < STEPS


def each(traps: dict[str, str]) -> Any:
    return pytest.mark.parametrize("trap", traps.values(), ids=traps)


# --- filters -----------------------------------------------------------------------------------


@each(ODATA)
def test_a_filter_of_graph_is_refused_soon(tenants, trap):
    query = urlencode({"$filter": trap, "$count": "true"})

    check_refused(ask(tenants("o365"), "GET", f"/v1.0/users?{query}", ConsistencyLevel="eventual"))


@each(SEARCH)
def test_a_search_of_graph_is_refused_soon(tenants, trap):
    query = urlencode({"$search": trap})

    check_refused(ask(tenants("o365"), "GET", f"/v1.0/users?{query}", ConsistencyLevel="eventual"))


@pytest.mark.parametrize("option", ["$expand", "$select", "$orderby", "$skiptoken", "$top"])
@pytest.mark.parametrize("trap", ["x" * MEGABYTE, "(" * 90_000, "members(" * 50_000, "a,(" * 9_000])
def test_an_option_of_graph_that_is_none_is_refused_soon(tenants, option, trap):
    check_refused(ask(tenants("o365"), "GET", f"/v1.0/groups?{urlencode({option: trap})}"))


@each(SCIM)
def test_a_scim_filter_is_refused_soon(tenants, trap):
    check_refused(ask(tenants("scim"), "GET", f"/v2/Users?{urlencode({'filter': trap})}"))


@each(SCIM)
def test_a_filter_of_slack_is_refused_soon(tenants, trap):
    check_refused(ask(tenants("slack"), "GET", f"/scim/v1/Users?{urlencode({'filter': trap})}"))


@each(SCIM)
@pytest.mark.parametrize(("app", "root"), [("scim", "/v2"), ("slack", "/scim/v2")])
def test_a_filter_within_the_path_of_a_patch_is_refused_soon(tenants, app, root, trap):
    tenant = tenants(app)
    operation = {"op": "remove", "path": f"members[{trap}]"}
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [operation],
    }

    check_refused(ask(tenant, "PATCH", f"{root}/Groups/{tenant.names['group']}", body))


@each(GOOGLE)
def test_a_query_of_google_is_refused_soon(tenants, trap):
    query = urlencode({"customer": "my_customer", "query": trap})

    check_refused(ask(tenants("gsuite"), "GET", f"/admin/directory/v1/users?{query}"))


@each(FIELDS)
def test_a_selection_of_google_is_refused_soon(tenants, trap):
    query = urlencode({"customer": "my_customer", "fields": trap})

    check_refused(ask(tenants("gsuite"), "GET", f"/admin/directory/v1/users?{query}"))


@each(LDAP)
def test_a_filter_of_the_directory_is_refused_soon(tenants, trap):
    tenant = tenants("active_directory")
    search = {"op": "search", "base": tenant.names["base_dn"], "filter": trap}

    status, steps, told = ask(
        tenant, "POST", "/agent/v1/actions", {"id": "a", "operations": [search]}
    )

    assert (status, [each["resultCode"] for each in told["results"]]) == (200, [87])
    assert steps < STEPS


def test_a_filter_that_is_deep_but_short_is_answered_soon(tenants):
    deep = "(" * 2_000 + "userName pr" + ")" * 2_000

    status, steps, _ = ask(tenants("scim"), "GET", f"/v2/Users?{urlencode({'filter': deep})}")

    assert status == 200
    assert steps < STEPS


def test_a_filter_of_the_directory_may_have_many_clauses(tenants):
    tenant = tenants("active_directory")
    many = "(|" + "(cn=a)" * 2_000 + "(cn=Sales))"
    search = {"op": "search", "base": tenant.names["base_dn"], "filter": many, "attributes": ["cn"]}

    status, steps, told = ask(
        tenant, "POST", "/agent/v1/actions", {"id": "a", "operations": [search]}
    )

    assert (status, len(told["results"][0]["entries"])) == (200, 1)
    assert steps < STEPS


@pytest.mark.parametrize("trap", ["(" * 10_000, "x" * MEGABYTE, '"' * 5_000, "a " * 50_000])
def test_a_long_search_of_box_finds_nobody_soon(tenants, trap):
    status, steps, told = ask(
        tenants("box"), "GET", f"/2.0/users?{urlencode({'filter_term': trap})}"
    )

    assert (status, told["entries"]) == (200, [])
    assert steps < STEPS


# --- tokens ------------------------------------------------------------------------------------


def packed(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def token(head: str, claims: str, signature: str = "AAAA") -> str:
    return f"{packed(head)}.{packed(claims)}.{signature}"


HEAD = '{"alg":"RS256","typ":"JWT"}'
TOKENS = {
    "unsigned": token('{"alg":"none"}', '{"iss":"x"}', ""),
    "symmetric": token('{"alg":"HS256"}', '{"iss":"x"}'),
    "no json": token(HEAD, "{"),
    "deep": token(HEAD, "[" * 50_000),
    "deep head": token('{"a":' * 20_000, "{}"),
    "huge": token(HEAD, '{"iss":"' + "x" * 500_000 + '"}'),
    "dots": "." * 50_000,
    "no base64": "\u00e9.\u00e9.\u00e9",
    "own key": token('{"alg":"RS256","jwk":{"kty":"RSA"}}', "{}"),
    "critical": token('{"alg":"RS256","crit":["x"]}', "{}"),
}
ASSERTIONS = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@each(TOKENS)
@pytest.mark.parametrize(("app", "path"), [("gsuite", "/token"), ("box", "/oauth2/token")])
def test_a_signed_assertion_that_is_none_is_refused_soon(tenants, app, path, trap):
    tenant = tenants(app)
    tenant.app.change_setting("app_auth", "any") if app == "box" else None
    known = {name: tenant.names.get(name, "") for name in ("client_id", "client_secret")}
    form = urlencode({"grant_type": ASSERTIONS, "assertion": trap, **known})

    check_refused(ask(tenant, "POST", path, form))


@each(TOKENS)
def test_a_signed_client_that_is_none_is_refused_soon(tenants, trap):
    tenant = tenants("o365")
    form = {
        "grant_type": "client_credentials",
        "client_id": tenant.names["client_id"],
        "scope": "https://graph.microsoft.com/.default",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": trap,
    }

    status, steps, _ = ask(
        tenant, "POST", f"/{tenant.names['tenant']}/oauth2/v2.0/token", urlencode(form)
    )

    assert status in (400, 401)
    assert steps < STEPS


@each(TOKENS)
@pytest.mark.parametrize(
    ("app", "path"),
    [
        ("o365", "/v1.0/users"),
        ("gsuite", "/admin/directory/v1/users?customer=my_customer"),
        ("scim", "/v2/Users"),
        ("slack", "/scim/v1/Users"),
        ("active_directory", "/agent/v1/status"),
    ],
)
def test_a_bearer_token_that_is_none_is_refused_soon(tenants, app, path, trap):
    check_refused(ask(tenants(app), "GET", path, Authorization=f"Bearer {trap}"), 401)
