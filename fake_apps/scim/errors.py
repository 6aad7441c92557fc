"""Every refusal of the standard, and how one looks.

Source: https://datatracker.ietf.org/doc/html/rfc7644#section-3.12
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

from ..core import scim
from ..core.app import FakeApp, Reply, current
from ..core.clock import utc
from ..core.error import ApiError
from ..core.limits import Throttle
from ..core.refusal import refusal
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
    "invalidCursor",
    "expiredCursor",
    "invalidCount",
)
TABLE = "https://datatracker.ietf.org/doc/html/rfc7644#section-3.12"
CURSORS = "https://datatracker.ietf.org/doc/html/rfc9865#section-2"
OURS = "https://datatracker.ietf.org/doc/html/rfc7644#section-3.12 has the status, not the words"
_NONE: Mapping[str, str] = MappingProxyType({})


_PAGE = "<html><head><title>403 Forbidden</title></head><body>Forbidden</body></html>"
UNPARSABLE = "Request is unparsable, syntactically incorrect, or violates schema."
_AMAZON_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:Error"


def render(error: ApiError) -> Reply:
    """As RFC 7644 has it, or as a provider does that has its own idea of errors."""
    app, scim_type = current(), error.code if error.code in SCIM_TYPES else ""
    behaviour = app.state.behaviour
    if quirks.ERRORS_ARE_PLAIN_TEXT in behaviour:
        return error.message, error.status, {**error.headers, "Content-Type": "text/plain"}
    if quirks.REFUSED_TOKENS_GET_A_PAGE in behaviour and error.status == 401:
        return _PAGE, 403, {"Content-Type": "text/html"}
    body = scim.error_body(error.status, error.message, scim_type)
    if quirks.ERRORS_ARE_AMAZONS in behaviour:
        body = _amazons(body, app)
    if quirks.STATUS_IS_A_NUMBER in behaviour:
        body["status"] = error.status
    return body, error.status, {**error.headers, "Content-Type": media_type()}


def media_type() -> str:
    """What replies say they are."""
    is_other = quirks.REPLIES_ARE_JSON_SCIM in current().state.behaviour
    return "application/json+scim;charset=UTF-8" if is_other else SCIM_JSON


def _amazons(body: Mapping[str, Any], app: FakeApp) -> dict[str, Any]:
    return {
        "schema": _AMAZON_SCHEMA,
        "schemas": body["schemas"],
        "detail": body["detail"],
        "status": body["status"],
        "exceptionRequestId": app.chance.stream("requests").guid(),
        "timeStamp": utc(app.clock.now()).strftime("%Y-%m-%d %H:%M:%S.000"),
    }


def _refusal(
    status: int, code: str, detail: str, headers: Mapping[str, str] = _NONE, **extra: Any
) -> ApiError:
    return ApiError(status, code, detail, headers=headers, **extra)


# --- with a scimType -------------------------------------------------------------------------


@refusal(TABLE)
def invalid_filter(detail: str) -> ApiError:
    """A filter that cannot be read, or that this service does not know."""
    return _refusal(400, "invalidFilter", detail)


@refusal(TABLE)
def too_many(most: int) -> ApiError:
    """More results than the service gives."""
    return _refusal(400, "tooMany", f"The query yields more than {most} results")


@refusal(TABLE)
def taken(detail: str) -> ApiError:
    """A value that has to be one of a kind is another resource's."""
    return _refusal(409, "uniqueness", detail)


@refusal(TABLE)
def mutability(detail: str) -> ApiError:
    """A change of what is read-only, or required, or fixed once it is set."""
    return _refusal(400, "mutability", detail)


@refusal(TABLE)
def invalid_syntax(detail: str) -> ApiError:
    """A body that is no JSON, or whose `schemas` do not fit."""
    return _refusal(400, "invalidSyntax", detail)


@refusal(TABLE)
def invalid_path(detail: str) -> ApiError:
    """A path that cannot be read, or of an attribute that there is not."""
    return _refusal(400, "invalidPath", detail)


@refusal(TABLE)
def no_target(detail: str) -> ApiError:
    """A path that addresses nothing to operate on."""
    return _refusal(400, "noTarget", detail)


@refusal(TABLE)
def invalid_value(detail: str) -> ApiError:
    """A value that is missing, of another type, or of nothing."""
    return _refusal(400, "invalidValue", detail)


@refusal(TABLE)
def invalid_version(version: str) -> ApiError:
    """A version of the protocol that the service does not speak."""
    return _refusal(400, "invalidVers", f"{version} is not supported")


@refusal("https://datatracker.ietf.org/doc/html/rfc7644#section-7.5.2")
def sensitive() -> ApiError:
    """A filter on a password in an address, where others may read it."""
    return _refusal(403, "sensitive", "Send this by POST, not in an address")


@refusal(CURSORS)
def invalid_cursor() -> ApiError:
    """A cursor that was not given for this query."""
    return _refusal(400, "invalidCursor", "The cursor is not one of this query")


@refusal(CURSORS)
def expired_cursor() -> ApiError:
    """A cursor that has waited longer than `cursorTimeout`."""
    return _refusal(400, "expiredCursor", "The cursor has expired")


@refusal(CURSORS)
def invalid_count(detail: str) -> ApiError:
    """A count above `maxPageSize`, or another than the first page was asked with."""
    return _refusal(400, "invalidCount", detail)


def _invalid(fault: scim.Invalid) -> ApiError:
    return _REFUSALS[fault.scim_type](fault.detail)


_REFUSALS = {
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
        raise _invalid(fault) from fault


# --- by status alone -------------------------------------------------------------------------


@refusal(TABLE)
def unauthorized(detail: str, scheme: str = "Bearer") -> ApiError:
    """A call without credentials, or with such as are not good."""
    return _refusal(401, "unauthorized", detail, {"WWW-Authenticate": f'{scheme} realm="SCIM"'})


@refusal(TABLE)
def forbidden(detail: str) -> ApiError:
    """A call that this client may not make; a filter on discovery."""
    return _refusal(403, "forbidden", detail)


@refusal(TABLE)
def not_found(resource_id: str) -> ApiError:
    """An id that no resource has."""
    return _refusal(404, "not_found", f"Resource {resource_id} not found")


@refusal(TABLE)
def no_endpoint(path: str) -> ApiError:
    """An address that there is not."""
    return _refusal(404, "no_endpoint", f"There is no endpoint {path}")


@refusal("https://datatracker.ietf.org/doc/html/rfc7644#section-4")
def wrong_method(method: str) -> ApiError:
    """An HTTP method that the address does not have."""
    return _refusal(405, "method_not_allowed", f"{method} is not allowed here")


@refusal("https://github.com/wso2/product-is/issues/3374", mark="seen")
def not_acceptable() -> ApiError:
    """A client that accepts only application/scim+json."""
    return _refusal(406, "not_acceptable", "This service answers application/json")


@refusal("https://datatracker.ietf.org/doc/html/rfc7644#section-3.7.1")
def unresolved(bulk_id: str) -> ApiError:
    """A bulk operation that refers to what is not made."""
    return _refusal(409, "unresolved", f"bulkId {bulk_id} cannot be resolved")


@refusal(TABLE)
def outdated(version: str) -> ApiError:
    """A write to another version than the one named."""
    return _refusal(412, "precondition_failed", f"The version is {version}")


@refusal(TABLE)
def too_large(detail: str) -> ApiError:
    """A body, or a bulk request, above the limits."""
    return _refusal(413, "too_large", detail)


@refusal("https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/629", mark="seen")
def wrong_media_type() -> ApiError:
    """A body that is not application/scim+json."""
    return _refusal(415, "unsupported_media_type", "The body is not application/scim+json")


@refusal("https://datatracker.ietf.org/doc/html/rfc6585#section-4")
def throttled(_app: FakeApp, retry_after: str | None, _throttle: Throttle | None) -> ApiError:
    """A call over a limit."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return _refusal(429, "too_many_requests", "Too many requests", headers)


@refusal("https://docs.slack.dev/reference/scim-api#concurrency")
def locked(retry_after: str) -> ApiError:
    """A write to a group while another is under way."""
    return _refusal(429, "locked", "The group is being changed", {"Retry-After": retry_after})


@refusal(TABLE)
def not_implemented(detail: str) -> ApiError:
    """What this service does not do."""
    return _refusal(501, "not_implemented", detail)


@refusal(OURS, mark="unsure")
def unavailable() -> ApiError:
    """The service is down."""
    return _refusal(503, "unavailable", "The service is unavailable")


# --- of single products ----------------------------------------------------------------------


@refusal(
    "https://support.okta.com/help/s/article/aws-provisioning-error-request-is-unparsable-syntactically-incorrect-or-violates-schema",
    mark="seen",
)
def violates_schema() -> ApiError:
    """What AWS says of texts, sizes and operations that it does not take."""
    return _refusal(400, "violates_schema", UNPARSABLE)


@refusal(
    "https://developers.facebook.com/docs/workplace/reference/account-management-api/",
    mark="unsure",
)
def no_user_agent() -> ApiError:
    """A request without a User-Agent; the words are ours."""
    return _refusal(400, "no_user_agent", "A User-Agent header is required")


@refusal("https://github.com/jelhub/scimgateway/issues/112", mark="seen")
def path_is_missing() -> ApiError:
    """A replace without a path fails."""
    return _refusal(500, "internal_error", "scim error: path is missing")


@refusal("https://github.com/wso2/product-is/issues/16933", mark="seen")
def patch_failed() -> ApiError:
    """A patch of the path `members` fails."""
    return _refusal(500, "internal_error", "Error in performing the patch operation")


@refusal("https://github.com/wso2/product-is/issues/8589", mark="seen")
def member_is_there() -> ApiError:
    """An add of a member who is there fails."""
    return _refusal(500, "internal_error", "User already exists in the group")


@refusal("https://github.com/getsentry/sentry/issues/122540", mark="seen")
def user_not_found() -> ApiError:
    """A member who is nobody, told as if the address were wrong."""
    return _refusal(404, "user_not_found", "User not found.")


@refusal("https://github.com/fleetdm/fleet/issues/52600", mark="seen")
def bad_parameters(ids: str) -> ApiError:
    """Members who are nobody or inactive, by their ids."""
    return _refusal(
        400, "bad_parameters", f"Bad Request. Invalid parameters provided in request: {ids}."
    )
