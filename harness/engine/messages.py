"""The sentences an Okta admin reads when a push fails, as seen in Okta's console and log."""

from datetime import UTC, datetime

from ..errors import ErrorKind, TargetError

STEPS = {
    "create": "Error while creating user group {name}",
    "change": "Error while updating user group membership for group {name}",
    "rename": "Error while updating user group {name}",
    "delete": "Error while deleting user group {name}",
    "add": "Error while adding user(s) to group {name}",
    "read": "Error while trying to get the group {name}",
    "list": "Error while downloading all groups",
    "provision": "Error while creating user {name}",
    "find": "Error while verifying if user {name} exists",
    "update": "Error while updating user {name}",
    "reactivate": "Error while reactivating user {name}",
    "deactivate": "Error while deactivating user {name}",
    "deprovision": "Error while deleting user {name}",
    "import": "Error while downloading all users",
}

LINK_MISSING = (
    "Linked group is missing in {app}. Change the linked group to resume pushing group memberships."
)


def admin_time(at: float) -> str:
    """`06-14-2021 12:16:29PM`, as Okta's console writes a moment (in UTC)."""
    return datetime.fromtimestamp(at, UTC).strftime("%m-%d-%Y %I:%M:%S%p")


def step_message(step: str, name: str, app: str, error: TargetError) -> str:
    """What went wrong at one step, with the target's own words."""
    if error.kind is ErrorKind.NOT_FOUND and error.missing == "group" and step != "delete":
        return LINK_MISSING.format(app=app)
    if error.kind is ErrorKind.THROTTLED:
        return f"API rate limit exceeded. {error.detail}"
    if error.kind is ErrorKind.CREDENTIALS:
        return f"Error authenticating: {error.detail}"
    if error.kind is ErrorKind.EXISTS and step == "create":
        return f"User group already exists: {name}. {error.detail}"
    return f"{STEPS[step].format(name=name)}: {error.detail}"


def mapping_message(*, deleting: bool, name: str, at: float, step: str) -> str:
    """The whole line on the Push Groups tab."""
    verb = "delete" if deleting else "update"
    return (
        f"Failed on {admin_time(at)} UTC: "
        f"Unable to {verb} Group Push mapping target App group {name}: {step}"
    )
