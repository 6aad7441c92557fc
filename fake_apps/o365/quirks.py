"""What Microsoft Graph does that a reader of its reference would not expect."""

from ..core.quirk import Quirk

DOCS = "https://learn.microsoft.com/en-us/graph"
ISSUES = "https://github.com/microsoftgraph/microsoft-graph-docs/issues"

DELETE_WITHOUT_REF_DELETES = Quirk(
    "Q1",
    "DELETE on a member without /$ref deletes the user from the tenant, not the membership",
    "https://github.com/microsoftgraph/msgraph-sdk-dotnet/issues/1106",
)
BIND_IS_ALL_OR_NOTHING = Quirk(
    "Q2",
    "one present or absent object in a members@odata.bind array refuses the whole array",
    "https://github.com/instructure/canvas-lms lib/microsoft_sync/graph_service",
    mark="seen",
)
TWENTY_LINKS = Quirk(
    "Q3",
    "a create or update carries at most 20 links, owners and members together",
    f"{DOCS}/api/group-post-members",
)
READS_FLAP = Quirk(
    "Q6",
    "with replication lag, a visible object may be absent, or as before a change, for a while",
    "https://github.com/hashicorp/terraform-provider-azuread/issues/1806",
    default=False,
    mark="seen",
)
REMOVING_A_NON_MEMBER_IS_400 = Quirk(
    "Q7",
    "removing a non-member answers 400 instead of 404",
    "https://github.com/instructure/canvas-lms lib/microsoft_sync/graph_service",
    default=False,
    mark="seen",
)
DISPLAY_NAMES_REPEAT = Quirk(
    "Q9",
    "displayName is not unique: creating a group of the same name twice makes two groups",
    f"{ISSUES}/14868",
    mark="seen",
)
SECURITY_NICKNAMES_REPEAT = Quirk(
    "Q10",
    "mailNickname is unique among Microsoft 365 groups only; security groups may share one",
    f"{ISSUES}/5122",
)
NICKNAME_IS_STRICT = Quirk(
    "Q11",
    'mailNickname takes 64 ASCII characters without @ () \\ [] " ; : <> , and space',
    f"{DOCS}/api/resources/group",
)
MAIL_GROUPS_ARE_READ_ONLY = Quirk(
    "Q12",
    "mail-enabled security groups and distribution lists can be listed but not changed",
    f"{DOCS}/api/resources/groups-overview",
)
SYNCED_OBJECTS_ARE_READ_ONLY = Quirk(
    "Q13",
    "objects synchronised from an on-premises directory refuse every change",
    f"{DOCS}/api/resources/groups-overview",
    mark="seen",
)
DYNAMIC_REFUSAL_MISLEADS = Quirk(
    "Q14",
    "changing members of a dynamic group is refused as if a permission were missing",
    "https://github.com/KelvinTegelaar/CIPP/issues/468",
    mark="seen",
)
NESTING_IS_LIMITED = Quirk(
    "Q15",
    "Microsoft 365 groups take users only; security groups take no Microsoft 365 groups",
    f"{DOCS}/api/group-post-members",
)
SECURITY_GROUPS_SOFT_DELETE = Quirk(
    "Q16",
    "a deleted cloud security group can be restored for 30 days, as Microsoft 365 groups can",
    "Microsoft 365 message centre MC1183299",
    mark="seen",
)
DELETED_NICKNAME_IS_RESERVED = Quirk(
    "Q17",
    "a soft-deleted Microsoft 365 group keeps its mailNickname until it is purged",
    f"{DOCS}/api/directory-deleteditems-restore",
    mark="unsure",
)
DELETED_USERS_KEEP_MEMBERSHIPS = Quirk(
    "Q18",
    "a soft-deleted user vanishes from members but is a member again when restored",
    f"{DOCS}/delta-query-groups",
)
DESCRIPTION_IS_FILLED = Quirk(
    "Q22",
    "minutes after creation a Microsoft 365 group shows a description nobody sent",
    "https://github.com/microsoftgraph/msgraph-metadata/issues/331",
    default=False,
    mark="sdk",
)
NAME_CANNOT_BE_CLEARED = Quirk(
    "Q23",
    "displayName of a group cannot be cleared",
    f"{DOCS}/api/group-update",
)
OWNER_QUOTA_BEFORE_DUPLICATES = Quirk(
    "Q24",
    "the owner quota is checked before duplicates: an overlapping bind gives 403, not 400",
    "https://github.com/instructure/canvas-lms lib/microsoft_sync/graph_service",
    mark="seen",
)
COUNT_IS_IGNORED = Quirk(
    "Q25",
    "$count=true without 'ConsistencyLevel: eventual' is ignored silently",
    f"{DOCS}/aad-advanced-queries",
)
RETRY_AFTER_IS_FRACTIONAL = Quirk(
    "Q28",
    "Retry-After may carry a decimal fraction",
    "https://github.com/microsoftgraph/microsoft-graph-docs-contrib/issues/8883",
    default=False,
    mark="seen",
)
BATCH_ORDER_IS_ARBITRARY = Quirk(
    "Q29",
    "the replies of a batch come in another order than its requests",
    f"{DOCS}/json-batching",
)
INHERITED_LICENSES_STAY = Quirk(
    "Q30",
    "a licence that a group gives cannot be taken from the user (off: nothing happens)",
    "https://github.com/KelvinTegelaar/CIPP/issues/4090",
    mark="seen",
)
LICENSED_GROUPS_STAY = Quirk(
    "Q31",
    "a group that gives licences cannot be deleted",
    "https://github.com/microsoftgraph/microsoft-graph-docs-contrib/issues/3621",
    default=False,
    mark="unsure",
)
BATCH_TAKES_ABSOLUTE_URLS = Quirk(
    "Q32",
    "a batch item may carry the absolute URL of the service, as the Python SDK sends it",
    "https://github.com/microsoftgraph/msgraph-sdk-python-core/pull/996",
    mark="sdk",
)
REVOCATION_CHALLENGES = Quirk(
    "Q33",
    "the 401 for a revoked token asks for claims in WWW-Authenticate",
    "https://learn.microsoft.com/en-us/entra/identity-platform/claims-challenge",
    mark="sdk",
)
IDS_IGNORE_CASE = Quirk(
    "Q34",
    "ids are GUIDs in any case; replies use lower case",
    f"{DOCS}/api/resources/directoryobject",
    mark="unsure",
)
LINKS_USE_CALLERS_HOST = Quirk(
    "Q35",
    "@odata.nextLink is absolute on the host the client used",
    f"{DOCS}/paging",
    mark="sdk",
)
LEGACY_ERRORS = Quirk(
    "Q36",
    "errors come in the legacy odata.error envelope with message as an object",
    "https://github.com/hashicorp/go-azure-sdk sdk/odata/errors.go",
    default=False,
    mark="sdk",
)
DISABLED_USERS_MAY_JOIN = Quirk(
    "Q37",
    "a disabled user can be a group member",
    f"{ISSUES}/8637",
    mark="unsure",
)
BINDS_COST_WRITES = Quirk(
    "Q38",
    "adding members by PATCH takes a third of a write per member from the write quota",
    "https://github.com/instructure/canvas-lms lib/microsoft_sync/graph_service",
    mark="seen",
)
BATCH_DEPENDENCIES_ARE_UNIFORM = Quirk(
    "Q39",
    "dependsOn of a batch is all serial, all parallel or all on one request; no mixtures",
    f"{ISSUES}/16280",
    mark="seen",
)

BINDS_TO_FRESH_GROUPS_ARE_400 = Quirk(
    "Q40",
    "members@odata.bind on a group not replicated yet answers 400 instead of 404",
    f"{DOCS}/api/group-update",
    default=False,
)
EXPIRED_DELTA_STARTS_OVER = Quirk(
    "Q41",
    "an expired delta token answers 410 with the address of a new start in Location, not 400",
    f"{DOCS}/delta-query-overview",
    mark="unsure",
)
EXPANDED_ARE_TWENTY = Quirk(
    "Q42",
    "$expand shows at most 20 objects of a relation and no link to the rest",
    f"{DOCS}/query-parameters",
)
FIRST_PAGE_IS_EMPTY = Quirk(
    "Q43",
    "the first page of a list may be empty and still have a link to the next",
    f"{DOCS}/paging",
    default=False,
)
TOKEN_ERRORS_HAVE_LINES = Quirk(
    "Q44",
    "error_description of the token endpoint has line breaks before its ids",
    "https://github.com/MicrosoftDocs/azure-docs/issues/25959",
    default=False,
    mark="seen",
)
THROTTLED_AS_DOCUMENTED = Quirk(
    "Q45",
    "a throttled reply says what the guide shows, not what the directory says",
    f"{DOCS}/throttling",
    default=False,
)
DELTA_REPLAYS = Quirk(
    "Q46",
    "every second round of a delta query tells again what the round before has told",
    f"{DOCS}/delta-query-overview",
    default=False,
)

ALL = tuple(value for value in list(globals().values()) if isinstance(value, Quirk))
