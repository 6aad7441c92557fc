"""An engine that lost its app while it was at work, and putting right what it may have done.

Its connection went (it was paused, or the network was), another engine has the app since, and
nothing of this one can be committed. But a call may have been on its way, and may have arrived
after the other engine had everything as it should be. So what the call was about is in doubt again,
as it is after a crash, and whoever has the app now sends it once more.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from ..model import AppUserStatus, Lane, MappingStatus
from ..org import Org, schema
from ..org.store import StoreLost

UNKNOWN_NAME = "?"  # a name that no group can be meant to have: it is sent again


class Overtaken(StoreLost):
    """The store went while `job` was under way.

    `users` are those whom the call was about (account id to user id); `made` is what it made.
    """

    def __init__(
        self,
        said: str,
        job: sa.Row[Any] | None = None,
        *,
        users: Mapping[str, str] | None = None,
        made: str | None = None,
    ) -> None:
        super().__init__(said)
        self.job = job
        self.users = users or {}
        self.made = made


def put_right(org: Org, overtaken: Overtaken) -> None:
    """Have done again what the call may have undone; on a connection that is alive."""
    job = overtaken.job
    assert job is not None, "a job that loses its store says so itself"
    with org.store.tx():
        if job.lane == Lane.USERS:
            _put_user_right(org, job, overtaken)
        else:
            _put_group_right(org, job, overtaken)


def _put_group_right(org: Org, job: sa.Row[Any], late: Overtaken) -> None:
    mapping = org.mappings.get(job.subject) if job.subject else None
    target = org.groups.get(mapping.target_group_id) if mapping else None
    if late.made and (target is None or target.external_id not in (None, late.made)):
        org.core.add_job(
            job.app_id, Lane.GROUPS, "delete_twin", job.subject, {"group_id": late.made}
        )
    if mapping is None or mapping.made is None:
        return
    org.mappings.update(mapping.id, sent_name=UNKNOWN_NAME)
    org.mappings.doubt(mapping.id, {user: account for account, user in late.users.items()})
    org.mappings.note_changes(mapping.id, list(late.users.values()))
    if mapping.status == MappingStatus.ACTIVE:
        org.mappings.enqueue(mapping, "rename")
        org.mappings.enqueue(mapping, "change")


def _put_user_right(org: Org, job: sa.Row[Any], late: Overtaken) -> None:
    row = org.assignments.get(job.app_id, job.subject)
    if row is not None and row.status != AppUserStatus.DEPROVISIONED:
        org.core.add_job(job.app_id, Lane.USERS, "provision", job.subject)
        org.core.add_job(job.app_id, Lane.USERS, "update", job.subject)
        return
    account_id = late.made or (row.external_id if row is not None else None)
    user = org.store.get(schema.users, id=job.subject)
    who = {"login": user.login, "email": user.email} if user else {"login": "", "email": ""}
    if account_id or user:
        leave = {"account_id": account_id, "sent_create": org.clock.now(), **who}
        org.core.add_job(job.app_id, Lane.USERS, "deprovision", job.subject, leave)
