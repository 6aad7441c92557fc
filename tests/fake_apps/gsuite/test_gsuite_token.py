"""The token endpoint of the fake Google Workspace: assertions signed by a service account."""

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.fake_apps.gsuite.conftest import JWT_BEARER, SCOPE, SCOPES, TOKEN, refusal

NOT_DELEGATED = (
    "Client is unauthorized to retrieve access tokens using this method, or client not "
    "authorized for any of the scopes requested."
)
TIMES = (
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
    "Check your iat and exp values in the JWT claim."
)


def refused(reply, status, error, description):
    assert reply.status_code == status
    assert reply.json() == {"error": error, "error_description": description}


def test_a_signed_assertion_is_exchanged_for_a_token(client):
    reply = client.ask_token()

    body = reply.json()
    assert reply.status_code == 200
    assert body.pop("access_token").startswith("ya29.")
    assert body == {"expires_in": 3599, "token_type": "Bearer"}


def test_the_credentials_are_a_key_file_a_subject_and_a_domain(client):
    given = client.app.admin.credentials()

    assert set(given) == {"service_account", "subject", "domain"}
    assert given["service_account"]["type"] == "service_account"
    assert given["service_account"]["private_key"].startswith("-----BEGIN PRIVATE KEY-----")
    assert given["service_account"]["token_uri"] == TOKEN
    assert given["subject"].endswith("@" + given["domain"])


def test_a_token_is_good_until_its_last_second(client):
    client.app.clock.sleep(3598)
    assert client.get("/groups?customer=my_customer").status_code == 200

    client.app.clock.sleep(1)
    assert client.get("/groups?customer=my_customer").status_code == 401


def test_another_key_s_signature_is_refused(client):
    foreign = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )

    reply = client.ask_token(key=foreign.decode())

    refused(reply, 400, "invalid_grant", "Invalid JWT Signature.")


def test_a_changed_claim_breaks_the_signature(client):
    head, _, seal = client.assertion().split(".")
    _, claims, _ = client.assertion(sub="ana@example.test").split(".")

    reply = client.post_token(grant_type=JWT_BEARER, assertion=f"{head}.{claims}.{seal}")

    refused(reply, 400, "invalid_grant", "Invalid JWT Signature.")


def test_an_unsigned_or_symmetric_assertion_is_refused(client):
    claims = jwt.decode(client.assertion(), options={"verify_signature": False})
    for algorithm, key in (("none", ""), ("HS256", "x" * 32)):
        forged = jwt.encode(claims, key, algorithm)

        reply = client.post_token(grant_type=JWT_BEARER, assertion=forged)

        refused(reply, 400, "invalid_grant", "Invalid JWT Signature.")


def test_an_unknown_key_id_is_refused(client):
    refused(client.ask_token(kid="0" * 40), 400, "invalid_grant", "Invalid JWT Signature.")


def test_a_deleted_key_opens_nothing_and_takes_its_tokens_along(client):
    client.app.admin.expire_credentials()

    refused(client.ask_token(), 400, "invalid_grant", "Invalid JWT Signature.")
    assert refusal(client.get("/groups?customer=my_customer"))[:2] == (401, "authError")


def test_a_new_key_opens_again(client):
    client.app.admin.expire_credentials()
    client.app.admin.replace_credentials()

    client.authorize()

    assert client.get("/groups?customer=my_customer").status_code == 200


@pytest.mark.parametrize(
    ("claims", "error", "description"),
    [
        ({"iss": "nobody@example.test"}, "invalid_grant", "Invalid grant: account not found"),
        (
            {"aud": "https://example.test/token"},
            "invalid_grant",
            "Invalid JWT: Failed audience check.",
        ),
        ({"aud": None}, "invalid_grant", "Invalid JWT: Failed audience check."),
        ({"sub": "nobody@example.test"}, "invalid_grant", "Invalid email or User ID"),
        ({"scope": ""}, "invalid_scope", "Invalid OAuth scope or ID token audience provided."),
        (
            {"scope": "openid"},
            "invalid_scope",
            "Invalid OAuth scope or ID token audience provided.",
        ),
        ({"iat": 0, "exp": 3600}, "invalid_grant", TIMES),
        ({"iat": None}, "invalid_grant", TIMES),
        ({"exp": None}, "invalid_grant", TIMES),
        ({"exp": True}, "invalid_grant", TIMES),
        ({"exp": 10**12}, "invalid_grant", TIMES),
    ],
)
def test_a_wrong_claim_is_refused_with_its_own_words(client, claims, error, description):
    refused(client.ask_token(**claims), 400, error, description)


@pytest.mark.parametrize(("ahead", "status"), [(300, 200), (301, 400), (-3599, 200), (-3600, 400)])
def test_the_clock_of_a_client_may_be_five_minutes_fast_and_its_token_an_hour_old(
    client, ahead, status
):
    then = int(client.app.clock.now()) + ahead

    assert client.ask_token(iat=then, exp=then + 3600).status_code == status


@pytest.mark.parametrize("audience", ["https://www.googleapis.com/oauth2/v4/token"])
def test_older_addresses_are_good_audiences_too(client, audience):
    assert client.ask_token(aud=audience).status_code == 200


def test_a_scope_that_is_not_delegated_is_refused(client):
    scope = "https://www.googleapis.com/auth/drive"

    refused(client.ask_token(scope=scope), 401, "unauthorized_client", NOT_DELEGATED)


def test_delegation_is_a_setting_of_the_customer(client):
    client.app.change_setting("delegated_scopes", [f"{SCOPE}user"])

    refused(client.ask_token(scope=SCOPES), 401, "unauthorized_client", NOT_DELEGATED)
    assert client.ask_token(scope=f"{SCOPE}user").status_code == 200


@pytest.mark.parametrize(
    ("form", "error", "description"),
    [
        ({}, "invalid_request", "Required parameter is missing: grant_type"),
        ({"grant_type": "password"}, "unsupported_grant_type", "Invalid grant_type: password"),
        ({"grant_type": JWT_BEARER}, "invalid_request", "Required parameter is missing: assertion"),
        ({"grant_type": JWT_BEARER, "assertion": "x"}, "invalid_grant", "Bad Request"),
        ({"grant_type": JWT_BEARER, "assertion": "a.b.c"}, "invalid_grant", "Bad Request"),
        ({"grant_type": JWT_BEARER, "assertion": "\x00"}, "invalid_grant", "Bad Request"),
    ],
)
def test_a_form_that_is_no_request_is_refused(client, form, error, description):
    refused(client.post_token(**form), 400, error, description)


def test_a_suspended_administrator_cannot_be_acted_for(client):
    admin_id = client.app.state.admin_id
    client.app.admin.set_account_active(admin_id, active=False)

    refused(client.ask_token(), 400, "invalid_grant", "Invalid email or User ID")
    assert refusal(client.get("/groups?customer=my_customer"))[:2] == (401, "authError")


def test_a_user_who_is_no_administrator_may_nothing(client):
    client.user("ana")
    client.authorize(sub="ana@example.test")

    reply = client.get("/groups?customer=my_customer")

    assert refusal(reply) == (403, "forbidden", "Not Authorized to access this resource/api")


def test_a_service_account_that_acts_for_nobody_may_nothing(client):
    client.authorize(sub=None)

    assert refusal(client.get("/users?customer=my_customer"))[:2] == (403, "forbidden")


def test_no_token(client):
    reply = client.call("GET", "/groups", headers={"Authorization": None})

    error = reply.json()["error"]
    assert (reply.status_code, error["status"]) == (401, "UNAUTHENTICATED")
    assert error["errors"] == [
        {
            "message": "Login Required.",
            "domain": "global",
            "reason": "required",
            "location": "Authorization",
            "locationType": "header",
        }
    ]


@pytest.mark.parametrize(
    ("scope", "method", "path", "allowed"),
    [
        ("group.readonly", "GET", "/groups?customer=my_customer", True),
        ("group.readonly", "POST", "/groups", False),
        ("group.readonly", "GET", "/groups/sales@example.test/members", True),
        ("group.member", "GET", "/groups/sales@example.test", False),
        ("group.member", "DELETE", "/groups/sales@example.test/members/ana@example.test", True),
        ("group.member.readonly", "GET", "/groups/sales@example.test/members", True),
        ("group.member.readonly", "POST", "/groups/sales@example.test/members", False),
        ("user.readonly", "GET", "/users/ana@example.test", True),
        ("user.readonly", "PUT", "/users/ana@example.test", False),
        ("user.alias", "GET", "/users/ana@example.test/aliases", True),
        ("user", "GET", "/groups/sales@example.test", False),
        ("group", "GET", "/users/ana@example.test", False),
    ],
)
def test_a_call_needs_one_of_its_scopes(client, scope, method, path, allowed):
    group = client.group()
    client.add(group, client.user("ana"))
    client.authorize(f"{SCOPE}{scope}")

    reply = client.call(method, path)

    if allowed:
        assert reply.status_code < 300
    else:
        assert refusal(reply)[:2] == (403, "insufficientPermissions")
        assert 'error="insufficient_scope"' in reply.headers["WWW-Authenticate"]


def test_neither_key_nor_assertion_nor_token_is_in_the_ledger(client):
    client.get("/groups?customer=my_customer")
    told = client.app.ledger.dump()
    token = client.session.headers["Authorization"].removeprefix("Bearer ")

    assert "assertion=***" in told
    assert token not in told
    assert "PRIVATE KEY" not in told
