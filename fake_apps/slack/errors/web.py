"""The Web API, in its own words."""

from collections.abc import Sequence

from ...core.error import ApiError
from ...core.refusal import refusal
from . import envelope
from .sources import METHODS


@refusal(f"{METHODS}/auth.test")
def not_authed() -> ApiError:
    """A call of the Web API without a token."""
    return envelope.web_refusal("not_authed")


@refusal(f"{METHODS}/auth.test")
def invalid_auth() -> ApiError:
    """A token that nobody has, or an address that the app does not allow."""
    return envelope.web_refusal("invalid_auth")


@refusal(f"{METHODS}/auth.test")
def missing_scope(needed: str, provided: str) -> ApiError:
    """A token without the scope of the method."""
    return envelope.web_refusal("missing_scope", needed=needed, provided=provided)


@refusal("https://docs.slack.dev/apis/web-api")
def unknown_method() -> ApiError:
    """A method that there is not."""
    return envelope.web_refusal("unknown_method")


@refusal("https://docs.slack.dev/apis/web-api")
def invalid_json() -> ApiError:
    """A body that says it is JSON and is not."""
    return envelope.web_refusal("invalid_json")


@refusal("https://docs.slack.dev/apis/web-api")
def json_not_object() -> ApiError:
    """A body of JSON that is no object."""
    return envelope.web_refusal("json_not_object")


@refusal(f"{METHODS}/usergroups.create")
def missing_post_type() -> ApiError:
    """A body that does not say what it is."""
    return envelope.web_refusal("missing_post_type")


@refusal(f"{METHODS}/usergroups.create")
def invalid_post_type() -> ApiError:
    """A body that is neither JSON, a form nor text."""
    return envelope.web_refusal("invalid_post_type")


@refusal(f"{METHODS}/usergroups.create")
def missing_argument() -> ApiError:
    """A required argument is not there; which one, the page does not let it say."""
    return envelope.web_refusal("missing_argument")


@refusal(f"{METHODS}/admin.usergroups.addChannels")
def not_an_enterprise() -> ApiError:
    """A method for Enterprise organisations on another plan."""
    return envelope.web_refusal("not_an_enterprise")


@refusal(f"{METHODS}/usergroups.users.list")
def no_such_subteam() -> ApiError:
    """A user group id that none has, or of a disabled one."""
    return envelope.web_refusal("no_such_subteam")


@refusal(f"{METHODS}/usergroups.create")
def name_already_exists() -> ApiError:
    """The name of another user group."""
    return envelope.web_refusal("name_already_exists")


@refusal(f"{METHODS}/usergroups.create")
def handle_already_exists() -> ApiError:
    """The handle of another user group, a user or a channel."""
    return envelope.web_refusal("handle_already_exists")


@refusal(f"{METHODS}/usergroups.create")
def bad_handle() -> ApiError:
    """A handle of other characters than names have."""
    return envelope.web_refusal("bad_handle")


@refusal(f"{METHODS}/usergroups.create")
def forbidden_handle() -> ApiError:
    """A handle that mentions everybody."""
    return envelope.web_refusal("forbidden_handle")


@refusal(
    f"{METHODS}/usergroups.create (without a number; 140 is what clients of it count to)",
    mark="unsure",
)
def description_too_long() -> ApiError:
    """A description of more than 140 characters."""
    return envelope.web_refusal("description_too_long")


@refusal(f"{METHODS}/usergroups.create")
def target_team_must_be_specified() -> ApiError:
    """A user group made by an organisation's token that does not say in which workspace."""
    return envelope.web_refusal("target_team_must_be_specified_in_org_context")


@refusal(f"{METHODS}/usergroups.create")
def target_team_not_on_org() -> ApiError:
    """A user group for a workspace that is none of the organisation's."""
    return envelope.web_refusal("target_team_not_on_org")


@refusal(f"{METHODS}/usergroups.users.update", mark="unsure")
def permission_denied_for_idp_group() -> ApiError:
    """A change of a group that belongs to the identity provider; which code, no page says."""
    return envelope.web_refusal("permission_denied")


@refusal(f"{METHODS}/usergroups.users.update")
def no_users_provided() -> ApiError:
    """A user group that would be left without users."""
    return envelope.web_refusal("no_users_provided")


@refusal(f"{METHODS}/usergroups.users.update")
def invalid_users() -> ApiError:
    """A user who is nobody, deactivated, a bot or a guest of several channels."""
    return envelope.web_refusal("invalid_users")


@refusal(f"{METHODS}/usergroups.users.update")
def single_channel_guests_cannot_be_added() -> ApiError:
    """A guest of a single channel."""
    return envelope.web_refusal("single_channel_guests_cannot_be_added")


@refusal(f"{METHODS}/usergroups.users.update")
def failed_for_some_users() -> ApiError:
    """A user who is not in the workspace of the user group."""
    return envelope.web_refusal("failed_for_some_users")


@refusal(f"{METHODS}/admin.usergroups.addTeams")
def usergroup_not_found() -> ApiError:
    """A group id that no IDP group has."""
    return envelope.web_refusal("usergroup_not_found")


@refusal(f"{METHODS}/admin.usergroups.addTeams")
def no_team_ids_given() -> ApiError:
    """No workspaces are named."""
    return envelope.web_refusal("no_team_ids_given")


@refusal(f"{METHODS}/admin.usergroups.addTeams")
def invalid_team_ids(team_ids: Sequence[str]) -> ApiError:
    """A workspace that there is not; `errors` names all such."""
    return envelope.web_refusal("invalid_team_ids", errors=list(team_ids))


@refusal(f"{METHODS}/admin.usergroups.addTeams")
def team_limit_exceeded() -> ApiError:
    """More workspaces than a group may have."""
    return envelope.web_refusal("team_limit_exceeded")


@refusal(f"{METHODS}/admin.usergroups.addTeams")
def auto_provision_failure(team_ids: Sequence[str]) -> ApiError:
    """Members who could not be brought into a workspace: armed as a fault."""
    return envelope.web_refusal("auto_provision_failure", errors=list(team_ids))


@refusal(f"{METHODS}/admin.usergroups.addChannels")
def team_not_found() -> ApiError:
    """A workspace that there is not."""
    return envelope.web_refusal("team_not_found")


@refusal(f"{METHODS}/admin.usergroups.addChannels")
def usergroup_not_linked_to_team() -> ApiError:
    """A group that is not connected to the workspace."""
    return envelope.web_refusal("usergroup_not_linked_to_team")


@refusal(f"{METHODS}/admin.usergroups.addChannels")
def channel_not_found() -> ApiError:
    """A channel that there is not."""
    return envelope.web_refusal("channel_not_found")


@refusal(f"{METHODS}/admin.usergroups.addChannels")
def channels_not_found(channel_ids: Sequence[str]) -> ApiError:
    """Channels that there are not among some; the others are taken all the same."""
    return envelope.web_refusal("channel_not_found", invalid_channels=list(channel_ids))


@refusal(f"{METHODS}/admin.usergroups.addChannels")
def not_an_admin() -> ApiError:
    """A method for admins by the token of somebody else."""
    return envelope.web_refusal("not_an_admin")


@refusal(f"{METHODS}/admin.usergroups.addChannels")
def invalid_channels_limit() -> ApiError:
    """More than 100 channels in one call."""
    return envelope.web_refusal("invalid_channels_limit")


@refusal(f"{METHODS}/admin.conversations.restrictAccess.addGroup")
def channel_is_not_private() -> ApiError:
    """Restricting a channel that is public."""
    return envelope.web_refusal("channel_is_not_private")


@refusal(f"{METHODS}/admin.conversations.restrictAccess.addGroup")
def group_not_found() -> ApiError:
    """Restricting a channel to a group that there is not."""
    return envelope.web_refusal("group_not_found")


@refusal(f"{METHODS}/admin.conversations.restrictAccess.addGroup")
def group_already_linked_to_channel() -> ApiError:
    """Restricting a channel to a group a second time."""
    return envelope.web_refusal("group_already_linked_to_channel")


@refusal(f"{METHODS}/admin.conversations.restrictAccess.addGroup")
def group_must_not_be_empty() -> ApiError:
    """Restricting a channel to a group without members."""
    return envelope.web_refusal("group_must_not_be_empty")
