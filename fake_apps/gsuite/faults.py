"""Failures that only Google has: refusals before anything is done, and some after it was done."""

from collections.abc import Callable, Mapping

from flask import current_app, request

from ..core.app import ENVIRON_KEPT, FakeApp
from ..core.error import ApiError
from ..core.fault import Fault
from . import errors, wire

Made = Callable[[FakeApp, Fault], ApiError]


def _told(make: Callable[[str | None], ApiError]) -> Made:
    """A refusal that may say how long to wait."""
    return lambda _app, fault: make(fault.retry_after)


def _plain(make: Callable[[], ApiError]) -> Made:
    return lambda _app, _fault: make()


def _done(make: Callable[[], ApiError]) -> Made:
    """The call is done, and refused all the same."""

    def refuse(_app: FakeApp, _fault: Fault) -> ApiError:
        current_app.view_functions[request.endpoint or ""](**(request.view_args or {}))
        request.environ[ENVIRON_KEPT] = True
        return make()

    return refuse


def _half_made(app: FakeApp, _fault: Fault) -> ApiError:
    """A group that lists and deletes know, reads and members do not."""
    # https://github.com/broadinstitute/workbench-libs google2 HttpGoogleDirectoryDAO
    app.state.create_group(wire.body(), is_half_made=True)
    request.environ[ENVIRON_KEPT] = True
    return errors.backend_error()


ALL: Mapping[str, Made] = {
    "backend_error": _plain(errors.backend_error),
    "internal_error": _plain(errors.internal_error),
    "system_error": _plain(errors.system_error),
    "bad_gateway": _plain(errors.bad_gateway),
    "gateway_timeout": _plain(errors.gateway_timeout),
    "conflict": _plain(errors.conflict),
    "condition_not_met": _plain(errors.condition_not_met),
    "forbidden": _plain(errors.forbidden),
    "api_disabled": _plain(errors.api_disabled),
    "access_not_configured": _plain(errors.project_without_api),
    "expired_token": _plain(errors.bad_token),
    "quota_exceeded": _told(errors.quota_exceeded),
    "metric_exceeded": _told(errors.metric_exceeded),
    "resource_exhausted": _told(errors.exhausted),
    "daily_limit_exceeded": _told(errors.daily_exceeded),
    "conflict_done": _done(errors.conflict),
    "condition_not_met_done": _done(errors.condition_not_met),
    "duplicate_done": _done(errors.duplicate),
    "backend_error_done": _done(errors.backend_error),
    "half_made": _half_made,
}
