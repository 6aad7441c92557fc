"""The schemas: what attributes there are, and values read and checked by them.

The definitions are those of RFC 7643 as scim2-models has them; nothing is told twice. Importing it
takes a second, so it waits for the first who needs a schema.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ..core import scim
from . import errors

Values = dict[str, Any]
"""Attributes of one resource under their own names; an extension's under its URN."""

USER, GROUP = "User", "Group"
READ_ONLY, IMMUTABLE = "readOnly", "immutable"
ALWAYS, NEVER = "always", "never"
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_KINDS: Mapping[str, tuple[type, ...]] = {
    "boolean": (bool,),
    "integer": (int,),
    "decimal": (int, float),
    "complex": (dict,),
}

_FLAGS = {"true": True, "false": False}


@dataclass(frozen=True)
class Attribute:
    """One attribute; `subs` are those below it by name in lower case."""

    name: str
    kind: str
    many: bool = False
    required: bool = False
    exact: bool = False
    mutability: str = "readWrite"
    returned: str = "default"
    subs: Mapping[str, "Attribute"] = field(default_factory=dict)

    def sub(self, name: str) -> "Attribute":
        found = self.subs.get(name.lower())
        if found is None:
            raise errors.invalid_path(f"{self.name} has no sub-attribute {name}")
        return found


@dataclass(frozen=True)
class Kind:
    """One type of resource; attributes by name, extensions by URN, all in lower case."""

    name: str
    urn: str
    attributes: Mapping[str, Attribute]
    extensions: Mapping[str, Attribute]
    documents: tuple[Mapping[str, Any], ...]

    @property
    def exact(self) -> frozenset[str]:
        """Paths whose texts are compared with their case."""
        every = (*self.attributes.values(), *self.extensions.values())
        return frozenset(path for each in every for path in _paths(each, "", _is_exact))

    @property
    def dates(self) -> frozenset[str]:
        """Paths whose values are moments."""
        every = (*self.attributes.values(), *self.extensions.values())
        return frozenset(path for each in every for path in _paths(each, "", _is_date))

    def attribute(self, name: str, urn: str = "") -> Attribute:
        """The attribute of that name, in whatever case; the refusal of a path where it has none."""
        holder = self.extensions.get(urn.lower()) if urn and not self.is_core(urn) else None
        if urn and not self.is_core(urn) and holder is None:
            raise errors.invalid_path(f"{self.name} has no extension {urn}")
        known = holder.subs if holder else {**self.attributes, **self.extensions}
        found = known.get(name.lower())
        if found is None:
            raise errors.invalid_path(f"{self.name} has no attribute {name}")
        return found

    def is_core(self, urn: str) -> bool:
        return urn.lower() == self.urn.lower()


def _paths(attribute: Attribute, above: str, fits: Callable[[Attribute], bool]) -> Iterable[str]:
    path = f"{above}{attribute.name}".lower()
    if fits(attribute):
        yield path
    for sub in attribute.subs.values():
        yield from _paths(sub, f"{path}.", fits)


def _is_exact(attribute: Attribute) -> bool:
    return attribute.exact


def _is_date(attribute: Attribute) -> bool:
    return attribute.kind == "dateTime"


# --- the definitions -------------------------------------------------------------------------

_ID = Attribute("id", "string", exact=True, mutability=READ_ONLY, returned=ALWAYS)
_EXTERNAL_ID = Attribute("externalId", "string", exact=True)
_SCHEMAS = Attribute("schemas", "string", many=True, exact=True, returned=ALWAYS)
_META = Attribute(
    "meta",
    "complex",
    mutability=READ_ONLY,
    subs={
        name.lower(): Attribute(name, kind, exact=True, mutability=READ_ONLY)
        for name, kind in (
            ("resourceType", "string"),
            ("created", "dateTime"),
            ("lastModified", "dateTime"),
            ("location", "reference"),
            ("version", "string"),
        )
    },
)
_COMMON = {each.name.lower(): each for each in (_SCHEMAS, _ID, _EXTERNAL_ID, _META)}


@cache
def kind(name: str) -> Kind:
    """`User` or `Group`."""
    import scim2_models  # noqa: PLC0415 - takes a second

    known: dict[str, list[Any]] = {
        USER: [scim2_models.User, scim2_models.EnterpriseUser],
        GROUP: [scim2_models.Group],
    }
    told = [model.to_schema().model_dump() for model in known[name]]
    own, *more = map(_whole, told)
    return Kind(
        name,
        own.name,
        {**_COMMON, **own.subs},
        {each.name.lower(): each for each in more},
        tuple(told),
    )


def _whole(document: Mapping[str, Any]) -> Attribute:
    """A schema as if it were one complex attribute under its URN."""
    return Attribute(document["id"], "complex", subs=_by_name(document["attributes"]))


def _by_name(told: Iterable[Mapping[str, Any]]) -> dict[str, Attribute]:
    return {each["name"].lower(): _attribute(each) for each in told}


def _attribute(told: Mapping[str, Any]) -> Attribute:
    return Attribute(
        told["name"],
        told["type"],
        many=told["multiValued"],
        required=told["required"],
        exact=bool(told.get("caseExact")),
        mutability=told["mutability"],
        returned=told["returned"],
        subs=_by_name(told.get("subAttributes") or ()),
    )


# --- reading ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """How strictly values are read: `loose` takes "True" for true, as Entra ID sends it."""

    loose: bool = False

    def resource(self, body: Mapping[str, Any], of: Kind) -> Values:
        """The values of a whole resource; what is read-only, unknown or null is left out."""
        _check_schemas(body, of)
        found: Values = {}
        for name, value in body.items():
            attribute = _known(of, name)
            if attribute is None or attribute.mutability == READ_ONLY or attribute is _SCHEMAS:
                continue
            read = self.value(attribute, value)
            if read is not None:
                found[attribute.name] = read
        check_required(found, of)
        return found

    def value(self, attribute: Attribute, told: Any) -> Any:
        """The value of an attribute, None where it is unassigned: null, or an empty list."""
        if told is None or told == []:
            return None
        if not attribute.many:
            return self._one(attribute, told)
        if not isinstance(told, list):
            raise errors.invalid_value(f"{attribute.name} is no list")
        return check_primary(attribute, [self._one(attribute, each) for each in told])

    def item(self, attribute: Attribute, told: Any) -> Any:
        """One value of an attribute that may have several."""
        return self._one(attribute, told)

    def _one(self, attribute: Attribute, told: Any) -> Any:
        value: Any = told
        if attribute.kind == "boolean" and self.loose and isinstance(told, str):
            value = _FLAGS.get(told.lower())
            value = told if value is None else value
        wanted = _KINDS.get(attribute.kind, (str,))
        if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
            raise errors.invalid_value(f"{attribute.name} is no {attribute.kind}")
        if attribute.kind == "complex":
            return self._complex(attribute, value)
        _check_text(attribute, value)
        return value

    def _complex(self, attribute: Attribute, told: Any) -> Values:
        found: Values = {}
        for name, value in told.items():
            sub = attribute.subs.get(str(name).lower())
            if sub is None or sub.mutability == READ_ONLY:
                continue
            read = self.value(sub, value)
            if read is not None:
                found[sub.name] = read
        return found


def _known(of: Kind, name: str) -> Attribute | None:
    lower = str(name).lower().removeprefix(f"{of.urn.lower()}:")
    return of.attributes.get(lower) or of.extensions.get(lower)


def _check_schemas(body: Mapping[str, Any], of: Kind) -> None:
    told = next((value for name, value in body.items() if name.lower() == "schemas"), None)
    if not isinstance(told, list) or not all(isinstance(each, str) for each in told):
        raise errors.invalid_syntax("schemas is no list of URIs")
    if not any(of.is_core(each) for each in told):
        raise errors.invalid_syntax(f"schemas does not name {of.urn}")


def check_message(told: Any, urn: str) -> None:
    """That the `schemas` of a request which is no resource name what it is."""
    if not isinstance(told, list) or urn not in told:
        raise errors.invalid_syntax(f"schemas does not name {urn}")


def check_required(values: Mapping[str, Any], of: Kind) -> None:
    for attribute in of.attributes.values():
        if attribute.required and values.get(attribute.name) in (None, ""):
            raise errors.invalid_value(f"{attribute.name} is required")


def check_primary(attribute: Attribute, items: list[Any]) -> list[Any]:
    """RFC 7643, 2.4: "the primary attribute value true MUST appear no more than once"."""
    if attribute.kind == "complex" and sum(item.get("primary") is True for item in items) > 1:
        raise errors.invalid_value(f"{attribute.name} has several primary values")
    return items


def _check_text(attribute: Attribute, told: Any) -> None:
    if attribute.kind == "dateTime" and not _DATE.fullmatch(told):
        raise errors.invalid_value(f"{attribute.name} is no dateTime")
    if attribute.kind == "binary":
        try:
            base64.b64decode(told, validate=True)
        except (binascii.Error, ValueError) as fault:
            raise errors.invalid_value(f"{attribute.name} is no base64") from fault


def parse_path(text: str, of: Kind) -> scim.Path:
    """A path of an operation; the URN of an extension alone addresses all of it."""
    if text.lower() in of.extensions:
        return scim.Path(of.extensions[text.lower()].name)
    return scim.parse_path(text)
