"""Rate limits of the directory as data, and what each call takes from them.

Source: https://learn.microsoft.com/en-us/graph/throttling-limits (identity and access service). The
limits per application over all tenants and per tenant over all applications are wider than these
and cannot bind one application in one tenant.
"""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

from flask import Request, Response

from ..core.app import FakeApp
from ..core.error import ApiError
from ..core.limits import Limit, Throttle
from . import errors
from .quirks import BINDS_COST_WRITES, RETRY_AFTER_IS_FRACTIONAL
from .wire import UNITS, json_or_none

SOURCE = "https://learn.microsoft.com/en-us/graph/throttling-limits"
LIMITS = (
    # "all requests, including those throttled, count": an impatient client waits longer.
    Limit("resource_units_small", 3_500, 10, SOURCE, counts_refused=True),
    Limit("resource_units_medium", 5_000, 10, SOURCE, counts_refused=True),
    Limit("resource_units_large", 8_000, 10, SOURCE, counts_refused=True),
    Limit("writes", 3_000, 150, SOURCE, counts_refused=True),
)
READ_UNITS = {
    "o365.list_users": 2,
    "o365.list_members": 3,
    "o365.list_member_refs": 3,
    "o365.list_user_members": 3,
    "o365.list_group_members": 3,
    "o365.list_transitive_members": 5,
    "o365.list_transitive_user_members": 5,
    "o365.list_transitive_group_members": 5,
    "o365.list_member_of": 2,
    "o365.list_transitive_member_of": 2,
    "o365.list_group_member_of": 2,
    "o365.list_group_transitive_member_of": 2,
    "o365.get_by_ids": 3,
    "o365.get_member_groups": 2,
    "o365.get_member_objects": 2,
    "o365.check_member_groups": 4,
    "o365.check_member_objects": 4,
}
_SMALL_PAGE = re.compile("0*1?[0-9]")  # below 20
SPENT = "o365.spent"
FREE = ("o365.token", "o365.keys", "o365.openid_configuration", "o365.batch")
WARN_FROM = 0.8


def size_of(users: int) -> str:
    """How the service sizes a tenant: below 50 users, to 500, above."""
    if users < 50:
        return "small"
    return "medium" if users <= 500 else "large"


_WRITE = {name: {"writes": 1, f"resource_units_{name}": 1} for name in ("small", "medium", "large")}


def cost(app: FakeApp, request: Request) -> Mapping[str, float]:
    """Resource units, and writes for calls that change something."""
    endpoint, environ = request.endpoint or "", request.environ
    if endpoint in FREE:
        return {}
    size = size_of(len(app.state.users))
    costs = _WRITE[size]
    environ[UNITS] = "1"
    if environ["REQUEST_METHOD"] in ("GET", "HEAD") or endpoint in READ_UNITS:
        units = _read_units(endpoint, request)
        environ[UNITS], costs = str(units), {f"resource_units_{size}": units}
    elif endpoint == "o365.update_group" and BINDS_COST_WRITES in app.quirks:
        costs = {**costs, "writes": _bind_writes(environ)}
    environ[SPENT] = costs
    return costs


def _read_units(endpoint: str, request: Request) -> int:
    units, args = READ_UNITS.get(endpoint, 1), request.args
    if "$select" in args:
        units -= 1
    if "$expand" in args:
        units += 1
    if _SMALL_PAGE.fullmatch(args.get("$top", "")):
        units -= 1
    return max(1, units)


def _bind_writes(environ: MutableMapping[str, Any]) -> int:
    body = json_or_none(environ)
    binds = body.get("members@odata.bind") if isinstance(body, dict) else None
    return max(1, -(-len(binds) // 3)) if isinstance(binds, list) else 1


def refuse(app: FakeApp, retry_after: str | None, throttle: Throttle | None) -> ApiError:
    """The 429, from our own limits or from a fault."""
    registration = app.state.registration
    kind = "Write" if throttle and throttle.limit.name == "writes" else "ReadWrite"
    cause = "WriteLimitExceeded" if kind == "Write" else "ResourceUnitLimitExceeded"
    owner = f"{registration.client_id}/{registration.tenant_id}"
    headers = {
        "x-ms-throttle-scope": f"Tenant_Application/{kind}/{owner}",
        "x-ms-throttle-information": cause,
        "x-ms-throttle-limit-percentage": f"{min(1.8, throttle.used if throttle else 1.0):.1f}",
    }
    if retry_after is not None:
        headers["Retry-After"] = retry_after
    if throttle and RETRY_AFTER_IS_FRACTIONAL in app.quirks:
        headers["Retry-After"] = f"{throttle.retry_after_s}.128"
    return errors.throttled(registration.client_id, size_of(len(app.state.users)), headers)


def warn(app: FakeApp, asked: Request, response: Response) -> None:
    """From 80 % of a limit the service says how full it is."""
    spent = asked.environ.get(SPENT)
    if spent is None or not app.meter.scale or response.status_code == 429:
        return
    used = max([app.meter.used(name) for name in spent])
    if used >= WARN_FROM:
        response.headers["x-ms-throttle-limit-percentage"] = f"{used:.1f}"
