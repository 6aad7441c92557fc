"""A customer per test and a client that has a token for it."""

from collections.abc import Callable, Mapping, Sequence
from email import message_from_bytes
from email.policy import HTTP
from json import loads
from typing import Any
from urllib.parse import quote

import jwt
import pytest
import requests

from fake_apps.core.app import FakeApp
from fake_apps.core.wire import session
from fake_apps.gsuite import APP

ROOT = "https://admin.googleapis.com"
API = f"{ROOT}/admin/directory/v1"
TOKEN = "https://oauth2.googleapis.com/token"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SCOPE = "https://www.googleapis.com/auth/admin.directory."
SCOPES = f"{SCOPE}group {SCOPE}user"


class Client:
    """Calls one customer the way a service account does."""

    def __init__(self, app: FakeApp) -> None:
        self.app = app
        self.session = session(app)
        self.authorize()

    def authorize(self, scopes: str = SCOPES, **claims: Any) -> None:
        reply = self.ask_token(scope=scopes, **claims)
        if reply.status_code == 200:
            self.session.headers["Authorization"] = f"Bearer {reply.json()['access_token']}"

    def assertion(self, *, key: str = "", kid: str = "", **claims: Any) -> str:
        """A signed assertion; a claim of None is left out."""
        account = self.app.admin.credentials()["service_account"]
        now = int(self.app.clock.now())
        whole = {
            "iss": account["client_email"],
            "sub": self.app.admin.credentials()["subject"],
            "scope": SCOPES,
            "aud": TOKEN,
            "iat": now,
            "exp": now + 3600,
            **claims,
        }
        kept = {name: value for name, value in whole.items() if value is not None}
        headers = {"kid": kid or account["private_key_id"]}
        return jwt.encode(kept, key or account["private_key"], "RS256", headers=headers)

    def ask_token(self, **claims: Any) -> requests.Response:
        return self.post_token(grant_type=JWT_BEARER, assertion=self.assertion(**claims))

    def post_token(self, **form: str) -> requests.Response:
        return self.session.post(TOKEN, data=form, headers={"Authorization": None})

    def call(
        self,
        method: str,
        path: str,
        json: Any = None,
        headers: Mapping[str, str | None] | None = None,
        **more: Any,
    ) -> requests.Response:
        address = path if path.startswith("https:") else API + path
        return self.session.request(method, address, json=json, headers=headers, **more)

    def get(self, path: str, **headers: str) -> requests.Response:
        return self.call("GET", path, headers=headers)

    def create_group(self, name: str = "Sales", **changes: Any) -> requests.Response:
        body = {"name": name, "email": f"{name.lower()}@example.test", **changes}
        return self.call("POST", "/groups", body)

    def group(self, name: str = "Sales", **changes: Any) -> str:
        reply = self.create_group(name, **changes)
        assert reply.status_code == 200, reply.text
        return str(reply.json()["id"])

    def user(self, login: str = "ana", /, **profile: Any) -> str:
        return self.app.admin.add_account(f"{login}@example.test", profile)

    def users(self, count: int) -> list[str]:
        return [self.user(f"user{number:03}") for number in range(count)]

    def add(self, group: str, member: str, **more: Any) -> requests.Response:
        key = "email" if "@" in member else "id"
        return self.call("POST", f"/groups/{quote(group)}/members", {key: member, **more})

    def remove(self, group: str, member: str) -> requests.Response:
        return self.call("DELETE", f"/groups/{group}/members/{quote(member, safe='')}")

    def member_ids(self, group: str) -> list[str]:
        document = self.get(f"/groups/{group}/members").json()
        return [each["id"] for each in document.get("members", [])]

    def batch(self, *calls: str, path: str = "/batch", newline: str = "\n") -> requests.Response:
        """Send calls such as "GET /groups/x", with a body after a blank line, as one batch."""
        return self.post_batch(multipart(calls, newline), path=path)

    def post_batch(self, body: bytes, path: str = "/batch", **headers: str) -> requests.Response:
        kind = {"Content-Type": 'multipart/mixed; boundary="==edge=="'}
        return self.session.post(ROOT + path, data=body, headers={**kind, **headers})

    def unpack(self, reply: requests.Response) -> list[tuple[str, int, Any]]:
        """Content-ID, status and body of each part of a batch reply."""
        assert reply.status_code == 200, reply.text
        head = f"Content-Type: {reply.headers['Content-Type']}\r\n\r\n".encode()
        message = message_from_bytes(head + reply.content, policy=HTTP)
        return [_part(each) for each in message.iter_parts()]


def _part(part: Any) -> tuple[str, int, Any]:
    head, _, body = part.get_payload().replace("\r\n", "\n").partition("\n\n")
    return part["Content-ID"], int(head.split()[1]), loads(body) if body.strip() else None


def multipart(calls: Sequence[str], newline: str = "\n") -> bytes:
    """A batch body as the Python client writes it, every line ending with `newline`."""
    lines = []
    for number, call in enumerate(calls, 1):
        request, _, body = call.partition("\n")
        method, path = request.split(" ", 1)
        lines += [
            "--==edge==",
            "Content-Type: application/http",
            "MIME-Version: 1.0",
            "Content-Transfer-Encoding: binary",
            f"Content-ID: <b29c5de2-0db4-490b-b421-6a51b598bd22 + {number}>",
            "",
            f"{method} /admin/directory/v1{path} HTTP/1.1",
            "content-type: application/json",
            "MIME-Version: 1.0",
            "",
            body,
            "",
        ]
    return newline.join([*lines, "--==edge==--"]).encode()


def refusal(reply: requests.Response) -> tuple[int, str, str]:
    """Status, reason and message of a refusal of the API."""
    error = reply.json()["error"]
    assert error["code"] == reply.status_code
    return reply.status_code, error["errors"][0]["reason"], error["message"]


@pytest.fixture
def make() -> Callable[..., Client]:
    """A client for a customer created with these arguments."""
    return lambda **arguments: Client(APP.create(**{"seed": 7, **arguments}))


@pytest.fixture
def client(make: Callable[..., Client]) -> Client:
    return make()
