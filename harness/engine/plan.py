"""What to send. Pure: sets of wanted, known and present members in, operations out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class MemberPlan:
    """Members to add and to remove, as account id to user id, and users nothing is sent for.

    `ignored` are members who may not be pushed (R4); `settled` ones are right as they are.
    """

    add: Mapping[str, str]
    remove: Mapping[str, str]
    ignored: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.add and not self.remove


def plan_changes(
    changed: Iterable[str],
    *,
    present: Iterable[str],
    wanted: Mapping[str, str],
    known: Mapping[str, str],
) -> MemberPlan:
    """The operations for the users whose membership changed, and only for those.

    `present` are the source group's members, `wanted` those of them that may be pushed and `known`
    those the target has through us (both user id to account id). A member who left but whose
    account is not known any more cannot be removed: it stays in the target (R38).
    """
    members = set(present)
    add: dict[str, str] = {}
    remove: dict[str, str] = {}
    ignored: list[str] = []
    settled: list[str] = []
    for user_id in changed:
        if user_id not in members:
            if user_id in known:
                remove[known[user_id]] = user_id
            else:
                settled.append(user_id)
        elif user_id not in wanted:
            (settled if user_id in known else ignored).append(user_id)
        elif known.get(user_id) != wanted[user_id]:
            add[wanted[user_id]] = user_id
        else:
            settled.append(user_id)
    return MemberPlan(add, remove, tuple(ignored), tuple(settled))


def plan_all(
    *, present: Iterable[str], wanted: Mapping[str, str], known: Mapping[str, str]
) -> MemberPlan:
    """The full comparison with what is known, for create, activation and adding pushes."""
    members = list(present)
    gone = [user_id for user_id in known if user_id not in set(members)]
    return plan_changes([*members, *gone], present=members, wanted=wanted, known=known)
