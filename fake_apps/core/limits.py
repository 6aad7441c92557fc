"""Rate limits as data: token buckets with a capacity per window, metered on the given clock."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .clock import Clock

MOST_USED = 1.8  # times its capacity: no impatience makes a limit fuller


@dataclass(frozen=True)
class Limit:
    """`capacity` units per `window_s` seconds, refilled evenly.

    Where `counts_refused`, a refused call is held against the caller too, up to MOST_USED.
    """

    name: str
    capacity: float
    window_s: float
    source: str
    counts_refused: bool = False


@dataclass(frozen=True)
class Throttle:
    """A refused call: which limit, how full it is (1.0 = at the limit), how long to wait."""

    limit: Limit
    used: float
    retry_after_s: int


class Meter:
    """The buckets of one fake app. `scale` 0 turns limits off, 2 doubles every capacity."""

    def __init__(self, limits: Iterable[Limit], clock: Clock, *, scale: float = 1.0) -> None:
        self.limits = {limit.name: limit for limit in limits}
        self._clock = clock
        self.scale = scale
        self._spent: dict[str, tuple[float, float]] = {}

    def spend(self, costs: Mapping[str, float]) -> Throttle | None:
        """Take the units, or say which limit refuses for longest; then nothing is taken.

        A limit may have a bucket for each of many: `calls@7` is what 7 has of the limit `calls`.
        """
        if not self.scale:
            return None
        now, taken = self._clock.now(), {}
        refusal: Throttle | None = None
        for name, cost in costs.items():
            limit = self.limits[name.partition("@")[0]]
            level, capacity = self._level(name, limit, now) + cost, limit.capacity * self.scale
            taken[name] = (level, now)
            if level > capacity:
                throttle = self._refuse(name, level, cost)
                refusal = throttle if refusal is None else max(refusal, throttle, key=_wait)
        if refusal is None:
            self._spent.update(taken)
        return refusal

    def _refuse(self, name: str, level: float, cost: float) -> Throttle:
        limit = self.limits[name.partition("@")[0]]
        capacity = limit.capacity * self.scale
        needed = level
        if limit.counts_refused:
            held = min(level, MOST_USED * capacity)
            self._spent[name] = (held, self._clock.now())
            needed = held + cost
        wait = (needed - capacity) * limit.window_s / capacity
        return Throttle(limit, level / capacity, max(1, math.ceil(wait - 1e-9)))

    def used(self, name: str) -> float:
        """How full a bucket is, 0.0 to 1.0."""
        limit = self.limits[name.partition("@")[0]]
        now = self._clock.now()
        return self._level(name, limit, now) / (limit.capacity * self.scale) if self.scale else 0.0

    def _level(self, name: str, limit: Limit, now: float) -> float:
        level, since = self._spent.get(name, (0.0, 0.0))
        drained = (now - since) * limit.capacity * self.scale / limit.window_s
        return max(0.0, level - drained)

    def state(self) -> dict[str, tuple[float, float]]:
        return dict(self._spent)

    def restore(self, state: dict[str, tuple[float, float]]) -> None:
        self._spent = dict(state)


def _wait(throttle: Throttle) -> int:
    return throttle.retry_after_s
