"""Every refusal of Box that these calls can give, and how one looks on the wire.

Sources: https://developer.box.com/guides/api-calls/permissions-and-errors/common-errors and, where
a sentence was recorded, the issue named beside it. Those of the token endpoint: token_errors.py.
"""

import json
from collections.abc import Mapping
from typing import Any

from flask import request

from ..core.app import FakeApp, Reply, current
from ..core.error import ApiError
from ..core.limits import Throttle
from ..core.refusal import refusal
from .quirks import MISSING_SCOPES_HAVE_NO_BODY, UNAUTHORIZED_HAS_NO_BODY
from .token_errors import (
    bad_claim,
    bad_client,
    bad_code,
    bad_grant,
    bad_grant_type,
    bad_key_id,
    bad_refresh_token,
    bad_signature,
    bad_subject,
    expired_assertion,
    expired_code,
    expired_refresh_token,
    form_too_large,
    long_assertion,
    no_assertion,
    no_user_tokens,
    other_grant,
    token_wrong_method,
    unapproved,
    used_assertion,
)

OF_THE_TOKEN_ENDPOINT = (
    bad_claim,
    bad_client,
    bad_code,
    bad_grant,
    bad_grant_type,
    bad_key_id,
    bad_refresh_token,
    bad_signature,
    bad_subject,
    expired_assertion,
    expired_code,
    expired_refresh_token,
    form_too_large,
    long_assertion,
    no_assertion,
    no_user_tokens,
    other_grant,
    token_wrong_method,
    unapproved,
    used_assertion,
)

HELP = "http://developers.box.com/docs/#errors"  # what live replies still say
VERSION_HELP = "https://developer.box.com/reference/error-codes/invalid-api-version"
GUIDE = "https://developer.box.com/guides/api-calls/permissions-and-errors"
COMMON = f"{GUIDE}/common-errors"
VERSIONS = f"{GUIDE}/versioning-errors"
REFERENCE = "https://developer.box.com/reference"
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
    if "bare" in error.extra and error.extra["bare"] in current().quirks:
        return "", error.status, error.headers
    return _envelope(error), error.status, error.headers


def _envelope(error: ApiError) -> dict[str, Any]:
    envelope: dict[str, Any] = {"type": "error", "status": error.status, "code": error.code}
    if "faults" in error.extra:
        envelope["context_info"] = {"errors": error.extra["faults"]}
    envelope["help_url"] = error.extra.get("help", HELP)
    envelope["message"] = error.message
    envelope["request_id"] = trace_of(current())
    return envelope


def is_token_path(environ: Mapping[str, Any]) -> bool:
    return bool(environ["PATH_INFO"].startswith("/oauth2/"))


def trace_of(app: FakeApp) -> str:
    """The id of the present exchange, in the body of errors and in a header of every reply."""
    return f"{app.state.rows.trace_prefix}{app.ledger.last_number:08x}"


def _fault(reason: str, name: str, message: str) -> list[dict[str, str]]:
    return [{"reason": reason, "name": name, "message": message}]


def _bad_request(faults: list[dict[str, str]]) -> ApiError:
    return ApiError(400, BAD_REQUEST, "Bad Request", faults=faults)


def _shortened(value: Any) -> str:
    """A text as it is, anything else as JSON writes it."""
    return (value if isinstance(value, str) else json.dumps(value))[:200]


# --- who are you -----------------------------------------------------------------------------


@refusal("https://github.com/cburnette/boxr/issues/26", mark="seen")
def no_token() -> ApiError:
    """A call without a token."""
    return _challenge(REALM)


@refusal("https://github.com/cburnette/boxr/issues/26", mark="seen")
def bad_token() -> ApiError:
    """A token that Box did not issue, or that was revoked."""
    return _challenge(_invalid_token("The access token provided is invalid."))


@refusal("https://github.com/cburnette/boxr/issues/26", mark="seen")
def expired_token() -> ApiError:
    """A token older than an hour."""
    return _challenge(_invalid_token("The access token provided has expired."))


def _invalid_token(sentence: str) -> str:
    return f'{REALM}, error="invalid_token", error_description="{sentence}"'


def _challenge(challenge: str) -> ApiError:
    headers = {"WWW-Authenticate": challenge}
    bare = UNAUTHORIZED_HAS_NO_BODY
    return ApiError(401, "unauthorized", "Unauthorized", headers=headers, bare=bare)


@refusal(COMMON)
def insufficient_scope() -> ApiError:
    """A call that the app has no scope for."""
    message = "The request requires higher privileges than provided by the access token."
    challenge = f'{REALM}, error="insufficient_scope", error_description="{message}"'
    headers = {"WWW-Authenticate": challenge}
    bare = MISSING_SCOPES_HAVE_NO_BODY
    return ApiError(403, "insufficient_scope", message, headers=headers, bare=bare)


@refusal(COMMON)
def denied() -> ApiError:
    """A call that the user behind the token has no right to."""
    message = "Access denied - insufficient permission"
    return ApiError(403, "access_denied_insufficient_permissions", message)


@refusal(f"{REFERENCE}/post-group-memberships")
def barred() -> ApiError:
    """A membership, or a move of content, that an information barrier forbids."""
    message = "Access denied - Blocked by Shield Access Policy"
    return ApiError(403, "forbidden_by_policy", message)


@refusal(f"{REFERENCE}/put-users-id (the code; the sentence is that of forbidden_by_policy)")
def denied_by_policy() -> ApiError:
    """A change of a user that an information barrier forbids."""
    message = "Access denied - Blocked by Shield Access Policy"
    return ApiError(403, "denied_by_policy", message)


@refusal(f"{REFERENCE}/put-users-id-folders-0")
def higher_privileged() -> ApiError:
    """Content moved from or to an admin or co-admin by somebody below."""
    message = "Cannot transfer files from/to higher privileged accounts"
    return ApiError(403, "access_denied_insufficient_permissions", message)


# --- which version ---------------------------------------------------------------------------


def _version(message: str) -> ApiError:
    told = f"{message} Supported API versions: [2024.0]."
    return ApiError(400, "invalid_api_version", told, help=VERSION_HELP)


@refusal(VERSIONS)
def bad_version() -> ApiError:
    """A box-version header that names no version of Box's API."""
    return _version("Invalid API version specified in 'box-version' header.")


@refusal(VERSIONS)
def empty_version() -> ApiError:
    """A box-version header without a value."""
    return _version("Invalid (empty) API version specified in 'box-version' header.")


@refusal(VERSIONS)
def many_versions() -> ApiError:
    """A box-version header with several values; the spelling is Box's."""
    told = "The 'box-version' header supports only one header value per request, do not use comas."
    return _version(told)


@refusal(VERSIONS)
def other_version() -> ApiError:
    """A box-version header with a version that has not this call."""
    return _version("Unsupported API version specified in 'box-version' header.")


# --- what is not there, or there already -----------------------------------------------------


@refusal(f"{COMMON} (the code; context_info is inferred)", mark="unsure")
def not_found(kind: str, value: str) -> ApiError:
    """An id, or a login that is invited, of nobody and nothing."""
    shown = _shortened(value)
    message = f"Invalid value '{shown}'. '{kind}' with value '{shown}' not found"
    return ApiError(404, "not_found", "Not Found", faults=_fault(INVALID, kind, message))


@refusal(COMMON)
def unknown_path() -> ApiError:
    """A path that is none of the API's."""
    return ApiError(404, "not_found", "Not Found")


@refusal(COMMON)
def wrong_method() -> ApiError:
    """A method that the path does not take."""
    return ApiError(405, "method_not_allowed", "Method Not Allowed")


@refusal("https://github.com/box/box-windows-sdk-v2/issues/571", mark="seen")
def name_taken(name: str) -> ApiError:
    """A group name that another group has."""
    shown = _shortened(name)
    message = f"Invalid value '{shown}'. A resource with value '{shown}' already exists"
    faults = _fault(INVALID, "group_tag_name", message)
    return ApiError(409, CONFLICT, "Resource with the same name already exists", faults=faults)


@refusal(f"{COMMON} (409 conflict; context_info is inferred)", mark="unsure")
def present_member(user_id: str) -> ApiError:
    """A membership of a user who is in the group."""
    message = f"Invalid value '{user_id}'. A resource with value '{user_id}' already exists"
    faults = _fault(INVALID, "user", message)
    return ApiError(409, CONFLICT, "A resource with this value already exists", faults=faults)


@refusal(COMMON)
def login_taken() -> ApiError:
    """A login that somebody in Box has."""
    message = "User with the specified login already exists"
    return ApiError(409, "user_login_already_used", message)


@refusal(
    "https://docs.pingidentity.com/r/en-us/pingfederate-box-connector/"
    "pingfederate_box_connector_troubleshooting (context_info; the status is inferred)",
    mark="unsure",
)
def alias_taken(email: str) -> ApiError:
    """An alias that is somebody's login or alias."""
    message = (
        f"Invalid value '{email}'. This email address already has a Box account. You can only add "
        "emails that do not have an account already."
    )
    faults = _fault(INVALID, "email", message)
    return ApiError(409, CONFLICT, "A resource with this value already exists", faults=faults)


@refusal(f"{REFERENCE}/post-invites (says that it cannot be; the words are ours)", mark="unsure")
def not_free(login: str) -> ApiError:
    """An invitation of somebody whom an enterprise manages, this one or another."""
    message = f"Invalid value '{_shortened(login)}'. User is already part of an enterprise"
    return _bad_request(_fault(INVALID, "actionable_by.login", message))


# --- what was sent ---------------------------------------------------------------------------


@refusal("https://github.com/box/box-openapi/issues/102", mark="seen")
def missing(*names: str) -> ApiError:
    """A body without what it has to have; all that is missing is told at once."""
    told = [fault for name in names for fault in _fault(MISSING, name, f"'{name}' is required")]
    return _bad_request(told)


@refusal(f"{COMMON} (the code; context_info is inferred)", mark="unsure")
def invalid(name: str, value: Any) -> ApiError:
    """A value that the field or the parameter cannot have."""
    return _bad_request(_fault(INVALID, name, f"Invalid value '{_shortened(value)}'."))


@refusal(f"{REFERENCE}/put-users-id (400 invalid_parameter; context_info is inferred)")
def invalid_change(name: str, value: Any) -> ApiError:
    """A value that a user cannot be changed to."""
    faults = _fault(INVALID, name, f"Invalid value '{_shortened(value)}'.")
    return ApiError(400, INVALID, "Bad Request", faults=faults)


@refusal("https://github.com/box/box-openapi/issues/422", mark="seen")
def invalid_switch() -> ApiError:
    """A switch in the query that is neither true nor false."""
    return ApiError(400, "invalid_request_parameters", "Invalid input parameters in request")


@refusal(f"{COMMON} (the code; context_info is inferred)", mark="unsure")
def unreadable(sent: str) -> ApiError:
    """A body that is no JSON object."""
    message = (
        f"Invalid value '{_shortened(sent)}'. Entity body should be a correctly nested resource "
        "attribute name/value pair"
    )
    return _bad_request(_fault(INVALID, "entity-body", message))


@refusal(COMMON)
def bad_limit() -> ApiError:
    """A limit that is no number, or none at all."""
    return ApiError(400, "invalid_limit", "Limit is not a valid number")


@refusal(COMMON)
def bad_offset() -> ApiError:
    """An offset that is no number."""
    return ApiError(400, "invalid_offset", "Offset is not a valid number")


@refusal(f"{REFERENCE}/get-groups (400; the body is inferred)", mark="unsure")
def offset_too_large(told: str) -> ApiError:
    """An offset above 10000."""
    return invalid("offset", told)


@refusal(COMMON)
def too_large() -> ApiError:
    """A body larger than Box takes."""
    return ApiError(413, "request_entity_too_large", "Request Entity too Large")


@refusal(f"{REFERENCE}/post-users-terminate-sessions (the sentence; the code is inferred)")
def nobody_named(kind: str) -> ApiError:
    """Sessions to be ended of no users, or of no groups."""
    return ApiError(400, BAD_REQUEST, f"{kind}s can not be NULL or EMPTY")


@refusal(f"{REFERENCE}/post-users-terminate-sessions (the sentence; the code is inferred)")
def bad_id_format(kind: str) -> ApiError:
    """Sessions to be ended of what is no list of ids."""
    shown = "group" if kind == "Group" else kind  # as Box spells them
    return ApiError(400, BAD_REQUEST, f"{shown} id format is string")


@refusal(f"{REFERENCE}/post-users-terminate-sessions (the sentence; the code is inferred)")
def not_json(_sent: str) -> ApiError:
    """Sessions to be ended by a body that is no JSON object."""
    return ApiError(400, BAD_REQUEST, "Supported payload format is JSON")


@refusal(COMMON)
def unconfirmed() -> ApiError:
    """A new login for a user who has not confirmed the e-mail yet."""
    message = "User needs to complete email confirmation"
    return ApiError(403, "user_email_confirmation_required", message)


@refusal(f"{REFERENCE}/delete-users-id (says that it fails; the body is ours)", mark="unsure")
def owns_content(user_id: str, *, conflicts: bool = False) -> ApiError:
    """A user who owns content, to be deleted without force."""
    message = f"Invalid value '{user_id}'. User still owns content; use force to delete it as well"
    faults = _fault(INVALID, "user", message)
    return ApiError(409, CONFLICT, "Conflict", faults=faults) if conflicts else _bad_request(faults)


@refusal("https://support.box.com/hc/en-us/articles/33282413279635", mark="seen")
def retained() -> ApiError:
    """A user who owns content, to be deleted in an enterprise that retains content."""
    message = "User cannot be deleted due to retention policies. Please transfer user content first"
    return ApiError(403, "forbidden", message)


# --- weather ---------------------------------------------------------------------------------


@refusal(f"{GUIDE}/rate-limits")
def throttled(_app: FakeApp, retry_after: str | None, _throttle: Throttle | None) -> ApiError:
    """More calls than the user behind the token has."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    message = "Request rate limit exceeded, please try again later"
    envelope = {"oauth": True} if is_token_path(request.environ) else {}
    return ApiError(429, "rate_limit_exceeded", message, headers=headers, **envelope)


@refusal(COMMON)
def unavailable(retry_after: str | None = None) -> ApiError:
    """Box cannot answer now; what was to be written may be written all the same."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return ApiError(503, "unavailable", "Unavailable", headers=headers)


@refusal(COMMON)
def internal() -> ApiError:
    """Box has failed."""
    return ApiError(500, "internal_server_error", "Internal Server Error")


@refusal(f"{COMMON} (the code; it has no sentence)")
def bad_gateway() -> ApiError:
    """Box has failed behind its gateway."""
    return ApiError(502, "bad_gateway", "Bad Gateway")
