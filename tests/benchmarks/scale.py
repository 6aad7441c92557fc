"""(g) A large tenant of each app, in a process of its own.

Seeded as `serve --tenant` and `/_fake/seed` do it. Then, through the adapter: accounts are created
and members added; `first` is in a tenant of a hundredth of the size, `last` in the large one. All
pages of the members of one group of MEMBERS are read; `first` and `last` are the quickest of the
first and of the last PAGES. After a snapshot the first change is measured, as it is what pays.
`python -m tests.benchmarks.scale box` measures one app.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import count
from statistics import median
from typing import Any

from fake_apps import load, session
from fake_apps.core.admin import Places
from fake_apps.core.app import FakeApp, make_environ
from fake_apps.core.population import populate, read_population
from harness import adapters
from harness.model import AccountProfile
from harness.ports import Connection
from tests.benchmarks.rounds import seconds
from tests.benchmarks.served import PEAK, memory_mb
from tests.benchmarks.table import Figure
from tests.fuzz.tenant import sign_in

USERS, GROUPS, MEMBERSHIPS = 100_000, 1_000, 1_000_000
MEMBERS, PAGES, TIMES = 10_000, 3, 30
INNER, ROUNDS, FEWEST = 20, 9, 400


class Large:
    """A tenant with so many users, and groups of whom the first is the large one."""

    def __init__(self, kind: str, users: int, groups: int, memberships: int) -> None:
        self.app: FakeApp = load(kind).create(seed=7, limits=0.0)
        self.authorization, _ = sign_in(self.app)  # which reads all there is: before there is much
        self._domain = self.app.admin.credentials().get("domain", "example.test")
        told = read_population(self.app.spec, self._told(users, groups, memberships))
        made: list[Any] = []
        self.seconds = seconds(lambda: made.append(populate(self.app, told)))
        self.accounts: Sequence[str] = list(made[0]["accounts"].values())
        self.groups: Sequence[str] = list(made[0]["groups"].values())
        connection = Connection(session(self.app), self.app.admin.credentials(), self.app.clock)
        self._open_places()
        self.adapter = adapters.load(kind)(connection)
        self._numbers = count()
        self._late = iter(self.accounts[::-1])

    def _open_places(self) -> None:
        """Where there are places, the service account may work in all of them."""
        admin = self.app.admin
        for place in admin.ous() if isinstance(admin, Places) else ():
            admin.grant(place)

    def _told(self, users: int, groups: int, memberships: int) -> Any:
        logins = [f"user{number}@{self._domain}" for number in range(users)]
        large = min(MEMBERS, users * 4 // 5)
        each = (memberships - large) // max(1, groups - 1)
        told = [{"name": "Large", "members": logins[:large]}]
        for number in range(1, groups):
            start = number * each % (users - each)
            told.append({"name": f"Group {number}", "members": logins[start : start + each]})
        return {"accounts": logins, "groups": told}

    def create_user(self) -> None:
        login = f"late{next(self._numbers)}@{self._domain}"
        place = self.app.admin.credentials().get("people_dn")
        _all(self.adapter.create_account(AccountProfile(login, login, "Late", "Comer", place)))

    def add_member(self) -> None:
        _all(self.adapter.change_members(self.groups[0], add=[next(self._late)], remove=[]))

    def pages(self, measure: Callable[[Callable[[], Any]], float]) -> list[float]:
        """What each full page of the large group's members takes."""
        steps = self.adapter.list_members(self.groups[0])
        taken: list[float] = []
        outcomes: list[Any] = []
        with suppress(StopIteration):
            while True:
                took = measure(lambda: outcomes.append(next(steps)))
                taken += [took] if outcomes[-1].members else []  # not that for a token
        return taken[:-1] if len(taken) > 1 else taken


def _all(steps: Iterator[Any]) -> None:
    for outcome in steps:
        assert outcome.error is None, outcome.error


# --- batches -----------------------------------------------------------------------------------


def _requests(kind: str, ids: Sequence[str]) -> tuple[list[Any], Any] | None:
    """The same reads or changes one by one, and as one batch: (method, url, headers, body)."""
    match kind:
        case "o365":
            host, paths = "https://graph.microsoft.com/v1.0", [f"/users/{each}" for each in ids]
            items = [{"id": path, "method": "GET", "url": path} for path in paths]
            batch = ("POST", f"{host}/$batch", _JSON, json.dumps({"requests": items}).encode())
        case "gsuite":
            host = "https://admin.googleapis.com"
            paths = [f"/admin/directory/v1/users/{each}" for each in ids]
            part = "--b\r\nContent-Type: application/http\r\n\r\nGET {}\r\n\r\n\r\n"
            body = "".join(map(part.format, paths)) + "--b--\r\n"
            kind_of = {"Content-Type": "multipart/mixed; boundary=b"}
            batch = ("POST", f"{host}/batch/admin/directory_v1", kind_of, body.encode())
        case "scim":
            host, paths = "https://scim.example.test/v2", [f"/Users/{each}" for each in ids]
            data = {"schemas": [f"{_SCIM}:PatchOp"], "Operations": [_RENAMED]}
            items = [{"method": "PATCH", "path": path, "data": data} for path in paths]
            told = {"schemas": [f"{_SCIM}:BulkRequest"], "Operations": items}
            batch = ("POST", f"{host}/Bulk", _JSON, json.dumps(told).encode())
            sent = json.dumps(data).encode()
            return [("PATCH", host + path, _JSON, sent) for path in paths], batch
        case _:
            return None
    return [("GET", host + path, {}, b"") for path in paths], batch


_JSON = {"Content-Type": "application/json"}
_SCIM = "urn:ietf:params:scim:api:messages:2.0"
_RENAMED = {"op": "replace", "path": "title", "value": "Lead"}


def inner_over_direct(large: Large, measure: Callable[[Callable[[], Any]], float]) -> float | None:
    """What an item of a batch takes beside a call of its own; None where there are no batches."""
    told = _requests(large.app.name, large.accounts[:INNER])
    if told is None:
        return None
    singles, batch = told
    for request in (*singles, batch):
        assert _send(large, request) < 400

    def ratio() -> float:
        direct = measure(lambda: [_send(large, each) for each in singles])
        return measure(lambda: _send(large, batch)) / direct

    return median(ratio() for _ in range(ROUNDS))


def _send(large: Large, request: Any) -> int:
    method, url, headers, body = request
    shown = {"Authorization": large.authorization, **headers}
    return large.app.answer(make_environ(method, url, shown, body)).status


# --- figures -----------------------------------------------------------------------------------


def measured(kind: str, users: int, groups: int, memberships: int) -> dict[str, float | None]:
    """Seconds and megabytes of this very process."""
    small = Large(kind, max(FEWEST, users // 100), max(2, groups // 100), memberships // 100)
    first = _each(small)
    large = Large(kind, users, groups, memberships)
    megabytes = memory_mb(os.getpid(), PEAK) or 0.0  # getrusage would tell the parent's, too
    pages, app = large.pages(seconds), large.app
    last = _each(large)
    found: dict[str, float | None] = {
        "seeded": large.seconds,
        "megabytes": megabytes,
        "create": last[0] / first[0],
        "add": last[1] / first[1],
        "page": min(pages[-PAGES:]) / min(pages[:PAGES]),
        "inner": inner_over_direct(large, seconds),
        "snapshot": seconds(app.snapshot),
    }
    kept = app.snapshot()
    found["change"] = seconds(large.create_user)
    return {**found, "restore": seconds(lambda: app.restore(kept))}


def _each(tenant: Large) -> tuple[float, float]:
    tenant.create_user()
    tenant.add_member()
    return (
        median(seconds(tenant.create_user) for _ in range(TIMES)),
        median(seconds(tenant.add_member) for _ in range(TIMES)),
    )


def figures(kinds: Sequence[str], users: int = USERS) -> list[Figure]:
    """Of each app, measured in a process of its own; groups and memberships keep proportion."""
    sizes = [users, max(2, users * GROUPS // USERS), users * MEMBERSHIPS // USERS]
    return [row for kind in kinds for row in rows(kind, _measured_apart(kind, sizes))]


def _measured_apart(kind: str, sizes: Sequence[int]) -> dict[str, float | None]:
    command = [sys.executable, "-m", "tests.benchmarks.scale", kind, *map(str, sizes)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float | None] = json.loads(done.stdout)
    return found


def rows(kind: str, found: dict[str, float | None]) -> list[Figure]:
    """One line for the tenant, one for what its size does to calls, one for snapshots."""
    told = {name: value for name, value in found.items() if value is not None}
    ratios = {name: told[name] for name in ("create", "add", "page")}
    moments = {name: told[name] * 1e3 for name in ("snapshot", "change", "restore")}
    shown = [
        Figure(
            f"(g) a large tenant of {kind}, seeded",
            f"{told['seeded']:.1f} s, {told['megabytes']:.0f} MB",
            "<= 6 s, <= 500 MB",
            told["seeded"] <= 6 and told["megabytes"] <= 500,
        ),
        Figure(
            f"(g) create user, add member, page of members in {kind}: last / first",
            ", ".join(f"{value:.2f}" for value in ratios.values()),
            "<= 1.3",
            max(ratios.values()) <= 1.3,
        ),
        Figure(
            f"(g) snapshot, change after it, restore in {kind}",
            ", ".join(f"{value:.1f} ms" for value in moments.values()),
            "<= 50 ms",
            max(moments.values()) <= 50,
        ),
    ]
    if "inner" in told:
        value = told["inner"]
        shown.append(
            Figure(f"(g) item of a batch / call in {kind}", f"{value:.2f}", "<= 1.2", value <= 1.2)
        )
    return shown


if __name__ == "__main__":
    sizes = [int(each) for each in sys.argv[2:]] or [USERS, GROUPS, MEMBERSHIPS]
    print(json.dumps(measured(sys.argv[1], *sizes)))
