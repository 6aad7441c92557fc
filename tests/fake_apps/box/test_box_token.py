"""The token endpoint of the fake Box, and the check of its tokens."""

import base64

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.fake_apps.box.conftest import API, JWT_BEARER, REVOKE, TOKEN

JWT_APP = {"settings": {"app_auth": "jwt"}}
INVALID = (
    'Bearer realm="Service", error="invalid_token", '
    'error_description="The access token provided is invalid."'
)
TOO_LONG = (
    "Please check the 'exp' claim. The 'exp' value exceeds the maximum value of 60 seconds "
    "beyond the issue time."
)
EXPIRED = INVALID.replace("is invalid", "has expired")


def refusal(reply):
    assert reply.status_code == 400
    assert set(reply.json()) == {"error", "error_description"}
    return reply.json()["error"], reply.json()["error_description"]


def test_client_credentials_get_a_token_for_an_hour(client):
    reply = client.ask_token()

    assert reply.status_code == 200
    assert list(reply.json()) == ["access_token", "expires_in", "restricted_to", "token_type"]
    assert reply.json()["expires_in"] == 3600
    assert reply.json()["restricted_to"] == []
    assert reply.json()["token_type"] == "bearer"


def test_a_signed_assertion_gets_a_token(make):
    client = make(**JWT_APP)

    assert client.get("/groups").status_code == 200


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512"])
def test_every_documented_algorithm_is_taken(make, algorithm):
    client = make(**JWT_APP)

    reply = client.ask_token(assertion=client.assertion(alg=algorithm, jti="another" * 3))

    assert reply.status_code == 200


@pytest.mark.parametrize("changes", [{"client_id": "x"}, {"client_secret": "x"}])
@pytest.mark.parametrize("missing", [True, False])
@pytest.mark.parametrize(
    ("app", "expected"),
    [
        ({}, ("invalid_grant", "Grant credentials are invalid")),
        ({"quirks": {"Q31": False}}, ("invalid_client", "The client credentials are invalid")),
        (JWT_APP, ("invalid_client", "The client credentials are invalid")),
    ],
)
def test_a_wrong_client_is_invalid(make, changes, missing, app, expected):
    """Box facts, section 1: which of the two it is hangs on the kind of grant."""
    client = make(**app)

    reply = client.ask_token(**(dict.fromkeys(changes) if missing else changes))

    assert refusal(reply) == expected


@pytest.mark.parametrize("grant", [None, "password", ""])
def test_another_grant_type_is_refused(client, grant):
    assert refusal(client.ask_token(grant_type=grant)) == (
        "invalid_request",
        "Invalid grant_type parameter or parameter missing",
    )


def test_either_way_may_be_open_at_once(make):
    client = make(settings={"app_auth": "any"})

    asked = client.ask_token(grant_type="client_credentials", assertion=None)
    signed = client.ask_token(assertion=client.assertion(jti="another-jti-of-16-characters"))

    assert (asked.status_code, signed.status_code) == (200, 200)


@pytest.mark.parametrize(
    ("app_auth", "grant"),
    [("ccg", JWT_BEARER), ("jwt", "client_credentials"), ("ccg", "refresh_token")],
)
def test_an_app_gets_tokens_in_its_own_way_only(make, app_auth, grant):
    client = make(settings={"app_auth": app_auth})

    assert refusal(client.ask_token(grant_type=grant)) == (
        "unauthorized_client",
        "The grant type is unauthorized for this client_id",
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"box_subject_id": "1"},
        {"box_subject_id": None},
        {"box_subject_type": "group"},
        {"box_subject_type": None},
        {"box_subject_type": "user"},
    ],
)
def test_a_wrong_subject_is_not_granted(client, changes):
    assert refusal(client.ask_token(**changes)) == (
        "invalid_grant",
        "Grant credentials are invalid",
    )


def test_an_app_nobody_authorized_is_refused(make):
    for app_auth, expected in (
        ("ccg", ("invalid_grant", "Grant credentials are invalid")),
        ("jwt", ("unauthorized_client", "This app is not authorized by the enterprise admin")),
    ):
        client = make(settings={"app_auth": app_auth, "app_authorized": False})

        assert refusal(client.ask_token()) == expected


def other_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.mark.parametrize(
    ("changes", "description"),
    [
        ({"iss": "x"}, "Please check the 'iss' claim."),
        ({"aud": "https://example.test"}, "Please check the 'aud' claim."),
        ({"aud": [TOKEN, "x"]}, "Please check the 'aud' claim."),
        ({"sub": "1"}, "Please check the 'sub' claim. The 'sub' specified is invalid."),
        ({"sub": None}, "Please check the 'sub' claim. The 'sub' specified is invalid."),
        ({"box_sub_type": "user"}, "Please check the 'sub' claim. The 'sub' specified is invalid."),
        ({"box_sub_type": 5}, "Please check the 'sub' claim. The 'sub' specified is invalid."),
        ({"jti": None}, "Please check the 'jti' claim. A unique 'jti' value is required."),
        ({"jti": "short"}, "Please check the 'jti' claim. A unique 'jti' value is required."),
        ({"jti": "x" * 129}, "Please check the 'jti' claim. A unique 'jti' value is required."),
        ({"exp": None}, "Please check the 'exp' claim."),
        ({"exp": "soon"}, "Please check the 'exp' claim."),
        ({"exp": True}, "Please check the 'exp' claim."),
        (
            {"exp": 1_767_225_600},
            "Current date/time MUST be before the expiration date/time listed in the 'exp' claim",
        ),
        (
            {"exp": float("nan")},
            "Current date/time MUST be before the expiration date/time listed in the 'exp' claim",
        ),
        (
            {"exp": 1_767_225_661},
            TOO_LONG,
        ),
        ({"kid": "nobody"}, "'kid' invalid, unable to lookup correct key."),
    ],
)
def test_a_wrong_claim_is_named(make, changes, description):
    client = make(**JWT_APP)
    changes = {"jti": "a-fresh-jti-for-this-test"} | changes

    assert refusal(client.ask_token(assertion=client.assertion(**changes))) == (
        "invalid_grant",
        description,
    )


def test_the_signature_is_checked(make):
    client = make(**JWT_APP)
    message = (
        "Signature verification error. The public key identified by 'kid' must correspond to the "
        "private key used for signing."
    )
    kid = client.admin.credentials()["public_key_id"]
    signed = client.assertion(jti="an-unused-jti-of-16")
    by_other = client.assertion(key=other_key())
    by_secret = jwt.encode({"iss": "x"}, "x" * 64, algorithm="HS256", headers={"kid": kid})
    unsigned = jwt.encode({"iss": "x"}, None, algorithm="none", headers={"kid": kid})

    for forged in (by_other, by_secret, unsigned, signed[:-4] + "AAAA", tampered(signed)):
        reply = client.ask_token(assertion=forged)

        assert refusal(reply) == ("invalid_grant", message)
    assert client.ask_token(assertion=signed).status_code == 200


def tampered(token):
    head, payload, signature = token.split(".")
    raw = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    changed = raw.replace(b"enterprise", b"enterprisE")
    return f"{head}.{base64.urlsafe_b64encode(changed).decode().rstrip('=')}.{signature}"


@pytest.mark.parametrize("assertion", [None, "", "x", "a.b.c", "\N{SNOWMAN}"])
def test_what_is_no_assertion_is_refused(make, assertion):
    client = make(**JWT_APP)

    assert refusal(client.ask_token(assertion=assertion))[0] == "invalid_request"


def test_an_assertion_counts_once_and_its_jti_again_when_it_has_expired(make):
    client = make(**JWT_APP)
    assertion = client.assertion(jti="used-more-than-once")
    assert client.ask_token(assertion=assertion).status_code == 200
    assert client.ask_token(assertion=assertion).status_code == 400

    client.app.clock.sleep(31)

    again = client.assertion(jti="used-more-than-once")
    assert client.ask_token(assertion=again).status_code == 200


def test_a_refused_assertion_is_not_used_up(make):
    client = make(settings={"app_auth": "jwt", "app_authorized": False})
    assertion = client.assertion()
    client.ask_token(assertion=assertion)
    client.app.change_setting("app_authorized", value=True)

    assert client.ask_token(assertion=assertion).status_code == 200


# --- tokens ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "challenge"),
    [
        (None, 'Bearer realm="Service"'),
        ("", 'Bearer realm="Service"'),
        ("Bearer", 'Bearer realm="Service"'),
        ("Basic YTpi", 'Bearer realm="Service"'),
        ("Bearer x", INVALID),
        ("Bearer a.b", INVALID),
    ],
)
def test_a_bad_token_is_answered_without_a_body(client, header, challenge):
    reply = client.call("GET", "/groups", headers={"Authorization": header})

    assert (reply.status_code, reply.content) == (401, b"")
    assert reply.headers["WWW-Authenticate"] == challenge
    assert "Content-Type" not in reply.headers


def test_a_token_ends_after_an_hour(client):
    client.app.clock.sleep(3599)
    assert client.get("/groups").status_code == 200

    client.app.clock.sleep(1)

    assert client.get("/groups").headers["WWW-Authenticate"] == EXPIRED


def test_a_changed_token_is_invalid(client):
    token = client.session.headers["Authorization"]

    reply = client.get("/groups", Authorization=token.replace(token[20], "A", 1))

    assert reply.headers["WWW-Authenticate"] == INVALID


def test_a_token_of_another_enterprise_is_invalid(client, make):
    foreign = make(seed=8).session.headers["Authorization"]

    assert client.get("/groups", Authorization=foreign).status_code == 401


def test_a_reset_secret_ends_the_tokens_and_gets_no_new_ones_until_it_is_replaced(client):
    client.admin.expire_credentials()
    assert client.get("/groups").headers["WWW-Authenticate"] == INVALID
    assert refusal(client.ask_token())[0] == "invalid_grant"

    client.admin.replace_credentials()
    client.authorize()

    assert client.get("/groups").status_code == 200


def test_a_revoked_token_is_invalid_and_the_others_are_not(client):
    first = client.ask_token().json()["access_token"]
    given = client.admin.credentials()
    form = {"client_id": given["client_id"], "client_secret": given["client_secret"]}

    assert client.session.post(REVOKE, data={**form, "token": first}).content == b""
    assert client.session.post(REVOKE, data={**form, "token": "nobody's"}).status_code == 200

    assert client.get("/groups", Authorization=f"Bearer {first}").status_code == 401
    assert client.get("/groups").status_code == 200


def test_revoking_asks_for_the_client(client):
    assert client.session.post(REVOKE, data={"token": "x"}).json()["error"] == "invalid_client"


def test_the_token_endpoint_speaks_its_own_language_when_throttled_or_asked_wrongly(client):
    assert client.session.get(TOKEN).json()["error"] == "invalid_request"
    assert client.session.post(TOKEN, data=b"x" * (2**20 + 1)).status_code == 413


# --- scopes and users --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scopes", "users", "groups"),
    [
        (("manage_managed_users",), 200, 403),
        (("manage_groups",), 403, 200),
        ((), 403, 403),
    ],
)
def test_a_missing_scope_is_refused_in_the_body_and_the_header(make, scopes, users, groups):
    """Box facts, section 1."""
    client = make(settings={"app_scopes": scopes})

    assert client.get("/users").status_code == users
    assert client.get("/groups").status_code == groups
    assert client.get("/users/me").status_code == 200
    refused = client.get("/groups" if groups == 403 else "/users")
    assert refused.json()["code"] == "insufficient_scope"
    assert 'error="insufficient_scope"' in refused.headers["WWW-Authenticate"]


def test_a_user_token_needs_the_apps_leave(make):
    client, signed = make(), make(**JWT_APP)
    user, other = client.user(), signed.user()
    assertion = signed.assertion(sub=other, box_sub_type="user", jti="a-jti-not-used-so-far")

    assert refusal(client.ask_token(box_subject_type="user", box_subject_id=user)) == (
        "invalid_grant",
        "Grant credentials are invalid",
    )
    assert refusal(signed.ask_token(assertion=assertion)) == (
        "invalid_request",
        "Cannot obtain user token based on the enterprise configuration for your app",
    )


def test_a_user_token_is_that_user_and_may_not_manage(make):
    client = make(settings={"user_tokens": True})
    user, other = client.user(), client.user("ben")
    client.authorize(box_subject_type="user", box_subject_id=user)

    assert client.get("/users/me").json()["id"] == user
    assert client.get(f"/users/{user}").status_code == 200
    assert client.get(f"/users/{other}").status_code == 403
    assert client.create_group().json()["code"] == "access_denied_insufficient_permissions"


def test_a_coadmins_token_may_manage(make):
    client = make(settings={"user_tokens": True})
    client.authorize(box_subject_type="user", box_subject_id=client.user(role="coadmin"))

    assert client.create_group().status_code == 201


def test_the_token_of_a_deleted_user_is_invalid(make):
    client = make(settings={"user_tokens": True})
    user = client.user()
    client.authorize(box_subject_type="user", box_subject_id=user)
    client.admin.delete_account(user)

    assert client.get("/users/me").status_code == 401


def test_as_user_needs_the_apps_leave_and_a_user_who_is_active(make):
    client = make()
    user = client.user()
    assert client.call("GET", "/users/me", headers={"As-User": user}).status_code == 403

    client.app.change_setting("as_user", value=True)

    reply = client.call("GET", f"{API}/users/me", headers={"As-User": user})
    assert reply.json()["id"] == user
    client.admin.set_account_active(user, active=False)
    assert client.call("GET", "/users/me", headers={"As-User": user}).status_code == 403


def test_the_apps_own_account_is_nobody_in_the_list(client):
    me = client.get("/users/me").json()

    assert me["login"].startswith("AutomationUser_")
    assert client.get("/users").json()["entries"] == []


def test_no_secret_enters_the_ledger(make):
    client = make(**JWT_APP)
    client.session.post(REVOKE, data={**client.admin.credentials(), "token": "a-token"})
    given, told = client.admin.credentials(), client.app.ledger.dump()
    token = client.session.headers["Authorization"].split()[1]

    for secret in (given["client_secret"], token, "a-token", "BEGIN PRIVATE KEY", "eyJ"):
        assert secret not in told
