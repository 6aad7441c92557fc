"""Failures that only Box has: refusals before anything is done, and some after it was done.

https://developer.box.com/guides/api-calls/permissions-and-errors/common-errors says of the 503 that
"a write operation may eventually persist its changes after the 503 response".
"""

from collections.abc import Callable, Mapping

from ..core.app import DoneAnyway, FakeApp
from ..core.error import ApiError
from ..core.fault import Fault
from . import errors

Made = Callable[[FakeApp, Fault], ApiError]


def _plain(make: Callable[[], ApiError]) -> Made:
    return lambda _app, _fault: make()


def _unavailable(_app: FakeApp, fault: Fault) -> ApiError:
    return errors.unavailable(fault.retry_after)


ALL: Mapping[str, Made] = {
    "forbidden_by_policy": _plain(errors.barred),
    "denied_by_policy": _plain(errors.denied_by_policy),
    "access_denied": _plain(errors.denied),
    "insufficient_scope": _plain(errors.insufficient_scope),
    "expired_token": _plain(errors.expired_token),
    "internal_server_error": _plain(errors.internal),
    "bad_gateway": _plain(errors.bad_gateway),
    "unavailable_for": _unavailable,
    "internal_server_error_done": DoneAnyway(_plain(errors.internal)),
    "bad_gateway_done": DoneAnyway(_plain(errors.bad_gateway)),
    "unavailable_done": DoneAnyway(_unavailable),
}
