"""Scenario files as pytest items: one per file and lineup of apps.

Loaded with `-p harness.pytest_plugin` only, so that installing Pushproof changes nobody's test run.
Files are collected below the paths that the ini key `pushproof_scenarios` names.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from . import world
from .errors import Unusable
from .scenario.catalogue import SUFFIXES
from .scenario.language import Lineup, Scenario, load
from .scenario.play import Play
from .scenario.report import Style, report
from .scenario.selection import Selection, ledger_name

CASES = pytest.StashKey[tuple[str, ...]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(
        "pushproof_scenarios",
        "files and folders whose *.yaml are scenarios, relative to the rootdir",
        type="paths",
        default=[],
    )
    group = parser.getgroup("pushproof", "pushproof scenarios")
    group.addoption("--pushproof-app", action="append", default=[], help="only this app (repeat)")
    group.addoption("--pushproof-case", action="append", default=[], help="only this case (repeat)")
    group.addoption("--pushproof-seed", type=int, default=None, help="instead of each file's seed")
    group.addoption("--pushproof-only", action="store_true", help="nothing but scenarios")
    group.addoption("--pushproof-ledger", default=None, help="write each item's calls below here")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "ScenarioFile | None":
    if file_path.suffix not in SUFFIXES:
        return None
    roots = parent.config.getini("pushproof_scenarios")
    if not any(file_path == root or root in file_path.parents for root in roots):
        return None
    return ScenarioFile.from_parent(parent, path=file_path)


def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Dir | None:
    """In a run of nothing but scenarios no folder is a Python package."""
    if not parent.config.getoption("--pushproof-only"):
        return None
    return pytest.Dir.from_parent(parent, path=path)


class ScenarioFile(pytest.File):
    """A scenario file; its items are the lineups that are selected."""

    def collect(self) -> "Iterator[ScenarioItem]":
        try:
            scenario = load(self.path, world)
        except Unusable as unusable:
            raise self.CollectError(str(unusable)) from unusable
        for lineup in selection_of(self.config).lineups(scenario):
            yield ScenarioItem.from_parent(self, scenario=scenario, lineup=lineup)


class ScenarioItem(pytest.Item):
    """One scenario with one lineup of apps."""

    def __init__(self, *, scenario: Scenario, lineup: Lineup, **arguments: Any) -> None:
        super().__init__(name=lineup.name, **arguments)
        given = self.config.getoption("--pushproof-seed")
        seed = scenario.keys.seed if given is None else given
        self.play = Play(scenario, lineup, seed)
        self._style = Style(
            verbose=self.config.get_verbosity() > 0, seed_was_given=given is not None
        )

    def runtest(self) -> None:
        try:
            self.play.go()
        finally:
            self._keep_ledgers()

    def teardown(self) -> None:
        if hasattr(self.play, "world"):
            self.play.world.close()

    def _keep_ledgers(self) -> None:
        folder = self.config.getoption("--pushproof-ledger")
        if folder is not None and hasattr(self.play, "world"):
            write_ledgers(Path(folder), self.play)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *_: Any) -> str:
        return report(self.play, excinfo.value, self._style)

    def reportinfo(self) -> tuple[Path, int, str]:
        line = self.play.scenario.keys.steps[0].at.line - 1
        return self.path, line, f"{self.play.scenario.title} [{self.name}]"


def selection_of(config: pytest.Config) -> Selection:
    """What the options select."""
    return Selection(
        apps=tuple(config.getoption("--pushproof-app")),
        cases=tuple(config.getoption("--pushproof-case")),
    )


def write_ledgers(folder: Path, play: Play) -> None:
    """One file per app of the item; the same run gives the same names and bytes."""
    texts: Mapping[str, str] = play.ledgers()
    for label, text in texts.items():
        file = folder / ledger_name(play.scenario.path, play.lineup, label)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
