"""The state of a fake app: tables of frozen rows whose every change can be undone.

All changes go through `Store`, which keeps one journal per request. A refused request rolls back to
where it began; items of a partial batch are units within the unit.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from operator import itemgetter
from typing import Any, Generic, NamedTuple, TypeVar

K = TypeVar("K", bound=Hashable)
R = TypeVar("R")
T = TypeVar("T", bound="Table[Any, Any] | Links")
Key = Hashable
NOTHING: Any = None  # the old value of a row that did not exist
LINKED = "linked"  # the one value a link has


class Change(NamedTuple):
    """One journal entry: undo puts `old` back, a log replays `new`; None stands for no row."""

    table: str
    key: Any
    old: Any
    new: Any


class NotKept(Exception):
    """What was to outlive the process could not be written down, and has been undone."""


@dataclass(frozen=True)
class Entry:
    """One row (or link) where it stands; `serial` is its place in the order of creation."""

    table: str
    key: Any
    row: Any
    serial: int


@dataclass(frozen=True)
class Snapshot:
    """One moment of every table. Nothing is copied before one of them changes."""

    tables: Mapping[str, Any]
    serial: int


class Order(dict[Any, int]):
    """The place of each key in the order of creation."""

    def enter(self, keys: Collection[Any], store: "Store") -> None:
        """Give new keys the next places."""
        self.update(zip(keys, store.next_serials(len(keys)), strict=True))

    def copy(self) -> "Order":
        return Order(self)


class OwnOrder:
    """The same where keys are drawn from `Store.next_serials`: each is its own place."""

    def enter(self, keys: Collection[Any], store: "Store") -> None: ...

    def __setitem__(self, key: Any, place: int) -> None: ...

    def __getitem__(self, key: Any) -> int:
        return int(key)

    pop = __getitem__

    def copy(self) -> "OwnOrder":
        return self


class Table(Generic[K, R]):
    """Rows by key, in order of creation, with secondary indexes kept in step.

    An index is a function from a row to the value it is found under, or None to leave it out.
    """

    def __init__(
        self,
        store: "Store",
        name: str,
        indexes: Mapping[str, Callable[[R], Key | None]],
        order: Order | OwnOrder,
    ) -> None:
        self.name = name
        self._store = store
        self._rows: dict[K, R] = {}
        self._order = order
        self._functions = dict(indexes)
        self._indexes = {name: Index() for name in indexes}
        self._is_shared = False  # with a snapshot: to be copied before the next change
        self._is_in_order = True

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def __iter__(self) -> Iterator[R]:
        return iter(self._rows.values())

    def get(self, key: K) -> R | None:
        return self._rows.get(key)

    def find(self, index: str, value: Key) -> list[R]:
        """Rows under `value` in an index, in order of creation."""
        keys: Collection[K] = self._indexes[index].keys_under(value)
        if len(keys) > 1:
            keys = sorted(keys, key=self._order.__getitem__)
        return [self._rows[key] for key in keys]

    def page(self, start: int, count: int) -> list[R]:
        return list(islice(self._rows.values(), start, start + count))

    def put(self, key: K, row: R) -> None:
        """Insert or replace a row."""
        self._store.change(self, key, self._rows.get(key), row)

    def fill(self, rows: Mapping[K, R]) -> None:
        """Put new rows all at once, at half the cost."""
        assert not self._rows.keys() & rows.keys(), "new rows only"
        if self._is_shared:
            self._own()
        for name, function in self._functions.items():
            index = self._indexes[name]
            for key, row in rows.items():
                if (value := function(row)) is not None:
                    index.add(value, key)
        self._rows.update(rows)
        self._order.enter(rows, self._store)
        self._store.note(Change(self.name, key, NOTHING, row) for key, row in rows.items())

    def drop(self, key: K) -> None:
        """Remove a row that is there."""
        self._store.change(self, key, self._rows[key], NOTHING)

    def apply(self, key: K, row: R | None, *, undo_order: int | None = None) -> int | None:
        """Make the change without journalling it; answers the old place in the order."""
        old = self._rows.get(key)
        values = self._index_values(row)  # first: a bad row may raise here
        if self._is_shared:
            self._own()
        if values:
            self._reindex(key, self._index_values(old), values)
        if row is None:
            del self._rows[key]
            return self._order.pop(key)
        self._rows[key] = row
        if undo_order is not None:
            self._order[key] = undo_order
            self._is_in_order = False
        elif old is None:
            self._order.enter((key,), self._store)
        return None

    def settle(self) -> None:
        """Put rows that undoing has brought back where they were."""
        if not self._is_in_order:
            place = self._order.__getitem__
            self._rows = {key: self._rows[key] for key in sorted(self._rows, key=place)}
            self._is_in_order = True

    def _index_values(self, row: R | None) -> list[Key | None]:
        """What the row is found under in each index."""
        if row is None:
            return [None] * len(self._functions)
        return [function(row) for function in self._functions.values()]

    def _reindex(self, key: K, old: list[Key | None], new: list[Key | None]) -> None:
        for index, was, value in zip(self._indexes.values(), old, new, strict=True):
            if was != value:
                if was is not None:
                    index.remove(was, key)
                if value is not None:
                    index.add(value, key)

    def standing(self, key: K) -> Entry | None:
        row = self._rows.get(key)
        return None if row is None else Entry(self.name, key, row, self._order[key])

    def entries(self, shared: Any) -> Iterator[Entry]:
        """All that a snapshot has of this table."""
        rows, order, _ = shared
        return (Entry(self.name, key, row, order[key]) for key, row in rows.items())

    def refill(self, entries: Iterable[Entry]) -> None:
        """Hold these rows and no others; they come in the order of their serials."""
        self._rows, self._order, self._is_shared = {}, type(self._order)(), False
        self._indexes = {name: Index() for name in self._functions}
        nowhere = self._index_values(None)
        for entry in entries:
            self._rows[entry.key] = entry.row
            self._order[entry.key] = entry.serial
            self._reindex(entry.key, nowhere, self._index_values(entry.row))

    def share(self) -> Any:
        """All there is now, for a snapshot; nobody changes it any more."""
        self._is_shared = True
        return self._rows, self._order, self._indexes

    def load(self, shared: Any) -> None:
        self._rows, self._order, self._indexes = shared
        self._is_shared = self._is_in_order = True

    def _own(self) -> None:
        self._rows, self._order = dict(self._rows), self._order.copy()
        self._indexes = {name: index.copy() for name, index in self._indexes.items()}
        self._is_shared = False


class Index:
    """The keys under each value. A few are held in a tuple, which takes a third of the memory.

    A copy shares the larger sets of keys until one of them changes.
    """

    FEW = 16

    def __init__(self) -> None:
        self._keys: dict[Key, tuple[Any, ...] | dict[Any, None]] = {}
        self._own: set[Key] | None = None  # the values whose larger set is no other's; None: all

    def keys_under(self, value: Key) -> Collection[Any]:
        return self._keys.get(value, ())

    def add(self, value: Key, key: Any) -> None:
        keys = self._keys.get(value, ())
        if isinstance(keys, dict):
            self._owned(value, keys)[key] = None
        elif len(keys) < self.FEW:
            self._keys[value] = (*keys, key)
        else:
            self._owned(value, dict.fromkeys(keys))[key] = None

    def remove(self, value: Key, key: Any) -> None:
        keys = self._keys[value]
        if isinstance(keys, dict):
            keys = self._owned(value, keys)
            del keys[key]
        else:
            keys = self._keys[value] = tuple(other for other in keys if other != key)
        if not keys:
            del self._keys[value]

    def _owned(self, value: Key, keys: dict[Any, None]) -> dict[Any, None]:
        if self._own is not None and value not in self._own:
            keys = dict(keys)
            self._own.add(value)
        self._keys[value] = keys
        return keys

    def sort(self, value: Key, place: Callable[[Any], int]) -> None:
        """Put the keys under a value in order."""
        keys = sorted(self.keys_under(value), key=place)
        for key in keys:
            self.remove(value, key)
        for key in keys:
            self.add(value, key)

    def copy(self) -> "Index":
        made = Index()
        made._keys, made._own = dict(self._keys), set()
        return made

    def __eq__(self, other: object) -> bool:
        """Whether it has the same keys under the same values; their order is the table's."""
        if not isinstance(other, Index):
            return NotImplemented
        one, two = self._keys, other._keys
        return one.keys() == two.keys() and all(set(one[value]) == set(two[value]) for value in one)

    __hash__ = None  # type: ignore[assignment]


class Links:
    """A many-to-many relation (group to member), walkable from both ends, in order of linking."""

    def __init__(self, store: "Store", name: str) -> None:
        self.name = name
        self._store = store
        self._right: dict[Key, dict[Key, int]] = {}
        self._left = Index()
        self._is_shared = False  # with a snapshot: to be copied before the next change
        self._own_right: set[Key] | None = None  # keys whose links are no snapshot's; None: all
        self._disordered: set[tuple[Key, Key]] = set()

    def has(self, left: Key, right: Key) -> bool:
        return right in self._right.get(left, ())

    def rights(self, left: Key) -> Mapping[Any, int]:
        """Everything linked from `left`, in order of linking, with its place in that order."""
        return self._right.get(left, {})

    def lefts(self, right: Key) -> Collection[Any]:
        """Everything that `right` is linked from, in order of linking."""
        return self._left.keys_under(right)

    def link(self, left: Key, right: Key) -> None:
        if not self.has(left, right):
            self._store.change(self, (left, right), NOTHING, LINKED)

    def link_all(self, left: Key, rights: Iterable[Key]) -> None:
        """As `link` with each of them, at a third of the cost."""
        present = self.rights(left)
        new = [right for right in dict.fromkeys(rights) if right not in present]
        if new:
            serials = self._store.next_serials(len(new))
            self.link_under(left, dict(zip(new, serials, strict=True)))

    def link_under(self, left: Key, serials: Mapping[Any, int]) -> None:
        """New links, each under the `next_serial` that was drawn for it, in their order."""
        if self._is_shared:
            self._own()
        _owned(self._right, left, self._own_right).update(serials)
        for right in serials:
            self._left.add(right, left)
        changes = (Change(self.name, (left, right), NOTHING, LINKED) for right in serials)
        self._store.note(changes)

    def unlink(self, left: Key, right: Key) -> None:
        if self.has(left, right):
            self._store.change(self, (left, right), LINKED, NOTHING)

    def unlink_all(self, key: Key) -> None:
        """Remove every link from and to `key`."""
        for right in list(self.rights(key)):
            self.unlink(key, right)
        for left in list(self.lefts(key)):
            self.unlink(left, key)

    def apply(
        self, key: tuple[Key, Key], row: str | None, *, undo_order: int | None = None
    ) -> int | None:
        left, right = key
        if self._is_shared:
            self._own()
        rights = _owned(self._right, left, self._own_right)
        if row is None:
            self._left.remove(right, left)
            return rights.pop(right)
        rights[right] = self._store.next_serial() if undo_order is None else undo_order
        self._left.add(right, left)
        if undo_order is not None:
            self._disordered.add(key)
        return None

    def settle(self) -> None:
        """Put links that undoing has brought back where they were."""
        for left in {left for left, _ in self._disordered}:
            self._right[left] = dict(sorted(self._right[left].items(), key=itemgetter(1)))
        for right in {right for _, right in self._disordered}:
            self._left.sort(right, partial(self._place, right))
        self._disordered.clear()

    def _place(self, right: Key, left: Key) -> int:
        return self._right[left][right]

    def standing(self, key: tuple[Key, Key]) -> Entry | None:
        serial = self.rights(key[0]).get(key[1])
        return None if serial is None else Entry(self.name, key, LINKED, serial)

    def entries(self, shared: Any) -> Iterator[Entry]:
        """All links that a snapshot has of this relation."""
        for left, rights in shared[0].items():
            for right, serial in rights.items():
                yield Entry(self.name, (left, right), LINKED, serial)

    def refill(self, entries: Iterable[Entry]) -> None:
        """Hold these links and no others; they come in the order of their serials."""
        self._right, self._left, self._is_shared = {}, Index(), False
        self._own_right = None
        for entry in entries:
            left, right = entry.key
            self._right.setdefault(left, {})[right] = entry.serial
            self._left.add(right, left)

    def share(self) -> Any:
        """All there is now, for a snapshot; nobody changes it any more."""
        self._is_shared = True
        return self._right, self._left

    def load(self, shared: Any) -> None:
        self._right, self._left = shared
        self._is_shared = True

    def _own(self) -> None:
        self._right, self._left = dict(self._right), self._left.copy()
        self._own_right = set()
        self._is_shared = False


def _owned(side: dict[Key, dict[Key, int]], key: Key, own: set[Key] | None) -> dict[Key, int]:
    """The links of one key, copied before the first change since a snapshot."""
    links = side.get(key)
    if links is None:
        links = side[key] = {}
    elif own is not None and key not in own:
        links = side[key] = dict(links)
    else:
        return links
    if own is not None:
        own.add(key)
    return links


class Store:
    """The tables of one fake app and the journal of the request that is being answered.

    `keep` is called with the changes of each outermost unit before anybody hears of them; where it
    raises, they are undone. None, as a rule: then nothing outlives the process.
    """

    def __init__(self) -> None:
        self._tables: dict[str, Table[Any, Any] | Links] = {}
        self._journal: list[tuple[Change, int | None]] = []
        self._depth = 0
        self._serial = 0
        self.keep: Callable[[list[Change]], None] | None = None

    def table(self, name: str, /, **indexes: Callable[[Any], Key | None]) -> Table[Any, Any]:
        """Declare a table; keyword arguments are its indexes."""
        return self._declared(name, Table(self, name, indexes, Order()))

    def numbered(self, name: str) -> Table[int, Any]:
        """Declare a table whose keys are drawn from `next_serials`, which saves much memory."""
        return self._declared(name, Table(self, name, {}, OwnOrder()))

    def links(self, name: str) -> Links:
        return self._declared(name, Links(self, name))

    def _declared(self, name: str, made: T) -> T:
        assert name not in self._tables, f"table {name!r} is declared twice"
        self._tables[name] = made
        return made

    def change(self, table: "Table[Any, Any] | Links", key: Any, old: Any, new: Any) -> None:
        """Make one change; inside a unit it can still be undone."""
        order = table.apply(key, new)
        if self._depth:
            self._journal.append((Change(table.name, key, old, new), order))
        elif self.keep is not None:
            with self.unit():
                self._journal.append((Change(table.name, key, old, new), order))

    def note(self, made: Iterable[Change]) -> None:
        """Enter new rows or links that a table has made; inside a unit they can still be undone."""
        if self._depth:
            self._journal.extend((change, None) for change in made)
        elif self.keep is not None:
            with self.unit():
                self.note(made)

    def unit(self) -> "Unit":
        """A unit of work: an exception, or `unit.refuse()`, undoes all that was changed within."""
        return Unit(self)

    @contextmanager
    def bulk(self) -> Iterator[None]:
        """A unit of very many changes: none is noted by itself, and an exception undoes all."""
        self.assert_between_units()
        assert self.keep is None, "what is kept is noted change by change"
        before, is_done = self.snapshot(), False
        try:
            yield
            is_done = True
        finally:
            if not is_done:
                self.restore(before)

    def begin(self) -> int:
        """Open a unit; answers where it begins in the journal."""
        self._depth += 1
        return len(self._journal)

    def end(self) -> None:
        """Close a unit; with the outermost one the journal is done with."""
        self._depth -= 1
        if not self._depth:
            if self.keep is not None:
                self._hand_over(self.keep)
            self._journal.clear()

    def _hand_over(self, keep: Callable[[list[Change]], None]) -> None:
        is_kept = False
        try:
            keep(self.changes_since(0))
            is_kept = True
        finally:
            if not is_kept:
                self.undo_to(0)

    def changes_since(self, mark: int) -> list[Change]:
        return [change for change, _ in self._journal[mark:]]

    def undo_to(self, mark: int) -> None:
        touched = {change.table for change, _ in self._journal[mark:]}
        while len(self._journal) > mark:
            change, order = self._journal.pop()
            self._tables[change.table].apply(change.key, change.old, undo_order=order)
        for name in sorted(touched):
            self._tables[name].settle()

    def assert_between_units(self) -> None:
        assert not self._depth, "between requests, not within one"

    @property
    def serial(self) -> int:
        """The place in the order that was given last."""
        return self._serial

    def next_serial(self) -> int:
        self._serial += 1
        return self._serial

    def next_serials(self, count: int) -> range:
        first = self._serial + 1
        self._serial += count
        return range(first, first + count)

    def standing(self, changes: Iterable[Change]) -> list[tuple[str, Any, Entry | None]]:
        """What the changes have left: each table and key they name once, and what stands there."""
        named = dict.fromkeys((change.table, change.key) for change in changes)
        return [(table, key, self._tables[table].standing(key)) for table, key in named]

    def entries(self, snapshot: Snapshot) -> Iterator[Entry]:
        """All rows and links of a snapshot."""
        for name, shared in snapshot.tables.items():
            yield from self._tables[name].entries(shared)

    def refill(self, entries: Iterable[Entry], serial: int) -> None:
        """Hold these rows and links and no others; KeyError on a table there is not."""
        self.assert_between_units()
        sorted_out: dict[str, list[Entry]] = {name: [] for name in self._tables}
        for entry in entries:
            sorted_out[entry.table].append(entry)
        for name, own in sorted_out.items():
            self._tables[name].refill(sorted(own, key=lambda entry: entry.serial))
        self._serial = serial

    def snapshot(self) -> Snapshot:
        return Snapshot({name: table.share() for name, table in self._tables.items()}, self._serial)

    def restore(self, snapshot: Snapshot) -> None:
        self.assert_between_units()
        for name, shared in snapshot.tables.items():
            self._tables[name].load(shared)
        self._serial = snapshot.serial


class Unit:
    """What happens between the start of a request and its reply.

    A plain context manager: one made from a generator costs three times as much at every call.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._mark = 0

    def __enter__(self) -> "Unit":
        self._mark = self._store.begin()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self.refuse()
        self._store.end()

    def refuse(self) -> None:
        """Undo everything this unit changed."""
        self._store.undo_to(self._mark)

    def changes(self) -> list[Change]:
        """What would be kept, oldest first."""
        return self._store.changes_since(self._mark)
