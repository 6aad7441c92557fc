"""Two engine processes on one server: the one at work is stopped with a call on its way, and wakes.

A gate between it and the app holds the call back until the other engine has long done the work.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest
import requests
import sqlalchemy as sa
from werkzeug import Request, Response
from werkzeug.serving import make_server

from tests.durability.killing import APP, Admin, Process, target_groups, until
from tests.engine.office import login

FIRST = "first"
PATIENCE_S = 60
# What the server does to connections that were silent for their lease: those that hold a lock.
END_SILENT = sa.text(
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = :name "
    "AND pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted)"
)


class Gate:
    """Passes on to `there` what it is asked; once shut, a change of a group has to wait."""

    def __init__(self, there: str) -> None:
        self._there = there
        self._is_shut, self._may_go = Event(), Event()
        self.is_held = Event()
        self._server = make_server("127.0.0.1", 0, self._answer)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def open(self) -> Iterator["Gate"]:
        thread = Thread(target=self._server.serve_forever)
        thread.start()
        try:
            yield self
        finally:
            self.let_go()
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def shut(self) -> None:
        self._is_shut.set()

    def let_go(self) -> None:
        self._may_go.set()

    @Request.application
    def _answer(self, asked: Request) -> Response:
        if self._is_shut.is_set() and asked.method == "PATCH" and "/Groups/" in asked.path:
            self.is_held.set()
            self._may_go.wait(PATIENCE_S)
        reply = requests.request(
            asked.method,
            f"{self._there}{asked.full_path}",
            data=asked.get_data(),
            headers={k: v for k, v in asked.headers if k not in ("Host", "Content-Length")},
            timeout=60,
        )
        kind = reply.headers.get("Content-Type")
        return Response(reply.content, reply.status_code, content_type=kind)


class Pair:
    """Two engine processes that share an org whose group has ana in it; the first has the app."""

    def __init__(self, folder: Path, url: str) -> None:
        self._url = url
        self._targets = folder / "targets.json"
        self.fakes = Process(folder, "fakes", APP)
        self.first = self._engine(folder, FIRST, self._targets)
        self.second = self._engine(folder, "second", self.fakes.ready)
        self.admin = Admin(self.first, 0, 7)

    def _engine(self, folder: Path, name: str, targets: Path) -> Process:
        database = f"{self._url}&application_name={name}"
        return Process(folder, name, "okta", "--targets", targets, "--database", database)

    @contextmanager
    def open(self) -> Iterator[Gate]:
        with ExitStack() as stack:
            self._start(self.fakes, stack)
            gate = stack.enter_context(Gate(self.fakes.told[APP]["base_url"]).open())
            told = {APP: {**self.fakes.told[APP], "base_url": gate.url}}
            self._targets.write_text(json.dumps({"apps": told}), "utf-8")
            self._start(self.first, stack)
            users = self.admin.hire(["ana", "ben", "cy", "dee"])
            self.until_idle()
            self.admin.prepare(users)
            self.admin.move(login("ana"), wanted=True)
            self.until_there("ana")
            self._start(self.second, stack)  # it comes later: the app is the first one's
            self.admin.turn_to(self.second)
            yield gate

    def _start(self, process: Process, stack: ExitStack) -> None:
        process.start()
        stack.callback(process.kill)
        process.wait()

    def end_silent_connections(self) -> None:
        """Those of the first engine that had a lease."""
        engine = sa.create_engine(self._url)
        with engine.connect() as connection:
            connection.execute(END_SILENT, {"name": FIRST})
        engine.dispose()

    def until_idle(self) -> None:
        """There is no work left, as far as anybody knows who is awake."""
        until(self._is_idle, PATIENCE_S, lambda: "there is work left")

    def _is_idle(self) -> bool:
        return self.admin.call("GET", "/_pushproof/v1/work")["nextDue"] is None

    def until_there(self, *names: str) -> None:
        """The app has these members in the group."""
        wanted = {self.admin.name: [[login(name) for name in names]]}
        until(lambda: self._there() == wanted, PATIENCE_S, lambda: f"{self._there()}")

    def _there(self) -> dict[str, list[list[str]]]:
        return target_groups(self.fakes)


@pytest.fixture
def pair(tmp_path, databases):
    return Pair(tmp_path, databases.url())


def test_what_an_engine_does_too_late_is_put_right_when_it_wakes(pair):
    with pair.open() as gate:
        gate.shut()
        pair.admin.move(login("ben"), wanted=True)
        until(gate.is_held.is_set, PATIENCE_S, lambda: "the first engine has sent nothing")
        pair.first.pause()
        pair.end_silent_connections()  # before anybody else writes: one may be the writer's

        pair.admin.move(login("ben"), wanted=False)
        pair.admin.move(login("cy"), wanted=True)
        pair.until_there("ana", "cy")
        pair.until_idle()
        gate.let_go()
        pair.until_there("ana", "ben", "cy")
        pair.first.wake()
        pair.until_there("ana", "cy")
        pair.until_idle()

        assert "was taken over during a call" in pair.first.log
        assert "was taken over" not in pair.second.log
        pair.second.kill()
        pair.admin.turn_to(pair.first)
        pair.admin.move(login("dee"), wanted=True)
        pair.until_there("ana", "cy", "dee")
