"""Too much, too busy, not yet."""

from ...core.app import current
from ...core.error import ApiError
from ...core.refusal import refusal
from ..quirks import (
    THROTTLED_AS_DOCUMENTED,
)
from .sources import DOCS


@refusal("https://github.com/jsa2/AADAppAudit/issues/9", mark="seen")
def throttled(app_id: str, size: str, headers: dict[str, str]) -> ApiError:
    """More calls than a limit allows."""
    if THROTTLED_AS_DOCUMENTED in current().quirks:
        inner = {"code": "429", "message": "Please retry after", "status": "429"}
        message = "Please retry again later."
        return ApiError(429, "TooManyRequests", message, headers=headers, inner=inner)
    message = (
        f"Too many requests from Identifier:{app_id} under category:aadgraph.app.tenant_{size}. "
        "Please try again later."
    )
    return ApiError(429, "TooManyRequests", message, headers=headers)


@refusal(f"{DOCS}/errors")
def service_busy(retry_after: str | None = None) -> ApiError:
    """The service is busy."""
    message = "Service is temporarily unavailable. Please wait and try again."
    return ApiError(503, "serviceNotAvailable", message, headers=_wait(retry_after))


@refusal(f"{DOCS}/errors", mark="seen")
def gateway_timeout(retry_after: str | None = None) -> ApiError:
    """The service did not answer its own gateway in time."""
    return ApiError(504, "UnknownError", "", headers=_wait(retry_after))


@refusal(f"{DOCS}/api/group-post-groups", mark="seen")
def provisioning() -> ApiError:
    """Parts of a Microsoft 365 group that are still being made."""
    message = "Resource provisioning is in progress. Please try again."
    return ApiError(404, "ResourceNotFound", message)


def _wait(retry_after: str | None) -> dict[str, str]:
    return {} if retry_after is None else {"Retry-After": retry_after}
