"""What an object is a member of, through groups within groups: the actions that answer with ids.

Source: https://learn.microsoft.com/en-us/graph/api/directoryobject-checkmembergroups and
.../directoryobject-getmembergroups
"""

from collections.abc import Mapping
from typing import Any

from . import errors
from .entity import Entity
from .records import Records
from .schema import GUID

MAX_CHECKED = 20


def member_groups(known: Records, row: Entity, body: Mapping[str, Any]) -> list[str]:
    """The ids of all groups it is in, or of the security-enabled ones alone."""
    only = body.get("securityEnabledOnly", False)
    if not isinstance(only, bool):
        raise errors.invalid_value("securityEnabledOnly", "DirectoryObject")
    groups = (group for _, group in known.transitive_groups_of(row.id))
    return [group.id for group in groups if group.properties["securityEnabled"] or not only]


def memberships(known: Records, row: Entity, body: Mapping[str, Any], name: str) -> list[str]:
    """Those of at most 20 given groups that it is in, in the order they were given."""
    ids = body.get(name)
    if not isinstance(ids, list) or not ids or len(ids) > MAX_CHECKED:
        raise errors.invalid_value(name, "DirectoryObject")
    if not all(isinstance(each, str) and GUID.fullmatch(each) for each in ids):
        raise errors.invalid_guid()
    groups = {group.id for _, group in known.transitive_groups_of(row.id)}
    return [each for each in dict.fromkeys(map(known.same_id, ids)) if each in groups]
