"""Every refusal of the Directory API that these calls can give, and how one looks on the wire.

Clients match status and `errors[0].reason`, and the message only to tell a group key from a member
key. Sources: the reasons and messages in https://github.com/GAM-team/GAM
src/gam/gamlib/glgapi.py, and
https://developers.google.com/workspace/admin/reseller/v1/support/directory_api_common_errors.
"""

import html
from typing import Any

from ..core.app import FakeApp, Reply
from ..core.error import ApiError
from ..core.limits import Throttle

JSON_TYPE = "application/json; charset=UTF-8"
HTML_TYPE = "text/html; charset=UTF-8"
REALM = 'Bearer realm="https://accounts.google.com/"'
SEE = (
    "Expected OAuth 2 access token, login cookie or other valid authentication credential. "
    "See https://developers.google.com/identity/sign-in/web/devconsole-project."
)
USAGE = "usageLimits"


# --- the envelopes ---------------------------------------------------------------------------


def render(error: ApiError) -> Reply:
    """The reply for a refusal: of the API, of the token endpoint, or a page for people."""
    extra = error.extra
    if "page" in extra:
        return _page(error), error.status, {**error.headers, "Content-Type": HTML_TYPE}
    headers = {**error.headers, "Content-Type": JSON_TYPE}
    if extra.get("is_token_error"):
        return {"error": error.code, "error_description": error.message}, error.status, headers
    return {"error": _envelope(error)}, error.status, headers


def _envelope(error: ApiError) -> dict[str, Any]:
    extra = error.extra
    entry = {
        "message": extra.get("short", error.message),
        "domain": extra.get("domain", "global"),
        "reason": error.code,
    }
    if "location" in extra:
        entry["location"], entry["locationType"] = extra["location"]
    envelope: dict[str, Any] = {"code": error.status, "message": error.message, "errors": [entry]}
    if "state" in extra:
        envelope["status"] = extra["state"]
    return envelope


def _page(error: ApiError) -> str:
    return (
        f"<!DOCTYPE html>\n<html lang=en>\n<title>Error {error.status} ({error.extra['page']})!!1"
        f"</title>\n<p><b>{error.status}.</b> <ins>That's an error.</ins>\n"
        f"<p>{error.message} <ins>That's all we know.</ins>\n"
    )


# --- the token endpoint ----------------------------------------------------------------------
# https://developers.google.com/identity/protocols/oauth2/service-account#error-codes


def token_refused(code: str, message: str, status: int = 400) -> ApiError:
    return ApiError(status, code, message, is_token_error=True)


def missing_parameter(name: str) -> ApiError:
    return token_refused("invalid_request", f"Required parameter is missing: {name}")


def unsupported_grant(grant_type: str) -> ApiError:
    return token_refused("unsupported_grant_type", f"Invalid grant_type: {grant_type}")


def bad_assertion() -> ApiError:
    return token_refused("invalid_grant", "Bad Request")


def unknown_issuer() -> ApiError:
    return token_refused("invalid_grant", "Invalid grant: account not found")


def bad_signature() -> ApiError:
    return token_refused("invalid_grant", "Invalid JWT Signature.")


def bad_audience() -> ApiError:
    return token_refused("invalid_grant", "Invalid JWT: Failed audience check.")


def bad_times() -> ApiError:
    message = (
        "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable "
        "timeframe. Check your iat and exp values in the JWT claim."
    )
    return token_refused("invalid_grant", message)


def bad_scope() -> ApiError:
    return token_refused("invalid_scope", "Invalid OAuth scope or ID token audience provided.")


def unknown_subject() -> ApiError:
    return token_refused("invalid_grant", "Invalid email or User ID")


def not_delegated() -> ApiError:
    message = (
        "Client is unauthorized to retrieve access tokens using this method, or client not "
        "authorized for any of the scopes requested."
    )
    return token_refused("unauthorized_client", message, 401)


# --- who are you -----------------------------------------------------------------------------

_HEADER = ("Authorization", "header")


def no_token() -> ApiError:
    return ApiError(
        401,
        "required",
        f"Request is missing required authentication credential. {SEE}",
        headers={"WWW-Authenticate": REALM},
        short="Login Required.",
        location=_HEADER,
        state="UNAUTHENTICATED",
    )


def bad_token() -> ApiError:
    return ApiError(
        401,
        "authError",
        f"Request had invalid authentication credentials. {SEE}",
        headers={"WWW-Authenticate": f'{REALM}, error="invalid_token"'},
        short="Invalid Credentials",
        location=_HEADER,
        state="UNAUTHENTICATED",
    )


def scope_missing(wanted: str) -> ApiError:
    challenge = f'{REALM}, error="insufficient_scope", scope="{wanted}"'
    return ApiError(
        403,
        "insufficientPermissions",
        "Request had insufficient authentication scopes.",
        headers={"WWW-Authenticate": challenge},
        short="Insufficient Permission",
        state="PERMISSION_DENIED",
    )


def forbidden() -> ApiError:
    return ApiError(403, "forbidden", "Not Authorized to access this resource/api")


def api_disabled() -> ApiError:
    return ApiError(403, "domainCannotUseApis", "Domain cannot use apis.")


def project_without_api() -> ApiError:
    message = (
        "Admin SDK API has not been used in project before or it is disabled. Enable it by "
        "visiting https://console.developers.google.com/apis/api/admin.googleapis.com/overview "
        "then retry."
    )
    state = "PERMISSION_DENIED"
    return ApiError(403, "accessNotConfigured", message, domain=USAGE, state=state)


# --- what is asked for is not there, or there already ----------------------------------------


def not_found(name: str) -> ApiError:
    return ApiError(404, "notFound", f"Resource Not Found: {name}")


def domain_not_found() -> ApiError:
    return ApiError(404, "notFound", "Domain not found.")


def duplicate() -> ApiError:
    return ApiError(409, "duplicate", "Entity already exists.")


def member_exists() -> ApiError:
    return ApiError(409, "duplicate", "Member already exists.")


def conflict() -> ApiError:
    return ApiError(409, "conflict", "Conflicting requests. Please try again.")


# --- what is wrong with the request ----------------------------------------------------------


def required(name: str) -> ApiError:
    return ApiError(400, "required", f"Missing required field: {name}")


def invalid(name: str) -> ApiError:
    return ApiError(400, "invalid", f"Invalid Input: {name}")


def invalid_name(part: str) -> ApiError:
    return ApiError(400, "invalid", f"Invalid Given/Family Name: {part}")


def invalid_password() -> ApiError:
    return ApiError(400, "invalid", "Invalid Password")


def bad_request() -> ApiError:
    return ApiError(400, "badRequest", "Bad Request")


def _unreadable(reason: str, message: str) -> ApiError:
    return ApiError(400, reason, message, state="INVALID_ARGUMENT")


def not_json() -> ApiError:
    return _unreadable("parseError", "Invalid JSON payload received. Unexpected token.")


def form_body() -> ApiError:
    message = "This API does not support parsing form-encoded input."
    return _unreadable("parseError", message)


def not_an_object() -> ApiError:
    message = 'Invalid JSON payload received. Unknown name "": Root element must be a message.'
    return _unreadable("invalid", message)


def wrong_type(name: str, kind: str) -> ApiError:
    return _unreadable("invalid", f"Invalid value at '{name}' ({kind})")


def unknown_field(name: str) -> ApiError:
    message = f'Invalid JSON payload received. Unknown name "{name}": Cannot find field.'
    return _unreadable("invalid", message)


def bad_parameter(name: str) -> ApiError:
    """The front end's refusal of a query parameter."""
    message = f"Invalid value for parameter {name}."
    return ApiError(400, "invalidParameter", message, location=(name, "parameter"))


def bad_selection(name: str) -> ApiError:
    message = f"Invalid field selection {name}"
    return ApiError(400, "invalidParameter", message, location=("fields", "parameter"))


def bad_batch(items: int, sent: int) -> ApiError:
    message = (
        f"Failed to parse batch request, error: {items} items. "
        f"Received batch body: ({sent}) bytes redacted"
    )
    return ApiError(400, "badRequest", message)


def batch_too_long(most: int) -> ApiError:
    message = f"The batch request has too many calls. The maximum is {most}."
    return ApiError(400, "badRequest", message)


# --- preconditions ---------------------------------------------------------------------------


def condition_not_met(message: str = "Precondition Failed") -> ApiError:
    return ApiError(412, "conditionNotMet", message)


def cyclic(status: int) -> ApiError:
    reason = "conditionNotMet" if status == 412 else "invalid"
    return ApiError(status, reason, "Cyclic memberships not allowed")


def user_incomplete() -> ApiError:
    return condition_not_met("User creation is not complete.")


def undelete_too_late() -> ApiError:
    return condition_not_met("The user is past the time within which undelete is allowed.")


def limit_exceeded() -> ApiError:
    return ApiError(412, "limitExceeded", "Domain user limit reached.")


# --- limits ----------------------------------------------------------------------------------


def _limited(
    status: int, reason: str, message: str, retry_after: str | None, **more: Any
) -> ApiError:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return ApiError(status, reason, message, headers=headers, **more)


def throttled(_app: FakeApp, retry_after: str | None, throttle: Throttle | None) -> ApiError:
    """The per-minute quota of a user; Google's own says not how long to wait.

    https://developers.google.com/workspace/admin/directory/v1/limits
    """
    told = None if throttle else retry_after
    message = "User Rate Limit Exceeded. Rate of requests for user exceed configured project quota."
    return _limited(403, "userRateLimitExceeded", message, told, domain=USAGE)


def metric_exceeded(retry_after: str | None) -> ApiError:
    message = (
        "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user' of "
        "service 'admin.googleapis.com' for consumer 'project_number:123456789012'."
    )
    state = "PERMISSION_DENIED"
    return _limited(403, "rateLimitExceeded", message, retry_after, domain=USAGE, state=state)


def quota_exceeded(retry_after: str | None) -> ApiError:
    return _limited(403, "quotaExceeded", "Request rate higher than configured.", retry_after)


def exhausted(retry_after: str | None) -> ApiError:
    message = "Resource has been exhausted (e.g. check quota)."
    state = "RESOURCE_EXHAUSTED"
    return _limited(429, "rateLimitExceeded", message, retry_after, state=state)


def daily_exceeded(retry_after: str | None) -> ApiError:
    message = "Daily Limit Exceeded. The quota will be reset at midnight Pacific Time (PT)."
    return _limited(403, "dailyLimitExceeded", message, retry_after, domain=USAGE)


# --- the front end ---------------------------------------------------------------------------


def backend_error() -> ApiError:
    return ApiError(500, "backendError", "Backend Error")


def unavailable() -> ApiError:
    message = "The service is currently unavailable."
    return ApiError(503, "backendError", message, state="UNAVAILABLE")


def no_such_page(path: str) -> ApiError:
    """Unknown paths and methods are no business of the API: the front end answers a page."""
    shown = html.escape(path.encode("ascii", "replace").decode())[:2000]
    message = f"The requested URL <code>{shown}</code> was not found on this server."
    return ApiError(404, "", message, page="Not Found")


def too_large() -> ApiError:
    message = "Your client issued a request that was too large."
    return ApiError(413, "", message, page="Request Entity Too Large")
