"""A tenant per test and a client that has a token for it."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import requests

from fake_apps.core.app import FakeApp
from fake_apps.core.wire import session
from fake_apps.o365 import APP

GRAPH = "https://graph.microsoft.com/v1.0"
LOGIN = "https://login.microsoftonline.com"
SCOPE = "https://graph.microsoft.com/.default"


class Client:
    """Calls one tenant the way a service does."""

    def __init__(self, app: FakeApp) -> None:
        self.app = app
        self.session = session(app)
        self.authorize()

    def authorize(self) -> None:
        reply = self.ask_token()
        if reply.status_code == 200:
            self.session.headers["Authorization"] = f"Bearer {reply.json()['access_token']}"

    def ask_token(self, tenant: str = "", **changes: str | None) -> requests.Response:
        given = self.app.admin.credentials()
        form: dict[str, Any] = {
            "client_id": given["client_id"],
            "client_secret": given["client_secret"],
            "grant_type": "client_credentials",
            "scope": SCOPE,
            **changes,
        }
        form = {name: value for name, value in form.items() if value is not None}
        address = f"{LOGIN}/{tenant or given['tenant']}/oauth2/v2.0/token"
        return self.session.post(address, data=form, headers={"Authorization": None})

    def call(
        self,
        method: str,
        path: str,
        json: Any = None,
        headers: Mapping[str, str | None] | None = None,
        **more: Any,
    ) -> requests.Response:
        address = path if path.startswith("https:") else GRAPH + path
        return self.session.request(method, address, json=json, headers=headers, **more)

    def get(self, path: str, **headers: str) -> requests.Response:
        return self.call("GET", path, headers=headers)

    def eventual(self, path: str) -> requests.Response:
        return self.call("GET", path, headers={"ConsistencyLevel": "eventual"})

    def batch(self, *items: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        reply = self.call("POST", "/$batch", {"requests": list(items)})
        assert reply.status_code == 200, reply.text
        return {each["id"]: each for each in reply.json()["responses"]}

    def create_group(self, name: str = "Sales", **changes: Any) -> requests.Response:
        return self.call("POST", "/groups", group_body(name, **changes))

    def group(self, name: str = "Sales", **changes: Any) -> str:
        reply = self.create_group(name, **changes)
        assert reply.status_code == 201, reply.text
        return str(reply.json()["id"])

    def user(self, name: str = "ana", **profile: Any) -> str:
        return self.app.admin.add_account(name, profile)

    def users(self, count: int) -> list[str]:
        return [self.user(f"user{number}") for number in range(count)]

    def add(self, group_id: str, user_id: str) -> requests.Response:
        return self.call("POST", f"/groups/{group_id}/members/$ref", ref(user_id))

    def bind(self, group_id: str, user_ids: list[str]) -> requests.Response:
        return self.call("PATCH", f"/groups/{group_id}", {"members@odata.bind": refs(user_ids)})

    def remove(self, group_id: str, user_id: str) -> requests.Response:
        return self.call("DELETE", f"/groups/{group_id}/members/{user_id}/$ref")

    def member_ids(self, group_id: str) -> list[str]:
        reply = self.get(f"/groups/{group_id}/members?$select=id&$top=999")
        return [each["id"] for each in reply.json()["value"]]


def group_body(name: str = "Sales", **changes: Any) -> dict[str, Any]:
    return {
        "displayName": name,
        "mailEnabled": False,
        "mailNickname": "nick",
        "securityEnabled": True,
        **changes,
    }


def ref(object_id: str) -> dict[str, str]:
    return {"@odata.id": f"{GRAPH}/directoryObjects/{object_id}"}


def refs(object_ids: list[str]) -> list[str]:
    return [f"{GRAPH}/directoryObjects/{each}" for each in object_ids]


@pytest.fixture
def make() -> Callable[..., Client]:
    """A client for a tenant created with these arguments."""
    return lambda **arguments: Client(APP.create(**{"seed": 7, **arguments}))


@pytest.fixture
def client(make: Callable[..., Client]) -> Client:
    return make()
