"""An organisation per test and a client that has its token."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import requests

from fake_apps.core import scim
from fake_apps.core.app import FakeApp
from fake_apps.core.wire import session
from fake_apps.slack import APP

SCIM = "https://api.slack.com/scim"
WEB = "https://slack.com/api"
SCHEMAS = {
    "v1": {"Users": [scim.CORE_1], "Groups": [scim.CORE_1]},
    "v2": {"Users": [scim.USER], "Groups": [scim.GROUP]},
}


class Client:
    """Calls one organisation the way an identity provider does."""

    def __init__(self, app: FakeApp) -> None:
        self.app = app
        self.session = session(app)
        self.session.headers["Authorization"] = f"Bearer {app.admin.credentials()['token']}"

    def call(
        self,
        method: str,
        path: str,
        json: Any = None,
        headers: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> requests.Response:
        """`path` is below `/scim/`, or absolute."""
        address = path if path.startswith("https:") else f"{SCIM}/{path}"
        return self.session.request(method, address, json=json, headers=headers, **more)

    def get(self, path: str) -> requests.Response:
        return self.call("GET", path)

    def web(self, name: str, /, **form: str) -> dict[str, Any]:
        found: dict[str, Any] = self.session.post(f"{WEB}/{name}", data=form).json()
        return found

    # --- users and groups --------------------------------------------------------------------

    def create_user(
        self, handle: str = "ana", /, version: str = "v2", **more: Any
    ) -> requests.Response:
        body = {
            "schemas": SCHEMAS[version]["Users"],
            "userName": handle,
            "emails": [{"value": f"{handle.partition('@')[0]}@example.test", "primary": True}],
            **more,
        }
        body = {key: value for key, value in body.items() if value is not ...}
        return self.call("POST", f"{version}/Users", body)

    def user(self, name: str = "ana", **profile: Any) -> str:
        return self.app.admin.add_account(name, profile)

    def users(self, count: int) -> list[str]:
        return [self.user(f"user{number:05}") for number in range(count)]

    def create_group(
        self, title: str = "Sales", ids: Any = (), /, version: str = "v2", **more: Any
    ) -> requests.Response:
        body = {
            "schemas": SCHEMAS[version]["Groups"],
            "displayName": title,
            "members": [{"value": each} for each in ids],
            **more,
        }
        body = {key: value for key, value in body.items() if value is not ...}
        return self.call("POST", f"{version}/Groups", body)

    def group(self, name: str = "Sales", members: Any = ()) -> str:
        return self.app.admin.add_group(name, member_ids=list(members))

    def patch(self, kind: str, one: str, *operations: Mapping[str, Any]) -> requests.Response:
        """A PatchOp of version 2."""
        body = {"schemas": [scim.PATCH_OP], "Operations": list(operations)}
        return self.call("PATCH", f"v2/{kind}/{one}", body)

    def patch_1(self, kind: str, one: str, **body: Any) -> requests.Response:
        """A partial resource of version 1."""
        return self.call("PATCH", f"v1/{kind}/{one}", {"schemas": [scim.CORE_1], **body})

    def put(self, kind: str, one: str, version: str = "v2", **body: Any) -> requests.Response:
        told = {"schemas": SCHEMAS[version][kind], **body}
        return self.call("PUT", f"{version}/{kind}/{one}", told)

    def shown(self, user_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"v2/Users/{user_id}").json()
        return found

    def member_ids(self, group_id: str) -> list[str]:
        document = self.get(f"v2/Groups/{group_id}").json()
        return [each["value"] for each in document["members"]]


def code(reply: requests.Response) -> tuple[int, str]:
    """Status and code of a refusal in either shape."""
    body = reply.json()
    found = body["Errors"]["description"] if "Errors" in body else body["detail"]
    return reply.status_code, found


@pytest.fixture
def make() -> Callable[..., Client]:
    """A client for an organisation created with these arguments."""
    return lambda **arguments: Client(APP.create(**{"seed": 7, "limits": 0.0, **arguments}))


@pytest.fixture
def client(make: Callable[..., Client]) -> Client:
    return make()
