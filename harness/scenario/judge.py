"""What an expectation found: where a witness disagrees with the scenario."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .position import Position

MANY = 20


@dataclass(frozen=True)
class Disagreement:
    """One witness, what the scenario says of it, and what it says itself."""

    witness: str
    subject: str
    expected: str
    actual: str
    notes: tuple[str, ...] = ()
    at: Position | None = None  # where the scenario says what is expected
    missing: tuple[str, ...] = ()  # of a set, whom or what the witness does not have
    unexpected: tuple[str, ...] = ()  # and what it should not have


class CannotDo(Exception):
    """A step that cannot be done as things stand, such as renaming a group that is not there."""


def compare(
    where: tuple[str, str], expected: Any, actual: Any, *, notes: tuple[str, ...] = ()
) -> Iterator[Disagreement]:
    """One disagreement unless the two are equal."""
    if expected != actual:
        yield Disagreement(*where, show(expected), show(actual), notes)


def compare_sets(
    where: tuple[str, str], expected: Collection[str], actual: Collection[str]
) -> Iterator[Disagreement]:
    """One disagreement, with the differences named, unless both hold the same."""
    missing = sorted(set(expected) - set(actual))
    unexpected = sorted(set(actual) - set(expected))
    doubled = sorted({name for name in actual if list(actual).count(name) > 1})
    named = {"missing": missing, "unexpected": unexpected, "more than once": doubled}
    notes = tuple(f"{what}: {show(names)}" for what, names in named.items() if names)
    if notes:
        yield Disagreement(
            *where,
            show(sorted(expected)),
            show(sorted(actual)),
            notes,
            missing=tuple(missing),
            unexpected=tuple(unexpected),
        )


def compare_parts(
    where: tuple[str, str],
    includes: Collection[str],
    excludes: Collection[str],
    actual: Collection[str],
) -> Iterator[Disagreement]:
    """Disagreements unless all of the first, and none of the second, are there."""
    absent = tuple(name for name in includes if name not in actual)
    present = tuple(name for name in excludes if name in actual)
    if absent:
        yield Disagreement(*where, f"includes {show(absent)}", show(actual), missing=absent)
    if present:
        yield Disagreement(*where, f"without {show(present)}", show(actual), unexpected=present)


def compare_fields(
    where: tuple[str, str], expected: Mapping[str, Any], actual: Mapping[str, Any]
) -> Iterator[Disagreement]:
    """One disagreement per field that the scenario names (None: it does not) and that differs."""
    for name, value in expected.items():
        if value is not None:
            yield from compare((where[0], f"{where[1]}: {name}"), value, actual[name])


def contains(where: tuple[str, str], part: str | None, whole: str) -> Iterator[Disagreement]:
    """One disagreement unless `whole` contains `part`."""
    if part is not None and part.lower() not in whole.lower():
        yield Disagreement(*where, f"contains {part!r}", show(whole or None))


def show(value: Any) -> str:
    """A value as a scenario's author would write it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {show(item)}" for key, item in value.items()) or "nothing"
    if isinstance(value, Iterable) and not isinstance(value, str):
        return _show_many(list(value))
    return str(value)


def _show_many(values: list[Any]) -> str:
    shown = ", ".join(map(show, values[:MANY]))
    more = f" and {len(values) - MANY} more" if len(values) > MANY else ""
    return f"[{shown}{more}]"


def clock_text(seconds: float) -> str:
    """Virtual time as hh:mm:ss."""
    whole = int(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
