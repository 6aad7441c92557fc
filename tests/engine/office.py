"""A world with people in it, driven in few words: everything goes through the real fakes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from harness.model import (
    AppUserView,
    CallView,
    LogEvent,
    MappingView,
    PushRequest,
    UserProfile,
)
from harness.org.store import Store
from harness.world import AppPlan, FakeTarget, World, build

O365, AD = "o365", "active_directory"
GSUITE, BOX, SLACK = "gsuite", "box", "slack"
BOTH = (O365, AD)
ALL = (AD, BOX, GSUITE, O365, SLACK)
RULED = (BOX, GSUITE, O365, SLACK)  # push by rule, and a Push Now that overwrites (R9, R56)
GROUPS_OU = "OU=Groups,DC=ad,DC=example,DC=test"
BRANCH_OU = "OU=Branch,DC=ad,DC=example,DC=test"


class Databases:
    """Where the orgs of all offices live: in memory, or where tests/postgres has them live."""

    def open(self) -> Store | None:
        return None


databases = Databases()

# What one kind of call is called in each of the apps.
CREATE_GROUP = {
    O365: "o365.upsert_group",
    AD: "active_directory.add",
    GSUITE: "gsuite.insert_group",
    BOX: "box.create_group",
    SLACK: "slack.create_group",
}
ADD_ONE = {
    O365: "o365.add_member",
    AD: "active_directory.modify",
    GSUITE: "gsuite.insert_member",
    BOX: "box.create_membership",
    SLACK: "slack.patch_group",
}
ADD_MANY = ADD_ONE | {O365: "o365.batch", GSUITE: "gsuite.batch"}
REMOVE_ONE = {
    O365: "o365.remove_member",
    AD: "active_directory.modify",
    GSUITE: "gsuite.delete_member",
    BOX: "box.delete_membership",
    SLACK: "slack.patch_group",
}
RENAME = {
    O365: "o365.update_group",
    AD: "active_directory.modify_dn",
    GSUITE: "gsuite.update_group",
    BOX: "box.update_group",
    SLACK: "slack.patch_group",
}
DELETE_GROUP = {app: f"{app}.delete_group" for app in ALL} | {AD: "active_directory.delete"}
CREATE_ACCOUNT = {app: f"{app}.create_user" for app in ALL} | {
    AD: "active_directory.add",
    GSUITE: "gsuite.insert_user",
}
UPDATE_ACCOUNT = {app: f"{app}.update_user" for app in ALL} | {
    AD: "active_directory.modify",
    SLACK: "slack.patch_user",
}
DELETE_ACCOUNT = {app: f"{app}.delete_user" for app in ALL} | {AD: "active_directory.delete"}
WRITES = (
    "create",
    "insert",
    "upsert",
    "add",
    "remove",
    "update",
    "patch",
    "delete",
    "modify",
    "batch",
)


def login(name: str) -> str:
    return name if "@" in name else f"{name}@example.test"


def logins(names: Iterable[str]) -> list[str]:
    return [login(name) for name in names]


class Office:
    """One org; `app` is the app that the words mean where they name none."""

    def __init__(
        self,
        *kinds: str,
        seed: int = 7,
        org: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        target: Mapping[str, Any] | None = None,
        quirks: Mapping[str, bool] | None = None,
    ) -> None:
        plans = [
            AppPlan(kind, kind, settings or {}, quirks or {}, target or {})
            for kind in kinds or (O365,)
        ]
        self.world: World = build(plans, seed=seed, org=org or {}, store=databases.open())
        self.op = self.world.operator
        self.app = plans[0].label

    # --- doing ---------------------------------------------------------------------------------

    def people(self, *names: str) -> None:
        for name in names:
            self.op.create_user(
                UserProfile(login(name), login(name), name.partition("@")[0].title(), "Silva")
            )

    def assign(self, *names: str, app: str = "") -> None:
        for name in names:
            self.op.assign_user(app or self.app, login(name))

    def hire(self, *names: str) -> None:
        """People with the app, provisioned."""
        self.people(*names)
        self.assign(*names)
        self.op.run()

    def group(self, name: str, *members: str) -> None:
        self.op.create_group(name)
        self.op.add_to_group(name, logins(members))

    def join(self, group: str, *names: str) -> None:
        self.op.add_to_group(group, logins(names))

    def leave(self, group: str, *names: str) -> None:
        self.op.remove_from_group(group, logins(names))

    def ask(self, group: str = "Sales", *, app: str = "", **more: Any) -> None:
        """Push without letting the engine work."""
        app = app or self.app
        if app == AD and "link_to" not in more:
            more.setdefault("place", GROUPS_OU)
        self.op.push_group(PushRequest(group, app, **more))

    def push(self, group: str = "Sales", *, app: str = "", **more: Any) -> None:
        self.ask(group, app=app, **more)
        self.op.run()

    def stranger(self, name: str, *members: str, app: str = "") -> str:
        """A group that somebody made in the target, with account ids in it."""
        app = app or self.app
        place = GROUPS_OU if app == AD else None
        return self.world.targets[app].add_group(name, member_ids=list(members), place=place)

    def pushed(self, *members: str, group: str = "Sales") -> None:
        """People with the app, in a group that is pushed."""
        self.hire(*members)
        self.group(group, *members)
        self.push(group)

    def unlink(self, group: str = "Sales", *, delete: bool) -> None:
        self.op.unlink(self.app, group, delete_group=delete)

    def refresh(self) -> None:
        self.op.refresh_app_groups(self.app)
        self.op.run()

    def settings(self, **changes: Any) -> None:
        self.op.change_app(self.app, changes)

    def arm(self, operation: str | Mapping[str, str], kind: str, **more: Any) -> None:
        if isinstance(operation, Mapping):
            operation = operation[self.app]
        self.target.arm_fault({"operation": operation, "kind": kind, **more})

    def wait(self, seconds: float) -> None:
        self.op.run(until=self.now + seconds)

    def settle(self) -> None:
        """Let time pass until nothing waits any more."""
        while (due := self.op.next_due()) is not None:
            self.op.run(until=due)

    def run_calls(self, count: int) -> int:
        """Let the engine make so many calls at most; answers how many it made."""
        made = 0

        def stop() -> bool:
            nonlocal made
            made += 1
            return made == count

        if count:
            self.op.run(stop=stop)
        return made

    # --- seeing --------------------------------------------------------------------------------

    @property
    def now(self) -> float:
        return self.world.clock.now()

    @property
    def target(self) -> FakeTarget:
        return self.world.targets[self.app]

    def mapping(self, group: str = "Sales", app: str = "") -> MappingView:
        return next(view for view in self.op.mappings(app or self.app) if view.group == group)

    def is_mapped(self, group: str = "Sales") -> bool:
        return any(view.group == group for view in self.op.mappings(self.app))

    def known(self, group: str = "Sales") -> list[str]:
        return [_short(member) for member in self.mapping(group).known_members]

    def app_user(self, name: str, app: str = "") -> AppUserView:
        return next(v for v in self.op.app_users(app or self.app) if v.login == login(name))

    def external_id(self, name: str) -> str:
        found = self.app_user(name).external_id
        assert found is not None
        return found

    def groups_named(self, name: str = "Sales", app: str = "") -> list[Any]:
        target = self.world.targets[app or self.app]
        return [group for group in target.groups() if group.name == name and not group.deleted]

    def target_group(self, name: str = "Sales", app: str = "") -> Any:
        (group,) = self.groups_named(name, app)
        return group

    def there(self, name: str = "Sales", app: str = "") -> list[str]:
        """Short logins of the members of the one target group of that name, sorted."""
        return self.members_of(self.target_group(name, app), app)

    def members_of(self, group: Any, app: str = "") -> list[str]:
        target = self.world.targets[app or self.app]
        names = {account.id: _short(account.login) for account in target.accounts()}
        return sorted(names[member] for member in group.members)

    def account(self, name: str) -> Any:
        (found,) = [
            account
            for account in self.target.accounts()
            if _short(account.login) == name and not account.deleted
        ]
        return found

    def calls(self, since: int = 0) -> list[CallView]:
        """Calls to the app without those for a token."""
        return [c for c in self.target.calls(since) if not c.operation.endswith(".token")]

    def operations(self, since: int = 0) -> list[str]:
        """What was asked for, the contents of batches and agent calls in place of those."""
        return [each.operation for call in self.calls(since) for each in (call.inner or (call,))]

    def writes(self, since: int = 0) -> list[str]:
        return [
            operation
            for operation in self.operations(since)
            if operation.partition(".")[2].startswith(WRITES)
        ]

    def mark(self) -> int:
        return self.target.last_call()

    def events(self, since: int = 0) -> list[str]:
        return [event.type for event in self.log(since)]

    def log(self, since: int = 0) -> Sequence[LogEvent]:
        return [event for event in self.op.log() if event.number > since]

    def last_event(self) -> int:
        return self.op.log()[-1].number

    def errors(self) -> Sequence[Any]:
        return self.op.errors(self.app)

    def times(self, operation: str | Mapping[str, str], since: int = 0) -> list[float]:
        """When calls of that operation were made."""
        wanted = operation[self.app] if isinstance(operation, Mapping) else operation
        return [
            call.at
            for call in self.target.calls(since)
            if wanted in (call.operation, *(inner.operation for inner in call.inner))
        ]


def _short(name: str) -> str:
    return name.partition("@")[0]
