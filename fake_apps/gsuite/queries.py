"""Lists: what their parameters mean, searching, sorting, and pages.

Sources: https://developers.google.com/workspace/admin/directory/v1/guides/search-groups,
https://developers.google.com/workspace/admin/directory/v1/guides/search-users
"""

import json
import re
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from . import errors
from .entity import Group, User

Args = Mapping[str, str]
Sorting = tuple[Callable[[Any], Any], bool]
TOKEN_LIFE_S = 3 * 86400
UNBOUND = ("pageToken", "alt", "prettyPrint", "quotaUser", "fields", "key", "$.xgafv")
_CLAUSE = re.compile(r"\s*([A-Za-z]+)\s*(=|:)\s*('(?:[^'\\]|\\.)*'|[^\s']+)\s*")
MAX_QUERY = 8192


# --- parameters ------------------------------------------------------------------------------


def choice(args: Args, name: str, known: tuple[str, ...], default: str = "") -> str:
    """One of the words of an enumeration, in any case."""
    value = args.get(name)
    if not value:
        return default
    for word in known:
        if value.lower() == word.lower():
            return word
    raise errors.bad_parameter(name)


def page_size(args: Args, *, most: int, default: int, is_capped: bool) -> int:
    told = args.get("maxResults")
    if not told:
        return default
    if not re.fullmatch(r"\d{1,10}", told, re.ASCII) or int(told) < 1:
        raise errors.bad_parameter("maxResults")
    if int(told) > most and not is_capped:
        raise errors.bad_parameter("maxResults")
    return min(int(told), most)


def flag(args: Args, name: str) -> bool:
    return choice(args, name, ("true", "false"), "false") == "true"


# --- searching -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Clause:
    """One condition; the value is in lower case, `is_prefix` for `x*`."""

    field: str
    operator: str
    value: str
    is_prefix: bool = False

    def fits(self, text: str) -> bool:
        found = text.lower()
        if self.is_prefix:
            return found.startswith(self.value)
        if self.operator == ":" and self.field != "email":
            return self.value in found.split() or found == self.value
        return found == self.value


def parse(query: str) -> list[Clause]:
    """Clauses that must all hold."""
    clauses, at = [], 0
    if len(query) > MAX_QUERY:
        raise errors.invalid("query")
    while at < len(query):
        found = _CLAUSE.match(query, at)
        if found is None:
            raise errors.invalid("query")
        clauses.append(_clause(*found.groups()))
        at = found.end()
    return clauses


def _clause(field: str, operator: str, value: str) -> Clause:
    if value.startswith("'"):
        value = re.sub(r"\\(.)", r"\1", value[1:-1])
    is_prefix = operator == ":" and value.endswith("*")
    return Clause(field, operator, (value[:-1] if is_prefix else value).lower(), is_prefix)


def group_search(query: str) -> tuple[list[Clause], str | None]:
    """Clauses on e-mail and name - or, alone, the member whose groups are wanted."""
    clauses = parse(query)
    if [clause.field for clause in clauses] == ["memberKey"] and clauses[0].operator == "=":
        return [], clauses[0].value
    if any(clause.field not in GROUP_FIELDS for clause in clauses):
        raise errors.invalid("query")
    return clauses, None


def user_search(query: str) -> list[Clause]:
    clauses = parse(query)
    if any(clause.field not in USER_FIELDS for clause in clauses):
        raise errors.invalid("query")
    return clauses


GROUP_FIELDS: Mapping[str, Callable[[Group], list[str]]] = {
    "email": lambda row: [row.email, *row.aliases],
    "name": lambda row: [row.name],
}
USER_FIELDS: Mapping[str, Callable[[User], list[str]]] = {
    "email": lambda row: [row.email, *row.aliases],
    "name": lambda row: [
        row.values["name"]["givenName"],
        row.values["name"]["familyName"],
        f"{row.values['name']['givenName']} {row.values['name']['familyName']}",
    ],
    "givenName": lambda row: [row.values["name"]["givenName"]],
    "familyName": lambda row: [row.values["name"]["familyName"]],
    "orgUnitPath": lambda row: [row.values["orgUnitPath"]],
    "isSuspended": lambda row: [str(row.is_suspended).lower()],
    "isAdmin": lambda row: [str(row.is_admin).lower()],
}


def matching(
    rows: Iterable[Any], clauses: list[Clause], fields: Mapping[str, Callable[[Any], list[str]]]
) -> Iterable[Any]:
    return (
        row
        for row in rows
        if all(any(map(clause.fits, fields[clause.field](row))) for clause in clauses)
    )


# --- pages -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """The rows of one page, and the token for the next."""

    rows: list[Any]
    token: str | None


def cut(
    rows: Iterable[Any], args: Args, size: int, *, now: float, where: str, sorting: Sorting
) -> Page:
    """The page that the token in `args` leads to.

    A token remembers the last row shown, not a count, so that rows which go meanwhile move nobody.
    """
    key, is_descending = sorting
    ordered = sorted(rows, key=key, reverse=is_descending)
    bound = _bound(args, where)
    if args.get("pageToken"):
        after = _read(args["pageToken"], bound, now)
        ordered = _behind(ordered, after, sorting)
    shown = ordered[:size]
    token = _written(key(shown[-1]), bound, now) if len(ordered) > size else None
    return Page(shown, token)


def _behind(ordered: list[Any], after: Any, sorting: Sorting) -> list[Any]:
    key, is_descending = sorting
    try:
        if is_descending:
            return [row for row in ordered if key(row) < after]
        return [row for row in ordered if key(row) > after]
    except TypeError as fault:
        raise errors.invalid("pageToken") from fault


def _bound(args: Args, where: str) -> int:
    """Everything but the token must stay the same from page to page."""
    told = sorted((name, value) for name, value in args.items() if name not in UNBOUND)
    return zlib.crc32(json.dumps([where, told]).encode())


def _written(after: Any, bound: int, now: float) -> str:
    return urlsafe_b64encode(json.dumps([after, bound, now]).encode()).decode().rstrip("=")


def _read(token: str, bound: int, now: float) -> Any:
    try:
        content = urlsafe_b64decode(token.encode("ascii") + b"===")
        after, was_bound, written = json.loads(content)
        is_good = was_bound == bound and 0 <= now - written <= TOKEN_LIFE_S
    except (ValueError, TypeError, RecursionError) as fault:
        raise errors.invalid("pageToken") from fault
    if not is_good:
        raise errors.invalid("pageToken")
    return tuple(after) if isinstance(after, list) else after
