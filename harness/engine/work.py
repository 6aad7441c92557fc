"""What one job may do: drive an adapter's steps, committing each outcome before the next call."""

from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa

from ..errors import TargetError
from ..model import MemberRefusal, Outcome
from ..org import Org
from ..ports import Steps, TargetAdapter

Job = sa.Row[Any]
Progress = Iterator[None]
"""A running job: control comes back to the scheduler after every call."""


class StepFailed(Exception):
    """One step of a job was refused, or its fate is unknown. The scheduler's business from here."""

    def __init__(self, step: str, error: TargetError, *, advanced: bool = False) -> None:
        super().__init__(f"{step}: {error.detail}")
        self.step = step
        self.error = error
        self.advanced = advanced  # whether earlier calls of the step changed something


class Work:
    """Shared by the handlers of both lanes."""

    def __init__(self, org: Org, adapter_of: Callable[[sa.Row[Any]], TargetAdapter]) -> None:
        self.org = org
        self.adapter_of = adapter_of

    def drive(
        self, step: str, steps: Steps, commit: Callable[[Outcome], None] | None = None
    ) -> Progress:
        """Carry out an adapter operation, one committed outcome per call."""
        refused: list[MemberRefusal] = []
        advanced = False
        for outcome in steps:
            advanced = advanced or bool(outcome.id or outcome.added or outcome.removed)
            refused.extend(outcome.refused)
            if commit is not None:
                with self.org.store.tx():
                    commit(outcome)
            yield
            if outcome.error is not None:
                raise StepFailed(step, outcome.error, advanced=advanced)
        if refused:
            raise StepFailed("add" if step == "change" else step, refused[0].error)

    def app(self, app_id: str) -> tuple[sa.Row[Any], TargetAdapter]:
        with self.org.store.tx():
            app = self.org.apps.get(app_id)
        return app, self.adapter_of(app)
