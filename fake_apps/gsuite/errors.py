"""Every refusal that these calls can give: of what is asked for, and of how it is asked.

Clients match status and `errors[0].reason`, and the message only to tell a group key from a member
key. Who may not come in is refused in door.py, who asks too much in quota.py; both are had here.
"""

from ..core.error import ApiError
from ..core.refusal import refusal
from .door import (
    api_disabled,
    bad_assertion,
    bad_audience,
    bad_scope,
    bad_signature,
    bad_times,
    bad_token,
    forbidden,
    missing_parameter,
    no_token,
    not_delegated,
    project_without_api,
    scope_missing,
    unknown_issuer,
    unknown_subject,
    unsupported_grant,
)
from .envelope import COMMON, FRONT_END, GAM, JSON_TYPE, REFERENCE, render
from .quota import (
    backend_error,
    bad_gateway,
    daily_exceeded,
    exhausted,
    gateway_timeout,
    internal_error,
    metric_exceeded,
    no_such_page,
    quota_exceeded,
    system_error,
    throttled,
    too_large,
    unavailable,
)

__all__ = [
    "JSON_TYPE",
    "api_disabled",
    "backend_error",
    "bad_assertion",
    "bad_audience",
    "bad_gateway",
    "bad_scope",
    "bad_signature",
    "bad_times",
    "bad_token",
    "daily_exceeded",
    "exhausted",
    "forbidden",
    "gateway_timeout",
    "internal_error",
    "metric_exceeded",
    "missing_parameter",
    "no_such_page",
    "no_token",
    "not_delegated",
    "project_without_api",
    "quota_exceeded",
    "render",
    "scope_missing",
    "system_error",
    "throttled",
    "too_large",
    "unavailable",
    "unknown_issuer",
    "unknown_subject",
    "unsupported_grant",
]

_BATCH = "https://developers.google.com/admin-sdk/directory/v1/guides/batch"
_PERFORMANCE = "https://developers.google.com/workspace/admin/directory/v1/guides/performance"
_UNREAD_JSON = (
    "https://github.com/protocolbuffers/protobuf/blob/v3.20.3/src/google/protobuf/util/internal/"
    "json_stream_parser.cc"
)
_GONE_MEMBER = "https://github.com/taers232c/GAMADV-XTD3/issues/177"

# --- what is asked for is not there ----------------------------------------------------------


def _not_found(name: str) -> ApiError:
    return ApiError(404, "notFound", f"Resource Not Found: {name}")


@refusal(GAM, mark="seen")
def unknown_group(named: str = "groupKey") -> ApiError:
    """No group has this address, alias or id."""
    return _not_found(named)


@refusal(GAM, mark="seen")
def unknown_user() -> ApiError:
    """No user has this address, alias or id."""
    return _not_found("userKey")


@refusal(GAM, mark="seen")
def unknown_member() -> ApiError:
    """A known account that is no member, or one of the own domain that is not there."""
    return _not_found("memberKey")


@refusal(_GONE_MEMBER, mark="seen")
def gone_member() -> ApiError:
    """A member key of no account at all, where a member is read, changed or removed."""
    return _required("memberKey")


@refusal(REFERENCE, mark="unsure")
def unknown_alias() -> ApiError:
    """The user or group has no such alias; the words are ours."""
    return _not_found("alias")


@refusal(GAM, mark="seen")
def unknown_org_unit() -> ApiError:
    """No organizational unit has this path."""
    return ApiError(404, "notFound", "Org unit not found")


@refusal(COMMON, mark="seen")
def domain_not_found() -> ApiError:
    """A new address, or a list, of a domain that is not the customer's."""
    return ApiError(404, "notFound", "Domain not found.")


# --- it is there already ---------------------------------------------------------------------


@refusal(GAM, mark="seen")
def duplicate() -> ApiError:
    """An address that a user, a group or an alias has."""
    return ApiError(409, "duplicate", "Entity already exists.")


@refusal(GAM, mark="seen")
def member_exists() -> ApiError:
    """Adding who is a member already, or is invited to be one."""
    return ApiError(409, "duplicate", "Member already exists.")


@refusal(GAM, mark="seen")
def conflict() -> ApiError:
    """Two who write to one group at once."""
    return ApiError(409, "conflict", "Conflicting requests. Please try again.")


# --- what is wrong with the values -----------------------------------------------------------


def _required(name: str) -> ApiError:
    return ApiError(400, "required", f"Missing required field: {name}")


def _invalid(name: str) -> ApiError:
    return ApiError(400, "invalid", f"Invalid Input: {name}")


@refusal(COMMON, mark="unsure")
def required(name: str) -> ApiError:
    """A new user, group, alias or organizational unit without a field that it needs."""
    return _required(name)


@refusal(GAM, mark="seen")
def no_member_named() -> ApiError:
    """Adding a member with neither address nor id."""
    return _required("member")


@refusal(COMMON, mark="seen")
def invalid(name: str) -> ApiError:
    """A value that the field cannot have."""
    return _invalid(name)


@refusal(GAM, mark="seen")
def bad_group_address(named: str) -> ApiError:
    """A group's address that Google cannot take."""
    return _invalid(named)


@refusal(GAM, mark="seen")
def member_not_allowed() -> ApiError:
    """Who may not be a member: an outsider, a bad address, a group in charge of a group."""
    return _invalid("memberKey")


@refusal("https://github.com/GAM-team/GAM/issues/204", mark="seen")
def unknown_place() -> ApiError:
    """A user's organizational unit that is not there."""
    return _invalid("INVALID_OU_ID")


@refusal(GAM, mark="unsure")
def bad_page_token() -> ApiError:
    """A page token that is none, of another list or out of date."""
    return _invalid("pageToken")


@refusal(GAM, mark="unsure")
def bad_query() -> ApiError:
    """A search that cannot be read, or for a field that is not searched."""
    return _invalid("query")


@refusal(COMMON, mark="seen")
def invalid_name(part: str) -> ApiError:
    """A user's given or family name that is empty, too long or has < or >."""
    return ApiError(400, "invalid", f"Invalid Given/Family Name: {part}")


@refusal(COMMON, mark="seen")
def invalid_password() -> ApiError:
    """A password of fewer than 8 or more than 100 characters, or not of ASCII."""
    return ApiError(400, "invalid", "Invalid Password")


@refusal(GAM, mark="seen")
def bad_request() -> ApiError:
    """A list of neither a customer nor a domain, or of both a customer and a user."""
    return ApiError(400, "badRequest", "Bad Request")


@refusal(GAM, mark="seen")
def bad_customer() -> ApiError:
    """Organizational units of another customer."""
    return ApiError(400, "invalid", "Invalid Customer Id")


@refusal(GAM, mark="seen")
def bad_org_unit() -> ApiError:
    """An organizational unit whose id is unknown, or that is there already."""
    return ApiError(400, "invalid", "Invalid Ou Id")


@refusal(GAM, mark="seen")
def bad_org_unit_name() -> ApiError:
    """A name that no organizational unit can have."""
    return ApiError(400, "invalid", "Invalid Ou Name")


@refusal(GAM, mark="seen")
def bad_parent() -> ApiError:
    """A parent of an organizational unit that is not there, is below it, or is too deep."""
    return ApiError(400, "invalid", "Invalid Parent Orgunit Id")


# --- what is wrong with the request ----------------------------------------------------------


def _unreadable(reason: str, message: str) -> ApiError:
    return ApiError(400, reason, message, state="INVALID_ARGUMENT")


@refusal(_UNREAD_JSON, mark="seen")
def not_json(excerpt: str) -> ApiError:
    """A body that is no JSON; what stands around the place is shown, and a mark under it."""
    message = f"Invalid JSON payload received. Unexpected token.\n{excerpt}"
    return _unreadable("parseError", message)


@refusal(FRONT_END, mark="seen")
def parse_error() -> ApiError:
    """A body that is no JSON, as older front ends refuse it."""
    return ApiError(400, "parseError", "Parse Error")


@refusal(FRONT_END, mark="unsure")
def form_body() -> ApiError:
    """A form where JSON belongs."""
    message = "This API does not support parsing form-encoded input."
    return _unreadable("parseError", message)


@refusal(FRONT_END, mark="unsure")
def not_an_object() -> ApiError:
    """JSON that is no object."""
    message = 'Invalid JSON payload received. Unknown name "": Root element must be a message.'
    return _unreadable("invalid", message)


@refusal(FRONT_END, mark="unsure")
def wrong_type(name: str, kind: str) -> ApiError:
    """A field whose value is of another type."""
    return _unreadable("invalid", f"Invalid value at '{name}' ({kind})")


@refusal(FRONT_END, mark="unsure")
def unknown_field(name: str) -> ApiError:
    """A field that the resource has not."""
    message = f'Invalid JSON payload received. Unknown name "{name}": Cannot find field.'
    return _unreadable("invalid", message)


@refusal(FRONT_END, mark="unsure")
def bad_parameter(name: str) -> ApiError:
    """A query parameter whose value is none of its own; the words are ours."""
    message = f"Invalid value for parameter {name}."
    return ApiError(400, "invalidParameter", message, location=(name, "parameter"))


@refusal(f"{_PERFORMANCE}#partial", mark="seen")
def bad_selection(name: str) -> ApiError:
    """`fields` that name what the reply has not, or cannot be read."""
    message = f"Invalid field selection {name}"
    return ApiError(400, "invalidParameter", message, location=("fields", "parameter"))


@refusal("https://github.com/abnerwei/hexo-url-submission/issues/23", mark="seen")
def bad_batch(items: int, sent: int) -> ApiError:
    """A batch of which not every part is a call."""
    message = (
        f"Failed to parse batch request, error:  {items} items. "
        f"Received batch body: ({sent}) bytes redacted"
    )
    return ApiError(400, "badRequest", message)


@refusal(_BATCH, mark="unsure")
def batch_too_long(most: int) -> ApiError:
    """A batch of more than a thousand calls; the words are ours."""
    message = f"The batch request has too many calls. The maximum is {most}."
    return ApiError(400, "badRequest", message)


# --- preconditions ---------------------------------------------------------------------------


def _condition_not_met(message: str) -> ApiError:
    return ApiError(412, "conditionNotMet", message)


@refusal(GAM, mark="seen")
def condition_not_met() -> ApiError:
    """For no reason at all; within a batch also for a member who is there, or is not."""
    return _condition_not_met("Precondition Failed")


@refusal(f"{_PERFORMANCE}#etags", mark="unsure")
def outdated() -> ApiError:
    """A write whose If-Match is not the present etag."""
    return _condition_not_met("Precondition Failed")


@refusal(GAM, mark="seen")
def cyclic(status: int) -> ApiError:
    """Adding a group to one that it contains, or to itself."""
    reason = "conditionNotMet" if status == 412 else "invalid"
    return ApiError(status, reason, "Cyclic memberships not allowed")


@refusal(COMMON, mark="seen")
def user_incomplete() -> ApiError:
    """Changing a user who is still being made."""
    return _condition_not_met("User creation is not complete.")


@refusal(GAM, mark="seen")
def undelete_too_late() -> ApiError:
    """Undeleting a user after more than 20 days."""
    return _condition_not_met("The user is past the time within which undelete is allowed.")


@refusal(COMMON, mark="seen")
def limit_exceeded() -> ApiError:
    """A new user where the customer has no licence left."""
    return ApiError(412, "limitExceeded", "Domain user limit reached.")


@refusal("https://github.com/GAM-team/GAM/blob/main/src/gam/__init__.py", mark="seen")
def org_unit_in_use() -> ApiError:
    """Deleting an organizational unit that has users or others below it; the words are ours."""
    return _condition_not_met("The organizational unit has users or organizational units below it.")
