"""Who says so: the addresses that several refusals share."""

ERRORS = "https://docs.slack.dev/reference/scim-api#errors"
ACCESS = "https://docs.slack.dev/admins/scim-api"
NAMES = "https://docs.slack.dev/reference/scim-api#user-attributes"
JAVA_TEST = "https://github.com/slackapi/java-slack-sdk test_with_remote_apis scim2 ApiTest"
OKTA = "https://support.okta.com/help/s/article"
CONNECTOR = "Slack-Provisioning-error-Errors-reported-by-the-connector-Errors-description"
NOT_ALLOWED = (
    f"{OKTA}/slack-provisioning-error-error-executing-createnewuser-bad-request-errors-reported-by-"
    "the-connector-errors-description-username-not-allowed-user-code-400-error-code-null"
)
OWN_NAMES = (
    f"{OKTA}/slack-provisioning-error-invalid-display-name-when-users-change-their-display-name-"
    "in-slack"
)
METHODS = "https://docs.slack.dev/reference/methods"
FILTER = "https://docs.slack.dev/reference/scim-api#filter"
