"""The part of the schema that users, groups, contacts and OUs need.

Names and rules follow MicrosoftDocs/win32 desktop-src/ADSchema.
"""

from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Literal

from . import oids

Syntax = Literal["text", "int", "dn", "bool", "guid", "sid", "time", "class", "octets"]
"""What values are; those of `guid`, `sid` and `octets` are octets over LDAP and text in here."""


class Writer(Enum):
    """Who may write an attribute, and so how a client's attempt is answered."""

    CLIENT = "client"
    SYSTEM = "system"  # 19 / 000020B1
    SAM = "sam"  # 53 / 0000209A
    RDN = "rdn"  # 67: only a rename changes it
    LINK = "link"  # member
    BACK_LINK = "back link"  # 53 / 0000209A
    CLASS = "class"  # 65
    PASSWORD = "password"  # noqa: S105 - written, never read


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute type. `constructed` ones are answered only when they are asked for."""

    name: str
    syntax: Syntax = "text"
    single: bool = True
    writer: Writer = Writer.CLIENT
    classes: frozenset[str] = frozenset()
    max_length: int = 0
    constructed: bool = False


@dataclass(frozen=True, slots=True)
class ObjectClass:
    """One structural class: its chain, naming attribute, category, and what it may stand under."""

    name: str
    chain: tuple[str, ...]
    category: str
    rdn: str = "CN"
    parents: frozenset[str] = frozenset({"domainDNS", "organizationalUnit", "container"})


_HOLDERS = frozenset({"domainDNS", "organizationalUnit"})
_PERSON = ("top", "person", "organizationalPerson")
_CLASSES = (
    ObjectClass("user", (*_PERSON, "user"), "Person"),
    ObjectClass("computer", (*_PERSON, "user", "computer"), "Computer"),
    ObjectClass("contact", (*_PERSON, "contact"), "Person"),
    ObjectClass("group", ("top", "group"), "Group"),
    ObjectClass(
        "organizationalUnit", ("top", "organizationalUnit"), "Organizational-Unit", "OU", _HOLDERS
    ),
    ObjectClass("container", ("top", "container"), "Container"),
    ObjectClass("builtinDomain", ("top", "builtinDomain"), "Builtin-Domain", parents=frozenset()),
    ObjectClass("domainDNS", ("top", "domain", "domainDNS"), "Domain-DNS", "DC", frozenset()),
    ObjectClass(
        "foreignSecurityPrincipal",
        ("top", "foreignSecurityPrincipal"),
        "Foreign-Security-Principal",
        parents=frozenset({"container"}),
    ),
)
CLASSES = MappingProxyType({found.name.lower(): found for found in _CLASSES})
ABSTRACT = frozenset({"top", "person", "organizationalperson"})
CATEGORIES = MappingProxyType(
    {name: found.category for name, found in CLASSES.items()}
    | {"person": "Person", "organizationalperson": "Person"}
)
CREATABLE = frozenset({"user", "computer", "contact", "group", "organizationalUnit", "container"})

_PEOPLE = frozenset({"user", "computer", "contact"})
_USERS = frozenset({"user", "computer"})
_GROUPS = frozenset({"group"})
_MAILABLE = _PEOPLE | _GROUPS
_PRINCIPALS = _USERS | _GROUPS
_SUBSCHEMA = frozenset({"subSchema"})


_LONGEST = MappingProxyType(  # Range-Upper as of Windows Server 2012
    {
        name: length
        for length, names in (
            (3, "c"),
            (6, "initials"),
            (16, "employeeID"),
            (40, "postalCode postOfficeBox"),
            (64, "givenName sn middleName personalTitle generationQualifier department company"),
            (64, "telephoneNumber homePhone mobile pager facsimileTelephoneNumber otherTelephone"),
            (128, "title physicalDeliveryOfficeName l st co"),
            (256, "displayName adminDisplayName mail division employeeType"),
            (512, "employeeNumber"),
            (1024, "streetAddress street info adminDescription"),
            (2048, "wWWHomePage"),
        )
        for name in names.split()
    }
)


def _texts(names: str, classes: frozenset[str], *, single: bool = True) -> list[Attribute]:
    return [
        Attribute(name, single=single, classes=classes, max_length=_LONGEST.get(name, 0))
        for name in names.split()
    ]


def _system(names: str, syntax: Syntax = "text", *, constructed: bool = False) -> list[Attribute]:
    return [
        Attribute(name, syntax, writer=Writer.SYSTEM, constructed=constructed)
        for name in names.split()
    ]


def _numbers(names: str, classes: frozenset[str]) -> list[Attribute]:
    return [Attribute(name, "int", classes=classes) for name in names.split()]


_PERSONAL = (
    "givenName sn initials title department company division employeeID employeeNumber "
    "employeeType physicalDeliveryOfficeName streetAddress l st postalCode co c "
    "homePhone mobile pager facsimileTelephoneNumber ipPhone personalTitle middleName "
    "preferredLanguage homeDirectory homeDrive scriptPath profilePath generationQualifier"
)
_EXTENSIONS = " ".join(f"extensionAttribute{number}" for number in range(1, 16))
_ATTRIBUTES = (
    *_texts(_PERSONAL, _PEOPLE),
    *_texts(
        "mail telephoneNumber mailNickname legacyExchangeDN", _MAILABLE | {"organizationalUnit"}
    ),
    *_texts("info wWWHomePage", _MAILABLE),
    *_texts(_EXTENSIONS, _MAILABLE),
    *_texts("postOfficeBox", _PEOPLE, single=False),
    *_texts("userWorkstations", _USERS),
    Attribute("logonHours", "octets", classes=_USERS),
    *_texts("servicePrincipalName", _USERS, single=False),
    *_texts("uid", _PEOPLE, single=False),
    Attribute("thumbnailPhoto", "octets", classes=_PEOPLE),
    Attribute("jpegPhoto", "octets", single=False, classes=_PEOPLE),
    *_texts("street", frozenset({"organizationalUnit"})),
    *_texts("proxyAddresses otherTelephone otherMailbox url", _MAILABLE, single=False),
    *_texts("adminDescription adminDisplayName displayName", frozenset()),
    *_texts("extensionName wellKnownObjects", frozenset(), single=False),
    Attribute("description", single=False, max_length=1024),
    Attribute("cn", writer=Writer.RDN, max_length=64),
    Attribute(
        "ou",
        single=False,
        writer=Writer.RDN,
        max_length=64,
        classes=frozenset({"organizationalUnit"}),
    ),
    Attribute("dc", writer=Writer.RDN, classes=frozenset({"domainDNS"})),
    Attribute("name", writer=Writer.RDN, max_length=255),
    Attribute("sAMAccountName", classes=_PRINCIPALS, max_length=256),
    Attribute("userPrincipalName", classes=_USERS, max_length=1024),
    Attribute("groupType", "int", classes=_GROUPS),
    Attribute("managedBy", "dn", classes=_GROUPS | {"organizationalUnit", "computer"}),
    Attribute("manager", "dn", classes=_PEOPLE),
    Attribute("member", "dn", single=False, writer=Writer.LINK, classes=_GROUPS),
    Attribute("memberOf", "dn", single=False, writer=Writer.BACK_LINK),
    Attribute("objectClass", "class", single=False, writer=Writer.CLASS),
    Attribute("unicodePwd", writer=Writer.PASSWORD, classes=_USERS),
    *_numbers("userAccountControl primaryGroupID accountExpires lockoutTime", _USERS),
    *_numbers("pwdLastSet codePage countryCode adminCount", _PRINCIPALS | {"contact"}),
    *_system("badPwdCount badPasswordTime lastLogoff lastLogon logonCount instanceType", "int"),
    *_system("lastLogonTimestamp", "int"),
    *_system("uSNCreated uSNChanged", "int"),
    *_system("whenCreated whenChanged", "time"),
    *_system("createTimeStamp modifyTimeStamp", "time", constructed=True),
    *_system("objectCategory nETBIOSName"),
    *_system("subSchemaSubEntry", constructed=True),
    *_system("nTSecurityDescriptor", "octets", constructed=True),
    *(
        Attribute(name, single=False, writer=Writer.SYSTEM, classes=_SUBSCHEMA, constructed=True)
        for name in ("attributeTypes", "objectClasses")
    ),
    *_system("msDS-PrincipalName", constructed=True),
    Attribute("canonicalName", single=False, writer=Writer.SYSTEM, constructed=True),
    *_system("primaryGroupToken", "int", constructed=True),
    Attribute("tokenGroups", "sid", single=False, writer=Writer.SYSTEM, constructed=True),
    *_system("distinguishedName lastKnownParent", "dn"),
    *_system("objectGUID", "guid"),
    *_system("isDeleted isRecycled isCriticalSystemObject", "bool"),
    Attribute("objectSid", "sid", writer=Writer.SAM),
    Attribute("sAMAccountType", "int", writer=Writer.SAM),
)
ATTRIBUTES = MappingProxyType({found.name.lower(): found for found in _ATTRIBUTES})
_BY_OID = MappingProxyType({oids.ATTRIBUTES[found.name]: found for found in _ATTRIBUTES})


def attribute(name: str) -> Attribute | None:
    """The attribute type of that name, whatever its case, or of that object identifier."""
    return ATTRIBUTES.get(name.lower()) or _BY_OID.get(name)


def structural(names: tuple[str, ...]) -> ObjectClass | None:
    """The most special class among `names`; KeyError if one of them does not exist."""
    found = [CLASSES[name.lower()] for name in names if name.lower() not in ABSTRACT]
    return max(found, key=lambda known: len(known.chain), default=None)
