"""Bearer tokens: given once, or fetched and held until shortly before they end."""

from collections.abc import Callable, Generator, Mapping
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from ..errors import ErrorKind, TargetError
from ..model import Effect, Outcome
from ..ports import Connection
from ._answers import Answer, Meaning, effect_without, refusal
from ._http import Reply, field, send, unreadable

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_MARGIN_S = 60.0  # as long as one call may take
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# RFC 6749, and what Google and Box say beside it, whatever the status.
_PASSING = ("internal_failure", "server_error", "temporarily_unavailable")


class Token(Protocol):
    """What lets a call in."""

    value: str

    def ready(self) -> Generator[Outcome, None, bool]:
        """Make `value` good for a call; False when that was refused."""

    def drop(self) -> None:
        """The target turned it away."""


class GivenToken:
    """A token for good: there is no other to be had."""

    def __init__(self, value: str) -> None:
        self.value = value

    def ready(self) -> Generator[Outcome, None, bool]:
        yield from ()
        return True

    def drop(self) -> None:
        """The next call tries it again: somebody may have let it in."""


class FetchedToken:
    """A token of an OAuth 2 token endpoint; `form` is what to send, or why there is nothing to."""

    def __init__(
        self,
        connection: Connection,
        url: str,
        form: Callable[[], Mapping[str, str] | TargetError],
        *,
        name: str,
    ) -> None:
        self.value = ""
        self._connection = connection
        self._url, self._form, self._name = url, form, name
        self._expires = 0.0

    def ready(self) -> Generator[Outcome, None, bool]:
        """Fetch one when there is none or it is about to expire."""
        if self.value and self._connection.clock.now() < self._expires - _MARGIN_S:
            return True
        answer = self._fetch()
        yield Outcome(answer.effect, f"POST {self._name}", error=answer.error)
        return answer.error is None

    def drop(self) -> None:
        self.value = ""

    def _fetch(self) -> Answer:
        form = self._form()
        if isinstance(form, TargetError):
            return Answer(Effect.REFUSED, error=form)
        body = urlencode(form).encode()
        reply = send(self._connection, "POST", self._url, headers=_FORM, body=body)
        if isinstance(reply, TargetError):
            return Answer(effect_without(reply), error=reply)
        if reply.status != 200:
            return Answer(Effect.REFUSED, reply.status, error=_refusal(reply))
        return self._keep(reply)

    def _keep(self, reply: Reply) -> Answer:
        token, life = (field(reply.body, name) for name in ("access_token", "expires_in"))
        if not isinstance(token, str) or not str(life).isdecimal():  # a number, or one in quotes
            return Answer(Effect.UNKNOWN, error=unreadable("The token reply has no token"))
        self.value = token
        self._expires = self._connection.clock.now() + int(life)
        return Answer(Effect.DONE, reply.status)


def signed(claims: Mapping[str, Any], key: str, *, kid: str, passphrase: str = "") -> str:
    """A JWT signed RS256 with a PEM key; ValueError, TypeError or PyJWTError if that is unusable.

    What these say is not for an admin: it may quote the key.
    """
    secret = _private_key(key, passphrase)
    return jwt.encode(dict(claims), secret, algorithm="RS256", headers={"kid": kid})


@lru_cache(maxsize=32)
def _private_key(pem: str, passphrase: str) -> Any:
    """Read once, since that takes 50 ms: its numbers are checked."""
    return load_pem_private_key(pem.encode(), passphrase.encode() or None)


def _refusal(reply: Reply) -> TargetError:
    """Refusals are about the credentials, whatever their status; the rest passes by itself."""
    code = str(field(reply.body, "error") or "")
    kind = ErrorKind.CREDENTIALS
    if reply.status == 429 or code == "rate_limit_exceeded":
        kind = ErrorKind.THROTTLED
    elif reply.status >= 500 or code in _PASSING:
        kind = ErrorKind.UNAVAILABLE
    message = str(field(reply.body, "error_description") or "")
    return refusal(reply, Meaning(kind, code=code, message=message))
