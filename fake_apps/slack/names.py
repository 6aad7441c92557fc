"""Names: what Slack makes of a user name, and what it refuses in those that people read.

Source: https://docs.slack.dev/reference/scim-api#user-attributes
"""

import re
from collections.abc import Mapping
from typing import Any

from . import errors

MAX_USER_NAME, MAX_DISPLAY_NAME = 21, 80
_SPECIALS = re.compile(r"[^a-z0-9._-]")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")
RESERVED_WORDS = ("channel", "everyone", "here")


def rewritten(name: str) -> str:
    """A user name as Slack keeps it: no domain, lower case, underscores for specials."""
    return _SPECIALS.sub("_", name.partition("@")[0].lower())


def is_plain(name: str) -> bool:
    """Whether a user name needs no rewriting."""
    return rewritten(name) == name


def is_long(name: str) -> bool:
    return len(name) > MAX_USER_NAME


def is_email(text: str) -> bool:
    return bool(_EMAIL.fullmatch(text))


def check_names(values: Mapping[str, Any], name: str) -> None:
    """The rules for what people read: display name and real name."""
    display = values.get("displayname") or ""
    if display.startswith("@"):
        raise errors.invalid_starts_with_at(name)
    if len(display) > MAX_DISPLAY_NAME:
        raise errors.invalid_name_maxlength(name)
    real = [values.get("name.givenname"), values.get("name.familyname")]
    if any("@" in part for part in (display, *real) if part):
        raise errors.invalid_name_specials(name)
    if display.lower() in RESERVED_WORDS:
        raise errors.invalid_reserved_word(name)
    if any(_EMOJI.search(part) for part in (display, values.get("title"), *real) if part):
        raise errors.invalid_emoji_not_allowed(name)
