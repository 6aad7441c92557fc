"""Microsoft Graph as a wire: tokens, single calls, batches, and what its refusals mean.

Sources: https://learn.microsoft.com/en-us/graph/errors,
https://learn.microsoft.com/en-us/graph/json-batching,
https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow
"""

import json
import re
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from ..errors import ErrorKind, TargetError
from ..model import Effect, Outcome
from ..ports import Connection
from ._http import Reply, retry_after, send, unreadable

GRAPH_URL = "https://graph.microsoft.com/v1.0"
LOGIN_URL = "https://login.microsoftonline.com"
BATCH_SIZE = 20
_TOKEN_MARGIN_S = 60.0  # as long as one call may take


@dataclass(frozen=True)
class Request:
    """One request, alone or within a batch. `group` or `account` is the object it addresses."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    prefer: str = ""
    group: str = ""
    account: str = ""

    @property
    def name(self) -> str:
        return f"{self.method} {urlsplit(self.path).path}"


@dataclass(frozen=True)
class Answer:
    """What a request brought: a body, or an error and whether the request may have worked."""

    effect: Effect
    status: int = 0
    body: Any = None
    error: TargetError | None = None

    def value(self, key: str, kind: type) -> Any:
        """That key of the body, if the body is an object and the value of that type."""
        found = self.body.get(key) if isinstance(self.body, dict) else None
        return found if isinstance(found, kind) else None


class Graph:
    """One tenant: holds the token, makes one HTTP call per `call` or `batch`."""

    def __init__(self, connection: Connection) -> None:
        options = connection.options or {}
        self._connection = connection
        self._url: str = options.get("graph_url", GRAPH_URL)
        self._login_url: str = options.get("login_url", LOGIN_URL)
        self._token = ""
        self._expires = 0.0

    def authorize(self) -> Generator[Outcome, None, bool]:
        """Fetch a token when there is none or it is about to expire; False when refused."""
        if self._token and self._connection.clock.now() < self._expires - _TOKEN_MARGIN_S:
            return True
        answer = self._fetch_token()
        yield Outcome(answer.effect, "POST /oauth2/v2.0/token", error=answer.error)
        return answer.error is None

    def call(self, request: Request) -> Answer:
        """One request in one HTTP call."""
        url = request.path if "://" in request.path else self._url + request.path
        if urlsplit(url)[:2] != urlsplit(self._url)[:2]:
            raise AssertionError(f"{url} is not on the tenant's own host")
        body = None if request.body is None else _dump(request.body)
        reply = send(
            self._connection, request.method, url, headers=self._headers(request), body=body
        )
        if isinstance(reply, TargetError):
            return Answer(Effect.UNKNOWN, error=reply)
        if reply.status == 401:
            self._token = ""
        return judge(request, reply)

    def batch(self, requests: Sequence[Request]) -> list[Answer] | Answer:
        """Up to 20 requests in one HTTP call: one answer each, in order - or the batch's own."""
        items = [_item(number, request) for number, request in enumerate(requests, 1)]
        whole = self.call(Request("POST", "/$batch", {"requests": items}))
        if whole.error:
            return whole
        replies = whole.value("responses", list)
        if replies is None:
            return Answer(Effect.UNKNOWN, error=unreadable("The batch reply has no responses"))
        found = {str(item.get("id")): item for item in replies if isinstance(item, dict)}
        answers = [_inner(request, found.get(str(n))) for n, request in enumerate(requests, 1)]
        if any(answer.status == 401 for answer in answers):
            self._token = ""
        return answers

    def stays_home(self, url: str) -> bool:
        """Whether a link the tenant gave leads to the tenant's own host (never follow another)."""
        return urlsplit(url)[:2] == urlsplit(self._url)[:2]

    def _headers(self, request: Request) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        if request.prefer:
            headers["Prefer"] = request.prefer
        return headers

    def _fetch_token(self) -> Answer:
        credentials = self._connection.credentials
        form = {
            "client_id": credentials["client_id"],
            "client_secret": credentials["client_secret"],
            "grant_type": "client_credentials",
            "scope": "https://graph.microsoft.com/.default",
        }
        reply = send(
            self._connection,
            "POST",
            f"{self._login_url}/{credentials['tenant']}/oauth2/v2.0/token",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode(form).encode(),
        )
        return self._keep_token(reply)

    def _keep_token(self, reply: Reply | TargetError) -> Answer:
        if isinstance(reply, TargetError):
            return Answer(Effect.UNKNOWN, error=reply)
        if reply.status != 200:
            error = _token_error(reply)
            return Answer(Effect.REFUSED, reply.status, error=error)
        token, life = (_field(reply.body, name) for name in ("access_token", "expires_in"))
        if not isinstance(token, str) or not isinstance(life, int):
            return Answer(Effect.UNKNOWN, error=unreadable("The token reply has no token"))
        self._token = token
        self._expires = self._connection.clock.now() + life
        return Answer(Effect.DONE, reply.status)


def _dump(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _field(body: Any, name: str) -> Any:
    return body.get(name) if isinstance(body, dict) else None


def _item(number: int, request: Request) -> dict[str, Any]:
    item: dict[str, Any] = {"id": str(number), "method": request.method, "url": request.path}
    if request.body is not None:
        item["headers"] = {"Content-Type": "application/json"}
        item["body"] = request.body
    return item


def _inner(request: Request, item: Mapping[str, Any] | None) -> Answer:
    """An item's answer. The batch's own 200 says nothing about it."""
    if item is None or not isinstance(item.get("status"), int):
        error = unreadable("The batch reply does not mention this request")
        return Answer(Effect.UNKNOWN, error=error)
    headers = {str(k).title(): str(v) for k, v in (item.get("headers") or {}).items()}
    return judge(request, Reply(item["status"], headers, item.get("body")))


# --- what refusals mean ------------------------------------------------------------------------

KEY_TAKEN = "Request_MultipleObjectsWithSameKeyValue"
_KINDS = {
    "InvalidAuthenticationToken": ErrorKind.CREDENTIALS,
    "Authorization_IdentityNotFound": ErrorKind.CREDENTIALS,
    "TooManyRequests": ErrorKind.THROTTLED,
    "serviceNotAvailable": ErrorKind.UNAVAILABLE,
    "FailedDependency": ErrorKind.UNAVAILABLE,
    "Request_ResourceNotFound": ErrorKind.NOT_FOUND,
    KEY_TAKEN: ErrorKind.EXISTS,
    "Authorization_RequestDenied": ErrorKind.REFUSED,
    "Directory_QuotaExceeded": ErrorKind.REFUSED,
}
_STATUS_KINDS = {
    401: ErrorKind.CREDENTIALS,
    404: ErrorKind.NOT_FOUND,
    409: ErrorKind.EXISTS,
    424: ErrorKind.UNAVAILABLE,
    429: ErrorKind.THROTTLED,
}
ALREADY_LINKED = "added object references already exist"
NOT_LINKED = "removed object references do not exist"
# Codes are few, so the sentence decides between what shares `Request_BadRequest` and the like.
_SENTENCES = (
    (ALREADY_LINKED, ErrorKind.EXISTS),
    (NOT_LINKED, ErrorKind.NOT_FOUND),
    ("Another object with the same value for property", ErrorKind.EXISTS),
    ("A conflicting object with one or more of the specified", ErrorKind.EXISTS),
    # A fresh group that has not reached every replica, documented in group-update:
    # https://learn.microsoft.com/en-us/graph/api/group-update
    ("The source resource object or one of the objects being referenced", ErrorKind.NOT_FOUND),
    ("Invalid object identifier", ErrorKind.NOT_FOUND),
    ("Resource provisioning is in progress", ErrorKind.UNAVAILABLE),
)
_QUOTED_ID = re.compile(r"(?:Resource|object identifier) '([^']*)'")


def judge(request: Request, reply: Reply) -> Answer:
    """The answer that a reply is."""
    if reply.status < 300:
        return Answer(Effect.DONE, reply.status, reply.body)
    error = _error(request, reply)
    # A gateway's 500, 502 or 504 may stand before a write that went through; a 503 and all of 4xx
    # are refusals.
    is_open = reply.status >= 500 and reply.status != 503
    effect = Effect.UNKNOWN if is_open else Effect.REFUSED
    return Answer(effect, reply.status, reply.body, error)


def _error(request: Request, reply: Reply) -> TargetError:
    code, message = _code_and_message(reply)
    kind = _kind(reply.status, code, message)
    return TargetError(
        kind,
        code,
        message,
        reason=reply.reason,
        retry_after_s=retry_after(reply.headers),
        missing=_missing(request, message) if kind is ErrorKind.NOT_FOUND else "",
    )


def _code_and_message(reply: Reply) -> tuple[str, str]:
    """Both from the envelope of today or from the older `odata.error`."""
    envelope = _field(reply.body, "error") or _field(reply.body, "odata.error")
    message = _field(envelope, "message")
    if isinstance(message, dict):
        message = message.get("value")
    return str(_field(envelope, "code") or ""), str(message or reply.reason)


def _kind(status: int, code: str, message: str) -> ErrorKind:
    for sentence, kind in _SENTENCES:
        if sentence in message:
            return kind
    if code in _KINDS:
        return _KINDS[code]
    if status >= 500:
        return ErrorKind.UNAVAILABLE
    return _STATUS_KINDS.get(status, ErrorKind.REFUSED)


def _missing(request: Request, message: str) -> str:
    """Whose id the 404 quotes: the addressed object's, or that of a member named in the request.

    The sentence is the same for both, see the comment in
    https://github.com/instructure/canvas-lms lib/microsoft_sync/graph_service.
    """
    if NOT_LINKED in message:
        return "account"
    quoted = _QUOTED_ID.search(message)
    if request.account:
        return "account"
    if quoted is None:
        return "group" if request.group and request.body is None else ""
    if not request.group:
        return ""
    return "group" if quoted[1].lower() == request.group.lower() else "account"


def _token_error(reply: Reply) -> TargetError:
    """AADSTS refusals are about the credentials, whatever their status; the rest passes by."""
    code = str(_field(reply.body, "error") or "")
    message = str(_field(reply.body, "error_description") or reply.reason)
    if reply.status == 429:
        kind = ErrorKind.THROTTLED
    elif reply.status >= 500 or code == "temporarily_unavailable":
        kind = ErrorKind.UNAVAILABLE
    else:
        kind = ErrorKind.CREDENTIALS
    return TargetError(
        kind, code, message, reason=reply.reason, retry_after_s=retry_after(reply.headers)
    )
