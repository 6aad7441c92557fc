"""What `serve` tells of this app: a few lines of the vendor's SDK."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit


def snippet(told: Mapping[str, Any]) -> str:
    """With a credential of its own: the one of azure-identity calls nothing but https."""
    access = told["credentials"]
    return f"""\
# pip install msgraph-sdk
import asyncio, time, httpx
from azure.core.credentials import AccessToken
from kiota_authentication_azure.azure_identity_authentication_provider import (
    AzureIdentityAuthenticationProvider)
from msgraph import GraphRequestAdapter, GraphServiceClient

class Credential:
    def get_token(self, *scopes, **_):
        told = httpx.post("{told["base_url"]}/{access["tenant"]}/oauth2/v2.0/token", data={{
            "grant_type": "client_credentials", "scope": "https://graph.microsoft.com/.default",
            "client_id": "{access["client_id"]}",
            "client_secret": "{access["client_secret"]}"}}).json()
        return AccessToken(told["access_token"], int(time.time()) + told["expires_in"])

provider = AzureIdentityAuthenticationProvider(
    Credential(), allowed_hosts=["{urlsplit(told["base_url"]).hostname}"])
adapter = GraphRequestAdapter(provider)
adapter.base_url = "{told["base_url"]}/v1.0"
groups = asyncio.run(GraphServiceClient(request_adapter=adapter).groups.get())
print([group.display_name for group in groups.value])
"""
