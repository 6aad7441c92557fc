"""What `serve` tells of this app: its access as Box's own files have it, a few lines of the SDK."""

import hashlib
from collections.abc import Mapping
from typing import Any

from ..core.keys import encrypted_pem


def connect(credentials: Mapping[str, Any], _base_url: str) -> dict[str, Any]:
    """`jwt_config` is the app's downloaded file, empty where it does not authenticate by JWT."""
    names = ("client_id", "client_secret", "enterprise_id")
    told: dict[str, Any] = {name: credentials[name] for name in names}
    return {"credentials": {**told, "jwt_config": _jwt_config(credentials)}}


def _jwt_config(credentials: Mapping[str, Any]) -> dict[str, Any]:
    """The file as https://developer.box.com/guides/authentication/jwt/jwt-setup shows it.

    Its key is encrypted: Box's own SDK refuses one that is not.
    """
    if "private_key" not in credentials:
        return {}
    passphrase = hashlib.sha256(f"key of {credentials['client_secret']}".encode()).hexdigest()[:32]
    return {
        "boxAppSettings": {
            "clientID": credentials["client_id"],
            "clientSecret": credentials["client_secret"],
            "appAuth": {
                "publicKeyID": credentials["public_key_id"],
                "privateKey": encrypted_pem(credentials["private_key"], passphrase),
                "passphrase": passphrase,
            },
        },
        "enterpriseID": credentials["enterprise_id"],
    }


def snippet(told: Mapping[str, Any]) -> str:
    access = told["credentials"]
    return f"""\
# pip install "boxsdk>=10"
from box_sdk_gen import BaseUrls, BoxCCGAuth, BoxClient, CCGConfig, NetworkSession

network = NetworkSession(base_urls=BaseUrls(base_url="{told["base_url"]}"))
auth = BoxCCGAuth(CCGConfig(
    client_id="{access["client_id"]}", client_secret="{access["client_secret"]}",
    enterprise_id="{access["enterprise_id"]}"))
client = BoxClient(auth, network_session=network)
print(client.groups.get_groups().entries)
"""
