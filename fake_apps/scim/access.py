"""Who may call: whoever shows the token, in the way that this service takes it.

Sources: https://datatracker.ietf.org/doc/html/rfc7644#section-2; that identity providers know these
three ways: https://developer.okta.com/docs/reference/scim/scim-20/
"""

import base64
import binascii

from flask import Request

from ..core.app import FakeApp
from . import errors, quirks
from .entity import ACCOUNT

BEARER, BASIC, HEADER = "bearer", "basic", "header"
WAYS = (BEARER, BASIC, HEADER)


def authenticate(app: FakeApp, asked: Request) -> None:
    """Refuse a call without the token, or with one that is not good any more."""
    header = asked.environ.get("HTTP_AUTHORIZATION", "")
    way = app.settings["sign_in"]
    if not app.state.is_valid(_shown(header, way)):
        raise errors.unauthorized(f"A {way} token that is valid is required", _scheme(way))
    if quirks.USER_AGENT_IS_MANDATORY in app.state.behaviour and not asked.headers.get(
        "User-Agent"
    ):
        raise errors.no_user_agent()
    accepts = asked.headers.get("Accept")
    if accepts == errors.SCIM_JSON and quirks.SCIM_JSON_IS_NOT_SENT in app.state.behaviour:
        raise errors.not_acceptable()


def _scheme(way: str) -> str:
    return "Basic" if way == BASIC else "Bearer"


def _shown(header: str, way: str) -> str:
    """The token that the header shows, "" where it is shown in another way."""
    scheme, _, rest = header.strip().partition(" ")
    if way == HEADER:
        return rest.strip() if scheme.lower() == "bearer" else header.strip()
    if scheme.lower() != way:
        return ""
    return rest.strip() if way == BEARER else _password(rest)


def _password(encoded: str) -> str:
    try:
        name, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return ""
    return password if name == ACCOUNT else ""
