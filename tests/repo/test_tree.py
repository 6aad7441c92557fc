"""The shape of the repository, and what may not stand in it."""

import ast
import re
import subprocess
import sys
import tomllib

import pytest

from tests.repo.tree import LEFT_BEHIND, ROOT, files, ids

FOLDERS = {"harness", "fake_apps", "scenarios", "tests"}
ROOT_FILES = {
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "README.md",
    "pyproject.toml",
    "requirements.lock",
    "setup.py",
}
TEXT = {".py", ".md", ".yaml", ".toml", ".lock", ".json", ""}
FORBIDDEN = {
    "a path of one machine": r"(?<![\w.])/(?:(?:work|root|home)/[\w.]|Users/[\w.]+/[\w.])",
    "notes that are not shipped": r"\b[f]acts/",
    "a merge marker": r"^(?:<{7}|>{7}) ",
    "a promise instead of a deed": r"\b(?:[T]ODO|[F]IXME)\b",
    "the wire to a registry": r"(?:pypi\.org/simple|files\.pythonhosted\.org)",
}
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def test_the_top_level_is_what_the_layout_says():
    present = {path for path in ROOT.iterdir() if path.name not in LEFT_BEHIND}
    named = {p for p in present if p.name[0] != "." and not p.name.endswith(".egg-info")}

    assert {path.name for path in named if path.is_dir()} == FOLDERS
    assert {path.name for path in named if path.is_file()} == ROOT_FILES


@pytest.mark.parametrize("path", [p for p in files() if p.suffix in TEXT], ids=ids)
def test_a_file_has_nothing_that_may_not_ship(path):
    text = path.read_text("utf-8")
    found = [what for what, pattern in FORBIDDEN.items() if re.search(pattern, text, re.MULTILINE)]

    assert found == []


@pytest.mark.parametrize("path", files(".md"), ids=ids)
def test_every_relative_link_leads_somewhere(path):
    targets = [t.partition("#")[0] for t in LINK.findall(path.read_text("utf-8"))]
    relative = [t for t in targets if t and "://" not in t and not t.startswith("mailto:")]

    assert [t for t in relative if not (path.parent / t).exists()] == []


@pytest.mark.parametrize(
    "path", [p for p in files(".py") if p.is_relative_to(ROOT / "harness")], ids=ids
)
def test_a_folder_with_code_is_a_package_so_that_the_wheel_carries_it(path):
    assert (path.parent / "__init__.py").is_file()


@pytest.mark.parametrize("folder", ["harness", "fake_apps"])
def test_every_module_and_public_class_says_what_it_is(folder):
    silent = [
        f"{ids(path)}: {what}"
        for path in files(".py")
        if path.is_relative_to(ROOT / folder)
        for what in _without_docstring(ast.parse(path.read_text("utf-8")))
    ]

    assert silent == []


def _without_docstring(module: ast.Module) -> list[str]:
    classes = [n for n in module.body if isinstance(n, ast.ClassDef) and n.name[0] != "_"]
    silent = [node.name for node in classes if not ast.get_docstring(node)]
    return silent if ast.get_docstring(module) else ["the module", *silent]


def test_the_script_for_the_checks_is_sound_bash_and_may_be_run():
    script = ROOT / ".ci" / "run"

    assert script.stat().st_mode & 0o111
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0


def test_the_lock_names_exact_versions_of_all_that_the_project_asks_for():
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    locked = {line.partition("==")[0].lower().replace("_", "-") for line in lines}

    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.+]+", line)] == []
    assert _asked_for() - locked == set()


def _asked_for() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = [one for extra in project["optional-dependencies"].values() for one in extra]
    names = [re.match(r"[\w-]+", one) for one in project["dependencies"] + extras]
    return {name[0].lower() for name in names if name}


def test_importing_the_fakes_does_not_import_the_harness():
    load_all = "import sys, fake_apps; [fake_apps.load(name) for name in fake_apps.names()]"
    code = f"{load_all}; sys.exit('harness' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
