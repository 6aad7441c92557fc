"""Fake Box: users, groups and group memberships as the Box Platform API 2.0 serves them."""

from collections.abc import Mapping

from flask import Request

from ..core.app import AppSpec, FakeApp, Refusals, Setting
from ..core.error import ApiError
from ..core.limits import Limit
from . import access, errors, faults, quirks, routes, serving, token_errors, wire
from .admin import EnterpriseAdmin
from .state import Enterprise

LIMITS = (
    Limit(
        "calls",
        1_000,
        60,
        "https://developer.box.com/guides/api-calls/permissions-and-errors/rate-limits "
        "(per user; the app's service account is one user, each that it acts as another)",
    ),
)
_ONE_CALL = {"calls": 1.0}


def _cost(_app: FakeApp, request: Request) -> Mapping[str, float]:
    """Each user has a thousand calls of their own."""
    if request.endpoint in access.OPEN:
        return {}
    caller = request.environ[access.CALLER]
    return {f"calls@{caller}": 1.0} if caller else _ONE_CALL


def _wrong_method(request: Request) -> ApiError:
    is_token = errors.is_token_path(request.environ)
    return token_errors.token_wrong_method() if is_token else errors.wrong_method()


def _too_large(request: Request) -> ApiError:
    return (
        token_errors.form_too_large()
        if errors.is_token_path(request.environ)
        else errors.too_large()
    )


APP = AppSpec(
    name="box",
    title="Box (Platform API 2.0)",
    hosts=("api.box.com",),
    state=Enterprise,
    blueprint=routes.bp,
    render=errors.render,
    quirks=quirks.ALL,
    refusals=Refusals(
        unknown_path=lambda _request: errors.unknown_path(),
        wrong_method=_wrong_method,
        too_large=_too_large,
        throttled=errors.throttled,
        unavailable=errors.unavailable,
    ),
    admin=EnterpriseAdmin,
    limits=LIMITS,
    settings={
        "app_auth": Setting(
            "ccg",
            "how the app gets tokens: ccg (client credentials), jwt, oauth2 (a user lets it in), "
            "or any (several apps of the enterprise in life), which is what serve starts with",
            choices=("ccg", "jwt", "oauth2", "any"),
        ),
        "app_scopes": Setting(
            (access.USERS, access.GROUPS), "application scopes that new tokens carry"
        ),
        "app_authorized": Setting(
            default=True, sentence="an administrator has authorized the app in the enterprise"
        ),
        "user_tokens": Setting(
            default=False, sentence="the app may get tokens for users, not only for itself"
        ),
        "as_user": Setting(default=False, sentence="the app may act for users by As-User"),
        "foreign_logins": Setting((), "logins that exist in Box outside the enterprise"),
        "managed_elsewhere": Setting((), "logins that another enterprise manages"),
        "barred_logins": Setting((), "users whom an information barrier keeps out of groups"),
        "denied_logins": Setting((), "users whom an information barrier keeps from being changed"),
        "alias_domains": Setting(
            (), "domains of the enterprise, which aliases have to be of; none for any domain"
        ),
        "notification_emails": Setting(
            default=True, sentence="users may have an e-mail for notifications"
        ),
        "confirm_after_s": Setting(
            0, "seconds until a new user confirms the e-mail, None for never"
        ),
        "retention_policies": Setting(
            default=False, sentence="retention keeps users who own content from being deleted"
        ),
        "search_lag_s": Setting(0, "seconds until filter_term finds what is new or changed"),
        "utc_offset_hours": Setting(
            -8, "the enterprise's offset from UTC, for all times it tells", low=-23, high=23
        ),
    },
    authenticate=access.authenticate,
    cost=_cost,
    decorate=wire.decorate,
    faults=faults.ALL,
    max_body_bytes=1024 * 1024,
    secret_fields=(
        "access_token",
        "client_secret",
        "assertion",
        "private_key",
        "token",
        "refresh_token",
    ),
    connect=serving.connect,
    served_settings={"app_auth": "any"},
    snippet=serving.snippet,
)
