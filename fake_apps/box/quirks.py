"""What Box does that a reader of its reference would not expect."""

from ..core.quirk import Quirk

REFERENCE = "https://developer.box.com/reference"
GUIDES = "https://developer.box.com/guides"

NAMES_ARE_UNIQUE = Quirk(
    "Q1",
    "a group name is taken once per enterprise; the 409 does not tell the id of who has it",
    "https://github.com/box/box-windows-sdk-v2/issues/571",
    mark="seen",
)
NAMES_IGNORE_CASE = Quirk(
    "Q2",
    "two group names that differ in case alone are the same name",
    f"{REFERENCE}/post-groups (says unique, not how it compares)",
    mark="unsure",
)
BLANKS_ARE_KEPT = Quirk(
    "Q25",
    "blanks at the end of a group name are kept and tell two names apart",
    "https://github.com/box/box-windows-sdk-v2/issues/571 (the name 'All Box ')",
    mark="seen",
)
PROVENANCE_LOCKS_THE_CONSOLE = Quirk(
    "Q4",
    "a group with a provenance cannot be renamed or given members in the Box web app",
    f"{REFERENCE}/post-groups",
)
SYNC_IDS_CANNOT_BE_SEARCHED = Quirk(
    "Q5",
    "no list of groups can be asked for an external_sync_identifier: all are read and compared",
    f"{REFERENCE}/get-groups (offers filter_term alone)",
)
SYNC_FIELDS_ARE_HIDDEN = Quirk(
    "Q6",
    "provenance, external_sync_identifier and description come only when named in fields=",
    f"{REFERENCE}/resources/group--full",
    mark="sdk",
)
FIELDS_REPLACE_DEFAULTS = Quirk(
    "Q7",
    "fields= takes away the fields that come without it, all but type, id and the name",
    f"{GUIDES}/api-calls/request-extra-fields",
)
PAGES_HAVE_GAPS = Quirk(
    "Q8",
    "entries the caller may not see count in a page and in total_count, but are not delivered",
    f"{GUIDES}/api-calls/pagination/offset-based",
    default=False,
)
OFFSETS_END = Quirk(
    "Q9",
    "an offset above 10000 is refused, so about 11000 members can be listed and no more",
    f"{REFERENCE}/get-groups-id-memberships",
)
UNAUTHORIZED_HAS_NO_BODY = Quirk(
    "Q10",
    "401 comes with an empty body; WWW-Authenticate alone says why",
    "https://github.com/cburnette/boxr/issues/26",
    mark="seen",
)
EXTERNAL_USERS_CANNOT_JOIN = Quirk(
    "Q11",
    "only managed and app users of the enterprise can be members of its groups",
    "https://support.box.com/hc/en-us/articles/360043694554",
    mark="unsure",
)
INACTIVE_USERS_STAY = Quirk(
    "Q12",
    "a user who is made inactive keeps the memberships; signing in is all that ends",
    "https://support.box.com/hc/en-us/articles/1500005433721 (says nothing of groups)",
    mark="unsure",
)
INACTIVE_USERS_MAY_JOIN = Quirk(
    "Q26",
    "an inactive user can be put into a group",
    f"{REFERENCE}/post-group-memberships (names no such refusal)",
    mark="unsure",
)
ROLLED_OUT_USERS_LEAVE = Quirk(
    "Q13",
    "a user rolled out of the enterprise leaves its groups, yet the login stays taken",
    f"{REFERENCE}/put-users-id (enterprise: null)",
    mark="unsure",
)
LOGINS_ARE_GLOBAL = Quirk(
    "Q14",
    "a login that exists anywhere in Box is refused: that person must be invited",
    f"{GUIDES}/users/create-managed-user",
)
UNCONFIRMED_LOGINS_ARE_FIXED = Quirk(
    "Q15",
    "the login of a user who has not confirmed the e-mail yet cannot be changed",
    f"{REFERENCE}/put-users-id",
)
FILTERS_MATCH_STARTS = Quirk(
    "Q16",
    "filter_term finds all whose name or login starts so: Sales finds Sales EMEA as well",
    f"{REFERENCE}/get-users, {REFERENCE}/get-groups",
)
ALL_USERS_IS_LISTED = Quirk(
    "Q18",
    "the built-in group of all users stands among the groups and cannot be changed",
    f"{REFERENCE}/resources/group (group_type all_users_group)",
    default=False,
    mark="unsure",
)
PRESENT_MEMBER_IS_A_CONFLICT = Quirk(
    "Q20",
    "adding a present member is a 409, also with another role; only PUT changes the role",
    f"{REFERENCE}/post-group-memberships",
    mark="unsure",
)
SWITCHES_TAKE_ANY_CASE = Quirk(
    "Q24",
    "switches in the query are read in any case: Box's Python client writes True and False",
    "https://github.com/box/box-python-sdk box_sdk_gen/managers/users.py (usemarker, force)",
    mark="sdk",
)
CONTENT_KEEPS_USERS = Quirk(
    "Q27",
    "a user who owns content is not deleted without force=true",
    f"{GUIDES}/users/delete-user",
)
EMPTY_MAIL_IS_A_LIST = Quirk(
    "Q28",
    "notification_email is an empty list, not null, for a user without one",
    "https://github.com/openstandia/connector-box src/test/resources",
    default=False,
    mark="seen",
)
ALIASES_WAIT = Quirk(
    "Q29",
    "a new alias is confirmed by its person first: until then no list shows it and no login "
    "changes to it, unless is_confirmed was sent",
    "https://github.com/box/box-node-sdk/issues/128",
    default=False,
    mark="seen",
)
FORMER_LOGINS_ARE_ALIASES = Quirk(
    "Q30",
    "a user whose login changes to an alias keeps the former login as an alias",
    "https://github.com/box/box-node-sdk/issues/128",
    mark="seen",
)
CLIENTS_FAIL_AS_GRANTS = Quirk(
    "Q31",
    "client credentials with a wrong id or secret are an invalid_grant; switched off they are an "
    "invalid_client, as with every other way to get a token",
    f"{GUIDES}/authentication/client-credentials#grant-credentials-are-invalid (the table of "
    "common errors has invalid_client for all)",
    mark="unsure",
)
MISSING_SCOPES_HAVE_NO_BODY = Quirk(
    "Q32",
    "a missing scope is told by WWW-Authenticate alone, without the documented body",
    "https://github.com/box/box-python-sdk/issues/243",
    default=False,
    mark="seen",
)
EXTERNAL_USERS_ARE_DENIED = Quirk(
    "Q33",
    "an external user who is put into a group is a 403; switched off a 404, like an unknown id",
    "https://support.box.com/hc/en-us/articles/360043694554 (says who can be a member, not more)",
    default=False,
    mark="unsure",
)
OWNED_CONTENT_IS_A_CONFLICT = Quirk(
    "Q34",
    "deleting a user who owns content without force=true is a 409; switched off a 400",
    f"{GUIDES}/users/delete-user (says that it fails, not with what)",
    default=False,
    mark="unsure",
)

ALL = tuple(value for value in list(globals().values()) if isinstance(value, Quirk))
