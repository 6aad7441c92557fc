"""Kinds of values a scenario can hold: each reads a node and describes itself as JSON Schema.

A kind that meets something wrong tells the reader and answers None; a file with problems is never
run, so nobody meets that None.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Protocol

from .reader import Reader, SettingView
from .tree import Items, Leaf, Node, Pairs, plain

Schema = dict[str, Any]

KNOWN = "x-known"
"""Marks a place in a JSON Schema that names what apps bring; see `jsonschema.complete`."""


class Kind(Protocol):
    """How one value is read and described."""

    def read(self, node: Node, reader: Reader) -> Any: ...
    def schema(self) -> Schema: ...


# --- scalars -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Text:
    """Any text."""

    what: str = "text"

    def read(self, node: Node, reader: Reader) -> str | None:
        return reader.text(node, self.what)

    def schema(self) -> Schema:
        return {"type": "string", "minLength": 1}


@dataclass(frozen=True)
class LooseText:
    """Text, or a number taken as it is written."""

    def read(self, node: Node, reader: Reader) -> str | None:
        if isinstance(node, Leaf) and node.value is not None and not isinstance(node.value, bool):
            return node.text
        return reader.text(node, "text or a number")

    def schema(self) -> Schema:
        return {"type": ["string", "number"]}


@dataclass(frozen=True)
class Flag:
    """true or false."""

    def read(self, node: Node, reader: Reader) -> bool | None:
        if isinstance(node, Leaf) and isinstance(node.value, bool):
            return node.value
        reader.wrong(node, "true or false")
        return None

    def schema(self) -> Schema:
        return {"type": "boolean"}


@dataclass(frozen=True)
class Switch:
    """on or off (true and false will do)."""

    def read(self, node: Node, reader: Reader) -> bool | None:
        value = node.value if isinstance(node, Leaf) else None
        if isinstance(value, bool):
            return value
        if value in ("on", "off"):
            return value == "on"
        reader.wrong(node, "on or off")
        return None

    def schema(self) -> Schema:
        return {"enum": ["on", "off", True, False]}


@dataclass(frozen=True)
class Whole:
    """A whole number, not below `least`; or one of `words`, which stand for None."""

    least: int = 0
    words: tuple[str, ...] = ()

    def read(self, node: Node, reader: Reader) -> int | None:
        if isinstance(node, Leaf) and node.value in self.words:
            return None
        value = node.value if isinstance(node, Leaf) else None
        if type(value) is int and value >= self.least:
            return value
        reader.wrong(node, " or ".join([f"a whole number from {self.least}", *self.words]))
        return None

    def schema(self) -> Schema:
        number: Schema = {"type": "integer", "minimum": self.least}
        return {"anyOf": [number, {"enum": list(self.words)}]} if self.words else number


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    options: tuple[str, ...]

    def read(self, node: Node, reader: Reader) -> str | None:
        if isinstance(node, Leaf) and node.value in self.options:
            return str(node.value)
        text = reader.text(node, f"one of {', '.join(self.options)}")
        if text is not None:
            reader.problems.unknown(node.at, f"word '{text}'", self.options)
        return None

    def schema(self) -> Schema:
        return {"enum": list(self.options)}


_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_DURATION = re.compile(r"(?=\d)(?:(\d{1,4})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,7})s)?")


def seconds(text: str) -> float | None:
    """`90s`, `10m`, `1h30m`, `2d` in seconds; None when it is none of these."""
    match = _DURATION.fullmatch(text)
    if match is None:
        return None
    parts = zip(match.groups(), _UNITS.values(), strict=True)
    return float(sum(int(count) * unit for count, unit in parts if count))


@dataclass(frozen=True)
class Duration:
    """A stretch of time, or one of `words`."""

    words: tuple[str, ...] = ()

    def read(self, node: Node, reader: Reader) -> float | str | None:
        value = node.value if isinstance(node, Leaf) else None
        if isinstance(value, str) and value in self.words:
            return value
        found = seconds(value) if isinstance(value, str) else None
        if found is None:
            reader.wrong(node, " or ".join(["a time such as 30s, 10m, 1h30m, 2d", *self.words]))
        return found

    def schema(self) -> Schema:
        time: Schema = {"type": "string", "pattern": r"^(?=\d)(\d+d)?(\d+h)?(\d+m)?(\d+s)?$"}
        return {"anyOf": [{"enum": list(self.words)}, time]} if self.words else time


_CLOCK = re.compile(r"(\d{1,5}):([0-5]\d):([0-5]\d)")


@dataclass(frozen=True)
class Moment:
    """hh:mm:ss since the world began, or one of `words`."""

    words: tuple[str, ...] = ()

    def read(self, node: Node, reader: Reader) -> float | str | None:
        value = node.value if isinstance(node, Leaf) else None
        if isinstance(value, str) and value in self.words:
            return value
        match = _CLOCK.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            reader.wrong(node, " or ".join(["a moment hh:mm:ss", *self.words]))
            return None
        hours, minutes, secs = map(int, match.groups())
        return float(hours * 3600 + minutes * 60 + secs)

    def schema(self) -> Schema:
        moment: Schema = {"type": "string", "pattern": r"^\d+:[0-5]\d:[0-5]\d$"}
        return {"anyOf": [{"enum": list(self.words)}, moment]} if self.words else moment


@dataclass(frozen=True)
class Code:
    """An id such as T40, R23a, Q3, E7 or B16."""

    pattern: str = r"[TRQEB]\d{1,3}[a-z]?"

    def read(self, node: Node, reader: Reader) -> str | None:
        text = reader.text(node, "an id such as T40 or R12")
        if text is not None and not re.fullmatch(self.pattern, text):
            reader.problems.add(node.at, f"{text!r} is no id of a rule or case, such as T40 or R12")
            return None
        return text

    def schema(self) -> Schema:
        return {"type": "string", "pattern": f"^{self.pattern}$"}


@dataclass(frozen=True)
class Anything:
    """Any plain value."""

    def read(self, node: Node, _reader: Reader) -> Any:
        return plain(node)

    def schema(self) -> Schema:
        return {}


# --- composed ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Many:
    """One, or a list of them; always read as a tuple."""

    of: Kind

    def read(self, node: Node, reader: Reader) -> tuple[Any, ...]:
        if isinstance(node, Items):
            return tuple(self.of.read(item, reader) for item in node.items)
        return (self.of.read(node, reader),)

    def schema(self) -> Schema:
        one = self.of.schema()
        return {"anyOf": [one, {"type": "array", "items": one}]}


@dataclass(frozen=True)
class Rows:
    """A list."""

    of: Kind

    def read(self, node: Node, reader: Reader) -> tuple[Any, ...]:
        if not isinstance(node, Items):
            reader.wrong(node, "a list")
            return ()
        return tuple(self.of.read(item, reader) for item in node.items)

    def schema(self) -> Schema:
        return {"type": "array", "items": self.of.schema()}


@dataclass(frozen=True)
class Table:
    """A map from names to values; never empty."""

    key: Kind
    value: Kind

    def read(self, node: Node, reader: Reader) -> dict[Any, Any]:
        if not isinstance(node, Pairs) or not node.pairs:
            reader.wrong(node, "a map with at least one entry")
            return {}
        keys = [self.key.read(key, reader) for key, _ in node.pairs]
        return dict(
            zip(keys, [self.value.read(value, reader) for _, value in node.pairs], strict=True)
        )

    def schema(self) -> Schema:
        return {
            "type": "object",
            "additionalProperties": self.value.schema(),
            "minProperties": 1,
        }


@dataclass(frozen=True)
class Named:
    """A list of names, or a map from names to what belongs to each."""

    key: Kind
    value: Kind

    def read(self, node: Node, reader: Reader) -> dict[Any, Any]:
        if isinstance(node, Pairs):
            names = [(self.key.read(key, reader), value) for key, value in node.pairs]
            return {name: self._value(value, reader) for name, value in names}
        return dict.fromkeys(Many(self.key).read(node, reader))

    def _value(self, node: Node, reader: Reader) -> Any:
        is_empty = isinstance(node, Leaf) and node.value is None
        return None if is_empty else self.value.read(node, reader)

    def schema(self) -> Schema:
        value = {"anyOf": [self.value.schema(), {"type": "null"}]}
        return {
            "anyOf": [
                *Many(self.key).schema()["anyOf"],
                {"type": "object", "additionalProperties": value},
            ]
        }


@dataclass(frozen=True)
class WordOr:
    """One of a few words, or something else."""

    words: tuple[str, ...]
    other: Kind

    def read(self, node: Node, reader: Reader) -> Any:
        if isinstance(node, Leaf) and node.value in self.words:
            return node.value
        return self.other.read(node, reader)

    def schema(self) -> Schema:
        return {"anyOf": [{"enum": list(self.words)}, self.other.schema()]}


# --- names -------------------------------------------------------------------------------------

_SHORT = re.compile(r"[a-z0-9][a-z0-9._-]*")


@dataclass(frozen=True)
class Name:
    """Something that exists at this point of the scenario."""

    room: str

    def read(self, node: Node, reader: Reader) -> str | None:
        name = reader.text(node, f"the name of a known {self.room}")
        if name is not None and name not in reader.known.of(self.room):
            reader.problems.unknown(node.at, f"{self.room} '{name}'", reader.known.of(self.room))
        return name

    def schema(self) -> Schema:
        return {"type": "string", "minLength": 1}


@dataclass(frozen=True)
class New:
    """Something that exists from here on."""

    room: str
    is_person: bool = False

    def read(self, node: Node, reader: Reader) -> str | None:
        name = reader.text(node, f"a name for a {self.room}")
        if name is None:
            return None
        if self.is_person and not _SHORT.fullmatch(name):
            reader.problems.add(node.at, f"{name!r} is no short name of a person, such as ana")
        reader.known.add(self.room, name)
        return name

    def schema(self) -> Schema:
        pattern = {"pattern": f"^{_SHORT.pattern}$"} if self.is_person else {}
        return {"type": "string", "minLength": 1, **pattern}


@dataclass(frozen=True)
class DirectoryOnly:
    """An OU, where every app that the step meets must have such."""

    ou: Kind

    def read(self, node: Node, reader: Reader) -> str | None:
        for kind in reader.kinds:
            if not reader.facts.app_places(kind):
                reader.problems.add(node.at, f"{kind} has no OUs: limit the step with `only`")
        name: str | None = self.ou.read(node, reader)
        return name

    def schema(self) -> Schema:
        return self.ou.schema()


# --- what apps bring ---------------------------------------------------------------------------


@dataclass(frozen=True)
class PerKind:
    """A word of an app: one for all apps of the scenario, or one per app kind in a map."""

    what: str
    known: Callable[[Reader, str], list[str]]
    patterns: bool = False

    def read(self, node: Node, reader: Reader) -> dict[str, str | None]:
        if not isinstance(node, Pairs):
            return {kind: self._one(node, reader, kind) for kind in reader.kinds}
        found = {}
        for key, value in node.pairs:
            if key.text in reader.kinds:
                found[key.text] = self._one(value, reader, key.text)
            else:
                reader.problems.unknown(key.at, f"app kind '{key.text}'", reader.kinds)
        for kind in sorted(set(reader.kinds) - set(found)):
            reader.problems.add(node.at, f"no {self.what} is given for {kind}")
        return found

    def _one(self, node: Node, reader: Reader, kind: str) -> str | None:
        text = reader.text(node, f"a known {self.what}")
        known = self.known(reader, kind)
        if text is None or text in known:
            return text
        if not (self.patterns and any(fnmatchcase(name, text) for name in known)):
            reader.problems.unknown(node.at, f"{self.what} of {kind} '{text}'", known)
        return text

    def schema(self) -> Schema:
        one: Schema = {"type": "string", "minLength": 1, KNOWN: self.what}
        return {"anyOf": [one, {"type": "object", "additionalProperties": one}]}


def operation(*, patterns: bool = False) -> PerKind:
    """An operation id, such as o365.create_group; a pattern (o365.*) where allowed."""
    return PerKind("operation", lambda r, kind: list(r.facts.app_operations(kind)), patterns)


def fault() -> PerKind:
    """A kind of fault an app can be armed with."""
    return PerKind("fault", lambda r, kind: list(r.facts.app_faults(kind)))


@dataclass(frozen=True)
class OneOperation:
    """An operation id (or pattern) as the key of a map; any app of the scenario may know it."""

    def read(self, node: Node, reader: Reader) -> str | None:
        text = reader.text(node, "an operation")
        known = [name for kind in reader.kinds for name in reader.facts.app_operations(kind)]
        if text is not None and not any(fnmatchcase(name, text) for name in known):
            reader.problems.unknown(node.at, f"operation '{text}'", known)
        return text

    def schema(self) -> Schema:
        return {"type": "string", "minLength": 1}


@dataclass(frozen=True)
class AppValues:
    """Values by name, for all apps of the scenario and for single ones."""

    everywhere: Mapping[str, Any]
    by_app: Mapping[str, Mapping[str, Any]]

    def of(self, label: str, kind: str) -> dict[str, Any]:
        """What holds for one app: general, then its kind's, then its own."""
        return {**self.everywhere, **self.by_app.get(kind, {}), **self.by_app.get(label, {})}


@dataclass(frozen=True)
class PerApp:
    """A map of names to values, in which a key that is an app holds a map of its own."""

    one: Kind

    def read(self, node: Node, reader: Reader) -> AppValues:
        if not isinstance(node, Pairs):
            reader.wrong(node, "a map")
            return AppValues({}, {})
        apps = {*reader.labels, *reader.labels.values()}
        own = [(k, v) for k, v in node.pairs if k.text in apps and isinstance(v, Pairs)]
        rest = tuple((k, v) for k, v in node.pairs if (k, v) not in own)
        by_app = {}
        for key, value in own:
            with reader.limited_to([reader.labels.get(key.text, key.text)]):
                by_app[key.text] = self.one.read(value, reader)
        everywhere = self.one.read(Pairs(node.at, rest), reader) if rest else {}
        return AppValues(everywhere, by_app)

    def schema(self) -> Schema:
        return self.one.schema()


@dataclass(frozen=True)
class Quirks:
    """Quirk ids to on or off."""

    def read(self, node: Node, reader: Reader) -> dict[str, bool | None]:
        if not isinstance(node, Pairs):
            reader.wrong(node, "a map of quirks to on or off")
            return {}
        for key, _ in node.pairs:
            for kind in reader.kinds:
                known = reader.facts.app_quirks(kind)
                if key.text not in known:
                    reader.problems.unknown(key.at, f"quirk of {kind} '{key.text}'", known)
        return {key.text: Switch().read(value, reader) for key, value in node.pairs}

    def schema(self) -> Schema:
        one = Switch().schema()
        nested = {"type": "object", "additionalProperties": one}
        return {
            "type": "object",
            "additionalProperties": {"anyOf": [one, nested]},
            KNOWN: "quirk",
        }


@dataclass(frozen=True)
class OktaSettings:
    """Settings of the org and of apps in it, by name."""

    def read(self, node: Node, reader: Reader) -> dict[str, Any]:
        if not isinstance(node, Pairs):
            reader.wrong(node, "a map of settings")
            return {}
        reader.stated |= {key.text for key, _ in node.pairs}
        return _settings(node, reader)

    def schema(self) -> Schema:
        return {"type": "object", KNOWN: "setting"}


@dataclass(frozen=True)
class Conditions:
    """Settings that a run must have, by name; the file itself states none of them."""

    def read(self, node: Node, reader: Reader) -> dict[str, Any]:
        if not isinstance(node, Pairs) or not node.pairs:
            reader.wrong(node, "a map of settings to the values they must have")
            return {}
        reader.asked += [(key.at, key.text) for key, _ in node.pairs]
        for name, value in (found := _settings(node, reader)).items():
            in_effect = [reader.facts.setting_in_effect(kind, name, value) for kind in reader.kinds]
            if value not in in_effect and reader.kinds:
                told = f"{name} is never {str(value).lower()} for {', '.join(reader.kinds)}"
                reader.problems.add(node.at, told)
        return found

    def schema(self) -> Schema:
        return {"type": "object", "minProperties": 1, KNOWN: "setting"}


def _settings(node: Pairs, reader: Reader) -> dict[str, Any]:
    """Values by the name of a setting, each checked."""
    known = {**reader.facts.app_settings(), **reader.facts.org_settings()}
    for key, value in node.pairs:
        if key.text in known:
            _check_setting(value, known[key.text], reader)
        else:
            reader.problems.unknown(key.at, f"setting '{key.text}'", known)
    return {key.text: plain(value) for key, value in node.pairs}


def _check_setting(node: Node, setting: SettingView, reader: Reader) -> None:
    complaint = setting.complaint(plain(node))
    if complaint and setting.choices:
        words = ", ".join("null" if c is None else str(c).lower() for c in setting.choices)
        reader.wrong(node, f"one of {words}")
    elif complaint:
        reader.wrong(node, complaint.removeprefix("must be "))


def _check_type(node: Node, default: Any, reader: Reader) -> None:
    """A tenant's setting takes what its default is; a default of None tells nothing."""
    if isinstance(default, bool):
        Flag().read(node, reader)
    elif isinstance(default, int | float):
        value = node.value if isinstance(node, Leaf) else None
        if not isinstance(value, int | float) or isinstance(value, bool):
            reader.wrong(node, "a number")
    elif isinstance(default, str):
        reader.text(node, "text")
    elif isinstance(default, list | tuple) and not isinstance(node, Items):
        reader.wrong(node, "a list")


@dataclass(frozen=True)
class TargetSettings:
    """Settings of the target's own tenant, by name."""

    def read(self, node: Node, reader: Reader) -> dict[str, Any]:
        if not isinstance(node, Pairs):
            reader.wrong(node, "a map of settings")
            return {}
        for key, value in node.pairs:
            for kind in reader.kinds:
                known = reader.facts.target_settings(kind)
                if key.text in known:
                    _check_type(value, known[key.text][0], reader)
                else:
                    reader.problems.unknown(key.at, f"tenant setting of {kind} '{key.text}'", known)
        return {key.text: plain(value) for key, value in node.pairs}

    def schema(self) -> Schema:
        return {"type": "object", KNOWN: "tenant setting"}
