"""What the tests of this room share."""

from collections.abc import Iterator

import pytest

from tests.durability.crashes import Stages
from tests.durability.stage import small_batches


@pytest.fixture(scope="session")
def stages() -> Stages:
    """Worlds where everybody is hired, made once per process."""
    return Stages()


@pytest.fixture(autouse=True)
def _small_batches() -> Iterator[None]:
    with small_batches():
        yield
