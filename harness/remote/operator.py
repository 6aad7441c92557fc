"""The Operator port over Okta's REST API: any engine that speaks it can be played.

Documented endpoints wherever there are such; our console only for what Okta has in its own alone.
https://developer.okta.com/docs/api/openapi/okta-management/management/
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from ..errors import NotApplicable, Refused
from ..model import (
    AppUserView,
    AppView,
    LogEvent,
    MappingView,
    Match,
    MatchKind,
    PushError,
    PushRequest,
    PushRule,
    UserProfile,
)
from . import views
from .console import Console
from .log import Log
from .mappings import Mappings
from .names import Instance, Names
from .settling import Settling

PROFILE = {"first_name": "firstName", "last_name": "lastName"}
PASSWORD = {"password": {"value": "Correct-horse-7-battery"}}  # an ACTIVE user has one
LANGUAGE = "urn:okta:expression:1.0"
WRONG_STATUS = "E0000038"
UNKNOWN_ATTRIBUTE = "is not defined in profile"


class RestOperator:
    """What an Okta admin does and sees, by API. Raises Refused in the engine's own words.

    Raises NotApplicable for what neither the API nor this engine's console offers.
    """

    def __init__(self, names: Names, console: Console, settling: Settling, log: Log) -> None:
        self._names = names
        self._client = names.client
        self._console = console
        self._settling = settling
        self._log = log
        self._mappings = Mappings(names, console)

    # --- people --------------------------------------------------------------------------------

    def create_user(self, profile: UserProfile, *, activate: bool = True) -> None:
        attributes = {n: v for n, v in asdict(profile).items() if n != "attributes"}
        body = {
            "profile": {**_profile(attributes), **profile.attributes},
            "credentials": PASSWORD,
        }
        made = self._with_attributes(
            profile.attributes,
            lambda: self._client.post("/api/v1/users", body, activate=_flag(on=activate)),
        )
        self._names.users[profile.login.lower()] = made["id"]

    def update_user(self, login: str, changes: Mapping[str, str]) -> None:
        user_id = self._names.user(login)
        body = {"profile": _profile(changes)}
        try:
            self._with_attributes(
                changes, lambda: self._client.post(f"/api/v1/users/{user_id}", body)
            )
        except Refused as refused:
            if refused.code == WRONG_STATUS and self.users().get(login) == "DEPROVISIONED":
                told = "it changes a deactivated user, which Okta's API refuses"
                raise NotApplicable(told) from refused
            raise
        if "login" in changes:
            self._names.users.pop(login.lower(), None)
            self._names.users[changes["login"].lower()] = user_id

    def _with_attributes(self, attributes: Mapping[str, str], act: Callable[[], Any]) -> Any:
        """Do it; where the org does not know an attribute yet, make it known first."""
        try:
            return act()
        except Refused as refused:
            if UNKNOWN_ATTRIBUTE not in str(refused):
                raise
        known = self._console.get("org", "a custom attribute").get("custom_attributes", [])
        own = [name for name in attributes if name not in ("login", "email", *PROFILE)]
        names = sorted({*known, *own})
        self._console.patch("org", "a custom attribute", {"custom_attributes": names})
        return act()

    def activate_user(self, login: str) -> None:
        user_id = self._names.user(login)
        self._client.post(f"/api/v1/users/{user_id}/lifecycle/activate", sendEmail="false")

    def deactivate_user(self, login: str) -> None:
        self._live(login, "deactivate")

    def suspend_user(self, login: str) -> None:
        self._live(login, "suspend")

    def unsuspend_user(self, login: str) -> None:
        self._live(login, "unsuspend")

    def _live(self, login: str, deed: str) -> None:
        self._client.post(f"/api/v1/users/{self._names.user(login)}/lifecycle/{deed}")

    def delete_user(self, login: str) -> None:
        self._client.delete(f"/api/v1/users/{self._names.user(login)}")

    # --- groups --------------------------------------------------------------------------------

    def create_group(self, name: str, *, description: str = "") -> None:
        body = {"profile": {"name": name, "description": description}}
        self._names.groups[name] = self._client.post("/api/v1/groups", body)["id"]

    def rename_group(self, name: str, new_name: str) -> None:
        path = f"/api/v1/groups/{self._names.group(name)}"
        description = self._client.get(path)["profile"].get("description") or ""
        body = {"profile": {"name": new_name, "description": description}}
        self._client.put(path, body)
        if name in self._names.groups:
            self._names.groups[new_name] = self._names.groups.pop(name)

    def delete_group(self, name: str) -> None:
        self._client.delete(f"/api/v1/groups/{self._names.group(name)}")
        self._names.groups.pop(name, None)

    def delete_app_group(self, app: str, name: str) -> None:
        for found in self._names.app_groups(self._names.app(app), name):
            self._client.delete(f"/api/v1/groups/{found['id']}")
            return
        self._names.group(name)

    def add_to_group(self, group: str, logins: Sequence[str]) -> None:
        for path in self._memberships(group, logins):
            self._client.put(path)

    def remove_from_group(self, group: str, logins: Sequence[str]) -> None:
        for path in self._memberships(group, logins):
            self._client.delete(path)

    def _memberships(self, group: str, logins: Sequence[str]) -> list[str]:
        start = f"/api/v1/groups/{self._names.group(group)}/users"
        return [f"{start}/{self._names.user(login)}" for login in logins]

    def create_group_rule(self, name: str, *, expression: str, groups: Sequence[str]) -> None:
        body = {
            "type": "group_rule",
            "name": name,
            "conditions": {"expression": {"value": expression, "type": LANGUAGE}},
            "actions": {
                "assignUserToGroups": {"groupIds": [self._names.group(one) for one in groups]}
            },
        }
        self._names.rules[name] = self._client.post("/api/v1/groups/rules", body)["id"]

    def set_group_rule_active(self, name: str, *, active: bool) -> None:
        deed = "activate" if active else "deactivate"
        path = f"/api/v1/groups/rules/{self._names.rule(name)}/lifecycle/{deed}"
        self._client.post(path)

    def delete_group_rule(self, name: str) -> None:
        self._client.delete(f"/api/v1/groups/rules/{self._names.rule(name)}")
        self._names.rules.pop(name)

    # --- apps and assignments ------------------------------------------------------------------

    def change_app(self, app: str, settings: Mapping[str, Any]) -> None:
        found = self._names.app(app)
        with told_here(found):
            self._console.patch(f"apps/{found.id}", "a setting of an app", dict(settings))

    def change_org(self, settings: Mapping[str, Any]) -> None:
        self._console.patch("org", "a setting of the org", dict(settings))

    def replace_credentials(self, app: str, credentials: Mapping[str, Any]) -> None:
        """Let the engine take what its target issued anew, at its own address of it."""
        self._console.of(self._names.app(app), "reconnect", "new credentials for an app")

    def assign_user(self, app: str, login: str) -> None:
        body = {"id": self._names.user(login), "scope": "USER"}
        self._client.post(f"/api/v1/apps/{self._names.app(app).id}/users", body)

    def unassign_user(self, app: str, login: str) -> None:
        path = f"/api/v1/apps/{self._names.app(app).id}/users/{self._names.user(login)}"
        self._client.delete(path)

    def assign_group(self, app: str, group: str) -> None:
        path = f"/api/v1/apps/{self._names.app(app).id}/groups/{self._names.group(group)}"
        self._client.put(path, {})

    def unassign_group(self, app: str, group: str) -> None:
        path = f"/api/v1/apps/{self._names.app(app).id}/groups/{self._names.group(group)}"
        self._client.delete(path)

    def import_users(self, app: str) -> None:
        self._console_deed(app, "import-users", "an import of users")

    def refresh_app_groups(self, app: str) -> None:
        self._console_deed(app, "refresh-groups", "Refresh App Groups")

    def _console_deed(self, app: str, path: str, what: str, body: Any = None) -> Any:
        found = self._names.app(app)
        with told_here(found):
            return self._console.of(found, path, what, body)

    # --- group push ----------------------------------------------------------------------------

    def find_match(self, request: PushRequest) -> Match:
        body = self._mappings.form(request)
        told = self._console_deed(request.app, "match", "the match of a group", body)
        app = self._names.app(request.app)
        reason = app.here(told["reason"])
        return Match(MatchKind[told["kind"]], tuple(told["candidates"]), reason)

    def push_group(self, request: PushRequest) -> None:
        app = self._names.app(request.app)
        with told_here(app):
            self._mappings.push(app, request)

    def create_push_rule(self, rule: PushRule) -> None:
        told = {name: value for name, value in asdict(rule).items() if name != "app"}
        self._console_deed(rule.app, "push-rules", "a push rule", told)

    def edit_push_rule(self, app: str, name: str, changes: Mapping[str, Any]) -> None:
        found = self._names.app(app)
        with told_here(found):
            path = f"apps/{found.id}/push-rules/{quote(name, safe='')}"
            self._console.patch(path, "a push rule", dict(changes))

    def delete_push_rule(
        self, app: str, name: str, *, with_mappings: bool, delete_groups: bool
    ) -> None:
        body = {"withMappings": with_mappings, "deleteTargetGroups": delete_groups}
        self._console_deed(app, f"push-rules/{quote(name, safe='')}/delete", "a push rule", body)

    def push_now(self, app: str, group: str) -> None:
        found = self._names.app(app)
        with told_here(found):
            self._mappings.push_now(found, group)

    def activate_mapping(self, app: str, group: str) -> None:
        found = self._names.app(app)
        with told_here(found):
            self._mappings.set_status(found, group, "ACTIVE")

    def deactivate_mapping(self, app: str, group: str) -> None:
        found = self._names.app(app)
        with told_here(found):
            self._mappings.set_status(found, group, "INACTIVE")

    def unlink(self, app: str, group: str, *, delete_group: bool) -> None:
        found = self._names.app(app)
        with told_here(found):
            self._mappings.unlink(found, group, delete_group=delete_group)

    def relink(self, app: str, group: str, *, link_to: str) -> None:
        path = self._mappings.path(self._names.app(app), group, "relink")
        self._console_deed(app, path, "Change linked group", {"targetGroupName": link_to})

    def allow_removals(self, app: str, group: str) -> None:
        path = self._mappings.path(self._names.app(app), group, "allow-removals")
        self._console_deed(app, path, "the permission to remove many members")

    def retry_all(self, app: str) -> None:
        self._console_deed(app, "retry-all", "Retry All Groups")

    # --- time ----------------------------------------------------------------------------------

    def run(self, *, until: float | None = None, stop: Callable[[], bool] | None = None) -> None:
        """Wait until the engine has settled; with `until`, let time pass until then."""
        if stop is not None:
            raise NotApplicable("it stops the engine between two calls, which no API can")
        self._settling.run(until)

    def next_due(self) -> float | None:
        return self._settling.next_due()

    def restart(self) -> None:
        raise NotApplicable("it kills the engine, which no API can")

    # --- witnesses -----------------------------------------------------------------------------

    def users(self) -> Mapping[str, str]:
        """Those that the item made."""
        found = {}
        for user_id in list(self._names.users.values()):
            user = self._user(user_id)
            if user is not None:
                found[str(user["profile"]["login"])] = str(user["status"])
        return found

    def _user(self, user_id: str) -> Mapping[str, Any] | None:
        try:
            found: Mapping[str, Any] = self._client.get(f"/api/v1/users/{user_id}")
        except Refused:
            return None
        return found

    def groups(self) -> Mapping[str, Sequence[str]]:
        """Those that the item made."""
        return {name: self._members(one) for name, one in sorted(self._names.groups.items())}

    def _members(self, group_id: str) -> list[str]:
        found = self._client.all(f"/api/v1/groups/{group_id}/users")
        return [str(user["profile"]["login"]) for user in found]

    def app_groups(self, app: str) -> Sequence[str]:
        found = self._names.app(app)
        told = self._console.get(f"apps/{found.id}/groups", "the list of groups to link")
        return [str(one["name"]) for one in told]

    def app(self, label: str) -> AppView:
        app = self._names.app(label)
        told = self._console.get(f"apps/{app.id}", "how an app is set")
        return views.console_app(told, app)

    def mappings(self, app: str) -> Sequence[MappingView]:
        return self._mappings.of(self._names.app(app))

    def app_users(self, app: str) -> Sequence[AppUserView]:
        found = self._names.app(app)
        if self._console.is_there:
            told = self._console.get(f"apps/{found.id}/users", "")
            return [views.console_app_user(one, found) for one in told]
        logins = {user_id: login for login, user_id in self._names.users.items()}
        return [
            views.app_user(one, found, logins[one["id"]])
            for one in self._client.all(f"/api/v1/apps/{found.id}/users", limit=500)
            if one["id"] in logins
        ]

    def errors(self, app: str) -> Sequence[PushError]:
        found = self._names.app(app)
        told = self._console.get(f"apps/{found.id}/errors", "the error list")
        return [views.console_error(one, found) for one in told]

    def log(self) -> Sequence[LogEvent]:
        labels = {one.there: one.label for one in self._names.instances.values()}
        return self._log.since_mark(labels)


@contextmanager
def told_here(app: Instance) -> Iterator[None]:
    """A refusal tells the app by its name here."""
    try:
        yield
    except Refused as refused:
        causes = tuple(map(app.here, refused.causes))
        raise Refused(refused.code, app.here(refused.summary), causes) from refused


def _profile(told: Mapping[str, Any]) -> dict[str, Any]:
    return {PROFILE.get(name, name): value for name, value in told.items()}


def _flag(*, on: bool) -> str:
    return "true" if on else "false"
