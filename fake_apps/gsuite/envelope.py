"""How a refusal looks on the wire: of the API, of the token endpoint, or a page for people."""

from typing import Any

from ..core.app import Reply
from ..core.error import ApiError

JSON_TYPE = "application/json; charset=UTF-8"
HTML_TYPE = "text/html; charset=UTF-8"
USAGE = "usageLimits"

# Who says so: the reasons and messages that a large production client tells apart, Google's own
# list of errors, and what its common front end answers to every API.
GAM = "https://github.com/GAM-team/GAM/blob/main/src/gam/gamlib/glgapi.py"
COMMON = (
    "https://developers.google.com/workspace/admin/reseller/v1/support/directory_api_common_errors"
)
LIMITS = "https://developers.google.com/workspace/admin/directory/v1/limits"
FRONT_END = "https://cloud.google.com/apis/design/errors"
OAUTH = "https://developers.google.com/identity/protocols/oauth2/service-account#error-codes"
REFERENCE = "https://developers.google.com/workspace/admin/directory/reference/rest/v1"


def render(error: ApiError) -> Reply:
    """The reply for a refusal."""
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
    if "details" in extra:
        envelope["details"] = extra["details"]
    return envelope


def _page(error: ApiError) -> str:
    return (
        "<!DOCTYPE html>\n<html lang=en>\n  <meta charset=utf-8>\n"
        f"  <title>Error {error.status} ({error.extra['page']})!!1</title>\n"
        f"  <p><b>{error.status}.</b> <ins>That\N{RIGHT SINGLE QUOTATION MARK}s an error.</ins>\n"
        f"  <p>{error.message}  <ins>That\N{RIGHT SINGLE QUOTATION MARK}s all we know.</ins>\n"
    )
