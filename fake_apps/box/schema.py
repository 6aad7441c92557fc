"""What may be written to users, groups and memberships, and with which values.

Source: the request bodies in https://github.com/box/box-openapi openapi.json (2024.0).
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from ..core.error import ApiError
from ..core.shape import can_be_sent
from . import errors

Check = Callable[[Any], bool]
LOGIN = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]{1,190}")
LEVELS = ("admins_only", "admins_and_members", "all_managed_users")
MEMBER_ROLES = ("member", "admin")
PERMISSIONS = ("can_run_reports", "can_instant_login", "can_create_accounts", "can_edit_accounts")
COLLABORATION_ROLES = (
    "editor",
    "viewer",
    "previewer",
    "uploader",
    "previewer uploader",
    "viewer uploader",
    "co-owner",
    "owner",
)
STATUSES = ("active", "inactive", "cannot_delete_edit", "cannot_delete_edit_upload")
LARGEST = 2**53


def _text(longest: int, shortest: int = 0) -> Check:
    def check(value: Any) -> bool:
        return is_text(value) and shortest <= len(value) <= longest

    return check


def is_text(value: Any) -> bool:
    """Text that can be stored and sent: no NUL, no half of a surrogate pair."""
    return isinstance(value, str) and can_be_sent(value)


def _one_of(*known: str) -> Check:
    return lambda value: isinstance(value, str) and value in known


def _or_null(check: Check) -> Check:
    return lambda value: value is None or check(value)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def is_login(value: Any) -> bool:
    return is_text(value) and bool(LOGIN.fullmatch(value))


def _is_space(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and -1 <= value <= LARGEST and value == int(value)


def _is_tracking(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(code, dict) and all(is_text(part) for part in code.values()) for code in value
    )


def _is_notification(value: Any) -> bool:
    return value is None or (isinstance(value, dict) and is_login(value.get("email")))


def _is_permissions(value: Any) -> bool:
    return value is None or (
        isinstance(value, dict)
        and all(name in PERMISSIONS and _is_flag(on) for name, on in value.items())
    )


_BLANK = re.compile(r"\s*")


def _is_group_name(value: Any) -> bool:
    return is_text(value) and len(value) <= 255 and not _BLANK.fullmatch(value)


GROUP: Mapping[str, Check] = {
    "name": _is_group_name,
    "provenance": _or_null(_text(255)),
    "external_sync_identifier": _or_null(is_text),
    "description": _or_null(_text(255)),
    "invitability_level": _one_of(*LEVELS),
    "member_viewability_level": _one_of(*LEVELS),
}
MEMBERSHIP: Mapping[str, Check] = {
    "role": _one_of(*MEMBER_ROLES),
    "configurable_permissions": _is_permissions,
}
USER: Mapping[str, Check] = {
    "name": _text(50, 1),
    "login": is_login,
    # "admin" is refused: https://help.okta.com/oie/en-us/Content/Topics/Provisioning/Box/box-add-groups-push.htm
    "role": _one_of("coadmin", "user"),
    "status": _one_of(*STATUSES),
    "language": _text(20, 1),
    "timezone": _text(60, 1),
    "job_title": _text(100),
    "phone": _text(100),
    "address": _text(255),
    "space_amount": _is_space,
    "tracking_codes": _is_tracking,
    "can_see_managed_users": _is_flag,
    "is_sync_enabled": _is_flag,
    "is_external_collab_restricted": _is_flag,
    "is_exempt_from_device_limits": _is_flag,
    "is_exempt_from_login_verification": _is_flag,
    "is_platform_access_only": _is_flag,
    "external_app_user_id": _or_null(is_text),
    "notification_email": _is_notification,
    "notify": _is_flag,
    "is_password_reset_required": _is_flag,
}
ONLY_ASKED = ("notify", "is_password_reset_required")  # what no reply tells of a user
ALIAS: Mapping[str, Check] = {"email": is_login, "is_confirmed": _is_flag}
GROUP_DEFAULTS: Mapping[str, Any] = {
    "provenance": None,
    "external_sync_identifier": None,
    "description": "",
    "invitability_level": "admins_and_members",
    "member_viewability_level": "admins_and_members",
}
USER_DEFAULTS: Mapping[str, Any] = {
    "role": "user",
    "status": "active",
    "language": "en",
    "timezone": "America/Los_Angeles",
    "job_title": "",
    "phone": "",
    "address": "",
    "space_amount": 10_737_418_240,
    "tracking_codes": (),
    "can_see_managed_users": True,
    "is_sync_enabled": True,
    "is_external_collab_restricted": False,
    "is_exempt_from_device_limits": False,
    "is_exempt_from_login_verification": False,
    "is_platform_access_only": False,
    "external_app_user_id": None,
    "notification_email": None,
}


def checked(
    schema: Mapping[str, Check],
    body: Mapping[str, Any],
    *,
    refuse: Callable[[str, Any], ApiError] = errors.invalid,
) -> dict[str, Any]:
    """The known fields of a body, each of the right kind; unknown ones are ignored."""
    values = {name: body[name] for name in schema if name in body}
    for name, value in values.items():
        if not schema[name](value):
            raise refuse(name, value)
    return values


def require(body: Mapping[str, Any], *names: str) -> None:
    """Refuse a body that lacks any of these, naming all that it lacks."""
    lacking = [name for name in names if body.get(name) is None or body[name] == ""]
    if lacking:
        raise errors.missing(*lacking)


def reference(body: Mapping[str, Any], name: str) -> str:
    """The id in `{"user": {"id": "12"}}`; clients send it as text or as a number."""
    return inner_text(body, name, "id")


def inner_text(body: Mapping[str, Any], name: str, part: str) -> str:
    """The text at `{name: {part: text}}`; a whole number is taken for one."""
    require(body, name)
    inner = body[name]
    if not isinstance(inner, dict):
        raise errors.invalid(name, inner)
    found = inner.get(part)
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    if found is None or found == "":
        raise errors.missing(f"{name}.{part}")
    if not isinstance(found, str):
        raise errors.invalid(f"{name}.{part}", found)
    return found
