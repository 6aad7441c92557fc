"""The Box API as a wire: tokens, calls, pages, and what its refusals mean.

Sources: https://developer.box.com/guides/api-calls/permissions-and-errors/common-errors,
https://developer.box.com/guides/api-calls/pagination/offset-based,
https://developer.box.com/guides/authentication/client-credentials,
https://developer.box.com/guides/authentication/jwt/without-sdk
"""

import hashlib
import json
import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from ..errors import ErrorKind, TargetError
from ..model import Effect, Outcome
from ..ports import Connection
from ._http import Reply, retry_after, send, unreadable

API_URL = "https://api.box.com/2.0"
TOKEN_URL = "https://api.box.com/oauth2/token"  # noqa: S105 - an address; also the audience
PAGE, LARGEST_OFFSET = 1_000, 10_000
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_ASSERTION_S = 30  # at most 60
_TOKEN_MARGIN_S = 60.0  # as long as one call may take


@dataclass(frozen=True)
class Request:
    """One call. `group` or `account` is the object its path addresses."""

    method: str
    path: str
    query: Mapping[str, str] | None = None
    body: Mapping[str, Any] | None = None
    group: str = ""
    account: str = ""

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Answer:
    """What a call brought: a body, or an error and whether the call may have worked.

    `named` is what Box says is at fault in its context_info: user, group, name ...
    """

    effect: Effect
    status: int = 0
    body: Any = None
    error: TargetError | None = None
    named: str = ""

    def value(self, key: str, kind: type) -> Any:
        """That key of the body, if the body is an object and the value of that type."""
        found = _field(self.body, key)
        return found if isinstance(found, kind) else None


@dataclass(frozen=True)
class Page:
    """A page of a list: its entries, and where the next one begins; None after the last.

    The outcome of a token call comes as a page without entries.
    """

    outcome: Outcome
    entries: Sequence[Any] = ()
    following: int | str | None = None

    @property
    def is_last(self) -> bool:
        return self.outcome.error is None and self.following is None


class Box:
    """One enterprise: holds the token, makes one HTTP call per `call`."""

    def __init__(self, connection: Connection) -> None:
        options = connection.options or {}
        self._connection = connection
        self._url: str = options.get("box_url", API_URL)
        self._token_url: str = options.get("token_url", TOKEN_URL)
        self._token = ""
        self._expires = 0.0
        self._asked = 0  # token calls so far: makes each assertion another one

    def authorize(self) -> Generator[Outcome, None, bool]:
        """Fetch a token when there is none or it is about to expire; False when refused."""
        if self._token and self._connection.clock.now() < self._expires - _TOKEN_MARGIN_S:
            return True
        answer = self._fetch_token()
        yield Outcome(answer.effect, "POST /oauth2/token", error=answer.error)
        return answer.error is None

    def call(self, request: Request) -> Answer:
        """One request in one HTTP call."""
        query = f"?{urlencode(request.query)}" if request.query else ""
        body = None if request.body is None else _dump(request.body)
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        url = f"{self._url}{request.path}{query}"
        reply = send(self._connection, request.method, url, headers=headers, body=body)
        if isinstance(reply, TargetError):
            return Answer(Effect.UNKNOWN, error=reply)
        if reply.status == 401:
            self._token = ""
        return _judge(request, reply)

    def pages(self, request: Request) -> Iterator["Page"]:
        """A list page by page, by offsets. An error ends it.

        The next offset is that of this page plus the limit the reply names: a page may have fewer
        entries than that, since what the caller may not see is left out of it.
        """
        following: int | str | None = 0
        while following is not None:
            page = yield from self._next(request, {"offset": str(following)}, following)
            following = page.following if page else None

    def marked_pages(self, request: Request) -> Iterator["Page"]:
        """A list of users page by page, by markers, which reach further than offsets."""
        following: int | str | None = ""
        while following is not None:
            more = {"usemarker": "true", **({"marker": str(following)} if following else {})}
            page = yield from self._next(request, more, following)
            following = page.following if page else None

    def _next(
        self, request: Request, more: Mapping[str, str], at: int | str
    ) -> Generator["Page", None, "Page | None"]:
        """One page, after a token where one is needed; None when there was none."""
        for token in self.authorize():
            yield Page(token, (), at)
            if token.error:
                return None
        query = {**(request.query or {}), "limit": str(PAGE), **more}
        asked = replace(request, query=query)
        answer = self.call(asked)
        page = _page(asked, answer, at)
        yield page
        return page

    # --- tokens ----------------------------------------------------------------------------

    def _fetch_token(self) -> Answer:
        credentials = self._connection.credentials
        try:
            form = self._token_form(credentials)
        except (ValueError, TypeError, jwt.PyJWTError):
            # The exception's own text is left out: it may quote the key.
            error = TargetError(ErrorKind.CREDENTIALS, "private_key", "The private key is unusable")
            return Answer(Effect.REFUSED, error=error)
        reply = send(
            self._connection,
            "POST",
            self._token_url,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode(form).encode(),
        )
        return self._keep_token(reply)

    def _token_form(self, credentials: Mapping[str, Any]) -> dict[str, str]:
        """With a private key a signed assertion, else client credentials."""
        form = {
            "client_id": str(credentials["client_id"]),
            "client_secret": str(credentials["client_secret"]),
        }
        if credentials.get("private_key"):
            return {**form, "grant_type": JWT_BEARER, "assertion": self._assertion(credentials)}
        return {
            **form,
            "grant_type": "client_credentials",
            "box_subject_type": "enterprise",
            "box_subject_id": str(credentials["enterprise_id"]),
        }

    def _assertion(self, credentials: Mapping[str, Any]) -> str:
        now = self._connection.clock.now()
        self._asked += 1
        unique = f"{credentials['client_id']} {now!r} {self._asked}"
        claims = {
            "iss": credentials["client_id"],
            "sub": str(credentials["enterprise_id"]),
            "box_sub_type": "enterprise",
            "aud": TOKEN_URL,
            "jti": hashlib.sha256(unique.encode()).hexdigest(),
            "exp": int(now) + _ASSERTION_S,
        }
        passphrase = credentials.get("passphrase")
        key: Any = load_pem_private_key(
            str(credentials["private_key"]).encode(),
            str(passphrase).encode() if passphrase else None,
        )
        headers = {"kid": str(credentials["public_key_id"])}
        return jwt.encode(claims, key, algorithm="RS256", headers=headers)

    def _keep_token(self, reply: Reply | TargetError) -> Answer:
        if isinstance(reply, TargetError):
            return Answer(Effect.UNKNOWN, error=reply)
        if reply.status != 200:
            return Answer(Effect.REFUSED, reply.status, error=_token_error(reply))
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


def _page(request: Request, answer: Answer, at: int | str) -> Page:
    if answer.error:
        return Page(Outcome(answer.effect, request.name, error=answer.error))
    entries = answer.value("entries", list)
    if entries is None or not _are_objects(entries):
        return _unreadable_page(request, "The page is no list of objects")
    if isinstance(at, int):
        following, is_told = _next_offset(answer, at)
    else:
        following, is_told = answer.value("next_marker", str) or None, True
    if not is_told or following == at:
        return _unreadable_page(request, "The page does not say where the next one begins")
    return Page(Outcome(Effect.DONE, request.name), entries, following)


def _next_offset(answer: Answer, offset: int) -> tuple[int | None, bool]:
    """The next offset, None after the last page; and whether the reply tells it at all."""
    total, limit = answer.value("total_count", int), answer.value("limit", int)
    if total is None or not limit or limit < 0:
        return None, False
    return (offset + limit if offset + limit < total else None), True


def _unreadable_page(request: Request, message: str) -> Page:
    return Page(Outcome(Effect.UNKNOWN, request.name, error=unreadable(message)))


def _are_objects(entries: Sequence[Any]) -> bool:
    return all(isinstance(_field(entry, "id"), str) for entry in entries)


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
_STATUS_KINDS = {
    401: ErrorKind.CREDENTIALS,
    404: ErrorKind.NOT_FOUND,
    409: ErrorKind.EXISTS,
    429: ErrorKind.THROTTLED,
}
_MISSING = {"user": "account", "group": "group"}
_CHALLENGE = re.compile(r'error="([^"]*)"(?:, error_description="([^"]*)")?')


def _judge(request: Request, reply: Reply) -> Answer:
    """The answer that a reply is."""
    if 200 <= reply.status < 300:
        return Answer(Effect.DONE, reply.status, reply.body)
    # "In rare situations, a write operation may eventually persist its changes after the 503
    # response": so may it behind a 500 or 502.
    effect = Effect.UNKNOWN if reply.status >= 500 else Effect.REFUSED
    named = _named(reply.body)
    return Answer(effect, reply.status, reply.body, _error(request, reply, named), named)


def _error(request: Request, reply: Reply, named: str) -> TargetError:
    code, message = _code_and_message(reply)
    kind = _KINDS.get(code) or _STATUS_KINDS.get(reply.status)
    if kind is None:
        kind = ErrorKind.UNAVAILABLE if reply.status >= 500 else ErrorKind.REFUSED
    return TargetError(
        kind,
        code,
        message,
        reason=reply.reason,
        retry_after_s=retry_after(reply.headers),
        missing=_missing(request, named) if kind is ErrorKind.NOT_FOUND else "",
    )


def _code_and_message(reply: Reply) -> tuple[str, str]:
    """Both from the body; 401 and missing scopes have none and say it in a header."""
    code, message = _field(reply.body, "code"), _field(reply.body, "message")
    challenge = _CHALLENGE.search(reply.headers.get("WWW-Authenticate", ""))
    if challenge and not code:
        code, message = challenge[1], challenge[2]
    return str(code or ""), str(message or reply.reason)


def _named(body: Any) -> str:
    """What the first error in context_info is about."""
    errors = _field(_field(body, "context_info"), "errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    name = _field(first, "name")
    return name.partition(".")[0] if isinstance(name, str) else ""


def _missing(request: Request, named: str) -> str:
    """The addressed object, or the one that the refusal of a membership names."""
    if request.group:
        return "group"
    return "account" if request.account else _MISSING.get(named, "")


def _token_error(reply: Reply) -> TargetError:
    """Refusals of the token endpoint are about the credentials, but for the passing ones."""
    code = str(_field(reply.body, "error") or "")
    message = str(_field(reply.body, "error_description") or reply.reason)
    kind = ErrorKind.CREDENTIALS
    if reply.status == 429 or code == "rate_limit_exceeded":
        kind = ErrorKind.THROTTLED
    elif reply.status >= 500:
        kind = ErrorKind.UNAVAILABLE
    return TargetError(
        kind, code, message, reason=reply.reason, retry_after_s=retry_after(reply.headers)
    )
