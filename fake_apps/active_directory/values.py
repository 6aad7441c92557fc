"""The values of ordinary attributes: syntax, length, and one modification applied to a draft."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from . import dn as names
from . import errors
from .dit import Dit
from .dn import BadDn
from .schema import Attribute

MAX_VALUES = 1200
_BAD_NAME_CHARACTERS = frozenset('"/\\[]:;|=,+*?<>')
_PASSWORD_MIN, _PASSWORD_KINDS = 7, 3

Values = dict[str, tuple[str, ...]]
Operation = Literal["add", "delete", "replace"]


@dataclass(frozen=True, slots=True)
class Modification:
    """One item of a modify request."""

    op: Operation
    attribute: str
    values: tuple[str, ...] = ()


class Checker:
    """Turns values as a client writes them into values as the directory stores them."""

    def __init__(self, dit: Dit) -> None:
        self._dit = dit

    def checked(self, attribute: Attribute, values: tuple[str, ...]) -> tuple[str, ...]:
        if any(not value for value in values):
            raise errors.bad_value()
        limit = attribute.max_length
        for value in values:
            if limit and len(value) > limit and attribute.name != "sAMAccountName":
                raise errors.too_long(attribute.name, len(value))
        return tuple(self._stored(attribute, value) for value in values)

    def new(self, attribute: Attribute, values: tuple[str, ...]) -> tuple[str, ...]:
        """The values a new object is created with: at least one, and one only of most."""
        if not values:
            raise errors.bad_value()
        _refuse_several(attribute, values)
        return self.checked(attribute, values)

    def _stored(self, attribute: Attribute, value: str) -> str:
        match attribute.syntax:
            case "int":
                return _number(value)
            case "octets":
                return _octets(value)
            case "bool":
                if value not in ("TRUE", "FALSE"):
                    raise errors.bad_value()
            case "dn":
                return self._referred(attribute, value)
        return value

    def _referred(self, attribute: Attribute, value: str) -> str:
        try:
            found = self._dit.follow(names.reference(value))
        except BadDn as error:
            raise errors.bad_name(value) from error
        if found is None or found.deleted:
            raise errors.bad_reference(attribute.name)
        return found.guid


def modify(draft: Values, attribute: Attribute, change: Modification, *, permissive: bool) -> None:
    """Apply one modification, whose values are checked already, to the draft."""
    present = draft.get(attribute.name, ())
    match change.op:
        case "replace":
            _refuse_several(attribute, change.values)
            present = change.values
        case "add":
            present = _added(attribute, present, change.values, permissive=permissive)
        case "delete":
            present = _deleted(attribute, present, change.values, permissive=permissive)
    if present:
        draft[attribute.name] = present
    else:
        draft.pop(attribute.name, None)


def _refuse_several(attribute: Attribute, values: tuple[str, ...]) -> None:
    if attribute.single and len(values) > 1:
        raise errors.several_values(attribute.name)
    if len({value.casefold() for value in values}) < len(values):
        raise errors.value_exists(attribute.name)


def _added(
    attribute: Attribute, present: tuple[str, ...], values: tuple[str, ...], *, permissive: bool
) -> tuple[str, ...]:
    _refuse_several(attribute, values)
    known = {value.casefold() for value in present}
    new = tuple(value for value in values if value.casefold() not in known)
    if len(new) < len(values) and not permissive:
        raise errors.value_exists(attribute.name)
    if present and new and (attribute.single or attribute.name == "description"):
        raise errors.second_value(attribute.name)
    return present + new


def _deleted(
    attribute: Attribute, present: tuple[str, ...], values: tuple[str, ...], *, permissive: bool
) -> tuple[str, ...]:
    gone = {value.casefold() for value in values or present}
    known = {value.casefold() for value in present}
    if (not present or not gone <= known) and not permissive:
        raise errors.no_attribute(attribute.name)
    return tuple(value for value in present if value.casefold() not in gone)


def is_legal_account_name(name: str, limit: int) -> bool:
    """Whether the text may be a sAMAccountName; blanks inside and `@` are allowed."""
    if not name.strip() or len(name) > limit or name.endswith("."):
        return False
    return not any(c in _BAD_NAME_CHARACTERS or ord(c) < 32 for c in name)


def read_password(value: str) -> str:
    """The password in `unicodePwd`: between double quotes, and complex enough."""
    password = unquoted(value)
    kinds: tuple[Callable[[str], bool], ...] = (
        str.islower,
        str.isupper,
        str.isdigit,
        lambda character: not character.isalnum(),
    )
    found = sum(any(map(kind, password)) for kind in kinds)
    if len(password) < _PASSWORD_MIN or found < _PASSWORD_KINDS:
        raise errors.bad_password()
    return password


def unquoted(value: str) -> str:
    """What stands between the double quotes that a password travels in."""
    if len(value) < 2 or value[0] != '"' or value[-1] != '"':
        raise errors.unquoted_password()
    return value[1:-1]


def _octets(value: str) -> str:
    """Octets are kept as hex digits."""
    try:
        return bytes.fromhex(value).hex()
    except ValueError as error:
        raise errors.bad_value() from error


def _number(value: str) -> str:
    digits = value.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 19:
        raise errors.bad_value()
    return str(int(value))
