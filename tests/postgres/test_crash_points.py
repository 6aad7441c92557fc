"""Killed at any instant with the org on a server: the end is that of an undisturbed run.

Three deeds here; `.ci/postgres python -m tests.durability --app box` tries all that there are.
"""

from dataclasses import replace

import pytest

from tests.durability import durability_bugs as bugs
from tests.durability.crashes import Stages, crash_everywhere
from tests.durability.operations import ADD, CREATE, SWAP, UNLINK, Trial
from tests.durability.remains import put_back, remains_of
from tests.durability.stage import VARIANTS, small_batches
from tests.engine.office import BOX, Office

ON_BOX = next(variant for variant in VARIANTS if variant.app == BOX)
SECOND = 8  # of the points of recoveries one in so many of each of one in so many


@pytest.fixture(autouse=True)
def _small_batches():
    with small_batches():
        yield


@pytest.mark.parametrize(("operation", "count"), [(CREATE, 4), (SWAP, 4), (UNLINK, 1)])
def test_a_crash_anywhere_changes_nothing_on_a_server(operation, count):
    verdict = crash_everywhere(Stages(), Trial(ON_BOX, operation, count), second_every=SECOND)

    assert list(verdict.complaints) == []
    assert verdict.tally.points >= verdict.tally.states > 0


def test_a_planted_bug_is_found_on_a_server(monkeypatch):
    bugs.members_are_known_before_they_are_sent(monkeypatch)
    verdict = crash_everywhere(Stages(), Trial(ON_BOX, ADD, 4))

    assert [each for each in verdict.complaints if "in Sales: m1 is lost" in each]


def test_what_is_left_put_into_another_database_is_left_of_that():
    office, other = Office(BOX), Office(BOX)
    office.pushed("ana", "ben")
    office.leave("Sales", "ben")
    left = remains_of(office.world.org.store)

    put_back(other.world.org.store, left)

    assert remains_of(other.world.org.store) == left
    assert other.known() == ["ana", "ben"]
    assert other.op.log() == office.op.log()


def test_what_was_not_committed_is_not_left_but_its_numbers_are_used_up():
    office = Office(BOX)
    store = office.world.org.store
    before = remains_of(store)
    with store.tx():
        office.world.org.core.log("too.late", "Never committed")
        during = remains_of(store)

    assert during.tables == before.tables != remains_of(store).tables
    assert during == replace(before, sequences=during.sequences)
    assert during.sequences != before.sequences
