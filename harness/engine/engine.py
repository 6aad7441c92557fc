"""The engine: the scheduler, the jobs it runs, and one adapter per app."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from ..org import Org
from ..ports import TargetAdapter
from .jobs import Jobs
from .schedule import Scheduler
from .work import Work

AdapterFactory = Callable[[sa.Row[Any]], TargetAdapter]


class Engine:
    """All it must not forget is in the org's store: a new one goes on where an old one died."""

    def __init__(self, org: Org, make_adapter: AdapterFactory) -> None:
        self._make_adapter = make_adapter
        self._adapters: dict[str, TargetAdapter] = {}
        jobs = Jobs(org, Work(org, self.adapter))
        self._scheduler = Scheduler(org, jobs.start)

    def adapter(self, app: sa.Row[Any]) -> TargetAdapter:
        """The app's adapter, made when first needed."""
        if app.id not in self._adapters:
            self._adapters[app.id] = self._make_adapter(app)
        return self._adapters[app.id]

    def forget_adapter(self, app_id: str) -> None:
        """The app's settings or credentials changed."""
        self._adapters.pop(app_id, None)

    def run(self, *, until: float | None = None, stop: Callable[[], bool] | None = None) -> None:
        """See `ports.Operator.run`."""
        self._scheduler.run(until=until, stop=stop)

    def next_due(self) -> float | None:
        return self._scheduler.next_due()
