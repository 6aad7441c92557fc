"""Deleting any object, and the recycle bin: what is in it, and out of it again."""

from collections.abc import Iterator
from dataclasses import replace

from . import errors, quirks
from .entity import Entity
from .groups import GroupRules
from .links import ROLE_MANAGER


class Deleted(GroupRules):
    """The bin keeps users and most groups for 30 days."""

    def delete_object(self, object_id: str, *, roles: frozenset[str]) -> None:
        """Delete a user or a group, whichever has the id."""
        target = self.object(object_id)
        if target.type == "user":
            self.delete_user(target.id)
        else:
            self.delete_group(target.id, roles=roles)

    def delete_member_object(self, group_id: str, object_id: str) -> None:
        """What DELETE on a member without /$ref does: the object itself goes."""
        group = self.group(group_id)
        if quirks.DELETE_WITHOUT_REF_DELETES not in self.quirks:
            raise errors.not_contained()
        target = self.object(object_id)
        if not self.links["members"].has(group.id, target.id):
            raise errors.not_found(object_id)
        self.delete_object(target.id, roles=frozenset({ROLE_MANAGER}))

    def deleted(self, type_name: str) -> Iterator[tuple[int, Entity]]:
        self.sweep()
        return ((row.serial, row) for row in self.bin if row.type == type_name)

    def deleted_object(self, object_id: str) -> Entity:
        self.sweep()
        found = self.bin.get(self.same_id(object_id))
        if found is None:
            raise self.absent(object_id)
        return found

    def restore(
        self, object_id: str, new_upn: str | None = None, *, reconciles: bool = False
    ) -> Entity:
        """Out of the bin; with `reconciles` without an address that another user has by now."""
        row = self.deleted_object(object_id)
        values = dict(row.properties)
        if row.type == "user":
            values["userPrincipalName"] = new_upn or values["userPrincipalName"]
            self._check_upn(values["userPrincipalName"])
            if reconciles and self.has_address(values["mail"]):
                values.update(self.addressed(None))
            self._check_mail(values["mail"])
        self.bin.drop(row.id)
        if row.type == "group":
            self._check_group_names(values, row.kind)
        live = replace(
            row, properties=values, deleted_at=None, serial=self.context.store.next_serial()
        )
        (self.users if row.type == "user" else self.groups).put(row.id, live)
        return live

    def purge(self, object_id: str) -> None:
        """Delete for good what is in the bin."""
        row = self.deleted_object(object_id)
        self.bin.drop(row.id)
        self.erase(row)
