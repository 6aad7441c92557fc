"""An enterprise per test and a client that has a token for it."""

from collections.abc import Callable, Mapping
from typing import Any

import jwt
import pytest
import requests

from fake_apps.box import APP
from fake_apps.core.app import FakeApp
from fake_apps.core.wire import session

API = "https://api.box.com/2.0"
TOKEN = "https://api.box.com/oauth2/token"
REVOKE = "https://api.box.com/oauth2/revoke"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class Client:
    """Calls one enterprise the way a platform app does."""

    def __init__(self, app: FakeApp) -> None:
        self.app = app
        self.admin = app.admin
        self.session = session(app)
        self.authorize()

    def authorize(self, **changes: str | None) -> None:
        reply = self.ask_token(**changes)
        if reply.status_code == 200:
            self.session.headers["Authorization"] = f"Bearer {reply.json()['access_token']}"

    def ask_token(self, **changes: str | None) -> requests.Response:
        given = self.admin.credentials()
        form: dict[str, Any] = {
            "grant_type": "client_credentials",
            "client_id": given["client_id"],
            "client_secret": given["client_secret"],
            "box_subject_type": "enterprise",
            "box_subject_id": given["enterprise_id"],
        }
        if "private_key" in given:
            form |= {"grant_type": JWT_BEARER, "assertion": self.assertion()}
        form = {name: value for name, value in (form | changes).items() if value is not None}
        return self.session.post(TOKEN, data=form, headers={"Authorization": None})

    def assertion(self, *, key: Any = None, kid: str = "", alg: str = "RS256", **changes: Any):
        given = self.admin.credentials()
        claims: dict[str, Any] = {
            "iss": given["client_id"],
            "sub": given["enterprise_id"],
            "box_sub_type": "enterprise",
            "aud": TOKEN,
            "jti": "a-jti-of-at-least-16-characters",
            "exp": self.app.clock.now() + 30,
        }
        claims = {k: v for k, v in (claims | changes).items() if v is not None}
        headers = {"kid": kid or given["public_key_id"]}
        return jwt.encode(claims, key or given["private_key"], algorithm=alg, headers=headers)

    def call(
        self,
        method: str,
        path: str,
        json: Any = None,
        headers: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> requests.Response:
        address = path if path.startswith("https:") else API + path
        return self.session.request(method, address, json=json, headers=headers, **more)

    def get(self, path: str, **headers: str) -> requests.Response:
        return self.call("GET", path, headers=headers)

    def create_group(self, name: str = "Sales", query: str = "", **more: Any) -> requests.Response:
        return self.call("POST", f"/groups{query}", {"name": name, **more})

    def group(self, name: str = "Sales", **more: Any) -> str:
        reply = self.create_group(name, **more)
        assert reply.status_code == 201, reply.text
        return str(reply.json()["id"])

    def user(self, name: str = "ana", **profile: Any) -> str:
        return self.admin.add_account(f"{name}@example.test", profile)

    def users(self, count: int) -> list[str]:
        return [self.user(f"user{number}") for number in range(count)]

    def add(self, group_id: str, user_id: str, **more: Any) -> requests.Response:
        body = {"user": {"id": user_id}, "group": {"id": group_id}, **more}
        return self.call("POST", "/group_memberships", body)

    def join(self, group_id: str, user_id: str, **more: Any) -> str:
        reply = self.add(group_id, user_id, **more)
        assert reply.status_code == 201, reply.text
        return str(reply.json()["id"])

    def invite(self, login: str) -> requests.Response:
        enterprise = self.admin.credentials()["enterprise_id"]
        body = {"enterprise": {"id": enterprise}, "actionable_by": {"login": login}}
        return self.call("POST", "/invites", body)

    def acting_as(self, user_id: str) -> dict[str, str]:
        """The header of a call for that user; the setting `as_user` has to allow it."""
        self.app.change_setting("as_user", value=True)
        return {"As-User": user_id}

    def member_ids(self, group_id: str) -> list[str]:
        reply = self.get(f"/groups/{group_id}/memberships?limit=1000")
        return [each["user"]["id"] for each in reply.json()["entries"]]


@pytest.fixture
def make() -> Callable[..., Client]:
    """A client for an enterprise created with these arguments."""
    return lambda **arguments: Client(APP.create(**{"seed": 7, **arguments}))


@pytest.fixture
def client(make: Callable[..., Client]) -> Client:
    return make()
