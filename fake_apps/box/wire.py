"""Reading requests and writing replies of the Box API: bodies, `fields=`, pages, headers."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from flask import Request, Response, request

from ..core import strict
from ..core.app import FakeApp, current
from ..core.error import ApiError
from ..core.reply import Plain, TrustedHeaders
from . import errors
from .documents import Fields
from .paging import Window
from .quirks import OFFSETS_END, SWITCHES_TAKE_ANY_CASE

DEFAULT_LIMIT, LARGEST_LIMIT, LARGEST_OFFSET = 100, 1_000, 10_000
COMMON_HEADERS = (
    ("Strict-Transport-Security", "max-age=31536000"),
    ("Cache-Control", "no-cache, no-store"),
)


_ENCODER = json.JSONEncoder(separators=(",", ":"))


def reply(document: Mapping[str, Any], status: int = 200) -> Response:
    return Plain(_ENCODER.encode(document), status, content_type=errors.JSON_TYPE)


def no_content() -> Response:
    return Plain(status=204)


def empty() -> Response:
    """200 without a body: what revoking answers."""
    return Plain()


def decorate(app: FakeApp, _asked: Request, response: Response) -> None:
    """The headers that every reply carries."""
    headers = (("BOX-REQUEST-ID", errors.trace_of(app)), *COMMON_HEADERS)
    if isinstance(response.headers, TrustedHeaders):
        response.headers.trust(headers)
        return
    response.headers.extend(headers)
    if not response.get_data():
        response.headers.remove("Content-Type")


# --- requests --------------------------------------------------------------------------------


def body(refuse: Callable[[str], ApiError] = errors.unreadable) -> dict[str, Any]:
    """The JSON object of the request, or the refusal for what came instead."""
    sent: bytes = request.environ["wsgi.input"].read()
    try:
        document = strict.decoded(sent.decode())
    except (ValueError, RecursionError) as fault:
        raise refuse(sent[:200].decode("utf-8", "replace")) from fault
    if not isinstance(document, dict):
        raise refuse(sent[:200].decode("utf-8", "replace"))
    return document


def args() -> Mapping[str, str]:
    return request.args if request.environ["QUERY_STRING"] else {}


def fields() -> Fields:
    """The names in `fields=`; naming none is as if it were not there."""
    told = args().get("fields", "")
    return tuple(name.strip() for name in told.split(",") if name.strip()) or None


def is_set(name: str) -> bool:
    """A switch in the query; Box's own Python client writes True and False."""
    told = args().get(name, "false") or "false"
    if SWITCHES_TAKE_ANY_CASE in current().quirks:
        told = told.lower()
    if told not in ("true", "false"):
        raise errors.invalid_switch()
    return told == "true"


# --- pages -----------------------------------------------------------------------------------


def window() -> Window:
    return Window(_offset(args().get("offset")), limit())


def limit() -> int:
    """The page size; one above the maximum is taken for the maximum."""
    told = args().get("limit")
    if told is None:
        return DEFAULT_LIMIT
    if not _is_number(told) or int(told) == 0:
        raise errors.bad_limit()
    return min(int(told), LARGEST_LIMIT)


def _offset(told: str | None) -> int:
    if told is None:
        return 0
    if not _is_number(told):
        raise errors.bad_offset()
    if int(told) > LARGEST_OFFSET and OFFSETS_END in current().quirks:
        raise errors.offset_too_large(told)
    return int(told)


def _is_number(told: str) -> bool:
    return told.isascii() and told.isdecimal() and len(told) <= 15
