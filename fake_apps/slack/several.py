"""Attributes of several values: of each Slack keeps one or two, and which is a rule of its own.

Source: https://docs.slack.dev/reference/scim-api#user-attributes
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from . import errors
from .changes import ADDRESS, OTHER_SLOT, PRIMARY, Changes, Values

Reader = Callable[[Any, Mapping[str, Any]], Changes]


def _entries(name: str, told: Any) -> list[dict[str, Any]]:
    """Objects with a `value`; one alone counts as a list, and so does nothing at all."""
    items = told if isinstance(told, list) else [] if told is None else [told]
    for item in items:
        value = item.get("value") if isinstance(item, dict) else item
        if not isinstance(item, dict) or not isinstance(value, str | None):
            raise errors.attribute_invalid(name)
    return items


def _is_primary(item: Mapping[str, Any]) -> bool:
    return str(item.get("primary", "")).lower() == "true"


def read_emails(told: Any, old: Mapping[str, Any]) -> Changes:
    """At most two are kept. The primary is the flagged one, else the first of type work, else."""
    items = _entries("emails", told)
    kept = [item for item in items if not _is_deletion(item)]
    primary = _primary_email(kept, has_one=bool(old.get("emails.primary")))
    others = [item for item in kept if item is not primary]
    values: Values = _deleted_slots("emails", items, old)
    if primary:
        values["emails.primary"] = primary.get("value")
    if others:
        values["emails.secondary"] = others[0].get("value")
    if not values.get("emails.primary", True):
        raise errors.missing_primary_email()
    return Changes(values)


def _primary_email(items: list[dict[str, Any]], *, has_one: bool) -> dict[str, Any] | None:
    flagged = [item for item in items if _is_primary(item)]
    work = [item for item in items if item.get("type") == "work" and "primary" not in item]
    plain = [item for item in items if "type" not in item and "primary" not in item]
    return next(iter(flagged or work or plain or ([] if has_one else items)), None)


def _read_phones(told: Any, old: Mapping[str, Any]) -> Changes:
    """In a request `type: work` means the mobile phone, `type: mobile` the primary one."""
    items = _entries("phoneNumbers", told)
    kept = [item for item in items if not _is_deletion(item)]
    mobile = [item for item in kept if item.get("type") == "work"]
    if not mobile and len(kept) > 1:
        mobile = [item for item in kept if not _is_primary(item)][:1]
    primary = [item for item in kept if item not in mobile]
    values: Values = _deleted_slots("phonenumbers", items, old)
    if mobile:
        values["phonenumbers.mobile"] = mobile[0].get("value")
    if primary:
        values["phonenumbers.primary"] = primary[0].get("value")
    return Changes(values)


def _is_deletion(item: Mapping[str, Any]) -> bool:
    return item.get("operation") == "delete"


def _deleted_slots(name: str, items: Iterable[Mapping[str, Any]], old: Mapping[str, Any]) -> Values:
    gone = [item.get("value") for item in items if _is_deletion(item)]
    slots = (f"{name}.{PRIMARY}", f"{name}.{OTHER_SLOT[name]}")
    return {slot: None for slot in slots if old.get(slot) and old[slot] in gone}


def _chosen(name: str, told: Any) -> Any:
    """The one value Slack keeps of photos, addresses and roles: the flagged one, or the first."""
    items = told if isinstance(told, list) else [] if told is None else [told]
    for item in items:
        if not isinstance(item, dict | str):
            raise errors.attribute_invalid(name)
    flagged = [item for item in items if isinstance(item, dict) and _is_primary(item)]
    return next(iter(flagged or items), None)


def _single(name: str) -> Reader:
    def read(told: Any, _old: Mapping[str, Any]) -> Changes:
        item = _chosen(name, told)
        if isinstance(item, dict):
            item = None if _is_deletion(item) else item.get("value")
        if not isinstance(item, str | None):
            raise errors.attribute_invalid(name)
        return Changes({name.lower(): item})

    return read


def _read_addresses(told: Any, old: Mapping[str, Any]) -> Changes:
    item = _chosen("addresses", told)
    if item is None:
        return Changes({"addresses": None})
    if not isinstance(item, dict):
        raise errors.attribute_invalid("addresses")
    address = {key: item.get(key) for key in ADDRESS}
    if not all(isinstance(part, str | None) for part in address.values()):
        raise errors.attribute_invalid("addresses")
    if not _is_deletion(item):
        return Changes({"addresses": address})
    return Changes({"addresses": None} if address == old.get("addresses") else {})


READERS: Mapping[str, Reader] = {
    "emails": read_emails,
    "phonenumbers": _read_phones,
    "photos": _single("photos"),
    "roles": _single("roles"),
    "addresses": _read_addresses,
}
