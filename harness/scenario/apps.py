"""What a scenario's author can use of an app, as tables: operations, quirks, settings, faults."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .. import world
from ..errors import Unusable
from .position import hint

Row = tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A heading, the names of the columns, and the rows."""

    title: str
    head: Row
    rows: Sequence[Row]


def all_apps() -> Table:
    """One row per app that scenarios can use."""
    rows = [
        (
            kind,
            world.app_title(kind),
            str(len(world.app_operations(kind))),
            str(len(world.app_quirks(kind))),
            ", ".join(world.app_hosts(kind)),
        )
        for kind in world.app_kinds()
    ]
    return Table("Apps", ("App", "What it is", "Operations", "Quirks", "Hosts"), rows)


def one_app(kind: str) -> Iterator[Table]:
    """Everything that a scenario can name of one app; Unusable if there is no such app."""
    if kind not in world.app_kinds():
        raise Unusable(f"unknown app '{kind}'{hint(kind, world.app_kinds())}")
    yield Table("Operations", ("Operation", "Answers"), list(_operations(kind)))
    yield Table("Quirks", ("Quirk", "Default", "Mark", "What happens", "Source"), _quirks(kind))
    if profiles := list(_profiles(kind)):
        yield Table("Profiles (target_settings: profile)", ("Profile", "Product", "Has"), profiles)
    own = world.target_settings(kind)
    if own:
        rows = [(name, written(default), told) for name, (default, told) in own.items()]
        yield Table("Settings of the app (target_settings)", SETTING, rows)
    of_okta = {**world.app_settings(), **world.org_settings()}
    rows = [(name, written(info.default), info.sentence) for name, info in of_okta.items()]
    yield Table("Settings in Okta (settings)", SETTING, rows)
    yield Table("Faults (arm_fault)", ("Kind", "What it does"), _faults(kind))


SETTING = ("Setting", "Default", "What it means")


def _operations(kind: str) -> Iterator[Row]:
    """One row per form; what is no route of its own comes in a batch or an agent's request."""
    for name, forms in world.app_forms(kind).items():
        for form in forms or ["inside another call"]:
            yield name, form


def _quirks(kind: str) -> list[Row]:
    return [
        (quirk.id, "on" if quirk.default else "off", quirk.mark, quirk.sentence, quirk.source)
        for quirk in world.app_quirks(kind).values()
    ]


def _profiles(kind: str) -> Iterator[Row]:
    """What each is, and its quirks and numbers."""
    for name, profile in world.app_profiles(kind).items():
        numbers = [f"{key} {value:g}" for key, value in profile.numbers.items()]
        told = [*(quirk.id for quirk in profile.quirks), *numbers]
        yield name, profile.title, ", ".join(told) or "no quirks"


def _faults(kind: str) -> list[Row]:
    told = world.app_fault_sentences(kind)
    return [(name, told[name]) for name in world.app_faults(kind)]


def written(value: Any) -> str:
    """A value as a scenario would write it."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Mapping():
            inside = ", ".join(f"{key}: {written(one)}" for key, one in value.items())
            return f"{{{inside}}}"
        case str():
            return value or "''"
        case Iterable():
            return f"[{', '.join(map(written, value))}]"
    return str(value)
