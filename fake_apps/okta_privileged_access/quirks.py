"""What Okta Privileged Access does that a reader of the standards would not expect."""

from ..core.quirk import WORK, Quirk

API = "https://developer.okta.com/docs/api/openapi/opa/opa/tag"
CLIENT = "https://github.com/okta/terraform-provider-oktapam"
SYNC = "https://help.okta.com/oie/en-us/content/topics/privileged-access/pam-config-group-sync.htm"
SCIM = "https://help.okta.com/en/prod/Content/Topics/Adv_Server_Access/docs/scim-okta.htm"

LOCAL_ARE_NOT_MANAGED = Quirk(
    "P1",
    "users and groups made here, not by SCIM, are no part of SCIM: unseen there, their names taken",
    SYNC,
)
DELETED_GROUPS_ARE_TOLD = Quirk(
    "P2",
    "a deleted group is still answered by its name, with the time of its deletion; the zero time "
    "0001-01-01T00:00:00Z means that it is not deleted",
    f"{CLIENT} oktapam/client/group.go",
    mark="sdk",
)
DELETED_GROUPS_LEAVE_POLICIES = Quirk(
    "P3",
    "deleting a group takes it out of policies; switched off it stays there as `missing`",
    f"{API}/groups",
    mark="unsure",
)
RETRY_AT = Quirk(
    "P4",
    "429 tells in X-RateLimit-Retry-At the second to come back, and has no Retry-After",
    f"{CLIENT} oktapam/client/okta_pam_client.go",
    mark="sdk",
)
ACCESS_METHODS_FOR_ERRORS = Quirk(
    "P5",
    "a folder that no policy opens is a 403 with a list of ways to get access, not with an error",
    f"{API}/secrets",
)
POLICY_NAMES_REPEAT = Quirk(
    "P6",
    "two security policies may have one name, so asking again makes a twin",
    f"{API}/security-policy",
    mark="unsure",
)
FOLDER_UPDATES_ARE_SILENT = Quirk(
    "P7",
    "updating a secret folder answers 204 without a body, where the reference has 200",
    f"{CLIENT} oktapam/client/secret_folder.go",
    default=False,
    mark="sdk",
)
NAMES_ARE_FIXED = Quirk(
    "P8",
    "SCIM refuses another displayName of a group, as this API knows no renaming",
    f"{API}/groups",
    default=False,
    mark="unsure",
    breaks=WORK,
)
UNKNOWN_MEMBERS_ARE_IGNORED = Quirk(
    "P9",
    "members of a SCIM request that are no users are left out silently",
    "https://github.com/okta/okta-developer-docs docs/reference/scim/scim-20",
    default=False,
    mark="unsure",
)
SECOND_ADD_FAILS = Quirk(
    "P10",
    "adding a user who is in the group is a 409, not done",
    f"{API}/groups",
    default=False,
    mark="unsure",
)

ALL = (
    LOCAL_ARE_NOT_MANAGED,
    DELETED_GROUPS_ARE_TOLD,
    DELETED_GROUPS_LEAVE_POLICIES,
    RETRY_AT,
    ACCESS_METHODS_FOR_ERRORS,
    POLICY_NAMES_REPEAT,
    FOLDER_UPDATES_ARE_SILENT,
    NAMES_ARE_FIXED,
    UNKNOWN_MEMBERS_ARE_IGNORED,
    SECOND_ADD_FAILS,
)
