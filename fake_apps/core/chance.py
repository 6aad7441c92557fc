"""Ids and other chance, all from one seed: the same seed gives the same tenant."""

import string
from random import Random
from typing import Any

ALPHANUMERIC = string.ascii_letters + string.digits

# The bits of a GUID that chance decides, and those that say "version 4" (RFC 9562). `uuid.UUID`
# would do, at four times the cost; a directory starts with dozens of them.
_VERSION_4 = 0x4 << 76 | 0x8 << 60
_FREE_BITS = ~(0xF << 76 | 0xC << 60)


class Chance:
    """A seeded source of ids. Each named stream is independent of the order others are used in."""

    def __init__(self, seed: int | str, name: str, tally: list[int] | None = None) -> None:
        self._seed = f"{seed}:{name}"
        self._random = Random(self._seed)
        self._tally = [0] if tally is None else tally  # one for a source and all its streams
        self._streams: dict[str, Chance] = {}

    def stream(self, name: str) -> "Chance":
        """The source of that name, so that a new use does not shift the ids of an old one."""
        if name not in self._streams:
            self._streams[name] = Chance(f"{self._seed}/", name, self._tally)
        return self._streams[name]

    @property
    def drawn(self) -> int:
        """How often anything was drawn, streams included: tells whether `state` has changed."""
        return self._tally[0]

    def guid(self) -> str:
        """A random (version 4) GUID in lower case."""
        self._tally[0] += 1
        digits = f"{self._random.getrandbits(128) & _FREE_BITS | _VERSION_4:032x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def hex(self, length: int) -> str:
        self._tally[0] += 1
        return f"{self._random.getrandbits(length * 4):0{length}x}"

    def text(self, length: int, alphabet: str = ALPHANUMERIC) -> str:
        self._tally[0] += 1
        return "".join(self._random.choices(alphabet, k=length))

    def number(self, low: int, high: int) -> int:
        self._tally[0] += 1
        return self._random.randint(low, high)

    def state(self) -> object:
        """For a snapshot, streams included: give it back to `restore`."""
        return self._random.getstate(), {name: s.state() for name, s in self._streams.items()}

    def restore(self, state: Any) -> None:
        own, streams = state
        self._random.setstate(own)
        for name in [*self._streams, *streams]:
            fresh = Chance(f"{self._seed}/", name)
            self.stream(name).restore(streams.get(name) or fresh.state())
