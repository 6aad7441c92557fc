"""Values between JSON, which has text, and LDAP, which carries octets.

Binary attributes travel as text: GUIDs dashed, SIDs as `S-1-...`, other octets as hex digits.
https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-dtyp/ 2.3.4 and 2.4.2
"""

import re
import struct
import uuid
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

PASSWORD = "unicodepwd"  # noqa: S105 - the attribute's name
_GUIDS = frozenset({"objectguid", "ms-ds-consistencyguid", "schemaidguid"})
_SIDS = frozenset({"objectsid", "sidhistory", "tokengroups"})
_OCTETS = frozenset({"logonhours", "thumbnailphoto", "jpegphoto"})


def octets(name: str, values: Iterable[str]) -> list[bytes]:
    """The values of an attribute as LDAP has them; ValueError where one is not of its kind."""
    convert = _TO_OCTETS.get(_kind(name), str.encode)
    return [convert(value) for value in values]


def texts(name: str, values: Iterable[bytes]) -> list[str]:
    """The values of an attribute as JSON has them, whatever they are."""
    return [_text(_kind(name), value) for value in values]


def with_octets(wanted: str) -> str:
    r"""A filter in which GUIDs and SIDs told as text are octets, `\\xx` each."""
    return _IN_FILTER.sub(_escaped, wanted)


def plain_dn(dn: str) -> str:
    """A name without the `<GUID=..>;<SID=..>;` that the extended-DN control puts before it."""
    return _EXTENDED.sub("", dn)


# --- small print -------------------------------------------------------------------------------

_EXTENDED = re.compile(r"\A(?:<(?:GUID|SID)=[^>]*>;)+")
_GUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_SID = r"S-1-\d+(?:-\d+)+"
_IN_FILTER = re.compile(rf"\(([\w-]+)(=)({_GUID}|{_SID})\)", re.IGNORECASE)


def _kind(name: str) -> str:
    bare = name.partition(";")[0].lower()
    if bare in _GUIDS:
        return "guid"
    if bare in _SIDS:
        return "sid"
    return bare if bare == PASSWORD else "octets" if bare in _OCTETS else ""


def _text(kind: str, value: bytes) -> str:
    if kind == "guid" and len(value) == 16:
        return str(uuid.UUID(bytes_le=value))
    if kind == "sid" and len(value) >= 8 and len(value) == 8 + 4 * value[1]:
        return _sid_text(value)
    try:
        return value.hex() if kind else value.decode()
    except UnicodeDecodeError:
        return value.hex()


def _sid_text(value: bytes) -> str:
    authority = int.from_bytes(value[2:8], "big")
    subs = struct.unpack(f"<{value[1]}I", value[8:])
    return "-".join(map(str, ("S", value[0], authority, *subs)))


def _sid_octets(text: str) -> bytes:
    letter, revision, authority, *subs = text.upper().split("-")
    if letter != "S":
        raise ValueError(f"{text!r} is no SID")
    head = struct.pack("BB", int(revision), len(subs)) + int(authority).to_bytes(6, "big")
    return head + struct.pack(f"<{len(subs)}I", *map(int, subs))


def _escaped(found: re.Match[str]) -> str:
    kind = _kind(found[1])
    if kind not in ("guid", "sid"):
        return found[0]
    told = "".join(f"\\{octet:02x}" for octet in _TO_OCTETS[kind](found[3]))
    return f"({found[1]}{found[2]}{told})"


_TO_OCTETS: Mapping[str, Callable[[str], bytes]] = MappingProxyType(
    {
        "guid": lambda text: uuid.UUID(text).bytes_le,
        "sid": _sid_octets,
        "octets": bytes.fromhex,
        PASSWORD: lambda text: text.encode("utf-16-le"),
    }
)
