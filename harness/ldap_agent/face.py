"""The agent's HTTP face: a WSGI application with two routes, behind a token."""

import hmac
import json
from collections.abc import Callable, Iterable, Mapping
from http.client import responses as reasons
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from . import refusals
from .reading import read_action
from .refusals import Refusal
from .speaking import Agent

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LARGEST_BODY = 10 * 1024 * 1024
ACTIONS, STATUS = "/agent/v1/actions", "/agent/v1/status"


class Face:
    """Answers callers who show the token; what they ask goes to the agent. Never a 500."""

    def __init__(self, agent: Agent, token: str) -> None:
        self._agent = agent
        self._token = token.encode()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """WSGI entry point."""
        try:
            status, body = 200, self._answer(environ)
        except Refusal as refusal:
            status, body = refusal.status, refusal.body
        raw = json.dumps(body, separators=(",", ":")).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(raw)))]
        start_response(f"{status} {reasons.get(status, 'Unknown')}", headers)
        return [raw]

    def _answer(self, environ: Mapping[str, Any]) -> Mapping[str, Any]:
        self._check_token(environ.get("HTTP_AUTHORIZATION", ""))
        path = environ.get("PATH_INFO", "")
        if path not in _ROUTES:
            raise refusals.unknown_path(path)
        method, answer = _ROUTES[path]
        if environ["REQUEST_METHOD"] != method:
            raise refusals.wrong_method()
        return answer(self._agent, environ)

    def _check_token(self, header: str) -> None:
        scheme, _, token = header.partition(" ")
        shown = token.encode("latin-1", "replace")
        if scheme.lower() != "bearer" or not hmac.compare_digest(shown, self._token):
            raise refusals.bad_token()


def _actions(agent: Agent, environ: Mapping[str, Any]) -> Mapping[str, Any]:
    """The results of an action's operations, in order."""
    action = read_action(_json(_body(environ)))
    return {"id": action.id, "results": agent.run(action)}


def _status(agent: Agent, _environ: Mapping[str, Any]) -> Mapping[str, Any]:
    """One agent serves the directory; without the directory it is of no use."""
    domains = agent.domains()
    state = "DISRUPTED" if domains is None else "OPERATIONAL"
    return {"operationalStatus": state, "agents": 1, "domains": domains or []}


_Route = tuple[str, Callable[[Agent, Mapping[str, Any]], Mapping[str, Any]]]
_ROUTES: Mapping[str, _Route] = MappingProxyType(
    {ACTIONS: ("POST", _actions), STATUS: ("GET", _status)}
)


def _body(environ: Mapping[str, Any]) -> bytes:
    """The body, of a length that was told; nothing above the limit is read."""
    told = environ.get("CONTENT_LENGTH") or "0"
    length = int(told) if told.isascii() and told.isdigit() else 0
    if length > LARGEST_BODY:
        raise refusals.too_large()
    if not length and "HTTP_TRANSFER_ENCODING" in environ:
        length = LARGEST_BODY + 1  # it comes in pieces: its end says how long it is
    body: bytes = environ["wsgi.input"].read(length)
    if len(body) > LARGEST_BODY:
        raise refusals.too_large()
    return body


def _json(body: bytes) -> Any:
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise refusals.not_json() from error


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
