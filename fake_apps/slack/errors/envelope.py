"""How a refusal looks, in SCIM 1.1, SCIM 2.0 and the Web API."""

from typing import Any

from flask import request

from ...core import scim
from ...core.app import Reply, current
from ...core.error import ApiError
from ..quirks import (
    ERRORS_NAME_THE_USER,
    REFUSED_TOKENS_SPEAK_V1,
    STATUS_IS_A_NUMBER,
    THROTTLED_IN_WEB_WORDS,
)

__all__ = ["JSON_TYPE", "SCIM_TYPE", "render"]  # the others are for the rooms

JSON_TYPE = "application/json; charset=utf-8"
SCIM_TYPE = "application/scim+json; charset=utf-8"


def render(error: ApiError) -> Reply:
    """In the shape of whatever was called: SCIM 1, SCIM 2, or the Web API."""
    path = request.path
    headers = {**error.headers, "Content-Type": JSON_TYPE}
    if path.startswith("/api/"):
        return _web(error), error.status if error.status >= 429 else 200, headers
    if error.code == "too_many_requests" and THROTTLED_IN_WEB_WORDS in current().quirks:
        return {"ok": False, "error": "ratelimited"}, error.status, headers
    speaks_v1 = not f"{path}/".startswith("/scim/v2/")
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


def scim_refusal(status: int, code: str, *, about: str = "") -> ApiError:
    """A refusal whose only sentence is its code; `about` is whom an error of version 1 names."""
    return ApiError(status, code, code, about=about)


def about_user(code: str, name: str) -> ApiError:
    """A refused attribute of the user of that name."""
    return scim_refusal(400, code, about=f"user={name}" if name else "")


def web_refusal(code: str, **more: Any) -> ApiError:
    """A refusal of the Web API, which answers 200 with `ok: false`."""
    return ApiError(200, code, code, web=more)


def slow_down(code: str, retry_after: str | None) -> ApiError:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return ApiError(429, code, code, headers=headers)
