"""Reading what clients send about a user: whole bodies, and the partial ones of version 1.

Source: https://docs.slack.dev/reference/scim-api#user-attributes
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from . import errors, names, several
from .changes import PARTS, TEXTS, Changes, Values, cleared, short_path
from .entity import MULTI


def read_body(body: Mapping[str, Any], old: Mapping[str, Any]) -> Changes:
    """A whole or partial user; `old` are the values it is laid over."""
    found = Changes()
    told = {short_path(str(name)): value for name, value in body.items()}
    _check_nickname(told)
    for name, value in told.items():
        found = found.then(_read_attribute(name, value, {**old, **found.values}))
    found = _without_alias(told, found)
    removed = _removed_attributes(told.get("meta"))
    for path in removed:
        found = found.then(cleared(path))
    return found


def _check_nickname(told: Mapping[str, Any]) -> None:
    """One that is too long has a code of its own, where the user name beside it is not as well."""
    if _is_long(told.get("nickname")) and not _is_long(told.get("username")):
        raise errors.long_nickname(told["nickname"])


def _is_long(told: Any) -> bool:
    return isinstance(told, str) and names.is_long(names.rewritten(told))


def _without_alias(told: Mapping[str, Any], found: Changes) -> Changes:
    """`nickName` and `userName` are one; where both are sent, the nickname is what stays."""
    if "nickname" not in told or "username" not in told or not told["nickname"]:
        return found
    return replace(found, values={**found.values, "username": _text(told["nickname"])})


def _removed_attributes(meta: Any) -> Iterable[str]:
    """Version 1 names what to clear in `meta.attributes`."""
    names = meta.get("attributes") if isinstance(meta, dict) else None
    if names is None:
        return ()
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise errors.invalid_attribute_format()
    return [short_path(name) for name in names]


def _read_attribute(name: str, value: Any, old: Mapping[str, Any]) -> Changes:
    """One attribute; one that Slack does not have is ignored, as SDKs send many."""
    if name in TEXTS or name == "nickname":
        return Changes({"username" if name == "nickname" else name: _text(value)})
    if name in PARTS:
        return _read_parts(name, value)
    if name in _READERS:
        return _READERS[name](value, old)
    return Changes()


def knows(path: str) -> bool:
    """Whether an attribute under a path in lower case is one that Slack has."""
    name = path.partition(".")[0]
    return name in (*TEXTS, "nickname", "address", *PARTS, *_READERS)


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise errors.invalid_attribute_format()
    return value if value.strip() else ""


def _flag(value: Any) -> bool:
    """Clients send "true" as well as true."""
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise errors.invalid_attribute_format()
    return value


def _read_parts(name: str, value: Any) -> Changes:
    if value is None:
        return cleared(name)
    if not isinstance(value, dict):
        raise errors.invalid_attribute_format()
    told = {str(key).lower(): part for key, part in value.items()}
    if name == "name" and all(map(_is_blank, (told.get("givenname"), told.get("familyname")))):
        raise errors.invalid_name_required()
    if name == "profile" and not _is_moment(told.get("startdate")):
        raise errors.invalid_attribute_format()
    values: Values = {f"{name}.{key}": _text(told[key]) for key in PARTS[name] if key in told}
    if name == "enterprise" and "manager" in told:
        values["enterprise.manager.managerid"] = _manager(told["manager"])
    return Changes(values)


def _is_blank(told: Any) -> bool:
    return isinstance(told, str) and told.isspace()


def _is_moment(told: Any) -> bool:
    """A date as ISO 8601 writes it, or nothing, which clears it."""
    if told is None or told == "" or _is_blank(told):
        return True
    try:
        return isinstance(told, str) and bool(datetime.fromisoformat(told))
    except ValueError:
        return False


def _manager(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, dict) or "managerId" not in value:
        raise errors.improper_enterprise_schema_format()
    return _text(value["managerId"])


def _read_guest(value: Any, _old: Mapping[str, Any]) -> Changes:
    if value is None:
        return cleared("guest")
    if not isinstance(value, dict) or value.get("type", "multi") != "multi":
        raise errors.invalid_attribute_format()
    until = value.get("expiration")
    if not _is_moment(until):
        raise errors.invalid_attribute_format()
    return Changes({"guest.expiration": until or None}, kind=MULTI)


def _read_active(value: Any, _old: Mapping[str, Any]) -> Changes:
    return Changes(active=None if value is None else _flag(value))


def _read_password(_value: Any, _old: Mapping[str, Any]) -> Changes:
    return Changes(sets_password=True)


def _read_groups(value: Any, _old: Mapping[str, Any]) -> Changes:
    """Read-only here; only its type is looked at."""
    if not isinstance(value, list | None):
        raise errors.attribute_invalid("groups")
    return Changes()


_READERS: Mapping[str, several.Reader] = {
    "active": _read_active,
    "password": _read_password,
    "groups": _read_groups,
    "guest": _read_guest,
    **several.READERS,
}
