"""Transactions of the org's database."""

import pytest
import sqlalchemy as sa

from harness.org.store import in_memory


def nothing(_store):
    """An org database that starts empty."""


def interrupted(store):
    """A statement is interrupted: SQLAlchemy closes the connection that it was on."""
    store.connection.invalidate()
    raise KeyboardInterrupt


def test_an_interruption_is_raised_on_though_the_connection_went_with_it():
    store = in_memory(nothing)

    with pytest.raises(KeyboardInterrupt), store.tx():
        interrupted(store)

    assert not store.in_transaction


def test_after_an_interruption_the_next_org_starts_whole():
    store = in_memory(nothing)
    with pytest.raises(KeyboardInterrupt), store.tx():
        interrupted(store)
    store.close()

    found = in_memory(nothing).value(sa.text("select count(*) from sqlite_master"))

    assert found > 0
