"""Rows as the API shows them.

Source: https://admin.googleapis.com/$discovery/rest?version=directory_v1
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..core.clock import utc
from .entity import DELIVERIES, MEMBER, TEST_SUFFIX, Group, Listed, OrgUnit, User, etag
from .members import CUSTOMER_TYPE, GROUP_TYPE
from .quirks import ALIASES_BECOME_PRIMARY, DERIVED_HAVE_NO_ROLE, EMPTY_LISTS_HAVE_NO_KEY
from .shapes import PUBLIC
from .state import Directory

Document = dict[str, Any]
NEVER = "1970-01-01T00:00:00.000Z"
KIND = "admin#directory#"
# Fields that clients write, in the order in which a user shows them
_SWITCHES = ("archived", "changePasswordAtNextLogin", "ipWhitelisted")
_LAST = ("includeInGlobalAddressList", "recoveryEmail", "recoveryPhone")
_OF_ITS_OWN = (*_SWITCHES, *_LAST, "name", "suspended", "emails", "orgUnitPath", "customSchemas")
# What insert answers of a user beside what was sent, and what update leaves out
_OF_NEW_USERS = (
    "kind",
    "id",
    "etag",
    "primaryEmail",
    "name",
    "isAdmin",
    "isDelegatedAdmin",
    "creationTime",
    "customerId",
    "orgUnitPath",
    "isMailboxSetup",
)
_ONLY_READ = ("isEnrolledIn2Sv", "isEnforcedIn2Sv")
_LATER_OF_GROUPS = ("directMembersCount", "nonEditableAliases")


@dataclass(frozen=True)
class View:
    """What of a user is shown: all custom schemas (None) or those named; perhaps to anybody."""

    schemas: tuple[str, ...] | None = None
    is_public: bool = False


ALL = View()

# --- rows ------------------------------------------------------------------------------------


def group(directory: Directory, row: Group) -> Document:
    document = {
        "kind": f"{KIND}group",
        "id": row.id,
        "etag": group_etag(directory, row),
        "email": row.email,
        "name": row.name,
        "directMembersCount": str(directory.members.shown_count(row.id)),
        "description": row.description,
        "adminCreated": True,
        "externalIds": [dict(each) for each in row.external_ids],
        "aliases": list(row.aliases),
        "nonEditableAliases": [f"{row.email}{TEST_SUFFIX}"],
    }
    return {name: value for name, value in document.items() if value != []}


def new_group(directory: Directory, row: Group) -> Document:
    """As answered to insert: neither a count nor the addresses that Google adds."""
    # https://github.com/demisto/content Packs/GSuiteAdmin test_data/group_create_test_data.json
    document = group(directory, row)
    return {name: document[name] for name in document if name not in _LATER_OF_GROUPS}


def group_etag(directory: Directory, row: Group) -> str:
    return etag(directory.customer_id, row.id, row.version, directory.members.shown_count(row.id))


def user(directory: Directory, row: User, view: View = ALL) -> Document:
    values = row.values
    document = {
        "kind": f"{KIND}user",
        "id": row.id,
        "etag": user_etag(directory, row),
        "primaryEmail": row.email,
        "name": _name(values["name"]),
        "isAdmin": row.is_admin,
        "isDelegatedAdmin": False,
        "lastLoginTime": NEVER,
        "creationTime": _stamp(row.created),
        "deletionTime": None if row.deleted_at is None else _stamp(row.deleted_at),
        "agreedToTerms": False,
        "suspended": row.is_suspended,
        "suspensionReason": "ADMIN" if row.is_suspended else None,
        **{key: values[key] for key in _SWITCHES},
        "emails": _emails(row),
        **{key: value for key, value in values.items() if key not in _OF_ITS_OWN},
        "aliases": list(row.aliases) or None,
        "nonEditableAliases": [f"{row.email}{TEST_SUFFIX}"],
        "customerId": directory.customer_id,
        "orgUnitPath": values["orgUnitPath"],
        "isMailboxSetup": True,
        "isEnrolledIn2Sv": False,
        "isEnforcedIn2Sv": False,
        **{key: values.get(key) for key in _LAST},
        "customSchemas": _schemas(values.get("customSchemas"), view),
    }
    shown = {name: value for name, value in document.items() if value is not None}
    return {name: shown[name] for name in shown if name in PUBLIC} if view.is_public else shown


def new_user(directory: Directory, row: User, sent: Iterable[str]) -> Document:
    """As answered to insert: what was sent, and little more; the mailbox comes later."""
    # https://github.com/demisto/content Packs/GSuiteAdmin test_data/user_create_response.json
    document = {**user(directory, row), "name": dict(row.values["name"]), "isMailboxSetup": False}
    kept = {*_OF_NEW_USERS, *(name for name in sent if name in row.values)}
    return {name: document[name] for name in document if name in kept}


def changed_user(directory: Directory, row: User) -> Document:
    """As answered to update and patch."""
    # https://github.com/demisto/content Packs/GSuiteAdmin test_data/user_update_response.json
    document = user(directory, row)
    return {name: document[name] for name in document if name not in _ONLY_READ}


def _name(name: Any) -> Document:
    return {**name, "fullName": f"{name['givenName']} {name['familyName']}"}


def _schemas(kept: Any, view: View) -> Any:
    """The custom schemas that are asked for; None for none."""
    if view.schemas is None or not isinstance(kept, dict):
        return kept
    return {name: kept[name] for name in kept if name in view.schemas} or None


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


def _stamp(at: float) -> str:
    moment: datetime = utc(at)
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
    elif DERIVED_HAVE_NO_ROLE not in directory.quirks:
        document["role"] = MEMBER
    document["type"] = kind
    if status or kind == CUSTOMER_TYPE:
        document["status"] = status or "ACTIVE"
    document["etag"] = _member_etag(directory, group_id, document)
    return document


def _member_etag(directory: Directory, group_id: str, document: Document) -> str:
    """Of all that is shown of the membership, in a list or alone."""
    parts = [value for name, value in document.items() if name != "etag"]
    delivery = directory.members.details(group_id, document["id"]).delivery
    return etag(group_id, *parts, *([] if delivery == DELIVERIES[0] else [delivery]))


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
    takes_mail = document["type"] not in (GROUP_TYPE, CUSTOMER_TYPE)
    if takes_mail and details.delivery in DELIVERIES:
        document["delivery_settings"] = details.delivery
    if "@" in sent_as and "email" in document and ALIASES_BECOME_PRIMARY not in directory.quirks:
        document["email"] = sent_as
    return document


def org_unit(directory: Directory, row: OrgUnit) -> Document:
    units = directory.org_units
    parent = units.parent(row)
    document = {
        "kind": f"{KIND}orgUnit",
        "etag": "",
        "name": row.name,
        "description": row.description,
        "orgUnitPath": units.path(row),
        "orgUnitId": row.id,
    }
    if parent is not None:
        document["parentOrgUnitPath"] = units.path(parent)
        document["parentOrgUnitId"] = parent.id
    document["etag"] = etag(directory.customer_id, row.version, *document.values())
    return document


def new_alias(row: User | Group, address: str) -> Document:
    """As answered to insert, which does not tell whose it is."""
    # https://github.com/demisto/content Packs/GSuiteAdmin test_data/user_alias_add.json
    document = alias(row, address)
    return {name: document[name] for name in ("kind", "id", "etag", "alias")}


def alias(row: User | Group, address: str) -> Document:
    return {
        "kind": f"{KIND}alias",
        "id": row.id,
        "primaryEmail": row.email,
        "alias": address,
        "etag": etag(row.id, row.email, address),
    }


def listing(
    directory: Directory,
    name: str,
    items: Iterable[Document],
    token: str | None = None,
    *,
    kind: str = "",
) -> Document:
    """A page of a list; `kind` where it is not called like its array."""
    shown = list(items)
    document: Document = {
        "kind": f"{KIND}{kind or name}",
        "etag": etag(name, *(item["etag"] for item in shown)),
        name: shown,
    }
    if not shown and EMPTY_LISTS_HAVE_NO_KEY in directory.quirks:
        del document[name]
    if token:
        document["nextPageToken"] = token
    return document
