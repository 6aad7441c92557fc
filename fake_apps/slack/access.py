"""Who may call what: the token of an app installed on the organisation.

Source: https://docs.slack.dev/admins/scim-api
"""

from collections.abc import Mapping

from flask import Request

from ..core.app import FakeApp
from ..core.error import ApiError
from . import errors

OPEN = ("slack.get_config",)  # answers without a token, both SDKs' live tests say
PLANS_WITH_SCIM = ("business_plus", "enterprise")
SCOPES = {
    "slack.list_usergroups": "usergroups:read",
    "slack.list_usergroup_users": "usergroups:read",
}


def authenticate(app: FakeApp, asked: Request) -> None:
    """Refuse a call without a good token, of a plan without SCIM, or beyond the token's scopes."""
    if asked.endpoint in OPEN:
        return
    header = asked.environ.get("HTTP_AUTHORIZATION", "")
    if asked.environ["PATH_INFO"].startswith("/api/"):
        _check_web(app, asked, header)
    else:
        _check_scim(app, header)


def _check_scim(app: FakeApp, header: str) -> None:
    settings = app.settings
    if not header:
        raise errors.missing_authentication()
    if not app.state.is_valid(_bearer(header)) or "admin" not in settings["token_scopes"]:
        raise errors.invalid_authentication()
    if settings["plan"] not in PLANS_WITH_SCIM:
        raise errors.plus_teams_only()
    if settings["plan"] == "enterprise" and not settings["installed_on_org"]:
        raise errors.non_org_teams_only()
    if settings["installer"] not in ("owner", "admin"):
        raise errors.permission_denied()


def _check_web(app: FakeApp, asked: Request, header: str) -> None:
    token = _bearer(header) or _sent_token(asked)
    if not token:
        raise errors.not_authed()
    if not app.state.is_valid(token):
        raise errors.invalid_auth()
    refusal = _scope_refusal(app.settings, asked.endpoint or "")
    if refusal:
        raise refusal


def _scope_refusal(settings: Mapping[str, object], endpoint: str) -> ApiError | None:
    needed, provided = SCOPES.get(endpoint), settings["token_scopes"]
    assert isinstance(provided, tuple | list)
    if needed is None or needed in provided:
        return None
    return errors.missing_scope(needed, ",".join(provided))


def _bearer(header: str) -> str:
    scheme, _, token = header.partition(" ")
    return token if scheme.lower() == "bearer" else ""


def _sent_token(asked: Request) -> str:
    """The Web API also takes the token as an argument of a form."""
    return asked.form.get("token", "")
