"""$expand: objects with those they are related to.

Source: https://learn.microsoft.com/en-us/graph/query-parameters#expand-parameter: one relation at a
time, at most 20 objects of it, and no link to the rest.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from . import errors, quirks
from .entity import Entity
from .records import Records, Rows
from .schema import OBJECT_SCHEMA, USER, Schema

MAX_EXPANDED = 20
MAX_LEVELS = 1000
Walk = Callable[[Records, Entity], Rows]

_UP: dict[str, Walk] = {
    "memberOf": lambda known, row: known.groups_of(row.id),
    "transitiveMemberOf": lambda known, row: known.transitive_groups_of(row.id),
}
WALKS: Mapping[str, Mapping[str, Walk]] = {
    "group": {
        "members": lambda known, row: known.linked(row.id, "members"),
        "owners": lambda known, row: known.linked(row.id, "owners"),
        "transitiveMembers": lambda known, row: known.transitive_members(row.id),
        **_UP,
    },
    "user": {"directReports": lambda known, row: known.reports(row.id), **_UP},
}
_ONE = re.compile(r"([A-Za-z]+)\s*(?:\((.*)\))?")
_INSIDE = re.compile(r"[^;]+")
_MARKS = re.compile(r"[(),]")


@dataclass(frozen=True)
class Expansion:
    """One relation to be shown with each object; `levels` is how far up to follow managers."""

    relation: str
    select: tuple[str, ...] | None
    levels: int = 1

    @property
    def described(self) -> str:
        """As the context of a reply has it."""
        return f"{self.relation}({','.join(self.select or ())})"


def parse_expand(text: str, schema: Schema) -> Expansion | None:
    """The relation asked for, or the refusal for more than one or one there is not."""
    wanted = _split(text)
    if not wanted:
        return None
    if len(wanted) > 1:
        raise errors.too_many_expansions(len(wanted))
    found = _ONE.fullmatch(wanted[0])
    if found is None:
        raise errors.bad_option("$expand", text)
    relation = found[1]
    is_manager = relation == "manager" and schema is USER
    if not is_manager and relation not in WALKS.get(schema.type, ()):
        raise errors.bad_select(relation, schema.type)
    return _with_options(relation, found[2] or "", USER if is_manager else OBJECT_SCHEMA)


def _split(text: str) -> list[str]:
    """The parts between commas that stand in no parentheses."""
    parts, depth, start = [], 0, 0
    for found in _MARKS.finditer(text):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if found[0] == "," and depth == 0:
            parts.append(text[start : found.start()])
            start = found.end()
    parts.append(text[start:])
    return [part.strip() for part in parts if part.strip()]


def _with_options(relation: str, text: str, schema: Schema) -> Expansion:
    select, levels = None, 1
    for part in _INSIDE.findall(text):
        name, _, value = part.strip().partition("=")
        if name.lower() == "$select":
            select = schema.selected(value)
        elif name.lower() == "$levels" and relation == "manager":
            levels = _levels(value)
        else:
            raise errors.option_unsupported(name)
    return Expansion(relation, select, levels)


def _levels(text: str) -> int:
    if text == "max":
        return MAX_LEVELS
    if not (text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= MAX_LEVELS):
        raise errors.bad_option("$levels", text)
    return int(text)


def related(known: Records, row: Entity, expand: Expansion) -> dict[str, Any]:
    """The relation and its objects, to be shown beside the properties of the object."""
    if expand.relation == "manager":
        return _managers(known, row, expand)
    most = MAX_EXPANDED if quirks.EXPANDED_ARE_TWENTY in known.quirks else None
    found = islice(WALKS[row.type][expand.relation](known, row), most)
    return {expand.relation: [each.typed_document(expand.select) for _, each in found]}


def _managers(known: Records, row: Entity, expand: Expansion) -> dict[str, Any]:
    """The manager, and within each its own, as far up as asked; nothing where there is none."""
    first: dict[str, Any] = {}
    shown, seen = first, {row.id}
    for _ in range(expand.levels):
        manager = known.manager_of(row.id)
        if manager is None or manager.id in seen:
            break
        shown["manager"] = manager.typed_document(expand.select)
        shown, row = shown["manager"], manager
        seen.add(manager.id)
    return first
