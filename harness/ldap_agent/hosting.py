"""The agent on a port of this machine: opened, checked against the directory, and served."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from cheroot import wsgi

from ..errors import Unusable
from .dialling import Dialler
from .face import LARGEST_BODY, Face
from .speaking import SERVER_DOWN, TIMED_OUT, Agent

LOOPBACK = "127.0.0.1"
THREADS = 4
STOP_S = 5
_INVALID_CREDENTIALS, _STRONGER_AUTH = 49, 8


@contextmanager
def hosting(
    dialler: Dialler, *, user: str, password: str, token: str, where: str, port: int
) -> Iterator[str]:
    """The agent's base URL, while it is served. Unusable where directory or port cannot be had.

    `where` is what to call the directory by in an error.
    """
    agent = Agent(dialler, user, password)
    try:
        _check(agent, user, where)
        with _serving(Face(agent, token), port) as base_url:
            yield base_url
    finally:
        agent.leave()


@contextmanager
def _serving(face: Face, port: int) -> Iterator[str]:
    server = _Server((LOOPBACK, port), face, numthreads=THREADS, shutdown_timeout=STOP_S)
    try:
        server.prepare()
    except OSError as taken:
        raise Unusable(f"port {port} of {LOOPBACK} cannot be listened on: {taken}") from taken
    thread = Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.bind_addr[1]}"
    finally:
        server.stop()
        thread.join()


class _Server(wsgi.Server):
    """One port, with the body limit of the face, and quick to stop."""

    max_request_body_size = LARGEST_BODY + 1
    expiration_interval = 0.1

    @staticmethod
    def bind_socket(socket_: Any, bind_addr: Any) -> Any:
        """As cheroot does it, which leaves a socket open that cannot be bound."""
        try:
            socket_.bind(bind_addr)
        except OSError:
            socket_.close()
            raise
        return socket_


def _check(agent: Agent, user: str, where: str) -> None:
    """A directory that does not take us is told at once, in one line."""
    told = agent.bind()
    code, message = told["resultCode"], told["errorMessage"]
    if not code:
        return
    if code in (SERVER_DOWN, TIMED_OUT):
        raise Unusable(f"{where} cannot be reached: {message}")
    if code == _INVALID_CREDENTIALS:
        raise Unusable(f"{where} does not take {user} with that password: {message}")
    advice = "; use ldaps:// or --start-tls" if code == _STRONGER_AUTH else ""
    raise Unusable(f"{where} refuses {user}: {told['resultName']} ({code}) {message}{advice}")
