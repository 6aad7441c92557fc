"""Filters as Slack takes them: few attributes, few operators, its own idea of quotes and spaces.

Source: https://docs.slack.dev/reference/scim-api#filter
"""

import re
from collections.abc import Mapping

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
    values: Mapping[str, list[str]] = {
        "username": [user.user_name],
        "email": user.emails,
        "emails": user.emails,
        "emails.value": user.emails,
        "restricted": ["1" if user.kind == MULTI else "0"],
        "ultra_restricted": ["1" if user.kind == SINGLE else "0"],
    }
    return lambda path: values.get(path, [])


def group_reader(group: Group) -> scim.Reader:
    return lambda path: [group.name] if path == "displayname" else []
