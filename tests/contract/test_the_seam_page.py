"""harness/adapters/README.md: complete, and its adapter is one."""

import re
import sys
from collections.abc import Iterator
from dataclasses import fields
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from types import ModuleType

import pytest

import fake_apps
from harness import adapters
from harness.errors import ErrorKind
from harness.model import Capabilities, Effect, PushRequest, UserProfile
from harness.ports import TargetAdapter
from harness.world import AppPlan, build
from tests.contract.bench import Bench
from tests.contract.check import Check, checks

PAGE = Path(adapters.__file__).with_name("README.md").read_text("utf-8")
(CODE,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
METHODS = sorted(name for name in vars(TargetAdapter) if not name.startswith("_"))
# One case of each sentence: its parts are held to all of them under the names of our own adapters.
SENTENCES = list({check.name.partition("[")[0]: check for check in reversed(checks())}.values())
LINES = [line for line in CODE.splitlines() if line.strip() and not line.strip().startswith("#")]


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The page's adapter as another package would bring it: by entry points, with a fake."""
    module = ModuleType("tiny_adapter_of_the_page")
    exec(compile(CODE, "harness/adapters/README.md", "exec"), module.__dict__)  # noqa: S102
    monkeypatch.setitem(sys.modules, module.__name__, module)
    brought = EntryPoints(
        [
            EntryPoint("tiny", f"{module.__name__}:Adapter", "pushproof.adapters"),
            EntryPoint("tiny", "fake_apps.slack:APP", "pushproof.fake_apps"),
        ]
    )
    for package in (adapters, fake_apps):
        monkeypatch.setattr(package, "entry_points", brought.select)
    return "tiny"


@pytest.mark.parametrize("check", SENTENCES, ids=str)
def test_the_adapter_of_the_page_keeps_the_contract(tiny: str, check: Check) -> None:
    check.run(Bench(tiny))


def test_an_adapter_of_another_package_is_found_by_the_contract(tiny: str) -> None:
    assert tiny in adapters.names()
    assert tiny in fake_apps.names()
    assert adapters.load(tiny).name == tiny


def test_the_engine_pushes_through_the_adapter_of_the_page(tiny: str) -> None:
    world = build([AppPlan(tiny, tiny)])
    operator, target = world.operator, world.targets[tiny]
    operator.create_user(UserProfile("ana@example.test", "ana@example.test", "Ana", "Silva"))
    operator.create_group("Sales")
    operator.add_to_group("Sales", ["ana@example.test"])
    operator.assign_user(tiny, "ana@example.test")
    operator.run()
    operator.push_group(PushRequest("Sales", tiny))
    operator.run()
    world.close()

    (ana,) = [account.id for account in target.accounts() if account.login.startswith("ana")]
    assert [group.members for group in target.groups() if group.name == "Sales"] == [(ana,)]


def test_the_adapter_of_the_page_is_short() -> None:
    assert len(LINES) <= 40


@pytest.mark.parametrize("name", [name for name in METHODS if name not in ("name", "capabilities")])
def test_the_page_has_a_row_for_every_method_of_the_port(name: str) -> None:
    assert re.search(rf"^\| `{name}\(", PAGE, re.MULTILINE)


def test_the_page_has_no_row_for_a_method_that_is_gone() -> None:
    told = re.findall(r"^\| `(\w+)\(", PAGE, re.MULTILINE)

    assert sorted(told) == [name for name in METHODS if name not in ("name", "capabilities")]


@pytest.mark.parametrize("field", [field.name for field in fields(Capabilities)])
def test_the_page_has_a_row_for_every_capability(field: str) -> None:
    assert re.search(rf"^\| .*`{field}`.* \|", PAGE, re.MULTILINE)


@pytest.mark.parametrize("value", [*ErrorKind, *Effect])
def test_the_page_has_a_row_for_every_error_kind_and_effect(value: ErrorKind | Effect) -> None:
    assert re.search(rf"^\| `{value.name}` \|", PAGE, re.MULTILINE)


def test_the_page_is_one_page() -> None:
    assert len(PAGE.splitlines()) <= 160
