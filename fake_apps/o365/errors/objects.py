"""What is not there, is there already, or is one too many."""

from ...core.error import ApiError
from ...core.refusal import refusal
from .sources import BAD_REQUEST, DOCS, ISSUES, NOT_FOUND, QUOTA

# --- what is there -----------------------------------------------------------------------


@refusal(f"{ISSUES}/18715", mark="seen")
def not_found(object_id: str) -> ApiError:
    """An object that is not there, as what is read or as what a link leads to."""
    message = (
        f"Resource '{object_id}' does not exist or one of its queried "
        "reference-property objects are not present."
    )
    return ApiError(404, NOT_FOUND, message)


@refusal("https://github.com/microsoftgraph/microsoft-graph-docs-contrib/issues/3854", mark="seen")
def invalid_id(object_id: str) -> ApiError:
    """An id that is no GUID."""
    return ApiError(400, BAD_REQUEST, f"Invalid object identifier '{object_id}'.")


@refusal("https://github.com/instructure/canvas-lms lib/microsoft_sync/graph_service", mark="seen")
def already_linked(relation: str) -> ApiError:
    """Adding a member or owner that is there already."""
    message = (
        "One or more added object references already exist for the following "
        f"modified properties: '{relation}'."
    )
    return ApiError(400, BAD_REQUEST, message)


@refusal("https://github.com/instructure/canvas-lms lib/microsoft_sync/graph_service", mark="seen")
def not_linked(relation: str) -> ApiError:
    """Removing a member that is not there, in the rarer of its two forms."""
    message = (
        "One or more removed object references do not exist for the following "
        f"modified properties: '{relation}'."
    )
    return ApiError(400, BAD_REQUEST, message)


@refusal(f"{ISSUES}/12054", mark="seen")
def last_owner() -> ApiError:
    """Removing the last owner of a Microsoft 365 group."""
    message = "The group must have at least one owner, hence this owner cannot be removed."
    return ApiError(400, BAD_REQUEST, message)


@refusal(f"{DOCS}/api/group-update", mark="unsure")
def fresh_source() -> ApiError:
    """Binding members to a group that is not replicated yet."""
    message = "The source resource object or one of the objects being referenced do not exist."
    return ApiError(400, BAD_REQUEST, message)


@refusal(f"{ISSUES}/6016", mark="seen")
def too_many_links() -> ApiError:
    """More than 20 members and owners in one create or update."""
    return ApiError(400, BAD_REQUEST, "A resource cannot contain more than 20 link changes")


@refusal("https://github.com/instructure/canvas-lms lib/microsoft_sync/graph_service", mark="seen")
def linked_twice(object_type: str, object_id: str, group_id: str) -> ApiError:
    """The same object twice in one bind array."""
    message = (
        f"Object '[ResourceType={object_type},Id={object_id},ChangedProperties=[],"
        "NonDefaultProperties=[INTERNAL_SingleResourceQuery]]' referenced from "
        f"'[ResourceType=Group,Id={group_id},ChangedProperties=[],NonDefaultProperties=[]]' "
        "can only be present once as an add/remove change."
    )
    return ApiError(400, BAD_REQUEST, message)


@refusal(f"{DOCS}/api/group-post-members", mark="seen")
def bad_reference(relation: str) -> ApiError:
    """An object of a kind that cannot be linked there."""
    message = (
        f"An invalid operation was included in the following modified references: '{relation}'."
    )
    return ApiError(400, BAD_REQUEST, message)


@refusal(f"{DOCS}/api/group-post-members", mark="seen")
def bad_url() -> ApiError:
    """A reference that is no address."""
    return ApiError(400, BAD_REQUEST, "Invalid URL format specified in payload.")


# --- quotas ----------------------------------------------------------------------------


@refusal("https://github.com/instructure/canvas-lms lib/microsoft_sync/graph_service", mark="seen")
def link_quota(wanted: int, quota: int, relation: str) -> ApiError:
    """More members or owners than the quota allows."""
    message = (
        f"Unable to perform operation as '{wanted}' would exceed the maximum quota count "
        f"'{quota}' for forward-link {relation}."
    )
    return ApiError(403, QUOTA, message)


@refusal(
    "https://learn.microsoft.com/en-us/entra/identity/users/directory-service-limits-restrictions",
    mark="seen",
)
def object_quota() -> ApiError:
    """More users and groups than the tenant may have."""
    message = (
        "The directory object quota limit for the Principal has been exceeded. Please ask your "
        "administrator to increase the quota limit or delete objects to reduce the used quota."
    )
    return ApiError(403, QUOTA, message)
