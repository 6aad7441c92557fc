"""Scenario files as pytest items: one per file and lineup of apps.

Loaded with `-p harness.pytest_plugin` only, so that installing Pushproof changes nobody's test run.
Files are collected below the paths that the ini key `pushproof_scenarios` names.
"""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from . import world
from .errors import NotApplicable, Unusable
from .remote import ENGINE
from .scenario import artifacts, expected, limit
from .scenario.catalogue import SUFFIXES
from .scenario.defaults import defaults
from .scenario.fitting import unfit
from .scenario.language import Lineup, Scenario, load
from .scenario.play import Play
from .scenario.progress import TOLD
from .scenario.report import Style, report
from .scenario.results import (
    EXPECTED_FAILURE,
    FAILED,
    HELD,
    NOT_APPLICABLE,
    TIMED_OUT,
    UNEXPECTED_PASS,
)
from .scenario.selection import Selection, item_id, ledger_name
from .scenario.why import Why, probable_causes

EXPECTED = pytest.StashKey[expected.ExpectedFailures]()
DEFAULTS = pytest.StashKey[Mapping[str, Any]]()


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
    group.addoption("--pushproof-item", action="append", default=[], help="only this id (repeat)")
    group.addoption("--pushproof-seed", type=int, default=None, help="instead of each file's seed")
    group.addoption(
        "--pushproof-setting", action="append", default=[], help="another default: wire=okta"
    )
    group.addoption("--pushproof-only", action="store_true", help="nothing but scenarios")
    group.addoption("--pushproof-ledger", default=None, help="write each item's calls below here")
    group.addoption(
        "--pushproof-timeout", type=float, default=None, help="seconds that an item may take"
    )
    group.addoption(
        "--pushproof-expected-failures", default=None, help="a YAML map of item ids to reasons"
    )
    group.addoption(
        "--pushproof-artifacts", default=None, help="a folder below here for each failing item"
    )


def pytest_configure(config: pytest.Config) -> None:
    file = config.getoption("--pushproof-expected-failures")
    try:
        seconds = config.getoption("--pushproof-timeout")
        if seconds is not None:
            limit.refuse_where_impossible(seconds)
        config.stash[DEFAULTS] = defaults(config.getoption("--pushproof-setting"), world)
        config.stash[EXPECTED] = expected.load(Path(file)) if file else expected.ExpectedFailures()
    except Unusable as unusable:
        raise pytest.UsageError(str(unusable)) from unusable


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "ScenarioFile | None":
    if file_path.suffix not in SUFFIXES:
        return None
    roots = parent.config.getini("pushproof_scenarios")
    if file_path not in roots and not any(root in file_path.parents for root in roots):
        return None
    return ScenarioFile.from_parent(parent, path=file_path)


def pytest_collect_directory(path: Path, parent: pytest.Collector) -> "ScenarioFolder | None":
    """In a run of nothing but scenarios a folder has the files to run, and is no package."""
    if not parent.config.getoption("--pushproof-only"):
        return None
    return ScenarioFolder.from_parent(parent, path=path)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """An item tells of its end more than pytest asks for."""
    made = yield
    if isinstance(item, ScenarioItem) and made.when == "call":
        item.judge(made, call.excinfo.value if call.excinfo else None)
    return made


class ScenarioFolder(pytest.Directory):
    """A folder above scenario files that are named one by one; what else is in it is not looked at.

    pytest would list the folder again for each of them.
    """

    def collect(self) -> "Iterator[ScenarioFolder | ScenarioFile]":
        files = map(Path, self.config.getini("pushproof_scenarios"))
        below = (file.relative_to(self.path) for file in files if self.path in file.parents)
        for name, is_file in dict.fromkeys((part.parts[0], len(part.parts) == 1) for part in below):
            kind = ScenarioFile if is_file else ScenarioFolder
            yield kind.from_parent(self, path=self.path / name)


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
        self._engine = self.config.stash.get(ENGINE, None)
        build = world.build if self._engine is None else self._engine.build
        self.play = Play(scenario, lineup, seed, self.config.stash[DEFAULTS], build)
        self.stable_id = item_id(scenario.path, lineup.name)
        self._style = Style(
            verbose=self.config.get_verbosity() > 0, seed_was_given=given is not None
        )

    def runtest(self) -> None:
        try:
            with limit.limited(self.config.getoption("--pushproof-timeout")):
                self._refuse_unfit()
                self.play.go()
        finally:
            self._keep_ledgers()

    def _refuse_unfit(self) -> None:
        """NotApplicable where the engine under test cannot be asked for what the item needs."""
        if self._engine is None:
            return
        play, console = self.play, self._engine.has_console
        if reason := unfit(play.scenario, play.lineup, play.steps(), has_console=console):
            raise NotApplicable(reason)

    def teardown(self) -> None:
        if hasattr(self.play, "world"):
            self.play.world.close()

    def _keep_ledgers(self) -> None:
        folder = self.config.getoption("--pushproof-ledger")
        if folder is not None and hasattr(self.play, "world"):
            write_ledgers(Path(folder), self.play)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *_: Any) -> str:
        if isinstance(excinfo.value, NotApplicable):
            return str(excinfo.value)
        return report(self.play, excinfo.value, self._style)

    def judge(self, made: pytest.TestReport, error: BaseException | None) -> None:
        """Hold the end against the expected failures; put what else is known into the report."""
        status = _status(error)
        if isinstance(error, NotApplicable):
            self._set_aside(made, str(error))
            return
        entry = self.config.stash[EXPECTED].of(self.stable_id)
        if entry is not None and error is None:
            status = UNEXPECTED_PASS
            made.outcome = "failed"
            made.longrepr = (
                f"{self.play.scenario.title} [{self.name}]\n"
                f"  holds, but was expected to fail: {entry.reason}\n"
                f"  take it out: {entry.at}: {entry.pattern}"
            )
        elif entry is not None:
            status = EXPECTED_FAILURE
            made.outcome = "skipped"
            made.wasxfail = entry.reason  # so that pytest and its JUnit report know it too
        told = {
            "status": status,
            "virtual_s": self.play.virtual_s(),
            "causes": [asdict(why) for why in self._causes(error)],
            "reason": entry.reason if entry else "",
        }
        setattr(made, TOLD, told)
        self._keep_artifacts(made, error)

    def _set_aside(self, made: pytest.TestReport, reason: str) -> None:
        """Neither held nor failed: pytest's JUnit report has it as skipped, with its reason."""
        path, line, _ = self.reportinfo()
        made.outcome = "skipped"
        made.longrepr = (str(path), line + 1, f"not applicable: {reason}")
        told = {"status": NOT_APPLICABLE, "virtual_s": self.play.virtual_s(), "reason": reason}
        setattr(made, TOLD, told)

    def _causes(self, error: BaseException | None) -> list[Why]:
        return [] if error is None else probable_causes(self.play, error)

    def _keep_artifacts(self, made: pytest.TestReport, error: BaseException | None) -> None:
        folder = self.config.getoption("--pushproof-artifacts")
        if folder is None or not made.failed:
            return
        style = replace(self._style, verbose=True)
        told = str(made.longrepr) if error is None else report(self.play, error, style)
        artifacts.keep(Path(folder), self.play, told)

    def reportinfo(self) -> tuple[Path, int, str]:
        line = self.play.scenario.keys.steps[0].at.line - 1
        return self.path, line, f"{self.play.scenario.title} [{self.name}]"


def _status(error: BaseException | None) -> str:
    if error is None:
        return HELD
    return TIMED_OUT if isinstance(error, limit.TimedOut) else FAILED


def selection_of(config: pytest.Config) -> Selection:
    """What the options select."""
    return Selection(
        items=frozenset(config.getoption("--pushproof-item")) or None,
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
