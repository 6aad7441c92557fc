"""What a large org costs the engine more than a small one, in work that is counted, never timed."""

import pytest

from tests.benchmarks import engine_scale
from tests.benchmarks.engine_scale import ALL, FEW, LargeOrg
from tests.benchmarks.work import work_of

MOST = 1.3


@pytest.fixture
def org_of(tmp_path):
    made = []

    def make(users):
        folder = tmp_path / str(users)
        folder.mkdir()
        org = LargeOrg(folder, users)
        org.push(FEW)
        made.append(org)
        return org

    yield make
    for org in made:
        org.close()


def test_a_change_is_planned_with_the_same_work_in_a_large_org(org_of):
    small, large = org_of(200), org_of(2_000)
    for org in (small, large):
        org.change()
        org.change()

    assert work_of(large.change) <= MOST * work_of(small.change)


def test_a_member_takes_no_more_work_in_a_large_group(org_of):
    small, large = org_of(200), org_of(2_000)

    assert work_of(lambda: large.push(ALL)) / 10 <= MOST * work_of(lambda: small.push(ALL))


def test_mappings_that_are_idle_cost_nothing(org_of):
    org = org_of(1_000)
    org.change()
    alone = [work_of(each) for each in (org.look, org.change, org.change)]
    org.push_others()
    beside = [work_of(each) for each in (org.look, org.change, org.change)]

    assert beside == pytest.approx(alone, rel=0.05)


def test_one_org_is_measured_and_shown():
    shown = engine_scale.rows(300, engine_scale.measured(300))

    assert len(shown) == 5
    assert [row.what for row in shown if row.is_met is None or "(i)" not in row.what] == []
