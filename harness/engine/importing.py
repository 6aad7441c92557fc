"""Imports: what the target has, brought into the org."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from ..model import Account, AppUserStatus, TargetGroup
from ..org.core import named
from .work import Conclusion, Job, Run, Work


class Importing:
    """Import of users, and Refresh App Groups."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._org = work.org

    def handlers(self) -> dict[str, Callable[[Job], Run]]:
        return {"import_users": self.import_users, "refresh": self.refresh}

    def import_users(self, job: Job) -> Run:
        """Match accounts with assigned users; a re-created one again by login or e-mail.

        The whole list is read before anything is concluded: half of it would look like deletions.
        """
        app, adapter = self._work.app(job.app_id)
        accounts: list[Account] = []
        yield from self._work.drive(
            "import", adapter.list_accounts(), lambda outcome: accounts.extend(outcome.accounts)
        )

        def conclude() -> None:
            self._match_all(app, accounts)
            message = f"{len(accounts)} users imported from {app.label}"
            self._org.core.log("application.provision.user.import", message, named(app))

        return conclude

    def _match_all(self, app: sa.Row[Any], accounts: list[Account]) -> None:
        """Users whose account is there keep it; the others are looked for among the free ones."""
        there = {account.id for account in accounts}
        rows = [
            row
            for row in self._org.assignments.of_app(app.id)
            if row.status != AppUserStatus.DEPROVISIONED
        ]
        taken = {row.external_id for row in rows} & there
        waiting = [row for row in rows if row.external_id not in taken]
        found = _pair(waiting, [account for account in accounts if account.id not in taken])
        for row in waiting:
            self._match(app, row, found.get(row.user_id))

    def _match(self, app: sa.Row[Any], row: sa.Row[Any], account: Account | None) -> None:
        if account is not None:
            self._org.core.drop_jobs(row.user_id, app_id=app.id, kinds=("provision",), failed=True)
            self._org.assignments.provisioned(app, row.user_id, account.id, account.login)
        elif row.external_id is not None:
            self._org.assignments.lost(app, row.user_id)

    def refresh(self, job: Job) -> Run:
        """Refresh App Groups: after it, groups of the app can be linked (R14)."""
        app, adapter = self._work.app(job.app_id)
        if adapter.capabilities.linking_needs_import and not app.settings["import_groups"]:
            return self._refreshed(
                app, f"Import Groups is off: no groups imported from {app.label}"
            )
        found: list[TargetGroup] = []
        yield from self._work.drive(
            "list", adapter.list_groups(), lambda outcome: found.extend(outcome.groups)
        )
        return self._refreshed(app, f"{len(found)} groups imported from {app.label}", found)

    def _refreshed(
        self, app: sa.Row[Any], message: str, found: list[TargetGroup] | None = None
    ) -> Conclusion:
        def conclude() -> None:
            if found is not None:
                self._org.groups.import_from(app, found)
            event = "app.user_management.user_group_import.upsert_success"
            self._org.core.log(event, message, named(app))

        return conclude


def _pair(rows: list[sa.Row[Any]], accounts: list[Account]) -> dict[str, Account]:
    """User id to account: by login for everybody first, then by e-mail; no account twice."""
    pairs: dict[str, Account] = {}
    given: set[str] = set()
    for field in ("login", "email"):
        free: dict[str, Account] = {}
        for account in reversed(accounts):
            if account.id not in given and getattr(account, field):
                free[getattr(account, field).lower()] = account
        for row in rows:
            account_of_row = free.pop(getattr(row, field).lower(), None)
            if account_of_row is not None and row.user_id not in pairs:
                pairs[row.user_id] = account_of_row
                given.add(account_of_row.id)
    return pairs
