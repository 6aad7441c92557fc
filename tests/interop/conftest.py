"""Served fakes for the vendors' own clients: one server for a module, a fresh tenant for a test.

These tests need the extra `interop`, so only `pytest tests/interop` collects them.
"""

from typing import Any

import pytest

from fake_apps import load
from fake_apps.core.clock import SystemClock
from fake_apps.core.fault import Fault
from fake_apps.core.serve import Place, Server

GRAPH_WARNINGS = (  # of msgraph-sdk about its own classes, as it is imported
    "This class is deprecated. Please use the generic RequestConfiguration",
    "GetQueryParameters is deprecated. Use QueryParameters instead",
)


def pytest_configure(config):
    for warning in GRAPH_WARNINGS:
        config.addinivalue_line("filterwarnings", f"ignore:{warning}:DeprecationWarning")


class Tenant:
    """One served app: how clients reach it, its administrator, and the calls it has answered."""

    def __init__(self, server: Server, name: str) -> None:
        self.server = server
        self.fake = server.fakes[name]
        self.told = server.connection(name)
        self.ca_file = str(server.ca_file or "")

    @property
    def base_url(self) -> str:
        return self.told["base_url"]

    @property
    def credentials(self):
        return self.told["credentials"]

    @property
    def admin(self):
        return self.fake.admin

    def fail(self, operation: str, kind: str, **more: Any) -> None:
        """The next call of this operation meets a fault."""
        self.fake.arm(Fault(operation, kind, **more))

    def statuses(self, operation: str) -> list[int]:
        """The status of each call of an operation, oldest first."""
        return [call.status for call in self.fake.ledger.since(0) if call.operation == operation]

    def accounts(self, count: int) -> list[str]:
        """The ids of new accounts, made by the administrator."""
        domain = self.admin.credentials()["domain"]
        with self.fake.administering() as admin:
            return [admin.add_account(f"user{at}@{domain}", {}) for at in range(count)]


@pytest.fixture(scope="session", autouse=True)
def _no_proxy():
    """The clients take proxies from the environment; the fakes are on this machine."""
    with pytest.MonkeyPatch.context() as environment:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            environment.delenv(name, raising=False)
            environment.delenv(name.upper(), raising=False)
        yield


@pytest.fixture(scope="module")
def serve():
    """Starts the server of one app; all end with the module."""
    servers = []

    def start(name: str, *, tls: bool = False) -> Server:
        server = Server([load(name).create(seed=7, clock=SystemClock())], Place(tls=tls), seed=7)
        server.start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def tenant(server):
    """The app of the module's `server` as it was when it started."""
    (name,) = server.fakes
    server.fakes[name].reset()
    return Tenant(server, name)
