"""Refusals for how much is asked, and of a service that is not well."""

import html
from typing import Any
from zlib import crc32

from flask import Request

from ..core.app import FakeApp
from ..core.error import ApiError
from ..core.limits import Throttle
from ..core.refusal import refusal
from .envelope import COMMON, FRONT_END, GAM, LIMITS, USAGE

BUCKETS = 1000  # so many that two names of one client hardly share one
ACTS_AS = "gsuite.acts_as"  # whom a call acts as, where it is not the first administrator


def bucket(asked: Request) -> str:
    """Whose quota of queries pays for a call: its user's, or that of whom `quotaUser` names.

    Source: https://cloud.google.com/apis/docs/system-parameters (at most 40 characters)
    """
    name = asked.environ.get(ACTS_AS, "")
    if "quotaUser" in asked.environ["QUERY_STRING"]:
        name = asked.args.get("quotaUser", "")[:40] or name
    return f"queries@{crc32(name.encode()) % BUCKETS}" if name else "queries"


def _limited(
    status: int, reason: str, message: str, retry_after: str | None, **more: Any
) -> ApiError:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return ApiError(status, reason, message, headers=headers, **more)


@refusal(LIMITS)
def throttled(_app: FakeApp, retry_after: str | None, throttle: Throttle | None) -> ApiError:
    """More queries a minute than a user of the project has; Google says not how long to wait."""
    told = None if throttle else retry_after
    message = "User Rate Limit Exceeded. Rate of requests for user exceed configured project quota."
    return _limited(403, "userRateLimitExceeded", message, told, domain=USAGE)


@refusal("https://github.com/hashicorp/terraform-provider-googleworkspace/issues", mark="seen")
def metric_exceeded(retry_after: str | None) -> ApiError:
    """More queries a minute than the metric of the project allows."""
    message = (
        "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user' of "
        "service 'admin.googleapis.com' for consumer 'project_number:123456789012'."
    )
    state = "PERMISSION_DENIED"
    return _limited(403, "rateLimitExceeded", message, retry_after, domain=USAGE, state=state)


@refusal(LIMITS, mark="seen")
def quota_exceeded(retry_after: str | None) -> ApiError:
    """More calls of one operation at once than it takes."""
    return _limited(403, "quotaExceeded", "Request rate higher than configured.", retry_after)


@refusal(LIMITS)
def exhausted(retry_after: str | None) -> ApiError:
    """More calls of one operation at once than the customer may make."""
    message = "Resource has been exhausted (e.g. check quota)."
    state = "RESOURCE_EXHAUSTED"
    return _limited(429, "rateLimitExceeded", message, retry_after, state=state)


@refusal(GAM, mark="seen")
def daily_exceeded(retry_after: str | None) -> ApiError:
    """More queries a day than the project has; the words are free."""
    message = "Daily Limit Exceeded. The quota will be reset at midnight Pacific Time (PT)."
    return _limited(403, "dailyLimitExceeded", message, retry_after, domain=USAGE)


# --- not well --------------------------------------------------------------------------------


@refusal(COMMON, mark="seen")
def backend_error() -> ApiError:
    """Something behind the API has failed."""
    return ApiError(500, "backendError", "Backend Error")


@refusal(GAM, mark="seen")
def internal_error() -> ApiError:
    """The API itself has failed; the words are free."""
    return ApiError(500, "internalError", "Internal error encountered.", state="INTERNAL")


@refusal(GAM, mark="seen")
def system_error() -> ApiError:
    """A 400 for no reason: to be tried again like a 500."""
    return ApiError(400, "invalid", "A system error has occurred")


@refusal(FRONT_END, mark="seen")
def unavailable() -> ApiError:
    """The service takes no calls for now."""
    message = "The service is currently unavailable."
    return ApiError(503, "backendError", message, state="UNAVAILABLE")


_TRY_AGAIN = (
    "The server encountered a temporary error and could not complete your request.<p>"
    "Please try again in 30 seconds."
)


@refusal(GAM, mark="seen")
def bad_gateway() -> ApiError:
    """A page of the front end, no JSON: what is behind it did not answer well."""
    return ApiError(502, "", _TRY_AGAIN, page="Server Error")


@refusal(GAM, mark="seen")
def gateway_timeout() -> ApiError:
    """A page of the front end, no JSON: what is behind it did not answer in time."""
    return ApiError(504, "", _TRY_AGAIN, page="Server Error")


# --- the front end ---------------------------------------------------------------------------


@refusal(FRONT_END, mark="unsure")
def no_such_page(path: str) -> ApiError:
    """Unknown paths and methods are no business of the API: the front end answers a page."""
    shown = html.escape(path.encode("ascii", "replace").decode())[:2000]
    message = f"The requested URL <code>{shown}</code> was not found on this server."
    return ApiError(404, "", message, page="Not Found")


@refusal(FRONT_END, mark="unsure")
def too_large() -> ApiError:
    """A body of more bytes than the front end takes."""
    message = "Your client issued a request that was too large."
    return ApiError(413, "", message, page="Request Entity Too Large")
