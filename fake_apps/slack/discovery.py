"""What the service says about itself. Schemas are addressed by plural names, not by URN.

Keys as in the samples of https://github.com/slackapi/java-slack-sdk json-logs/samples/scim; the
schemas list the attributes this fake keeps.
"""

from typing import Any

from ..core import scim
from .entity import V2, Words

_USER = (
    "userName",
    "nickName",
    "displayName",
    "profileUrl",
    "title",
    "timezone",
    "userType",
    "preferredLanguage",
    "locale",
)
_MANY = ("emails", "photos", "addresses", "phoneNumbers", "roles", "groups")


def config(words: Words) -> dict[str, Any]:
    """Neither bulk nor sorting nor ETags."""
    schema = scim.SERVICE_PROVIDER_CONFIG if words.is_v2 else words.user
    return {
        "schemas": [schema],
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "OAuth Bearer Token",
                "description": "Authentication scheme using the OAuth Bearer Token standard",
                "specUrl": "https://datatracker.ietf.org/doc/html/rfc6750",
                "primary": True,
            }
        ],
        "patch": {"supported": True},
        "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": 1000},
        "changePassword": {"supported": False},
        "sort": {"supported": False},
        "etag": {"supported": False},
        "xmlDataFormat": {"supported": False},
    }


def resource_types() -> dict[str, Any]:
    extensions = [V2.enterprise, V2.guest, V2.profile]
    found = [
        _resource_type("User", "/Users", V2.user, extensions),
        _resource_type("Group", "/Groups", V2.group, []),
    ]
    return scim.list_response(found, total=len(found), start=1)


def _resource_type(name: str, endpoint: str, schema: str, extensions: list[str]) -> dict[str, Any]:
    return {
        "schemas": [scim.RESOURCE_TYPE],
        "id": name,
        "name": name,
        "endpoint": endpoint,
        "schema": schema,
        "schemaExtensions": [{"schema": each, "required": False} for each in extensions],
    }


def schemas(words: Words) -> dict[str, Any]:
    found = [user_schema(words), group_schema(words)]
    return scim.list_response(found, total=len(found), start=1)


def user_schema(words: Words) -> dict[str, Any]:
    attributes = [_attribute(name, is_required=name == "userName") for name in _USER]
    attributes += [_attribute("active", kind="boolean"), _attribute("name", kind="complex")]
    attributes += [_attribute(name, kind="complex", is_many=True) for name in _MANY]
    extensions = (words.enterprise, words.guest, words.profile)
    attributes += [_attribute(urn, kind="complex") for urn in extensions]
    return _schema(words, "User", words.user, attributes)


def group_schema(words: Words) -> dict[str, Any]:
    attributes = [
        _attribute("displayName", is_required=True),
        _attribute("members", kind="complex", is_many=True),
    ]
    return _schema(words, "Group", words.group, attributes)


def _schema(words: Words, name: str, urn: str, attributes: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "schemas": [scim.SCHEMA if words.is_v2 else urn],
        "id": urn if words.is_v2 else f"{urn}:{name}",
        "name": name,
        "description": f"{name}s of the organisation",
        "schema": urn,
        "endpoint": f"{words.base}/{words.version}/{name}s",
        "attributes": attributes,
    }


def _attribute(
    name: str, *, kind: str = "string", is_many: bool = False, is_required: bool = False
) -> dict[str, Any]:
    return {
        "name": name,
        "type": kind,
        "multiValued": is_many,
        "required": is_required,
        "caseExact": False,
    }
