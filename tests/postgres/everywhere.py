"""A plugin that has the orgs of all tests live on a PostgreSQL: `.ci/postgres` starts one.

.ci/postgres python -m pytest -p tests.postgres.everywhere tests/postgres tests/engine
"""

import os
from collections.abc import Iterator

import pytest

from tests.engine import office
from tests.postgres.databases import Databases


def pytest_configure(config: pytest.Config) -> None:
    url = os.environ.get("PUSHPROOF_POSTGRES")
    if not url:
        raise pytest.UsageError("PUSHPROOF_POSTGRES names no server: run .ci/postgres COMMAND...")
    office.databases = Databases(url, f"org_{os.getpid()}")  # type: ignore[assignment]


@pytest.fixture(autouse=True)
def _databases_are_empty_again() -> Iterator[None]:
    yield
    office.databases.take_back()  # type: ignore[attr-defined]


@pytest.fixture
def databases() -> Databases:
    return office.databases  # type: ignore[return-value]
