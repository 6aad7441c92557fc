"""Org databases in files: made, brought up to date, kept, and refused in one line."""

import sqlite3

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from fake_apps.core.clock import VirtualClock
from harness.errors import Unusable
from harness.org import Org, schema
from harness.org.database import VERSIONS, open_store


def url(path):
    return f"sqlite:///{path}"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "org.sqlite"


def test_what_one_connection_commits_another_finds(file):
    first = open_store(url(file))
    Org(first, VirtualClock()).prepare()
    first.close()

    second = open_store(url(file))

    assert [row.name for row in second.all(schema.groups)] == ["Everyone"]
    second.close()


def test_what_is_committed_is_synced_to_the_disk(file):
    store = open_store(url(file))

    assert store.value(sa.text("PRAGMA journal_mode")) == "wal"
    assert store.value(sa.text("PRAGMA synchronous")) == 2
    store.close()


def test_the_migrations_make_the_tables_that_the_code_knows(file):
    store = open_store(url(file))

    with store.tx():
        context = MigrationContext.configure(
            store.connection, opts={"version_table": VERSIONS, "compare_type": True}
        )
        assert compare_metadata(context, schema.metadata) == []
    store.close()


def test_a_database_of_a_newer_version_is_refused_and_left_as_it_is(file):
    store = open_store(url(file))
    with store.tx():
        store.run(sa.text("UPDATE pushproof_version SET version_num = '9999'"))
    store.close()

    with pytest.raises(Unusable, match=r"written by a newer version \(its schema is 9999\)"):
        open_store(url(file))

    with sqlite3.connect(file) as raw:
        assert raw.execute("SELECT version_num FROM pushproof_version").fetchall() == [("9999",)]


def test_a_database_of_something_else_is_refused_and_left_as_it_is(file):
    with sqlite3.connect(file) as raw:
        raw.execute("CREATE TABLE invoices (id INTEGER)")

    with pytest.raises(Unusable, match=r"holds tables of something else \(invoices\)"):
        open_store(url(file))

    with sqlite3.connect(file) as raw:
        assert raw.execute("SELECT name FROM sqlite_master").fetchall() == [("invoices",)]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("nonsense", "--database takes sqlite:///FILE or postgresql://HOST/NAME"),
        ("mysql://localhost/x", "mysql://localhost/x: the database is SQLite or PostgreSQL"),
        ("sqlite://", "sqlite://: name a file, as in sqlite:///org.sqlite"),
        ("sqlite:///no/such/org.sqlite", "there is no folder no/such"),
    ],
)
def test_an_address_that_cannot_be_a_database_is_told_in_one_line(address, said):
    with pytest.raises(Unusable, match=said) as told:
        open_store(address)

    assert "\n" not in str(told.value)


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(file):
    file.write_text("Dear diary, " * 100, "utf-8")

    with pytest.raises(Unusable, match="cannot be used: file is not a database"):
        open_store(url(file))

    assert file.read_text("utf-8").startswith("Dear diary")


def test_a_password_is_never_told():
    with pytest.raises(Unusable) as told:
        open_store("mysql://ana:secret@localhost/x")

    assert "secret" not in str(told.value)


def test_the_mapping_of_a_target_group_is_found_by_an_index(file):
    open_store(url(file))

    with sqlite3.connect(file) as raw:
        plan = raw.execute("EXPLAIN QUERY PLAN SELECT * FROM mappings WHERE target_group_id = 'x'")
        told = [row[-1] for row in plan]

    assert told == ["SEARCH mappings USING INDEX mappings_by_target (target_group_id=?)"]
