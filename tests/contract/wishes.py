"""Every operation of the port as a wish: how it is asked for, and how the console sees it granted.

`again` are the errors that asking again may end with: the port says so, and the engine knows what
to do about them. `members` are those of the group that a wish makes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from harness.errors import ErrorKind
from harness.ports import Steps
from tests.contract.bench import KEY, NAME, OTHER_NAME, Stage

NEW = "newcomer"


@dataclass(frozen=True)
class Wish:
    """One operation. `came_true` looks through the console's eyes only."""

    ask: Callable[[Stage], Steps]
    came_true: Callable[[Stage], bool]
    is_write: bool = True
    again: frozenset[ErrorKind] = frozenset()
    members: Callable[[Stage], Sequence[str]] | None = None


def _has(stage: Stage, wanted: list[str]) -> bool:
    return sorted(stage.members(stage.target_id)) == sorted(wanted)


def _is_active(stage: Stage, account_id: str) -> bool:
    found = [account for account in stage.accounts() if account.id == account_id]
    return bool(found) and found[0].active


def _reads(ask: Callable[[Any], Steps]) -> Wish:
    return Wish(ask, lambda stage: True, is_write=False)


def _disabled(stage: Stage) -> Steps:
    stage.admin.set_account_active(stage.inside[0], active=False)
    return stage.adapter.set_active(stage.inside[0], active=True)


WISHES = MappingProxyType(
    {
        "list_accounts": _reads(lambda s: s.adapter.list_accounts()),
        "find_accounts": _reads(
            lambda s: s.adapter.find_accounts(s.old_account().login, s.old_account().email)
        ),
        "create_account": Wish(
            lambda s: s.adapter.create_account(s.profile(NEW)),
            lambda s: s.handles().count(NEW) == 1,
            again=frozenset({ErrorKind.EXISTS}),
        ),
        "update_account": Wish(
            lambda s: s.adapter.update_account(s.old_account(), s.profile(NEW)),
            lambda s: s.account(s.inside[0]).login.partition("@")[0] == NEW,
        ),
        "suspend": Wish(
            lambda s: s.adapter.set_active(s.inside[0], active=False),
            lambda s: not _is_active(s, s.inside[0]),
        ),
        "reactivate": Wish(_disabled, lambda s: _is_active(s, s.inside[0])),
        # Some apps delete nobody: there the account is disabled.
        "delete_account": Wish(
            lambda s: s.adapter.delete_account(s.inside[0]),
            lambda s: not _is_active(s, s.inside[0]),
        ),
        "list_groups": _reads(lambda s: s.adapter.list_groups()),
        "find_groups": _reads(lambda s: s.adapter.find_groups(NAME, s.place)),
        "find_by_key": _reads(lambda s: s.adapter.find_by_key(KEY)),
        "create_group": Wish(
            lambda s: s.adapter.create_group(s.plan(OTHER_NAME, s.inside)),
            lambda s: (
                [sorted(group.member_ids) for group in s.named(OTHER_NAME)] == [sorted(s.inside)]
            ),
            again=frozenset({ErrorKind.EXISTS}),
            members=lambda s: s.inside,
        ),
        "create_empty_group": Wish(
            lambda s: s.adapter.create_group(s.plan(OTHER_NAME)),
            lambda s: [group.member_ids for group in s.named(OTHER_NAME)] == [()],
            again=frozenset({ErrorKind.EXISTS}),
            members=lambda s: [],
        ),
        "rename_group": Wish(
            lambda s: s.adapter.rename_group(s.target_id, OTHER_NAME),
            lambda s: s.group(s.target_id).name == OTHER_NAME,
        ),
        "delete_group": Wish(
            lambda s: s.adapter.delete_group(s.target_id),
            lambda s: not s.has_group(s.target_id),
            again=frozenset({ErrorKind.NOT_FOUND}),
        ),
        "list_members": _reads(lambda s: s.adapter.list_members(s.target_id)),
        "add": Wish(
            lambda s: s.adapter.change_members(s.target_id, add=s.outside, remove=[]),
            lambda s: _has(s, [*s.inside, *s.outside]),
        ),
        "add_one": Wish(
            lambda s: s.adapter.change_members(s.target_id, add=s.outside[:1], remove=[]),
            lambda s: _has(s, [*s.inside, s.outside[0]]),
        ),
        "remove": Wish(
            lambda s: s.adapter.change_members(s.target_id, add=[], remove=s.inside),
            lambda s: _has(s, []),
        ),
        "remove_one": Wish(
            lambda s: s.adapter.change_members(s.target_id, add=[], remove=s.inside[:1]),
            lambda s: _has(s, s.inside[1:]),
        ),
        "exchange": Wish(
            lambda s: s.adapter.change_members(s.target_id, add=s.outside, remove=s.inside),
            lambda s: _has(s, s.outside),
        ),
        "replace": Wish(
            lambda s: s.adapter.replace_members(s.target_id, [s.inside[1], *s.outside]),
            lambda s: _has(s, [s.inside[1], *s.outside]),
        ),
    }
)
READS = MappingProxyType({name: wish for name, wish in WISHES.items() if not wish.is_write})
WRITES = MappingProxyType({name: wish for name, wish in WISHES.items() if wish.is_write})
