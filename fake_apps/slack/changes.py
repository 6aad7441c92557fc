"""What a request says about a user: values under paths, and how paths are written.

An attribute is kept under its path in lower case, an extension's under a short word instead of its
URN: `name.givenname`, `enterprise.department`, `emails.primary`, `emails.secondary`.
Source: https://docs.slack.dev/reference/scim-api#user-attributes
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .entity import MEMBER, V1, V2

Values = dict[str, Any]

TEXTS = (
    "username",
    "displayname",
    "title",
    "timezone",
    "usertype",
    "preferredlanguage",
    "locale",
    "externalid",
    "profileurl",
)
SHORT_WORDS = {
    words_urn.lower(): short
    for version in (V1, V2)
    for words_urn, short in (
        (version.enterprise, "enterprise"),
        (version.profile, "profile"),
        (version.guest, "guest"),
    )
}
PARTS = {
    "name": ("givenname", "familyname", "honorificprefix"),
    "enterprise": ("employeenumber", "costcenter", "organization", "division", "department"),
    "profile": ("startdate",),
}
CUSTOM_PROFILE = ("enterprise", "profile")
ADDRESS = ("streetAddress", "locality", "region", "postalCode", "country")
PRIMARY, SECONDARY, MOBILE = "primary", "secondary", "mobile"
OTHER_SLOT = {"emails": SECONDARY, "phonenumbers": MOBILE}


@dataclass(frozen=True)
class Changes:
    """What a request says about a user; None clears a value, a path not in it is not touched.

    `kind` is what a guest extension makes of the user, "" for no change.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    active: bool | None = None
    kind: str = ""
    sets_password: bool = False

    def then(self, later: "Changes") -> "Changes":
        """Both, the later one last."""
        return Changes(
            {**self.values, **later.values},
            self.active if later.active is None else later.active,
            later.kind or self.kind,
            self.sets_password or later.sets_password,
        )


# --- clearing --------------------------------------------------------------------------------


def cleared(path: str) -> Changes:
    """Without the attribute, or the part of one, under a path in lower case."""
    if path == "guest":
        return Changes({"guest.expiration": None}, kind=MEMBER)
    if path in ("username", "nickname"):
        return Changes({"username": ""})
    if path == "emails":
        return Changes({"emails.secondary": None})  # the primary one cannot be removed
    if path in ("address", "addresses"):
        return Changes({"addresses": None})
    below = [each for each in _ALL_PATHS if each == path or each.startswith(f"{path}.")]
    return Changes(dict.fromkeys(below))


_ALL_PATHS = (
    *(text for text in TEXTS if text != "username"),
    *(f"{name}.{part}" for name, parts in PARTS.items() for part in parts),
    "enterprise.manager.managerid",
    "phonenumbers.primary",
    "phonenumbers.mobile",
    "photos",
    "roles",
    "addresses",
    "guest.expiration",
)


def short_path(text: str) -> str:
    """A path in lower case, the URN of an extension replaced by its short word.

    After the URN Slack writes both `:employeeNumber` and `.manager.managerId`.
    """
    path = text.strip().lower()
    if not path.startswith("urn:"):
        return path
    for urn, short in SHORT_WORDS.items():
        if path == urn:
            return short
        if path.startswith((f"{urn}:", f"{urn}.")):
            return f"{short}.{path[len(urn) + 1 :]}"
    core = f"{V2.user.lower()}:"
    return path.removeprefix(core)
