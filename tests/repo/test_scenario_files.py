"""Every shipped scenario says what it shows and where that is known from."""

import pytest
import yaml

from tests.repo.tree import ROOT, files, ids

SHIPPED = [path for path in files(".yaml", ".yml") if path.is_relative_to(ROOT / "scenarios")]


@pytest.mark.parametrize("path", SHIPPED, ids=ids)
def test_a_scenario_has_a_title_and_a_source(path):
    scenario = yaml.safe_load(path.read_text("utf-8"))

    assert scenario["title"].strip()
    assert str(scenario["source"]).strip()


def test_no_two_scenarios_share_a_title():
    titles = [yaml.safe_load(path.read_text("utf-8"))["title"] for path in SHIPPED]

    assert sorted(set(titles)) == sorted(titles)
