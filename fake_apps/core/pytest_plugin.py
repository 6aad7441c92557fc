"""pytest fixtures for everybody who has us installed: `fake_box`, `fake_slack`, one for each app.

The plugin is an entry point, so it is imported by every run of pytest in an environment: nothing
here imports Flask, or anything else that takes time, before a test asks for a fixture.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Any
from zlib import crc32

import pytest

from .. import intercept, load, names

if TYPE_CHECKING:
    from .app import FakeApp
    from .clock import Clock
    from .intercept import Interception
    from .serve import Server

MARK = "fake_app"
OPTIONS = ("clock", "latency_s", "limits", "passthrough", "quirks", "seed", "settings")
MARK_LINE = (
    f"{MARK}(*apps, {', '.join(f'{option}=' for option in OPTIONS)}): how the tenants of the "
    "fixtures fake_<app> are made; without apps, all of them. See fake_apps/README.md"
)
SERVER, STAGE = "fake_server", "_fake_stage"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARK_LINE)
    known = names()
    fixtures = ModuleType("fake_apps.fixtures", "A fixture for each fake app there is.")
    for name in known:
        setattr(fixtures, f"fake_{name}", _fixture(name, known))
    config.pluginmanager.register(fixtures, fixtures.__name__)


def _fixture(name: str, known: Sequence[str]) -> Any:
    """The fixture of one app."""

    def fake(request: pytest.FixtureRequest) -> "FakeApp":
        stage: _Stage = request.getfixturevalue(STAGE)
        try:
            return stage.add(name, _options(request.node, name, known))
        except (ValueError, KeyError) as wrong:
            told = f"@pytest.mark.{MARK} for {name}: {wrong.args[0]}"
            raise pytest.fail.Exception(told, pytrace=False) from None

    fake.__doc__ = f"A fresh tenant of {name}: admin, ledger, arm(fault), clock and more."
    return pytest.fixture(name=f"fake_{name}")(fake)


@pytest.fixture
def fake_server(request: pytest.FixtureRequest) -> "Connections":
    """Serves the test's fakes on real ports: fake_server["box"]["base_url"], ["credentials"]."""
    stage: _Stage = request.getfixturevalue(STAGE)
    if not stage.is_served:
        told = f"{SERVER} must be an argument of the test, or of a fixture it uses"
        pytest.fail(told, pytrace=False)
    return Connections(stage.servers)


@pytest.fixture(name=STAGE)
def _fake_stage(request: pytest.FixtureRequest) -> Iterator["_Stage"]:
    marks = [mark for mark in request.node.iter_markers(MARK) if "passthrough" in mark.kwargs]
    passed = [host for mark in marks for host in mark.kwargs["passthrough"]]
    is_served = SERVER in request.fixturenames
    stage = _Stage(seed=_seed(request.node), is_served=is_served, passthrough=passed)
    yield stage
    stage.close()


class Connections(Mapping[str, Mapping[str, Any]]):
    """How to reach each served app: `base_url`, `credentials`, `control_url`, `control_token`."""

    def __init__(self, servers: Mapping[str, "Server"]) -> None:
        self._servers = servers

    def __getitem__(self, name: str) -> Mapping[str, Any]:
        return self._servers[name].connection(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._servers)

    def __len__(self) -> int:
        return len(self._servers)


class _Stage:
    """The fakes of one test: intercepted all together, or served, each on a port of its own."""

    def __init__(self, *, seed: int, is_served: bool, passthrough: Sequence[str]) -> None:
        self.is_served = is_served
        self.servers: dict[str, Server] = {}
        self._seed = seed
        self._passthrough = passthrough
        self._clocks: dict[str, Clock] = {}
        self._interception: Interception | None = None

    def add(self, name: str, options: "_Options") -> "FakeApp":
        """A tenant that is reached from now on until the test is over."""
        fake = load(name).create(
            seed=self._seed if options.seed is None else options.seed,
            clock=self._clock(options.clock),
            limits=_scale(options.limits),
            quirks=options.quirks,
            settings=options.settings,
            latency_s=options.latency_s,
        )
        if self.is_served:
            self._serve(fake)
        else:
            self._intercept(fake)
        return fake

    def close(self) -> None:
        for server in self.servers.values():
            server.stop()
        if self._interception:
            self._interception.__exit__()

    def _serve(self, fake: "FakeApp") -> None:
        from .serve import Server  # noqa: PLC0415 - takes time to import

        server = Server([fake], seed=self._seed)
        server.start()
        self.servers[fake.name] = server

    def _intercept(self, fake: "FakeApp") -> None:
        if self._interception is None:
            self._interception = intercept(passthrough=self._passthrough).__enter__()
        self._interception.add(fake)

    def _clock(self, wanted: "str | Clock") -> "Clock":
        """One clock of a kind for all apps of the test."""
        if not isinstance(wanted, str):
            return wanted
        if wanted not in self._clocks:
            self._clocks[wanted] = self._new_clock(wanted)
        return self._clocks[wanted]

    def _new_clock(self, wanted: str) -> "Clock":
        from .clock import HeldClock, SystemClock, VirtualClock  # noqa: PLC0415 - as above

        if wanted == "system":
            return SystemClock()
        if wanted != "virtual":
            raise ValueError(f"clock {wanted!r}: give system, virtual, or a clock")
        return HeldClock() if self.is_served else VirtualClock()


@dataclass
class _Options:
    """What the marks of a test say about one app; the nearest mark counts."""

    seed: int | None = None
    clock: "str | Clock" = "system"
    limits: str | float = 1.0
    latency_s: float = 0.0
    quirks: dict[str, bool] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)


def _options(node: pytest.Item, name: str, known: Sequence[str]) -> _Options:
    options = _Options()
    for mark in reversed(list(node.iter_markers(MARK))):
        _check(mark, known)
        if mark.args and name not in mark.args:
            continue
        for option, value in mark.kwargs.items():
            if option in ("quirks", "settings"):
                getattr(options, option).update(value)
            elif option != "passthrough":
                setattr(options, option, value)
    return options


def _check(mark: pytest.Mark, known: Sequence[str]) -> None:
    for what, given, there in (("app", mark.args, known), ("option", mark.kwargs, OPTIONS)):
        unknown = ", ".join(repr(name) for name in given if name not in there)
        if unknown:
            told = f"@pytest.mark.{MARK}: unknown {what} {unknown}; known: {', '.join(there)}"
            pytest.fail(told, pytrace=False)


def _scale(limits: str | float) -> float:
    """`vendor`, `off`, `x10`, or a number that capacities are multiplied with (0 is off)."""
    if not isinstance(limits, str):
        return limits
    if limits in ("vendor", "off"):
        return 1.0 if limits == "vendor" else 0.0
    number = limits.removeprefix("x")
    if limits == number or not number.isdecimal():
        raise ValueError(f"limits {limits!r}: give vendor, off, x10 or the like, or a number")
    return float(number)


def _seed(node: pytest.Item) -> int:
    """Another one for each test, the same on every machine and with any number of workers."""
    path, _, name = node.location
    return crc32(f"{path.replace(chr(92), '/')}::{name}".encode())
