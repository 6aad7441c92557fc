"""An item stopped at a step, with its world on ports: to be looked at, and gone on with by hand."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from .. import served, world
from ..errors import Unusable
from ..okta_api import ROLES, Api, Service
from ..okta_api.hosting import TOKEN_LENGTH
from ..okta_api.wire import LARGEST_BODY
from ..org.database import open_store
from .language import Lineup, Scenario, shown
from .play import Play


@contextmanager
def standing(
    scenario: Scenario, lineup: Lineup, step: int, defaults: Mapping[str, Any], seed: int | None
) -> Iterator[served.Server]:
    """Play the given world and that many steps, then serve the apps and the org as they stand.

    Unusable where there is no such step or two apps are of one kind; Failed where an earlier step
    does not hold.
    """
    if len(lineup.kinds) < len(lineup.apps):
        raise Unusable("--serve-at: two apps of one kind cannot be served beside each other")
    with TemporaryDirectory(prefix="pushproof-") as folder:
        build = _built_in(Path(folder) / "org.sqlite")
        chosen = scenario.keys.seed if seed is None else seed
        play = Play(scenario, lineup, chosen, defaults, build)
        steps = len(play.steps())
        if not 0 <= step <= steps:
            there = f"{shown(scenario.path)} has {steps} steps on {lineup.name}"
            raise Unusable(f"--serve-at: there is no step {step}: {there}; 0 is the given world")
        try:
            play.go(step)
            assert isinstance(play.world, world.World), "made by the builder above"
            with served.world_on_ports(play.world.fakes, _api_of(play.world)) as server:
                yield server
        finally:
            if hasattr(play, "world"):
                play.world.close()


def _built_in(file: Path) -> Callable[..., world.World]:
    """A builder whose org lives in a file, so that any thread may answer for it."""

    def build(
        apps: Sequence[world.AppPlan], *, seed: int = 0, org: Mapping[str, Any] = world.EMPTY
    ) -> world.World:
        store = open_store(f"sqlite:///{file}?synchronous=OFF")
        return world.build(apps, seed=seed, org=org, store=store)

    return build


def _api_of(made: world.World) -> tuple[Any, str, int]:
    """The org behind Okta's API; after each change its engine does what is due."""
    service = Service(made.org, made.operator, limits=0.0, wake=lambda: _work(service))
    token = "00" + secrets.token_urlsafe(TOKEN_LENGTH)[: TOKEN_LENGTH - 2]
    service.tokens.issue("serve-at", token, scopes=ROLES["SUPER_ADMIN"])
    return Api(service, hides=True), token, LARGEST_BODY


def _work(service: Service) -> None:
    with service.lock:
        if not service.is_held:
            service.operator.run()
