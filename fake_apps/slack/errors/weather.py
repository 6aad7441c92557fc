"""Too fast, too busy, or out of order."""

from ...core.error import ApiError
from ...core.refusal import refusal
from . import envelope


@refusal("https://docs.slack.dev/reference/scim-api#concurrency")
def resource_locked(retry_after: str) -> ApiError:
    """A write to a group while another is under way."""
    return envelope.slow_down("resource_locked", retry_after)


@refusal("https://docs.slack.dev/reference/scim-api#concurrency")
def user_locked(retry_after: str) -> ApiError:
    """A write to a user while another is under way."""
    return envelope.slow_down("too_many_requests", retry_after)


@refusal("https://docs.slack.dev/reference/scim-api/rate-limits", mark="unsure")
def too_many_requests(retry_after: str | None) -> ApiError:
    """A SCIM call over a limit of the organisation; the body is uncertain."""
    return envelope.slow_down("too_many_requests", retry_after)


@refusal("https://docs.slack.dev/apis/web-api/rate-limits")
def ratelimited(retry_after: str | None) -> ApiError:
    """A call of the Web API over the limit of its tier."""
    return envelope.slow_down("ratelimited", retry_after)


@refusal("https://docs.slack.dev/reference/scim-api", mark="unsure")
def service_unavailable() -> ApiError:
    """The service is down; the words are ours."""
    return envelope.scim_refusal(503, "service_unavailable")
