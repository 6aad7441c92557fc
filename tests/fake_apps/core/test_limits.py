"""Limits refill on the virtual clock, refuse as a whole, and say truthfully how long to wait."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_apps.core.clock import VirtualClock
from fake_apps.core.limits import Limit, Meter

TEN = Limit("ten", capacity=10, window_s=20, source="https://toy.example/limits")
FIVE = Limit("five", capacity=5, window_s=60, source="https://toy.example/limits")


@pytest.fixture
def clock():
    return VirtualClock()


@pytest.fixture
def meter(clock):
    return Meter([TEN, FIVE], clock)


def test_a_bucket_gives_its_capacity_and_no_more(meter):
    answers = [meter.spend({"ten": 1}) is None for _ in range(11)]

    assert answers == [True] * 10 + [False]


def test_a_refusal_names_its_limit_its_level_and_a_wait_in_whole_seconds(meter):
    meter.spend({"ten": 10})
    throttle = meter.spend({"ten": 1})

    assert (throttle.limit, throttle.used, throttle.retry_after_s) == (TEN, 1.1, 2)


def test_a_refused_call_takes_nothing_from_any_limit(meter):
    meter.spend({"five": 5})
    meter.spend({"ten": 3, "five": 1})

    assert (meter.used("ten"), meter.used("five")) == (0.0, 1.0)


def test_units_come_back_evenly(meter, clock):
    meter.spend({"ten": 10})
    clock.sleep(5)

    assert meter.used("ten") == 0.75


def test_a_bucket_is_never_emptier_than_empty(meter, clock):
    meter.spend({"ten": 1})
    clock.sleep(10_000)

    assert meter.used("ten") == 0.0
    assert meter.spend({"ten": 11}) is not None


@pytest.mark.parametrize(("scale", "allowed"), [(0.0, 50), (2.0, 20), (0.5, 5)])
def test_the_scale_turns_limits_off_up_or_down(clock, scale, allowed):
    meter = Meter([TEN], clock, scale=scale)
    answers = [meter.spend({"ten": 1}) is None for _ in range(50)]

    assert sum(answers) == allowed


def test_limits_that_are_off_are_never_full(clock):
    meter = Meter([TEN], clock, scale=0)
    meter.spend({"ten": 100})

    assert meter.used("ten") == 0.0


def test_a_limit_may_have_a_bucket_for_each_of_many(clock):
    meter = Meter([Limit("calls", 2, 60, "a manual")], clock)
    spent = [meter.spend({name: 2}) for name in ("calls", "calls@7", "calls@8")]
    refused = meter.spend({"calls@7": 1})

    assert spent == [None, None, None]
    assert (refused.limit.name, refused.retry_after_s) == ("calls", 30)
    assert meter.used("calls@7") == 1.0
    assert meter.used("calls@9") == 0.0


def test_a_unit_nobody_knows_is_an_error(meter):
    with pytest.raises(KeyError):
        meter.spend({"eleven": 1})


def test_what_was_spent_can_be_put_back(meter):
    before = meter.state()
    meter.spend({"ten": 10})
    meter.restore(before)

    assert meter.used("ten") == 0.0


@given(
    capacity=st.integers(1, 3000),
    window_s=st.sampled_from([1, 10, 60, 150, 3600]),
    costs=st.lists(st.tuples(st.integers(1, 25), st.floats(0, 30)), max_size=30),
    cost=st.integers(1, 25),
)
def test_whoever_waits_as_told_is_served(capacity, window_s, costs, cost):
    clock = VirtualClock()
    meter = Meter([Limit("any", capacity + 25, window_s, "")], clock)
    for spent, pause in costs:
        meter.spend({"any": spent})
        clock.sleep(pause)
    throttle = meter.spend({"any": cost})
    if throttle:
        clock.sleep(throttle.retry_after_s)

    assert not throttle or meter.spend({"any": cost}) is None


@given(st.lists(st.tuples(st.integers(1, 9), st.floats(0, 10)), max_size=40))
def test_no_window_ever_lets_through_more_than_two_capacities(calls):
    clock = VirtualClock()
    meter = Meter([TEN], clock)
    served = []
    for cost, pause in calls:
        if meter.spend({"ten": cost}) is None:
            served.append((clock.now(), cost))
        clock.sleep(pause)

    for start, _ in served:
        in_window = sum(cost for at, cost in served if start <= at < start + TEN.window_s)
        assert in_window <= 2 * TEN.capacity + 1e-6


def test_of_two_full_limits_the_longer_wait_is_told():
    clock = VirtualClock()
    meter = Meter([Limit("short", 1, 10, "x"), Limit("long", 1, 100, "x")], clock)
    meter.spend({"short": 1, "long": 1})

    refusal = meter.spend({"short": 1, "long": 1})

    assert refusal is not None
    assert (refusal.limit.name, refusal.retry_after_s) == ("long", 100)


def test_a_refused_call_counts_where_the_vendor_counts_it():
    clock = VirtualClock()
    meter = Meter([Limit("all", 10, 10, "x", counts_refused=True)], clock)
    meter.spend({"all": 10})

    waits = [refusal.retry_after_s for _ in range(3) if (refusal := meter.spend({"all": 2}))]

    assert waits == [4, 6, 8]
