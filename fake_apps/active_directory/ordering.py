"""The order that a search's objects come in, and the part of it that a virtual list view shows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from . import schema
from .entry import Entry
from .reading import Reader
from .schema import Attribute

Key = tuple[bool, int, str]


@dataclass(frozen=True)
class Sorting:
    """The order that the server-side sort control asks for."""

    attribute: str
    descending: bool = False


@dataclass(frozen=True)
class ListView:
    """What a list on a screen shows: an object, and so many before and after it.

    It is the one at `offset`, from 1, of a list that the client thinks has `count` objects (0 where
    it does not know), or else the first that is not before `value`.
    Source: https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-adts/ 3.1.1.3.4.1.17
    """

    before: int
    after: int
    offset: int = 0
    count: int = 0
    value: bytes | None = None


class Ordering:
    """Puts objects in order; those without a value come last, as if it were the largest."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def ordered(self, found: list[Entry], sorting: Sorting) -> list[Entry]:
        attribute = schema.attribute(sorting.attribute)
        if attribute is None:
            return found
        return sorted(found, key=self._key_of(attribute), reverse=sorting.descending)

    def shown(
        self, found: list[Entry], sorting: Sorting, view: ListView
    ) -> tuple[list[Entry], int, int]:
        """The objects of a view, the place of the one it is about, from 1, and how many there are.

        Objects without a value are not in the list.
        """
        attribute = schema.attribute(sorting.attribute)
        assert attribute, "asked before"
        listed = [entry for entry in found if self._reader.has(entry, attribute)]
        ordered = self.ordered(listed, sorting)
        place = self._place(ordered, sorting, view)
        part = ordered[max(0, place - 1 - view.before) : place + view.after]
        return part, place, len(ordered)

    def _place(self, ordered: Sequence[Entry], sorting: Sorting, view: ListView) -> int:
        if view.value is not None:
            return self._place_of(ordered, sorting, view.value)
        offset = view.offset
        if view.count and offset > 1:
            offset = round(len(ordered) * offset / view.count)
        return min(max(1, offset), len(ordered))

    def _place_of(self, ordered: Sequence[Entry], sorting: Sorting, value: bytes) -> int:
        attribute = schema.attribute(sorting.attribute)
        assert attribute, "asked before"
        key, wanted = self._key_of(attribute), _key(attribute, value.decode("utf-8", "replace"))
        places = enumerate(map(key, ordered), start=1)
        found = (
            at for at, own in places if (own <= wanted if sorting.descending else own >= wanted)
        )
        return next(found, len(ordered) + 1)

    def _key_of(self, attribute: Attribute) -> Callable[[Entry], Key]:
        def key(entry: Entry) -> Key:
            values = self._reader.values(entry, attribute)
            return _key(attribute, values[0] if values else "")

        return key


def _key(attribute: Attribute, value: str) -> Key:
    text = value.casefold()
    is_number = attribute.syntax == "int" and text.removeprefix("-").isdecimal()
    return not text, int(text) if is_number else 0, text
