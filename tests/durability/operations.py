"""What admins do, one table row each: how the world stands, the deed, and how it must end.

The end is computed from the row alone; the engine is not asked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from harness.model import PushRule
from tests.durability.stage import BATCH, LATE, MAIN, VARIANTS, Variant
from tests.engine.office import AD, SLACK, Office, login

NONE_ONE_AND_A_BATCH = (0, 1, BATCH + 1)
ONE_AND_SOME = (1, 3)
GUEST, OWNER = "guest", "ana"  # a foreigner in the target; somebody who is in every pushed group
BY_NAME = (AD, "scim", "slack")  # a push onto a taken name links (R15, R53)

PUSH = "application.provision.group_push"
USER = "application.provision.user"


@dataclass(frozen=True)
class End:
    """How a world must end.

    `groups`: all groups of the target, by name, with the short logins of their members. `pushed`:
    the mappings, by source group: the target's name, the members that are known to be there through
    us, and the status. `active`, `inactive`: the accounts. `once`: events that stand in the log
    exactly once; `some`: those that do at least once. `refused` says that an error is to be told.
    """

    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    pushed: Mapping[str, tuple[str, Sequence[str], str]] = field(default_factory=dict)
    active: Sequence[str] = ()
    inactive: Sequence[str] = ()
    once: Sequence[str] = ()
    some: Sequence[str] = ()
    refused: bool = False


@dataclass(frozen=True)
class Operation:
    """One kind of deed. `arrange` and `act` are given the members that it is about."""

    name: str
    arrange: Callable[[Office, Sequence[str]], None]
    act: Callable[[Office, Sequence[str]], None]
    end: Callable[[Variant, Sequence[str]], End]
    counts: Sequence[int] = NONE_ONE_AND_A_BATCH
    variants: Sequence[Variant] = VARIANTS
    hires: bool = True  # the members have their accounts before


@dataclass(frozen=True)
class Trial:
    """One deed on one app about so many members."""

    variant: Variant
    operation: Operation
    count: int

    def __str__(self) -> str:
        return f"{self.variant}: {self.operation.name}, {self.count}"

    @property
    def members(self) -> list[str]:
        return [f"m{number}" for number in range(1, self.count + 1)]

    @property
    def end(self) -> End:
        return self.operation.end(self.variant, self.members)


def trials(*, everything: bool = False) -> list[Trial]:
    """Every operation on every app that has it, with every number of members.

    Unless `everything` is, the largest number must do for other habits than an app's own, and for
    an app whose adapter is another's.
    """
    return [
        Trial(variant, operation, count)
        for operation in OPERATIONS
        for variant in operation.variants
        for count in operation.counts
        if everything or not (variant.habit or variant.like) or count == max(operation.counts)
    ]


def trials_with_lag() -> list[Trial]:
    """The same on the apps whose vendors say that fresh objects are seen late."""
    late = {variant.app: variant for variant in LATE}
    return [
        replace(trial, variant=late[trial.variant.app])
        for trial in trials()
        if trial.variant in MAIN and trial.variant.app in late
    ]


def largest(some: Sequence[Trial]) -> list[Trial]:
    """Those with as many members as there are."""
    return [trial for trial in some if trial.count == max(trial.operation.counts)]


# --- words ---------------------------------------------------------------------------------------


def sales(*members: str, name: str = "Sales", status: str = "ACTIVE") -> dict[str, object]:
    """The one group Sales, as it must be in the target and be known."""
    ours = [member for member in members if member != GUEST]
    return {"groups": {name: members}, "pushed": {name: (name, ours, status)}}


def everybody(members: Sequence[str]) -> list[str]:
    return [OWNER, *members, GUEST]


def staff(office: Office, members: Sequence[str]) -> None:
    """Everybody has an account; Sales is no group yet."""
    office.hire(OWNER, *members)
    office.target.add_account(login(GUEST), {})
    office.wait(3600)


def with_guest(office: Office, name: str = "Sales") -> None:
    group = office.target_group(name)
    office.target.add_members(group.id, [office.account(GUEST).id])


def pushed(office: Office, *members: str) -> None:
    """Sales is pushed with its owner and these; somebody put a guest into it there."""
    office.group("Sales", OWNER, *members)
    office.push()
    with_guest(office)
    office.wait(3600)


def emptied_by_hand(office: Office, members: Sequence[str]) -> None:
    """As pushed; those members were taken out by hand."""
    pushed(office, *members)
    for member in members:
        office.target.remove_members(office.target_group().id, [office.external_id(member)])


# --- groups --------------------------------------------------------------------------------------


def _grouped(office: Office, members: Sequence[str]) -> None:
    office.group("Sales", *members)


CREATE = Operation(
    "push",
    _grouped,
    lambda office, members: office.ask(),
    lambda variant, members: End(
        **sales(*members),
        active=everybody(members),
        once=[f"{PUSH}.mapping.created", f"{PUSH}.pushed"],
    ),
)

CREATE_EMPTY = Operation(
    "push, members later",
    _grouped,
    lambda office, members: office.ask(immediately=False),
    lambda variant, members: End(
        groups={"Sales": []},
        pushed={"Sales": ("Sales", [], "INACTIVE")},
        active=everybody(members),
        once=[f"{PUSH}.mapping.created", f"{PUSH}.pushed"],
    ),
    counts=(1,),
)


def _taken(office: Office, members: Sequence[str]) -> None:
    office.group("Sales", *members)
    office.stranger("Sales", office.account(GUEST).id)


def _after_a_taken_name(variant: Variant, members: Sequence[str]) -> End:
    if variant.app not in BY_NAME:
        return End(
            groups={"Sales": [GUEST]},
            pushed={"Sales": ("Sales", [], "ERROR")},
            active=everybody(members),
            once=[f"{PUSH}.mapping.update.or.delete.failed.with.error"],
            refused=True,
        )
    # A directory's group that was never imported keeps whom it has (R54).
    kept = [GUEST] if variant.app == AD else []
    return End(
        **sales(*members, *kept), active=everybody(members), once=[f"{PUSH}.mapping.created"]
    )


ONTO_A_TAKEN_NAME = Operation(
    "push onto a taken name",
    _taken,
    lambda office, members: office.ask(),
    _after_a_taken_name,
)


def _linkable(office: Office, members: Sequence[str]) -> None:
    office.group("Sales", *members)
    ids = [office.external_id(member) for member in members[:1]]
    office.stranger("Old", office.account(GUEST).id, office.external_id(OWNER), *ids)
    office.refresh()


LINK = Operation(
    "link",
    _linkable,
    lambda office, members: office.ask(link_to="Old"),
    lambda variant, members: End(
        **sales(*members),
        active=everybody(members),
        once=[
            f"{PUSH}.mapping.created",
            f"{PUSH}.updated",
            f"{PUSH}.mapping.app.group.renamed",
        ],
    ),
)


def _relinkable(office: Office, members: Sequence[str]) -> None:
    office.settings(rename_app_groups=False)
    pushed(office, *members)
    office.stranger("Old", office.account(GUEST).id)
    office.refresh()


RELINK = Operation(
    "change the linked group",
    _relinkable,
    lambda office, members: office.op.relink(office.app, "Sales", link_to="Old"),
    lambda variant, members: End(
        groups={"Sales": [OWNER, *members, GUEST], "Old": [OWNER, *members]},
        pushed={"Sales": ("Old", [OWNER, *members], "ACTIVE")},
        active=everybody(members),
        once=[f"{PUSH}.updated"],
    ),
    counts=(1,),
)


def _two_groups(office: Office, members: Sequence[str]) -> None:
    office.people(*members)
    for name in ("Sales", "Support"):
        office.group(name, *members)
        office.ask(name)
    office.assign(*members)


TWO_GROUPS = Operation(
    "push two groups and their people at once",
    lambda office, members: office.settings(heal_late_members=True),
    _two_groups,
    lambda variant, members: End(
        groups={"Sales": members, "Support": members},
        pushed={name: (name, members, "ACTIVE") for name in ("Sales", "Support")},
        active=everybody(members),
    ),
    counts=(2,),
    hires=False,
)


def _for_a_rule(office: Office, members: Sequence[str]) -> None:
    office.group("Sales", *members)
    office.group("Support", *members)


BY_RULE = Operation(
    "push by rule",
    _for_a_rule,
    lambda office, members: office.op.create_push_rule(
        PushRule("All", office.app, "starts_with", "S")
    ),
    lambda variant, members: End(
        groups={"Sales": members, "Support": members},
        pushed={name: (name, members, "ACTIVE") for name in ("Sales", "Support")},
        active=everybody(members),
    ),
    counts=(1,),
    variants=tuple(variant for variant in MAIN if variant.app != AD),
)

# --- members -------------------------------------------------------------------------------------

ADD = Operation(
    "add members",
    lambda office, members: pushed(office),
    lambda office, members: office.join("Sales", *members),
    lambda variant, members: End(
        **sales(OWNER, *members, GUEST),
        active=everybody(members),
        once=[f"{PUSH}.push_memberships"] if members else [],
    ),
)

REMOVE = Operation(
    "remove members",
    lambda office, members: pushed(office, *members),
    lambda office, members: office.leave("Sales", *members),
    lambda variant, members: End(
        **sales(OWNER, GUEST),
        active=everybody(members),
        once=[f"{PUSH}.push_memberships"] if members else [],
    ),
)


def _swap(office: Office, members: Sequence[str]) -> None:
    office.leave("Sales", *members[:2])
    office.join("Sales", *members[2:])
    office.op.rename_group("Sales", "Sellers")


SWAP = Operation(
    "add, remove and rename",
    lambda office, members: pushed(office, *members[:2]),
    _swap,
    lambda variant, members: End(
        **sales(OWNER, *members[2:], GUEST, name="Sellers"),
        active=everybody(members),
        once=[f"{PUSH}.push_memberships", f"{PUSH}.mapping.app.group.renamed"],
    ),
    counts=(4,),
)

RENAME = Operation(
    "rename",
    lambda office, members: pushed(office, *members),
    lambda office, members: office.op.rename_group("Sales", "Sellers"),
    lambda variant, members: End(
        **sales(OWNER, *members, GUEST, name="Sellers"),
        active=everybody(members),
        once=[f"{PUSH}.mapping.app.group.renamed", f"{PUSH}.updated"],
    ),
)


def _after_push_now(variant: Variant, members: Sequence[str]) -> End:
    # A directory is only added to, and nothing is new (R56).
    there = [OWNER, GUEST] if variant.app == AD else [OWNER, *members]
    return End(
        groups={"Sales": there},
        pushed={"Sales": ("Sales", [OWNER, *members], "ACTIVE")},
        active=everybody(members),
        once=[f"{PUSH}.push_memberships"],
    )


PUSH_NOW = Operation(
    "push now",
    emptied_by_hand,
    lambda office, members: office.op.push_now(office.app, "Sales"),
    _after_push_now,
)


def _pause_and_go_on(office: Office, members: Sequence[str]) -> None:
    office.op.deactivate_mapping(office.app, "Sales")
    office.leave("Sales", *members)
    office.op.activate_mapping(office.app, "Sales")


PAUSE = Operation(
    "deactivate, change and activate",
    lambda office, members: pushed(office, *members),
    _pause_and_go_on,
    lambda variant, members: End(
        **sales(OWNER, *([GUEST] if variant.app == AD else [])),
        active=everybody(members),
        once=[
            f"{PUSH}.deactivate_mapping",
            f"{PUSH}.activate_mapping",
            f"{PUSH}.push_memberships",
        ],
    ),
)

# --- unlinking -----------------------------------------------------------------------------------

UNLINK = Operation(
    "unlink with delete",
    lambda office, members: pushed(office, *members),
    lambda office, members: office.unlink(delete=True),
    lambda variant, members: End(
        active=everybody(members), once=[f"{PUSH}.removed", f"{PUSH}.delete_appgroup"]
    ),
)

LEAVE = Operation(
    "unlink and leave",
    lambda office, members: pushed(office, *members),
    lambda office, members: office.unlink(delete=False),
    lambda variant, members: End(
        groups={"Sales": [OWNER, *members, GUEST]},
        active=everybody(members),
        once=[f"{PUSH}.removed"],
    ),
    counts=(1,),
    variants=MAIN,
)

# --- people --------------------------------------------------------------------------------------


def _apply(office: Office, members: Sequence[str]) -> None:
    """The first is in the app already: it was let in by hand."""
    office.people(*members)
    office.target.add_account(login(members[0]), {})


PROVISION = Operation(
    "assign",
    _apply,
    lambda office, members: office.assign(*members),
    lambda variant, members: End(
        active=everybody(members), once=[f"{USER}.sync"], some=[f"{USER}.push"] * (len(members) - 1)
    ),
    counts=ONE_AND_SOME,
    hires=False,
)


def _renew(office: Office, members: Sequence[str]) -> None:
    for member in members:
        office.op.update_user(login(member), {"first_name": "New", "last_name": "Name"})


UPDATE = Operation(
    "update users",
    lambda office, members: None,
    _renew,
    lambda variant, members: End(active=everybody(members), some=[f"{USER}.push_profile"]),
    counts=ONE_AND_SOME,
    variants=MAIN,
)


def _dismiss(office: Office, members: Sequence[str]) -> None:
    for member in members:
        office.op.unassign_user(office.app, login(member))


UNASSIGN = Operation(
    "unassign",
    lambda office, members: pushed(office, *members),
    _dismiss,
    # The memberships stay for good: their accounts are not known any more (R38).
    lambda variant, members: End(
        groups={"Sales": [OWNER, *members, GUEST]},
        pushed={"Sales": ("Sales", [OWNER], "ACTIVE")},
        active=[OWNER, GUEST],
        inactive=members,
        some=[f"{USER}.deactivate"],
    ),
    counts=ONE_AND_SOME,
    variants=MAIN,
)

DELETE_ACCOUNTS = Operation(
    "unassign, deleting the accounts",
    lambda office, members: office.settings(deprovision="delete"),
    _dismiss,
    # Slack disables whom it is asked to delete.
    lambda variant, members: End(
        active=[OWNER, GUEST],
        inactive=members if variant.app == SLACK else [],
        some=[f"{USER}.deprovision"],
    ),
    counts=ONE_AND_SOME,
    variants=MAIN,
)


def _dismissed(office: Office, members: Sequence[str]) -> None:
    _dismiss(office, members)
    office.op.run()


REASSIGN = Operation(
    "assign again",
    _dismissed,
    lambda office, members: office.assign(*members),
    lambda variant, members: End(
        active=everybody(members), some=[f"{USER}.sync", f"{USER}.reactivate"]
    ),
    counts=ONE_AND_SOME,
    variants=MAIN,
)


def _recreated(office: Office, members: Sequence[str]) -> None:
    for member in members:
        office.target.delete_account(office.external_id(member))
        office.target.add_account(login(member), {})


IMPORT = Operation(
    "import users",
    _recreated,
    lambda office, members: office.op.import_users(office.app),
    lambda variant, members: End(active=everybody(members), once=[f"{USER}.import"]),
    counts=ONE_AND_SOME,
    variants=tuple(variant for variant in MAIN if variant.app != SLACK),
)

REFRESH = Operation(
    "refresh app groups",
    lambda office, members: _strangers(office),
    lambda office, members: office.op.refresh_app_groups(office.app),
    lambda variant, members: End(
        groups={"Old": [GUEST], "Older": []},
        active=everybody(members),
        once=["app.user_management.user_group_import.upsert_success"],
    ),
    counts=(0,),
    variants=MAIN,
)


def _strangers(office: Office) -> None:
    office.stranger("Old", office.account(GUEST).id)
    office.stranger("Older")


OPERATIONS = (
    CREATE,
    CREATE_EMPTY,
    ONTO_A_TAKEN_NAME,
    LINK,
    RELINK,
    TWO_GROUPS,
    BY_RULE,
    ADD,
    REMOVE,
    SWAP,
    RENAME,
    PUSH_NOW,
    PAUSE,
    UNLINK,
    LEAVE,
    PROVISION,
    UPDATE,
    UNASSIGN,
    DELETE_ACCOUNTS,
    REASSIGN,
    IMPORT,
    REFRESH,
)
