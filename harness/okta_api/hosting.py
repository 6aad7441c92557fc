"""An org and its engine, on the targets they are given, behind the API: what `serve` starts.

The composition root of a served org, as `harness.world` is that of a scenario's.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import sqlalchemy as sa

from .. import adapters, transport
from ..engine import LocalOperator
from ..org import Org, schema
from ..org.database import open_store
from ..org.store import Store, in_memory
from ..ports import Clock, Connection, TargetAdapter
from .face import Api, flask_app
from .loop import EngineLoop, unlocked
from .service import LETTERS, Connected, Service
from .tokens import ROLES
from .wire import LARGEST_BODY

TOKEN = "serve"  # noqa: S105 - the name of the one that is told, not what it is
TOKEN_LENGTH = 42
FILE = "okta.sqlite"


@dataclass(frozen=True)
class HostedTarget:
    """A target an org can push to: its kind, how to get in, and who answers at its hosts."""

    kind: str
    credentials: Callable[[], Mapping[str, Any]]
    exchanges: Mapping[str, transport.Exchange]


@dataclass(frozen=True, kw_only=True)
class HostPlan:
    """How an org is to be hosted. `is_real` says that the clock runs by itself."""

    targets: Sequence[HostedTarget]
    clock: Clock
    is_real: bool = True
    seed: int | None = None
    limits: float = 1.0
    quirks: Mapping[str, bool] | None = None
    state: Path | None = None


class Hosted:
    """One org, its engine on a thread, and its API as a WSGI application."""

    largest_body = LARGEST_BODY

    def __init__(self, plan: HostPlan) -> None:
        self._targets = {target.kind: target for target in plan.targets}
        self._store = _store(plan.state)
        self._clock = plan.clock
        org = Org(self._store, plan.clock, seed=plan.seed or 0)
        self.service = Service(
            org,
            LocalOperator(org, self._adapter),
            seed=plan.seed or 0,
            quirks=plan.quirks,
            limits=plan.limits,
            connector=self._connect,
            wake=self.wake,
        )
        self.loop = EngineLoop(self.service, is_real=plan.is_real)
        self.api = Api(self.service, hides=True)
        self._token = _token(plan.seed)
        self._prepare()

    def start(self) -> None:
        """Let the engine work; what the first request would have to wait for is built before."""
        flask_app()
        self.loop.start()

    def stop(self) -> None:
        """End the engine and let go of the database."""
        self.loop.stop()
        self._store.close()

    def wake(self) -> None:
        self.loop.wake()

    def tell(self, _base_url: str) -> dict[str, Any]:
        """What a client has to know: the token, and the ready instance of each kind of app."""
        with self.service.lock:
            apps = {row.kind: row.id for row in self.service.org.apps.all()}
        return {"credentials": {"token": self._token}, "apps": apps}

    # --- small print -------------------------------------------------------------------------

    def _prepare(self) -> None:
        """A new org has one connected instance of each target; a kept one has those it had."""
        org = self.service.org
        with self._store.tx():
            if self._store.get(schema.groups, type="BUILT_IN") is None:
                org.groups.create_everyone()
            known = {row.label for row in org.apps.all()}
            for kind in sorted(self._targets):
                if kind not in known:
                    self._add(kind)
        self.service.tokens.issue(TOKEN, self._token, scopes=ROLES["SUPER_ADMIN"])

    def _add(self, kind: str) -> None:
        connected = self._connect(kind)
        assert connected is not None, kind
        self.service.org.apps.add(
            kind,
            kind,
            capabilities=adapters.load(kind).capabilities,
            credentials=connected.credentials,
            settings=connected.settings,
        )

    def _connect(self, kind: str) -> Connected | None:
        target = self._targets.get(kind)
        if target is None:
            return None
        credentials = target.credentials()
        # What an admin picks when connecting a directory: the OU for new accounts.
        place = credentials.get("people_dn")
        return Connected(credentials, {"user_ou": place} if place else {})

    def _adapter(self, app: sa.Row[Any]) -> TargetAdapter:
        """An adapter for one app, on a session that reaches only its target."""
        target = self._targets[app.kind]
        free = {
            host: unlocked(exchange, self.service.lock)
            for host, exchange in target.exchanges.items()
        }
        connection = Connection(
            session=transport.session(free, partial(_no_transaction, self._store)),
            credentials=app.credentials,
            clock=self._clock,
            wire=app.settings["wire"],
            timeout_s=app.settings["timeout_s"],
            options=app.settings,
        )
        return adapters.load(app.kind)(connection)


def _no_transaction(store: Store) -> None:
    assert not store.in_transaction, "a database transaction is open during a call"


def _store(state: Path | None) -> Store:
    """A file that survives the process, or memory of this one; either way under one lock."""
    if state is None:
        return in_memory(_nothing)
    state.mkdir(parents=True, exist_ok=True)
    return open_store(f"sqlite:///{state / FILE}")


def _nothing(_store: Store) -> None:
    """A new org's database has nothing in it."""


def _token(seed: int | None) -> str:
    if seed is None:
        return "00" + secrets.token_urlsafe(TOKEN_LENGTH)[: TOKEN_LENGTH - 2]
    return "00" + "".join(Random(f"{seed}:token").choices(LETTERS, k=TOKEN_LENGTH - 2))
