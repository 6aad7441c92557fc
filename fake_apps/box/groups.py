"""Groups of an enterprise, and the folders that they are given access to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from . import errors, quirks, schema
from .entity import EVERYBODY, Collaboration, Group
from .paging import Page, Window, page
from .rows import Rows
from .schema import GROUP, GROUP_DEFAULTS


class Groups:
    """Managed groups, and the built-in one of all users. `empty` ends a group's memberships."""

    def __init__(self, rows: Rows, empty: Callable[[str], None]) -> None:
        self._rows = rows
        self._quirks = rows.quirks
        self._empty = empty
        self._everybody = Group(
            rows.new_id("group"), "All Users", GROUP_DEFAULTS, 0.0, 0.0, EVERYBODY
        )

    # --- looking -----------------------------------------------------------------------------

    def group(self, group_id: str) -> Group:
        found = self._rows.groups.get(group_id)
        if found is None and group_id == self._everybody.id and self._shows_everybody():
            return self._everybody
        if found is None:
            raise errors.not_found("group", group_id)
        return found

    def own(self, group_id: str) -> Group:
        """A group that may be changed: not the built-in one."""
        group = self.group(group_id)
        if group.type == EVERYBODY:
            raise errors.denied()
        return group

    def _shows_everybody(self) -> bool:
        return quirks.ALL_USERS_IS_LISTED in self._quirks

    def found(self, term: str | None, sync_id: str | None = None) -> Sequence[Group]:
        """All groups, or those whose name matches."""
        own = self._rows.groups
        rows = [self._everybody, *own] if self._shows_everybody() else list(own)
        if term:
            rows = [row for row in rows if self._rows.is_hit(row, (row.name,), term)]
        if sync_id is not None and quirks.SYNC_IDS_CANNOT_BE_SEARCHED not in self._quirks:
            rows = [row for row in rows if row.values["external_sync_identifier"] == sync_id]
        return rows

    # --- changing ----------------------------------------------------------------------------

    def create(self, body: Mapping[str, Any]) -> Group:
        schema.require(body, "name")
        values = {**GROUP_DEFAULTS, **schema.checked(GROUP, body)}
        name = self._free_name(values.pop("name"))
        now = self._rows.now()
        row = Group(self._rows.new_id("group"), name, values, now, now)
        self._rows.groups.put(row.id, row)
        return row

    def update(self, group_id: str, body: Mapping[str, Any]) -> Group:
        group = self.own(group_id)
        changes = schema.checked(GROUP, body)
        name = group.name
        if "name" in changes:
            name = self._free_name(changes.pop("name"), own_id=group_id)
        values = {**group.values, **changes}
        changed = replace(group, name=name, values=values, changed=self._rows.now())
        self._rows.groups.put(group_id, changed)
        return changed

    def _free_name(self, name: str, own_id: str = "") -> str:
        """The name as it is stored; refused where another group has it."""
        kept = name if quirks.BLANKS_ARE_KEPT in self._quirks else name.strip()
        same = [row for row in self._rows.groups.find("name", kept.lower()) if row.id != own_id]
        if quirks.NAMES_IGNORE_CASE not in self._quirks:
            same = [row for row in same if row.name == kept]
        if same and quirks.NAMES_ARE_UNIQUE in self._quirks:
            raise errors.name_taken(kept)
        return kept

    def delete(self, group_id: str) -> None:
        """For good, its memberships and its access to folders with it."""
        group = self.own(group_id)
        self._empty(group.id)
        for share in self._rows.shares.find("group", group.id):
            self._rows.shares.drop(share.id)
        self._rows.groups.drop(group.id)
        self._rows.gone_groups.put(group.id, group)

    # --- collaborations ----------------------------------------------------------------------

    def share(self, group_id: str, folder_name: str, role: str) -> Collaboration:
        """Give a group access to a new folder."""
        if role not in schema.COLLABORATION_ROLES:
            known = ", ".join(schema.COLLABORATION_ROLES)
            raise ValueError(f"unknown role {role!r}; known: {known}")
        made, folder_id = self._rows.new_id("collaboration"), self._rows.new_id("folder")
        now = self._rows.now()
        row = Collaboration(made, self.group(group_id).id, folder_id, folder_name, role, now)
        self._rows.shares.put(row.id, row)
        return row

    def collaborations(self, group_id: str, window: Window) -> Page:
        rows = self._rows.shares.find("group", self.group(group_id).id)
        return page(rows, len(rows), window, self._quirks)
