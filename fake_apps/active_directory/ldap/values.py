"""Attribute values between the directory, which keeps text, and LDAP, which carries octets."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from .. import errors, schema, sid

_TO_OCTETS: Mapping[str, Callable[[str], bytes]] = MappingProxyType(
    {
        "guid": lambda text: uuid.UUID(text).bytes_le,
        "sid": sid.octets,
        "octets": bytes.fromhex,
    }
)


def octets(name: str, values: Iterable[str]) -> list[bytes]:
    """The values of an attribute as they go on the wire; `name` may have options."""
    attribute = schema.attribute(name.partition(";")[0])
    convert = _TO_OCTETS.get(attribute.syntax) if attribute else None
    return [convert(value) for value in values] if convert else [text.encode() for text in values]


def texts(name: str, values: Iterable[bytes]) -> tuple[str, ...]:
    """The values of an attribute as the directory keeps them; LdapError 21 where they cannot be."""
    attribute = schema.attribute(name)
    if attribute is None:
        return tuple(value.decode("utf-8", "replace") for value in values)  # refused by its name
    if attribute.syntax in _TO_OCTETS:
        return tuple(value.hex() for value in values)
    coding = "utf-16-le" if attribute.writer is schema.Writer.PASSWORD else "utf-8"
    try:
        return tuple([value.decode(coding) for value in values])
    except UnicodeDecodeError as error:
        raise errors.bad_value() from error
