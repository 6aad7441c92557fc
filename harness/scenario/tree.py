"""YAML read strictly and with positions.

One document of plain maps, lists and scalars. Scalars follow YAML 1.2's core schema (`no`, `on`,
`12:30` stay text). Duplicate keys, anchors, aliases, tags and merge keys are refused, and so is
whatever is too large or too deep. The file is read as a stream of parser events, so nothing of it
is expanded before it is known to be harmless.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from .position import Position, Problem, Problems

MAX_BYTES = 256 * 1024
MAX_DEPTH = 12

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar: its value by YAML 1.2 and its text as written."""

    at: Position
    value: str | int | float | bool | None
    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    at: Position
    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Pairs:
    """A map with text keys, in the order of the file."""

    at: Position
    pairs: tuple[tuple[Leaf, "Node"], ...]

    def get(self, key: str) -> "Node | None":
        return next((value for name, value in self.pairs if name.text == key), None)


Node = Leaf | Items | Pairs


def parse(text: bytes | str, path: str) -> Node:
    """The tree of a file; Broken says where it is not one."""
    problems = Problems()
    try:
        return _Builder(_decode(text, path), path, problems).document()
    except _Stop as stop:
        problems.add(stop.at, stop.text)
    except yaml.YAMLError as error:
        problems.found.append(_from_yaml(error, path))
    problems.raise_if_any()
    raise AssertionError("unreachable")


def plain(node: Node) -> Any:
    """The tree as ordinary Python values."""
    match node:
        case Leaf():
            return node.value
        case Items():
            return [plain(item) for item in node.items]
        case Pairs():
            return {key.text: plain(value) for key, value in node.pairs}


def brief(node: Node, limit: int = 96) -> str:
    """The tree on one line, as a scenario would write it, cut to `limit` characters."""
    text = _flow(node)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def describe(node: Node) -> str:
    """What stands there, for a message."""
    match node:
        case Items(items=items):
            return "a list" if items else "an empty list"
        case Pairs(pairs=pairs):
            return "a map" if pairs else "an empty map"
        case Leaf(value=None):
            return "nothing"
        case Leaf():
            kind = {bool: "true/false", int: "the number", float: "the number"}
            return f"{kind.get(type(node.value), 'the text')} {node.text!r}"


def _flow(node: Node) -> str:
    match node:
        case Leaf():
            return node.text
        case Items():
            return f"[{', '.join(map(_flow, node.items))}]"
        case Pairs():
            inside = ", ".join(f"{key.text}: {_flow(value)}" for key, value in node.pairs)
            return f"{{{inside}}}"


class _Stop(Exception):
    """The file ends here as far as we are concerned."""

    def __init__(self, at: Position, text: str) -> None:
        super().__init__(text)
        self.at = at
        self.text = text


class _Builder:
    """Builds the tree from parser events."""

    def __init__(self, text: str, path: str, problems: Problems) -> None:
        self._path = path
        self._problems = problems
        self._events: Iterator[Any] = iter(yaml.parse(text, Loader=_Loader))

    def document(self) -> Node:
        next(self._events)  # the stream starts
        start = next(self._events)
        if isinstance(start, yaml.StreamEndEvent):
            raise _Stop(Position(self._path), "the file is empty")
        tree = self._node(next(self._events), 1)
        next(self._events)  # the document ends
        more = next(self._events)
        if not isinstance(more, yaml.StreamEndEvent):
            raise _Stop(self._at(more), "a file holds one document; a second begins here")
        self._problems.raise_if_any()
        return tree

    def _at(self, event: Any) -> Position:
        mark = event.start_mark
        return Position(self._path, mark.line + 1, mark.column + 1)

    def _node(self, event: Any, depth: int) -> Node:
        self._refuse_specials(event)
        if depth > MAX_DEPTH:
            raise _Stop(self._at(event), f"nested deeper than {MAX_DEPTH} levels")
        if isinstance(event, yaml.ScalarEvent):
            return self._leaf(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return Items(self._at(event), tuple(self._items(depth)))
        return Pairs(self._at(event), tuple(self._pairs(depth)))

    def _refuse_specials(self, event: Any) -> None:
        if isinstance(event, yaml.AliasEvent):
            raise _Stop(self._at(event), f"aliases (*{event.anchor}) are not part of the language")
        if event.anchor is not None:
            raise _Stop(self._at(event), f"anchors (&{event.anchor}) are not part of the language")
        if event.tag is not None:
            raise _Stop(self._at(event), f"tags ({event.tag}) are not part of the language")

    def _leaf(self, event: Any) -> Leaf:
        value = _resolve(event.value) if event.implicit[0] else event.value
        if isinstance(event.value, str) and ("{{" in event.value or "${" in event.value):
            self._problems.add(self._at(event), "templates are not part of the language")
        return Leaf(self._at(event), value, event.value)

    def _items(self, depth: int) -> Iterator[Node]:
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            yield self._node(event, depth + 1)

    def _pairs(self, depth: int) -> Iterator[tuple[Leaf, Node]]:
        first: dict[str, Position] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            if not isinstance(key, Leaf):
                raise _Stop(key.at, f"a key is text, not {describe(key)}")
            value = self._node(next(self._events), depth + 1)
            if self._is_good_key(key, first):
                yield key, value

    def _is_good_key(self, key: Leaf, first: dict[str, Position]) -> bool:
        if key.text == "<<":
            self._problems.add(key.at, "merge keys (<<) are not part of the language")
            return False
        if key.text in first:
            line = first[key.text].line
            self._problems.add(key.at, f"duplicate key {key.text!r}; first on line {line}")
            return False
        first[key.text] = key.at
        return True


# --- scalars, YAML 1.2 core schema (https://yaml.org/spec/1.2.2/#103-core-schema) -------------

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_FLAGS = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_INT = re.compile(r"[-+]?[0-9]{1,18}")
_BASED = re.compile(r"0o[0-7]{1,18}|0x[0-9a-fA-F]{1,15}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")


def _resolve(text: str) -> str | int | float | bool | None:
    if text in _NULLS:
        return None
    if text in _FLAGS:
        return _FLAGS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _BASED.fullmatch(text):
        return int(text, 0)
    return float(text) if len(text) <= 40 and _FLOAT.fullmatch(text) else text


# --- what the parser cannot read -------------------------------------------------------------


def _decode(text: bytes | str, path: str) -> str:
    raw = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    if len(raw) > MAX_BYTES:
        raise _Stop(Position(path), f"larger than {MAX_BYTES // 1024} KiB")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        raise _Stop(Position(path, line, column), "not UTF-8 text") from None


_HINTS = {
    "found character that cannot start any token": " (a tab? lines are indented with spaces)",
    "mapping values are not allowed in this context": " (text with ': ' in it needs quotes)",
    "did not find expected key": " (is the indentation that of the line above?)",
}
"""What the parser's own words mean to somebody who just wrote a scenario."""


def _from_yaml(error: yaml.YAMLError, path: str) -> Problem:
    mark = getattr(error, "problem_mark", None)
    at = Position(path, mark.line + 1, mark.column + 1) if mark else Position(path)
    text = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    hint = _HINTS.get(str(text), "")
    return Problem(at, f"not YAML: {' '.join(str(text).split())}{hint}")
