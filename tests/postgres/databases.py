"""Databases of one PostgreSQL: taken by one test, empty again for the next."""

import sqlalchemy as sa

from harness.org.database import open_store
from harness.org.store import Store
from tests.durability.remains import NOTHING, put_back


class Databases:
    """Databases of one process, made when more are needed than there are."""

    def __init__(self, url: str, prefix: str) -> None:
        self._url = sa.make_url(url).set(drivername="postgresql+psycopg")
        self._prefix = prefix
        self._made = 0
        self._used: dict[str, Store] = {}

    def url(self) -> str:
        """The address of an empty database that nobody has migrated or will hand out again."""
        return self._address(self._create())

    def open(self) -> Store:
        """A connection to an org's database without a row: a new one, or one that was let go of."""
        free = (name for name, store in self._used.items() if store.connection.closed)
        name = next(free, None) or self._create()
        store = open_store(self._address(name))
        put_back(store, NOTHING)
        self._used[name] = store
        return store

    def take_back(self) -> None:
        """Whatever was handed out may be handed out again."""
        for store in self._used.values():
            store.close()  # it may have lost its connection already

    def _address(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)

    def _create(self) -> str:
        name = f"{self._prefix}_{self._made}"
        engine = sa.create_engine(self._url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
        engine.dispose()
        self._made += 1
        return name
