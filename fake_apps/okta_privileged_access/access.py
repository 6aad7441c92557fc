"""Who may call: SCIM with the token that the app in Okta has, the API as the service user.

Source: https://developer.okta.com/docs/api/openapi/opa
"""

from flask import Request

from ..core.app import FakeApp
from . import errors
from .entity import SCIM_PART

OPEN = "okta_privileged_access.issue_service_token"


def authenticate(app: FakeApp, asked: Request) -> None:
    """Refuse another team's address, and a call without a token that is good for this face."""
    own = app.settings["team"]
    team = (asked.view_args or {}).get("team", own)  # an unknown address names none
    if team.lower() != own.lower():
        raise errors.not_found(f"team {team}")
    if asked.endpoint == OPEN:
        return
    scheme, _, token = asked.environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    shown = token.strip() if scheme.lower() == "bearer" else ""
    opens = app.state.opens_scim if SCIM_PART in asked.path else app.state.opens_api
    if not opens(shown):
        raise errors.unauthenticated()
