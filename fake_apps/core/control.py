"""The control routes of a served fake, under `/_fake`: the tests' own door, never the vendor's."""

import hmac
from collections.abc import Iterable
from typing import TYPE_CHECKING

from .app import FakeApp
from .edge import answer_json

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Control:
    """Answers the control routes of one fake to whoever shows the token."""

    def __init__(self, fake: FakeApp, token: str) -> None:
        self._fake = fake
        self._token = f"Bearer {token}".encode()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        shown = environ.get("HTTP_AUTHORIZATION", "").encode("latin-1")
        if not hmac.compare_digest(shown, self._token):
            told = {"error": "bad_token", "message": "send the control token as a Bearer token"}
            return answer_json(start_response, 401, told)
        if environ["PATH_INFO"] == "/_fake/health" and environ["REQUEST_METHOD"] == "GET":
            return answer_json(start_response, 200, {"app": self._fake.name, "status": "ok"})
        told = {"error": "unknown_route", "message": "no such control route"}
        return answer_json(start_response, 404, told)
