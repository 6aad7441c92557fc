"""How a refusal looks on the wire, from Graph or from the token endpoint."""

from collections.abc import Mapping
from typing import Any

from flask import request

from ...core.app import FakeApp, Reply, current
from ...core.clock import utc
from ...core.error import ApiError
from ..quirks import (
    LEGACY_ERRORS,
    TOKEN_ERRORS_HAVE_LINES,
)


def render(error: ApiError) -> Reply:
    """The reply for a refusal, from Graph or from the token endpoint."""
    body = error.extra.get("token_error")
    if body is not None:
        return _token_envelope(body, error), error.status, error.headers
    if LEGACY_ERRORS in current().quirks:
        message = {"lang": "en", "value": error.message}
        return (
            {"odata.error": {"code": error.code, "message": message}},
            error.status,
            error.headers,
        )
    return {"error": _envelope(error)}, error.status, error.headers


def _envelope(error: ApiError) -> dict[str, Any]:
    inner: dict[str, Any] = {"date": utc(current().clock.now()).strftime("%Y-%m-%dT%H:%M:%S")}
    inner["request-id"] = request_id()
    if "inner" in error.extra:  # as the guide shows it: by name, and without the client's id
        inner = dict(sorted({**inner, **error.extra["inner"]}.items()))
    else:
        inner["client-request-id"] = client_request_id()
    envelope: dict[str, Any] = {"code": error.code, "message": error.message}
    if error.extra.get("details"):
        envelope["details"] = error.extra["details"]
    envelope["innerError"] = inner
    return envelope


def _token_envelope(name: str, error: ApiError) -> dict[str, Any]:
    stamp = utc(current().clock.now()).strftime("%Y-%m-%d %H:%M:%SZ")
    trace, number = request_id(), error.code.removeprefix("AADSTS")
    correlation = client_request_id()
    described = (
        f"{error.code}: {error.message}",
        f"Trace ID: {trace}",
        f"Correlation ID: {correlation}",
        f"Timestamp: {stamp}",
    )
    gap = "\r\n" if TOKEN_ERRORS_HAVE_LINES in current().quirks else " "
    return {
        "error": name,
        "error_description": gap.join(described),
        "error_codes": [int(number)],
        "timestamp": stamp,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": f"https://login.microsoftonline.com/error?code={number}",
    }


def request_id() -> str:
    return trace_of(current())


def client_request_id() -> str:
    return client_trace(request.environ, request_id())


def trace_of(app: FakeApp) -> str:
    """The id of the present exchange; items of a batch share it."""
    return f"{app.state.trace_prefix}{app.ledger.last_number:012x}"


def client_trace(environ: Mapping[str, Any], trace: str) -> str:
    """What the client calls this exchange, where it said so in a usable way."""
    sent: str = environ.get("HTTP_CLIENT_REQUEST_ID", "")
    return sent if sent and sent.isascii() and sent.isprintable() else trace


def detail(target: str, code: str) -> list[dict[str, str]]:
    return [{"target": target, "code": code}]
