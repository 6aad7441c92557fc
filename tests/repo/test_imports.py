"""Who imports whom, as `tool.importlinter` in pyproject.toml says."""

from importlinter import cli

from tests.repo.tree import ROOT


def test_every_import_goes_the_way_the_layers_allow(monkeypatch):
    monkeypatch.chdir(ROOT)

    status = cli.lint_imports(config_filename="pyproject.toml", no_cache=True, no_logo=True)

    assert status == cli.EXIT_STATUS_SUCCESS
