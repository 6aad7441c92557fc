"""Users, groups, folders and policies of a team: frozen rows, and the documents that show them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..core import scim
from ..core.clock import utc

HOST = "https://acme.pam.okta.com"
SCIM_PART = "/scim/v2"  # below the team; the address is told to whoever sets the app up
ACTIVE, DISABLED, DELETED = "ACTIVE", "DISABLED", "DELETED"
HUMAN, SERVICE = "human", "service"
PUSHED, LOCAL, BUILT_IN = "pushed", "local", "built-in"
ROLES = ("pam_admin", "resource_admin", "security_admin")
ZERO = "0001-01-01T00:00:00Z"  # the time of what has not happened
LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class User:
    """One user. `values` are SCIM's attributes: userName, externalId, name, displayName, emails."""

    id: str
    values: Mapping[str, Any]
    status: str
    created: float
    changed: float
    kind: str = HUMAN
    origin: str = PUSHED
    deleted: float | None = None

    @property
    def name(self) -> str:
        return str(self.values["userName"])

    @property
    def active(self) -> bool:
        return self.status == ACTIVE

    @property
    def email(self) -> str | None:
        """The primary address, or the first."""
        told: Sequence[Mapping[str, Any]] = self.values.get("emails", ())
        marked = [each for each in told if each.get("primary") is True]
        return next((str(each["value"]) for each in (*marked, *told)), None)


@dataclass(frozen=True, slots=True)
class Group:
    """One group; `deleted` is when, and None while it is there."""

    id: str
    name: str
    created: float
    changed: float
    roles: tuple[str, ...] = ()
    external_id: str | None = None
    origin: str = PUSHED
    deleted: float | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A resource group (`parent` ""), or a project of one."""

    id: str
    name: str
    description: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Folder:
    """A secret folder; `parent` is "" for a top-level one."""

    id: str
    name: str
    project: str
    parent: str
    description: str | None
    created: float
    changed: float
    created_by: str
    changed_by: str


@dataclass(frozen=True, slots=True)
class Policy:
    """A security policy: whom (`groups`, by id) it lets do what (`rules`, as they were sent)."""

    id: str
    name: str
    active: bool
    groups: tuple[str, ...]
    rules: tuple[Mapping[str, Any], ...]
    description: str = ""
    resource_group: str = ""
    kind: str = "default"


# --- by which rows are found -------------------------------------------------------------------


def lowered(row: User | Group) -> str:
    return row.name.lower()


def lowered_while_there(row: User | Group) -> str | None:
    return None if row.deleted is not None else row.name.lower()


def external_id(row: User | Group) -> str | None:
    told = row.external_id if isinstance(row, Group) else row.values.get("externalId")
    return told.lower() if isinstance(told, str) and told and row.deleted is None else None


# --- as the API shows them ---------------------------------------------------------------------


def user_document(user: User, team: str) -> dict[str, Any]:
    name = user.values.get("name") or {}
    full = user.values.get("displayName") or name.get("formatted")
    whole = " ".join(filter(None, (name.get("givenName"), name.get("familyName"))))
    return {
        "team_name": team,
        "id": user.id,
        "name": user.name,
        "status": user.status,
        "details": {
            "first_name": name.get("givenName"),
            "last_name": name.get("familyName"),
            "full_name": full or whole or None,
            "email": user.email,
        },
        "user_type": user.kind,
        "deleted_at": None if user.deleted is None else moment(user.deleted),
    }


def group_document(group: Group) -> dict[str, Any]:
    return {
        "deleted_at": ZERO if group.deleted is None else moment(group.deleted),
        "id": group.id,
        "name": group.name,
        "roles": list(group.roles),
    }


def reference(row: Group | Named | Folder, kind: str) -> dict[str, Any]:
    """The API's NamedObject."""
    return {"id": row.id, "name": row.name, "type": kind}


def folder_document(folder: Folder, above: Iterable[Folder]) -> dict[str, Any]:
    """`above` are its parents, the top-level one first."""
    return {
        "id": folder.id,
        "name": folder.name,
        "description": folder.description,
        "created_at": moment(folder.created),
        "created_by": folder.created_by,
        "updated_at": moment(folder.changed),
        "updated_by": folder.changed_by,
        "path": [{"id": each.id, "name": each.name} for each in above],
    }


def moment(seconds: float) -> str:
    return utc(seconds).isoformat(timespec="microseconds").replace("+00:00", "Z")


# --- as SCIM shows them ------------------------------------------------------------------------


def scim_user(user: User, base: str) -> dict[str, Any]:
    shown: dict[str, Any] = {"schemas": [scim.USER], "id": user.id}
    shown.update(user.values)
    return {**shown, "active": user.active, "meta": _meta(user, "User", base)}


def scim_group(group: Group, members: Iterable[User], base: str) -> dict[str, Any]:
    shown: dict[str, Any] = {"schemas": [scim.GROUP], "id": group.id}
    if group.external_id is not None:
        shown["externalId"] = group.external_id
    listed = [{"value": user.id, "display": user.name} for user in members]
    return {
        **shown,
        "displayName": group.name,
        "members": listed,
        "meta": _meta(group, "Group", base),
    }


def _meta(row: User | Group, kind: str, base: str) -> dict[str, str]:
    return {
        "resourceType": kind,
        "created": _whole(row.created),
        "lastModified": _whole(row.changed),
        "location": f"{base}/{kind}s/{row.id}",
    }


def _whole(seconds: float) -> str:
    return utc(seconds).isoformat(timespec="milliseconds").replace("+00:00", "Z")
