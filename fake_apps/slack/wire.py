"""Reading requests and writing replies: bodies, content type, which version was called."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from flask import Request, Response, request

from ..core import scim, strict
from ..core.app import FakeApp, base_url
from ..core.error import ApiError
from ..core.reply import Plain, TrustedHeaders
from . import errors
from .entity import HOST, VERSIONS, Words
from .quirks import SCIM_HAS_A_TYPE_OF_ITS_OWN

Refuse = Callable[[], ApiError]
PAGE, LARGE_PAGE, MOST = 10, 100, 1000
POST_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
COMMON_HEADERS = (
    ("Cache-Control", "private, no-cache, no-store, must-revalidate"),
    ("Vary", "Accept-Encoding"),
)


def words() -> Words:
    """The version the client called, with links to the address it used."""
    return _words(request.path[6:8], base_url(HOST))


@lru_cache(maxsize=64)
def _words(version: str, base: str) -> Words:
    return VERSIONS[version] if base == HOST else replace(VERSIONS[version], base=f"{base}/scim")


def reply(document: Any, status: int = 200) -> Response:
    text = json.dumps(document, separators=(",", ":"))
    return Plain(text, status, content_type=errors.JSON_TYPE)


def nothing(status: int = 204) -> Response:
    return Plain(status=status, content_type=errors.JSON_TYPE if status == 200 else None)


def body(
    *,
    broken: Refuse = errors.invalid_request_payload,
    other: Refuse = errors.invalid_request_payload,
) -> dict[str, Any]:
    """The JSON object of the request, whatever content type it claims; `other` is no object."""
    try:
        document = strict.decoded_text(request.environ["wsgi.input"].read().decode())
    except (ValueError, RecursionError) as fault:
        raise broken() from fault
    if not isinstance(document, dict):
        raise other()
    return document


def arguments(asked: Request) -> dict[str, str]:
    """Of a method of the Web API: from the address, a form, or a JSON object."""
    told: dict[str, Any] = dict(asked.values.items())
    if asked.method == "POST" and asked.content_length:  # SDKs name a type where there is no body
        told |= _posted(asked.mimetype)
    return {name: _as_text(value) for name, value in told.items() if value is not None}


def _posted(kind: str) -> dict[str, Any]:
    """What a JSON body says; Flask has read the forms."""
    if kind == "application/json":
        return body(broken=errors.invalid_json, other=errors.json_not_object)
    if not kind:
        raise errors.missing_post_type()
    if kind not in POST_TYPES:
        raise errors.invalid_post_type()
    return {}


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(_as_text, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def window(args: Mapping[str, str], page: int) -> scim.Window:
    if args.get("sortOrder", "ascending") not in ("ascending", "descending"):
        raise errors.invalid_sort_order()
    try:
        return scim.read_window(args, default=page, most=MOST)
    except scim.Invalid as fault:
        raise errors.invalid_query() from fault


def decorate(app: FakeApp, asked: Request, response: Response) -> None:
    """What every reply of the service carries."""
    if SCIM_HAS_A_TYPE_OF_ITS_OWN in app.quirks and asked.path.startswith("/scim/"):
        _retype(response)
    if isinstance(response.headers, TrustedHeaders):
        response.headers.trust(COMMON_HEADERS)
    else:
        response.headers.extend(COMMON_HEADERS)


def _retype(response: Response) -> None:
    if "Content-Type" in response.headers:
        response.headers["Content-Type"] = errors.SCIM_TYPE
