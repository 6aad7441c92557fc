"""The catalogue's way to the directory through the LDAP agent, all in one thread and process.

The fake's own agent face gives way to ours: its token, faults, ledger and latency are in front as
ever, and behind it ldap3 talks to a session of the listener over octets that are handed across.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary

import ldap3
from flask import Blueprint, Response, request

from fake_apps.active_directory import APP
from fake_apps.active_directory.ldap.session import Session
from fake_apps.active_directory.worker import without_passwords
from fake_apps.core.app import ENVIRON_CALL, ENVIRON_TAKES, AppSpec, FakeApp, current
from fake_apps.core.clock import Clock
from harness.ldap_agent.dialling import connection
from harness.ldap_agent.face import Face
from harness.ldap_agent.speaking import Agent


class Wire:
    """What ldap3 takes for a socket: octets go straight into a session, its replies come back."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._replies = bytearray()

    def sendall(self, octets: bytes) -> None:
        for piece in self.session.receive(octets):
            self._replies += piece

    def recv(self, size: int) -> bytes:
        piece = bytes(self._replies[:size])
        del self._replies[:size]
        return piece

    def shutdown(self, _how: int) -> None:
        self.session.is_open = False

    def close(self) -> None:
        self.session.is_open = False


class InProcess:
    """A dialler that reaches one tenant's directory without a network."""

    def __init__(self, app: FakeApp) -> None:
        self._app = app

    def dial(self, user: str, password: str) -> ldap3.Connection:
        made = connection(ldap3.Server("127.0.0.1", get_info=ldap3.NONE), user, password)
        wire = Wire(Session(self._app, is_secure=True))

        def attach(*_: Any, **__: Any) -> None:
            made.socket, made.closed = wire, False

        made.strategy._open_socket = attach
        made.open(read_server_info=False)
        return made

    def has_ended(self, made: ldap3.Connection) -> bool:
        return made.closed or not made.socket.session.is_open


class Owing:
    """A clock that stands while an action runs; what sleeps on it is owed to whoever called."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.owed_s = 0.0

    def now(self) -> float:
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        self.owed_s += seconds


@contextmanager
def owing(app: FakeApp) -> Iterator[Owing]:
    """Calls over LDAP take no time of their own: the call that carries them has that already."""
    clock, latency_s = app.clock, app.latency_s
    owed = Owing(clock)
    app.clock, app.latency_s = owed, 0.0
    try:
        yield owed
    finally:
        app.clock, app.latency_s = clock, latency_s


def spec() -> AppSpec:
    """Active Directory whose agent is ours."""
    agents: WeakKeyDictionary[FakeApp, Agent] = WeakKeyDictionary()
    blueprint = Blueprint(APP.name, __name__)

    def face(app: FakeApp) -> Face:
        if app not in agents:
            given = app.admin.credentials()
            agents[app] = Agent(InProcess(app), given["user"], given["password"])
        return Face(agents[app], app.state.token)

    def answer() -> Response:
        app, opened = current(), request.environ[ENVIRON_CALL]
        opened.request = without_passwords(opened.request)
        with owing(app) as owed:
            told = Response.force_type(face(app), request.environ)  # type: ignore[arg-type]
        request.environ[ENVIRON_TAKES] = owed.owed_s
        return told

    blueprint.post("/agent/v1/actions", endpoint="actions")(answer)
    blueprint.get("/agent/v1/status", endpoint="status")(answer)
    return replace(APP, blueprint=blueprint)


def routed(load: Callable[[str], AppSpec], ours: AppSpec) -> Callable[[str], AppSpec]:
    """What loads the kinds of app, with this one in the place of Active Directory."""
    return lambda kind: ours if kind == ours.name else load(kind)
