"""Failures that only Box has: refusals before anything is done, and some after it was done.

https://developer.box.com/guides/api-calls/permissions-and-errors/common-errors says of the 503 that
"a write operation may eventually persist its changes after the 503 response".
"""

from collections.abc import Callable, Mapping

from flask import current_app, request

from ..core.app import ENVIRON_KEPT, FakeApp
from ..core.error import ApiError
from ..core.fault import Fault
from . import errors

Made = Callable[[FakeApp, Fault], ApiError]


def _plain(make: Callable[[], ApiError]) -> Made:
    return lambda _app, _fault: make()


def _unavailable(_app: FakeApp, fault: Fault) -> ApiError:
    return errors.unavailable(fault.retry_after)


def _done(refuse: Made) -> Made:
    """The call is done, and refused all the same."""

    def after(app: FakeApp, fault: Fault) -> ApiError:
        current_app.view_functions[request.endpoint or ""](**(request.view_args or {}))
        request.environ[ENVIRON_KEPT] = True
        return refuse(app, fault)

    return after


ALL: Mapping[str, Made] = {
    "forbidden_by_policy": _plain(errors.barred),
    "denied_by_policy": _plain(errors.denied_by_policy),
    "access_denied": _plain(errors.denied),
    "insufficient_scope": _plain(errors.insufficient_scope),
    "expired_token": _plain(errors.expired_token),
    "internal_server_error": _plain(errors.internal),
    "bad_gateway": _plain(errors.bad_gateway),
    "unavailable_for": _unavailable,
    "internal_server_error_done": _done(_plain(errors.internal)),
    "bad_gateway_done": _done(_plain(errors.bad_gateway)),
    "unavailable_done": _done(_unavailable),
}
