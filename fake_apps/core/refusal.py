"""Refusals as data: what a vendor says no to, in whose words, and how sure we are of them."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeVar

from .quirk import MARKS

Make = TypeVar("Make", bound=Callable[..., Any])


@dataclass(frozen=True)
class Refusal:
    """One documented refusal: `sentence` says when it is given, `source` who says so.

    `mark` is how sure we are of its words, as for a quirk; `unsure` also where they are ours.
    """

    id: str
    sentence: str
    source: str
    mark: str


def refusal(source: str, *, mark: str = "doc") -> Callable[[Make], Make]:
    """Mark a function of `errors.py` that makes a refusal; its docstring begins with when."""
    if mark not in MARKS:
        raise ValueError(f"mark {mark!r} is none of {', '.join(MARKS)}")

    def marked(make: Make) -> Make:
        sentence = (inspect.getdoc(make) or "").partition("\n")[0]
        make.refusal = Refusal(make.__name__, sentence, source, mark)  # type: ignore[attr-defined]
        return make

    return marked


def refusals(errors: ModuleType) -> tuple[Refusal, ...]:
    """All refusals marked in a module, by id."""
    made = {
        thing.refusal
        for thing in vars(errors).values()
        if inspect.isfunction(thing) and hasattr(thing, "refusal")
    }
    return tuple(sorted(made, key=lambda each: each.id))
