"""The Box API as a wire: tokens, calls, pages, and what its refusals mean.

Sources: https://developer.box.com/guides/api-calls/permissions-and-errors/common-errors,
https://developer.box.com/guides/api-calls/pagination/offset-based,
https://developer.box.com/guides/authentication/client-credentials,
https://developer.box.com/guides/authentication/jwt/without-sdk
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from typing import Any
from urllib.parse import urlencode

import jwt

from ..errors import ErrorKind, TargetError
from ..ports import Clock, Connection
from ._answers import Answer, Meaning, Request, kind_of
from ._api import Api, Listing
from ._http import Reply, field, unreadable
from ._tokens import JWT_BEARER, FetchedToken, signed

API_URL = "https://api.box.com/2.0"
TOKEN_URL = "https://api.box.com/oauth2/token"  # noqa: S105 - an address; also the audience
PAGE, LARGEST_OFFSET = 1_000, 10_000
_ASSERTION_S = 30  # at most 60


def connect(connection: Connection) -> Api:
    """One enterprise, with client credentials or, where there is a private key, by a JWT."""
    options, numbers = connection.options or {}, count(1)

    def form() -> Mapping[str, str] | TargetError:
        try:
            return _form(connection, next(numbers))
        except (ValueError, TypeError, jwt.PyJWTError):
            # The exception's own text is left out: it may quote the key.
            return TargetError(ErrorKind.CREDENTIALS, "private_key", "The private key is unusable")

    token = FetchedToken(
        connection, options.get("token_url", TOKEN_URL), form, name="/oauth2/token"
    )
    return Api(connection, options.get("box_url", API_URL), token, explain)


def listing(request: Request, query: Mapping[str, str]) -> Listing:
    """A list by offsets.

    The next offset is that of this page plus the limit the reply names: a page may have fewer
    entries than that, since what the caller may not see is left out of it.
    """

    def ask(offset: int) -> Request:
        return _with_query(request, {**query, "limit": str(PAGE), "offset": str(offset)})

    def turn(answer: Answer, offset: int) -> tuple[Any, int | None] | TargetError:
        total, limit = answer.value("total_count", int), answer.value("limit", int)
        if total is None or not limit or limit < 0:
            return unreadable("The page does not say where the next one begins")
        return answer.value("entries", list), offset + limit if offset + limit < total else None

    return Listing(0, ask, turn)


def marked_listing(request: Request, query: Mapping[str, str]) -> Listing:
    """A list of users by markers, which reach further than offsets."""

    def ask(marker: str) -> Request:
        more = {"usemarker": "true", **({"marker": marker} if marker else {})}
        return _with_query(request, {**query, "limit": str(PAGE), **more})

    def turn(answer: Answer, _: str) -> tuple[Any, str | None]:
        return answer.value("entries", list), answer.value("next_marker", str) or None

    return Listing("", ask, turn)


def _with_query(request: Request, query: Mapping[str, str]) -> Request:
    return replace(request, path=f"{request.path}?{urlencode(query)}")


# --- tokens ------------------------------------------------------------------------------------


def _form(connection: Connection, number: int) -> dict[str, str]:
    credentials = connection.credentials
    form = {
        "client_id": str(credentials["client_id"]),
        "client_secret": str(credentials["client_secret"]),
    }
    if credentials.get("private_key"):
        assertion = _assertion(credentials, connection.clock, number)
        return {**form, "grant_type": JWT_BEARER, "assertion": assertion}
    return {
        **form,
        "grant_type": "client_credentials",
        "box_subject_type": "enterprise",
        "box_subject_id": str(credentials["enterprise_id"]),
    }


def _assertion(credentials: Mapping[str, Any], clock: Clock, number: int) -> str:
    """A signed claim to act for the enterprise; its number makes each another one."""
    now = clock.now()
    unique = f"{credentials['client_id']} {now!r} {number}"
    claims = {
        "iss": credentials["client_id"],
        "sub": str(credentials["enterprise_id"]),
        "box_sub_type": "enterprise",
        "aud": TOKEN_URL,
        "jti": hashlib.sha256(unique.encode()).hexdigest(),
        "exp": int(now) + _ASSERTION_S,
    }
    return signed(
        claims,
        str(credentials["private_key"]),
        kid=str(credentials["public_key_id"]),
        passphrase=str(credentials.get("passphrase") or ""),
    )


# --- what refusals mean ------------------------------------------------------------------------

NAME_TAKEN = "conflict"
BARRED = ("forbidden_by_policy", "denied_by_policy")
_KINDS = {
    "unauthorized": ErrorKind.CREDENTIALS,
    "invalid_token": ErrorKind.CREDENTIALS,
    "rate_limit_exceeded": ErrorKind.THROTTLED,
    "too_many_requests": ErrorKind.THROTTLED,
    "not_found": ErrorKind.NOT_FOUND,
    "conflict": ErrorKind.EXISTS,
    "user_login_already_used": ErrorKind.EXISTS,
    "unavailable": ErrorKind.UNAVAILABLE,
    "bad_gateway": ErrorKind.UNAVAILABLE,
    "internal_server_error": ErrorKind.UNAVAILABLE,
}
_MISSING = {"user": "account", "group": "group"}
_CHALLENGE = re.compile(r'error="([^"]*)"(?:, error_description="([^"]*)")?')


def explain(request: Request, reply: Reply) -> Meaning:
    """The code first; what Box names at fault in its context_info tells member from group."""
    code, message = _code_and_message(reply)
    kind, named = kind_of(reply.status, code, _KINDS), _named(reply.body)
    is_member = named == "user" and kind in (ErrorKind.NOT_FOUND, ErrorKind.REFUSED)
    return Meaning(
        kind,
        request.addresses or _MISSING.get(named, ""),
        is_member or code in BARRED,
        code,
        message,
        # "In rare situations, a write operation may eventually persist its changes after the 503
        # response": so may it behind a 500 or 502.
        may_have_worked=reply.status == 503,
    )


def _code_and_message(reply: Reply) -> tuple[str, str]:
    """Both from the body; 401 and missing scopes have none and say it in a header."""
    code, message = field(reply.body, "code"), field(reply.body, "message")
    challenge = _CHALLENGE.search(reply.headers.get("WWW-Authenticate", ""))
    if challenge and not code:
        code, message = challenge[1], challenge[2]
    return str(code or ""), str(message or "")


def _named(body: Any) -> str:
    """What the first error in context_info is about."""
    errors = field(field(body, "context_info"), "errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    name = field(first, "name")
    return name.partition(".")[0] if isinstance(name, str) else ""
