"""Every refusal of Slack's SCIM and Web API that these calls can give, and how one looks.

The codes are the reference's own: https://docs.slack.dev/reference/scim-api#errors. It gives no
statuses; 401 and the 400s and 409s about user names are recorded, the rest follow the families of
https://www.ibm.com/docs/en/SSCT62/references/r_slack_attrs.html (unsure).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request

from ..core import scim
from ..core.app import Reply, current
from ..core.error import ApiError
from ..core.refusal import refusal
from .quirks import (
    ERRORS_NAME_THE_USER,
    REFUSED_TOKENS_SPEAK_V1,
    STATUS_IS_A_NUMBER,
    THROTTLED_IN_WEB_WORDS,
)

JSON_TYPE = "application/json; charset=utf-8"
SCIM_TYPE = "application/scim+json; charset=utf-8"
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

UNEXPLAINED: Mapping[str, int] = {
    "cannot_modify_gdpr": 403,
    "database_query_failure": 500,
    "email_invalid": 400,
    "failed_to_remove_users_for_linked_subteam": 500,
    "group_members_create_failed": 500,
    "primary_owner_check_failure": 403,
    "query_building_failed": 400,
    "truncation_error": 400,
    "unable_to_create_team_profile_fields": 400,
    "user_creation_failed": 409,
    "username_too_long": 400,
}
"""Codes that the reference lists and says no occasion for, with the status of their family."""


# --- the envelopes ---------------------------------------------------------------------------


def render(error: ApiError) -> Reply:
    """In the shape of whatever was called: SCIM 1, SCIM 2, or the Web API."""
    path = request.path
    headers = {**error.headers, "Content-Type": JSON_TYPE}
    if path.startswith("/api/"):
        return _web(error), error.status if error.status >= 429 else 200, headers
    if error.code == "too_many_requests" and THROTTLED_IN_WEB_WORDS in current().quirks:
        return {"ok": False, "error": "ratelimited"}, error.status, headers
    speaks_v1 = not f"{path}/".startswith("/scim/v2/")
    if error.status == 401 and REFUSED_TOKENS_SPEAK_V1 in current().quirks:
        speaks_v1 = True
    return _v1(error) if speaks_v1 else _v2(error), error.status, headers


def _v1(error: ApiError) -> dict[str, Any]:
    described = error.message
    about = error.extra.get("about")
    if about and ERRORS_NAME_THE_USER in current().quirks:
        described = f"{described} ({about})"
    return {"Errors": {"description": described, "code": error.status}}


def _v2(error: ApiError) -> dict[str, Any]:
    if STATUS_IS_A_NUMBER in current().quirks:
        return {"schemas": [scim.ERROR], "detail": error.message, "status": error.status}
    scim_type = "uniqueness" if error.status == 409 else ""
    return scim.error_body(error.status, error.message, scim_type)


def _web(error: ApiError) -> dict[str, Any]:
    return {"ok": False, "error": error.code, **error.extra.get("web", {})}


def _scim(status: int, code: str, *, about: str = "") -> ApiError:
    """A refusal whose only sentence is its code; `about` is whom an error of version 1 names."""
    return ApiError(status, code, code, about=about)


def _about_user(code: str, name: str) -> ApiError:
    """A refused attribute of the user of that name."""
    return _scim(400, code, about=f"user={name}" if name else "")


def _answer(code: str, **more: Any) -> ApiError:
    """A refusal of the Web API, which answers 200 with `ok: false`."""
    return ApiError(200, code, code, web=more)


def _slow_down(code: str, retry_after: str | None) -> ApiError:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return ApiError(429, code, code, headers=headers)


# --- who are you -----------------------------------------------------------------------------


@refusal(ERRORS)
def missing_authentication() -> ApiError:
    """A SCIM call without a token."""
    return _scim(401, "missing_authentication")


@refusal(JAVA_TEST, mark="seen")
def invalid_authentication() -> ApiError:
    """A token that nobody has, or one without the scope `admin`."""
    return _scim(401, "invalid_authentication")


@refusal(ACCESS)
def plus_teams_only() -> ApiError:
    """The plan has no SCIM."""
    return _scim(403, "plus_teams_only")


@refusal(ACCESS)
def non_org_teams_only() -> ApiError:
    """The app is on a workspace of an Enterprise organisation, not on the organisation."""
    return _scim(403, "non_org_teams_only")


@refusal(ACCESS)
def permission_denied() -> ApiError:
    """Who installed the app is no owner or admin any more."""
    return _scim(403, "permission_denied")


# --- what do you want ------------------------------------------------------------------------


@refusal(ERRORS)
def bad_endpoint() -> ApiError:
    """An address that SCIM does not have."""
    return _scim(404, "bad_endpoint")


@refusal(ERRORS)
def unsupported_version() -> ApiError:
    """A version of SCIM beside 1 and 2."""
    return _scim(404, "unsupported_version")


@refusal(ERRORS)
def method_not_allowed() -> ApiError:
    """An HTTP method that the address does not have."""
    return _scim(405, "method_not_allowed")


@refusal(ERRORS)
def missing_user_id() -> ApiError:
    """A change of users that names none."""
    return _scim(400, "missing_user_id")


@refusal(ERRORS)
def missing_group_id() -> ApiError:
    """A change of groups that names none."""
    return _scim(400, "missing_group_id")


@refusal(ERRORS)
def invalid_request_payload() -> ApiError:
    """A body that is no JSON, or asks for what there is not."""
    return _scim(400, "invalid_request_payload")


@refusal(ERRORS, mark="unsure")
def body_too_large() -> ApiError:
    """A body over 8 MiB; the code is the reference's for bad bodies, the status ours."""
    return _scim(413, "invalid_request_payload")


@refusal("https://docs.slack.dev/reference/scim-api#example-error")
def missing_schema_element() -> ApiError:
    """A body without `schemas`."""
    return _scim(400, "missing_schema_element")


@refusal(ERRORS)
def invalid_attribute_format() -> ApiError:
    """An attribute of another type."""
    return _scim(400, "invalid_attribute_format")


@refusal(ERRORS)
def attribute_invalid(name: str) -> ApiError:
    """An attribute of several values that is none: `emails_invalid`, `roles_invalid` and so on."""
    return _scim(400, f"{name}_invalid")


@refusal(ERRORS, mark="unsure")
def unexplained(code: str) -> ApiError:
    """A code that the reference lists without an occasion for it: armed as a fault."""
    return _scim(UNEXPLAINED[code], code)


# --- filters ---------------------------------------------------------------------------------


@refusal(FILTER)
def no_filters() -> ApiError:
    """A filter that is empty."""
    return _scim(400, "no_filters")


@refusal(FILTER)
def incomplete_filter() -> ApiError:
    """A filter that cannot be read, or has two spaces between words."""
    return _scim(400, "incomplete_filter")


@refusal(ERRORS)
def invalid_filter_group() -> ApiError:
    """A filter with an open parenthesis too many."""
    return _scim(400, "invalid_filter_group")


@refusal(ERRORS)
def invalid_query() -> ApiError:
    """A filter on another attribute or with another operator; a page that is no number."""
    return _scim(400, "invalid_query")


@refusal(ERRORS)
def invalid_sort_order() -> ApiError:
    """A `sortOrder` that is neither ascending nor descending."""
    return _scim(400, "invalid_sort_order")


# --- users -----------------------------------------------------------------------------------


@refusal(ERRORS)
def no_such_user() -> ApiError:
    """A user id that nobody has."""
    return _scim(404, "no_such_user")


@refusal(ERRORS, mark="unsure")
def cannot_decode_user_id() -> ApiError:
    """A user id of other characters than ids have."""
    return _scim(400, "cannot_decode_user_id")


@refusal(ERRORS)
def unknown_user() -> ApiError:
    """A manager who is nobody."""
    return _scim(404, "unknown_user")


@refusal("https://blog.cloudnative.co.jp/12293/", mark="seen")
def username_taken(name: str) -> ApiError:
    """The name of another user, the deactivated included, or of a channel."""
    return ApiError(409, "username_taken", "username_taken", about=f"username={name}")


@refusal(ERRORS)
def email_taken(name: str) -> ApiError:
    """The address of another user, the deactivated included."""
    return _scim(409, "email_taken", about=f"user={name}")


@refusal(ERRORS)
def username_required(name: str) -> ApiError:
    """A new user without a `userName`."""
    return _about_user("username_required", name)


@refusal(ERRORS)
def username_empty(name: str) -> ApiError:
    """A `userName` of nothing."""
    return _about_user("username_empty", name)


@refusal(ERRORS)
def username_invalid(name: str) -> ApiError:
    """A `userName` of which nothing is left to call anybody by."""
    return _about_user("username_invalid", name)


@refusal(f"{OKTA}/{CONNECTOR}-long-username-user-code-400", mark="seen")
def long_username(name: str) -> ApiError:
    """A `userName` of more than 21 characters."""
    return _about_user("long_username", name)


@refusal(ERRORS)
def long_nickname(name: str) -> ApiError:
    """A `nickName` of more than 21 characters."""
    return _about_user("long_nickname", name)


@refusal(NOT_ALLOWED, mark="seen")
def username_not_allowed(name: str) -> ApiError:
    """A `userName` that Slack keeps to itself."""
    return _about_user("username_not_allowed", name)


@refusal(ERRORS)
def email_empty(name: str) -> ApiError:
    """A new user, or one put, without an address."""
    return _about_user("email_empty", name)


@refusal(ERRORS)
def bad_email_address(name: str) -> ApiError:
    """An address that is none."""
    return _about_user("bad_email_address", name)


@refusal(ERRORS)
def missing_primary_email() -> ApiError:
    """A change that leaves nobody a primary address."""
    return _scim(400, "missing_primary_email")


@refusal(f"{OKTA}/{CONNECTOR}-invalid-name-specials-user-code400", mark="seen")
def invalid_name_specials(name: str) -> ApiError:
    """An `@` in what a user is called."""
    return _about_user("invalid_name_specials", name)


@refusal(ERRORS)
def invalid_name_required() -> ApiError:
    """A given name and a family name of nothing but blanks."""
    return _scim(400, "invalid_name_required")


@refusal(NAMES)
def invalid_name_maxlength(name: str) -> ApiError:
    """A display name of more than 80 characters."""
    return _about_user("invalid_name_maxlength", name)


@refusal(ERRORS)
def invalid_starts_with_at(name: str) -> ApiError:
    """A display name that begins with `@`."""
    return _about_user("invalid_starts_with_at", name)


@refusal(ERRORS)
def invalid_reserved_word(name: str) -> ApiError:
    """A display name that is a mention of everybody."""
    return _about_user("invalid_reserved_word", name)


@refusal(ERRORS)
def invalid_emoji_not_allowed(name: str) -> ApiError:
    """An emoji in a name or title."""
    return _about_user("invalid_emoji_not_allowed", name)


@refusal(OWN_NAMES, mark="seen")
def invalid_display_name(name: str) -> ApiError:
    """A new display name where users choose their own."""
    return _about_user("invalid_display_name", name)


@refusal(ERRORS)
def password_change_not_allowed() -> ApiError:
    """A change of a password."""
    return _scim(403, "password_change_not_allowed")


@refusal(ERRORS)
def improper_enterprise_schema_format() -> ApiError:
    """A manager without a `managerId`."""
    return _scim(400, "improper_enterprise_schema_format")


@refusal(ACCESS)
def cannot_modify_owner() -> ApiError:
    """A change of an owner by the token of less than one."""
    return _scim(403, "cannot_modify_owner")


@refusal(ERRORS)
def cannot_disable_primary_owner() -> ApiError:
    """Deactivating the primary owner."""
    return _scim(403, "cannot_disable_primary_owner")


@refusal(ERRORS)
def cannot_disable_bot_user_with_scim() -> ApiError:
    """Deactivating a bot."""
    return _scim(403, "cannot_disable_bot_user_with_scim")


@refusal(ERRORS)
def cannot_make_user_guest() -> ApiError:
    """Making a guest of an admin, an owner or a bot."""
    return _scim(403, "cannot_make_user_guest")


# --- groups ----------------------------------------------------------------------------------


@refusal(ERRORS)
def no_such_group() -> ApiError:
    """A group id that no group has."""
    return _scim(404, "no_such_group")


@refusal(ERRORS)
def no_such_group_members(status: int = 404) -> ApiError:
    """A member who is nobody."""
    return _scim(status, "no_such_group_members")


@refusal(ERRORS)
def unable_to_add_deleted_or_guest_to_group() -> ApiError:
    """A member who is deactivated, or a guest of a single channel."""
    return _scim(400, "unable_to_add_deleted_or_guest_to_group")


@refusal(ERRORS)
def too_many_users() -> ApiError:
    """More than 15,000 users in one request about a group."""
    return _scim(400, "too_many_users")


@refusal(ERRORS)
def group_member_max_exceeded() -> ApiError:
    """More members than a group of the plan may have."""
    return _scim(400, "group_member_max_exceeded")


@refusal(ERRORS, mark="unsure")
def group_creation_failed() -> ApiError:
    """The name of another group; the reference gives the code and no reason."""
    return _scim(409, "group_creation_failed")


@refusal(ERRORS)
def idp_group_linked_to_channels() -> ApiError:
    """Deleting a group that a private channel is restricted to."""
    return _scim(400, "idp_group_linked_to_channels")


# --- too fast, or out of order ---------------------------------------------------------------


@refusal("https://docs.slack.dev/reference/scim-api#concurrency")
def resource_locked(retry_after: str) -> ApiError:
    """A write to a group while another is under way."""
    return _slow_down("resource_locked", retry_after)


@refusal("https://docs.slack.dev/reference/scim-api#concurrency")
def user_locked(retry_after: str) -> ApiError:
    """A write to a user while another is under way."""
    return _slow_down("too_many_requests", retry_after)


@refusal("https://docs.slack.dev/reference/scim-api/rate-limits", mark="unsure")
def too_many_requests(retry_after: str | None) -> ApiError:
    """A SCIM call over a limit of the organisation; the body is uncertain."""
    return _slow_down("too_many_requests", retry_after)


@refusal("https://docs.slack.dev/apis/web-api/rate-limits")
def ratelimited(retry_after: str | None) -> ApiError:
    """A call of the Web API over the limit of its tier."""
    return _slow_down("ratelimited", retry_after)


@refusal("https://docs.slack.dev/reference/scim-api", mark="unsure")
def service_unavailable() -> ApiError:
    """The service is down; the words are ours."""
    return _scim(503, "service_unavailable")


# --- the Web API -----------------------------------------------------------------------------


@refusal(f"{METHODS}/auth.test")
def not_authed() -> ApiError:
    """A call of the Web API without a token."""
    return _answer("not_authed")


@refusal(f"{METHODS}/auth.test")
def invalid_auth() -> ApiError:
    """A token that nobody has, or an address that the app does not allow."""
    return _answer("invalid_auth")


@refusal(f"{METHODS}/auth.test")
def missing_scope(needed: str, provided: str) -> ApiError:
    """A token without the scope of the method."""
    return _answer("missing_scope", needed=needed, provided=provided)


@refusal("https://docs.slack.dev/apis/web-api")
def unknown_method() -> ApiError:
    """A method that there is not."""
    return _answer("unknown_method")


@refusal("https://docs.slack.dev/apis/web-api")
def invalid_json() -> ApiError:
    """A body that says it is JSON and is not."""
    return _answer("invalid_json")


@refusal("https://docs.slack.dev/apis/web-api")
def json_not_object() -> ApiError:
    """A body of JSON that is no object."""
    return _answer("json_not_object")


@refusal(f"{METHODS}/usergroups.create")
def missing_post_type() -> ApiError:
    """A body that does not say what it is."""
    return _answer("missing_post_type")


@refusal(f"{METHODS}/usergroups.create")
def invalid_post_type() -> ApiError:
    """A body that is neither JSON, a form nor text."""
    return _answer("invalid_post_type")


@refusal(f"{METHODS}/usergroups.create")
def missing_argument() -> ApiError:
    """A required argument is not there; which one, the page does not let it say."""
    return _answer("missing_argument")


@refusal(f"{METHODS}/admin.usergroups.addChannels")
def not_an_enterprise() -> ApiError:
    """A method for Enterprise organisations on another plan."""
    return _answer("not_an_enterprise")


@refusal(f"{METHODS}/usergroups.users.list")
def no_such_subteam() -> ApiError:
    """A user group id that none has, or of a disabled one."""
    return _answer("no_such_subteam")


@refusal(f"{METHODS}/usergroups.create")
def name_already_exists() -> ApiError:
    """The name of another user group."""
    return _answer("name_already_exists")


@refusal(f"{METHODS}/usergroups.create")
def handle_already_exists() -> ApiError:
    """The handle of another user group, a user or a channel."""
    return _answer("handle_already_exists")


@refusal(f"{METHODS}/usergroups.create")
def bad_handle() -> ApiError:
    """A handle of other characters than names have."""
    return _answer("bad_handle")


@refusal(f"{METHODS}/usergroups.create")
def forbidden_handle() -> ApiError:
    """A handle that mentions everybody."""
    return _answer("forbidden_handle")


@refusal(
    f"{METHODS}/usergroups.create (without a number; 140 is what clients of it count to)",
    mark="unsure",
)
def description_too_long() -> ApiError:
    """A description of more than 140 characters."""
    return _answer("description_too_long")


@refusal(f"{METHODS}/usergroups.create")
def target_team_must_be_specified() -> ApiError:
    """A user group made by an organisation's token that does not say in which workspace."""
    return _answer("target_team_must_be_specified_in_org_context")


@refusal(f"{METHODS}/usergroups.create")
def target_team_not_on_org() -> ApiError:
    """A user group for a workspace that is none of the organisation's."""
    return _answer("target_team_not_on_org")


@refusal(f"{METHODS}/usergroups.users.update", mark="unsure")
def permission_denied_for_idp_group() -> ApiError:
    """A change of a group that belongs to the identity provider; which code, no page says."""
    return _answer("permission_denied")


@refusal(f"{METHODS}/usergroups.users.update")
def no_users_provided() -> ApiError:
    """A user group that would be left without users."""
    return _answer("no_users_provided")


@refusal(f"{METHODS}/usergroups.users.update")
def invalid_users() -> ApiError:
    """A user who is nobody, deactivated, a bot or a guest of several channels."""
    return _answer("invalid_users")


@refusal(f"{METHODS}/usergroups.users.update")
def single_channel_guests_cannot_be_added() -> ApiError:
    """A guest of a single channel."""
    return _answer("single_channel_guests_cannot_be_added")


@refusal(f"{METHODS}/usergroups.users.update")
def failed_for_some_users() -> ApiError:
    """A user who is not in the workspace of the user group."""
    return _answer("failed_for_some_users")


@refusal(f"{METHODS}/admin.usergroups.addTeams")
def usergroup_not_found() -> ApiError:
    """A group id that no IDP group has."""
    return _answer("usergroup_not_found")


@refusal(f"{METHODS}/admin.usergroups.addTeams")
def no_team_ids_given() -> ApiError:
    """No workspaces are named."""
    return _answer("no_team_ids_given")


@refusal(f"{METHODS}/admin.usergroups.addTeams")
def invalid_team_ids(team_ids: Sequence[str]) -> ApiError:
    """A workspace that there is not; `errors` names all such."""
    return _answer("invalid_team_ids", errors=list(team_ids))


@refusal(f"{METHODS}/admin.usergroups.addTeams")
def team_limit_exceeded() -> ApiError:
    """More workspaces than a group may have."""
    return _answer("team_limit_exceeded")


@refusal(f"{METHODS}/admin.usergroups.addTeams")
def auto_provision_failure(team_ids: Sequence[str]) -> ApiError:
    """Members who could not be brought into a workspace: armed as a fault."""
    return _answer("auto_provision_failure", errors=list(team_ids))


@refusal(f"{METHODS}/admin.usergroups.addChannels")
def team_not_found() -> ApiError:
    """A workspace that there is not."""
    return _answer("team_not_found")


@refusal(f"{METHODS}/admin.usergroups.addChannels")
def usergroup_not_linked_to_team() -> ApiError:
    """A group that is not connected to the workspace."""
    return _answer("usergroup_not_linked_to_team")


@refusal(f"{METHODS}/admin.usergroups.addChannels")
def channel_not_found() -> ApiError:
    """A channel that there is not."""
    return _answer("channel_not_found")


@refusal(f"{METHODS}/admin.usergroups.addChannels")
def channels_not_found(channel_ids: Sequence[str]) -> ApiError:
    """Channels that there are not among some; the others are taken all the same."""
    return _answer("channel_not_found", invalid_channels=list(channel_ids))


@refusal(f"{METHODS}/admin.usergroups.addChannels")
def not_an_admin() -> ApiError:
    """A method for admins by the token of somebody else."""
    return _answer("not_an_admin")


@refusal(f"{METHODS}/admin.usergroups.addChannels")
def invalid_channels_limit() -> ApiError:
    """More than 100 channels in one call."""
    return _answer("invalid_channels_limit")


@refusal(f"{METHODS}/admin.conversations.restrictAccess.addGroup")
def channel_is_not_private() -> ApiError:
    """Restricting a channel that is public."""
    return _answer("channel_is_not_private")


@refusal(f"{METHODS}/admin.conversations.restrictAccess.addGroup")
def group_not_found() -> ApiError:
    """Restricting a channel to a group that there is not."""
    return _answer("group_not_found")


@refusal(f"{METHODS}/admin.conversations.restrictAccess.addGroup")
def group_already_linked_to_channel() -> ApiError:
    """Restricting a channel to a group a second time."""
    return _answer("group_already_linked_to_channel")


@refusal(f"{METHODS}/admin.conversations.restrictAccess.addGroup")
def group_must_not_be_empty() -> ApiError:
    """Restricting a channel to a group without members."""
    return _answer("group_must_not_be_empty")
