"""Fake apps on real ports: a production WSGI server (cheroot) each, all started together.

Cheroot keeps connections open through replies without a body, where others close them after each
204. Its threads answer one request each; a tenant's lock is held only inside `FakeApp.answer`.
"""

import logging
import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from cheroot import wsgi

from .app import FakeApp
from .chance import Chance
from .control import Control
from .door import Door
from .edge import CONTROL_ROOT, LOOPBACK, WILDCARDS, Edge, Hosts, bare_host, in_address
from .tls import ThrowAwayCa

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

THREADS = 16  # for each app; a slow fault and a caller that says nothing keep one busy
IDLE_S = 20  # until a silent connection is closed
STOP_S = 5  # for the requests that are being answered when the server is to stop
BACKLOG = 128
LARGEST_BODY = 64 * 1024 * 1024  # above it not even a vendor's own refusal is answered
LARGEST_HEAD = 128 * 1024
LAST_PORT = 65_535
SCHEMA = 1

_log = logging.getLogger("fake_apps")


class CannotListen(Exception):
    """An address that cannot be listened on. One line: which, why, what instead."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where to listen: apps take `port`, `port` + 1, ... in turn, 0 stands for free ones.

    After all apps come the doors of those that speak another protocol beside HTTP.
    `allow_hosts` are names beyond the loopback ones under which clients may call.
    """

    host: str = "127.0.0.1"
    port: int = 0
    tls: bool = False
    allow_hosts: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All names the server answers to; the first of `called` is the one to call it by."""
        return tuple(dict.fromkeys((*self.called, *LOOPBACK)))

    @property
    def called(self) -> tuple[str, ...]:
        own = bare_host(self.host)
        allowed = tuple(map(bare_host, self.allow_hosts))
        if own in WILDCARDS:
            return (*allowed, "::1" if own == "::" else "127.0.0.1")
        return (own, *allowed)


@dataclass(frozen=True)
class Address:
    """Where one served app is found. `control_token` opens the control routes.

    `doors` are the URLs for protocols beside HTTP, by the names that a connection has for them.
    """

    base_url: str
    control_url: str
    control_token: str = field(repr=False)
    doors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Guest:
    """An application on a port of its own beside the fakes: none of them, so nobody controls it.

    `tell` makes of its base URL what a client has to know besides.
    """

    app: "WSGIApplication"
    tell: Callable[[str], Mapping[str, Any]]
    largest_body: int


class Server:
    """Serves fakes of different kinds. Use it as a context manager, or `start` and `stop` it.

    >>> with Server([load("box").create()]) as server:
    ...     server.addresses["box"].base_url

    With a `seed` the control tokens are a function of it; without one, of the system's chance.
    """

    def __init__(
        self,
        fakes: Sequence[FakeApp],
        place: Place | None = None,
        *,
        seed: int | None = None,
        guests: Mapping[str, Guest] | None = None,
    ) -> None:
        self.fakes: Mapping[str, FakeApp] = {fake.name: fake for fake in fakes}
        self.guests: Mapping[str, Guest] = guests or {}
        assert len(self.fakes) == len(fakes), "one app of a kind"
        self.place = place or Place()
        self.addresses: Mapping[str, Address] = {}
        self._seed = seed
        self._ca: ThrowAwayCa | None = None
        self._listeners: list[_Listener] = []
        self._doors: list[Door] = []
        self._threads: list[Thread] = []

    def start(self) -> None:
        """Listen; connections are taken from now on. CannotListen where a port cannot be had."""
        assert not self._listeners, "a server is started once"
        hosts = Hosts(self.place.names)
        if self.place.tls:
            self._ca = ThrowAwayCa(hosts.names)
        try:
            doors = {name: self._doors_of(fake) for name, fake in self.fakes.items()}
            served = len(self.fakes) + len(self.guests)
            ports = self._ports(served + sum(map(len, doors.values())))
            found = {
                name: self._listen(fake, hosts, next(ports)) for name, fake in self.fakes.items()
            }
            for name, guest in self.guests.items():
                edge = Edge(guest.app, None, hosts, largest=guest.largest_body)
                found[name] = Address(self._bind(edge, next(ports)), "", "")
                doors[name] = {}
            self.addresses = {
                name: replace(address, doors=self._open(doors[name], ports))
                for name, address in found.items()
            }
        except BaseException:
            self.stop()
            raise
        for listener in self._open_ones:
            self._run(listener.serve)

    def stop(self) -> None:
        """Finish the requests that are being answered, take no more, and let go of the ports."""
        for fake in self.fakes.values():
            wake = getattr(fake.clock, "wake", None)
            if wake:
                wake()
        stopping = [Thread(target=listener.stop) for listener in self._open_ones]
        for thread in stopping:
            thread.start()
        for thread in (*stopping, *self._threads):
            thread.join()
        self._listeners, self._doors, self._threads = [], [], []
        if self._ca:
            self._ca.forget()
            self._ca = None

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def ca_file(self) -> Path | None:
        """What a client has to trust, where it is served over TLS."""
        return self._ca.file if self._ca else None

    def ready(self) -> dict[str, Any]:
        """The document of `--ready`: all a client needs to know."""
        return {
            "schema": SCHEMA,
            "pid": os.getpid(),
            "ca_file": str(self.ca_file) if self.ca_file else None,
            "apps": {name: self.connection(name) for name in (*self.fakes, *self.guests)},
        }

    def connection(self, name: str) -> dict[str, Any]:
        """How clients get to one app and into it."""
        address = self.addresses[name]
        if name in self.guests:
            return {"base_url": address.base_url, **self.guests[name].tell(address.base_url)}
        fake = self.fakes[name]
        with fake.lock:
            told = fake.spec.connect(fake.admin.credentials(), address.base_url)
        credentials = told.pop("credentials")
        return {
            "base_url": address.base_url,
            **told,
            **address.doors,
            "control_url": address.control_url,
            "control_token": address.control_token,
            "credentials": credentials,
        }

    # --- small print -------------------------------------------------------------------------

    @property
    def _open_ones(self) -> Sequence[Any]:
        """All that listens, each with `serve` and `stop`."""
        return (*self._listeners, *self._doors)

    def _ports(self, count: int) -> Iterator[int]:
        """For so many listeners: those for HTTP come first, so that doors shift none of them."""
        first = self.place.port
        ports = [first + at if first else 0 for at in range(count)]
        if ports and not 0 <= ports[-1] <= LAST_PORT:
            raise CannotListen(f"there is no port {ports[-1]}: give a lower one, or 0")
        return iter(ports)

    def _doors_of(self, fake: FakeApp) -> Mapping[str, Door]:
        tls = self._ca.context if self._ca else None
        return fake.spec.doors(fake, tls) if fake.spec.doors else {}

    def _open(self, doors: Mapping[str, Door], ports: Iterator[int]) -> dict[str, str]:
        """The URL of each door, which is listened at from now on."""
        host, found = bare_host(self.place.host), {}
        for name, door in doors.items():
            port = next(ports)
            self._doors.append(door)
            try:
                port = door.listen(host, port)
            except OSError as fault:
                raise _cannot_listen(host, port, fault.strerror or str(fault)) from fault
            found[name] = f"{door.scheme}://{in_address(self.place.called[0])}:{port}"
        return found

    def _listen(self, fake: FakeApp, hosts: Hosts, port: int) -> Address:
        token = self._token(fake.name)
        fake.operations()  # builds what the first request would have to wait for
        edge = Edge(fake, Control(fake, token), hosts, largest=fake.spec.max_body_bytes)
        base = self._bind(edge, port)
        return Address(base, f"{base}{CONTROL_ROOT}", token)

    def _bind(self, edge: Edge, port: int) -> str:
        """Listen for an application; answers its base URL."""
        listener = _Listener((bare_host(self.place.host), port), edge)
        if self._ca:
            listener.ssl_adapter = self._ca.adapter
        listener.listen()
        self._listeners.append(listener)
        scheme = "https" if self._ca else "http"
        return f"{scheme}://{in_address(self.place.called[0])}:{listener.bind_addr[1]}"

    def _token(self, name: str) -> str:
        if self._seed is None:
            return secrets.token_urlsafe(32)
        return Chance(self._seed, f"control/{name}").text(43)

    def _run(self, work: Any) -> None:
        thread = Thread(target=work, daemon=True)
        thread.start()
        self._threads.append(thread)


def _cannot_listen(host: str, port: int, why: str) -> CannotListen:
    instead = "give another --port (0 takes free ones) or --host"
    return CannotListen(f"cannot listen on port {port} of {host}: {why}; {instead}")


class _Listener(wsgi.Server):
    """One port. Our own limits, and no word on the console but for what should not happen."""

    keep_alive_conn_limit = 10_000  # by default ten: the eleventh is closed after each reply
    max_request_body_size = LARGEST_BODY
    expiration_interval = 0.1  # how soon it notices that it is to stop
    max_request_header_size = LARGEST_HEAD

    def __init__(self, address: tuple[str, int], app: Edge) -> None:
        super().__init__(
            address,
            app,
            numthreads=THREADS,
            server_name="pushproof",
            request_queue_size=BACKLOG,
            timeout=IDLE_S,
            shutdown_timeout=STOP_S,
        )
        self._why = ""

    def listen(self) -> None:
        host, port = self.bind_addr
        try:
            self.prepare()
        except OSError as fault:
            raise _cannot_listen(host, port, self._why or str(fault)) from fault

    def bind(self, family: Any, type: Any, proto: int = 0) -> Any:  # noqa: A002 - cheroot's name
        try:
            return super().bind(family, type, proto)
        except OSError as fault:
            self._why = fault.strerror or str(fault)
            raise

    @staticmethod
    def bind_socket(socket_: Any, bind_addr: Any) -> Any:
        """As cheroot does it, which leaves a socket open that cannot be bound."""
        try:
            socket_.bind(bind_addr)
        except OSError:
            socket_.close()
            raise
        return socket_

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:  # noqa: FBT001, FBT002
        _log.log(level, "%s", msg, exc_info=traceback)
