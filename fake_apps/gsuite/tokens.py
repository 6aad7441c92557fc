"""The token endpoint and the check of its tokens: a service account acting as an administrator.

The assertion is a JWT signed with the account's RSA key, checked on the tenant's clock; the access
token is opaque to clients, as Google's is.
Source: https://developers.google.com/identity/protocols/oauth2/service-account
"""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import jwt

from ..core.app import Context
from ..core.table import Table
from . import errors
from .quirks import EXPIRY_IS_TEXT

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
# google-auth always sends the first, whatever token_uri says; the others are older addresses.
AUDIENCES = (
    "https://oauth2.googleapis.com/token",
    "https://www.googleapis.com/oauth2/v4/token",
    "https://accounts.google.com/o/oauth2/token",
)
SCOPE_ROOT = "https://www.googleapis.com/auth/"
LIFETIME_S = 3599
LONGEST_S, SKEW_S = 3600, 300
MAX_REMEMBERED = 256
PREFIX = "ya29."
UNCHECKED: Any = {
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}
UNSIGNED: Any = {**UNCHECKED, "verify_signature": False}


@dataclass(frozen=True)
class ServiceAccount:
    """The client and its key; tokens issued on an older `generation` of keys are revoked."""

    client_email: str
    client_id: str
    project_id: str
    key_id: str
    secret: str
    key_deleted: bool = False
    generation: int = 1


@dataclass(frozen=True, slots=True)
class Verified:
    """What a well made access token says."""

    issued: float
    expires: float
    generation: int
    subject: str
    scopes: frozenset[str]


@dataclass(frozen=True)
class Asked:
    """What an assertion with a good signature claims."""

    audience: Any
    issued: float
    expires: float
    scopes: tuple[str, ...]
    subject: str


class Tokens:
    """Issues and checks the access tokens of one tenant."""

    def __init__(self, context: Context, accounts: Table[str, ServiceAccount]) -> None:
        self._context = context
        self._accounts = accounts
        self._known: dict[str, Verified] = {}

    @property
    def account(self) -> ServiceAccount:
        row = self._accounts.get("account")
        assert row is not None, "made with the tenant"
        return row

    def delete_key(self) -> None:
        old = self.account
        gone = replace(old, key_deleted=True, generation=old.generation + 1)
        self._accounts.put("account", gone)

    def make_key(self) -> None:
        fresh = replace(self.account, key_id=self._context.chance.hex(40), key_deleted=False)
        self._accounts.put("account", fresh)

    # --- issuing -----------------------------------------------------------------------------

    def read_request(self, form: Mapping[str, str], own_address: str = "") -> Asked:
        """The checked assertion of a token request; whom it may stand for is not asked here.

        Some clients name as audience the address they call, which is our own where we are served.
        """
        grant_type = form.get("grant_type")
        if not grant_type:
            raise errors.missing_parameter("grant_type")
        if grant_type != JWT_BEARER:
            raise errors.unsupported_grant(grant_type)
        if not form.get("assertion"):
            raise errors.missing_parameter("assertion")
        asked = self._asked(form["assertion"])
        if not asked.audience or asked.audience not in (*AUDIENCES, own_address):
            raise errors.bad_audience()
        self._check_times(asked)
        self._check_scopes(asked.scopes)
        return asked

    def _asked(self, assertion: str) -> Asked:
        claims = self._claims(assertion)
        try:
            return Asked(
                audience=claims.get("aud"),
                issued=_moment(claims["iat"]),
                expires=_moment(claims["exp"]),
                scopes=tuple(str(claims.get("scope") or "").split()),
                subject=str(claims.get("sub") or claims["iss"]),
            )
        except (KeyError, TypeError, ValueError, OverflowError) as fault:
            raise errors.bad_times() from fault

    def _claims(self, assertion: str) -> Mapping[str, Any]:
        """The claims of an assertion that the account's present key has signed."""
        account = self.account
        try:
            unchecked = jwt.decode_complete(assertion, options=UNSIGNED)
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as fault:
            raise errors.bad_assertion() from fault
        if unchecked["payload"].get("iss") not in (account.client_email, account.client_id):
            raise errors.unknown_issuer()
        if account.key_deleted or unchecked["header"].get("kid", account.key_id) != account.key_id:
            raise errors.bad_signature()
        try:
            key = self._context.keys.public_key()
            claims: dict[str, Any] = jwt.decode(
                assertion, key, algorithms=["RS256"], options=UNCHECKED
            )
        except (jwt.PyJWTError, ValueError, TypeError) as fault:
            raise errors.bad_signature() from fault
        return claims

    def _check_times(self, asked: Asked) -> None:
        now = self._context.clock.now()
        is_timely = asked.issued <= now + SKEW_S and now < asked.expires
        if not is_timely or not 0 < asked.expires - asked.issued <= LONGEST_S:
            raise errors.bad_times()

    def _check_scopes(self, scopes: tuple[str, ...]) -> None:
        if not scopes or not all(scope.startswith(SCOPE_ROOT) for scope in scopes):
            raise errors.bad_scope()
        if not set(scopes) <= set(self._context.settings["delegated_scopes"]):
            raise errors.not_delegated()

    def issue(self, subject: str, scopes: tuple[str, ...]) -> dict[str, Any]:
        now, generation = self._context.clock.now(), self.account.generation
        content = [now, now + LIFETIME_S, generation, subject, sorted(scopes)]
        is_text = EXPIRY_IS_TEXT in self._context.quirks
        packed = urlsafe_b64encode(json.dumps(content).encode()).decode()
        return {
            "access_token": f"{PREFIX}{packed}.{self._seal(packed)}",
            "expires_in": str(LIFETIME_S) if is_text else LIFETIME_S,
            "token_type": "Bearer",
        }

    def _seal(self, packed: str) -> str:
        return hmac.digest(self.account.secret.encode(), packed.encode(), hashlib.sha256).hex()

    # --- checking ----------------------------------------------------------------------------

    def check(self, authorization: str) -> Verified:
        """What the caller's token says, or the 401 for what is wrong with the header."""
        scheme, _, token = authorization.partition(" ")
        if not token or scheme.lower() != "bearer":
            raise errors.no_token()
        verified = self._known.get(token) or self._remember(token)
        now = self._context.clock.now()
        is_timely = verified.issued <= now < verified.expires
        if not is_timely or verified.generation != self.account.generation:
            raise errors.bad_token()
        return verified

    def _remember(self, token: str) -> Verified:
        packed, _, seal = token.removeprefix(PREFIX).partition(".")
        if not token.isascii() or not hmac.compare_digest(seal, self._seal(packed)):
            raise errors.bad_token()
        issued, expires, generation, subject, scopes = json.loads(urlsafe_b64decode(packed))
        if len(self._known) >= MAX_REMEMBERED:
            self._known.clear()
        verified = Verified(issued, expires, generation, subject, frozenset(scopes))
        self._known[token] = verified
        return verified


def _moment(value: Any) -> float:
    """A NumericDate; clients send integers, and `true` is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(value)
    return float(value)
