"""Which fields each kind of reply has, for `fields=`.

Source: https://admin.googleapis.com/$discovery/rest?version=directory_v1
"""

from collections.abc import Mapping
from typing import Any

from .schema import KEPT

Shape = Mapping[str, Any]
PLAIN = None  # a value of which no part can be named
FREE = "free"  # whatever it holds may be named

GROUP: Shape = {
    **dict.fromkeys(
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
        )
    ),
    "externalIds": dict.fromkeys(("namespace", "id")),
}
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
            "suspensionTime",
            "archived",
            "archivalTime",
            "changePasswordAtNextLogin",
            "ipWhitelisted",
            "aliases",
            "nonEditableAliases",
            "customerId",
            "orgUnitPath",
            "isMailboxSetup",
            "isEnrolledIn2Sv",
            "isEnforcedIn2Sv",
            "isGuestUser",
            "includeInGlobalAddressList",
            "thumbnailPhotoEtag",
            "thumbnailPhotoUrl",
            "hashFunction",
            "password",
        )
    ),
    **dict.fromkeys(KEPT, FREE),
    "guestAccountInfo": FREE,
    "name": dict.fromkeys(("givenName", "familyName", "fullName", "displayName")),
}
ALIAS: Shape = dict.fromkeys(("kind", "id", "etag", "primaryEmail", "alias"))
HAS_MEMBER: Shape = {"isMember": PLAIN}
ORG_UNIT: Shape = dict.fromkeys(
    (
        "kind",
        "etag",
        "name",
        "description",
        "blockInheritance",
        "orgUnitPath",
        "orgUnitId",
        "parentOrgUnitPath",
        "parentOrgUnitId",
    )
)
# What users who are no administrators see of each other:
# https://developers.google.com/workspace/admin/directory/v1/guides/manage-users#retrieve_users_non_admin
PUBLIC = frozenset(
    {
        "kind",
        "id",
        "etag",
        "primaryEmail",
        "name",
        "emails",
        "externalIds",
        "relations",
        "addresses",
        "organizations",
        "phones",
        "locations",
        "ims",
        "websites",
        "customSchemas",
        "thumbnailPhotoUrl",
        "thumbnailPhotoEtag",
    }
)


def page_of(name: str, item: Shape) -> Shape:
    """A list of such items."""
    return {"kind": PLAIN, "etag": PLAIN, name: item, "nextPageToken": PLAIN}
