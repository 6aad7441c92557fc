"""What `pushproof run` shows: progress while items run, then a matrix, the failures, the counts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import pytest
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.text import Text

HELD, FAILED, ABSENT = "ok", "FAIL", "-"
STYLES = {HELD: "green", FAILED: "bold red", ABSENT: "dim"}
LINE_STYLES = {
    "FAIL ": "bold red",
    "expected: ": "green",
    "actual: ": "red",
    "missing: ": "yellow",
    "unexpected: ": "yellow",
    "[unsure]": "yellow",
    "run just this again:": "bold",
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
    failures: dict[Item, str] = field(default_factory=dict)
    held: set[Item] = field(default_factory=set)
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
        elif report.failed:
            self.held.discard(item)
            self.failures[item] = str(report.longrepr)
            self._advance(item, FAILED)
        elif report.when == "call":
            self.held.add(item)
            self._advance(item, HELD)

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

    def _advance(self, item: Item, state: str) -> None:
        if self._progress is not None and self._task is not None:
            failed = f", {len(self.failures)} failed" if self.failures else ""
            self._progress.update(self._task, advance=1, description=f"scenarios{failed}")
        elif self.verbose:
            self._print(Text.assemble((f"{state:4}", STYLES[state]), f" {item}"))
        else:
            self.console.out("." if state == HELD else "F", end="", highlight=False)

    # --- the end ---------------------------------------------------------------------------------

    def show(self) -> None:
        """The matrix, the failures below it, the counts on the last line."""
        if not (self._progress or self.verbose):
            self.console.out("")
        for line in self._matrix():
            self._print(line)
        for item in self.items:
            if item in self.failures:
                self._print(Text(""))
                self._show_failure(item)
        for trouble in self.troubles:
            self._print(Text(f"\n{trouble}", style="red"))
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
        if item in self.failures:
            return FAILED
        return HELD if item in self.held else ABSENT

    def _show_failure(self, item: Item) -> None:
        for number, line in enumerate(self.failures[item].splitlines()):
            self._print(Text(f"FAILED {line}", style="bold") if number == 0 else _styled(line))

    def _counts(self) -> Text:
        counts = [(len(self.held), "held", "green"), (len(self.failures), "failed", "bold red")]
        missed = len(self.items) - len(self.held) - len(self.failures)
        counts += [(missed, "not run", "yellow")]
        told = [(f"{number} {word}", style) for number, word, style in counts if number]
        return Text(", ").join(Text(text, style=style) for text, style in told)


def _styled(line: str) -> Text:
    told = line.strip()
    style = next((style for start, style in LINE_STYLES.items() if told.startswith(start)), "")
    return Text(line, style=style)
