"""Every crash point of a trial: woken into a new world, it must end as if nothing had happened."""

from dataclasses import dataclass

from tests.durability.judge import complaints
from tests.durability.operations import GUEST, OWNER, Trial
from tests.durability.stage import Moment, Variant, converge, distinct, moment_of, wake, watched
from tests.engine.office import Office, login


@dataclass(frozen=True)
class Tally:
    """How much was tried: points, states that differ in more than time, and second crashes."""

    points: int = 0
    states: int = 0
    second: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.points + other.points, self.states + other.states, self.second + other.second
        )


@dataclass(frozen=True)
class Verdict:
    """What came of one trial: how much was tried, and what went wrong where."""

    tally: Tally
    complaints: tuple[str, ...]


@dataclass(frozen=True)
class Begun:
    """A world in which the deed is done, and the number of the last event before it."""

    office: Office
    since: int


class Stages:
    """Where trials begin. People are hired once for all trials of an app."""

    def __init__(self) -> None:
        self._staffed: dict[tuple[str, int], Moment] = {}

    def begin(self, trial: Trial) -> Begun:
        """The world as it stands when the deed is done and nothing was sent for it yet."""
        hired = trial.members if trial.operation.hires else []
        office = wake(trial.variant, self._staff(trial.variant, hired))
        trial.operation.arrange(office, trial.members)
        converge(office)
        since = office.op.log()[-1].number
        trial.operation.act(office, trial.members)
        return Begun(office, since)

    def _staff(self, variant: Variant, hired: list[str]) -> Moment:
        key = (str(variant), len(hired))
        if key not in self._staffed:
            office = variant.open()
            office.hire(OWNER, *hired)
            office.target.add_account(login(GUEST), {})
            office.wait(3600)
            self._staffed[key] = moment_of(office, "everybody is hired")
            office.world.close()
        return self._staffed[key]


def crash_everywhere(stages: Stages, trial: Trial, *, second_every: int = 0) -> Verdict:
    """Crash at every point, and judge what an undisturbed run comes to as well.

    With `second_every`, one recovery in so many is crashed at one in so many of its own points.
    """
    begun = stages.begin(trial)
    moments = watched(begun.office)
    found = judged(trial, begun, "undisturbed")
    states = distinct(moments)
    tally = Tally(points=len(moments), states=len(states))
    for number, moment in enumerate(states, 1):
        is_followed = bool(second_every) and number % second_every == 0
        again, wrong = _recover(trial, moment, begun.since, second_every if is_followed else 0)
        found += wrong
        tally += Tally(second=again)
    return Verdict(tally, tuple(found))


def _recover(trial: Trial, moment: Moment, since: int, second_every: int) -> tuple[int, list[str]]:
    begun = Begun(wake(trial.variant, moment), since)
    seconds: list[Moment] = []
    if second_every:
        seconds = distinct(watched(begun.office))[1::second_every]
    else:
        converge(begun.office)
    where = f"crash {moment.where}"
    found = judged(trial, begun, where)
    for second in seconds:
        again = Begun(wake(trial.variant, second), since)
        converge(again.office)
        found += judged(trial, again, f"{where}, and again {second.where}")
    return len(seconds), found


def judged(trial: Trial, begun: Begun, where: str) -> list[str]:
    found = complaints(begun.office, trial.end, begun.since)
    begun.office.world.close()
    return [f"{trial}, {where}: {each}" for each in found]
