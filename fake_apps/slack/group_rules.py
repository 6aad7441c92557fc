"""What becomes of a group: made, overwritten, patched, deleted; and who may be in it.

Source: https://docs.slack.dev/reference/scim-api#groups
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..core import scim
from ..core.error import ApiError
from . import errors, quirks
from .bodies import check_schemas, read_operations
from .entity import SINGLE, Group

if TYPE_CHECKING:
    from .state import Organisation

MAX_USER_GROUP = 5_000


@dataclass(frozen=True)
class MemberChange:
    """Who is to join and who to leave; with `replaces`, all others leave as well."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    replaces: bool = False


class GroupRules:
    """The groups of one organisation; raises the vendor's refusals."""

    def __init__(self, organisation: "Organisation") -> None:
        self._org = organisation
        self._groups = organisation.groups
        self._members = organisation.members
        self._quirks = organisation.quirks
        self._settings = organisation.settings

    def create(self, body: Mapping[str, Any]) -> Group:
        check_schemas(body, self._quirks)
        name = _group_name(body.get("displayName"))
        change = MemberChange(add=_member_ids(body.get("members")))
        self._check_group_name(name, own_id="")
        now = self._org.context.clock.now()
        group = Group(self._org.new_id("S"), name, now, now)
        self._groups.put(group.id, group)
        self._change_members(group, change)
        return group

    def put(self, group_id: str, body: Mapping[str, Any]) -> Group:
        """Everything is overwritten; without `members` nobody is left."""
        group = self._writable(group_id)
        check_schemas(body, self._quirks)
        self._rename(group, _group_name(body.get("displayName")))
        if "members" in body or quirks.PUT_BLANKS in self._quirks:
            ids = _member_ids(body.get("members"))
            self._change_members(group, MemberChange(add=ids, replaces=True))
        return self._org.group(group_id)

    def patch(self, group_id: str, body: Mapping[str, Any]) -> Group:
        """Version 1: a partial group, whose members join unless marked to leave."""
        group = self._writable(group_id)
        check_schemas(body, self._quirks)
        if body.get("displayName") is not None:
            self._rename(group, _group_name(body["displayName"]))
        if _clears_members(body.get("meta")):
            self._change_members(group, MemberChange(replaces=True))
        self._change_members(group, _member_change(body.get("members")))
        return self._org.group(group_id)

    def apply(self, group_id: str, body: Mapping[str, Any]) -> Group:
        """Version 2: a PatchOp, all of it or nothing."""
        group = self._writable(group_id)
        check_schemas(body, self._quirks)
        operations = read_operations(body, self._read_member_path)
        if sum(map(_users_in, operations)) > self._settings["users_a_call"]:
            raise errors.too_many_users()
        for operation in operations:
            self._apply(group, operation)
        return self._org.group(group_id)

    def delete(self, group_id: str) -> None:
        group = self._writable(group_id)
        if self._org.workspaces.is_restricting(group):
            raise errors.idp_group_linked_to_channels()
        self.remove(group.id)

    def remove(self, group_id: str) -> None:
        """For good: there is no bin."""
        self._org.workspaces.forget(group_id)
        self._members.unlink_all(group_id)
        self._groups.drop(group_id)

    def _writable(self, group_id: str) -> Group:
        group = self._org.group(group_id)
        self._org.lock(group.id, errors.resource_locked)
        return group

    def _rename(self, group: Group, name: str) -> None:
        if name != group.name:
            self._check_group_name(name, own_id=group.id)
            self._groups.put(
                group.id, replace(group, name=name, changed=self._org.context.clock.now())
            )

    def _check_group_name(self, name: str, own_id: str) -> None:
        taken = [row for row in self._groups.find("name", name.lower()) if row.id != own_id]
        if taken and quirks.GROUP_NAMES_ARE_UNIQUE in self._quirks:
            raise errors.group_creation_failed()

    # --- operations on groups ------------------------------------------------------------------

    def _read_member_path(self, text: str) -> scim.Path:
        """The reference writes members[value eq U123ABC456] without quotes."""
        bare = _BARE_SELECTION.fullmatch(text)
        if bare and quirks.BARE_VALUE_PATHS in self._quirks:
            return scim.Path(bare[1], value=bare[2])
        return scim.parse_path(text)

    def _apply(self, group: Group, operation: scim.Operation) -> None:
        path, value = operation.path, operation.value
        if path is None:
            self._apply_pathless(group, operation)
        elif path.attribute.lower() == "displayname" and not path.selects:
            if operation.op == "remove":
                raise errors.invalid_request_payload()
            self._rename(self._org.group(group.id), _group_name(value))
        elif path.attribute.lower() == "members" and not path.sub:
            self._apply_to_members(group, operation, path)
        else:
            raise errors.invalid_request_payload()

    def _apply_pathless(self, group: Group, operation: scim.Operation) -> None:
        """Okta names a group so: the id within the value is no change of it."""
        told = {str(name).lower(): value for name, value in operation.value.items()}
        if "displayname" in told:
            self._rename(self._org.group(group.id), _group_name(told["displayname"]))
        if "members" in told:
            change = MemberChange(_member_ids(told["members"]), (), operation.op == "replace")
            self._change_members(group, change)

    def _apply_to_members(self, group: Group, operation: scim.Operation, path: scim.Path) -> None:
        if path.selects:
            if operation.op != "remove":
                raise errors.invalid_request_payload()
            self._change_members(group, MemberChange(remove=self._picked(group, path)))
        elif operation.op == "remove":
            self._remove_from(group, operation)
        else:
            ids = _member_ids(operation.value)
            self._change_members(group, MemberChange(ids, (), operation.op == "replace"))

    def _picked(self, group: Group, path: scim.Path) -> tuple[str, ...]:
        if path.value is not None:
            return (path.value,)
        shown = (
            {"value": each.id, "display": each.display} for each in self._org.members_of(group.id)
        )
        return tuple(item["value"] for item in shown if path.picks(item))

    def _remove_from(self, group: Group, operation: scim.Operation) -> None:
        if operation.has_value and quirks.REMOVE_TAKES_VALUES in self._quirks:
            self._change_members(group, MemberChange(remove=_member_ids(operation.value)))
        else:
            self._change_members(group, MemberChange(replaces=True))

    # --- membership ----------------------------------------------------------------------------

    def _change_members(self, group: Group, change: MemberChange) -> None:
        if len(change.add) + len(change.remove) > self._settings["users_a_call"]:
            raise errors.too_many_users()
        joining = [each for each in change.add if not self._members.has(group.id, each)]
        joining = self._admitted(joining)
        if change.replaces:
            staying = set(change.add)
            for user_id in [each for each in self._members.rights(group.id) if each not in staying]:
                self._members.unlink(group.id, user_id)
        for user_id in change.remove:
            self._members.unlink(group.id, user_id)
        self._members.link_all(group.id, joining)
        self._check_size(group)

    def _admitted(self, user_ids: Sequence[str]) -> list[str]:
        """Those who may join; one who may not refuses the whole request, or is left out."""
        refusals = {each: refusal for each in user_ids if (refusal := self._refusal(each))}
        if refusals and quirks.ONE_BAD_MEMBER_REFUSES_ALL in self._quirks:
            raise next(iter(refusals.values()))
        return [user_id for user_id in user_ids if user_id not in refusals]

    def _refusal(self, user_id: str) -> ApiError | None:
        user = self._org.users.get(user_id)
        if user is None:
            is_bad = quirks.UNKNOWN_MEMBERS_ARE_BAD_REQUESTS in self._quirks
            return errors.no_such_group_members(400 if is_bad else 404)
        if not user.active or user.kind == SINGLE:
            return errors.unable_to_add_deleted_or_guest_to_group()
        return None

    def _check_size(self, group: Group) -> None:
        most = self._settings["group_member_max"]
        if most is None and not self._org.is_enterprise:
            most = MAX_USER_GROUP
        if most is not None and len(self._members.rights(group.id)) > most:
            raise errors.group_member_max_exceeded()

    # --- by hand ---------------------------------------------------------------------------------

    def rename(self, group_id: str, name: str) -> None:
        self._rename(self._org.group(group_id), name)

    def change_members(self, group_id: str, change: MemberChange) -> None:
        self._change_members(self._org.group(group_id), change)


# --- reading bodies ----------------------------------------------------------------------------

_BARE_SELECTION = re.compile(r"(\w+)\[\s*value\s+eq\s+([a-z0-9]+)\s*\]", re.IGNORECASE | re.ASCII)


def _users_in(operation: scim.Operation) -> int:
    if operation.path is not None and operation.path.value is not None:
        return 1
    value = operation.value
    told = value.get("members") if isinstance(value, dict) else value
    return len(told) if isinstance(told, list) else 0


def _group_name(told: Any) -> str:
    if told is None:
        raise errors.invalid_request_payload()
    if not isinstance(told, str):
        raise errors.invalid_attribute_format()
    if not told.strip():
        raise errors.invalid_request_payload()
    return told


def _member_items(told: Any) -> list[dict[str, Any]]:
    items = told if isinstance(told, list) else [] if told is None else [told]
    for item in items:
        if not isinstance(item, dict) or not isinstance(item.get("value"), str):
            raise errors.invalid_attribute_format()
    return items


def _member_ids(told: Any) -> tuple[str, ...]:
    """Each once, in order."""
    return tuple(dict.fromkeys(item["value"] for item in _member_items(told)))


def _member_change(told: Any) -> MemberChange:
    """Version 1: who is marked with `operation: delete` leaves."""
    items = _member_items(told)
    leaving = tuple(item["value"] for item in items if item.get("operation") == "delete")
    joining = (item["value"] for item in items if item.get("operation") != "delete")
    return MemberChange(tuple(dict.fromkeys(joining)), leaving)


def _clears_members(meta: Any) -> bool:
    names = meta.get("attributes") if isinstance(meta, dict) else None
    return isinstance(names, list) and "members" in (str(name).lower() for name in names)
