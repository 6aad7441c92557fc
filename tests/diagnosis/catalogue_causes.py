"""What causes each item of the catalogue shows, and the table of those it is known to show.

`python -m tests.diagnosis.catalogue_causes [WORD ...]` writes the table, or its rows of the files
that have one of the words in their name, anew: read what has changed in it, a
cause that does not belong to its case is a mistake in the diagnosis.
"""

import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from harness import world
from harness.diagnosis import explain, gather
from harness.scenario.here import Here
from harness.scenario.judge import Disagreement
from harness.scenario.language import Lineup, Scenario, Step, load
from harness.scenario.play import Play

CATALOGUE = Path(__file__).parents[2] / "scenarios"
TABLE = Path(__file__).with_name("catalogue_causes.txt")
FILES = sorted(path.relative_to(CATALOGUE).as_posix() for path in CATALOGUE.rglob("*.yaml"))


@dataclass
class Asking(Play):
    """A play that asks for causes at every `expect`, and keeps their names."""

    found: set[str] = field(default_factory=set)

    def _perform(self, step: Step, here: Here) -> list[Disagreement]:
        wrong = super()._perform(step, here)
        if step.verb.is_judgement:
            for label in self.lineup.apps:
                self.found |= self._names(label)
        return wrong

    def _names(self, label: str) -> set[str]:
        """Of the error list, and of what has no error."""
        operator = self.world.operator
        explained = explain(gather(operator, self.world.targets, label))
        listed = {error.name for error in operator.errors(label)}
        return listed | {each.name for each in explained}


@cache
def scenario(file: str) -> Scenario:
    return load(CATALOGUE / file, world)


def lineup(file: str, app: str) -> Lineup:
    return next(each for each in scenario(file).lineups if each.name == app)


def items() -> list[tuple[str, str]]:
    """File and app of every item."""
    return [(file, each.name) for file in FILES for each in scenario(file).lineups]


def shown(file: str, app: str) -> set[str]:
    """The names of the causes that the item shows, "" for one that is unknown."""
    read = scenario(file)
    play = Asking(read, lineup(file, app), read.keys.seed)
    play.go()
    return play.found


# --- the table -----------------------------------------------------------------------------------


@cache
def table() -> dict[str, str]:
    """File to causes; those of some apps only have these in brackets."""
    lines = [line.partition(": ") for line in TABLE.read_text().splitlines()]
    return {file: causes for file, _, causes in lines}


def known(file: str, app: str) -> set[str]:
    """The causes that the table has for the item."""
    words = re.findall(r"(\w+)(?:\[([^\]]*)\])?", table().get(file, ""))
    return {name for name, apps in words if not apps or app in apps.split(",")}


def row(found: dict[str, set[str]]) -> str:
    """A file's causes, from what was found for each of its apps."""
    names = sorted(set().union(*found.values()))
    words = [_word(name, [app for app in found if name in found[app]], found) for name in names]
    return " ".join(words)


def _word(name: str, apps: list[str], all_of_them: Iterable[str]) -> str:
    return name if apps == list(all_of_them) else f"{name}[{','.join(apps)}]"


def main(words: Sequence[str]) -> None:
    """Ask the files that have one of the words in their name, or all of them, once more."""
    rows = {} if not words else {f: line for f, line in table().items() if f in FILES}
    for file in FILES:
        if not words or any(word in file for word in words):
            rows.pop(file, None)
            found = {each.name: shown(file, each.name) for each in scenario(file).lineups}
            if any(found.values()):
                rows[file] = row(found)
    TABLE.write_text("".join(f"{file}: {rows[file]}\n" for file in sorted(rows)))


if __name__ == "__main__":
    main(sys.argv[1:])
