"""Fake apps: stateful stand-ins for the applications that groups are pushed to.

>>> from fake_apps import load
>>> app = load("o365").create(seed=7)
"""

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules

from .core.app import AppSpec, FakeApp
from .core.fault import Fault
from .core.wire import session

__all__ = ["AppSpec", "FakeApp", "Fault", "load", "names", "session"]

_GROUP = "pushproof.fake_apps"
_NOT_APPS = {"core"}


def names() -> list[str]:
    """Every fake app there is: folders beside this file, and entry points of other packages."""
    return sorted(_own() | {point.name for point in entry_points(group=_GROUP)})


def load(name: str) -> AppSpec:
    """The app of that name; LookupError names the known ones."""
    if name in _own():  # first: reading the entry points of an environment takes milliseconds
        found: AppSpec = import_module(f"{__name__}.{name}").APP
        return found
    for point in entry_points(group=_GROUP, name=name):
        spec: AppSpec = point.load()
        return spec
    raise LookupError(f"unknown fake app {name!r}; known: {', '.join(names())}")


@cache
def _own() -> frozenset[str]:
    return frozenset(found.name for found in iter_modules(__path__) if found.ispkg) - _NOT_APPS
