"""The System Log.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/SystemLog/ and
https://developer.okta.com/docs/reference/system-log-query/. The org keeps what an event concerns by
id and by the name it had then, the app first.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import sqlalchemy as sa
from flask import Blueprint, Response
from sqlalchemy import select

from ..org import schema
from . import errors
from .finding import Attributes, Finder, matching, predicate_of
from .paging import Limit, page
from .service import service
from .wire import current, moment, stamp

bp = Blueprint("logs", __name__)

LIMIT = Limit(100, 1000, least=0)
DAYS_BACK = 7
DAY_S = 86_400.0
FILTERED: Attributes = (
    "actor.",
    "client.",
    "displayMessage",
    "eventType",
    "legacyEventType",
    "outcome.",
    "published",
    "severity",
    "target.",
    "transaction.",
    "uuid",
    "version",
)
RESULTS = ("SUCCESS", "FAILURE", "SKIPPED", "DEFERRED", "DENY")
SYSTEM = ("application.provision.", "app.user_management.", "application.integration.")
Row = sa.Row[Any]

APP, GROUP, USER, RULE = "AppInstance", "UserGroup", "User", "GroupRule"
MAPPING = "GroupPushMapping"
ENDPOINT = "URL Pattern"  # its id is its name
TARGETS: Sequence[tuple[str, tuple[str, ...]]] = (  # beginning of the event type to targets
    ("user.", (USER,)),
    ("group.user_membership.rule.add_exclusion", (RULE, USER)),
    ("group.user_membership.rule.", (RULE, GROUP)),
    ("group.user_membership.", (GROUP, USER)),
    ("group.application_assignment.", (APP, GROUP)),
    ("group.", (GROUP,)),
    ("system.org.rate_limit.", (ENDPOINT,)),
    ("core.concurrency.", (ENDPOINT,)),
    ("application.user_membership.", (APP, USER)),
    ("application.provision.user.", (APP, USER)),
    ("app", (APP, GROUP)),
)


@bp.get("/api/v1/logs")
def list_events() -> Response:
    """Events from `since` (a week ago) until `until`; without `until` there is always a next."""
    args = current().args
    limit = LIMIT.asked()
    is_down = _order() == "DESCENDING"
    wanted = predicate_of(Finder("filter", FILTERED), args)
    rows: Iterator[Row] = _rows(is_down=is_down)
    if wanted is not None:
        rows = matching(rows, show_all, wanted.matches)
    if "q" in args:
        rows = _speaking_of(rows, args["q"].split())
    found: list[Row] = []
    for row in rows:
        if len(found) == limit:
            break
        found.append(row)
    is_polled = "until" not in args and not is_down
    more = bool(limit) and len(found) == limit
    last = str(found[-1].number) if found else args.get("after", "0")
    return page(show_all(found), limit=limit, after=last if is_polled or more else None)


def _order() -> str:
    order = current().args.get("sortOrder", "ASCENDING").upper()
    if order not in ("ASCENDING", "DESCENDING"):
        raise errors.invalid("sortOrder", "sortOrder: must be ASCENDING or DESCENDING")
    return order


def _rows(*, is_down: bool) -> Iterator[Row]:
    """Events of the asked time behind the cursor, fetched in pieces as needed."""
    table, store = schema.log, service().org.store
    query = _timed(select(table))
    order = table.c.number.desc() if is_down else table.c.number
    last = _cursor()
    while True:
        piece = query
        if last is not None:
            piece = piece.where(table.c.number < last if is_down else table.c.number > last)
        rows = store.rows(piece.order_by(order).limit(1001))
        yield from rows
        if len(rows) < 1001:
            return
        last = rows[-1].number


def _timed(query: sa.Select[Any]) -> sa.Select[Any]:
    args, table = current().args, schema.log
    since = _moment("since")
    until = _moment("until")
    if since is None and "after" not in args:
        since = service().now - DAYS_BACK * DAY_S
    if since is not None:
        query = query.where(table.c.at >= since)
    return query if until is None else query.where(table.c.at < until)


def _moment(name: str) -> float | None:
    text = current().args.get(name)
    if text is None:
        return None
    found = moment(text.replace(" ", "+"))  # a plus sign that was not encoded
    if found is None:
        raise errors.invalid(name, f"{name}: must be as 2026-01-31T12:00:00.000Z")
    return found


def _cursor() -> int | None:
    text = current().args.get("after")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise errors.invalid("after", "after: not a cursor of this list")
    return int(text)


def _speaking_of(rows: Iterator[Row], words: Sequence[str]) -> Iterator[Row]:
    """Events that every word occurs in."""
    lower = [word.lower() for word in words]
    for row in rows:
        told = " ".join((row.type, row.message, row.reason, row.outcome, *row.targets)).lower()
        if all(word in told for word in lower):
            yield row


# --- showing ---------------------------------------------------------------------------------


def show_all(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [_show(row) for row in rows]


def _show(row: Row) -> dict[str, Any]:
    here = service()
    is_system = row.type.startswith(SYSTEM)
    name = str(uuid5(NAMESPACE_URL, f"okta:{here.seed}:{row.number}"))
    return {
        "uuid": name,
        "published": stamp(row.at),
        "eventType": row.type,
        "version": "0",
        "severity": _severity(row),
        "legacyEventType": None,
        "displayMessage": row.message,
        "actor": _actor(is_system=is_system),
        "client": None
        if is_system
        else {"userAgent": None, "zone": None, "device": None, "id": None, "ipAddress": None},
        "outcome": {
            "result": row.outcome if row.outcome in RESULTS else "UNKNOWN",
            "reason": row.reason or None,
        },
        "target": _targets(row) or None,
        "transaction": {"type": "JOB" if is_system else "WEB", "id": name[:8], "detail": {}},
        "debugContext": {"debugData": {}},
        "authenticationContext": {
            "authenticationStep": 0,
            "externalSessionId": "unknown",
        },
        "securityContext": {
            "asNumber": None,
            "asOrg": None,
            "isp": None,
            "domain": None,
            "isProxy": None,
        },
        "request": {"ipChain": []},
    }


def _severity(row: Row) -> str:
    if row.outcome == "FAILURE":
        return "ERROR"
    if row.outcome in ("DEFERRED", "DENY") or ".warning" in row.type:
        return "WARN"
    return "INFO"


def _actor(*, is_system: bool) -> dict[str, Any]:
    here = service()
    name = "system@okta.com" if is_system else "admin@example.test"
    return {
        "id": here.constant_id("spr" if is_system else "00u"),
        "type": "SystemPrincipal" if is_system else "User",
        "alternateId": name,
        "displayName": "Okta System" if is_system else "Admin",
        "detailEntry": None,
    }


def _targets(row: Row) -> list[dict[str, Any]]:
    """What an event concerns: each target with its type, and the mapping where it is one's."""
    kinds = next(kinds for start, kinds in (*TARGETS, ("", (GROUP,))) if row.type.startswith(start))
    told = list(zip(kinds, row.ids, row.targets, strict=False))
    if len(row.ids) > len(row.targets):
        told.append((MAPPING, row.ids[-1], row.targets[-1]))
    return [_target(*each) for each in told]


def _target(kind: str, its_id: str, name: str) -> dict[str, Any]:
    return {
        "id": its_id,
        "type": kind,
        "alternateId": name if kind == USER else "unknown",
        "displayName": name,
        "detailEntry": None,
    }
