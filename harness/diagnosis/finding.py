"""What a cause answers, and the marks by which causes are found."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

HELP = "https://help.okta.com/oie/en-us/content/topics/users-groups-profiles"
KB = "https://support.okta.com/help/s/article"
SCIM = "https://developer.okta.com/docs/concepts/scim"

_F = TypeVar("_F", bound=Callable[..., Any])
MARK = "__pushproof_cause__"


@dataclass(frozen=True)
class Fact:
    """One piece of what was seen; `at` in seconds since the epoch, where the moment is known."""

    text: str
    at: float | None = None


@dataclass(frozen=True)
class Finding:
    """A probable cause, what points to it, the documented fix, and where both are written.

    `name` (that of the function), `group` and `users` are filled in by whoever asks.
    """

    cause: str
    fix: str
    source: str
    evidence: tuple[Fact, ...] = ()
    name: str = ""
    group: str = ""
    users: tuple[str, ...] = ()


def cause(function: _F) -> _F:
    """Mark a documented cause."""
    return _mark(function, "cause")


def general(function: _F) -> _F:
    """Mark a cause that is asked only when no more specific one has spoken."""
    return _mark(function, "general")


def _mark(function: _F, mark: str) -> _F:
    setattr(function, MARK, mark)
    return function
