"""Every write of a trial, its reply lost: before it took effect, and after."""

from dataclasses import dataclass
from typing import Any

import requests

from harness import transport
from tests.durability.crashes import Begun, Stages, Tally, Verdict, judged
from tests.durability.operations import Trial
from tests.durability.stage import Moment, around_calls, converge, moment_of, wake
from tests.engine.office import Office

TIMEOUT_S = 60.0
BEFORE, AFTER = "before it took effect", "after it took effect"


@dataclass
class Wire:
    """Counts writes, and loses the one of number `lost`, if any, before or after its effect."""

    office: Office
    lost: int = 0
    when: str = ""
    writes: int = 0

    def carry(
        self, exchange: transport.Exchange, request: requests.PreparedRequest, timeout_s: Any
    ) -> requests.Response:
        is_write = request.method != "GET" and "token" not in str(request.url)
        self.writes += is_write
        if not is_write or self.writes != self.lost:
            return exchange(request, timeout_s)
        if self.when == AFTER:
            exchange(request, timeout_s)
        self.office.world.clock.advance(TIMEOUT_S)
        raise requests.ReadTimeout("Read timed out", request=request)


def lose_every_reply(stages: Stages, trial: Trial) -> Verdict:
    """Lose each write once, before and after its effect; the end must be what it is without."""
    begun = stages.begin(trial)
    start = moment_of(begun.office, "before anything")
    wire = _run(begun, Wire(begun.office))
    found = judged(trial, begun, "undisturbed")
    tally = Tally(points=2 * wire.writes)
    for number in range(1, wire.writes + 1):
        for when in (BEFORE, AFTER):
            found += _lose(trial, start, begun.since, number, when)
            tally += Tally(states=1)
    return Verdict(tally, tuple(found))


def _lose(trial: Trial, start: Moment, since: int, number: int, when: str) -> list[str]:
    begun = Begun(wake(trial.variant, start), since)
    wire = _run(begun, Wire(begun.office, number, when))
    found = judged(trial, begun, f"write {number} lost {when}")
    if wire.writes < number:
        found.append(f"{trial}: write {number} was not met again")
    return found


def _run(begun: Begun, wire: Wire) -> Wire:
    around_calls(begun.office, wire.carry)
    converge(begun.office)
    return wire
