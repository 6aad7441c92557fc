"""Known products as sets of quirks: pick one with the setting `profile`.

Only what is documented or was seen of a product is in its set; everything else stays standard.
"""

from collections.abc import Mapping
from typing import Any

from ..core.quirk import Profile, Quirk, QuirkSet
from . import quirks as q

STANDARD = "standard"
PROFILES: Mapping[str, Profile] = {
    STANDARD: Profile("the standard, RFC 7643 and RFC 7644"),
    "atlassian": Profile("Atlassian Cloud", (q.CONFLICTS_ARE_ATLASSIANS, q.NAMES_ARE_FIXED)),
    "atlan": Profile("Atlan", (q.DELETED_GROUPS_ARE_FOUND,)),
    "agent-bom": Profile("agent-bom before its fix", (q.ADDS_REPLACE, q.REMOVES_EMPTY)),
    "authentik": Profile("authentik as a SCIM source", (q.VALUE_PATHS_ARE_IGNORED,)),
    "aws-identity-center": Profile(
        "AWS IAM Identity Center",
        (
            q.TEXTS_ARE_CHECKED,
            q.MEMBERS_A_REQUEST_ARE_FEW,
            q.ERRORS_ARE_AMAZONS,
            q.FILTERS_ARE_EQUALITIES,
            q.ONE_VALUE_OF_EACH_ATTRIBUTE,
        ),
        {"members_a_request": 100, "page": 50, "most": 50},
    ),
    "aws-identity-center-china": Profile(
        "AWS IAM Identity Center in China",
        (
            q.NO_WHOLESALE_CHANGES,
            q.MEMBERS_A_REQUEST_ARE_FEW,
            q.ERRORS_ARE_AMAZONS,
            q.ONE_VALUE_OF_EACH_ATTRIBUTE,
        ),
        {"members_a_request": 100, "page": 50, "most": 50},
    ),
    "entra-ready": Profile(
        "a provider that takes what Entra ID sends without its SCIM 2.0 flag",
        (q.REMOVE_TAKES_VALUES, q.BOOLEANS_MAY_BE_TEXTS, q.KEYS_MAY_BE_PATHS),
    ),
    "fleet": Profile("Fleet", (q.BAD_MEMBERS_ARE_PARAMETERS, q.REPLICAS_ARE_STALE)),
    "fusionauth": Profile("FusionAuth before its fix", (q.HUNDRED_MEMBERS_ARE_KEPT,)),
    "github": Profile("GitHub", (q.VALUE_PATHS_ARE_REFUSED, q.DEACTIVATED_LEAVE_GROUPS)),
    "google-cloud-identity": Profile(
        "Google Cloud Identity",
        (q.NO_WHOLESALE_CHANGES, q.ONE_MEMBER_A_PATCH, q.PATCH_ANSWERS_AN_EMPTY_OBJECT),
    ),
    "keycloak": Profile("Keycloak", (q.PUT_OF_GROUPS_IS_MISSING,)),
    "keycloak-scim-server": Profile("keycloak-scim-server of Metatavu", (q.ERRORS_ARE_PLAIN_TEXT,)),
    "lightdash": Profile("Lightdash", (q.PUT_CONFLICTS_WITH_ITSELF,)),
    "logfire": Profile(
        "Logfire before its fix", (q.ONLY_ENTRA_IS_UNDERSTOOD, q.UNKNOWN_MEMBERS_ARE_SKIPPED)
    ),
    "miro": Profile(
        "Miro",
        (
            q.REPLACE_STOPS_HALFWAY,
            q.LARGE_GROUPS_ARE_REFUSED,
            q.GROUP_PATCHES_ARE_LIMITED,
            q.DOMAINS_ARE_CHECKED,
        ),
    ),
    "polis": Profile("Ory Polis", (q.OLD_NAMES_STAY_TAKEN, q.MEMBERS_TAKE_TIME)),
    "scim-for-keycloak": Profile(
        "scim-for-keycloak", (q.NO_REPLACE_OF_MEMBERS, q.UNTYPED_MEMBERS_ARE_DROPPED)
    ),
    "scimgateway": Profile("scimgateway", (q.PATHLESS_REPLACE_FAILS, q.PUT_IGNORES_NAMES)),
    "semgrep": Profile("Semgrep", (q.ADMINS_ARE_SKIPPED,)),
    "sentry": Profile(
        "Sentry",
        (q.UNKNOWN_MEMBERS_ARE_NOT_FOUND, q.NAMES_ARE_SLUGS, q.CONSOLE_GROUPS_ARE_HIDDEN),
    ),
    "servicenow": Profile(
        "ServiceNow",
        (
            q.FILTERS_KNOW_NO_NOT,
            q.LARGE_COUNTS_ARE_REFUSED,
            q.ATTRIBUTES_EXCLUDE_EACH_OTHER,
            q.PATCH_ANSWERS_THE_GROUP,
        ),
        {"page": 10, "most": 500},
    ),
    "teleport": Profile("Teleport 18.7.7", (q.PUT_STORES_NO_MEMBERS,)),
    "workplace": Profile("Workplace from Meta", (q.USER_AGENT_IS_MANDATORY,)),
    "wso2": Profile(
        "WSO2 Identity Server before its fixes", (q.MEMBERS_PATH_FAILS, q.PRESENT_MEMBERS_FAIL)
    ),
    "zecurity": Profile("Zecurity", (q.EXTERNAL_ID_IS_REQUIRED,)),
}
_QUIRKS = {name: frozenset(each.id for each in one.quirks) for name, one in PROFILES.items()}


class Behaviour:
    """What is on: quirks that were switched on, and those of the profile."""

    def __init__(self, switched: QuirkSet, settings: Mapping[str, Any]) -> None:
        self._switched = switched
        self.settings = settings

    def __contains__(self, quirk: Quirk) -> bool:
        return quirk in self._switched or quirk.id in _QUIRKS[self.settings["profile"]]

    def number(self, name: str) -> float | None:
        """A setting; where that is None, what the profile says."""
        told: float | None = self.settings[name]
        return PROFILES[self.settings["profile"]].numbers.get(name) if told is None else told

    def whole(self, name: str, default: int) -> int:
        """The same as a whole number, with what the standard fake has where nobody says."""
        told = self.number(name)
        return default if told is None else int(told)
