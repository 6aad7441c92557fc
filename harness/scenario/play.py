"""Playing a scenario: one item is one scenario with one lineup of apps, in a world of its own."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from .. import world as worlds
from ..errors import Refused
from ..model import PushError
from ..ports import Clock, Operator, Target
from .expect.target import unmet_faults
from .given import arrange
from .here import Here, People, Places, Windows
from .invariants import broken_invariants, secrets_of
from .judge import CannotDo, Disagreement
from .language import Lineup, Scenario, Step
from .position import Position


@dataclass(frozen=True)
class Done:
    """A step that was begun, and when, in seconds since the world began."""

    at: Position
    text: str
    began: float
    ended: float
    holds: bool


class Failed(Exception):
    """The scenario does not hold: what went wrong, and which witnesses disagree."""

    def __init__(self, what: str, disagreements: Iterable[Disagreement] = ()) -> None:
        super().__init__(what)
        self.what = what
        self.disagreements = tuple(disagreements)


class Stage(Protocol):
    """What an item is played on: a world in this process, or a served one with its engine."""

    @property
    def operator(self) -> Operator: ...
    @property
    def targets(self) -> Mapping[str, Target]: ...
    @property
    def clock(self) -> Clock: ...
    def close(self) -> None: ...


class Builder(Protocol):
    """Makes a stage with these apps, connected and empty of people."""

    def __call__(
        self, apps: Sequence[worlds.AppPlan], *, seed: int, org: Mapping[str, Any]
    ) -> Stage: ...


@dataclass
class Play:
    """One item being played. `history` and `world` tell what happened, however it ended.

    `defaults` are settings of the org and its apps where the scenario states none; `build` makes
    what it is played on.
    """

    scenario: Scenario
    lineup: Lineup
    seed: int
    defaults: Mapping[str, Any] = field(default_factory=dict)
    build: Builder = worlds.build
    history: list[Done] = field(default_factory=list)
    world: Stage = field(init=False)
    here: Here = field(init=False)
    _secrets: set[str] = field(default_factory=set)

    def go(self, steps: int | None = None) -> None:
        """Play to the end, or so many steps; Failed at the first one that does not hold."""
        keys = self.scenario.keys
        self.world = self._build()
        self.here = self._first_place()
        apps = [self._place(label) for label in self.lineup.apps]
        self._note_secrets()
        self._track(self.scenario.given_at, "given", lambda: self._given(apps))
        self._open_windows()
        after_judgement = False
        for step in self.steps()[:steps]:
            self._step(step, after_judgement=after_judgement)
            after_judgement = step.verb.is_judgement
        if steps is None:
            self._track(keys.steps[-1].at, "at the end", self._end)

    def steps(self) -> list[Step]:
        """The steps that are for these apps, set up like this."""
        mine = [step for step in self.scenario.keys.steps if step.is_for(self.lineup)]
        return [step for step in mine if self._is_set_up_for(step)]

    def ledgers(self) -> Mapping[str, str]:
        """Every app's ledger as JSON lines, by label."""
        return {label: target.ledger_text() for label, target in self.world.targets.items()}

    def virtual_s(self) -> float:
        """How much time has passed in the world."""
        return self.here.now() if hasattr(self, "here") else 0.0

    def errors(self) -> list[PushError]:
        """Every app's error list as it stands."""
        operator = self.world.operator
        return [error for label in self.lineup.apps for error in operator.errors(label)]

    # --- the world ---------------------------------------------------------------------------

    def _build(self) -> Stage:
        keys = self.scenario.keys
        org_names = worlds.org_settings()
        plans, org = [], {}
        for label, kind in self.lineup.apps.items():
            settings = {**self.defaults, **keys.settings.of(label, kind)}
            org.update({name: v for name, v in settings.items() if name in org_names})
            plans.append(
                worlds.AppPlan(
                    kind=kind,
                    label=label,
                    settings=self._app_settings(kind, settings),
                    quirks=keys.quirks.of(label, kind),
                    target_settings=keys.target_settings.of(label, kind),
                )
            )
        return self.build(plans, seed=self.seed, org=org)

    def _app_settings(self, kind: str, settings: Mapping[str, object]) -> dict[str, object]:
        """An app's own settings, with the chosen OUs where it has places."""
        own = {name: v for name, v in settings.items() if name not in worlds.org_settings()}
        places = self._places(kind)
        if places.known and places.chosen:
            own["ous"] = [places.dn(ou) for ou in places.chosen]
        return own

    def _places(self, kind: str) -> Places:
        return Places(worlds.app_places(kind), self.scenario.keys.given.ous)

    def _first_place(self) -> Here:
        return Here(
            operator=self.world.operator,
            targets=self.world.targets,
            clock=self.world.clock,
            people=People(),
            windows=Windows(),
            org_settings=frozenset(worlds.org_settings()),
            places={label: self._places(kind) for label, kind in self.lineup.apps.items()},
            began=self.world.clock.now(),
        )

    def _place(self, label: str) -> Here:
        return replace(self.here, app=label, kind=self.lineup.apps[label])

    def _given(self, apps: list[Here]) -> list[Disagreement]:
        arrange(self.scenario.keys.given, apps)
        return []

    def _open_windows(self) -> None:
        windows = self.here.windows
        windows.start = windows.expectation = windows.step = self.here.mark()

    # --- steps ---------------------------------------------------------------------------------

    def _step(self, step: Step, *, after_judgement: bool) -> None:
        windows = self.here.windows
        if not step.verb.is_judgement:
            windows.step = self.here.mark()
            windows.expectation = windows.step if after_judgement else windows.expectation
        here = self._place(self._label(step))
        here = replace(here, stop=_stopper(here, step))
        self._track(step.at, step.text, lambda: self._perform(step, here))

    def _label(self, step: Step) -> str:
        return step.keys.app or next(iter(self.lineup.apps))

    def _is_set_up_for(self, step: Step) -> bool:
        """Whether the settings that it asks for are those of this run; the file states none."""
        kind = self.lineup.apps[self._label(step)]
        known = {**worlds.app_settings(), **worlds.org_settings()}
        return all(
            worlds.setting_in_effect(kind, name, self.defaults.get(name, known[name].default))
            == wanted
            for name, wanted in (step.keys.when or {}).items()
        )

    def _perform(self, step: Step, here: Here) -> list[Disagreement]:
        found = self._act(step, here)
        if step.verb.runs_engine:
            here.run()
        self._note_secrets()
        if here.stop is not None and not here.stop():
            operation = (step.keys.stop_after or {})[here.kind]
            raise Failed(f"the engine never called {operation}, after which it was to stop")
        return found

    def _act(self, step: Step, here: Here) -> list[Disagreement]:
        """Do what the step says, and see that it is refused if, and only if, it is to be."""
        wanted = step.keys.refused
        try:
            found = list(step.verb.perform(here, step.arguments) or ())
        except Refused as refused:
            if wanted is not None and wanted.lower() in str(refused).lower():
                return []
            expected = f"a refusal with {wanted!r}" if wanted else "no refusal"
            refusal = Disagreement("refusal", step.verb.name, expected, str(refused))
            raise Failed("the step was refused", [refusal]) from refused
        if wanted is not None:
            missing = Disagreement("refusal", step.verb.name, f"contains {wanted!r}", "no refusal")
            raise Failed("the step was not refused", [missing])
        return found

    def _track(self, at: Position, text: str, act: Callable[[], list[Disagreement]]) -> None:
        """Do one thing and enter it into the history, however it ends."""
        began, holds = self.here.now(), False
        try:
            found = act()
            holds = not found
        except CannotDo as impossible:
            raise Failed(str(impossible)) from impossible
        finally:
            self.history.append(Done(at, text, began, self.here.now(), holds))
        if found:
            raise Failed("this is not as the scenario says", found)

    # --- what holds for every item ---------------------------------------------------------------

    def _note_secrets(self) -> None:
        for target in self.world.targets.values():
            self._secrets |= secrets_of(target.credentials())

    def _end(self) -> list[Disagreement]:
        found: list[Disagreement] = []
        for label in self.lineup.apps:
            here = self._place(label)
            found += unmet_faults(here, "met by the end")
            found += broken_invariants(here, self._secrets)
        return found


def _stopper(here: Here, step: Step) -> Callable[[], bool] | None:
    """Whether the app has answered the operation at which this step stops."""
    if step.keys.stop_after is None:
        return None
    operation = step.keys.stop_after[here.kind]
    mark = here.windows.step.calls.get(here.app, 0)

    def is_answered() -> bool:
        return any(
            operation == one.operation
            for call in here.target.calls(mark)
            for one in (call, *call.inner)
        )

    return is_answered
