"""Every adapter there is, found by name, keeps the contract of `harness.ports.TargetAdapter`."""

import pytest

from harness import adapters
from tests.contract.bench import Bench
from tests.contract.check import Check, checks


def benches() -> list[Bench]:
    """Each adapter in each of its habits of the wire."""
    return [
        Bench(name, wire)
        for name in adapters.names()
        for wire in adapters.load(name).capabilities.wires
    ]


@pytest.mark.parametrize("bench", benches(), ids=str)
@pytest.mark.parametrize("check", checks(), ids=str)
def test_an_adapter_keeps_the_contract(check: Check, bench: Bench) -> None:
    check.run(bench)
