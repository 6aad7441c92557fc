"""Search filters as text (RFC 4515), read into a small tree."""

import re
from dataclasses import dataclass

BIT_AND, BIT_OR = "1.2.840.113556.1.4.803", "1.2.840.113556.1.4.804"
IN_CHAIN = "1.2.840.113556.1.4.1941"
MAX_DEPTH = 40

_ITEM = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9.;-]*)"
    r"(?:(?::dn)?(?::(?P<rule>[0-9.]+))?:=|(?P<kind>=|>=|<=|~=))(?P<value>.*)\Z",
    re.DOTALL,
)
_BLANKS = re.compile(r"\s*")
_MUST_ESCAPE = re.compile(r"[\\()*\0]")
_ESCAPE = re.compile(r"\\([0-9A-Fa-f]{2})")


class BadFilter(ValueError):
    """The text is no filter."""


@dataclass(frozen=True, slots=True)
class Item:
    """One comparison. `kind` is =, >=, <=, present, substrings, or the OID of a matching rule."""

    name: str
    kind: str
    value: bytes = b""
    pieces: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class And:
    """All hold; an empty one is true."""

    parts: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One holds; an empty one is false."""

    parts: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """It does not hold; what is undefined stays undefined."""

    part: "Filter"


Filter = Item | And | Or | Not


def written(wanted: Filter) -> str:
    """The filter as text."""
    if isinstance(wanted, Item):
        return f"({_item_written(wanted)})"
    if isinstance(wanted, Not):
        return f"(!{written(wanted.part)})"
    return f"({'&' if isinstance(wanted, And) else '|'}{''.join(map(written, wanted.parts))})"


def _item_written(item: Item) -> str:
    if item.kind == "present":
        return f"{item.name}=*"
    if item.kind == "substrings":
        return f"{item.name}={'*'.join(map(_escaped, item.pieces))}"
    kind = item.kind if item.kind in ("=", ">=", "<=") else f":{item.kind}:="
    return f"{item.name}{kind}{_escaped(item.value)}"


def parse(text: str) -> Filter:
    """The filter that the text is; BadFilter otherwise."""
    stripped = text.strip()
    if not stripped.startswith("("):
        return _item(stripped)
    found, end = _read(stripped, 0, 0)
    if stripped[end:].strip():
        raise BadFilter(text)
    return found


def _read(text: str, at: int, depth: int) -> tuple[Filter, int]:
    """The filter in parentheses that begins at `at`, and where it ends."""
    if depth > MAX_DEPTH or text[at : at + 1] != "(":
        raise BadFilter(text)
    match text[at + 1 : at + 2]:
        case "&":
            parts, end = _several(text, at + 2, depth)
            return And(parts), end
        case "|":
            parts, end = _several(text, at + 2, depth)
            return Or(parts), end
        case "!":
            parts, end = _several(text, at + 2, depth)
            if len(parts) != 1:
                raise BadFilter(text)
            return Not(parts[0]), end
    end = text.find(")", at)
    if end < 0:
        raise BadFilter(text)
    return _item(text[at + 1 : end]), end + 1


def _several(text: str, at: int, depth: int) -> tuple[tuple[Filter, ...], int]:
    """The filters up to the bracket that ends them; blanks between them mean nothing."""
    parts, at = [], _behind_blanks(text, at)
    while text[at : at + 1] == "(":
        part, at = _read(text, at, depth + 1)
        parts.append(part)
        at = _behind_blanks(text, at)
    if text[at : at + 1] != ")":
        raise BadFilter(text)
    return tuple(parts), at + 1


def _behind_blanks(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    return found.end() if found else at


def _item(text: str) -> Item:
    found = _ITEM.match(text)
    if not found or "(" in text:
        raise BadFilter(text)
    name, rule, kind, value = found["name"], found["rule"], found["kind"], found["value"]
    if kind is None:
        return Item(name, rule or "=", _octets(value))
    if kind in (">=", "<="):
        return Item(name, kind, _octets(value))
    if value == "*" and kind == "=":
        return Item(name, "present")
    if "*" in value:
        return Item(name, "substrings", pieces=tuple(map(_octets, value.split("*"))))
    return Item(name, "=", _octets(value))


def _escaped(value: bytes) -> str:
    try:
        return _MUST_ESCAPE.sub(lambda found: f"\\{ord(found[0]):02x}", value.decode())
    except UnicodeDecodeError:
        return "".join(f"\\{octet:02x}" for octet in value)


def _octets(value: str) -> bytes:
    r"""The octets of an assertion value; `\xx` stands for one of them."""
    if "\\" not in value:
        return value.encode()
    pieces = _ESCAPE.split(value)
    if any("\\" in piece for piece in pieces[::2]):
        raise BadFilter(value)
    return b"".join(
        bytes.fromhex(piece) if at % 2 else piece.encode() for at, piece in enumerate(pieces)
    )
