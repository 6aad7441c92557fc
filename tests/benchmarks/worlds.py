"""(c) What a world costs before anything happens in it: org, engine, database, apps, connections.

Each build has a seed of its own, so that nothing remembered of an earlier world can help.
"""

from collections.abc import Sequence
from itertools import count

from harness import world
from tests.benchmarks.rounds import Sample, seconds

BUILDS = 10
APPS = {
    "o365": ("o365",),
    "active_directory": ("active_directory",),
    "both": ("o365", "active_directory"),
}


def samples() -> dict[str, Sample]:
    seeds = count()
    return {name: lambda kinds=kinds: _sample(kinds, seeds) for name, kinds in APPS.items()}


def _sample(kinds: Sequence[str], seeds: "count[int]") -> float:
    """Seconds per world, the closing of its database left out."""
    plans = [world.AppPlan(kind, kind) for kind in kinds]
    made: list[world.World] = []

    def build_all() -> None:
        made.extend(world.build(plans, seed=next(seeds)) for _ in range(BUILDS))

    taken = seconds(build_all) / BUILDS
    for one in made:
        one.close()
    return taken
