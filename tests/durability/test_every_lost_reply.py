"""The reply to any write is lost, before or after it took effect: the end is what it is without.

Every write of every deed on every app is lost both ways, with the largest number of members; and
again where the vendor shows fresh objects late. `python -m tests.durability --all` tries all
numbers of members.
"""

import pytest

from tests.durability.losses import lose_every_reply
from tests.durability.operations import largest, trials, trials_with_lag


@pytest.mark.parametrize("trial", largest([*trials(), *trials_with_lag()]), ids=str)
def test_a_lost_reply_changes_nothing(trial, stages, record_property):
    verdict = lose_every_reply(stages, trial)
    record_property("tried lost replies", verdict.tally.points)

    assert list(verdict.complaints) == []
    assert verdict.tally.points == verdict.tally.states
