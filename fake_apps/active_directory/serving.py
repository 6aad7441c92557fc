"""What `serve` tells of this app: the agent's token, the directory's accounts, a first call."""

from collections.abc import Mapping
from typing import Any

ACCOUNTS = ("user", "password", "limited_user", "limited_password")


def connect(credentials: Mapping[str, Any], _base_url: str) -> dict[str, Any]:
    """The agent is called with its token; the accounts are for those who bind over LDAP."""
    names = ("agent_token", *ACCOUNTS, "domain", "people_dn", "groups_dn")
    return {
        "ldap_url": None,
        "ldaps_url": None,
        "base_dn": credentials["base_dn"],
        "credentials": {name: credentials[name] for name in names},
    }


def snippet(told: Mapping[str, Any]) -> str:
    access = told["credentials"]
    return f"""\
# pip install requests
import requests

agent = requests.Session()
agent.headers["Authorization"] = "Bearer {access["agent_token"]}"
search = {{"op": "search", "base": "{told["base_dn"]}", "scope": "sub",
          "filter": "(objectClass=group)", "attributes": ["cn", "member"]}}
print(agent.post("{told["base_url"]}/agent/v1/actions",
                 json={{"id": "1", "operations": [search]}}).json())
"""
