"""What `serve` tells of this app: its address, and a few lines of a client for it."""

from collections.abc import Mapping
from typing import Any

from .entity import BASE


def connect(credentials: Mapping[str, Any], base_url: str) -> dict[str, Any]:
    """What a client has to know; the service is below the address of the server."""
    return {"credentials": {**credentials, "base_url": base_url + BASE}}


def snippet(told: Mapping[str, Any]) -> str:
    access = told["credentials"]
    return f"""\
# pip install 'scim2-client[httpx2]'
from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient

headers = {{"Authorization": "Bearer {access["token"]}"}}
with Client(base_url="{access["base_url"]}", headers=headers) as http:
    scim = SyncSCIMClient(http)
    scim.discover()
    print(scim.query(scim.get_resource_model("Group")).total_results)
"""
