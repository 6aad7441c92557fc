"""An admin's desk: a world of fakes, its org behind the API, and a client in this process."""

from functools import cache
from typing import Any
from urllib.parse import unquote

import jsonschema
from werkzeug.test import Client, TestResponse

from harness.okta_api import ROLES, Api, Connected, Service
from harness.okta_api.face import flask_app
from harness.okta_api.openapi import OPERATIONS
from harness.okta_api.schemas import SCHEMAS
from harness.world import AppPlan, World, build
from tests.engine import office

TOKEN = "00seCretOfTheSuperAdmin"
READER = "00seCretOfTheReadOnlyAdmin"
GROUPS_OU = "OU=Groups,DC=ad,DC=example,DC=test"


class Desk:
    """One world and its API. Apps are labelled as their kinds are."""

    def __init__(self, *kinds: str, settings: dict[str, Any] | None = None, **options: Any) -> None:
        hides = options.pop("hides", False)
        plans = [AppPlan(kind, kind, settings=settings or {}) for kind in kinds]
        self.world: World = build(plans, seed=7, store=office.databases.open())
        self.org, self.operator = self.world.org, self.world.operator
        self.woken = 0
        self.service = Service(
            self.org,
            self.operator,
            seed=7,
            wake=self._wake,
            connector=options.pop("connector", lambda _kind: None),
            **{"limits": 0.0, **options},
        )
        self.service.tokens.issue("admin", TOKEN, scopes=ROLES["SUPER_ADMIN"])
        self.service.tokens.issue("reader", READER, scopes=ROLES["READ_ONLY_ADMIN"])
        self._client = Client(Api(self.service, hides=hides))

    def _wake(self) -> None:
        self.woken += 1

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = TOKEN,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> TestResponse:
        """One call; `path` is below /api/v1 unless it begins with a slash."""
        told = {"Authorization": f"SSWS {token}"} if token else {}
        told |= headers or {}
        if body is not None:
            more["json"] = body
        elif "data" not in more and method in ("POST", "PUT", "PATCH"):
            more.setdefault("environ_overrides", {"CONTENT_LENGTH": "0"})
        target = path if path.startswith("/") else f"/api/v1/{path}"
        answer = self._client.open(target, method=method, headers=told, **more)
        hold_to_document(method, target, answer)
        return answer

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.call("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        return self.call("POST", path, body, **more)

    def put(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        return self.call("PUT", path, body, **more)

    def patch(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        return self.call("PATCH", path, body, **more)

    def delete(self, path: str, **more: Any) -> TestResponse:
        return self.call("DELETE", path, **more)

    # --- what most tests begin with --------------------------------------------------------

    def user(self, name: str, **more: Any) -> dict[str, Any]:
        """A user who is ACTIVE, as shown."""
        profile = {
            "login": f"{name}@example.test",
            "email": f"{name}@example.test",
            "firstName": name.title(),
            "lastName": "Example",
            **more,
        }
        body = {"profile": profile, "credentials": {"password": {"value": "correct horse"}}}
        return done(self.post("users", body))

    def group(self, name: str = "Sales", *users: dict[str, Any]) -> dict[str, Any]:
        """A group with these members, as shown."""
        made = done(self.post("groups", {"profile": {"name": name, "description": ""}}))
        for user in users:
            assert self.put(f"groups/{made['id']}/users/{user['id']}").status_code == 204
        return made

    def app(self, kind: str) -> str:
        """The id of the app instance of that kind."""
        return self.org.apps.find(kind).id

    def assign(self, kind: str, *users: dict[str, Any]) -> None:
        for user in users:
            body = {"id": user["id"], "scope": "USER"}
            assert self.post(f"apps/{self.app(kind)}/users", body).status_code == 200

    def push(self, kind: str, group: dict[str, Any], **more: Any) -> dict[str, Any]:
        """A mapping of the group by its own name, as shown; nothing is sent yet."""
        body = {"sourceGroupId": group["id"], "targetGroupName": group["profile"]["name"], **more}
        return done(self.post(mappings(self, kind), body), 201)

    def run(self) -> None:
        """Let the engine do what is due."""
        self.operator.run()

    def target_members(self, kind: str, name: str = "Sales") -> list[str]:
        """Logins of the members that the target's group of that name has, sorted."""
        target = self.world.targets[kind]
        logins = {account.id: account.login for account in target.accounts()}
        (group,) = (one for one in target.groups() if one.name == name and not one.deleted)
        return sorted(logins[one] for one in group.members)


def hold_to_document(method: str, target: str, answer: TestResponse) -> None:
    """What is answered is what the OpenAPI document says of it."""
    path = target.partition("?")[0]
    if answer.status_code >= 400:
        if answer.data:
            _validator("Error").validate(answer.json)
        return
    endpoint = flask_app().url_map.bind("localhost").match(unquote(path), method=method)[0]
    operation = OPERATIONS[endpoint]
    assert answer.status_code in (operation.status, *operation.others)
    if answer.data:
        _validator(operation.reply).validate(answer.json)
    else:
        assert not operation.reply or operation.others


@cache
def _validator(name: str) -> jsonschema.Draft202012Validator:
    schema = SCHEMAS[name.strip("[]")]
    whole = {"type": "array", "items": schema} if name.startswith("[") else schema
    return jsonschema.Draft202012Validator(whole)


def mappings(desk: Desk, kind: str) -> str:
    return f"apps/{desk.app(kind)}/group-push/mappings"


def done(response: TestResponse, status: int = 200) -> Any:
    assert response.status_code == status, response.text
    return response.json


def refused(response: TestResponse, status: int, code: str) -> dict[str, Any]:
    """The refusal, which has all of its five keys."""
    found = response.json
    assert (response.status_code, found["errorCode"]) == (status, code), response.text
    keys = ["errorCode", "errorSummary", "errorLink", "errorId", "errorCauses"]
    assert (list(found), found["errorLink"]) == (keys, code)
    return found


def causes(found: dict[str, Any]) -> list[str]:
    return [one["errorSummary"] for one in found["errorCauses"]]


__all__ = [
    "GROUPS_OU",
    "READER",
    "TOKEN",
    "Connected",
    "Desk",
    "causes",
    "done",
    "mappings",
    "refused",
]
