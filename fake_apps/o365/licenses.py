"""Licences: a user has those given to it and those of the groups it is in.

Sources: https://learn.microsoft.com/en-us/graph/api/user-assignlicense, .../group-assignlicense and
https://learn.microsoft.com/en-us/entra/fundamentals/concept-group-based-licensing
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import errors, quirks
from .deleted import Deleted
from .entity import Entity
from .schema import GUID

PARAMETERS = ADD, REMOVE = "addLicenses", "removeLicenses"
License = Mapping[str, Any]
"""`skuId`, and `disabledPlans`: a product, and what of it is switched off."""


@dataclass(frozen=True)
class Change:
    """What a call gives and takes away, by the id of the product."""

    added: Mapping[str, License]
    removed: tuple[str, ...]

    def of(self, licenses: list[License]) -> list[License]:
        """What is left of some, and what has come."""
        gone = {*self.added, *self.removed}
        return [*(each for each in licenses if each["skuId"] not in gone), *self.added.values()]


class Licenses(Deleted):
    """Who may be given a licence, and from whom one may be taken."""

    def assign_user_license(self, reference: str, body: Mapping[str, Any]) -> Entity:
        user, change = self.user(reference), read_change(body, "User")
        if change.added and not user.properties["usageLocation"]:
            raise errors.no_usage_location()
        self._check_removed(user, change)
        own = change.of(user.properties["assignedLicenses"])
        self.change(user, {"assignedLicenses": own})
        return self.user(user.id)

    def _check_removed(self, user: Entity, change: Change) -> None:
        """What a group gives is taken away from the group, or the user from it."""
        own = {each["skuId"] for each in user.properties["assignedLicenses"]}
        inherited = {each["skuId"] for each in self._inherited(user.id)}
        for sku in change.removed:
            if sku not in own | inherited:
                raise errors.license_absent("User")
            if sku not in own and quirks.INHERITED_LICENSES_STAY in self.quirks:
                raise errors.inherited_license()

    def assign_group_license(self, group_id: str, body: Mapping[str, Any]) -> Entity:
        group, change = self.group(group_id), read_change(body, "Group")
        own = list(group.properties["assignedLicenses"])
        if set(change.removed) - {each["skuId"] for each in own}:
            raise errors.license_absent("Group")
        self.change(group, {"assignedLicenses": change.of(own)})
        return self.group(group.id)

    def licenses_of(self, user: Entity) -> list[License]:
        """The user's own licences, then those of its groups; each product once."""
        every = [*user.properties["assignedLicenses"], *self._inherited(user.id)]
        return list({each["skuId"]: each for each in reversed(every)}.values())[::-1]

    def _inherited(self, user_id: str) -> list[License]:
        """Of the groups it is in itself: licences do not reach into groups within groups."""
        groups = (group for _, group in self.groups_of(user_id))
        return [each for group in groups for each in group.properties["assignedLicenses"]]


def read_change(body: Mapping[str, Any], resource: str) -> Change:
    """What the body of either call asks for; both parts must be there."""
    missing = [name for name in PARAMETERS if body.get(name) is None]
    if missing:
        raise errors.missing_parameters("assignLicense", missing)
    added, removed = (body[name] for name in PARAMETERS)
    if not isinstance(added, list) or not all(map(_is_license, added)):
        raise errors.invalid_value(ADD, resource)
    if not isinstance(removed, list) or not all(map(_is_guid, removed)):
        raise errors.invalid_value(REMOVE, resource)
    kept = [{"disabledPlans": [], **each, "skuId": each["skuId"].lower()} for each in added]
    return Change({each["skuId"]: each for each in kept}, tuple(each.lower() for each in removed))


def _is_license(value: Any) -> bool:
    if not isinstance(value, dict) or set(value) - {"skuId", "disabledPlans", "@odata.type"}:
        return False
    plans = value.get("disabledPlans", [])
    is_whole = isinstance(plans, list) and all(map(_is_guid, plans))
    return is_whole and _is_guid(value.get("skuId"))


def _is_guid(value: Any) -> bool:
    return isinstance(value, str) and bool(GUID.fullmatch(value))
