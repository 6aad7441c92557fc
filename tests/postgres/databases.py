"""Databases of one PostgreSQL: taken by one test, empty again for the next."""

import sqlalchemy as sa

from harness.org import schema
from harness.org.database import open_store
from harness.org.store import Store


class Databases:
    """Databases of one process, made when more are needed than there are."""

    def __init__(self, url: str, prefix: str) -> None:
        self._url = sa.make_url(url).set(drivername="postgresql+psycopg")
        self._prefix = prefix
        self._made: list[str] = []
        self._free: list[str] = []
        self._open: list[tuple[str, Store]] = []

    def url(self) -> str:
        """The address of an empty database that nobody has migrated or will hand out again."""
        return self._address(self._create())

    def open(self) -> Store:
        """A connection to an org's database without a row."""
        name = self._free.pop() if self._free else self._create()
        store = open_store(self._address(name))
        self._open.append((name, store))
        return store

    def take_back(self) -> None:
        """Whatever was handed out is emptied, and may be handed out again."""
        for name, store in self._open:
            store.close()  # it may have lost its connection already
            fresh = open_store(self._address(name))
            _empty(fresh)
            fresh.close()
            self._free.append(name)
        self._open.clear()

    def _address(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)

    def _create(self) -> str:
        name = f"{self._prefix}_{len(self._made)}"
        engine = sa.create_engine(self._url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
        engine.dispose()
        self._made.append(name)
        return name


def _empty(store: Store) -> None:
    names = ", ".join(f'"{table.name}"' for table in schema.metadata.sorted_tables)
    with store.tx():
        store.run(sa.text(f"TRUNCATE {names} RESTART IDENTITY"))
