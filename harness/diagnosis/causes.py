"""The documented causes. Each names its source; none knows anything but the evidence."""

from collections.abc import Callable
from dataclasses import dataclass

from ..errors import ErrorKind

HELP = "https://help.okta.com/oie/en-us/content/topics/users-groups-profiles"
KB = "https://support.okta.com/help/s/article"


@dataclass(frozen=True)
class Evidence:
    """What is known of one failure: the target's refusal and what was being done.

    `operation` is what the engine was at: create, change, push_now, activate, link, rename, delete,
    provision, deprovision, update, import_users, refresh.
    """

    operation: str
    kind: ErrorKind
    code: str = ""
    message: str = ""
    missing: str = ""
    attempts: int = 0
    links: bool = True  # whether the app may link groups
    subject: str = ""


@dataclass(frozen=True)
class Finding:
    """A probable cause, the documented fix, and where both are written."""

    cause: str
    fix: str
    source: str


UNKNOWN = Finding(
    "the target refused for a reason of its own",
    "read the target's message; then Retry All Groups",
    "",
)

Cause = Callable[[Evidence], Finding | None]


def name_taken(evidence: Evidence) -> Finding | None:
    """R12, T26: the name exists in the app: what is pushed cannot be made, or have it."""
    if evidence.kind is not ErrorKind.EXISTS or evidence.operation not in ("create", "rename"):
        return None
    return Finding(
        "a group with this name already exists in the app",
        _way_out_of_a_taken_name(evidence),
        f"{HELP}/usgp-group-push-prerequisites.htm",
    )


def _way_out_of_a_taken_name(evidence: Evidence) -> str:
    if evidence.operation == "rename":
        return "rename or delete the other group in the app, then Retry All Groups"
    if evidence.links:
        return "Refresh App Groups, then link the existing group"
    return "rename or delete the group in the app, or push under another name"


def account_taken(evidence: Evidence) -> Finding | None:
    """T54: the login or e-mail is another account's, and that one is not the user's to adopt."""
    if evidence.kind is not ErrorKind.EXISTS or evidence.operation not in ("provision", "update"):
        return None
    return Finding(
        "another account of the app has this login or e-mail",
        "change either of the two, or free the account, then Retry All Groups",
        "https://developer.okta.com/docs/reference/scim/scim-20/#create-users",
    )


def target_deleted(evidence: Evidence) -> Finding | None:
    """T40, T41: the linked group was deleted in the app."""
    if evidence.kind is not ErrorKind.NOT_FOUND or evidence.missing != "group":
        return None
    if evidence.operation == "delete":
        return Finding(
            "the group was already deleted in the app",
            "unlink the mapping leaving the group",
            f"{HELP}/usgp-group-push-operations.htm",
        )
    return Finding(
        "the linked group was deleted in the app",
        "unlink leaving the group, Refresh App Groups, push the group again",
        f"{HELP}/usgp-group-push-troubleshoot.htm",
    )


def place_missing(evidence: Evidence) -> Finding | None:
    """T67: the organizational unit is not there."""
    if evidence.kind is not ErrorKind.NOT_FOUND or evidence.missing != "place":
        return None
    return Finding(
        "the organizational unit does not exist in the directory",
        "create the OU, or unlink and push the group into another one",
        "https://help.okta.com/en/prod/Content/Topics/Directory/ad-agent-cofigure-group-push-AD-OUs.htm",
    )


def account_gone(evidence: Evidence) -> Finding | None:
    """T10: the account behind a member was deleted or re-created in the app."""
    if evidence.kind is not ErrorKind.NOT_FOUND:
        return None
    return Finding(
        "a member's account was deleted or re-created in the app",
        "import users so that the account is matched again, then Retry All Groups",
        "https://github.com/getsentry/sentry/issues/122540",
    )


def credentials_refused(evidence: Evidence) -> Finding | None:
    """T55: the token or secret expired or was replaced."""
    if evidence.kind is not ErrorKind.CREDENTIALS:
        return None
    return Finding(
        "the app refuses the stored credentials",
        "enter new credentials on the Provisioning tab, then Retry All Groups",
        f"{KB}/aws-iam-identity-center-provisioning-error-error-while-creating-user-unauthorized",
    )


def rate_limited(evidence: Evidence) -> Finding | None:
    """T60: the app throttled every attempt."""
    if evidence.kind is not ErrorKind.THROTTLED:
        return None
    return Finding(
        f"the app's rate limit refused {evidence.attempts} attempts",
        "wait for the limit to pass, then Retry All Groups",
        "https://developer.okta.com/docs/concepts/scim/#handle-scim-server-rate-limiting",
    )


def agent_offline(evidence: Evidence) -> Finding | None:
    """E0000241: no agent took the work."""
    if evidence.code not in ("E0000240", "E0000241"):
        return None
    return Finding(
        "no Active Directory agent is connected",
        "start the agent service on its server, then Retry All Groups",
        "https://developer.okta.com/docs/reference/error-codes/#E0000241",
    )


def target_unavailable(evidence: Evidence) -> Finding | None:
    """T51, T57: time-outs, 5xx, replies that cannot be read."""
    if evidence.kind is not ErrorKind.UNAVAILABLE:
        return None
    return Finding(
        "the app did not answer, or not readably",
        "check the app's status, then Retry All Groups",
        "https://help.okta.com/oie/en-us/content/topics/users-groups-profiles/usgp-group-push-troubleshoot.htm",
    )


def on_premises_group(evidence: Evidence) -> Finding | None:
    """R62, T62: the group is synced from a directory and read-only in the cloud."""
    if "on-premises mastered" not in evidence.message:
        return None
    return Finding(
        "the object is synced from an on-premises directory and cannot be changed in the cloud",
        "change it at its source, or push to a cloud group",
        f"{KB}/okta-office-365-integration-supported-group-types-and-push-configuration",
    )


def name_makes_no_address(evidence: Evidence) -> Finding | None:
    """T37: the group's address is made of its name, and the name does not make one."""
    if evidence.message != "Invalid Input: groupKey":
        return None
    return Finding(
        "the name is longer than 64 characters, or has characters an address cannot have",
        "shorten or clean the name of the group in Okta, then Retry All Groups",
        f"{KB}/google-workspace-push-group-error-invalid-input-groupkey-with-okta",
    )


def directory_name_too_long(evidence: Evidence) -> Finding | None:
    """R43: an object's name (cn) in Active Directory has at most 64 characters."""
    if evidence.code != "00002082" or "(cn)" not in evidence.message:
        return None
    return Finding(
        "the name is longer than the 64 characters that a name in the directory may have",
        "shorten the name of the group in Okta, then Retry All Groups",
        "https://learn.microsoft.com/en-us/windows/win32/adschema/a-cn",
    )


def account_has_the_name(evidence: Evidence) -> Finding | None:
    """R52: users and groups of a domain share one space of sAMAccountNames."""
    if evidence.code != "00000524" or evidence.operation not in ("create", "rename"):
        return None
    return Finding(
        "a user of the domain has the pre-Windows 2000 name (sAMAccountName) of the group",
        "unlink leaving the group, then push it again with another sAMAccountName",
        "https://learn.microsoft.com/en-us/windows/win32/adschema/a-samaccountname",
    )


def user_name_refused(evidence: Evidence) -> Finding | None:
    """T73: the app's rules for names keep the user out, and so out of every pushed group."""
    if evidence.code not in NAME_RULES:
        return None
    return Finding(
        "the app does not accept the user's name: too long, reserved, or with special characters",
        "change the mapping of the name, Retry All Groups, then push the user's groups again",
        f"{KB}/Slack-Provisioning-error-Errors-reported-by-the-connector-Errors-description-"
        "long-username-user-code-400",
    )


def member_not_allowed(evidence: Evidence) -> Finding | None:
    """The account is there but may be in no group."""
    if evidence.code != "unable_to_add_deleted_or_guest_to_group":
        return None
    return Finding(
        "a member's account is deactivated in the app, or is a guest's",
        "activate the account in the app, then push the group again",
        "https://docs.slack.dev/reference/scim-api#errors",
    )


def not_permitted(evidence: Evidence) -> Finding | None:
    """T61, T66: the service account or the consent lacks a right."""
    if evidence.code not in NOT_PERMITTED:
        return None
    return Finding(
        "the integration's account lacks the right to do this",
        "grant the right (re-consent, or delegate it on the OU), then Retry All Groups",
        f"{KB}/ms-office365-provisioning-failed-due-to-403-insufficient-privileges-to-complete-the-"
        "operation-while-running-ms-graph-api-post-call-v1-0-users-microsoft-graph-assignlicense",
    )


NOT_PERMITTED = (
    "Authorization_RequestDenied",
    "00002098",
    "00000005",
    "forbidden",
    "insufficientPermissions",
    "permission_denied",
    "access_denied_insufficient_permissions",
    "insufficient_scope",
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
CAUSES: tuple[Cause, ...] = (
    agent_offline,
    on_premises_group,
    name_makes_no_address,
    directory_name_too_long,
    account_has_the_name,
    user_name_refused,
    member_not_allowed,
    not_permitted,
    credentials_refused,
    name_taken,
    account_taken,
    target_deleted,
    place_missing,
    account_gone,
    rate_limited,
    target_unavailable,
)


def diagnose(evidence: Evidence) -> Finding:
    """The first cause that fits, or UNKNOWN."""
    return next((found for cause in CAUSES if (found := cause(evidence))), UNKNOWN)
