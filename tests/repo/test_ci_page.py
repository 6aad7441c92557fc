"""The jobs in scenarios/CI.md can be copied: they are YAML, and use options that exist."""

import re
import shlex

import click
import pytest
import yaml

from harness.cli import main
from harness.scenario import results
from harness.scenario.catalogue import find
from harness.scenario.expected import load
from harness.scenario.symptoms import index
from tests.repo.tree import ROOT

PAGE = (ROOT / "scenarios" / "CI.md").read_text("utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
RUN = main.commands["run"]


def jobs():
    github, gitlab, _ = map(yaml.safe_load, BLOCKS)
    return {"github": github["jobs"]["scenarios"], "gitlab": gitlab["group push"]}


def scripts():
    steps = [step.get("run", "") for step in jobs()["github"]["steps"]]
    shell = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    lines = [line for block in shell for line in block.splitlines()]
    return [one for one in [*steps, *jobs()["gitlab"]["script"], *lines] if "pushproof " in one]


@pytest.mark.parametrize("script", scripts())
def test_every_command_shown_is_one_that_click_takes(script):
    told = script.replace("${{ matrix.shard }}", "1/3").replace("$CI_NODE_INDEX/", "1/")
    program, name, *words = shlex.split(told)

    context = main.commands[name].make_context(name, words)

    assert program == "pushproof"
    assert context.params


def test_the_shards_of_the_github_job_are_all_of_them():
    assert jobs()["github"]["strategy"]["matrix"]["shard"] == ["1/3", "2/3", "3/3"]


def test_both_jobs_keep_what_a_failing_run_leaves():
    *_, upload = jobs()["github"]["steps"]

    assert (upload["if"], upload["with"]["path"]) == ("always()", "out")
    assert jobs()["gitlab"]["artifacts"]["when"] == "always"
    assert jobs()["gitlab"]["artifacts"]["reports"]["junit"] == "out/junit.xml"


def test_the_known_failures_shown_are_about_shipped_items(tmp_path):
    file = tmp_path / "known.yaml"
    file.write_text(BLOCKS[2])
    shipped = [entry.found for entry in index(find([])).entries]

    load(file).refuse_idle(f"{found.file}::{app}" for found in shipped for app in found.apps)


def test_every_option_for_jobs_is_on_the_page():
    known = {name for option in RUN.params for name in option.opts if name.startswith("--")}
    everywhere = {"--app", "--case", "--seed", "--verbose"}

    assert {name for name in known - everywhere if f"`{name}" not in PAGE} == set()
    assert set(re.findall(r"^\| `(--[a-z-]+)", PAGE, re.MULTILINE)) <= known


def test_every_status_and_field_of_the_result_is_on_the_page():
    told = results.Result("", "", "", (), "", results.Ended())
    named = {*results.Result.__dataclass_fields__, *results.Ended.__dataclass_fields__}

    assert told.ended.status in results.STATUSES
    assert {n for n in named - {"ended"} if not re.search(rf"[`.]{n}\b", PAGE)} == set()
    assert {status for status in results.STATUSES if f"`{status}`" not in PAGE} == set()


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_option_says_what_it_does(name):
    options = [one for one in main.commands[name].params if isinstance(one, click.Option)]

    assert [one.name for one in options if not one.help] == []
    assert main.commands[name].help
