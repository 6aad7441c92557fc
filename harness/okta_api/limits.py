"""Rate limits as Okta counts them: so many calls a minute for each kind of endpoint.

A window opens with the first call in it. https://developer.okta.com/docs/reference/rate-limits/;
the numbers depend on an org's plan, these are common ones.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from ..ports import Clock
from . import errors

WINDOW_S = 60.0
PER_MINUTE: Mapping[str, int] = {
    "users": 600,
    "groups": 500,
    "apps": 100,
    "logs": 120,
    "console": 1200,
}
CONCURRENT = 75


@dataclass(frozen=True)
class Standing:
    """Where a caller stands in its window. `reset` is in seconds since the epoch."""

    limit: int
    remaining: int
    reset: int

    def headers(self) -> dict[str, str]:
        return {
            "X-Rate-Limit-Limit": str(self.limit),
            "X-Rate-Limit-Remaining": str(max(0, self.remaining)),
            "X-Rate-Limit-Reset": str(self.reset),
        }


class Limits:
    """The buckets of one org. `scale` 0 refuses nobody, 2 doubles every limit."""

    def __init__(self, clock: Clock, *, scale: float = 1.0, concurrent: int = CONCURRENT) -> None:
        self._clock = clock
        self._scale = scale
        self.concurrent = concurrent
        self._windows: dict[str, tuple[float, int]] = {}

    def spend(self, bucket: str) -> Standing:
        """Count one call; E0000047 is raised by `check` where that was one too many."""
        now = self._clock.now()
        opened, calls = self._windows.get(bucket, (now, 0))
        if now >= opened + WINDOW_S:
            opened, calls = now, 0
        self._windows[bucket] = (opened, calls + 1)
        limit = self.limit(bucket)
        used = calls + 1 if self._scale else 0
        return Standing(limit, limit - used, math.ceil(opened + WINDOW_S))

    def limit(self, bucket: str) -> int:
        """Calls a minute."""
        return max(1, int(PER_MINUTE[bucket] * (self._scale or 1.0)))

    def crowded(self) -> Standing:
        """What is told where too many calls are in flight: both numbers are 0."""
        return Standing(0, 0, math.ceil(self._clock.now() + 1))


def check(standing: Standing) -> None:
    """Refuse the call that is one too many."""
    if standing.remaining < 0:
        raise errors.throttled()
