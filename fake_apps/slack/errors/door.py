"""Who may not come in, or not do this."""

from ...core.error import ApiError
from ...core.refusal import refusal
from . import envelope
from .sources import ACCESS, ERRORS, JAVA_TEST


@refusal(ERRORS)
def missing_authentication() -> ApiError:
    """A SCIM call without a token."""
    return envelope.scim_refusal(401, "missing_authentication")


@refusal(JAVA_TEST, mark="seen")
def invalid_authentication() -> ApiError:
    """A token that nobody has, or one without the scope `admin`."""
    return envelope.scim_refusal(401, "invalid_authentication")


@refusal(ACCESS)
def plus_teams_only() -> ApiError:
    """The plan has no SCIM."""
    return envelope.scim_refusal(403, "plus_teams_only")


@refusal(ACCESS)
def non_org_teams_only() -> ApiError:
    """The app is on a workspace of an Enterprise organisation, not on the organisation."""
    return envelope.scim_refusal(403, "non_org_teams_only")


@refusal(ACCESS)
def permission_denied() -> ApiError:
    """Who installed the app is no owner or admin any more."""
    return envelope.scim_refusal(403, "permission_denied")
