"""The figures as Markdown, and where they stand in CONTRIBUTING.md."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.benchmarks.minimum import Fewest
from tests.benchmarks.pushes import OVER, Counted

START, END = "<!-- benchmarks:start -->", "<!-- benchmarks:end -->"


@dataclass(frozen=True)
class Figure:
    """One measured number, in words, and whether it meets its aim (None: not measured)."""

    what: str
    measured: str
    aim: str
    is_met: bool | None


def figures(rows: Iterable[Figure]) -> str:
    cells = [(row.what, row.measured, row.aim, _verdict(row.is_met)) for row in rows]
    return _table(("What", "Measured", "Aim", ""), cells)


def calls(counted: Iterable[Counted]) -> str:
    """Calls, and in brackets what they carried where that is another number."""
    cells = [
        (
            one.app,
            one.operation,
            f"{one.n:,}" if one.n else "",
            _calls(one.ours),
            _calls(one.fewest),
            _verdict(one.over <= OVER),
        )
        for one in counted
    ]
    return _table(("App", "Operation", "Members", "Engine", "Fewest", ""), cells)


def shown(text: str) -> str:
    """What stands between the markers now."""
    return text.partition(START)[2].partition(END)[0].strip()


def renewed(text: str, content: str) -> str:
    before, after = text.partition(START)[0], text.partition(END)[2]
    return f"{before}{START}\n{content}\n{END}{after}"


def _verdict(is_met: bool | None) -> str:
    return "" if is_met is None else "met" if is_met else "**missed**"


def _calls(fewest: Fewest) -> str:
    same = fewest.calls == fewest.operations
    return f"{fewest.calls:,}" if same else f"{fewest.calls:,} ({fewest.operations:,})"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
