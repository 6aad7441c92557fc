"""What every app can do, refuse and be odd about, and which of it golden replies show."""

import sys
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

from fake_apps import load, names
from fake_apps.core.refusal import refusals

from .case import Case, apps, cases


def errors_of(app: str) -> ModuleType:
    return import_module(f"fake_apps.{app}.errors")


def wanted(app: str) -> set[str]:
    """Everything of one app that needs a golden reply, in the words of `shows`."""
    spec = load(app)
    operations = {name.partition(".")[2] for name in spec.create().operations()}
    return {
        *(f"operation {name}" for name in operations),
        *(f"refusal {each.id}" for each in refusals(errors_of(app))),
        *(f"quirk {quirk.id} {way}" for quirk in spec.quirks for way in ("on", "off")),
    }


def shown(app: str) -> set[str]:
    return {each for case in cases(app) for each in case.shows}


def all_cases() -> list[Case]:
    return [case for app in apps() for case in cases(app)]


def rows() -> int:
    """How many quirks and refusals are on record, over all apps."""
    return sum(len(load(app).quirks) + len(refusals(errors_of(app))) for app in names())


def _report(only: list[str]) -> Iterator[str]:
    for app in only or names():
        there = shown(app) if app in apps() else set()
        missing = sorted(wanted(app) - there)
        yield f"{app}: {len(there)} shown, {len(missing)} missing"
        yield from (f"  {each}" for each in missing)
    yield f"{rows()} quirks and refusals in all"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in _report(sys.argv[1:]))
