"""The second domain controller: it has every change some time after the first one.

Changes are made on the first; searches and comparisons are answered by the second. Which objects it
has not heard of yet is in a table, so that it is the same after a start.
https://learn.microsoft.com/en-us/windows-server/identity/ad-ds/get-started/replication/active-directory-replication-concepts
"""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from ..core.table import Change, Snapshot, Store, Unit
from .dit import Dit
from .reading import Reader
from .search import Search

_SPREAD = ("entries", "members", "kept_members")
_READ = (*_SPREAD, "domains", "counters", "stamps", "link_changes", "tracking")


class Unreplicated(NamedTuple):
    """A change that only the first controller has: when it was made, and what was there before."""

    number: int
    at: float
    table: str
    key: Any
    old: Any


@dataclass(frozen=True)
class View:
    """The directory as one controller has it."""

    dit: Dit
    search: Search


class Replication:
    """What the second controller lacks, and how the directory looks from there."""

    def __init__(self, dit: Dit, search: Search) -> None:
        self._first = View(dit, search)
        self._context = dit.context
        self._lacking = dit.context.store.table("unreplicated")

    def note(self, unit: Unit) -> None:
        """Changes were made on the first controller; what the second has by now is forgotten."""
        if not self._lag_s and not len(self._lacking):
            return
        for one in [one for one in self._lacking if not self._is_missing(one)]:
            self._lacking.drop(one.number)
        if self._lag_s:
            for change in unit.changes():
                if change.table in _SPREAD:
                    self._enter(change)

    def view(self) -> View:
        """The directory as who reads it finds it."""
        missing = self._missing()
        return self._second(missing) if missing else self._first

    # --- small print -------------------------------------------------------------------------

    @property
    def _lag_s(self) -> float:
        seconds: float = self._context.settings["replication_lag_s"]
        return seconds

    def _enter(self, change: Change) -> None:
        counters = self._first.dit.counters
        number = (counters.get("unreplicated") or 0) + 1
        counters.put("unreplicated", number)
        now = self._context.clock.now()
        row = Unreplicated(number, now, change.table, change.key, change.old)
        self._lacking.put(number, row)

    def _is_missing(self, one: Unreplicated) -> bool:
        return self._context.clock.now() - one.at < self._lag_s

    def _missing(self) -> list[Unreplicated]:
        """What the second controller has not got yet, oldest first."""
        return [one for one in self._lacking if self._is_missing(one)]

    def _second(self, missing: list[Unreplicated]) -> View:
        """The present directory, with all that is missing taken back, the newest first."""
        store = Store()
        dit = Dit(replace(self._context, store=store))
        now = self._context.store.snapshot()
        store.restore(Snapshot({name: now.tables[name] for name in _READ}, now.serial))
        for change in reversed(missing):
            _take_back(dit, change)
        return View(dit, Search(dit, Reader(dit)))


def _take_back(dit: Dit, change: Unreplicated) -> None:
    if change.table == "entries":
        if change.old is None:
            dit.entries.drop(change.key)
        else:
            dit.entries.put(change.key, change.old)
        return
    links = dit.members if change.table == "members" else dit.kept_members
    (links.link if change.old else links.unlink)(*change.key)
