"""An org's database on PostgreSQL: made, brought up to date, and refused in one line."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from harness.errors import Unusable
from harness.org import database, schema
from harness.org.database import VERSIONS, open_store
from harness.org.store import StoreLost


def test_the_migrations_make_the_tables_that_the_code_knows(databases):
    store = open_store(databases.url())

    with store.tx():
        context = MigrationContext.configure(
            store.connection, opts={"version_table": VERSIONS, "compare_type": True}
        )
        assert compare_metadata(context, schema.metadata) == []
    store.close()


def test_text_is_ordered_by_code_point(databases):
    store = databases.open()
    with store.tx():
        for name in ("b", "B", "ä", "_", "a"):
            store.insert(schema.settings, name=name, value=1)

    assert [row.name for row in store.all(schema.settings, "name")] == ["B", "_", "a", "b", "ä"]


def test_a_database_of_a_newer_version_is_refused_by_its_name(databases):
    url = databases.url()
    store = open_store(url)
    with store.tx():
        store.run(sa.text("UPDATE pushproof_version SET version_num = '9999'"))
    store.close()

    with pytest.raises(Unusable, match=r"written by a newer version \(its schema is 9999\)"):
        open_store(url)


def test_a_database_of_something_else_is_refused(databases):
    url = databases.url()
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE invoices (id INTEGER)")
    engine.dispose()

    with pytest.raises(Unusable, match=r"holds tables of something else \(invoices\)"):
        open_store(url)


def test_a_server_that_is_not_there_is_told_in_one_line_without_its_password():
    with pytest.raises(Unusable, match="cannot be used: ") as told:
        open_store("postgresql://ana:secret@127.0.0.1:1/org")

    assert "\n" not in str(told.value)
    assert "secret" not in str(told.value)


def test_one_writer_at_a_time(databases):
    """What one transaction read stays true until it has written, as in SQLite."""
    url = databases.url()
    first, second = open_store(url), open_store(url)
    with second.tx():
        second.run(sa.text("SET lock_timeout = '50ms'"))

    with first.tx(), pytest.raises(Exception, match="lock timeout"), second.tx():
        pass

    first.close()
    second.close()


def test_whoever_falls_silent_while_writing_holds_up_the_others_for_a_time_only(
    databases, monkeypatch
):
    url = databases.url()
    other = open_store(url)
    with other.tx():
        other.run(sa.text("SET lock_timeout = '10s'"))
    monkeypatch.setattr(database, "SILENT_S", 0.2)
    paused = open_store(f"{url}&application_name=paused")

    def fall_silent():
        with paused.tx():
            paused.insert(schema.settings, name="late", value=1)
            with other.tx():  # waits for the server to end the paused one
                assert other.all(schema.settings, "name") == []

    with pytest.raises(StoreLost):
        fall_silent()
    paused.close()
    other.close()
