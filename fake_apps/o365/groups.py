"""Groups: which kinds can be made and changed through the API, and what must be unique."""

from collections.abc import Mapping
from typing import Any

from . import entity as kinds
from . import errors, quirks
from .entity import Entity, group_kind
from .links import BINDS, MEMBERS, ROLE_MANAGER
from .people import UserRules
from .schema import ALONE, GROUP

DYNAMIC = "DynamicMembership"
TYPES = {"Unified", DYNAMIC}
CHOICES = {
    "visibility": ("Public", "Private", "HiddenMembership"),
    "membershipRuleProcessingState": ("On", "Paused"),
}


class GroupRules(UserRules):
    """What a group may be like."""

    def create_group(
        self,
        body: Mapping[str, Any],
        *,
        roles: frozenset[str] = frozenset({ROLE_MANAGER}),
        settled: bool = False,
    ) -> Entity:
        values = GROUP.check(body)
        GROUP.require(values)
        self._check_new_kind(values, roles)
        if DYNAMIC in (values.get("groupTypes") or ()) and body.get(MEMBERS):
            raise self._members_are_dynamic()
        return self.put_group(values, body, settled=settled)

    def put_group(
        self, values: Mapping[str, Any], binds: Mapping[str, Any], *, settled: bool
    ) -> Entity:
        """A new group of any kind; which kinds the API may make is `create_group`'s to say."""
        self._check_nickname(values["mailNickname"], "Group")
        full = {**GROUP.defaults(), **values}
        kind = group_kind(full)
        self._check_group_names(full, kind)
        if kind == kinds.UNIFIED:
            full["visibility"] = full["visibility"] or "Public"
        if full["mailEnabled"]:
            full["mail"] = f"{full['mailNickname']}@{self.domains[0]}"
            full["proxyAddresses"] = [f"SMTP:{full['mail']}"]
        group = self.insert("group", full, settled=settled)
        self._bind(group, binds)
        return group

    def update_group(
        self,
        group_id: str,
        body: Mapping[str, Any],
        *,
        roles: frozenset[str] = frozenset({ROLE_MANAGER}),
    ) -> bool:
        """Whether the change is one of those that answer 200 and not 204."""
        group = self._group_to_update(group_id, body)
        self._check_writable(group, roles)
        values = GROUP.check(body)
        lonely = [name for name in body if name in ALONE]
        if lonely and len(body) > 1:
            raise errors.alone_in_request(lonely[0])
        self._check_changes(group, values)
        if MEMBERS in body:
            self._check_links_writable(group, roles)
        if any(name in body for name in BINDS):
            self._bind(group, body)
        self.change(group, values)
        return bool(lonely)

    def _group_to_update(self, group_id: str, body: Mapping[str, Any]) -> Entity:
        is_bind = any(name in body for name in BINDS)
        if is_bind and quirks.BINDS_TO_FRESH_GROUPS_ARE_400 in self.quirks:
            fresh = self.groups.get(self.same_id(group_id))
            if fresh is not None and not self.is_visible(fresh):
                raise errors.fresh_source()
        return self.group(group_id)

    def upsert_group(
        self, unique_name: str, body: Mapping[str, Any], *, roles: frozenset[str], create: bool
    ) -> Entity | None:
        """The group made, or None where one of that uniqueName was updated."""
        found = self.group_named(unique_name)
        values = {name: value for name, value in body.items() if name != "uniqueName"}
        if found is not None:
            self.update_group(found.id, values, roles=roles)
            return None
        if not create:
            raise errors.not_found(unique_name)
        return self.create_group({**values, "uniqueName": unique_name}, roles=roles)

    def delete_group(
        self, group_id: str, *, roles: frozenset[str] = frozenset({ROLE_MANAGER})
    ) -> None:
        group = self.group(group_id)
        self._check_writable(group, roles, verb="Delete")
        if group.properties["assignedLicenses"] and quirks.LICENSED_GROUPS_STAY in self.quirks:
            raise errors.licensed_group()
        self.remove_group(group.id)

    def remove_group(self, group_id: str) -> None:
        """Delete a group of any kind, softly where its kind allows."""
        group = self.groups.get(group_id)
        assert group is not None, "looked up by the caller"
        soft = group.kind == kinds.UNIFIED or (
            group.kind == kinds.SECURITY
            and not group.is_synced
            and quirks.SECURITY_GROUPS_SOFT_DELETE in self.quirks
        )
        if soft:
            self.to_bin(group)
        else:
            self.groups.drop(group.id)
            self.erase(group)

    def _check_new_kind(self, values: Mapping[str, Any], roles: frozenset[str]) -> None:
        types = values.get("groupTypes") or []
        if set(types) - TYPES:
            raise errors.invalid_value("groupTypes", "Group")
        if "Unified" in types:
            if not values["mailEnabled"]:
                raise errors.invalid_value("mailEnabled", "Group")
        elif values["mailEnabled"] or not values["securityEnabled"]:
            raise errors.mail_group_write()
        self._check_rule(values)
        if values.get("isAssignableToRole") and ROLE_MANAGER not in roles:
            raise errors.denied()
        self._check_choices(values)

    def _check_rule(self, values: Mapping[str, Any]) -> None:
        """A dynamic group has a rule and says whether it is followed."""
        needed = ("membershipRule", "membershipRuleProcessingState")
        is_dynamic = DYNAMIC in (values.get("groupTypes") or ())
        if is_dynamic and not all(values.get(name) for name in needed):
            raise errors.denied()

    def _check_choices(self, values: Mapping[str, Any]) -> None:
        for name, choices in CHOICES.items():
            if values.get(name) is not None and values[name] not in choices:
                raise errors.invalid_value(name, "Group")

    def _check_changes(self, group: Entity, values: Mapping[str, Any]) -> None:
        is_cleared = "displayName" in values and not values["displayName"]
        if is_cleared and quirks.NAME_CANNOT_BE_CLEARED in self.quirks:
            raise errors.invalid_value("displayName", "Group")
        if (
            values.get("isAssignableToRole", group.properties["isAssignableToRole"])
            != (group.properties["isAssignableToRole"])
        ):
            raise errors.read_only("isAssignableToRole")
        self._check_unique_name(group, values)
        self._check_choices(values)
        self._check_kind_kept(group, values)
        for name in ("mailNickname", "mailEnabled", "securityEnabled"):
            if name in values and values[name] is None:
                raise errors.invalid_value(name, "Group")
        if "mailNickname" in values:
            self._check_nickname(values["mailNickname"], "Group")
        self._check_group_names({**group.properties, **values}, group.kind, own_id=group.id)

    def _check_unique_name(self, group: Entity, values: Mapping[str, Any]) -> None:
        """It can be set once, and never on a role-assignable group."""
        old = group.properties["uniqueName"]
        if "uniqueName" not in values or values["uniqueName"] == old:
            return
        if group.properties["isAssignableToRole"]:
            raise errors.fixed_unique_name()
        if old is not None:
            raise errors.read_only("uniqueName")

    def _check_kind_kept(self, group: Entity, values: Mapping[str, Any]) -> None:
        changed = {**group.properties, **values}
        if set(changed["groupTypes"]) - TYPES:
            raise errors.invalid_value("groupTypes", "Group")
        self._check_rule(changed)
        if group_kind(changed) == group.kind:
            return
        if changed["mailEnabled"] and group.kind == kinds.SECURITY:
            raise errors.mail_group_write()
        raise errors.invalid_value(
            "groupTypes" if "groupTypes" in values else "mailEnabled", "Group"
        )

    def _check_group_names(self, values: Mapping[str, Any], kind: str, own_id: str = "") -> None:
        if values["uniqueName"] and self._taken("uniqueName", values, own_id):
            raise errors.duplicate_key()
        may_repeat = quirks.DISPLAY_NAMES_REPEAT in self.quirks
        if not may_repeat and self._taken("displayName", values, own_id):
            raise errors.conflict()
        mail = values["mailEnabled"]
        same = [
            row
            for row in self._taken("mailNickname", values, own_id)
            if (mail and row.properties["mailEnabled"])
            or quirks.SECURITY_NICKNAMES_REPEAT not in self.quirks
        ]
        reserved = kind == kinds.UNIFIED and quirks.DELETED_NICKNAME_IS_RESERVED in self.quirks
        if same or (reserved and self._nickname_in_bin(values["mailNickname"])):
            raise errors.duplicate("mailNickname")

    def _taken(self, index: str, values: Mapping[str, Any], own_id: str) -> list[Entity]:
        value = values[index]
        found = self.groups.find(index, value.lower()) if value else []
        return [row for row in found if row.id != own_id]

    def _nickname_in_bin(self, nickname: str) -> bool:
        found = self.bin.find("mailNickname", nickname.lower())
        return any(row.kind == kinds.UNIFIED for row in found)
