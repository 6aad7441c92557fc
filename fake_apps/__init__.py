"""Fake apps: stateful stand-ins for the applications that groups are pushed to.

>>> from fake_apps import load
>>> app = load("o365").create(seed=7)

Importing this module alone costs next to nothing: pytest does so wherever it is installed.
PYTEST_DONT_REWRITE: nothing here is a test, though pytest takes all of a plugin's files for such.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .core.app import AppSpec, FakeApp
    from .core.clock import Clock
    from .core.fault import Fault
    from .core.intercept import Interception
    from .core.wire import session

__all__ = ["AppSpec", "FakeApp", "Fault", "intercept", "load", "names", "session"]

_GROUP = "pushproof.fake_apps"
_NOT_APPS = {"core"}
_HOMES = {"AppSpec": "app", "FakeApp": "app", "Fault": "fault", "session": "wire"}


def names() -> list[str]:
    """Every fake app there is: folders beside this file, and entry points of other packages."""
    return sorted(_own() | {point.name for point in entry_points(group=_GROUP)})


def load(name: str) -> "AppSpec":
    """The app of that name; LookupError names the known ones."""
    if name in _own():  # first: reading the entry points of an environment takes milliseconds
        found: AppSpec = import_module(f"{__name__}.{name}").APP
        return found
    for point in entry_points(group=_GROUP, name=name):
        spec: AppSpec = point.load()
        return spec
    raise LookupError(f"unknown fake app {name!r}; known: {', '.join(names())}")


def intercept(
    *apps: "str | FakeApp",
    seed: int = 0,
    clock: "Clock | None" = None,
    limits: float = 1.0,
    quirks: Mapping[str, Mapping[str, bool]] | None = None,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    passthrough: Sequence[str] = (),
) -> "Interception":
    """Let fakes answer what `requests` sends to the vendors' real host names in this process.

    >>> with intercept("box", "slack", seed=7) as fakes:
    ...     requests.get("https://api.box.com/2.0/groups")
    ...     fakes["box"].ledger

    A context manager, and a decorator of functions. Apps are names, or tenants made beforehand; a
    tenant of a name is made anew each time it is entered, with the options (`quirks` and `settings`
    by app, `limits` as a scale: 0 is off) and the machine's clock, unless another is given. Hosts
    in `passthrough` are really called; any other host is refused with `requests.ConnectionError`.

    It answers `requests` only (no aiohttp, httpx, urllib or curl: see `pushproof serve`), and for
    the whole process: use it from one thread, and one at a time.
    """
    from .core.intercept import Interception, Options  # noqa: PLC0415 - imports Flask

    options = Options(seed, clock, limits, quirks or {}, settings or {})
    return Interception(apps, load, options, passthrough=passthrough)


def __getattr__(name: str) -> Any:
    """What Flask has to be imported for is imported when it is asked for."""
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.core.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@cache
def _own() -> frozenset[str]:
    return frozenset(found.name for found in iter_modules(__path__) if found.ispkg) - _NOT_APPS
