"""Distinguished names: parsing, escaping, and the `<GUID=..>` and `<SID=..>` forms.

RFC 4514 as Active Directory speaks it: comparison ignores case, attribute types come back in upper
case, blanks after commas are accepted and never written.
"""

import re
import uuid
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, NamedTuple

from . import sid

_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9-]*\Z|[0-9]+(?:\.[0-9]+)+\Z")
_SID = re.compile(r"S-1-[0-9]+(?:-[0-9]+){1,15}\Z", re.IGNORECASE)
_PLAIN_GUID = re.compile(r"<GUID=([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})>")
_SPECIAL = frozenset(',+"\\<>;=# ')
_MUST_ESCAPE = re.compile(r'[,+"\\<>;]')
_BARE_REFUSED = frozenset('"<>;+')
_BY_OID = MappingProxyType({"2.5.4.3": "CN", "2.5.4.11": "OU", "0.9.2342.19200300.100.1.25": "DC"})
_HEX_PAIR = re.compile(r"[0-9A-Fa-f]{2}\Z")


class BadDn(ValueError):
    """The text is no distinguished name."""


@dataclass(frozen=True, slots=True)
class Rdn:
    """One step of a name; the type is in upper case, the value as it was written."""

    attribute: str
    value: str

    def __str__(self) -> str:
        return _written(self.attribute, self.value)

    @property
    def key(self) -> tuple[str, str]:
        """Equal for names that the directory takes as the same."""
        return self.attribute, self.value.casefold()


Dn = tuple[Rdn, ...]


class Reference(NamedTuple):
    """How a client may point at an object: by name, GUID, SID or well-known GUID."""

    form: Literal["dn", "guid", "sid", "wkguid"]
    dn: Dn = ()
    value: str = ""


def reference(text: str) -> Reference:
    """Read any form a DN may take as operation target or as a value; BadDn if it is none."""
    if plain := _PLAIN_GUID.fullmatch(text):  # as clients write members, by the thousand
        return Reference("guid", value=plain[1])
    stripped = text.strip()
    if not stripped.startswith("<"):
        return Reference("dn", parse(stripped))
    if not stripped.endswith(">"):
        raise BadDn(text)
    form, _, value = stripped[1:-1].partition("=")
    match form.upper():
        case "GUID":
            return Reference("guid", value=guid(value))
        case "SID":
            return Reference("sid", value=security_id(value))
        case "WKGUID":
            known, _, container = value.partition(",")
            return Reference("wkguid", parse(container), known.upper())
    raise BadDn(text)


def guid(text: str) -> str:
    """A dashed lower-case GUID from its dashed form or from the 32 hex digits of its octets."""
    try:
        if "-" in text:
            return str(uuid.UUID(text))
        return str(uuid.UUID(bytes_le=bytes.fromhex(text)))
    except ValueError as error:
        raise BadDn(text) from error


def security_id(text: str) -> str:
    """`S-1-...` from that, or from the hex digits of its octets."""
    if _SID.match(text):
        return text.upper()
    try:
        return sid.text(bytes.fromhex(text))
    except ValueError as error:
        raise BadDn(text) from error


def parse(text: str) -> Dn:
    """The steps of a name, nearest first. The empty name has none."""
    if not text:
        return ()
    if "\\" in text or '"' in text:
        return tuple(map(parse_rdn, _split_escaped(text)))
    return tuple(map(parse_rdn, text.split(",")))


@lru_cache(maxsize=65536)  # of the names in one request all steps but the first are the same
def parse_rdn(text: str) -> Rdn:
    """One step, escapes undone; BadDn where a character needed an escape and had none."""
    attribute, equals, raw = text.partition("=")
    attribute = attribute.strip()
    if not equals or not _TYPE.match(attribute):
        raise BadDn(text)
    value = _unescaped(raw) if "\\" in raw else raw.strip(" ")
    if not value or ("\\" not in raw and (value[0] == "#" or _BARE_REFUSED.intersection(value))):
        raise BadDn(text)
    return Rdn(_BY_OID.get(attribute) or attribute.upper(), value)


def written(dn: Dn) -> str:
    """The name as the directory writes it."""
    return ",".join(map(str, dn))


@lru_cache(maxsize=65536)
def _written(attribute: str, value: str) -> str:
    escaped = _MUST_ESCAPE.sub(lambda found: "\\" + found[0], value)
    escaped = escaped.replace("\n", "\\0A").replace("\r", "\\0D").replace("\0", "\\00")
    if escaped.startswith(("#", " ")):
        escaped = "\\" + escaped
    if escaped.endswith(" ") and not escaped.endswith("\\ "):
        escaped = escaped[:-1] + "\\ "
    return f"{attribute}={escaped}"


def _split_escaped(text: str) -> list[str]:
    """Split at the commas that no backslash stands before."""
    pieces, start, at = [], 0, 0
    while at < len(text):
        if text[at] == "\\":
            at += 2
            continue
        if text[at] == ",":
            pieces.append(text[start:at])
            start = at + 1
        at += 1
    pieces.append(text[start:])
    return pieces


def _unescaped(raw: str) -> str:
    r"""Undo `\,` and `\2C`; octets written as hex pairs are UTF-8."""
    octets = bytearray()
    at, kept = 0, 0
    raw = raw.lstrip(" ")
    while at < len(raw):
        character = raw[at]
        if character == "\\":
            piece, at = _escape(raw, at + 1)
            octets += piece
            kept = len(octets)
            continue
        if character in _BARE_REFUSED or (character == "#" and not octets):
            raise BadDn(raw)
        octets += character.encode()
        kept = kept if character == " " else len(octets)
        at += 1
    try:
        return octets[:kept].decode()
    except UnicodeDecodeError as error:
        raise BadDn(raw) from error


def _escape(raw: str, at: int) -> tuple[bytes, int]:
    """What stands escaped at `at`, and where reading goes on."""
    pair = raw[at : at + 2]
    if _HEX_PAIR.match(pair):
        return bytes.fromhex(pair), at + 2
    if pair and pair[0] in _SPECIAL:
        return pair[0].encode(), at + 1
    raise BadDn(raw)
