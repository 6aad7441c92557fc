"""Who is in a group: joining, leaving, and what providers make of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..core import scim
from ..core.error import ApiError
from ..core.table import Store, Table
from . import entity, errors, quirks
from .entity import Row

if TYPE_CHECKING:
    from .state import Provider

Member = Mapping[str, Any]
HUNDRED, LARGEST_ADD, EIGHT_THOUSAND = 100, 225, 8000


@dataclass(frozen=True)
class Before:
    """Who was in a group before its last change, and when that was."""

    at: float
    members: tuple[str, ...]


class Membership:
    """The members of the groups of one provider."""

    def __init__(self, provider: "Provider", store: Store) -> None:
        self._provider = provider
        self._links = provider.links
        self._behaviour = provider.behaviour
        self._before: Table[str, Before] = store.table("before")
        self._displays: Table[tuple[str, str], str] = store.table("displays")

    @property
    def _kept(self) -> int:
        return self._behaviour.whole("members_kept", HUNDRED)

    def ids(self, group: Row) -> list[str]:
        """In order of joining."""
        return list(self._links.rights(group.id))

    def shown(self, group: Row) -> Iterable[Row]:
        """Those whom a reply names."""
        if quirks.MEMBERS_ARE_NOT_RETURNED in self._behaviour:
            return
        keeps = quirks.HUNDRED_MEMBERS_ARE_KEPT in self._behaviour
        for member_id in self.ids(group)[: self._kept if keeps else None]:
            found = self._row(member_id)
            if found is not None:
                yield found

    def display(self, group_id: str, member: Row) -> str:
        """What the client called this member, or else what the member is called."""
        return self._displays.get((group_id, member.id)) or member.display

    def _join(self, group: Row, member: Member) -> None:
        member_id, told = member["value"], member.get("display")
        self._links.link(group.id, member_id)
        if isinstance(told, str) and told:
            self._displays.put((group.id, member_id), told)

    def _leave(self, group: Row, member_id: str) -> None:
        self._links.unlink(group.id, member_id)
        if (group.id, member_id) in self._displays:
            self._displays.drop((group.id, member_id))

    def _row(self, member_id: str) -> Row | None:
        return self._provider.users.get(member_id) or self._provider.groups.get(member_id)

    # --- reading -----------------------------------------------------------------------------

    def read(self, told: Any, *, whole: bool = False) -> list[Member]:
        """The members in a value, each once. A whole resource tells them as a list."""
        if whole and not isinstance(told, list | None):
            raise errors.invalid_value("members is no list")
        found = {}
        for item in entity.members_in(told):
            member_id = item.get("value") if isinstance(item, dict) else None
            if not isinstance(member_id, str) or not member_id:
                raise errors.invalid_value("A member has no value")
            found[member_id] = item
        return list(found.values())

    # --- limits ------------------------------------------------------------------------------

    def check_sizes(self, several: Iterable[Sequence[Any]]) -> None:
        """How many members one request may name."""
        count = sum(map(len, several))
        few = self._behaviour.whole("members_a_request", HUNDRED)
        if quirks.MEMBERS_A_REQUEST_ARE_FEW in self._behaviour and count > few:
            raise errors.violates_schema()
        most = self._behaviour.whole("members_of_a_group", EIGHT_THOUSAND)
        if quirks.LARGE_GROUPS_ARE_REFUSED in self._behaviour and count > most:
            raise errors.too_large(f"A group has at most {most} members")

    def count(self, operations: Iterable[scim.Operation]) -> int:
        return sum(len(_named(operation)) for operation in operations)

    def check_operations(self, operations: Sequence[scim.Operation]) -> None:
        named = [_named(operation) for operation in operations]
        self.check_sizes(named)
        if quirks.ONE_MEMBER_A_PATCH in self._behaviour and (
            len(operations) > 2 or sum(map(len, named)) > 1
        ):
            raise errors.invalid_value("A patch adds or removes exactly one member")

    # --- one operation -------------------------------------------------------------------------

    def apply(self, group: Row, operation: scim.Operation) -> bool:
        """Whether the group is another than before."""
        path = operation.path
        assert path is not None, "spelled out"
        self._check_path(path)
        if path.sub:
            raise errors.mutability("A member cannot be changed, only added and removed")
        if path.selects:
            return self._apply_selected(group, operation, path)
        if operation.op == "remove":
            return self._remove_told(group, operation)
        members = self.read(operation.value)
        if operation.op == "add" and quirks.ADDS_REPLACE not in self._behaviour:
            return self.add(group, members)
        self._check_replace()
        return self.replace(group, members)

    def _check_path(self, path: scim.Path) -> None:
        if quirks.MEMBERS_PATH_FAILS in self._behaviour and not path.selects:
            raise errors.patch_failed()
        if quirks.VALUE_PATHS_ARE_REFUSED in self._behaviour and path.selects:
            raise errors.invalid_path("Filters in paths are not supported")

    def _check_replace(self) -> None:
        if quirks.NO_REPLACE_OF_MEMBERS in self._behaviour:
            told = "patch-REPLACE-operation not supported for group.members"
            raise errors.not_implemented(told)
        if quirks.NO_WHOLESALE_CHANGES in self._behaviour:
            raise errors.violates_schema()

    def _apply_selected(self, group: Row, operation: scim.Operation, path: scim.Path) -> bool:
        if quirks.VALUE_PATHS_ARE_IGNORED in self._behaviour:
            return False
        picked = self._picked(group, path)
        if operation.op == "remove" and quirks.REMOVES_EMPTY in self._behaviour:
            picked = self.ids(group)
        if operation.op != "remove":
            return self._replace_picked(group, operation, picked)
        if not picked and quirks.ABSENT_MEMBERS_HAVE_NO_TARGET in self._behaviour:
            raise errors.no_target("No member matches")
        for member_id in picked:
            self._leave(group, member_id)
        return bool(picked)

    def _picked(self, group: Row, path: scim.Path) -> list[str]:
        if path.value is not None:
            return [path.value] if self._links.has(group.id, path.value) else []
        shown = self._provider.document(group, "").get("members", ())
        return [item["value"] for item in shown if path.picks(item)]

    def _replace_picked(self, group: Row, operation: scim.Operation, picked: Sequence[str]) -> bool:
        if not picked:
            raise errors.no_target("No member matches")
        members = self.read(operation.value)
        if [each["value"] for each in members] == list(picked):
            return False
        for member_id in picked if operation.op == "replace" else ():
            self._leave(group, member_id)
        return self.add(group, members)

    def _remove_told(self, group: Row, operation: scim.Operation) -> bool:
        """The standard knows no value in a remove, and removes them all."""
        has_values = operation.has_value and operation.value is not None
        if has_values and quirks.REMOVE_REFUSES_VALUES in self._behaviour:
            raise errors.invalid_value("A remove has no value")
        if has_values and quirks.REMOVE_TAKES_VALUES in self._behaviour:
            leaving = [member["value"] for member in self.read(operation.value)]
        else:
            self._check_wholesale()
            leaving = self.ids(group)
        present = [each for each in leaving if self._links.has(group.id, each)]
        for member_id in present:
            self._leave(group, member_id)
        return bool(present)

    def _check_wholesale(self) -> None:
        if quirks.NO_WHOLESALE_CHANGES in self._behaviour:
            raise errors.violates_schema()

    # --- changes -------------------------------------------------------------------------------

    def add(self, group: Row, members: Sequence[Member]) -> bool:
        """Those who are in already stay as they are."""
        joining = [each for each in members if not self._links.has(group.id, each["value"])]
        if len(joining) < len(members) and quirks.PRESENT_MEMBERS_FAIL in self._behaviour:
            raise errors.member_is_there()
        admitted = self._admitted(group, joining)
        largest = self._behaviour.whole("largest_add", LARGEST_ADD)
        if len(admitted) > largest and quirks.LARGE_ADDS_VANISH in self._behaviour:
            return False
        for member in admitted:
            self._join(group, member)
        return bool(admitted)

    def replace(self, group: Row, members: Sequence[Member]) -> bool:
        """These and nobody else."""
        if quirks.REPLACE_STOPS_HALFWAY in self._behaviour:
            members = members[: len(members) // 2]
        staying = {each["value"] for each in members}
        leaving = [each for each in self.ids(group) if each not in staying]
        for member_id in leaving:
            self._leave(group, member_id)
        return self.add(group, members) or bool(leaving)

    def begin(self, group: Row) -> None:
        """Before a PATCH: with stale replicas it may start from who was in before the last one."""
        if quirks.REPLICAS_ARE_STALE not in self._behaviour:
            return
        before, now = self._before.get(group.id), self._provider.context.clock.now()
        present = tuple(self.ids(group))
        if before is not None and now - before.at < self._behaviour.settings["replica_lag_s"]:
            for member_id in present:
                self._leave(group, member_id)
            for member_id in before.members:
                if self._row(member_id):
                    self._links.link(group.id, member_id)
            present = before.members
        self._before.put(group.id, Before(now, present))

    def settle(self, group: Row) -> None:
        """After a PATCH: some providers keep no more than the first hundred."""
        if quirks.HUNDRED_MEMBERS_ARE_KEPT in self._behaviour:
            for member_id in self.ids(group)[self._kept :]:
                self._leave(group, member_id)

    # --- who may join --------------------------------------------------------------------------

    def _admitted(self, group: Row, joining: Sequence[Member]) -> list[Member]:
        """Those who may join; one who may not refuses the whole request, or is left out."""
        if quirks.UNTYPED_MEMBERS_ARE_DROPPED in self._behaviour:
            joining = [each for each in joining if each.get("type")]
        found = {each["value"]: self._row(each["value"]) for each in joining}
        if quirks.ADMINS_ARE_SKIPPED in self._behaviour:
            found = {each: row for each, row in found.items() if not self._is_admin(row)}
        bad = [each for each, row in found.items() if row is None or each == group.id]
        bad += self._inactive(found)
        if bad and quirks.UNKNOWN_MEMBERS_ARE_SKIPPED not in self._behaviour:
            raise self._refusal(bad)
        return [each for each in joining if each["value"] in found and each["value"] not in bad]

    def _is_admin(self, row: Row | None) -> bool:
        if row is None:
            return False
        roles = [str(role.get("value")).lower() for role in row.values.get("roles") or ()]
        return "admin" in roles or row.name in self._behaviour.settings["admins"]

    def _inactive(self, found: Mapping[str, Row | None]) -> list[str]:
        if quirks.BAD_MEMBERS_ARE_PARAMETERS not in self._behaviour:
            return []
        return [each for each, row in found.items() if row and not row.active]

    def _refusal(self, bad: Sequence[str]) -> ApiError:
        if quirks.UNKNOWN_MEMBERS_ARE_NOT_FOUND in self._behaviour:
            return errors.user_not_found()
        named = ", ".join(bad)
        if quirks.BAD_MEMBERS_ARE_PARAMETERS in self._behaviour:
            return errors.bad_parameters(named)
        return errors.invalid_value(f"There is no member {named}")


def _named(operation: scim.Operation) -> Sequence[Any]:
    """The members that an operation names."""
    path, value = operation.path, operation.value
    if path is None:
        told = {str(name).lower(): each for name, each in value.items()}
        return entity.members_in(told.get("members"))
    if path.attribute.lower() != "members":
        return ()
    return (path,) if path.selects else entity.members_in(value)
