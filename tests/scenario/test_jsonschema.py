import json
from pathlib import Path

import jsonschema
import pytest

from harness import world
from harness.scenario.catalogue import shipped
from harness.scenario.jsonschema import schema
from harness.scenario.marks import expectations, verbs
from harness.scenario.tree import parse, plain

SHIPPED = sorted(shipped().rglob("*.yaml"))
VALIDATOR = jsonschema.Draft202012Validator(schema(world))
STEP = VALIDATOR.schema["properties"]["steps"]["items"]["anyOf"][0]


def test_it_is_a_json_schema():
    jsonschema.Draft202012Validator.check_schema(json.loads(json.dumps(VALIDATOR.schema)))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_scenario_fits_it(path):
    told = [f"{e.json_path}: {e.message}" for e in VALIDATOR.iter_errors(value_of(path))]

    assert told == []


def value_of(path: Path):
    return plain(parse(path.read_bytes(), path.name))


@pytest.mark.parametrize(
    "mistake",
    [
        {"sead": 3},
        {"apps": ["o364"]},
        {"schema": 2},
        {"steps": []},
        {"steps": [{"pusj": "Sales"}]},
        {"steps": [{"push": {"group": "Sales", "linkto": "x"}}]},
        {"steps": [{"push": "Sales", "push_now": "Sales"}]},
        {"steps": [{"expect": {"mapping": {"Sales": "active"}}}]},
        {"settings": {"wire": "slow"}},
        {"quirks": {"o365": {"Q99": "on"}}},
        {"given": {"user": ["ana"]}},
    ],
)
def test_a_mistake_does_not_fit_it(mistake):
    good = {"title": "x", "apps": ["o365"], "steps": ["retry_all"]}

    assert list(VALIDATOR.iter_errors(good)) == []
    assert list(VALIDATOR.iter_errors({**good, **mistake})) != []


def test_every_verb_and_expectation_is_described_for_an_editor():
    described = STEP["properties"]
    witnesses = described["expect"]["properties"]

    assert [name for name in verbs() if not described[name]["description"]] == []
    assert [name for name in expectations() if not witnesses[name]["description"]] == []


def test_what_the_apps_bring_is_offered():
    properties = VALIDATOR.schema["properties"]

    assert "o365" in json.dumps(properties["apps"])
    assert properties["settings"]["properties"]["wire"]["enum"] == ["frugal", "okta"]
    assert properties["quirks"]["properties"]["o365"]["properties"]["Q3"]["description"]
    assert "o365.batch" in json.dumps(STEP["properties"]["arm_fault"])
    assert "x-known" not in json.dumps(VALIDATOR.schema)
