"""The one exchange: a prepared request goes in, a reply comes out, time passes.

Whatever drives a fake in this process (the world's transport, `FakeApp` on its own, interception of
other people's `requests` code) goes through `exchange`.
"""

from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPResponse, Timeout

from .app import Answer, FakeApp, make_environ, reason


def exchange(
    app: FakeApp, request: requests.PreparedRequest, timeout_s: float | None = None
) -> requests.Response:
    """Carry one request to `app`. A reply that is lost or later than the time-out is a ReadTimeout.

    The clock moves by the latency of the reply, or by the time-out where that is shorter.
    """
    raw = _sent(request.body)
    assert request.url is not None
    assert request.method is not None
    answer = app.answer(make_environ(request.method, request.url, request.headers, raw))
    late = timeout_s is not None and answer.latency_s > timeout_s
    if answer.reset:
        raise requests.ConnectionError("Connection reset by peer", request=request)
    if answer.lost or late:
        app.clock.sleep(timeout_s if timeout_s is not None else answer.latency_s)
        with app.lock:
            app.ledger.mark_lost(answer.number, app.clock.now())
        raise requests.ReadTimeout("Read timed out", request=request)
    if answer.latency_s:
        app.clock.sleep(answer.latency_s)
    return _response(request, answer)


def read_timeout_s(timeout: Any) -> float | None:
    """How long the caller waits for a reply, of the forms that requests takes; None is for ever."""
    if isinstance(timeout, Timeout):
        seconds = timeout.read_timeout
        return seconds if isinstance(seconds, int | float) else None
    read: float | None = timeout[1] if isinstance(timeout, tuple) else timeout
    return read


def _sent(body: Any) -> bytes:
    """The bytes of a body: none, text, bytes, or an iterable that requests would stream."""
    if not body:
        return b""
    if isinstance(body, str):
        return body.encode()
    return bytes(body) if isinstance(body, bytes | bytearray) else b"".join(body)


def _response(request: requests.PreparedRequest, answer: Answer) -> requests.Response:
    response = requests.Response()
    response.status_code = answer.status
    response.reason = reason(answer.status)
    response.headers = _headers(answer.headers)
    response._content = answer.body  # noqa: SLF001 - what requests' own adapters fill from a socket
    response.request = request
    response.url = request.url or ""
    response.encoding = "utf-8"
    response.raw = HTTPResponse(BytesIO(answer.body), preload_content=False)
    return response


def _headers(pairs: Iterable[tuple[str, str]]) -> CaseInsensitiveDict[str]:
    """As `CaseInsensitiveDict(pairs)`, which looks at each pair four times."""
    made: CaseInsensitiveDict[str] = CaseInsensitiveDict()
    made._store.update((name.lower(), (name, value)) for name, value in pairs)  # type: ignore[attr-defined]  # noqa: SLF001
    return made


class InProcess(BaseAdapter):
    """Mounts one fake app into a `requests.Session`."""

    def __init__(self, app: FakeApp) -> None:
        super().__init__()
        self._app = app

    def send(  # noqa: PLR0917 - the signature is requests' own
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002
        timeout: Any = None,
        verify: Any = True,  # noqa: FBT002
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        return exchange(self._app, request, read_timeout_s(timeout))

    def close(self) -> None:
        """Nothing to close."""


def session(app: FakeApp) -> requests.Session:
    """A `requests.Session` in which the vendor's host names are this fake app, and only those."""
    made = requests.Session()
    made.trust_env = False
    made.adapters.clear()
    for host in app.spec.hosts:
        made.mount(f"https://{host}/", InProcess(app))
    return made
