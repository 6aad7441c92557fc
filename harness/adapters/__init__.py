"""Adapters: one app's dialect each, found by name.

A module beside this file, or an entry point of the group `pushproof.adapters`, brings one class
that fits `ports.TargetAdapter`.
"""

from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules

from ..ports import TargetAdapter

_GROUP = "pushproof.adapters"


def names() -> list[str]:
    """Every adapter there is: modules beside this file, and entry points of other packages."""
    return sorted(_own() | {point.name for point in entry_points(group=_GROUP)})


def load(name: str) -> type[TargetAdapter]:
    """The adapter class of that name; LookupError names the known ones."""
    # Our own first: reading the entry points of a whole environment takes milliseconds.
    if name in _own():
        found: type[TargetAdapter] = import_module(f"{__name__}.{name}").Adapter
        return found
    for point in entry_points(group=_GROUP, name=name):
        brought: type[TargetAdapter] = point.load()
        return brought
    raise LookupError(f"unknown adapter {name!r}; known: {', '.join(names())}")


def _own() -> set[str]:
    return {found.name for found in iter_modules(__path__) if not found.name.startswith("_")}
