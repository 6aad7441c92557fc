"""One HTTP call as every adapter makes it: sent leanly, read as JSON, or known to be unknown."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http.client import responses as reasons
from typing import Any

import requests
from requests.structures import CaseInsensitiveDict

from ..errors import ErrorKind, TargetError
from ..ports import Connection

JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Reply:
    """A reply that could be read: its JSON, or None where it had no body."""

    status: int
    headers: Mapping[str, str]
    body: Any
    rest_s: float | None = None  # see `rest_s`

    @property
    def reason(self) -> str:
        return reasons.get(self.status, f"HTTP {self.status}")


Reader = Callable[[requests.Response, bytes], Reply | TargetError]


def send(
    connection: Connection,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes | None = None,
    read: Reader | None = None,
) -> Reply | TargetError:
    """One call. Without a readable reply it is a TargetError, and may have happened all the same.

    A reply is JSON, or what `read` makes of it. No redirect is followed: it would carry the token
    to wherever the reply says.
    """
    request = _prepare(method, url, headers, body)
    try:
        response = connection.session.send(
            request, timeout=connection.timeout_s, allow_redirects=False
        )
        content = response.content
    except requests.Timeout:
        return unreadable("Read timed out", reason="Read timed out")
    except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
        # The exception's own text is left out: it may quote what was sent.
        return unreadable("The connection was lost")
    reply = (read or read_json)(response, content)
    rest = rest_s(response.headers, connection.clock.now())
    return replace(reply, rest_s=rest) if rest and isinstance(reply, Reply) else reply


def unreadable(message: str, *, reason: str = "") -> TargetError:
    """The error of a call whose effect nobody can tell."""
    return TargetError(ErrorKind.UNAVAILABLE, "", message, reason=reason)


def dump(body: Mapping[str, Any]) -> bytes:
    """JSON as it is sent: nothing but what it says."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def field(body: Any, name: str) -> Any:
    """That key of a body; None where it has none, or is no object."""
    return body.get(name) if isinstance(body, dict) else None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, when said in whole seconds; decimals and dates do not count (rule R47)."""
    told = headers.get("Retry-After", "")
    return float(told) if told.isascii() and told.isdecimal() else None


# https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ (seconds until the reset),
# https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api and
# https://developer.okta.com/docs/reference/rl-best-practices/ (the moment of it).
_BUDGETS = ("RateLimit", "X-RateLimit", "X-Rate-Limit")
_MOMENT = 1_000_000_000.0  # a number of seconds that is no wait any more


def rest_s(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds until the target takes calls again, where it tells that none are left till then."""
    for name in _BUDGETS:
        left, reset = headers.get(f"{name}-Remaining"), headers.get(f"{name}-Reset")
        if left == "0" and reset and reset.isascii() and reset.isdecimal():
            wait = float(reset)
            return max(0.0, wait - now if wait > _MOMENT else wait)
    return None


def _prepare(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None
) -> requests.PreparedRequest:
    # Addresses arrive encoded and bodies as bytes, so `prepare()`, which would parse and encode
    # them again at ten times the cost, has nothing left to do.
    request = requests.PreparedRequest()
    request.method = method
    request.url = url
    request.headers = CaseInsensitiveDict(headers)
    if body is not None:
        request.headers["Content-Length"] = str(len(body))
    request.body = body
    return request


def read_json(response: requests.Response, content: bytes) -> Reply | TargetError:
    """The reply with its JSON, or what is wrong with it."""
    if not content:
        return Reply(response.status_code, response.headers, None)
    try:
        body = json.loads(content)
    except ValueError:
        return _broken(response, content.decode("utf-8", "replace"))
    return Reply(response.status_code, response.headers, body)


def _broken(response: requests.Response, text: str) -> Reply | TargetError:
    status = response.status_code
    if status in (401, 429):
        # Front ends throttle and turn away in plain text; status and headers say all there is.
        return Reply(status, response.headers, None)
    reason = reasons.get(status, f"HTTP {status}")
    message = f"Invalid JSON: {_unexpected(text.lstrip())}"
    if status == 403:
        # A network policy, or a wrong endpoint: "Error authenticating: Forbidden .." in Okta.
        # https://docs.snowflake.com/en/user-guide/scim-okta
        return TargetError(ErrorKind.CREDENTIALS, "", message, reason=reason)
    return unreadable(message, reason=reason)


def _unexpected(text: str) -> str:
    """What Okta's JSON parser says of a text that is none."""
    if word := re.match(r"\w+", text):
        return f"Unrecognized token '{word[0]}'"
    if not text:
        return "Unexpected end-of-input"
    return f"Unexpected character ('{text[0]}' (code {ord(text[0])}))"
