"""Every refusal of Microsoft Graph that these calls can give, and how one looks on the wire.

The codes are few and the sentences many, so clients match sentences: they are the vendor's own.
Sources: learn.microsoft.com/en-us/graph/errors, /resources-and-support pages of each call, and the
issues of github.com/microsoftgraph/microsoft-graph-docs where the sentence was recorded.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import has_request_context, request

from ..core.app import FakeApp, Reply, current
from ..core.clock import utc
from ..core.error import ApiError
from ..core.refusal import refusal
from .quirks import (
    EXPIRED_DELTA_STARTS_OVER,
    INHERITED_LICENSES_STAY,
    LEGACY_ERRORS,
    LICENSED_GROUPS_STAY,
    THROTTLED_AS_DOCUMENTED,
    TOKEN_ERRORS_HAVE_LINES,
)

DOCS = "https://learn.microsoft.com/en-us/graph"
ISSUES = "https://github.com/microsoftgraph/microsoft-graph-docs/issues"
CODES = "https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes"
BAD_REQUEST, GRAPH_BAD_REQUEST = "Request_BadRequest", "BadRequest"
UNSUPPORTED, DENIED, NOT_FOUND = (
    "Request_UnsupportedQuery",
    "Authorization_RequestDenied",
    "Request_ResourceNotFound",
)
QUOTA, INVALID_TOKEN = "Directory_QuotaExceeded", "InvalidAuthenticationToken"
GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"
CHALLENGE = (
    'Bearer realm="", '
    'authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", '
    f'client_id="{GRAPH_APP_ID}"'
)
CHALLENGED = {"WWW-Authenticate": CHALLENGE}


# --- the envelopes ---------------------------------------------------------------------------


def render(error: ApiError) -> Reply:
    """The reply for a refusal, from Graph or from the token endpoint."""
    body = error.extra.get("token_error")
    if body is not None:
        return _token_envelope(body, error), error.status, error.headers
    if LEGACY_ERRORS in current().quirks:
        message = {"lang": "en", "value": error.message}
        return (
            {"odata.error": {"code": error.code, "message": message}},
            error.status,
            error.headers,
        )
    return {"error": _envelope(error)}, error.status, error.headers


def _envelope(error: ApiError) -> dict[str, Any]:
    inner: dict[str, Any] = {"date": utc(current().clock.now()).strftime("%Y-%m-%dT%H:%M:%S")}
    inner["request-id"] = request_id()
    if "inner" in error.extra:  # as the guide shows it: by name, and without the client's id
        inner = dict(sorted({**inner, **error.extra["inner"]}.items()))
    else:
        inner["client-request-id"] = client_request_id()
    envelope: dict[str, Any] = {"code": error.code, "message": error.message}
    if error.extra.get("details"):
        envelope["details"] = error.extra["details"]
    envelope["innerError"] = inner
    return envelope


def _token_envelope(name: str, error: ApiError) -> dict[str, Any]:
    stamp = utc(current().clock.now()).strftime("%Y-%m-%d %H:%M:%SZ")
    trace, number = request_id(), error.code.removeprefix("AADSTS")
    correlation = client_request_id()
    described = (
        f"{error.code}: {error.message}",
        f"Trace ID: {trace}",
        f"Correlation ID: {correlation}",
        f"Timestamp: {stamp}",
    )
    gap = "\r\n" if TOKEN_ERRORS_HAVE_LINES in current().quirks else " "
    return {
        "error": name,
        "error_description": gap.join(described),
        "error_codes": [int(number)],
        "timestamp": stamp,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": f"https://login.microsoftonline.com/error?code={number}",
    }


def request_id() -> str:
    return trace_of(current())


def client_request_id() -> str:
    return client_trace(request.environ, request_id())


def trace_of(app: FakeApp) -> str:
    """The id of the present exchange; items of a batch share it."""
    return f"{app.state.trace_prefix}{app.ledger.last_number:012x}"


def client_trace(environ: Mapping[str, Any], trace: str) -> str:
    """What the client calls this exchange, where it said so in a usable way."""
    sent: str = environ.get("HTTP_CLIENT_REQUEST_ID", "")
    return sent if sent and sent.isascii() and sent.isprintable() else trace


def _detail(target: str, code: str) -> list[dict[str, str]]:
    return [{"target": target, "code": code}]


# --- who are you (E1-E5) ---------------------------------------------------------------------


@refusal(f"{DOCS}/resolve-auth-errors", mark="seen")
def no_token() -> ApiError:
    """A call without an access token."""
    return ApiError(401, INVALID_TOKEN, "Access token is empty.", headers=CHALLENGED)


@refusal("https://github.com/MaikuB/flutter_appauth/issues/575", mark="seen")
def token_without_dots() -> ApiError:
    """A token that is no JWT at all."""
    message = (
        "IDX14100: JWT is not well formed, there are no dots (.).\nThe token needs to be in JWS or "
        "JWE Compact Serialization Format. (JWS): 'EncodedHeader.EncodedPayload.EncodedSignature'. "
        "(JWE): 'EncodedProtectedHeader.EncodedEncryptedKey.EncodedInitializationVector."
        "EncodedCiphertext.EncodedAuthenticationTag'."
    )
    return ApiError(401, INVALID_TOKEN, message, headers=CHALLENGED)


@refusal("https://github.com/microsoftgraph/msgraph-training-dotnet/issues/31", mark="seen")
def garbage_token() -> ApiError:
    """A token that looks like a JWT and is none of this service."""
    message = "CompactToken parsing failed with error code: 80049217"
    return ApiError(401, INVALID_TOKEN, message, headers=CHALLENGED)


@refusal("https://learn.microsoft.com/en-us/entra/identity-platform/claims-challenge", mark="seen")
def expired_token(*, claims: bool = False) -> ApiError:
    """A token that is past its time, or issued on a secret that was taken back."""
    message = "Lifetime validation failed, the token is expired."
    headers = {"WWW-Authenticate": CHALLENGE + _claims_challenge()} if claims else CHALLENGED
    return ApiError(401, INVALID_TOKEN, message, headers=headers)


def _claims_challenge() -> str:
    wanted = json.dumps({"access_token": {"nbf": {"essential": True}}}).encode()
    encoded = base64.b64encode(wanted).decode()
    return f', error="insufficient_claims", claims="{encoded}"'


@refusal(f"{DOCS}/resolve-auth-errors", mark="unsure")
def wrong_audience() -> ApiError:
    """A token that was issued for another service."""
    message = "Access token validation failure. Invalid audience."
    return ApiError(401, INVALID_TOKEN, message, headers=CHALLENGED)


@refusal(f"{DOCS}/resolve-auth-errors", mark="seen")
def denied() -> ApiError:
    """The application lacks the permission, or the group is of a kind that it may not change."""
    return ApiError(403, DENIED, "Insufficient privileges to complete the operation.")


@refusal("https://github.com/microsoftgraph/msgraph-sdk-php/issues/1163", mark="seen")
def nobody_signed_in() -> ApiError:
    """An application asks for `/me`."""
    message = "/me request is only valid with delegated authentication flow."
    return ApiError(400, GRAPH_BAD_REQUEST, message)


# --- what is there (E6-E12) ------------------------------------------------------------------


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


# --- quotas (E13, E14) -----------------------------------------------------------------------


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


# --- values (E15-E23) ------------------------------------------------------------------------


@refusal(f"{ISSUES}/1508", mark="seen")
def duplicate(name: str) -> ApiError:
    """A userPrincipalName, or the mailNickname of a Microsoft 365 group, that is taken."""
    message = f"Another object with the same value for property {name} already exists."
    return ApiError(400, BAD_REQUEST, message, details=_detail(name, "ObjectConflict"))


CONFLICTING = (
    "A conflicting object with one or more of the specified property values is present in the "
    "directory."
)


@refusal("https://github.com/microsoftgraph/microsoft-graph-docs-contrib/issues/6346", mark="seen")
def conflict() -> ApiError:
    """Another value that must be unique and is taken."""
    return ApiError(400, BAD_REQUEST, CONFLICTING)


@refusal(f"{DOCS}/api/group-upsert", mark="unsure")
def duplicate_key() -> ApiError:
    """A uniqueName that is taken."""
    return ApiError(409, "Request_MultipleObjectsWithSameKeyValue", CONFLICTING)


@refusal("https://github.com/Microsoft365DSC/Microsoft365DSC/issues/3072", mark="seen")
def missing(name: str, resource: str) -> ApiError:
    """A property that must be given is not."""
    message = f"A value is required for property '{name}' of resource '{resource}'."
    return ApiError(400, BAD_REQUEST, message)


@refusal("https://github.com/OfficeDev/microsoft-teams-apps-requestateam/issues/265", mark="seen")
def invalid_value(name: str, resource: str) -> ApiError:
    """A value that the property does not take."""
    message = f"Invalid value specified for property '{name}' of resource '{resource}'."
    return ApiError(400, BAD_REQUEST, message, details=_detail(name, "InvalidValue"))


@refusal(f"{DOCS}/api/group-update", mark="seen")
def unknown_property(name: str) -> ApiError:
    """A property that there is none of."""
    return ApiError(400, BAD_REQUEST, f"Invalid property '{name}'.")


@refusal(
    "https://learn.microsoft.com/en-us/troubleshoot/entra/entra-id/user-prov-sync/domain-portion-upn-property-invalid",
    mark="seen",
)
def unverified_domain() -> ApiError:
    """A userPrincipalName in a domain that is not the tenant's."""
    message = (
        "The domain portion of the userPrincipalName property is invalid. You must use one of the "
        "verified domain names in your organization."
    )
    return ApiError(400, BAD_REQUEST, message, details=_detail("userPrincipalName", "InvalidValue"))


@refusal(f"{DOCS}/api/user-post-users", mark="seen")
def weak_password() -> ApiError:
    """A password that is too simple."""
    message = (
        "The specified password does not comply with password complexity requirements. Please "
        "provide a different password."
    )
    return ApiError(400, BAD_REQUEST, message)


@refusal(f"{ISSUES}/372", mark="seen")
def mail_group_write() -> ApiError:
    """Making a distribution list or a mail-enabled security group."""
    message = (
        "The service does not currently support writes of mail-enabled groups. Please ensure that "
        "the mail-enablement property is unset and the security-enablement property is set."
    )
    return ApiError(400, BAD_REQUEST, message)


@refusal(f"{ISSUES}/14827", mark="seen")
def mail_group_change(verb: str = "Update") -> ApiError:
    """Changing a distribution list or a mail-enabled security group."""
    message = f"Cannot {verb} a mail-enabled security groups and or distribution list."
    return ApiError(400, BAD_REQUEST, message)


@refusal(
    "https://support.okta.com/help/s/article/Office365-provisioning-error-Unable-to-update-the-specified-properties-for-onpremises-mastered-Directory-Sync-objects",
    mark="seen",
)
def synced() -> ApiError:
    """Changing what is synchronised from an on-premises directory."""
    message = (
        "Unable to update the specified properties for on-premises mastered Directory Sync objects "
        "or objects currently undergoing migration."
    )
    return ApiError(400, BAD_REQUEST, message)


@refusal(f"{ISSUES}/12014", mark="seen")
def read_only(name: str) -> ApiError:
    """Writing a property that only the service writes."""
    return ApiError(400, BAD_REQUEST, f"Property '{name}' is read-only and cannot be set.")


@refusal("https://github.com/microsoftgraph/msgraph-bicep-types/issues/54", mark="seen")
def fixed_unique_name() -> ApiError:
    """Another uniqueName for a role-assignable group."""
    message = "Value for ArmUniqueName cannot be updated for groups assignable to role."
    return ApiError(400, BAD_REQUEST, message)


@refusal(f"{DOCS}/api/group-post-members", mark="seen")
def guests_refused() -> ApiError:
    """A guest, where Microsoft 365 groups take none."""
    message = "Guests users are not allowed to join this Unified Group due to policy setting"
    return ApiError(400, BAD_REQUEST, message)


@refusal(f"{DOCS}/api/group-post-members", mark="unsure")
def dynamic_members() -> ApiError:
    """Members of a dynamic group are changed, and it is said so (the words are ours)."""
    message = "Members of a group with dynamic membership cannot be changed."
    return ApiError(400, BAD_REQUEST, message)


@refusal(f"{DOCS}/api/group-update", mark="unsure")
def alone_in_request(name: str) -> ApiError:
    """A property that must be alone in its request is not (the words are ours)."""
    message = f"Property '{name}' cannot be updated together with other properties."
    return ApiError(400, BAD_REQUEST, message)


# --- licences --------------------------------------------------------------------------------


@refusal("https://github.com/microsoftgraph/msgraph-sdk-powershell/issues/3361", mark="seen")
def missing_parameters(operation: str, names: Sequence[str]) -> ApiError:
    """An action is asked for without one of its parameters."""
    message = (
        f"One or more parameters of the operation '{operation}' are missing from the request "
        f"payload. The missing parameters are: {', '.join(names)}."
    )
    return ApiError(400, BAD_REQUEST, message)


@refusal(
    "https://support.okta.com/help/s/article/office-365-push-profile-update-failed-due-to-http-400-ms-error-license-assignment-cannot-be-done-for-user-with-invalid-usage-location",
    mark="seen",
)
def no_usage_location() -> ApiError:
    """A licence for a user of whom it is not said where it is used."""
    message = "License assignment cannot be done for user with invalid usage location."
    return ApiError(400, BAD_REQUEST, message)


@refusal(INHERITED_LICENSES_STAY.source, mark="seen")
def inherited_license() -> ApiError:
    """Taking a licence from a user that a group gives it."""
    message = (
        "User license is inherited from a group membership and it cannot be removed directly from "
        "the user."
    )
    return ApiError(400, BAD_REQUEST, message)


@refusal(f"{DOCS}/api/user-assignlicense", mark="unsure")
def license_absent(resource: str) -> ApiError:
    """Taking away a licence that is not there."""
    return ApiError(400, BAD_REQUEST, f"{resource} does not have a corresponding license.")


@refusal(LICENSED_GROUPS_STAY.source, mark="unsure")
def licensed_group() -> ApiError:
    """Deleting a group that gives licences (the words are ours)."""
    message = "The group cannot be deleted because it has licenses assigned."
    return ApiError(400, BAD_REQUEST, message)


# --- shape of the request (E24-E29) ----------------------------------------------------------


@refusal(f"{ISSUES}/6259", mark="seen")
def unreadable_body() -> ApiError:
    """A body that is no JSON, or that is not said to be."""
    message = (
        "Unable to read JSON request payload. Please ensure Content-Type header is set and payload "
        "is of valid JSON format."
    )
    return ApiError(400, GRAPH_BAD_REQUEST, message)


@refusal("https://github.com/microsoftgraph/msgraph-bicep-types/issues/229", mark="seen")
def unexpected_json(node: str) -> ApiError:
    """A body that is empty, or JSON but no object."""
    message = (
        f"An unexpected '{node}' node was found when reading from the JSON reader. "
        "A 'StartObject' node was expected."
    )
    return ApiError(400, BAD_REQUEST, message)


@refusal(f"{ISSUES}/7795", mark="seen")
def not_contained() -> ApiError:
    """Writing to members or owners without `/$ref`."""
    message = "Write requests are only supported on contained entities"
    return ApiError(400, GRAPH_BAD_REQUEST, message)


@refusal(f"{DOCS}/api/directory-deleteditems-list", mark="seen")
def unsupported_on_set() -> ApiError:
    """A call that the collection does not have."""
    message = "The request is currently not supported on the targeted entity set"
    return ApiError(400, GRAPH_BAD_REQUEST, message)


@refusal(f"{DOCS}/json-batching")
def wrong_method() -> ApiError:
    """A method that the address does not have."""
    message = "Specified HTTP method is not allowed for the request target."
    return ApiError(405, BAD_REQUEST, message)


@refusal("https://github.com/microsoftgraph/microsoft-graph-docs-contrib/issues/7414", mark="seen")
def unknown_segment(segment: str) -> ApiError:
    """An address that there is none of."""
    return ApiError(400, GRAPH_BAD_REQUEST, f"Resource not found for the segment '{segment}'.")


@refusal(f"{DOCS}/errors", mark="unsure")
def too_large() -> ApiError:
    """A body above 4 MiB (the words are ours)."""
    message = "The request size exceeds the maximum limit."
    return ApiError(413, "Request_EntityTooLarge", message)


# --- queries (E30-E34) -----------------------------------------------------------------------


@refusal(f"{DOCS}/paging", mark="seen")
def page_size(size: str) -> ApiError:
    """A `$top` that is not between 1 and 999."""
    message = f"Invalid page size specified: '{size}'. Must be between 1 and 999 inclusive."
    return ApiError(400, UNSUPPORTED, message)


@refusal(f"{DOCS}/aad-advanced-queries")
def count_unsupported() -> ApiError:
    """Counting without `ConsistencyLevel: eventual`."""
    return ApiError(400, BAD_REQUEST, "$count is not currently supported.")


@refusal(f"{DOCS}/aad-advanced-queries")
def search_needs_header() -> ApiError:
    """Searching without `ConsistencyLevel: eventual`."""
    message = (
        "Request with $search query parameter only works through MSGraph with a special request "
        "header: 'ConsistencyLevel: eventual'"
    )
    return ApiError(400, UNSUPPORTED, message)


@refusal(f"{DOCS}/aad-advanced-queries")
def unsupported_query() -> ApiError:
    """A query that only the eventual index answers, or nothing does."""
    return ApiError(400, UNSUPPORTED, "Unsupported Query.")


@refusal(f"{DOCS}/aad-advanced-queries")
def not_indexed() -> ApiError:
    """A filter on a property that has no index."""
    return ApiError(400, UNSUPPORTED, "The request uses a filter property that is not indexed")


@refusal(f"{ISSUES}/21098", mark="seen")
def too_many_clauses(found: int, allowed: int) -> ApiError:
    """More than 15 alternatives in a filter, without `ConsistencyLevel: eventual`."""
    message = (
        "Too many child clauses specified in search filter expression containing 'OR' operators: "
        f"{found}. Max allowed: {allowed}."
    )
    return ApiError(400, UNSUPPORTED, message)


@refusal(f"{DOCS}/filter-query-parameter", mark="seen")
def bad_filter(reason: str) -> ApiError:
    """A filter that cannot be read."""
    return ApiError(400, GRAPH_BAD_REQUEST, f"Invalid filter clause: {reason}")


@refusal(f"{DOCS}/search-query-parameter", mark="unsure")
def bad_search(reason: str) -> ApiError:
    """A `$search` that cannot be read (the words are ours)."""
    return ApiError(400, GRAPH_BAD_REQUEST, f"Invalid $search clause: {reason}")


@refusal(f"{DOCS}/query-parameters", mark="seen")
def bad_select(name: str, type_name: str) -> ApiError:
    """A property or relation to show that there is none of."""
    message = (
        "Parsing OData Select and Expand failed: Could not find a property named "
        f"'{name}' on type 'microsoft.graph.{type_name}'."
    )
    return ApiError(400, GRAPH_BAD_REQUEST, message)


@refusal(f"{DOCS}/query-parameters", mark="unsure")
def bad_option(name: str, value: str) -> ApiError:
    """A query option whose value it does not take."""
    message = f"Invalid value '{value}' for {name} query option found."
    return ApiError(400, GRAPH_BAD_REQUEST, message)


@refusal(f"{DOCS}/query-parameters", mark="seen")
def option_unsupported(name: str) -> ApiError:
    """A query option that the call does not have."""
    return ApiError(400, BAD_REQUEST, f"'{name}' is not supported by the service.")


@refusal(f"{ISSUES}/96", mark="seen")
def too_many_expansions(found: int) -> ApiError:
    """More than one relation to expand."""
    message = (
        f"The result of parsing $expand contained at least {found} items, but the maximum allowed "
        "is 1."
    )
    return ApiError(400, GRAPH_BAD_REQUEST, message)


@refusal("https://github.com/microsoftgraph/msgraph-sdk-dotnet/issues/2254", mark="seen")
def bad_page_token() -> ApiError:
    """A page token that is too old, or of another list."""
    message = (
        "The specified page token value has expired and can no longer be included in your request."
    )
    return ApiError(400, "Directory_ExpiredPageToken", message)


# --- delta queries ---------------------------------------------------------------------------


@refusal(f"{DOCS}/delta-query-overview", mark="unsure")
def bad_delta_token() -> ApiError:
    """A delta token that is none of this tenant (the words are ours)."""
    return ApiError(400, BAD_REQUEST, "Badly formed token.")


@refusal(f"{DOCS}/delta-query-overview", mark="unsure")
def expired_delta_token() -> ApiError:
    """A delta token that is older than seven days (the words are ours)."""
    message = "The sync state is not found: the delta token has expired."
    if EXPIRED_DELTA_STARTS_OVER not in current().quirks:
        return ApiError(400, "syncStateNotFound", message)
    return ApiError(410, "syncStateNotFound", message, headers=_start_over())


@refusal(f"{DOCS}/delta-query-overview", mark="unsure")
def resync_required() -> ApiError:
    """The service wants a full synchronisation (the words are ours)."""
    message = "Resync required. Start over with a full synchronization."
    return ApiError(410, "resyncRequired", message, headers=_start_over())


def _start_over() -> dict[str, str]:
    """The present call without its token, on the host the client used."""
    if not has_request_context():  # it is only asked for its words
        return {}
    return {"Location": f"{request.base_url}?$deltatoken="}


# --- weather (E35-E37) -----------------------------------------------------------------------


@refusal("https://github.com/jsa2/AADAppAudit/issues/9", mark="seen")
def throttled(app_id: str, size: str, headers: dict[str, str]) -> ApiError:
    """More calls than a limit allows."""
    if THROTTLED_AS_DOCUMENTED in current().quirks:
        inner = {"code": "429", "message": "Please retry after", "status": "429"}
        message = "Please retry again later."
        return ApiError(429, "TooManyRequests", message, headers=headers, inner=inner)
    message = (
        f"Too many requests from Identifier:{app_id} under category:aadgraph.app.tenant_{size}. "
        "Please try again later."
    )
    return ApiError(429, "TooManyRequests", message, headers=headers)


@refusal(f"{DOCS}/errors")
def service_busy(retry_after: str | None = None) -> ApiError:
    """The service is busy."""
    message = "Service is temporarily unavailable. Please wait and try again."
    return ApiError(503, "serviceNotAvailable", message, headers=_wait(retry_after))


@refusal(f"{DOCS}/errors", mark="seen")
def gateway_timeout(retry_after: str | None = None) -> ApiError:
    """The service did not answer its own gateway in time."""
    return ApiError(504, "UnknownError", "", headers=_wait(retry_after))


@refusal(f"{DOCS}/api/group-post-groups", mark="seen")
def provisioning() -> ApiError:
    """Parts of a Microsoft 365 group that are still being made."""
    message = "Resource provisioning is in progress. Please try again."
    return ApiError(404, "ResourceNotFound", message)


def _wait(retry_after: str | None) -> dict[str, str]:
    return {} if retry_after is None else {"Retry-After": retry_after}


# --- batches (E39) and look-ups --------------------------------------------------------------


@refusal(f"{DOCS}/json-batching", mark="unsure")
def bad_batch(reason: str) -> ApiError:
    """A batch that cannot be read (the words are ours)."""
    return ApiError(400, GRAPH_BAD_REQUEST, reason)


@refusal("https://github.com/bradleymarques/microslop_one_drive", mark="seen")
def repeated_request(item_id: str) -> ApiError:
    """Two requests of a batch with the same id."""
    message = f"Request Id {item_id} has to be unique in a batch."
    return ApiError(400, GRAPH_BAD_REQUEST, message)


@refusal(
    "https://github.com/microsoftgraph/msgraph-sdk-python-core/blob/main/src/msgraph_core/requests/batch_request_content.py",
    mark="sdk",
)
def batch_too_long() -> ApiError:
    """More than 20 requests in a batch."""
    message = "Number of batch request steps exceeds the maximum value of 20."
    return ApiError(400, "MaximumValueExceeded", message)


@refusal("https://github.com/microsoftgraph/msgraph-sdk-dotnet-core/issues/891", mark="seen")
def bad_dependency(item_id: str) -> ApiError:
    """A request of a batch that depends on one that is not before it."""
    return ApiError(400, GRAPH_BAD_REQUEST, f"Invalid dependency for request Id {item_id}.")


@refusal(f"{ISSUES}/16280", mark="seen")
def mixed_dependencies() -> ApiError:
    """A batch that is neither all in a row nor all at once."""
    message = "Batch should be either fully sequential or fully parallel."
    return ApiError(400, GRAPH_BAD_REQUEST, message)


@refusal(f"{DOCS}/json-batching", mark="unsure")
def failed_dependency(parent_id: str) -> ApiError:
    """A request of a batch whose predecessor failed (the words are ours)."""
    message = f"The request was not executed because request '{parent_id}' did not succeed."
    return ApiError(424, "FailedDependency", message)


@refusal(f"{DOCS}/api/directoryobject-getbyids", mark="seen")
def invalid_guid() -> ApiError:
    """An id to look up that is no GUID."""
    return ApiError(400, BAD_REQUEST, "Invalid GUID specified.")


# --- the token endpoint ----------------------------------------------------------------------


def _token_refusal(status: int, name: str, number: int, message: str) -> ApiError:
    return ApiError(status, f"AADSTS{number}", message, token_error=name)


@refusal(CODES, mark="seen")
def wrong_secret(client_id: str) -> ApiError:
    """A client secret that is not the application's."""
    message = (
        "Invalid client secret provided. Ensure the secret being sent in the request is the client "
        "secret value, not the client secret ID, for a secret added to app "
        f"'{client_id}'."
    )
    return _token_refusal(401, "invalid_client", 7000215, message)


@refusal(CODES, mark="seen")
def expired_secret(client_id: str) -> ApiError:
    """A client secret that is past its time."""
    message = (
        f"The provided client secret keys for app '{client_id}' are expired. Visit the Azure "
        "portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using "
        "certificate credentials for added security: https://aka.ms/certCreds."
    )
    return _token_refusal(401, "invalid_client", 7000222, message)


@refusal("https://github.com/MicrosoftDocs/azure-docs/issues/25959", mark="seen")
def no_secret() -> ApiError:
    """A request for a token without a secret."""
    message = (
        "The request body must contain the following parameter: 'client_assertion' or "
        "'client_secret'."
    )
    return _token_refusal(401, "invalid_client", 7000218, message)


@refusal(CODES, mark="unsure")
def unknown_certificate() -> ApiError:
    """A request for a token signed with a certificate that is not registered."""
    message = (
        "The certificate with identifier used to sign the client assertion is not registered on "
        "application."
    )
    return _token_refusal(401, "invalid_client", 700027, message)


@refusal(CODES)
def unknown_client(client_id: str, tenant: str) -> ApiError:
    """A client id that is not in the tenant."""
    message = (
        f"Application with identifier '{client_id}' was not found in the directory '{tenant}'. "
        "This can happen if the application has not been installed by the administrator of the "
        "tenant or consented to by any user in the tenant. You may have sent your authentication "
        "request to the wrong tenant."
    )
    return _token_refusal(400, "unauthorized_client", 700016, message)


@refusal(CODES)
def unknown_tenant(tenant: str) -> ApiError:
    """A tenant that there is none of."""
    message = (
        f"Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are "
        "signing into the correct cloud. Check with your subscription administrator, this may "
        "happen if there are no active subscriptions for the tenant."
    )
    return _token_refusal(400, "invalid_request", 90002, message)


@refusal(CODES)
def missing_parameter(name: str) -> ApiError:
    """A request for a token that lacks one of its fields."""
    message = f"The request body must contain the following parameter: '{name}'."
    return _token_refusal(400, "invalid_request", 900144, message)


@refusal(CODES)
def unsupported_grant(grant: str) -> ApiError:
    """A grant type that is not supported."""
    message = f"The app requested an unsupported grant type '{grant}'."
    return _token_refusal(400, "unsupported_grant_type", 70003, message)


@refusal("https://github.com/microsoftgraph/msgraph-sdk-python/issues/181", mark="seen")
def client_scope(scope: str) -> ApiError:
    """A scope that does not end in `/.default`."""
    message = (
        f"The provided value for scope {scope} is not valid. Client credential flows must have a "
        "scope value with /.default suffixed to the resource identifier (application ID URI)."
    )
    return _token_refusal(400, "invalid_scope", 1002012, message)


@refusal(CODES)
def bad_scope(scope: str) -> ApiError:
    """A scope that cannot be read."""
    message = (
        "The provided request must include a 'scope' input parameter. The provided value for the "
        f"input parameter 'scope' is not valid. The scope {scope} is not valid."
    )
    return _token_refusal(400, "invalid_scope", 70011, message)


@refusal(CODES, mark="seen")
def interaction_required() -> ApiError:
    """Conditional access asks the service account for a second factor."""
    message = (
        "Due to a configuration change made by your administrator, or because you moved to a new "
        f"location, you must use multi-factor authentication to access '{GRAPH_APP_ID}'."
    )
    return _token_refusal(400, "interaction_required", 50076, message)


@refusal(CODES, mark="seen")
def post_only(method: str) -> ApiError:
    """The token endpoint is asked with another method than POST."""
    message = f"The endpoint only accepts POST requests. Received a {method} request."
    return _token_refusal(405, "invalid_request", 900561, message)


@refusal(CODES, mark="unsure")
def form_too_large() -> ApiError:
    """A request for a token that is too large."""
    return _token_refusal(413, "invalid_request", 90015, "The request body is too long.")
