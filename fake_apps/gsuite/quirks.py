"""What the Directory API does that a reader of its reference would not expect."""

from ..core.quirk import Quirk

GUIDES = "https://developers.google.com/workspace/admin/directory/v1/guides"
GAM = "https://github.com/GAM-team/GAM"
TERRAFORM = "https://github.com/hashicorp/terraform-provider-googleworkspace"

GROUP_NAMES_REPEAT = Quirk(
    "Q1",
    "names of groups are not unique, only addresses are: a second Sales is made without a word",
    "https://developers.google.com/workspace/admin/directory/reference/rest/v1/groups",
)
ADDRESSES_ARE_SHARED = Quirk(
    "Q2",
    "users, groups and their aliases share one space of addresses: a group cannot have a user's",
    f"{GAM} src/gam/__init__.py duplicateAliasGroupUserWarning",
    mark="seen",
)
DELETED_ADDRESS_IS_HELD = Quirk(
    "Q4",
    "for 45 seconds the address of a deleted group cannot be given to a new one",
    f"{GAM} src/GamUpdate.txt 7.41",
    default=False,
    mark="seen",
)
BATCHES_SAY_412 = Quirk(
    "Q6",
    "in a batch, adding a present member or removing an absent one answers 412, not 409 or 404",
    f"{GAM} src/gam/__init__.py _ADD_MEMBER_REASON_TO_MESSAGE_MAP",
    default=False,
    mark="seen",
)
GONE_ACCOUNTS_ARE_400 = Quirk(
    "Q7",
    "a member key of no account answers 400 'Missing required field: memberKey', not 404",
    "https://github.com/taers232c/GAMADV-XTD3/issues/177",
    mark="seen",
)
FOREIGN_KEYS_ARE_403 = Quirk(
    "Q8",
    "the address of another domain, or of a user where a group is asked for, answers 403, not 404",
    f"{TERRAFORM} internal/provider/resource_group.go",
    mark="seen",
)
PENDING_MEMBERS_ARE_HIDDEN = Quirk(
    "Q9",
    "an invited member is in no list and cannot be read, but adding it answers 409",
    f"{GAM} src/gam/__init__.py _handleDuplicateAdd",
    mark="seen",
)
SUSPENDED_USERS_MAY_JOIN = Quirk(
    "Q10",
    "a suspended user stays a member of its groups, and can be added, with status SUSPENDED",
    f"{GAM} wiki Groups-Membership (members are listed and filtered by issuspended)",
    mark="seen",
)
DELETED_USERS_LEAVE_GROUPS = Quirk(
    "Q11",
    "a deleted user leaves its groups, and is in none of them when it is undeleted",
    "https://support.google.com/a/answer/1397578 (names mail and data, no memberships)",
    mark="unsure",
)
GMAIL_IS_CANONICAL = Quirk(
    "Q12",
    "an address of gmail.com or googlemail.com is kept without its dots, at gmail.com",
    f"{GAM} src/GamUpdate.txt 4.44.14",
    mark="seen",
)
ALIASES_BECOME_PRIMARY = Quirk(
    "Q13",
    "a member added by an alias is answered and listed with the primary address",
    "https://developers.google.com/workspace/admin/directory/reference/rest/v1/members",
    mark="unsure",
)
CASE_IS_IGNORED = Quirk(
    "Q14",
    "keys that are addresses are found whatever the case of their letters",
    f"{GAM} src/gam/__init__.py (addresses are put in lower case before they are compared)",
    mark="seen",
)
OLD_ADDRESS_IS_KEPT = Quirk(
    "Q15",
    "the old address of a renamed group or user stays its alias, so nobody else can have it",
    f"{GUIDES}/manage-users#update_user",
    mark="unsure",
)
COUNTS_LAG = Quirk(
    "Q16",
    "directMembersCount shows a change of the members only after a minute",
    f"{TERRAFORM} internal/provider/eventual_consistency.go",
    default=False,
    mark="unsure",
)
NESTED_MEMBERS_COME_LATE = Quirk(
    "Q17",
    "who joins a group shows in the groups around it only after ten minutes",
    "https://developers.google.com/workspace/admin/directory/reference/rest/v1/members/hasMember",
    default=False,
)
EMPTY_LISTS_HAVE_NO_KEY = Quirk(
    "Q18",
    "a page of nothing leaves the array out instead of answering an empty one",
    f"{TERRAFORM}/issues/162",
    mark="seen",
)
OUTSIDERS_GO_BY_ID = Quirk(
    "Q19",
    "a member from outside is changed by id only; its address answers 404",
    f"{GAM} src/gam/__init__.py (update of members)",
    default=False,
    mark="seen",
)
IF_MATCH_IS_HONOURED = Quirk(
    "Q22",
    "a write whose If-Match is not the present etag answers 412",
    f"{GUIDES}/performance#etags",
    mark="unsure",
)
CREATED_IS_201 = Quirk(
    "Q27",
    "creating answers 201 as the guide says, where clients have seen 200",
    f"{GUIDES}/manage-groups#create_group",
    default=False,
)
PAGES_ARE_CAPPED = Quirk(
    "Q28",
    "a maxResults above the maximum is taken for the maximum, not refused",
    "https://developers.google.com/workspace/admin/directory/reference/rest/v1/groups/list",
    mark="unsure",
)
UNKNOWN_IDS_ARE_NAMED = Quirk(
    "Q29",
    "404 for an unknown group id names the id instead of the parameter groupKey",
    f"{GAM}/issues/597",
    default=False,
    mark="seen",
)
CYCLES_ARE_412 = Quirk(
    "Q30",
    "a cycle of groups is refused with 412 (off: 400)",
    f"{GAM} src/gam/gamlib/glgapi.py cyclicMembershipsNotAllowed",
    mark="unsure",
)
UNKNOWN_FIELDS_ARE_IGNORED = Quirk(
    "Q31",
    "fields of a body that nobody knows are ignored, not refused",
    "https://developers.google.com/workspace/admin/directory/reference/rest/v1/groups",
    mark="unsure",
)
BATCH_ORDER_IS_ARBITRARY = Quirk(
    "Q32",
    "the calls of a batch are carried out in any order; replies stand in the order of the calls",
    "https://developers.google.com/admin-sdk/directory/v1/guides/batch",
)
BAD_ADDRESSES_ARE_GROUP_KEYS = Quirk(
    "Q33",
    "a new group's bad address is refused as 'Invalid Input: groupKey' (off: 'email')",
    "https://support.okta.com/help/s/article/"
    "google-workspace-push-group-error-invalid-input-groupkey-with-okta",
    mark="seen",
)
FOREIGN_GROUPS_ARE_404 = Quirk(
    "Q34",
    "a new group in a domain of nobody here answers 404 'Domain not found.' (off: 403)",
    f"{GAM} src/gam/gamlib/glgapi.py GROUP_CREATE_THROW_REASONS",
    mark="unsure",
)
FIRST_PAGES_ARE_EMPTY = Quirk(
    "Q35",
    "a list's first page is empty and yet has a token for the next",
    f"{GUIDES}/performance#page-through-the-results (go on until there is no token)",
    default=False,
)
OUTSIDERS_ARE_EXTERNAL = Quirk(
    "Q36",
    "a member from outside is of type EXTERNAL, not USER",
    f"{GAM} src/gam/__init__.py (types of members)",
    default=False,
    mark="seen",
)
PARSE_ERRORS_ARE_SHORT = Quirk(
    "Q37",
    "a body that is no JSON answers 'Parse Error', as older front ends do",
    "https://github.com/googleapis/google-api-nodejs-client/issues/163",
    default=False,
    mark="unsure",
)
NAMES_END_AT_60 = Quirk(
    "Q38",
    "a group's name takes 60 characters, not 73",
    f"{TERRAFORM} internal/provider/resource_group.go",
    default=False,
    mark="seen",
)
EXPIRY_IS_TEXT = Quirk(
    "Q39",
    "the token endpoint answers expires_in as a text of digits",
    "https://github.com/googleapis/google-auth-library-python google/oauth2/_client.py",
    default=False,
    mark="sdk",
)
DERIVED_HAVE_NO_ROLE = Quirk(
    "Q40",
    "who is a member only through another group is listed without a role",
    f"{GAM} src/gam/__init__.py (role is read with a default)",
    mark="seen",
)

ALL = tuple(value for value in list(globals().values()) if isinstance(value, Quirk))
