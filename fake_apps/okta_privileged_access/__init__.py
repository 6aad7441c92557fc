"""Fake Okta Privileged Access: a team's secret folders and policies, and its SCIM for Okta."""

from flask import Request

from ..core.app import AppSpec, Refusals, Setting
from ..core.error import ApiError
from . import access, errors, quirks, routes, serving
from .admin import TeamAdmin
from .entity import HOST, ROLES
from .state import Team


def _unknown_path(request: Request) -> ApiError:
    return errors.no_endpoint(request.path)


def _wrong_method(request: Request) -> ApiError:
    return errors.wrong_method(request.method)


def _too_large(_request: Request) -> ApiError:
    return errors.too_large()


APP = AppSpec(
    name="okta_privileged_access",
    title="Okta Privileged Access",
    hosts=(HOST.removeprefix("https://"),),
    state=Team,
    blueprint=routes.bp,
    render=errors.render,
    quirks=quirks.ALL,
    refusals=Refusals(
        unknown_path=_unknown_path,
        wrong_method=_wrong_method,
        too_large=_too_large,
        throttled=errors.throttled,
        unavailable=errors.unavailable,
    ),
    admin=TeamAdmin,
    settings={
        "team": Setting("acme", "the team's name, which is part of every address"),
        "service_user_roles": Setting(
            ROLES, "roles that the service user has: pam_admin, resource_admin, security_admin"
        ),
        "token_lasts_s": Setting(
            3600, "seconds that a service token is good for; how many they are is not documented"
        ),
    },
    authenticate=access.authenticate,
    faults={"permission_denied": lambda _app, _fault: errors.forbidden("pam_admin")},
    secret_fields=("token", "bearer_token", "key_secret"),
    connect=serving.connect,
    snippet=serving.snippet,
)
