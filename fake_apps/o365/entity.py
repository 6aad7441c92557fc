"""A directory object: a frozen row for a user or a group."""

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ..core.clock import utc
from .schema import SHOWN

SECURITY, UNIFIED, MAIL_SECURITY, DISTRIBUTION = (
    "security",
    "unified",
    "mail-enabled security",
    "distribution",
)
DYNAMIC, SYNCED = "dynamic", "synced"


@dataclass(frozen=True, slots=True)
class Entity:
    """One user or group. `serial` orders listings; `born` is when replication of it began.

    `kind` is "user" or the kind of group; `properties` is never changed in place. `changed` has
    the serial of the last change of each property that was changed since the object is there.
    `stale` has the properties before the last change, at `changed_at`, where reads may show them.
    """

    id: str
    type: str
    kind: str
    properties: Mapping[str, Any]
    serial: int
    born: float
    deleted_at: float | None = None
    changed: Mapping[str, int] | None = None
    stale: Mapping[str, Any] | None = None
    changed_at: float = 0.0

    @property
    def name(self) -> str:
        return str(self.properties["displayName"])

    @property
    def resource(self) -> str:
        return "User" if self.type == "user" else "Group"

    @property
    def is_dynamic(self) -> bool:
        return "DynamicMembership" in self.properties.get("groupTypes", ())

    @property
    def is_synced(self) -> bool:
        return bool(self.properties["onPremisesSyncEnabled"])

    def value(self, name: str) -> Any:
        """One property as the service shows it; None for one this type does not have."""
        if name == "deletedDateTime":
            return None if self.deleted_at is None else timestamp(self.deleted_at)
        if name == "userPrincipalName" and self.deleted_at is not None and self.type == "user":
            return self.id.replace("-", "") + str(self.properties[name])
        return self.properties.get(name)

    def document(self, select: Iterable[str] | None) -> dict[str, Any]:
        names = self._shown() if select is None else select
        properties = self.properties
        if self.deleted_at is None:  # most by far: nothing of it is shown otherwise than it is
            return {name: properties[name] for name in names if name in properties}
        return {name: self.value(name) for name in names if name in properties}

    def _shown(self) -> tuple[str, ...]:
        """The default properties; of what is in the bin since when, too."""
        names = SHOWN[self.type]
        if self.deleted_at is None or "deletedDateTime" in names:
            return names
        return (names[0], "deletedDateTime", *names[1:])

    @property
    def odata_type(self) -> str:
        return f"#microsoft.graph.{self.type}"

    def typed_document(self, select: Iterable[str] | None) -> dict[str, Any]:
        """As an item of a collection of directoryObjects."""
        return {"@odata.type": self.odata_type, **self.document(select)}


@dataclass(frozen=True, slots=True)
class Unlinked:
    """A link that was taken away, for delta queries. `target_type` is that of what it led to."""

    relation: str
    source_id: str
    target_id: str
    target_type: str
    serial: int
    at: float

    @property
    def key(self) -> str:
        return f"{self.relation} {self.source_id} {self.target_id}"


@dataclass(frozen=True, slots=True)
class Purged:
    """An object that is gone for good, for delta queries."""

    id: str
    type: str
    serial: int
    at: float

    @property
    def key(self) -> str:
        return self.id


def timestamp(seconds: float) -> str:
    return utc(seconds).strftime("%Y-%m-%dT%H:%M:%SZ")


def security_identifier(object_id: str) -> str:
    """The SID that the directory derives from an object's id."""
    parts = struct.unpack("<4I", UUID(object_id).bytes_le)
    return "S-1-12-1-" + "-".join(map(str, parts))


def group_kind(properties: Mapping[str, Any]) -> str:
    if "Unified" in properties["groupTypes"]:
        return UNIFIED
    if not properties["mailEnabled"]:
        return SECURITY
    return MAIL_SECURITY if properties["securityEnabled"] else DISTRIBUTION
