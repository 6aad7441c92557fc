"""Engine and fakes in processes of their own, clients at work, and kill -9 of either or both.

What a client was told had been done must end as wanted, however often anybody dies on the way.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Any

import requests

from fake_apps.core.clock import SystemClock
from tests.repo.tree import ROOT
from tests.serve.running import free_port

APP, BESIDE = "slack", "box"
PEOPLE = ("ana", "ben", "cy", "dee")
GROUPS = 3
UP_S, SETTLED_S, LOOK_S = 120, 180, 0.03
BEFORE_A_KILL = (0, 12)  # how many acknowledged calls, from and up to


class Process:
    """One `pushproof serve` that is started again where it was, and the document of its --ready."""

    def __init__(self, folder: Path, name: str, *words: Any) -> None:
        self._folder = folder
        self._ready = folder / f"{name}.json"
        self._log = folder / f"{name}.log"
        self._words = [*words, "--ready", self._ready, "--limits", "off", "--seed", "7"]
        self._port = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def ready(self) -> Path:
        return self._ready

    @property
    def told(self) -> dict[str, Any]:
        return dict(json.loads(self._ready.read_text("utf-8"))["apps"])

    @property
    def log(self) -> str:
        """What it has written so far, at all its starts."""
        return self._log.read_text("utf-8")

    def start(self) -> None:
        self._ready.unlink(missing_ok=True)
        self._port = self._port or free_port()
        words = [*self._words, "--port", self._port]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "harness", "serve", *map(str, words)],
                cwd=self._folder,
                env={"PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
            )

    def wait(self) -> None:
        """Until it listens."""
        until(self._ready.exists, UP_S, lambda: self.log[-2000:])

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def pause(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)


def until(is_so: Callable[[], Any], seconds: float, told: Callable[[], str]) -> None:
    """Wait for something that other processes do."""
    clock, never = SystemClock(), Event()
    end = clock.now() + seconds
    while not is_so():
        assert clock.now() < end, f"it did not come to be: {told()}"
        never.wait(LOOK_S)


class Admin:
    """One client of the API that notes what it was told had been done."""

    def __init__(self, engine: Process, number: int, seed: int) -> None:
        self._engine = engine
        self._chance = Random(f"{seed}:{number}")
        self._http = requests.Session()
        self._http.trust_env = False
        self._known: dict[str, Any] = {}
        self.name = f"Team {number}"
        self.group = ""
        self.told: dict[str, bool] = {}  # by login: whether a member, as last acknowledged
        self.asked: dict[str, bool] = {}  # calls on their way, or without an answer
        self.calls = 0

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The reply's document, None without one; raises where there was no reply."""
        if not self._known:
            self._known = self._engine.told["okta"]
        url = f"{self._known['base_url']}{path}"
        headers = {"Authorization": f"SSWS {self._known['credentials']['token']}"}
        reply = self._http.request(method, url, json=body, headers=headers, timeout=60)
        reply.raise_for_status()
        return reply.json() if reply.content else None

    def turn_to(self, engine: Process) -> None:
        """Ask that one from now on."""
        self._engine, self._known = engine, {}

    def hire(self, names: Sequence[str]) -> dict[str, str]:
        """People with the app; answers their ids by login."""
        users = {}
        for name in names:
            login = f"{name}@example.test"
            profile = {"login": login, "email": login, "firstName": name, "lastName": "Silva"}
            password = {"password": {"value": "correct horse"}}
            body = {"profile": profile, "credentials": password}
            users[login] = self.call("POST", "/api/v1/users", body)["id"]
            self.call("POST", f"/api/v1/apps/{self._app}/users", {"id": users[login]})
        return users

    def prepare(self, users: dict[str, str]) -> None:
        """Make the group and push it."""
        self._users = users
        body = {"profile": {"name": self.name}}
        self.group = self.call("POST", "/api/v1/groups", body)["id"]
        self.call(
            "POST",
            f"/api/v1/apps/{self._app}/group-push/mappings",
            {"sourceGroupId": self.group, "targetGroupName": self.name},
        )

    @property
    def _app(self) -> str:
        return str(self._engine.told["okta"]["apps"][APP])

    def work(self, stopping: Event) -> None:
        """Move members in and out until told to stop; what gets no answer is asked again later."""
        while not stopping.is_set():
            login = self._chance.choice(sorted(self._users))
            wanted = self._chance.random() < 0.6
            self.asked[login] = wanted
            try:
                self.move(login, wanted=wanted)
            except (requests.RequestException, OSError, ValueError):
                stopping.wait(LOOK_S)
                continue
            self.told[login] = wanted
            del self.asked[login]
            self.calls += 1

    def move(self, login: str, *, wanted: bool) -> None:
        """Put somebody into the group, or out of it."""
        method = "PUT" if wanted else "DELETE"
        self.call(method, f"/api/v1/groups/{self.group}/users/{self._users[login]}")

    def members(self) -> list[str]:
        found = self.call("GET", f"/api/v1/groups/{self.group}/users")
        return sorted(each["profile"]["login"] for each in found)


class Site:
    """Fakes in one process, engines in others, and an org with people who are provisioned."""

    def __init__(self, folder: Path, seed: int, *, database: str = "", engines: int = 1) -> None:
        self._chance = Random(seed)
        self.fakes = Process(folder, "fakes", APP, "--state", folder / "fakes")
        where = ("--database", database) if database else ()
        # Retries are waited for on the engine's own clock, which is moved at a fake beside it.
        beside = ("--targets", self.fakes.ready, "--clock", "virtual", *where)
        self.engines = [
            Process(folder, name, "okta", BESIDE, *beside, "--state", folder / name)
            for name in (f"engine{number}" for number in range(engines))
        ]
        self.admins = [Admin(self.engines[0], number, seed) for number in range(GROUPS)]

    @contextmanager
    def open(self) -> Iterator[None]:
        self.fakes.start()
        try:
            self.fakes.wait()
            for engine in self.engines:
                engine.start()
                engine.wait()
            self._hire()
            yield
        finally:
            for process in (self.fakes, *self.engines):
                process.kill()

    def _hire(self) -> None:
        users = self.admins[0].hire(PEOPLE)
        self.settle()
        for admin in self.admins:
            admin.prepare(users)
        self.settle()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Every admin works on a thread of its own."""
        stopping = Event()
        threads = [Thread(target=admin.work, args=[stopping]) for admin in self.admins]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stopping.set()
            for thread in threads:
                thread.join()

    def go_on(self) -> None:
        """Let the admins get some more done."""
        wanted = self.calls + self._chance.randint(*BEFORE_A_KILL)
        until(lambda: self.calls >= wanted, UP_S, lambda: f"{self.calls} calls of {wanted}")

    def strike(self, processes: list[Process]) -> None:
        """Kill them, and start them again where they were."""
        for process in processes:
            process.kill()
        for process in reversed(processes):
            process.start()
            process.wait()

    @property
    def calls(self) -> int:
        return sum(admin.calls for admin in self.admins)

    def settle(self) -> None:
        """Until there is no work left, with all retries waited out."""

        def is_done() -> bool:
            work = self.admins[0].call("GET", "/_pushproof/v1/work")
            if work["nextDue"] is not None and work["settled"]:
                self._advance(work["nextDue"] - work["now"])
            return work["nextDue"] is None

        until(is_done, SETTLED_S, lambda: "the engine is not done")

    def _advance(self, seconds: float) -> None:
        for engine in self.engines:
            told = engine.told[BESIDE]
            requests.post(
                f"{told['control_url']}/clock",
                json={"advance": seconds},
                headers={"Authorization": f"Bearer {told['control_token']}"},
                timeout=60,
            ).raise_for_status()

    # --- judging -------------------------------------------------------------------------------

    def complaints(self) -> list[str]:
        """What is otherwise than was acknowledged; nothing where all is well."""
        self.settle()
        found: list[str] = []
        target = target_groups(self.fakes)
        for admin in self.admins:
            members = admin.members()
            for login, wanted in admin.told.items():
                if login not in admin.asked and (login in members) is not wanted:
                    found.append(f"{admin.name}: the org forgot about {login}: {wanted}")
            if target.get(admin.name) != [members]:
                found.append(f"{admin.name}: {target.get(admin.name)} in the app, not {members}")
        found += [
            f"{name}: nobody asked for it" for name in set(target) - {a.name for a in self.admins}
        ]
        return found


def target_groups(fakes: Process) -> dict[str, list[list[str]]]:
    """Members of each group by name, as the app's own administrator sees them."""
    told = fakes.told[APP]
    state = requests.get(
        f"{told['control_url']}/state",
        headers={"Authorization": f"Bearer {told['control_token']}"},
        timeout=60,
    ).json()
    emails = {each["id"]: f"{each['login']}@example.test" for each in state["accounts"]}
    groups: dict[str, list[list[str]]] = {}
    for group in state["groups"]:
        members = sorted(emails[member] for member in group["member_ids"])
        groups.setdefault(group["name"], []).append(members)
    return groups


Whom = Callable[[Site, int], list[Process]]
"""Who dies at the how-manieth kill."""

WHO: dict[str, Whom] = {
    "the engine": lambda site, turn: [site.engines[turn % len(site.engines)]],
    "the fakes": lambda site, _: [site.fakes],
    "both": lambda site, turn: [site.engines[turn % len(site.engines)], site.fakes],
}
