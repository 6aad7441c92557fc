"""The file of `serve --tenant`: what each app begins with, read with positions.

What a share may hold is the app's own matter; here only the file is read, and a place in the data
is turned back into a line of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .position import Broken, Position, Problem, Problems
from .tree import Items, Leaf, Node, Pairs, describe, parse, plain


@dataclass(frozen=True)
class TenantFile:
    """A read file: the shares as plain data, and where each part of them stands."""

    nodes: Pairs

    @property
    def shares(self) -> Mapping[str, Any]:
        """App to its share."""
        return {key.text: plain(node) for key, node in self.nodes.pairs}

    def broken(self, message: str, where: Sequence[str | int]) -> Broken:
        """The error for a mistake at that place."""
        return Broken([Problem(_position(self.nodes, where), message)])


def read_tenant(file: Path, apps: Sequence[str]) -> TenantFile:
    """Read the file; Broken where it is none, or names an app there is not."""
    root = parse(file.read_bytes(), str(file))
    problems = Problems()
    if not isinstance(root, Pairs):
        problems.add(root.at, f"expected a map of apps, found {describe(root)}")
        raise Broken(problems.found)
    for key, _ in root.pairs:
        if key.text not in apps:
            problems.unknown(key.at, f"app '{key.text}'", apps)
    problems.raise_if_any()
    return TenantFile(root)


def _position(node: Node, where: Sequence[str | int]) -> Position:
    """Where a place stands: a key itself, or as near to it as the file goes."""
    at = node.at
    for step in where:
        found = _step(node, step)
        if found is None:
            return at
        at, node = found
    return at


def _step(node: Node, step: str | int) -> tuple[Position, Node] | None:
    if isinstance(node, Items) and isinstance(step, int) and step < len(node.items):
        return node.items[step].at, node.items[step]
    if isinstance(node, Pairs):
        return next(((key.at, value) for key, value in node.pairs if _is(key, step)), None)
    return None


def _is(key: Leaf, step: str | int) -> bool:
    return key.text == step
