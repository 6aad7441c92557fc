"""When to try again. Pure.

Okta's rule: wait Retry-After seconds when it is an integer, five minutes otherwise; every further
attempt doubles the wait; after the tenth failed attempt the task fails for good.
https://developer.okta.com/docs/concepts/scim/#handle-scim-server-rate-limiting
It is documented for 429. Of other passing failures (5xx, a reply that is late, lost or unreadable)
Okta tells only that they are tried again; they are held to the same rule.
"""

from ..errors import TargetError

MAX_ATTEMPTS = 10
NO_RETRY_AFTER_S = 300.0
LAG_FIRST_S = 10.0  # a fresh object that is not there yet: look again soon, then less often
LAG_MAX_S = 300.0


def wait_s(error: TargetError, attempt: int) -> float | None:
    """Seconds to wait after the `attempt`-th failed attempt (from 1); None: give up."""
    if not error.is_transient or attempt >= MAX_ATTEMPTS:
        return None
    return float(first_wait_s(error.retry_after_s) * 2.0 ** (attempt - 1))


def first_wait_s(retry_after_s: float | None) -> float:
    """An integer number of seconds is believed; anything else is five minutes."""
    if retry_after_s is None or retry_after_s != int(retry_after_s) or retry_after_s < 0:
        return NO_RETRY_AFTER_S
    return retry_after_s


def lag_wait_s(attempt: int) -> float:
    """Seconds until a fresh object is looked for again."""
    return min(LAG_FIRST_S * 2.0 ** (attempt - 1), LAG_MAX_S)
