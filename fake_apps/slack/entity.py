"""A user and a group: frozen rows, and how the two versions of SCIM show them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from ..core import scim
from ..core.clock import utc

MEMBER, ADMIN, OWNER, PRIMARY_OWNER, BOT = "member", "admin", "owner", "primary owner", "bot"
MULTI, SINGLE = "multi-channel guest", "single-channel guest"
KINDS = (MEMBER, ADMIN, OWNER, PRIMARY_OWNER, BOT, MULTI, SINGLE)
GUESTS = (MULTI, SINGLE)

HEADQUARTERS = timezone(timedelta(hours=-8))  # dates carry an offset, not Z
HOST = "https://api.slack.com"
BASE = f"{HOST}/scim"


@dataclass(frozen=True)
class Words:
    """The URNs of one version."""

    version: str
    user: str
    group: str
    enterprise: str
    profile: str
    guest: str
    page: str
    base: str = BASE  # where links lead

    @property
    def is_v2(self) -> bool:
        return self.version == "v2"


V1 = Words(
    "v1",
    scim.CORE_1,
    scim.CORE_1,
    scim.ENTERPRISE_1,
    "urn:scim:schemas:extension:slack:profile:1.0",
    "urn:scim:schemas:extension:slack:guest:1.0",
    scim.CORE_1,
)
V2 = Words(
    "v2",
    scim.USER,
    scim.GROUP,
    scim.ENTERPRISE,
    "urn:ietf:params:scim:schemas:extension:slack:profile:2.0:User",
    "urn:ietf:params:scim:schemas:extension:slack:guest:2.0:User",
    scim.LIST_RESPONSE,
)
VERSIONS: Mapping[str, Words] = {"v1": V1, "v2": V2}


@dataclass(frozen=True, slots=True)
class User:
    """One user. `values` are its attributes under their paths in lower case, see profile.py.

    Reads show a deactivation only some time after `deactivated_at`.
    """

    id: str
    kind: str
    active: bool
    created: float
    values: Mapping[str, Any]
    deactivated_at: float = 0.0

    @property
    def user_name(self) -> str:
        return str(self.values["username"])

    @property
    def display(self) -> str:
        """What others see: the display name, or else the user name."""
        return str(self.values.get("displayname") or self.user_name)

    @property
    def emails(self) -> list[str]:
        """Primary first."""
        found = (self.values.get("emails.primary"), self.values.get("emails.secondary"))
        return [email for email in found if email]

    @property
    def real_name(self) -> str:
        parts = (self.values.get("name.givenname"), self.values.get("name.familyname"))
        return " ".join(part for part in parts if part)

    @property
    def is_guest(self) -> bool:
        return self.kind in GUESTS


@dataclass(frozen=True, slots=True)
class Group:
    """One group: an IDP group of an Enterprise organisation, a user group on Business+."""

    id: str
    name: str
    created: float
    changed: float
    handle: str = ""
    description: str = ""
    channels: tuple[str, ...] = ()
    disabled: float = 0.0  # since when, 0 where it is not
    team_id: str = ""  # of the one workspace that it is in, of an organisation with several


# --- as SCIM shows them ----------------------------------------------------------------------

_ENTERPRISE = ("employeeNumber", "costCenter", "organization", "division", "department")
_ADDRESS = ("streetAddress", "locality", "region", "postalCode", "country")


def user_document(
    user: User, groups: Iterable[Group], words: Words, *, active: bool, domain: str
) -> dict[str, Any]:
    """The keys in the vendor's order, present even where null; guests have no enterprise part."""
    get = user.values.get
    extensions = [words.guest] if user.is_guest else [words.enterprise, words.profile]
    document: dict[str, Any] = {
        "schemas": [words.user, *extensions],
        "id": user.id,
        "externalId": get("externalid") or "",
        "meta": _meta(user.created, words, f"Users/{user.id}"),
        "userName": user.user_name,
        "nickName": user.user_name,
        "name": _name(user),
        "displayName": get("displayname") or "",
        "profileUrl": get("profileurl") or f"https://{domain}/team/{user.user_name}",
        "title": get("title") or "",
        "timezone": get("timezone") or "America/Los_Angeles",
        "active": active,
        "emails": [{"value": each, "primary": not at} for at, each in enumerate(user.emails)],
        "photos": [{"value": get("photos") or _gravatar(user.id), "type": "photo"}],
    }
    shown = [{"value": group.id, "display": group.name} for group in groups]
    if user.is_guest:
        return {**document, "groups": shown, words.guest: _guest(user)}
    return {**document, **_profile(user, words), "groups": shown}


def _name(user: User) -> dict[str, Any]:
    get = user.values.get
    name = {"givenName": get("name.givenname") or "", "familyName": get("name.familyname") or ""}
    return name if user.is_guest else {**name, "honorificPrefix": get("name.honorificprefix")}


def _profile(user: User, words: Words) -> dict[str, Any]:
    get = user.values.get
    address = get("addresses") or {}
    return {
        "addresses": [{key: address.get(key) for key in _ADDRESS}],
        "phoneNumbers": [
            {"value": get("phonenumbers.mobile"), "type": "mobile"},
            {"value": get("phonenumbers.primary"), "primary": True},
        ],
        "userType": get("usertype"),
        "roles": [{"value": get("roles"), "primary": True}],
        "preferredLanguage": get("preferredlanguage"),
        "locale": get("locale"),
        words.enterprise: {
            **{key: get(f"enterprise.{key.lower()}") for key in _ENTERPRISE},
            "manager": {"managerId": get("enterprise.manager.managerid")},
        },
        words.profile: {"startDate": get("profile.startdate")},
    }


def _guest(user: User) -> dict[str, Any]:
    until = user.values.get("guest.expiration")
    told = {"type": "multi" if user.kind == MULTI else "single"}
    return {**told, "expiration": until} if until else told


def _gravatar(user_id: str) -> str:
    return f"https://secure.gravatar.com/avatar/{user_id.lower()}.jpg?s=192"


def group_document(group: Group, members: Sequence[User], words: Words) -> dict[str, Any]:
    """All members are in it: there is no paging and no way to leave them out."""
    return {
        "schemas": [words.group],
        "id": group.id,
        "meta": _meta(group.created, words, f"Groups/{group.id}"),
        "displayName": group.name,
        "members": [{"value": user.id, "display": user.display} for user in members],
    }


def _meta(created: float, words: Words, below: str) -> dict[str, str]:
    return {"created": _moment(created), "location": f"{words.base}/{words.version}/{below}"}


def _moment(seconds: float) -> str:
    local: datetime = utc(seconds).astimezone(HEADQUARTERS)
    return local.isoformat(timespec="seconds")
