"""A team per test, and clients of both its faces."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import requests

from fake_apps.core import scim
from fake_apps.core.app import FakeApp
from fake_apps.core.wire import session
from fake_apps.okta_privileged_access import APP

HOST = "https://acme.pam.okta.com"
TEAM = f"{HOST}/v1/teams/acme"
PRIVILEGES = {
    "list": True,
    "folder_create": True,
    "folder_update": True,
    "folder_delete": True,
    "secret_create": True,
    "secret_update": True,
    "secret_reveal": True,
    "secret_delete": True,
}


class Client:
    """Okta's connector and an automation, at one team."""

    def __init__(self, app: FakeApp) -> None:
        self.app = app
        self.session = session(app)
        self.told = app.admin.credentials()
        self.scim_token = self.told["token"]
        self.api_token = self.sign_in().json()["bearer_token"]

    def sign_in(self, **key: str) -> requests.Response:
        told = {"key_id": self.told["key_id"], "key_secret": self.told["key_secret"], **key}
        return self.session.post(f"{TEAM}/service_token", json=told)

    def send(self, method: str, url: str, token: str, **more: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}", **more.pop("headers", {})}
        return self.session.request(method, url, headers=headers, **more)

    def api(self, method: str, path: str, json: Any = None, **more: Any) -> requests.Response:
        """`path` is below the team, or absolute."""
        url = path if path.startswith("https:") else TEAM + path
        return self.send(method, url, self.api_token, json=json, **more)

    def scim(self, method: str, path: str, json: Any = None, **more: Any) -> requests.Response:
        url = path if path.startswith("https:") else f"{TEAM}/scim/v2{path}"
        return self.send(method, url, self.scim_token, json=json, **more)

    def patch(self, path: str, *operations: Mapping[str, Any]) -> requests.Response:
        body = {"schemas": [scim.PATCH_OP], "Operations": list(operations)}
        return self.scim("PATCH", path, body)

    # --- secrets -----------------------------------------------------------------------------

    @property
    def folders(self) -> str:
        group, project = self.told["resource_group_id"], self.told["project_id"]
        return f"/resource_groups/{group}/projects/{project}/secret_folders"

    def make_folder(self, name: str, parent: str | None = None) -> requests.Response:
        """Below the standard one unless `parent` says otherwise; "" for a top-level one."""
        above = self.told["folder_id"] if parent is None else parent
        body = {"name": name} | ({"parent_folder_id": above} if above else {})
        return self.api("POST", self.folders, body)

    def make_policy(self, group_id: str, folder_id: str, **more: Any) -> requests.Response:
        return self.api("POST", "/security_policy", self.policy(group_id, folder_id, **more))

    def policy(self, group_id: str, folder_id: str, **more: Any) -> dict[str, Any]:
        chosen = {
            "selector_type": "secret_folder",
            "selector": {"secret_folder": {"id": folder_id}},
        }
        rule = {
            "name": "All",
            "resource_type": "secret_based_resource",
            "resource_selector": {"selectors": [chosen]},
            "privileges": [{"privilege_type": "secret", "privilege_value": PRIVILEGES}],
        }
        principals = {"user_groups": [{"id": group_id}]}
        body = {"name": "Team", "active": True, "principals": principals, "rules": [rule]}
        return {**body, **more}

    # --- by hand -----------------------------------------------------------------------------

    def user(self, login: str = "ana@example.test", **profile: Any) -> str:
        return self.app.admin.add_account(login, profile)

    def group(self, name: str = "Sales", members: Any = (), kind: str = "") -> str:
        return self.app.admin.add_group(name, member_ids=list(members), kind=kind)

    def members(self, group_id: str) -> list[str]:
        return next(list(g.member_ids) for g in self.app.admin.groups() if g.id == group_id)


@pytest.fixture
def make() -> Callable[..., Client]:
    """A client for a team created with these arguments."""
    return lambda **arguments: Client(APP.create(**{"seed": 7, "limits": 0.0, **arguments}))


@pytest.fixture
def client(make: Callable[..., Client]) -> Client:
    return make()
