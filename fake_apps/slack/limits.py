"""Rate limits as data. They are the organisation's: all its SCIM apps, both versions, share them.

A limit of 180 a minute with bursts of 20 is a bucket of 20 that refills at 180 a minute.
Source: https://docs.slack.dev/reference/scim-api/rate-limits; methods of the Web API have each
their own, by tier.
"""

from collections.abc import Mapping

from flask import Request

from ..core.app import FakeApp
from ..core.limits import Limit
from .methods import METHODS

TIERS = "https://docs.slack.dev/apis/web-api/rate-limits"
SOURCE = "https://docs.slack.dev/reference/scim-api/rate-limits"


def _bucket(name: str, per_minute: int, burst: int) -> Limit:
    said = f"{SOURCE} ({per_minute} a minute, bursts of {burst})"
    return Limit(name, burst, 60 * burst / per_minute, said)


_A_MINUTE = {1: 1, 2: 20}  # calls of a method, by its tier
LIMITS = (
    _bucket("writes", 600, 180),
    _bucket("reads", 1000, 1000),
    _bucket("get_user", 300, 300),
    _bucket("create_user", 180, 20),
    _bucket("update_user", 180, 20),
    _bucket("delete_user", 180, 20),
    _bucket("get_group", 300, 300),
    _bucket("create_group", 180, 20),
    _bucket("update_group", 180, 80),
    _bucket("delete_group", 180, 20),
    *(
        Limit(each.operation, _A_MINUTE[each.tier], 60, f"{TIERS} (Tier {each.tier})")
        for each in METHODS
        if each.tier
    ),
)

_WRITES = {
    "slack.create_user": "create_user",
    "slack.put_user": "update_user",
    "slack.patch_user": "update_user",
    "slack.delete_user": "delete_user",
    "slack.create_group": "create_group",
    "slack.put_group": "update_group",
    "slack.patch_group": "update_group",
    "slack.delete_group": "delete_group",
}
_READS = {"slack.get_user": "get_user", "slack.get_group": "get_group"}
_READS_ALONE: Mapping[str, float] = {"reads": 1}
_WEB: Mapping[str, Mapping[str, float]] = {
    f"slack.{method.operation}": {method.operation: 1} if method.tier else {} for method in METHODS
}
_COSTS: Mapping[str, Mapping[str, float]] = {
    **{endpoint: {"writes": 1, name: 1} for endpoint, name in _WRITES.items()},
    **{endpoint: {"reads": 1, name: 1} for endpoint, name in _READS.items()},
    **_WEB,
}


def cost(_app: FakeApp, request: Request) -> Mapping[str, float]:
    """One call counts for the organisation and, where it has one, for its endpoint."""
    return _COSTS.get(request.endpoint or "", _READS_ALONE)
