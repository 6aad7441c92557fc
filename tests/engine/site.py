"""An org in a database of its own and fakes beside it: for engines on threads, in real time."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from random import Random
from threading import Event

from fake_apps import load
from fake_apps.core.clock import SystemClock
from harness import adapters, transport
from harness.engine import LocalOperator
from harness.engine.loops import Loops, Pace
from harness.errors import Refused
from harness.model import PushRequest, UserProfile
from harness.org import Org, schema
from harness.org.database import open_store
from harness.ports import Connection
from harness.world import FakeTarget

KIND = "slack"
PATIENCE_S = 60


class Site:
    """One org, its admin, and apps of one kind that are fakes in this process."""

    def __init__(self, url: str, *, apps: int) -> None:
        self._url = url
        self._clock = SystemClock()
        self._targets: dict[str, FakeTarget] = {}
        self.org = self.open_org()
        self.org.prepare()
        self.op = LocalOperator(self.org, self.adapter)
        for number in range(apps):
            self.add_app(f"app {number}")

    def open_org(self) -> Org:
        return Org(open_store(self._url), self._clock, seed=7)

    def add_app(self, label: str) -> None:
        fake = load(KIND).create(
            seed=len(self._targets), clock=self._clock, limits=0, latency_s=0.005
        )
        self._targets[label] = FakeTarget(label, fake)
        with self.org.store.tx():
            self.org.apps.add(
                KIND,
                label,
                capabilities=adapters.load(KIND).capabilities,
                credentials=self._targets[label].credentials(),
                settings={"heal_late_members": True},
            )

    def adapter(self, app):
        session = transport.session(self._targets[app.label].exchanges(), lambda: None)
        return adapters.load(KIND)(
            Connection(
                session=session,
                credentials=app.credentials,
                clock=self._clock,
                wire=app.settings["wire"],
                timeout_s=app.settings["timeout_s"],
                options=app.settings,
            )
        )

    def loops(self, pace: Pace) -> Loops:
        return Loops(self.open_org, self.adapter, pace)

    # --- doing and seeing ----------------------------------------------------------------------

    def push(self, group: str, *names: str) -> None:
        """People in a group that is pushed everywhere, and everybody provisioned everywhere."""
        self.op.create_group(group)
        for name in names:
            address = f"{name}@example.test"
            self.op.create_user(UserProfile(address, address, name.title(), "Silva"))
            for label in self._targets:
                self.op.assign_user(label, address)
        self.op.add_to_group(group, [f"{name}@example.test" for name in names])
        for label in self._targets:
            self.op.push_group(PushRequest(group, label))

    def pushed(self, group: str) -> int:
        """In how many apps the group is as it should be, with nothing left to do."""
        names = sorted(map(_name, self.op.groups()[group]))
        return sum(found == names for found in self.members(group))

    def members(self, group: str) -> list[list[str]]:
        return [self._members(target, group) for target in self._targets.values()]

    def _members(self, target: FakeTarget, group: str) -> list[str]:
        logins = {each.id: each.login for each in target.accounts()}
        found = [each.members for each in target.groups() if each.name == group]
        return sorted(logins[member] for members in found for member in members)

    def until(self, is_so: Callable[[], bool]) -> None:
        """Wait for something that other threads or processes do."""
        never, began = Event(), self._clock.now()
        while not is_so():
            assert self._clock.now() - began < PATIENCE_S, "it did not come to be"
            never.wait(0.02)

    def close(self) -> None:
        self.org.store.close()

    # --- many things at once -------------------------------------------------------------------

    def do_something(self, chance: Random, names: Sequence[str], number: int) -> None:
        """One thing an admin might do now; a mapping on its way out takes no orders."""
        groups = [name for name in self.op.groups() if name != "Everyone"]
        group, who = chance.choice(groups), f"{chance.choice(names)}@example.test"
        match chance.randrange(8):
            case 0 | 1 | 2:
                self.op.add_to_group(group, [who])
            case 3 | 4:
                self.op.remove_from_group(group, [who])
            case 5:
                self.op.rename_group(group, f"{group.partition(' ')[0]} {number}")
            case 6:
                self.op.create_group(f"Team{number}")
                self.op.add_to_group(f"Team{number}", [who])
                for label in self._targets:
                    self.op.push_group(PushRequest(f"Team{number}", label))
            case 7:
                for label in self._targets:
                    self._end(label, group)

    def _end(self, label: str, group: str) -> None:
        with suppress(Refused):
            self.op.deactivate_mapping(label, group)
            self.op.unlink(label, group, delete_group=True)

    @property
    def is_idle(self) -> bool:
        with self.org.store.tx():
            return not self.org.store.all(schema.jobs)

    def wanted_groups(self) -> list[dict[str, list[str]]]:
        """In each app, by name: who is to be a member of what is pushed."""
        members = self.op.groups()
        return [
            {
                each.group: sorted(map(_name, members[each.group]))
                for each in self.op.mappings(label)
            }
            for label in self._targets
        ]

    def targets_groups(self) -> list[dict[str, list[str]]]:
        """In each app, by name: who is a member of what is there."""
        return [
            {
                each.name: self._members(target, each.name)
                for each in target.groups()
                if not each.deleted
            }
            for target in self._targets.values()
        ]


def _name(login: str) -> str:
    return login.partition("@")[0]
