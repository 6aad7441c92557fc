"""What every part of the org stands on: store, clock, ids, system log, jobs."""

import string
from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, bindparam, select

from ..model import Lane, LogEvent
from ..ports import Clock
from . import schema
from .store import Store

ALPHABET = string.ascii_letters + string.digits

# Statements of every step, put together once: that costs more than running them.
_LOG, _JOB = schema.log.insert(), schema.jobs.insert()
_COUNT = (
    schema.counters.update()
    .where(schema.counters.c.name == bindparam("counter"))
    .values(value=schema.counters.c.value + bindparam("by"))
    .returning(schema.counters.c.value)
)
_WAITING = select(schema.jobs.c.subject).where(
    schema.jobs.c.app_id == bindparam("app"),
    schema.jobs.c.kind == bindparam("kind"),
    schema.jobs.c.attempts == 0,
    schema.jobs.c.begun.is_(False),
    schema.jobs.c.failed.is_(False),
)


class Named(NamedTuple):
    """What an event concerns: its name at that time, and the id by which it is found again."""

    id: str
    name: str


def named(row: Row[Any]) -> Named:
    """An app, user, group or rule."""
    name = next(field for field in ("label", "login", "name") if field in row._fields)
    return Named(row.id, getattr(row, name))


class Core:
    """Shared by the parts of one org; holds no state of its own beyond the store."""

    def __init__(self, store: Store, clock: Clock, seed: int) -> None:
        self.store = store
        self.clock = clock
        self._seed = seed
        self.jobs_changed = True  # the scheduler looks again when this is set

    def new_id(self, prefix: str) -> str:
        """An Okta id: three letters and 17 more, decided by seed and count."""
        return self._id(prefix, self.next("ids"))

    def new_ids(self, prefix: str, count: int) -> list[str]:
        """As many ids at once."""
        last = self.store.value(_COUNT, counter="ids", by=count)
        if last is None:
            self.store.insert(schema.counters, name="ids", value=count)
        numbers = range((last or count) - count + 1, (last or count) + 1)
        return [self._id(prefix, number) for number in numbers]

    def _id(self, prefix: str, number: int) -> str:
        return prefix + "".join(Random(f"{self._seed}:{number}").choices(ALPHABET, k=17))

    def next(self, counter: str) -> int:
        """A number that only rises, kept in the store."""
        number = self.store.value(_COUNT, counter=counter, by=1)
        if number is None:
            self.store.insert(schema.counters, name=counter, value=1)
        return 1 if number is None else int(number)

    # --- system log ----------------------------------------------------------------------------

    def log(
        self,
        event: str,
        message: str,
        *targets: Named,
        outcome: str = "SUCCESS",
        reason: str = "",
        mapping_id: str | None = None,
    ) -> None:
        """Write one system log event about these, the app first if any.

        `mapping_id` is that of the mapping of such an app and group, where it is one's event.
        """
        row = self._event_of(event, message, outcome, reason) | {
            "targets": [target.name for target in targets],
            "ids": [target.id for target in targets] + ([mapping_id] if mapping_id else []),
        }
        self.store.run(_LOG, [row])

    def log_each(
        self,
        event: str,
        message: str,
        targets: Iterable[Sequence[Named]],
    ) -> None:
        """Write one event for each of these targets."""
        shared = self._event_of(event, message, "SUCCESS", "")
        rows = [
            {**shared, "targets": [one.name for one in each], "ids": [one.id for one in each]}
            for each in targets
        ]
        self.store.run(_LOG, rows)

    def _event_of(self, event: str, message: str, outcome: str, reason: str) -> dict[str, Any]:
        return {
            "at": self.clock.now(),
            "type": event,
            "outcome": outcome,
            "message": message,
            "reason": reason,
        }

    def events(self) -> Sequence[LogEvent]:
        rows = self.store.all(schema.log, "number")
        return [
            LogEvent(
                row.number,
                row.at,
                row.type,
                row.outcome,
                row.message,
                tuple(row.targets),
                row.reason,
            )
            for row in rows
        ]

    # --- jobs ----------------------------------------------------------------------------------

    def add_job(
        self,
        app_id: str,
        lane: Lane,
        kind: str,
        subject: str,
        payload: Mapping[str, Any] | None = None,
    ) -> None:
        """Queue a job behind its lane, unless the same one waits there and has not begun."""
        self.add_jobs(app_id, lane, kind, {subject: payload or {}})

    def add_jobs(
        self, app_id: str, lane: Lane, kind: str, payloads: Mapping[str, Mapping[str, Any]]
    ) -> None:
        """Queue one job for each subject, in this order; one with a payload is never a twin."""
        shared = {
            "app_id": app_id,
            "lane": lane.value,
            "kind": kind,
            "not_before": self.clock.now(),
            "attempts": 0,
            "begun": False,
            "failed": False,
        }
        waiting = self._waiting(app_id, kind, [s for s, payload in payloads.items() if not payload])
        new = [
            {**shared, "subject": subject, "payload": dict(payload)}
            for subject, payload in payloads.items()
            if subject not in waiting
        ]
        self.store.run(_JOB, new)
        self.jobs_changed = self.jobs_changed or bool(new)

    def _waiting(self, app_id: str, kind: str, subjects: Sequence[str]) -> set[str]:
        """Those of the subjects that such a job waits for which has not begun."""
        column = schema.jobs.c.subject
        rows = self.store.rows_among(_WAITING, column, subjects, app=app_id, kind=kind)
        return {row.subject for row in rows}

    def drop_jobs(
        self,
        *subjects: str,
        app_id: str | None = None,
        kinds: Sequence[str] | None = None,
        failed: bool | None = None,
    ) -> None:
        """Forget jobs about mappings or users: all of them, or some kinds, or those that failed."""
        jobs = schema.jobs
        conditions: list[ColumnElement[bool]] = []
        if failed is not None:
            conditions.append(jobs.c.failed.is_(failed))
        if app_id is not None:
            conditions.append(jobs.c.app_id == app_id)
        if kinds is not None:
            conditions.append(jobs.c.kind.in_(kinds))
        self.store.run_among(jobs.delete().where(*conditions), jobs.c.subject, subjects)
        self.jobs_changed = True

    # --- settings of the org -------------------------------------------------------------------

    def setting(self, name: str, default: Any) -> Any:
        row = self.store.get(schema.settings, name=name)
        return default if row is None else row.value

    def change_setting(self, name: str, value: Any) -> None:
        table = schema.settings
        if not self.store.run(table.update().where(table.c.name == name).values(value=value)):
            self.store.run(table.insert().values(name=name, value=value))
