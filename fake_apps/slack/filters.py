"""Filters as Slack takes them: few attributes, few operators, its own idea of quotes and spaces.

Source: https://docs.slack.dev/reference/scim-api#filter
"""

import re
from collections.abc import Mapping
from typing import Any

from ..core import scim
from ..core.error import ApiError
from . import errors
from .entity import MULTI, SINGLE, Group, User

OPERATORS = frozenset({"eq", "co", "sw", "pr", "gt", "ge", "lt", "le", "and", "or"})
USER_NAMES = frozenset({"username", "email", "emails", "emails.value", "restricted"})
USERS = USER_NAMES | {"ultra_restricted"}
GROUPS = frozenset({"displayname"})
_TEXT_OR_GAP = re.compile(r""""(?:[^"\\]|\\.)*"|'((?:[^'\\]|\\.)*)'|\s{2,}|[\t\r\n]""")


def read_filter(text: str, known: frozenset[str], *, loose: bool) -> scim.Filter:
    """The filter, or the refusal; `loose` takes single quotes and minds the spaces."""
    if not text.strip():
        raise errors.no_filters()
    try:
        found = scim.parse_filter(_in_standard_quotes(text) if loose else text)
    except scim.Invalid as fault:
        raise _malformed(text) from fault
    if not found.names <= known or not found.operators <= OPERATORS:
        raise errors.invalid_query()
    return found


def _in_standard_quotes(text: str) -> str:
    return _TEXT_OR_GAP.sub(_standard, text)


def _standard(found: re.Match[str]) -> str:
    piece = found[0]
    if piece.startswith('"'):
        return piece
    if piece.startswith("'"):
        return scim.quoted(found[1])
    raise errors.incomplete_filter()


def _malformed(text: str) -> ApiError:
    """Unbalanced groups have a code of their own."""
    if text.count("(") != text.count(")"):
        return errors.invalid_filter_group()
    return errors.incomplete_filter()


def user_reader(user: User) -> scim.Reader:
    """A user as a filter sees it."""
    values: Mapping[str, list[Any]] = {
        "username": [user.user_name],
        "email": user.emails,
        "emails": [{"value": each} for each in user.emails],
        "emails.value": user.emails,
        "restricted": _flag(is_set=user.kind == MULTI),
        "ultra_restricted": _flag(is_set=user.kind == SINGLE),
    }
    return lambda path: values.get(path, [])


def _flag(*, is_set: bool) -> list[Any]:
    """The reference compares with the text '1'; a number, true and false are understood."""
    return ["1", 1] if is_set else ["0", 0]


def group_reader(group: Group) -> scim.Reader:
    return lambda path: [group.name] if path == "displayname" else []
