"""Groups: those that are pushed by SCIM, and those made in the team itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..core import scim
from . import bodies, errors, quirks
from .bodies import SentGroup
from .entity import BUILT_IN, LOCAL, PUSHED, ROLES, Group, User

if TYPE_CHECKING:
    from .state import Team


class Grouping:
    """The groups of one team, and who is in them."""

    def __init__(self, team: "Team") -> None:
        self._team = team

    # --- looking -----------------------------------------------------------------------------

    def named(self, name: str) -> Group:
        """A group by its name, the only key that the API has."""
        found = self._team.groups.find("name", name.lower())
        if not found:
            raise errors.not_found(f"group {name}")
        return found[0]

    def told(self, name: str) -> Group:
        """The same; a deleted one where no other has the name."""
        found = self._team.groups.find("any_name", name.lower())[-1:]
        if found and found[0].deleted and quirks.DELETED_GROUPS_ARE_TOLD in self._team.quirks:
            there = self._team.groups.find("name", name.lower())
            return (there or found)[0]
        return self.named(name)

    def is_seen(self, group: Group) -> bool:
        """Whether SCIM knows the group."""
        if group.deleted is not None or group.origin == BUILT_IN:
            return False
        return group.origin == PUSHED or quirks.LOCAL_ARE_NOT_MANAGED not in self._team.quirks

    def seen(self, group_id: str) -> Group:
        group = self._team.groups.get(group_id)
        if group is None or not self.is_seen(group):
            raise errors.not_found(f"group {group_id}")
        return group

    def users(self, group: Group) -> list[User]:
        """In order of joining, disabled ones too."""
        found = map(self._team.users.get, self._team.members.rights(group.id))
        return [user for user in found if user is not None]

    def of(self, user: User) -> list[Group]:
        found = map(self._team.groups.get, self._team.members.lefts(user.id))
        return [group for group in found if group is not None]

    # --- by the API --------------------------------------------------------------------------

    def create(self, name: str, roles: Sequence[str]) -> Group:
        self._check_name(name, own_id="")
        self._check_roles(roles)
        return self.insert(name, roles=tuple(roles), origin=LOCAL)

    def set_roles(self, group: Group, roles: Sequence[str]) -> None:
        self._check_roles(roles)
        self._put(group, roles=tuple(roles))

    def _check_roles(self, roles: Sequence[str]) -> None:
        for role in roles:
            if role not in ROLES:
                raise errors.invalid("roles", f"{role!r} is none of {', '.join(ROLES)}")

    def join(self, group: Group, user: User) -> None:
        is_in = self._team.members.has(group.id, user.id)
        if is_in and quirks.SECOND_ADD_FAILS in self._team.quirks:
            raise errors.taken(f"{user.name} in {group.name}")
        self._team.members.link(group.id, user.id)

    def delete(self, group: Group) -> None:
        now = self._team.now()
        self._team.members.unlink_all(group.id)
        self._team.groups.put(group.id, replace(group, changed=now, deleted=now))
        if quirks.DELETED_GROUPS_LEAVE_POLICIES in self._team.quirks:
            self._team.ruling.leave(group.id)

    # --- by SCIM -----------------------------------------------------------------------------

    def push(self, sent: SentGroup, *, origin: str = PUSHED) -> Group:
        self._check_name(sent.name, own_id="")
        group = self.insert(sent.name, external_id=sent.external_id, origin=origin)
        self.add(group, sent.members)
        return group

    def insert(
        self,
        name: str,
        *,
        roles: tuple[str, ...] = (),
        external_id: str | None = None,
        origin: str = PUSHED,
    ) -> Group:
        now = self._team.now()
        group = Group(self._team.ids.guid(), name, now, now, roles, external_id, origin)
        self._team.groups.put(group.id, group)
        return group

    def overwrite(self, group: Group, sent: SentGroup) -> Group:
        self._set_members(group, sent.members)
        return self.rename(replace(group, external_id=sent.external_id), sent.name)

    def patch(self, group: Group, body: Mapping[str, Any]) -> Group:
        """All operations, in their order, or none."""
        for operation in bodies.read_operations(body):
            group = self._apply(group, operation)
        return self._put(group)

    def _apply(self, group: Group, operation: scim.Operation) -> Group:
        path = operation.path
        assert path is not None, "spelled out"
        name = path.attribute.lower() if path.uri in ("", scim.GROUP) and not path.sub else ""
        if name == "members":
            self._change_members(group, operation)
        elif name == "displayname":
            return self._named_by(group, operation)
        elif name == "externalid":
            told = None if operation.op == "remove" else operation.value
            return replace(
                group, external_id=None if told is None else bodies.text(told, "externalId")
            )
        elif name == "id" and operation.value != group.id:
            raise errors.mutability("id is read-only")
        elif name not in ("id", "schemas", "meta"):
            raise errors.invalid_path(f"Group has no attribute {path.attribute}")
        return group

    def _named_by(self, group: Group, operation: scim.Operation) -> Group:
        if operation.op == "remove":
            raise errors.mutability("displayName is required")
        return self.rename(group, bodies.required(operation.value, "displayName"))

    def _change_members(self, group: Group, operation: scim.Operation) -> None:
        if operation.op == "add":
            self.add(group, bodies.members_of(operation.value))
        elif operation.op == "replace":
            self._set_members(group, bodies.members_of(operation.value))
        else:
            self.remove(group, self._leaving(group, operation))

    def _leaving(self, group: Group, operation: scim.Operation) -> Iterable[str]:
        """One by a value path, those in the value, or else everybody."""
        path = operation.path
        if path is not None and path.value is not None:
            return [path.value]
        present = list(self._team.members.rights(group.id))
        if path is not None and path.selects:
            return [each for each in present if path.picks({"value": each})]
        told = bodies.members_of(operation.value)
        return told or present

    def add(self, group: Group, user_ids: Iterable[str]) -> None:
        for user_id in user_ids:
            user = self._team.users.get(user_id)
            if user is not None and self._team.people.is_seen(user):
                self._team.members.link(group.id, user_id)
            elif quirks.UNKNOWN_MEMBERS_ARE_IGNORED not in self._team.quirks:
                raise errors.invalid_value(f"There is no user {user_id}")

    def remove(self, group: Group, user_ids: Iterable[str]) -> None:
        for user_id in user_ids:
            self._team.members.unlink(group.id, user_id)

    def _set_members(self, group: Group, user_ids: Sequence[str]) -> None:
        staying = set(user_ids)
        self.remove(group, [i for i in self._team.members.rights(group.id) if i not in staying])
        self.add(group, user_ids)

    def rename(self, group: Group, name: str) -> Group:
        if name == group.name:
            return self._put(group)
        if quirks.NAMES_ARE_FIXED in self._team.quirks:
            raise errors.mutability("displayName of a group is fixed")
        self._check_name(name, own_id=group.id)
        return self._put(replace(group, name=name))

    def _put(self, group: Group, **values: Any) -> Group:
        stored = replace(group, changed=self._team.now(), **values)
        self._team.groups.put(group.id, stored)
        return stored

    def _check_name(self, name: str, own_id: str) -> None:
        if any(group.id != own_id for group in self._team.groups.find("name", name.lower())):
            raise errors.taken(f"A group {name}")
