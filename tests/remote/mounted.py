"""Engines behind Okta's API, mounted in this process or on ports, and the operator on them."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from requests.adapters import BaseAdapter
from werkzeug.test import Client as Browser

from harness.errors import Unusable
from harness.okta_api import Api
from harness.remote.client import Client
from harness.remote.console import PREFIX, Console
from harness.remote.log import Log
from harness.remote.names import Instance, Names
from harness.remote.operator import RestOperator
from harness.remote.settling import Patience, Seen, Settling
from harness.served import ServePlan, Server, serving
from tests.okta_api.desk import TOKEN, Desk

URL = "http://org.example"
IMPATIENT = Patience(timeout_s=3.0, quiet_s=0.2, patience_s=0.3)


class Mount(BaseAdapter):
    """Answers a session's requests by a WSGI application."""

    def __init__(self, app: Any) -> None:
        super().__init__()
        self._browser = Browser(app)

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        told = self._browser.open(
            request.path_url,
            method=request.method,
            base_url=URL,
            headers=dict(request.headers),
            data=request.body or b"",
            environ_overrides=_length(request),
        )
        reply = requests.Response()
        reply.status_code, reply.url, reply.request = told.status_code, request.url, request
        reply.headers.update({"Link": ", ".join(told.headers.getlist("Link"))})
        reply.headers.update({n: v for n, v in told.headers.items() if n != "Link"})
        reply.raw, reply.encoding = io.BytesIO(told.data), "utf-8"
        return reply

    def close(self) -> None:
        """Nothing is held."""


def _length(request: requests.PreparedRequest) -> dict[str, str]:
    """What the server would know of the body; the test client leaves an empty one out."""
    length = request.headers.get("Content-Length")
    return {"CONTENT_LENGTH": length} if length is not None else {}


class StillClock:
    """The clock of a world, which only the test moves."""

    is_virtual = True

    def __init__(self, desk: Desk) -> None:
        self._clock = desk.world.clock

    def now(self) -> float:
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        self._clock.advance(seconds)

    def go_to(self, moment: float) -> None:
        self._clock.advance(max(moment - self.now(), 0.0))


class Remote:
    """A desk, and an operator that reaches it by its API alone."""

    def __init__(self, *kinds: str, without_console: bool = False) -> None:
        self.desk = Desk(*kinds)
        service = self.desk.service
        service.wake = lambda: None if service.is_held else self.desk.operator.run()
        app: Any = Api(service)
        self.session = requests.Session()
        self.session.mount(URL, Mount(bare(app) if without_console else app))
        client = Client(URL, TOKEN, session=self.session)
        self.names = Names(client)
        for kind in kinds:
            self.names.instances[kind] = Instance(kind, kind, self.desk.app(kind), kind)
        console = Console(client)
        self.settling = Settling(client, console, StillClock(self.desk), self._look, IMPATIENT)
        self.operator = RestOperator(self.names, console, self.settling, Log(client))

    def _look(self) -> Seen:
        calls = [target.last_call() for target in self.desk.world.targets.values()]
        waits = [one.job for kind in self.names.instances for one in self.operator.mappings(kind)]
        return Seen(tuple(calls), any(waits))


def bare(app: Any) -> Callable[..., Any]:
    """The same without what is ours: an engine of somebody else's."""

    def serve(environ: dict[str, Any], start_response: Any) -> Any:
        if environ["PATH_INFO"].startswith(PREFIX):
            environ["PATH_INFO"] = "/api/v1/nothing-of-the-kind"
        return app(environ, start_response)

    return serve


@contextmanager
def served(folder: Path, *kinds: str, is_virtual: bool = True) -> Iterator[tuple[str, str, Path]]:
    """An org and fakes on real ports: URL and token of the engine, and the file of --ready."""

    def tell(kind: str, unfit: Any) -> Unusable:
        return Unusable(f"{kind}: {unfit}")

    plan = ServePlan(kinds=("okta", *kinds), is_virtual=is_virtual, api_limits=0.0)
    with serving(plan, tell) as server:
        okta = server.connection("okta")
        yield okta["base_url"], okta["credentials"]["token"], write_ready(folder, server)


def write_ready(folder: Path, server: Server) -> Path:
    """The file of --ready."""
    ready = folder / "ready.json"
    ready.write_text(json.dumps(server.ready()))
    return ready
