"""What stands between a socket and a fake: whose name was called, is the body whole, who answers.

A browser can be made to call a server on this machine under a foreign name that leads here (DNS
rebinding): a request under a name that is not ours is refused before anybody looks at it.
"""

import errno
import json
from collections.abc import Iterable, Mapping
from io import BytesIO
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from .app import ENVIRON_BASE, reason

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CONTROL_ROOT = "/_fake"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
WILDCARDS = ("0.0.0.0", "::")  # noqa: S104 - recognised, not bound
_KNOWN_HOSTS = 256


class Hosts:
    """The names a server answers to, on whatever port."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(dict.fromkeys(bare_host(name).lower() for name in names))
        self._seen: set[str] = set()

    def allow(self, host: str) -> bool:
        """Whether the value of a Host header is one of ours."""
        if host in self._seen:
            return True
        is_ours = _without_port(host).lower() in self.names
        if is_ours and len(self._seen) < _KNOWN_HOSTS:
            self._seen.add(host)
        return is_ours


def bare_host(name: str) -> str:
    """An IPv6 address without its brackets; any other name as it is."""
    return name[1:-1] if name.startswith("[") and name.endswith("]") else name


def in_address(name: str) -> str:
    """A host name or IP address as it stands in a URL."""
    return f"[{name}]" if ":" in name else name


def _without_port(host: str) -> str:
    if host.startswith("["):
        name, bracket, rest = host[1:].partition("]")
        return name if bracket and (not rest or _is_port(rest)) else ""
    name, colon, port = host.partition(":")
    return name if not colon or _is_port(f":{port}") else ""


def _is_port(text: str) -> bool:
    return text[0] == ":" and text[1:].isascii() and text[1:].isdigit()


class Edge:
    """The WSGI application of one port: an app, and its control routes under `/_fake` if any.

    A body of more than `largest` bytes is left to the app, to be refused unread.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        control: "WSGIApplication | None",
        hosts: Hosts,
        *,
        largest: int,
    ) -> None:
        self._app = app
        self._control = control
        self._hosts = hosts
        self._limit = largest

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        host = environ.get("HTTP_HOST", "")
        if not self._hosts.allow(host):
            return _refuse(start_response, 421, "foreign_host", self._not_ours(host))
        if "HTTP_TRANSFER_ENCODING" in environ:
            is_read, start_response = self._take_pieces(environ, start_response)
            if not is_read:
                return _refuse(start_response, 400, "bad_chunk", "the body's chunks are malformed")
        elif environ.get("CONTENT_LENGTH", "0") != "0":
            self._take_whole(environ)
        path = environ["PATH_INFO"]
        is_control = path.startswith(CONTROL_ROOT) and path[len(CONTROL_ROOT) :][:1] in ("", "/")
        if self._control is not None and is_control:
            return self._control(environ, start_response)
        environ[ENVIRON_BASE] = f"{environ['wsgi.url_scheme']}://{host}"
        return self._app(environ, start_response)

    def _not_ours(self, host: str) -> str:
        return (
            f"this server does not answer to the name {host!r}; it answers to "
            f"{', '.join(self._hosts.names)}, and to more with --allow-host"
        )

    def _take_whole(self, environ: "WSGIEnvironment") -> None:
        """Read a body of known length. What is cut short is acted upon by nobody."""
        length = environ["CONTENT_LENGTH"]
        if not (length.isascii() and length.isdigit()) or int(length) > self._limit:
            return  # the app refuses it unread
        body = environ["wsgi.input"].read(int(length))
        if len(body) < int(length):
            raise ConnectionAbortedError(errno.ECONNABORTED, "the body was cut short")
        environ["wsgi.input"] = BytesIO(body)

    def _take_pieces(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> tuple[bool, "StartResponse"]:
        """Read a body sent in chunks, up to one byte too many; the rest of such is not read."""
        closing = _closing(start_response)
        try:
            body = environ["wsgi.input"].read(self._limit + 1)
        except ValueError:
            return False, closing
        environ["wsgi.input"] = BytesIO(body)
        return True, closing if len(body) > self._limit else start_response


def _closing(start_response: "StartResponse") -> "StartResponse":
    """Ends the connection with this reply: what else comes on it is the rest of a body."""

    def closing(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        return start_response(status, [*headers, ("Connection", "close")], exc_info)

    return closing


def _refuse(
    start_response: "StartResponse", status: int, error: str, message: str
) -> Iterable[bytes]:
    return answer_json(start_response, status, {"error": error, "message": message})


def answer_json(start_response: "StartResponse", status: int, document: Any) -> Iterable[bytes]:
    """A whole reply in JSON."""
    body = json.dumps(document).encode()
    return answer_bytes(start_response, status, body, "application/json")


def answer_bytes(
    start_response: "StartResponse",
    status: int,
    body: bytes,
    content_type: str,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Iterable[bytes]:
    """A whole reply."""
    told = {"Content-Type": content_type, "Content-Length": str(len(body)), **headers}
    start_response(f"{status} {reason(status)}", list(told.items()))
    return [body]
