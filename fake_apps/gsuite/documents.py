"""Rows as the API shows them, and which fields each kind of reply has.

Source: https://admin.googleapis.com/$discovery/rest?version=directory_v1
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from ..core.clock import utc
from .entity import DELIVERIES, TEST_SUFFIX, Group, Listed, User, etag
from .members import CUSTOMER_TYPE, USER_TYPE
from .quirks import ALIASES_BECOME_PRIMARY, EMPTY_LISTS_HAVE_NO_KEY
from .schema import KEPT
from .state import Directory

Document = dict[str, Any]
NEVER = "1970-01-01T00:00:00.000Z"
KIND = "admin#directory#"

# --- which fields there are: for `fields=`. None stands for a field that may hold anything. --

Shape = Mapping[str, Any]
GROUP: Shape = dict.fromkeys(
    (
        "kind",
        "id",
        "etag",
        "email",
        "name",
        "directMembersCount",
        "description",
        "adminCreated",
        "aliases",
        "nonEditableAliases",
        "externalIds",
    )
)
MEMBER: Shape = dict.fromkeys(
    ("kind", "etag", "id", "email", "role", "type", "status", "delivery_settings")
)
USER: Shape = {
    **dict.fromkeys(
        (
            "kind",
            "id",
            "etag",
            "primaryEmail",
            "isAdmin",
            "isDelegatedAdmin",
            "lastLoginTime",
            "creationTime",
            "deletionTime",
            "agreedToTerms",
            "suspended",
            "suspensionReason",
            "archived",
            "changePasswordAtNextLogin",
            "ipWhitelisted",
            "aliases",
            "nonEditableAliases",
            "customerId",
            "orgUnitPath",
            "isMailboxSetup",
            "isEnrolledIn2Sv",
            "isEnforcedIn2Sv",
            "includeInGlobalAddressList",
            *KEPT,
        )
    ),
    "name": dict.fromkeys(("givenName", "familyName", "fullName", "displayName")),
}
ALIAS: Shape = dict.fromkeys(("kind", "id", "etag", "primaryEmail", "alias"))
HAS_MEMBER: Shape = {"isMember": None}


def list_shape(name: str, item: Shape) -> Shape:
    return {"kind": None, "etag": None, name: item, "nextPageToken": None}


# --- rows ------------------------------------------------------------------------------------


def group(directory: Directory, row: Group) -> Document:
    document = {
        "kind": f"{KIND}group",
        "id": row.id,
        "etag": group_etag(directory, row),
        "email": row.email,
        "name": row.name,
        "directMembersCount": str(directory.members.count(row.id)),
        "description": row.description,
        "adminCreated": True,
        "externalIds": [dict(each) for each in row.external_ids],
        "aliases": list(row.aliases),
        "nonEditableAliases": [f"{row.email}{TEST_SUFFIX}"],
    }
    return {name: value for name, value in document.items() if value != []}


def group_etag(directory: Directory, row: Group) -> str:
    return etag(directory.customer_id, row.id, row.version, directory.members.count(row.id))


def user(directory: Directory, row: User) -> Document:
    values = row.values
    name = values["name"]
    full = f"{name['givenName']} {name['familyName']}"
    document = {
        "kind": f"{KIND}user",
        "id": row.id,
        "etag": user_etag(directory, row),
        "primaryEmail": row.email,
        "name": {**name, "fullName": full},
        "isAdmin": row.is_admin,
        "isDelegatedAdmin": False,
        "lastLoginTime": NEVER,
        "creationTime": _stamp(utc(row.created)),
        "deletionTime": None if row.deleted_at is None else _stamp(utc(row.deleted_at)),
        "agreedToTerms": False,
        "suspended": row.is_suspended,
        "suspensionReason": "ADMIN" if row.is_suspended else None,
        **{key: value for key, value in values.items() if key not in ("name", "suspended")},
        "emails": _emails(row),
        "aliases": list(row.aliases) or None,
        "nonEditableAliases": [f"{row.email}{TEST_SUFFIX}"],
        "customerId": directory.customer_id,
        "isMailboxSetup": True,
        "isEnrolledIn2Sv": False,
        "isEnforcedIn2Sv": False,
    }
    return {name: value for name, value in document.items() if value is not None}


def _emails(row: User) -> list[Any]:
    """The addresses the service keeps itself, then whatever a client has put beside them."""
    own: list[Any] = [{"address": row.email, "primary": True}]
    own += [{"address": alias} for alias in row.aliases]
    own.append({"address": f"{row.email}{TEST_SUFFIX}"})
    kept = row.values.get("emails")
    extra = kept if isinstance(kept, list) else []
    taken = [each["address"] for each in own]
    return own + [e for e in extra if isinstance(e, dict) and e.get("address") not in taken]


def user_etag(directory: Directory, row: User) -> str:
    return etag(directory.customer_id, row.id, row.version)


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def member(directory: Directory, group_id: str, entry: Listed) -> Document:
    """As an item of a list: no delivery settings there."""
    kind = directory.members.type_of(entry.member_id)
    document: Document = {"kind": f"{KIND}member", "etag": "", "id": entry.member_id}
    email, status = _whose(directory, entry.member_id)
    if email:
        document["email"] = email
    if entry.is_direct:
        document["role"] = directory.members.details(group_id, entry.member_id).role
    document["type"] = kind
    if status or kind == CUSTOMER_TYPE:
        document["status"] = status or "ACTIVE"
    document["etag"] = etag(group_id, *document.values())
    return document


def _whose(directory: Directory, member_id: str) -> tuple[str, str]:
    """Address and status; an outsider has no status, the whole customer no address."""
    user_row = directory.users.get(member_id)
    if user_row is not None:
        archived = "ARCHIVED" if user_row.values["archived"] else "ACTIVE"
        return user_row.email, "SUSPENDED" if user_row.is_suspended else archived
    group_row = directory.groups.get(member_id)
    if group_row is not None:
        return group_row.email, "ACTIVE"
    outsider = directory.members.outsiders.get(member_id)
    return (outsider.email, "") if outsider else ("", "")


def single_member(
    directory: Directory, group_id: str, member_id: str, sent_as: str = ""
) -> Document:
    """As answered to insert, get and update."""
    document = member(directory, group_id, Listed(member_id, 0))
    details = directory.members.details(group_id, member_id)
    is_user = document["type"] == USER_TYPE
    if is_user and details.delivery in DELIVERIES:
        document["delivery_settings"] = details.delivery
    if "@" in sent_as and "email" in document and ALIASES_BECOME_PRIMARY not in directory.quirks:
        document["email"] = sent_as
    return document


def alias(row: User | Group, address: str) -> Document:
    return {
        "kind": f"{KIND}alias",
        "id": row.id,
        "primaryEmail": row.email,
        "alias": address,
        "etag": etag(row.id, row.email, address),
    }


def listing(
    directory: Directory, name: str, items: Iterable[Document], token: str | None = None
) -> Document:
    """A page of a list."""
    shown = list(items)
    document: Document = {
        "kind": f"{KIND}{name}",
        "etag": etag(name, *(item["etag"] for item in shown)),
        name: shown,
    }
    if not shown and EMPTY_LISTS_HAVE_NO_KEY in directory.quirks:
        del document[name]
    if token:
        document["nextPageToken"] = token
    return document
