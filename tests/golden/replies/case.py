"""One golden reply: how a tenant is arranged, what is asked, and what the vendor answers.

Cases are read from `<app>/*.yaml`; README.md beside this file says how they are written.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
DOOR = "door.yaml"
KINDS = ("operation", "refusal", "quirk")
ONE_OF_ITS_WAYS = ("json", "form", "body")


class Loader(yaml.SafeLoader):
    """YAML whose plain words stay text: no dates, and only `true` and `false` are flags."""


Loader.yaml_implicit_resolvers = {
    letter: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag != "tag:yaml.org,2002:timestamp"
        and not (tag == "tag:yaml.org,2002:bool" and letter not in "tTfF")
    ]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True)
class Door:
    """How a client of one app gets in: the address that paths go to, and how it gets its token."""

    base: str
    bearer: str = ""
    token: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """What README.md says; `place` is the file and number of the case."""

    app: str
    place: str
    shows: tuple[str, ...]
    source: str
    call: str
    reply: Mapping[str, Any]
    settings: Mapping[str, Any] = field(default_factory=dict)
    quirks: Mapping[str, bool] = field(default_factory=dict)
    limits: float = 1.0
    faults: tuple[Mapping[str, Any], ...] = ()
    given: Mapping[str, Any] = field(default_factory=dict)
    before: tuple[Mapping[str, Any], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    token: Any = ""
    assertion: Mapping[str, Any] = field(default_factory=dict)
    json: Any = None
    form: Any = None
    body: Any = None

    def shown(self, kind: str) -> list[str]:
        """The names of that kind which this case shows; a quirk's with " on" or " off" behind."""
        return [name for of, name in map(_parted, self.shows) if of == kind]

    @property
    def request(self) -> dict[str, Any]:
        """The call in the words of a step of `before`."""
        ways = {way: getattr(self, way) for way in ONE_OF_ITS_WAYS}
        sent = {way: value for way, value in ways.items() if value is not None}
        return {
            "call": self.call,
            "headers": self.headers,
            "token": self.token,
            "assertion": self.assertion,
            **sent,
        }


def _parted(shown: str) -> tuple[str, str]:
    kind, _, name = shown.partition(" ")
    return kind, name


def apps() -> list[str]:
    """The apps that have golden replies."""
    return sorted(path.parent.name for path in HERE.glob(f"*/{DOOR}"))


def door(app: str) -> Door:
    return Door(**_read(HERE / app / DOOR))


def cases(app: str) -> list[Case]:
    """Every case of an app, in the order of files and of cases within them."""
    paths = sorted(path for path in (HERE / app).glob("*.yaml") if path.name != DOOR)
    return [case for path in paths for case in _cases(app, path)]


def _cases(app: str, path: Path) -> Iterator[Case]:
    for number, written in enumerate(_read(path), 1):
        place = f"{path.parent.name}/{path.name} case {number}"
        try:
            yield _case(app, place, written)
        except (TypeError, ValueError) as fault:
            raise ValueError(f"{place}: {fault}") from fault


def _case(app: str, place: str, written: Mapping[str, Any]) -> Case:
    known = {each.name for each in fields(Case)} - {"app", "place"}
    if unknown := sorted(set(written) - known):
        raise ValueError(f"unknown {', '.join(unknown)}; known: {', '.join(sorted(known))}")
    made = {name: tuple(value) if name in _LISTS else value for name, value in written.items()}
    case = Case(app=app, place=place, **made)
    for shown in case.shows:
        if _parted(shown)[0] not in KINDS:
            raise ValueError(f"shows {shown!r}: say operation, refusal or quirk")
    if unknown := sorted(set(case.reply) - {"status", "headers", "body"}):
        raise ValueError(f"unknown in reply: {', '.join(unknown)}")
    if not case.shows or "status" not in case.reply:
        raise ValueError("a case shows something, and its reply has a status")
    if not case.source.startswith(("https://", "ours: ")):
        raise ValueError("source is an address, or `ours: ` and why there is none")
    return case


_LISTS = ("shows", "faults", "before")


def _read(path: Path) -> Any:
    return yaml.load(path.read_text("utf-8"), Loader)  # noqa: S506 - a SafeLoader, and our own file
