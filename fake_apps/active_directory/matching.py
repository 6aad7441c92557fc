"""What a filter matches: a test of one object, and the indexes that spare asking every object."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

from . import dn as names
from . import quirks, schema, sid
from .dit import INDEXED_KINDS, Dit
from .dn import BadDn
from .entry import Entry
from .filters import BIT_AND, BIT_OR, IN_CHAIN, And, Filter, Item, Not, Or
from .reading import Reader
from .schema import Attribute
from .sid import BadSid

Truth = bool | None
Test = Callable[[Entry], Truth]

_TIME = re.compile(rb"([0-9]{10}(?:[0-9]{2}){0,2})(?:[.,][0-9]+)?Z")
_INDEXED_CLASSES = {kind.lower(): kind for kind in INDEXED_KINDS}


class Matching:
    """Turns a filter into a test of one object, and into GUIDs where an index can answer."""

    def __init__(self, dit: Dit, reader: Reader) -> None:
        self._dit = dit
        self._reader = reader

    def test(self, wanted: Filter) -> Test:
        """Three-valued, as RFC 4511 4.5.1.7: an unknown attribute is undefined, not an error."""
        match wanted:
            case And(parts):
                return _all([self.test(part) for part in parts])
            case Or(parts):
                return self._either(parts)
            case Not(part):
                return _not(self.test(part))
        attribute = schema.attribute(wanted.name)
        return self._item(attribute, wanted) if attribute else _undefined

    def _item(self, attribute: Attribute, item: Item) -> Test:
        if item.kind == "present":
            return lambda entry: self._reader.has(entry, attribute)
        if item.kind == IN_CHAIN:
            return self._in_chain(attribute, item)
        if attribute.name in ("member", "memberOf"):
            return self._linked(attribute, item)
        reader = self._KINDS.get(item.kind)
        return reader(self, attribute, item) if reader else _undefined

    def _either(self, parts: tuple[Filter, ...]) -> Test:
        """A long list of names for one attribute is looked up in a set, not compared one by one."""
        keys: dict[str, set[object]] = {}
        tests = []
        for part in parts:
            attribute = schema.attribute(part.name) if isinstance(part, Item) else None
            if isinstance(part, Item) and attribute and self._is_plain_equality(attribute, part):
                keys.setdefault(attribute.name, set()).add(self._key(attribute, part.value))
            else:
                tests.append(self.test(part))
        listed = [self._one_of(schema.ATTRIBUTES[name.lower()], keys[name]) for name in keys]
        return _any(listed + tests)

    def _is_plain_equality(self, attribute: Attribute, item: Item) -> bool:
        plain = item.kind == "=" and attribute.name not in ("member", "memberOf")
        return plain and self._key(attribute, item.value) is not None

    def _one_of(self, attribute: Attribute, keys: set[object]) -> Test:
        return lambda entry: any(
            self._stored_key(attribute, value) in keys
            for value in self._reader.values(entry, attribute)
        )

    def _equals(self, attribute: Attribute, item: Item) -> Test:
        key = self._key(attribute, item.value)
        return _undefined if key is None else self._one_of(attribute, {key})

    def _ordered(self, attribute: Attribute, item: Item) -> Test:
        key = self._key(attribute, item.value)
        if key is None or attribute.syntax not in ("int", "text", "time"):
            return _undefined
        at_least = item.kind == ">="

        def test(entry: Entry) -> Truth:
            values = [self._stored_key(attribute, v) for v in self._reader.values(entry, attribute)]
            return any(v >= key if at_least else v <= key for v in values)  # type: ignore[operator]

        return test

    def _substrings(self, attribute: Attribute, item: Item) -> Test:
        """DN, number and binary syntaxes match no substring in Active Directory."""
        if attribute.syntax != "text" or attribute.name == "objectCategory":
            return lambda _entry: False
        pieces = [piece.decode("utf-8", "replace").casefold() for piece in item.pieces]
        return lambda entry: any(
            _has_pieces(value.casefold(), pieces) for value in self._reader.values(entry, attribute)
        )

    def _bits(self, attribute: Attribute, item: Item) -> Test:
        mask = _integer(item.value)
        if mask is None or attribute.syntax != "int":
            return _undefined
        every = item.kind == BIT_AND

        def test(entry: Entry) -> Truth:
            found = (int(v) & mask for v in self._reader.values(entry, attribute))
            return any(bits == mask if every else bits != 0 for bits in found)

        return test

    def _linked(self, attribute: Attribute, item: Item) -> Test:
        if item.kind != "=":
            return lambda _entry: False
        other = self._referred(item.value)
        if other is None:
            return lambda _entry: False
        if attribute.name == "member":
            return lambda entry: self._reader.lists(entry, other)
        return lambda entry: self._reader.lists(other, entry)

    def _in_chain(self, attribute: Attribute, item: Item) -> Test:
        other = self._referred(item.value)
        if other is None or attribute.name not in ("member", "memberOf"):
            return lambda _entry: False
        if attribute.name == "member":
            groups = self._dit.all_groups_of(other.guid)
            return lambda entry: entry.guid in groups
        return lambda entry: other.guid in self._dit.all_groups_of(entry.guid)

    _KINDS: ClassVar[Mapping[str, Callable[["Matching", Attribute, Item], Test]]] = {
        "=": _equals,
        ">=": _ordered,
        "<=": _ordered,
        "substrings": _substrings,
        BIT_AND: _bits,
        BIT_OR: _bits,
    }

    # --- keys --------------------------------------------------------------------------------

    def _key(self, attribute: Attribute, value: bytes) -> object:
        """What values are compared by; None where the value cannot be one of that syntax."""
        plain = _PLAIN_KEYS.get(attribute.syntax)
        if plain:
            return plain(value)
        try:
            text = value.decode()
        except UnicodeDecodeError:
            return None
        if attribute.name == "objectCategory":
            return self._category(text)
        if attribute.syntax == "dn":
            found = self._referred(value)
            return found.guid if found else None
        return text.casefold()

    def _stored_key(self, attribute: Attribute, value: str) -> object:
        if attribute.syntax == "int":
            return int(value)
        if attribute.syntax == "time":
            return _moment(value.encode())
        if attribute.syntax == "dn":
            found = self._dit.follow(names.reference(value))
            return found.guid if found else None
        return value.casefold()

    def _category(self, text: str) -> str:
        """A class's own name stands for its category."""
        category = schema.CATEGORIES.get(text.lower())
        return f"CN={category},{self._dit.schema_dn}".casefold() if category else text.casefold()

    def _referred(self, value: bytes) -> Entry | None:
        try:
            return self._dit.follow(names.reference(value.decode()))
        except (BadDn, UnicodeDecodeError):
            return None

    # --- indexes -----------------------------------------------------------------------------

    def indexed(self, wanted: Filter) -> set[str] | None:
        """GUIDs that hold all matches, or None where no index helps."""
        match wanted:
            case And(parts):
                found = [guids for part in parts if (guids := self.indexed(part)) is not None]
                return min(found, key=len, default=None)
            case Or(parts):
                each = [self.indexed(part) for part in parts]
                known = [guids for guids in each if guids is not None]
                return set().union(*known) if len(known) == len(each) else None
            case Item(kind="="):
                return self._indexed_item(wanted)
        return None

    def _indexed_item(self, item: Item) -> set[str] | None:
        attribute = schema.attribute(item.name)
        if attribute and attribute.name in ("member", "memberOf"):
            return self._linked_guids(attribute, item)
        key = self._key(attribute, item.value) if attribute else None
        if attribute is None or key is None:
            return None
        if attribute.name == "objectGUID":
            return {str(key)} if key in self._dit.entries else set()
        if attribute.name == "objectClass" and key in _INDEXED_CLASSES:
            return _guids(self._dit.entries.find("kind", _INDEXED_CLASSES[str(key)]))
        index, keys = self._index_of(attribute, key)
        return self._living(index, keys) if index else None

    def _index_of(self, attribute: Attribute, key: object) -> tuple[str, list[object]]:
        match attribute.name:
            case "objectSid":
                return "sid", [str(key).upper()]
            case "userPrincipalName":
                return "principal_name", [key]
            case "sAMAccountName":
                return "account_name", [(domain.guid, key) for domain in self._dit.domains]
        return "", []

    def _living(self, index: str, keys: Sequence[object]) -> set[str]:
        found: set[str] = set()
        for key in keys:
            found |= _guids(self._dit.entries.find(index, key))
        return found

    def _linked_guids(self, attribute: Attribute, item: Item) -> set[str] | None:
        if quirks.PRIMARY_GROUP_UNLISTED not in self._dit.context.quirks:
            return None
        other = self._referred(item.value)
        if other is None:
            return set()
        links = self._dit.members
        found = links.lefts(other.guid) if attribute.name == "member" else links.rights(other.guid)
        return set(found)


def _guids(entries: Iterable[Entry]) -> set[str]:
    return {entry.guid for entry in entries}


def _has_pieces(text: str, pieces: list[str]) -> bool:
    """Whether the pieces stand in order, the first at the start, the last at the end."""
    first, *middle, last = pieces
    if not text.startswith(first) or not text[len(first) :].endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in middle:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def _guid(value: bytes) -> str | None:
    """16 octets, or the dashed text that the agent's JSON uses."""
    try:
        return names.guid(value.hex() if len(value) == 16 else value.decode())
    except (BadDn, UnicodeDecodeError):
        return None


def _sid(value: bytes) -> str | None:
    """The octets, or the text that the agent's JSON uses and Active Directory takes as well."""
    try:
        return sid.text(value).casefold()
    except BadSid:
        return value.decode("utf-8", "replace").casefold()


def _integer(value: bytes) -> int | None:
    try:
        return int(value)
    except ValueError:
        return None


def _moment(value: bytes) -> bytes | None:
    """The digits of a generalized time to the second; the directory knows no fractions."""
    found = _TIME.fullmatch(value)
    return found[1].ljust(14, b"0") if found else None


_PLAIN_KEYS: Mapping[str, Callable[[bytes], object]] = MappingProxyType(
    {"guid": _guid, "sid": _sid, "octets": bytes.hex, "int": _integer, "time": _moment}
)


def _undefined(_entry: Entry) -> Truth:
    return None


def _all(tests: list[Test]) -> Test:
    def test(entry: Entry) -> Truth:
        verdict: Truth = True
        for one in tests:
            found = one(entry)
            if found is False:
                return False
            verdict = verdict and found
        return verdict

    return test


def _any(tests: list[Test]) -> Test:
    def test(entry: Entry) -> Truth:
        verdict: Truth = False
        for one in tests:
            found = one(entry)
            if found is True:
                return True
            verdict = None if found is None else verdict
        return verdict

    return test


def _not(one: Test) -> Test:
    def test(entry: Entry) -> Truth:
        found = one(entry)
        return None if found is None else not found

    return test
