"""Time as an argument: the wall clock and those that only move when told to."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event, Lock
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
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Let so much time pass at once."""
        assert seconds >= 0, f"time does not run backwards ({seconds} s)"
        self._now = round(self._now + seconds, 6)


class _Waiting:
    """Real waiting, for a server: once it is woken, nobody waits any more."""

    def __init__(self) -> None:
        self._is_over = Event()

    def wait(self, seconds: float) -> None:
        if seconds > 0:
            self._is_over.wait(seconds)

    def wake(self) -> None:
        self._is_over.set()


class SystemClock:
    """The machine's own clock. `wake` ends all sleep, for a server that stops."""

    def __init__(self) -> None:
        self._waiting = _Waiting()

    def now(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        self._waiting.wait(seconds)

    def wake(self) -> None:
        self._waiting.wake()


class HeldClock(VirtualClock):
    """A virtual clock for callers in real time: only `advance` moves it, and a sleep really takes.

    The tenant's time stands still (limits, tokens, lags) while a slow reply keeps its caller, who
    has a watch of its own, waiting.
    """

    def __init__(self, start: float = START) -> None:
        super().__init__(start)
        self._waiting = _Waiting()
        self._lock = Lock()
        self.listeners: list[Callable[[], None]] = []  # told whenever time has passed

    def sleep(self, seconds: float) -> None:
        self._waiting.wait(seconds)

    def wake(self) -> None:
        self._waiting.wake()

    def advance(self, seconds: float) -> None:
        with self._lock:
            super().advance(seconds)
        for listener in self.listeners:
            listener()


def utc(seconds: float) -> datetime:
    """The moment as an aware datetime, for formatting."""
    return datetime.fromtimestamp(seconds, UTC)
