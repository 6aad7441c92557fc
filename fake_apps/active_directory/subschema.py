"""The subschema entry: attribute types and classes as RFC 4512 writes them, Microsoft's way.

Clients read it to know which attributes there are, which have one value, and how values look.
Source: https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-adts/ 3.1.1.3.1.1.1
"""

from functools import cache
from types import MappingProxyType

from . import oids
from .dit import Dit
from .reading import Attributes
from .schema import ATTRIBUTES, CLASSES, Attribute

_STANDARD, _MICROSOFT = "1.3.6.1.4.1.1466.115.121.1", "1.2.840.113556.1.4"
_SYNTAXES = MappingProxyType(
    {
        "text": f"{_STANDARD}.15",
        "int": f"{_STANDARD}.27",
        "dn": f"{_STANDARD}.12",
        "bool": f"{_STANDARD}.7",
        "guid": f"{_STANDARD}.40",
        "sid": f"{_STANDARD}.40",
        "octets": f"{_STANDARD}.40",
        "time": f"{_STANDARD}.24",
        "class": f"{_STANDARD}.38",
    }
)
_LARGE_INTEGER = f"{_MICROSOFT}.906"
_OWN_SYNTAX = MappingProxyType(
    {
        "legacyExchangeDN": f"{_MICROSOFT}.905",
        "wellKnownObjects": f"{_MICROSOFT}.903",
        "unicodePwd": f"{_STANDARD}.40",
        "objectCategory": f"{_STANDARD}.12",
        "subSchemaSubEntry": f"{_STANDARD}.12",
        "nTSecurityDescriptor": f"{_MICROSOFT}.907",
        **dict.fromkeys(
            (
                "accountExpires",
                "lockoutTime",
                "pwdLastSet",
                "badPasswordTime",
                "lastLogoff",
                "lastLogon",
                "lastLogonTimestamp",
                "uSNCreated",
                "uSNChanged",
            ),
            _LARGE_INTEGER,
        ),
    }
)
_ABSTRACT = ("top", "person", "organizationalPerson", "domain")  # beside those that are structural


def name(dit: Dit) -> str:
    """The DN of the entry."""
    return f"CN=Aggregate,{dit.schema_dn}"


def read(dit: Dit) -> Attributes:
    """The entry itself."""
    return {
        "objectClass": ["top", "subSchema"],
        "cn": ["Aggregate"],
        "distinguishedName": [name(dit)],
        "attributeTypes": list(_attribute_types()),
        "objectClasses": list(_object_classes()),
    }


@cache
def _attribute_types() -> tuple[str, ...]:
    return tuple(map(_attribute_type, ATTRIBUTES.values()))


def _attribute_type(attribute: Attribute) -> str:
    syntax = _OWN_SYNTAX.get(attribute.name) or _SYNTAXES[attribute.syntax]
    several = "" if not attribute.single else " SINGLE-VALUE"
    fixed = " NO-USER-MODIFICATION" if attribute.constructed else ""
    oid = oids.ATTRIBUTES[attribute.name]
    return f"( {oid} NAME '{attribute.name}' SYNTAX '{syntax}'{several}{fixed} )"


@cache
def _object_classes() -> tuple[str, ...]:
    chains = {found.chain for found in CLASSES.values()}
    above = {chain[at]: chain[at - 1] for chain in chains for at in range(1, len(chain))}
    return tuple(_object_class(one, above.get(one, "")) for one in sorted({"top", *above}))


def _object_class(one: str, above: str) -> str:
    kind = "ABSTRACT" if one in _ABSTRACT else "STRUCTURAL"
    if one == "top":
        may = " $ ".join(sorted(a.name for a in ATTRIBUTES.values() if not a.classes))
        return f"( {oids.CLASSES[one]} NAME 'top' ABSTRACT MUST (objectClass ) MAY ({may} ) )"
    own = sorted(a.name for a in ATTRIBUTES.values() if one in a.classes)
    may = f" MAY ({' $ '.join(own)} )" if own else ""
    return f"( {oids.CLASSES[one]} NAME '{one}' SUP {above} {kind}{may} )"
