"""Every refusal of the team's own API and of its SCIM face, and how one looks.

The API publishes statuses but no bodies: their shape is what its Go SDK reads (`APIError`), the
words are ours. SCIM refuses as https://datatracker.ietf.org/doc/html/rfc7644#section-3.12 says.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import request

from ..core import scim
from ..core.app import FakeApp, Reply, current
from ..core.error import ApiError
from ..core.limits import Throttle
from ..core.refusal import refusal
from . import quirks
from .entity import SCIM_PART

SCIM_JSON, JSON = "application/scim+json", "application/json"
TABLE = "https://datatracker.ietf.org/doc/html/rfc7644#section-3.12"
SDK = "https://github.com/okta/terraform-provider-oktapam"
SHAPE = f"{SDK} vendor/github.com/atko-pam/pam-sdk-go/client/pam/client.go has the shape"
SCIM_TYPES = (
    "invalidFilter",
    "uniqueness",
    "mutability",
    "invalidSyntax",
    "invalidPath",
    "noTarget",
    "invalidValue",
)


def render(error: ApiError) -> Reply:
    """In the shape of whichever face was called."""
    if SCIM_PART in request.path:
        scim_type = error.code if error.code in SCIM_TYPES else ""
        body = scim.error_body(error.status, error.message, scim_type)
        return body, error.status, {**error.headers, "Content-Type": SCIM_JSON}
    return _told(error), error.status, {**error.headers, "Content-Type": JSON}


def _told(error: ApiError) -> dict[str, Any]:
    if error.code == "not_permitted" and quirks.ACCESS_METHODS_FOR_ERRORS in current().quirks:
        return {"list": []}
    about = error.extra.get("about")
    if not about:
        return {"message": error.message}
    return {"message": error.message, "errors": [{"path": about, "message": error.message}]}


# --- of both faces -----------------------------------------------------------------------------


@refusal(f"{SDK} oktapam/client/okta_pam_client.go", mark="unsure")
def unauthenticated() -> ApiError:
    """A call without a token, or with one that has expired."""
    return ApiError(401, "unauthenticated", "The token is missing, unknown or expired")


@refusal(SHAPE, mark="unsure")
def not_found(what: str) -> ApiError:
    """An id or a name that nothing of the team has."""
    return ApiError(404, "not_found", f"There is no {what}")


@refusal(SHAPE, mark="unsure")
def no_endpoint(path: str) -> ApiError:
    """An address that there is not."""
    return ApiError(404, "no_endpoint", f"There is no endpoint {path}")


@refusal(SHAPE, mark="unsure")
def wrong_method(method: str) -> ApiError:
    """An HTTP method that the address does not have."""
    return ApiError(405, "method_not_allowed", f"{method} is not allowed here")


@refusal(SHAPE, mark="unsure")
def taken(what: str) -> ApiError:
    """A name that something else has."""
    return ApiError(409, "uniqueness", f"{what} exists already")


@refusal(SHAPE, mark="unsure")
def too_large() -> ApiError:
    """A body above the limit."""
    return ApiError(413, "too_large", "The body is too large")


@refusal(f"{SDK} oktapam/client/okta_pam_client.go", mark="sdk")
def throttled(app: FakeApp, retry_after: str | None, _throttle: Throttle | None) -> ApiError:
    """Too many calls."""
    return ApiError(429, "throttled", "Too many requests", headers=_later(app, retry_after))


def _later(app: FakeApp, retry_after: str | None) -> Mapping[str, str]:
    """When to come back: the API tells the second; SCIM, as the standard has it, how many."""
    if retry_after is None:
        return {}
    is_api = SCIM_PART not in request.path
    if is_api and retry_after.isdecimal() and quirks.RETRY_AT in app.quirks:
        return {"X-RateLimit-Retry-At": str(int(app.clock.now()) + int(retry_after))}
    return {"Retry-After": retry_after}


@refusal(SHAPE, mark="unsure")
def unavailable() -> ApiError:
    """The service is down."""
    return ApiError(503, "unavailable", "The service is unavailable")


# --- of the API --------------------------------------------------------------------------------


@refusal(f"{SDK} oktapam/client/okta_pam_client.go", mark="unsure")
def bad_key() -> ApiError:
    """A service token asked for with a key or a secret that is not the service user's."""
    return ApiError(401, "bad_key", "The API key is unknown or its secret is wrong")


@refusal("https://developer.okta.com/docs/api/openapi/opa/opa/tag/groups", mark="unsure")
def forbidden(role: str) -> ApiError:
    """A call that needs a role which the service user has not."""
    return ApiError(403, "forbidden", f"This takes the role {role}")


@refusal("https://developer.okta.com/docs/api/openapi/opa/opa/tag/secrets")
def not_permitted(privilege: str) -> ApiError:
    """A folder that no active security policy opens to the caller for this."""
    return ApiError(403, "not_permitted", f"No security policy grants {privilege} here")


@refusal(SHAPE, mark="unsure")
def invalid(path: str, message: str) -> ApiError:
    """A body or a parameter that does not fit."""
    return ApiError(400, "invalid", message, about=path)


@refusal("https://iamse.blog/2025/08/13/new-okta-group-push-api", mark="unsure")
def no_such_principal(group_id: str) -> ApiError:
    """A security policy for a group that is not there, as before its push has come to its end."""
    message = f"There is no group {group_id}"
    return ApiError(400, "no_such_principal", message, about="principals.user_groups")


# --- of SCIM -----------------------------------------------------------------------------------


@refusal(TABLE)
def invalid_filter(detail: str) -> ApiError:
    """A filter that cannot be read."""
    return ApiError(400, "invalidFilter", detail)


@refusal(TABLE)
def invalid_syntax(detail: str) -> ApiError:
    """A body that is no JSON, or whose `schemas` do not fit."""
    return ApiError(400, "invalidSyntax", detail)


@refusal(TABLE)
def invalid_path(detail: str) -> ApiError:
    """A path that cannot be read, or of an attribute that there is not."""
    return ApiError(400, "invalidPath", detail)


@refusal(TABLE)
def no_target(detail: str) -> ApiError:
    """A path that addresses nothing to operate on."""
    return ApiError(400, "noTarget", detail)


@refusal(TABLE)
def invalid_value(detail: str) -> ApiError:
    """A value that is missing, of another type, or of nothing."""
    return ApiError(400, "invalidValue", detail)


@refusal(TABLE)
def mutability(detail: str) -> ApiError:
    """A change of what is read-only, required or fixed."""
    return ApiError(400, "mutability", detail)


_INVALID = {
    "invalidFilter": invalid_filter,
    "invalidPath": invalid_path,
    "invalidSyntax": invalid_syntax,
    "invalidValue": invalid_value,
    "noTarget": no_target,
}


@contextmanager
def told() -> Iterator[None]:
    """What the shared part finds wrong is refused, in its own word for it."""
    try:
        yield
    except scim.Invalid as fault:
        raise _INVALID[fault.scim_type](fault.detail) from fault
