"""azure-identity gets its tokens from the fake's token face, over https with our authority."""

import jwt
import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ClientSecretCredential

SCOPE = "https://graph.microsoft.com/.default"


@pytest.fixture(scope="module")
def server(serve):
    return serve("o365", tls=True)


def credential(served, **changes):
    access = {**served.credentials, **changes}
    return ClientSecretCredential(
        access["tenant"],
        access["client_id"],
        access["client_secret"],
        authority=served.base_url,
        disable_instance_discovery=True,
        connection_verify=served.ca_file,
    )


def test_a_token_is_fetched_once_and_remembered(tenant):
    with credential(tenant) as secret:
        tokens = {secret.get_token(SCOPE).token for _ in range(3)}

    assert len(tokens) == 1
    assert tenant.statuses("o365.token") == [200]


def test_the_token_is_good_for_graph_and_for_an_hour(tenant):
    with credential(tenant) as secret:
        told = secret.get_token(SCOPE)
    claims = jwt.decode(told.token, options={"verify_signature": False})

    assert claims["aud"] == "https://graph.microsoft.com"
    assert abs(told.expires_on - claims["exp"]) <= 2


def test_a_wrong_secret_is_refused_with_the_vendors_code(tenant):
    with (
        credential(tenant, client_secret="wrong") as secret,
        pytest.raises(ClientAuthenticationError, match="AADSTS7000215"),
    ):
        secret.get_token(SCOPE)


def test_an_unknown_tenant_is_refused(tenant):
    nowhere = "00000000-0000-0000-0000-000000000000"
    with (
        credential(tenant, tenant=nowhere) as secret,
        pytest.raises(ClientAuthenticationError, match=nowhere),
    ):
        secret.get_token(SCOPE)


def test_the_token_request_is_repeated_when_the_service_is_busy(tenant):
    tenant.fail("o365.token", "unavailable")
    with credential(tenant) as secret:
        assert secret.get_token(SCOPE).token

    assert tenant.statuses("o365.token") == [503, 200]
