"""Reading what clients send about a user: whole bodies, partial ones of version 1, operations.

An attribute is kept under its path in lower case, an extension's under a short word instead of its
URN: `name.givenname`, `enterprise.department`, `emails.primary`, `emails.secondary`.
Source: https://docs.slack.dev/reference/scim-api#user-attributes
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..core import scim
from . import errors
from .entity import MEMBER, MULTI, V1, V2

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


# --- bodies ----------------------------------------------------------------------------------


def read_body(body: Mapping[str, Any], old: Mapping[str, Any]) -> Changes:
    """A whole or partial user; `old` are the values it is laid over."""
    found = Changes()
    told = {short_path(str(name)): value for name, value in body.items()}
    for name, value in told.items():
        found = found.then(_read_attribute(name, value, {**old, **found.values}))
    found = _without_alias(told, found)
    removed = _removed_attributes(told.get("meta"))
    for path in removed:
        found = found.then(cleared(path))
    return found


def _without_alias(told: Mapping[str, Any], found: Changes) -> Changes:
    """`nickName` and `userName` are one; where both are sent, the nickname is what stays."""
    if "nickname" not in told or "username" not in told or not told["nickname"]:
        return found
    return replace(found, values={**found.values, "username": _text(told["nickname"])})


def _removed_attributes(meta: Any) -> Iterable[str]:
    """Version 1 names what to clear in `meta.attributes`."""
    names = meta.get("attributes") if isinstance(meta, dict) else None
    if names is None:
        return ()
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise errors.invalid_attribute()
    return [short_path(name) for name in names]


def _read_attribute(name: str, value: Any, old: Mapping[str, Any]) -> Changes:
    """One attribute; one that Slack does not have is ignored, as SDKs send many."""
    if name in TEXTS or name == "nickname":
        return Changes({"username" if name == "nickname" else name: _text(value)})
    if name in PARTS:
        return _read_parts(name, value)
    if name in _READERS:
        return _READERS[name](value, old)
    return Changes()


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise errors.invalid_attribute()
    return value if value.strip() else ""


def _flag(value: Any) -> bool:
    """Clients send "true" as well as true."""
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise errors.invalid_attribute()
    return value


def _read_parts(name: str, value: Any) -> Changes:
    if value is None:
        return cleared(name)
    if not isinstance(value, dict):
        raise errors.invalid_attribute()
    told = {str(key).lower(): part for key, part in value.items()}
    values: Values = {f"{name}.{key}": _text(told[key]) for key in PARTS[name] if key in told}
    if name == "enterprise" and "manager" in told:
        values["enterprise.manager.managerid"] = _manager(told["manager"])
    return Changes(values)


def _manager(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, dict) or "managerId" not in value:
        raise errors.improper_enterprise_schema()
    return _text(value["managerId"])


def _read_guest(value: Any, _old: Mapping[str, Any]) -> Changes:
    if value is None:
        return cleared("guest")
    if not isinstance(value, dict) or value.get("type", "multi") != "multi":
        raise errors.invalid_attribute()
    until = value.get("expiration")
    if until is not None and not isinstance(until, str):
        raise errors.invalid_attribute()
    return Changes({"guest.expiration": until}, kind=MULTI)


def _read_active(value: Any, _old: Mapping[str, Any]) -> Changes:
    return Changes(active=None if value is None else _flag(value))


def _read_password(_value: Any, _old: Mapping[str, Any]) -> Changes:
    return Changes(sets_password=True)


def _read_groups(value: Any, _old: Mapping[str, Any]) -> Changes:
    """Read-only here; only its type is looked at."""
    if not isinstance(value, list | None):
        raise errors.bad_attribute("groups")
    return Changes()


# --- attributes of several values ------------------------------------------------------------


def _entries(name: str, told: Any) -> list[dict[str, Any]]:
    """Objects with a `value`; one alone counts as a list, and so does nothing at all."""
    items = told if isinstance(told, list) else [] if told is None else [told]
    for item in items:
        value = item.get("value") if isinstance(item, dict) else item
        if not isinstance(item, dict) or not isinstance(value, str | None):
            raise errors.bad_attribute(name)
    return items


def _is_primary(item: Mapping[str, Any]) -> bool:
    return str(item.get("primary", "")).lower() == "true"


def _read_emails(told: Any, old: Mapping[str, Any]) -> Changes:
    """At most two are kept. The primary is the flagged one, else the first of type work, else."""
    items = _entries("emails", told)
    kept = [item for item in items if not _is_deletion(item)]
    primary = _primary_email(kept, has_one=bool(old.get("emails.primary")))
    others = [item for item in kept if item is not primary]
    values: Values = _deleted_slots("emails", items, old)
    if primary:
        values["emails.primary"] = primary.get("value")
    if others:
        values["emails.secondary"] = others[0].get("value")
    if not values.get("emails.primary", True):
        raise errors.missing_primary_email()
    return Changes(values)


def _primary_email(items: list[dict[str, Any]], *, has_one: bool) -> dict[str, Any] | None:
    flagged = [item for item in items if _is_primary(item)]
    work = [item for item in items if item.get("type") == "work" and "primary" not in item]
    plain = [item for item in items if "type" not in item and "primary" not in item]
    return next(iter(flagged or work or plain or ([] if has_one else items)), None)


def _read_phones(told: Any, old: Mapping[str, Any]) -> Changes:
    """In a request `type: work` means the mobile phone, `type: mobile` the primary one."""
    items = _entries("phoneNumbers", told)
    kept = [item for item in items if not _is_deletion(item)]
    mobile = [item for item in kept if item.get("type") == "work"]
    if not mobile and len(kept) > 1:
        mobile = [item for item in kept if not _is_primary(item)][:1]
    primary = [item for item in kept if item not in mobile]
    values: Values = _deleted_slots("phonenumbers", items, old)
    if mobile:
        values["phonenumbers.mobile"] = mobile[0].get("value")
    if primary:
        values["phonenumbers.primary"] = primary[0].get("value")
    return Changes(values)


def _is_deletion(item: Mapping[str, Any]) -> bool:
    return item.get("operation") == "delete"


def _deleted_slots(name: str, items: Iterable[Mapping[str, Any]], old: Mapping[str, Any]) -> Values:
    gone = [item.get("value") for item in items if _is_deletion(item)]
    slots = (f"{name}.{PRIMARY}", f"{name}.{OTHER_SLOT[name]}")
    return {slot: None for slot in slots if old.get(slot) and old[slot] in gone}


def _chosen(name: str, told: Any) -> Any:
    """The one value Slack keeps of photos, addresses and roles: the flagged one, or the first."""
    items = told if isinstance(told, list) else [] if told is None else [told]
    for item in items:
        if not isinstance(item, dict | str):
            raise errors.bad_attribute(name)
    flagged = [item for item in items if isinstance(item, dict) and _is_primary(item)]
    return next(iter(flagged or items), None)


def _single(name: str) -> Callable[[Any, Mapping[str, Any]], Changes]:
    def read(told: Any, _old: Mapping[str, Any]) -> Changes:
        item = _chosen(name, told)
        if isinstance(item, dict):
            item = None if _is_deletion(item) else item.get("value")
        if not isinstance(item, str | None):
            raise errors.bad_attribute(name)
        return Changes({name.lower(): item})

    return read


def _read_addresses(told: Any, old: Mapping[str, Any]) -> Changes:
    item = _chosen("addresses", told)
    if item is None:
        return Changes({"addresses": None})
    if not isinstance(item, dict):
        raise errors.bad_attribute("addresses")
    address = {key: item.get(key) for key in ADDRESS}
    if not all(isinstance(part, str | None) for part in address.values()):
        raise errors.bad_attribute("addresses")
    if not _is_deletion(item):
        return Changes({"addresses": address})
    return Changes({"addresses": None} if address == old.get("addresses") else {})


_READERS: dict[str, Callable[[Any, Mapping[str, Any]], Changes]] = {
    "active": _read_active,
    "password": _read_password,
    "groups": _read_groups,
    "emails": _read_emails,
    "phonenumbers": _read_phones,
    "photos": _single("photos"),
    "roles": _single("roles"),
    "addresses": _read_addresses,
    "guest": _read_guest,
}


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


# --- operations of version 2 -------------------------------------------------------------------


def short_path(text: str) -> str:
    """A path in lower case, the URN of an extension replaced by its short word.

    After the URN Slack writes both `:employeeNumber` and `.manager.managerId`.
    """
    path = text.strip().lower()
    for urn, short in SHORT_WORDS.items():
        if path == urn:
            return short
        if path.startswith((f"{urn}:", f"{urn}.")):
            return f"{short}.{path[len(urn) + 1 :]}"
    core = f"{V2.user.lower()}:"
    return path.removeprefix(core)


def read_path(text: str) -> scim.Path:
    return scim.parse_path(text) if "[" in text else scim.Path(short_path(text))


def read_operation(operation: scim.Operation, old: Mapping[str, Any]) -> Changes:
    """What one operation of a PatchOp says."""
    path, value = operation.path, operation.value
    if path is None:
        return read_body(value, old)
    if path.selects:
        return _on_selection(operation, path, old)
    if operation.op == "remove":
        return cleared(path.attribute)
    if operation.op == "replace" and path.attribute == "emails":
        return _replaced_emails(value)
    return read_body(_fragment(path.attribute, value), old)


def _replaced_emails(value: Any) -> Changes:
    found = _read_emails(value, {})
    if not found.values.get("emails.primary"):
        raise errors.missing_primary_email()
    return Changes({"emails.secondary": None}).then(found)


def _fragment(path: str, value: Any) -> dict[str, Any]:
    """`name.givenname` and a value as the partial user {"name": {"givenname": value}}."""
    name, _, below = path.partition(".")
    if below == "manager.managerid":
        return {name: {"manager": {"managerId": value}}}
    return {name: {below: value}} if below else {name: value}


def _on_selection(operation: scim.Operation, path: scim.Path, old: Mapping[str, Any]) -> Changes:
    """`emails[primary eq false]`, `phoneNumbers[value eq "x"].value`: values picked by a filter."""
    name = path.attribute.lower()
    if name not in OTHER_SLOT or path.sub.lower() not in ("", "value"):
        raise errors.invalid_payload()
    picked = [slot for slot, item in _slots(name, old).items() if path.picks(item)]
    value = None if operation.op == "remove" else _selected_value(operation.value)
    if value is None and "emails.primary" in picked:
        raise errors.missing_primary_email()
    return Changes(dict.fromkeys(picked, value))


def _selected_value(told: Any) -> str:
    item = told[0] if isinstance(told, list) and told else told
    value = item.get("value") if isinstance(item, dict) else item
    if not isinstance(value, str):
        raise errors.invalid_attribute()
    return value


def _slots(name: str, old: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What is there of an attribute of several values, as a filter sees it."""
    found = {}
    for slot in (PRIMARY, OTHER_SLOT[name]):
        value = old.get(f"{name}.{slot}")
        if value:
            found[f"{name}.{slot}"] = {"value": value, "primary": slot == PRIMARY}
    return found


# --- names -----------------------------------------------------------------------------------

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


def is_email(text: str) -> bool:
    return bool(_EMAIL.fullmatch(text))


def check_names(values: Mapping[str, Any], name: str) -> None:
    """The rules for what people read: display name and real name."""
    display = values.get("displayname") or ""
    if display.startswith("@"):
        raise errors.user_refused("invalid_starts_with_at", name)
    if len(display) > MAX_DISPLAY_NAME:
        raise errors.user_refused("invalid_name_maxlength", name)
    real = [values.get("name.givenname"), values.get("name.familyname")]
    if any("@" in part for part in (display, *real) if part):
        raise errors.user_refused("invalid_name_specials", name)
    if display.lower() in RESERVED_WORDS:
        raise errors.user_refused("invalid_reserved_word", name)
    if any(_EMOJI.search(part) for part in (display, values.get("title")) if part):
        raise errors.user_refused("invalid_emoji_not_allowed", name)
