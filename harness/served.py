"""The composition root for `serve`: fakes of the asked kinds, populated, on real ports.

Beside `harness.world` the only module that imports `fake_apps`, and apart from it because a server
needs no engine: it is up before the database library of one would be loaded.
"""

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import fake_apps
from fake_apps.core import keys
from fake_apps.core.app import FakeApp
from fake_apps.core.clock import HeldClock, SystemClock
from fake_apps.core.edge import LOOPBACK
from fake_apps.core.journal import StateError, keep_state
from fake_apps.core.population import Population, populate, read_population
from fake_apps.core.serve import CannotListen, Guest, Place, Server
from fake_apps.core.shape import Unfit
from fake_apps.core.wire import exchange

from .errors import Unusable

if TYPE_CHECKING:
    from .okta_api.hosting import HostedTarget

OKTA = "okta"  # the org behind Okta's API

Tell = Callable[[str, Unfit], Unusable]
"""Makes of what is wrong with one app's share of a tenant file the error a user sees."""


@dataclass(frozen=True, kw_only=True)
class ServePlan:
    """What is to be served. `tenants` are the shares of a tenant file by app, as plain data."""

    kinds: tuple[str, ...] = ()
    place: Place = field(default_factory=Place)
    seed: int | None = None
    limits: float = 1.0
    api_limits: float | None = None  # of the org's own API; as the fakes' unless told
    is_virtual: bool = False
    state: Path | None = None
    database: str | None = None  # of the org
    quirks: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)
    tenants: Mapping[str, Any] = field(default_factory=dict)
    targets: Mapping[str, Any] = field(default_factory=dict)  # served elsewhere, for the org
    ca_file: str | None = None  # whom to trust there


def all_kinds() -> list[str]:
    """Every app that can be served."""
    return fake_apps.names()


def kinds_of(names: Sequence[str]) -> tuple[str, ...]:
    """The apps of these names, in their order, each once; where none is named, all the fakes.

    The org behind Okta's API is no fake: it is served where it is named.
    """
    fakes = fake_apps.names()
    known = [*fakes, OKTA]
    for name in names:
        if name not in known:
            raise Unusable(f"unknown app {name!r}; known: {', '.join(known)}")
    return tuple(dict.fromkeys(names)) or tuple(fakes)


def quirks_of(kinds: Sequence[str], switches: Sequence[str]) -> dict[str, dict[str, bool]]:
    """Switches such as `o365:Q3=off`, by app."""
    switched: dict[str, dict[str, bool]] = {kind: {} for kind in kinds}
    for switch in switches:
        name, _, rest = switch.partition(":")
        quirk_id, _, value = rest.partition("=")
        if value not in ("on", "off") or not quirk_id:
            raise Unusable(f"--quirk takes APP:ID=on or APP:ID=off, not {switch!r}")
        if name not in switched:
            raise Unusable(f"--quirk {switch}: {name!r} is not served; served: {', '.join(kinds)}")
        known = _quirk_ids(name)
        if quirk_id not in known:
            raise Unusable(f"--quirk {switch}: unknown quirk; known: {', '.join(known)}")
        switched[name][quirk_id] = value == "on"
    return switched


def _quirk_ids(name: str) -> list[str]:
    if name == OKTA:
        from .okta_api.quirks import ids  # noqa: PLC0415 - only where it is served

        return ids()
    return [quirk.id for quirk in fake_apps.load(name).quirks]


def snippets(server: Server) -> Iterator[tuple[str, str]]:
    """A few lines of the vendor's own SDK for each app that has such, ready to be copied."""
    for name, fake in server.fakes.items():
        if fake.spec.snippet:
            yield fake.spec.title, fake.spec.snippet(server.connection(name))
    if OKTA in server.guests:
        from .okta_api.snippet import snippet  # noqa: PLC0415 - only where it is served

        yield "Okta", snippet(server.connection(OKTA))


@contextmanager
def serving(plan: ServePlan, tell: Tell) -> Iterator[Server]:
    """A running server; Unusable where it cannot be had. State is let go of in the end."""
    clock = HeldClock() if plan.is_virtual else SystemClock()
    Thread(target=keys.private_pem, daemon=True).start()  # a tenth of a second, beside the imports
    try:
        with ExitStack() as stack:
            kept = (_kept(plan, kind, clock, tell) for kind in plan.kinds if kind != OKTA)
            fakes = [stack.enter_context(one) for one in kept]
            guests = stack.enter_context(_guests(plan, fakes, clock))
            made = Server(fakes, plan.place, seed=plan.seed, guests=guests)
            server = stack.enter_context(made)
            gc.freeze()  # what is there from the start need not be looked at again and again
            yield server
    except (CannotListen, StateError) as fault:
        raise Unusable(str(fault)) from fault


@contextmanager
def _guests(
    plan: ServePlan, fakes: Sequence[FakeApp], clock: HeldClock | SystemClock
) -> Iterator[dict[str, Guest]]:
    """The org behind Okta's API, if it is asked for, with its engine at work."""
    if OKTA not in plan.kinds:
        yield {}
        return
    from .okta_api.hosting import Hosted, HostPlan  # noqa: PLC0415 - brings the engine's database

    hosted = Hosted(
        HostPlan(
            targets=[*_elsewhere(plan), *map(_target, fakes)],
            clock=clock,
            seed=plan.seed,
            limits=plan.limits if plan.api_limits is None else plan.api_limits,
            quirks=plan.quirks.get(OKTA),
            state=plan.state,
            database=plan.database,
        )
    )
    if isinstance(clock, HeldClock):
        clock.listeners.append(hosted.wake)
    hosted.start()
    try:
        yield {OKTA: Guest(hosted.api, hosted.tell, hosted.largest_body)}
    finally:
        hosted.stop()


@contextmanager
def world_on_ports(fakes: Sequence[FakeApp], api: tuple[Any, str, int]) -> Iterator[Server]:
    """Fakes of a world, and its org's API: the application, a token, the largest body it takes."""
    app, token, largest = api
    guest = Guest(app, lambda _url: {"credentials": {"token": token}}, largest)
    try:
        with Server(fakes, Place(), guests={OKTA: guest}) as server:
            yield server
    except CannotListen as fault:
        raise Unusable(str(fault)) from fault


def _target(fake: FakeApp) -> "HostedTarget":
    """A fake of this process as the engine reaches it: at its vendor's hosts."""
    from .okta_api.hosting import HostedTarget  # noqa: PLC0415 - brings the engine's database

    exchanges = dict.fromkeys(fake.spec.hosts, partial(exchange, fake))
    return HostedTarget(fake.name, fake.admin.credentials, exchanges)


def _elsewhere(plan: ServePlan) -> list["HostedTarget"]:
    """Targets that another process serves, as its file of --ready tells."""
    from .okta_api.remote import remote_target  # noqa: PLC0415 - only where it is served

    hosts = {kind: fake_apps.load(kind).hosts for kind in plan.targets}
    return [
        remote_target(kind, told, hosts[kind], ca_file=plan.ca_file)
        for kind, told in sorted(plan.targets.items())
    ]


@contextmanager
def _kept(
    plan: ServePlan, kind: str, clock: HeldClock | SystemClock, tell: Tell
) -> Iterator[FakeApp]:
    """A fake whose state, where it is kept, is closed after everything else."""
    fake = _fake(plan, kind, clock, tell)
    try:
        yield fake
    finally:
        if fake.journal:
            fake.journal.close()


def _fake(plan: ServePlan, kind: str, clock: HeldClock | SystemClock, tell: Tell) -> FakeApp:
    spec = fake_apps.load(kind)
    try:
        population = read_population(spec, plan.tenants.get(kind, {}))
        fake = spec.create(
            seed=plan.seed or 0,
            clock=clock,
            quirks={**population.quirks, **plan.quirks.get(kind, {})},
            settings={**spec.served_settings, **population.settings},
            limits=plan.limits,
        )
        if plan.state is None:
            _begin(fake, population)
            fake.begin_here()
        else:
            _keep(fake, plan, lambda made: _begin(made, population))
    except Unfit as unfit:
        raise tell(kind, unfit) from unfit
    return fake


def _keep(fake: FakeApp, plan: ServePlan, begin: Callable[[FakeApp], None]) -> None:
    """State of an earlier start comes before all options but those that are about this start."""
    assert plan.state is not None, "asked before"
    journal = keep_state(fake, plan.state, seed=plan.seed or 0, begin=begin)
    if not journal.is_new:
        for quirk_id, on in plan.quirks.get(fake.name, {}).items():
            fake.switch_quirk(quirk_id, on=on)


def _begin(fake: FakeApp, population: Population) -> None:
    """People, groups and places; settings and quirks were there before anything else."""
    populate(fake, Population(population.places, population.accounts, population.groups))


__all__ = [
    "LOOPBACK",
    "OKTA",
    "Place",
    "ServePlan",
    "Server",
    "Unfit",
    "kinds_of",
    "quirks_of",
    "serving",
    "snippets",
]
