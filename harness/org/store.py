"""Where the org lives: one SQL connection, explicit transactions, nothing implicit.

SQLAlchemy runs in autocommit, so that a transaction is open exactly while `Store.tx` is: the
transport asserts that none is while a target is being called.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from . import schema

IN_LIST = 500  # longest list handed to the database in one IN (...)


class Store:
    """One connection to the org's database."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self._depth = 0
        is_sqlite = connection.dialect.name == "sqlite"
        self._begin = "BEGIN IMMEDIATE" if is_sqlite else "BEGIN"

    @property
    def in_transaction(self) -> bool:
        return self._depth > 0

    @contextmanager
    def tx(self) -> Iterator[None]:
        """All or nothing; a transaction within one joins it."""
        if not self._depth:
            self.connection.exec_driver_sql(self._begin)
        self._depth += 1
        try:
            yield
        except BaseException:
            self._depth -= 1
            if not self._depth:
                self.connection.exec_driver_sql("ROLLBACK")
            raise
        self._depth -= 1
        if not self._depth:
            self.connection.exec_driver_sql("COMMIT")

    def rows(self, query: sa.Executable, **values: Any) -> list[sa.Row[Any]]:
        return list(self.connection.execute(query, values or None))

    def rows_among(
        self, query: sa.Select[Any], column: sa.Column[Any], values: Sequence[str]
    ) -> list[sa.Row[Any]]:
        """Rows whose column is among the values, asked in lists a database can take."""
        parts = (values[at : at + IN_LIST] for at in range(0, len(values), IN_LIST))
        return [row for part in parts for row in self.rows(query.where(column.in_(part)))]

    def row(self, query: sa.Executable, **values: Any) -> sa.Row[Any] | None:
        return self.connection.execute(query, values or None).first()

    def value(self, query: sa.Executable, **values: Any) -> Any:
        return self.connection.execute(query, values or None).scalar()

    def run(self, statement: sa.Executable, many: list[dict[str, Any]] | None = None) -> int:
        """Execute a change (for each of `many` where given); answers the number of rows."""
        if many is not None and not many:
            return 0
        return int(self.connection.execute(statement, many).rowcount)

    def close(self) -> None:
        self.connection.close()


def in_memory() -> Store:
    """A fresh org database of this process, copied from a template that is made once."""
    return Store(_memory_engine().connect())


def at_url(url: str) -> Store:
    """An org database that outlives the process: `sqlite:///file.db` or a PostgreSQL URL."""
    return Store(_engine(url).connect())


@cache
def _engine(url: str) -> sa.Engine:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    schema.metadata.create_all(engine)
    return engine


@cache
def _memory_engine() -> sa.Engine:
    template = _template()

    def connect() -> sqlite3.Connection:
        raw = sqlite3.connect(":memory:", isolation_level=None)
        raw.deserialize(template)
        return raw

    return sa.create_engine(
        "sqlite://", creator=connect, poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )


@cache
def _template() -> bytes:
    engine = sa.create_engine("sqlite://")
    schema.metadata.create_all(engine)
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        content = raw.serialize()
    engine.dispose()
    return content
