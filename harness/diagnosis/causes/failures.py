"""What a failed job says: asked about `Failure`, the target's own code or words before the kind."""

from ...errors import ErrorKind
from ..evidence import Failure
from ..finding import HELP, KB, SCIM, Finding, cause, general

RETRY = "then Retry All Groups"
GRAPH_PERMISSIONS = (
    "User.ReadWrite.All, Group.ReadWrite.All, GroupMember.ReadWrite.All, Organization.Read.All, "
    "Application.Read.All and RoleManagement.ReadWrite.Directory"
)
NO_AGENT = ("E0000236", "E0000241")
UNSEEN = "0000208D"
SCOPE_RULES = ("00002144", "00002145", "00002146", "00002147", "00002148")
OU_RIGHTS = ("00002098", "00000005")
SCOPES = ("insufficientPermissions", "insufficient_scope", "missing_scope", "unauthorized_client")
ROLES = (
    "forbidden",
    "permission_denied",
    "access_denied_insufficient_permissions",
    "cannot_modify_owner",
)
NAME_RULES = (
    "long_username",
    "long_nickname",
    "username_too_long",
    "username_invalid",
    "username_not_allowed",
    "invalid_name_specials",
    "invalid_name_maxlength",
    "invalid_starts_with_at",
    "invalid_reserved_word",
)
BARRED = ("Blocked by Shield Access Policy", "is not whitelisted")
QUOTAS = ("Directory_QuotaExceeded", "00002024", "limitExceeded", "group_member_max_exceeded")
TOO_LARGE = ("Request_EntityTooLarge", "request_entity_too_large", "too_many_users")
NOT_SWITCHED_ON = (
    "accessNotConfigured",
    "domainCannotUseApis",
    "plus_teams_only",
    "non_org_teams_only",
)
MAIL_GROUPS = (
    "mail-enabled security groups and or distribution list",
    "does not currently support writes of mail-enabled groups",
)
ERROR_PAGE = "Invalid JSON"
BAD_MEMBER = "Invalid parameters provided in request"


# --- the target's own code or words --------------------------------------------------------------


@cause
def removals_held_back(failure: Failure) -> Finding | None:
    """B15: the guard stopped a push that would have emptied much of a group."""
    if failure.code != "removals_held_back":
        return None
    return Finding(
        "the push would remove more members at once than the app's settings allow",
        "see whether the source group really lost them, or was emptied by mistake or read by half; "
        "then allow the removals, or put the members back and Retry All Groups",
        "https://support.google.com/a/answer/6162412",
        failure.facts,
    )


@cause
def agent_offline(failure: Failure) -> Finding | None:
    """E0000241: no agent took the work."""
    if failure.code not in NO_AGENT:
        return None
    return Finding(
        "no Active Directory agent is connected",
        f"start the agent service on its server, {RETRY}",
        "https://developer.okta.com/docs/reference/error-codes/#E0000241",
        failure.facts,
    )


@cause
def agent_timed_out(failure: Failure) -> Finding | None:
    """E0000240: an agent is connected, and did not report in time."""
    if failure.code != "E0000240":
        return None
    return Finding(
        "the Active Directory agent is connected but did not answer in time",
        "see whether the agent's server and the domain controller are overloaded, or the agent's "
        f"polling threads are all busy, {RETRY}",
        "https://developer.okta.com/docs/reference/error-codes/#E0000240",
        failure.facts,
    )


@cause
def controllers_disagree(failure: Failure) -> Finding | None:
    """R46: what one domain controller was told, another one does not have yet."""
    if failure.kind is not ErrorKind.UNAVAILABLE or failure.code != UNSEEN:
        return None
    return Finding(
        "domain controllers disagree: what the agent wrote on one has not reached another",
        "look at replication between the controllers (repadmin /showrepl), and let the agent use "
        f"controllers of one site; {RETRY}",
        "https://learn.microsoft.com/en-us/troubleshoot/windows-server/active-directory/"
        "diagnose-replication-failures",
        failure.facts,
    )


@cause
def scope_violated(failure: Failure) -> Finding | None:
    """R60: the scope of the directory group does not allow this member."""
    if failure.code not in SCOPE_RULES:
        return None
    return Finding(
        "the scope of the directory group does not allow a member of that kind or domain",
        "push to a universal group where members come from several domains, or leave the members "
        "of other domains out",
        "https://learn.microsoft.com/en-us/windows-server/identity/ad-ds/manage/"
        "understand-security-groups",
        failure.facts,
    )


@cause
def group_has_the_account_name(failure: Failure) -> Finding | None:
    """R52: a group of the domain has the sAMAccountName, as one that was renamed keeps it."""
    if failure.code != "00000526" or failure.operation not in ("create", "rename"):
        return None
    return Finding(
        "a group of the domain has the pre-Windows 2000 name (sAMAccountName), whatever it is "
        "called now: renaming a group leaves it",
        "unlink, and push again with another sAMAccountName, or change that of the other group",
        "https://learn.microsoft.com/en-us/windows/win32/adschema/a-samaccountname",
        failure.facts,
    )


@cause
def on_premises_group(failure: Failure) -> Finding | None:
    """R62, T62: the group is synced from a directory and read-only in the cloud."""
    if "on-premises mastered" not in failure.message:
        return None
    return Finding(
        "the object is synced from an on-premises directory and cannot be changed in the cloud",
        "change it at its source, or push to a cloud group",
        f"{KB}/okta-office-365-integration-supported-group-types-and-push-configuration",
        failure.facts,
    )


@cause
def group_type_not_supported(failure: Failure) -> Finding | None:
    """R61, T63: distribution lists and mail-enabled security groups are closed to Graph."""
    if not any(words in failure.message for words in MAIL_GROUPS):
        return None
    return Finding(
        "the target is a distribution list or a mail-enabled security group, which cannot be "
        "managed by Group Push",
        "push to a security or Microsoft 365 group, or manage this one with the app's own tools",
        f"{KB}/okta-office-365-integration-supported-group-types-and-push-configuration",
        failure.facts,
    )


@cause
def name_makes_no_address(failure: Failure) -> Finding | None:
    """T37: the group's address is made of its name, and the name does not make one."""
    if failure.message != "Invalid Input: groupKey":
        return None
    return Finding(
        "the name is longer than 64 characters, or has characters an address cannot have",
        f"shorten or clean the name of the group in Okta, {RETRY}",
        f"{KB}/google-workspace-push-group-error-invalid-input-groupkey-with-okta",
        failure.facts,
    )


@cause
def directory_name_too_long(failure: Failure) -> Finding | None:
    """R43: an object's name (cn) in Active Directory has at most 64 characters."""
    if failure.code != "00002082" or "(cn)" not in failure.message:
        return None
    return Finding(
        "the name is longer than the 64 characters that a name in the directory may have",
        f"shorten the name of the group in Okta, {RETRY}",
        "https://learn.microsoft.com/en-us/windows/win32/adschema/a-cn",
        failure.facts,
    )


@cause
def account_has_the_name(failure: Failure) -> Finding | None:
    """R52: users and groups of a domain share one space of sAMAccountNames."""
    if failure.code != "00000524" or failure.operation not in ("create", "rename"):
        return None
    return Finding(
        "a user of the domain has the pre-Windows 2000 name (sAMAccountName) of the group",
        "unlink leaving the group, then push it again with another sAMAccountName",
        "https://learn.microsoft.com/en-us/windows/win32/adschema/a-samaccountname",
        failure.facts,
    )


@cause
def user_name_refused(failure: Failure) -> Finding | None:
    """T73: the app's rules for names keep the user out, and so out of every pushed group."""
    if failure.code not in NAME_RULES:
        return None
    return Finding(
        "the app does not accept the user's name: too long, reserved, or with special characters",
        "change the mapping of the name, Retry All Groups, then push the user's groups again",
        f"{KB}/Slack-Provisioning-error-Errors-reported-by-the-connector-Errors-description-"
        "long-username-user-code-400",
        failure.facts,
    )


@cause
def member_not_allowed(failure: Failure) -> Finding | None:
    """T11: the account is there but may be in no group, says the app's code."""
    if failure.code != "unable_to_add_deleted_or_guest_to_group":
        return None
    return Finding(
        "a member's account is deactivated in the app, or is a guest's",
        f"activate the account in the app, {RETRY}",
        "https://docs.slack.dev/reference/scim-api#errors",
        failure.facts,
    )


@cause
def one_member_refuses_all(failure: Failure) -> Finding | None:
    """T11: one unknown or inactive member rejects the request; valid ones are lost with it."""
    if failure.kind is not ErrorKind.REFUSED or BAD_MEMBER not in failure.message:
        return None
    return Finding(
        "one member that the app does not know, or that is inactive there, made it refuse the "
        "whole request",
        f"provision or activate that member in the app, {RETRY}",
        "https://github.com/fleetdm/fleet/issues/52600",
        failure.facts,
    )


@cause
def user_barred(failure: Failure) -> Finding | None:
    """T74: a policy of the app keeps a user or a domain out."""
    if not any(words in failure.message for words in BARRED):
        return None
    return Finding(
        "a policy of the app keeps the user out",
        f"allow the user or the domain in the app's policy, {RETRY}",
        "https://developer.box.com/guides/api-calls/permissions-and-errors/common-errors",
        failure.facts,
    )


@cause
def consent_missing(failure: Failure) -> Finding | None:
    """R63, T61: Microsoft 365 has not consented to what Okta needs, or the object is privileged."""
    if failure.code != "Authorization_RequestDenied":
        return None
    return Finding(
        "the integration lacks the right to do this: an admin consent is missing, or the object "
        "is one that only a more privileged role may change",
        f"give the consent again ({GRAPH_PERMISSIONS}), {RETRY}",
        "https://help.okta.com/oie/en-us/Content/Topics/Apps/Apps_O365_Admin_Consent.htm",
        failure.facts,
    )


@cause
def rights_missing_on_the_ou(failure: Failure) -> Finding | None:
    """R51, T66: the agent's service account has no right on the OU or the object."""
    if failure.code not in OU_RIGHTS:
        return None
    return Finding(
        "the agent's service account lacks the right to do this in the organizational unit",
        "grant Create and Delete group objects and Write member, name and cn (delegate it on the "
        f"OU), {RETRY}",
        f"{HELP}/usgp-group-push-prerequisites.htm",
        failure.facts,
    )


@cause
def scope_missing(failure: Failure) -> Finding | None:
    """T61: the app's token was not given the scope."""
    if failure.code not in SCOPES:
        return None
    refuses = failure.kind is ErrorKind.CREDENTIALS
    how = "the app refuses the stored credentials: " if refuses else ""
    return Finding(
        f"{how}the integration lacks the right to do this, since a scope, or the authorization as "
        "a whole, was not granted to it",
        f"grant the scopes for users and groups to the integration in the app, {RETRY}",
        "https://developers.google.com/identity/protocols/oauth2/service-account#error-codes",
        failure.facts,
    )


@cause
def role_lacks_the_right(failure: Failure) -> Finding | None:
    """T71, T72: the account that Okta acts as may not manage this group or user."""
    if failure.code not in ROLES or any(words in failure.message for words in BARRED):
        return None
    return Finding(
        "the account that the integration acts as lacks the right to do this",
        f"give its role the management of users and groups in the app, {RETRY}",
        "https://developer.okta.com/docs/guides/secure-oauth-between-orgs/main/",
        failure.facts,
    )


@cause
def api_not_switched_on(failure: Failure) -> Finding | None:
    """T75: the tenant's plan or project does not have the interface that pushes need."""
    if failure.code not in NOT_SWITCHED_ON:
        return None
    return Finding(
        "the app's tenant does not have the interface that pushes need",
        f"switch the API on in the app, or choose a plan that has it, {RETRY}",
        f"{HELP}/usgp-group-push-prerequisites.htm",
        failure.facts,
    )


@cause
def request_too_large(failure: Failure) -> Finding | None:
    """T58, T59: more members in one request than the app takes."""
    if failure.code not in TOO_LARGE:
        return None
    return Finding(
        "the app does not take so many members in one request",
        f"push the members in several smaller groups, {RETRY}; else it is for the app's vendor",
        "https://github.com/goauthentik/authentik/issues/20410",
        failure.facts,
    )


@cause
def quota_used_up(failure: Failure) -> Finding | None:
    """R22: the app's own limits apply on top of Okta's."""
    if failure.code not in QUOTAS:
        return None
    return Finding(
        "a limit of the app on the number of its objects or members is reached",
        f"free some in the app or raise its limit, {RETRY}",
        f"{KB}/groups-group-push-and-group-rules-limits",
        failure.facts,
    )


@cause
def request_not_accepted(failure: Failure) -> Finding | None:
    """T47, T48, T49: the app does not take a request of the form Okta sends."""
    if failure.kind is not ErrorKind.REFUSED or not _is_about_the_form(failure):
        return None
    return Finding(
        "the app does not accept the form of the request: an empty attribute, special characters "
        "in one, or an operation that it does not support",
        f"clean the attributes and names that are sent, {RETRY}; else it is for the app's vendor",
        f"{KB}/aws-provisioning-error-request-is-unparsable-syntactically-incorrect-or-violates-"
        "schema",
        failure.facts,
    )


def _is_about_the_form(failure: Failure) -> bool:
    words = ("unparsable", "is required", "not supported for group.members")
    codes = ("invalidSyntax", "invalidPath", "required", "invalidParameter")
    return failure.code in codes or any(word in failure.message for word in words)


@cause
def error_page(failure: Failure) -> Finding | None:
    """T52, T53: a page for people where the API should be: wrong address, token or policy."""
    if failure.kind is not ErrorKind.CREDENTIALS or ERROR_PAGE not in failure.message:
        return None
    return Finding(
        "the app refuses the stored credentials with a page that is no answer of its API",
        "check the API's address, the token and the app's network policy (are Okta's addresses let "
        f"in?), enter new credentials on the Provisioning tab, {RETRY}",
        "https://docs.snowflake.com/en/user-guide/scim-okta",
        failure.facts,
    )


@cause
def create_timed_out(failure: Failure) -> Finding | None:
    """T57: the app was too slow; the group may be there or not."""
    if failure.operation != "create" or "timed out" not in failure.reason.lower():
        return None
    return Finding(
        "the app did not answer in time while the group was created: it may be there or not",
        "see whether the group is in the app. If not: Retry All Groups. If so: unlink leaving the "
        "group, Refresh App Groups, link it",
        "https://help.miro.com/hc/en-us/articles/"
        "360036768134-Setting-up-automated-provisioning-with-OKTA",
        failure.facts,
    )


@cause
def already_gone(failure: Failure) -> Finding | None:
    """T43: the target was deleted before its mapping was unlinked."""
    if not _is_missing(failure, "group") or failure.operation != "delete":
        return None
    return Finding(
        "the group was already deleted in the app",
        "unlink the mapping leaving the group",
        f"{HELP}/usgp-group-push-operations.htm",
        failure.facts,
    )


@cause
def target_deleted(failure: Failure) -> Finding | None:
    """R45, T40-T42: the linked group was deleted in the app."""
    if not _is_missing(failure, "group") or failure.operation == "delete":
        return None
    return Finding(
        "the linked group was deleted in the app",
        "unlink leaving the group, Refresh App Groups, push the group again",
        f"{HELP}/usgp-group-push-troubleshoot.htm",
        failure.facts,
    )


@cause
def place_missing(failure: Failure) -> Finding | None:
    """T67: the organizational unit is not there."""
    if not _is_missing(failure, "place"):
        return None
    return Finding(
        "the organizational unit does not exist in the directory",
        "create the OU, or unlink and push the group into another one",
        "https://help.okta.com/en/prod/Content/Topics/Directory/"
        "ad-agent-cofigure-group-push-AD-OUs.htm",
        failure.facts,
    )


@cause
def account_gone(failure: Failure) -> Finding | None:
    """T10: the account behind a member was deleted or re-created in the app."""
    if not _is_missing(failure, "account"):
        return None
    return Finding(
        "a member's account was deleted or re-created in the app",
        f"import users so that the account is matched again, {RETRY}",
        "https://github.com/getsentry/sentry/issues/122540",
        failure.facts,
    )


@cause
def one_end_missing(failure: Failure) -> Finding | None:
    """T10, T40: not found, and the app does not say what."""
    if not _is_missing(failure, ""):
        return None
    return Finding(
        "the group, or the account of a member, is not there any more; the app does not say which",
        "look for the group in the app: if it is gone, unlink leaving the group, Refresh App "
        f"Groups and push it again; if it is there, import users, {RETRY}",
        f"{HELP}/usgp-group-push-troubleshoot.htm",
        failure.facts,
    )


def _is_missing(failure: Failure, what: str) -> bool:
    return failure.kind is ErrorKind.NOT_FOUND and failure.missing == what


# --- the kind of refusal, where nothing more is said ---------------------------------------------


@general
def name_taken(failure: Failure) -> Finding | None:
    """R12, T24-T26, T30: the name exists in the app: what is pushed cannot be made, or have it."""
    if failure.kind is not ErrorKind.EXISTS or not (_makes(failure) or _renames(failure)):
        return None
    return Finding(
        "a group with this name already exists in the app",
        _way_out_of_a_taken_name(failure),
        f"{HELP}/usgp-group-push-prerequisites.htm",
        failure.facts,
    )


def _way_out_of_a_taken_name(failure: Failure) -> str:
    if _renames(failure):
        return f"rename or delete the other group in the app, {RETRY}"
    if failure.links:
        return "Refresh App Groups, then link the existing group"
    return "rename or delete the group in the app, or push under another name"


def _makes(failure: Failure) -> bool:
    return failure.operation == "create" and failure.step in ("create", "")


def _renames(failure: Failure) -> bool:
    return failure.step == "rename" or (failure.operation == "rename" and not failure.step)


@general
def own_name_refused(failure: Failure) -> Finding | None:
    """T29: the app takes the group that is updated for another one of its name."""
    if failure.kind is not ErrorKind.EXISTS or failure.step not in ("change", "add", "remove"):
        return None
    return Finding(
        "the app refuses an update of the group because its own name, or a member of it, is there "
        "already",
        f"it is for the app's vendor; until then unlink, delete the group in the app, {RETRY}",
        "https://github.com/lightdash/lightdash/issues/15035",
        failure.facts,
    )


@general
def account_taken(failure: Failure) -> Finding | None:
    """T54: the login or e-mail is another account's, and that one is not the user's to adopt."""
    if failure.kind is not ErrorKind.EXISTS or failure.operation not in ("provision", "update"):
        return None
    return Finding(
        "another account of the app has this login or e-mail",
        f"change either of the two, or free the account, {RETRY}",
        "https://developer.okta.com/docs/reference/scim/scim-20/#create-users",
        failure.facts,
    )


@general
def credentials_refused(failure: Failure) -> Finding | None:
    """T55: the token or secret expired or was replaced."""
    if failure.kind is not ErrorKind.CREDENTIALS:
        return None
    return Finding(
        "the app refuses the stored credentials",
        f"enter new credentials on the Provisioning tab, {RETRY}",
        f"{KB}/aws-iam-identity-center-provisioning-error-error-while-creating-user-unauthorized",
        failure.facts,
    )


@general
def rate_limited(failure: Failure) -> Finding | None:
    """T60: the app throttled every attempt."""
    if failure.kind is not ErrorKind.THROTTLED:
        return None
    return Finding(
        f"the app's rate limit refused {failure.attempts} attempts",
        f"wait for the limit to pass, {RETRY}",
        f"{SCIM}/#handle-scim-server-rate-limiting",
        failure.facts,
    )


@general
def target_unavailable(failure: Failure) -> Finding | None:
    """T50, T51, T58: time-outs, 5xx, replies that cannot be read."""
    if failure.kind is not ErrorKind.UNAVAILABLE:
        return None
    return Finding(
        "the app did not answer, or not readably",
        f"check the app's status, {RETRY}",
        f"{HELP}/usgp-group-push-troubleshoot.htm",
        failure.facts,
    )
