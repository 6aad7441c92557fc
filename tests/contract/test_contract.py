"""Every adapter there is, found by name, keeps the contract of `harness.ports.TargetAdapter`."""

import pytest

from harness import adapters
from tests.contract.bench import WIRES, Bench
from tests.contract.check import Check, checks


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("adapter", adapters.names())
@pytest.mark.parametrize("check", checks(), ids=str)
def test_an_adapter_keeps_the_contract(check: Check, adapter: str, wire: str) -> None:
    check.run(Bench(adapter, wire))
