"""What SCIM requests say: users, groups, and operations on them.

Source: https://developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20, for what Okta sends.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..core import scim
from . import errors
from .entity import LONGEST_NAME

Values = dict[str, Any]
Operations = list[scim.Operation]

_TEXTS = ("externalId", "displayName")
_USER = {
    name.lower(): name
    for name in ("userName", *_TEXTS, "name", "emails", "active", "id", "schemas", "meta", "groups")
}
_NAMES = {name.lower(): name for name in ("givenName", "familyName", "formatted")}
_IGNORED = ("id", "schemas", "meta", "groups")


@dataclass(frozen=True)
class SentGroup:
    """A group as a create or a PUT describes it."""

    name: str
    external_id: str | None
    members: tuple[str, ...]


def read_user(body: Mapping[str, Any]) -> Values:
    """Its attributes under their own names; what is not kept is left out."""
    _check_schemas(body, scim.USER)
    told = {_USER[key.lower()]: value for key, value in body.items() if key.lower() in _USER}
    return checked(told)


def checked(told: Mapping[str, Any]) -> Values:
    """Attributes of a user with their types looked at; what is null is left out."""
    found: Values = {"userName": required(told.get("userName"), "userName")}
    for name in _TEXTS:
        if told.get(name) is not None:
            found[name] = text(told[name], name)
    if told.get("name") is not None:
        found["name"] = _names(told["name"])
    if told.get("emails") is not None:
        found["emails"] = [_email(each) for each in _listed(told["emails"], "emails")]
    found["active"] = flag(told.get("active", True))
    return found


def _names(told: Any) -> Values:
    if not isinstance(told, dict):
        raise errors.invalid_value("name is no object")
    known = {_NAMES[key.lower()]: value for key, value in told.items() if key.lower() in _NAMES}
    return {key: text(value, f"name.{key}") for key, value in known.items() if value is not None}


def _email(told: Any) -> Values:
    if not isinstance(told, dict):
        raise errors.invalid_value("An e-mail is no object")
    found: Values = {"value": required(told.get("value"), "emails.value")}
    if told.get("type") is not None:
        found["type"] = text(told["type"], "emails.type")
    if told.get("primary") is not None:
        found["primary"] = flag(told["primary"])
    return found


def read_group(body: Mapping[str, Any]) -> SentGroup:
    _check_schemas(body, scim.GROUP)
    told = {key.lower(): value for key, value in body.items()}
    name = required(told.get("displayname"), "displayName")
    key = told.get("externalid")
    return SentGroup(
        name, None if key is None else text(key, "externalId"), members_of(told.get("members"))
    )


def members_of(told: Any) -> tuple[str, ...]:
    """Ids in a value of `members`, each once; one alone counts as a list of one."""
    listed = [] if told is None else told if isinstance(told, list) else [told]
    ids = [each.get("value") if isinstance(each, dict) else None for each in listed]
    if not all(isinstance(each, str) and each for each in ids):
        raise errors.invalid_value("A member has no value")
    return tuple(dict.fromkeys(str(each) for each in ids))


def read_operations(body: Mapping[str, Any]) -> Operations:
    """All operations, those without a path as one for each attribute that they name."""
    told = {key.lower(): value for key, value in body.items()}
    schemas = told.get("schemas")
    if not isinstance(schemas, list) or scim.PATCH_OP not in schemas:
        raise errors.invalid_syntax(f"schemas does not name {scim.PATCH_OP}")
    with errors.told():
        read = scim.read_operations({"Operations": told.get("operations")})
        return [each for operation in read for each in _spelled_out(operation)]


def _spelled_out(operation: scim.Operation) -> Operations:
    if operation.path is not None:
        return [operation]
    return [
        scim.Operation(operation.op, scim.parse_path(key), value, has_value=True)
        for key, value in operation.value.items()
        if not key.lower().startswith("urn:")
    ]


# --- operations on a user ----------------------------------------------------------------------


def patched(values: Mapping[str, Any], operations: Iterable[scim.Operation]) -> Values:
    """The user's attributes after all of them."""
    found = dict(values)
    for operation in operations:
        assert operation.path is not None, "spelled out"
        name = _USER.get(operation.path.attribute.lower())
        if name is None or operation.path.uri not in ("", scim.USER):
            raise errors.invalid_path(f"User has no attribute {operation.path.attribute}")
        if name not in _IGNORED:
            found[name] = _changed(found.get(name), operation, name)
    return checked(found)


def _changed(present: Any, operation: scim.Operation, name: str) -> Any:
    path = operation.path
    assert path is not None, "spelled out"
    if name == "emails" and path.selects:
        return _selected(present or [], operation, path)
    if path.selects or (path.sub and name != "name"):
        raise errors.invalid_path(f"{name} has nothing to select")
    if operation.op == "remove":
        return {**(present or {}), path.sub: None} if path.sub else None
    if name == "name":
        return _renamed(present, operation.value, path.sub)
    if name == "emails" and operation.op == "add":
        return _joined(present or [], _listed(operation.value, "emails"))
    return operation.value


def _renamed(present: Any, told: Any, sub: str) -> Any:
    if sub:
        known = _NAMES.get(sub.lower())
        if known is None:
            raise errors.invalid_path(f"name has no sub-attribute {sub}")
        return {**(present or {}), known: told}
    return {**(present or {}), **told} if isinstance(told, dict) else told


def _joined(present: Sequence[Any], new: Sequence[Any]) -> list[Any]:
    """A new primary address takes that from the others."""
    takes = any(isinstance(each, dict) and each.get("primary") is True for each in new)
    old = [{**each, "primary": False} if takes else each for each in present if each not in new]
    return [*old, *new]


def _selected(present: Sequence[Any], operation: scim.Operation, path: scim.Path) -> list[Any]:
    picked = [path.picks(each) for each in present]
    if not any(picked) and operation.op != "remove":
        raise errors.no_target("No e-mail matches")
    found = []
    for each, is_picked in zip(present, picked, strict=True):
        if not is_picked:
            found.append(each)
        elif operation.op != "remove":
            found.append({**each, path.sub: operation.value} if path.sub else operation.value)
    return found


# --- values ------------------------------------------------------------------------------------


def _check_schemas(body: Mapping[str, Any], urn: str) -> None:
    told = next((value for key, value in body.items() if key.lower() == "schemas"), None)
    if not isinstance(told, list) or urn not in told:
        raise errors.invalid_syntax(f"schemas does not name {urn}")


def required(told: Any, name: str) -> str:
    """A text of 1 to 255 characters."""
    if not isinstance(told, str) or not told.strip() or len(told) > LONGEST_NAME:
        raise errors.invalid_value(f"{name} is no text of 1 to {LONGEST_NAME} characters")
    return told


def text(told: Any, name: str) -> str:
    if not isinstance(told, str) or len(told) > LONGEST_NAME:
        raise errors.invalid_value(f"{name} is no text of at most {LONGEST_NAME} characters")
    return told


def flag(told: Any) -> bool:
    if not isinstance(told, bool):
        raise errors.invalid_value("A flag is neither true nor false")
    return told


def _listed(told: Any, name: str) -> list[Any]:
    if not isinstance(told, list):
        raise errors.invalid_value(f"{name} is no list")
    return told
