"""A service per test and a client that has its token."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import requests

from fake_apps.core import scim
from fake_apps.core.app import FakeApp
from fake_apps.core.wire import session
from fake_apps.scim import APP

BASE = "https://scim.example.test/v2"


class Client:
    """Calls one service the way an identity provider does."""

    def __init__(self, app: FakeApp) -> None:
        self.app = app
        self.session = session(app)
        self.session.headers["Authorization"] = f"Bearer {app.admin.credentials()['token']}"

    def call(self, method: str, path: str, json: Any = None, **more: Any) -> requests.Response:
        """`path` is below the base, or absolute."""
        address = path if path.startswith("https:") else BASE + path
        return self.session.request(method, address, json=json, **more)

    def get(self, path: str, **more: Any) -> requests.Response:
        return self.call("GET", path, **more)

    def create_user(self, login: str = "ana@example.test", /, **more: Any) -> requests.Response:
        return self.call("POST", "/Users", {"schemas": [scim.USER], "userName": login, **more})

    def create_group(self, name: str = "Sales", ids: Any = (), /, **more: Any) -> requests.Response:
        members = [{"value": each} for each in ids]
        body = {"schemas": [scim.GROUP], "displayName": name, "members": members, **more}
        return self.call("POST", "/Groups", body)

    def put_group(self, group_id: str, name: str = "Sales", ids: Any = ()) -> requests.Response:
        members = [{"value": each} for each in ids]
        body = {"schemas": [scim.GROUP], "displayName": name, "members": members}
        return self.call("PUT", f"/Groups/{group_id}", body)

    def patch(self, path: str, *operations: Mapping[str, Any], **more: Any) -> requests.Response:
        body = {"schemas": [scim.PATCH_OP], "Operations": list(operations)}
        return self.call("PATCH", path, body, **more)

    # --- by hand -----------------------------------------------------------------------------

    def user(self, login: str = "ana@example.test", **profile: Any) -> str:
        return self.app.admin.add_account(login, profile)

    def users(self, count: int) -> list[str]:
        return [self.user(f"user{number:05}@example.test") for number in range(count)]

    def group(self, name: str = "Sales", members: Any = ()) -> str:
        return self.app.admin.add_group(name, member_ids=list(members))

    def members(self, group_id: str) -> list[str]:
        """Who is really in, whatever replies say."""
        return next(list(g.member_ids) for g in self.app.admin.groups() if g.id == group_id)

    def shown(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = self.get(path).json()
        return found

    def found(self, path: str) -> list[str]:
        """Names of what a list has, in its order."""
        listed = self.get(path).json()["Resources"]
        return [each.get("userName") or each.get("displayName") for each in listed]


def add(*ids: str) -> dict[str, Any]:
    return {"op": "add", "path": "members", "value": [{"value": each} for each in ids]}


def replace(*ids: str) -> dict[str, Any]:
    return {"op": "replace", "path": "members", "value": [{"value": each} for each in ids]}


def remove(one: str) -> dict[str, Any]:
    return {"op": "remove", "path": f'members[value eq "{one}"]'}


def error(reply: requests.Response) -> tuple[int, str | None]:
    """Status and scimType of a refusal."""
    body = reply.json()
    assert body["schemas"] == [scim.ERROR]
    assert body["status"] == str(reply.status_code)
    return reply.status_code, body.get("scimType")


@pytest.fixture
def make() -> Callable[..., Client]:
    """A client for a service created with these arguments."""
    return lambda **arguments: Client(APP.create(**{"seed": 7, "limits": 0.0, **arguments}))


@pytest.fixture
def client(make: Callable[..., Client]) -> Client:
    return make()
