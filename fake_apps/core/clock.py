"""Time as an argument: the wall clock and one that only moves when told to."""

import time
from datetime import UTC, datetime
from typing import Protocol

START = 1_767_225_600.0  # 2026-01-01T00:00:00Z: where a virtual clock starts unless told otherwise


class Clock(Protocol):
    """Seconds since the epoch, and a way to let some pass."""

    def now(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...


class VirtualClock:
    """Stands still until `sleep` moves it: forty minutes pass in no time."""

    def __init__(self, start: float = START) -> None:
        self._now = start

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0, f"time does not run backwards ({seconds} s)"
        self._now = round(self._now + seconds, 6)


class SystemClock:
    """The machine's own clock."""

    def now(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        time.sleep(max(0.0, seconds))


def utc(seconds: float) -> datetime:
    """The moment as an aware datetime, for formatting."""
    return datetime.fromtimestamp(seconds, UTC)
