"""Where something stands in a file, and what is wrong there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from ..errors import Unusable

FEW = 12
SHORTEST_PART = 4


@dataclass(frozen=True, order=True, slots=True)
class Position:
    """File, line and column, both from 1."""

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that keeps a scenario from being run."""

    at: Position
    text: str

    def __str__(self) -> str:
        return f"{self.at}: {self.text}"


class Broken(Unusable):
    """A file that cannot be run; one line per problem, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


@dataclass
class Problems:
    """Collects what is wrong with a file, so that all of it is told at once."""

    found: list[Problem] = field(default_factory=list)

    def add(self, at: Position, text: str) -> None:
        self.found.append(Problem(at, text))

    def unknown(self, at: Position, what: str, known: Iterable[str]) -> None:
        """`what` (as in "verb 'pusj'") is none of `known`; the nearest is offered."""
        self.add(at, f"unknown {what}{hint(what, known)}")

    def raise_if_any(self) -> None:
        if self.found:
            raise Broken(self.found)


def hint(what: str, known: Iterable[str]) -> str:
    """The nearest known name, or all of them where they are few."""
    names = sorted(known)
    wrong = what.partition("'")[2].rstrip("'") or what
    near = _nearest(wrong.lower(), {name.lower(): name for name in names})
    if near:
        return f"; nearest: {near}"
    if not names:
        return "; none is known here"
    return f"; known: {', '.join(names)}" if len(names) <= FEW else ""


def _nearest(wrong: str, folded: Mapping[str, str]) -> str:
    """The name most like it, or one that it is a part of."""
    near = get_close_matches(wrong, folded, 1, 0.6)
    if not near and len(wrong) >= SHORTEST_PART:
        near = [name for name in folded if wrong in name]
    return folded[near[0]] if near else ""
