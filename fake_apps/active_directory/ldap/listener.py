"""LDAP on a TCP port: a thread for each connection, over TLS from the start or on request."""

import logging
import selectors
import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from ssl import SSLContext
from threading import Lock, Thread

from ...core.app import FakeApp
from .session import Session

BACKLOG = 128
IDLE_S = 900  # MaxConnIdleTime
FIRST_S = 120  # InitRecvTimeout: how long somebody may connect and say nothing
LINGER_S, LINGER_PIECES = 2, 256  # what is still read on a connection that is given up
_PIECE = 65_536
_OTHER = 80

_log = logging.getLogger("fake_apps")


class Listener:
    """Serves one tenant's directory. `listen`, then `serve` in a thread, then `stop` from another.

    With `tls` a connection may ask for it (StartTLS) or, `from_start`, begins with it (LDAPS).
    """

    def __init__(
        self, app: FakeApp, tls: SSLContext | None = None, *, from_start: bool = False
    ) -> None:
        assert tls or not from_start, "LDAPS needs a certificate"
        self._app = app
        self._tls = tls
        self._from_start = from_start
        self._gate: _Gate | None = None
        self._open: dict[_Line, Thread] = {}
        self._lock = Lock()

    @property
    def scheme(self) -> str:
        return "ldaps" if self._from_start else "ldap"

    def listen(self, host: str, port: int) -> int:
        """Take the port, which it answers (0 takes a free one). OSError where it cannot be had."""
        self._gate = _Gate(host, port)
        return self._gate.port

    def serve(self) -> None:
        """Take connections until `stop`."""
        assert self._gate, "listen first"
        self._gate.take(self._begin)

    def stop(self) -> None:
        """Take no more connections and end those there are, after the request each is doing."""
        if self._gate:
            self._gate.close()
        with self._lock:
            left = dict(self._open)
        for line in left:
            line.hang_up()
        for thread in left.values():
            thread.join()

    # --- one connection ----------------------------------------------------------------------

    def _begin(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line = _Line(connection)
        thread = Thread(target=self._converse, args=(line,), daemon=True)
        with self._lock:
            self._open[line] = thread
        thread.start()

    def _converse(self, line: "_Line") -> None:
        """All of one connection. Nothing that goes wrong on it concerns another."""
        session = Session(
            self._app, is_secure=self._from_start, can_be_secured=self._tls is not None
        )
        try:
            self._carry(line, session)
        except OSError:
            pass  # the client is gone, or was silent for too long
        except Exception:
            _log.exception("an LDAP connection ended by a mistake of ours")
            with suppress(OSError):
                line.send([session.break_off(_OTHER)])
        finally:
            line.close()
            with self._lock:
                self._open.pop(line, None)

    def _carry(self, line: "_Line", session: Session) -> None:
        if self._from_start:
            line.secure(self._tls)
        while session.is_open:
            octets = line.receive()
            line.send(session.receive(octets) if octets else session.end())
            if session.wants_tls:
                line.secure(self._tls)
                line.send(session.secured())


class _Gate:
    """A listening socket. `take` ends, and has ended, when `close` comes back in another thread."""

    def __init__(self, host: str, port: int) -> None:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        self._socket = socket.create_server((host, port), family=family, backlog=BACKLOG)
        self._socket.settimeout(0)
        self._wake, self._woken = socket.socketpair()
        self._taking = Lock()
        self._is_closed = False
        self.port = int(self._socket.getsockname()[1])

    def take(self, begin: Callable[[socket.socket], None]) -> None:
        """Hand every connection on until the gate is closed."""
        with self._taking, selectors.DefaultSelector() as either:
            if self._is_closed:
                return
            either.register(self._socket, selectors.EVENT_READ)
            either.register(self._woken, selectors.EVENT_READ)
            while all(key.fileobj is not self._woken for key, _ in either.select()):
                with suppress(OSError):  # a client that has gone again is none
                    begin(self._socket.accept()[0])

    def close(self) -> None:
        self._is_closed = True
        self._wake.send(b"!")
        with self._taking:
            for each in (self._socket, self._wake, self._woken):
                each.close()


class _Line:
    """A connected socket, in clear and then perhaps in TLS."""

    def __init__(self, connection: socket.socket) -> None:
        connection.settimeout(FIRST_S)
        self._socket = connection

    def secure(self, tls: SSLContext | None) -> None:
        assert tls, "asked before"
        self._socket = tls.wrap_socket(self._socket, server_side=True)

    def receive(self) -> bytes:
        octets = self._socket.recv(_PIECE)
        self._socket.settimeout(IDLE_S)
        return octets

    def send(self, pieces: Iterable[bytes]) -> None:
        for piece in pieces:
            self._socket.sendall(piece)

    def hang_up(self) -> None:
        """From another thread: whoever waits for octets here is told that there are no more."""
        with suppress(OSError):
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)  # below TLS, if there is any

    def close(self) -> None:
        """Let go. Were there octets that nobody read, the last reply would be lost with them."""
        with suppress(OSError):
            socket.socket.shutdown(self._socket, socket.SHUT_WR)
            self._socket.settimeout(LINGER_S)
            for _ in range(LINGER_PIECES):
                if not socket.socket.recv(self._socket, _PIECE):
                    break
        self._socket.close()
