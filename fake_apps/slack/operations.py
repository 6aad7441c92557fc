"""Version 2: what one operation of a PatchOp says about a user.

Source: https://docs.slack.dev/reference/scim-api#patch-users-id
"""

from collections.abc import Mapping
from typing import Any

from ..core import scim
from . import errors
from .changes import OTHER_SLOT, PRIMARY, Changes, cleared, short_path
from .profile import knows, read_body
from .several import read_emails


def read_path(text: str) -> scim.Path:
    return scim.parse_path(text) if "[" in text else scim.Path(short_path(text))


def read_operation(operation: scim.Operation, old: Mapping[str, Any]) -> Changes:
    """What one operation of a PatchOp says."""
    path, value = operation.path, operation.value
    if path is None:
        return read_body(value, old)
    if path.selects:
        return _on_selection(operation, path, old)
    if not knows(path.attribute):
        raise errors.invalid_request_payload()
    if operation.op == "remove":
        return cleared(path.attribute)
    if operation.op == "replace" and path.attribute == "emails":
        return _replaced_emails(value)
    return read_body(_fragment(path.attribute, value), old)


def _replaced_emails(value: Any) -> Changes:
    found = read_emails(value, {})
    if not found.values.get("emails.primary"):
        raise errors.missing_primary_email()
    return Changes({"emails.secondary": None}).then(found)


def _fragment(path: str, value: Any) -> dict[str, Any]:
    """`name.givenname` and a value as the partial user {"name": {"givenname": value}}."""
    name, _, below = path.partition(".")
    if below == "manager.managerid":
        return {name: {"manager": {"managerId": value}}}
    return {name: {below: value}} if below else {name: value}


def _on_selection(operation: scim.Operation, path: scim.Path, old: Mapping[str, Any]) -> Changes:
    """`emails[primary eq false]`, `phoneNumbers[value eq "x"].value`: values picked by a filter."""
    name = path.attribute.lower()
    if name not in OTHER_SLOT or path.sub.lower() not in ("", "value"):
        raise errors.invalid_request_payload()
    picked = [slot for slot, item in _slots(name, old).items() if path.picks(item)]
    value = None if operation.op == "remove" else _selected_value(operation.value)
    if value is None and "emails.primary" in picked:
        raise errors.missing_primary_email()
    return Changes(dict.fromkeys(picked, value))


def _selected_value(told: Any) -> str:
    item = told[0] if isinstance(told, list) and told else told
    value = item.get("value") if isinstance(item, dict) else item
    if not isinstance(value, str):
        raise errors.invalid_attribute_format()
    return value


def _slots(name: str, old: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What is there of an attribute of several values, as a filter sees it."""
    found = {}
    for slot in (PRIMARY, OTHER_SLOT[name]):
        value = old.get(f"{name}.{slot}")
        if value:
            found[f"{name}.{slot}"] = {"value": value, "primary": slot == PRIMARY}
    return found
