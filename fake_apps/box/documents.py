"""What replies show of a row: mini, standard and full forms, and `fields=`.

Sources: https://github.com/box/box-openapi openapi.json (2024.0), and the recorded bodies of
https://github.com/box/box-java-sdk (branch combined-sdk) src/test/Fixtures/{BoxGroup,BoxUser}.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta, timezone
from functools import lru_cache
from typing import Any

from ..core.app import Context
from ..core.clock import utc
from . import quirks
from .entity import Alias, Collaboration, Folder, Group, Invite, Membership, User

Fields = tuple[str, ...] | None
"""The names in `fields=`, or None where the caller named none."""

GROUP_MINI = ("type", "id", "name", "group_type")
GROUP_STANDARD = (*GROUP_MINI, "created_at", "modified_at")
USER_MINI = ("type", "id", "name", "login")
USER_STANDARD = (
    *USER_MINI,
    "created_at",
    "modified_at",
    "language",
    "timezone",
    "space_amount",
    "space_used",
    "max_upload_size",
    "status",
    "job_title",
    "phone",
    "address",
    "avatar_url",
    "notification_email",
)
MEMBERSHIP_MINI = ("type", "id")
MEMBERSHIP_LISTED = (*MEMBERSHIP_MINI, "user", "group", "role")
MEMBERSHIP_STANDARD = (
    *MEMBERSHIP_LISTED,
    "configurable_permissions",
    "created_at",
    "modified_at",
)
INVITE_MINI = ("type", "id")
FOLDER_MINI = ("type", "id", "sequence_id", "etag", "name")
CONTENT_SIZE = 1_048_576  # of the files of whoever owns any
LARGEST_UPLOAD = 16_106_127_360


@lru_cache(maxsize=4096)
def timestamp(seconds: float, offset_hours: float) -> str:
    """RFC 3339 without fractions, in the enterprise's own offset."""
    zone = timezone(timedelta(hours=offset_hours))
    return utc(seconds).astimezone(zone).replace(microsecond=0).isoformat()


class Documents:
    """Turns rows into JSON objects."""

    def __init__(self, context: Context, enterprise_id: str) -> None:
        self._settings = context.settings
        self._quirks = context.quirks
        self._enterprise_id = enterprise_id

    # --- groups ------------------------------------------------------------------------------

    def group(
        self, row: Group, fields: Fields = None, *, may_invite: bool = True
    ) -> dict[str, Any]:
        """`may_invite`: whether the caller may give the group access to folders."""
        full = {
            "type": "group",
            "id": row.id,
            "name": row.name,
            "group_type": row.type,
            **self._times(row),
            **row.values,
            "permissions": {"can_invite_as_collaborator": may_invite},
        }
        if fields is None and quirks.SYNC_FIELDS_ARE_HIDDEN not in self._quirks:
            return full
        return self._chosen(full, GROUP_MINI, GROUP_STANDARD, fields)

    def group_mini(self, row: Group) -> dict[str, Any]:
        return {"type": "group", "id": row.id, "name": row.name, "group_type": row.type}

    # --- users -------------------------------------------------------------------------------

    def user(self, row: User, fields: Fields = None) -> dict[str, Any]:
        """Of an external user little is told: what the caller may not see is null."""
        chosen = self._chosen(self._full_user(row), USER_MINI, USER_STANDARD, fields)
        if not row.is_external:
            return chosen
        return {name: value if name in USER_MINI else None for name, value in chosen.items()}

    def _full_user(self, row: User) -> dict[str, Any]:
        values = row.values
        return {
            "type": "user",
            "id": row.id,
            "name": row.name,
            "login": row.login,
            **self._times(row),
            "space_used": CONTENT_SIZE if row.owns_content else 0,
            "max_upload_size": LARGEST_UPLOAD,
            "avatar_url": f"https://app.box.com/api/avatar/large/{row.id}",
            **values,
            "tracking_codes": list(values["tracking_codes"]),
            "notification_email": self._notification(values["notification_email"]),
            "enterprise": self._enterprise(),
            "hostname": "https://app.box.com/",
            "my_tags": [],
        }

    def user_mini(self, row: User) -> dict[str, Any]:
        return {"type": "user", "id": row.id, "name": row.name, "login": row.login}

    def _notification(self, value: Mapping[str, Any] | None) -> Any:
        if value is None:
            return [] if quirks.EMPTY_MAIL_IS_A_LIST in self._quirks else None
        return {"email": value["email"], "is_confirmed": False}

    def _enterprise(self) -> dict[str, str]:
        return {"type": "enterprise", "id": self._enterprise_id, "name": "Example"}

    def alias(self, row: Alias) -> dict[str, Any]:
        return {
            "type": "email_alias",
            "id": row.id,
            "is_confirmed": row.is_confirmed,
            "email": row.email,
        }

    def invite(
        self, row: Invite, person: User, inviter: User, fields: Fields = None
    ) -> dict[str, Any]:
        full = {
            "type": "invite",
            "id": row.id,
            "invited_to": self._enterprise(),
            "actionable_by": self.user_mini(person),
            "invited_by": self.user_mini(inviter),
            "status": row.status,
            **self._times(row),
        }
        return self._chosen(full, INVITE_MINI, tuple(full), fields)

    # --- memberships -------------------------------------------------------------------------

    def membership(
        self, row: Membership, user: User, group: Group, fields: Fields = None
    ) -> dict[str, Any]:
        full = {
            **self.membership_listed(row, user, group),
            "configurable_permissions": row.permissions,
            **self._times(row),
        }
        if fields is None:
            return full
        return self._chosen(full, MEMBERSHIP_MINI, MEMBERSHIP_STANDARD, fields)

    def membership_listed(self, row: Membership, user: User, group: Group) -> dict[str, Any]:
        return {
            "type": "group_membership",
            "id": row.id,
            "user": self.user_mini(user),
            "group": self.group_mini(group),
            "role": row.role,
        }

    # --- folders -----------------------------------------------------------------------------

    def collaboration(self, row: Collaboration, group: Group) -> dict[str, Any]:
        """One that nobody made by hand has no `created_by`."""
        told = timestamp(row.born, self._settings["utc_offset_hours"])
        return {
            "type": "collaboration",
            "id": row.id,
            "created_by": None,
            "created_at": told,
            "modified_at": told,
            "expires_at": None,
            "status": "accepted",
            "accessible_by": self.group_mini(group),
            "role": row.role,
            "acknowledged_at": told,
            "item": self._folder_mini(row.folder_id, row.folder_name),
        }

    def folder(self, row: Folder, owner: User, fields: Fields = None) -> dict[str, Any]:
        told = timestamp(row.born, self._settings["utc_offset_hours"])
        root = {"type": "folder", "id": "0", "sequence_id": None, "etag": None, "name": "All Files"}
        full = {
            **self._folder_mini(row.id, row.name),
            "created_at": told,
            "modified_at": told,
            "description": "",
            "size": CONTENT_SIZE,
            "path_collection": {"total_count": 1, "entries": [root]},
            "created_by": self.user_mini(owner),
            "modified_by": self.user_mini(owner),
            "trashed_at": None,
            "purged_at": None,
            "content_created_at": told,
            "content_modified_at": told,
            "owned_by": self.user_mini(owner),
            "shared_link": None,
            "folder_upload_email": None,
            "parent": root,
            "item_status": "active",
        }
        return self._chosen(full, FOLDER_MINI, tuple(full), fields)

    def _folder_mini(self, folder_id: str, name: str) -> dict[str, Any]:
        ids = {"type": "folder", "id": folder_id, "sequence_id": "0", "etag": "0"}
        return {**ids, "name": name}

    # --- common ------------------------------------------------------------------------------

    def _times(self, row: User | Group | Membership | Invite) -> dict[str, str]:
        hours = self._settings["utc_offset_hours"]
        return {
            "created_at": timestamp(row.born, hours),
            "modified_at": timestamp(row.changed, hours),
        }

    def _chosen(
        self,
        full: Mapping[str, Any],
        mini: Iterable[str],
        standard: Iterable[str],
        fields: Fields,
    ) -> dict[str, Any]:
        """The fields named beside the mini form; a name nobody knows is ignored."""
        if fields is None:
            return {name: full[name] for name in standard}
        first = mini if quirks.FIELDS_REPLACE_DEFAULTS in self._quirks else standard
        return {name: full[name] for name in dict.fromkeys((*first, *fields)) if name in full}
