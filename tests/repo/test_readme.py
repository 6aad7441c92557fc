"""README.md says what is true today."""

import re
import tomllib
from dataclasses import replace
from typing import Any

import pytest

from fake_apps import load, names
from tests.repo.app_pages import pages
from tests.repo.tree import ROOT, ids

README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)


@pytest.mark.parametrize("page", pages(), ids=lambda page: ids(page.path))
def test_a_page_says_what_the_apps_declare(page):
    assert page.shown == page.wanted, "run: python -m tests.repo.app_pages"


@pytest.mark.parametrize("page", pages(), ids=lambda page: ids(page.path))
def test_renewing_a_page_that_is_current_changes_nothing(page, tmp_path):
    copy = replace(page, path=tmp_path / "README.md")
    copy.path.write_text(page.path.read_text("utf-8"), "utf-8")
    copy.renew()

    assert copy.path.read_text("utf-8") == page.path.read_text("utf-8")


@pytest.mark.parametrize("name", names())
def test_every_app_has_a_title_hosts_and_a_page_of_its_own(name):
    spec = load(name)

    assert spec.title
    assert spec.hosts
    assert (ROOT / "fake_apps" / name / "README.md").is_file()


def test_there_are_exactly_two_commands_one_for_the_catalogue_and_one_for_the_tests():
    last_words = [command.rpartition(" && ")[2] for command in COMMANDS]

    assert last_words == [".venv/bin/pushproof run", ".venv/bin/pytest -n auto"]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_makes_its_own_environment_and_installs_from_here(command):
    made, installed, _ = command.split(" && ")

    assert made == "python3 -m venv .venv"
    assert re.fullmatch(r"\.venv/bin/pip install -q (\.|-e '\.\[test\]')", installed)


def test_the_script_is_called_what_the_readme_calls_it():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert project["name"] in project["scripts"]
    assert f"bin/{project['name']} run" in README


def test_the_first_paragraph_is_two_sentences():
    first = README.split("\n\n")[1]

    assert len(re.findall(r"\.(\s|$)", first)) == 2


def test_the_scenario_shown_is_a_shipped_one_of_at_most_twenty_lines():
    (shown,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    (path,) = re.findall(r"\[a shipped one\]\(([^)]+)\)", README)

    assert len(shown.splitlines()) <= 20
    assert shown == (ROOT / path).read_text("utf-8"), "copy the file into README.md"


def test_the_python_shown_does_what_it_says():
    (shown,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    names_made: dict[str, Any] = {}
    exec(shown, names_made)  # noqa: S102 - our own page

    assert names_made["graph"].get("https://graph.microsoft.com/v1.0/users").status_code == 401
