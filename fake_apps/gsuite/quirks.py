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
OLD_ADDRESS_IS_KEPT = Quirk(
    "Q15",
    "the old address of a renamed group or user stays its alias, so nobody else can have it",
    f"{GUIDES}/manage-users#update_user",
    mark="unsure",
)
EMPTY_LISTS_HAVE_NO_KEY = Quirk(
    "Q18",
    "a page of nothing leaves the array out instead of answering an empty one",
    f"{TERRAFORM}/issues/162",
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

ALL = tuple(value for value in list(globals().values()) if isinstance(value, Quirk))
