"""An adapter and the real fake it talks to, over the same exchange a world uses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from fake_apps import Fault, load
from fake_apps.core.app import FakeApp
from fake_apps.core.ledger import Call
from fake_apps.core.wire import exchange
from harness import adapters
from harness.model import AccountProfile, Effect, Outcome
from harness.ports import Connection, Steps, TargetAdapter
from harness.transport import session

TOKEN = "o365.token"


@dataclass
class Rig:
    """One tenant, one adapter; `sent` are the calls since the last look, token calls left out."""

    app: FakeApp
    adapter: TargetAdapter
    seen: int = field(default=0)

    @property
    def admin(self) -> Any:
        return self.app.admin

    def sent(self) -> list[Call]:
        since = self.app.ledger.since(self.seen)
        calls = [call for call in since if not call.operation.endswith(".token")]
        self.seen = self.app.ledger.last_number
        return calls

    def accounts(self, count: int, start: int = 0) -> list[str]:
        numbers = range(start, start + count)
        return [self.admin.add_account(f"user{n:05}@{self.domain}", {}) for n in numbers]

    @property
    def domain(self) -> str:
        return str(self.admin.credentials().get("domain", "example.test"))

    def group(self, group_id: str) -> Any:
        return next(group for group in self.admin.groups() if group.id == group_id)

    def members(self, group_id: str) -> set[str]:
        return set(self.group(group_id).member_ids)

    def change(self, operation: str, n: int) -> tuple[str, set[str]]:
        """Add to a group of `n` members, remove them, or replace them: its id, who should be in."""
        accounts = self.accounts(2 * n)
        present, others = accounts[:n], accounts[n:]
        target_id = self.admin.add_group("Sales", member_ids=present)
        adapter = self.adapter
        steps = {
            "add": lambda: adapter.change_members(target_id, add=others, remove=[]),
            "remove": lambda: adapter.change_members(target_id, add=[], remove=present),
            "replace": lambda: adapter.replace_members(target_id, others),
        }
        done(steps[operation]())
        wanted = {"add": accounts, "remove": [], "replace": others}[operation]
        return target_id, set(wanted)

    def arm(self, operation: str, kind: str, **more: Any) -> None:
        self.app.arm(Fault(operation, kind, **more))


def rig(
    name: str,
    *,
    credentials: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
    wire: str = "frugal",
    **given: Any,
) -> Rig:
    given.setdefault("limits", 0.0)
    app = load(name).create(seed=7, **given)
    hosts = {host: partial(exchange, app) for host in app.spec.hosts}
    connection = Connection(
        session(hosts),
        {**app.admin.credentials(), **(credentials or {})},
        app.clock,
        wire=wire,
        options=options,
    )
    return Rig(app, adapters.load(name)(connection))


def person(login: str, **more: Any) -> AccountProfile:
    values = {"email": login, "first_name": "Ana", "last_name": "Silva", **more}
    return AccountProfile(login, **values)


def run(steps: Steps) -> list[Outcome]:
    """All outcomes; only the last one may carry an error."""
    outcomes = list(steps)
    assert all(outcome.error is None for outcome in outcomes[:-1])
    return outcomes


def done(steps: Steps) -> list[Outcome]:
    outcomes = run(steps)
    assert outcomes[-1].error is None, outcomes[-1].error
    return outcomes


def made(steps: Steps) -> str:
    """The id that a creating operation brought."""
    return next(outcome.id for outcome in done(steps) if outcome.id)


def failed(steps: Steps) -> Outcome:
    last = run(steps)[-1]
    assert last.error is not None, last
    assert last.effect is not Effect.DONE
    return last


def added(outcomes: list[Outcome]) -> set[str]:
    return {account for outcome in outcomes for account in outcome.added}


def removed(outcomes: list[Outcome]) -> set[str]:
    return {account for outcome in outcomes for account in outcome.removed}


def refused(outcomes: list[Outcome]) -> dict[str, Any]:
    return {r.account_id: r.error for outcome in outcomes for r in outcome.refused}
