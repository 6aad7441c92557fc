"""Scenarios written in a test, played on the real world."""

from pathlib import Path
from textwrap import dedent

from harness import world
from harness.scenario.language import Scenario, read
from harness.scenario.play import Failed, Play
from harness.scenario.position import Broken

HEAD = """
title: A case
source: a test
apps: {app}
"""


def scenario(body: str, app: str = "o365") -> Scenario:
    """A scenario on one app, from its part below `apps`."""
    return read(HEAD.format(app=app) + dedent(body), Path("case.yaml"), world)


def played(body: str, app: str = "o365") -> Play:
    """The scenario, played to its end; it must hold."""
    told = scenario(body, app)
    play = Play(told, told.lineups[0], told.keys.seed)
    play.go()
    return play


def failed(body: str, app: str = "o365") -> tuple[Play, Failed]:
    """The scenario, played until it fails; it must fail."""
    told = scenario(body, app)
    play = Play(told, told.lineups[0], told.keys.seed)
    try:
        play.go()
    except Failed as error:
        return play, error
    raise AssertionError("the scenario holds")


def disagreements(body: str, app: str = "o365") -> list[tuple[str, str]]:
    """Witness and subject of everything that is not as the scenario says."""
    return [(d.witness, d.subject) for d in failed(body, app)[1].disagreements]


def problems(text: str) -> list[str]:
    """What is wrong with a whole file, without the file's name."""
    try:
        read(dedent(text), Path("case.yaml"), world)
    except Broken as broken:
        return [str(problem).removeprefix("case.yaml:") for problem in broken.problems]
    return []


def body_problems(body: str, app: str = "o365") -> list[str]:
    """What is wrong below `apps`, without positions."""
    found = problems(HEAD.format(app=app) + dedent(body))
    return [problem.partition(": ")[2] for problem in found]
