"""What one item is played on: its operator, targets and clock; and how its traces go away."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import Refused, Unusable
from ..served_target import ServedTarget
from .console import Console
from .names import Instance, Names
from .operator import RestOperator
from .settling import Seen, Settling
from .times import RemoteClock


@dataclass(kw_only=True)
class RemoteStage:
    """One item's part of a served world. `close` deletes in the org what the item made."""

    names: Names
    console: Console
    targets: Mapping[str, ServedTarget]
    clock: RemoteClock
    operator: RestOperator = field(init=False)
    settling: Settling = field(init=False)
    _org_before: Mapping[str, Any] = field(default_factory=dict)

    def remember_org(self) -> None:
        """The org's settings as they are now come back in the end."""
        if self.console.is_there:
            self._org_before = self.console.get("org", "")

    def look(self) -> Seen:
        """What shows of the engine's work: its mappings and app users, and the targets' calls."""
        shown: list[Any] = [target.last_call() for target in self.targets.values()]
        is_pending = False
        for label in self.names.instances:
            views = [*self.operator.mappings(label), *self.operator.app_users(label)]
            shown += map(repr, views)
            is_pending |= any(_waits(view) for view in views)
        return Seen(tuple(shown), is_pending)

    def close(self) -> None:
        """Delete what the item made; what is gone already, or never was, is no trouble.

        Unusable, once all else is deleted, where the engine fails over some of it.
        """
        troubles = []
        for act in self._deeds():
            try:
                act()
            except Refused:
                continue
            except Unusable as trouble:
                troubles.append(str(trouble))
        for target in self.targets.values():
            target.close()
        if troubles:
            raise Unusable(f"what the item made could not be deleted: {troubles[0]}")

    def _deeds(self) -> Iterator[Any]:
        for app in self.names.instances.values():
            yield from self._app_deeds(app)
        client = self.names.client
        for rule_id in self.names.rules.values():
            path = f"/api/v1/groups/rules/{rule_id}"
            yield lambda path=path: client.post(f"{path}/lifecycle/deactivate")
            yield lambda path=path: client.delete(path)
        for group_id in self.names.groups.values():
            yield lambda one=group_id: client.delete(f"/api/v1/groups/{one}")
        for user_id in self.names.users.values():
            for _ in ("deactivated", "deleted"):
                yield lambda one=user_id: client.delete(f"/api/v1/users/{one}")
        if self._org_before:
            yield lambda: self.console.patch("org", "a setting", dict(self._org_before))

    def _app_deeds(self, app: Instance) -> Iterator[Any]:
        client = self.names.client
        path = f"/api/v1/apps/{app.id}"
        if app.is_own:
            yield lambda: client.post(f"{path}/lifecycle/deactivate")
            yield lambda: client.delete(path)
            return
        for one in list(client.all(f"{path}/group-push/mappings")):
            mine = f"{path}/group-push/mappings/{one['id']}"
            yield lambda mine=mine: client.patch(mine, {"status": "INACTIVE"})
            yield lambda mine=mine: client.delete(mine, deleteTargetGroup="false")


def _waits(view: Any) -> bool:
    """A mapping that was never pushed, or a user who was never provisioned, without an error."""
    if view.error:
        return False
    return bool(getattr(view, "job", "")) or str(view.status) == "STAGED"
