"""Every refusal of the standard, and how one looks.

Source: https://datatracker.ietf.org/doc/html/rfc7644#section-3.12
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ..core import scim
from ..core.app import FakeApp, Reply, current
from ..core.clock import utc
from ..core.error import ApiError
from ..core.limits import Throttle
from . import quirks

SCIM_JSON = "application/scim+json"
SCIM_TYPES = (
    "invalidFilter",
    "tooMany",
    "uniqueness",
    "mutability",
    "invalidSyntax",
    "invalidPath",
    "noTarget",
    "invalidValue",
    "invalidVers",
    "sensitive",
)
_NONE: Mapping[str, str] = MappingProxyType({})


UNPARSABLE = "Request is unparsable, syntactically incorrect, or violates schema."
_AMAZON_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:Error"


def render(error: ApiError) -> Reply:
    """As RFC 7644 has it, or as a provider does that has its own idea of errors."""
    app, scim_type = current(), error.code if error.code in SCIM_TYPES else ""
    behaviour = app.state.behaviour
    if quirks.ERRORS_ARE_PLAIN_TEXT in behaviour:
        return error.message, error.status, {**error.headers, "Content-Type": "text/plain"}
    body = scim.error_body(error.status, error.message, scim_type)
    if quirks.ERRORS_ARE_AMAZONS in behaviour:
        body = _amazons(body, app)
    if quirks.STATUS_IS_A_NUMBER in behaviour:
        body["status"] = error.status
    return body, error.status, {**error.headers, "Content-Type": SCIM_JSON}


def _amazons(body: Mapping[str, Any], app: FakeApp) -> dict[str, Any]:
    return {
        "schema": _AMAZON_SCHEMA,
        "schemas": body["schemas"],
        "detail": body["detail"],
        "status": body["status"],
        "exceptionRequestId": app.chance.stream("requests").guid(),
        "timeStamp": utc(app.clock.now()).strftime("%Y-%m-%d %H:%M:%S.000"),
    }


def refusal(
    status: int, code: str, detail: str, headers: Mapping[str, str] = _NONE, **extra: Any
) -> ApiError:
    return ApiError(status, code, detail, headers=headers, **extra)


# --- with a scimType -------------------------------------------------------------------------


def invalid_filter(detail: str) -> ApiError:
    return refusal(400, "invalidFilter", detail)


def too_many(most: int) -> ApiError:
    return refusal(400, "tooMany", f"The query yields more than {most} results")


def taken(detail: str) -> ApiError:
    return refusal(409, "uniqueness", detail)


def mutability(detail: str) -> ApiError:
    return refusal(400, "mutability", detail)


def invalid_syntax(detail: str) -> ApiError:
    return refusal(400, "invalidSyntax", detail)


def invalid_path(detail: str) -> ApiError:
    return refusal(400, "invalidPath", detail)


def no_target(detail: str) -> ApiError:
    return refusal(400, "noTarget", detail)


def invalid_value(detail: str) -> ApiError:
    return refusal(400, "invalidValue", detail)


def invalid(fault: scim.Invalid) -> ApiError:
    """What the shared part found, in its own word for it."""
    return refusal(400, fault.scim_type, fault.detail)


# --- by status alone -------------------------------------------------------------------------


def unauthorized(detail: str) -> ApiError:
    return refusal(401, "unauthorized", detail, {"WWW-Authenticate": 'Bearer realm="SCIM"'})


def forbidden(detail: str) -> ApiError:
    return refusal(403, "forbidden", detail)


def not_found(resource_id: str) -> ApiError:
    return refusal(404, "not_found", f"Resource {resource_id} not found")


def no_endpoint(path: str) -> ApiError:
    return refusal(404, "no_endpoint", f"There is no endpoint {path}")


def wrong_method(method: str) -> ApiError:
    return refusal(405, "method_not_allowed", f"{method} is not allowed here")


def outdated(version: str) -> ApiError:
    return refusal(412, "precondition_failed", f"The version is {version}")


def too_large(detail: str) -> ApiError:
    return refusal(413, "too_large", detail)


def throttled(_app: FakeApp, retry_after: str | None, _throttle: Throttle | None) -> ApiError:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return refusal(429, "too_many_requests", "Too many requests", headers)


def unavailable() -> ApiError:
    return refusal(503, "unavailable", "The service is unavailable")


def not_implemented(detail: str) -> ApiError:
    return refusal(501, "not_implemented", detail)
