"""What the service says about itself.

Sources: RFC 7643, 5 (ServiceProviderConfig), 6 (ResourceType), 7 (Schema); RFC 7644, 4.
"""

from collections.abc import Mapping
from typing import Any

from ..core import scim
from . import access, errors, paging, schema
from .entity import GROUP, USER
from .state import Provider

BEARER = "https://datatracker.ietf.org/doc/html/rfc6750"
BASIC = "https://datatracker.ietf.org/doc/html/rfc7617"


def config(provider: Provider, base: str) -> dict[str, Any]:
    behaviour = provider.behaviour
    return {
        "schemas": [scim.SERVICE_PROVIDER_CONFIG],
        "documentationUri": "https://datatracker.ietf.org/doc/html/rfc7644",
        "patch": {"supported": True},
        "bulk": {
            "supported": True,
            "maxOperations": behaviour.whole("bulk_operations", 1000),
            "maxPayloadSize": behaviour.whole("bulk_bytes", 1_048_576),
        },
        "filter": {"supported": True, "maxResults": behaviour.whole("most", 200)},
        "changePassword": {"supported": True},
        "sort": {"supported": True},
        "etag": {"supported": True},
        **paging.announced(provider),
        "authenticationSchemes": [_scheme(behaviour.settings["sign_in"])],
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": f"{base}/ServiceProviderConfig",
        },
    }


def _scheme(sign_in: str) -> dict[str, Any]:
    if sign_in == access.BASIC:
        return {
            "type": "httpbasic",
            "name": "HTTP Basic",
            "description": "Authentication scheme using the HTTP Basic Standard",
            "specUri": BASIC,
            "primary": True,
        }
    return {
        "type": "oauthbearertoken",
        "name": "OAuth Bearer Token",
        "description": "Authentication scheme using the OAuth Bearer Token Standard",
        "specUri": BEARER,
        "primary": True,
    }


def resource_types(base: str) -> list[dict[str, Any]]:
    return [_resource_type(name, base) for name in (USER, GROUP)]


def _resource_type(name: str, base: str) -> dict[str, Any]:
    of = schema.kind(name)
    return {
        "schemas": [scim.RESOURCE_TYPE],
        "id": name,
        "name": name,
        "endpoint": f"/{name}s",
        "description": f"{name}s of this service",
        "schema": of.urn,
        "schemaExtensions": [
            {"schema": each.name, "required": False} for each in of.extensions.values()
        ],
        "meta": {"resourceType": "ResourceType", "location": f"{base}/ResourceTypes/{name}"},
    }


def schemas(provider: Provider, base: str) -> list[dict[str, Any]]:
    told = [each for name in (USER, GROUP) for each in schema.kind(name).documents]
    is_unique = provider.behaviour.settings["group_names_are_unique"]
    return [_schema(each, base, names_are_unique=is_unique) for each in told]


def _schema(told: Mapping[str, Any], base: str, *, names_are_unique: bool) -> dict[str, Any]:
    """A provider may be stricter than the standard about names of groups; then it says so."""
    attributes = told["attributes"]
    if told["id"] == scim.GROUP and names_are_unique:
        attributes = [
            {**each, "uniqueness": "server"} if each["name"] == "displayName" else each
            for each in attributes
        ]
    meta = {"resourceType": "Schema", "location": f"{base}/Schemas/{told['id']}"}
    return {**told, "attributes": attributes, "meta": meta}


def one_of(found: list[dict[str, Any]], wanted: str) -> dict[str, Any]:
    for each in found:
        if each["id"].lower() == wanted.lower():
            return each
    raise errors.not_found(wanted)


def listed(found: list[dict[str, Any]]) -> dict[str, Any]:
    return paging.listed(found, len(found), {"startIndex": 1})
