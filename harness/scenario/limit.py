"""How long an item may take on the wall clock."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from ..errors import Unusable

LONGEST_S = 86400
AGAIN_S = 5.0


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
    # But not so soon that the next one strikes while the first is still on its way out.
    signal.setitimer(signal.ITIMER_REAL, seconds, max(seconds, AGAIN_S))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def refuse_where_impossible(seconds: float) -> None:
    """Windows has no such alarm, and none is set for longer than a day."""
    if not hasattr(signal, "SIGALRM"):
        raise Unusable("--timeout needs the signal SIGALRM, which this system does not have")
    if not 0 < seconds <= LONGEST_S:  # neither holds for "nan"
        raise Unusable(f"--timeout takes seconds up to a day, not {seconds:g}")
