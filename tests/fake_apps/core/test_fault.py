"""Faults are counted, skip what they should, and tell when nobody met them."""

import pytest

from fake_apps.core.fault import Fault, Faults


@pytest.fixture
def faults():
    return Faults()


def taken(faults, operation, times):
    return [faults.take(operation) is not None for _ in range(times)]


def test_a_fault_is_met_once_unless_told_otherwise(faults):
    faults.arm(Fault("toy.add", "reset"))

    assert taken(faults, "toy.add", 3) == [True, False, False]


def test_a_fault_is_met_as_often_as_its_count_says(faults):
    faults.arm(Fault("toy.add", "reset", count=2))

    assert taken(faults, "toy.add", 3) == [True, True, False]


def test_a_fault_without_a_count_is_met_until_cleared(faults):
    faults.arm(Fault("toy.add", "reset", count=None))
    before = taken(faults, "toy.add", 3)
    faults.clear()

    assert (before, faults.take("toy.add")) == ([True, True, True], None)


def test_skipped_calls_pass_first(faults):
    faults.arm(Fault("toy.add", "reset", skip=2))

    assert taken(faults, "toy.add", 4) == [False, False, True, False]


def test_other_operations_neither_meet_nor_use_up_a_fault(faults):
    faults.arm(Fault("toy.add", "reset", skip=1))
    faults.take("toy.remove")

    assert taken(faults, "toy.add", 2) == [False, True]


def test_a_pattern_meets_every_operation_that_fits(faults):
    faults.arm(Fault("toy.*_member", "reset", count=None))

    assert [bool(faults.take(f"toy.{o}")) for o in ("add_member", "read", "drop_member")] == [
        True,
        False,
        True,
    ]


def test_a_pattern_minds_the_case(faults):
    faults.arm(Fault("toy.Add", "reset"))

    assert faults.take("toy.add") is None


def test_the_first_armed_is_the_first_met(faults):
    faults.arm(Fault("toy.*", "reset"))
    faults.arm(Fault("toy.add", "garbage"))

    assert [faults.take("toy.add").kind for _ in range(2)] == ["reset", "garbage"]


def test_a_call_that_one_fault_lets_pass_may_meet_the_next(faults):
    faults.arm(Fault("toy.add", "reset", skip=1))
    faults.arm(Fault("toy.add", "garbage"))

    assert [faults.take("toy.add").kind for _ in range(2)] == ["garbage", "reset"]


def test_a_fault_met_less_often_than_armed_is_unmet(faults):
    twice = Fault("toy.add", "reset", count=2)
    faults.arm(twice)
    faults.take("toy.add")

    assert faults.unmet() == [twice]


def test_a_fault_that_was_only_skipped_is_unmet(faults):
    patient = Fault("toy.add", "reset", skip=1)
    faults.arm(patient)
    faults.take("toy.add")

    assert faults.unmet() == [patient]


def test_an_endless_fault_is_met_once_anyone_met_it(faults):
    faults.arm(Fault("toy.add", "reset", count=None))
    before = faults.unmet()
    faults.take("toy.add")

    assert (len(before), faults.unmet()) == (1, [])


def test_clearing_answers_what_nobody_met(faults):
    unmet, met = Fault("toy.add", "reset"), Fault("toy.drop", "reset")
    faults.arm(unmet)
    faults.arm(met)
    faults.take("toy.drop")

    assert (faults.clear(), faults.unmet()) == ([unmet], [])


def test_clearing_one_operation_leaves_the_others_as_they_were(faults):
    faults.arm(Fault("toy.add", "reset"))
    faults.arm(Fault("toy.drop", "reset", count=2))
    faults.take("toy.drop")
    faults.clear("toy.add")

    assert taken(faults, "toy.drop", 2) == [True, False]
    assert faults.take("toy.add") is None


def test_nothing_armed_is_falsy(faults):
    before = bool(faults)
    faults.arm(Fault("toy.add", "reset"))

    assert (before, bool(faults)) == (False, True)
