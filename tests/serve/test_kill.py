"""The real thing: `pushproof serve --state`, four clients at work, kill -9, and start again.

KILLS of each app, one after the other. What a client was told had been done is there afterwards, no
request is done by half, no id is given twice, and the credentials of the first start are good for
ever.
"""

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from random import Random
from threading import Lock, Thread

import pytest
import requests
from requests.adapters import HTTPAdapter

from fake_apps import load, names, session
from fake_apps.core.clock import SystemClock
from harness import adapters
from harness.model import GroupPlan
from harness.ports import Connection

KILLS, CLIENTS = 4, 4


@contextmanager
def served(kind, folder, *options):
    """The process and the document of its `--ready`; it is killed in the end, if it still runs."""
    ready = folder / "ready.json"
    command = [sys.executable, "-m", "harness", "serve", kind, "--state", folder / "state"]
    with subprocess.Popen(
        [*command, "--ready", ready, "--limits", "off", "--seed", "7", *options],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert any("Ctrl-C ends it" in line for line in process.stdout), "it did not come up"
            yield process, json.loads(ready.read_text())["apps"][kind]
        finally:
            process.kill()


class Rerouted(HTTPAdapter):
    """Sends what is meant for the vendor's hosts to the served fake."""

    def __init__(self, base_url):
        super().__init__()
        self._base_url = base_url

    def send(self, request, *rest, **more):
        request.url = self._base_url + request.path_url
        return super().send(request, *rest, **more)


@contextmanager
def client(kind, app, credentials):
    """An adapter as a program of its own would have one: its own session, a fresh token."""
    with requests.Session() as wire:
        wire.trust_env = False
        for host in load(kind).hosts:
            wire.mount(f"https://{host}/", Rerouted(app["base_url"]))
        yield adapters.load(kind)(Connection(wire, credentials, SystemClock(), timeout_s=30))


def plan(name, members, credentials):
    return GroupPlan(f"key of {name}", name, tuple(members), credentials.get("groups_dn"))


def control(app, method, route, body=None):
    headers = {"Authorization": f"Bearer {app['control_token']}"}
    url = f"{app['control_url']}/{route}"
    reply = requests.request(method, url, json=body, headers=headers, timeout=30)
    reply.raise_for_status()
    return reply.json()


def hire(app, login):
    return control(app, "POST", "state", {"do": "add_account", "login": login})["result"]


def whole_requests(kind):
    """How many of two members a new group can have between the requests that make it."""
    fake = load(kind).create(limits=0)
    credentials = fake.admin.credentials()
    members = [fake.admin.add_account(login, {}) for login in logins(credentials)]
    adapter = adapters.load(kind)(Connection(session(fake), credentials, fake.clock))
    seen = set()
    for outcome in adapter.create_group(plan("Sales", members, credentials)):
        assert outcome.error is None
        seen |= {len(group.member_ids) for group in fake.admin.groups() if group.name == "Sales"}
    return seen


def logins(credentials):
    domain = credentials.get("domain", "example.test")
    return [f"{name}@{domain}" for name in ("ana", "ben")]


PLACE = "http://place"


def without_address(app):
    """The credentials as text, but for what is another one at each start.

    That is the port, and the salt that the key in Box's JWT file is encrypted with.
    """
    text = json.dumps(app["credentials"]).replace(app["base_url"], PLACE)
    return re.sub("-----BEGIN ENCRYPTED PRIVATE KEY-----[^-]*", "", text)


@dataclass
class Tally:
    """What clients were told: group ids by name, and each group's members. Kills on the way."""

    groups: dict = field(default_factory=dict)
    members: dict = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)
    left: int = 0
    process: subprocess.Popen | None = None

    def acknowledge(self, name, outcome):
        with self.lock:
            if outcome.id:
                self.groups[name] = outcome.id
            self.members.setdefault(name, set()).update(outcome.added)
            self.left -= 1
            if self.left == 0:
                os.kill(self.process.pid, signal.SIGKILL)


def work(kind, app, credentials, *, members, tally, label):
    """Make groups until nobody answers any more."""
    with client(kind, app, credentials) as adapter:
        for number in count():
            name = f"{label} {number}"
            for outcome in adapter.create_group(plan(name, members, credentials)):
                if outcome.error:
                    return
                tally.acknowledge(name, outcome)


def check(app, tally, intended):
    """The served state has all that was told, and nothing that no whole request has made."""
    state = control(app, "GET", "state")
    there = {group["name"]: group for group in state["groups"] if group["name"] in intended}
    ids = [group["id"] for group in state["groups"]]

    assert len(ids) == len(set(ids))
    found = {name: there.get(name, {}).get("id") for name in tally.groups}
    assert found == tally.groups
    for name, told in tally.members.items():
        assert told <= set(there.get(name, {"member_ids": ()})["member_ids"]), name
    return there


class Intended:
    """The names that clients may have asked for."""

    def __contains__(self, name):
        return name.startswith("round")


@pytest.mark.parametrize("kind", [kind for kind in names() if kind in adapters.names()])
def test_every_acknowledged_write_survives_kill_after_kill(kind, tmp_path):
    tally, chance, counts = Tally(), Random(kind), whole_requests(kind)
    first, members = "", []
    for kill in range(KILLS):
        with served(kind, tmp_path) as (process, app):
            if not kill:
                first = without_address(app)
                members = [hire(app, login) for login in logins(app["credentials"])]
            credentials = json.loads(first.replace(PLACE, app["base_url"]))
            there = check(app, tally, Intended())
            assert {len(group["member_ids"]) for group in there.values()} <= counts
            tally.left, tally.process = chance.randint(1, 40), process
            clients = [
                Thread(
                    target=work,
                    args=(kind, app, credentials),
                    kwargs={"members": members, "tally": tally, "label": f"round {kill}.{each}"},
                )
                for each in range(CLIENTS)
            ]
            for thread in clients:
                thread.start()
            for thread in clients:
                thread.join()
            assert process.wait(timeout=30) == -signal.SIGKILL, "all clients gave up before"
    with served(kind, tmp_path) as (_, app):
        there = check(app, tally, Intended())

        assert {len(group["member_ids"]) for group in there.values()} <= counts
        assert len(tally.groups) >= KILLS
        assert without_address(app) == first


def test_what_control_routes_have_changed_survives_a_kill(tmp_path):
    virtual = ("--clock", "virtual")
    with served("box", tmp_path, *virtual) as (process, app):
        control(app, "POST", "state", {"do": "add_group", "name": "before the reset"})
        control(app, "POST", "reset", {})
        control(app, "POST", "state", {"do": "add_group", "name": "Sales"})
        control(app, "POST", "snapshot", {"name": "Sales"})
        control(app, "POST", "state", {"do": "add_group", "name": "before the restore"})
        control(app, "POST", "restore", {"name": "Sales"})
        control(app, "POST", "seed", {"groups": [{"name": "Support"}]})
        control(app, "POST", "settings", {"search_lag_s": 3})
        control(app, "POST", "quirks", {"Q1": False})
        control(app, "POST", "clock", {"advance": 90})
        before = control(app, "GET", "state"), control(app, "GET", "clock")
        process.kill()
    with served("box", tmp_path, *virtual) as (_, app):
        after = control(app, "GET", "state"), control(app, "GET", "clock")

    assert after == before
    assert [group["name"] for group in after[0]["groups"]] == ["Sales", "Support"]
    assert (after[0]["settings"]["search_lag_s"], after[0]["quirks"]["Q1"]) == (3, False)


def test_a_second_process_is_refused_while_the_first_one_lives(tmp_path):
    command = [sys.executable, "-m", "harness", "serve", "box", "--state", tmp_path / "state"]
    with served("box", tmp_path) as (process, app):
        second = subprocess.run(
            [*command, "--seed", "7"], capture_output=True, text=True, check=False
        )
        still = control(app, "GET", "health")["status"]

    assert second.returncode == 2
    assert second.stderr == (
        f"{tmp_path / 'state' / 'box.sqlite'} is in use by process {process.pid}: "
        "stop it, or give another folder\n"
    )
    assert still == "ok"
