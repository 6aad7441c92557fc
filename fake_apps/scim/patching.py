"""PATCH of attributes: what an operation makes of the values of a resource.

Source: https://datatracker.ietf.org/doc/html/rfc7644#section-3.5.2. Members of groups are links,
and changed in state.py.
"""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from ..core import scim
from . import errors, schema
from .schema import IMMUTABLE, READ_ONLY, Attribute, Kind, Reading, Values


@dataclass(frozen=True)
class Spot:
    """Where an operation applies: an attribute of `holder`, perhaps some values or a part of it."""

    holder: Values
    attribute: Attribute
    path: scim.Path
    sub: Attribute | None = None

    @property
    def present(self) -> Any:
        return self.holder.get(self.attribute.name)

    def put(self, value: Any) -> None:
        """Set it, or unassign it with what counts as nothing."""
        if value in (None, [], {}):
            self.holder.pop(self.attribute.name, None)
        else:
            self.holder[self.attribute.name] = value


class Patcher:
    """Applies operations to a copy of the values of one resource."""

    def __init__(self, of: Kind, reading: Reading, values: Mapping[str, Any]) -> None:
        self._kind = of
        self._reading = reading
        self.values: Values = deepcopy(dict(values))

    def apply(self, operation: scim.Operation) -> None:
        """One operation with a path."""
        assert operation.path is not None, "spelled out by the caller"
        spot = self._find(operation.path)
        _check_mutable(spot)
        if operation.op == "remove":
            self._remove(spot)
        elif operation.path.selects:
            self._change_selected(spot, operation)
        elif spot.sub is not None:
            self._change_sub(spot, operation)
        else:
            self._change(spot, operation)
        self._drop_empty()

    def _find(self, path: scim.Path) -> Spot:
        attribute = self._kind.attribute(path.attribute, path.uri)
        holder = self.values
        if path.uri and not self._kind.is_core(path.uri):
            extension = self._kind.extensions[path.uri.lower()]
            holder = self.values.setdefault(extension.name, {})
        if path.selects and not attribute.many:
            raise errors.invalid_path(f"{attribute.name} has one value")
        return Spot(holder, attribute, path, attribute.sub(path.sub) if path.sub else None)

    def _drop_empty(self) -> None:
        for name in [name for name, value in self.values.items() if value == {}]:
            del self.values[name]

    # --- remove ------------------------------------------------------------------------------

    def _remove(self, spot: Spot) -> None:
        target = spot.sub or spot.attribute
        if target.required and spot.present is not None:
            raise errors.mutability(f"{target.name} is required")
        if not spot.path.selects and spot.sub is None:
            spot.put(None)
        elif not spot.path.selects and not spot.attribute.many:
            spot.put(_without(spot.present or {}, spot.sub))
        else:
            self._remove_selected(spot)

    def _remove_selected(self, spot: Spot) -> None:
        """Whoever matches nothing has removed it already."""
        kept = []
        for item in spot.present or []:
            if not spot.path.picks(item):
                kept.append(item)
            elif spot.sub is not None and (rest := _without(item, spot.sub)):
                kept.append(rest)
        spot.put(kept)

    # --- add and replace ---------------------------------------------------------------------

    def _change(self, spot: Spot, operation: scim.Operation) -> None:
        attribute, told = spot.attribute, operation.value
        if attribute.many:
            items = self._items(attribute, told)
            added = operation.op == "add"
            spot.put(_joined(attribute, spot.present or [], items) if added else items)
            return
        value = self._reading.value(attribute, told)
        if value is None and attribute.required:
            raise errors.invalid_value(f"{attribute.name} is required")
        if attribute.kind == "complex" and value is not None:
            value = {**(spot.present or {}), **value}
        spot.put(value)

    def _items(self, attribute: Attribute, told: Any) -> list[Any]:
        """One value alone counts as a list."""
        listed = told if isinstance(told, list) else [] if told is None else [told]
        found = self._reading.value(attribute, listed)
        return found or []

    def _change_sub(self, spot: Spot, operation: scim.Operation) -> None:
        """Of an attribute with several values it is set in each, or in a first one."""
        assert spot.sub is not None
        value = self._reading.value(spot.sub, operation.value)
        if not spot.attribute.many:
            spot.put(_with(spot.present or {}, spot.sub, value))
            return
        items = spot.present or [{}]
        spot.put([_with(item, spot.sub, value) for item in items])

    def _change_selected(self, spot: Spot, operation: scim.Operation) -> None:
        present: list[Any] = spot.present or []
        picked = [at for at, item in enumerate(present) if spot.path.picks(item)]
        if not picked:
            if operation.op == "replace" or spot.path.where is None:
                raise errors.no_target(f"No value of {spot.attribute.name} matches")
            present, picked = [*present, _asked_for(spot)], [len(present)]
        changed = [
            self._selected(spot, item, operation) if at in picked else item
            for at, item in enumerate(present)
        ]
        spot.put(_one_primary(changed, set(picked)))

    def _selected(self, spot: Spot, item: Values, operation: scim.Operation) -> Values:
        if spot.sub is not None:
            return _with(item, spot.sub, self._reading.value(spot.sub, operation.value))
        told = operation.value[0] if isinstance(operation.value, list) else operation.value
        value: Values = self._reading.item(spot.attribute, told)
        return {**item, **value} if operation.op == "add" else value


# --- rules -----------------------------------------------------------------------------------


def _check_mutable(spot: Spot) -> None:
    for each in filter(None, (spot.attribute, spot.sub)):
        if each.mutability == READ_ONLY:
            raise errors.mutability(f"{each.name} is read-only")
    if spot.sub is not None and spot.sub.mutability == IMMUTABLE and spot.present:
        raise errors.mutability(f"{spot.sub.name} cannot be changed")


def _asked_for(spot: Spot) -> Values:
    """`emails[type eq "work"]` where there is none: a value that the selection would take."""
    assert spot.path.where is not None
    made = {}
    for name, value in spot.path.where.alternatives[:1]:
        made[spot.attribute.sub(name.rpartition(".")[2]).name] = value
    if not made:
        raise errors.no_target(f"No value of {spot.attribute.name} matches")
    return made


def _joined(attribute: Attribute, present: list[Any], new: Iterable[Any]) -> list[Any]:
    """Those that are there already are not added again; a new primary value is the only one."""
    added = []
    for item in new:
        if item not in present and item not in added:
            added.append(item)
    every = [*present, *added]
    return _one_primary(every, set(range(len(present), len(every))))


def _one_primary(items: list[Any], changed: set[int]) -> list[Any]:
    """RFC 7644, 3.5.2: a value made primary takes it from the others."""
    marked = [at for at in sorted(changed) if _is_primary(items[at])]
    if not marked:
        return items
    return [
        {**item, "primary": False} if _is_primary(item) and at != marked[-1] else item
        for at, item in enumerate(items)
    ]


def _is_primary(item: Any) -> bool:
    return isinstance(item, dict) and item.get("primary") is True


def _without(item: Mapping[str, Any], sub: Attribute | None) -> Values:
    return {name: value for name, value in item.items() if sub is None or name != sub.name}


def _with(item: Mapping[str, Any], sub: Attribute, value: Any) -> Values:
    return _without(item, sub) if value is None else {**item, sub.name: value}


def spelled_out(operation: scim.Operation, of: Kind) -> list[scim.Operation]:
    """An operation without a path as operations with one, in the order of the value's names."""
    if operation.path is not None:
        return [operation]
    return [
        scim.Operation(operation.op, schema.parse_path(str(name), of), value, has_value=True)
        for name, value in operation.value.items()
    ]
