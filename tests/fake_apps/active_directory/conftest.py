"""A forest per test and a caller of its agent."""

from collections.abc import Callable
from typing import Any

import pytest

from fake_apps.active_directory import APP
from tests.fake_apps.active_directory.agent import Agent


@pytest.fixture
def make() -> Callable[..., Agent]:
    """A forest with settings or quirks of the test's choice."""

    def made(**options: Any) -> Agent:
        return Agent(APP.create(**{"seed": 7, **options}))

    return made


@pytest.fixture
def ad(make: Callable[..., Agent]) -> Agent:
    return make()
