"""`pushproof run --serve-at`: an item stopped at a step, with its world on ports."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from harness import world
from harness.cli import main
from harness.errors import Unusable
from harness.scenario.language import read
from harness.scenario.standing import standing
from harness.served_target import ServedTarget
from tests.repo.tree import ROOT

CASE = """\
title: A push
source: a test
apps: [box, active_directory]
given: {users: [ana, ben], assigned: [ana, ben], groups: {Sales: [ana]}}
steps:
  - push: Sales
  - add_members: {Sales: ben}
  - expect: {target: {Sales: [ana, ben]}}
"""


def stood(step, text=CASE):
    told = read(text, Path("case.yaml"), world)
    return standing(told, told.lineups[0], step, {}, None)


def members(server):
    """How many members each group of the served Box has."""
    target = ServedTarget("box", server.ready()["apps"]["box"])
    return {group.name: len(group.members) for group in target.groups()}


@pytest.mark.parametrize(
    ("step", "there"), [(0, {}), (1, {"Sales": 1}), (2, {"Sales": 2}), (3, {"Sales": 2})]
)
def test_the_world_is_as_it_stands_after_that_step(step, there):
    with stood(step) as server:
        assert members(server) == there


def test_the_org_is_served_beside_it_and_its_engine_goes_on():
    with stood(1) as server:
        okta = server.ready()["apps"]["okta"]
        session = requests.Session()
        session.trust_env = False
        session.headers["Authorization"] = f"SSWS {okta['credentials']['token']}"
        api = f"{okta['base_url']}/api/v1"
        found = session.get(f"{api}/groups", params={"filter": 'type eq "OKTA_GROUP"'}).json()
        (group,) = [one for one in found if one["profile"]["name"] == "Sales"]
        ben = session.get(f"{api}/users/ben@example.test").json()
        reply = session.put(f"{api}/groups/{group['id']}/users/{ben['id']}")

        assert reply.status_code == 204
        assert members(server) == {"Sales": 2}


def test_a_step_that_is_not_there_is_told():
    with pytest.raises(Unusable, match="there is no step 4"), stood(4):
        pass


def test_two_apps_of_one_kind_are_told():
    twins = CASE.replace("[box, active_directory]", "[{one: box, two: box}]")
    with pytest.raises(Unusable, match="two apps of one kind"), stood(1, twins):
        pass


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--serve-at", "1"], "2 items are chosen: narrow with --app"),
        (["--serve-at", "1", "--engine", "http://127.0.0.1:1"], "leave --engine out"),
        (["--serve-at", "9", "--app", "box"], "there is no step 9"),
    ],
)
def test_what_cannot_be_served_is_told_in_one_line(tmp_path, words, why):
    (tmp_path / "case.yaml").write_text(CASE)
    ended = CliRunner().invoke(main, ["run", str(tmp_path / "case.yaml"), *words])

    assert ended.exit_code == 2
    assert len(ended.output.strip().splitlines()) == 1
    assert why in ended.output


def test_a_step_before_it_that_does_not_hold_is_told(tmp_path):
    (tmp_path / "case.yaml").write_text(CASE.replace("[ana, ben]}}\n", "[ben]}}\n"))
    words = ["run", str(tmp_path / "case.yaml"), "--app", "box", "--serve-at", "3"]
    ended = CliRunner().invoke(main, words)

    assert ended.exit_code == 1
    assert "a step before that does not hold: this is not as the scenario says" in ended.output


def test_the_addresses_are_printed_until_ctrl_c(tmp_path):
    (tmp_path / "case.yaml").write_text(CASE)
    ready = tmp_path / "ready.json"
    words = ["case.yaml", "--app", "box", "--serve-at", "1", "--ready", str(ready)]
    with subprocess.Popen(
        [sys.executable, "-m", "harness", "run", *words],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            head, box, okta = (process.stdout.readline() for _ in range(3))
            told = json.loads(ready.read_text())["apps"]
        finally:
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=60)

    assert head.split() == ["app", "base", "URL"], errors
    assert box.split() == ["box", told["box"]["base_url"]]
    assert okta.split() == ["okta", told["okta"]["base_url"]]
    assert (process.returncode, errors) == (0, "")
