"""Org databases that outlive the process: an SQLite file, or PostgreSQL by URL.

What is there is brought to the present schema by Alembic, the migrations of this folder. Whatever
cannot be used is refused in one line that names it: not to be reached, of somebody else, of a newer
version. Passwords are never told.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache, partial
from pathlib import Path
from threading import RLock
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from ..errors import Unusable
from .store import Store

MIGRATIONS = Path(__file__).with_name("migrations")
VERSIONS = "pushproof_version"  # the table that says which revision a database has
BUSY_S = 30  # how long a writer waits for another before it gives up
SILENT_S = 60.0  # how long a server waits for whoever is silent within a transaction


def open_store(url: str) -> Store:
    """A connection to the org's database, made or brought up to date first.

    `url` is `sqlite:///org.sqlite` or `postgresql://user:password@host/name`; Unusable where it
    cannot be had. With `?synchronous=OFF` a file is quicker, and does not outlive the machine.
    """
    engine = _engine(url)
    with _told(engine.url):
        store = Store(engine.connect(), _turn(engine))
        try:
            _bring_up_to_date(store)
        except BaseException:
            store.close()
            raise
    return store


def shown(url: sa.URL) -> str:
    """An address as it may be told."""
    return url.render_as_string(hide_password=True)


@cache
def _engine(url: str) -> sa.Engine:
    """One engine for each URL and process: it keeps the statements that were compiled.

    Connections are not kept: with one that is let go of, its locks must go.
    """
    try:
        parsed = sa.make_url(url)
    except ArgumentError as error:
        raise Unusable("--database takes sqlite:///FILE or postgresql://HOST/NAME") from error
    if parsed.drivername == "sqlite":
        return _of_file(parsed)
    if parsed.drivername in {"postgresql", "postgresql+psycopg"}:
        return _of_server(parsed.set(drivername="postgresql+psycopg"))
    raise Unusable(f"{shown(parsed)}: the database is SQLite or PostgreSQL")


def _of_file(url: sa.URL) -> sa.Engine:
    if not url.database or url.database == ":memory:":
        raise Unusable(f"{shown(url)}: name a file, as in sqlite:///org.sqlite")
    folder = Path(url.database).parent
    if not folder.is_dir():
        raise Unusable(f"{shown(url)}: there is no folder {folder}")
    synchronous = url.query.get("synchronous", "FULL")
    if synchronous not in ("FULL", "OFF"):
        raise Unusable(f"{shown(url)}: synchronous is FULL or OFF")
    engine = sa.create_engine(
        url.difference_update_query(["synchronous"]),
        isolation_level="AUTOCOMMIT",
        poolclass=NullPool,
        connect_args={"timeout": BUSY_S, "check_same_thread": False},
    )
    sa.event.listen(engine, "connect", partial(_set_up_file, synchronous))
    return engine


def _set_up_file(synchronous: str, raw: sqlite3.Connection, _: Any) -> None:
    """What is acknowledged is on disk, and readers do not wait for writers."""
    raw.execute("PRAGMA journal_mode = WAL")
    raw.execute(f"PRAGMA synchronous = {synchronous}")


@cache
def _turn(engine: sa.Engine) -> AbstractContextManager[Any]:
    """What the connections of this process to one file wait for; a server sees to that itself."""
    return RLock() if engine.dialect.name == "sqlite" else nullcontext()


def _of_server(url: sa.URL) -> sa.Engine:
    try:
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    except (ImportError, NoSuchModuleError) as error:
        raise Unusable(
            f"{shown(url)}: for PostgreSQL install pushproof[postgres], which brings psycopg"
        ) from error
    sa.event.listen(engine, "connect", partial(_set_up_session, SILENT_S))
    return engine


def _set_up_session(silent_s: float, raw: Any, _: Any) -> None:
    """Nobody waits for long for a process that is paused, or cut off, while it writes."""
    raw.execute(f"SET idle_in_transaction_session_timeout = {int(silent_s * 1000)}")


@contextmanager
def _told(url: sa.URL) -> Iterator[None]:
    """What a database says against being used, in one line."""
    try:
        yield
    except DBAPIError as error:
        said = str(error.orig).strip().partition("\n")[0]
        raise Unusable(f"{shown(url)}: cannot be used: {said}") from error


# --- the schema ------------------------------------------------------------------------------


def _bring_up_to_date(store: Store) -> None:
    """Migrate an empty or older database of ours in one transaction; refuse any other."""
    with store.tx():
        _check_and_migrate(store.connection)


def _check_and_migrate(connection: sa.Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    options = {"version_table": VERSIONS}
    present = MigrationContext.configure(connection, opts=options).get_current_revision()
    if present == scripts.get_current_head():
        return
    _refuse_unknown(connection, scripts, present)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _refuse_unknown(
    connection: sa.Connection, scripts: ScriptDirectory, present: str | None
) -> None:
    where = shown(connection.engine.url)
    if present is None:
        others = sorted(set(sa.inspect(connection).get_table_names()) - {VERSIONS})
        if others:
            raise Unusable(
                f"{where}: holds tables of something else ({', '.join(others[:3])}): "
                "give an empty database"
            )
        return
    if present not in {script.revision for script in scripts.walk_revisions()}:
        raise Unusable(
            f"{where}: was written by a newer version (its schema is {present}): "
            "use that version, or another database"
        )
