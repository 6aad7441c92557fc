"""Fields that requests may carry, their types, and how wrong ones are refused.

Source: https://admin.googleapis.com/$discovery/rest?version=directory_v1 (schemas Group, Member,
User, Alias). Read-only fields are ignored when they are sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import errors
from .quirks import UNKNOWN_FIELDS_ARE_IGNORED

TEXT, FLAG, LIST, OBJECT, ANY = "TYPE_STRING", "TYPE_BOOL", "list", "object", "any"
MAX_TEXT = 4096


@dataclass(frozen=True)
class Schema:
    """The fields of one resource, and those that only the service writes."""

    fields: Mapping[str, str]
    read_only: frozenset[str]

    def check(self, body: Mapping[str, Any], quirks: Any) -> dict[str, Any]:
        """The fields of a body that count, each of its type; null counts as not sent."""
        checked: dict[str, Any] = {}
        for name, value in body.items():
            kind = self.fields.get(name)
            if kind is None:
                if name not in self.read_only and UNKNOWN_FIELDS_ARE_IGNORED not in quirks:
                    raise errors.unknown_field(name)
            elif value is not None:
                checked[name] = _checked(name, kind, value)
        return checked


def _checked(name: str, kind: str, value: Any) -> Any:
    if not _FITS[kind](value):
        raise errors.wrong_type(name, kind)
    if kind == TEXT and (len(value) > MAX_TEXT or "\x00" in value):
        raise errors.invalid(name)
    return value


_FITS: Mapping[str, Any] = {
    TEXT: lambda value: isinstance(value, str),
    FLAG: lambda value: isinstance(value, bool),
    LIST: lambda value: isinstance(value, list) and all(isinstance(v, dict) for v in value),
    OBJECT: lambda value: isinstance(value, dict),
    ANY: lambda value: True,
}

GROUP = Schema(
    fields={"email": TEXT, "name": TEXT, "description": TEXT, "externalIds": LIST},
    read_only=frozenset(
        {
            "kind",
            "id",
            "etag",
            "directMembersCount",
            "adminCreated",
            "aliases",
            "nonEditableAliases",
        }
    ),
)
MEMBER = Schema(
    fields={"email": TEXT, "id": TEXT, "role": TEXT, "delivery_settings": TEXT},
    read_only=frozenset({"kind", "etag", "type", "status"}),
)
ALIAS = Schema(fields={"alias": TEXT}, read_only=frozenset({"kind", "id", "etag", "primaryEmail"}))
ORG_UNIT = Schema(
    fields={
        "name": TEXT,
        "description": TEXT,
        "blockInheritance": FLAG,
        "parentOrgUnitPath": TEXT,
        "parentOrgUnitId": TEXT,
    },
    read_only=frozenset({"kind", "etag", "orgUnitPath", "orgUnitId"}),
)
MAX_OU_NAME = 100
ADMIN = Schema(fields={"status": FLAG}, read_only=frozenset())
UNDELETE = Schema(fields={"orgUnitPath": TEXT}, read_only=frozenset())

# Kept and shown as they were sent; what is in them is nobody's business here.
KEPT = (
    "addresses",
    "customSchemas",
    "emails",
    "externalIds",
    "gender",
    "ims",
    "keywords",
    "languages",
    "locations",
    "notes",
    "organizations",
    "phones",
    "posixAccounts",
    "recoveryEmail",
    "recoveryPhone",
    "relations",
    "sshPublicKeys",
    "websites",
)
USER = Schema(
    fields={
        "primaryEmail": TEXT,
        "name": OBJECT,
        "password": TEXT,
        "hashFunction": TEXT,
        "suspended": FLAG,
        "archived": FLAG,
        "changePasswordAtNextLogin": FLAG,
        "includeInGlobalAddressList": FLAG,
        "ipWhitelisted": FLAG,
        "orgUnitPath": TEXT,
        **dict.fromkeys(KEPT, ANY),
    },
    read_only=frozenset(
        {
            "kind",
            "id",
            "etag",
            "isAdmin",
            "isDelegatedAdmin",
            "lastLoginTime",
            "creationTime",
            "deletionTime",
            "agreedToTerms",
            "suspensionReason",
            "aliases",
            "nonEditableAliases",
            "customerId",
            "isMailboxSetup",
            "isEnrolledIn2Sv",
            "isEnforcedIn2Sv",
            "thumbnailPhotoEtag",
            "thumbnailPhotoUrl",
        }
    ),
)
USER_DEFAULTS: Mapping[str, Any] = {
    "suspended": False,
    "archived": False,
    "changePasswordAtNextLogin": False,
    "includeInGlobalAddressList": True,
    "ipWhitelisted": False,
    "orgUnitPath": "/",
}
NAME_LIMIT = 60


def checked_name(sent: Mapping[str, Any], old: Mapping[str, str] | None) -> dict[str, str]:
    """Given and family name, each of 1 to 60 characters, the old ones where none is sent."""
    name: dict[str, str] = dict(old or {})
    for part, shown in (("givenName", "GivenName"), ("familyName", "FamilyName")):
        value = sent.get(part, name.get(part))
        if not isinstance(value, str) or not value.strip() or len(value) > NAME_LIMIT:
            raise errors.invalid_name(shown)
        if "\x00" in value or "<" in value or ">" in value:
            raise errors.invalid_name(shown)
        name[part] = value
    return name


def check_password(password: Any) -> None:
    """8 to 100 ASCII characters."""
    # https://support.google.com/a/answer/33386
    if not isinstance(password, str) or not password.isascii() or not 8 <= len(password) <= 100:
        raise errors.invalid_password()


def checked_external_ids(sent: list[Mapping[str, Any]]) -> tuple[Mapping[str, str], ...]:
    """Pairs of a namespace and an id."""
    for entry in sent:
        if not all(isinstance(entry.get(name), str) for name in ("namespace", "id")):
            raise errors.invalid("externalIds")
    return tuple({"namespace": entry["namespace"], "id": entry["id"]} for entry in sent)
