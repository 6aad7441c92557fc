"""The whole catalogue of Active Directory through adapter, agent, LDAP and directory."""

import pytest

from harness import world
from harness.scenario.catalogue import find
from harness.scenario.language import Lineup, Scenario, load
from harness.scenario.play import Failed, Play
from harness.scenario.report import Style, report
from harness.scenario.selection import item_id
from tests.ldap_agent import route

KIND = "active_directory"


def items() -> list[tuple[Scenario, Lineup]]:
    known = [load(path, world) for path in find([])]
    return [(one, lineup) for one in known for lineup in one.lineups if KIND in lineup.kinds]


ITEMS = {item_id(one.path, lineup.name): (one, lineup) for one, lineup in items()}


@pytest.fixture(scope="module")
def ours():
    return route.spec()


@pytest.fixture
def play(monkeypatch, ours, request):
    """The item, in a world whose directory is behind the agent."""
    monkeypatch.setattr(world, "_spec", route.routed(world._spec, ours))
    scenario, lineup = ITEMS[request.param]
    made = Play(scenario, lineup, scenario.keys.seed)
    yield made
    made.world.close()


@pytest.mark.parametrize("play", sorted(ITEMS), indirect=True)
def test_an_item_holds_through_the_agent(play):
    failed = None
    try:
        play.go()
    except Failed as error:
        failed = error

    assert failed is None, report(play, failed, Style())
    assert binds_where_it_acts(play)


def binds_where_it_acts(play: Play) -> bool:
    """The fake's own agent binds for nobody; over LDAP nothing is done before a bind."""
    for label, kind in play.lineup.apps.items():
        calls = play.world.targets[label].calls() if kind == KIND else ()
        inner = [one.operation for call in calls for one in call.inner]
        if inner and inner[0] != "active_directory.bind":
            return False
    return True
