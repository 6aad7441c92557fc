"""Microsoft Graph as a wire: tokens, single calls, batches, and what its refusals mean.

Sources: https://learn.microsoft.com/en-us/graph/errors,
https://learn.microsoft.com/en-us/graph/json-batching,
https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..errors import ErrorKind, TargetError
from ..model import Effect
from ..ports import Connection
from ._answers import Answer, Meaning, Request, kind_of
from ._api import Api, Listing
from ._http import JSON, Reply, field, unreadable
from ._tokens import FetchedToken

GRAPH_URL = "https://graph.microsoft.com/v1.0"
LOGIN_URL = "https://login.microsoftonline.com"
BATCH_SIZE = 20


def connect(connection: Connection) -> Api:
    """One tenant, with client credentials."""
    options, credentials = connection.options or {}, connection.credentials
    form = {
        "client_id": credentials["client_id"],
        "client_secret": credentials["client_secret"],
        "grant_type": "client_credentials",
        "scope": "https://graph.microsoft.com/.default",
    }
    path = "/oauth2/v2.0/token"
    url = f"{options.get('login_url', LOGIN_URL)}/{credentials['tenant']}{path}"
    token = FetchedToken(connection, url, lambda: form, name=path)
    return Api(connection, options.get("graph_url", GRAPH_URL), token, explain)


def listing(api: Api, request: Request) -> Listing:
    """A list by its links, which lead nowhere but to the tenant's own host."""

    def turn(answer: Answer, _: str) -> tuple[Any, str | None] | TargetError:
        link = answer.value("@odata.nextLink", str) or None
        if link and not api.is_home(link):
            message = "The next link leads away from the tenant"
            return TargetError(ErrorKind.REFUSED, "nextLink", message)
        return answer.value("value", list), link

    return Listing(request.path, lambda path: replace(request, path=path), turn)


def batch(api: Api, asked: Sequence[Request]) -> list[Answer] | Answer:
    """Up to 20 requests in one HTTP call: one answer each, in order - or the batch's own."""
    items = [_item(number, request) for number, request in enumerate(asked, 1)]
    whole = api.call(Request("POST", "/$batch", {"requests": items}))
    if whole.error:
        return whole
    replies = whole.value("responses", list)
    if replies is None:
        return Answer(Effect.UNKNOWN, error=unreadable("The batch reply has no responses"))
    found = {str(item.get("id")): item for item in replies if isinstance(item, dict)}
    answers = [api.judge(each, _inner(found.get(str(n)))) for n, each in enumerate(asked, 1)]
    return [replace(answer, rest_s=whole.rest_s) for answer in answers]


def _item(number: int, request: Request) -> dict[str, Any]:
    item: dict[str, Any] = {"id": str(number), "method": request.method, "url": request.path}
    if request.body is not None:
        item["headers"] = JSON
        item["body"] = request.body
    return item


def _inner(item: Mapping[str, Any] | None) -> Reply | TargetError:
    """An item's reply. The batch's own 200 says nothing about it."""
    if item is None or not isinstance(item.get("status"), int):
        return unreadable("The batch reply does not mention this request")
    told = item.get("headers")
    headers = {str(k).title(): str(v) for k, v in told.items()} if isinstance(told, dict) else {}
    return Reply(item["status"], headers, item.get("body"))


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


_MEMBER_FAULTS = (
    ALREADY_LINKED,
    "can only be present once as an add/remove change",
    "Guests users are not allowed",
    "An invalid operation was included in the following modified references",
)


def explain(request: Request, reply: Reply) -> Meaning:
    """The sentence first where it is known, then the code, then the status."""
    code, message = _code_and_message(reply)
    said = (kind for sentence, kind in _SENTENCES if sentence in message)
    kind = next(said, None) or kind_of(reply.status, code, _KINDS)
    missing = _missing(request, message) if kind is ErrorKind.NOT_FOUND else ""
    is_about_member = missing == "account" or any(part in message for part in _MEMBER_FAULTS)
    return Meaning(kind, missing, is_about_member, code, message)


def _code_and_message(reply: Reply) -> tuple[str, str]:
    """Both from the envelope of today or from the older `odata.error`."""
    envelope = field(reply.body, "error") or field(reply.body, "odata.error")
    message = field(envelope, "message")
    if isinstance(message, dict):
        message = message.get("value")
    return str(field(envelope, "code") or ""), str(message or "")


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
