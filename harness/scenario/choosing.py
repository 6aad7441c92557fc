"""Which items a run is about: files read, then narrowed by app, case, last failures and shard."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from .. import world
from ..errors import Unusable
from . import language
from .language import Scenario
from .position import Broken
from .progress import Item
from .selection import Selection, Shard, item_id, ledger_name


@dataclass(frozen=True)
class Chosen:
    """The items to run by id, out of all that the files have."""

    items: Mapping[str, Item]
    scenarios: Mapping[Path, Scenario]
    all_ids: tuple[str, ...]

    def narrowed(self, ids: Iterable[str]) -> "Chosen":
        """The same with only these of its items."""
        kept = set(ids)
        items = {one: item for one, item in self.items.items() if one in kept}
        return Chosen(items, self.scenarios, self.all_ids)

    def failed_before(self, ids: Iterable[str]) -> "Chosen":
        """Those that failed last time; all of them when none of these did."""
        failed = set(ids) & set(self.items)
        return self.narrowed(failed) if failed else self

    def of(self, shard: Shard) -> "Chosen":
        return self.narrowed(filter(shard.has, self.items))

    @property
    def kinds(self) -> set[str]:
        """The kinds of app that the items are played on."""
        return {
            kind
            for item in self.items.values()
            for lineup in self.scenarios[item.path].lineups
            if lineup.name == item.lineup
            for kind in lineup.kinds
        }

    def refuse_same_ledgers(self) -> None:
        """Two items must not write one file."""
        first: dict[Path, Path] = {}
        for item in self.items.values():
            lineups = self.scenarios[item.path].lineups
            lineup = next(one for one in lineups if one.name == item.lineup)
            for label in lineup.apps:
                name = ledger_name(item.path, lineup, label)
                other = first.setdefault(name, item.path)
                if other != item.path:
                    told = f"{language.shown(other)} and {language.shown(item.path)}"
                    raise Unusable(f"{told} would both write the ledger {name}: run them apart")


def load(paths: Sequence[Path]) -> list[Scenario]:
    """Every file, or everything that is wrong with any of them."""
    loaded, problems = [], []
    for path in paths:
        try:
            loaded.append(language.load(path, world))
        except Broken as broken:
            problems += broken.problems
    if problems:
        raise Broken(problems)
    return loaded


def choose(scenarios: Sequence[Scenario], selection: Selection) -> Chosen:
    """The items that the selection leaves; Unusable if that is none, and why."""
    everything = _items(scenarios, Selection())
    items = _items(scenarios, selection)
    if not items:
        _refuse_nothing(scenarios, selection)
    return Chosen(items, {scenario.path: scenario for scenario in scenarios}, tuple(everything))


def _items(scenarios: Sequence[Scenario], selection: Selection) -> dict[str, Item]:
    found: dict[str, Item] = {}
    for scenario in scenarios:
        for lineup in selection.lineups(scenario):
            item = Item(scenario.path, lineup.name)
            other = found.setdefault(item_id(scenario.path, lineup.name), item)
            if other != item:
                told = f"{language.shown(other.path)} and {language.shown(item.path)}"
                raise Unusable(f"{told} are the same item of two folders: run them apart")
    return found


def _refuse_nothing(scenarios: Sequence[Scenario], selection: Selection) -> None:
    known_apps = {n for s in scenarios for u in s.lineups for n in (u.name, *u.apps, *u.kinds)}
    known_apps |= set(world.app_kinds())
    _refuse_unknown("app", selection.apps, known_apps)
    _refuse_unknown("case", selection.cases, {case for s in scenarios for case in s.cases})
    if not selection.cases:
        own = sorted({lineup.name for scenario in scenarios for lineup in scenario.lineups})
        raise Unusable(f"nothing selected: what is there runs on {', '.join(own)} only")
    raise Unusable("nothing selected: no scenario there has that app and case together")


def _refuse_unknown(what: str, asked: Sequence[str], known: set[str]) -> None:
    for name in asked:
        if name not in known:
            near = get_close_matches(name, sorted(known), 1)
            hint = f"nearest: {near[0]}" if near else f"known: {', '.join(sorted(known)) or 'none'}"
            raise Unusable(f"nothing selected: no scenario there has the {what} {name!r}; {hint}")
