"""The page about serving tells every option, every control route and every deed."""

import pytest
import yaml

from fake_apps import load
from fake_apps.core.control import Control
from fake_apps.core.deeds import DEEDS
from fake_apps.core.population import read_population
from harness.serve_command import serve
from tests.repo.tree import ROOT

PAGE = (ROOT / "fake_apps" / "README.md").read_text("utf-8")


@pytest.mark.parametrize("option", sorted(o for one in serve.params for o in one.opts if "--" in o))
def test_every_option_is_told(option):
    assert f"`{option}" in PAGE


def test_every_control_route_is_told():
    routes = Control(load("slack").create(), "token")._routes
    missing = [
        f"{method} {name}"
        for name, methods in routes.items()
        for method in methods
        if f"`{method} {name}`" not in PAGE
    ]

    assert missing == []


def test_every_deed_is_told():
    assert [name for name in DEEDS if f"`{name}`" not in PAGE and f'"{name}"' not in PAGE] == []


def test_the_tenant_file_that_is_shown_can_be_read():
    shown = PAGE.partition("```yaml\n")[2].partition("```")[0]
    shares = yaml.safe_load(shown)

    assert {app: bool(read_population(load(app), share)) for app, share in shares.items()}
    assert sorted(shares) == ["active_directory", "box"]
