"""Carrying a job out, and what its end means: done, put off, or failed for good."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from ..diagnosis import Failure
from ..errors import ErrorKind
from ..model import Effect, Lane, MappingStatus
from ..org import Org, schema
from ..org.core import Named, named
from ..org.store import StoreLost
from . import retry
from .importing import Importing
from .messages import (
    NOT_DONE,
    NOT_RENAMED,
    api_failure,
    mapping_message,
    named_by,
    step_message,
)
from .overtaken import Overtaken
from .provisioning import Provisioning
from .push import EVENT, GroupPush
from .work import Job, NotSeenYet, Progress, Run, StepFailed, Work

IMPORTS = ("import_users", "refresh")
OF_THE_API = (ErrorKind.THROTTLED, ErrorKind.UNAVAILABLE, ErrorKind.CREDENTIALS)

PROVISION = "application.provision"
EVENTS = {  # step to the event that reports its failure
    "create": f"{PROVISION}.group.add",
    "change": f"{PROVISION}.group_membership.update",
    "add": f"{PROVISION}.group_membership.add",
    "remove": f"{PROVISION}.group_membership.remove",
    "rename": f"{PROVISION}.group.update",
    "delete": f"{PROVISION}.group.remove",
    "read": f"{PROVISION}.group.import",
    "identify": f"{PROVISION}.group.verify_exists",
    "members": f"{PROVISION}.group_membership.import",
    "provision": f"{PROVISION}.user.push",
    "find": f"{PROVISION}.user.verify_exists",
    "update": f"{PROVISION}.user.push_profile",
    "reactivate": f"{PROVISION}.user.reactivate",
    "deactivate": f"{PROVISION}.user.deactivate",
    "deprovision": f"{PROVISION}.user.deprovision",
}


class Jobs:
    """Runs jobs for the scheduler."""

    def __init__(self, org: Org, work: Work) -> None:
        self._org = org
        self._store = org.store
        self._work = work
        self._handlers: dict[str, Callable[[Job], Run]] = {
            **GroupPush(work).handlers(),
            **Provisioning(work).handlers(),
            **Importing(work).handlers(),
        }

    def start(self, job: Job) -> Progress:
        """The job, one call at a time; Overtaken where the store goes while it is under way."""
        try:
            yield from self._run(job)
        except Overtaken as overtaken:
            overtaken.job = job
            raise
        except StoreLost as lost:
            raise Overtaken(str(lost), job) from lost

    def _run(self, job: Job) -> Progress:
        """What its end records goes into the transaction of its end."""
        try:
            conclude = yield from self._carry_out(job)
        except StepFailed as failed:
            with self._store.tx():
                self._settle(job, failed)
            if failed.error.kind is ErrorKind.THROTTLED:
                yield None
        else:
            with self._store.tx():
                if conclude is not None:
                    conclude()
                self._delete(job)

    def _carry_out(self, job: Job) -> Run:
        """Refused credentials are tried once more."""
        handler = self._handlers[job.kind]
        try:
            return (yield from handler(job))
        except StepFailed as failed:
            if failed.error.kind is not ErrorKind.CREDENTIALS:
                raise
        return (yield from handler(job))

    def _delete(self, job: Job) -> None:
        self._store.delete(schema.jobs, sequence=job.sequence)

    # --- after a failure -----------------------------------------------------------------------

    def _settle(self, job: Job, failed: StepFailed) -> None:
        app = self._org.apps.get(job.app_id)
        if failed.error.kind in OF_THE_API:
            self._log_api(app, failed)
        attempt = 1 if failed.advanced else job.attempts + 1
        wait = self._wait_s(job, failed, attempt)
        if wait is None:
            self._fail(job, app, failed, attempt)
        else:
            self._put_off(job, app, failed, attempt, self._org.clock.now() + wait)

    def _wait_s(self, job: Job, failed: StepFailed, attempt: int) -> float | None:
        if isinstance(failed, NotSeenYet) or self._work.may_be_lag(job, failed):
            return retry.lag_wait_s(attempt)
        return retry.wait_s(failed.error, attempt)

    def _put_off(
        self, job: Job, app: sa.Row[Any], failed: StepFailed, attempt: int, until: float
    ) -> None:
        """A passing failure: the job keeps its place at the head of its lane."""
        jobs = schema.jobs
        begun = job.begun or failed.effect is Effect.UNKNOWN
        self._store.run(
            jobs.update()
            .where(jobs.c.sequence == job.sequence)
            .values(not_before=until, attempts=attempt, begun=begun)
        )
        if failed.error.kind is ErrorKind.THROTTLED:
            self._org.apps.pause(app.id, until)
        if job.lane == Lane.GROUPS and job.kind not in IMPORTS:
            group = self._group(job)
            self._org.core.log(
                f"{EVENT}.mapping.update.or.delete.failed",
                f"{NOT_DONE.format(group=group.name)}.",
                named(app),
                group,
                outcome="DEFERRED",
                reason=failed.error.detail,
                mapping_id=job.subject,
            )

    def _fail(self, job: Job, app: sa.Row[Any], failed: StepFailed, attempt: int) -> None:
        """For good: an admin has to act (R46)."""
        failure = {
            "operation": job.kind,
            "step": failed.step,
            "kind": failed.error.kind.value,
            "code": failed.error.code,
            "message": failed.error.message,
            "reason": failed.error.reason,
            "missing": failed.error.missing,
            "attempts": attempt,
            "call": failed.call,
            "users": self._users_concerned(app.id, failed),
        }
        if job.kind in IMPORTS:
            self._fail_import(job, app, failed)
        elif job.lane == Lane.GROUPS:
            self._fail_mapping(job, app, failed, failure)
        else:
            self._fail_user(job, app, failed, failure)

    def _users_concerned(self, app_id: str, failed: StepFailed) -> list[str]:
        """Logins of those that were refused one by one, or whose account the answer names."""
        logins = {row.external_id: row.login for row in self._org.assignments.of_app(app_id)}
        named = [login for account, login in logins.items() if account in failed.refused]
        message = failed.error.message
        return named or [
            login for account, login in logins.items() if account and account in message
        ]

    def _fail_import(self, job: Job, app: sa.Row[Any], failed: StepFailed) -> None:
        self._delete(job)
        message = step_message(failed.step, "", app.label, failed.error)
        kind = "group" if job.kind == "refresh" else "user"
        self._org.core.log(
            f"application.provision.{kind}.import",
            message,
            named(app),
            outcome="FAILURE",
            reason=failed.error.detail,
        )
        if job.kind == "refresh":
            event = "app.user_management.user_group_import.upsert_fail"
            reason = failed.error.detail
            self._org.core.log(event, message, named(app), outcome="FAILURE", reason=reason)

    def _fail_mapping(
        self, job: Job, app: sa.Row[Any], failed: StepFailed, failure: dict[str, Any]
    ) -> None:
        """The mapping is in error: nothing of it runs until an admin lets it (R41)."""
        mapping = self._org.mappings.get(job.subject)
        assert mapping is not None
        jobs = schema.jobs
        self._store.run(jobs.update().where(jobs.c.subject == job.subject).values(failed=True))
        now = self._org.clock.now()
        target = self._org.groups.get(mapping.target_group_id)
        ids = named_by(target.external_id, target.id)
        step = step_message(
            failed.step,
            mapping.target_name,
            app.label,
            failed.error,
            ids=ids,
            can_relink=self._org.core.setting("enhanced_group_push", default=True),
        )
        deleting = job.kind == "delete"
        message = mapping_message(deleting=deleting, name=mapping.target_name, at=now, step=step)
        self._org.mappings.update(
            mapping.id,
            status=MappingStatus.ERROR.value,
            was_paused=mapping.status == MappingStatus.INACTIVE and not deleting,
            error=message,
            error_at=now,
            failure=failure,
        )
        for event, message in self._events_of(job, mapping, failed, step).items():
            self._org.core.log(
                event,
                message,
                named(app),
                self._group(job),
                outcome="FAILURE",
                reason=failed.error.detail,
                mapping_id=mapping.id,
            )

    def _events_of(
        self, job: Job, mapping: sa.Row[Any], failed: StepFailed, step: str
    ) -> dict[str, str]:
        """The events that tell of a mapping's failure, each with its message."""
        for_good = f"{NOT_DONE.format(group=self._group(job).name)} due to error: {step}"
        events = {
            f"{EVENT}.mapping.update.or.delete.failed.with.error": for_good,
            EVENTS["rename" if failed.error.too_long else failed.step]: step,
        }
        if job.kind == "rename":
            told = NOT_RENAMED.format(group=self._group(job).name)
            events[f"{EVENT}.mapping.app.group.renamed.failed"] = told
        if failed.error.kind is ErrorKind.NOT_FOUND and failed.error.missing == "group":
            events["application.provision.group.verify_exists"] = step
        return events

    def _fail_user(
        self, job: Job, app: sa.Row[Any], failed: StepFailed, failure: dict[str, Any]
    ) -> None:
        jobs = schema.jobs
        self._store.run(jobs.update().where(jobs.c.sequence == job.sequence).values(failed=True))
        login = job.payload.get("login") or self._org.users.get(job.subject).login
        message = step_message(failed.step, login, app.label, failed.error)
        self._org.assignments.failed(app.id, job.subject, message, failure)
        self._org.core.log(
            EVENTS[failed.step],
            message,
            named(app),
            Named(job.subject, login),
            outcome="FAILURE",
            reason=failed.error.detail,
        )

    def _group(self, job: Job) -> Named:
        """The source group of the mapping that the job is about."""
        mapping = self._org.mappings.get(job.subject)
        assert mapping is not None
        return named(self._org.groups.get(mapping.group_id))

    def _log_api(self, app: sa.Row[Any], failed: StepFailed) -> None:
        event, message = api_failure(failed.step, app.label, failed.error)
        self._org.core.log(
            f"application.integration.{event}",
            message,
            named(app),
            outcome="FAILURE",
            reason=failed.error.detail,
        )


def failure_of(stored: dict[str, Any], *, links: bool, at: float) -> Failure:
    """What was stored about a failure, as the diagnosis wants it."""
    known = {**stored, "kind": ErrorKind(stored["kind"]), "users": tuple(stored["users"])}
    return Failure(**known, links=links, at=at)
