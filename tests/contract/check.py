"""What a check is: a function of a bench, named as the sentence it holds the adapter to.

`@check` marks it, `@check(each=...)` makes one check of it per case. It does nothing else: checks
are found by their mark in the modules `checks_*` of this folder.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.contract.bench import Bench

_MARK = "_contract_cases"


@dataclass(frozen=True)
class Check:
    """One check: `run` raises AssertionError where the adapter breaks the contract."""

    name: str
    run: Callable[[Bench], None]

    def __str__(self) -> str:
        return self.name


def check(function: Any = None, *, each: Mapping[str, Any] | Iterable[Any] = ()) -> Any:
    """Mark a check. `each` gives its cases: by name, or values that are their own names."""
    cases = each if isinstance(each, Mapping) else {str(case): case for case in each}

    def mark(marked: Any) -> Any:
        setattr(marked, _MARK, cases)
        return marked

    return mark if function is None else mark(function)


def checks() -> list[Check]:
    """Every check there is, in the order of files and lines."""
    found = sorted(path.stem for path in Path(__file__).parent.glob("checks_*.py"))
    return [each for name in found for each in _in_module(f"tests.contract.{name}")]


def named(name: str) -> Check:
    return next(each for each in checks() if each.name == name)


def _in_module(name: str) -> Iterator[Check]:
    for value in list(vars(import_module(name)).values()):
        cases = getattr(value, _MARK, None)
        if cases is None:
            continue
        sentence = value.__name__
        if not cases:
            yield Check(sentence, value)
        for case_name, case in cases.items():
            yield Check(f"{sentence}[{case_name}]", partial(value, case=case))
