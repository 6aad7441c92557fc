"""How Okta's catalogue of integrations calls the kinds of app we know.

Names: the typed apps of https://github.com/okta/okta-management-openapi-spec; others are as our
kinds are. https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Application/
"""

from collections.abc import Mapping

NAMES: Mapping[str, str] = {"o365": "office365", "gsuite": "google", "box": "boxnet"}
KINDS: Mapping[str, str] = {name: kind for kind, name in NAMES.items()}


def name_of(kind: str) -> str:
    return NAMES.get(kind, kind)


def kind_of(name: str) -> str:
    return KINDS.get(name, name)
