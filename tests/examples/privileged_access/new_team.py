"""A new team in Okta Privileged Access: its secret folder, its group, its push, its policy.

It is the automation with which the Group Push Mapping API was announced, in four steps that hand
their results on: https://iamse.blog/2025/08/13/new-okta-group-push-api. Each looks for what it
makes first, so all of it is run again after a failure anywhere, and nothing is there twice.

    pushproof serve okta okta_privileged_access --ready ready.json
    python new_team.py ready.json "Team A" ana@example.test
"""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import quote

import requests

LOOKS, BETWEEN_S = 300, 0.2
NEVER = "0001-01-01T00:00:00Z"  # when a group was deleted that was not
PRIVILEGES = (
    "list",
    "folder_create",
    "folder_update",
    "folder_delete",
    "secret_create",
    "secret_update",
    "secret_reveal",
    "secret_delete",
)

Look = Callable[[], object]
"""What is done between two looks at what is not ready yet."""


class NotPushed(Exception):
    """The group is not in Okta Privileged Access yet: wait for the push, then make the policy."""


@dataclass
class Api:
    """One API: its address, and a session that has its token."""

    url: str
    http: requests.Session

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of the reply, None where there is none; anything but a success raises."""
        reply = self.http.request(method, self.url + path, json=body, timeout=60)
        reply.raise_for_status()
        return reply.json() if reply.content else None

    def find(self, path: str) -> Any:
        """What is there, or None."""
        reply = self.http.get(self.url + path, timeout=60)
        if reply.status_code == 404:
            return None
        reply.raise_for_status()
        return reply.json()

    def listed(self, path: str) -> list[dict[str, Any]]:
        """All pages of a list of Okta Privileged Access."""
        found, url = [], self.url + path
        while url:
            reply = self.http.get(url, timeout=60)
            reply.raise_for_status()
            found += reply.json()["list"]
            url = reply.links.get("next", {}).get("url", "")
        return found


@dataclass
class Ready:
    """Both APIs, the app instance in Okta, and where team folders go."""

    okta: Api
    opa: Api
    app_id: str
    folders: str
    standard_id: str


def connect(told: dict[str, Any], session: Callable[[], requests.Session]) -> Ready:
    """What `ready.json` tells, as clients that have their tokens."""
    okta, opa = told["apps"]["okta"], told["apps"]["okta_privileged_access"]["credentials"]
    admin, automation = session(), session()
    admin.headers["Authorization"] = f"SSWS {okta['credentials']['token']}"
    key = {"key_id": opa["key_id"], "key_secret": opa["key_secret"]}
    api = Api(opa["api_url"], automation)
    token = api.ask("POST", "/service_token", key)["bearer_token"]
    automation.headers["Authorization"] = f"Bearer {token}"
    project = f"/resource_groups/{opa['resource_group_id']}/projects/{opa['project_id']}"
    return Ready(
        Api(f"{okta['base_url']}/api/v1", admin),
        api,
        okta["apps"]["okta_privileged_access"],
        f"{project}/secret_folders",
        opa["folder_id"],
    )


# --- the four steps ----------------------------------------------------------------------------


def make_folder(ready: Ready, team: str) -> str:
    """1. A secret folder under the standard top-level one; its id."""
    there = ready.opa.listed(f"{ready.folders}/{ready.standard_id}/items")
    for item in there:
        if item["type"] == "folder" and item["name"] == team:
            return str(item["id"])
    body = {"name": team, "parent_folder_id": ready.standard_id}
    return str(ready.opa.ask("POST", ready.folders, body)["id"])


def make_group(ready: Ready, team: str, login: str, look: Look) -> str:
    """2. An Okta group with its first user, who needs the app as well: else it arrives empty.

    Once it is pushed, the app's group of the same name is found too, and is none of ours.
    """
    okta = ready.okta
    found = okta.ask("GET", f"/groups?q={quote(team)}")
    own = [each for each in found if each["type"] == "OKTA_GROUP"]
    group = next((each for each in own if each["profile"]["name"] == team), None)
    group = group or okta.ask("POST", "/groups", {"profile": {"name": team}})
    user = okta.find(f"/users/{quote(login)}") or okta.ask("POST", "/users", _user(login))
    okta.ask("PUT", f"/groups/{group['id']}/users/{user['id']}")
    assign(ready, str(user["id"]), look)
    return str(group["id"])


def assign(ready: Ready, user_id: str, look: Look) -> None:
    """Give the user the app, and wait for the account there: who has none yet is not pushed."""
    path = f"/apps/{ready.app_id}/users"
    if ready.okta.find(f"{path}/{user_id}") is None:
        ready.okta.ask("POST", path, {"id": user_id, "scope": "USER"})
    for _ in range(LOOKS):
        if ready.okta.ask("GET", f"{path}/{user_id}")["externalId"]:
            return
        look()
    raise NotPushed(f"{user_id} has no account in Okta Privileged Access")


def _user(login: str) -> dict[str, Any]:
    name = login.partition("@")[0].title()
    profile = {"login": login, "email": login, "firstName": name, "lastName": "Example"}
    return {"profile": profile, "credentials": {"password": {"value": "correct horse"}}}


def push_group(ready: Ready, group_id: str, team: str, look: Look) -> str:
    """3. A mapping that pushes the group, and the end of its first push; the mapping's id."""
    path = f"/apps/{ready.app_id}/group-push/mappings"
    known = ready.okta.ask("GET", f"{path}?sourceGroupId={group_id}")
    body = {"sourceGroupId": group_id, "targetGroupName": team}
    mapping = known[0] if known else ready.okta.ask("POST", path, body)
    for _ in range(LOOKS):
        mapping = ready.okta.ask("GET", f"{path}/{mapping['id']}")
        if mapping["status"] == "ERROR":
            raise NotPushed(mapping.get("errorSummary") or "the push failed")
        if mapping.get("lastPush"):
            return str(mapping["id"])
        look()
    raise NotPushed(f"{team} is still not pushed")


def make_policy(ready: Ready, team: str, folder_id: str) -> str:
    """4. A policy that names the pushed group, and opens the folder to it; its id."""
    group = ready.opa.find(f"/groups/{quote(team, safe='')}")
    if group is None or group["deleted_at"] != NEVER:
        raise NotPushed(f"{team} is not in Okta Privileged Access yet")
    for policy in ready.opa.listed(f"/security_policy?contains={quote(team)}"):
        if policy["name"] == team:
            return str(policy["id"])
    body = _policy(team, str(group["id"]), folder_id)
    return str(ready.opa.ask("POST", "/security_policy", body)["id"])


def _policy(team: str, group_id: str, folder_id: str) -> dict[str, Any]:
    chosen = {"selector_type": "secret_folder", "selector": {"secret_folder": {"id": folder_id}}}
    value = dict.fromkeys(PRIVILEGES, True)
    rule = {
        "name": "Secrets of the team",
        "resource_type": "secret_based_resource",
        "resource_selector": {"selectors": [chosen]},
        "privileges": [{"privilege_type": "secret", "privilege_value": value}],
    }
    principals = {"user_groups": [{"id": group_id}]}
    return {"name": team, "active": True, "principals": principals, "rules": [rule]}


def new_team(ready: Ready, team: str, login: str, look: Look) -> dict[str, str]:
    """All four steps, each with what the one before it brought."""
    folder_id = make_folder(ready, team)
    group_id = make_group(ready, team, login, look)
    mapping_id = push_group(ready, group_id, team, look)
    policy_id = make_policy(ready, team, folder_id)
    return {"folder": folder_id, "group": group_id, "mapping": mapping_id, "policy": policy_id}


def main() -> None:
    told, team, login = json.loads(Path(sys.argv[1]).read_text("utf-8")), sys.argv[2], sys.argv[3]
    pause = Event()
    ready = connect(told, requests.Session)
    made = new_team(ready, team, login, lambda: pause.wait(BETWEEN_S))
    sys.stdout.write(f"{json.dumps(made)}\n")


if __name__ == "__main__":
    main()
