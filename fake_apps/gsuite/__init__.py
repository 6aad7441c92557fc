"""Fake Google Workspace: users, groups and members as the Admin SDK Directory API serves them."""

from collections.abc import Mapping

from flask import Request

from ..core.app import AppSpec, FakeApp, Refusals, Setting
from ..core.error import ApiError
from ..core.limits import Limit
from . import access, errors, faults, quirks, quota, routes, serving, wire
from .admin import TenantAdmin
from .state import Directory

# https://developers.google.com/workspace/admin/directory/v1/limits
LIMITS = (
    Limit(
        "queries",
        2_400,
        60,
        "https://developers.google.com/workspace/admin/directory/v1/limits "
        "(queries per minute, user and project)",
    ),
)
FREE = ("gsuite.token", "gsuite.batch")


def _cost(_app: FakeApp, request: Request) -> Mapping[str, float]:
    """One query each; a batch counts by what is in it."""
    return {} if request.endpoint in FREE else {quota.bucket(request): 1}


def _no_such_page(request: Request) -> ApiError:
    return errors.no_such_page(request.path)


def _too_large(_request: Request) -> ApiError:
    return errors.too_large()


APP = AppSpec(
    name="gsuite",
    title="Google Workspace (Directory API)",
    hosts=("admin.googleapis.com", "oauth2.googleapis.com", "www.googleapis.com"),
    state=Directory,
    blueprint=routes.bp,
    render=errors.render,
    quirks=quirks.ALL,
    refusals=Refusals(
        unknown_path=_no_such_page,
        wrong_method=_no_such_page,
        too_large=_too_large,
        throttled=errors.throttled,
        unavailable=errors.unavailable,
    ),
    admin=TenantAdmin,
    limits=LIMITS,
    settings={
        "domains": Setting(
            ("example.test", "example.org"), "domains of the customer, the primary one first"
        ),
        "delegated_scopes": Setting(
            access.ALL,
            "scopes that domain-wide delegation allows the service account",
            can_be_empty=True,
        ),
        "org_units": Setting((), "paths of organizational units beside the root, as /sales"),
        "external_members_allowed": Setting(
            default=False, sentence="groups take members from outside the customer's domains"
        ),
        "unknown_addresses": Setting(
            (), "addresses outside the customer's domains that Google knows no account of"
        ),
        "replication_lag_s": Setting(0, "seconds until a new user or group is found"),
        "index_lag_s": Setting(0, "seconds until a search with query= finds a new user or group"),
        "user_creation_s": Setting(0, "seconds for which a new user refuses changes with 412"),
        "user_limit": Setting(None, "most users the customer may have, None for no limit"),
    },
    authenticate=access.authenticate,
    cost=_cost,
    decorate=wire.decorate,
    faults=faults.ALL,
    max_body_bytes=4 * 1024 * 1024,
    secret_fields=("access_token", "assertion", "password", "private_key"),
    connect=serving.connect,
    snippet=serving.snippet,
)
