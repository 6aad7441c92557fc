"""Which items can be played on an engine behind an API, and why the others cannot."""

import re
from collections.abc import Iterable, Iterator

from .expect.okta import MappingWanted
from .language import Lineup, Scenario, Step

LONGEST_REPLY_S = 20.0  # fakes that are served really take their time
_DATE = re.compile(r"\b\d\d-\d\d-20\d\d\b")
CONSOLE_VIEWS = ("origin", "group_type", "known_members", "waiting")


def unfit(scenario: Scenario, lineup: Lineup, steps: Iterable[Step], *, has_console: bool) -> str:
    """Why an item cannot be played on an engine that is reached by its API; "" if it can."""
    if len(lineup.kinds) < len(lineup.apps):
        return "it needs two targets of one kind, and one of each is served"
    slow = _slowest_setting(scenario, lineup)
    if slow > LONGEST_REPLY_S and not has_console:
        return f"its target takes {slow:g} s for one member, which a served one really does"
    return next((why for step in steps for why in _whys(step, has_console=has_console)), "")


def _whys(step: Step, *, has_console: bool) -> Iterator[str]:
    """What about a step cannot be done, or seen, by API."""
    if step.keys.stop_after is not None:
        yield "it stops the engine between two calls, which no API can"
    if step.verb.name == "restart_engine":
        yield "it kills the engine, which no API can"
    if _DATE.search(repr(step.arguments)):
        yield "it states the date on which every world begins, and a served one is older"
    if has_console:
        return
    if _latency_s(step) > LONGEST_REPLY_S:
        yield f"its target replies after {_latency_s(step):g} s, which a served one really does"
    for name in _console_fields(step):
        yield f"it asks for a mapping's {name}, which Okta shows in its console alone"


def _slowest_setting(scenario: Scenario, lineup: Lineup) -> float:
    """The longest time that a target is set to take."""
    settings = scenario.keys.target_settings
    return max(
        (
            float(value)
            for label, kind in lineup.apps.items()
            for name, value in settings.of(label, kind).items()
            if name.endswith("takes_s")
        ),
        default=0.0,
    )


def _latency_s(step: Step) -> float:
    """How late the reply is that a step arms as a fault."""
    return float(step.arguments.get("latency") or 0.0) if step.verb.name == "arm_fault" else 0.0


def _console_fields(step: Step) -> Iterator[str]:
    """What a step asks of mappings that the documented API does not tell."""
    for one in step.arguments.get("wanted", ()) if step.verb.name == "expect" else ():
        groups = one.arguments.get("groups", {}) if one.word.name == "mapping" else {}
        for wanted in groups.values():
            assert isinstance(wanted, MappingWanted), one.word.name
            yield from (name for name in CONSOLE_VIEWS if getattr(wanted, name) is not None)
