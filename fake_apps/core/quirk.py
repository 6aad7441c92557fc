"""Quirks as data: what a vendor does that a reader of its manual would not expect."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

HABITS, WORK = "habits", "work"
MARKS = ("doc", "sdk", "seen", "unsure")


@dataclass(frozen=True)
class Quirk:
    """One documented oddity. The behaviour is one `if` where it happens.

    `mark` is how sure we are: doc (vendor's documentation), sdk (read from a client), seen
    (recorded traffic or an issue), unsure (inferred: switchable because reality may differ).
    `breaks` is "" where a careful client gets its work done all the same, HABITS where only one
    with certain habits does not, WORK where nobody does: a defect of the app.
    """

    id: str
    sentence: str
    source: str
    default: bool = True
    mark: str = "doc"
    breaks: str = ""


@dataclass(frozen=True)
class Profile:
    """A product that an app can be: its quirks, and the numbers it has where a setting is None."""

    title: str
    quirks: tuple[Quirk, ...] = ()
    numbers: Mapping[str, float] = field(default_factory=dict)


class QuirkSet:
    """Which quirks are on in one fake app. `Q in quirks` is what the rules ask."""

    def __init__(self, known: Iterable[Quirk], switched: Mapping[str, bool] | None = None) -> None:
        self.known = {quirk.id: quirk for quirk in known}
        self._on = {quirk.id for quirk in self.known.values() if quirk.default}
        for quirk_id, on in (switched or {}).items():
            self.switch(quirk_id, on=on)

    def __contains__(self, quirk: Quirk) -> bool:
        return quirk.id in self._on

    def switch(self, quirk_id: str, *, on: bool) -> None:
        """Turn one quirk on or off; KeyError names the known ones."""
        if quirk_id not in self.known:
            raise KeyError(f"unknown quirk {quirk_id!r}; known: {', '.join(self.known)}")
        (self._on.add if on else self._on.discard)(quirk_id)

    def active(self) -> frozenset[str]:
        return frozenset(self._on)

    def restore(self, active: frozenset[str]) -> None:
        self._on = set(active)
