"""Imports: what the target has, brought into the org."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from ..model import Account, AppUserStatus, TargetGroup
from .provisioning import best_match
from .work import Job, Progress, Work


class Importing:
    """Import of users, and Refresh App Groups."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._org = work.org

    def handlers(self) -> dict[str, Callable[[Job], Progress]]:
        return {"import_users": self.import_users, "refresh": self.refresh}

    def import_users(self, job: Job) -> Progress:
        """Match accounts with assigned users; a re-created one again by login or e-mail.

        The whole list is read before anything is concluded: half of it would look like deletions.
        """
        app, adapter = self._work.app(job.app_id)
        accounts: list[Account] = []
        yield from self._work.drive(
            "import", adapter.list_accounts(), lambda outcome: accounts.extend(outcome.accounts)
        )
        with self._org.store.tx():
            for row in self._org.assignments.of_app(app.id):
                if row.status != AppUserStatus.DEPROVISIONED:
                    self._match(app, row, accounts)
            message = f"{len(accounts)} users imported from {app.label}"
            self._org.core.log("application.provision.user.import", message, app.label)

    def _match(self, app: sa.Row[Any], row: sa.Row[Any], accounts: list[Account]) -> None:
        if any(account.id == row.external_id for account in accounts):
            return
        same = [
            account
            for account in accounts
            if row.login.lower() == account.login.lower()
            or (account.email and row.email.lower() == account.email.lower())
        ]
        account = best_match(same, row.login)
        if account is not None:
            self._org.assignments.provisioned(app, row.user_id, account.id, account.login)
        elif row.external_id is not None:
            self._org.assignments.lost(app, row.user_id)

    def refresh(self, job: Job) -> Progress:
        """Refresh App Groups: after it, groups of the app can be linked (R14)."""
        app, adapter = self._work.app(job.app_id)
        found: list[TargetGroup] = []
        yield from self._work.drive(
            "list", adapter.list_groups(), lambda outcome: found.extend(outcome.groups)
        )
        with self._org.store.tx():
            self._org.groups.import_from(app, found)
            message = f"{len(found)} groups imported from {app.label}"
            self._org.core.log(
                "app.user_management.user_group_import.upsert_success", message, app.label
            )
