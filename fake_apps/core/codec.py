"""Rows as JSON text and back, exactly: the same types, the same order, nothing guessed.

JSON's own kinds stand for themselves. Everything else is an object with one key that begins with
"$": `{"$row": ["entity.Group", {"id": "7", ...}]}` is the class `Group` in the module `entity` of
that app's package. Only frozen rows and enumerations of that package are made; nothing is executed.
"""

import json
import math
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from importlib import import_module
from sys import modules
from types import MappingProxyType
from typing import Any

from . import strict

Members = tuple[str, ...]
_PLAIN = (str, int, bool, type(None))


DEEPEST = 500  # levels of plain JSON in a value; one level more might not be read back
DEEPEST_ROW = 50  # levels of rows, tuples and the like, which take more of the stack


class Unreadable(ValueError):
    """The text is not what this codec writes."""


class TooDeep(ValueError):
    """A value is nested so deep that it could not be read back."""


_READING_FAILS = (ValueError, TypeError, LookupError, AttributeError, ImportError, RecursionError)


class Codec:
    """Values of the app that lives in one package (or module)."""

    def __init__(self, package: str) -> None:
        self._package = package
        self._encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
        self._decode = strict.decoded
        self._named: dict[type, str] = {}
        self._classes: dict[str, type] = {}
        self._readers: dict[str, Callable[[Any], Any]] = {
            "$row": self._row,
            "$tuple": self._tuple,
            "$dict": self._dict,
            "$proxy": self._proxy,
            "$frozenset": self._frozenset,
            "$enum": self._enum,
            "$float": _float,
            "$bytes": _bytes,
            "$datetime": datetime.fromisoformat,
        }

    @classmethod
    def of(cls, thing: Any) -> "Codec":
        """For the package in which a class or function is defined."""
        module = modules[thing.__module__]
        return cls(module.__package__ or module.__name__)

    def write(self, value: Any) -> str:
        """JSON text; TooDeep, or TypeError for a value of a kind that is not kept."""
        return self._encode(self._plain(value, 0))

    def read(self, text: str) -> Any:
        """The value again; Unreadable for anything that `write` would not have written."""
        try:
            return self._value(self._decode(text))
        except _READING_FAILS as fault:
            raise Unreadable(f"{_shortened(text)}: {fault}") from fault

    # --- writing -----------------------------------------------------------------------------

    def _plain(self, value: Any, depth: int) -> Any:
        kind: type = type(value)
        if kind in _PLAIN or is_json(value):
            return value
        if depth > DEEPEST_ROW:
            raise TooDeep(f"a value is nested more than {DEEPEST_ROW} levels deep")
        if kind is dict:
            return self._plain_dict(value, depth + 1)
        if kind in (list, tuple, frozenset):
            return self._plain_items(kind, value, depth + 1)
        if names := members(kind):
            plain = {name: self._plain(getattr(value, name), depth + 1) for name in names}
            return {"$row": [self._name(kind), plain]}
        return self._plain_atom(kind, value, depth + 1)

    def _plain_dict(self, value: dict[Any, Any], depth: int) -> Any:
        if all(map(_is_plain_key, value)):
            return {key: self._plain(item, depth) for key, item in value.items()}
        pairs = ([self._plain(part, depth) for part in pair] for pair in value.items())
        return {"$dict": list(pairs)}

    def _plain_items(self, kind: type, value: Iterable[Any], depth: int) -> Any:
        items = [self._plain(item, depth) for item in value]
        if kind is list:
            return items
        if kind is tuple:
            return {"$tuple": items}
        return {"$frozenset": sorted(items, key=json.dumps)}

    def _plain_atom(self, kind: type, value: Any, depth: int) -> Any:
        if kind is float:
            return {"$float": str(value)}
        if isinstance(value, Enum):
            return {"$enum": [self._name(kind), value.name]}
        if kind is MappingProxyType:
            return {"$proxy": self._plain(dict(value), depth)}
        if kind is bytes:
            return {"$bytes": b64encode(value).decode()}
        if kind is datetime:
            return {"$datetime": value.isoformat()}
        raise TypeError(f"a {kind.__qualname__} cannot be kept: rows are made of frozen values")

    def _name(self, kind: type) -> str:
        if kind not in self._named:
            module, package = kind.__module__, self._package
            if module != package and not module.startswith(f"{package}."):
                raise TypeError(f"a {module}.{kind.__qualname__} is no row of {package}")
            self._named[kind] = f"{module[len(package) :]}.{kind.__qualname__}".lstrip(".")
        return self._named[kind]

    # --- reading -----------------------------------------------------------------------------

    def _value(self, plain: Any) -> Any:
        if is_json(plain):
            return plain
        if isinstance(plain, list):
            return [self._value(item) for item in plain]
        tags = [key for key in plain if key.startswith("$")]
        if not tags:
            return {key: self._value(item) for key, item in plain.items()}
        if len(plain) > 1 or tags[0] not in self._readers:
            raise ValueError(f"unknown kind {tags[0]!r}")
        return self._readers[tags[0]](plain[tags[0]])

    def _row(self, plain: Any) -> Any:
        name, values = plain
        kind = self._class(name)
        names = members(kind)
        if not names or not isinstance(values, dict) or sorted(values) != sorted(names):
            raise ValueError(f"{name} has the fields {', '.join(names) or 'none'}")
        return kind(**{key: self._value(value) for key, value in values.items()})

    def _class(self, name: str) -> type:
        if name not in self._classes:
            below, _, own = name.rpartition(".")
            module = f"{self._package}.{below}" if below else self._package
            found = getattr(import_module(module), own)
            if not isinstance(found, type) or found.__module__ != module:
                raise ValueError(f"no class {name}")
            self._classes[name] = found
        return self._classes[name]

    def _tuple(self, plain: Any) -> tuple[Any, ...]:
        return tuple(self._value(item) for item in _list(plain))

    def _frozenset(self, plain: Any) -> frozenset[Any]:
        return frozenset(self._value(item) for item in _list(plain))

    def _dict(self, plain: Any) -> dict[Any, Any]:
        return {self._value(key): self._value(value) for key, value in _list(plain)}

    def _proxy(self, plain: Any) -> Mapping[Any, Any]:
        return MappingProxyType(self._value(plain))

    def _enum(self, plain: Any) -> Enum:
        name, member = plain
        kind = self._class(name)
        if not issubclass(kind, Enum):
            raise TypeError(f"{name} is no enumeration")
        return kind[member]


def is_json(value: Any) -> bool:
    """Whether the value stands for itself all through: no key with a "$", no other kind."""
    level, depth = [value], 0
    while level:
        inner: list[Any] = []
        for one in level:
            kind = type(one)
            if kind is dict and all(map(_is_plain_key, one)):
                inner += one.values()
            elif kind is list:
                inner += one
            elif kind not in _PLAIN and not (kind is float and math.isfinite(one)):
                return False
        level, depth = inner, depth + 1
        if depth > DEEPEST:
            raise TooDeep(f"a value is nested more than {DEEPEST} levels deep")
    return True


def _is_plain_key(key: Any) -> bool:
    return type(key) is str and not key.startswith("$")


@cache
def members(kind: type) -> Members:
    """The names a row of this class is made of; none where it is no kind of row."""
    if is_dataclass(kind):
        return tuple(field.name for field in fields(kind))
    return tuple(getattr(kind, "_fields", ())) if issubclass(kind, tuple) else ()


def _list(plain: Any) -> list[Any]:
    if not isinstance(plain, list):
        raise TypeError("not a list")
    return plain


def _float(text: Any) -> float:
    if text not in ("inf", "-inf", "nan"):
        raise ValueError(f"{text!r} is written as a number")
    return float(text)


def _bytes(text: Any) -> bytes:
    return b64decode(text, validate=True)


def _shortened(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}..."
