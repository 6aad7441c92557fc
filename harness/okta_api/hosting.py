"""An org and its engine, on the targets they are given, behind the API: what `serve` starts.

The composition root of a served org, as `harness.world` is that of a scenario's.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa

from .. import adapters, transport
from ..engine import LocalOperator
from ..engine.loops import Loops, Pace
from ..errors import Unusable
from ..org import Org
from ..org.database import open_store
from ..org.ownership import sole_engine
from ..org.store import StoreLost
from ..ports import Clock, Connection, TargetAdapter
from .face import Api, flask_app
from .groups import settle_deferred
from .service import LETTERS, Connected, Service
from .tokens import ROLES
from .wire import LARGEST_BODY

TOKEN = "serve"  # noqa: S105 - the name of the one that is told; those who share have their own
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
    """How an org is to be hosted: in the database of this URL, or in a file in `state`.

    With neither it lives as long as the process.
    """

    targets: Sequence[HostedTarget]
    clock: Clock
    seed: int | None = None
    limits: float = 1.0
    quirks: Mapping[str, bool] | None = None
    state: Path | None = None
    database: str | None = None
    pace: Pace = field(default_factory=Pace)


class Hosted:
    """One org, its engine on a thread, and its API as a WSGI application."""

    largest_body = LARGEST_BODY

    def __init__(self, plan: HostPlan) -> None:
        self._targets = {target.kind: target for target in plan.targets}
        self._clock = plan.clock
        self._seed = plan.seed or 0
        self._end = ExitStack()
        self._url = self._end.enter_context(_database(plan))
        self._end.enter_context(sole_engine(self._url))
        self.service = Service(
            *self._open(),
            seed=self._seed,
            quirks=plan.quirks,
            limits=plan.limits,
            connector=self._connect,
            wake=self.wake,
            reopen=self._open,
        )
        self._end.callback(self._leave)
        self.loops = Loops(
            self._open_org,
            self._adapter,
            plan.pace,
            tend=self._tend,
            is_held=lambda: self.service.is_held,
        )
        self.api = Api(self.service, hides=True)
        self._token = _token(plan.seed)
        self._token_name = TOKEN if plan.database is None else f"{TOKEN} {secrets.token_hex(4)}"
        self._prepare()

    def start(self) -> None:
        """Let the engine work; what the first request would have to wait for is built before."""
        flask_app()
        self.loops.start()

    def stop(self) -> None:
        """End the engine and let go of the database."""
        self.loops.stop()
        self._end.close()

    def wake(self) -> None:
        self.loops.wake()

    def tell(self, _base_url: str) -> dict[str, Any]:
        """What a client has to know: the token, and the ready instance of each kind of app."""
        with self.service.lock:
            apps = {row.kind: row.id for row in self.service.org.apps.all()}
        return {"credentials": {"token": self._token}, "apps": apps}

    # --- small print -------------------------------------------------------------------------

    def _open_org(self) -> Org:
        """The org on a connection of its own."""
        return Org(open_store(self._url), self._clock, seed=self._seed)

    def _open(self) -> tuple[Org, LocalOperator]:
        org = self._open_org()
        return org, LocalOperator(org, self._adapter)

    def _leave(self) -> None:
        """A token of a database that others share is good for one start."""
        store = self.service.org.store
        with suppress(StoreLost):
            if self._token_name != TOKEN:
                with store.tx():
                    self.service.tokens.revoke(self._token_name)
        store.close()

    def _tend(self) -> None:
        """What the API puts off, done now and then."""
        with self.service.lock:
            settle_deferred(self.service)

    def _prepare(self) -> None:
        """A new org has one connected instance of each target; a kept one has those it had."""
        org = self.service.org
        org.prepare()
        with org.store.tx():
            known = {row.label for row in org.apps.all()}
            for kind in sorted(self._targets):
                if kind not in known:
                    self._add(kind)
        self.service.tokens.issue(self._token_name, self._token, scopes=ROLES["SUPER_ADMIN"])

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
        target = self._targets.get(app.kind)
        if target is None:
            raise Unusable(f"{app.label}: no target of its kind is served, nor named by --targets")
        connection = Connection(
            session=transport.session(target.exchanges, _nothing),
            credentials=app.credentials,
            clock=self._clock,
            wire=app.settings["wire"],
            timeout_s=app.settings["timeout_s"],
            options=app.settings,
        )
        return adapters.load(app.kind)(connection)


def _nothing() -> None:
    """Before a call: that no transaction is open is asserted where there is but one connection."""


@contextmanager
def _database(plan: HostPlan) -> Iterator[str]:
    """Where the org lives; a folder that is gone with the process where it is not to be kept."""
    if plan.database is not None:
        yield plan.database
    elif plan.state is not None:
        plan.state.mkdir(parents=True, exist_ok=True)
        yield f"sqlite:///{plan.state / FILE}"
    else:
        with TemporaryDirectory(prefix="pushproof-") as folder:
            yield f"sqlite:///{Path(folder) / FILE}?synchronous=OFF"


def _token(seed: int | None) -> str:
    if seed is None:
        return "00" + secrets.token_urlsafe(TOKEN_LENGTH)[: TOKEN_LENGTH - 2]
    return "00" + "".join(Random(f"{seed}:token").choices(LETTERS, k=TOKEN_LENGTH - 2))
