"""Google's Directory API as a wire: tokens, single calls, batches, and what its refusals mean.

Sources: https://developers.google.com/identity/protocols/oauth2/service-account,
https://developers.google.com/admin-sdk/directory/v1/guides/batch, and the reasons and messages in
https://github.com/GAM-team/GAM src/gam/gamlib/glgapi.py
"""

import json
import re
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
import requests

from ..errors import ErrorKind, TargetError
from ..model import Effect, Outcome
from ..ports import Connection
from ._http import Reply, read_json, retry_after, send, unreadable

DIRECTORY_URL = "https://admin.googleapis.com"
ROOT = "/admin/directory/v1"
BATCH_PATH = "/batch"
BATCH_SIZE = 1000
# The one audience that Google's own libraries send, wherever the request really goes.
TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SCOPES = (
    "https://www.googleapis.com/auth/admin.directory.group",
    "https://www.googleapis.com/auth/admin.directory.user",
)
_LIFETIME_S = 3600
_TOKEN_MARGIN_S = 60.0  # as long as one call may take
_BOUNDARY = "pushproof_batch"


@dataclass(frozen=True)
class Request:
    """One request, alone or within a batch. `group` or `account` is the object it addresses."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None
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
        found = _field(self.body, key)
        return found if isinstance(found, kind) else None


class Google:
    """One customer: holds the token, makes one HTTP call per `call` or `batch`."""

    def __init__(self, connection: Connection) -> None:
        options = connection.options or {}
        self._connection = connection
        self._url: str = options.get("directory_url", DIRECTORY_URL)
        self._token_url: str = options.get("token_url", TOKEN_URL)
        self._token = ""
        self._expires = 0.0

    def authorize(self) -> Generator[Outcome, None, bool]:
        """Fetch a token when there is none or it is about to expire; False when refused."""
        if self._token and self._connection.clock.now() < self._expires - _TOKEN_MARGIN_S:
            return True
        answer = self._fetch_token()
        yield Outcome(answer.effect, "POST /token", error=answer.error)
        return answer.error is None

    def call(self, request: Request) -> Answer:
        """One request in one HTTP call."""
        headers, body = self._headers(), None
        if request.body is not None:
            headers["Content-Type"] = "application/json"
            body = _dump(request.body)
        url = f"{self._url}{ROOT}{request.path}"
        reply = send(self._connection, request.method, url, headers=headers, body=body)
        return self._judged(request, reply)

    def batch(self, asked: Sequence[Request]) -> list[Answer] | Answer:
        """Up to 1000 requests in one HTTP call: one answer each, in order - or the batch's own."""
        headers = {
            **self._headers(),
            "Content-Type": f"multipart/mixed; boundary={_BOUNDARY}",
        }
        body = _multipart(asked)
        url = f"{self._url}{BATCH_PATH}"
        reply = send(self._connection, "POST", url, headers=headers, body=body, read=_read_parts)
        if isinstance(reply, TargetError) or reply.status >= 300:
            return self._judged(Request("POST", BATCH_PATH), reply)
        if not isinstance(reply.body, _Parts):
            return Answer(Effect.UNKNOWN, error=unreadable("The batch reply has no parts"))
        found = reply.body.replies
        return [self._judged(each, found.get(n, _UNMENTIONED)) for n, each in enumerate(asked, 1)]

    def _judged(self, request: Request, reply: Reply | TargetError) -> Answer:
        if isinstance(reply, TargetError):
            return Answer(Effect.UNKNOWN, error=reply)
        if reply.status == 401:
            self._token = ""
        return judge(request, reply)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}

    # --- the token -------------------------------------------------------------------------

    def _fetch_token(self) -> Answer:
        assertion = self._assertion()
        if isinstance(assertion, TargetError):
            return Answer(Effect.REFUSED, error=assertion)
        form = {"grant_type": JWT_BEARER, "assertion": assertion}
        reply = send(
            self._connection,
            "POST",
            self._token_url,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode(form).encode(),
        )
        return self._keep_token(reply)

    def _assertion(self) -> str | TargetError:
        """A JWT that says for whom the service account wants to act, signed with its key."""
        credentials = self._connection.credentials
        account = credentials["service_account"]
        now = int(self._connection.clock.now())
        claims = {
            "iss": account["client_email"],
            "sub": credentials["subject"],
            "scope": " ".join(SCOPES),
            "aud": TOKEN_URL,
            "iat": now,
            "exp": now + _LIFETIME_S,
        }
        headers = {"kid": account["private_key_id"]}
        try:
            return jwt.encode(claims, account["private_key"], algorithm="RS256", headers=headers)
        except (ValueError, jwt.InvalidKeyError):
            message = "The private key of the service account cannot be read"
            return TargetError(ErrorKind.CREDENTIALS, "private_key", message)

    def _keep_token(self, reply: Reply | TargetError) -> Answer:
        if isinstance(reply, TargetError):
            return Answer(Effect.UNKNOWN, error=reply)
        if reply.status != 200:
            return Answer(Effect.REFUSED, reply.status, error=_token_error(reply))
        token, life = (_field(reply.body, name) for name in ("access_token", "expires_in"))
        if not isinstance(token, str) or not str(life).isdecimal():  # a number, or one in quotes
            return Answer(Effect.UNKNOWN, error=unreadable("The token reply has no token"))
        self._token = token
        self._expires = self._connection.clock.now() + int(life)
        return Answer(Effect.DONE, reply.status)


def _dump(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _field(body: Any, name: str) -> Any:
    return body.get(name) if isinstance(body, dict) else None


# --- batches -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Parts:
    """A batch reply: by the number of the request, what it was answered."""

    replies: Mapping[int, Reply | TargetError]


_UNMENTIONED = unreadable("The batch reply does not mention this request")
_CONTENT_ID = re.compile(r"content-id:\s*<response-item-(\d+)>", re.IGNORECASE)
_STATUS_LINE = re.compile(r"HTTP/\S+ (\d{3})")


def _multipart(asked: Sequence[Request]) -> bytes:
    parts = [_part(number, request) for number, request in enumerate(asked, 1)]
    return b"".join(parts) + f"--{_BOUNDARY}--\r\n".encode()


def _part(number: int, request: Request) -> bytes:
    """One call; it needs no token of its own, the batch's counts."""
    body = b"" if request.body is None else _dump(request.body)
    kind = "Content-Type: application/json\r\n" if body else ""
    head = (
        f"--{_BOUNDARY}\r\nContent-Type: application/http\r\nContent-ID: <item-{number}>\r\n\r\n"
        f"{request.method} {ROOT}{request.path} HTTP/1.1\r\n{kind}\r\n"
    )
    return head.encode() + body + b"\r\n"


def _read_parts(response: requests.Response, content: bytes) -> Reply | TargetError:
    kind = response.headers.get("Content-Type", "")
    found = re.match(r'multipart/mixed\s*;\s*boundary="?([^";\s]+)', kind, re.IGNORECASE)
    if found is None:
        return read_json(response, content)
    pieces = content.split(f"--{found[1]}".encode())
    replies = dict(pair for pair in map(_inner, pieces) if pair)
    return Reply(response.status_code, response.headers, _Parts(replies))


def _inner(piece: bytes) -> tuple[int, Reply | TargetError] | None:
    """A part's number and reply; None for what stands before, between and behind the parts."""
    outer, _, inner = piece.decode("utf-8", "replace").lstrip("\r\n").partition("\r\n\r\n")
    head, _, text = inner.partition("\r\n\r\n")
    number, line = _CONTENT_ID.search(outer), _STATUS_LINE.match(head)
    if number is None:
        return None
    if line is None:
        return int(number[1]), unreadable("A part of the batch reply cannot be read")
    fields = (line.partition(":") for line in head.splitlines()[1:])
    headers = {name.strip().title(): value.strip() for name, _, value in fields}
    return int(number[1]), _reply(int(line[1]), headers, text.strip())


def _reply(status: int, headers: Mapping[str, str], text: str) -> Reply | TargetError:
    try:
        return Reply(status, headers, json.loads(text) if text else None)
    except ValueError:
        return unreadable("A part of the batch reply is no JSON")


# --- what refusals mean ------------------------------------------------------------------------

_KINDS = {
    "authError": ErrorKind.CREDENTIALS,
    "userRateLimitExceeded": ErrorKind.THROTTLED,
    "rateLimitExceeded": ErrorKind.THROTTLED,
    "quotaExceeded": ErrorKind.THROTTLED,
    "dailyLimitExceeded": ErrorKind.THROTTLED,
    "sharingRateLimitExceeded": ErrorKind.THROTTLED,
    "backendError": ErrorKind.UNAVAILABLE,
    "badGateway": ErrorKind.UNAVAILABLE,
    "gatewayTimeout": ErrorKind.UNAVAILABLE,
    "internalError": ErrorKind.UNAVAILABLE,
    "serviceNotAvailable": ErrorKind.UNAVAILABLE,
    "systemError": ErrorKind.UNAVAILABLE,
    "transientError": ErrorKind.UNAVAILABLE,
    # Two writers on one group, and a precondition nobody has set: both pass, and may have done it.
    "conflict": ErrorKind.UNAVAILABLE,
    "conditionNotMet": ErrorKind.UNAVAILABLE,
    "notFound": ErrorKind.NOT_FOUND,
    "duplicate": ErrorKind.EXISTS,
    "forbidden": ErrorKind.REFUSED,
    "insufficientPermissions": ErrorKind.REFUSED,
    "invalid": ErrorKind.REFUSED,
}
_STATUS_KINDS = {
    401: ErrorKind.CREDENTIALS,
    404: ErrorKind.NOT_FOUND,
    409: ErrorKind.EXISTS,
    429: ErrorKind.THROTTLED,
}
_SENTENCES = {
    "Cyclic memberships not allowed": ErrorKind.REFUSED,
    "A system error has occurred": ErrorKind.UNAVAILABLE,
}
_MAYBE_DONE = ("conflict", "conditionNotMet")
GROUP_KEY, MEMBER_KEY, USER_KEY = "groupKey", "memberKey", "userKey"


def judge(request: Request, reply: Reply) -> Answer:
    """The answer that a reply is."""
    if reply.status < 300:
        return Answer(Effect.DONE, reply.status, reply.body)
    error = _error(request, reply)
    # A gateway's 500, 502 or 504 may stand before a write that went through.
    is_open = reply.status >= 500 and reply.status != 503
    passes = error.kind is ErrorKind.UNAVAILABLE and error.code in _MAYBE_DONE
    effect = Effect.UNKNOWN if is_open or passes else Effect.REFUSED
    return Answer(effect, reply.status, reply.body, error)


def _error(request: Request, reply: Reply) -> TargetError:
    envelope = _field(reply.body, "error")
    entries = _field(envelope, "errors")
    entry = entries[0] if isinstance(entries, list) and entries else None
    code = str(_field(entry, "reason") or "")
    message = str(_field(envelope, "message") or reply.reason)
    kind = _kind(reply.status, code, message)
    return TargetError(
        kind,
        code,
        message,
        reason=reply.reason,
        retry_after_s=retry_after(reply.headers),
        missing=_missing(request, message) if kind is ErrorKind.NOT_FOUND else "",
    )


def _kind(status: int, code: str, message: str) -> ErrorKind:
    if status == 401:
        return ErrorKind.CREDENTIALS
    if message in _SENTENCES:
        return _SENTENCES[message]
    if code in _KINDS:
        return _KINDS[code]
    if status >= 500:
        return ErrorKind.UNAVAILABLE
    return _STATUS_KINDS.get(status, ErrorKind.REFUSED)


def _missing(request: Request, message: str) -> str:
    """The parameter that the sentence names, or the id itself, says what was not found."""
    named = message.rpartition(": ")[2]
    if named in (MEMBER_KEY, USER_KEY):
        return "account"
    if named == GROUP_KEY or (request.group and named == request.group):
        return "group"
    return "account" if request.account and named == request.account else ""


_PASSING = ("internal_failure", "server_error", "temporarily_unavailable")


def _token_error(reply: Reply) -> TargetError:
    """Refusals are about the credentials, whatever their status; the rest passes by itself."""
    code = str(_field(reply.body, "error") or "")
    message = str(_field(reply.body, "error_description") or reply.reason)
    if reply.status == 429:
        kind = ErrorKind.THROTTLED
    elif reply.status >= 500 or code in _PASSING:
        kind = ErrorKind.UNAVAILABLE
    else:
        kind = ErrorKind.CREDENTIALS
    return TargetError(
        kind, code, message, reason=reply.reason, retry_after_s=retry_after(reply.headers)
    )
