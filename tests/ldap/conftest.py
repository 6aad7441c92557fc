"""A forest per test, served over LDAP; one certificate authority for all tests of a process."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from fake_apps.core.tls import ThrowAwayCa
from tests.ldap.forest import Client, Forest


@pytest.fixture(scope="session")
def ca() -> Iterator[ThrowAwayCa]:
    made = ThrowAwayCa(("127.0.0.1", "localhost"))
    yield made
    made.forget()


@pytest.fixture
def make() -> Iterator[Callable[..., Forest]]:
    """A forest with settings, quirks or an authority of the test's choice."""
    forests = []

    def made(ca: ThrowAwayCa | None = None, **options: Any) -> Forest:
        forests.append(Forest(ca, **options))
        return forests[-1]

    yield made
    for forest in forests:
        forest.stop()


@pytest.fixture
def forest(make: Callable[..., Forest]) -> Forest:
    return make()


@pytest.fixture
def client(forest: Forest) -> Client:
    """Bound as the service account."""
    return forest.bound()
