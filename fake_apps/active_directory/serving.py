"""What `serve` tells of this app: the agent's token, the directory's accounts, a first call."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..core.app import FakeApp
from ..core.door import Door

if TYPE_CHECKING:
    from ssl import SSLContext

ACCOUNTS = ("user", "password", "limited_user", "limited_password")


def connect(credentials: Mapping[str, Any], _base_url: str) -> dict[str, Any]:
    """The agent is called with its token; the accounts are for those who bind over LDAP."""
    names = ("agent_token", *ACCOUNTS, "domain", "people_dn", "groups_dn")
    return {
        "ldap_url": None,  # told where it is served, see `doors`
        "ldaps_url": None,
        "base_dn": credentials["base_dn"],
        "credentials": {name: credentials[name] for name in names},
    }


def doors(app: FakeApp, tls: "SSLContext | None") -> Mapping[str, Door]:
    """LDAP, with StartTLS where there is a certificate; then LDAPS as well."""
    from .ldap.listener import Listener  # noqa: PLC0415 - most tenants are never served

    clear = {"ldap_url": Listener(app, tls)}
    return {**clear, "ldaps_url": Listener(app, tls, from_start=True)} if tls else clear


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

# pip install ldap3
import ldap3

client = ldap3.Connection("{told["ldap_url"]}", "{access["user"]}",
                          "{access["password"]}", auto_bind=True)
client.search("{told["base_dn"]}", "(objectClass=group)", attributes=["cn", "member"])
print(client.entries)
client.unbind()
"""
