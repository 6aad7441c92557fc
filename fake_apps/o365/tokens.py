"""The token endpoint and the check of its tokens: client credentials, as a service sends them.

Tokens are real JWTs, signed with a key of the tenant and checked on the tenant's clock. (HMAC where
the vendor uses RSA: clients must treat Graph tokens as opaque.)
Source: https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from ..core.app import Context
from . import errors
from .quirks import REVOCATION_CHALLENGES

GRAPH = "https://graph.microsoft.com"
AUDIENCES = (GRAPH, errors.GRAPH_APP_ID)
LIFETIME_S = 3599
MAX_REMEMBERED = 256
UNCHECKED: Any = {
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
}


@dataclass(frozen=True, slots=True)
class Verified:
    """What a well signed token says."""

    audience: str
    not_before: float
    expires: float
    generation: int
    roles: frozenset[str]


@dataclass(frozen=True)
class Registration:
    """The client application in the tenant; tokens of an older `generation` are revoked."""

    tenant_id: str
    client_id: str
    client_secret: str
    secret_expired: bool = False
    generation: int = 1


class Tokens:
    """Issues and checks the tokens of one tenant."""

    def __init__(self, context: Context, registration: Callable[[], Registration]) -> None:
        self._context = context
        self._settings = context.settings
        self._registration = registration
        self._known: dict[str, Verified] = {}

    # --- issuing -----------------------------------------------------------------------------

    def issue(self, tenant: str, form: Mapping[str, str]) -> dict[str, Any]:
        registration = self._registration()
        self._check_request(tenant, form, registration)
        resource = form["scope"].removesuffix("/.default").rstrip("/")
        self._check_secret(form, registration)
        return {
            "token_type": "Bearer",
            "expires_in": LIFETIME_S,
            "ext_expires_in": LIFETIME_S,
            "access_token": self._sign(resource, registration),
        }

    def _check_request(
        self, tenant: str, form: Mapping[str, str], registration: Registration
    ) -> None:
        if tenant.lower() not in (registration.tenant_id, *self._settings["domains"]):
            raise errors.unknown_tenant(tenant)
        for name in ("grant_type", "client_id", "scope"):
            if not form.get(name):
                raise errors.missing_parameter(name)
        if form["grant_type"] != "client_credentials":
            raise errors.unsupported_grant(form["grant_type"])
        if form["client_id"].lower() != registration.client_id:
            raise errors.unknown_client(form["client_id"], tenant)
        self._check_scope(form["scope"])

    def _check_scope(self, scope: str) -> None:
        if len(scope.split()) != 1 or not scope.isprintable():
            raise errors.bad_scope(scope)
        if not scope.endswith("/.default"):
            raise errors.client_scope(scope)

    def _check_secret(self, form: Mapping[str, str], registration: Registration) -> None:
        secret = form.get("client_secret")
        if not secret and form.get("client_assertion"):
            raise errors.unknown_certificate()
        if not secret:
            raise errors.no_secret()
        if secret != registration.client_secret:
            raise errors.wrong_secret(registration.client_id)
        if registration.secret_expired:
            raise errors.expired_secret(registration.client_id)
        if self._settings["mfa_required"]:
            raise errors.interaction_required()

    def _sign(self, resource: str, registration: Registration) -> str:
        now = int(self._context.clock.now())
        claims = {
            "aud": resource,
            "iss": f"https://sts.windows.net/{registration.tenant_id}/",
            "iat": now,
            "nbf": now,
            "exp": now + LIFETIME_S,
            "appid": registration.client_id,
            "roles": sorted(self._settings["app_roles"]),
            "tid": registration.tenant_id,
            "ver": "1.0",
        }
        headers = {"kid": str(registration.generation)}
        return jwt.encode(claims, self._key(registration), algorithm="HS256", headers=headers)

    def _key(self, registration: Registration) -> bytes:
        material = f"{registration.tenant_id}/{registration.client_id}"
        return hashlib.sha256(material.encode()).digest()

    # --- checking ----------------------------------------------------------------------------

    def check(self, authorization: str) -> Verified:
        """The caller's rights, or the 401 for what is wrong with the header."""
        verified = self._known.get(authorization) or self._remember(authorization)
        now = self._context.clock.now()
        if not verified.not_before <= now < verified.expires:
            raise errors.expired_token()
        if verified.generation != self._registration().generation:
            challenge = REVOCATION_CHALLENGES in self._context.quirks
            raise errors.expired_token(claims=challenge)
        return verified

    def _remember(self, authorization: str) -> Verified:
        scheme, _, token = authorization.partition(" ")
        if not token or scheme.lower() != "bearer":
            raise errors.no_token()
        verified = self._read(token)
        if verified.audience not in AUDIENCES:
            raise errors.wrong_audience()
        if len(self._known) >= MAX_REMEMBERED:
            self._known.clear()
        self._known[authorization] = verified
        return verified

    def _read(self, token: str) -> Verified:
        if "." not in token:
            raise errors.token_without_dots()
        try:
            key = self._key(self._registration())
            read = jwt.decode_complete(token, key, algorithms=["HS256"], options=UNCHECKED)
            claims = read["payload"]
            return Verified(
                audience=str(claims["aud"]),
                not_before=float(claims["nbf"]),
                expires=float(claims["exp"]),
                generation=int(read["header"]["kid"]),
                roles=frozenset(claims["roles"]),
            )
        except (jwt.PyJWTError, ValueError, TypeError, KeyError, RecursionError) as fault:
            raise errors.garbage_token() from fault
