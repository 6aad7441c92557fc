"""What a user grants an OAuth 2.0 app: an authorization code, and refresh tokens for it.

Sources: https://developer.box.com/guides/authentication/tokens/refresh and
https://developer.box.com/guides/api-calls/permissions-and-errors/expiration
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..core.app import Context
from . import token_errors

CODE_LIFETIME_S = 30
REFRESH_LIFETIME_S = 60 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Code:
    """What the user's browser brings back to the app, good for half a minute and one use."""

    user_id: str
    expires: float


@dataclass(frozen=True, slots=True)
class Refresh:
    """`serial` is of the access token that came with this refresh token."""

    token: str
    user_id: str
    serial: str
    expires: float
    is_used: bool = False


class Grants:
    """Codes and refresh tokens of one tenant."""

    def __init__(self, context: Context) -> None:
        self._clock, self._chance = context.clock, context.chance
        self._codes = context.store.table("authorization_codes")
        self._refresh = context.store.table("refresh_tokens", serial=_by_serial)

    def consent(self, user_id: str) -> str:
        """The code of a user who has let the app in."""
        code = self._chance.hex(32)
        self._codes.put(code, Code(user_id, self._clock.now() + CODE_LIFETIME_S))
        return code

    def redeem(self, form: Mapping[str, str]) -> str:
        """The user who gave that code, or the refusal."""
        code = form.get("code", "")
        found: Code | None = self._codes.get(code)
        if found is None:
            raise token_errors.bad_code()
        if found.expires <= self._clock.now():
            raise token_errors.expired_code()
        self._codes.drop(code)
        return found.user_id

    def issue(self, user_id: str, serial: str) -> str:
        token = self._chance.hex(64)
        expires = self._clock.now() + REFRESH_LIFETIME_S
        self._refresh.put(token, Refresh(token, user_id, serial, expires))
        return token

    def use(self, form: Mapping[str, str]) -> str:
        """The user of that refresh token, which is good for one use."""
        token = form.get("refresh_token", "")
        found: Refresh | None = self._refresh.get(token)
        if found is None:
            raise token_errors.bad_refresh_token()
        if found.is_used or found.expires <= self._clock.now():
            raise token_errors.expired_refresh_token()
        self._refresh.put(token, replace(found, is_used=True))
        return found.user_id

    def end(self, token: str) -> str | None:
        """Revoke a refresh token; the serial of its access token, None where nobody knows it."""
        found: Refresh | None = self._refresh.get(token)
        if found is None:
            return None
        self._refresh.drop(token)
        return found.serial

    def end_of(self, serial: str) -> None:
        """Revoke the refresh tokens that came with an access token."""
        for row in self._refresh.find("serial", serial):
            self._refresh.drop(row.token)


def _by_serial(row: Refresh) -> str:
    return row.serial
