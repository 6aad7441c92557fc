"""Plain data (JSON, YAML) read strictly: every mistake is told with the place where it stands.

A kind is a function from a value to what is made of it; it raises `Unfit` for what does not fit.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

Kind = Callable[[Any], Any]
Where = tuple[str | int, ...]


class Unfit(ValueError):
    """A value that does not fit; `where` leads to it through keys and indexes."""

    def __init__(self, message: str, where: Where = ()) -> None:
        super().__init__(message)
        self.message = message
        self.where = where

    def __str__(self) -> str:
        path = "".join(f"[{at}]" if isinstance(at, int) else f".{at}" for at in self.where)
        return f"{path.removeprefix('.')}: {self.message}" if path else self.message

    def below(self, at: str | int) -> "Unfit":
        return Unfit(self.message, (at, *self.where))


def text(value: Any) -> str:
    """Text that is not empty, and that can be sent."""
    if not isinstance(value, str) or not value.strip() or not can_be_sent(value):
        raise Unfit(f"expected text, found {_shown(value)}")
    return value


def any_text(value: Any) -> str:
    """Text, perhaps none."""
    return value if value == "" and isinstance(value, str) else text(value)


def token(value: Any) -> str:
    """Printable ASCII, as headers carry it; perhaps none."""
    if not isinstance(value, str) or not (value.isascii() and value.isprintable()):
        raise Unfit(f"expected printable ASCII text, found {_shown(value)}")
    return value


def flag(value: Any) -> bool:
    """True or false; `on` and `off` as YAML files have them."""
    found = {"on": True, "off": False}.get(value) if isinstance(value, str) else value
    if not isinstance(found, bool):
        raise Unfit(f"expected true or false, found {_shown(value)}")
    return found


def number(low: float, high: float = math.inf) -> Kind:
    def read(value: Any) -> float:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not low <= value <= high or math.isinf(value):
            span = f"a number from {low:g}" + ("" if math.isinf(high) else f" to {high:g}")
            raise Unfit(f"expected {span}, found {_shown(value)}")
        return float(value)

    return read


def whole(low: int, high: int = 2**53) -> Kind:
    def read(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise Unfit(f"expected a whole number from {low} to {high}, found {_shown(value)}")
        return value

    return read


def one_of(choices: Sequence[str]) -> Kind:
    def read(value: Any) -> str:
        if value not in choices:
            raise Unfit(f"expected one of {', '.join(choices)}, found {_shown(value)}")
        return str(value)

    return read


def or_none(kind: Kind) -> Kind:
    return lambda value: None if value is None else kind(value)


def many(kind: Kind) -> Kind:
    """A list, read as a tuple."""

    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple):
            raise Unfit(f"expected a list, found {_shown(value)}")
        found: list[Any] = []
        try:
            for item in value:
                found.append(kind(item))  # noqa: PERF401 - how many there are tells where it fails
        except Unfit as unfit:
            raise unfit.below(len(found)) from None
        return tuple(found)

    return read


def mapping(kind: Kind) -> Kind:
    """A map from any key."""

    def read(value: Any) -> dict[str, Any]:
        return {key: _below(key, kind, item) for key, item in _pairs(value).items()}

    return read


def plain(value: Any) -> Any:
    """Any JSON value whose texts can be sent."""
    if isinstance(value, str):
        return any_text(value)
    if isinstance(value, list):
        return [_below(at, plain, item) for at, item in enumerate(value)]
    if isinstance(value, dict):
        return mapping(plain)(value)
    return None if value is None else _finite(value)


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        raise Unfit(f"expected a finite number, found {value}")
    return value


def record(*required: str, **kinds: Kind) -> Kind:
    """A map with these keys and no others; those not `required` may be left out."""

    def read(value: Any) -> dict[str, Any]:
        given = _pairs(value)
        for key in given:
            if key not in kinds:
                raise Unfit(f"unknown key {key!r}{hint(key, kinds)}", (key,))
        for key in required:
            if key not in given:
                raise Unfit(f"missing key {key!r}")
        return {key: _below(key, kinds[key], item) for key, item in given.items()}

    return read


def short(key: str, kind: Kind) -> Kind:
    """A record that may be written as the text of its one required key."""
    return lambda value: kind({key: value}) if isinstance(value, str) else kind(value)


def hint(wrong: str, known: Mapping[str, Any] | Sequence[str]) -> str:
    """The nearest of the known names, or all of them."""
    near = get_close_matches(wrong, list(known), 1)
    return f"; nearest: {near[0]}" if near else f"; known: {', '.join(known) or 'none'}"


def _below(at: str | int, kind: Kind, value: Any) -> Any:
    try:
        return kind(value)
    except Unfit as unfit:
        raise unfit.below(at) from None


def _pairs(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Unfit(f"expected a map, found {_shown(value)}")
    for key in value:
        text(key)
    return value


def can_be_sent(value: str) -> bool:
    """Half a surrogate pair is no text, and no vendor has a NUL in a name."""
    return not _UNSENDABLE.search(value)


_UNSENDABLE = re.compile("[\0\ud800-\udfff]")


def _shown(value: Any) -> str:
    words = {None: "nothing", True: "true", False: "false"}
    if value is None or isinstance(value, bool):
        return words[value]
    found = ascii(value)
    return found if len(found) <= 60 else f"{found[:57]}..."
