"""Which items of a file are run, and what their ledgers are called."""

from dataclasses import dataclass
from pathlib import Path

from .language import Lineup, Scenario


@dataclass(frozen=True)
class Selection:
    """Apps and cases to run; none of one sort means all of it."""

    apps: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()

    def lineups(self, scenario: Scenario) -> list[Lineup]:
        """The lineups of a file to run; one whose every app (or whole name) is asked for."""
        if self.cases and not set(self.cases) & set(scenario.cases):
            return []
        return [lineup for lineup in scenario.lineups if self._is_wanted(lineup)]

    def _is_wanted(self, lineup: Lineup) -> bool:
        names = {lineup.name, *lineup.apps, *lineup.kinds}
        return not self.apps or bool(names & set(self.apps))


def ledger_name(path: Path, lineup: Lineup, label: str) -> Path:
    """Where an item's calls to one app are kept: the file's folder and name, item, app."""
    item = lineup.name if lineup.name == label else f"{lineup.name}.{label}"
    return Path(path.parent.name) / f"{path.stem}.{item}.jsonl"
