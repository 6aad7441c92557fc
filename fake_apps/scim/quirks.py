"""What service providers do otherwise than the standard says, or where it says nothing.

All are off: the fake is standard unless told otherwise. profiles.py has the sets of known products.
"""

from ..core.quirk import HABITS, WORK, Quirk

OKTA = "https://developer.okta.com/docs/reference/scim/scim-20/"
ENTRA = (
    "https://learn.microsoft.com/en-us/entra/identity/app-provisioning/"
    "application-provisioning-config-problem-scim-compatibility"
)
AWS = "https://docs.aws.amazon.com/singlesignon/latest/developerguide"
SERVICENOW = (
    "https://github.com/ServiceNow/ServiceNowDocs markdown/api-reference/rest-apis/scim-api.md"
)
MIRO = "https://developers.miro.com/docs/scim-rate-limits"
RFC = "https://datatracker.ietf.org/doc/html/rfc7644#section-3.5.2"
GOOGLE = "https://docs.cloud.google.com/identity/docs/scim customers.v2.Groups.patch"


_BREAKS = {
    **dict.fromkeys((5, 6, 7, 9, 11, 12, 14, 20, 37, 65, 66), HABITS),
    **dict.fromkeys((8, 10, 13, 19, 26, 31, 41, 62, 63), WORK),
}


def _quirk(number: int, sentence: str, source: str, mark: str = "seen") -> Quirk:
    breaks = _BREAKS.get(number, "")
    return Quirk(f"Q{number}", sentence, source, default=False, mark=mark, breaks=breaks)


# --- PATCH ------------------------------------------------------------------------------------

REMOVE_TAKES_VALUES = _quirk(
    1,
    "remove of the path `members` with a value, as Entra ID sends it, removes those members alone",
    ENTRA,
    "doc",
)
OPS_ARE_EXACT = _quirk(
    2, "an op with a capital letter, as Entra ID sends it, is refused", ENTRA, "doc"
)
BOOLEANS_MAY_BE_TEXTS = _quirk(
    3,
    '"True" and "False", as Entra ID sends them, are taken for booleans, in filters too',
    ENTRA,
    "doc",
)
KEYS_MAY_BE_PATHS = _quirk(
    4, "names within a value may be paths, as Entra ID's name.givenName is", ENTRA, "doc"
)
OWN_ID_IS_REFUSED = _quirk(
    5,
    "a replace that repeats the group's own id, as Okta's do, is refused: id is read-only",
    "https://github.com/goauthentik/authentik/pull/23950",
)
PATHLESS_REPLACE_FAILS = _quirk(
    6,
    "a replace without a path, which Okta names a group with, is answered 500",
    "https://github.com/jelhub/scimgateway/issues/112",
)
NO_REPLACE_OF_MEMBERS = _quirk(
    7,
    "replace of the path `members` is answered 501",
    "https://github.com/Captain-P-Goldfish/scim-for-keycloak/issues/144",
)
VALUE_PATHS_ARE_IGNORED = _quirk(
    8,
    'remove of members[value eq "x"] is answered as done, and nobody leaves',
    "https://github.com/goauthentik/authentik/issues/25686",
)
VALUE_PATHS_ARE_REFUSED = _quirk(
    9,
    'a path with a filter, such as members[value eq "x"], is refused',
    "https://docs.github.com/en/rest/scim/scim (operations with filters are not supported)",
    "doc",
)
ONLY_ENTRA_IS_UNDERSTOOD = _quirk(
    10,
    "an operation that is not Add or Remove of exactly `members` is answered as done and ignored",
    "https://github.com/pydantic/logfire/issues/2355",
)
NO_WHOLESALE_CHANGES = _quirk(
    11,
    "replace of the path `members`, and remove of it without a filter, are refused with 400",
    "https://docs.amazonaws.cn/en_us/singlesignon/latest/developerguide/patchgroup.html",
    "doc",
)
ONE_MEMBER_A_PATCH = _quirk(
    12, "a PATCH of a group has at most two operations and names one member", GOOGLE, "doc"
)
MEMBERS_PATH_FAILS = _quirk(
    13,
    "the path `members` is answered 500, where the same without a path works",
    "https://github.com/wso2/product-is/issues/16933",
)

ADDS_REPLACE = _quirk(
    57,
    "an add of members puts them in the place of all others",
    "https://github.com/msaad00/agent-bom/issues/3533",
)
REMOVES_EMPTY = _quirk(
    58,
    'remove of members[value eq "x"] takes everybody out',
    "https://github.com/msaad00/agent-bom/issues/3533",
)

# --- who becomes a member ---------------------------------------------------------------------

UNTYPED_MEMBERS_ARE_DROPPED = _quirk(
    14,
    "a member without a `type`, which Okta never sends, is answered as added and is not",
    "https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/419",
)
UNKNOWN_MEMBERS_ARE_SKIPPED = _quirk(
    15,
    "members that do not exist are left out in silence, the others are added",
    "https://github.com/pydantic/logfire/issues/2355",
)
UNKNOWN_MEMBERS_ARE_NOT_FOUND = _quirk(
    16,
    "a member that does not exist is answered 404 User not found., as if the group were missing",
    "https://github.com/getsentry/sentry/issues/122540",
)
BAD_MEMBERS_ARE_PARAMETERS = _quirk(
    17,
    "one unknown or inactive member refuses the whole request, as an invalid parameter",
    "https://github.com/fleetdm/fleet/issues/52600",
)
ADMINS_ARE_SKIPPED = _quirk(
    18,
    "users with the role admin are left out of groups in silence",
    "https://github.com/semgrep/semgrep-docs/pull/2816",
)
PRESENT_MEMBERS_FAIL = _quirk(
    19,
    "adding a member who is in the group already is answered 500",
    "https://github.com/wso2/product-is/issues/8589",
)
ABSENT_MEMBERS_HAVE_NO_TARGET = _quirk(
    20,
    "removing a member who is not in the group is refused as noTarget",
    f"{RFC}.2 does not say; noTarget is its word where a filter matches nothing in a replace",
    "unsure",
)
DEACTIVATED_LEAVE_GROUPS = _quirk(
    21,
    "a user who is deactivated leaves all groups, and comes back without them",
    "https://docs.github.com/en/rest/scim/scim (active false takes the user out)",
    "doc",
)

# --- members that get lost --------------------------------------------------------------------

HUNDRED_MEMBERS_ARE_KEPT = _quirk(
    22,
    "a PATCH keeps the first hundred members and drops the rest; replies name no more than those",
    "https://github.com/FusionAuth/fusionauth-issues/issues/2784",
)
LARGE_ADDS_VANISH = _quirk(
    23,
    "an add of more than 225 members is answered as done, and none of them is stored",
    "pull request 2 of the repository hummingbird-exchange on GitHub",
    "unsure",
)
PUT_STORES_NO_MEMBERS = _quirk(
    24,
    "PUT of a group is answered as done and leaves it without members",
    "https://github.com/gravitational/teleport/issues/67372",
)
REPLICAS_ARE_STALE = _quirk(
    25,
    "a PATCH soon after another reads the members of before that one, and writes them back",
    "https://github.com/fleetdm/fleet/issues/50724",
)
REPLACE_STOPS_HALFWAY = _quirk(
    26,
    "a replace of all members does the first half of them and drops the others",
    "https://help.miro.com/hc/en-us/articles/360036777814 (Push Now on large groups)",
)
MEMBERS_ARE_NOT_RETURNED = _quirk(
    27, "replies never name the members of a group", f"{OKTA} allows it: members may be null", "doc"
)

# --- names ------------------------------------------------------------------------------------

NAMES_ARE_SLUGS = _quirk(
    28,
    "names that make the same slug conflict: A team with this slug already exists.",
    "https://github.com/getsentry/sentry/issues/88623",
)
CONSOLE_GROUPS_ARE_HIDDEN = _quirk(
    29,
    "groups that were not made by SCIM take up their names and are neither listed nor found",
    "https://github.com/getsentry/sentry/issues/88623",
)
CONFLICTS_ARE_ATLASSIANS = _quirk(
    30,
    "a taken name is told as Resource [GROUP]: with displayName already exists.",
    "https://support.okta.com/help/s/article/Okta-group-push-to-existing-groups-in-Atlassian",
)
NAMES_ARE_FIXED = _quirk(
    31,
    "the name of a group cannot be changed",
    "https://developer.atlassian.com/cloud/admin/user-provisioning/",
    "doc",
)
PUT_CONFLICTS_WITH_ITSELF = _quirk(
    32,
    "PUT of a group under its own name is refused: Group with this name already exists",
    "https://github.com/lightdash/lightdash/issues/15035",
)
OLD_NAMES_STAY_TAKEN = _quirk(
    33,
    "the old name of a renamed group stays taken",
    "https://github.com/ory/polis/issues/3559",
)
PUT_IGNORES_NAMES = _quirk(
    34,
    "PUT of a group changes its members, never its name",
    "https://github.com/jelhub/scimgateway/issues/95",
)
NAMES_ARE_TRIMMED = _quirk(
    35,
    "blanks around a name are cut off, so Engineering with a blank behind it is no other name",
    "snapotter issue 993 on GitHub (two teams where they are not)",
)
TEXTS_ARE_CHECKED = _quirk(
    36,
    "a name with one of < > ; : % is refused as unparsable",
    "https://support.okta.com/help/s/article/aws-provisioning-error-request-is-unparsable-"
    "syntactically-incorrect-or-violates-schema",
)
ONE_VALUE_OF_EACH_ATTRIBUTE = _quirk(
    69,
    "a user with several values of one attribute, such as two emails, is refused",
    f"{AWS}/limitations.html",
    "doc",
)
EXTERNAL_ID_IS_REQUIRED = _quirk(
    37,
    "a group without externalId, which Okta does not send, is refused",
    "the runbook of the vendor Zecurity for its SCIM app (externalId is required)",
)
DELETED_GROUPS_ARE_FOUND = _quirk(
    38,
    "a deleted group is still found by its name, and is not there when it is asked for",
    "the support notes of the vendor Atlan (LINTEST-423, LINTEST-439)",
)

# --- limits and refusals ----------------------------------------------------------------------

MEMBERS_A_REQUEST_ARE_FEW = _quirk(
    39,
    "a request that names more members than `members_a_request` is refused whole",
    f"{AWS}/patchgroup.html",
    "doc",
)
LARGE_GROUPS_ARE_REFUSED = _quirk(
    40,
    "a request that names more than 8000 members, or is above 800,000 bytes, is answered 413",
    MIRO,
    "doc",
)
MEMBERS_TAKE_TIME = _quirk(
    41,
    "each member that a PATCH names takes its time: `member_takes_s`",
    "https://github.com/ory/polis/issues/4080",
)
GROUP_PATCHES_ARE_LIMITED = _quirk(
    42,
    "100 PATCHes of groups in 30 seconds, and 5 with a body above 500 bytes",
    MIRO,
    "doc",
)
DOMAINS_ARE_CHECKED = _quirk(
    43,
    "a user of a domain that is not in `allowed_domains` is refused with 409",
    "https://help.miro.com/hc/en-us/articles/360036777814 (DomainAddress is not whitelisted)",
)
USER_AGENT_IS_MANDATORY = _quirk(
    44,
    "a request without a User-Agent is refused",
    "https://developers.facebook.com/docs/workplace/reference/account-management-api/",
    "doc",
)
PUT_OF_GROUPS_IS_MISSING = _quirk(
    45,
    "PUT of a group is answered 501: members change by PATCH only",
    "https://github.com/keycloak/keycloak/issues/46216",
)
EXISTING_USERS_ARE_ANSWERED = _quirk(
    46,
    "a POST of a user who is there already is answered 200 with that user, not 409",
    "https://github.com/Metatavu/keycloak-scim-server/issues/114",
)

# --- replies ----------------------------------------------------------------------------------

ERRORS_ARE_PLAIN_TEXT = _quirk(
    47,
    "refusals are sentences, not JSON",
    "https://github.com/Metatavu/keycloak-scim-server/issues/114",
)
ERRORS_ARE_AMAZONS = _quirk(
    48,
    "errors have a `schema` beside `schemas`, an exceptionRequestId, a timeStamp and no scimType",
    "https://github.com/slashdevops/idp-scim-sync/issues/62",
)
STATUS_IS_A_NUMBER = _quirk(
    49,
    "the status within an error is a number, not a text",
    "https://docs.slack.dev/reference/scim-api#example-error",
    "doc",
)
PATCH_ANSWERS_AN_EMPTY_OBJECT = _quirk(
    50, "PATCH is answered with an empty JSON object", GOOGLE, "doc"
)
PATCH_ANSWERS_THE_GROUP = _quirk(
    68,
    "PATCH of a group is answered 200 with the group, whatever `group_patch_status` is",
    SERVICENOW,
    "doc",
)
FILTERS_ARE_IGNORED = _quirk(
    51,
    "a filter is ignored: the whole list is answered",
    "https://datatracker.ietf.org/doc/html/rfc7644#section-3.4.2.2 makes filters optional",
    "unsure",
)
FILTERS_ARE_EQUALITIES = _quirk(
    52, "filters know eq and `and`, nothing else", f"{AWS}/limitations.html", "doc"
)
FILTERS_KNOW_NO_NOT = _quirk(53, "filters know no `not`", SERVICENOW, "doc")
LARGE_COUNTS_ARE_REFUSED = _quirk(
    54, "a count above the most that a page may have is refused, not lowered", SERVICENOW, "doc"
)
ATTRIBUTES_EXCLUDE_EACH_OTHER = _quirk(
    55, "attributes and excludedAttributes in one request are refused", SERVICENOW, "doc"
)
EXCLUDED_ATTRIBUTES_ARE_IGNORED = _quirk(
    56, "excludedAttributes is ignored: groups always come with their members", ENTRA, "doc"
)

# --- paging, the caller's own user, nested groups ------------------------------------------------

CURSORS_LEAD_FORWARD = _quirk(
    59,
    "a page by cursor has no previousCursor",
    "https://datatracker.ietf.org/doc/html/rfc9865#section-2 (it is optional)",
    "doc",
)
ME_IS_ELSEWHERE = _quirk(
    60,
    "/Me is answered 308 with the address of the user",
    "https://datatracker.ietf.org/doc/html/rfc7644#section-3.11",
    "doc",
)
GROUPS_ARE_DIRECT = _quirk(
    61,
    "the groups of a user are those it is in itself, without those it is in through others",
    "https://datatracker.ietf.org/doc/html/rfc7643#section-4.1.2 (if such are told at all)",
    "doc",
)

# --- media types, locks, refusals ----------------------------------------------------------------

BODIES_ARE_SCIM_JSON = _quirk(
    62,
    "a body that is not application/scim+json is refused with 415",
    "https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/629",
)
SCIM_JSON_IS_NOT_SENT = _quirk(
    63,
    "a client that accepts only application/scim+json is refused with 406",
    "https://github.com/wso2/product-is/issues/3374",
)
REPLIES_ARE_JSON_SCIM = _quirk(
    64,
    "replies are application/json+scim, the two words the wrong way round",
    "https://github.com/FusionAuth/fusionauth-issues/issues/1769",
)
GROUPS_ARE_LOCKED = _quirk(
    65,
    "a write to a group within `lock_s` of another is refused with 429 and Retry-After",
    "https://docs.slack.dev/reference/scim-api#concurrency",
    "doc",
)
REMOVE_REFUSES_VALUES = _quirk(
    66,
    "remove of the path `members` with a value is refused",
    "https://github.com/python-scim/scim2-models scim2_models/messages/patch_op.py",
    "sdk",
)
REFUSED_TOKENS_GET_A_PAGE = _quirk(
    67,
    "a bad token is answered 403 with a page of HTML",
    "https://docs.snowflake.com/en/user-guide/scim-okta",
)

ALL: tuple[Quirk, ...] = tuple(each for each in list(vars().values()) if isinstance(each, Quirk))
