"""(i) A large org in a file, and what its size does to the engine, in a process of its own.

The org is loaded at once, as it would be from a directory. Everybody has an account in the app, a
fake in this process: what it takes to answer, in time and in memory, is in the figures. A change is
planned from when the engine looks for work until its call is sent. `beside / alone` compares the
quickest of TIMES after and before mappings were made that have nothing to do.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from fake_apps.core.population import populate, read_population
from harness import world
from harness.model import AppUserStatus, PushRequest, UserProfile
from harness.org import schema
from harness.org.database import open_store
from harness.org.loading import load
from tests.benchmarks.rounds import seconds
from tests.benchmarks.served import PEAK, memory_mb
from tests.benchmarks.table import Figure

KIND = APP = "scim"
USERS = 100_000
GROUPS_OF, MEMBERSHIPS_OF = 10, 10  # users to a group, memberships of a user
FEWEST = 200  # users, so that there are groups of each kind
FEW_OF, IDLE_OF = 100, 100  # users to a member of the smaller group, and to an idle mapping
ALL, FEW = "All", "Few"
TIMES = 50
ASSIGNED = (
    "app_id",
    "user_id",
    "direct",
    "status",
    "external_id",
    "account_login",
    "provisioned",
    "error",
)


class LargeOrg:
    """So many users: one group has all of them, one a few, and others the rest of memberships."""

    def __init__(self, folder: Path, users: int) -> None:
        store = open_store(f"sqlite:///{folder / 'org.sqlite'}")
        self._world = world.build([world.AppPlan(KIND, APP)], seed=7, store=store)
        self._operator, self._target = self._world.operator, self._world.targets[APP]
        self._target.fake.meter.scale = 0.0
        self._logins = [f"user{number}@example.test" for number in range(users)]
        self._others = [f"Group {number}" for number in range(users // GROUPS_OF - 2)]
        people = (UserProfile(login, login, "Ana", "Silva") for login in self._logins)
        self.loaded_s = seconds(lambda: load(self._world.org.core, people, self._groups()))
        self._assign_everybody()
        self._turns = count()
        self._sent: list[float] = []
        self._note_when_calls_are_sent()

    def _note_when_calls_are_sent(self) -> None:
        exchanges = self._target.exchanges()

        def noted(exchange: Any, *sent: Any) -> Any:
            self._sent.append(time.process_time())
            return exchange(*sent)

        wrapped = {host: partial(noted, exchange) for host, exchange in exchanges.items()}
        self._target.exchanges = lambda: wrapped

    def _groups(self) -> Iterator[tuple[str, Sequence[str]]]:
        users = len(self._logins)
        few = users // FEW_OF
        yield ALL, self._logins
        yield FEW, self._logins[:few]
        each = (users * MEMBERSHIPS_OF - users - few) // len(self._others)
        for number, name in enumerate(self._others):
            start = number * each % (users - each)
            yield name, self._logins[start : start + each]

    def _assign_everybody(self) -> None:
        """People with known accounts, straight into the tables: neither is what is measured."""
        store, now = self._world.org.store, self._world.clock.now()
        told = read_population(self._target.fake.spec, {"accounts": self._logins})
        accounts = populate(self._target.fake, told)["accounts"]
        status = AppUserStatus.PROVISIONED.value
        with store.tx():
            app_id = self._world.org.apps.find(APP).id
            rows = [
                (app_id, row.id, True, status, accounts[row.login], row.login, now, "")
                for row in store.all(schema.users)
            ]
            store.pour(schema.app_users, ASSIGNED, rows)

    # --- what is measured ----------------------------------------------------------------------

    def push(self, *groups: str) -> float:
        """Seconds until they are in the app, with their members."""
        for group in groups:
            self._operator.push_group(PushRequest(group, APP))
        return seconds(self._operator.run)

    def push_others(self) -> None:
        """Mappings that will be idle."""
        self.push(*self._others[: len(self._logins) // IDLE_OF])

    def change(self) -> None:
        """One leaves the smaller group, or comes back to it, and that is sent."""
        self._ask_for_a_change()
        self._operator.run()

    def _ask_for_a_change(self) -> None:
        ask = (self._operator.remove_from_group, self._operator.add_to_group)
        ask[next(self._turns) % 2](FEW, self._logins[:1])

    def planned_s(self) -> float:
        """Seconds from when the engine looks for work until the call for one change is sent."""
        self._ask_for_a_change()
        self._sent.clear()
        began = time.process_time()
        self._operator.run()
        (sent,) = self._sent
        return sent - began

    def look(self) -> None:
        """What an engine does now and then that has nothing to do."""
        self._world.org.core.jobs_changed = True
        assert self._operator.next_due() is None

    def check(self) -> None:
        """What was pushed is in the app, and nothing went wrong."""
        there = {group.name: len(group.members) for group in self._target.groups()}
        assert there[ALL] == len(self._logins)
        assert len(there) == 2 + len(self._logins) // IDLE_OF
        assert not self._operator.errors(APP)

    def close(self) -> None:
        self._world.close()


# --- figures -------------------------------------------------------------------------------------


def measured(users: int) -> dict[str, float]:
    """Seconds and megabytes of this very process."""
    with TemporaryDirectory() as folder:
        org = LargeOrg(Path(folder), users)
        few_s = org.push(FEW) * FEW_OF / users
        before = memory_mb(os.getpid()) or 0.0
        all_s = org.push(ALL) / users
        added = (memory_mb(os.getpid(), PEAK) or 0.0) - before
        alone = _idle(org)
        org.push_others()
        beside = _idle(org)
        org.check()
        org.close()
    return {
        "loaded": org.loaded_s,
        "planned": median(alone[0]),
        "added": added,
        "member": all_s,
        "of a few": all_s / few_s,
        "planned beside": min(beside[0]) / min(alone[0]),
        "look beside": min(beside[1]) / min(alone[1]),
    }


def _idle(org: LargeOrg) -> tuple[list[float], list[float]]:
    """What planning one change takes, and looking for work where there is none."""
    org.change()
    planned = [org.planned_s() for _ in range(TIMES)]
    return planned, [seconds(lambda: _times(org.look)) for _ in range(TIMES)]


def _times(work: Callable[[], object]) -> None:
    for _ in range(TIMES):
        work()


def figures(users: int = USERS) -> list[Figure]:
    """Of an org with so many users; groups and memberships keep proportion."""
    users = max(users, FEWEST)
    command = [sys.executable, "-m", "tests.benchmarks.engine_scale", str(users)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return rows(users, json.loads(done.stdout))


def rows(users: int, found: Mapping[str, float]) -> list[Figure]:
    loaded, planned, added = found["loaded"], found["planned"] * 1e3, found["added"]
    beside = found["planned beside"], found["look beside"]
    return [
        Figure(
            f"(i) {users:,} users, {users // GROUPS_OF:,} groups, "
            f"{users * MEMBERSHIPS_OF:,} memberships loaded into a file",
            f"{loaded:.1f} s",
            "<= 15 s",
            loaded <= 15,
        ),
        Figure("(i) a change of one member planned", f"{planned:.1f} ms", "<= 5 ms", planned <= 5),
        Figure(
            f"(i) memory that a push of {users:,} members adds",
            f"{added:.0f} MB",
            "<= 200 MB",
            added <= 200,
        ),
        Figure(
            f"(i) a member of {users:,} / of {users // FEW_OF:,} pushed "
            f"({found['member'] * 1e6:.0f} us each)",
            f"{found['of a few']:.2f}",
            "<= 1.3",
            found["of a few"] <= 1.3,
        ),
        Figure(
            f"(i) beside {users // IDLE_OF:,} idle mappings / alone: a change planned, "
            "a look for work",
            ", ".join(f"{value:.2f}" for value in beside),
            "<= 1.3",
            max(beside) <= 1.3,
        ),
    ]


if __name__ == "__main__":
    print(json.dumps(measured(int(sys.argv[1]) if sys.argv[1:] else USERS)))
