"""What every part of the org stands on: store, clock, ids, system log, jobs."""

import string
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from sqlalchemy import select

from ..model import Lane, LogEvent
from ..ports import Clock
from . import schema
from .store import Store

ALPHABET = string.ascii_letters + string.digits


class Core:
    """Shared by the parts of one org; holds no state of its own beyond the store."""

    def __init__(self, store: Store, clock: Clock, seed: int) -> None:
        self.store = store
        self.clock = clock
        self._seed = seed
        self.jobs_changed = True  # the scheduler looks again when this is set

    def new_id(self, prefix: str) -> str:
        """An Okta id: three letters and 17 more, decided by seed and count."""
        number = self.next("ids")
        return prefix + "".join(Random(f"{self._seed}:{number}").choices(ALPHABET, k=17))

    def next(self, counter: str) -> int:
        """A number that only rises, kept in the store."""
        table = schema.counters
        changed = self.store.run(
            table.update().where(table.c.name == counter).values(value=table.c.value + 1)
        )
        if not changed:
            self.store.run(table.insert().values(name=counter, value=1))
            return 1
        return int(self.store.value(select(table.c.value).where(table.c.name == counter)))

    # --- system log ----------------------------------------------------------------------------

    def log(
        self,
        event: str,
        message: str,
        *targets: str,
        outcome: str = "SUCCESS",
        reason: str = "",
    ) -> None:
        """Write one system log event; `targets` are display names, the app first if any."""
        self.store.run(
            schema.log.insert().values(
                number=self.next("log"),
                at=self.clock.now(),
                type=event,
                outcome=outcome,
                message=message,
                reason=reason,
                targets=list(targets),
            )
        )

    def events(self) -> Sequence[LogEvent]:
        rows = self.store.rows(select(schema.log).order_by(schema.log.c.number))
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
        jobs = schema.jobs
        twin = select(jobs.c.sequence).where(
            jobs.c.subject == subject,
            jobs.c.app_id == app_id,
            jobs.c.kind == kind,
            jobs.c.attempts == 0,
            jobs.c.begun.is_(False),
            jobs.c.failed.is_(False),
        )
        if not payload and self.store.row(twin):
            return
        self.store.run(
            jobs.insert().values(
                sequence=self.next("jobs"),
                app_id=app_id,
                lane=lane.value,
                kind=kind,
                subject=subject,
                payload=dict(payload or {}),
                not_before=self.clock.now(),
                attempts=0,
                begun=False,
                failed=False,
            )
        )
        self.jobs_changed = True

    def drop_jobs(
        self,
        subject: str,
        *,
        app_id: str | None = None,
        kinds: Sequence[str] | None = None,
        failed: bool | None = None,
    ) -> None:
        """Forget jobs about a mapping or user: all of them, or some kinds, or those that failed."""
        jobs = schema.jobs
        conditions = [jobs.c.subject == subject]
        if failed is not None:
            conditions.append(jobs.c.failed.is_(failed))
        if app_id is not None:
            conditions.append(jobs.c.app_id == app_id)
        if kinds is not None:
            conditions.append(jobs.c.kind.in_(kinds))
        self.store.run(jobs.delete().where(*conditions))
        self.jobs_changed = True

    # --- settings of the org -------------------------------------------------------------------

    def setting(self, name: str, default: Any) -> Any:
        table = schema.settings
        row = self.store.row(select(table.c.value).where(table.c.name == name))
        return default if row is None else row.value

    def change_setting(self, name: str, value: Any) -> None:
        table = schema.settings
        if not self.store.run(table.update().where(table.c.name == name).values(value=value)):
            self.store.run(table.insert().values(name=name, value=value))
