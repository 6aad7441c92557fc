"""LDAP messages (RFC 4511 4): requests as values, replies as octets."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from ..filters import And, Filter, Item, Not, Or
from . import ber
from .ber import BadBer, Cursor

SUBORDINATES = 3  # a scope
MOST_NESTED = 100  # filters in filters
BIND_REPLY, SEARCH_DONE, MODIFY_REPLY, ADD_REPLY = 0x61, 0x65, 0x67, 0x69
DELETE_REPLY, RENAME_REPLY, COMPARE_REPLY, EXTENDED_REPLY = 0x6B, 0x6D, 0x6F, 0x78
_ENTRY, _REFERENCE = 0x64, 0x73
_CONTROLS = 0xA0
NOTICE_OF_DISCONNECTION = "1.3.6.1.4.1.1466.20036"


@dataclass(frozen=True, slots=True)
class Control:
    """What a client asks for beside an operation."""

    oid: str
    is_critical: bool
    value: bytes | None


@dataclass(frozen=True, slots=True)
class Bind:
    """`mechanism` is None for a name and password, and else how SASL would do it."""

    version: int
    name: str
    password: bytes = field(repr=False)
    mechanism: str | None


@dataclass(frozen=True, slots=True)
class Unbind:
    """The client hangs up."""


@dataclass(frozen=True, slots=True)
class Search:
    """`scope` is 0 for the base object, 1 for what stands directly below it, 2 for all.

    3 is for all but the base object, which OpenLDAP's clients may ask for.
    """

    base: str
    scope: int
    size_limit: int
    time_limit: int
    types_only: bool
    filter: Filter
    attributes: tuple[str, ...]


Values = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Modify:
    """Changes as (0 add, 1 delete, 2 replace, 3 increment; attribute; values)."""

    dn: str
    changes: tuple[tuple[int, str, Values], ...]


@dataclass(frozen=True, slots=True)
class Add:
    """A new object."""

    dn: str
    attributes: tuple[tuple[str, Values], ...]


@dataclass(frozen=True, slots=True)
class Delete:
    """One object, or with a control a tree."""

    dn: str


@dataclass(frozen=True, slots=True)
class Rename:
    """modifyDN."""

    dn: str
    newrdn: str
    delete_old: bool
    new_superior: str | None


@dataclass(frozen=True, slots=True)
class Compare:
    """Whether an object has a value."""

    dn: str
    attribute: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Abandon:
    """The client does not want the reply to a message any more."""

    message: int


@dataclass(frozen=True, slots=True)
class Extended:
    """An operation with an OID."""

    oid: str
    value: bytes | None


Request = Bind | Unbind | Search | Modify | Add | Delete | Rename | Compare | Abandon | Extended


@dataclass(frozen=True, slots=True)
class Message:
    """One request and what came with it."""

    number: int
    request: Request
    controls: tuple[Control, ...] = ()


# --- requests --------------------------------------------------------------------------------


def read(octets: bytes) -> Message:
    """The message that the octets are; BadBer if they are none that a client may send."""
    outer = Cursor(octets)
    inner = outer.inside()
    outer.end()
    number, tag = inner.natural(), inner.tag
    if number == 0 or tag not in _READERS:
        raise BadBer("no request")
    request = _READERS[tag](inner)
    controls = _controls(inner.inside(_CONTROLS)) if inner.tag == _CONTROLS else ()
    inner.end()
    return Message(number, request, controls)


def _controls(listed: Cursor) -> tuple[Control, ...]:
    found = []
    while listed.tag:
        one = listed.inside()
        oid = one.text()
        is_critical = one.flag() if one.tag == ber.BOOLEAN else False
        found.append(Control(oid, is_critical, one.octets() if one.tag == ber.OCTETS else None))
        one.end()
    return tuple(found)


def _bind(at: Cursor) -> Bind:
    inside = at.inside(0x60)
    version, name = inside.natural(), inside.text()
    if inside.tag == 0x80:
        return Bind(version, name, inside.octets(0x80), None)
    if inside.tag == 0xA3:
        return Bind(version, name, b"", inside.inside(0xA3).text())
    if not inside.tag:
        raise BadBer("a bind without credentials")
    return Bind(version, name, b"", f"choice {inside.tag & 0x1F}")


def _unbind(at: Cursor) -> Unbind:
    if at.octets(0x42):
        raise BadBer("an unbind says nothing")
    return Unbind()


def _search(at: Cursor) -> Search:
    inside = at.inside(0x63)
    base, scope = inside.text(), inside.natural(ber.ENUMERATED)
    inside.natural(ber.ENUMERATED)  # aliases: Active Directory has none
    if scope > SUBORDINATES:
        raise BadBer(f"scope {scope}")
    limits = inside.natural(), inside.natural()
    types_only = inside.flag()
    wanted = _filter(inside, 0)
    names = tuple(_text(name) for name in inside.inside().every())
    return Search(base, scope, *limits, types_only, wanted, names)


def _modify(at: Cursor) -> Modify:
    inside = at.inside(0x66)
    dn, listed, found = inside.text(), inside.inside(), []
    while listed.tag:
        change = listed.inside()
        kind = change.natural(ber.ENUMERATED)
        if kind > 3:
            raise BadBer(f"change {kind}")
        found.append((kind, *_attribute(change)))
    return Modify(dn, tuple(found))


def _add(at: Cursor) -> Add:
    inside = at.inside(0x68)
    dn, listed, found = inside.text(), inside.inside(), []
    while listed.tag:
        found.append(_attribute(listed))
    return Add(dn, tuple(found))


def _attribute(at: Cursor) -> tuple[str, Values]:
    inside = at.inside()
    return inside.text(), inside.inside(ber.SET).every()


def _delete(at: Cursor) -> Delete:
    return Delete(at.text(0x4A))


def _rename(at: Cursor) -> Rename:
    inside = at.inside(0x6C)
    dn, newrdn, delete_old = inside.text(), inside.text(), inside.flag()
    return Rename(dn, newrdn, delete_old, inside.text(0x80) if inside.tag == 0x80 else None)


def _compare(at: Cursor) -> Compare:
    inside = at.inside(0x6E)
    dn, claim = inside.text(), inside.inside()
    return Compare(dn, claim.text(), claim.octets())


def _abandon(at: Cursor) -> Abandon:
    return Abandon(at.natural(0x50))


def _extended(at: Cursor) -> Extended:
    inside = at.inside(0x77)
    return Extended(inside.text(0x80), inside.octets(0x81) if inside.tag == 0x81 else None)


_READERS: Mapping[int, Callable[[Cursor], Request]] = MappingProxyType(
    {
        0x60: _bind,
        0x42: _unbind,
        0x63: _search,
        0x66: _modify,
        0x68: _add,
        0x4A: _delete,
        0x6C: _rename,
        0x6E: _compare,
        0x50: _abandon,
        0x77: _extended,
    }
)


def _text(octets: bytes) -> str:
    try:
        return octets.decode()
    except UnicodeDecodeError as error:
        raise BadBer("not UTF-8") from error


# --- filters ---------------------------------------------------------------------------------


def _filter(at: Cursor, depth: int) -> Filter:
    if depth > MOST_NESTED:
        raise BadBer("filters nested too deep")
    match tag := at.tag:
        case 0xA0:
            found: Filter = And(_several(at.inside(tag), depth))
        case 0xA1:
            found = Or(_several(at.inside(tag), depth))
        case 0xA2:
            found = _negation(at.inside(tag), depth)
        case 0x87:
            found = Item(at.text(tag), "present")
        case 0xA4:
            found = _substrings(at.inside(tag))
        case 0xA9:
            found = _extensible(at.inside(tag))
        case _:
            found = _comparison(at, tag)
    return found


def _negation(inside: Cursor, depth: int) -> Filter:
    found = Not(_filter(inside, depth + 1))
    inside.end()
    return found


def _comparison(at: Cursor, tag: int) -> Filter:
    if tag not in _COMPARISONS:
        raise BadBer(f"filter {tag:#04x}")
    claim = at.inside(tag)
    return Item(claim.text(), _COMPARISONS[tag], claim.octets())


_COMPARISONS = MappingProxyType({0xA3: "=", 0xA5: ">=", 0xA6: "<=", 0xA8: "="})  # 0xA8: about


def _several(listed: Cursor, depth: int) -> tuple[Filter, ...]:
    found = []
    while listed.tag:
        found.append(_filter(listed, depth + 1))
    return tuple(found)


def _substrings(inside: Cursor) -> Filter:
    name, pieces = inside.text(), inside.inside()
    first = pieces.octets(0x80) if pieces.tag == 0x80 else b""
    middle = []
    while pieces.tag == 0x81:
        middle.append(pieces.octets(0x81))
    last = pieces.octets(0x82) if pieces.tag == 0x82 else b""
    pieces.end()
    if not (first or middle or last):
        raise BadBer("a substring filter without one")
    return Item(name, "substrings", pieces=(first, *middle, last))


def _extensible(inside: Cursor) -> Filter:
    """`name:rule:=value`. Without a rule it is equality, without a name nothing we know."""
    rule = inside.text(0x81) if inside.tag == 0x81 else ""
    name = inside.text(0x82) if inside.tag == 0x82 else ""
    return Item(name, rule or "=", inside.octets(0x83))


# --- replies ---------------------------------------------------------------------------------


def reply(number: int, content: bytes, controls: Sequence[bytes] = ()) -> bytes:
    """One message around an operation."""
    shown = ber.sequence(*controls, tag=_CONTROLS) if controls else b""
    return ber.sequence(ber.number(number), content, shown)


def result(
    tag: int,
    code: int,
    message: str = "",
    matched_dn: str = "",
    *,
    referral: str = "",
    more: bytes = b"",
) -> bytes:
    """The operation that tells how a request went; `more` is what its kind adds."""
    head = ber.number(code, ber.ENUMERATED) + ber.text(matched_dn) + ber.text(message)
    elsewhere = ber.sequence(ber.text(referral), tag=0xA3) if referral else b""
    return ber.element(tag, head + elsewhere + more)


def entry(dn: str, attributes: Iterable[tuple[str, Sequence[bytes]]]) -> bytes:
    """One found object."""
    shown = [
        ber.sequence(ber.text(name), ber.element(ber.SET, ber.each(values)))
        for name, values in attributes
    ]
    return ber.sequence(ber.text(dn), ber.sequence(*shown), tag=_ENTRY)


def reference(url: str) -> bytes:
    """Where a search would have to go on."""
    return ber.sequence(ber.text(url), tag=_REFERENCE)


def control(oid: str, value: bytes) -> bytes:
    return ber.sequence(ber.text(oid), ber.element(ber.OCTETS, value))


def named(oid: str = "", value: bytes | None = None) -> bytes:
    """What an extended reply adds to its result."""
    name = ber.text(oid, 0x8A) if oid else b""
    return name + (b"" if value is None else ber.element(0x8B, value))


def notice_of_disconnection(code: int, message: str) -> bytes:
    """RFC 4511 4.4.1: the last that a client hears on a connection."""
    told = result(EXTENDED_REPLY, code, message, more=named(NOTICE_OF_DISCONNECTION))
    return reply(0, told)
