"""Google's Directory API as a wire: tokens, single calls, batches, and what its refusals mean.

Sources: https://developers.google.com/identity/protocols/oauth2/service-account,
https://developers.google.com/admin-sdk/directory/v1/guides/batch, and the reasons and messages in
https://github.com/GAM-team/GAM src/gam/gamlib/glgapi.py
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

import jwt
import requests

from ..errors import ErrorKind, TargetError
from ..model import Effect
from ..ports import Connection
from ._answers import Answer, Meaning, Request, kind_of
from ._api import Api, Listing
from ._http import Reply, dump, field, read_json, unreadable
from ._tokens import JWT_BEARER, FetchedToken, signed

DIRECTORY_URL = "https://admin.googleapis.com"
ROOT = "/admin/directory/v1"
BATCH_PATH = "/batch"
BATCH_SIZE = 1000
# The one audience that Google's own libraries send, wherever the request really goes.
TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
SCOPES = (
    "https://www.googleapis.com/auth/admin.directory.group",
    "https://www.googleapis.com/auth/admin.directory.user",
)
_LIFETIME_S = 3600
_BOUNDARY = "pushproof_batch"
_MULTIPART = {"Content-Type": f"multipart/mixed; boundary={_BOUNDARY}"}


def connect(connection: Connection) -> Api:
    """One customer, by a service account that acts for one of its administrators."""
    options = connection.options or {}
    url = options.get("token_url", TOKEN_URL)
    token = FetchedToken(connection, url, lambda: _form(connection), name="/token")
    return Api(connection, options.get("directory_url", DIRECTORY_URL) + ROOT, token, explain)


def _form(connection: Connection) -> Mapping[str, str] | TargetError:
    """A JWT that says for whom the service account wants to act, signed with its key."""
    account = connection.credentials["service_account"]
    now = int(connection.clock.now())
    claims = {
        "iss": account["client_email"],
        "sub": connection.credentials["subject"],
        "scope": " ".join(SCOPES),
        "aud": TOKEN_URL,
        "iat": now,
        "exp": now + _LIFETIME_S,
    }
    try:
        assertion = signed(claims, str(account["private_key"]), kid=str(account["private_key_id"]))
    except (ValueError, TypeError, jwt.PyJWTError):
        message = "The private key of the service account cannot be read"
        return TargetError(ErrorKind.CREDENTIALS, "private_key", message)
    return {"grant_type": JWT_BEARER, "assertion": assertion}


def listing(request: Request, key: str) -> Listing:
    """A list by its page tokens; the items stand in the array `key`."""

    def ask(token: str) -> Request:
        more = f"&pageToken={quote(token, safe='')}" if token else ""
        return replace(request, path=request.path + more)

    def turn(answer: Answer, _: str) -> tuple[Any, str | None]:
        # A page of nothing has no array: https://github.com/hashicorp/terraform-provider-googleworkspace/issues/162
        items = answer.body.get(key, []) if isinstance(answer.body, dict) else None
        return items, answer.value("nextPageToken", str) or None

    return Listing("", ask, turn)


# --- batches -----------------------------------------------------------------------------------


def batch(api: Api, asked: Sequence[Request]) -> list[Answer] | Answer:
    """Up to 1000 requests in one HTTP call: one answer each, in order - or the batch's own."""
    url = api.url.removesuffix(ROOT) + BATCH_PATH
    body = _multipart(asked)
    reply = api.send("POST", url, headers=_MULTIPART, body=body, read=_read_parts)
    if isinstance(reply, TargetError) or reply.status >= 300:
        return api.judge(Request("POST", BATCH_PATH), reply)
    if not isinstance(reply.body, _Parts):
        return Answer(Effect.UNKNOWN, error=unreadable("The batch reply has no parts"))
    found = reply.body.replies
    answers = [api.judge(each, found.get(n, _UNMENTIONED)) for n, each in enumerate(asked, 1)]
    return [replace(answer, rest_s=reply.rest_s) for answer in answers]


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
    body = b"" if request.body is None else dump(request.body)
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
CYCLIC = "Cyclic memberships not allowed"
_SENTENCES = {
    CYCLIC: ErrorKind.REFUSED,
    "A system error has occurred": ErrorKind.UNAVAILABLE,
}
_MAYBE_DONE = ("conflict", "conditionNotMet")
GROUP_KEY, MEMBER_KEY, USER_KEY = "groupKey", "memberKey", "userKey"


def explain(request: Request, reply: Reply) -> Meaning:
    """A few sentences decide before the reason, which decides before the status."""
    envelope = field(reply.body, "error")
    entries = field(envelope, "errors")
    entry = entries[0] if isinstance(entries, list) and entries else None
    code, message = (str(field(*told) or "") for told in ((entry, "reason"), (envelope, "message")))
    kind = ErrorKind.CREDENTIALS if reply.status == 401 else _SENTENCES.get(message)
    return Meaning(
        kind or kind_of(reply.status, code, _KINDS),
        _missing(request, message),
        _is_about_member(code, message),
        code,
        message,
        may_have_worked=kind is None and code in _MAYBE_DONE,
    )


def _is_about_member(code: str, message: str) -> bool:
    named = code in ("notFound", "invalid", "required") and MEMBER_KEY in message
    return named or message == CYCLIC


def _missing(request: Request, message: str) -> str:
    """The parameter that the sentence names, or the id itself, says what was not found."""
    named = message.rpartition(": ")[2]
    if named in (MEMBER_KEY, USER_KEY):
        return "account"
    if named == GROUP_KEY or (request.group and named == request.group):
        return "group"
    return "account" if request.account and named == request.account else ""
