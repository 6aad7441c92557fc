import signal

import pytest

from harness.scenario.limit import TimedOut, limited


def spin():
    while True:
        pass


def test_what_takes_too_long_is_stopped():
    with pytest.raises(TimedOut, match=r"not done after 0\.02 s"), limited(0.02):
        spin()


def test_no_catch_of_exceptions_keeps_it_from_being_stopped():
    def deaf():
        try:
            spin()
        except Exception:
            return

    with pytest.raises(TimedOut), limited(0.02):
        deaf()


def test_the_alarm_is_as_it_was_afterwards():
    before = signal.getsignal(signal.SIGALRM)
    with limited(60):
        pass

    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_no_limit_sets_no_alarm():
    with limited(None):
        assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
