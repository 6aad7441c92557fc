"""Reading requests and writing replies of the Directory API: bodies, parameters, headers."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Request, Response, request

from ..core import strict
from ..core.app import FakeApp, current
from ..core.reply import Plain, TrustedHeaders
from . import errors
from .fields import partial
from .quirks import IF_MATCH_IS_HONOURED, PARSE_ERRORS_ARE_SHORT
from .shapes import Shape

HEADERS = (
    ("Vary", "Origin, X-Origin, Referer"),
    ("Server", "ESF"),
    ("X-XSS-Protection", "0"),
    ("X-Frame-Options", "SAMEORIGIN"),
    ("X-Content-Type-Options", "nosniff"),
)
EXCERPT = 20
PRIVATE = {"Cache-Control": "private"}


def reply(document: dict[str, Any], shape: Shape, status: int = 200) -> Response:
    """JSON, cut to the fields asked for; 304 where the caller has this very state."""
    tag = document.get("etag")
    environ = request.environ
    if tag and environ["REQUEST_METHOD"] == "GET" and _names(environ, "HTTP_IF_NONE_MATCH", tag):
        return Plain(status=304, headers={"ETag": tag})
    told = args()
    shown = partial(document, told.get("fields"), shape)
    if told.get("prettyPrint") == "true":
        text = json.dumps(shown, indent=2)
    else:
        text = json.dumps(shown, separators=(",", ":"))
    headers = {**PRIVATE, "ETag": tag} if tag else PRIVATE
    return Plain(text, status, headers, content_type=errors.JSON_TYPE)


def _names(environ: Any, header: str, tag: str) -> bool:
    """Whether a condition names this tag, among others perhaps, or any (`*`)."""
    told = environ.get(header)
    if not told:
        return False
    return told in ("*", tag) or tag in [
        each.strip().removeprefix("W/") for each in told.split(",")
    ]


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
    environ = request.environ
    if "HTTP_IF_MATCH" not in environ or IF_MATCH_IS_HONOURED not in current().quirks:
        return
    if not _names(environ, "HTTP_IF_MATCH", tag):
        raise errors.outdated()


def _excerpt(sent: bytes, fault: Exception) -> str:
    """A little of what was sent around the place where it went wrong, and a mark under it.

    https://github.com/protocolbuffers/protobuf json_stream_parser.cc (kContextLength)
    """
    text = sent.decode("utf-8", "replace")
    at = fault.pos if isinstance(fault, json.JSONDecodeError) else 0
    begin = max(0, at - EXCERPT)
    return f"{text[begin : at + EXCERPT]}\n{' ' * (at - begin)}^"


def body() -> dict[str, Any]:
    """The JSON object of the request, or the refusal for what came instead."""
    sent = request.get_data(cache=True)
    if not sent:
        return {}
    kind = request.environ.get("CONTENT_TYPE", "")
    if kind.startswith(("application/x-www-form-urlencoded", "multipart/")):
        raise errors.form_body()
    try:
        document = strict.decoded(sent.decode())
    except (ValueError, RecursionError) as fault:
        if PARSE_ERRORS_ARE_SHORT in current().quirks:
            raise errors.parse_error() from fault
        raise errors.not_json(_excerpt(sent, fault)) from fault
    if not isinstance(document, dict):
        raise errors.not_an_object()
    return document
