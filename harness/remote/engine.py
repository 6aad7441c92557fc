"""An engine under test with the fakes it pushes to: each item gets a clean stage on it.

Items share one served world, one after the other. Before an item its fakes are reset by their
control routes; in the org it has app instances of its own, and what it made is deleted after it.
Users and groups that others made are neither seen nor touched.
"""

from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import requests

from ..errors import NotApplicable, Refused, Unusable
from ..okta_api.catalogue import name_of
from ..served_target import ServedTarget
from ..world import AppPlan
from .client import Client
from .console import Console
from .log import Log
from .names import Instance, Names
from .operator import RestOperator
from .ready import Ready, read
from .settling import Patience, Settling
from .stage import RemoteStage
from .times import RemoteClock

LABEL_TAKEN = "E0000040"
GROUP_PUSH = "GROUP_PUSH"
TRIES = 1000
PATIENCE = {"timeout_s": 2.0}  # lost replies are really waited for, and a minute each is too long


class Engine:
    """One engine, reached by its API. As a plugin of a pytest run it is found in the stash."""

    def __init__(self, client: Client, ready: Ready, patience: Patience | None = None) -> None:
        self.ready = ready
        self._client = client
        self._console = Console(client)
        self._log = Log(client)
        self._patience = patience
        self._numbers = count(1)

    @property
    def has_console(self) -> bool:
        """Whether it offers what Okta has in its console alone."""
        return self._console.is_there

    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[ENGINE] = self

    def close(self) -> None:
        """Let the engine work by itself again, and let go of the connection."""
        if self._console.is_there:
            self._console.patch("work", "", {"held": False})
        self._client.close()

    def build(
        self, apps: Sequence[AppPlan], *, seed: int = 0, org: Mapping[str, Any]
    ) -> RemoteStage:
        """A stage for one item, as `world.build` makes one in this process. `seed` has no say."""
        targets = {plan.label: self.ready.target(plan.label, plan.kind) for plan in apps}
        stage = self._stage(targets)
        try:
            self._prepare(stage, apps, org)
        except BaseException:
            stage.close()
            raise
        return stage

    # --- small print -------------------------------------------------------------------------

    def _stage(self, targets: Mapping[str, ServedTarget]) -> RemoteStage:
        clock = RemoteClock(list(targets.values()))
        names = Names(self._client)
        stage = RemoteStage(names=names, console=self._console, targets=targets, clock=clock)
        settling = Settling(self._client, self._console, clock, stage.look, self._patience)
        stage.settling = settling
        stage.operator = RestOperator(names, self._console, settling, self._log)
        return stage

    def _prepare(self, stage: RemoteStage, apps: Sequence[AppPlan], org: Mapping[str, Any]) -> None:
        stage.settling.hold()
        for plan in apps:
            _set_up(stage.targets[plan.label], plan)
        stage.remember_org()
        if org:
            stage.operator.change_org(org)
        for plan in apps:
            stage.names.instances[plan.label] = self._instance(plan)
            settings = {**(PATIENCE if self.has_console else {}), **plan.settings}
            if settings:
                stage.operator.change_app(plan.label, settings)
        self._log.mark()

    def _instance(self, plan: AppPlan) -> Instance:
        """An instance of its own, or the ready one where a new one would not be connected."""
        label, made = self._new_app(plan)
        if GROUP_PUSH in (made.get("features") or ()):
            return Instance(plan.label, plan.kind, made["id"], label)
        self._client.post(f"/api/v1/apps/{made['id']}/lifecycle/deactivate")
        self._client.delete(f"/api/v1/apps/{made['id']}")
        ready = self.ready.instances.get(plan.kind)
        if ready is None:
            why = "a new instance has no group push, and READY names no ready one"
            raise NotApplicable(f"the engine has no {plan.kind} to push to: {why}")
        found = self._client.get(f"/api/v1/apps/{ready}")
        return Instance(plan.label, plan.kind, ready, found["label"], is_own=False)

    def _new_app(self, plan: AppPlan) -> tuple[str, Mapping[str, Any]]:
        for _ in range(TRIES):
            label = f"{plan.label} {next(self._numbers)}"
            body = {"name": name_of(plan.kind), "label": label, "signOnMode": "SAML_2_0"}
            try:
                return label, self._client.post("/api/v1/apps", body)
            except Refused as refused:
                if refused.code != LABEL_TAKEN:
                    raise
        raise Unusable(f"{self._client.url}: {TRIES} apps named like {plan.label} are there")


ENGINE = pytest.StashKey[Engine]()


def connect(
    url: str, token: str, ready: Path, *, session: requests.Session | None = None
) -> Engine:
    """The engine at this URL; Unusable tells in one line why there is none to be played on."""
    document = read(ready)
    client = Client(url, token, session=session, ca_file=document.ca_file)
    try:
        client.get("/api/v1/groups", limit=1)
        return Engine(client, document)
    except Refused as refused:
        raise Unusable(f"{url}: the engine refuses to list groups: {refused}") from refused
    except ValueError as fault:
        raise Unusable(f"{url}: answers no JSON, so no engine with Okta's API") from fault


def _set_up(target: ServedTarget, plan: AppPlan) -> None:
    """The fake as it was when its server started, and set as the item asks."""
    target.reset()
    for name, value in plan.target_settings.items():
        target.change_setting(name, value)
    for quirk_id, on in plan.quirks.items():
        target.set_quirk(quirk_id, on=on)
