"""What a large tenant costs more than a small one, in work that is counted. Times are never tested.

Tenth the size and the whole of it: whatever grows with the tenant grows tenfold here.
"""

from functools import cache

import pytest

from harness.world import app_kinds
from tests.benchmarks import scale
from tests.benchmarks.scale import Large, inner_over_direct
from tests.benchmarks.work import work_of

MOST = 1.3
SHOWS_ALL = {"slack": 8}  # calls for each member that the reply to every change of a group lists
APPS = sorted(app_kinds())


@cache
def tenants(app):
    """A small one, and one ten times as large: warm, that is, asked once already."""
    small, large = Large(app, 300, 5, 600), Large(app, 3_000, 50, 6_000)
    for each in (small, large):
        each.create_user()
        each.add_member()
    return small, large


@pytest.mark.parametrize("app", APPS)
def test_creating_a_user_takes_no_more_in_a_large_tenant(app):
    small, large = tenants(app)

    assert work_of(large.create_user) <= MOST * work_of(small.create_user)


@pytest.mark.parametrize("app", APPS)
def test_adding_a_member_takes_no_more_in_a_large_group(app):
    small, large = tenants(app)

    assert work_of(large.add_member) <= MOST * work_of(small.add_member) + _shown(app, large)


def _shown(app, large):
    return SHOWS_ALL.get(app, 0) * len(large.app.admin.groups()[0].member_ids)


@pytest.mark.parametrize("app", APPS)
def test_the_last_page_of_members_takes_no_more_than_the_first(app):
    pages = tenants(app)[1].pages(work_of)

    assert pages[-1] <= MOST * pages[0]


@pytest.mark.parametrize("app", APPS)
def test_a_snapshot_and_going_back_to_it_take_no_more_in_a_large_tenant(app):
    small, large = (each.app for each in tenants(app))

    def back_and_forth(fake):
        return work_of(lambda: fake.restore(fake.snapshot()))

    assert back_and_forth(large) <= MOST * back_and_forth(small)


@pytest.mark.parametrize("app", APPS)
def test_the_first_change_after_a_snapshot_takes_no_more_in_a_large_tenant(app):
    def changed(tenant):
        tenant.app.snapshot()
        return work_of(tenant.add_member)

    small, large = tenants(app)
    changed(small)
    changed(large)
    assert changed(large) <= MOST * changed(small) + _shown(app, large)


@pytest.mark.parametrize("app", ["gsuite", "o365", "scim"])
def test_an_item_of_a_batch_takes_about_what_a_call_of_its_own_takes(app):
    found = inner_over_direct(tenants(app)[1], work_of)

    assert found is not None
    assert found <= 1.4  # of a large machine's work; in time it is less: see the benchmark


def test_one_app_is_measured_and_shown(capsys):
    shown = scale.rows("scim", scale.measured("scim", 2_000, 20, 8_000))

    assert [row.what for row in shown if "scim" not in row.what] == []
    assert len(shown) == 4
