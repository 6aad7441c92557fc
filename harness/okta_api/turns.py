"""Whose turn it is to change the org: requests and the engine, one at a time.

While the engine waits for a target's answer nothing may be changed under it: between its calls,
everything may. So requests and calls meet only where a world's steps and calls meet.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

PATIENCE_S = 0.05  # how long the engine lets one request after the other go first


class Turns:
    """One holder at a time. Requests that wait go before the engine's next call."""

    def __init__(self) -> None:
        self._moved = Condition()
        self._waiting = 0
        self._is_held = False

    @property
    def is_wanted(self) -> bool:
        """Whether a request waits: who runs long should stop and let it go first."""
        return self._waiting > 0

    @contextmanager
    def of_request(self) -> Iterator[None]:
        """A request's turn."""
        with self._moved:
            self._waiting += 1
            self._moved.wait_for(lambda: not self._is_held)
            self._waiting -= 1
            self._is_held = True
        yield from self._held()

    @contextmanager
    def of_engine(self) -> Iterator[None]:
        """The engine's turn, once no request waits, or for too long."""
        with self._moved:
            free = self._moved.wait_for(self._is_free, PATIENCE_S)
            if not free:
                self._moved.wait_for(lambda: not self._is_held)
            self._is_held = True
        yield from self._held()

    def _is_free(self) -> bool:
        return not (self._is_held or self._waiting)

    def _held(self) -> Iterator[None]:
        try:
            yield
        finally:
            with self._moved:
                self._is_held = False
                self._moved.notify_all()
