"""Quirks start as documented and can be switched by id."""

import pytest

from fake_apps.core.quirk import Quirk, QuirkSet

USUAL = Quirk("U", "on unless switched off", "https://toy.example/u")
RARE = Quirk("R", "off unless switched on", "https://toy.example/r", default=False)


def test_quirks_start_at_their_default():
    quirks = QuirkSet([USUAL, RARE])

    assert (USUAL in quirks, RARE in quirks) == (True, False)


def test_quirks_can_be_switched_at_the_start():
    quirks = QuirkSet([USUAL, RARE], {"U": False, "R": True})

    assert quirks.active() == {"R"}


def test_quirks_can_be_switched_later():
    quirks = QuirkSet([USUAL, RARE])
    quirks.switch("U", on=False)
    quirks.switch("R", on=True)

    assert quirks.active() == {"R"}


def test_switching_to_where_it_is_changes_nothing():
    quirks = QuirkSet([USUAL, RARE])
    quirks.switch("U", on=True)
    quirks.switch("R", on=False)

    assert quirks.active() == {"U"}


def test_an_unknown_quirk_is_refused_with_the_known_ones():
    with pytest.raises(KeyError, match="unknown quirk 'X'; known: U, R"):
        QuirkSet([USUAL, RARE], {"X": True})


def test_the_set_can_be_put_back():
    quirks = QuirkSet([USUAL, RARE])
    before = quirks.active()
    quirks.switch("U", on=False)
    quirks.restore(before)

    assert quirks.active() == before


def test_a_remembered_set_is_not_changed_by_later_switches():
    quirks = QuirkSet([USUAL])
    before = quirks.active()
    quirks.switch("U", on=False)

    assert before == {"U"}
