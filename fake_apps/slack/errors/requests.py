"""Requests and filters that cannot be read."""

from collections.abc import Mapping

from ...core.error import ApiError
from ...core.refusal import refusal
from . import envelope
from .sources import ERRORS, FILTER

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

# --- what do you want -----------------------------------------------------------------------------


@refusal(ERRORS)
def bad_endpoint() -> ApiError:
    """An address that SCIM does not have."""
    return envelope.scim_refusal(404, "bad_endpoint")


@refusal(ERRORS)
def unsupported_version() -> ApiError:
    """A version of SCIM beside 1 and 2."""
    return envelope.scim_refusal(404, "unsupported_version")


@refusal(ERRORS)
def method_not_allowed() -> ApiError:
    """An HTTP method that the address does not have."""
    return envelope.scim_refusal(405, "method_not_allowed")


@refusal(ERRORS)
def missing_user_id() -> ApiError:
    """A change of users that names none."""
    return envelope.scim_refusal(400, "missing_user_id")


@refusal(ERRORS)
def missing_group_id() -> ApiError:
    """A change of groups that names none."""
    return envelope.scim_refusal(400, "missing_group_id")


@refusal(ERRORS)
def invalid_request_payload() -> ApiError:
    """A body that is no JSON, or asks for what there is not."""
    return envelope.scim_refusal(400, "invalid_request_payload")


@refusal(ERRORS, mark="unsure")
def body_too_large() -> ApiError:
    """A body over 8 MiB; the code is the reference's for bad bodies, the status ours."""
    return envelope.scim_refusal(413, "invalid_request_payload")


@refusal("https://docs.slack.dev/reference/scim-api#example-error")
def missing_schema_element() -> ApiError:
    """A body without `schemas`."""
    return envelope.scim_refusal(400, "missing_schema_element")


@refusal(ERRORS)
def invalid_attribute_format() -> ApiError:
    """An attribute of another type."""
    return envelope.scim_refusal(400, "invalid_attribute_format")


@refusal(ERRORS)
def attribute_invalid(name: str) -> ApiError:
    """An attribute of several values that is none: `emails_invalid`, `roles_invalid` and so on."""
    return envelope.scim_refusal(400, f"{name}_invalid")


@refusal(ERRORS, mark="unsure")
def unexplained(code: str) -> ApiError:
    """A code that the reference lists without an occasion for it: armed as a fault."""
    return envelope.scim_refusal(UNEXPLAINED[code], code)


# --- filters --------------------------------------------------------------------------------------


@refusal(FILTER)
def no_filters() -> ApiError:
    """A filter that is empty."""
    return envelope.scim_refusal(400, "no_filters")


@refusal(FILTER)
def incomplete_filter() -> ApiError:
    """A filter that cannot be read, or has two spaces between words."""
    return envelope.scim_refusal(400, "incomplete_filter")


@refusal(ERRORS)
def invalid_filter_group() -> ApiError:
    """A filter with an open parenthesis too many."""
    return envelope.scim_refusal(400, "invalid_filter_group")


@refusal(ERRORS)
def invalid_query() -> ApiError:
    """A filter on another attribute or with another operator; a page that is no number."""
    return envelope.scim_refusal(400, "invalid_query")


@refusal(ERRORS)
def invalid_sort_order() -> ApiError:
    """A `sortOrder` that is neither ascending nor descending."""
    return envelope.scim_refusal(400, "invalid_sort_order")
