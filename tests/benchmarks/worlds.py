"""(c) What a world costs before anything happens in it: org, engine, database, apps, connections.

Each build has a seed of its own, so that nothing remembered of an earlier world's ids can help. As
in a run of scenarios one world is closed before the next is built; the closing is not measured, nor
is the first world of the process, which pays for imports and templates.
"""

from collections.abc import Sequence
from itertools import count

from harness import world
from tests.benchmarks.rounds import Sample, seconds

BUILDS = 10
TOGETHER = ("active_directory", "o365")
APPS = {**{kind: (kind,) for kind in world.app_kinds()}, " + ".join(TOGETHER): TOGETHER}


def samples() -> dict[str, Sample]:
    seeds = count()
    return {name: lambda kinds=kinds: _sample(kinds, seeds) for name, kinds in APPS.items()}


def _sample(kinds: Sequence[str], seeds: "count[int]") -> float:
    """Seconds per world."""
    plans = [world.AppPlan(kind, kind) for kind in kinds]
    _build(plans, next(seeds))
    return sum(_build(plans, next(seeds)) for _ in range(BUILDS)) / BUILDS


def _build(plans: Sequence[world.AppPlan], seed: int) -> float:
    made: list[world.World] = []
    taken = seconds(lambda: made.append(world.build(plans, seed=seed)))
    made[0].close()
    return taken
