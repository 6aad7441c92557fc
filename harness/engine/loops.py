"""Engines at work: a thread for each app, with a connection and an engine of its own.

An app's thread runs the same scheduler as a world does, and waits while nothing is due: until
somebody wakes it, or for `look_s`, since another process may have left work. On a shared database
it first has to get the app; an app that another engine has is asked for again and again, so those
of an engine that died are soon taken over, and each engine keeps to its share.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition, Thread

from ..errors import Unusable
from ..org import Org, schema
from ..org.ownership import Presence, claim
from ..org.store import StoreLost
from .engine import AdapterFactory, Engine
from .overtaken import Overtaken, put_right

_log = logging.getLogger("pushproof.engine")


@dataclass(frozen=True)
class Pace:
    """How long an idle thread waits before it looks again, and a silent one keeps its app."""

    look_s: float = 1.0
    lease_s: float = 120.0


class Loops:
    """Work for all apps of an org, on as many threads. `open_org` opens a new connection.

    `tend` is called now and then, and whenever somebody wakes us. While `is_held` says so nothing
    new is begun.
    """

    def __init__(
        self,
        open_org: Callable[[], Org],
        make_adapter: AdapterFactory,
        pace: Pace | None = None,
        *,
        tend: Callable[[], None] = lambda: None,
        is_held: Callable[[], bool] = lambda: False,
    ) -> None:
        self._open_org = open_org
        self._make_adapter = make_adapter
        self._pace = pace or Pace()
        self._tend = tend
        self._is_held = is_held
        self._changed = Condition()
        self._wakes = 0
        self._stopping = False
        self._working: dict[str, Thread] = {}
        self._leaving: set[str] = set()
        self._owned: set[str] = set()
        self._manager = Thread(target=self._manage, name="engine", daemon=True)

    def start(self) -> None:
        self._manager.start()

    def wake(self) -> None:
        """There may be work, or there are other apps."""
        with self._changed:
            self._wakes += 1
            self._changed.notify_all()

    def stop(self) -> None:
        """Let every thread finish its call, and wait for that."""
        self._stopping = True
        self.wake()
        self._manager.join()

    @property
    def working(self) -> list[str]:
        """The ids of the apps that this engine works for now."""
        return sorted(self._owned)

    # --- apps ----------------------------------------------------------------------------------

    def _manage(self) -> None:
        """Keep a thread for every app that this engine has a share in."""
        while not self._stopping:
            try:
                self._share()
            except (StoreLost, Unusable) as lost:
                _log.warning("the database is gone, trying again: %s", lost)
            except Exception:
                _log.exception("the apps cannot be seen to, trying again")
            self._wait(self._pace.look_s)
        for thread in list(self._working.values()):
            thread.join()

    def _share(self) -> None:
        org = self._open_org()
        try:
            presence = Presence(org.store, lease_s=self._pace.lease_s)
            while not self._stopping:
                seen = self._wakes
                self._tend()
                with org.store.tx():
                    apps = [row.id for row in org.store.all(schema.apps, "id")]
                self._keep_to(apps, -(-len(apps) // presence.count()), presence)
                self._wait(self._pace.look_s, seen)
        finally:
            org.store.close()

    def _keep_to(self, apps: list[str], share: int, presence: Presence) -> None:
        """Have threads for as many apps as are ours, and no thread for one that is gone."""
        self._working = {app: one for app, one in self._working.items() if one.is_alive()}
        held = [app for app in self._working if app in apps]
        self._leaving = {*held[share:], *(set(self._working) - set(apps))}
        if self._leaving:
            self.wake()
        for app in apps:
            if len(self._working) >= share:
                return
            if app not in self._working and presence.sees_free(app):
                self._working[app] = Thread(target=self._work, args=[app], name=app, daemon=True)
                self._working[app].start()

    # --- one app -------------------------------------------------------------------------------

    def _work(self, app_id: str) -> None:
        """Work for one app for as long as it is ours."""
        late: list[Overtaken] = []
        while not self._is_done(app_id):
            try:
                self._work_on_a_connection(app_id, late)
                return
            except Overtaken as overtaken:
                _log.warning("%s was taken over during a call: %s", app_id, overtaken)
                late.append(overtaken)
            except (StoreLost, Unusable) as lost:
                _log.warning("the database is gone, trying again: %s", lost)
            except Exception:
                _log.exception("the work for %s broke off, trying again", app_id)
            self._wait(self._pace.look_s)

    def _work_on_a_connection(self, app_id: str, late: list[Overtaken]) -> None:
        org = self._open_org()
        try:
            while late:
                put_right(org, late[-1])
                late.pop()
            if not claim(org.store, app_id, lease_s=self._pace.lease_s):
                return
            self._owned.add(app_id)
            self._run(org, Engine(org, self._make_adapter, only=app_id), app_id)
        finally:
            self._owned.discard(app_id)
            org.store.close()

    def _run(self, org: Org, engine: Engine, app_id: str) -> None:
        while not self._is_done(app_id):
            seen = self._wakes
            org.core.jobs_changed = True  # by somebody on another connection
            if self._is_held():
                self._wait(self._pace.look_s, seen)
                continue
            engine.run(stop=lambda: self._looks_up(org, app_id))
            due = engine.next_due()
            rest = self._pace.look_s if due is None else due - org.clock.now()
            self._wait(min(self._pace.look_s, max(rest, 0.0)), seen)

    def _looks_up(self, org: Org, app_id: str) -> bool:
        """After each call: whether to stop, and what others have left or taken back meanwhile."""
        org.core.jobs_changed = True
        return self._is_done(app_id) or self._is_held()

    def _is_done(self, app_id: str) -> bool:
        return self._stopping or app_id in self._leaving

    def _wait(self, seconds: float, seen: int | None = None) -> None:
        """Until somebody wakes us, or has done so since `seen` was read."""
        with self._changed:
            since = self._wakes if seen is None else seen
            self._changed.wait_for(lambda: self._stopping or self._wakes != since, seconds)
