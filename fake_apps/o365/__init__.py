"""Fake Microsoft 365: users, groups and memberships as Microsoft Graph v1.0 serves them."""

from collections.abc import Callable

from flask import Request, Response

from ..core.app import AppSpec, FakeApp, Refusals, Setting
from ..core.error import ApiError
from ..core.fault import Fault
from . import (
    access,
    delta_routes,
    errors,
    member_routes,
    object_routes,
    quirks,
    routes,
    serving,
    throttle,
    wire,
)
from .admin import TenantAdmin
from .routing import bp
from .state import Directory


def _wrong_method(request: Request) -> ApiError:
    path, method = request.path, request.method
    if access.is_token_path(request):
        return errors.post_only(method)
    if method == "POST" and path.endswith(("/members", "/owners")):
        return errors.not_contained()
    if method == "PATCH" and path.endswith(("/members/$ref", "/owners/$ref")):
        return errors.unsupported_on_set()
    return errors.wrong_method()


ROUTES = (routes, member_routes, object_routes, delta_routes)  # each adds its own to `bp`
ROOTS = (
    "users",
    "groups",
    "directoryObjects",
    "directory",
    "organization",
    "domains",
    "me",
    "$batch",
)


def _unknown_path(request: Request) -> ApiError:
    """Names the first segment when the service does not know even that, else the last."""
    version, _, rest = request.path.lstrip("/").partition("/")
    if version not in ("v1.0", "beta"):
        return errors.unknown_segment(version)
    root, _, tail = rest.partition("/")
    known = root in ROOTS and tail
    return errors.unknown_segment(tail.rpartition("/")[2] if known else root)


def _too_large(request: Request) -> ApiError:
    return errors.form_too_large() if access.is_token_path(request) else errors.too_large()


def _decorate(app: FakeApp, request: Request, response: Response) -> None:
    wire.decorate(app, request, response)
    throttle.warn(app, request, response)


def _fault(make: Callable[[], ApiError]) -> Callable[[FakeApp, Fault], ApiError]:
    return lambda _app, _fault: make()


APP = AppSpec(
    name="o365",
    title="Microsoft 365 (Graph v1.0)",
    hosts=("graph.microsoft.com", "login.microsoftonline.com"),
    state=Directory,
    blueprint=bp,
    render=errors.render,
    quirks=quirks.ALL,
    refusals=Refusals(
        unknown_path=_unknown_path,
        wrong_method=_wrong_method,
        too_large=_too_large,
        throttled=throttle.refuse,
        unavailable=errors.service_busy,
    ),
    admin=TenantAdmin,
    limits=throttle.LIMITS,
    settings={
        "domains": Setting(
            ("example.onmicrosoft.com", "example.test"),
            "verified domains of the tenant, the default one first",
        ),
        "federated_domains": Setting(
            (),
            "those of the domains whose users sign in elsewhere: a new one needs its "
            "onPremisesImmutableId",
        ),
        "app_roles": Setting(
            ("Directory.ReadWrite.All", "Group.ReadWrite.All", "User.ReadWrite.All"),
            "application permissions that new tokens carry",
        ),
        "mfa_required": Setting(
            default=False, sentence="conditional access refuses tokens to the service account"
        ),
        "replication_lag_s": Setting(0, "seconds until reads see a new object"),
        "index_lag_s": Setting(0, "seconds until 'ConsistencyLevel: eventual' reads see it"),
        "member_quota": Setting(None, "most members one group may have, None for no quota"),
        "owner_quota": Setting(100, "most owners one group may have"),
        "object_quota": Setting(300_000, "most users and groups the tenant may have"),
        "delta_page_size": Setting(
            100, "most objects, and most members, on one page of a delta query", low=1, high=999
        ),
        "guests_may_join": Setting(
            default=True, sentence="guests may be members of Microsoft 365 groups"
        ),
    },
    authenticate=access.authenticate,
    cost=throttle.cost,
    decorate=_decorate,
    faults={
        "service_busy": lambda _app, fault: errors.service_busy(fault.retry_after),
        "gateway_timeout": lambda _app, fault: errors.gateway_timeout(fault.retry_after),
        "insufficient_privileges": _fault(errors.denied),
        "provisioning_in_progress": _fault(errors.provisioning),
        "object_quota_exceeded": _fault(errors.object_quota),
        "expired_token": _fault(errors.expired_token),
        "resync_required": _fault(errors.resync_required),
    },
    max_body_bytes=4 * 1024 * 1024,
    # Published keys are no secret, but another one in every process.
    secret_fields=("access_token", "client_secret", "client_assertion", "password", "keys"),
    snippet=serving.snippet,
)
