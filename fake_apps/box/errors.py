"""Every refusal of Box that these calls can give, and how one looks on the wire.

Sources: https://developer.box.com/guides/api-calls/permissions-and-errors/common-errors and, where
a sentence was recorded, the issue named beside it.
"""

from collections.abc import Mapping
from typing import Any

from flask import request

from ..core.app import FakeApp, Reply, current
from ..core.error import ApiError
from ..core.limits import Throttle
from .quirks import UNAUTHORIZED_HAS_NO_BODY

HELP = "http://developers.box.com/docs/#errors"  # what live replies still say
JSON_TYPE = "application/json"
REALM = 'Bearer realm="Service"'
BAD_REQUEST, CONFLICT = "bad_request", "conflict"
INVALID, MISSING = "invalid_parameter", "missing_parameter"


# --- the envelopes ---------------------------------------------------------------------------


def render(error: ApiError) -> Reply:
    """The reply for a refusal, from the API or from the token endpoint."""
    if "oauth" in error.extra:
        body: dict[str, Any] = {"error": error.code, "error_description": error.message}
        return body, error.status, error.headers
    if "bare" in error.extra and UNAUTHORIZED_HAS_NO_BODY in current().quirks:
        return "", error.status, error.headers
    return _envelope(error), error.status, error.headers


def _envelope(error: ApiError) -> dict[str, Any]:
    envelope: dict[str, Any] = {"type": "error", "status": error.status, "code": error.code}
    if "faults" in error.extra:
        envelope["context_info"] = {"errors": error.extra["faults"]}
    envelope["help_url"] = HELP
    envelope["message"] = error.message
    envelope["request_id"] = trace_of(current())
    return envelope


def is_token_path(environ: Mapping[str, Any]) -> bool:
    return bool(environ["PATH_INFO"].startswith("/oauth2/"))


def trace_of(app: FakeApp) -> str:
    """The id of the present exchange, in the body of errors and in a header of every reply."""
    return f"{app.state.trace_prefix}{app.ledger.last_number:08x}"


def _fault(reason: str, name: str, message: str) -> list[dict[str, str]]:
    return [{"reason": reason, "name": name, "message": message}]


def _shortened(value: Any) -> str:
    return str(value)[:200]


# --- who are you -----------------------------------------------------------------------------


def no_token() -> ApiError:
    headers = {"WWW-Authenticate": REALM}
    return ApiError(401, "unauthorized", "Unauthorized", headers=headers, bare=True)


def bad_token() -> ApiError:
    return _challenge("The access token provided is invalid.")


def expired_token() -> ApiError:
    return _challenge("The access token provided has expired.")


def _challenge(sentence: str) -> ApiError:
    challenge = f'{REALM}, error="invalid_token", error_description="{sentence}"'
    headers = {"WWW-Authenticate": challenge}
    return ApiError(401, "unauthorized", "Unauthorized", headers=headers, bare=True)


def insufficient_scope() -> ApiError:
    """Empty but for its header: https://github.com/cburnette/boxr/issues/26."""
    message = "The request requires higher privileges than provided by the access token."
    challenge = f'{REALM}, error="insufficient_scope", error_description="{message}"'
    headers = {"WWW-Authenticate": challenge}
    return ApiError(403, "insufficient_scope", message, headers=headers, bare=True)


def denied() -> ApiError:
    message = "Access denied - insufficient permission"
    return ApiError(403, "access_denied_insufficient_permissions", message)


def barred() -> ApiError:
    """An information barrier, or a Shield access policy."""
    message = "Access denied - Blocked by Shield Access Policy"
    return ApiError(403, "forbidden_by_policy", message)


# --- what is not there, or there already -----------------------------------------------------


def not_found(kind: str, value: str) -> ApiError:
    shown = _shortened(value)
    message = f"Invalid value '{shown}'. '{kind}' with value '{shown}' not found"
    return ApiError(404, "not_found", "Not Found", faults=_fault(INVALID, kind, message))


def unknown_path() -> ApiError:
    return ApiError(404, "not_found", "Not Found")


def wrong_method() -> ApiError:
    return ApiError(405, "method_not_allowed", "Method Not Allowed")


def name_taken(name: str) -> ApiError:
    """As recorded in https://github.com/box/box-windows-sdk-v2/issues/571."""
    shown = _shortened(name)
    message = f"Invalid value '{shown}'. A resource with value '{shown}' already exists"
    faults = _fault(INVALID, "group_tag_name", message)
    return ApiError(409, CONFLICT, "Resource with the same name already exists", faults=faults)


def present_member(user_id: str) -> ApiError:
    message = f"Invalid value '{user_id}'. A resource with value '{user_id}' already exists"
    faults = _fault(INVALID, "user", message)
    return ApiError(409, CONFLICT, "A resource with this value already exists", faults=faults)


def login_taken() -> ApiError:
    message = "User with the specified login already exists"
    return ApiError(409, "user_login_already_used", message)


def alias_taken(email: str) -> ApiError:
    message = f"Invalid value '{email}'. A resource with value '{email}' already exists"
    faults = _fault(INVALID, "email", message)
    return ApiError(409, CONFLICT, "A resource with this value already exists", faults=faults)


# --- what was sent ---------------------------------------------------------------------------


def missing(name: str) -> ApiError:
    faults = _fault(MISSING, name, f"'{name}' is required")
    return ApiError(400, BAD_REQUEST, "Bad Request", faults=faults)


def invalid(name: str, value: Any) -> ApiError:
    shown = _shortened(value)
    faults = _fault(INVALID, name, f"Invalid value '{shown}'.")
    return ApiError(400, BAD_REQUEST, "Bad Request", faults=faults)


def unreadable(sent: str) -> ApiError:
    message = (
        f"Invalid value '{_shortened(sent)}'. Entity body should be a correctly nested resource "
        "attribute name/value pair"
    )
    faults = _fault(INVALID, "entity-body", message)
    return ApiError(400, BAD_REQUEST, "Bad Request", faults=faults)


def bad_limit() -> ApiError:
    return ApiError(400, "invalid_limit", "Limit is not a valid number")


def bad_offset() -> ApiError:
    return ApiError(400, "invalid_offset", "Offset is not a valid number")


def too_large() -> ApiError:
    return ApiError(413, "request_entity_too_large", "Request Entity too Large")


def unconfirmed() -> ApiError:
    message = "User needs to complete email confirmation"
    return ApiError(403, "user_email_confirmation_required", message)


def owns_content(user_id: str) -> ApiError:
    message = f"Invalid value '{user_id}'. User still owns content; use force to delete it as well"
    faults = _fault(INVALID, "user", message)
    return ApiError(400, BAD_REQUEST, "Bad Request", faults=faults)


def retained() -> ApiError:
    """As recorded in https://support.box.com/hc/en-us/articles/33282413279635."""
    message = "User cannot be deleted due to retention policies. Please transfer user content first"
    return ApiError(403, "forbidden", message)


# --- weather ---------------------------------------------------------------------------------


def throttled(_app: FakeApp, retry_after: str | None, _throttle: Throttle | None) -> ApiError:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    message = "Request rate limit exceeded, please try again later"
    envelope = {"oauth": True} if is_token_path(request.environ) else {}
    return ApiError(429, "rate_limit_exceeded", message, headers=headers, **envelope)


def unavailable(retry_after: str | None = None) -> ApiError:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return ApiError(503, "unavailable", "Unavailable", headers=headers)


def internal() -> ApiError:
    return ApiError(500, "internal_server_error", "Internal Server Error")


def bad_gateway() -> ApiError:
    return ApiError(502, "bad_gateway", "Bad Gateway")


# --- the token endpoint ----------------------------------------------------------------------


def token_refusal(code: str, message: str, *, status: int = 400) -> ApiError:
    return ApiError(status, code, message, oauth=True)


def bad_grant_type() -> ApiError:
    return token_refusal("invalid_request", "Invalid grant_type parameter or parameter missing")


def bad_client() -> ApiError:
    return token_refusal("invalid_client", "The client credentials are invalid")


def other_grant() -> ApiError:
    """The app authenticates in another way: https://support.box.com/hc/en-us/articles/360044193033."""
    message = "The grant type is unauthorized for this client_id"
    return token_refusal("unauthorized_client", message)


def unapproved() -> ApiError:
    message = "This app is not authorized by the enterprise admin"
    return token_refusal("unauthorized_client", message)


def bad_grant() -> ApiError:
    """https://developer.box.com/guides/authentication/client-credentials."""
    return token_refusal("invalid_grant", "Grant credentials are invalid")


def no_user_tokens() -> ApiError:
    """https://github.com/box/box-java-sdk/issues/439."""
    message = "Cannot obtain user token based on the enterprise configuration for your app"
    return token_refusal("invalid_request", message)


def no_assertion() -> ApiError:
    return token_refusal("invalid_request", "Invalid assertion parameter or parameter missing")


def bad_key_id() -> ApiError:
    return token_refusal("invalid_grant", "'kid' invalid, unable to lookup correct key.")


def bad_signature() -> ApiError:
    message = (
        "Signature verification error. The public key identified by 'kid' must correspond to the "
        "private key used for signing."
    )
    return token_refusal("invalid_grant", message)


def bad_claim(name: str) -> ApiError:
    return token_refusal("invalid_grant", f"Please check the '{name}' claim.")


def bad_subject() -> ApiError:
    """https://support.box.com/hc/en-us/articles/360043691734."""
    message = "Please check the 'sub' claim. The 'sub' specified is invalid."
    return token_refusal("invalid_grant", message)


def expired_assertion() -> ApiError:
    """https://github.com/box/box-windows-sdk-v2/issues/265."""
    message = "Current date/time MUST be before the expiration date/time listed in the 'exp' claim"
    return token_refusal("invalid_grant", message)


def long_assertion() -> ApiError:
    """https://github.com/cburnette/boxr/issues/69."""
    message = (
        "Please check the 'exp' claim. The 'exp' value exceeds the maximum value of 60 seconds "
        "beyond the issue time."
    )
    return token_refusal("invalid_grant", message)


def used_assertion() -> ApiError:
    """https://github.com/box/box-java-sdk/pull/1110."""
    message = "Please check the 'jti' claim. A unique 'jti' value is required."
    return token_refusal("invalid_grant", message)


def form_too_large() -> ApiError:
    return token_refusal("invalid_request", "Request Entity too Large", status=413)


def token_wrong_method() -> ApiError:
    return token_refusal("invalid_request", "Method Not Allowed", status=405)
