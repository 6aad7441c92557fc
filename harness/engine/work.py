"""What one job may do: drive an adapter's steps, committing each outcome before the next call."""

from collections.abc import Callable, Generator, Mapping
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy import func, select

from ..errors import ErrorKind, TargetError
from ..model import Effect, Lane, MemberRefusal, Outcome
from ..org import Org, schema
from ..org.store import StoreLost
from ..ports import Steps, TargetAdapter
from .overtaken import Overtaken

Job = sa.Row[Any]
NOBODY: Mapping[str, str] = MappingProxyType({})
Progress = Generator[float | None, None, None]
"""A part of a running job: control comes back to the scheduler after every call.

With it comes for how many seconds the app wants to be left alone, if it told.
"""

Conclusion = Callable[[], None]
"""What is recorded when a job is done: in one transaction with its end, so never twice."""

Run = Generator[float | None, None, Conclusion | None]
"""A running job."""


SENT = "sent"


def was_sent(job: Job) -> bool:
    """Whether the call that the job is about was sent before, by an engine that died since."""
    return bool(job.payload.get(SENT))


class StepFailed(Exception):
    """One step of a job was refused, or its fate is unknown. The scheduler's business from here.

    `advanced` says whether earlier calls of the step changed something, `refused` names the
    accounts that were refused one by one while the rest of the step was done, `call` the call that
    was refused, `at` when its answer came.
    """

    def __init__(
        self,
        step: str,
        error: TargetError,
        *,
        advanced: bool = False,
        effect: Effect = Effect.REFUSED,
        refused: tuple[str, ...] = (),
        call: str = "",
        at: float | None = None,
    ) -> None:
        super().__init__(f"{step}: {error.detail}")
        self.step = step
        self.error = error
        self.advanced = advanced
        self.effect = effect
        self.refused = refused
        self.call = call
        self.at = at


class NotSeenYet(StepFailed):
    """What is looked for may be there, and the target not show it yet."""


class Work:
    """Shared by the handlers of both lanes."""

    def __init__(self, org: Org, adapter_of: Callable[[sa.Row[Any]], TargetAdapter]) -> None:
        self.org = org
        self.adapter_of = adapter_of

    def drive(
        self,
        step: str,
        steps: Steps,
        commit: Callable[[Outcome], None] | None = None,
        users: Mapping[str, str] = NOBODY,
    ) -> Progress:
        """Carry out an adapter operation, one committed outcome per call.

        `users` are those whom its calls are about: account id to user id.
        """
        refused: list[MemberRefusal] = []
        advanced = False
        refusing = ""
        for outcome in steps:
            advanced = advanced or bool(outcome.id or outcome.added or outcome.removed)
            refusing = outcome.call if outcome.refused and not refused else refusing
            refused.extend(outcome.refused)
            if commit is not None:
                self._commit(outcome, commit, users)
            at = self.org.clock.now()  # other lanes may take long until this one goes on
            if not _is_throttled(outcome):
                yield outcome.rest_s
            if outcome.error is not None:
                raise StepFailed(
                    step,
                    outcome.error,
                    advanced=advanced,
                    effect=outcome.effect,
                    call=outcome.call,
                    at=at,
                )
        if refused:
            accounts = tuple(refusal.account_id for refusal in refused)
            raise StepFailed("add", refused[0].error, refused=accounts, call=refusing)

    def _commit(
        self, outcome: Outcome, commit: Callable[[Outcome], None], users: Mapping[str, str]
    ) -> None:
        try:
            with self.org.store.tx():
                commit(outcome)
        except StoreLost as lost:
            raise Overtaken(str(lost), users=users, made=outcome.id) from lost

    def app(self, app_id: str) -> tuple[sa.Row[Any], TargetAdapter]:
        with self.org.store.tx():
            app = self.org.apps.get(app_id)
        return app, self.adapter_of(app)

    def is_sending(self, job: Job) -> None:
        """Note that the job's own call is about to be sent: whoever takes it up again knows."""
        noted = {**job.payload, SENT: True}
        self.org.store.update(schema.jobs, {"sequence": job.sequence}, payload=noted)

    # --- lag -----------------------------------------------------------------------------------

    def wait_out_lag(self, step: str, adapter: TargetAdapter, sent: float, what: str) -> None:
        """What a call without an answer may have made is not to be seen: look again for a while.

        Raises NotSeenYet until the documented lag after `sent` is over; then it was not made.
        """
        if self.org.clock.now() - sent < adapter.capabilities.lag_s:
            error = TargetError(ErrorKind.NOT_FOUND, "", f"{what} is not to be seen yet")
            raise NotSeenYet(step, error)

    def may_be_lag(self, job: Job, failed: StepFailed) -> bool:
        """Whether what was not found is so new that the target's documented lag explains it."""
        error = failed.error
        if error.kind is not ErrorKind.NOT_FOUND:
            return False
        _, adapter = self.app(job.app_id)
        with self.org.store.tx():
            born = self._account_born(job) if job.lane == Lane.USERS else self._born(job, error)
        at = self.org.clock.now() if failed.at is None else failed.at
        return at - born < adapter.capabilities.lag_s

    def _account_born(self, job: Job) -> float:
        row = self.org.assignments.get(job.app_id, job.subject)
        return float((row and row.provisioned) or 0.0)

    def _born(self, job: Job, error: TargetError) -> float:
        """When the group, or the newest account of its members, was made."""
        mapping = self.org.mappings.get(job.subject)
        if mapping is None:
            return 0.0
        born = float(mapping.made or 0.0)
        return max(born, self._newest_account(mapping)) if error.missing == "account" else born

    def _newest_account(self, mapping: sa.Row[Any]) -> float:
        app_users, members = schema.app_users, schema.group_members
        query = (
            select(func.max(app_users.c.provisioned))
            .join(members, members.c.user_id == app_users.c.user_id)
            .where(app_users.c.app_id == mapping.app_id, members.c.group_id == mapping.group_id)
        )
        return float(self.org.store.value(query) or 0.0)


def _is_throttled(outcome: Outcome) -> bool:
    """Then the job is settled before anybody else goes on: the whole app has to wait."""
    return outcome.error is not None and outcome.error.kind is ErrorKind.THROTTLED
