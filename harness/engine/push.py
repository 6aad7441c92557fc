"""The groups lane: making, filling, overwriting, renaming, linking and deleting target groups."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import sqlalchemy as sa

from ..errors import ErrorKind, TargetError
from ..model import Effect, GroupPlan, Outcome, TargetGroup
from ..org.core import Named, named
from ..org.mappings import follows_names
from ..org.pushing import ALLOWED
from ..ports import Steps, TargetAdapter
from . import guard
from .guard import Leaving
from .messages import RENAMED
from .plan import MemberPlan, plan_all, plan_changes
from .work import Conclusion, Job, Progress, Run, StepFailed, Work, was_sent

EVENT = "application.provision.group_push"
IGNORED = "app.user_management.grouppush.mapping.okta.users.ignored"
WAS_THERE = 0.0  # `made` of a group that was there before us: no lag can explain its absence


@dataclass(frozen=True)
class _Push:
    """One mapping at work: everything looked up once per job."""

    mapping: sa.Row[Any]
    app: sa.Row[Any]
    source: sa.Row[Any]
    target: sa.Row[Any]
    adapter: TargetAdapter
    may_remove: bool = False  # an admin has looked at the removals and allowed them

    @property
    def whom(self) -> tuple[Named, Named]:
        """What its events are about."""
        return named(self.app), named(self.source)

    @property
    def target_id(self) -> str:
        assert self.target.external_id is not None
        return str(self.target.external_id)

    @property
    def is_looked_for(self) -> bool:
        """Whether looking for our own group was looking for the name as well."""
        is_sent = self.mapping.sent_create is not None
        is_by_name = is_sent and not self.adapter.capabilities.keys
        return is_by_name and self.mapping.sent_name in ("", self.mapping.target_name)

    @property
    def is_named_otherwise(self) -> bool:
        """Whether the target group has, or may have, a name it should not have."""
        sent = self.mapping.sent_name or self.target.name
        return {self.target.name, sent} != {self.mapping.target_name}


@dataclass(frozen=True)
class _Batch:
    """Members on their way: account id to user id, and the newest change they were planned from."""

    users: Mapping[str, str]
    noted: int

    @property
    def accounts(self) -> dict[str, str]:
        return {user_id: account_id for account_id, user_id in self.users.items()}


class GroupPush:
    """One method per kind of job; each is a generator that stops after every call."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._org = work.org
        self._mappings = work.org.mappings

    def handlers(self) -> dict[str, Callable[[Job], Run]]:
        return {
            "create": self.create,
            "change": self.change,
            "push_now": self.push_now,
            "activate": self.push_now,  # the initial push after a pause (R32)
            "link": self.link,
            "rename": self.rename,
            "delete": self.delete,
            "delete_twin": self.delete_twin,
        }

    # --- jobs ----------------------------------------------------------------------------------

    def create(self, job: Job) -> Run:
        """Make the target group with its members, or finish one that was begun."""
        push = self._load(job)
        if push.mapping.made is not None:
            push = yield from self._follow_name(push)
            if _with_members(job):
                yield from self._fill(push)
        elif push.target.external_id is not None:  # taken over, and not reconciled yet
            yield from self._link(push, job)
        else:
            yield from self._find_or_make(push, job)
        return self._pushed(job, "pushed")

    def change(self, job: Job) -> Run:
        """Send the changed members, and only those (R24)."""
        push = self._load(job)
        with self._org.store.tx():
            if push.mapping.made is None:
                self._mappings.enqueue(
                    push.mapping, "link" if push.target.external_id else "create"
                )
                return None
            noted = self._mappings.last_noted(push.mapping.id)
            plan = self._plan_changes(push)
            self._check_removals(push, len(plan.remove))
            if not plan.is_empty:
                self._work.is_sending(job)
        yield from self._send(push, plan, noted)
        is_pushed = not plan.is_empty or was_sent(job)
        return self._pushed(job, "push_memberships") if is_pushed else None

    def push_now(self, job: Job) -> Run:
        """Overwrite the membership (R30); where the app only adds, send what is new (R56).

        That includes removals made in Okta which were not sent yet: they are Okta's own changes,
        not drift of the target.
        """
        push = yield from self._follow_name(self._load(job))
        if push.adapter.capabilities.overwrites:
            yield from self._overwrite(push)
        else:
            yield from self._add_only(push)
        return self._pushed(job, "push_memberships")

    def link(self, job: Job) -> Run:
        """Take an existing target group over: its name, and its membership once (R16, R54).

        Without members the group is not reconciled yet; whatever pushes them first will do it.
        """
        yield from self._link(self._load(job), job)
        return self._pushed(job, "updated")

    def rename(self, job: Job) -> Run:
        """The target group follows the source group's name (R36)."""
        push = self._load(job)
        if push.mapping.made is not None and push.is_named_otherwise:
            with self._org.store.tx():
                self._work.is_sending(job)
            yield from self._follow_name(push)
        elif not was_sent(job):
            return None
        return self._pushed(job, "updated")

    def delete(self, job: Job) -> Run:
        """Delete the target group by one call, then forget the mapping (R33)."""
        push = self._load(job)
        target_id = push.target.external_id
        if target_id is None:
            found = yield from self._find_own(push, "delete")
            target_id = found.id if found else None
        if target_id is not None:
            yield from self._delete(push, target_id, job)
        return lambda: self._forget(push)

    def delete_twin(self, job: Job) -> Run:
        """Delete a group that an engine made after another had taken its work over."""
        _, adapter = self._work.app(job.app_id)
        try:
            yield from self._work.drive("delete", adapter.delete_group(job.payload["group_id"]))
        except StepFailed as failed:
            if failed.error.kind is not ErrorKind.NOT_FOUND:
                raise
        return None

    def _forget(self, push: _Push) -> None:
        self._mappings.remove(push.mapping.id, forget_app_group=True)
        self._log(push, "removed", "Remove Group Push mapping")
        self._log(push, "delete_appgroup", "Delete the group in the app")

    # --- making a group ------------------------------------------------------------------------

    def _find_or_make(self, push: _Push, job: Job) -> Progress:
        """Look first: a name that is taken is linked or refused, never doubled (R12, R53)."""
        with_members = _with_members(job)
        own = yield from self._find_own(push, "create")
        if own is not None:
            yield from self._adopt_own(push, own, with_members=with_members)
            return
        found = []
        if not push.is_looked_for:
            found = yield from self._named(push, push.mapping.target_name)
        if found:
            self._check_free(push, found, "create")
            yield from self._take_over(push, found[0], with_members=with_members)
        else:
            yield from self._make(push, with_members=with_members)

    def _find_own(
        self, push: _Push, step: str
    ) -> Generator[float | None, None, TargetGroup | None]:
        """The group that an earlier create has made, if one was sent and its reply was lost.

        Where the app has no place for the key, the name must do. Unless the documented lag is over,
        a group that is not seen may be there all the same.
        """
        sent = push.mapping.sent_create
        if sent is None:
            return None
        if push.adapter.capabilities.keys:
            found = yield from self._read(push.adapter.find_by_key(push.mapping.id))
            if len(found) > 1:
                raise StepFailed("identify", _same_key(push.mapping.id))
            return found[0] if found else None
        found = yield from self._named(push, push.mapping.sent_name or push.mapping.target_name)
        if found and (yield from self._is_own(push, found)):
            return found[0]
        what = f"The group {push.mapping.target_name}"
        self._work.wait_out_lag(step, push.adapter, sent, what)
        if found:
            raise StepFailed(step, _ambiguous(found[0].name))
        return None

    def _is_own(self, push: _Push, found: list[TargetGroup]) -> Generator[float | None, None, bool]:
        """Whether a group of the name that came after the create was sent holds what that brought.

        Nobody but those who were sent, and somebody where members ride in the create: a group of
        the same name that somebody else made meanwhile is not taken, whatever is linked otherwise.
        """
        with self._org.store.tx():
            is_taken = self._org.groups.is_pushed(push.app.id, found[0].id)
            sent = set(self._mappings.possible(push.mapping.id).values())
        if len(found) > 1 or is_taken:
            return False
        members: list[str] = []
        yield from self._work.drive(
            "members",
            push.adapter.list_members(found[0].id),
            lambda outcome: members.extend(outcome.members),
        )
        rode_along = bool(sent) and push.adapter.capabilities.members_at_create > 0
        return sent.issuperset(members) and (bool(members) or not rode_along)

    def _named(self, push: _Push, name: str) -> Generator[float | None, None, list[TargetGroup]]:
        place = push.mapping.options.get("place")
        return (yield from self._read(push.adapter.find_groups(name, place)))

    def _check_free(self, push: _Push, found: list[TargetGroup], step: str) -> None:
        """A group of that name may be taken over: the app links by name, and it is nobody's."""
        with self._org.store.tx():
            may = push.adapter.capabilities.adopts_same_name and self._org.apps.links(push.app)
            if len(found) > 1 or not may or self._org.groups.is_pushed(push.app.id, found[0].id):
                raise StepFailed(step, _taken(found[0].name, len(found)))

    def _make(self, push: _Push, *, with_members: bool) -> Progress:
        with self._org.store.tx():
            self._mappings.update(
                push.mapping.id,
                sent_create=self._org.clock.now(),
                sent_name=push.mapping.target_name,
            )
            noted = self._mappings.last_noted(push.mapping.id)
            wanted = self._start_over(push) if with_members else {}
            self._mappings.doubt(push.mapping.id, wanted)
        batch = _Batch({account_id: user_id for user_id, account_id in wanted.items()}, noted)
        group = GroupPlan(
            key=push.mapping.id,
            name=push.mapping.target_name,
            member_ids=tuple(batch.users),
            **push.mapping.options,
        )
        yield from self._work.drive(
            "create",
            push.adapter.create_group(group),
            lambda outcome: self._commit_made(push, outcome, batch),
            batch.users,
        )

    def _commit_made(self, push: _Push, outcome: Outcome, batch: _Batch) -> None:
        if outcome.id is not None:
            self._is_made(push, outcome.id, push.mapping.target_name)
        elif outcome.error and outcome.effect is Effect.REFUSED:
            # Nothing was made by this call; an earlier one may have.
            self._mappings.update(
                push.mapping.id,
                sent_create=push.mapping.sent_create,
                sent_name=push.mapping.sent_name,
            )
        self._commit_members(push, outcome, batch)

    def _is_made(self, push: _Push, target_id: str, name: str) -> None:
        place = push.mapping.options.get("place")
        self._org.groups.bind(push.target, external_id=target_id, name=name, place=place)
        self._mappings.update(push.mapping.id, made=self._org.clock.now(), sent_name="")

    def _adopt_own(self, push: _Push, group: TargetGroup, *, with_members: bool) -> Progress:
        """An earlier attempt made the group although its reply was lost: go on from there."""
        with self._org.store.tx():
            self._is_made(push, group.id, group.name)
        push = yield from self._follow_name(self._reload(push))
        if with_members:
            yield from self._fill(push)

    def _take_over(self, push: _Push, group: TargetGroup, *, with_members: bool) -> Progress:
        """The group of that name becomes ours (R53)."""
        with self._org.store.tx():
            self._mappings.update(push.mapping.id, sent_name="")
            is_stranger = self._is_stranger(push, group)
            self._org.groups.bind(
                push.target, external_id=group.id, name=group.name, place=group.place
            )
            if not follows_names(push.app):
                self._mappings.update(push.mapping.id, target_name=group.name)
            if is_stranger:
                self._mappings.update(push.mapping.id, made=WAS_THERE)
        push = yield from self._follow_name(self._reload(push))
        if with_members:
            yield from self._fill(push) if is_stranger else self._reconcile(push)

    def _is_stranger(self, push: _Push, group: TargetGroup) -> bool:
        """A directory group that was never imported keeps the members it has (R54)."""
        is_known = self._org.groups.is_known(push.app.id, group.id)
        return not (is_known or push.adapter.capabilities.overwrites)

    def _link(self, push: _Push, job: Job) -> Progress:
        push = yield from self._follow_name(push)
        if _with_members(job):
            yield from self._reconcile(push)

    def _reconcile(self, push: _Push) -> Progress:
        """The one reconciliation at linking; until it is through, the group is not ours (R16)."""
        yield from self._overwrite(push)
        with self._org.store.tx():
            self._mappings.update(push.mapping.id, made=WAS_THERE)

    def _delete(self, push: _Push, target_id: str, job: Job) -> Progress:
        """One call. Not found is done if an earlier attempt may have deleted the group itself."""
        try:
            yield from self._work.drive("delete", push.adapter.delete_group(target_id))
        except StepFailed as failed:
            is_gone = failed.error.kind is ErrorKind.NOT_FOUND and job.begun
            if not is_gone or self._work.may_be_lag(job, failed):
                raise

    # --- members -------------------------------------------------------------------------------

    def _fill(self, push: _Push) -> Progress:
        with self._org.store.tx():
            noted = self._mappings.last_noted(push.mapping.id)
            plan = self._plan_all(push)
            self._check_removals(push, len(plan.remove))
        yield from self._send(push, plan, noted)

    def _add_only(self, push: _Push) -> Progress:
        """What is new; if nothing is, a look at the group, which may be gone (R45)."""
        with self._org.store.tx():
            noted = self._mappings.last_noted(push.mapping.id)
            plan = self._plan_all(push)
            self._check_removals(push, len(plan.remove))
        if plan.is_empty:
            steps = islice(push.adapter.list_members(push.target_id), 1)
            yield from self._work.drive("members", steps)
        yield from self._send(push, plan, noted)

    def _send(self, push: _Push, plan: MemberPlan, noted: int) -> Progress:
        if plan.is_empty:
            return
        batch = _Batch({**plan.add, **plan.remove}, noted)
        with self._org.store.tx():
            self._mappings.doubt(push.mapping.id, batch.accounts)
        steps = push.adapter.change_members(
            push.target_id, add=list(plan.add), remove=list(plan.remove)
        )
        yield from self._work.drive(
            "change" if plan.add else "remove",
            steps,
            lambda outcome: self._commit_members(push, outcome, batch),
            batch.users,
        )

    def _overwrite(self, push: _Push) -> Progress:
        """Make the target's membership exactly what is wanted (R30)."""
        if guard.is_on(push.app.settings) and not push.may_remove:
            yield from self._look_who_leaves(push)
        with self._org.store.tx():
            noted = self._mappings.last_noted(push.mapping.id)
            wanted = self._start_over(push)
            known = self._mappings.possible(push.mapping.id)
        pairs = {**known, **wanted}.items()
        batch = _Batch({account_id: user_id for user_id, account_id in pairs}, noted)
        steps = push.adapter.replace_members(push.target_id, list(wanted.values()))
        try:
            yield from self._work.drive(
                "change",
                steps,
                lambda outcome: self._commit_members(push, outcome, batch),
                batch.users,
            )
        except StepFailed as failed:
            if failed.refused:
                self._is_overwritten(push, wanted, known, refused=failed.refused)
            raise
        self._is_overwritten(push, wanted, known)

    def _look_who_leaves(self, push: _Push) -> Progress:
        """Read all members first: an overwrite may remove whom we know nothing of."""
        present: list[str] = []
        yield from self._work.drive(
            "members",
            push.adapter.list_members(push.target_id),
            lambda outcome: present.extend(outcome.members),
        )
        with self._org.store.tx():
            wanted = set(self._mappings.wanted(push.mapping).values())
            gone = [member for member in present if member not in wanted]
            self._check_removals(push, len(gone), of=len(present))

    def _check_removals(self, push: _Push, count: int, *, of: int | None = None) -> None:
        """Raise StepFailed where the guard holds so many removals back; nothing was sent yet."""
        if push.may_remove or not guard.is_on(push.app.settings):
            return
        known = len(self._mappings.known(push.mapping.id)) if of is None else of
        waiting, linked = self._mappings.leaving(push.app.id)
        run = Leaving(max(waiting, count), max(linked, known))
        error = guard.refusal(push.app.settings, Leaving(count, known), run)
        if error is not None:
            raise StepFailed("change", error)

    def _is_overwritten(
        self,
        push: _Push,
        wanted: dict[str, str],
        known: dict[str, str],
        *,
        refused: tuple[str, ...] = (),
    ) -> None:
        """The target has whom we wanted, those included who were there before, and nobody else."""
        there = {user: account for user, account in wanted.items() if account not in refused}
        gone = [user_id for user_id in known if user_id not in there]
        with self._org.store.tx():
            self._mappings.record(push.mapping, added=there, removed=gone)

    def _commit_members(self, push: _Push, outcome: Outcome, batch: _Batch) -> None:
        """What one call did. A user who was moved again since the plan stays noted."""
        users = batch.users
        added = {users[account]: account for account in outcome.added if account in users}
        removed = [users[account] for account in outcome.removed if account in users]
        self._mappings.record(push.mapping, added=added, removed=removed)
        self._mappings.drop_changes(push.mapping.id, [*added, *removed], until=batch.noted)

    # --- planning ------------------------------------------------------------------------------

    def _plan_changes(self, push: _Push) -> MemberPlan:
        changed = self._mappings.changed(push.mapping.id)
        present = self._mappings.members(push.mapping, changed)
        plan = plan_changes(
            changed,
            present=present,
            wanted=self._mappings.wanted(push.mapping, changed),
            known=self._mappings.possible(push.mapping.id, changed, present=present),
        )
        self._mappings.drop_changes(push.mapping.id, [*plan.settled, *plan.ignored])
        self._log_ignored(push, len(plan.ignored))
        return plan

    def _plan_all(self, push: _Push) -> MemberPlan:
        present = self._mappings.members(push.mapping)
        plan = plan_all(
            present=present,
            wanted=self._mappings.wanted(push.mapping),
            known=self._mappings.possible(push.mapping.id, present=present),
        )
        self._mappings.drop_changes(push.mapping.id)
        self._log_ignored(push, len(plan.ignored))
        return plan

    def _start_over(self, push: _Push) -> dict[str, str]:
        """Everything that is wanted now; changes noted so far are contained in it."""
        wanted = self._mappings.wanted(push.mapping)
        present = self._mappings.members(push.mapping)
        self._mappings.drop_changes(push.mapping.id)
        self._log_ignored(push, len(present) - len(wanted))
        return wanted

    # --- small steps ---------------------------------------------------------------------------

    def _follow_name(self, push: _Push) -> Generator[float | None, None, _Push]:
        """Give the target group its name, if it has another; answers the mapping as it is then."""
        if not push.is_named_otherwise:
            return push
        name = push.mapping.target_name
        with self._org.store.tx():
            self._mappings.update(push.mapping.id, sent_name=name)
        yield from self._work.drive("rename", push.adapter.rename_group(push.target_id, name))
        with self._org.store.tx():
            self._org.groups.update(push.target.id, name=name)
            self._mappings.update(push.mapping.id, sent_name="")
            self._log(
                push,
                "mapping.app.group.renamed",
                RENAMED.format(group=push.source.name),
            )
        return self._reload(push)

    def _read(self, steps: Steps) -> Generator[float | None, None, list[TargetGroup]]:
        found: list[TargetGroup] = []
        yield from self._work.drive("read", steps, lambda outcome: found.extend(outcome.groups))
        return found

    def _pushed(self, job: Job, event: str) -> Conclusion:
        """The job's end: when it was, that nothing is wrong any more, and the event."""

        def conclude() -> None:
            if self._mappings.get(job.subject) is None:
                return
            self._mappings.update(
                job.subject, last_push=self._org.clock.now(), error="", error_at=None, failure=None
            )
            self._log(self._load_mapping(job.subject), event, "Group pushed")

        return conclude

    def _load(self, job: Job) -> _Push:
        with self._org.store.tx():
            loaded = self._load_mapping(job.subject)
            return replace(loaded, may_remove=bool(job.payload.get(ALLOWED)))

    def _reload(self, push: _Push) -> _Push:
        with self._org.store.tx():
            return replace(self._load_mapping(push.mapping.id), may_remove=push.may_remove)

    def _load_mapping(self, mapping_id: str) -> _Push:
        mapping = self._mappings.get(mapping_id)
        assert mapping is not None, "jobs of a mapping are dropped with it"
        app = self._org.apps.get(mapping.app_id)
        return _Push(
            mapping,
            app,
            self._org.groups.get(mapping.group_id),
            self._org.groups.get(mapping.target_group_id),
            self._work.adapter_of(app),
        )

    def _log(self, push: _Push, event: str, message: str) -> None:
        self._org.core.log(f"{EVENT}.{event}", message, *push.whom, mapping_id=push.mapping.id)

    def _log_ignored(self, push: _Push, count: int) -> None:
        if count > 0:
            message = (
                f"{count} Okta users ignored while pushing group {push.source.name} "
                f"to AppInstance {push.app.label}"
            )
            self._org.core.log(IGNORED, message, *push.whom, outcome="SKIPPED")


def _with_members(job: Job) -> bool:
    """Whether members go along: not where the admin left them for later (R11)."""
    return bool(job.payload.get("members", True))


def _ambiguous(name: str) -> TargetError:
    """A create was sent and not answered, and what has its name now need not come from it."""
    message = f"A group with the name {name} exists in the app; nobody can tell who made it."
    return TargetError(ErrorKind.EXISTS, "", message, "Conflict")


def _same_key(key: str) -> TargetError:
    """The key of a group that we made was given to another one: which is ours cannot be told."""
    return TargetError(ErrorKind.EXISTS, "", "", key)


def _taken(name: str, count: int) -> TargetError:
    """The engine's own refusal: some targets would make a twin without a word."""
    message = f"A group with the name {name} already exists in the app."
    if count > 1:
        message = f"{count} groups with the name {name} already exist in the app."
    return TargetError(ErrorKind.EXISTS, "", message, "Conflict")
