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
    """All it must not forget is in the org's store: a new one goes on where an old one died.

    It works for every app of the org, or for the `only` one that it is given.
    """

    def __init__(self, org: Org, make_adapter: AdapterFactory, *, only: str | None = None) -> None:
        self._make_adapter = make_adapter
        self._adapters: dict[str, tuple[Any, TargetAdapter]] = {}
        jobs = Jobs(org, Work(org, self.adapter))
        self._scheduler = Scheduler(org, jobs.start, only=only)

    def adapter(self, app: sa.Row[Any]) -> TargetAdapter:
        """The app's adapter, made when first needed and when its connection was changed."""
        made_for, adapter = self._adapters.get(app.id, (None, None))
        present = (app.credentials, app.settings)
        if adapter is None or made_for != present:
            adapter = self._make_adapter(app)
            self._adapters[app.id] = (present, adapter)
        return adapter

    def run(self, *, until: float | None = None, stop: Callable[[], bool] | None = None) -> None:
        """See `ports.Operator.run`."""
        self._scheduler.run(until=until, stop=stop)

    def next_due(self) -> float | None:
        return self._scheduler.next_due()
