"""The sentences an Okta admin reads when a push fails, as seen in Okta's console and log.

Those of the System Log are from https://github.com/okta/okta.github.io `_includes/event_list.md`.
"""

from datetime import UTC, datetime

from ..errors import ErrorKind, TargetError

STEPS = {
    "create": "Error while creating user group {name}",
    "change": "Error while updating user group membership for group {name}",
    "rename": "Error while updating user group {name}",
    "delete": "Error while deleting user group {name}",
    "add": "Error while adding user(s) to group {name}",
    "remove": "Error while removing user(s) from group {name}",
    "read": "Error while trying to get the group {name}",
    "identify": "More than one group was found for ID",
    "members": "Error while downloading users for group {name}",
    "list": "Error while downloading all groups",
    "provision": "Error while creating user {name}",
    "find": "Error while verifying if user {name} exists",
    "update": "Error while updating user {name}",
    "reactivate": "Error while reactivating user {name}",
    "deactivate": "Error while deactivating user {name}",
    "deprovision": "Error while deleting user {name}",
    "import": "Error while downloading all users",
}

PROVISIONED = {  # last part of the event's type to what it says of a user
    "push": "Push new user to external application",
    "push_profile": "Push user's profile to external application",
    "reactivate": "Push user reactivation in external application",
    "deactivate": "Push user deactivation to external application",
    "deprovision": "Deprovision user from external application",
    "sync": "Sync user in external application",
}

READING = ("read", "members", "list", "find", "import")  # steps that ask and change nothing

LINK_MISSING = (
    "Linked group is missing in {app}. Change the linked group to resume pushing group memberships."
)

# Without Enhanced Group Push nobody can change a link. Unsure: Okta documents neither's occasion.
GROUP_MISSING = "Group {name} was not found in {app}"

RENAMED = (
    "A Group push mapping to the group {group} was renamed because the source group was renamed."
)
NOT_RENAMED = (
    "A Group push mapping to the group {group} could not be renamed "
    "when the source group was renamed."
)
NOT_DONE = "Changes to the Group push mapping for the group {group} could not take effect"


def admin_time(at: float) -> str:
    """`06-14-2021 12:16:29PM`, as Okta's console writes a moment (in UTC)."""
    return datetime.fromtimestamp(at, UTC).strftime("%m-%d-%Y %I:%M:%S%p")


def step_message(
    step: str, name: str, app: str, error: TargetError, *, ids: str = "", can_relink: bool = True
) -> str:
    """What went wrong at one step, with the target's own words.

    `ids` tell which group could not be read: see `named_by`.
    """
    if error.kind is ErrorKind.NOT_FOUND and error.missing == "group" and step != "delete":
        return (LINK_MISSING if can_relink else GROUP_MISSING).format(app=app, name=name)
    if error.kind in (ErrorKind.THROTTLED, ErrorKind.CREDENTIALS):
        _, told = api_failure(step, app, error)
        return told
    if error.kind is ErrorKind.EXISTS and step == "create":
        return f"User group already exists: {name}. {error.detail}"
    if error.too_long and step in ("create", "rename"):
        return f"Group name is too long: {error.detail}"
    about = ids if step == "read" else ""
    return f"{STEPS[step].format(name=name)}{about}: {error.detail}"


def api_failure(step: str, app: str, error: TargetError) -> tuple[str, str]:
    """Last part of the event's type, and its message, where the app's API itself is the trouble."""
    if error.kind is ErrorKind.THROTTLED:
        return "rate_limit_exceeded", f"API rate limit exceeded. {error.detail}"
    if error.kind is ErrorKind.CREDENTIALS:
        return "authentication_failure", f"Error authenticating: {error.detail}"
    if step in READING:
        return "api_query", f"Unable to query {app} API. {error.detail}"
    return "general_failure", f"API error: {error.detail}"


def named_by(external_id: str | None, group_id: str) -> str:
    """How Okta tells a group that it knows: by the target's id and by its own."""
    return f" with the externalId {external_id} and id {group_id}" if external_id else ""


def mapping_message(*, deleting: bool, name: str, at: float, step: str) -> str:
    """The whole line on the Push Groups tab."""
    verb = "delete" if deleting else "update"
    return (
        f"Failed on {admin_time(at)} UTC: "
        f"Unable to {verb} Group Push mapping target App group {name}: {step}"
    )
