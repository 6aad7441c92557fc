"""The token endpoint and the check of its tokens: client credentials, as a service sends them.

Tokens are real JWTs, signed by RS256 with a key that the tenant publishes, and checked on the
tenant's clock. `uti`, which means nothing to clients, carries the generation of the secret.
Sources: https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow,
https://learn.microsoft.com/en-us/entra/identity-platform/signing-key-rollover
"""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from jwt.algorithms import RSAAlgorithm

from ..core.app import Context
from . import errors
from .errors.sources import GRAPH_APP_ID
from .quirks import REVOCATION_CHALLENGES

GRAPH = "https://graph.microsoft.com"
LOGIN = "https://login.microsoftonline.com"
AUDIENCES = (GRAPH, GRAPH_APP_ID)
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
        self._check_tenant(tenant)
        for name in ("grant_type", "client_id", "scope"):
            if not form.get(name):
                raise errors.missing_parameter(name)
        if form["grant_type"] != "client_credentials":
            raise errors.unsupported_grant(form["grant_type"])
        if form["client_id"].lower() != registration.client_id:
            raise errors.unknown_client(form["client_id"], tenant)
        self._check_scope(form["scope"])

    def _check_tenant(self, tenant: str) -> None:
        if tenant.lower() not in (self._registration().tenant_id, *self._settings["domains"]):
            raise errors.unknown_tenant(tenant)

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
            "uti": str(registration.generation),
            "ver": "1.0",
        }
        headers = {"kid": self._key_id()}
        key = self._context.keys.private_key()
        return jwt.encode(claims, key, algorithm="RS256", headers=headers)

    def published(self, tenant: str) -> dict[str, Any]:
        """The keys that tokens are signed with, as a JSON Web Key Set; without certificates."""
        self._check_tenant(tenant)
        key = RSAAlgorithm.to_jwk(self._context.keys.public_key(), as_dict=True)
        told = {"kty": "RSA", "use": "sig", "kid": self._key_id(), "n": key["n"], "e": key["e"]}
        return {"keys": [{**told, "issuer": self._issuer()}]}

    def described(self, tenant: str, address: str) -> dict[str, Any]:
        """The endpoints, as a client looks them up that knows only the authority's address.

        Source: https://learn.microsoft.com/en-us/entra/identity-platform/v2-protocols-oidc
        """
        self._check_tenant(tenant)
        home = f"{address}/{self._registration().tenant_id}"
        return {
            "token_endpoint": f"{home}/oauth2/v2.0/token",
            "token_endpoint_auth_methods_supported": [
                "client_secret_post",
                "private_key_jwt",
                "client_secret_basic",
            ],
            "jwks_uri": f"{home}/discovery/v2.0/keys",
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": self._issuer(),
            "authorization_endpoint": f"{home}/oauth2/v2.0/authorize",
            "tenant_region_scope": "WW",
            "cloud_instance_name": "microsoftonline.com",
            "cloud_graph_host_name": "graph.windows.net",
            "msgraph_host": "graph.microsoft.com",
        }

    def _issuer(self) -> str:
        return f"{LOGIN}/{self._registration().tenant_id}/v2.0"

    def _key_id(self) -> str:
        """A thumbprint, as the vendor's are."""
        number = self._context.keys.public_key().public_numbers().n
        digest = hashlib.sha256(number.to_bytes(number.bit_length() // 8 + 1, "big")).digest()
        return urlsafe_b64encode(digest[:20]).decode().rstrip("=")

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
            key = self._context.keys.public_key()
            claims = jwt.decode(token, key, algorithms=["RS256"], options=UNCHECKED)
            if claims["tid"] != self._registration().tenant_id:
                raise errors.garbage_token()
            return Verified(
                audience=str(claims["aud"]),
                not_before=float(claims["nbf"]),
                expires=float(claims["exp"]),
                generation=int(claims["uti"]),
                roles=frozenset(claims["roles"]),
            )
        except (jwt.PyJWTError, ValueError, TypeError, KeyError, RecursionError) as fault:
            raise errors.garbage_token() from fault
