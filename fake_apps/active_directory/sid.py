"""Security identifiers: `S-1-5-21-...` as text, and as octets (MS-DTYP 2.4.2)."""

import re
import struct

_TEXT = re.compile(r"S-1-([0-9]+)((?:-[0-9]+){1,15})\Z", re.IGNORECASE)
_HEAD = 8


class BadSid(ValueError):
    """No security identifier."""


def octets(text: str) -> bytes:
    """The octets of `S-1-authority-part-...`; BadSid where the text is none."""
    found = _TEXT.match(text)
    if not found:
        raise BadSid(text)
    parts = [int(part) for part in found[2].split("-")[1:]]
    try:
        head = struct.pack("BB", 1, len(parts)) + int(found[1]).to_bytes(6, "big")
        return head + struct.pack(f"<{len(parts)}I", *parts)
    except (OverflowError, struct.error) as error:
        raise BadSid(text) from error


def text(found: bytes) -> str:
    """The text of an identifier's octets; BadSid where they are none."""
    if len(found) < _HEAD or found[0] != 1 or len(found) != _HEAD + 4 * found[1]:
        raise BadSid(found.hex())
    if not 1 <= found[1] <= 15:
        raise BadSid(found.hex())
    parts = struct.unpack(f"<{found[1]}I", found[_HEAD:])
    return "-".join(("S-1", str(int.from_bytes(found[2:8], "big")), *map(str, parts)))
