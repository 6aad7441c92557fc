"""Killed at any instant, and again while it recovers: the end is that of an undisturbed run.

Every point of every trial is tried; of the points of recoveries one in SECOND of each of one in
SECOND recoveries. `python -m tests.durability --all` tries them all.
"""

import pytest

from harness.world import app_kinds
from tests.durability.crashes import crash_everywhere
from tests.durability.operations import OPERATIONS, trials
from tests.durability.stage import MAIN, VARIANTS
from tests.engine.office import AD, SLACK

SECOND = 8


@pytest.mark.parametrize("trial", trials(), ids=str)
def test_a_crash_anywhere_changes_nothing(trial, stages, record_property):
    verdict = crash_everywhere(stages, trial, second_every=SECOND)
    for name, count in vars(verdict.tally).items():
        record_property(f"tried crashes, {name}", count)

    assert list(verdict.complaints) == []
    assert verdict.tally.points >= verdict.tally.states > 0


def test_every_app_is_tried_with_every_kind_of_deed():
    tried = {(str(trial.variant), trial.operation.name) for trial in trials()}
    of_all = [operation.name for operation in OPERATIONS if operation.variants == VARIANTS]
    main = {(str(variant), operation.name) for variant in MAIN for operation in OPERATIONS}

    assert main - tried == {(AD, "push by rule"), (SLACK, "import users")}  # there is no such thing
    assert {variant.app for variant in MAIN} == set(app_kinds())
    assert tried >= {(str(variant), name) for variant in VARIANTS for name in of_all}
    assert len(of_all) == 14
