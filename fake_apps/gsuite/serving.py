"""What `serve` tells of this app: a key file for its own address, and a few lines of the SDK."""

from collections.abc import Mapping
from typing import Any


def connect(credentials: Mapping[str, Any], base_url: str) -> dict[str, Any]:
    """The key file with the token endpoint of the fake."""
    key_file = {**credentials["service_account"], "token_uri": f"{base_url}/token"}
    return {"credentials": {**credentials, "service_account": key_file}}


def snippet(told: Mapping[str, Any]) -> str:
    """Batches need their address said: the client takes it from Google's own document."""
    return f"""\
# pip install google-api-python-client google-auth requests
import requests
from google.oauth2.service_account import Credentials
from googleapiclient.discovery import build
from googleapiclient.http import BatchHttpRequest

key_file = requests.get("{told["control_url"]}/credentials", headers={{
    "Authorization": "Bearer {told["control_token"]}"}}).json()["service_account"]
credentials = Credentials.from_service_account_info(
    key_file, subject="{told["credentials"]["subject"]}",
    scopes=["https://www.googleapis.com/auth/admin.directory.group",
            "https://www.googleapis.com/auth/admin.directory.user"])
directory = build("admin", "directory_v1", credentials=credentials,
                  client_options={{"api_endpoint": "{told["base_url"]}"}})
print(directory.groups().list(customer="my_customer").execute())
batch = BatchHttpRequest(batch_uri="{told["base_url"]}/batch")
"""
