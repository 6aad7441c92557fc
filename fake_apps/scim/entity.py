"""A user and a group: frozen rows, and the documents that show them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..core import scim
from ..core.clock import utc

HOST, BASE = "https://scim.example.test", "/v2"
ACCOUNT = "provisioning"  # the name that goes with the token where both are shown
USER, GROUP = "User", "Group"
SCIM, CONSOLE = "scim", "console"
_URNS = {USER: scim.USER, GROUP: scim.GROUP}


@dataclass(frozen=True, slots=True)
class Row:
    """One resource. `values` are its attributes under their own names, see schema.py.

    `id` and `meta` are not among them, nor are `members` and `groups`, which are links. `origin`
    tells what came by this API from what an administrator made by hand.
    """

    kind: str
    id: str
    values: Mapping[str, Any]
    created: float
    changed: float
    version: int = 1
    origin: str = SCIM

    @property
    def name(self) -> str:
        """What it is called: `userName` of a user, `displayName` of a group."""
        return str(self.values.get("userName" if self.kind == USER else "displayName") or "")

    @property
    def display(self) -> str:
        """What others see of it."""
        return str(self.values.get("displayName") or self.name)

    @property
    def active(self) -> bool:
        return self.values.get("active") is not False

    @property
    def etag(self) -> str:
        return f'W/"{self.version}"'

    @property
    def path(self) -> str:
        return f"/{self.kind}s/{self.id}"


def lowered(row: Row) -> str:
    """By which a row is found whatever the case; `userName` and `displayName` are not caseExact."""
    return row.name.lower()


def lowered_external_id(row: Row) -> str | None:
    told = row.values.get("externalId")
    return told.lower() if isinstance(told, str) and told else None


@dataclass(frozen=True)
class Link:
    """Another resource that a document names, under what it is called there."""

    row: Row
    display: str
    is_direct: bool = True


def document(row: Row, links: Iterable[Link], base: str) -> dict[str, Any]:
    """The resource as it is answered; `base` is where the service is.

    `links` are the members of a group, or the groups of a user.
    """
    extensions = [name for name in row.values if name.startswith("urn:")]
    shown: dict[str, Any] = {"schemas": [_URNS[row.kind], *extensions], "id": row.id}
    if "externalId" in row.values:
        shown["externalId"] = row.values["externalId"]  # where RFC 7643, 8.2 has it
    shown.update(row.values)
    linked = [_link(row.kind, each, base) for each in links]
    if linked:
        shown["groups" if row.kind == USER else "members"] = linked
    shown["meta"] = {
        "resourceType": row.kind,
        "created": moment(row.created),
        "lastModified": moment(row.changed),
        "location": base + row.path,
        "version": row.etag,
    }
    return shown


def _link(of: str, link: Link, base: str) -> dict[str, str]:
    """A group of a user is a direct one, or one that it is in through another."""
    row, kind = link.row, link.row.kind
    if of == USER:
        kind = "direct" if link.is_direct else "indirect"
    return {"value": row.id, "$ref": base + row.path, "display": link.display, "type": kind}


def moment(seconds: float) -> str:
    return utc(seconds).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def members_in(told: Any) -> Sequence[Any]:
    """One member alone counts as a list of one, and nothing as an empty one."""
    if told is None:
        return ()
    return told if isinstance(told, list) else [told]
