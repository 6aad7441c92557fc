"""The engine at work beside the API: a thread that does what is due, and waits for what is not."""

import logging
from collections.abc import Callable
from threading import Condition, RLock, Thread

import requests

from ..transport import Exchange
from .groups import settle_deferred
from .service import Service

_log = logging.getLogger(__name__)

AFTER_A_MISTAKE_S = 5.0
LONGEST_WAIT_S = 3600.0


class EngineLoop:
    """Runs the operator's engine for a service. `is_real` says that its clock runs by itself."""

    def __init__(self, service: Service, *, is_real: bool) -> None:
        self._service = service
        self._is_real = is_real
        self._moved = Condition()
        self._has_work = True
        self._is_stopping = False
        self._thread = Thread(target=self._run, name="engine", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Let the present call come to its end, and no other begin."""
        with self._moved:
            self._is_stopping = True
            self._moved.notify_all()
        self._thread.join()

    def wake(self) -> None:
        """Work has come, or time has passed."""
        with self._moved:
            self._has_work = True
            self._moved.notify_all()

    def _run(self) -> None:
        while not self._is_stopping:
            self._wait(self._work())

    def _work(self) -> float | None:
        """Do what is due; answers in how many seconds more is, None for nothing to wait for."""
        here = self._service
        with self._moved:
            self._has_work = False
        try:
            with here.turns.of_engine(), here.lock:
                settle_deferred(here)
                here.operator.run(stop=self._should_stop)
                due = min(filter(None, (here.operator.next_due(), *_deferred(here))), default=None)
                return None if due is None else due - here.now
        except Exception:  # the worker's boundary: the engine goes on with what it can
            _log.exception("the engine was stopped by a mistake of ours, and starts anew")
            with here.turns.of_engine(), here.lock:
                here.operator.restart()
            return AFTER_A_MISTAKE_S

    def _should_stop(self) -> bool:
        return self._is_stopping or self._service.turns.is_wanted

    def _wait(self, seconds: float | None) -> None:
        if seconds is not None and seconds <= 0:
            return
        wait_s = LONGEST_WAIT_S if seconds is None or not self._is_real else seconds
        with self._moved:
            ready: Callable[[], bool] = lambda: self._has_work or self._is_stopping  # noqa: E731
            self._moved.wait_for(ready, min(wait_s, LONGEST_WAIT_S))


def _deferred(service: Service) -> list[float]:
    return [at for at, _ in service.deferred]


def unlocked(exchange: Exchange, lock: RLock) -> Exchange:
    """The exchange, with the org's lock let go while the target is at work: others may read."""

    def carry(request: requests.PreparedRequest, timeout_s: float | None) -> requests.Response:
        lock.release()
        try:
            return exchange(request, timeout_s)
        finally:
            lock.acquire()

    return carry
