"""The users lane: accounts for assigned users, and what unassigning does to them."""

from collections.abc import Callable, Generator
from typing import Any

import sqlalchemy as sa

from ..errors import ErrorKind
from ..model import Account, AccountProfile
from ..ports import TargetAdapter
from .work import Job, Progress, StepFailed, Work


class Provisioning:
    """One method per kind of job; each is a generator that stops after every call."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._org = work.org

    def handlers(self) -> dict[str, Callable[[Job], Progress]]:
        return {
            "provision": self.provision,
            "update": self.update,
            "deprovision": self.deprovision,
        }

    def provision(self, job: Job) -> Progress:
        """Adopt the account that is there by login or e-mail, or make one."""
        app, adapter = self._work.app(job.app_id)
        profile = self._profile(app, job.subject)
        account = yield from self._find(adapter, profile)
        if account is not None:
            yield from self._adopt(app, adapter, job.subject, account)
            return
        try:
            yield from self._create(app, adapter, job.subject, profile)
        except StepFailed as failed:
            if failed.error.kind is not ErrorKind.EXISTS:
                raise
            account = yield from self._find(adapter, profile)
            if account is None:
                raise
            yield from self._adopt(app, adapter, job.subject, account)

    def update(self, job: Job) -> Progress:
        """Send login, e-mail and names to the account."""
        app, adapter = self._work.app(job.app_id)
        with self._org.store.tx():
            row = self._org.assignments.get(job.app_id, job.subject)
        if row is None or row.external_id is None:
            return
        profile = self._profile(app, job.subject)
        account = Account(row.external_id, row.account_login)
        yield from self._work.drive("update", adapter.update_account(account, profile))
        with self._org.store.tx():
            self._org.assignments.provisioned(app, job.subject, row.external_id, profile.login)
            self._log("application.provision.user.push_profile", app, profile.login)

    def deprovision(self, job: Job) -> Progress:
        """Deactivate or delete the account, as the app's setting says; one that is gone is fine."""
        app, adapter = self._work.app(job.app_id)
        account_id = job.payload["account_id"]
        deletes = app.settings["deprovision"] == "delete"
        steps = (
            adapter.delete_account(account_id)
            if deletes
            else adapter.set_active(account_id, active=False)
        )
        try:
            yield from self._work.drive("deprovision", steps)
        except StepFailed as failed:
            if failed.error.kind is not ErrorKind.NOT_FOUND:
                raise
        with self._org.store.tx():
            login = self._org.users.get(job.subject).login
            event = "deprovision" if deletes else "deactivate"
            self._log(f"application.provision.user.{event}", app, login)

    def _create(
        self, app: sa.Row[Any], adapter: TargetAdapter, user_id: str, profile: AccountProfile
    ) -> Progress:
        made: list[str] = []
        yield from self._work.drive(
            "provision",
            adapter.create_account(profile),
            lambda outcome: made.append(outcome.id) if outcome.id else None,
        )
        with self._org.store.tx():
            self._org.assignments.provisioned(app, user_id, made[-1], profile.login)
            self._log("application.provision.user.push", app, profile.login)

    def _adopt(
        self, app: sa.Row[Any], adapter: TargetAdapter, user_id: str, account: Account
    ) -> Progress:
        if not account.active:
            yield from self._work.drive("provision", adapter.set_active(account.id, active=True))
        with self._org.store.tx():
            self._org.assignments.provisioned(app, user_id, account.id, account.login)
            self._log("application.provision.user.sync", app, account.login)

    def _find(
        self, adapter: TargetAdapter, profile: AccountProfile
    ) -> Generator[None, None, Account | None]:
        found: list[Account] = []
        yield from self._work.drive(
            "find",
            adapter.find_accounts(profile.login, profile.email),
            lambda outcome: found.extend(outcome.accounts),
        )
        return best_match(found, profile.login)

    def _profile(self, app: sa.Row[Any], user_id: str) -> AccountProfile:
        with self._org.store.tx():
            user = self._org.users.get(user_id)
        return AccountProfile(
            user.login, user.email, user.first_name, user.last_name, app.settings["user_ou"]
        )

    def _log(self, event: str, app: sa.Row[Any], login: str) -> None:
        self._org.core.log(event, "User provisioning", app.label, login)


def best_match(found: list[Account], login: str) -> Account | None:
    """An account of that login before one of that e-mail; the first in the target's order."""
    by_login = [account for account in found if account.login.lower() == login.lower()]
    return next(iter(by_login or found), None)
