"""The users lane: accounts for assigned users, and what unassigning does to them."""

from collections.abc import Callable, Generator
from typing import Any

import sqlalchemy as sa

from ..errors import ErrorKind
from ..model import Account, AccountProfile, Effect, Outcome
from ..org.core import Named, named
from ..ports import TargetAdapter
from .messages import PROVISIONED
from .work import Job, Progress, Run, StepFailed, Work, was_sent


class Provisioning:
    """One method per kind of job; each is a generator that stops after every call."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._org = work.org

    def handlers(self) -> dict[str, Callable[[Job], Run]]:
        return {
            "provision": self.provision,
            "update": self.update,
            "deprovision": self.deprovision,
        }

    def provision(self, job: Job) -> Run:
        """Adopt the account that is there by login or e-mail, or make one."""
        app, adapter = self._work.app(job.app_id)
        profile = self._profile(app, job.subject)
        account = yield from self._find(app, adapter, job.subject, profile)
        if account is not None:
            return (yield from self._adopt(app, adapter, job, account))
        try:
            yield from self._create(app, adapter, job.subject, profile)
        except StepFailed as failed:
            if failed.error.kind is not ErrorKind.EXISTS:
                raise
            account = yield from self._find(app, adapter, job.subject, profile)
            if account is None:
                self._may_be_own(adapter, job, profile)
                raise
            return (yield from self._adopt(app, adapter, job, account))
        return None

    def update(self, job: Job) -> Run:
        """Send login, e-mail and names to the account."""
        app, adapter = self._work.app(job.app_id)
        with self._org.store.tx():
            row = self._org.assignments.get(job.app_id, job.subject)
        if row is None or row.external_id is None:
            return None
        profile = self._profile(app, job.subject)
        account = Account(row.external_id, row.account_login)
        yield from self._work.drive("update", adapter.update_account(account, profile))

        def conclude() -> None:
            self._org.assignments.updated(app.id, job.subject, profile.login)
            self._log("push_profile", app, Named(job.subject, profile.login))

        return conclude

    def deprovision(self, job: Job) -> Run:
        """Deactivate or delete the account, as the app's setting says; one that is gone is fine."""
        app, adapter = self._work.app(job.app_id)
        account_id = job.payload["account_id"] or (yield from self._find_own(app, adapter, job))
        if account_id is None:
            return None
        deletes = app.settings["deprovision"] == "delete"
        step = "deprovision" if deletes else "deactivate"
        steps = (
            adapter.delete_account(account_id)
            if deletes
            else adapter.set_active(account_id, active=False)
        )
        try:
            yield from self._work.drive(step, steps)
        except StepFailed as failed:
            is_gone = failed.error.kind is ErrorKind.NOT_FOUND
            if not is_gone or self._work.may_be_lag(job, failed):
                raise

        def conclude() -> None:
            self._org.assignments.settled(app.id, job.subject)
            self._log(step, app, Named(job.subject, job.payload["login"]))

        return conclude

    def _find_own(
        self, app: sa.Row[Any], adapter: TargetAdapter, job: Job
    ) -> Generator[float | None, None, str | None]:
        """The account that a create has made whose reply was lost before the user was unassigned.

        Before that create there was none of this login or e-mail, or it would have been adopted.
        """
        login, email, sent = (job.payload[name] for name in ("login", "email", "sent_create"))
        profile = AccountProfile(login, email, "", "")
        account = yield from self._find(app, adapter, job.subject, profile)
        if account is None:
            self._work.wait_out_lag("find", adapter, sent, f"The account of {login}")
            return None
        return account.id

    def _may_be_own(self, adapter: TargetAdapter, job: Job, profile: AccountProfile) -> None:
        """What is there and not to be seen may be what a create whose reply was lost has made."""
        with self._org.store.tx():
            row = self._org.assignments.get(job.app_id, job.subject)
        if row is not None and row.sent_create is not None:
            what = f"The account of {profile.login}"
            self._work.wait_out_lag("find", adapter, row.sent_create, what)

    def _create(
        self, app: sa.Row[Any], adapter: TargetAdapter, user_id: str, profile: AccountProfile
    ) -> Progress:
        """The id is committed with the very call that brought it: the user may go at any time."""
        with self._org.store.tx():
            row = self._org.assignments.get(app.id, user_id)
            before = row.sent_create if row is not None else None
            self._org.assignments.sent_create(app.id, user_id, self._org.clock.now())

        def commit(outcome: Outcome) -> None:
            if outcome.error and outcome.effect is Effect.REFUSED:
                # Nothing was made by this call; an earlier one may have.
                self._org.assignments.sent_create(app.id, user_id, before)
            if outcome.id:
                self._org.assignments.provisioned(app, user_id, outcome.id, profile.login)
                self._log("push", app, Named(user_id, profile.login))

        yield from self._work.drive("provision", adapter.create_account(profile), commit)

    def _adopt(self, app: sa.Row[Any], adapter: TargetAdapter, job: Job, account: Account) -> Run:
        """The account is the user's from now on, and is enabled again if it was disabled."""
        with self._org.store.tx():
            self._link(app, job.subject, account)
            if not account.active:
                self._work.is_sending(job)
        if not account.active:
            steps = adapter.set_active(account.id, active=True)
            yield from self._work.drive("reactivate", steps)
        elif not was_sent(job):
            return None
        user = Named(job.subject, account.login)
        return lambda: self._log("reactivate", app, user)

    def _link(self, app: sa.Row[Any], user_id: str, account: Account) -> None:
        """An account that was not there before a create was sent is the one that it made."""
        row = self._org.assignments.get(app.id, user_id)
        assert row is not None, "jobs of a user are dropped with its assignment"
        if row.external_id != account.id:
            event = "sync" if row.sent_create is None else "push"
            self._log(event, app, Named(user_id, account.login))
        self._org.assignments.provisioned(app, user_id, account.id, account.login)

    def _find(
        self, app: sa.Row[Any], adapter: TargetAdapter, user_id: str, profile: AccountProfile
    ) -> Generator[float | None, None, Account | None]:
        """An account of that login or e-mail which belongs to no other user."""
        found: list[Account] = []
        yield from self._work.drive(
            "find",
            adapter.find_accounts(profile.login, profile.email),
            lambda outcome: found.extend(outcome.accounts),
        )
        with self._org.store.tx():
            ids = [account.id for account in found]
            owners = self._org.assignments.user_ids_of_accounts(app.id, ids)
        free = [account for account in found if owners.get(account.id, user_id) == user_id]
        return best_match(free, profile.login)

    def _profile(self, app: sa.Row[Any], user_id: str) -> AccountProfile:
        with self._org.store.tx():
            user = self._org.users.get(user_id)
        return AccountProfile(
            user.login, user.email, user.first_name, user.last_name, app.settings["user_ou"]
        )

    def _log(self, event: str, app: sa.Row[Any], user: Named) -> None:
        what = f"application.provision.user.{event}"
        self._org.core.log(what, PROVISIONED[event], named(app), user)


def best_match(found: list[Account], login: str) -> Account | None:
    """An account of that login before one of that e-mail; the first in the target's order."""
    by_login = [account for account in found if account.login.lower() == login.lower()]
    return next(iter(by_login or found), None)
