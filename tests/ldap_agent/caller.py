"""Calls the agent's face as a WSGI server would."""

import json
from typing import Any

from werkzeug.test import Client
from werkzeug.wrappers import Response

from harness.ldap_agent.face import ACTIONS, STATUS, Face
from tests.ldap.forest import Forest

TOKEN = "let-me-in"


class Caller:
    """One caller who knows the token, and the directory behind."""

    def __init__(self, forest: Forest, face: Face) -> None:
        self.forest = forest
        self._client = Client(face, Response)

    def send(self, method: str = "POST", path: str = ACTIONS, **more: Any) -> tuple[int, Any]:
        """Status and body."""
        headers = {"Authorization": f"Bearer {TOKEN}", **more.pop("headers", {})}
        reply = self._client.open(path, method=method, headers=headers, **more)
        return reply.status_code, json.loads(reply.get_data())

    def act(self, *operations: Any, **more: Any) -> list[dict[str, Any]]:
        status, body = self.send(json={"id": "1", "operations": list(operations), **more})
        assert status == 200, body
        return body["results"]

    def one(self, op: str, **fields: Any) -> dict[str, Any]:
        return self.act({"op": op, **fields})[0]

    def read(self, dn: str, *names: str, **more: Any) -> dict[str, Any]:
        told = self.one("search", base=dn, scope="base", attributes=list(names), **more)
        return told["entries"][0]["attributes"]

    def status(self) -> Any:
        return self.send("GET", STATUS)[1]


def head(result: dict[str, Any]) -> tuple[int, str]:
    return result["resultCode"], result["errorMessage"].partition(":")[0]
