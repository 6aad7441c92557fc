"""Ids and other chance, all from one seed: the same seed gives the same tenant."""

import string
import uuid
from random import Random

ALPHANUMERIC = string.ascii_letters + string.digits


class Chance:
    """A seeded source of ids. Each named stream is independent of the order others are used in."""

    def __init__(self, seed: int, name: str) -> None:
        self._seed = f"{seed}:{name}"
        self._random = Random(self._seed)

    def stream(self, name: str) -> "Chance":
        """A source of its own, so that a new use does not shift the ids of an old one."""
        child = Chance.__new__(Chance)
        child._seed = f"{self._seed}/{name}"  # noqa: SLF001 - same class
        child._random = Random(child._seed)  # noqa: SLF001 - same class
        return child

    def guid(self) -> str:
        """A random (version 4) GUID in lower case."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def hex(self, length: int) -> str:
        return f"{self._random.getrandbits(length * 4):0{length}x}"

    def text(self, length: int, alphabet: str = ALPHANUMERIC) -> str:
        return "".join(self._random.choices(alphabet, k=length))

    def number(self, low: int, high: int) -> int:
        return self._random.randint(low, high)

    def state(self) -> object:
        """For a snapshot: give it back to `restore`."""
        return self._random.getstate()

    def restore(self, state: object) -> None:
        self._random.setstate(state)  # type: ignore[arg-type]
