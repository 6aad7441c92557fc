"""The command line: `pushproof run`, `cases`, `apps`, `schema`; `serve` and `agent` from beside."""

import json
import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import click
import pytest
import rich.table
import rich.text
from rich.console import Console

from . import world
from .agent_command import agent
from .errors import Unusable
from .remote import Engine, connect
from .scenario import expected, jsonschema, symptoms
from .scenario.apps import Table, all_apps, one_app
from .scenario.catalogue import find
from .scenario.choosing import Chosen, choose, load
from .scenario.defaults import defaults
from .scenario.language import Scenario, shown
from .scenario.limit import refuse_where_impossible
from .scenario.play import Failed
from .scenario.progress import Board
from .scenario.results import Ended, Result, Results, failed_ids
from .scenario.selection import Selection, Shard
from .scenario.selection import shard as parse_shard
from .scenario.standing import standing
from .scenario.summary import summary
from .serve_command import ending, prepare_ready, serve, show, write_whole

HOLDS, FAILS, UNUSABLE, INTERRUPTED = 0, 1, 2, 130
ITEMS_PER_WORKER = 40  # below this, starting one more process costs more than it brings

RUN_EXAMPLES = """\b
Examples:
  pushproof run                          the whole shipped catalogue
  pushproof run mine.yaml                one file of yours
  pushproof run scenarios/ --app o365    a folder, on one app only
  pushproof run --case T40 -v            one documented case, told step by step
  pushproof run --last-failed .failed    again and again, until all of it holds
  pushproof run --setting wire=okta      with the habits of Okta's SCIM connector
  pushproof run --shard 2/3 --timeout 60 --junit r.xml --artifacts failing
                                         one of three CI jobs
  pushproof run --engine https://acme.okta.example --token-file t --ready ready.json
                                         on an engine behind Okta's API, against served fakes
  pushproof run mine.yaml --app box --serve-at 2
                                         look at the world after step 2, on ports
"""

CASES_EXAMPLES = """\b
Examples:
  pushproof cases removed user still there
  pushproof cases "group arrives empty"
  pushproof cases T40
"""

APPS_EXAMPLES = """\b
Examples:
  pushproof apps                   which there are
  pushproof apps o365              what Microsoft 365 has
  pushproof apps box | grep off    quirks that are off unless switched on
"""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pushproof", prog_name="pushproof")
def main() -> None:
    """Test group push: documented cases against stateful fake apps.

    Scenarios are YAML files: a world, steps, and what must be so afterwards.
    """


main.add_command(serve)
main.add_command(agent)


@dataclass(frozen=True, kw_only=True)
class Run:
    """What `pushproof run` was asked for."""

    paths: tuple[str, ...]
    selection: Selection
    workers: str
    seed: int | None
    settings: tuple[str, ...]
    timeout: float | None
    shard: Shard | None
    last_failed: Path | None
    expected_failures: Path | None
    junit: Path | None
    json: Path | None
    summary: Path | None
    ledger: Path | None
    artifacts: Path | None
    verbose: bool
    engine: str | None
    token: str | None = field(repr=False)
    token_file: Path | None
    ready: Path | None
    serve_at: int | None


FILE = click.Path(path_type=Path)


@main.command(epilog=RUN_EXAMPLES)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--app", "apps", multiple=True, help="Only items on this app. Repeatable.")
@click.option("--case", "cases", multiple=True, help="Only files of this case, such as T40.")
@click.option("--shard", metavar="I/N", help="Only part I of N, such as 2/3; ids decide.")
@click.option(
    "--last-failed",
    type=FILE,
    metavar="FILE",
    help="Only what FILE says failed last time, all if nothing did; then keep there what failed.",
)
@click.option(
    "--expected-failures",
    type=FILE,
    metavar="FILE",
    help="A YAML map of item ids or patterns to reasons; these must fail.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Fail an item that takes longer on the wall clock.",
)
@click.option(
    "-n", "workers", default="auto", help="Worker processes; 0 for none.  [default: auto]"
)
@click.option("--seed", type=click.IntRange(min=0), help="Use this seed instead of each file's.")
@click.option(
    "--setting",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="Another default for Okta's settings, such as wire=okta; what a file states stays. "
    "Repeatable.",
)
@click.option("--junit", type=FILE, metavar="FILE", help="Write a JUnit XML report here.")
@click.option("--json", type=FILE, metavar="FILE", help="Write a machine-readable result here.")
@click.option(
    "--summary",
    type=FILE,
    metavar="FILE",
    help="Write a Markdown summary here; it is always added to $GITHUB_STEP_SUMMARY.",
)
@click.option("--ledger", type=FILE, metavar="DIR", help="Write every item's calls below here.")
@click.option(
    "--artifacts",
    type=FILE,
    metavar="DIR",
    help="Keep report, calls and scenario of each failing item below here.",
)
@click.option(
    "--engine",
    metavar="URL",
    help="Play on the engine that speaks Okta's API there, not on ours in this process.",
)
@click.option("--token", metavar="TOKEN", help="Its API token; better $PUSHPROOF_TOKEN.")
@click.option("--token-file", type=FILE, metavar="FILE", help="Read its API token from here.")
@click.option(
    "--ready",
    type=FILE,
    metavar="FILE",
    help="For --engine: where its targets are, as pushproof serve --ready tells. "
    "For --serve-at: tell it here.",
)
@click.option(
    "--serve-at",
    type=click.IntRange(min=0),
    metavar="STEP",
    help="Play one item up to that step (0: the given world), then serve its world until Ctrl-C.",
)
@click.option("-v", "--verbose", is_flag=True, help="One line per item; failures in full.")
def run(
    apps: tuple[str, ...],
    cases: tuple[str, ...],
    shard: str | None,
    **options: Any,
) -> None:
    """Run scenarios: files, folders, or the shipped catalogue.

    Exit status: 0 all held, 1 a case failed, 2 unusable input.
    """
    with unusable_is_2():
        part = parse_shard(shard) if shard is not None else None
        sys.exit(_run(Run(selection=Selection(apps, cases), shard=part, **options)))


@main.command()
def schema() -> None:
    """Print the JSON Schema of the scenario language, for your editor."""
    click.echo(json.dumps(jsonschema.schema(world), indent=2))


@main.command(epilog=CASES_EXAMPLES)
@click.argument("words", nargs=-1, metavar="[WORDS]...")
def cases(words: tuple[str, ...]) -> None:
    """Find shipped scenarios by symptom, or by case; without words, list them all.

    The best match comes first. Exit status: 0 something was found, 1 nothing was.
    """
    with unusable_is_2():
        known = symptoms.index(find(()))
        asked = " ".join(words)
        found = known.search(asked) if asked.strip() else [entry.found for entry in known.entries]
        for one in found:
            _show_case(one)
        if not found:
            click.echo(_nothing_found(asked, known.nearest(asked)), err=True)
            sys.exit(FAILS)


def _show_case(one: symptoms.Found) -> None:
    click.secho(one.file, bold=True)
    click.echo(f"  {one.title}")
    click.echo(f"  cases: {', '.join(one.cases)}   apps: {', '.join(one.apps)}")
    click.echo(f"  run:   {shlex.join(['pushproof', 'run', one.file])}")


def _nothing_found(asked: str, near: Sequence[str]) -> str:
    told = f"no shipped scenario is about {asked!r}"
    told += f"; nearest words: {', '.join(near)}" if near else ""
    return f"{told}; `pushproof cases` lists them all, and fewer words find more"


@main.command(epilog=APPS_EXAMPLES)
@click.argument("app", required=False)
def apps(app: str | None) -> None:
    """List the apps, or what one has: operations, quirks, settings and faults.

    Marks say how sure a quirk is: doc (the vendor's documentation), sdk (read from a client),
    seen (recorded traffic or an issue), unsure (inferred, so switch it and see).
    """
    with unusable_is_2():
        tables = list(one_app(app)) if app is not None else [all_apps()]
        console = Console(highlight=False)
        for number, table in enumerate(tables):
            _show_table(console, table, is_first=number == 0)


def _show_table(console: Console, table: Table, *, is_first: bool) -> None:
    """A framed table on a terminal; in a pipe one line per row, to be searched and cut."""
    if not is_first:
        console.print()
    if not console.is_terminal:
        for line in _plain_lines(table):
            click.echo(line)
        return
    framed = rich.table.Table(title=table.title, title_justify="left", title_style="bold")
    for name in table.head:
        framed.add_column(name, overflow="fold")
    for row in table.rows:
        framed.add_row(*map(rich.text.Text, row))
    console.print(framed)


def _plain_lines(table: Table) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(table.head, *table.rows, strict=True)]
    yield f"# {table.title}"
    for row in (table.head, *table.rows):
        padded = (f"{cell:{width}}" for cell, width in zip(row, widths, strict=True))
        yield "  ".join(padded).rstrip()


@contextmanager
def unusable_is_2() -> Iterator[None]:
    """Input that cannot be run ends the program with one clear line per problem."""
    try:
        yield
    except Unusable as unusable:
        click.echo(str(unusable), err=True)
        sys.exit(UNUSABLE)
    except OSError as error:
        click.echo(_of_the_system(error), err=True)
        sys.exit(UNUSABLE)
    except KeyboardInterrupt:
        click.echo("interrupted", err=True)
        sys.exit(INTERRUPTED)


def _of_the_system(error: OSError) -> str:
    if error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    gone = isinstance(error, FileNotFoundError)
    return "the current folder is not there any more" if gone else str(error.strerror or error)


# --- a run -------------------------------------------------------------------------------------


def _run(asked: Run) -> int:
    if asked.timeout is not None:
        refuse_where_impossible(asked.timeout)
    before = _failed_before(asked.last_failed)
    settings = defaults(asked.settings, world)
    chosen = _choose(asked, before)
    if asked.serve_at is not None:
        return _serve_at(asked, chosen, asked.serve_at)
    _prepare_outputs(asked)
    with _engine(asked, chosen) as engine:
        board = _play(asked, chosen, engine)
    results = replace(_results(asked, chosen, board), settings=settings)
    _write_outputs(asked, results, before)
    return results.exit_status


def _choose(asked: Run, before: Sequence[str]) -> Chosen:
    chosen = choose(load(find(asked.paths)), asked.selection)
    if asked.expected_failures is not None:
        expected.load(asked.expected_failures).refuse_idle(chosen.all_ids)
    if asked.last_failed is not None:
        chosen = chosen.failed_before(before)
    if asked.shard is not None:
        chosen = chosen.of(asked.shard)
    if asked.ledger is not None:
        chosen.refuse_same_ledgers()
    return chosen


def _serve_at(asked: Run, chosen: Chosen, step: int) -> int:
    """Stop the one item that is chosen at a step, with its world on ports."""
    if asked.engine is not None:
        raise Unusable("--serve-at is for worlds of this process: leave --engine out")
    if len(chosen.items) != 1:
        told = f"{len(chosen.items)} items are chosen"
        raise Unusable(f"--serve-at takes one file on one app, and {told}: narrow with --app")
    (item,) = chosen.items.values()
    scenario = chosen.scenarios[item.path]
    lineup = next(one for one in scenario.lineups if one.name == item.lineup)
    settings = defaults(asked.settings, world)
    if asked.ready is not None:
        prepare_ready(asked.ready)
    try:
        with ending() as over, standing(scenario, lineup, step, settings, asked.seed) as server:
            if asked.ready is not None:
                write_whole(asked.ready, server.ready())
            show(server, is_kept=False)
            over.wait()
    except Failed as failed:
        click.echo(f"{item}: a step before that does not hold: {failed}", err=True)
        return FAILS
    return HOLDS


@contextmanager
def _engine(asked: Run, chosen: Chosen) -> Iterator[Engine | None]:
    """The engine to play on, where it is not ours in this process."""
    if asked.engine is None:
        _refuse_idle_options(asked)
        yield None
        return
    if asked.ready is None:
        raise Unusable("--engine needs --ready FILE: where its targets are served")
    if asked.workers not in ("auto", "0"):
        raise Unusable("--engine plays one item after the other on one world: leave -n out")
    engine = connect(asked.engine, _token(asked), asked.ready)
    try:
        engine.ready.refuse_missing(chosen.kinds)
        yield engine
    finally:
        engine.close()


def _refuse_idle_options(asked: Run) -> None:
    for option, value in (
        ("--ready", asked.ready),
        ("--token", asked.token),
        ("--token-file", asked.token_file),
    ):
        if value is not None:
            raise Unusable(f"{option} is for --engine URL")


def _token(asked: Run) -> str:
    """The engine's token, from the one place that is told; it is shown nowhere."""
    if asked.token is not None and asked.token_file is not None:
        raise Unusable("give --token or --token-file, not both")
    told = asked.token or os.environ.get("PUSHPROOF_TOKEN", "")
    if asked.token_file is not None:
        try:
            told = asked.token_file.read_text("utf-8")
        except UnicodeDecodeError as fault:
            raise Unusable(f"--token-file {asked.token_file}: not a text") from fault
    token = told.strip()
    if not token:
        raise Unusable("--engine needs a token: $PUSHPROOF_TOKEN, --token-file FILE or --token T")
    if not (token.isascii() and token.isprintable()):
        raise Unusable("the token has a character that no token has")
    return token


def _play(asked: Run, chosen: Chosen, engine: Engine | None) -> Board:
    console = Console(highlight=False)
    items = list(chosen.items.values())
    if not items:
        console.print("nothing to run in this shard")
        return Board(console, [], Path(), status=HOLDS)
    root = Path(os.path.commonpath([item.path.parent for item in items]))
    arguments = _arguments(asked, chosen, root)
    board = Board(console, items, root, verbose=asked.verbose)
    try:
        with board:
            status = pytest.main(arguments, plugins=[board, *([engine] if engine else [])])
    finally:  # a report that cannot be written takes none of the results away
        board.show()
    board.status = _exit_status(status, board)
    return board


def _results(asked: Run, chosen: Chosen, board: Board) -> Results:
    items = [
        _result(one, chosen.scenarios[item.path], board.of(item), item.lineup)
        for one, item in chosen.items.items()
    ]
    part = f"{asked.shard.number}/{asked.shard.of}" if asked.shard else None
    return Results(tuple(items), board.status, asked.seed, part, tuple(board.troubles))


def _result(one: str, scenario: Scenario, ended: Ended, app: str) -> Result:
    return Result(one, shown(scenario.path), scenario.title, scenario.cases, app, ended)


# --- what a run reads and leaves ---------------------------------------------------------------


def _failed_before(file: Path | None) -> list[str]:
    """The ids in the file of the last failures; none before the first run."""
    if file is None or not file.exists():
        return []
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"{file}: cannot be read: {error}") from error
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _prepare_outputs(asked: Run) -> None:
    """What cannot be written is told before anything runs."""
    for folder in filter(None, (asked.ledger, asked.artifacts)):
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise Unusable(f"{folder}: Permission denied")
    for file in filter(None, (asked.junit, asked.json, asked.summary, asked.last_failed)):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.open("a").close()


def _write_outputs(asked: Run, results: Results, before: Sequence[str]) -> None:
    if asked.json is not None:
        _write(asked.json, results.as_json())
    if asked.summary is not None:
        _write(asked.summary, summary(results))
    if asked.last_failed is not None:
        head = "# What failed last time, for pushproof run --last-failed"
        _write(asked.last_failed, "\n".join([head, *failed_ids(before, results)]) + "\n")
    if page := os.environ.get("GITHUB_STEP_SUMMARY"):
        _add_to_page(Path(page), summary(results))


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8", newline="\n")


def _add_to_page(page: Path, text: str) -> None:
    """A job without its summary page still has its result."""
    try:
        with page.open("a", encoding="utf-8", newline="\n") as file:
            file.write(f"{text}\n")
    except OSError as error:
        click.echo(f"GITHUB_STEP_SUMMARY: {page}: {error.strerror}", err=True)


# --- pytest, with a configuration of its own ---------------------------------------------------


def _arguments(asked: Run, chosen: Chosen, root: Path) -> list[str]:
    """Nobody's conftest, pytest.ini, plugins or environment count, and nothing is left behind."""
    os.environ.pop("PYTEST_ADDOPTS", None)
    os.environ.pop("PYTEST_PLUGINS", None)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    files = list(dict.fromkeys(str(item.path) for item in chosen.items.values()))
    workers = 0 if asked.engine else _workers(asked.workers, len(chosen.items))
    return [
        *("-c", os.devnull, f"--rootdir={root}", "--noconftest", "--import-mode=importlib"),
        *("-p", "no:cacheprovider", "-p", "xdist.plugin", "-p", "harness.pytest_plugin"),
        *("-o", f"pushproof_scenarios={shlex.join(files)}", "--capture=no", "--pushproof-only"),
        *(["-n", str(workers)] if workers else []),
        *_options(asked, chosen),
        *(["-v"] if asked.verbose else []),
        str(root),
    ]


def _options(asked: Run, chosen: Chosen) -> list[str]:
    """The options of our own plugin, and of pytest's JUnit report."""
    given = {
        "--pushproof-seed": asked.seed,
        "--pushproof-timeout": asked.timeout,
        "--pushproof-ledger": asked.ledger and asked.ledger.absolute(),
        "--pushproof-artifacts": asked.artifacts and asked.artifacts.absolute(),
        "--pushproof-expected-failures": asked.expected_failures,
        "--junitxml": asked.junit,
    }
    options = [f"{name}={value}" for name, value in given.items() if value is not None]
    options += [f"--pushproof-app={name}" for name in asked.selection.apps]
    options += [f"--pushproof-case={name}" for name in asked.selection.cases]
    options += [f"--pushproof-setting={text}" for text in asked.settings]
    if asked.shard or asked.last_failed:
        options += [f"--pushproof-item={one}" for one in chosen.items]
    return options


def _workers(asked: str, items: int) -> int:
    if asked == "auto":
        wanted = min(os.cpu_count() or 1, items // ITEMS_PER_WORKER)
        return wanted if wanted > 1 else 0
    if not (asked.isascii() and asked.isdigit()):
        raise Unusable(f"-n takes a number of processes or auto, not {asked!r}")
    return min(int(asked), items)


def _exit_status(status: int, board: Board) -> int:
    if board.failures:
        return FAILS
    if status == pytest.ExitCode.INTERRUPTED:
        return INTERRUPTED
    return HOLDS if status == pytest.ExitCode.OK and not board.troubles else FAILS
