"""Organizational units: a tree of places for users, whose paths follow their units.

Source: https://developers.google.com/workspace/admin/directory/v1/guides/manage-org-units
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from ..core.app import Context
from ..core.table import Table
from . import errors, schema
from .entity import OrgUnit

if TYPE_CHECKING:
    from .state import Directory

ROOT_PATH = "/"
MAX_DEPTH = 35  # https://developers.google.com/workspace/admin/directory/reference/rest/v1/orgunits
PREFIX = "id:03ph8a2z"


class OrgUnits:
    """Those of the setting `org_units` are there from the start; they change like any other."""

    def __init__(self, context: Context, directory: "Directory") -> None:
        self._context = context
        self._directory = directory
        self._rows: Table[str, OrgUnit] = context.store.table("org_units")
        self._gone: Table[str, bool] = context.store.table("gone_org_units")

    # --- looking -----------------------------------------------------------------------------

    @property
    def root(self) -> OrgUnit:
        row = self._rows.get(self._id_of(ROOT_PATH))
        return row or OrgUnit(self._id_of(ROOT_PATH), self._directory.addresses.domains[0], "")

    def _id_of(self, path: str) -> str:
        """The id of a unit that is there from the start."""
        digest = blake2b(f"{self._directory.customer_id}{path}".encode(), digest_size=5)
        return f"{PREFIX}{int.from_bytes(digest.digest(), 'big'):08x}"

    def all(self) -> dict[str, OrgUnit]:
        """Every unit but the root, by id."""
        given = {row.id: row for row in self._given() if row.id not in self._gone}
        made = {row.id: row for row in self._rows if row.parent_id}
        return {**given, **made}

    def _given(self) -> Iterator[OrgUnit]:
        """Those of the setting, and what must be above them."""
        for path in self._context.settings["org_units"]:
            parts = [part for part in path.split("/") if part]
            for depth, name in enumerate(parts):
                above = "/" + "/".join(parts[:depth])
                here = f"{above.rstrip('/')}/{name}"
                yield OrgUnit(self._id_of(here), name, self._id_of(above))

    def path(self, unit: OrgUnit) -> str:
        """Its own name behind those of all above it; `/` for the root."""
        known, names = self.all(), []
        at: OrgUnit | None = unit
        while at is not None and at.parent_id:
            names.append(at.name)
            at = known.get(at.parent_id)
        return "/" + "/".join(reversed(names))

    def parent(self, unit: OrgUnit) -> OrgUnit | None:
        if not unit.parent_id:
            return None
        return self.all().get(unit.parent_id, self.root)

    def find(self, key: str) -> OrgUnit | None:
        """By id, or by path with or without its first slash; case is of no matter in a path."""
        if key.startswith("id:"):
            return self.root if key == self.root.id else self.all().get(key)
        at: OrgUnit | None = self.root
        for name in filter(None, key.split("/")):
            at = None if at is None else self._child(at, name)
        return at

    def _child(self, parent: OrgUnit, name: str) -> OrgUnit | None:
        same = (row for row in self.children(parent) if row.name.lower() == name.lower())
        return next(same, None)

    def unit(self, key: str) -> OrgUnit:
        """What has this id or path, or the refusal for a key of nothing."""
        found = self.find(key)
        if found is None:
            raise errors.bad_org_unit() if key.startswith("id:") else errors.unknown_org_unit()
        return found

    def children(self, parent: OrgUnit) -> list[OrgUnit]:
        return [row for row in self.all().values() if row.parent_id == parent.id]

    def below(self, top: OrgUnit) -> list[OrgUnit]:
        """All units below one, each behind its parent."""
        found = self.children(top)
        for unit in found:
            found += self.children(unit)
        return found

    # --- users in units ----------------------------------------------------------------------

    def place(self, path: str) -> str:
        """A user's path as its unit has it, or the refusal for one of no unit."""
        found = self.find(path) if path.startswith("/") else None
        if found is None:
            raise errors.unknown_place()
        return self.path(found)

    def _users_in(self, paths: Iterable[str]) -> list[Any]:
        wanted = set(paths)
        return [user for user in self._directory.users if user.values["orgUnitPath"] in wanted]

    # --- changing ----------------------------------------------------------------------------

    def create(self, body: Mapping[str, Any]) -> OrgUnit:
        values = schema.ORG_UNIT.check(body, self._context.quirks)
        name = _checked_name(values.get("name"))
        parent = self._named_parent(values)
        if parent is None:
            raise errors.required("parentOrgUnitPath")
        self._check_free(parent, name, "")
        number = self._context.chance.number(0, 2**40 - 1)
        unit = OrgUnit(f"{PREFIX}{number:08x}", name, parent.id, values.get("description", ""))
        self._check_depth(unit)
        self._rows.put(unit.id, unit)
        return unit

    def _named_parent(self, values: Mapping[str, Any]) -> OrgUnit | None:
        """The parent that a body names, by id or by path."""
        key = values.get("parentOrgUnitId") or values.get("parentOrgUnitPath")
        if not key:
            return None
        found = self.find(key)
        if found is None:
            raise errors.bad_parent()
        return found

    def _check_free(self, parent: OrgUnit, name: str, own_id: str) -> None:
        there = self._child(parent, name)
        if there is not None and there.id != own_id:
            raise errors.bad_org_unit()

    def _check_depth(self, unit: OrgUnit) -> None:
        if self._depth(unit) > MAX_DEPTH:
            raise errors.bad_parent()

    def _depth(self, unit: OrgUnit) -> int:
        known, depth = {**self.all(), unit.id: unit}, 0
        at: OrgUnit | None = unit
        while at is not None and at.parent_id:
            depth, at = depth + 1, known.get(at.parent_id)
        return depth

    def update(self, unit: OrgUnit, body: Mapping[str, Any]) -> OrgUnit:
        """PUT and PATCH alike: what is sent is changed, the rest stays; users move along."""
        values = schema.ORG_UNIT.check(body, self._context.quirks)
        name = _checked_name(values["name"]) if "name" in values else unit.name
        parent = self._new_parent(unit, values)
        if parent is not None:
            self._check_free(parent, name, unit.id)
        changed = replace(
            unit,
            name=name,
            parent_id=parent.id if parent else "",
            description=values.get("description", unit.description),
            version=unit.version + 1,
        )
        self._put(unit, changed)
        return changed

    def _new_parent(self, unit: OrgUnit, values: Mapping[str, Any]) -> OrgUnit | None:
        """Where the unit goes or stays; neither the root nor anything into itself can move."""
        named = self._named_parent(values)
        if named is None:
            return self.parent(unit)
        if not unit.parent_id or named.id in {unit.id, *(row.id for row in self.below(unit))}:
            raise errors.bad_parent()
        return named

    def _put(self, old: OrgUnit, new: OrgUnit) -> None:
        moved = {row.id: self.path(row) for row in (old, *self.below(old))}
        self._rows.put(new.id, new)
        known = {**self.all(), new.id: new}
        for each in moved:
            self._check_depth(known[each])
        paths = {was: self.path(known[each]) for each, was in moved.items()}
        if any(was != now for was, now in paths.items()):
            self._move_users(paths)

    def _move_users(self, paths: Mapping[str, str]) -> None:
        for user in self._users_in(paths):
            values = {**user.values, "orgUnitPath": paths[user.values["orgUnitPath"]]}
            moved = replace(user, values=values, version=user.version + 1)
            self._directory.users.put(user.id, moved)

    def delete(self, unit: OrgUnit) -> None:
        """Only where nobody and nothing is in it."""
        in_use = self.children(unit) or self._users_in([self.path(unit)])
        if in_use or not unit.parent_id:
            raise errors.org_unit_in_use()
        if unit.id in self._rows:
            self._rows.drop(unit.id)
        if unit.id not in self._gone:
            self._gone.put(unit.id, True)  # noqa: FBT003 - a row, not a switch


def _checked_name(name: Any) -> str:
    if not name:
        raise errors.required("name")
    if "/" in name or len(name) > schema.MAX_OU_NAME or not name.strip():
        raise errors.bad_org_unit_name()
    return str(name)
