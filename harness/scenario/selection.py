"""Which items of a file are run, and what they, their ledgers and their artifacts are called."""

import re
from collections.abc import Container
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ..errors import Unusable
from .catalogue import place
from .language import Lineup, Scenario


def item_id(path: Path, lineup: str) -> str:
    """An item's name for files and other machines: `troubleshooting/agent-offline.yaml::o365`."""
    return f"{place(path)}::{lineup}"


@dataclass(frozen=True)
class Selection:
    """Apps, cases and items to run; none of one sort means all of it."""

    apps: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    items: Container[str] | None = None  # ids

    def lineups(self, scenario: Scenario) -> list[Lineup]:
        """The lineups of a file to run; one whose every app (or whole name) is asked for."""
        if self.cases and not set(self.cases) & set(scenario.cases):
            return []
        return [lineup for lineup in scenario.lineups if self._is_wanted(scenario, lineup)]

    def _is_wanted(self, scenario: Scenario, lineup: Lineup) -> bool:
        names = {lineup.name, *lineup.apps, *lineup.kinds}
        if self.apps and not names & set(self.apps):
            return False
        return self.items is None or item_id(scenario.path, lineup.name) in self.items


@dataclass(frozen=True)
class Shard:
    """One of several parts of a run. Only an item's id decides to which part it belongs."""

    number: int
    of: int

    def has(self, one: str) -> bool:
        drawn = int.from_bytes(sha256(one.encode()).digest()[:8], "big")
        return drawn % self.of == self.number - 1


def shard(text: str) -> Shard:
    """A shard as one writes it: `2/3` is the second of three."""
    found = re.fullmatch(r"(\d{1,6})/(\d{1,6})", text, re.ASCII)
    number, of = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= number <= of:
        raise Unusable(f"--shard takes i/n, such as 1/3, 2/3 and 3/3, not {text!r}")
    return Shard(number, of)


def ledger_name(path: Path, lineup: Lineup, label: str) -> Path:
    """Where an item's calls to one app are kept: the file's folder and name, item, app."""
    item = lineup.name if lineup.name == label else f"{lineup.name}.{label}"
    return Path(path.parent.name) / f"{path.stem}.{plain(item)}.jsonl"


def artifact_name(one: str) -> Path:
    """An item's folder among the artifacts: its id, in characters that every store takes."""
    file, _, lineup = one.rpartition("::")
    *folders, name = file.removesuffix(".yaml").split("/")
    return Path(*(plain(folder) for folder in folders if folder), plain(f"{name}.{lineup}"))


def plain(name: str) -> str:
    """A name for one file or folder, whatever stands in it."""
    told = re.sub(r"[^\w.+-]+", "_", name)
    return told if told.strip(".") else "_"
