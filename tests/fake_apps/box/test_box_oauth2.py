"""OAuth 2.0 apps of the fake Box: a user lets the app in, and refresh tokens keep it in."""

import pytest

DAY = 24 * 3600


@pytest.fixture
def client(make):
    client = make(settings={"app_auth": "oauth2"})
    client.boss = client.user("boss", role="coadmin")
    return client


def redeem(client, code=None):
    code = client.admin.consent(client.boss) if code is None else code
    return client.ask_token(grant_type="authorization_code", code=code)


def refresh(client, token):
    return client.ask_token(grant_type="refresh_token", refresh_token=token)


def revoke(client, token):
    given = client.admin.credentials()
    form = {"client_id": given["client_id"], "client_secret": given["client_secret"]}
    return client.session.post("https://api.box.com/oauth2/revoke", data={**form, "token": token})


def works(client, access_token):
    return client.get("/users/me", Authorization=f"Bearer {access_token}").status_code == 200


def refusal(reply):
    assert reply.status_code == 400
    return reply.json()["error"], reply.json()["error_description"]


def test_a_code_is_redeemed_for_a_pair_of_tokens_of_that_user(client):
    reply = redeem(client)

    told = reply.json()
    assert reply.status_code == 200
    names = ["access_token", "expires_in", "restricted_to", "token_type", "refresh_token"]
    assert list(told) == names
    me = client.get("/users/me", Authorization=f"Bearer {told['access_token']}").json()
    assert me["id"] == client.boss


def test_a_code_counts_once_and_for_half_a_minute(client):
    code, late = client.admin.consent(client.boss), client.admin.consent(client.boss)
    redeem(client, code)
    again = redeem(client, code)
    client.app.clock.sleep(30)

    unknown = ("invalid_grant", "Auth code doesn't exist or is invalid for the client")
    assert refusal(again) == refusal(redeem(client, "x")) == refusal(redeem(client, "")) == unknown
    assert refusal(redeem(client, late)) == ("invalid_grant", "The authorization code has expired")


def test_a_refresh_token_counts_once_and_brings_the_next(client):
    first = redeem(client).json()
    second = refresh(client, first["refresh_token"]).json()
    again = refresh(client, first["refresh_token"])

    assert works(client, first["access_token"])
    assert works(client, second["access_token"])
    assert refusal(again) == ("invalid_grant", "Refresh token has expired")
    assert refresh(client, second["refresh_token"]).status_code == 200


def test_a_refresh_token_is_good_for_sixty_days(client):
    first, second = redeem(client).json(), redeem(client).json()
    client.app.clock.sleep(60 * DAY - 1)
    in_time = refresh(client, first["refresh_token"])
    client.app.clock.sleep(1)
    late = refresh(client, second["refresh_token"])

    assert in_time.status_code == 200
    assert refusal(late) == ("invalid_grant", "Refresh token has expired")


@pytest.mark.parametrize("token", ["x", "", None])
def test_a_refresh_token_nobody_was_given_is_invalid(client, token):
    assert refusal(refresh(client, token)) == ("invalid_grant", "Invalid refresh token")


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_revoking_either_token_ends_the_pair(client, which):
    pair, other = redeem(client).json(), redeem(client).json()

    assert revoke(client, pair[which]).status_code == 200

    assert not works(client, pair["access_token"])
    ended = refresh(client, pair["refresh_token"])
    assert refusal(ended) == ("invalid_grant", "Invalid refresh token")
    assert works(client, other["access_token"])
    assert refresh(client, other["refresh_token"]).status_code == 200


def test_who_is_inactive_lets_no_app_in(client):
    pair, code = redeem(client).json(), client.admin.consent(client.boss)
    client.admin.set_account_active(client.boss, active=False)

    assert refusal(redeem(client, code))[1].startswith("Auth code doesn't exist")
    assert refusal(refresh(client, pair["refresh_token"]))[1] == "Invalid refresh token"


def test_nobody_consents_who_is_not_there(client):
    with pytest.raises(KeyError):
        client.admin.consent("1")


def test_no_refresh_token_comes_with_client_credentials(make):
    reply = make(settings={"app_auth": "any"}).ask_token(grant_type="client_credentials")

    assert "refresh_token" not in reply.json()
    assert reply.status_code == 200


def test_an_oauth2_app_has_no_key(client):
    assert "private_key" not in client.admin.credentials()


def test_no_refresh_token_enters_the_ledger(client):
    pair = redeem(client).json()
    refresh(client, pair["refresh_token"])

    assert pair["refresh_token"] not in client.app.ledger.dump()
