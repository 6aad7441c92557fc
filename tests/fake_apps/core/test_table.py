"""Tables and links do what plain dictionaries do, and can take it back."""

from contextlib import suppress

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from fake_apps.core.table import LINKED, Change, Entry, NotKept, Store
from tests.benchmarks.work import work_of

KEYS = st.integers(0, 3)
COLOURS = st.sampled_from(["red", "blue", None])


class Refusal(Exception):
    """What ends a unit badly in these tests."""


class StoreMachine(RuleBasedStateMachine):
    """A store beside a model of plain lists; units and snapshots copy the model as a whole."""

    def __init__(self):
        super().__init__()
        self.store = Store()
        self.table = self.store.table("rows", colour=lambda row: row[0], size=lambda row: row[1])
        self.links = self.store.links("links")
        self.rows: dict[int, tuple[str | None, int]] = {}
        self.pairs: list[tuple[int, int]] = []
        self.units = []
        self.saved = None

    def remember(self):
        return dict(self.rows), list(self.pairs)

    @rule(key=KEYS, colour=COLOURS, size=st.integers(0, 2))
    def put(self, key, colour, size):
        self.table.put(key, (colour, size))
        self.rows[key] = (colour, size)

    @rule(keys=st.sets(KEYS), colour=COLOURS)
    def fill(self, keys, colour):
        new = {key: (colour, key) for key in sorted(keys - self.rows.keys())}
        self.table.fill(new)
        self.rows |= new

    @precondition(lambda self: self.rows)
    @rule(data=st.data())
    def drop(self, data):
        key = data.draw(st.sampled_from(sorted(self.rows)))
        self.table.drop(key)
        del self.rows[key]

    @rule(left=KEYS, right=KEYS)
    def link(self, left, right):
        self.links.link(left, right)
        if (left, right) not in self.pairs:
            self.pairs.append((left, right))

    @rule(left=KEYS, rights=st.lists(KEYS))
    def link_all(self, left, rights):
        self.links.link_all(left, rights)
        self.pairs += [(left, r) for r in dict.fromkeys(rights) if (left, r) not in self.pairs]

    @rule(left=KEYS, right=KEYS)
    def unlink(self, left, right):
        self.links.unlink(left, right)
        self.pairs = [pair for pair in self.pairs if pair != (left, right)]

    @rule(key=KEYS)
    def unlink_all(self, key):
        self.links.unlink_all(key)
        self.pairs = [pair for pair in self.pairs if key not in pair]

    @precondition(lambda self: len(self.units) < 3)
    @rule()
    def begin(self):
        unit = self.store.unit()
        self.units.append((unit, unit.__enter__(), self.remember()))

    @precondition(lambda self: self.units)
    @rule()
    def keep(self):
        unit, _, _ = self.units.pop()
        unit.__exit__(None, None, None)

    @precondition(lambda self: self.units)
    @rule()
    def refuse(self):
        _, opened, (self.rows, self.pairs) = self.units[-1]
        self.units[-1] = (self.units[-1][0], opened, self.remember())
        opened.refuse()

    @precondition(lambda self: self.units)
    @rule()
    def fail(self):
        unit, _, (self.rows, self.pairs) = self.units.pop()
        error = Refusal()
        with suppress(Refusal):
            assert not unit.__exit__(Refusal, error, None)

    @rule()
    def save(self):
        self.saved = (self.store.snapshot(), self.remember())

    @precondition(lambda self: self.saved and not self.units)
    @rule()
    def restore(self):
        snapshot, (rows, pairs) = self.saved
        self.store.restore(snapshot)
        self.rows, self.pairs = dict(rows), list(pairs)

    @invariant()
    def rows_are_those_of_the_model_in_its_order(self):
        assert list(self.table) == list(self.rows.values())
        assert len(self.table) == len(self.rows)
        assert [self.table.get(key) for key in range(4)] == [self.rows.get(k) for k in range(4)]
        assert self.table.page(1, 2) == list(self.rows.values())[1:3]

    @invariant()
    def indexes_find_what_a_walk_finds(self):
        rows = list(self.rows.values())
        for colour in ("red", "blue"):
            assert self.table.find("colour", colour) == [r for r in rows if r[0] == colour]
        for size in range(3):
            assert self.table.find("size", size) == [r for r in rows if r[1] == size]

    @invariant()
    def links_are_seen_from_both_ends_in_order_of_linking(self):
        for key in range(4):
            assert list(self.links.rights(key)) == [r for left, r in self.pairs if left == key]
            assert list(self.links.lefts(key)) == [left for left, r in self.pairs if r == key]
            assert self.links.has(key, 1) == ((key, 1) in self.pairs)


TestStore = StoreMachine.TestCase


@pytest.fixture
def store():
    return Store()


def test_a_row_that_was_replaced_in_a_refused_unit_keeps_its_place(store):
    table = store.table("t")
    for key in "abc":
        table.put(key, key)
    with store.unit() as unit:
        table.drop("a")
        table.put("a", "A")
        unit.refuse()

    assert list(table) == ["a", "b", "c"]


def test_a_replaced_row_stays_where_it_was(store):
    table = store.table("t")
    table.put("a", 1)
    table.put("b", 2)
    table.put("a", 3)

    assert list(table) == [3, 2]


def test_a_refused_inner_unit_takes_back_its_own_changes_only(store):
    table = store.table("t")
    with store.unit():
        table.put("outer", 1)
        with store.unit() as inner:
            table.put("inner", 2)
            inner.refuse()

    assert list(table) == [1]


def test_a_refused_outer_unit_takes_back_what_inner_ones_kept(store):
    table = store.table("t")
    with store.unit() as outer:
        with store.unit():
            table.put("inner", 2)
        outer.refuse()

    assert list(table) == []


def test_an_error_passes_through_a_unit_and_leaves_nothing(store):
    table = store.table("t")

    def work():
        with store.unit():
            table.put("a", 1)
            raise Refusal

    with pytest.raises(Refusal):
        work()

    assert list(table) == []


def test_work_goes_on_after_a_unit_was_refused(store):
    table = store.table("t")
    with store.unit() as unit:
        table.put("a", 1)
        unit.refuse()
        table.put("b", 2)

    assert list(table) == [2]


def test_a_unit_tells_its_changes_oldest_first_with_old_and_new_rows(store):
    table = store.table("t")
    table.put("a", 1)
    with store.unit() as unit:
        table.put("a", 2)
        table.drop("a")
        changes = unit.changes()

    assert changes == [Change("t", "a", 1, 2), Change("t", "a", 2, None)]


def test_a_finished_unit_leaves_no_journal_behind(store):
    table = store.table("t")
    with store.unit():
        table.put("a", 1)

    assert store._journal == []


def test_linking_twice_is_one_change(store):
    links = store.links("l")
    with store.unit() as unit:
        links.link(1, 2)
        links.link(1, 2)
        changes = unit.changes()

    assert changes == [Change("l", (1, 2), None, LINKED)]


def test_links_unlinked_in_a_refused_unit_keep_their_place_at_both_ends(store):
    links = store.links("l")
    for pair in ((1, 7), (1, 8), (2, 7)):
        links.link(*pair)
    with store.unit() as unit:
        links.unlink(1, 7)
        unit.refuse()

    assert (list(links.rights(1)), list(links.lefts(7))) == ([7, 8], [1, 2])


def test_a_snapshot_is_untouched_by_what_happens_after_it(store):
    table, links = store.table("t", value=lambda row: row), store.links("l")
    table.put("a", 1)
    links.link("a", "b")
    snapshot = store.snapshot()
    table.put("a", 2)
    table.put("c", 1)
    links.unlink("a", "b")
    store.restore(snapshot)

    assert (list(table), table.find("value", 1), list(links.rights("a"))) == ([1], [1], ["b"])


def test_a_snapshot_can_be_restored_twice(store):
    table = store.table("t")
    table.put("a", 1)
    snapshot = store.snapshot()
    store.restore(snapshot)
    table.put("b", 2)
    store.restore(snapshot)

    assert list(table) == [1]


def test_a_snapshot_shares_rows_instead_of_copying_them(store):
    table = store.table("t")
    row = ("a", "row")
    table.put("a", row)
    snapshot = store.snapshot()
    table.drop("a")
    store.restore(snapshot)

    assert table.get("a") is row


def test_restoring_inside_a_unit_is_a_mistake_and_says_so(store):
    snapshot = store.snapshot()

    with store.unit(), pytest.raises(AssertionError, match="between requests"):
        store.restore(snapshot)


def test_dropping_a_row_that_is_not_there_is_a_key_error_and_changes_nothing(store):
    table = store.table("t")
    table.put("a", 1)
    with pytest.raises(KeyError):
        table.drop("b")

    assert list(table) == [1]


def test_a_row_that_an_index_cannot_read_is_not_kept_in_part(store):
    table = store.table("t", upper=lambda row: row.upper(), length=len)
    table.put("a", "one")
    with pytest.raises(AttributeError), store.unit():
        table.put("a", 7)

    assert (list(table), table.find("upper", "ONE"), table.find("length", 3)) == (
        ["one"],
        ["one"],
        ["one"],
    )


def test_an_index_may_be_called_name(store):
    table = store.table("t", name=lambda row: row)
    table.put(1, "x")

    assert table.find("name", "x") == ["x"]


def test_two_tables_may_not_share_a_name(store):
    store.table("t")

    with pytest.raises(AssertionError, match="declared twice"):
        store.links("t")


def test_rows_filled_in_at_once_are_found_as_those_put_one_by_one(store):
    filled, put = (store.table(name, size=len) for name in ("filled", "put"))
    rows = {"a": "one", "b": "three", "c": "two"}
    filled.fill(rows)
    for key, row in rows.items():
        put.put(key, row)

    assert (list(filled), filled.find("size", 3)) == (list(put), put.find("size", 3))


def test_filling_a_table_leaves_a_snapshot_as_it_was(store):
    table = store.table("t", size=len)
    before = store.snapshot()
    table.fill({"a": "one"})
    store.restore(before)

    assert (list(table), table.find("size", 3)) == ([], [])


def test_only_new_rows_are_filled_in(store):
    table = store.table("t")
    table.put("a", 1)

    with pytest.raises(AssertionError, match="new rows"):
        table.fill({"a": 2})


def test_a_table_whose_keys_are_drawn_keeps_their_order(store):
    table = store.numbered("t")
    first, second, third = store.next_serials(3)
    table.fill({first: "a", second: "b"})
    table.put(third, "c")
    with store.unit() as unit:
        table.drop(first)
        table.put(second, "B")
        unit.refuse()
    entries = list(store.entries(store.snapshot()))

    assert list(table) == ["a", "b", "c"]
    assert entries == [Entry("t", 1, "a", 1), Entry("t", 2, "b", 2), Entry("t", 3, "c", 3)]
    assert store.serial == third


def test_a_link_has_the_number_that_was_drawn_for_it(store):
    links = store.links("l")
    low, high = store.next_serials(2)
    links.link_under("g", {"u": low, "v": high})
    with store.unit() as unit:
        links.unlink("g", "u")
        unit.refuse()

    assert dict(links.rights("g")) == {"u": low, "v": high}
    assert store.serial == high


# --- what keeps the state on disk ------------------------------------------------------------


@pytest.fixture
def told(store):
    """What was handed over at the end of each unit."""
    heard = []
    store.keep = lambda changes: heard.append([(change.key, change.new) for change in changes])
    return heard


def test_the_changes_of_a_unit_are_handed_over_once_with_the_outermost(store, told):
    table = store.table("t")
    with store.unit():
        table.put("a", 1)
        with store.unit():
            table.put("b", 2)
        with store.unit() as inner:
            table.put("c", 3)
            inner.refuse()

    assert told == [[("a", 1), ("b", 2)]]


def test_a_refused_unit_hands_over_nothing_but_that_it_is_over(store, told):
    table = store.table("t")
    with suppress(Refusal), store.unit():
        table.put("a", 1)
        raise Refusal

    assert told == [[]]


def test_a_change_outside_a_unit_is_handed_over_by_itself(store, told):
    store.table("t").put("a", 1)
    store.links("l").link("a", "b")

    assert told == [[("a", 1)], [(("a", "b"), LINKED)]]


def test_what_cannot_be_kept_is_undone(store):
    table = store.table("t", value=lambda row: row)
    table.put("a", 1)

    def refuse(_changes):
        assert list(table) == [2, 3]
        raise NotKept

    def change():
        with store.unit():
            table.put("a", 2)
            table.put("b", 3)

    store.keep = refuse
    with pytest.raises(NotKept):
        change()
    store.keep = None
    table.put("c", 4)

    assert (list(table), table.find("value", 1), table.find("value", 3)) == ([1, 4], [1], [])


def test_many_rows_or_links_at_once_are_handed_over_as_one_unit(store, told):
    store.table("t").fill({"a": 1, "b": 2})
    store.links("l").link_all("g", ["u", "v"])

    assert told == [[("a", 1), ("b", 2)], [(("g", "u"), LINKED), (("g", "v"), LINKED)]]


def test_changes_leave_what_stands_and_what_is_gone(store):
    table, links = store.table("t"), store.links("l")
    table.put("a", 1)
    links.link("a", "b")
    with store.unit() as unit:
        table.put("a", 2)
        table.put("a", 3)
        table.put("c", 4)
        table.drop("c")
        links.unlink("a", "b")
        left = store.standing(unit.changes())

    assert left == [
        ("t", "a", Entry("t", "a", 3, 1)),
        ("t", "c", None),
        ("l", ("a", "b"), None),
    ]


def test_a_store_is_refilled_with_the_entries_of_a_snapshot_in_whatever_order(store):
    table, links = store.table("t", value=lambda row: row), store.links("l")
    for key in ("b", "a", "c"):
        table.put(key, key * 2)
        links.link("g", key)
    before, serial = store.snapshot(), store.serial
    entries = list(store.entries(before))
    table.drop("a")
    links.unlink_all("g")
    store.refill(reversed(entries), serial)
    table.put("d", "dd")

    assert list(store.entries(before)) == entries
    assert list(table) == ["bb", "aa", "cc", "dd"]
    assert (table.find("value", "aa"), list(links.rights("g"))) == (["aa"], ["b", "a", "c"])
    assert store.serial == serial + 1


# --- large tenants ---------------------------------------------------------------------------


def test_a_bulk_of_changes_is_undone_as_a_whole():
    store = Store()
    table, links = store.table("t", own=lambda row: row), store.links("l")
    table.put("a", 1)
    links.link("x", "y")
    before = store.snapshot()

    with suppress(Refusal), store.bulk():
        table.put("a", 2)
        table.put("b", 3)
        links.unlink("x", "y")
        raise Refusal

    assert list(table) == [1]
    assert table.find("own", 2) == []
    assert links.has("x", "y")
    assert store.serial == before.serial


def test_a_bulk_of_changes_stays_when_it_is_done():
    store = Store()
    table = store.table("t")

    with store.bulk():
        table.put("a", 1)

    assert list(table) == [1]


def test_a_bulk_does_not_begin_within_a_unit_or_where_changes_are_kept():
    store = Store()
    with pytest.raises(AssertionError), store.unit(), store.bulk():
        pass
    store.keep = list
    with pytest.raises(AssertionError), store.bulk():
        pass


@pytest.mark.parametrize("count", [1, 3, 15, 16, 17, 50])
def test_rows_under_one_value_are_found_whether_few_or_many_and_a_snapshot_keeps_its_own(count):
    store = Store()
    table = store.table("t", kind=lambda row: row[0])
    for number in range(count):
        table.put(number, ("k", number))
    before = store.snapshot()

    table.drop(0)
    table.put(99, ("k", 99))
    changed = [row[1] for row in table.find("kind", "k")]
    store.restore(before)

    assert changed == [*range(1, count), 99]
    assert [row[1] for row in table.find("kind", "k")] == list(range(count))


@pytest.mark.parametrize("groups", ["gh", "ghijklmnopqrstuvwxyz"])
def test_links_that_are_undone_stand_where_they_stood(groups):
    store = Store()
    links = store.links("l")
    for group in groups:
        links.link_all(group, range(5))
    with store.unit() as unit:
        for member in (1, 3, 2):
            links.unlink("g", member)
        links.link("g", 9)
        unit.refuse()

    assert list(links.rights("g")) == [0, 1, 2, 3, 4]
    assert list(links.lefts(3)) == list(groups)
    assert not links.has("g", 9)


def test_a_snapshot_keeps_its_links_whatever_changes_afterwards():
    store = Store()
    links = store.links("l")
    links.link("g", 1)
    links.link("h", 1)
    before = store.snapshot()
    links.unlink("g", 1)
    links.link("h", 2)
    second = store.snapshot()
    links.unlink("h", 2)
    links.link("g", 3)

    store.restore(before)
    assert (list(links.rights("g")), list(links.rights("h"))) == ([1], [1])
    store.restore(second)
    assert (list(links.rights("g")), list(links.rights("h"))) == ([], [1, 2])
    assert list(links.lefts(1)) == ["h"]


def changed_and_refused(size):
    store = Store()
    table, links = store.table("t", kind=lambda row: row % 7), store.links("l")
    for number in range(size):
        table.put(number, number)
        links.link("g", number)
        links.link(number, "u")
    store.snapshot()

    def work():
        with store.unit() as unit:
            for number in range(3):
                table.put(-1 - number, number)
                links.link("g", -1 - number)
                links.link("h", number)
            unit.refuse()

    return work_of(work)


def test_the_first_change_after_a_snapshot_takes_no_more_calls_in_a_large_tenant():
    assert changed_and_refused(5_000) == changed_and_refused(500)


def test_undoing_many_removals_puts_them_in_order_once():
    def work(size):
        store = Store()
        links = store.links("l")
        for number in range(size):
            links.link("g", number)

        def undone():
            with store.unit() as unit:
                for number in range(size):
                    links.unlink("g", number)
                unit.refuse()

        return work_of(undone)

    assert work(2_000) < 11 * work(200)
