"""How the items of a run ended, as values, and as the machine-readable result."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from typing import Any

SCHEMA = 1

HELD, FAILED, TIMED_OUT = "held", "failed", "timed_out"
EXPECTED_FAILURE, UNEXPECTED_PASS, NOT_RUN = "expected_failure", "unexpected_pass", "not_run"
NOT_APPLICABLE = "not_applicable"  # to the engine that the run was on
STATUSES = (
    HELD,
    FAILED,
    TIMED_OUT,
    EXPECTED_FAILURE,
    UNEXPECTED_PASS,
    NOT_APPLICABLE,
    NOT_RUN,
)
BAD = (FAILED, TIMED_OUT, UNEXPECTED_PASS)


@dataclass(frozen=True)
class Ended:
    """How one item ended. `virtual_s` passed in its world, `wall_s` on the machine.

    `causes` are probable causes: name, app, subject, message (of the error list's row, or empty),
    cause, fix, source, and evidence in lines. `reason` is the one given in the expected-failures
    file.
    """

    status: str = NOT_RUN
    virtual_s: float = 0.0
    wall_s: float = 0.0
    failure: str = ""
    causes: Sequence[Mapping[str, Any]] = ()
    reason: str = ""

    @property
    def is_bad(self) -> bool:
        return self.status in BAD


@dataclass(frozen=True)
class Result:
    """One item and how it ended."""

    id: str
    file: str
    title: str
    cases: tuple[str, ...]
    app: str
    ended: Ended


@dataclass(frozen=True)
class Results:
    """A whole run. `settings` are its defaults, `troubles` failures outside any item."""

    items: tuple[Result, ...]
    exit_status: int
    seed: int | None = None
    shard: str | None = None
    troubles: tuple[str, ...] = field(default=())
    settings: Mapping[str, Any] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """How many items ended in each way, every way included."""
        return dict.fromkeys(STATUSES, 0) | Counter(item.ended.status for item in self.items)

    def with_status(self, *statuses: str) -> list[Result]:
        return [item for item in self.items if item.ended.status in statuses]

    def as_json(self) -> str:
        told = {
            "schema": SCHEMA,
            "pushproof": version("pushproof"),
            "exit_status": self.exit_status,
            "seed": self.seed,
            "shard": self.shard,
            "settings": dict(self.settings),
            "counts": self.counts(),
            "troubles": list(self.troubles),
            "items": [_item(item) for item in self.items],
        }
        return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _item(result: Result) -> dict[str, Any]:
    about = asdict(result)
    ended: dict[str, Any] = about.pop("ended")
    ended["virtual_s"], ended["wall_s"] = round(ended["virtual_s"], 3), round(ended["wall_s"], 3)
    return about | ended


def failed_ids(before: Iterable[str], results: Results) -> list[str]:
    """What failed last time once a run is over: what held now is off the list."""
    good = {item.id for item in results.with_status(HELD, EXPECTED_FAILURE)}
    bad = {item.id for item in results.with_status(*BAD)}
    return sorted((set(before) - good) | bad)
