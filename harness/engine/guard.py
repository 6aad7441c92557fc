"""The guard against removing many members at once: off unless an admin sets a limit.

Okta has none. Directory synchronisation has: Google's stops above a number or a share of deletions,
since an empty or half-read source looks like everybody leaving.
https://support.google.com/a/answer/6162412
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import ErrorKind, TargetError
from ..org.pushing import HELD_BACK

LIMITS = ("removal_limit", "removal_limit_percent")
RUN_LIMITS = ("run_removal_limit", "run_removal_limit_percent")


@dataclass(frozen=True)
class Leaving:
    """So many members of so many would be removed."""

    count: int
    of: int

    def exceeds(self, most: int | None, percent: int | None) -> bool:
        is_many = most is not None and self.count > most
        return is_many or (percent is not None and self.count * 100 > percent * self.of)


def is_on(settings: Mapping[str, Any]) -> bool:
    """Whether any limit is set."""
    return any(settings.get(name) is not None for name in (*LIMITS, *RUN_LIMITS))


def refusal(settings: Mapping[str, Any], group: Leaving, run: Leaving) -> TargetError | None:
    """Why the removals are held back, if they are; a push that removes nobody never is."""
    if not group.count:
        return None
    if group.exceeds(*(settings.get(name) for name in LIMITS)):
        return _held_back(f"{group.count} of the group's {group.of} members would be removed")
    if run.exceeds(*(settings.get(name) for name in RUN_LIMITS)):
        told = f"{run.count} of {run.of} members of the app's groups would be removed"
        return _held_back(told)
    return None


def _held_back(told: str) -> TargetError:
    reason = f"{told}, more than the app's settings allow at once. Nothing was removed."
    return TargetError(ErrorKind.REFUSED, HELD_BACK, "", reason)
