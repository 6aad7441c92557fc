"""(f) The directory over LDAP: ours beside Debian's slapd, asked by the same ldap3 client.

Both are processes of their own on a port; slapd keeps its objects in a database that does not wait
for the disk, as ours keeps them in memory. Blocks of calls take turns. What the client itself costs
is in all figures; a ratio above 1 means that ours is quicker. Seconds of the clock on the wall.
"""

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import ldap3

from tests.benchmarks.table import Figure

MEMBERS, OBJECTS, PAGE, BLOCKS, ROUNDS = 5_000, 10_000, 1_000, 10, 3
WAIT_S = 60
SLAPD = shutil.which("slapd", path="/usr/sbin:/usr/local/sbin:/usr/libexec")
SLAPD_CONF = """\
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
sizelimit unlimited
database mdb
suffix "{base}"
rootdn "cn=admin,{base}"
rootpw secret
maxsize 1073741824
dbnosync
directory {folder}
index objectClass,cn eq
"""


@dataclass(frozen=True)
class Directory:
    """One directory server, and how people and groups look there."""

    client: ldap3.Connection
    people: str
    groups: str
    person: tuple[str, Callable[[str], dict[str, Any]]]
    group: str

    def dn(self, at: int) -> str:
        return f"cn=p{at},{self.people}"

    def add_people(self, numbers: range) -> None:
        kind, values = self.person
        for at in numbers:
            self._did(self.client.add(self.dn(at), kind, values(f"p{at}")))

    def add_group(self) -> None:
        self._did(self.client.add(self._team, self.group, {"member": self.dn(0)}))

    def add_members(self, count: int) -> None:
        members = [self.dn(at) for at in range(1, count + 1)]
        self._did(self.client.modify(self._team, {"member": [(ldap3.MODIFY_ADD, members)]}))

    def empty_group(self) -> None:
        only = [self.dn(0)]
        self._did(self.client.modify(self._team, {"member": [(ldap3.MODIFY_REPLACE, only)]}))

    def count_people(self) -> int:
        """All of them, page by page."""
        found, cookie = 0, None
        while cookie != b"":
            self._did(
                self.client.search(
                    self.people,
                    "(cn=p*)",
                    attributes=["cn", "description"],
                    paged_size=PAGE,
                    paged_cookie=cookie,
                )
            )
            found += len(self.client.response)
            cookie = self.client.result["controls"]["1.2.840.113556.1.4.319"]["value"]["cookie"]
        return found

    @property
    def _team(self) -> str:
        return f"cn=team,{self.groups}"

    def _did(self, outcome: bool) -> None:
        assert outcome, self.client.result


def figures(largest: int) -> list[Figure]:
    """With `largest` below the sizes in the words, everything is as small as that."""
    members, objects = min(MEMBERS, largest), min(OBJECTS, largest)
    with ExitStack() as stack:
        servers = [stack.enter_context(_ours())]
        if SLAPD:
            servers.append(stack.enter_context(_slapd()))
        adds = _adds(servers, objects)
        for server in servers:
            server.add_group()
        modifies = _rounds(servers, lambda server: _modify(server, min(members, objects - 1)))
        searches = _rounds(servers, lambda server: _search(server, objects))
    return [
        _figure("adds", adds, lambda seconds: f"{objects / seconds:,.0f} a second"),
        _figure(f"a modify with {members:,} members", modifies, _milliseconds),
        _figure(f"{objects:,} objects in pages of {PAGE:,}", searches, _milliseconds),
    ]


def _figure(what: str, seconds: Sequence[float], shown: Callable[[float], str]) -> Figure:
    ours, *others = seconds
    beside = f"{others[0] / ours:.2f}" if others else "not measured: there is no slapd"
    return Figure(f"(f) {what}: slapd / ours ({shown(ours)})", beside, "", None)


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1e3:,.0f} ms"


def _adds(servers: Sequence[Directory], count: int) -> list[float]:
    """Seconds for that many, by server; blocks of them take turns."""
    taken = [0.0 for _ in servers]
    size = max(1, count // BLOCKS)
    for start in range(0, count, size):
        for at, server in enumerate(servers):
            numbers = range(start, min(start + size, count))
            taken[at] += _seconds(lambda server=server, numbers=numbers: server.add_people(numbers))
    return taken


def _rounds(servers: Sequence[Directory], measure: Callable[[Directory], float]) -> list[float]:
    """The median of some rounds, by server."""
    rounds = [[measure(server) for server in servers] for _ in range(ROUNDS)]
    return [median(of_one) for of_one in zip(*rounds, strict=True)]


def _modify(server: Directory, count: int) -> float:
    taken = _seconds(lambda: server.add_members(count))
    server.empty_group()
    return taken


def _search(server: Directory, count: int) -> float:
    def search() -> None:
        found = server.count_people()
        assert found == count, (found, count)

    return _seconds(search)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


# --- the two servers -------------------------------------------------------------------------


def _client(url: str, user: str, password: str) -> ldap3.Connection:
    server = ldap3.Server(url, get_info=ldap3.NONE, connect_timeout=WAIT_S)
    return ldap3.Connection(
        server,
        user,
        password,
        check_names=False,
        receive_timeout=WAIT_S,
        return_empty_attributes=False,
    )


@contextmanager
def _ours() -> Iterator[Directory]:
    with TemporaryDirectory() as folder:
        ready = Path(folder) / "ready.json"
        words = [sys.executable, "-m", "harness", "serve", "active_directory", "--ready", ready]
        with _running(list(map(str, words)), ready.exists):
            told = json.loads(ready.read_text())["apps"]["active_directory"]
            given = told["credentials"]
            with _client(told["ldap_url"], given["user"], given["password"]) as client:
                person = ("user", lambda name: {"sAMAccountName": name, "description": "x"})
                yield Directory(client, given["people_dn"], given["groups_dn"], person, "group")


@contextmanager
def _slapd() -> Iterator[Directory]:
    base = "dc=example,dc=test"
    with TemporaryDirectory() as folder:
        database = Path(folder) / "database"
        database.mkdir()
        conf = Path(folder) / "slapd.conf"
        conf.write_text(SLAPD_CONF.format(base=base, folder=database))
        port = _free_port()
        url = f"ldap://127.0.0.1:{port}"
        with (
            _running([SLAPD, "-f", str(conf), "-h", url, "-d", "0"], lambda: _answers(port)),
            _client(url, f"cn=admin,{base}", "secret") as client,
        ):
            client.add(base, ["dcObject", "organization"], {"o": "example"})
            for name in ("People", "Groups"):
                client.add(f"ou={name},{base}", "organizationalUnit")
            person = ("inetOrgPerson", lambda name: {"sn": name, "description": "x"})
            places = f"ou=People,{base}", f"ou=Groups,{base}"
            yield Directory(client, *places, person, "groupOfNames")


@contextmanager
def _running(words: Sequence[str], is_up: Callable[[], bool]) -> Iterator[None]:
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            until = time.monotonic() + WAIT_S
            while not is_up():
                assert process.poll() is None, words
                assert time.monotonic() < until, words
                time.sleep(0.02)
            yield
        finally:
            process.terminate()


def _free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _answers(port: int) -> bool:
    with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port), timeout=1)):
        return True
    return False
