"""A virtual clock moves when told and never back."""

import pytest

from fake_apps.core.clock import START, VirtualClock, utc


def test_a_virtual_clock_stands_still_until_moved():
    clock = VirtualClock()

    assert (clock.now(), clock.now()) == (START, START)


def test_sleeping_moves_it_at_once():
    clock = VirtualClock(100.0)
    clock.sleep(2400)

    assert clock.now() == 2500.0


def test_many_small_steps_add_up_exactly():
    clock = VirtualClock(0.0)
    for _ in range(1000):
        clock.sleep(0.1)

    assert clock.now() == 100.0


def test_time_does_not_run_backwards():
    with pytest.raises(AssertionError, match="backwards"):
        VirtualClock().sleep(-1)


def test_the_start_is_a_new_year_in_utc():
    assert utc(START).isoformat() == "2026-01-01T00:00:00+00:00"
