"""What a group cannot be or hold."""

from ...core.error import ApiError
from ...core.refusal import refusal
from . import envelope
from .sources import ERRORS


@refusal(ERRORS)
def no_such_group() -> ApiError:
    """A group id that no group has."""
    return envelope.scim_refusal(404, "no_such_group")


@refusal(ERRORS)
def no_such_group_members(status: int = 404) -> ApiError:
    """A member who is nobody."""
    return envelope.scim_refusal(status, "no_such_group_members")


@refusal(ERRORS)
def unable_to_add_deleted_or_guest_to_group() -> ApiError:
    """A member who is deactivated, or a guest of a single channel."""
    return envelope.scim_refusal(400, "unable_to_add_deleted_or_guest_to_group")


@refusal(ERRORS)
def too_many_users() -> ApiError:
    """More than 15,000 users in one request about a group."""
    return envelope.scim_refusal(400, "too_many_users")


@refusal(ERRORS)
def group_member_max_exceeded() -> ApiError:
    """More members than a group of the plan may have."""
    return envelope.scim_refusal(400, "group_member_max_exceeded")


@refusal(ERRORS, mark="unsure")
def group_creation_failed() -> ApiError:
    """The name of another group; the reference gives the code and no reason."""
    return envelope.scim_refusal(409, "group_creation_failed")


@refusal(ERRORS)
def idp_group_linked_to_channels() -> ApiError:
    """Deleting a group that a private channel is restricted to."""
    return envelope.scim_refusal(400, "idp_group_linked_to_channels")
