"""(h) The Okta-compatible API, served from a file that is synced at each write, against bare Flask.

For each call `bare / ours`, the median of interleaved rounds in seconds of the clock on the wall,
as (e) has it: two processes on servers alike, asked over one kept connection each by the same least
client; the bare one answers the same bytes of JSON. Limits are off; tokens and transactions are on.

Beside it, in this process: the last page of a long list of groups against its first.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask, Response, request
from werkzeug.test import Client

from fake_apps.core.serve import Place, _Listener
from harness.okta_api import ROLES, Api, Service
from harness.world import build
from tests.benchmarks.rounds import Round, interleaved, median_of, seconds
from tests.benchmarks.served import Line, _per_call, _process, served
from tests.benchmarks.table import Figure

LISTED = 200
GROUPS = 10_000
TOKEN = "00benchmark"
READS = ("read group", "list 200 groups")
WRITES = ("create group", "add member")
JSON = {"Content-Type": "application/json"}


@dataclass
class Story:
    """The four calls against one base URL."""

    line: Line
    group: str = ""
    people: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    def prepare(self) -> None:
        """Groups to list, and people to add."""
        for _ in range(LISTED):
            self.group = json.loads(self.create_group()[1])["id"]
        for number in range(LISTED):
            login = f"p{number}@example.test"
            body = json.dumps({"profile": {"login": login, "email": login}}).encode()
            self.people.append(json.loads(self.line.ask("POST", "/api/v1/users", body)[1])["id"])

    def read_group(self) -> tuple[int, bytes]:
        return self.line.ask("GET", f"/api/v1/groups/{self.group}")

    def list_groups(self) -> tuple[int, bytes]:
        return self.line.ask("GET", f"/api/v1/groups?limit={LISTED}")

    def create_group(self) -> tuple[int, bytes]:
        body = {"profile": {"name": f"g{next(self.numbers)}", "description": ""}}
        return self.line.ask("POST", "/api/v1/groups", json.dumps(body).encode())

    def add_member(self) -> tuple[int, bytes]:
        person = self.people[next(self.numbers) % len(self.people)]
        path = f"/api/v1/groups/{self.group}/users/{person}"
        return self.line.ask("PUT", path, b"{}")

    def calls(self) -> dict[str, tuple[Callable[[], tuple[int, bytes]], int]]:
        """What is asked, and the status it is answered with."""
        return {
            "read group": (self.read_group, 200),
            "list 200 groups": (self.list_groups, 200),
            "create group": (self.create_group, 200),
            "add member": (self.add_member, 204),
        }

    def sample(self, name: str) -> Callable[[], float]:
        """Seconds per call of one kind."""
        call, status = self.calls()[name]
        return lambda: _per_call(call, status)

    def examples(self) -> dict[str, tuple[int, str]]:
        """One reply to each kind of call."""
        replies = {name: call() for name, (call, _) in self.calls().items()}
        return {name: (status, body.decode()) for name, (status, body) in replies.items()}


def bare_app(examples: Mapping[str, tuple[int, str]]) -> Flask:
    """The least that answers the four calls with the same JSON."""
    app = Flask("bare", static_folder=None)
    documents = {name: json.loads(text) if text else None for name, (_, text) in examples.items()}

    def answer(name: str) -> Response:
        document = documents[name]
        text = "" if document is None else json.dumps(document, separators=(",", ":"))
        return Response(text, examples[name][0], content_type="application/json")

    @app.get("/api/v1/groups/<group_id>")
    def read_group(group_id: str) -> Response:
        assert group_id
        return answer("read group")

    @app.get("/api/v1/groups")
    def list_groups() -> Response:
        assert request.args["limit"]
        return answer("list 200 groups")

    @app.post("/api/v1/groups")
    def create_group() -> Response:
        assert request.get_json()["profile"]
        return answer("create group")

    @app.put("/api/v1/groups/<group_id>/users/<user_id>")
    def add_member(group_id: str, user_id: str) -> Response:
        assert group_id
        assert user_id
        return answer("add member")

    return app


def serve_bare(examples: Mapping[str, tuple[int, str]]) -> None:
    listener = _Listener((Place().host, 0), bare_app(examples))  # type: ignore[arg-type]
    listener.listen()
    print(f"http://127.0.0.1:{listener.bind_addr[1]}", flush=True)
    listener.serve()


# --- figures ---------------------------------------------------------------------------------


def figures(rounds: int, users: int) -> list[Figure]:
    """All of (h); `users` is how large the largest tenant may be."""
    return [*_speed(rounds), _paging(min(users, GROUPS))]


def _speed(rounds: int) -> Iterator[Figure]:
    with ExitStack() as stack:
        state = stack.enter_context(TemporaryDirectory())
        words = ("okta", "--limits", "off", "--state", state)
        _, ready = stack.enter_context(served(*words))
        ours = Story(stack.enter_context(closing(_entered(ready["apps"]["okta"]))))
        ours.prepare()
        file = Path(state) / "examples.json"
        file.write_text(json.dumps(ours.examples()), "utf-8")
        process = stack.enter_context(_process("-m", "tests.benchmarks.okta_api", str(file)))
        assert process.stdout is not None
        line = Line(process.stdout.readline().strip(), JSON)
        bare = Story(stack.enter_context(closing(line)), ours.group, list(ours.people))
        samples = {f"ours/{name}": ours.sample(name) for name in (*READS, *WRITES)}
        samples |= {f"bare/{name}": bare.sample(name) for name in (*READS, *WRITES)}
        taken = interleaved(samples, rounds)
    for name in (*READS, *WRITES):
        yield _ratio(name, taken, aim=0.5 if name in READS else None)


def _entered(told: Mapping[str, Any]) -> Line:
    return Line(told["base_url"], {"Authorization": f"SSWS {told['credentials']['token']}", **JSON})


def _ratio(name: str, taken: list[Round], *, aim: float | None) -> Figure:
    ratio = median_of(taken, lambda one: one[f"bare/{name}"] / one[f"ours/{name}"])
    ours = median_of(taken, lambda one: one[f"ours/{name}"])
    what = f"(h) {name}: bare / ours ({ours * 1e6:.0f} us each)"
    if aim is None:
        return Figure(what, f"{ratio:.2f}", "", None)
    return Figure(what, f"{ratio:.2f}", f">= {aim}", ratio >= aim)


def _paging(groups: int) -> Figure:
    """The last full page of so many groups over the first: alike where a list is paged flat."""
    world = build([], seed=7)
    with world.org.store.tx():
        for number in range(groups):
            world.org.groups.create(f"g{number}", "")
    service = Service(world.org, world.operator, limits=0.0)
    service.tokens.issue("benchmark", TOKEN, scopes=ROLES["SUPER_ADMIN"])
    client = Client(Api(service))
    paths = list(_pages(client))
    taken = interleaved(
        {
            "first": lambda: seconds(lambda: _get(client, paths[0])),
            "last": lambda: seconds(lambda: _get(client, paths[-2])),
        },
        rounds=20,
    )
    ratio = median_of(taken, lambda one: one["last"] / one["first"])
    what = f"(h) {groups:,} groups: last page of {LISTED} / first"
    return Figure(what, f"{ratio:.2f}", "<= 1.3", ratio <= 1.3)


def _pages(client: Client) -> Iterator[str]:
    """The path of each page, to the end."""
    path: str | None = f"/api/v1/groups?limit={LISTED}"
    while path is not None:
        yield path
        links = _get(client, path).headers.getlist("Link")[1:]
        following = links[0][1:].partition(">")[0] if links else None
        path = following and following.removeprefix("http://localhost")


def _get(client: Client, path: str) -> Any:
    answer = client.get(path, headers={"Authorization": f"SSWS {TOKEN}"})
    assert answer.status_code == 200, answer.text
    return answer


if __name__ == "__main__":
    serve_bare(json.loads(Path(sys.argv[1]).read_text("utf-8")))
