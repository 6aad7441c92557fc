"""The token endpoint of the fake Microsoft 365."""

from urllib.parse import quote

import jwt
import pytest

GRAPH = "https://graph.microsoft.com/v1.0"
LOGIN = "https://login.microsoftonline.com"
SCOPE = "https://graph.microsoft.com/.default"
STAMP = "2026-01-01 00:00:00Z"


def refused(reply, status, error, code, message):
    body = reply.json()
    trace, correlation = body.pop("trace_id"), body.pop("correlation_id")
    assert reply.status_code == status
    assert body == {
        "error": error,
        "error_description": (
            f"AADSTS{code}: {message} Trace ID: {trace} Correlation ID: {correlation} "
            f"Timestamp: {STAMP}"
        ),
        "error_codes": [code],
        "timestamp": STAMP,
        "error_uri": f"https://login.microsoftonline.com/error?code={code}",
    }


def test_a_token_is_issued_for_client_credentials(client):
    reply = client.ask_token()

    body = reply.json()
    assert reply.status_code == 200
    assert body.pop("access_token").count(".") == 2
    assert body == {"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599}


def test_the_token_says_who_may_do_what_until_when(client):
    given = client.app.admin.credentials()
    token = client.ask_token().json()["access_token"]

    claims = jwt.decode(token, options={"verify_signature": False})

    now = client.app.clock.now()
    assert claims == {
        "aud": "https://graph.microsoft.com",
        "iss": f"https://sts.windows.net/{given['tenant']}/",
        "iat": now,
        "nbf": now,
        "exp": now + 3599,
        "appid": given["client_id"],
        "roles": ["Directory.ReadWrite.All", "Group.ReadWrite.All", "User.ReadWrite.All"],
        "tid": given["tenant"],
        "uti": "1",
        "ver": "1.0",
    }


def test_the_tenant_publishes_the_key_that_its_tokens_are_signed_with(client):
    tenant = client.app.admin.credentials()["tenant"]
    token = client.ask_token().json()["access_token"]
    reply = client.call("GET", f"{LOGIN}/{tenant}/discovery/v2.0/keys")
    key = jwt.PyJWKSet.from_dict(reply.json())[jwt.get_unverified_header(token)["kid"]]

    claims = jwt.decode(
        token, key, algorithms=["RS256"], options={"verify_exp": False, "verify_aud": False}
    )

    assert reply.status_code == 200
    assert claims["tid"] == tenant


def test_the_keys_of_a_foreign_tenant_are_not_told(client):
    assert client.call("GET", f"{LOGIN}/other.test/discovery/v2.0/keys").status_code == 400


@pytest.mark.parametrize("name", ["id", "example.test"])
def test_a_client_that_knows_only_the_authority_is_told_the_endpoints(client, name):
    tenant = client.app.admin.credentials()["tenant"]
    known = tenant if name == "id" else name
    reply = client.call("GET", f"{LOGIN}/{known}/v2.0/.well-known/openid-configuration")
    told = reply.json()

    assert reply.status_code == 200
    assert told["token_endpoint"] == f"{LOGIN}/{tenant}/oauth2/v2.0/token"
    assert told["jwks_uri"] == f"{LOGIN}/{tenant}/discovery/v2.0/keys"
    assert told["issuer"] == f"{LOGIN}/{tenant}/v2.0"


def test_the_endpoints_of_a_foreign_tenant_are_not_told(client):
    reply = client.call("GET", f"{LOGIN}/other.test/v2.0/.well-known/openid-configuration")

    assert (reply.status_code, reply.json()["error_codes"]) == (400, [90002])


def test_published_keys_stay_out_of_the_ledger(client):
    """They are others in every process, and a ledger is the same every time."""
    reply = client.call("GET", f"{LOGIN}/example.test/discovery/v2.0/keys")

    assert reply.json()["keys"][0]["n"] not in client.app.ledger.since(0)[-1].reply


@pytest.mark.parametrize("tenant", ["example.onmicrosoft.com", "EXAMPLE.test"])
def test_the_tenant_may_be_named_by_a_verified_domain(client, tenant):
    assert client.ask_token(tenant).status_code == 200


def test_the_application_may_ask_for_graph_by_its_own_id(client):
    scope = "00000003-0000-0000-c000-000000000000/.default"
    token = client.ask_token(scope=scope).json()["access_token"]

    reply = client.call("GET", "/groups", headers={"Authorization": f"Bearer {token}"})

    assert reply.status_code == 200


def test_a_token_is_good_until_its_last_second(client):
    client.app.clock.sleep(3598)

    assert client.get("/groups").status_code == 200


def test_a_wrong_secret(client):
    given = client.app.admin.credentials()

    message = (
        "Invalid client secret provided. Ensure the secret being sent in the request is the "
        "client secret value, not the client secret ID, for a secret added to app "
        f"'{given['client_id']}'."
    )
    refused(client.ask_token(client_secret="wrong"), 401, "invalid_client", 7000215, message)


def test_an_expired_secret(client):
    client.app.admin.expire_credentials()

    body = client.ask_token().json()

    assert (body["error"], body["error_codes"]) == ("invalid_client", [7000222])


def test_no_secret(client):
    message = (
        "The request body must contain the following parameter: 'client_assertion' or "
        "'client_secret'."
    )
    refused(client.ask_token(client_secret=None), 401, "invalid_client", 7000218, message)


def test_an_assertion_by_a_certificate_that_is_not_registered(client):
    reply = client.ask_token(
        client_secret=None,
        client_assertion_type="urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion="a.b.c",
    )

    assert (reply.status_code, reply.json()["error_codes"]) == (401, [700027])


def test_an_unknown_client(client):
    body = client.ask_token(client_id="11111111-1111-1111-1111-111111111111")

    assert body.status_code == 400
    assert body.json()["error"] == "unauthorized_client"
    assert body.json()["error_codes"] == [700016]


@pytest.mark.parametrize("tenant", ["nix.example", "common", "%00", "a%2Fb", "x" * 2000])
def test_an_unknown_tenant(client, tenant):
    reply = client.ask_token(tenant)

    assert (reply.status_code, reply.json()["error_codes"]) == (400, [90002])


@pytest.mark.parametrize("name", ["grant_type", "client_id", "scope"])
def test_a_missing_field(client, name):
    message = f"The request body must contain the following parameter: '{name}'."

    refused(client.ask_token(**{name: None}), 400, "invalid_request", 900144, message)


def test_another_grant(client):
    reply = client.ask_token(grant_type="password")

    assert reply.json()["error"] == "unsupported_grant_type"


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        ("https://graph.microsoft.com/User.Read", 1002012),
        ("a b", 70011),
        ("https://graph.microsoft.com/.default offline_access", 70011),
        ("\x00/.default", 70011),
    ],
)
def test_a_scope_that_is_no_default(client, scope, code):
    reply = client.ask_token(scope=scope)

    assert (reply.status_code, reply.json()["error"]) == (400, "invalid_scope")
    assert reply.json()["error_codes"] == [code]


def test_conditional_access_hits_the_service_account(make):
    reply = make(settings={"mfa_required": True}).ask_token()

    assert reply.status_code == 400
    assert (reply.json()["error"], reply.json()["error_codes"]) == ("interaction_required", [50076])


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_posts_are_answered(client, method):
    address = "https://login.microsoftonline.com/x/oauth2/v2.0/token"

    reply = client.call(method, address, headers={"Authorization": None})

    assert (reply.status_code, reply.json()["error_codes"]) == (405, [900561])


@pytest.mark.parametrize(
    ("content_type", "data"),
    [
        ("application/json", b'{"grant_type": "client_credentials"}'),
        ("multipart/form-data; boundary=x", b"--x\r\nrubbish"),
        ("application/x-www-form-urlencoded", b"%ff%fe=\xff&&=&=="),
        ("application/x-www-form-urlencoded", b"a=1&" * 5000),
        ("application/x-www-form-urlencoded", b"a=" + b"x" * 600_000),
        ("application/x-www-form-urlencoded", b"a=" + b"x" * 5_000_000),
    ],
)
def test_a_form_that_is_none_is_refused(client, content_type, data):
    reply = client.call(
        "POST",
        "https://login.microsoftonline.com/x/oauth2/v2.0/token",
        data=data,
        headers={"Content-Type": content_type},
    )

    assert reply.status_code in (400, 413)
    assert reply.json()["error"] == "invalid_request"


def test_expired_credentials_refuse_the_tokens_issued_on_them(client):
    client.app.admin.expire_credentials()

    reply = client.get("/groups")

    message = "Lifetime validation failed, the token is expired."
    assert (reply.status_code, reply.json()["error"]["message"]) == (401, message)


def test_replaced_credentials_let_in_again_and_the_old_secret_does_not(client):
    old = client.app.admin.credentials()["client_secret"]
    client.app.admin.expire_credentials()
    client.app.admin.replace_credentials()

    assert client.ask_token(client_secret=old).json()["error_codes"] == [7000215]
    client.authorize()

    assert client.get("/groups").status_code == 200


def test_secrets_and_tokens_never_enter_the_ledger(client):
    given = client.app.admin.credentials()
    token = client.session.headers["Authorization"].removeprefix("Bearer ")
    client.ask_token(client_secret="wrong-secret")
    client.ask_token(client_secret=None, client_assertion="aaa.bbb.ccc")
    body = {"passwordProfile": {"password": "Hidden-word-1"}}
    client.call("POST", "/users", body)

    dump = client.app.ledger.dump()

    for secret in (given["client_secret"], token, "wrong-secret", "aaa.bbb", "Hidden-word"):
        assert secret not in dump
    assert "client_credentials" in dump


def test_the_permissions_are_those_of_the_setting_when_the_token_was_issued(client):
    client.app.change_setting("app_roles", ("GroupMember.ReadWrite.All",))

    assert client.create_group().status_code == 201
    client.authorize()

    assert client.create_group().status_code == 403


@pytest.mark.parametrize(
    ("roles", "allowed"),
    [
        (["Group.ReadWrite.All"], {"create", "member"}),
        (["GroupMember.ReadWrite.All"], {"member"}),
        (["Group.Create"], {"create"}),
        (["User.ReadWrite.All"], {"user", "delete by member"}),
        (["Directory.ReadWrite.All"], {"create", "member", "user", "delete by member"}),
        (["Group.Read.All", "User.Read.All"], set()),
    ],
)
def test_permissions_gate_the_calls(client, roles, allowed):
    user, group = client.user(), client.group()
    client.app.change_setting("app_roles", tuple(roles))
    client.authorize()

    replies = {
        "create": client.create_group("Other"),
        "member": client.add(group, user),
        "user": client.call("PATCH", f"/users/{user}", {"displayName": "X"}),
        "delete by member": client.call("DELETE", f"/groups/{group}/members/{user}"),
    }

    denied = {name for name, reply in replies.items() if reply.status_code == 403}
    assert set(replies) - denied == allowed


@pytest.mark.parametrize("path", ["/groups", "/groups/delta", "/groups/{group}/members", "/users"])
def test_groups_and_users_are_read_with_permissions_of_their_own(client, path):
    """E5: a permission to users opens no group, and one to groups no user."""
    asked = path.format(group=client.group())
    statuses = {}
    for role in ("User.ReadWrite.All", "Group.ReadWrite.All"):
        client.app.change_setting("app_roles", (role,))
        client.authorize()
        statuses[role] = client.get(asked).status_code

    of_users = path == "/users"
    assert statuses == {
        "User.ReadWrite.All": 200 if of_users else 403,
        "Group.ReadWrite.All": 403 if of_users else 200,
    }


def test_a_permission_to_memberships_adds_members_by_an_update_and_changes_nothing_else(client):
    """https://learn.microsoft.com/en-us/graph/api/group-post-members: twenty by PATCH."""
    user, group = client.user(), client.group()
    client.app.change_setting("app_roles", ("GroupMember.ReadWrite.All",))
    client.authorize()

    renamed = client.call("PATCH", f"/groups/{group}", {"displayName": "X"})
    both = {"members@odata.bind": [f"{GRAPH}/users/{user}"], "displayName": "X"}
    mixed = client.call("PATCH", f"/groups/{group}", both)

    assert (renamed.status_code, mixed.status_code) == (403, 403)
    assert client.bind(group, [user]).status_code == 204


def test_the_client_may_name_itself_and_its_secret_by_http_basic(client):
    """The endpoint says so in `token_endpoint_auth_methods_supported`."""
    given = client.app.admin.credentials()
    form = {"grant_type": "client_credentials", "scope": SCOPE}
    address = f"{LOGIN}/{given['tenant']}/oauth2/v2.0/token"
    headers = {"Authorization": None}

    secrets = (quote(given["client_secret"]), "wrong")
    replies = [
        client.session.post(
            address, data=form, headers=headers, auth=(given["client_id"], each)
        ).status_code
        for each in secrets
    ]

    assert replies == [200, 401]


def tried(client, role, user, group):
    """What an application of one permission may do with objects whatever their type."""
    client.app.change_setting("app_roles", (role,))
    client.authorize()
    bin_of = "/directory/deletedItems/microsoft.graph"
    replies = {
        "list users": client.get(f"{bin_of}.user"),
        "list groups": client.get(f"{bin_of}.group"),
        "delete user": client.call("DELETE", f"/directoryObjects/{user}"),
        "delete group": client.call("DELETE", f"/directoryObjects/{group}"),
        "restore user": client.call("POST", f"/directory/deletedItems/{user}/restore"),
        "restore group": client.call("POST", f"/directory/deletedItems/{group}/restore"),
    }
    return {name for name, reply in replies.items() if reply.status_code < 300}


@pytest.mark.parametrize("kind", ["user", "group"])
def test_e5_a_permission_to_one_type_deletes_and_restores_nothing_of_another(client, kind):
    user, group = client.user(), client.group()
    if kind == "user":
        client.app.admin.delete_group(group)
    else:
        client.app.admin.delete_account(user)

    allowed = tried(client, f"{kind.title()}.ReadWrite.All", user, group)

    assert allowed == {f"list {kind}s", f"delete {kind}", f"restore {kind}"}
