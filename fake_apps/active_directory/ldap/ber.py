"""The part of BER that LDAP uses (RFC 4511 5.1): definite lengths, one-octet tags, primitive text.

Our own and not pyasn1, which was measured with the definitions of pyasn1-modules on one machine: a
modify with 5,000 values takes 66 ms to read there and 2 ms here, an entry of 25 attributes 1.6 ms
to write there and 0.04 ms here. A page of a thousand entries would take seconds.
"""

from collections.abc import Iterable

BOOLEAN, INTEGER, OCTETS, ENUMERATED, SEQUENCE, SET = 0x01, 0x02, 0x04, 0x0A, 0x30, 0x31
_LONGEST_LENGTH = 4  # octets of a length
_LONGEST_INTEGER = 8
_LARGEST = 2**31 - 1  # maxInt of RFC 4511 4.1.1


class BadBer(ValueError):
    """The octets are no BER, or not what LDAP has in this place."""


# --- reading ---------------------------------------------------------------------------------


def whole(buffer: bytes | bytearray, limit: int) -> int | None:
    """How long the element is that `buffer` begins with; None while too little of it has come.

    BadBer as soon as it is clear that it is no LDAP message, or longer than `limit`.
    """
    if not buffer:
        return None
    if buffer[0] != SEQUENCE:
        raise BadBer(f"a message does not begin with {buffer[0]:#04x}")
    if len(buffer) < 2 or len(buffer) < 2 + _octets_of_length(buffer[1]):
        return None
    size, content = _length(buffer, 1)
    if content + size > limit:
        raise BadBer(f"{content + size} octets are more than {limit}")
    return content + size if len(buffer) >= content + size else None


class Cursor:
    """Reads the elements that stand between two places of `data`, one after the other."""

    __slots__ = ("_at", "_data", "_end")

    def __init__(self, data: bytes, at: int = 0, end: int | None = None) -> None:
        self._data = data
        self._at = at
        self._end = len(data) if end is None else end

    @property
    def tag(self) -> int:
        """The tag of the next element; 0, which no element of LDAP has, where there is none."""
        return self._data[self._at] if self._at < self._end else 0

    def octets(self, tag: int = OCTETS) -> bytes:
        """The content of the next element, which has to have this tag."""
        start, end = self._take(tag)
        return self._data[start:end]

    def text(self, tag: int = OCTETS) -> str:
        try:
            return self.octets(tag).decode()
        except UnicodeDecodeError as error:
            raise BadBer("not UTF-8") from error

    def number(self, tag: int = INTEGER) -> int:
        octets = self.octets(tag)
        if not 0 < len(octets) <= _LONGEST_INTEGER:
            raise BadBer(f"a number of {len(octets)} octets")
        return int.from_bytes(octets, "big", signed=True)

    def natural(self, tag: int = INTEGER) -> int:
        found = self.number(tag)
        if not 0 <= found <= _LARGEST:
            raise BadBer(f"{found} where 0 to {_LARGEST} may be")
        return found

    def flag(self, tag: int = BOOLEAN) -> bool:
        octets = self.octets(tag)
        if len(octets) != 1:
            raise BadBer("a truth value of another length than one")
        return octets != b"\0"

    def inside(self, tag: int = SEQUENCE) -> "Cursor":
        """A cursor over what is in the next element."""
        start, end = self._take(tag)
        return Cursor(self._data, start, end)

    def every(self, tag: int = OCTETS) -> tuple[bytes, ...]:
        """The contents of all elements that are left; each has to have this tag."""
        data, at, end, found = self._data, self._at, self._end, []
        while at < end:
            if data[at] != tag:
                raise BadBer(f"{data[at]:#04x} where {tag:#04x} should be")
            size, start = _length(data, at + 1, end)
            at = start + size
            if at > end:
                raise BadBer("longer than what it is in")
            found.append(data[start:at])
        self._at = end
        return tuple(found)

    def end(self) -> None:
        """Nothing may be left."""
        if self._at != self._end:
            raise BadBer("more than there should be")

    def _take(self, tag: int) -> tuple[int, int]:
        """Where the content of the next element begins and ends; go on behind it."""
        if self.tag != tag:
            raise BadBer(f"{self.tag:#04x} where {tag:#04x} should be")
        size, start = _length(self._data, self._at + 1, self._end)
        if start + size > self._end:
            raise BadBer("longer than what it is in")
        self._at = start + size
        return start, self._at


def _octets_of_length(first: int) -> int:
    """How many octets come after the first one of a length."""
    if first < 0x80:
        return 0
    if not 0x80 < first <= 0x80 + _LONGEST_LENGTH:
        raise BadBer(f"a length that begins with {first:#04x}")
    return first - 0x80


def _length(data: bytes | bytearray, at: int, end: int | None = None) -> tuple[int, int]:
    """The length that begins at `at`, and where what it is the length of begins."""
    end = len(data) if end is None else end
    if at >= end:
        raise BadBer("no length")
    first = data[at]
    if first < 0x80:
        return first, at + 1
    start = at + 1 + _octets_of_length(first)
    if start > end:
        raise BadBer("half a length")
    return int.from_bytes(data[at + 1 : start], "big"), start


# --- writing ---------------------------------------------------------------------------------


def element(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + content


def sequence(*parts: bytes, tag: int = SEQUENCE) -> bytes:
    return element(tag, b"".join(parts))


def number(value: int, tag: int = INTEGER) -> bytes:
    bits = (value if value >= 0 else ~value).bit_length()
    return element(tag, value.to_bytes(bits // 8 + 1, "big", signed=True))


def text(value: str, tag: int = OCTETS) -> bytes:
    return element(tag, value.encode())


def each(values: Iterable[bytes], tag: int = OCTETS) -> bytes:
    """Elements of the same tag one after the other."""
    return b"".join([element(tag, value) for value in values])
