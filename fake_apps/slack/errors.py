"""Every refusal of Slack's SCIM and Web API that these calls can give, and how one looks.

The codes are the reference's own: https://docs.slack.dev/reference/scim-api#errors. It gives no
statuses; 401 and the 400s and 409s about user names are recorded, the rest follow the families of
https://www.ibm.com/docs/en/SSCT62/references/r_slack_attrs.html (unsure).
"""

from typing import Any

from flask import request

from ..core import scim
from ..core.app import FakeApp, Reply, current
from ..core.error import ApiError
from ..core.limits import Throttle
from .quirks import ERRORS_NAME_THE_USER, REFUSED_TOKENS_SPEAK_V1, STATUS_IS_A_NUMBER

JSON_TYPE = "application/json; charset=utf-8"


# --- the envelopes ---------------------------------------------------------------------------


def render(error: ApiError) -> Reply:
    """In the shape of whatever was called: SCIM 1, SCIM 2, or the Web API."""
    path = str(request.environ["PATH_INFO"])
    headers = {**error.headers, "Content-Type": JSON_TYPE}
    if path.startswith("/api/"):
        return _web(error), error.status if error.status >= 429 else 200, headers
    speaks_v1 = not path.startswith("/scim/v2/")
    if error.status == 401 and REFUSED_TOKENS_SPEAK_V1 in current().quirks:
        speaks_v1 = True
    return _v1(error) if speaks_v1 else _v2(error), error.status, headers


def _v1(error: ApiError) -> dict[str, Any]:
    described = error.message
    about = error.extra.get("about")
    if about and ERRORS_NAME_THE_USER in current().quirks:
        described = f"{described} ({about})"
    return {"Errors": {"description": described, "code": error.status}}


def _v2(error: ApiError) -> dict[str, Any]:
    if STATUS_IS_A_NUMBER in current().quirks:
        return {"schemas": [scim.ERROR], "detail": error.message, "status": error.status}
    scim_type = "uniqueness" if error.status == 409 else ""
    return scim.error_body(error.status, error.message, scim_type)


def _web(error: ApiError) -> dict[str, Any]:
    return {"ok": False, "error": error.code, **error.extra.get("web", {})}


def scim_error(status: int, code: str, *, about: str = "") -> ApiError:
    """A refusal whose only sentence is its code; `about` is whom an error of version 1 names."""
    return ApiError(status, code, code, about=about)


def web_error(code: str, **more: Any) -> ApiError:
    """A refusal of the Web API, which answers 200 with `ok: false`."""
    return ApiError(200, code, code, web=more)


# --- who are you -----------------------------------------------------------------------------


def missing_authentication() -> ApiError:
    return scim_error(401, "missing_authentication")


def invalid_authentication() -> ApiError:
    return scim_error(401, "invalid_authentication")


def plus_teams_only() -> ApiError:
    return scim_error(403, "plus_teams_only")


def non_org_teams_only() -> ApiError:
    return scim_error(403, "non_org_teams_only")


def permission_denied() -> ApiError:
    return scim_error(403, "permission_denied")


def not_authed() -> ApiError:
    return web_error("not_authed")


def invalid_auth() -> ApiError:
    return web_error("invalid_auth")


def missing_scope(needed: str, provided: str) -> ApiError:
    return web_error("missing_scope", needed=needed, provided=provided)


# --- what do you want ------------------------------------------------------------------------


def bad_endpoint() -> ApiError:
    return scim_error(404, "bad_endpoint")


def unsupported_version() -> ApiError:
    return scim_error(404, "unsupported_version")


def method_not_allowed() -> ApiError:
    return scim_error(405, "method_not_allowed")


def unknown_method() -> ApiError:
    return web_error("unknown_method")


def invalid_payload(status: int = 400) -> ApiError:
    return scim_error(status, "invalid_request_payload")


def missing_schemas() -> ApiError:
    return scim_error(400, "missing_schema_element")


def invalid_attribute() -> ApiError:
    return scim_error(400, "invalid_attribute_format")


def bad_attribute(name: str) -> ApiError:
    """The code a multi-valued attribute has of its own: `emails_invalid`, `roles_invalid` ..."""
    return scim_error(400, f"{name}_invalid")


# --- filters ---------------------------------------------------------------------------------


def no_filters() -> ApiError:
    return scim_error(400, "no_filters")


def incomplete_filter() -> ApiError:
    return scim_error(400, "incomplete_filter")


def invalid_filter_group() -> ApiError:
    return scim_error(400, "invalid_filter_group")


def invalid_query() -> ApiError:
    return scim_error(400, "invalid_query")


def invalid_sort_order() -> ApiError:
    return scim_error(400, "invalid_sort_order")


# --- users -----------------------------------------------------------------------------------


def no_such_user() -> ApiError:
    return scim_error(404, "no_such_user")


def unknown_user() -> ApiError:
    return scim_error(404, "unknown_user")


def user_refused(code: str, name: str, status: int = 400) -> ApiError:
    """A refused attribute of the user of that name."""
    return scim_error(status, code, about=f"user={name}" if name else "")


def username_taken(name: str) -> ApiError:
    # With "username=", as in https://blog.cloudnative.co.jp/12293/
    return scim_error(409, "username_taken", about=f"username={name}")


def email_taken(name: str) -> ApiError:
    return user_refused("email_taken", name, 409)


def missing_primary_email() -> ApiError:
    return scim_error(400, "missing_primary_email")


def password_change_not_allowed() -> ApiError:
    return scim_error(403, "password_change_not_allowed")


def improper_enterprise_schema() -> ApiError:
    return scim_error(400, "improper_enterprise_schema_format")


def cannot_modify_owner() -> ApiError:
    return scim_error(403, "cannot_modify_owner")


def cannot_disable_primary_owner() -> ApiError:
    return scim_error(403, "cannot_disable_primary_owner")


def cannot_disable_bot() -> ApiError:
    return scim_error(403, "cannot_disable_bot_user_with_scim")


def cannot_make_guest() -> ApiError:
    return scim_error(403, "cannot_make_user_guest")


# --- groups ----------------------------------------------------------------------------------


def no_such_group() -> ApiError:
    return scim_error(404, "no_such_group")


def no_such_members() -> ApiError:
    return scim_error(404, "no_such_group_members")


def members_not_allowed() -> ApiError:
    return scim_error(400, "unable_to_add_deleted_or_guest_to_group")


def too_many_users() -> ApiError:
    return scim_error(400, "too_many_users")


def group_full() -> ApiError:
    return scim_error(400, "group_member_max_exceeded")


def group_exists() -> ApiError:
    return scim_error(409, "group_creation_failed")


def group_linked() -> ApiError:
    return scim_error(400, "idp_group_linked_to_channels")


# --- too fast, or out of order ---------------------------------------------------------------


def locked(code: str, retry_after_s: int) -> ApiError:
    return _slow_down(code, str(retry_after_s))


def throttled(_app: FakeApp, retry_after: str | None, _throttle: Throttle | None) -> ApiError:
    """From our own limits or from a fault."""
    is_web = str(request.environ["PATH_INFO"]).startswith("/api/")
    return _slow_down("ratelimited" if is_web else "too_many_requests", retry_after)


def _slow_down(code: str, retry_after: str | None) -> ApiError:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return ApiError(429, code, code, headers=headers)


def unavailable() -> ApiError:
    return scim_error(503, "service_unavailable")
