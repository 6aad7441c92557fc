"""Shapes: the schema of a map, derived from a function's signature or a dataclass's fields.

A parameter says its kind and, where its name does not tell, one sentence:
`link_to: Annotated[str | None, Name("target group"), "the group to take over"] = None`.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, is_dataclass
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from .kinds import Kind, Schema
from .reader import Reader
from .tree import Node, Pairs


@dataclass(frozen=True)
class Field:
    """One key of a map."""

    name: str
    kind: Kind
    is_required: bool
    doc: str = ""
    is_named: bool = False  # only ever written with its key

    @property
    def key(self) -> str:
        return self.name.rstrip("_")

    def schema(self) -> Schema:
        return {**self.kind.schema(), **({"description": self.doc} if self.doc else {})}


@dataclass(frozen=True)
class Shape:
    """Fields in order. `read` answers the values by parameter name, None when one is missing."""

    fields: tuple[Field, ...]

    @property
    def keys(self) -> list[str]:
        return [field.key for field in self.fields]

    def read(self, node: Pairs, reader: Reader) -> dict[str, Any] | None:
        """Fields are read in their own order, so that names are known before they are used."""
        for key, _ in node.pairs:
            if key.text not in self.keys:
                reader.problems.unknown(key.at, f"key '{key.text}'", self.keys)
        found = {f.name: f.kind.read(v, reader) for f in self.fields if (v := node.get(f.key))}
        missing = [f.key for f in self.fields if f.is_required and f.name not in found]
        for name in missing:
            reader.problems.add(node.at, f"missing key '{name}'")
        return None if missing else found

    def read_short(self, node: Node, reader: Reader) -> dict[str, Any] | None:
        """As `read`; what is no map is the first field."""
        if isinstance(node, Pairs):
            return self.read(node, reader)
        first, *rest = self.fields
        missing = [field.key for field in rest if field.is_required]
        if missing or first.is_named:
            keys = ", ".join(field.key for field in self.fields if field.is_required or not missing)
            reader.wrong(node, f"a map with {keys}")
            return None
        return {first.name: first.kind.read(node, reader)}

    def schema(self) -> Schema:
        return {
            "type": "object",
            "properties": {field.key: field.schema() for field in self.fields},
            "required": [field.key for field in self.fields if field.is_required],
            "additionalProperties": False,
        }

    def short_schema(self) -> Schema:
        first, *rest = self.fields
        if first.is_named or any(field.is_required for field in rest):
            return self.schema()
        return {"anyOf": [first.kind.schema(), self.schema()]}


@dataclass(frozen=True)
class Record:
    """A dataclass written as a map; where `short`, anything else is its first field."""

    of: type
    short: bool = True

    def read(self, node: Node, reader: Reader) -> Any:
        shape = shape_of(self.of)
        if self.short or isinstance(node, Pairs):
            values = shape.read_short(node, reader)
            return None if values is None else self.of(**values)
        return reader.wrong(node, "a map")

    def schema(self) -> Schema:
        shape = shape_of(self.of)
        return shape.short_schema() if self.short else shape.schema()


@cache
def shape_of(made: type | Callable[..., Any], *, skip: int = 0) -> Shape:
    """The shape of a dataclass, or of a function's parameters after the first `skip`."""
    hints = get_type_hints(made, include_extras=True)
    parameters = list(inspect.signature(made).parameters.values())[skip:]
    return Shape(tuple(_field(parameter, hints) for parameter in parameters))


def record_of(function: Callable[..., Any]) -> type | None:
    """The dataclass that is the second of a function's two parameters, if so."""
    parameters = list(inspect.signature(function).parameters.values())[1:]
    hint = parameters[0].annotation if len(parameters) == 1 else None
    return hint if isinstance(hint, type) and is_dataclass(hint) else None


def _field(parameter: inspect.Parameter, hints: Mapping[str, Any]) -> Field:
    notes = _notes(hints[parameter.name])
    kind = next(note for note in notes if hasattr(note, "read"))
    doc = next((note for note in notes if isinstance(note, str)), "")
    is_required = parameter.default is inspect.Parameter.empty
    return Field(parameter.name, kind, is_required, doc, parameter.kind is parameter.KEYWORD_ONLY)


def _notes(hint: Any) -> tuple[Any, ...]:
    """The metadata of `Annotated[...]`, outer first, also inside `... | None`."""
    if get_origin(hint) is Annotated:
        return (*hint.__metadata__, *_notes(hint.__origin__))
    return tuple(note for part in get_args(hint) for note in _notes(part))
