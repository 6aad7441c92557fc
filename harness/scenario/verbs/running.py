"""Time, switches, the engine itself, and the looking."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from ..expecting import Expectations, Wanted, disagreements
from ..here import Here
from ..judge import CannotDo, Disagreement
from ..kinds import Duration, OktaSettings, Quirks, TargetSettings
from ..marks import judgement, passing, quiet, verb

MOST_ROUNDS = 10_000
LONGEST_S = 90 * 86400


@passing
def wait(here: Here, time: Annotated[float | str, Duration(("settled",))]) -> None:
    """Let time pass: 30s, 10m, 1h30m, 2d; settled = until the engine has nothing left to do."""
    if isinstance(time, str):
        settle(here)
    else:
        here.run(until=here.clock.now() + time)


def settle(here: Here) -> None:
    """Run until no job waits."""
    limit = here.clock.now() + LONGEST_S
    goes_on = here.run()
    for _ in range(MOST_ROUNDS):
        due = here.operator.next_due()
        if due is None or not goes_on:
            return
        if due > limit:
            break
        goes_on = here.run(until=max(due, here.clock.now()))
    raise CannotDo("the engine does not settle: jobs keep waiting")


@quiet
def quirk(here: Here, switches: Annotated[Mapping[str, bool], Quirks()]) -> None:
    """Switch quirks of the app: {Q3: off}."""
    for quirk_id, on in switches.items():
        here.target.set_quirk(quirk_id, on=on)


@verb
def change_settings(here: Here, settings: Annotated[Mapping[str, Any], OktaSettings()]) -> None:
    """Change settings of the org or of the app in Okta: {rename_app_groups: false}."""
    org = {name: value for name, value in settings.items() if name in here.org_settings}
    app = {name: value for name, value in settings.items() if name not in here.org_settings}
    if org:
        here.operator.change_org(org)
    if app:
        here.operator.change_app(here.app, app)


@quiet
def target_change_settings(
    here: Here, settings: Annotated[Mapping[str, Any], TargetSettings()]
) -> None:
    """Change settings of the app's own tenant."""
    for name, value in settings.items():
        here.target.change_setting(name, value)


@verb
def restart_engine(here: Here) -> None:
    """Kill the engine and start it again on what it had stored."""
    here.operator.restart()


@judgement
def expect(
    here: Here, wanted: Annotated[tuple[Wanted, ...], Expectations()]
) -> Iterator[Disagreement]:
    """Ask the witnesses: Okta's mappings, people and log, the app's own state, its calls."""
    return disagreements(here, wanted)
