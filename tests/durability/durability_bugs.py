"""Bugs of durability to plant into the engine, each by changing one function of it.

The function's name is the bug's name, its docstring says what goes wrong.
"""

from dataclasses import replace

import sqlalchemy as sa

from harness.engine import schedule
from harness.engine.jobs import Jobs
from harness.engine.provisioning import Provisioning
from harness.engine.push import WAS_THERE, GroupPush
from harness.engine.schedule import Scheduler
from harness.engine.work import StepFailed, Work
from harness.model import AppUserStatus
from harness.org import core, schema
from harness.org.apps import Apps
from harness.org.assignments import Assignments
from harness.org.mappings import Mappings
from harness.org.store import Store

# --- the order of commits ------------------------------------------------------------------------


def members_are_known_before_they_are_sent(patch):
    """Whoever is about to be added counts as added."""
    doubt = Mappings.doubt

    def be_sure(self, mapping_id, members):
        doubt(self, mapping_id, members)
        self._unlink(mapping_id, list(members))
        self._link(mapping_id, members, sure=True)

    patch.setattr(Mappings, "doubt", be_sure)


def members_are_forgotten_before_they_are_removed(patch):
    """A call about members is sent, and until it is answered nobody remembers about whom."""
    patch.setattr(
        Mappings, "doubt", lambda self, mapping, members: self._unlink(mapping, list(members))
    )


def changes_are_dropped_when_they_are_planned(patch):
    """What changed is forgotten before it was sent."""
    plan = GroupPush._plan_changes

    def and_drop(self, push):
        planned = plan(self, push)
        self._mappings.drop_changes(push.mapping.id)
        return planned

    patch.setattr(GroupPush, "_plan_changes", and_drop)


def the_first_answer_counts_for_the_whole_batch(patch):
    """After one call of several all members are believed to be there."""
    commit = GroupPush._commit_members

    def commit_all(self, push, outcome, batch):
        all_of_it = replace(outcome, added=tuple(batch.users)) if outcome.added else outcome
        commit(self, push, all_of_it, batch)

    patch.setattr(GroupPush, "_commit_members", commit_all)


def changes_noted_meanwhile_are_dropped_too(patch):
    """A call drops whatever is noted about its members, what came after its plan as well."""
    drop = Mappings.drop_changes
    patch.setattr(
        Mappings, "drop_changes", lambda self, mapping, users=None, **_: drop(self, mapping, users)
    )


def a_linked_group_is_ours_before_it_is_reconciled(patch):
    """The mapping is marked as reconciled, and then the call is sent."""
    reconcile = GroupPush._reconcile

    def too_early(self, push):
        with self._org.store.tx():
            self._mappings.update(push.mapping.id, made=WAS_THERE)
        yield from reconcile(self, push)

    patch.setattr(GroupPush, "_reconcile", too_early)


def a_mapping_is_forgotten_before_its_group_is_deleted(patch):
    """The mapping goes first, the group in the app afterwards."""

    def delete(self, job):
        push = self._load(job)
        with self._org.store.tx():
            self._forget(push)
        yield from self._work.drive("delete", push.adapter.delete_group(push.target_id))

    patch.setattr(GroupPush, "delete", delete)


def a_failed_change_of_the_org_is_kept_by_half(patch):
    """What was written before a refusal stays."""
    patch.setattr(Store, "_roll_back", lambda self: self._cursor.execute("COMMIT"))


# --- jobs -----------------------------------------------------------------------------------------


def a_job_is_lost_when_it_begins(patch):
    """The queue gives a job out and forgets it."""
    begin = Scheduler._job

    def take(self, sequence):
        job = begin(self, sequence)
        with self._org.store.tx():
            self._org.store.delete(schema.jobs, sequence=sequence)
        return job

    patch.setattr(Scheduler, "_job", take)


def a_job_is_done_before_its_end_is_recorded(patch):
    """The job goes in one transaction, what it concludes with comes in the next."""
    patch.setattr(Jobs, "start", _ending_in_two(lambda self, job: self._delete(job), first=True))


def an_end_is_recorded_before_the_job_is_done(patch):
    """What a job concludes with comes in one transaction, the job goes in the next."""
    patch.setattr(Jobs, "start", _ending_in_two(lambda self, job: self._delete(job), first=False))


def _ending_in_two(delete, *, first):
    def start(self, job):
        try:
            conclude = yield from self._carry_out(job)
        except StepFailed as failed:
            with self._store.tx():
                self._settle(job, failed)
            return
        steps = [lambda: delete(self, job), conclude or (lambda: None)]
        for step in steps if first else reversed(steps):
            with self._store.tx():
                step()

    return start


def a_new_job_is_taken_for_the_one_under_way(patch):
    """What changes while a job is at work is believed to be part of it."""
    asked = core._WAITING
    kept = [each for each in asked.whereclause.clauses if each.left is not schema.jobs.c.begun]
    patch.setattr(core, "_WAITING", sa.select(*asked.selected_columns).where(*kept))


def two_jobs_of_a_lane_run_at_once(patch):
    """A lane does not wait for its first job: one that is put off is overtaken by the next."""
    jobs = schema.jobs

    def overtaking(lane):
        mine = (jobs.c.app_id == schema.apps.c.id, jobs.c.lane == lane.value)
        due = sa.select(sa.func.max(jobs.c.sequence)).where(*mine, jobs.c.failed.is_(False))
        return sa.select(due.correlate(schema.apps).scalar_subquery()).select_from(schema.apps)

    heads = (
        sa.select(jobs, schema.apps.c.label, schema.apps.c.paused_until, schema.apps.c.settings)
        .join(schema.apps, schema.apps.c.id == jobs.c.app_id)
        .where(jobs.c.sequence.in_(sa.union_all(*map(overtaking, schedule.Lane))))
    )
    patch.setattr(schedule, "_HEADS", heads)


def nobody_notes_that_a_job_has_begun(patch):
    """After a crash a job looks as if nothing had ever been sent for it."""
    patch.setattr(schedule, "_BEGIN", schedule._BEGIN.values(begun=False))


def nobody_notes_that_its_call_was_sent(patch):
    """The last call of a job was answered, and after a crash nobody knows that there was one."""
    patch.setattr(Work, "is_sending", lambda *_: None)


def a_deprovisioning_is_dropped_with_the_assignment(patch):
    """Whatever waits for the user is dropped when the user is unassigned, that job too."""
    unassign = Assignments._unassign

    def and_drop(self, app, users, present):
        unassign(self, app, users, present)
        self._core.drop_jobs(*[user.id for user in users], app_id=app.id)

    patch.setattr(Assignments, "_unassign", and_drop)


# --- retries --------------------------------------------------------------------------------------


def a_retry_does_not_know_when(patch):
    """A job is put off, and the time until which is not kept."""
    put_off = Jobs._put_off

    def forget(self, job, app, *rest):
        put_off(self, job, app, *rest)
        self._store.update(schema.jobs, {"sequence": job.sequence}, not_before=0.0)
        self._store.update(schema.apps, {"id": app.id}, paused_until=0.0)

    patch.setattr(Jobs, "_put_off", forget)


def one_lane_does_not_know_that_the_app_throttles(patch):
    """Only the lane that was throttled waits."""
    patch.setattr(Apps, "pause", lambda self, *_: setattr(self._core, "jobs_changed", True))


def attempts_are_not_counted(patch):
    """Every attempt is the first."""
    settle = Jobs._settle
    patch.setattr(
        Jobs,
        "_settle",
        lambda self, job, failed: settle(self, _with(job, attempts=0), failed),
    )


def _with(row, **values):
    return type("Row", (), {**row._mapping, **values})()


def lag_is_judged_when_it_is_noticed(patch):
    """What was not found counts from when the engine comes back to it, not from the answer."""
    fail = StepFailed.__init__

    def without_a_time(self, *args, **more):
        more.pop("at", None)
        fail(self, *args, **more)

    patch.setattr(StepFailed, "__init__", without_a_time)


# --- keys and names -------------------------------------------------------------------------------


def nobody_notes_that_a_create_is_sent(patch):
    """A group is made, and until the reply there is no trace of it."""
    update = Mappings.update

    def without(self, mapping_id, **values):
        values.pop("sent_create", None)
        if values:
            update(self, mapping_id, **values)

    patch.setattr(Mappings, "update", without)


def the_key_is_not_looked_for(patch):
    """A create is repeated without a look for what it may have made."""

    def nothing(self, push, step):
        yield from ()

    patch.setattr(GroupPush, "_find_own", nothing)


def a_refused_create_counts_as_sent(patch):
    """What was noted for a create is not taken back when it is refused."""
    commit = GroupPush._commit_made

    def keep(self, push, outcome, batch):
        if outcome.id is not None:
            commit(self, push, outcome, batch)

    patch.setattr(GroupPush, "_commit_made", keep)


def any_group_of_the_name_is_our_own(patch):
    """After a lost reply whatever has the name is taken for what was made."""

    def believe(self, push, found):
        yield from ()
        return True

    patch.setattr(GroupPush, "_is_own", believe)


def lag_is_not_waited_out(patch):
    """What is not seen at once was not made."""
    patch.setattr(Work, "wait_out_lag", lambda *_: None)


def a_name_under_way_is_not_noted(patch):
    """A rename whose reply is lost leaves no trace."""
    update = Mappings.update

    def without(self, mapping_id, **values):
        if values.get("sent_name") and "sent_create" not in values:
            values.pop("sent_name")
        if values:
            update(self, mapping_id, **values)

    patch.setattr(Mappings, "update", without)


def what_is_gone_already_is_an_error(patch):
    """A group that an earlier attempt has deleted is reported as missing."""

    def delete(self, push, target_id, job):
        yield from self._work.drive("delete", push.adapter.delete_group(target_id))

    patch.setattr(GroupPush, "_delete", delete)


# --- people ---------------------------------------------------------------------------------------


def nobody_notes_that_an_account_is_asked_for(patch):
    """An account is made, and until the reply there is no trace of it."""
    patch.setattr(Assignments, "sent_create", lambda *_: None)


def an_account_that_is_known_is_believed_to_be_on(patch):
    """An adopted account is enabled only in the run that adopted it."""
    adopt = Provisioning._adopt

    def believe(self, app, adapter, job, account):
        with self._org.store.tx():
            row = self._org.assignments.get(app.id, job.subject)
        is_known = row.status == AppUserStatus.PROVISIONED
        return (
            yield from adopt(self, app, adapter, job, replace(account, active=True))
            if is_known
            else adopt(self, app, adapter, job, account)
        )

    patch.setattr(Provisioning, "_adopt", believe)


def linking_an_account_is_told_every_time(patch):
    """The log has a line for each look at the account."""
    link = Provisioning._link

    def tell(self, app, user_id, account):
        link(self, app, user_id, account)
        self._log("sync", app, core.Named(user_id, account.login))

    patch.setattr(Provisioning, "_link", tell)
