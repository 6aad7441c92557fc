"""The app as its own administrator sees it: groups, members, accounts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from ...model import TargetGroupView
from ..here import Here
from ..judge import Disagreement, compare, compare_fields, compare_parts, compare_sets
from ..kinds import Choice, Many, Name, Rows, Table, Text, WordOr
from ..marks import expectation
from ..shapes import Record
from ..words import Accounts, Words
from .okta import ABSENT, Names, compare_names

DELETED = "deleted"
Members = Annotated[tuple[str, ...] | str | None, WordOr((ABSENT, DELETED), Many(Name("account")))]


@dataclass(frozen=True)
class GroupWanted:
    """What a group of the app must look like; what is not written is not asked."""

    members: Annotated[Members, "exactly these accounts; or absent, or deleted"] = None
    includes: Annotated[Accounts, "members there must be"] = ()
    excludes: Annotated[Accounts, "members there must not be"] = ()
    twins: Annotated[
        tuple[tuple[str, ...], ...] | None,
        Rows(Many(Name("account"))),
        "several live groups of that name: the members of each, in any order",
    ] = None
    ou: Annotated[str | None, Name("OU")] = None
    type_: Annotated[Words | None, "the app's word for the kind of group"] = None


@expectation
def target(
    here: Here,
    groups: Annotated[Mapping[str, GroupWanted], Table(Text(), Record(GroupWanted))],
) -> Iterator[Disagreement]:
    """Groups in the app and exactly their members: {Sales: [ana, ben], Old: absent}."""
    for name, wanted in groups.items():
        yield from _one_group(here, ("target", name), wanted)


def _one_group(here: Here, where: tuple[str, str], wanted: GroupWanted) -> Iterator[Disagreement]:
    live = here.live_groups(where[1])
    if wanted.twins is not None:
        yield from _twins(here, where, wanted.twins, live)
        return
    if isinstance(wanted.members, str) or len(live) != 1:
        expected = wanted.members if isinstance(wanted.members, str) else "one live group"
        yield from compare(where, expected, _presence(here, where[1], live))
        return
    yield from _members(here, where, wanted, live[0])
    ou = here.place(wanted.ou) if wanted.ou else None
    actual = {"ou": live[0].place, "type": live[0].kind}
    yield from compare_fields(where, {"ou": ou, "type": wanted.type_}, actual)


def _presence(here: Here, name: str, live: list[TargetGroupView]) -> str:
    if live:
        return "one live group" if len(live) == 1 else f"{len(live)} live groups (twins)"
    is_deleted = any(g.name == name and g.deleted for g in here.target.groups())
    return DELETED if is_deleted else ABSENT


def _members(
    here: Here, where: tuple[str, str], wanted: GroupWanted, group: TargetGroupView
) -> Iterator[Disagreement]:
    actual = _shorts(here, group)
    if wanted.members is not None:
        yield from compare_sets(where, wanted.members, actual)
    yield from compare_parts(where, wanted.includes, wanted.excludes, actual)


def _twins(
    here: Here,
    where: tuple[str, str],
    wanted: tuple[tuple[str, ...], ...],
    live: list[TargetGroupView],
) -> Iterator[Disagreement]:
    expected = sorted(sorted(members) for members in wanted)
    actual = sorted(sorted(_shorts(here, group)) for group in live)
    yield from compare((where[0], f"{where[1]}: twins"), expected, actual)


def _shorts(here: Here, group: TargetGroupView) -> list[str]:
    names = here.shorts_by_account()
    return [names.get(account_id, account_id) for account_id in group.members]


@expectation
def target_groups(here: Here, names: Annotated[Names, Record(Names)]) -> Iterator[Disagreement]:
    """All live groups of the app by name: a list (exactly), or includes, excludes."""
    actual = [group.name for group in here.target.groups() if not group.deleted]
    yield from compare_names(("target_groups", here.app), names, actual)


ACCOUNT_STATES = ("active", "suspended", DELETED, ABSENT)


@expectation
def target_accounts(
    here: Here,
    accounts: Annotated[Mapping[str, str], Table(Name("account"), Choice(ACCOUNT_STATES))],
) -> Iterator[Disagreement]:
    """Accounts in the app: {ana: active, ben: suspended, cy: absent}."""
    for short, state in accounts.items():
        yield from compare(("target_accounts", short), state, _state(here, short))


def _state(here: Here, short: str) -> str:
    found = here.accounts_of(short)
    live = [account for account in found if not account.deleted]
    if len(live) > 1:
        return f"{len(live)} live accounts"
    if live:
        return "active" if live[0].active else "suspended"
    return DELETED if found else ABSENT


@expectation
def faults(here: Here, state: Annotated[str, Choice(("met",))]) -> Iterator[Disagreement]:
    """Armed faults of the app so far: met. At the end of a scenario this is asked in any case."""
    yield from unmet_faults(here, state)


def unmet_faults(here: Here, state: str = "met") -> Iterator[Disagreement]:
    """Every armed fault that no call, or too few calls, have met."""
    for unmet in here.target.unmet_faults():
        yield Disagreement("faults", here.app, f"{state}: {unmet}", "no call met it, or too few")
