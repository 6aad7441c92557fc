"""(d) The calls our engine makes for one operation, beside the fewest there could be.

Counted in the ledger of a whole world. Token calls do not count, nor do those for the members'
accounts, which are there and known. Limits are off: a throttled push waits and asks again, and what
is asked again does not count.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from harness import world
from harness.model import AppUserStatus, CallView, PushRequest, UserStatus
from harness.org import schema
from tests.benchmarks.minimum import Fewest, minimum
from tests.benchmarks.minimum import apps as minimum_apps
from tests.benchmarks.rounds import seconds

APPS = tuple(kind for kind in world.app_kinds() if kind in minimum_apps())
CASES: Sequence[tuple[str, int]] = (
    *(("create", n) for n in (1, 20, 420, 1_000, 10_000)),
    ("add", 1),
    ("remove", 1),
    ("replace", 1_000),
    ("rename", 0),
    ("delete", 0),
    ("noop", 0),
)
MOST_CALLS = 2_000
OVER = 1  # more than the fewest: the look-up without which a group could be made twice

APP, GROUP, RENAMED = "target", "Sales", "Marketing"
FEW = 20  # members of a group in which one thing is changed


@dataclass(frozen=True)
class Counted:
    """What one operation took."""

    app: str
    operation: str
    n: int
    ours: Fewest
    seconds: float

    @property
    def fewest(self) -> Fewest:
        return minimum(self.app, self.operation, self.n)

    @property
    def over(self) -> int:
        return self.ours.calls - self.fewest.calls


def count_all(largest: int, apps: Sequence[str] = APPS) -> Iterator[Counted]:
    """Every case of at most so many members, app by app."""
    for app, operation, n in cases():
        if n <= largest and app in apps:
            yield count(app, operation, n)


def cases() -> list[tuple[str, str, int]]:
    """App, operation and members; without sizes that say nothing new, one call for each member."""
    every = ((app, operation, n) for app in APPS for operation, n in CASES)
    return [one for one in every if minimum(*one).calls <= MOST_CALLS]


def count(app: str, operation: str, n: int) -> Counted:
    """Arrange, have it done, and count what the target was asked."""
    members = n if operation in ("create", "replace") else FEW
    bench = Bench(app, members, others=n // 2 if operation == "replace" else 1)
    act: Callable[[], None] = getattr(bench, operation)
    if operation not in ("create", "replace"):
        bench.create()
        bench.run()
    if operation == "replace":
        bench.drift()
    before = bench.last_call()
    act()
    taken = seconds(bench.run)
    bench.check()
    return Counted(app, operation, n, bench.asked_since(before), taken)


class Bench:
    """A world with one app, a source group of `n` members and other people, at least one.

    The verbs are the operations; nothing is sent before `run`.
    """

    def __init__(self, kind: str, n: int, others: int) -> None:
        self._world = world.build([world.AppPlan(kind, APP)], seed=7)
        self._operator, self._target = self._world.operator, self._world.targets[APP]
        self._target._fake.meter.scale = 0.0
        credentials = self._target.credentials()
        self._place = credentials.get("groups_dn")
        domain = credentials.get("domain", "example.test")
        people = [f"p{number:05}@{domain}" for number in range(n + others)]
        self._members, self._others = people[:n], people[n:]
        self._accounts = {login: self._target.add_account(login, {}) for login in people}
        self._name = GROUP
        self._operator.create_group(GROUP)
        self._assign_everybody()
        self._operator.add_to_group(GROUP, self._members)

    def _assign_everybody(self) -> None:
        """People with known accounts, straight into the tables: neither is what is counted here."""
        org, now = self._world.org, self._world.clock.now()
        with org.store.tx():
            app_id = org.apps.find(APP).id
            org.store.run(schema.users.insert(), [_user(login, now) for login in self._accounts])
            org.store.run(
                schema.app_users.insert(),
                [_app_user(app_id, login, self._accounts[login], now) for login in self._accounts],
            )

    # --- operations --------------------------------------------------------------------------

    def create(self) -> None:
        self._operator.push_group(PushRequest(GROUP, APP, place=self._place))

    def add(self) -> None:
        self._operator.add_to_group(GROUP, self._others[:1])

    def remove(self) -> None:
        self._operator.remove_from_group(GROUP, self._members[:1])

    def replace(self) -> None:
        """Overwrite: by Push Now where an app has it, by linking where Push Now only adds."""
        if self._overwrites:
            self._operator.push_now(APP, GROUP)
        else:
            self._operator.push_group(PushRequest(GROUP, APP, link_to=GROUP, place=self._place))

    def rename(self) -> None:
        self._operator.rename_group(GROUP, RENAMED)
        self._name = RENAMED

    def delete(self) -> None:
        self._operator.unlink(APP, GROUP, delete_group=True)
        self._name = ""

    def noop(self) -> None:
        """One goes and comes back before anything is sent."""
        self._operator.remove_from_group(GROUP, self._members[:1])
        self._operator.add_to_group(GROUP, self._members[:1])

    # --- around them -------------------------------------------------------------------------

    @property
    def _overwrites(self) -> bool:
        return world.adapters.load(self._target._fake.name).capabilities.overwrites

    def drift(self) -> None:
        """Half the members of the target group are others than they should be."""
        half = len(self._members) // 2
        present = [self._accounts[p] for p in self._members[half:] + self._others[:half]]
        if not self._overwrites:
            self._target.add_group(GROUP, member_ids=present, place=self._place)
            self._operator.refresh_app_groups(APP)
            self.run()
            return
        self.create()
        self.run()
        (group,) = self._target.groups()
        self._target.remove_members(group.id, [self._accounts[p] for p in self._members[:half]])
        self._target.add_members(group.id, [self._accounts[p] for p in self._others[:half]])

    def run(self) -> None:
        self._operator.run()

    def last_call(self) -> int:
        return self._target.last_call()

    def asked_since(self, number: int) -> Fewest:
        """Calls, and what they carried: requests of a batch, operations of an agent call."""
        calls = [call for call in self._target.calls(number) if not _is_token(call)]
        assert all(call.succeeded for call in calls), calls
        return Fewest(len(calls), sum(len(call.inner) or 1 for call in calls))

    def check(self) -> None:
        """The target has exactly what it should have."""
        logins = {account_id: login for login, account_id in self._accounts.items()}
        arrived = {
            group.name: {logins[member] for member in group.members}
            for group in self._target.groups()
            if not group.deleted
        }
        wanted = {self._name: set(self._operator.groups()[self._name])} if self._name else {}
        assert arrived == wanted
        assert not self._operator.errors(APP)


def _user(login: str, now: float) -> dict[str, Any]:
    return {
        "id": f"00u-{login}",
        "login": login,
        "login_key": login,
        "email": login,
        "first_name": "Ana",
        "last_name": "Silva",
        "attributes": {},
        "status": UserStatus.ACTIVE.value,
        "created": now,
        "changed": now,
    }


def _app_user(app_id: str, login: str, account_id: str, now: float) -> dict[str, Any]:
    return {
        "app_id": app_id,
        "user_id": f"00u-{login}",
        "direct": True,
        "status": AppUserStatus.PROVISIONED.value,
        "external_id": account_id,
        "account_login": login,
        "provisioned": now,
    }


def _is_token(call: CallView) -> bool:
    return call.operation.endswith(".token")
