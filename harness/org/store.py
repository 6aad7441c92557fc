"""Where the org lives: one SQL connection, explicit transactions, nothing implicit.

SQLAlchemy runs in autocommit, so that a transaction is open exactly while `Store.tx` is: the
transport asserts that none is while a target is being called.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from . import schema

WRITER = 0x50505246  # the advisory lock of whoever writes: "PPRF"
# One writer at a time, in either database: what was read stays true until it is written.
_BEGIN = {
    "sqlite": "BEGIN IMMEDIATE",
    "postgresql": f"BEGIN; SELECT pg_advisory_xact_lock({WRITER})",
}
_BEGIN_READING = {
    "sqlite": "BEGIN",
    "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
}
_NOBODY_ELSE = nullcontext()
IN_LIST = 500  # longest list handed to the database in one IN (...)


class StoreLost(Exception):
    """The connection is gone, and with it whatever was not committed, and every lock it held."""


class Store:
    """One connection to the org's database.

    `turn` is shared by the connections of one process to a file: whoever waits for it is served at
    once, where SQLite would have it ask again and again.
    """

    def __init__(
        self, connection: sa.Connection, turn: AbstractContextManager[Any] = _NOBODY_ELSE
    ) -> None:
        self.connection = connection
        self._turn = turn
        self._depth = 0
        self._begin = _BEGIN[connection.dialect.name]
        self._raw = connection.connection.dbapi_connection
        self._cursor = connection.connection.cursor()  # ten times as quick as through SQLAlchemy

    @property
    def driver_error(self) -> type[Exception]:
        """What the database's driver raises."""
        return self.connection.dialect.loaded_dbapi.Error

    @property
    def in_transaction(self) -> bool:
        return self._depth > 0

    @property
    def is_alive(self) -> bool:
        """Whether the connection still answers."""
        try:
            self._say("SELECT 1")
        except (StoreLost, self.driver_error):
            return False
        return True

    @contextmanager
    def tx(self) -> Iterator[None]:
        """All or nothing; a transaction within one joins it."""
        with self._turn:
            if not self._depth:
                self._say(self._begin)
            self._depth += 1
            try:
                yield
            except BaseException as error:
                self._depth -= 1
                if not self._depth:
                    self._roll_back()
                if isinstance(error, DBAPIError) and error.connection_invalidated:
                    raise StoreLost(str(error.orig)) from error
                raise
            self._depth -= 1
            if not self._depth:
                self._say("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One moment of the org to read from. No writer is held up, and nothing may be written."""
        assert not self._depth, "reading begins where no transaction is open"
        self._say(_BEGIN_READING[self.connection.dialect.name])
        self._depth = 1
        try:
            yield
        finally:
            self._depth = 0
            self._roll_back()

    def _say(self, statement: str) -> None:
        dialect = self.connection.dialect
        try:
            self._cursor.execute(statement)
        except dialect.loaded_dbapi.Error as error:
            if dialect.is_disconnect(error, self._raw, self._cursor):
                raise StoreLost(str(error)) from error
            raise

    def _roll_back(self) -> None:
        """Undo; what led here is raised on, even if the connection went with it.

        SQLAlchemy closes a connection on which a statement was interrupted (Ctrl-C, a time limit).
        """
        with suppress(self.connection.dialect.loaded_dbapi.Error):
            self._cursor.execute("ROLLBACK")

    def get(self, table: sa.Table, **key: Any) -> sa.Row[Any] | None:
        """The row with these values (none of them None)."""
        return self.connection.execute(_select(table, tuple(key)), key).first()

    def all(self, table: sa.Table, *order: str, **key: Any) -> list[sa.Row[Any]]:
        """The rows with these values (none of them None), ordered by these columns."""
        return self.rows(_select(table, tuple(key), order), **key)

    def insert(self, table: sa.Table, **values: Any) -> None:
        self.connection.execute(_insert(table), values)

    def update(self, table: sa.Table, key: Mapping[str, Any], **values: Any) -> int:
        """Change the rows with the key's values; answers how many."""
        where = {f"key_{name}": value for name, value in key.items()}
        return int(self.connection.execute(_update(table, tuple(key)), where | values).rowcount)

    def delete(self, table: sa.Table, **key: Any) -> None:
        """Delete the rows with these values."""
        self.connection.execute(_delete(table, tuple(key)), key)

    def delete_among(
        self, table: sa.Table, column: sa.Column[Any], among: Sequence[str], **key: Any
    ) -> None:
        """Delete the rows with these values whose column is in `among`."""
        statement = _delete(table, tuple(key), column)
        for part in parts(among):
            self.connection.execute(statement, {**key, "among": part})

    def rows(self, query: sa.Executable, **values: Any) -> list[sa.Row[Any]]:
        return list(self.connection.execute(query, values or None).all())

    def rows_among(
        self, query: sa.Select[Any], column: sa.Column[Any], among: Sequence[str], **values: Any
    ) -> list[sa.Row[Any]]:
        """Rows whose column is in `among`, asked in lists a database can take.

        The query is one that is kept, with bound parameters for the values.
        """
        narrowed = _narrowed(query, column)
        return [row for part in parts(among) for row in self.rows(narrowed, among=part, **values)]

    def run_among(
        self,
        statement: sa.Delete | sa.Update,
        column: sa.Column[Any],
        values: Sequence[str],
    ) -> None:
        """A change of the rows whose column is among the values, in such lists."""
        for part in parts(values):
            self.run(statement.where(column.in_(part)))

    def row(self, query: sa.Executable, **values: Any) -> sa.Row[Any] | None:
        return self.connection.execute(query, values or None).first()

    def value(self, query: sa.Executable, **values: Any) -> Any:
        return self.connection.execute(query, values or None).scalar()

    def run(self, statement: sa.Executable, many: list[dict[str, Any]] | None = None) -> int:
        """Execute a change (for each of `many` where given); answers the number of rows."""
        if many is not None and not many:
            return 0
        return int(self.connection.execute(statement, many).rowcount)

    def pour(self, table: sa.Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Insert very many rows of plain values, by whatever the database has for that."""
        names = f"{table.name} ({', '.join(columns)})"
        if self.connection.dialect.name == "sqlite":
            marks = ", ".join("?" * len(columns))
            statement = f"INSERT INTO {names} VALUES ({marks})"  # noqa: S608 - names of our own
            self._cursor.executemany(statement, list(rows))
            return
        with self._cursor.copy(f"COPY {names} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def close(self) -> None:
        """Let go of the connection, which may be gone already."""
        with suppress(DBAPIError, self.connection.dialect.loaded_dbapi.Error):
            self.connection.close()


def parts(values: Sequence[str]) -> Iterator[list[str]]:
    """Slices small enough for one IN list."""
    for at in range(0, len(values), IN_LIST):
        yield list(values[at : at + IN_LIST])


# Building a statement and its cache key costs five times what executing it does, so the common ones
# are built once.


@cache
def _select(table: sa.Table, key: tuple[str, ...], order: tuple[str, ...] = ()) -> sa.Select[Any]:
    found = sa.select(table).where(*(table.c[name] == sa.bindparam(name) for name in key))
    return found.order_by(*(table.c[name] for name in order))


@cache
def _narrowed(query: sa.Select[Any], column: sa.Column[Any]) -> sa.Select[Any]:
    return query.where(column.in_(sa.bindparam("among", expanding=True)))


@cache
def _insert(table: sa.Table) -> sa.Insert:
    return table.insert()


@cache
def _update(table: sa.Table, key: tuple[str, ...]) -> sa.Update:
    return table.update().where(*(table.c[name] == sa.bindparam(f"key_{name}") for name in key))


@cache
def _delete(
    table: sa.Table, key: tuple[str, ...], among: sa.Column[Any] | None = None
) -> sa.Delete:
    found = table.delete().where(*(table.c[name] == sa.bindparam(name) for name in key))
    if among is None:
        return found
    return found.where(among.in_(sa.bindparam("among", expanding=True)))


def in_memory(prepare: Callable[[Store], None]) -> Store:
    """A fresh org database of this process, copied from one that `prepare` has filled once."""
    return Store(_memory_engine(prepare).connect())


@cache
def _memory_engine(prepare: Callable[[Store], None]) -> sa.Engine:
    """Connections are kept, as parsing the schema costs ten times what copying a template does."""
    engine = sa.create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False),
        poolclass=QueuePool,
        max_overflow=-1,
        pool_use_lifo=True,
        isolation_level="AUTOCOMMIT",
    )
    sa.event.listen(engine, "checkout", lambda raw, *_: raw.deserialize(_template(prepare)))
    return engine


@cache
def _template(prepare: Callable[[Store], None]) -> bytes:
    engine = sa.create_engine("sqlite://", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA page_size = 1024")  # less to copy: a page for each index
        schema.metadata.create_all(connection)
        prepare(Store(connection))
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        content = raw.serialize()
    engine.dispose()
    return content
