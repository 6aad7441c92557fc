"""Requests and results as the ledger tells of them: JSON like that of an agent's action."""

import json
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from .. import schema
from ..errors import NAMES
from ..filters import written
from .messages import (
    Add,
    Bind,
    Compare,
    Control,
    Delete,
    Extended,
    Modify,
    Rename,
    Request,
    Search,
)

MASK = "***"
CHANGES = ("add", "delete", "replace", "increment")
SCOPES = ("base", "one", "sub", "children")
OPERATIONS: Mapping[type, tuple[str, str]] = MappingProxyType(
    {
        Bind: ("bind", "bind"),
        Search: ("search", "search"),
        Modify: ("modify", "modify"),
        Add: ("add", "add"),
        Delete: ("delete", "delete"),
        Rename: ("modifyDN", "modify_dn"),
        Compare: ("compare", "compare"),
        Extended: ("extended", "extended"),
    }
)
"""What the ledger calls a request: its method, and the end of its operation id."""


def path(request: Request) -> str:
    """What the request is about."""
    match request:
        case Bind(name=name):
            return name
        case Search(base=base):
            return base
        case Extended(oid=oid):
            return oid
    return getattr(request, "dn", "")


def request(asked: Request, controls: Sequence[Control]) -> str:
    """The request without passwords."""
    told: dict[str, Any] = {"op": OPERATIONS[type(asked)][0], **_fields(asked)}
    if controls:
        told["controls"] = [one.oid for one in controls]
    return json.dumps(told)


def _fields(asked: Request) -> dict[str, Any]:
    teller = _TELLERS.get(type(asked))
    return teller(asked) if teller else {"dn": path(asked)}


def _bind(asked: Bind) -> dict[str, Any]:
    return {"user": asked.name, **({"mechanism": asked.mechanism} if asked.mechanism else {})}


def _search(asked: Search) -> dict[str, Any]:
    where = {"base": asked.base, "scope": SCOPES[asked.scope], "filter": written(asked.filter)}
    return {**where, "attributes": list(asked.attributes)}


def _modify(asked: Modify) -> dict[str, Any]:
    return {"dn": asked.dn, "changes": [_change(*change) for change in asked.changes]}


def _add(asked: Add) -> dict[str, Any]:
    told = {name: _values(name, octets) for name, octets in asked.attributes}
    return {"dn": asked.dn, "attributes": told}


def _rename(asked: Rename) -> dict[str, Any]:
    more = {} if asked.new_superior is None else {"newSuperior": asked.new_superior}
    return {"dn": asked.dn, "newrdn": asked.newrdn, "deleteOldRdn": asked.delete_old, **more}


def _compare(asked: Compare) -> dict[str, Any]:
    value = _values(asked.attribute, [asked.value])
    return {"dn": asked.dn, "attribute": asked.attribute, "value": value}


_TELLERS: Mapping[type, Callable[[Any], dict[str, Any]]] = MappingProxyType(
    {
        Bind: _bind,
        Search: _search,
        Modify: _modify,
        Add: _add,
        Rename: _rename,
        Compare: _compare,
        Extended: lambda asked: {"oid": asked.oid},
    }
)


def _change(kind: int, name: str, values: Sequence[bytes]) -> dict[str, Any]:
    return {"op": CHANGES[kind], "attribute": name, "values": _values(name, values)}


def _values(name: str, values: Sequence[bytes]) -> Any:
    attribute = schema.attribute(name)
    if attribute and attribute.writer is schema.Writer.PASSWORD:
        return MASK
    return [value.decode("utf-8", "backslashreplace") for value in values]


def result(code: int, message: str, entries: int | None) -> str:
    """The result; of a search how many objects were found, since they would fill the ledger."""
    told: dict[str, Any] = {"resultCode": code, "resultName": NAMES.get(code, "other")}
    if message:
        told["errorMessage"] = message
    if entries is not None:
        told["entries"] = entries
    return json.dumps(told)
