"""What is left of an org's database when its engine dies, and a database that holds just that.

Of SQLite that is the bytes of the file. Of PostgreSQL it is what a connection opened at that very
moment sees: the rows that were committed, and where the sequences stand, which no rollback takes
back. What a dead engine had not committed, and its locks, are gone with its own connection: the
server sees to that. Rows are taken and put back in the order in which they lie in their tables, so
that a query without an order finds them as it would have. How one engine takes over from another is
not tried this way but by real kills.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from harness.org import schema
from harness.org.store import Store

_TABLES = tuple(table.name for table in schema.metadata.sorted_tables)
_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences ORDER BY sequencename"
_EMPTY = "; ".join(f'DELETE FROM "{name}"' for name in _TABLES)  # noqa: S608 - names of our own
_RESTART = "SELECT setval(sequencename::regclass, 1, false) FROM pg_sequences"
_SET = "SELECT setval(%s::regclass, %s)"
_ONE_MOMENT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


@dataclass(frozen=True)
class Rows:
    """The rows of each table as COPY tells them, and the last number that each sequence gave."""

    tables: Sequence[bytes]
    sequences: Sequence[tuple[str, int | None]]


Remains = bytes | Rows
NOTHING = Rows((b"",) * len(_TABLES), ())


def remains_of(store: Store) -> Remains:
    """What would be left of it now."""
    if store.connection.dialect.name == "sqlite":
        content: bytes = _raw(store.connection).serialize()
        return content
    with store.connection.engine.connect() as another:
        cursor = _raw(another).cursor()
        cursor.execute(_ONE_MOMENT)
        tables = tuple(_told(cursor, name) for name in _TABLES)
        return Rows(tables, tuple(cursor.execute(_SEQUENCES).fetchall()))


def _told(cursor: Any, table: str) -> bytes:
    with cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
        return b"".join(copy)


def put_back(store: Store, remains: Remains) -> None:
    """Make it the store's whole content."""
    if isinstance(remains, bytes):
        _raw(store.connection).deserialize(remains)
        return
    cursor = _raw(store.connection).cursor()
    with store.tx():
        cursor.execute(f"{_EMPTY}; {_RESTART}")
        for name, rows in zip(_TABLES, remains.tables, strict=True):
            if rows:
                with cursor.copy(f'COPY "{name}" FROM STDIN') as copy:
                    copy.write(rows)
        for name, last in remains.sequences:
            if last is not None:
                cursor.execute(_SET, (name, last))


def _raw(connection: sa.Connection) -> Any:
    return connection.connection.driver_connection
