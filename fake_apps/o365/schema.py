"""Properties of users and groups: type, default, who may write and filter them.

Source: the property tables of learn.microsoft.com/en-us/graph/api/resources/{user,group}.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import errors

GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
NICKNAME = re.compile(r"[!#$%&'*+\-./0-9=?A-Z^_`a-z{|}~]{1,64}")
UPN = re.compile(r"[A-Za-z0-9'.\-_!#^~]{1,64}@[A-Za-z0-9.\-]{1,113}")

TEXT, FLAG, NUMBER, TEXTS, TIME, OBJECT = "text", "flag", "number", "texts", "time", "object"
ALWAYS, ADVANCED, NEVER = "always", "advanced", "never"


@dataclass(frozen=True)
class Property:
    """One property. `filter` says which queries may name it; `limit` is its longest text."""

    kind: str = TEXT
    default: Any = None
    shown: bool = True
    written: bool = True
    filter: str = NEVER
    limit: int = 1024


@dataclass(frozen=True, eq=False)
class Schema:
    """The properties of one resource type, in the order replies carry them."""

    resource: str
    type: str
    context: str
    properties: Mapping[str, Property]
    required: tuple[str, ...]
    orderable: tuple[str, ...]
    searched: tuple[str, ...] = ("displayName", "description", "mail", "mailNickname")

    def defaults(self) -> dict[str, Any]:
        return {name: known.default for name, known in self.properties.items()}

    def shown(self) -> tuple[str, ...]:
        return tuple(name for name, known in self.properties.items() if known.shown)

    def selected(self, text: str) -> tuple[str, ...] | None:
        """The properties a `$select` names; None for all that are shown."""
        names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
        for name in names:
            if name not in self.properties and name != "*":
                raise errors.bad_select(name, self.type)
        return None if "*" in names or not names else names

    def check(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The body's properties, each of the right type; links and annotations left out."""
        return {
            name: self._checked(name, value)
            for name, value in body.items()
            if "@odata." not in name
        }

    def _checked(self, name: str, value: Any) -> Any:
        known = self.properties.get(name)
        if known is None:
            raise errors.unknown_property(name)
        if not known.written:
            raise errors.read_only(name)
        if not _fits(known, value):
            raise errors.invalid_value(name, self.resource)
        return value

    def require(self, body: Mapping[str, Any]) -> None:
        for name in self.required:
            if body.get(name) is None or body[name] == "":
                raise errors.missing(name, self.resource)


def _fits(known: Property, value: Any) -> bool:
    if value is None:
        return known.kind != TEXTS
    match known.kind:
        case "text":
            return _is_text(value, known.limit)
        case "flag":
            return isinstance(value, bool)
        case "texts":
            return isinstance(value, list) and all(_is_text(each, 256) for each in value)
        case "number":
            return type(value) is int
        case _:
            return isinstance(value, dict | list)


def _is_text(value: Any, limit: int) -> bool:
    return isinstance(value, str) and len(value) <= limit and "\x00" not in value


def _read_only(kind: str = TEXT, default: Any = None, **more: Any) -> Property:
    return Property(kind, default, written=False, **more)


GROUP = Schema(
    resource="Group",
    type="group",
    context="groups",
    required=("displayName", "mailEnabled", "mailNickname", "securityEnabled"),
    orderable=("displayName",),
    properties={
        "id": _read_only(filter=ALWAYS),
        "deletedDateTime": _read_only(TIME, filter=ADVANCED),
        "classification": Property(filter=ADVANCED),
        "createdDateTime": _read_only(TIME, filter=ALWAYS),
        "createdByAppId": _read_only(),
        "organizationId": _read_only(),
        "description": Property(limit=1024, filter=ALWAYS),
        "displayName": Property(limit=256, filter=ALWAYS),
        "expirationDateTime": _read_only(TIME, filter=ADVANCED),
        "groupTypes": Property(TEXTS, (), filter=ALWAYS),
        "isAssignableToRole": Property(FLAG, filter=ALWAYS),
        "mail": _read_only(filter=ALWAYS),
        "mailEnabled": Property(FLAG, default=False, filter=ALWAYS),
        "mailNickname": Property(limit=256, filter=ALWAYS),
        "membershipRule": Property(limit=3072, filter=ADVANCED),
        "membershipRuleProcessingState": Property(filter=ADVANCED),
        "onPremisesDomainName": _read_only(),
        "onPremisesLastSyncDateTime": _read_only(TIME, filter=ALWAYS),
        "onPremisesNetBiosName": _read_only(),
        "onPremisesSamAccountName": _read_only(filter=ADVANCED),
        "onPremisesSecurityIdentifier": _read_only(filter=ALWAYS),
        "onPremisesSyncEnabled": _read_only(FLAG, filter=ALWAYS),
        "preferredDataLocation": Property(filter=ADVANCED),
        "preferredLanguage": Property(filter=ADVANCED),
        "proxyAddresses": _read_only(TEXTS, (), filter=ALWAYS),
        "renewedDateTime": _read_only(TIME, filter=ADVANCED),
        "resourceBehaviorOptions": Property(TEXTS, ()),
        "resourceProvisioningOptions": Property(TEXTS, (), filter=ALWAYS),
        "securityEnabled": Property(FLAG, default=False, filter=ALWAYS),
        "securityIdentifier": _read_only(filter=ALWAYS),
        "theme": Property(),
        "uniqueName": Property(limit=128, filter=ALWAYS),
        "visibility": Property(),
        "onPremisesProvisioningErrors": _read_only(OBJECT, ()),
        "serviceProvisioningErrors": _read_only(OBJECT, ()),
        "assignedLicenses": _read_only(OBJECT, (), shown=False),
        "licenseProcessingState": _read_only(OBJECT, shown=False),
        "allowExternalSenders": Property(FLAG, shown=False),
        "autoSubscribeNewMembers": Property(FLAG, shown=False),
        "hideFromAddressLists": Property(FLAG, shown=False),
        "hideFromOutlookClients": Property(FLAG, shown=False),
        "isSubscribedByMail": Property(FLAG, shown=False),
        "unseenCount": Property(NUMBER, shown=False),
    },
)

# https://learn.microsoft.com/en-us/graph/api/group-update: each must be alone in its request
ALONE = (
    "allowExternalSenders",
    "autoSubscribeNewMembers",
    "hideFromAddressLists",
    "hideFromOutlookClients",
    "isSubscribedByMail",
    "unseenCount",
)

USER = Schema(
    resource="User",
    type="user",
    context="users",
    required=(
        "accountEnabled",
        "displayName",
        "mailNickname",
        "passwordProfile",
        "userPrincipalName",
    ),
    orderable=("displayName", "userPrincipalName"),
    searched=(
        "displayName",
        "mail",
        "mailNickname",
        "userPrincipalName",
        "givenName",
        "surname",
    ),
    properties={
        "id": _read_only(filter=ALWAYS),
        "businessPhones": Property(TEXTS, (), filter=ADVANCED),
        "displayName": Property(limit=256, filter=ALWAYS),
        "givenName": Property(limit=64, filter=ALWAYS),
        "jobTitle": Property(limit=128, filter=ALWAYS),
        "mail": Property(limit=256, filter=ALWAYS),
        "mobilePhone": Property(limit=64, filter=ADVANCED),
        "officeLocation": Property(limit=128, filter=ADVANCED),
        "preferredLanguage": Property(filter=ADVANCED),
        "surname": Property(limit=64, filter=ALWAYS),
        "userPrincipalName": Property(filter=ALWAYS),
        "accountEnabled": Property(FLAG, shown=False, filter=ALWAYS),
        "assignedLicenses": _read_only(OBJECT, (), shown=False),
        "city": Property(limit=128, shown=False, filter=ALWAYS),
        "companyName": Property(limit=64, shown=False, filter=ADVANCED),
        "country": Property(limit=128, shown=False, filter=ALWAYS),
        "createdDateTime": _read_only(TIME, shown=False, filter=ALWAYS),
        "deletedDateTime": _read_only(TIME, shown=False, filter=ADVANCED),
        "department": Property(limit=64, shown=False, filter=ALWAYS),
        "employeeId": Property(limit=16, shown=False, filter=ALWAYS),
        "employeeType": Property(shown=False, filter=ADVANCED),
        "faxNumber": Property(shown=False, filter=ADVANCED),
        "mailNickname": Property(limit=64, shown=False, filter=ALWAYS),
        "onPremisesImmutableId": Property(shown=False, filter=ALWAYS),
        "onPremisesSyncEnabled": _read_only(FLAG, shown=False, filter=ALWAYS),
        "otherMails": Property(TEXTS, (), shown=False, filter=ALWAYS),
        "passwordPolicies": Property(shown=False, filter=ADVANCED),
        "passwordProfile": Property(OBJECT, shown=False),
        "postalCode": Property(limit=40, shown=False, filter=ADVANCED),
        "proxyAddresses": _read_only(TEXTS, (), shown=False, filter=ALWAYS),
        "securityIdentifier": _read_only(shown=False, filter=ALWAYS),
        "state": Property(limit=128, shown=False, filter=ALWAYS),
        "streetAddress": Property(shown=False, filter=ADVANCED),
        "usageLocation": Property(limit=2, shown=False, filter=ALWAYS),
        "userType": Property(shown=False, filter=ALWAYS),
    },
)

OBJECT_SCHEMA = Schema(
    resource="DirectoryObject",
    type="directoryObject",
    context="directoryObjects",
    required=(),
    orderable=("displayName",),
    properties={**USER.properties, **GROUP.properties},
)
SCHEMAS = {"user": USER, "group": GROUP}
SHOWN = {"user": USER.shown(), "group": GROUP.shown()}
# https://learn.microsoft.com/en-us/graph/api/user-get: there the id stands last
READ = {**SHOWN, "user": (*USER.shown()[1:], "id")}
