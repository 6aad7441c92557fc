"""What `pushproof run` shows: progress while items run, then a matrix, the failures, the counts."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType

import pytest
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.text import Text

from .results import EXPECTED_FAILURE, FAILED, HELD, NOT_APPLICABLE, NOT_RUN, Ended

TOLD = "pushproof"  # what an item tells of its end, as an attribute of pytest's report
NOT_RUN_YET = Ended()
OK, FAIL, KNOWN, UNFIT, ABSENT = "ok", "FAIL", "known", "n/a", "-"
STYLES = {OK: "green", FAIL: "bold red", KNOWN: "yellow", UNFIT: "cyan", ABSENT: "dim"}
STATES = {HELD: OK, EXPECTED_FAILURE: KNOWN, NOT_APPLICABLE: UNFIT, NOT_RUN: ABSENT}
DOTS = {OK: ".", FAIL: "F", KNOWN: "x", UNFIT: "n"}
WORDS = {
    OK: "held",
    FAIL: "failed",
    KNOWN: "failing as expected",
    UNFIT: "not applicable",
    ABSENT: "not run",
}
LINE_STYLES = {
    "FAIL ": "bold red",
    "expected: ": "green",
    "actual: ": "red",
    "missing: ": "yellow",
    "unexpected: ": "yellow",
    "[unsure]": "yellow",
    "run just this again:": "bold",
    "fix: ": "green",
    "ok ": "green",
    "-> ": "dim",
    "<- ": "dim",
}


@dataclass(frozen=True)
class Item:
    """One item of a run: a scenario file and a lineup of apps."""

    path: Path
    lineup: str

    @property
    def row(self) -> str:
        return f"{self.path.parent.name}/{self.path.stem}"

    def __str__(self) -> str:
        return f"{self.row} [{self.lineup}]"


@dataclass
class Board:
    """Takes the place of pytest's own reporter."""

    console: Console
    items: Sequence[Item]
    root: Path
    verbose: bool = False
    status: int = 0  # the exit status of the run, once it is over
    ended: dict[Item, Ended] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)
    _progress: Progress | None = None
    _task: TaskID | None = None

    def __enter__(self) -> "Board":
        if self.console.is_terminal and not self.verbose:
            self._progress = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                console=self.console,
                transient=True,
            )
            self._task = self._progress.add_task("scenarios", total=len(self.items))
            self._progress.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def of(self, item: Item) -> Ended:
        return self.ended.get(item, NOT_RUN_YET)

    @property
    def failures(self) -> list[Item]:
        """What fails, or holds against the expectation that it fails."""
        return [item for item in self.items if self.of(item).is_bad]

    # --- hooks ---------------------------------------------------------------------------------

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Pytest's reporter says nothing in a run of scenarios."""
        reporter = config.pluginmanager.getplugin("terminalreporter")
        if reporter is not None:
            config.pluginmanager.unregister(reporter)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how an item ended; a failure outside the call itself counts too."""
        item = self._item(report.nodeid)
        if item is None:
            self.troubles += [str(report.longrepr)] if report.failed else []
        elif report.when == "call":
            told = getattr(report, TOLD, {"status": FAILED if report.failed else HELD})
            is_unfit = told["status"] == NOT_APPLICABLE
            failure = "" if report.passed or is_unfit else str(report.longrepr)
            self.ended[item] = Ended(**told, failure=failure, wall_s=report.duration)
            self._advance(item)
        elif report.failed:
            told = self.of(item)
            self.ended[item] = replace(told, status=FAILED, failure=str(report.longrepr))
            self._advance(item)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.troubles.append(str(report.longrepr))

    def pytest_internalerror(self, excrepr: object) -> bool:
        self.troubles.append(str(excrepr))
        return True

    def _item(self, node_id: str) -> Item | None:
        path, _, name = node_id.rpartition("::")
        found = Item((self.root / path).absolute(), name)
        return found if found in self.items else None

    def _advance(self, item: Item) -> None:
        state = self._state(item)
        if self._progress is not None and self._task is not None:
            failed = f", {len(self.failures)} failed" if self.failures else ""
            self._progress.update(self._task, advance=1, description=f"scenarios{failed}")
        elif self.verbose:
            self._print(Text.assemble((f"{state:4}", STYLES[state]), f" {item}"))
        else:
            self.console.out(DOTS[state], end="", highlight=False)

    # --- the end ---------------------------------------------------------------------------------

    def show(self) -> None:
        """The matrix, the failures below it, the counts on the last line."""
        if not (self._progress or self.verbose):
            self.console.out("")
        for line in self._matrix():
            self._print(line)
        for item in self.failures:
            self._print(Text(""))
            self._show_failure(item)
        for trouble in self.troubles:
            self._print(Text(f"\n{trouble}", style="red"))
        for item in self.items:
            if self.of(item).status == NOT_APPLICABLE:
                self._print(Text(f"not applicable: {item}: {self.of(item).reason}"))
        self._print(Text(""))
        self._print(self._counts())

    def _print(self, line: Text) -> None:
        self.console.print(line, soft_wrap=True)

    def _matrix(self) -> Iterator[Text]:
        columns = sorted({item.lineup for item in self.items})
        rows = list(dict.fromkeys(item.row for item in self.items))
        wide = max(map(len, rows))
        yield Text(f"{'':{wide}}  " + "  ".join(columns), style="bold")
        cells = {(item.row, item.lineup): self._state(item) for item in self.items}
        for row in rows:
            line = Text(f"{row:{wide}}")
            for column in columns:
                state = cells.get((row, column), ABSENT)
                line.append("  ").append(f"{state:{len(column)}}", STYLES[state])
            line.rstrip()
            yield line

    def _state(self, item: Item) -> str:
        ended = self.of(item)
        return FAIL if ended.is_bad else STATES[ended.status]

    def _show_failure(self, item: Item) -> None:
        for number, line in enumerate(self.of(item).failure.splitlines()):
            self._print(Text(f"FAILED {line}", style="bold") if number == 0 else _styled(line))

    def _counts(self) -> Text:
        found = Counter(self._state(item) for item in self.items)
        told = [(f"{found[state]} {word}", STYLES[state]) for state, word in WORDS.items()]
        told = [(text, style) for text, style in told if not text.startswith("0 ")]
        return Text(", ").join(Text(text, style=style) for text, style in told)


def _styled(line: str) -> Text:
    told = line.strip()
    style = next((style for start, style in LINE_STYLES.items() if told.startswith(start)), "")
    return Text(line, style=style)
