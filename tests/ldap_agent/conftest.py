"""Directories on loopback ports, and our agent in front of them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from fake_apps.core.tls import ThrowAwayCa
from harness.ldap_agent.dialling import Directory
from harness.ldap_agent.face import Face
from harness.ldap_agent.speaking import Agent
from tests.ldap.forest import Forest
from tests.ldap_agent.caller import TOKEN, Caller


@pytest.fixture(scope="session")
def ca() -> Iterator[ThrowAwayCa]:
    made = ThrowAwayCa(("127.0.0.1", "localhost"))
    yield made
    made.forget()


@pytest.fixture
def make(ca: ThrowAwayCa) -> Iterator[Callable[..., Forest]]:
    """A directory with settings or quirks of the test's choice, over LDAP and LDAPS."""
    with ExitStack() as stack:

        def made(**options: Any) -> Forest:
            forest = Forest(ca, **options)
            stack.callback(forest.stop)
            return forest

        yield made


@pytest.fixture
def front(make: Callable[..., Forest]) -> Iterator[Callable[..., Caller]]:
    """A caller of our agent, which stands before a directory over LDAPS."""
    with ExitStack() as stack:

        def made(forest: Forest | None = None, **options: Any) -> Caller:
            forest = forest or make(**options)
            url = f"ldaps://127.0.0.1:{forest.tls_port}"
            directory = Directory(url=url, ca_file=forest.ca.file)
            agent = Agent(directory, forest.given["user"], forest.given["password"])
            stack.callback(agent.leave)
            return Caller(forest, Face(agent, TOKEN))

        yield made


@pytest.fixture
def caller(front: Callable[..., Caller]) -> Caller:
    return front()
