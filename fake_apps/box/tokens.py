"""The token endpoint and the check of its tokens: client credentials, an assertion, or a user's.

Access tokens are opaque to clients; here each carries what it grants under a seal of the tenant.
Sources: https://developer.box.com/guides/authentication/client-credentials and
https://developer.box.com/guides/authentication/jwt/without-sdk
"""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import jwt

from ..core.app import Context
from ..core.error import ApiError
from . import errors, quirks, token_errors
from .grants import Grants

CCG, JWT, OAUTH2, ANY = "ccg", "jwt", "oauth2", "any"
CODE, REFRESH = "authorization_code", "refresh_token"
GRANTS = {
    "client_credentials": CCG,
    "urn:ietf:params:oauth:grant-type:jwt-bearer": JWT,
    CODE: OAUTH2,
    REFRESH: OAUTH2,
}
AUDIENCE = "https://api.box.com/oauth2/token"  # clients send this whatever address they call
ALGORITHMS = ["RS256", "RS384", "RS512"]
Refuse = Callable[[], ApiError]
LIFETIME_S = 3600
LONGEST_S = 60
SHORTEST_JTI, LONGEST_JTI = 16, 128
MAX_REMEMBERED = 256
UNCHECKED: Any = {
    f"verify_{claim}": False for claim in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")
}


@dataclass(frozen=True)
class PlatformApp:
    """The client as the developer console knows it; tokens of an older `generation` are void."""

    client_id: str
    client_secret: str
    enterprise_id: str
    service_id: str
    key_id: str
    seal: str
    is_reset: bool = False
    generation: int = 1


@dataclass(frozen=True, slots=True)
class Verified:
    """What a well sealed token says; `user_id` is "" for the app's own service account."""

    serial: str
    expires: float
    generation: int
    user_id: str
    scopes: frozenset[str]


class Tokens:
    """Issues, checks and revokes the tokens of one tenant."""

    def __init__(self, context: Context, may_act: Callable[[str], bool]) -> None:
        self._context = context
        self._settings = context.settings
        self._may_act = may_act
        self.grants = Grants(context)
        store, chance = context.store, context.chance
        self._apps = store.table("platform_apps")
        self._revoked = store.table("revoked")
        self._assertions = store.table("assertions")
        self._known: dict[str, Verified] = {}
        first = PlatformApp(
            client_id=chance.hex(32),
            client_secret=chance.hex(32),
            enterprise_id=str(chance.number(100_000_000, 999_999_999)),
            service_id=str(chance.number(10_000_000_000, 19_999_999_999)),
            key_id=chance.hex(8),
            seal=chance.hex(32),
        )
        self._apps.put("app", first)

    @property
    def app(self) -> PlatformApp:
        row: PlatformApp | None = self._apps.get("app")
        assert row is not None, "made with the tenant"
        return row

    def reset(self) -> None:
        """Secret and key stop working, and so do the tokens issued on them."""
        old = self.app
        self._apps.put("app", replace(old, is_reset=True, generation=old.generation + 1))

    def renew(self) -> None:
        """A new secret and a new key."""
        chance = self._context.chance
        fresh = replace(
            self.app, client_secret=chance.hex(32), key_id=chance.hex(8), is_reset=False
        )
        self._apps.put("app", fresh)

    # --- issuing -----------------------------------------------------------------------------

    def issue(self, form: Mapping[str, str]) -> dict[str, Any]:
        """The reply to a token request, or its refusal."""
        told = form.get("grant_type", "")
        if told not in GRANTS:
            raise token_errors.bad_grant_type()
        self._check_client(form, self._refusal_of_clients(told))
        if self._settings["app_auth"] not in {GRANTS[told], ANY}:
            raise token_errors.other_grant()
        if GRANTS[told] == OAUTH2:
            return self._granted_by_user(told, form)
        user_id = self._asserted(form) if GRANTS[told] == JWT else self._granted(form)
        return self._issued(user_id, self._context.chance.hex(12))

    def _granted_by_user(self, grant: str, form: Mapping[str, str]) -> dict[str, Any]:
        """A pair of tokens for a code, or for the refresh token of an earlier pair."""
        is_code = grant == CODE
        user_id = self.grants.redeem(form) if is_code else self.grants.use(form)
        if not self._may_act(user_id):
            raise token_errors.bad_code() if is_code else token_errors.bad_refresh_token()
        serial = self._context.chance.hex(12)
        refresh = self.grants.issue(user_id, serial)
        return {**self._issued(user_id, serial), "refresh_token": refresh}

    def _issued(self, user_id: str, serial: str) -> dict[str, Any]:
        return {
            "access_token": self._seal(user_id, serial),
            "expires_in": LIFETIME_S,
            "restricted_to": [],
            "token_type": "bearer",
        }

    def _refusal_of_clients(self, grant: str) -> Refuse:
        fails_as_grant = quirks.CLIENTS_FAIL_AS_GRANTS in self._context.quirks
        is_credentials = GRANTS[grant] == CCG and fails_as_grant
        return token_errors.bad_grant if is_credentials else token_errors.bad_client

    def _check_client(
        self, form: Mapping[str, str], refuse: Refuse = token_errors.bad_client
    ) -> None:
        app = self.app
        is_client = form.get("client_id") == app.client_id
        if not is_client or form.get("client_secret") != app.client_secret or app.is_reset:
            raise refuse()

    def _granted(self, form: Mapping[str, str]) -> str:
        kind, subject = form.get("box_subject_type", ""), form.get("box_subject_id", "")
        may_be_it = self._settings["user_tokens"] or kind != "user"
        if not self._settings["app_authorized"] or not may_be_it:
            raise token_errors.bad_grant()
        return self._subject(kind, subject, token_errors.bad_grant)

    def _subject(self, kind: str, subject: str, refuse: Refuse) -> str:
        """The user to act as, "" for the service account."""
        if kind == "enterprise" and subject == self.app.enterprise_id:
            return ""
        if kind != "user" or not self._may_act(subject):
            raise refuse()
        if not self._settings["user_tokens"]:
            raise token_errors.no_user_tokens()
        return subject

    # --- assertions --------------------------------------------------------------------------

    def _asserted(self, form: Mapping[str, str]) -> str:
        claims = self._claims(form.get("assertion", ""))
        self._check_times(claims)
        self._use_up(claims)
        kind, subject = str(claims.get("box_sub_type")), str(claims.get("sub"))
        if not self._settings["app_authorized"]:
            raise token_errors.unapproved()
        return self._subject(kind, subject, token_errors.bad_subject)

    def _claims(self, assertion: str) -> Mapping[str, Any]:
        """The claims of an assertion that the app's present key has signed."""
        try:
            header = jwt.get_unverified_header(assertion)
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as fault:
            raise token_errors.no_assertion() from fault
        if header.get("kid") != self.app.key_id:
            raise token_errors.bad_key_id()
        try:
            claims: dict[str, Any] = jwt.decode(
                assertion,
                self._context.keys.public_key(),
                algorithms=ALGORITHMS,
                options=UNCHECKED,
            )
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as fault:
            raise token_errors.bad_signature() from fault
        if claims.get("iss") != self.app.client_id:
            raise token_errors.bad_claim("iss")
        if claims.get("aud") != AUDIENCE:
            raise token_errors.bad_claim("aud")
        return claims

    def _check_times(self, claims: Mapping[str, Any]) -> None:
        expires, now = claims.get("exp"), self._context.clock.now()
        if not isinstance(expires, int | float) or isinstance(expires, bool):
            raise token_errors.bad_claim("exp")
        if not expires > now:  # not "<=": a NaN is neither
            raise token_errors.expired_assertion()
        if expires > now + LONGEST_S:
            raise token_errors.long_assertion()

    def _use_up(self, claims: Mapping[str, Any]) -> None:
        """Each assertion counts once; what has expired need not be remembered."""
        jti, now = claims.get("jti"), self._context.clock.now()
        for old, expires in list(self._assertions):
            if expires <= now:
                self._assertions.drop(old)
        is_usable = isinstance(jti, str) and SHORTEST_JTI <= len(jti) <= LONGEST_JTI
        if not is_usable or jti in self._assertions:
            raise token_errors.used_assertion()
        self._assertions.put(jti, (jti, claims["exp"]))

    # --- tokens ------------------------------------------------------------------------------

    def _seal(self, user_id: str, serial: str) -> str:
        content = [
            serial,
            self._context.clock.now() + LIFETIME_S,
            self.app.generation,
            user_id,
            sorted(self._settings["app_scopes"]),
        ]
        packed = urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
        return f"{packed}.{self._stamp(packed)}"

    def _stamp(self, packed: str) -> str:
        return hmac.digest(self.app.seal.encode(), packed.encode(), hashlib.sha256).hex()[:32]

    def check(self, authorization: str) -> Verified:
        """What the caller's token grants, or the 401 for what is wrong with the header."""
        verified = self._known.get(authorization) or self._remember(authorization)
        if verified.expires <= self._context.clock.now():
            raise errors.expired_token()
        if verified.generation != self.app.generation or verified.serial in self._revoked:
            raise errors.bad_token()
        return verified

    def _remember(self, authorization: str) -> Verified:
        scheme, _, token = authorization.partition(" ")
        if not token or scheme.lower() != "bearer":
            raise errors.no_token()
        verified = self._read(token)
        if verified is None:
            raise errors.bad_token()
        if len(self._known) >= MAX_REMEMBERED:
            self._known.clear()
        self._known[authorization] = verified
        return verified

    def _read(self, token: str) -> Verified | None:
        packed, _, stamp = token.partition(".")
        if not token.isascii() or not hmac.compare_digest(stamp, self._stamp(packed)):
            return None
        padded = packed + "=" * (-len(packed) % 4)
        serial, expires, generation, user_id, scopes = json.loads(urlsafe_b64decode(padded))
        return Verified(serial, expires, generation, user_id, frozenset(scopes))

    def revoke(self, form: Mapping[str, str]) -> None:
        """End an access or a refresh token, and the other of its pair; any other is no error."""
        self._check_client(form)
        token = form.get("token", "")
        verified = self._read(token)
        serial = self.grants.end(token) if verified is None else verified.serial
        if serial is not None:
            self.grants.end_of(serial)
            self._revoked.put(serial, serial)
