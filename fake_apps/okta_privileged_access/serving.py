"""What `serve` tells of this app: its addresses, and a few lines of a client for it."""

from collections.abc import Mapping
from typing import Any

from .entity import HOST


def connect(credentials: Mapping[str, Any], base_url: str) -> dict[str, Any]:
    """What a client has to know; both faces are below the address of the server."""
    urls = {
        name: str(credentials[name]).replace(HOST, base_url, 1) for name in ("base_url", "api_url")
    }
    return {"credentials": {**credentials, **urls}}


def snippet(told: Mapping[str, Any]) -> str:
    access = told["credentials"]
    return f"""\
# pip install requests
import requests

api = "{access["api_url"]}"
key = {{"key_id": "{access["key_id"]}", "key_secret": "{access["key_secret"]}"}}
token = requests.post(f"{{api}}/service_token", json=key, timeout=30).json()["bearer_token"]
bearer = {{"Authorization": f"Bearer {{token}}"}}
print(requests.get(f"{{api}}/groups", headers=bearer, timeout=30).json()["list"])
"""
