"""Who may do what: API tokens, hashed at rest, each with the scopes of its role.

A token is 42 characters of chance, so one round of SHA-256 is as good as a slow hash: there is no
dictionary to try. What is sent is compared with every digest in constant time.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ..errors import Unusable
from ..org import Org, schema
from .quirks import SCHEME_WITHOUT_SPACE, Switches

RESOURCES = ("users", "groups", "apps", "logs")
READ = tuple(f"okta.{name}.read" for name in RESOURCES)
MANAGE = tuple(f"okta.{name}.manage" for name in RESOURCES if name != "logs")

ROLES: Mapping[str, tuple[str, ...]] = {
    "SUPER_ADMIN": (*READ, *MANAGE),
    "READ_ONLY_ADMIN": READ,
    "APP_ADMIN": ("okta.apps.manage", "okta.users.read", "okta.groups.read", "okta.logs.read"),
    "USER_ADMIN": ("okta.users.manage", "okta.groups.manage"),
}
SCHEMES = ("SSWS", "Bearer")
FRESH_S = 1.0  # how long a token that another process has revoked may still be taken


@dataclass(frozen=True)
class Caller:
    """Whose token it is, and its scopes."""

    id: str
    name: str
    scopes: frozenset[str]

    def may(self, scope: str) -> bool:
        """Whether one of the token's scopes covers it; who may manage may read."""
        return scope in self.scopes or scope.replace(".read", ".manage") in self.scopes


class Tokens:
    """The tokens of one org."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._store = org.store
        # Read again where a token is not among them, and after a while.
        self._known: list[sa.Row[Any]] = []
        self._known_at = 0.0

    def issue(self, name: str, token: str, *, scopes: Sequence[str], scheme: str = "SSWS") -> None:
        """Let in whoever shows this token; one of that name, or the same one, is replaced."""
        unknown = sorted({*scopes} - {*READ, *MANAGE})
        if unknown or scheme not in SCHEMES:
            raise Unusable(f"no such scope or scheme of a token: {', '.join(unknown) or scheme}")
        self._known = []
        with self._store.tx():
            self._store.delete(schema.tokens, name=name)
            self._store.delete(schema.tokens, digest=_digest(token))
            self._store.insert(
                schema.tokens,
                id=self._org.core.new_id("00T"),
                name=name,
                digest=_digest(token),
                kind=scheme,
                scopes=list(scopes),
                created=self._org.clock.now(),
            )

    def revoke(self, name: str) -> None:
        self._known = []
        self._store.delete(schema.tokens, name=name)

    def caller(self, authorization: str, switches: Switches) -> Caller | None:
        """Who shows this Authorization header; None for nobody we know."""
        scheme, token = _split(authorization, strict=SCHEME_WITHOUT_SPACE not in switches)
        shown = _digest(token)
        found = self._among_known(scheme, shown) if self._is_fresh else None
        if found is None and scheme:
            self._known = self._store.all(schema.tokens, "id")
            self._known_at = self._org.clock.now()
            found = self._among_known(scheme, shown)
        return found

    @property
    def _is_fresh(self) -> bool:
        return abs(self._org.clock.now() - self._known_at) < FRESH_S

    def _among_known(self, scheme: str, shown: str) -> Caller | None:
        """Every digest is compared, whichever of them it is."""
        found: Caller | None = None
        for row in self._known:
            if hmac.compare_digest(row.digest, shown) and row.kind == scheme:
                found = Caller(row.id, row.name, frozenset(row.scopes))
        return found


def _split(authorization: str, *, strict: bool) -> tuple[str, str]:
    for scheme in SCHEMES:
        if authorization[: len(scheme)].lower() == scheme.lower():
            rest = authorization[len(scheme) :]
            if rest[:1] == " " or not strict:
                return scheme, rest.strip()
    return "", ""


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
