"""The groups lane: making, filling, overwriting, renaming, linking and deleting target groups."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ..errors import ErrorKind, TargetError
from ..model import GroupPlan, Outcome, TargetGroup
from ..ports import TargetAdapter
from .plan import MemberPlan, plan_all, plan_changes
from .work import Job, Progress, StepFailed, Work

EVENT = "application.provision.group_push"
IGNORED = "app.user_management.grouppush.mapping.okta.users.ignored"


@dataclass(frozen=True)
class _Push:
    """One mapping at work: everything looked up once per job."""

    mapping: sa.Row[Any]
    app: sa.Row[Any]
    source: sa.Row[Any]
    target: sa.Row[Any]
    adapter: TargetAdapter

    @property
    def target_id(self) -> str:
        assert self.target.external_id is not None
        return str(self.target.external_id)


class GroupPush:
    """One method per kind of job; each is a generator that stops after every call."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._org = work.org
        self._mappings = work.org.mappings

    def handlers(self) -> dict[str, Callable[[Job], Progress]]:
        return {
            "create": self.create,
            "change": self.change,
            "push_now": self.push_now,
            "activate": self.activate,
            "link": self.link,
            "rename": self.rename,
            "delete": self.delete,
        }

    # --- jobs ----------------------------------------------------------------------------------

    def create(self, job: Job) -> Progress:
        """Make the target group with its members, or finish one that was begun."""
        push = self._load(job)
        if push.mapping.made is not None:
            yield from self._fill(push)
        else:
            yield from self._find_or_make(push, job)
        self._finish(job.subject, "pushed")

    def change(self, job: Job) -> Progress:
        """Send the changed members, and only those (R24)."""
        push = self._load(job)
        if push.mapping.made is None:
            yield from self.create(job)
            return
        with self._org.store.tx():
            plan = self._plan_changes(push)
        yield from self._send(push, plan)
        if not plan.is_empty:
            self._finish(job.subject, "push_memberships")

    def push_now(self, job: Job) -> Progress:
        """Overwrite the membership (R30); where the app only adds, add the newest members (R56)."""
        push = self._load(job)
        if push.adapter.capabilities.overwrites:
            yield from self._overwrite(push)
        else:
            with self._org.store.tx():
                plan = self._plan_all(push)
            yield from self._send(push, MemberPlan(plan.add, {}))
        self._finish(job.subject, "push_memberships")

    def activate(self, job: Job) -> Progress:
        """The initial push after a pause (R32).

        An app that only adds still gets the removals made in Okta meanwhile: they are Okta's
        own changes, not drift of the target.
        """
        push = self._load(job)
        if push.adapter.capabilities.overwrites:
            yield from self._overwrite(push)
        else:
            yield from self._fill(push)
        self._finish(job.subject, "push_memberships")

    def link(self, job: Job) -> Progress:
        """Take an existing target group over: its name, and its membership once (R16, R54)."""
        push = self._load(job)
        if push.target.name != push.mapping.target_name:
            yield from self._rename(push)
        if job.payload.get("members", True):
            yield from self._overwrite(push)
        with self._org.store.tx():
            self._mappings.update(job.subject, made=self._org.clock.now())
        self._finish(job.subject, "updated")

    def rename(self, job: Job) -> Progress:
        """The target group follows the source group's name (R36)."""
        push = self._load(job)
        if push.mapping.made is None or push.target.name == push.mapping.target_name:
            return
        yield from self._rename(push)
        self._finish(job.subject, "updated")

    def delete(self, job: Job) -> Progress:
        """Delete the target group by one call, then forget the mapping (R33)."""
        push = self._load(job)
        yield from self._work.drive("delete", push.adapter.delete_group(push.target_id))
        with self._org.store.tx():
            self._mappings.remove(push.mapping.id, forget_app_group=True)
            self._log(push, "removed", "Remove Group Push mapping")
            self._log(push, "delete_appgroup", "Delete the group in the app")

    # --- making a group ------------------------------------------------------------------------

    def _find_or_make(self, push: _Push, job: Job) -> Progress:
        """Look first: a name that is taken is linked or refused, never doubled (R12, R53)."""
        found: list[TargetGroup] = []
        if push.mapping.sent_create:
            yield from self._read(push, push.adapter.find_by_key(push.mapping.id), found)
            if found:
                yield from self._adopt_own(push, found[0])
                return
        place = push.mapping.options.get("place")
        yield from self._read(
            push, push.adapter.find_groups(push.mapping.target_name, place), found
        )
        if found:
            yield from self._take_over(push, found)
        else:
            yield from self._make(push, with_members=job.payload.get("members", True))

    def _make(self, push: _Push, *, with_members: bool) -> Progress:
        with self._org.store.tx():
            self._mappings.update(push.mapping.id, sent_create=True)
            wanted = self._start_over(push) if with_members else {}
        by_account = {account_id: user_id for user_id, account_id in wanted.items()}
        group = GroupPlan(
            key=push.mapping.id,
            name=push.mapping.target_name,
            member_ids=tuple(by_account),
            **push.mapping.options,
        )
        yield from self._work.drive(
            "create",
            push.adapter.create_group(group),
            lambda outcome: self._commit_made(push, outcome, by_account),
        )

    def _commit_made(self, push: _Push, outcome: Outcome, by_account: dict[str, str]) -> None:
        if outcome.id is not None:
            self._is_made(push, outcome.id)
        self._commit_members(push, outcome, by_account)

    def _is_made(self, push: _Push, target_id: str) -> None:
        self._org.groups.update(
            push.target.id,
            external_id=target_id,
            name=push.mapping.target_name,
            place=push.mapping.options.get("place"),
        )
        self._mappings.update(push.mapping.id, made=self._org.clock.now())

    def _adopt_own(self, push: _Push, group: TargetGroup) -> Progress:
        """An earlier attempt made the group although its reply was lost: go on from there."""
        with self._org.store.tx():
            self._is_made(push, group.id)
        yield from self._fill(self._reload(push))

    def _take_over(self, push: _Push, found: list[TargetGroup]) -> Progress:
        with self._org.store.tx():
            links = self._org.apps.links(push.app)
        if len(found) > 1 or not (links and push.adapter.capabilities.adopts_same_name):
            raise StepFailed("create", _taken(push.mapping.target_name, len(found)))
        with self._org.store.tx():
            group = found[0]
            self._org.groups.update(
                push.target.id, external_id=group.id, name=group.name, place=group.place
            )
            self._mappings.update(push.mapping.id, made=self._org.clock.now())
        yield from self._overwrite(self._reload(push))

    # --- members -------------------------------------------------------------------------------

    def _fill(self, push: _Push) -> Progress:
        with self._org.store.tx():
            plan = self._plan_all(push)
        yield from self._send(push, plan)

    def _send(self, push: _Push, plan: MemberPlan) -> Progress:
        if plan.is_empty:
            return
        by_account = {**plan.add, **plan.remove}
        steps = push.adapter.change_members(
            push.target_id, add=list(plan.add), remove=list(plan.remove)
        )
        yield from self._work.drive(
            "change", steps, lambda outcome: self._commit_members(push, outcome, by_account)
        )

    def _overwrite(self, push: _Push) -> Progress:
        """Make the target's membership exactly what is wanted (R30)."""
        with self._org.store.tx():
            wanted = self._start_over(push)
            known = self._mappings.known(push.mapping.id)
        by_account = {account_id: user_id for user_id, account_id in {**known, **wanted}.items()}
        steps = push.adapter.replace_members(push.target_id, list(wanted.values()))
        yield from self._work.drive(
            "change", steps, lambda outcome: self._commit_members(push, outcome, by_account)
        )
        with self._org.store.tx():
            gone = [user_id for user_id in known if user_id not in wanted]
            self._mappings.record(
                push.mapping.id, added=self._still_held(push, wanted), removed=gone
            )

    def _still_held(self, push: _Push, wanted: dict[str, str]) -> dict[str, str]:
        """Those of the members whose account was not lost while the calls were under way."""
        now = self._mappings.wanted(push.mapping)
        return {user: account for user, account in wanted.items() if now.get(user) == account}

    def _commit_members(self, push: _Push, outcome: Outcome, by_account: dict[str, str]) -> None:
        added = {by_account[account]: account for account in outcome.added if account in by_account}
        removed = [by_account[account] for account in outcome.removed if account in by_account]
        self._mappings.record(push.mapping.id, added=added, removed=removed)
        self._mappings.drop_changes(push.mapping.id, [*added, *removed])

    # --- planning ------------------------------------------------------------------------------

    def _plan_changes(self, push: _Push) -> MemberPlan:
        changed = self._mappings.changed(push.mapping.id)
        plan = plan_changes(
            changed,
            present=self._mappings.members(push.mapping, changed),
            wanted=self._mappings.wanted(push.mapping, changed),
            known=self._mappings.known(push.mapping.id, changed),
        )
        self._mappings.drop_changes(push.mapping.id, [*plan.settled, *plan.ignored])
        self._log_ignored(push, len(plan.ignored))
        return plan

    def _plan_all(self, push: _Push) -> MemberPlan:
        plan = plan_all(
            present=self._mappings.members(push.mapping),
            wanted=self._mappings.wanted(push.mapping),
            known=self._mappings.known(push.mapping.id),
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

    def _rename(self, push: _Push) -> Progress:
        name = push.mapping.target_name
        yield from self._work.drive("rename", push.adapter.rename_group(push.target_id, name))
        with self._org.store.tx():
            self._org.groups.update(push.target.id, name=name)
            self._log(
                push,
                "mapping.app.group.renamed",
                f"The app group {name} was renamed because the source group was renamed.",
            )

    def _read(self, push: _Push, steps: Iterable[Outcome], into: list[TargetGroup]) -> Progress:
        del push
        yield from self._work.drive(
            "read", iter(steps), lambda outcome: into.extend(outcome.groups)
        )

    def _finish(self, mapping_id: str, event: str) -> None:
        with self._org.store.tx():
            if self._mappings.get(mapping_id) is None:
                return
            self._mappings.update(
                mapping_id, last_push=self._org.clock.now(), error="", error_at=None, failure=None
            )
            self._log(self._load_mapping(mapping_id), event, "Group pushed")

    def _load(self, job: Job) -> _Push:
        with self._org.store.tx():
            return self._load_mapping(job.subject)

    def _reload(self, push: _Push) -> _Push:
        with self._org.store.tx():
            return self._load_mapping(push.mapping.id)

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
        self._org.core.log(f"{EVENT}.{event}", message, push.app.label, push.source.name)

    def _log_ignored(self, push: _Push, count: int) -> None:
        if count > 0:
            message = (
                f"{count} Okta users ignored while pushing group {push.source.name} "
                f"to AppInstance {push.app.label}"
            )
            self._org.core.log(
                IGNORED, message, push.app.label, push.source.name, outcome="SKIPPED"
            )


def _taken(name: str, count: int) -> TargetError:
    """The engine's own refusal: some targets would make a twin without a word."""
    message = f"A group with the name {name} already exists in the app."
    if count > 1:
        message = f"{count} groups with the name {name} already exist in the app."
    return TargetError(ErrorKind.EXISTS, "", message, "Conflict")
