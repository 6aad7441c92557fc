"""Fake Slack: users and groups as its SCIM API serves them, in versions 1 and 2."""

from collections.abc import Callable

from flask import Request
from flask import request as flask_request

from ..core.app import AppSpec, FakeApp, Refusals, Setting
from ..core.error import ApiError
from ..core.fault import Fault
from ..core.limits import Throttle
from . import access, errors, limits, methods, quirks, routes, serving, wire
from .admin import OrgAdmin
from .state import Organisation


def _unknown_path(request: Request) -> ApiError:
    path = request.path
    if path.startswith("/api/"):
        return errors.unknown_method()
    version = path.removeprefix("/scim/").partition("/")[0]
    is_other = path.startswith("/scim/v") and version not in ("v1", "v2")
    return errors.unsupported_version() if is_other else errors.bad_endpoint()


def _wrong_method(request: Request) -> ApiError:
    if request.path.startswith("/api/"):
        return errors.unknown_method()
    return errors.method_not_allowed()


def _too_large(_request: Request) -> ApiError:
    return errors.body_too_large()


def _throttled(_app: FakeApp, retry_after: str | None, _throttle: Throttle | None) -> ApiError:
    is_web = flask_request.path.startswith("/api/")
    return (errors.ratelimited if is_web else errors.too_many_requests)(retry_after)


def _locked(_app: FakeApp, fault: Fault) -> ApiError:
    seconds = fault.retry_after or "1"
    return errors.resource_locked(seconds if seconds.isdecimal() else "1")


def _unprovisioned(_app: FakeApp, fault: Fault) -> ApiError:
    """The workspaces that failed are the fault's message, separated by commas."""
    return errors.auto_provision_failure(fault.message.split(",") if fault.message else ())


def _unexplained(code: str) -> Callable[[FakeApp, Fault], ApiError]:
    return lambda _app, _fault: errors.unexplained(code)


APP = AppSpec(
    name="slack",
    title="Slack (SCIM)",
    hosts=("api.slack.com", "slack.com"),
    state=Organisation,
    blueprint=routes.bp,
    render=errors.render,
    quirks=quirks.ALL,
    refusals=Refusals(
        unknown_path=_unknown_path,
        wrong_method=_wrong_method,
        too_large=_too_large,
        throttled=_throttled,
        unavailable=errors.service_unavailable,
    ),
    admin=OrgAdmin,
    limits=limits.LIMITS,
    settings={
        "plan": Setting(
            "enterprise",
            "enterprise, business_plus, or one without SCIM: pro, free",
            choices=("enterprise", "business_plus", "pro", "free"),
        ),
        "domain": Setting("acme", "the organisation's own name under slack.com"),
        "email_domain": Setting("example.test", "where accounts made by hand have their e-mail"),
        "token_scopes": Setting(("admin", *methods.SCOPES), "scopes of the installed app"),
        "installer": Setting(
            "owner",
            "role of who installed the app: owner, admin, member",
            choices=("owner", "admin", "member"),
        ),
        "installed_on_org": Setting(
            default=True, sentence="the app is on the organisation, not on one workspace of it"
        ),
        "channels": Setting(("general", "random"), "names of channels, which users cannot have"),
        "private_channels": Setting(
            (), "names of private channels, which users cannot have either"
        ),
        "guest_channels": Setting((), "names of the channels that guests are in"),
        "workspaces": Setting(
            (),
            "names of the workspaces of an Enterprise organisation; none for one called as it is",
        ),
        "workspaces_of_a_group": Setting(None, "most workspaces of one group, None for no limit"),
        "allowed_addresses": Setting(
            (), "ranges (CIDR) that the Web API may be called from, at most ten; none for anywhere"
        ),
        "reserved_usernames": Setting(
            ("admin", "channel", "everyone", "group", "here", "slackbot"),
            "user names that Slack keeps to itself (which they are is not documented)",
        ),
        "users_may_rename_themselves": Setting(
            default=False, sentence="users choose their display names, so updates of it are refused"
        ),
        "groups_linked_to_channels": Setting(
            (), "names of groups that restrict private channels, so they cannot be deleted"
        ),
        "group_member_max": Setting(
            None, "most members of one group, None for the plan's: 5,000 unless enterprise"
        ),
        "users_a_call": Setting(15_000, "most users that one request about a group may name"),
        "lock_s": Setting(0, "seconds that a write holds its user or group against the next"),
        "deactivation_lag_s": Setting(0, "seconds until reads show a deactivation"),
    },
    authenticate=access.authenticate,
    cost=limits.cost,
    decorate=wire.decorate,
    faults={
        "resource_locked": _locked,
        "permission_denied": lambda _app, _fault: errors.permission_denied(),
        "auto_provision_failure": _unprovisioned,
        **{code: _unexplained(code) for code in errors.UNEXPLAINED},
    },
    max_body_bytes=8 * 1024 * 1024,
    secret_fields=("password", "token"),
    snippet=serving.snippet,
)
