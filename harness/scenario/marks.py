"""Verbs and expectations are functions with a mark; here they are found."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, TypeVar

from .kinds import Schema
from .reader import Reader
from .shapes import Shape, record_of, shape_of
from .tree import Leaf, Node

_F = TypeVar("_F", bound=Callable[..., Any])
_MARK = "__pushproof_mark__"


def verb(function: _F) -> _F:
    """Mark a function as a verb; the engine then works off what is due."""
    return _mark(function, "verb")


def quiet(function: _F) -> _F:
    """Mark a function as a verb after which the engine is not run."""
    return _mark(function, "quiet")


def passing(function: _F) -> _F:
    """Mark a function as a verb that lets time pass and runs the engine itself."""
    return _mark(function, "passing")


def judgement(function: _F) -> _F:
    """Mark a function as a verb that only looks and tells where it disagrees."""
    return _mark(function, "judgement")


def expectation(function: _F) -> _F:
    """Mark a function as an expectation on one witness."""
    return _mark(function, "expectation")


def _mark(function: _F, mark: str) -> _F:
    setattr(function, _MARK, mark)
    return function


@dataclass(frozen=True)
class Word:
    """A marked function as a word of the language: its name, its schema, its sentence."""

    name: str
    function: Callable[..., Any]
    shape: Shape
    mark: str
    record: type | None = None  # a dataclass that holds the arguments, where there are many

    def perform(self, here: Any, arguments: Mapping[str, Any]) -> Any:
        if self.record is not None:
            return self.function(here, self.record(**arguments))
        return self.function(here, **arguments)

    @property
    def doc(self) -> str:
        return (inspect.getdoc(self.function) or "").partition("\n")[0]

    @property
    def runs_engine(self) -> bool:
        return self.mark == "verb"

    @property
    def can_be_stopped(self) -> bool:
        """Whether the engine works during it."""
        return self.mark in ("verb", "passing")

    @property
    def is_judgement(self) -> bool:
        return self.mark == "judgement"

    def read(self, node: Node, reader: Reader) -> dict[str, Any] | None:
        """Arguments by name. A lone positional parameter takes the value as it is."""
        if isinstance(node, Leaf) and node.value is None and not self._needs_value:
            return {}
        if not self.shape.fields:
            reader.wrong(node, f"no value after {self.name!r}")
            return None
        if self._is_plain:
            only = self.shape.fields[0]
            return {only.name: only.kind.read(node, reader)}
        return self.shape.read_short(node, reader)

    def schema(self) -> Schema:
        described: Schema = {"description": self.doc}
        if not self.shape.fields:
            return {"type": "null", **described}
        if self._is_plain:
            return {**self.shape.fields[0].schema(), **described}
        short = self.shape.short_schema()
        if self._needs_value:
            return {**short, **described}
        return {"anyOf": [{"type": "null"}, short], **described}

    @property
    def can_stand_alone(self) -> bool:
        return not self._needs_value

    @property
    def _needs_value(self) -> bool:
        return any(field.is_required for field in self.shape.fields)

    @property
    def _is_plain(self) -> bool:
        return len(self.shape.fields) == 1 and not self.shape.fields[0].is_named


@cache
def verbs() -> Mapping[str, Word]:
    """Every verb by name."""
    return _words("verbs", {"verb", "quiet", "passing", "judgement"})


@cache
def expectations() -> Mapping[str, Word]:
    """Every expectation by the name of its witness."""
    return _words("expect", {"expectation"})


def _words(folder: str, marks: set[str]) -> Mapping[str, Word]:
    package = import_module(f"{__package__}.{folder}")
    names = sorted(module.name for module in iter_modules(package.__path__))
    modules = [import_module(f"{package.__name__}.{name}") for name in names]
    found = {word.name: word for module in modules for word in _marked(module, marks)}
    return dict(sorted(found.items()))


def _marked(module: ModuleType, marks: set[str]) -> Iterable[Word]:
    for name, value in vars(module).items():
        mark = getattr(value, _MARK, None)
        if mark in marks and value.__module__ == module.__name__:
            record = record_of(value)
            shape = shape_of(record) if record else shape_of(value, skip=1)
            yield Word(name.rstrip("_"), value, shape, mark, record)
