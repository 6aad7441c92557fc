"""What a request's controls ask for, and the controls of replies."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from .. import controls as known
from .. import errors
from ..ordering import ListView, Sorting
from ..reading import ExtendedDn
from . import ber
from .ber import BadBer, Cursor
from .messages import Control, control

_BY_OFFSET, _GREATER_OR_EQUAL = 0xA0, 0x81


@dataclass(frozen=True)
class Page:
    """A part of a result; the cookie is where the part before ended."""

    size: int
    cookie: bytes


@dataclass(frozen=True)
class Changes:
    """DirSync: what has changed since the cookie; `flags` are those of MS-ADTS 3.1.1.3.4.1.3."""

    flags: int
    cookie: bytes


@dataclass(frozen=True)
class Asked:
    """All controls of one request that the directory knows."""

    oids: frozenset[str] = frozenset()
    critical: frozenset[str] = frozenset()
    page: Page | None = None
    extended_dn: ExtendedDn = ""
    sorting: Sorting | None = None
    view: ListView | None = None
    changes: Changes | None = None


def read(controls: Sequence[Control]) -> Asked:
    """LdapError 12 for a critical control that nobody knows, 2 for a value that is none."""
    values: dict[str, object] = {}
    for one in controls:
        if one.oid not in known.OVER_LDAP:
            if one.is_critical:
                raise errors.unknown_control()
            continue
        values[one.oid] = _value(one)
    return Asked(
        frozenset(values),
        frozenset(one.oid for one in controls if one.is_critical),
        page=values.get(known.PAGED_RESULTS),  # type: ignore[arg-type]
        extended_dn=values.get(known.EXTENDED_DN, ""),  # type: ignore[arg-type]
        sorting=values.get(known.SERVER_SORT),  # type: ignore[arg-type]
        view=values.get(known.LIST_VIEW),  # type: ignore[arg-type]
        changes=values.get(known.DIRSYNC),  # type: ignore[arg-type]
    )


def _value(one: Control) -> object:
    reader = _READERS.get(one.oid)
    try:
        return reader(one.value) if reader else one.value
    except BadBer as error:
        raise errors.bad_control() from error


def _inside(value: bytes | None) -> Cursor:
    """A cursor in the sequence that a value has to be."""
    outer = Cursor(value or b"")
    found = outer.inside()
    outer.end()
    return found


def _page(value: bytes | None) -> Page:
    inside = _inside(value)
    return Page(inside.natural(), inside.octets())


def _extended_dn(value: bytes | None) -> ExtendedDn:
    """Without a value, and with 0, the form is the one in hex digits."""
    return "text" if value and _inside(value).natural() == 1 else "hex"


def _sorting(value: bytes | None) -> Sorting:
    """One key; Active Directory takes no more."""
    first = _inside(value).inside()
    name = first.text()
    if first.tag == 0x80:
        first.octets(0x80)  # an ordering rule: there is one for each syntax
    return Sorting(name, first.flag(0x81) if first.tag == 0x81 else False)


def _view(value: bytes | None) -> ListView:
    inside = _inside(value)
    before, after = inside.natural(), inside.natural()
    if inside.tag == _GREATER_OR_EQUAL:
        return ListView(before, after, value=inside.octets(_GREATER_OR_EQUAL))
    place = inside.inside(_BY_OFFSET)
    return ListView(before, after, place.natural(), place.natural())


def _changes(value: bytes | None) -> Changes:
    inside = _inside(value)
    flags = inside.number() & 0xFFFFFFFF
    inside.number()  # how many octets: a reply is cut by objects
    return Changes(flags, inside.octets())


def _flags(value: bytes | None) -> int:
    return _inside(value).number()


_READERS: Mapping[str, Callable[[bytes | None], object]] = MappingProxyType(
    {
        known.PAGED_RESULTS: _page,
        known.EXTENDED_DN: _extended_dn,
        known.SERVER_SORT: _sorting,
        known.LIST_VIEW: _view,
        known.DIRSYNC: _changes,
        known.SD_FLAGS: _flags,
    }
)


# --- in replies ------------------------------------------------------------------------------


def next_page(cookie: str) -> bytes:
    return control(
        known.PAGED_RESULTS, ber.sequence(ber.number(0), ber.element(ber.OCTETS, cookie.encode()))
    )


def sort_result(code: int) -> bytes:
    return control(known.SORT_RESULT, ber.sequence(ber.number(code, ber.ENUMERATED)))


def view_result(place: int, total: int) -> bytes:
    success = ber.number(0, ber.ENUMERATED)
    return control(
        known.LIST_VIEW_RESULT, ber.sequence(ber.number(place), ber.number(total), success)
    )


def next_changes(cookie: bytes, *, are_more: bool) -> bytes:
    value = ber.sequence(ber.number(int(are_more)), ber.number(0), ber.element(ber.OCTETS, cookie))
    return control(known.DIRSYNC, value)
