"""Group push mappings over the five endpoints, and what only the console adds to them."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import Refused
from ..model import MappingView, PushRequest
from . import views
from .console import Console
from .names import Instance, Names, missing

DIRECTORY = "active_directory"
ACTIVE, INACTIVE = "ACTIVE", "INACTIVE"


class Mappings:
    """What is pushed to the apps of one item."""

    def __init__(self, names: Names, console: Console) -> None:
        self._names = names
        self._client = names.client
        self._console = console

    # --- making --------------------------------------------------------------------------------

    def push(self, app: Instance, request: PushRequest) -> None:
        """By the documented endpoint, unless the console's form alone can say what is meant."""
        body = self._documented(app, request)
        if body is None:
            what = "a push that names no place, or a group that cannot be told by its id"
            self._console.of(app, "mappings", what, self.form(request))
            return
        self._client.post(f"/api/v1/apps/{app.id}/group-push/mappings", body)

    def _documented(self, app: Instance, request: PushRequest) -> dict[str, Any] | None:
        body: dict[str, Any] = {
            "sourceGroupId": self._names.group(request.group),
            "status": ACTIVE if request.immediately else INACTIVE,
        }
        if request.link_to is not None:
            target = self._target(app, request)
            return None if target is None else body | {"targetGroupId": target}
        body["targetGroupName"] = request.target_name or request.group
        if app.kind == DIRECTORY:
            if not request.place:
                return None
            body["appConfig"] = _directory(request)
        return body

    def _target(self, app: Instance, request: PushRequest) -> str | None:
        """The id of the one app group that is meant; None where the name alone cannot tell."""
        assert request.link_to is not None
        found = self._names.app_groups(app, request.link_to)
        pushed = {one["targetGroupId"] for one in self._listed(app)}
        free = [one for one in found if one["id"] not in pushed]
        return str(free[0]["id"]) if len(free) == 1 and not request.place else None

    @staticmethod
    def form(request: PushRequest) -> dict[str, Any]:
        """As the console's form has it."""
        told = {
            "group": request.group,
            "targetName": request.target_name,
            "linkTo": request.link_to,
            "immediately": request.immediately,
            "place": request.place,
            "scope": request.scope,
            "kind": request.kind,
            "samAccountName": request.sam_account_name,
        }
        return {name: value for name, value in told.items() if value not in (None, "")}

    # --- a mapping's life ----------------------------------------------------------------------

    def set_status(self, app: Instance, group: str, status: str) -> None:
        path = self._address(app, self._the_one(app, group))
        self._client.patch(path, {"status": status})

    def push_now(self, app: Instance, group: str) -> None:
        """Push Now is the console's; by API alone, a pause and a fresh start send all again."""
        found = self._the_one(app, group)
        if self._console.is_there:
            self._console.of(app, f"mappings/{found['id']}/push-now", "Push Now")
            return
        for status in (INACTIVE, ACTIVE):
            self._client.patch(self._address(app, found), {"status": status})

    def unlink(self, app: Instance, group: str, *, delete_group: bool) -> None:
        found = self._the_one(app, group)
        path = self._address(app, found)
        if found["status"] == ACTIVE:
            self._client.patch(path, {"status": INACTIVE})
        self._client.delete(path, deleteTargetGroup="true" if delete_group else "false")

    def path(self, app: Instance, group: str, deed: str) -> str:
        """Where the console does something to the mapping of a group."""
        return f"mappings/{self._the_one(app, group)['id']}/{deed}"

    # --- seeing --------------------------------------------------------------------------------

    def of(self, app: Instance) -> Sequence[MappingView]:
        if self._console.is_there:
            told = self._console.get(f"apps/{app.id}/mappings", "")
            return [views.console_mapping(one, app) for one in told]
        sources = {group_id: name for name, group_id in self._names.groups.items()}
        return [
            views.mapping(one, app, source=sources[one["sourceGroupId"]], target=self._group(one))
            for one in self._listed(app)
            if one["sourceGroupId"] in sources
        ]

    def _group(self, told: Mapping[str, Any]) -> Mapping[str, Any] | None:
        try:
            found: Mapping[str, Any] = self._client.get(f"/api/v1/groups/{told['targetGroupId']}")
        except (Refused, KeyError):
            return None
        return found

    def _listed(self, app: Instance, **query: str) -> list[Mapping[str, Any]]:
        path = f"/api/v1/apps/{app.id}/group-push/mappings"
        return list(self._client.all(path, limit=1000, **query))

    def _the_one(self, app: Instance, group: str) -> Mapping[str, Any]:
        group_id = self._names.group(group)
        found = self._listed(app, sourceGroupId=group_id)
        if not found:
            refusal = missing(group, "GroupPushMapping")
            refusal.causes = (f"{group} is not pushed to {app.label}",)
            raise refusal
        return found[0]

    @staticmethod
    def _address(app: Instance, told: Mapping[str, Any]) -> str:
        return f"/api/v1/apps/{app.id}/group-push/mappings/{told['id']}"


def _directory(request: PushRequest) -> dict[str, str]:
    """Active Directory's part of the request, which must be whole."""
    return {
        "type": "ACTIVE_DIRECTORY",
        "distinguishedName": request.place or "",
        "groupScope": request.scope or "GLOBAL",
        "groupType": request.kind or "SECURITY",
        "samAccountName": request.sam_account_name or request.target_name or request.group,
    }
