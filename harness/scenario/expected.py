"""The expected-failures file: which items are known to fail, and why.

A YAML map from item ids, or patterns of them with `*`, to a reason each.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from ..errors import Unusable
from .language import shown
from .position import Broken, Position, Problems
from .tree import Leaf, Node, Pairs, describe, parse


@dataclass(frozen=True)
class Entry:
    """One line of the file."""

    at: Position
    pattern: str
    reason: str

    def is_about(self, item_id: str) -> bool:
        return self.pattern == item_id or fnmatchcase(item_id, self.pattern)


@dataclass(frozen=True)
class ExpectedFailures:
    """What is known to fail."""

    entries: tuple[Entry, ...] = ()

    def of(self, item_id: str) -> Entry | None:
        """The first entry about an item."""
        return next((entry for entry in self.entries if entry.is_about(item_id)), None)

    def refuse_idle(self, item_ids: Iterable[str]) -> None:
        """Broken if an entry is about no item: it would hide nothing, or a mistake."""
        known = list(item_ids)
        problems = Problems()
        for entry in self.entries:
            if not any(map(entry.is_about, known)):
                problems.unknown(entry.at, f"item '{entry.pattern}'", known)
        problems.raise_if_any()


def load(path: Path) -> ExpectedFailures:
    """Read the file; Broken tells everything that is wrong with it."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise Unusable(f"{shown(path)}: {error.strerror or error}") from error
    if _says_nothing(text):
        return ExpectedFailures()
    problems = Problems()
    tree = parse(text, shown(path))
    if not isinstance(tree, Pairs):
        problems.add(tree.at, f"a map from item ids to reasons is meant, not {describe(tree)}")
        raise Broken(problems.found)
    entries = tuple(_entry(key, reason, problems) for key, reason in tree.pairs)
    problems.raise_if_any()
    return ExpectedFailures(entries)


def _entry(key: Leaf, reason: Node, problems: Problems) -> Entry:
    if not isinstance(reason, Leaf) or not reason.text.strip():
        problems.add(key.at, f"{key.text!r} needs a reason, not {describe(reason)}")
        return Entry(key.at, key.text, "")
    return Entry(key.at, key.text, " ".join(reason.text.split()))


def _says_nothing(text: bytes) -> bool:
    """Whether only comments are left, as after the last entry was taken out."""
    return all(not line.strip() or line.lstrip().startswith(b"#") for line in text.splitlines())
