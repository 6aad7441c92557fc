"""Rate limits as Okta counts them: so many calls a minute for each kind of endpoint.

A window opens with the first call in it. https://developer.okta.com/docs/reference/rate-limits/;
the numbers depend on an org's plan, these are common ones. What comes near a limit or past it is in
the System Log, once in a window: https://developer.okta.com/docs/reference/rl-system-log-events/.
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
WARNED_AT = 0.6  # of a limit, as in orgs made since 2018

WARNING = "system.org.rate_limit.warning"
VIOLATION = "system.org.rate_limit.violation"
CROWDED = "core.concurrency.org.limit.violation"


@dataclass(frozen=True)
class Standing:
    """Where a caller stands in its window. `reset` is in seconds since the epoch.

    `event` is the type of the System Log event that this very call brings about, "" for none.
    """

    limit: int
    remaining: int
    reset: int
    event: str = ""

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
        opened, calls = self._count(bucket)
        limit = self.limit(bucket)
        used = calls if self._scale else 0
        reset = math.ceil(opened + WINDOW_S)
        return Standing(limit, limit - used, reset, _event_of(used, limit))

    def _count(self, bucket: str) -> tuple[float, int]:
        """When the bucket's window opened, and how many calls that makes, with the present one."""
        now = self._clock.now()
        opened, calls = self._windows.get(bucket, (now, 0))
        if now >= opened + WINDOW_S:
            opened, calls = now, 0
        self._windows[bucket] = (opened, calls + 1)
        return opened, calls + 1

    def limit(self, bucket: str) -> int:
        """Calls a minute."""
        return max(1, int(PER_MINUTE[bucket] * (self._scale or 1.0)))

    def crowded(self) -> Standing:
        """What is told where too many calls are in flight: both numbers are 0."""
        _, refused = self._count("in flight")
        reset = math.ceil(self._clock.now() + 1)
        return Standing(0, -1, reset, CROWDED if refused == 1 else "")


def _event_of(used: int, limit: int) -> str:
    if used == limit + 1:
        return VIOLATION
    return WARNING if used == math.ceil(limit * WARNED_AT) else ""


def check(standing: Standing) -> None:
    """Refuse the call that is one too many."""
    if standing.remaining < 0:
        raise errors.throttled()
