"""(e) Served on a port: the fake Microsoft 365 against bare Flask, each on a server alike.

For each call `bare / ours`, the median of interleaved rounds in seconds of the clock on the wall:
both are processes of their own, asked over one kept connection each by the same least client. The
bare one is a Flask app on the same WSGI server with the same settings, whose routes parse the JSON
and answer what ours has answered to the same call: the same status, the same bytes of JSON, made by
`json.dumps` at each call. Limits are off; tokens, quirks, undo and ledger are on.

Beside it: from starting `pushproof serve` until all apps have been asked once and answered, the
resident memory of that process, eight clients against one, and moto's server (IAM, add a user to a
group, memory) where the extra `bench` brings it.
"""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from socket import IPPROTO_TCP, TCP_NODELAY, create_connection
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, request

from fake_apps.core.serve import Place, _Listener
from tests.benchmarks.rounds import Round, interleaved, median_of
from tests.benchmarks.table import Figure

CALLS = 30  # of each kind in a round
STARTS = 5
AT_ONCE = 8
LISTED = 100
WAIT_S = 60.0
NAMES = ("create user", "create group", "add member", "list 100")
LENGTH = re.compile(rb"(?i)\r\ncontent-length: (\d+)")
FORM = "application/x-www-form-urlencoded"


class Line:
    """One kept connection, and the least that asks over it: what clients cost is not measured."""

    def __init__(self, base_url: str, headers: Mapping[str, str]) -> None:
        parts = urlsplit(base_url)
        self._socket = create_connection((parts.hostname, parts.port), timeout=WAIT_S)
        self._socket.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
        told = {"Host": parts.netloc, **headers}
        self._headers = "".join(f"{name}: {value}\r\n" for name, value in told.items())

    def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        head = f"{method} {path} HTTP/1.1\r\n{self._headers}{length}\r\n"
        self._socket.sendall(head.encode() + body)
        return self._reply()

    def _reply(self) -> tuple[int, bytes]:
        got = b""
        while b"\r\n\r\n" not in got:
            got += self._more()
        head, _, body = got.partition(b"\r\n\r\n")
        found = LENGTH.search(head)
        length = int(found[1]) if found else 0
        while len(body) < length:
            body += self._more()
        return int(head[9:12]), body

    def _more(self) -> bytes:
        piece = self._socket.recv(65_536)
        assert piece, "the server has closed the connection"
        return piece

    def close(self) -> None:
        self._socket.close()


@dataclass
class Story:
    """The four calls, new names in each round, against one base URL."""

    line: Line
    people: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    def prepare(self) -> None:
        """People to add and to list."""
        for _ in range(LISTED):
            self.people.append(json.loads(self.create_user()[1])["id"])

    def create_user(self) -> tuple[int, bytes]:
        name = f"p{next(self.numbers)}"
        body = {
            "accountEnabled": True,
            "displayName": name,
            "mailNickname": name,
            "userPrincipalName": f"{name}@example.test",
            "passwordProfile": {"password": "Pa55-word.of.length"},
        }
        return self.line.ask("POST", "/v1.0/users", json.dumps(body).encode())

    def create_group(self) -> tuple[int, bytes]:
        name = f"g{next(self.numbers)}"
        body = {"displayName": name, "mailNickname": name}
        body |= {"mailEnabled": False, "securityEnabled": True}
        return self.line.ask("POST", "/v1.0/groups", json.dumps(body).encode())

    def add_member(self, group: str, person: str) -> tuple[int, bytes]:
        link = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{person}"}
        path = f"/v1.0/groups/{group}/members/$ref"
        return self.line.ask("POST", path, json.dumps(link).encode())

    def list_users(self) -> tuple[int, bytes]:
        return self.line.ask("GET", f"/v1.0/users?$top={LISTED}")

    def samples(self) -> dict[str, Callable[[], float]]:
        """Seconds per call of each kind."""
        return {
            "create user": lambda: _per_call(self.create_user, 201),
            "create group": lambda: _per_call(self.create_group, 201),
            "add member": self._adding,
            "list 100": lambda: _per_call(self.list_users, 200),
        }

    def _adding(self) -> float:
        group = json.loads(self.create_group()[1])["id"]
        people = iter(self.people)
        return _per_call(lambda: self.add_member(group, next(people)), 204)

    def examples(self) -> dict[str, tuple[int, str]]:
        """One reply to each kind of call."""
        group = json.loads(self.create_group()[1])["id"]
        replies = (
            self.create_user(),
            self.create_group(),
            self.add_member(group, self.people[0]),
            self.list_users(),
        )
        return {n: (s, b.decode()) for n, (s, b) in zip(NAMES, replies, strict=True)}


def _per_call(call: Callable[[], tuple[int, bytes]], status: int) -> float:
    call()
    began = time.perf_counter()
    statuses = [call()[0] for _ in range(CALLS)]
    taken = time.perf_counter() - began
    assert statuses == [status] * CALLS, statuses
    return taken / CALLS


# --- the processes ---------------------------------------------------------------------------


@contextmanager
def _process(*words: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.communicate()


@contextmanager
def served(*words: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """`pushproof serve`: its process id, and what it tells when it is ready."""
    with TemporaryDirectory() as folder:
        ready = Path(folder) / "ready.json"
        with _process("-m", "harness", "serve", *words, "--ready", str(ready)) as process:
            _wait_for(ready)
            yield process.pid, json.loads(ready.read_text("utf-8"))


def _wait_for(file: Path) -> None:
    until = time.perf_counter() + WAIT_S
    while not file.exists():
        assert time.perf_counter() < until, "the server does not come up"
        time.sleep(0.002)


def _entered(told: Mapping[str, Any]) -> Line:
    """A line to Microsoft 365 with a token."""
    access = told["credentials"]
    form = {
        "grant_type": "client_credentials",
        "client_id": access["client_id"],
        "client_secret": access["client_secret"],
        "scope": "https://graph.microsoft.com/.default",
    }
    with closing(Line(told["base_url"], {"Content-Type": FORM})) as asking:
        path = f"/{access['tenant']}/oauth2/v2.0/token"
        status, body = asking.ask("POST", path, urlencode(form).encode())
    assert status == 200, body
    token = json.loads(body)["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return Line(told["base_url"], headers)


PEAK = "VmHWM"


def memory_mb(process_id: int, what: str = "VmRSS") -> float | None:
    """Resident memory, or its PEAK; None where the system does not tell it as Linux does."""
    status = Path(f"/proc/{process_id}/status")
    if not status.exists():
        return None
    lines = status.read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what)) / 1024


# --- bare Flask, run in a process of its own ---------------------------------------------------


def bare_app(examples: Mapping[str, tuple[int, str]]) -> Flask:
    """The least that answers the four calls with the same JSON."""
    app = Flask("bare", static_folder=None)
    documents = {name: json.loads(text) if text else None for name, (_, text) in examples.items()}

    def answer(name: str) -> Response:
        document = documents[name]
        text = "" if document is None else json.dumps(document, separators=(",", ":"))
        return Response(text, examples[name][0], content_type="application/json")

    @app.post("/v1.0/users")
    def create_user() -> Response:
        assert request.get_json()["userPrincipalName"]
        return answer("create user")

    @app.post("/v1.0/groups")
    def create_group() -> Response:
        assert request.get_json()["displayName"]
        return answer("create group")

    @app.post("/v1.0/groups/<group_id>/members/$ref")
    def add_member(group_id: str) -> Response:
        assert group_id
        assert request.get_json()["@odata.id"]
        return answer("add member")

    @app.get("/v1.0/users")
    def list_users() -> Response:
        assert request.args["$top"]
        return answer("list 100")

    return app


def serve_bare(examples: Mapping[str, tuple[int, str]]) -> None:
    listener = _Listener((Place().host, 0), bare_app(examples))  # type: ignore[arg-type]
    listener.listen()
    print(f"http://127.0.0.1:{listener.bind_addr[1]}", flush=True)
    listener.serve()


# --- moto's server ---------------------------------------------------------------------------


def moto_is_installed() -> bool:
    return all(find_spec(name) is not None for name in ("moto", "flask_cors"))


@contextmanager
def _moto() -> Iterator[tuple[int, str]]:
    """Moto's own server: its process id and address."""
    words = (sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", "0")
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            told = next(line for line in process.stderr if "Running on http" in line)
            yield process.pid, told.split()[-1]
        finally:
            process.terminate()
            process.communicate()


def _iam(base_url: str, action: str, **more: str) -> tuple[int, bytes]:
    """One call; the server closes the connection after each."""
    scope = "Credential=testing/20260101/us-east-1/iam/aws4_request"
    signed = f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0"
    headers = {"Content-Type": FORM, "Authorization": signed}
    form = {"Action": action, "Version": "2010-05-08", **more}
    with closing(Line(base_url, headers)) as line:
        return line.ask("POST", "/", urlencode(form).encode())


def _beside_moto() -> Iterator[Figure]:
    if not moto_is_installed():
        yield Figure("(e) moto_server, IAM", "not measured: install the extra `bench`", "", None)
        return
    with _moto() as (process_id, base_url):
        assert _iam(base_url, "CreateGroup", GroupName="g")[0] == 200
        names = [f"p{number}" for number in range(CALLS + 1)]
        assert {_iam(base_url, "CreateUser", UserName=name)[0] for name in names} == {200}
        people = iter(names)
        taken = _per_call(
            lambda: _iam(base_url, "AddUserToGroup", GroupName="g", UserName=next(people)), 200
        )
        memory = memory_mb(process_id)
    yield Figure("(e) moto_server, add member (IAM)", f"{taken * 1e6:.0f} us", "", None)
    shown = "not measured here" if memory is None else f"{memory:.0f} MB"
    yield Figure("(e) memory of moto_server with IAM, idle", shown, "", None)


# --- figures ---------------------------------------------------------------------------------


def figures(rounds: int) -> list[Figure]:
    """All of (e)."""
    return [*_speed(rounds), *_start(), *_at_once(), *_beside_moto()]


def _speed(rounds: int) -> Iterator[Figure]:
    with ExitStack() as stack:
        _, ready = stack.enter_context(served("o365", "--limits", "off"))
        ours = Story(stack.enter_context(closing(_entered(ready["apps"]["o365"]))))
        ours.prepare()
        file = Path(stack.enter_context(TemporaryDirectory())) / "examples.json"
        file.write_text(json.dumps(ours.examples()), "utf-8")
        process = stack.enter_context(_process("-m", "tests.benchmarks.served", str(file)))
        assert process.stdout is not None
        line = Line(process.stdout.readline().strip(), {"Content-Type": "application/json"})
        bare = Story(stack.enter_context(closing(line)), list(ours.people))
        samples = {("ours", name): sample for name, sample in ours.samples().items()}
        samples |= {("bare", name): sample for name, sample in bare.samples().items()}
        taken = interleaved({"/".join(key): sample for key, sample in samples.items()}, rounds)
    for name in NAMES:
        yield _ratio(name, taken)


def _ratio(name: str, taken: list[Round]) -> Figure:
    ratio = median_of(taken, lambda one: one[f"bare/{name}"] / one[f"ours/{name}"])
    ours = median_of(taken, lambda one: one[f"ours/{name}"])
    what = f"(e) {name}: bare / ours ({ours * 1e6:.0f} us each)"
    return Figure(what, f"{ratio:.2f}", ">= 0.8", ratio >= 0.8)


def _start() -> list[Figure]:
    seconds, memory = zip(*(_one_start() for _ in range(STARTS)), strict=True)
    took = median(seconds)
    first = Figure("(e) cold start, all apps answering", f"{took:.2f} s", "<= 1.0 s", took <= 1.0)
    known = [one for one in memory if one is not None]
    shown = f"{median(known):.0f} MB" if known else "not measured here"
    return [first, Figure("(e) memory of all apps, idle", shown, "", None)]


def _one_start() -> tuple[float, float | None]:
    began = time.perf_counter()
    with served() as (process_id, ready):
        for told in ready["apps"].values():
            headers = {"Authorization": f"Bearer {told['control_token']}"}
            with closing(Line(told["base_url"], headers)) as line:
                assert line.ask("GET", "/_fake/state")[0] == 200
        with closing(_entered(ready["apps"]["o365"])) as line:
            assert line.ask("GET", "/v1.0/groups")[0] == 200
        return time.perf_counter() - began, memory_mb(process_id)


def _at_once() -> list[Figure]:
    """Calls a second of eight clients, over those of one; both fill an empty group."""
    with served("o365", "--limits", "off") as (_, ready):
        told = ready["apps"]["o365"]
        ratios = [_throughput(told, AT_ONCE) / _throughput(told, 1) for _ in range(STARTS)]
    ratio = median(ratios)
    return [Figure(f"(e) {AT_ONCE} clients / one", f"{ratio:.2f}", ">= 1.0", ratio >= 1.0)]


def _throughput(told: Mapping[str, Any], clients: int) -> float:
    """Calls a second: each client makes its own share of `AT_ONCE` times `CALLS` groups."""
    share = AT_ONCE * CALLS // clients
    with ExitStack() as stack:
        lines = [stack.enter_context(closing(_entered(told))) for _ in range(clients)]
        pool = stack.enter_context(ThreadPoolExecutor(clients))
        began = time.perf_counter()
        statuses = list(pool.map(lambda line: _groups(line, share), lines))
        taken = time.perf_counter() - began
    assert {status for own in statuses for status in own} == {201}
    return share * clients / taken


def _groups(line: Line, share: int) -> list[int]:
    story = Story(line)
    return [story.create_group()[0] for _ in range(share)]


if __name__ == "__main__":
    serve_bare(json.loads(Path(sys.argv[1]).read_text("utf-8")))
