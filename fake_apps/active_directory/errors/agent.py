"""What the agent refuses.

The shape and, where one fits, the code and sentence of Okta's error object:
https://developer.okta.com/docs/reference/error-codes/
"""

from flask import Request

from ...core.app import FakeApp, Reply
from ...core.error import ApiError
from ...core.fault import Fault
from ...core.limits import Throttle
from ...core.refusal import refusal
from .result import LdapError


def render(error: ApiError) -> Reply:
    """The agent's error body. A directory refusal outside an action is the administrator's."""
    if isinstance(error, LdapError):
        detail = {"resultCode": error.status, "resultName": error.name}
        return {"errorCode": error.code, "errorSummary": error.message, **detail}, 422, {}
    causes = [{"errorSummary": cause} for cause in error.extra.get("causes", ())]
    body = {"errorCode": error.code, "errorSummary": error.message, "errorCauses": causes}
    return body, error.status, error.headers


@refusal("https://developer.okta.com/docs/reference/error-codes/ (E0000001)", mark="unsure")
def invalid(field: str, complaint: str) -> ApiError:
    """An action with a field that is missing, unknown or wrong."""
    return ApiError(
        400, "E0000001", f"Api validation failed: {field}", causes=[f"{field}: {complaint}"]
    )


@refusal("https://developer.okta.com/docs/reference/error-codes/ (E0000003)", mark="unsure")
def not_json() -> ApiError:
    """A body that is no JSON."""
    return ApiError(400, "E0000003", "The request body was not well-formed.")


@refusal("https://developer.okta.com/docs/reference/error-codes/ (E0000011)", mark="unsure")
def bad_token() -> ApiError:
    """A call without the token of the agent."""
    return ApiError(401, "E0000011", "Invalid token provided")


@refusal("https://developer.okta.com/docs/reference/error-codes/ (E0000007)", mark="unsure")
def unknown_path(_request: Request) -> ApiError:
    """A path that the agent does not have."""
    return ApiError(404, "E0000007", "Not found: Resource not found")


@refusal("https://developer.okta.com/docs/reference/error-codes/ (E0000022)", mark="unsure")
def wrong_method(_request: Request) -> ApiError:
    """A method that the path does not take."""
    return ApiError(405, "E0000022", "The endpoint does not support the provided HTTP method")


@refusal("ours: the agent face is no vendor's", mark="unsure")
def too_large(_request: Request) -> ApiError:
    """An action larger than the agent accepts."""
    return ApiError(413, "tooLarge", "The action is larger than the agent accepts.")


@refusal("https://developer.okta.com/docs/reference/error-codes/ (E0000047)", mark="unsure")
def throttled(_app: FakeApp, retry_after: str | None, _throttle: Throttle | None) -> ApiError:
    """More calls than the agent takes."""
    headers = {"Retry-After": retry_after} if retry_after else {}
    return ApiError(429, "E0000047", "API call exceeded rate limit", headers=headers)


@refusal("ours: the agent face is no vendor's", mark="unsure")
def agent_unavailable() -> ApiError:
    """The agent is restarting."""
    return ApiError(503, "unavailable", "The agent is restarting.")


@refusal("https://developer.okta.com/docs/reference/error-codes/ (E0000241)", mark="unsure")
def agent_offline(_app: FakeApp, _fault: Fault) -> ApiError:
    """No agent is connected."""
    return ApiError(504, "E0000241", "No connected agents.")


@refusal("https://developer.okta.com/docs/reference/error-codes/ (E0000240)", mark="unsure")
def agent_slow(_app: FakeApp, _fault: Fault) -> ApiError:
    """The agent has not taken the action up in time."""
    return ApiError(502, "E0000240", "Request timed out waiting for agent.")
