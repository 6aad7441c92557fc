"""The rows of the directory: domains and objects."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from .dn import Rdn

GLOBAL, DOMAIN_LOCAL, UNIVERSAL = 0x2, 0x4, 0x8
SCOPES = MappingProxyType({GLOBAL: "global", DOMAIN_LOCAL: "domain local", UNIVERSAL: "universal"})
SECURITY = 0x80000000
CREATED_BY_SYSTEM = 0x1

DISABLED, PASSWORD_NOT_REQUIRED, NORMAL_ACCOUNT = 0x2, 0x20, 0x200
PASSWORD_NEVER_EXPIRES = 0x10000
NEVER = "9223372036854775807"

USER_CLASSES = frozenset({"user", "computer"})
KEPT_WHEN_DELETED = ("sAMAccountName", "groupType", "userAccountControl", "primaryGroupID")
"""What a tombstone, or a recycled object, has left of the attributes that clients write."""


@dataclass(frozen=True, slots=True)
class Domain:
    """One domain of the forest; `guid` is that of its head object."""

    guid: str
    dns: str
    netbios: str
    sid: str

    @property
    def dn(self) -> str:
        return ",".join(f"DC={label}" for label in self.dns.split("."))


class Entry(NamedTuple):
    """One object. References to other objects are held as GUIDs; members are links beside it.

    `critical` objects came with the directory and cannot be deleted. A tuple, since every tenant
    starts with many of these and a frozen dataclass takes three times as long to make.
    """

    guid: str
    kind: str
    rdn: Rdn
    parent: str | None
    domain: str
    created: float
    changed: float
    usn_created: int
    usn_changed: int
    attributes: Mapping[str, tuple[str, ...]]
    sid: str | None = None
    password: str = ""
    protected: bool = False
    critical: bool = False
    deleted: bool = False
    last_parent: str | None = None

    def first(self, name: str, default: str = "") -> str:
        """The only value of a single-valued attribute."""
        values = self.attributes.get(name)
        return values[0] if values else default

    @property
    def is_group(self) -> bool:
        return self.kind == "group"

    @property
    def is_user(self) -> bool:
        return self.kind in USER_CLASSES

    @property
    def rid(self) -> str:
        return self.sid.rpartition("-")[2] if self.sid else ""

    @property
    def group_type(self) -> int:
        """The groupType bits, unsigned."""
        return int(self.first("groupType", "0")) & 0xFFFFFFFF

    @property
    def scope(self) -> int:
        return self.group_type & (GLOBAL | DOMAIN_LOCAL | UNIVERSAL)

    @property
    def is_security(self) -> bool:
        return bool(self.group_type & SECURITY)

    @property
    def is_disabled(self) -> bool:
        return bool(int(self.first("userAccountControl", "0")) & DISABLED)


def signed(group_type: int) -> str:
    """The groupType as the directory stores it: a signed 32-bit decimal."""
    low = group_type & 0xFFFFFFFF
    return str(low - 0x100000000 if low & 0x80000000 else low)


def group_kind(entry: Entry) -> str:
    """`global security`, `domain local distribution`, and so on."""
    return f"{SCOPES[entry.scope]} {'security' if entry.is_security else 'distribution'}"


def group_type_of(kind: str) -> int:
    """The groupType bits for such words; ValueError lists the known ones."""
    known = {
        f"{scope} {use}": bit | flag
        for bit, scope in SCOPES.items()
        for use, flag in (("security", SECURITY), ("distribution", 0))
    }
    if kind not in known:
        raise ValueError(f"unknown kind of group {kind!r}; known: {', '.join(known)}")
    return known[kind]
