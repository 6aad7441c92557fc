"""How long an item may take on the wall clock."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from ..errors import Unusable


class TimedOut(BaseException):
    """The time is up. Not an Exception: nobody on the way out may mistake it for a failed call."""


@contextmanager
def limited(seconds: float | None) -> Iterator[None]:
    """TimedOut inside, once this much time has passed; None sets no limit.

    pytest-timeout is not used because it needs pytest's own reporter, which a run does without.
    """
    if seconds is None:
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TimedOut(f"not done after {seconds:g} s on the wall clock")

    before = signal.signal(signal.SIGALRM, stop)
    # Again and again: one that is raised where Python swallows exceptions must not be the last.
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def refuse_where_impossible() -> None:
    """Windows has no such alarm."""
    if not hasattr(signal, "SIGALRM"):
        raise Unusable("--timeout needs the signal SIGALRM, which this system does not have")
