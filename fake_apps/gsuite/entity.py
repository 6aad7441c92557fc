"""What the directory holds: frozen rows for users, groups, memberships, outsiders and places."""

import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b, sha256
from typing import Any

TEST_SUFFIX = ".test-google-a.com"
# Up to 64 characters, no two dots in a row, none at either end, and none of & = < > + , ! and of
# what an address cannot carry unquoted. https://support.google.com/a/answer/9193374
LOCAL_PART = re.compile(r"(?!\.)(?!.*\.\.)(?!.*\.$)[A-Za-z0-9#$%'*\-/?^_`{|}~.]{1,64}")
DOMAIN = re.compile(r"(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9\-.]{0,251}\.[A-Za-z]{2,63}")

OWNER, MANAGER, MEMBER = "OWNER", "MANAGER", "MEMBER"
ROLES = (OWNER, MANAGER, MEMBER)
DELIVERIES = ("ALL_MAIL", "DAILY", "DIGEST", "DISABLED", "NONE")


@dataclass(frozen=True, slots=True)
class User:
    """One user; `values` are the fields a client may write, never changed in place."""

    id: str
    email: str
    values: Mapping[str, Any]
    serial: int
    born: float
    created: float
    aliases: tuple[str, ...] = ()
    is_admin: bool = False
    version: int = 1
    deleted_at: float | None = None

    @property
    def is_suspended(self) -> bool:
        return bool(self.values["suspended"])


@dataclass(frozen=True, slots=True)
class Group:
    """One group. `born` is when it began to spread to all replicas."""

    id: str
    email: str
    name: str
    serial: int
    born: float
    description: str = ""
    external_ids: tuple[Mapping[str, str], ...] = ()
    aliases: tuple[str, ...] = ()
    version: int = 1
    is_half_made: bool = False  # by an insert that failed: listed, but not to be had


@dataclass(frozen=True, slots=True)
class Membership:
    """What is out of the ordinary about one membership.

    `since` is when it began, where members of nested groups show late.
    """

    group_id: str
    member_id: str
    role: str = MEMBER
    delivery: str = DELIVERIES[0]
    since: float = float("-inf")


@dataclass(frozen=True, slots=True)
class Counted:
    """How many members a group had before the changes that its count does not show yet."""

    members: int
    at: float


@dataclass(frozen=True, slots=True)
class OrgUnit:
    """One organizational unit; the root has no parent."""

    id: str
    name: str
    parent_id: str
    description: str = ""
    version: int = 1


@dataclass(frozen=True, slots=True)
class Outsider:
    """A member from outside the customer's domains."""

    id: str
    email: str


@dataclass(frozen=True)
class Listed:
    """One entry of a list of members; a member through another group has no role of its own."""

    member_id: str
    serial: int
    is_direct: bool = True


def _written(digest: bytes) -> str:
    return urlsafe_b64encode(digest).decode().rstrip("=")


# The first half of every tag of a service is the same, as in what was recorded:
# https://github.com/demisto/content Packs/GSuiteAdmin/Integrations/GSuiteAdmin/README.md
_SERVICE = _written(sha256(b"admin.googleapis.com").digest())


def etag(*parts: Any) -> str:
    """A quoted tag that changes with the parts."""
    digest = blake2b("\n".join(map(str, parts)).encode("utf-8", "replace"), digest_size=20)
    return f'"{_SERVICE}/{_written(digest.digest())}"'


def is_address(text: str) -> bool:
    local, _, domain = text.rpartition("@")
    return bool(LOCAL_PART.fullmatch(local) and DOMAIN.fullmatch(domain))


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower()


def canonical(address: str) -> str:
    """The form in which Gmail keeps an address of its own."""
    local, _, domain = address.lower().rpartition("@")
    if domain not in ("gmail.com", "googlemail.com"):
        return address.lower()
    return f"{local.replace('.', '')}@gmail.com"


def local_part_for(name: str) -> str:
    """What an address for a group of this name would begin with: lower case, blanks as dashes."""
    return "-".join(name.lower().split())
