"""Ids behind the names that scenarios use: what an item made itself first, then what is there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from ..errors import Refused
from .client import Client


@dataclass(frozen=True)
class Instance:
    """An app instance that an item plays on: its name here, and the engine's id and label."""

    label: str
    kind: str
    id: str
    there: str
    is_own: bool = True  # made for the item, and deleted after it

    def here(self, text: str) -> str:
        """A text of the engine's, with the app under its name here."""
        return text.replace(self.there, self.label)


def missing(name: str, kind: str) -> Refused:
    """What Okta says of a thing that is not there."""
    return Refused("E0000007", f"Not found: Resource not found: {name} ({kind})")


@dataclass
class Names:
    """One item's view of an org: its own users, groups and rules by name."""

    client: Client
    instances: dict[str, Instance] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)  # login in lower case to id
    groups: dict[str, str] = field(default_factory=dict)
    rules: dict[str, str] = field(default_factory=dict)

    def app(self, label: str) -> Instance:
        found = self.instances.get(label)
        if found is None:
            raise missing(label, "AppInstance")
        return found

    def user(self, login: str) -> str:
        """The id of a user; one that somebody else made counts too."""
        known = self.users.get(login.lower())
        return known or str(self.client.get(f"/api/v1/users/{quote(login, safe='')}")["id"])

    def group(self, name: str) -> str:
        """The id of a group of Okta's own."""
        known = self.groups.get(name)
        if known is not None:
            return known
        for one in self._found(name):
            if one["type"] != "APP_GROUP":
                return str(one["id"])
        raise missing(name, "UserGroup")

    def rule(self, name: str) -> str:
        known = self.rules.get(name)
        if known is None:
            raise missing(name, "GroupRule")
        return known

    def app_groups(self, app: Instance, name: str) -> list[Mapping[str, Any]]:
        """The groups of that name that the org knows of an app."""
        return [one for one in self._found(name) if source_of(one) == app.id]

    def _found(self, name: str) -> Iterator[Mapping[str, Any]]:
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return self.client.all("/api/v1/groups", search=f'profile.name eq "{escaped}"')


def source_of(group: Mapping[str, Any]) -> str:
    """The id of the app that an APP_GROUP is of; "" for others."""
    source = group.get("source") or {}
    link = group.get("_links", {}).get("source", {}).get("href", "")
    return str(source.get("id") or link.rpartition("/")[2])
