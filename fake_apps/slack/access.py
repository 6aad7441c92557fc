"""Who may call what: the token of an app installed on the organisation.

Source: https://docs.slack.dev/admins/scim-api
"""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from flask import Request

from ..core.app import FakeApp
from ..core.error import ApiError
from . import errors
from .methods import METHODS

OPEN = ("slack.get_config",)  # answers without a token, both SDKs' live tests say
PLANS_WITH_SCIM = ("business_plus", "enterprise")
_METHODS = {f"slack.{method.operation}": method for method in METHODS}


def authenticate(app: FakeApp, asked: Request) -> None:
    """Refuse a call without a good token, of a plan without SCIM, or beyond the token's scopes."""
    if asked.endpoint in OPEN:
        return
    header = asked.environ.get("HTTP_AUTHORIZATION", "")
    if asked.path.startswith("/api/"):
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
    allowed = app.settings["allowed_addresses"]
    if not app.state.is_valid(token) or not _is_allowed(asked.remote_addr, allowed):
        raise errors.invalid_auth()
    refusal = _method_refusal(app.settings, asked.endpoint or "")
    if refusal:
        raise refusal


def _is_allowed(address: str | None, allowed: Sequence[str]) -> bool:
    """Whether the app may call from there: one of at most ten ranges, or anywhere without any."""
    caller = ip_address(address or "127.0.0.1")
    return not allowed or any(caller in each for each in map(_range, allowed[:10]) if each)


def _range(text: str) -> IPv4Network | IPv6Network | None:
    """A range in CIDR notation; what is none allows nobody."""
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _method_refusal(settings: Mapping[str, Any], endpoint: str) -> ApiError | None:
    method, provided = _METHODS.get(endpoint), settings["token_scopes"]
    if method is None:
        return None
    if method.scope and method.scope not in provided:
        return errors.missing_scope(method.scope, ",".join(provided))
    if method.is_for_enterprises and settings["plan"] != "enterprise":
        return errors.not_an_enterprise()
    if method.is_for_enterprises and settings["installer"] not in ("owner", "admin"):
        return errors.not_an_admin()
    return None


def _bearer(header: str) -> str:
    scheme, _, token = header.partition(" ")
    return token if scheme.lower() == "bearer" else ""


def _sent_token(asked: Request) -> str:
    """The Web API also takes the token as an argument of a form."""
    return asked.form.get("token", "")
