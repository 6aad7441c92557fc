"""Who works for an app: one engine at a time, and a dead one keeps nobody out.

An SQLite file has one engine process; a second is refused by name. On PostgreSQL several share the
apps: whoever works for one holds an advisory lock on it, on the very connection that it commits
with. When the connection goes, because the process died or because it was paused for longer than
its lease and the server ended it, the lock is free and nothing of the old owner can be committed.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import func, select

from ..errors import Unusable
from .store import Store

APPS = 0x50505241  # what the names of apps are hashed with: "PPRA"
ENGINES = 0x50505245  # the locks by which engines are counted: "PPRE"


@contextmanager
def sole_engine(url: str) -> Iterator[None]:
    """Be the one engine of an SQLite file; Unusable names the file and the other process.

    A server's database needs no such thing. The system lets the lock go with the process.
    """
    path = sa.make_url(url).database
    if sa.make_url(url).get_backend_name() != "sqlite" or path is None:
        yield
        return
    with Path(f"{path}-engine").open("a+", encoding="ascii") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            held.seek(0)
            raise Unusable(
                f"{path}: another engine works with it (process {held.read() or '?'}): "
                "stop that one, or name another file"
            ) from error
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        yield


def claim(store: Store, app_id: str, *, lease_s: float) -> bool:
    """Whether this connection has the app from now on, until it goes or gives the app back.

    A connection that says nothing for `lease_s` is ended by the server.
    """
    if store.connection.dialect.name == "sqlite":
        return True
    with store.tx():
        mine = store.value(select(func.pg_try_advisory_lock(_name(app_id))))
    if mine:
        _lease(store, lease_s)
    return bool(mine)


def _lease(store: Store, lease_s: float) -> None:
    with store.tx():
        store.run(sa.text(f"SET idle_session_timeout = {int(lease_s * 1000)}"))


def _name(app_id: str) -> sa.ColumnElement[int]:
    return func.hashtextextended(app_id, APPS)


class Presence:
    """One engine among those that share a server's database; it ends with its connection.

    Like that of an app, it is a lease: who is silent for too long is there no more.
    """

    def __init__(self, store: Store, *, lease_s: float) -> None:
        self._store = store
        self._shares = store.connection.dialect.name != "sqlite"
        if self._shares:
            with store.tx():
                store.value(select(func.pg_advisory_lock(ENGINES, func.pg_backend_pid())))
            _lease(store, lease_s)

    def count(self) -> int:
        """How many engines there are, this one included."""
        if not self._shares:
            return 1
        with self._store.tx():
            return int(self._store.value(_ENGINES))

    def sees_free(self, app_id: str) -> bool:
        """Whether nobody has the app just now."""
        if not self._shares:
            return True
        with self._store.tx():
            is_free = self._store.value(select(func.pg_try_advisory_lock(_name(app_id))))
            if is_free:
                self._store.value(select(func.pg_advisory_unlock(_name(app_id))))
        return bool(is_free)


_ENGINES = sa.text(
    "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database "
    "WHERE locktype = 'advisory' AND granted AND objsubid = 2 "
    "AND classid = :engines AND datname = current_database()"
).bindparams(engines=ENGINES)
