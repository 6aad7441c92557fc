"""Failures that only Google has: refusals before anything is done, and some after it was done."""

from collections.abc import Callable, Mapping

from ..core.app import DoneAnyway, FakeApp
from ..core.error import ApiError
from ..core.fault import Fault
from . import errors, wire

Made = Callable[[FakeApp, Fault], ApiError]


def _told(make: Callable[[str | None], ApiError]) -> Made:
    """A refusal that may say how long to wait."""
    return lambda _app, fault: make(fault.retry_after)


def _plain(make: Callable[[], ApiError]) -> Made:
    return lambda _app, _fault: make()


def _half_made(app: FakeApp) -> None:
    """A group that lists and deletes know, reads and members do not."""
    # https://github.com/broadinstitute/workbench-libs google2 HttpGoogleDirectoryDAO
    app.state.create_group(wire.body(), is_half_made=True)


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
    "conflict_done": DoneAnyway(_plain(errors.conflict)),
    "condition_not_met_done": DoneAnyway(_plain(errors.condition_not_met)),
    "duplicate_done": DoneAnyway(_plain(errors.duplicate)),
    "backend_error_done": DoneAnyway(_plain(errors.backend_error)),
    "half_made": DoneAnyway(_plain(errors.backend_error), _half_made),
}
