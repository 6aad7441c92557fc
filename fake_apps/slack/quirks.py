"""What Slack's SCIM does that a reader of the standard, or of its reference, would not expect."""

from ..core.quirk import Quirk

REFERENCE = "https://docs.slack.dev/reference/scim-api"
JAVA_SDK = "https://github.com/slackapi/java-slack-sdk"

REFUSED_TOKENS_SPEAK_V1 = Quirk(
    "Q1",
    "a refused token is answered in the error shape of version 1, by version 2 as well",
    f"{JAVA_SDK} test_with_remote_apis scim2 ApiTest",
    mark="seen",
)
STATUS_IS_A_NUMBER = Quirk(
    "Q2",
    "the status in an error of version 2 is a number, not a text, and there is no scimType",
    f"{REFERENCE}#example-error",
)
GROUP_PATCH_IS_SILENT = Quirk(
    "Q3",
    "PATCH of a group by version 1 answers 204 without a body",
    f"{JAVA_SDK} test_with_remote_apis scim ApiTest",
    mark="seen",
)
DELETED_USER_IS_200 = Quirk(
    "Q4",
    "DELETE of a user by version 1 answers 200, not 204",
    f"{JAVA_SDK} test_with_remote_apis scim ApiTest",
    mark="seen",
)
ERRORS_NAME_THE_USER = Quirk(
    "Q5",
    "an error description of version 1 may end with the user it is about",
    "https://support.okta.com/help/s/article/Slack-Provisioning-error-Errors-reported-by-the-"
    "connector-Errors-description-long-username-user-code-400",
    mark="seen",
)
PUT_BLANKS = Quirk(
    "Q6",
    "PUT without `members` empties the group, PUT without `active` deactivates the user",
    f"{REFERENCE}#put-groups-id-2",
)
BARE_VALUE_PATHS = Quirk(
    "Q7",
    "the id in members[value eq U123] needs no quotes",
    f"{REFERENCE}#remove-a-single-member",
)
REMOVE_TAKES_VALUES = Quirk(
    "Q8",
    "remove of the path `members` with a value removes those; switched off it empties the group",
    f"{JAVA_SDK} test_with_remote_apis scim2 ApiTest",
    mark="seen",
)
DEACTIVATED_KEEP_NAMES = Quirk(
    "Q13",
    "a deactivated user still has its userName and e-mail addresses: nobody else may take them",
    "https://slack.com/help/articles/212572638",
)
PAGES_ARE_OF_TEN = Quirk(
    "Q15",
    "a list for which no count is asked has ten entries; switched off it has a hundred",
    f"{REFERENCE}#get-users",
)
FILTERS_ARE_LOOSE = Quirk(
    "Q16",
    "filters take texts in single quotes, and words must be one space apart",
    f"{REFERENCE}#filter",
)
USER_NAMES_ARE_REWRITTEN = Quirk(
    "Q17",
    "a userName is changed on the way in: local part of an address, lower case, _ for specials",
    f"{REFERENCE}#user-attributes",
)
LINKED_GROUPS_STAY = Quirk(
    "Q18",
    "a group that a private channel is restricted to cannot be deleted",
    f"{REFERENCE}#errors",
)
MEMBERS_STAY_IN_WORKSPACES = Quirk(
    "Q19",
    "who came into a workspace with a group stays there when the group is deleted",
    f"{REFERENCE}#delete-groups-id",
)
MEMBERS_ALWAYS_COME = Quirk(
    "Q20",
    "groups come with all their members; switched off, excludedAttributes=members leaves them out",
    f"{REFERENCE}#get-groups",
)
PHOTOS_COME_LATER = Quirk(
    "Q24",
    "the reply to a PATCH of photos still has the photo of before",
    f"{REFERENCE}#patch-users-id",
)
DEACTIVATED_STAY_MEMBERS = Quirk(
    "Q25",
    "a deactivated user stays a member of its groups",
    f"{REFERENCE}#delete-users-id says only that the user is deactivated",
    mark="unsure",
)
ONE_BAD_MEMBER_REFUSES_ALL = Quirk(
    "Q26",
    "one unknown or deactivated member refuses the whole request; switched off it is left out",
    f"{REFERENCE}#errors names the errors, not what becomes of the others",
    mark="unsure",
)
GROUP_NAMES_ARE_UNIQUE = Quirk(
    "Q27",
    "a second group of a taken name is refused; switched off it is made",
    f"{REFERENCE}#errors (group_creation_failed) gives no reasons",
    mark="unsure",
)
GROUPS_ARE_FILTERED = Quirk(
    "Q28",
    "groups can be filtered by displayName; switched off the filter is ignored",
    "https://developer.okta.com/docs/reference/scim/scim-20/ asks for it, Slack is silent",
    mark="unsure",
)
V2_FILTERS = Quirk(
    "Q29",
    "version 2 filters users although the reference says filters do not apply to it",
    f"{JAVA_SDK} test_with_remote_apis scim2 ApiTest",
    mark="seen",
)
CONVERSION_REACTIVATES = Quirk(
    "Q30",
    "making a member a guest, or a guest a member, also reactivates the account",
    f"{REFERENCE}#converting-a-full-member-to-a-multi-channel-guest",
)
NESTED_SCHEMAS = Quirk(
    "Q31",
    "`schemas` may hold lists of schemas, as Slack's Python SDK sends back what it has read",
    "https://github.com/slackapi/python-slack-sdk integration_tests/scim/test_scim_client_write.py",
    mark="seen",
)
THROTTLED_IN_WEB_WORDS = Quirk(
    "Q32",
    "a throttled call of SCIM is answered in the words of the Web API: `ok` false, `ratelimited`",
    "https://github.com/slackapi/python-slack-sdk tests/slack_sdk/scim/mock_web_api_handler.py",
    default=False,
    mark="unsure",
)
UNKNOWN_MEMBERS_ARE_BAD_REQUESTS = Quirk(
    "Q33",
    "a member who is nobody is a 400, as bad input is; switched off a 404",
    f"{REFERENCE}#errors gives the code without a status",
    default=False,
    mark="unsure",
)
SCIM_HAS_A_TYPE_OF_ITS_OWN = Quirk(
    "Q34",
    "what SCIM answers is application/scim+json, as its standard asks, not application/json",
    f"{REFERENCE} asks clients for application/json and does not say what comes back",
    default=False,
    mark="unsure",
)

ALL = (
    REFUSED_TOKENS_SPEAK_V1,
    STATUS_IS_A_NUMBER,
    GROUP_PATCH_IS_SILENT,
    DELETED_USER_IS_200,
    ERRORS_NAME_THE_USER,
    PUT_BLANKS,
    BARE_VALUE_PATHS,
    REMOVE_TAKES_VALUES,
    DEACTIVATED_KEEP_NAMES,
    PAGES_ARE_OF_TEN,
    FILTERS_ARE_LOOSE,
    USER_NAMES_ARE_REWRITTEN,
    LINKED_GROUPS_STAY,
    MEMBERS_STAY_IN_WORKSPACES,
    MEMBERS_ALWAYS_COME,
    PHOTOS_COME_LATER,
    DEACTIVATED_STAY_MEMBERS,
    ONE_BAD_MEMBER_REFUSES_ALL,
    GROUP_NAMES_ARE_UNIQUE,
    GROUPS_ARE_FILTERED,
    V2_FILTERS,
    CONVERSION_REACTIVATES,
    NESTED_SCHEMAS,
    THROTTLED_IN_WEB_WORDS,
    UNKNOWN_MEMBERS_ARE_BAD_REQUESTS,
    SCIM_HAS_A_TYPE_OF_ITS_OWN,
)
