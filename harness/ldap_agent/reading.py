"""Reading an action: a JSON body in, operations out, or a refusal that names the field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from .refusals import Refusal, invalid

MAX_OPERATIONS = 1000
SCOPES = ("base", "one", "sub")
CHANGES = ("add", "delete", "replace")

Operation = Mapping[str, Any]
"""A checked operation: `op` and every field that its kind has, the absent ones by their default."""


@dataclass(frozen=True)
class Action:
    """One request to the agent: operations in order, each a unit of work of its own."""

    id: str
    operations: tuple[Operation, ...]
    continue_on_error: bool


def read_action(body: Any) -> Action:
    """The action in a JSON value; Refusal 400 where it is none."""
    fields = _fields(body, "", _ACTION, "body")
    operations = fields["operations"]
    if len(operations) > MAX_OPERATIONS:
        raise invalid("operations", f"must not be more than {MAX_OPERATIONS}")
    read = tuple(_operation(one, f"operations[{at}]") for at, one in enumerate(operations))
    return Action(fields["id"], read, fields["continueOnError"])


def _operation(raw: Any, where: str) -> Operation:
    if not isinstance(raw, dict):
        raise invalid(where, "must be an object")
    kind = _text(_needed(raw, "op", f"{where}.op"), f"{where}.op")
    if kind not in _KINDS:
        raise invalid(f"{where}.op", f"must be one of {', '.join(_KINDS)}")
    found = _fields(raw, f"{where}.", {"op": _Field(_text), **_KINDS[kind]}, where)
    if found.get("cookie") and not found["pageSize"]:
        raise invalid(f"{where}.cookie", "needs a pageSize")
    return found


# --- fields ------------------------------------------------------------------------------------

Check = Callable[[Any, str], Any]
"""Takes a value and the name of its field; answers the value or raises a Refusal."""
_NEEDED: Any = object()


@dataclass(frozen=True)
class _Field:
    check: Check
    default: Any = _NEEDED


def _fields(raw: Any, where: str, known: Mapping[str, _Field], itself: str) -> dict[str, Any]:
    """All fields that are known, checked; others are refused."""
    if not isinstance(raw, dict):
        raise invalid(itself, "must be an object")
    for name in raw:
        if name not in known:
            raise invalid(f"{where}{name}", "is unknown")
    return {name: _value(raw, name, field, where) for name, field in known.items()}


def _value(raw: Mapping[str, Any], name: str, field: _Field, where: str) -> Any:
    if name not in raw and field.default is not _NEEDED:
        return field.default
    return field.check(_needed(raw, name, f"{where}{name}"), f"{where}{name}")


def _needed(raw: Mapping[str, Any], name: str, where: str) -> Any:
    if name not in raw:
        raise invalid(where, "is missing")
    return raw[name]


def _any_text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise invalid(name, "must be text")
    return _unicode(value, name)


def _unicode(text: str, name: str) -> str:
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise invalid(name, "is not valid Unicode")
    return text


def _text(value: Any, name: str) -> str:
    if value == "":
        raise invalid(name, "must not be empty")
    return _any_text(value, name)


def _optional_text(value: Any, name: str) -> str | None:
    return None if value is None else _text(value, name)


def _flag(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise invalid(name, "must be true or false")
    return value


def _number(value: Any, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise invalid(name, "must be a number from 0 to 2147483647")
    return value


def _texts(value: Any, name: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise invalid(name, "must be a list of texts")
    return tuple(_unicode(one, name) for one in value)


def _one_of(known: tuple[str, ...]) -> Check:
    def check(value: Any, name: str) -> str:
        if _text(value, name) not in known:
            raise invalid(name, f"must be one of {', '.join(known)}")
        return str(value)

    return check


def _attributes(value: Any, name: str) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise invalid(name, "must be an object")
    return {_text(key, name): _texts(values, f"{name}.{key}") for key, values in value.items()}


def _filled(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise invalid(name, "must be a list")
    if not value:
        raise invalid(name, "must not be empty")
    return value


def _changes(value: Any, name: str) -> tuple[Mapping[str, Any], ...]:
    return tuple(
        _fields(one, f"{name}[{at}].", _CHANGE, f"{name}[{at}]")
        for at, one in enumerate(_filled(value, name))
    )


_ACTION = MappingProxyType(
    {
        "id": _Field(_text),
        "operations": _Field(_filled),
        "continueOnError": _Field(_flag, default=False),
    }
)
_CHANGE = MappingProxyType(
    {"op": _Field(_one_of(CHANGES)), "attribute": _Field(_text), "values": _Field(_texts, ())}
)
_DN = MappingProxyType({"dn": _Field(_text), "controls": _Field(_texts, ())})
_KINDS: Mapping[str, Mapping[str, _Field]] = MappingProxyType(
    {
        "bind": {"user": _Field(_text), "password": _Field(_text)},
        "add": {**_DN, "attributes": _Field(_attributes)},
        "modify": {**_DN, "changes": _Field(_changes)},
        "modifyDN": {
            **_DN,
            "newrdn": _Field(_text),
            "newSuperior": _Field(_optional_text, None),
            "deleteOldRdn": _Field(_flag, default=True),
        },
        "delete": {**_DN},
        "search": {
            "base": _Field(_any_text),
            "scope": _Field(_one_of(SCOPES), "sub"),
            "filter": _Field(_any_text, "(objectClass=*)"),
            "attributes": _Field(_texts, ()),
            "sizeLimit": _Field(_number, 0),
            "pageSize": _Field(_number, 0),
            "cookie": _Field(_any_text, ""),
            "controls": _Field(_texts, ()),
        },
    }
)

__all__ = ["Action", "Operation", "Refusal", "read_action"]
