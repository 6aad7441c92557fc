"""Reading requests and writing replies of the Directory API: bodies, parameters, headers."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Request, Response, request

from ..core.app import FakeApp, current
from ..core.reply import Plain, TrustedHeaders
from . import errors
from .documents import Shape
from .fields import partial
from .quirks import IF_MATCH_IS_HONOURED

HEADERS = (
    ("Vary", "Origin, X-Origin, Referer"),
    ("Server", "ESF"),
    ("X-XSS-Protection", "0"),
    ("X-Frame-Options", "SAMEORIGIN"),
    ("X-Content-Type-Options", "nosniff"),
)
PRIVATE = {"Cache-Control": "private"}


def reply(document: dict[str, Any], shape: Shape, status: int = 200) -> Response:
    """JSON, cut to the fields asked for; 304 where the caller has this very state."""
    tag = document.get("etag")
    environ = request.environ
    if tag and environ["REQUEST_METHOD"] == "GET" and environ.get("HTTP_IF_NONE_MATCH") == tag:
        return Plain(status=304, headers={"ETag": tag})
    shown = partial(document, args().get("fields"), shape)
    text = json.dumps(shown, separators=(",", ":"))
    headers = {**PRIVATE, "ETag": tag} if tag else PRIVATE
    return Plain(text, status, headers, content_type=errors.JSON_TYPE)


def token_reply(document: Mapping[str, Any]) -> Response:
    text = json.dumps(document, separators=(",", ":"))
    return Plain(text, 200, PRIVATE, content_type=errors.JSON_TYPE)


def no_content() -> Response:
    return Plain(status=204)


def decorate(_app: FakeApp, _asked: Request, response: Response) -> None:
    """The headers that every reply carries."""
    if isinstance(response.headers, TrustedHeaders):
        response.headers.trust(HEADERS)
    else:
        response.headers.extend(HEADERS)


# --- requests --------------------------------------------------------------------------------


def is_overridden() -> bool:
    """A GET too long for an address comes as POST, its query as a form."""
    return str(request.environ.get("HTTP_X_HTTP_METHOD_OVERRIDE", "")).upper() == "GET"


def args() -> Mapping[str, str]:
    if request.environ["REQUEST_METHOD"] == "POST" and is_overridden():
        return {**request.args.to_dict(), **request.form.to_dict()}
    return request.args.to_dict() if request.environ["QUERY_STRING"] else {}


def check_etag(tag: str) -> None:
    """If-Match of a write: only if nobody has changed it meanwhile."""
    wanted = request.environ.get("HTTP_IF_MATCH")
    if wanted in (None, "*", tag) or IF_MATCH_IS_HONOURED not in current().quirks:
        return
    raise errors.condition_not_met()


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def body() -> dict[str, Any]:
    """The JSON object of the request, or the refusal for what came instead."""
    sent = request.get_data(cache=True)
    if not sent:
        return {}
    kind = request.environ.get("CONTENT_TYPE", "")
    if kind.startswith(("application/x-www-form-urlencoded", "multipart/")):
        raise errors.form_body()
    try:
        document = _DECODER.decode(sent.decode())
    except (ValueError, RecursionError) as fault:
        raise errors.not_json() from fault
    if not isinstance(document, dict):
        raise errors.not_an_object()
    return document
