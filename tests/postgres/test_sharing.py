"""Engines that share one org's apps on a server: each has its part, and takes over a dead one's."""

from threading import Event

import pytest
import sqlalchemy as sa

from harness.engine.loops import Pace
from harness.org.database import open_store
from harness.org.ownership import Presence
from harness.org.store import StoreLost
from tests.engine.site import Site

QUICK = Pace(look_s=0.02, lease_s=30)
END_ALL = sa.text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture
def site(databases):
    made = Site(databases.url(), apps=4)
    yield made
    made.close()


def test_two_engines_have_half_of_the_apps_each(site):
    first, second = site.loops(QUICK), site.loops(QUICK)
    first.start()
    site.until(lambda: len(first.working) == 4)

    second.start()

    site.until(lambda: (len(first.working), len(second.working)) == (2, 2))
    assert not set(first.working) & set(second.working)
    site.push("Sales", "ana")
    site.until(lambda: site.pushed("Sales") == 4)
    first.stop()
    second.stop()


def test_the_apps_of_an_engine_that_ended_are_taken_over(site):
    first, second = site.loops(QUICK), site.loops(QUICK)
    first.start()
    second.start()
    site.until(lambda: (len(first.working), len(second.working)) == (2, 2))

    first.stop()

    site.until(lambda: len(second.working) == 4)
    site.push("Sales", "ana")
    site.until(lambda: site.pushed("Sales") == 4)
    second.stop()


def test_engines_whose_connections_were_ended_go_on_with_new_ones(site):
    loops = site.loops(QUICK)
    loops.start()
    site.push("Sales", "ana")
    site.until(lambda: site.pushed("Sales") == 4)

    with site.org.store.tx():
        site.org.store.rows(END_ALL)

    site.push("Marketing", "ben")
    site.until(lambda: site.pushed("Marketing") == 4)
    loops.stop()


def test_an_engine_that_is_silent_for_its_lease_is_counted_no_more(databases):
    url = databases.url()
    first, second = open_store(url), open_store(url)
    one = Presence(first, lease_s=30)
    Presence(second, lease_s=0.05)

    never = Event()
    while one.count() > 1:
        never.wait(0.02)

    with pytest.raises(StoreLost), second.tx():
        pass
    first.close()
    second.close()


def test_engines_are_counted_and_those_that_left_are_not(databases):
    url = databases.url()
    first, second = open_store(url), open_store(url)
    one = Presence(first, lease_s=30)
    Presence(second, lease_s=30)
    assert one.count() == 2

    second.close()

    assert one.count() == 1
    first.close()
