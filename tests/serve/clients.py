"""The least that a client of each app needs: to get in, to make groups, to read page by page."""

from dataclasses import dataclass
from typing import Any

import jwt
import requests

from fake_apps.core.clock import SystemClock

GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"


@dataclass
class Client:
    """A session with a token of one served app."""

    base: str
    http: requests.Session

    def call(self, method: str, path: str, *, status: int, **more: Any) -> requests.Response:
        reply = self.http.request(method, f"{self.base}{path}", timeout=30, **more)
        assert reply.status_code == status, reply.text
        return reply


def session(told, bearer, ca_file=None) -> Client:
    http = requests.Session()
    http.trust_env = False
    http.verify = ca_file or True
    if bearer:
        http.headers["Authorization"] = f"Bearer {bearer}"
    return Client(told["base_url"], http)


def _exchanged(told, path, form, ca_file):
    asking = session(told, "", ca_file)
    token = asking.call("POST", path, data=form, status=200).json()["access_token"]
    return session(told, token, ca_file)


def o365(told, ca_file=None):
    access = told["credentials"]
    form = {
        "grant_type": "client_credentials",
        "client_id": access["client_id"],
        "client_secret": access["client_secret"],
        "scope": "https://graph.microsoft.com/.default",
    }
    return _exchanged(told, f"/{access['tenant']}/oauth2/v2.0/token", form, ca_file)


def gsuite(told, ca_file=None):
    key_file = told["credentials"]["service_account"]
    now = int(SystemClock().now())
    claims = {
        "iss": key_file["client_email"],
        "sub": told["credentials"]["subject"],
        "aud": key_file["token_uri"],
        "scope": "https://www.googleapis.com/auth/admin.directory.group",
        "iat": now,
        "exp": now + 3600,
    }
    headers = {"kid": key_file["private_key_id"]}
    assertion = jwt.encode(claims, key_file["private_key"], algorithm="RS256", headers=headers)
    grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    path = key_file["token_uri"].removeprefix(told["base_url"])
    return _exchanged(told, path, {"grant_type": grant, "assertion": assertion}, ca_file)


def box(told, ca_file=None):
    access = told["credentials"]
    form = {
        "grant_type": "client_credentials",
        "client_id": access["client_id"],
        "client_secret": access["client_secret"],
        "box_subject_type": "enterprise",
        "box_subject_id": access["enterprise_id"],
    }
    return _exchanged(told, "/oauth2/token", form, ca_file)


def slack(told, ca_file=None):
    return session(told, told["credentials"]["token"], ca_file)


def scim(told, ca_file=None):
    return session(told, told["credentials"]["token"], ca_file)


def okta_privileged_access(told, ca_file=None):
    access = told["credentials"]
    key = {"key_id": access["key_id"], "key_secret": access["key_secret"]}
    path = access["api_url"].removeprefix(told["base_url"])
    asking = session(told, "", ca_file)
    token = asking.call("POST", f"{path}/service_token", json=key, status=200).json()
    return session(told, token["bearer_token"], ca_file)


def active_directory(told, ca_file=None):
    return session(told, told["credentials"]["agent_token"], ca_file)


CLIENTS = {
    one.__name__: one
    for one in (active_directory, box, gsuite, o365, okta_privileged_access, scim, slack)
}


# --- the same little story for each -----------------------------------------------------------


def make_group(app: str, client: Client, told, name: str) -> str:
    """Make a group; its id."""
    match app:
        case "o365":
            body = {
                "displayName": name,
                "mailEnabled": False,
                "mailNickname": name,
                "securityEnabled": True,
            }
            return client.call("POST", "/v1.0/groups", json=body, status=201).json()["id"]
        case "gsuite":
            body = {"email": f"{name}@{told['credentials']['domain']}", "name": name}
            path = "/admin/directory/v1/groups"
            return client.call("POST", path, json=body, status=200).json()["id"]
        case "box" | "okta_privileged_access":
            path = "/2.0/groups" if app == "box" else "/v1/teams/acme/groups"
            body = {"name": name} if app == "box" else {"name": name, "roles": []}
            return client.call("POST", path, json=body, status=201).json()["id"]
        case "scim":
            body = {"schemas": [GROUP], "displayName": name}
            return client.call("POST", "/v2/Groups", json=body, status=201).json()["id"]
        case "slack":
            body = {"schemas": ["urn:scim:schemas:core:1.0"], "displayName": name}
            return client.call("POST", "/scim/v1/Groups", json=body, status=201).json()["id"]
        case "active_directory":
            dn = f"CN={name},{told['credentials']['groups_dn']}"
            add = {"op": "add", "dn": dn, "attributes": {"objectClass": ["group"]}}
            assert act(client, add)["resultName"] == "success"
            return dn
    raise AssertionError(app)


def group_names(app: str, client: Client, told) -> list[str]:
    """Names of all groups, read in pages of two where the app has pages."""
    match app:
        case "o365":
            return _follow(client, f"{client.base}/v1.0/groups?$top=2")
        case "gsuite":
            return _by_token(client)
        case "box" | "okta_privileged_access":
            return _by_offset(client) if app == "box" else _by_link(client)
        case "scim":
            return _by_index(client)
        case "slack":
            found = client.call("GET", "/scim/v1/Groups?count=100", status=200).json()
            return [one["displayName"] for one in found["Resources"]]
        case "active_directory":
            base = told["credentials"]["groups_dn"]
            search = {"op": "search", "base": base, "scope": "one", "filter": "(cn=*)"}
            found = act(client, {**search, "attributes": ["cn"]})["entries"]
            return [one["attributes"]["cn"][0] for one in found]
    raise AssertionError(app)


def act(client: Client, operation):
    body = {"id": "1", "operations": [operation]}
    return client.call("POST", "/agent/v1/actions", json=body, status=200).json()["results"][0]


def _follow(client: Client, url: str | None) -> list[str]:
    names = []
    while url:
        assert url.startswith(f"{client.base}/")
        found = client.call("GET", url.removeprefix(client.base), status=200).json()
        names += [one["displayName"] for one in found["value"]]
        url = found.get("@odata.nextLink")
    return names


def _by_token(client: Client) -> list[str]:
    names, query = [], {"customer": "my_customer", "maxResults": "2"}
    while True:
        path = "/admin/directory/v1/groups"
        found = client.call("GET", path, params=query, status=200).json()
        names += [one["name"] for one in found.get("groups", [])]
        if "nextPageToken" not in found:
            return names
        query["pageToken"] = found["nextPageToken"]


def _by_offset(client: Client) -> list[str]:
    names: list[str] = []
    while True:
        path = f"/2.0/groups?limit=2&offset={len(names)}"
        found = client.call("GET", path, status=200).json()
        names += [one["name"] for one in found["entries"]]
        if len(names) >= found["total_count"]:
            return names


def _by_link(client: Client) -> list[str]:
    """All but the one that every team has for its automation."""
    names: list[str] = []
    path = "/v1/teams/acme/groups?count=2"
    while path:
        reply = client.call("GET", path, status=200)
        names += [one["name"] for one in reply.json()["list"]]
        path = reply.links.get("next", {}).get("url", "").removeprefix(client.base)
    return [name for name in names if name != "automation"]


def _by_index(client: Client) -> list[str]:
    names: list[str] = []
    while True:
        path = f"/v2/Groups?count=2&startIndex={len(names) + 1}"
        found = client.call("GET", path, status=200).json()
        names += [one["displayName"] for one in found.get("Resources", [])]
        if len(names) >= found["totalResults"] or not found.get("Resources"):
            return names
