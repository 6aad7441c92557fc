"""Who may call: whoever shows the bearer token.

Source: https://datatracker.ietf.org/doc/html/rfc7644#section-2
"""

from flask import Request

from ..core.app import FakeApp
from . import errors, quirks


def authenticate(app: FakeApp, asked: Request) -> None:
    """Refuse a call without the token, or with one that is not good any more."""
    header = asked.environ.get("HTTP_AUTHORIZATION", "")
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer":
        raise errors.unauthorized("A bearer token is required")
    if not app.state.is_valid(token.strip()):
        raise errors.unauthorized("The bearer token is not valid")
    if quirks.USER_AGENT_IS_MANDATORY in app.state.behaviour and not asked.headers.get(
        "User-Agent"
    ):
        raise errors.refusal(400, "user_agent_required", "A User-Agent header is required")
