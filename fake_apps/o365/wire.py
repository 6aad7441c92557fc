"""Reading requests and writing replies of Graph: bodies, headers, links."""

import json
from collections.abc import Mapping, MutableMapping
from email.utils import formatdate
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_plus

from flask import Request, Response, request

from ..core import strict
from ..core.app import FakeApp, base_url, current
from ..core.error import ApiError
from ..core.reply import Plain, TrustedHeaders
from . import errors
from .quirks import LINKS_USE_CALLERS_HOST

GRAPH_HOST = "https://graph.microsoft.com"
JSON_TYPE = (
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;"
    "charset=utf-8"
)
DIAGNOSTIC = json.dumps(
    {
        "ServerInfo": {
            "DataCenter": "West Europe",
            "Slice": "E",
            "Ring": "5",
            "ScaleUnit": "003",
            "RoleInstance": "AM2PEPF0000050E",
        }
    },
    separators=(",", ":"),
)
COMMON_HEADERS = [
    ("Cache-Control", "no-cache"),
    ("Strict-Transport-Security", "max-age=31536000"),
    ("x-ms-ags-diagnostic", DIAGNOSTIC),
    ("OData-Version", "4.0"),
]
RAW, BODY = "o365.raw", "o365.body"
UNITS = "o365.units"


def no_content() -> Response:
    return Plain(status=204)


def reply(document: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """JSON in the vendor's content type."""
    text = json.dumps(document, separators=(",", ":"))
    return Plain(text, status, headers, content_type=JSON_TYPE)


def token_reply(document: Any) -> Response:
    """From the token endpoint, which never lets a token be cached."""
    text = json.dumps(document, separators=(",", ":"))
    headers = {"Pragma": "no-cache"}
    return Plain(text, 200, headers, content_type="application/json; charset=utf-8")


def plain_text(text: str) -> Response:
    return Plain(text, 200, content_type="text/plain")


# --- requests --------------------------------------------------------------------------------


def raw(environ: MutableMapping[str, Any]) -> bytes:
    """The body as it came. Core holds it whole already: no need of Flask's guarded stream."""
    found: bytes | None = environ.get(RAW)
    if found is None:
        found = environ[RAW] = environ["wsgi.input"].read()
    return found


def _loaded(environ: MutableMapping[str, Any]) -> Any:
    if "json" not in environ.get("CONTENT_TYPE", "").lower():
        raise errors.unreadable_body()
    try:
        return strict.decoded_text(raw(environ).decode())
    except (ValueError, RecursionError) as fault:
        raise errors.unreadable_body() from fault


def json_or_none(environ: MutableMapping[str, Any]) -> Any:
    """The body where it is readable; read once per request."""
    if BODY not in environ:
        try:
            environ[BODY] = _loaded(environ)
        except ApiError:
            environ[BODY] = None
    return environ[BODY]


def body(environ: MutableMapping[str, Any] | None = None) -> dict[str, Any]:
    """The JSON object of the request, or the refusal for what came instead."""
    environ = request.environ if environ is None else environ
    document = environ.get(BODY)
    if document is None:
        document = _loaded(environ)
    if not isinstance(document, dict):
        node = "StartArray" if isinstance(document, list) else "PrimitiveValue"
        raise errors.unexpected_json(node)
    return document


def basic_client() -> dict[str, str]:
    """Client id and secret where they are sent as HTTP Basic, as the endpoint says that they may.

    Source: https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1: both are form-encoded before.
    """
    sent = request.authorization
    if sent is None or sent.type != "basic":
        return {}
    return {
        "client_id": unquote_plus(sent.username or ""),
        "client_secret": unquote_plus(sent.password or ""),
    }


def is_eventual() -> bool:
    return str(request.environ.get("HTTP_CONSISTENCYLEVEL", "")).lower() == "eventual"


# --- links -----------------------------------------------------------------------------------


def version() -> str:
    """The API version the client called, `v1.0` or `beta`."""
    return str(request.environ["PATH_INFO"].split("/", 2)[1])


def caller_host() -> str:
    environ = request.environ
    if LINKS_USE_CALLERS_HOST not in current().quirks:
        return GRAPH_HOST
    return f"{environ['wsgi.url_scheme']}://{request.host}"


def context(suffix: str) -> str:
    return f"{base_url(GRAPH_HOST)}/{version()}/$metadata#{suffix}"


def next_link(token: str) -> str:
    """The address of the next page: the client's own, with all its options."""
    raw = request.environ.get("RAW_URI") or request.full_path
    path, _, query = raw.partition("?")
    kept = [part for part in query.split("&") if part and not _is_skiptoken(part)]
    return f"{caller_host()}{path}?{'&'.join([*kept, f'$skiptoken={token}'])}"


def _is_skiptoken(part: str) -> bool:
    return part.lower().startswith(("$skiptoken=", "%24skiptoken="))


# --- headers ---------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _http_date(second: int) -> str:
    return formatdate(second, usegmt=True)


def decorate(app: FakeApp, asked: Request, response: Response) -> None:
    """The headers that every reply carries."""
    environ = asked.environ
    trace = errors.trace_of(app)
    headers = [
        ("request-id", trace),
        ("client-request-id", errors.client_trace(environ, trace)),
        ("Date", _http_date(int(app.clock.now()))),
        *COMMON_HEADERS,
    ]
    if UNITS in environ:
        headers.append(("x-ms-resource-unit", environ[UNITS]))
    if isinstance(response.headers, TrustedHeaders):
        response.headers.trust(headers)
    else:
        response.headers.extend(headers)
