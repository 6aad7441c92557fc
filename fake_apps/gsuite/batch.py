"""Batches: many calls in one multipart request, each answered and metered by itself.

Source: https://developers.google.com/admin-sdk/directory/v1/guides/batch
"""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response, request

from ..core.app import Answer, FakeApp, reason
from ..core.reply import Plain
from . import errors
from .quirks import BATCH_ORDER_IS_ARBITRARY

MAX_CALLS = 1000
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_BOUNDARY = re.compile(r'multipart/mixed\s*;(?:.*;)?\s*boundary=(?:"([^"]+)"|([^\s;"]+))', re.I)
_BLANK = re.compile(rb"\r?\n\r?\n")
_PATH = re.compile(r"/admin/directory/v1/[!-~]+")
UNSHOWN = ("server", "x-xss-protection", "x-frame-options", "x-content-type-options")


@dataclass(frozen=True)
class Part:
    """One call of a batch."""

    content_id: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


def run(app: FakeApp) -> Response:
    """Answer a batch; one that cannot be read is refused as a whole, before anything is done."""
    parts = _read()
    order = list(range(len(parts)))
    if BATCH_ORDER_IS_ARBITRARY in app.quirks:
        order.sort(key=lambda at: (zlib.crc32(parts[at].body + parts[at].path.encode()), at))
    answers = {at: _answer(app, parts[at]) for at in order}
    boundary = f"batch_{app.state.tokens.account.key_id[:12]}{app.ledger.last_number:08x}"
    shown = [_shown(boundary, part, answers[at]) for at, part in enumerate(parts)]
    text = "".join(shown) + f"--{boundary}--\r\n"
    return Plain(text, content_type=f"multipart/mixed; boundary={boundary}")


# --- reading ---------------------------------------------------------------------------------


def _read() -> list[Part]:
    """The parts, whether lines end with CRLF or, as the Python client sends them, with LF."""
    sent = request.get_data(cache=True)
    found = _BOUNDARY.match(request.environ.get("CONTENT_TYPE", ""))
    if found is None:
        raise errors.bad_batch(0, len(sent))
    boundary = (found[1] or found[2]).encode("latin-1", "replace")
    pieces = re.split(rb"(?:^|\r?\n)--" + re.escape(boundary) + rb"(?=--|[ \t]*\r?\n)", sent)
    pieces = [piece for piece in pieces[1:] if not piece.startswith(b"--")]
    if len(pieces) > MAX_CALLS:
        raise errors.batch_too_long(MAX_CALLS)
    parts = [_part(piece) for piece in pieces]
    if not parts or None in parts:
        raise errors.bad_batch(len([part for part in parts if part]), len(sent))
    return [part for part in parts if part]


def _part(piece: bytes) -> Part | None:
    """One call, or None where the piece is none."""
    outer_head, call = _split(piece)
    head, body = _split(call)
    line, _, rest = head.decode("latin-1").strip().partition("\n")
    words = line.split()
    outer = _headers(outer_head.decode("latin-1"))
    is_http = outer.get("content-type", "").startswith("application/http")
    if not is_http or len(words) not in (2, 3) or words[0] not in METHODS:
        return None
    path = re.sub(r"^https?://[^/]*", "", words[1])
    if not _PATH.fullmatch(path):
        return None
    return Part(outer.get("content-id", ""), words[0], path, _headers(rest), body)


def _split(text: bytes) -> tuple[bytes, bytes]:
    """Head and body, at the first blank line."""
    stripped = text.lstrip(b"\r\n")
    found = _BLANK.search(stripped)
    if found is None:
        return stripped, b""
    return stripped[: found.start()], stripped[found.end() :]


def _headers(text: str) -> dict[str, str]:
    lines = (line.partition(":") for line in text.splitlines() if ":" in line)
    return {name.strip().lower(): value.strip() for name, _, value in lines}


# --- answering -------------------------------------------------------------------------------


def _answer(app: FakeApp, part: Part) -> Answer:
    """A part's own token counts; the batch's does where it has none."""
    headers = {"Authorization": request.environ.get("HTTP_AUTHORIZATION", "")}
    told = ("authorization", "content-type", "if-match", "if-none-match", "x-http-method-override")
    headers.update({name.title(): part.headers[name] for name in told if name in part.headers})
    base = f"{request.environ['wsgi.url_scheme']}://{request.host}"
    return app.inner(part.method, base + part.path, headers, part.body.strip())


def _shown(boundary: str, part: Part, answer: Answer) -> str:
    """A part of the reply; clients split its head from its body at the first CRLF CRLF."""
    if answer.lost or answer.reset:
        head, body = "HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 0\r\n", ""
    else:
        body = answer.body.decode("utf-8", "replace")
        sent = [(n, v) for n, v in answer.headers if n.lower() not in UNSHOWN]
        lines = [f"{name}: {value}\r\n" for name, value in sent]
        head = f"HTTP/1.1 {answer.status} {reason(answer.status)}\r\n{''.join(lines)}"
    return (
        f"--{boundary}\r\nContent-Type: application/http\r\n"
        f"{_content_id(part)}\r\n{head}\r\n{body}\r\n"
    )


def _content_id(part: Part) -> str:
    if not part.content_id:
        return ""
    inner = part.content_id.removeprefix("<").removesuffix(">")
    return f"Content-ID: <response-{inner}>\r\n"
