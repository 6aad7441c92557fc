"""The command line: `pushproof run`, `pushproof schema`."""

import json
import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import click
import pytest
from rich.console import Console

from . import world
from .errors import Unusable
from .scenario import jsonschema, language
from .scenario.catalogue import find
from .scenario.language import Scenario
from .scenario.position import Broken
from .scenario.progress import Board, Item
from .scenario.selection import Selection, ledger_name

HOLDS, FAILS, UNUSABLE, INTERRUPTED = 0, 1, 2, 130
ITEMS_PER_WORKER = 40  # below this, starting one more process costs more than it brings

RUN_EXAMPLES = """\b
Examples:
  pushproof run                          the whole shipped catalogue
  pushproof run mine.yaml                one file of yours
  pushproof run scenarios/ --app o365    a folder, on one app only
  pushproof run --case T40 -v            one documented case, told step by step
"""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pushproof", prog_name="pushproof")
def main() -> None:
    """Test group push: documented cases against stateful fake apps.

    Scenarios are YAML files: a world, steps, and what must be so afterwards.
    """


@dataclass(frozen=True)
class Run:
    """What `pushproof run` was asked for."""

    paths: tuple[str, ...]
    selection: Selection
    workers: str
    seed: int | None
    junit: Path | None
    ledger: Path | None
    verbose: bool


@main.command(epilog=RUN_EXAMPLES)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--app", "apps", multiple=True, help="Only items on this app. Repeatable.")
@click.option("--case", "cases", multiple=True, help="Only files of this case, such as T40.")
@click.option(
    "-n", "workers", default="auto", help="Worker processes; 0 for none.  [default: auto]"
)
@click.option("--seed", type=click.IntRange(min=0), help="Use this seed instead of each file's.")
@click.option("--junit", type=click.Path(path_type=Path), help="Write a JUnit XML report here.")
@click.option(
    "--ledger", type=click.Path(path_type=Path), help="Write every item's calls below here."
)
@click.option("-v", "--verbose", is_flag=True, help="One line per item; failures in full.")
def run(
    paths: tuple[str, ...],
    apps: tuple[str, ...],
    cases: tuple[str, ...],
    **options: object,
) -> None:
    """Run scenarios: files, folders, or the shipped catalogue.

    Exit status: 0 all held, 1 a case failed, 2 unusable input.
    """
    with unusable_is_2():
        asked = Run(paths, Selection(apps, cases), **options)  # type: ignore[arg-type]
        sys.exit(_run(asked))


@main.command()
def schema() -> None:
    """Print the JSON Schema of the scenario language, for your editor."""
    click.echo(json.dumps(jsonschema.schema(world), indent=2))


@contextmanager
def unusable_is_2() -> Iterator[None]:
    """Input that cannot be run ends the program with one clear line per problem."""
    try:
        yield
    except Unusable as unusable:
        click.echo(str(unusable), err=True)
        sys.exit(UNUSABLE)


# --- what is to be run -------------------------------------------------------------------------


def _run(asked: Run) -> int:
    scenarios = _load(find(asked.paths))
    items = _select(scenarios, asked.selection)
    _prepare_outputs(asked, items, scenarios)
    root = Path(os.path.commonpath([item.path.parent for item in items]))
    console = Console(highlight=False)
    with Board(console, items, root, verbose=asked.verbose) as board:
        status = pytest.main(_arguments(asked, items, root), plugins=[board])
    board.show()
    return _exit_status(status, board)


def _load(paths: Sequence[Path]) -> list[Scenario]:
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


def _select(scenarios: Sequence[Scenario], selection: Selection) -> list[Item]:
    items = [
        Item(scenario.path, lineup.name)
        for scenario in scenarios
        for lineup in selection.lineups(scenario)
    ]
    if items:
        return items
    known_apps = {n for s in scenarios for u in s.lineups for n in (u.name, *u.apps, *u.kinds)}
    known_apps |= set(world.app_kinds())
    _refuse_unknown("app", selection.apps, known_apps)
    _refuse_unknown("case", selection.cases, {case for s in scenarios for case in s.cases})
    raise Unusable("nothing selected: no scenario there has that app and case together")


def _refuse_unknown(what: str, asked: Sequence[str], known: set[str]) -> None:
    for name in asked:
        if name not in known:
            near = get_close_matches(name, sorted(known), 1)
            hint = f"nearest: {near[0]}" if near else f"known: {', '.join(sorted(known)) or 'none'}"
            raise Unusable(f"nothing selected: no scenario there has the {what} {name!r}; {hint}")


def _prepare_outputs(asked: Run, items: Sequence[Item], scenarios: Sequence[Scenario]) -> None:
    try:
        if asked.ledger is not None:
            asked.ledger.mkdir(parents=True, exist_ok=True)
            _refuse_same_ledgers(items, scenarios)
        if asked.junit is not None:
            asked.junit.parent.mkdir(parents=True, exist_ok=True)
            asked.junit.touch()
    except OSError as error:
        raise Unusable(f"{error.filename}: {error.strerror}") from error


def _refuse_same_ledgers(items: Sequence[Item], scenarios: Sequence[Scenario]) -> None:
    """Two items must not write one file."""
    wanted = set(items)
    first: dict[Path, Path] = {}
    for scenario in scenarios:
        for lineup in scenario.lineups:
            if Item(scenario.path, lineup.name) not in wanted:
                continue
            for label in lineup.apps:
                name = ledger_name(scenario.path, lineup, label)
                other = first.setdefault(name, scenario.path)
                if other != scenario.path:
                    told = f"{language.shown(other)} and {language.shown(scenario.path)}"
                    raise Unusable(f"{told} would both write the ledger {name}: run them apart")


# --- pytest, with a configuration of its own ---------------------------------------------------


def _arguments(asked: Run, items: Sequence[Item], root: Path) -> list[str]:
    """Nobody's conftest, pytest.ini, plugins or environment count, and nothing is left behind."""
    os.environ.pop("PYTEST_ADDOPTS", None)
    os.environ.pop("PYTEST_PLUGINS", None)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    files = list(dict.fromkeys(str(item.path) for item in items))
    workers = _workers(asked.workers, len(items))
    selection = [f"--pushproof-app={name}" for name in asked.selection.apps]
    selection += [f"--pushproof-case={name}" for name in asked.selection.cases]
    return [
        *("-c", os.devnull, f"--rootdir={root}", "--noconftest", "--import-mode=importlib"),
        *("-p", "no:cacheprovider", "-p", "xdist.plugin", "-p", "harness.pytest_plugin"),
        *("-o", f"pushproof_scenarios={shlex.join(files)}", "--capture=no", "--pushproof-only"),
        *(["-n", str(workers)] if workers else []),
        *([f"--pushproof-seed={asked.seed}"] if asked.seed is not None else []),
        *([f"--pushproof-ledger={asked.ledger.absolute()}"] if asked.ledger else []),
        *([f"--junitxml={asked.junit}"] if asked.junit else []),
        *(["-v"] if asked.verbose else []),
        *selection,
        *files,
    ]


def _workers(asked: str, items: int) -> int:
    if asked == "auto":
        wanted = min(os.cpu_count() or 1, items // ITEMS_PER_WORKER)
        return wanted if wanted > 1 else 0
    if not asked.isdigit():
        raise Unusable(f"-n takes a number of processes or auto, not {asked!r}")
    return min(int(asked), items)


def _exit_status(status: int, board: Board) -> int:
    if board.failures:
        return FAILS
    if status == pytest.ExitCode.INTERRUPTED:
        return INTERRUPTED
    return HOLDS if status == pytest.ExitCode.OK and not board.troubles else FAILS
