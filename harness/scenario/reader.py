"""What reading a scenario needs: what the world knows, the names seen so far, the problems."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from .position import Position, Problems
from .tree import Leaf, Node, describe


class QuirkView(Protocol):
    """A documented oddity of an app, as far as scenarios care."""

    @property
    def id(self) -> str: ...
    @property
    def sentence(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def mark(self) -> str: ...


class SettingView(Protocol):
    """A setting, as far as scenarios care."""

    @property
    def default(self) -> Any: ...
    @property
    def sentence(self) -> str: ...
    @property
    def choices(self) -> Sequence[Any]: ...
    @property
    def mark(self) -> str: ...
    @property
    def source(self) -> str: ...
    def complaint(self, value: Any) -> str:
        """What is wrong with a value; nothing where it will do."""


class Facts(Protocol):
    """What can be named in a scenario. `harness.world` fits."""

    def app_kinds(self) -> Sequence[str]: ...
    def app_quirks(self, kind: str) -> Mapping[str, QuirkView]: ...
    def app_operations(self, kind: str) -> Sequence[str]: ...
    def app_faults(self, kind: str) -> Sequence[str]: ...
    def app_places(self, kind: str) -> Mapping[str, str]: ...
    def target_settings(self, kind: str) -> Mapping[str, tuple[Any, str]]: ...
    def app_settings(self) -> Mapping[str, SettingView]: ...
    def org_settings(self) -> Mapping[str, SettingView]: ...
    def setting_in_effect(self, kind: str, name: str, value: Any) -> Any: ...


ROOMS: Mapping[str, tuple[str, ...]] = {
    "user": ("user",),
    "account": ("user", "account"),
    "group": ("group",),
    "target group": ("group", "target group"),
    "group rule": ("group rule",),
    "push rule": ("push rule",),
    "OU": ("OU",),
}
"""What may be named where a thing of that sort is asked for."""


@dataclass
class Known:
    """Names that exist at the present point of the file. What was deleted can still be named."""

    names: dict[str, dict[str, None]] = field(default_factory=lambda: {"group": {"Everyone": None}})

    def add(self, room: str, name: str) -> None:
        self.names.setdefault(room, {})[name] = None

    def of(self, room: str) -> list[str]:
        return [name for part in ROOMS[room] for name in self.names.get(part, {})]


@dataclass
class Reader:
    """Carried through the reading of one file."""

    facts: Facts
    problems: Problems = field(default_factory=Problems)
    known: Known = field(default_factory=Known)
    labels: dict[str, str] = field(default_factory=dict)  # app label -> kind, whole scenario
    kinds: tuple[str, ...] = ()  # app kinds the part now being read may meet
    stated: set[str] = field(default_factory=set)  # settings that the file itself gives a value
    asked: list[tuple[Position, str]] = field(default_factory=list)  # settings that `when` asks for

    def wrong(self, node: Node, wanted: str) -> Any:
        """Tell what was expected instead; the answer, None, stands for the value."""
        self.problems.add(node.at, f"expected {wanted}, found {describe(node)}")

    def text(self, node: Node, wanted: str) -> str | None:
        """The text of a scalar that is text; otherwise a problem and None."""
        if isinstance(node, Leaf) and isinstance(node.value, str) and node.value.strip():
            return node.value
        self.wrong(node, wanted)
        return None

    def refuse_idle_conditions(self) -> None:
        """What a file states is the same in every run, so nothing can depend on it."""
        for at, name in self.asked:
            if name in self.stated:
                self.problems.add(at, f"the file itself states {name}: no run has another")

    @contextmanager
    def limited_to(self, kinds: Sequence[str]) -> Iterator[None]:
        """Read a part that only these app kinds will meet."""
        before = self.kinds
        self.kinds = tuple(kinds)
        try:
            yield
        finally:
            self.kinds = before
