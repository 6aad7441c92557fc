"""What `query=` finds: clauses that must all hold, each a field, an operator and a value.

Sources: https://developers.google.com/workspace/admin/directory/v1/guides/search-groups,
https://developers.google.com/workspace/admin/directory/v1/guides/search-users
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from . import errors
from .entity import Group, User

_VALUE = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[^\s'\"]+"
_CLAUSE = re.compile(rf"\s*(?:([A-Za-z][\w\-]*(?:\.[\w\-]+)?)\s*(<=|>=|=|:|<|>)\s*)?({_VALUE})\s*")
MAX_QUERY = 8192
ANY_FIELD = ""
_COMPARING = ("=", ":", "<", "<=", ">", ">=")

Texts = Callable[[Any], list[str]]


@dataclass(frozen=True)
class Clause:
    """One condition; the value is in lower case, `is_prefix` for `x*`."""

    field: str
    operator: str
    value: str
    is_prefix: bool = False

    def fits(self, text: str) -> bool:
        found = text.lower()
        if self.operator in ("<", "<=", ">", ">="):
            return _compared(found, self.operator, self.value)
        if self.is_prefix:
            return found.startswith(self.value)
        if self.operator == ":":
            return self.value in (found, *found.split())
        return found == self.value


def _compared(found: str, operator: str, value: str) -> bool:
    """Numbers as numbers, all else as text, as dates are written to be."""
    try:
        left: Any = float(found)
        right: Any = float(value)
    except ValueError:
        left, right = found, value
    holds: dict[str, bool] = {
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
    }
    return holds[operator]


@dataclass(frozen=True)
class Field:
    """One field that can be searched: its texts, and the operators it takes."""

    texts: Texts
    operators: tuple[str, ...] = ("=", ":")
    takes_prefix: bool = False

    def takes(self, clause: Clause) -> bool:
        return clause.operator in self.operators and (self.takes_prefix or not clause.is_prefix)


# --- reading ---------------------------------------------------------------------------------


def parse(query: str) -> list[Clause]:
    """Clauses that must all hold."""
    clauses, at = [], 0
    if len(query) > MAX_QUERY:
        raise errors.bad_query()
    while at < len(query):
        found = _CLAUSE.match(query, at)
        if found is None:
            raise errors.bad_query()
        clauses.append(_clause(*found.groups()))
        at = found.end()
    return clauses


def _clause(field: str | None, operator: str | None, value: str) -> Clause:
    if field is None and re.search(r"[=<>:]", value) and value[0] not in "'\"":
        raise errors.bad_query()  # an operator without a field, or one too many
    if value[0] in "'\"":
        value = re.sub(r"\\(.)", r"\1", value[1:-1])
    is_prefix = operator == ":" and value.endswith("*")
    kept = (value[:-1] if is_prefix else value).lower()
    return Clause(field or ANY_FIELD, operator or ":", kept, is_prefix)


def group_search(query: str) -> tuple[list[Clause], str | None]:
    """Clauses on e-mail and name - or, alone, the member whose groups are wanted."""
    clauses = parse(query)
    if [clause.field for clause in clauses] == ["memberKey"] and clauses[0].operator == "=":
        return [], clauses[0].value
    for clause in clauses:
        if clause.field not in GROUP_FIELDS or not GROUP_FIELDS[clause.field].takes(clause):
            raise errors.bad_query()
    return clauses, None


def user_search(query: str) -> list[Clause]:
    clauses = parse(query)
    for clause in clauses:
        if not _user_field(clause).takes(clause):
            raise errors.bad_query()
    return clauses


def _user_field(clause: Clause) -> Field:
    found = USER_FIELDS.get(clause.field)
    if found is not None:
        return found
    schema, dot, name = clause.field.partition(".")
    if not dot:
        raise errors.bad_query()
    return Field(lambda row: _custom(row, schema, name), _COMPARING, takes_prefix=True)


def matching_groups(rows: Iterable[Group], clauses: list[Clause]) -> Iterator[Group]:
    return _matching(rows, [(clause, GROUP_FIELDS[clause.field]) for clause in clauses])


def matching_users(rows: Iterable[User], clauses: list[Clause]) -> Iterator[User]:
    return _matching(rows, [(clause, _user_field(clause)) for clause in clauses])


def _matching(rows: Iterable[Any], wanted: list[tuple[Clause, Field]]) -> Iterator[Any]:
    return (
        row
        for row in rows
        if all(any(map(clause.fits, field.texts(row))) for clause, field in wanted)
    )


# --- what is looked at -----------------------------------------------------------------------


def _addresses(row: User | Group) -> list[str]:
    return [row.email, *row.aliases]


def _full_name(row: User) -> str:
    return f"{row.values['name']['givenName']} {row.values['name']['familyName']}"


def _name_part(part: str) -> Texts:
    return lambda row: [row.values["name"][part]]


def _flag(read: Callable[[User], Any]) -> Field:
    return Field(lambda row: [str(bool(read(row))).lower()], ("=",))


def _entries(row: User, name: str) -> list[Mapping[str, Any]]:
    kept = row.values.get(name)
    return [entry for entry in kept if isinstance(entry, dict)] if isinstance(kept, list) else []


def _listed(name: str, *parts: str, kinds: tuple[str, ...] = ()) -> Texts:
    """The texts that entries of a list have in some of their parts; perhaps of some kinds only."""

    def texts(row: User) -> list[str]:
        entries = [e for e in _entries(row, name) if not kinds or e.get("type") in kinds]
        return [e[part] for e in entries for part in parts if isinstance(e.get(part), str)]

    return texts


def _custom(row: User, schema: str, name: str) -> list[str]:
    """The values of one field of a custom schema, which may have many."""
    kept = row.values.get("customSchemas")
    fields = kept.get(schema) if isinstance(kept, dict) else None
    value = fields.get(name) if isinstance(fields, dict) else None
    values = value if isinstance(value, list) else [value]
    inner = [each.get("value") if isinstance(each, dict) else each for each in values]
    return [str(each).lower() for each in inner if each is not None]


def _places(row: User) -> list[str]:
    """The path of the user's unit and of all above it."""
    path = str(row.values["orgUnitPath"])
    parts = [part for part in path.split("/") if part]
    return ["/", *("/" + "/".join(parts[: depth + 1]) for depth in range(len(parts)))]


_ADDRESS = {
    "addressPoBox": "poBox",
    "addressExtended": "extendedAddress",
    "addressStreet": "streetAddress",
    "addressLocality": "locality",
    "addressRegion": "region",
    "addressPostalCode": "postalCode",
    "addressCountry": "country",
}
_ORGANIZATION = {
    "orgName": "name",
    "orgTitle": "title",
    "orgDepartment": "department",
    "orgDescription": "description",
    "orgCostCenter": "costCenter",
}
GROUP_FIELDS: Mapping[str, Field] = {
    "email": Field(_addresses, takes_prefix=True),
    "name": Field(lambda row: [row.name], takes_prefix=True),
}
USER_FIELDS: Mapping[str, Field] = {
    ANY_FIELD: Field(lambda row: [*_addresses(row), *row.values["name"].values(), _full_name(row)]),
    "email": Field(_addresses, takes_prefix=True),
    "name": Field(lambda row: [_full_name(row), *_full_name(row).split()]),
    "givenName": Field(_name_part("givenName"), takes_prefix=True),
    "familyName": Field(_name_part("familyName"), takes_prefix=True),
    "isAdmin": _flag(lambda row: row.is_admin),
    "isDelegatedAdmin": _flag(lambda row: False),
    "isSuspended": _flag(lambda row: row.is_suspended),
    "isArchived": _flag(lambda row: row.values["archived"]),
    "isEnrolledIn2Sv": _flag(lambda row: False),
    "isEnforcedIn2Sv": _flag(lambda row: False),
    "im": Field(_listed("ims", "im")),
    "externalId": Field(_listed("externalIds", "value")),
    "manager": Field(_listed("relations", "value", kinds=("manager",)), ("=",)),
    "directManager": Field(_listed("relations", "value", kinds=("manager",)), ("=",)),
    "address": Field(_listed("addresses", "formatted", *_ADDRESS.values()), (":",)),
    **{field: Field(_listed("addresses", part)) for field, part in _ADDRESS.items()},
    **{field: Field(_listed("organizations", part)) for field, part in _ORGANIZATION.items()},
    "phone": Field(_listed("phones", "value"), ("=",)),
    "orgUnitPath": Field(_places, ("=",)),
}
