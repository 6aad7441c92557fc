"""The scheduler: which job goes on next, and when. Only it lets the clock run.

One heap ordered by (due, app, lane, sequence). Within one lane of one app jobs run strictly one
after another; between lanes and apps control changes after every call.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import func, select

from ..model import Lane
from ..org import Org, schema
from .work import Job, Progress

ENDED = -1.0  # what no call brings


@dataclass(order=True, frozen=True)
class Turn:
    """The head of one lane: when it may go on, and its place among its equals."""

    due: float
    app: str
    lane: str
    sequence: int
    app_id: str = field(compare=False)


class Scheduler:
    """Lanes with work, their running jobs, and whose turn it is; of one app only, where named."""

    def __init__(
        self, org: Org, start: Callable[[Job], Progress], *, only: str | None = None
    ) -> None:
        self._org = org
        self._only = only
        self._clock = org.clock
        self._start = start
        self._running: dict[tuple[str, str], tuple[int, Progress]] = {}
        self._last: dict[tuple[str, str], float] = {}
        self._heap: list[Turn] = []
        org.core.jobs_changed = True

    def next_due(self) -> float | None:
        """When the earliest job may go on; None when there is none."""
        self._refresh()
        return self._heap[0].due if self._heap else None

    def run(self, *, until: float | None, stop: Callable[[], bool] | None) -> None:
        """Go on with whatever is due; with `until`, wait for what falls due before it."""
        while (due := self.next_due()) is not None:
            if due > (self._clock.now() if until is None else until):
                break
            if due > self._clock.now():
                self._clock.sleep(due - self._clock.now())
            has_called = self._step(heapq.heappop(self._heap))
            if has_called and stop is not None and stop():
                return
        if until is not None and until > self._clock.now():
            self._clock.sleep(until - self._clock.now())

    def _step(self, turn: Turn) -> bool:
        """Let one job make one call; False when it had none left to make."""
        lane = (turn.app_id, turn.lane)
        sequence, progress = self._running.get(lane, (0, None))
        if sequence != turn.sequence or progress is None:
            progress = self._start(self._job(turn.sequence))
            self._running[lane] = (turn.sequence, progress)
        rest_s = next(progress, ENDED)
        if rest_s == ENDED:
            del self._running[lane]
            self._last.pop(lane, None)
            self._org.core.jobs_changed = True
            return False
        self._last[lane] = self._clock.now()
        if rest_s:
            # Its budget is used up: whoever called it now would only make it refuse.
            with self._org.store.tx():
                self._org.apps.pause(turn.app_id, self._clock.now() + rest_s)
        if not self._org.core.jobs_changed:
            again = Turn(self._clock.now(), turn.app, turn.lane, turn.sequence, turn.app_id)
            heapq.heappush(self._heap, again)
        return True

    def _refresh(self) -> None:
        """Look at the heads of all lanes again, if any job came, went or was put off."""
        if not self._org.core.jobs_changed:
            return
        self._org.core.jobs_changed = False
        with self._org.store.tx():
            self._heap = [self._turn(row) for row in self._heads()]
        heapq.heapify(self._heap)
        heads = {(turn.app_id, turn.lane): turn.sequence for turn in self._heap}
        for lane, (sequence, _) in list(self._running.items()):
            if heads.get(lane) != sequence:
                del self._running[lane]
                self._last.pop(lane, None)

    def _heads(self) -> list[Job]:
        """The first job of every lane. While provisioning is off an app's jobs are held (R1)."""
        heads = self._org.store.rows(_HEADS)
        mine = (row for row in heads if self._only in (None, row.app_id))
        return [row for row in mine if row.settings["provisioning"]]

    def _turn(self, row: Job) -> Turn:
        due = max(row.not_before, row.paused_until, self._last.get((row.app_id, row.lane), 0.0))
        return Turn(due, row.label, row.lane, row.sequence, row.app_id)

    def _job(self, sequence: int) -> Job:
        """The job as it waited; from now on it has begun, also for who comes after a crash."""
        store = self._org.store
        with store.tx():
            job = store.row(_JOB, number=sequence)
            store.run(_BEGIN, [{"number": sequence}])
        assert job is not None
        return job


def _first_of(lane: Lane) -> sa.Select[Any]:
    """For every app the first job of that lane: one look into the index each."""
    jobs, apps = schema.jobs, schema.apps
    mine = (jobs.c.app_id == apps.c.id, jobs.c.lane == lane.value, jobs.c.failed.is_(False))
    first = select(func.min(jobs.c.sequence)).where(*mine).correlate(apps).scalar_subquery()
    return select(first).select_from(apps)


# Asked at every turn, so put together once.
_HEADS = (
    select(schema.jobs, schema.apps.c.label, schema.apps.c.paused_until, schema.apps.c.settings)
    .join(schema.apps, schema.apps.c.id == schema.jobs.c.app_id)
    .where(schema.jobs.c.sequence.in_(sa.union_all(*map(_first_of, Lane))))
)
_JOB = select(schema.jobs).where(schema.jobs.c.sequence == sa.bindparam("number"))
_BEGIN = (
    schema.jobs.update().where(schema.jobs.c.sequence == sa.bindparam("number")).values(begun=True)
)
