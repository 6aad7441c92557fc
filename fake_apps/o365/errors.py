"""Every refusal of Microsoft Graph that these calls can give, and how one looks on the wire.

The codes are few and the sentences many, so clients match sentences: they are the vendor's own.
Sources: learn.microsoft.com/en-us/graph/errors, /resources-and-support pages of each call, and the
issues of github.com/microsoftgraph/microsoft-graph-docs where the sentence was recorded.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any

from flask import request

from ..core.app import FakeApp, Reply, current
from ..core.clock import utc
from ..core.error import ApiError
from .quirks import LEGACY_ERRORS

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
    return {
        "error": name,
        "error_description": (
            f"{error.code}: {error.message} Trace ID: {trace} "
            f"Correlation ID: {correlation} Timestamp: {stamp}"
        ),
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


def no_token() -> ApiError:
    return ApiError(401, INVALID_TOKEN, "Access token is empty.", headers=CHALLENGED)


def token_without_dots() -> ApiError:
    message = "IDX14100: JWT is not well formed, there are no dots (.)."
    return ApiError(401, INVALID_TOKEN, message, headers=CHALLENGED)


def garbage_token() -> ApiError:
    message = "CompactToken parsing failed with error code: 80049217"
    return ApiError(401, INVALID_TOKEN, message, headers=CHALLENGED)


def expired_token(*, claims: bool = False) -> ApiError:
    message = "Lifetime validation failed, the token is expired."
    headers = {"WWW-Authenticate": CHALLENGE + _claims_challenge()} if claims else CHALLENGED
    return ApiError(401, INVALID_TOKEN, message, headers=headers)


def _claims_challenge() -> str:
    wanted = json.dumps({"access_token": {"nbf": {"essential": True}}}).encode()
    encoded = base64.b64encode(wanted).decode()
    return f', error="insufficient_claims", claims="{encoded}"'


def wrong_audience() -> ApiError:
    message = "Access token validation failure. Invalid audience."
    return ApiError(401, INVALID_TOKEN, message, headers=CHALLENGED)


def denied() -> ApiError:
    return ApiError(403, DENIED, "Insufficient privileges to complete the operation.")


# --- what is there (E6-E12) ------------------------------------------------------------------


def not_found(object_id: str) -> ApiError:
    message = (
        f"Resource '{object_id}' does not exist or one of its queried "
        "reference-property objects are not present."
    )
    return ApiError(404, NOT_FOUND, message)


def invalid_id(object_id: str) -> ApiError:
    return ApiError(400, BAD_REQUEST, f"Invalid object identifier '{object_id}'.")


def already_linked(relation: str) -> ApiError:
    message = (
        "One or more added object references already exist for the following "
        f"modified properties: '{relation}'."
    )
    return ApiError(400, BAD_REQUEST, message)


def not_linked(relation: str) -> ApiError:
    message = (
        "One or more removed object references do not exist for the following "
        f"modified properties: '{relation}'."
    )
    return ApiError(400, BAD_REQUEST, message)


def last_owner() -> ApiError:
    message = "The group must have at least one owner, hence this owner cannot be removed."
    return ApiError(400, BAD_REQUEST, message)


def fresh_source() -> ApiError:
    message = "The source resource object or one of the objects being referenced do not exist."
    return ApiError(400, BAD_REQUEST, message)


def too_many_links() -> ApiError:
    return ApiError(400, BAD_REQUEST, "A resource cannot contain more than 20 link changes")


def linked_twice(object_type: str, object_id: str, group_id: str) -> ApiError:
    message = (
        f"Object '[ResourceType={object_type},Id={object_id},ChangedProperties=[],"
        "NonDefaultProperties=[INTERNAL_SingleResourceQuery]]' referenced from "
        f"'[ResourceType=Group,Id={group_id},ChangedProperties=[],NonDefaultProperties=[]]' "
        "can only be present once as an add/remove change."
    )
    return ApiError(400, BAD_REQUEST, message)


def bad_reference(relation: str) -> ApiError:
    message = (
        f"An invalid operation was included in the following modified references: '{relation}'."
    )
    return ApiError(400, BAD_REQUEST, message)


def bad_url() -> ApiError:
    return ApiError(400, BAD_REQUEST, "Invalid URL format specified in payload.")


# --- quotas (E13, E14) -----------------------------------------------------------------------


def link_quota(wanted: int, quota: int, relation: str) -> ApiError:
    message = (
        f"Unable to perform operation as '{wanted}' would exceed the maximum quota count "
        f"'{quota}' for forward-link {relation}."
    )
    return ApiError(403, QUOTA, message)


def object_quota() -> ApiError:
    message = (
        "The directory object quota limit for the Principal has been exceeded. Please ask your "
        "administrator to increase the quota limit or delete objects to reduce the used quota."
    )
    return ApiError(403, QUOTA, message)


# --- values (E15-E23) ------------------------------------------------------------------------


def duplicate(name: str) -> ApiError:
    message = f"Another object with the same value for property {name} already exists."
    return ApiError(400, BAD_REQUEST, message, details=_detail(name, "ObjectConflict"))


CONFLICTING = (
    "A conflicting object with one or more of the specified property values is present in the "
    "directory."
)


def conflict() -> ApiError:
    return ApiError(400, BAD_REQUEST, CONFLICTING)


def duplicate_key() -> ApiError:
    return ApiError(409, "Request_MultipleObjectsWithSameKeyValue", CONFLICTING)


def missing(name: str, resource: str) -> ApiError:
    message = f"A value is required for property '{name}' of resource '{resource}'."
    return ApiError(400, BAD_REQUEST, message)


def invalid_value(name: str, resource: str) -> ApiError:
    message = f"Invalid value specified for property '{name}' of resource '{resource}'."
    return ApiError(400, BAD_REQUEST, message, details=_detail(name, "InvalidValue"))


def unknown_property(name: str) -> ApiError:
    return ApiError(400, BAD_REQUEST, f"Invalid property '{name}'.")


def unverified_domain() -> ApiError:
    message = (
        "The domain portion of the userPrincipalName property is invalid. You must use one of the "
        "verified domain names in your organization."
    )
    return ApiError(400, BAD_REQUEST, message, details=_detail("userPrincipalName", "InvalidValue"))


def weak_password() -> ApiError:
    message = (
        "The specified password does not comply with password complexity requirements. Please "
        "provide a different password."
    )
    return ApiError(400, BAD_REQUEST, message)


def mail_group_write() -> ApiError:
    message = (
        "The service does not currently support writes of mail-enabled groups. Please ensure that "
        "the mail-enablement property is unset and the security-enablement property is set."
    )
    return ApiError(400, BAD_REQUEST, message)


def mail_group_change(verb: str = "Update") -> ApiError:
    message = f"Cannot {verb} a mail-enabled security groups and or distribution list."
    return ApiError(400, BAD_REQUEST, message)


def synced() -> ApiError:
    message = (
        "Unable to update the specified properties for on-premises mastered Directory Sync objects "
        "or objects currently undergoing migration."
    )
    return ApiError(400, BAD_REQUEST, message)


def read_only(name: str) -> ApiError:
    return ApiError(400, BAD_REQUEST, f"Property '{name}' is read-only and cannot be set.")


def fixed_unique_name() -> ApiError:
    """Recorded in https://github.com/microsoftgraph/msgraph-bicep-types/issues/54."""
    message = "Value for ArmUniqueName cannot be updated for groups assignable to role."
    return ApiError(400, BAD_REQUEST, message)


def guests_refused() -> ApiError:
    message = "Guests users are not allowed to join this Unified Group due to policy setting"
    return ApiError(400, BAD_REQUEST, message)


def dynamic_members() -> ApiError:
    """What a reader of the manual would expect instead of the misleading 403."""
    message = "Members of a group with dynamic membership cannot be changed."
    return ApiError(400, BAD_REQUEST, message)


def alone_in_request(name: str) -> ApiError:
    message = f"Property '{name}' cannot be updated together with other properties."
    return ApiError(400, BAD_REQUEST, message)


# --- shape of the request (E24-E29) ----------------------------------------------------------


def unreadable_body() -> ApiError:
    message = (
        "Unable to read JSON request payload. Please ensure Content-Type header is set and payload "
        "is of valid JSON format."
    )
    return ApiError(400, GRAPH_BAD_REQUEST, message)


def unexpected_json(node: str) -> ApiError:
    message = (
        f"An unexpected '{node}' node was found when reading from the JSON reader. "
        "A 'StartObject' node was expected."
    )
    return ApiError(400, BAD_REQUEST, message)


def not_contained() -> ApiError:
    message = "Write requests are only supported on contained entities"
    return ApiError(400, GRAPH_BAD_REQUEST, message)


def unsupported_on_set() -> ApiError:
    message = "The request is currently not supported on the targeted entity set"
    return ApiError(400, GRAPH_BAD_REQUEST, message)


def wrong_method() -> ApiError:
    message = "Specified HTTP method is not allowed for the request target."
    return ApiError(405, BAD_REQUEST, message)


def unknown_segment(segment: str) -> ApiError:
    return ApiError(400, GRAPH_BAD_REQUEST, f"Resource not found for the segment '{segment}'.")


def too_large() -> ApiError:
    message = "The request size exceeds the maximum limit."
    return ApiError(413, "Request_EntityTooLarge", message)


# --- queries (E30-E34) -----------------------------------------------------------------------


def page_size(size: str) -> ApiError:
    message = f"Invalid page size specified: '{size}'. Must be between 1 and 999 inclusive."
    return ApiError(400, UNSUPPORTED, message)


def count_unsupported() -> ApiError:
    return ApiError(400, BAD_REQUEST, "$count is not currently supported.")


def search_needs_header() -> ApiError:
    message = (
        "Request with $search query parameter only works through MSGraph with a special request "
        "header: 'ConsistencyLevel: eventual'"
    )
    return ApiError(400, UNSUPPORTED, message)


def unsupported_query() -> ApiError:
    return ApiError(400, UNSUPPORTED, "Unsupported Query.")


def not_indexed() -> ApiError:
    return ApiError(400, UNSUPPORTED, "The request uses a filter property that is not indexed")


def too_many_clauses(found: int, allowed: int) -> ApiError:
    message = (
        "Too many child clauses specified in search filter expression containing 'OR' operators: "
        f"{found}. Max allowed: {allowed}."
    )
    return ApiError(400, UNSUPPORTED, message)


def bad_filter(reason: str) -> ApiError:
    return ApiError(400, GRAPH_BAD_REQUEST, f"Invalid filter clause: {reason}")


def bad_search(reason: str) -> ApiError:
    return ApiError(400, GRAPH_BAD_REQUEST, f"Invalid $search clause: {reason}")


def bad_select(name: str, type_name: str) -> ApiError:
    message = (
        "Parsing OData Select and Expand failed: Could not find a property named "
        f"'{name}' on type 'microsoft.graph.{type_name}'."
    )
    return ApiError(400, GRAPH_BAD_REQUEST, message)


def bad_option(name: str, value: str) -> ApiError:
    message = f"Invalid value '{value}' for {name} query option found."
    return ApiError(400, GRAPH_BAD_REQUEST, message)


def option_unsupported(name: str) -> ApiError:
    return ApiError(400, BAD_REQUEST, f"'{name}' is not supported by the service.")


def bad_page_token() -> ApiError:
    message = (
        "The specified page token value has expired and can no longer be included in your request."
    )
    return ApiError(400, "Directory_ExpiredPageToken", message)


# --- weather (E35-E37) -----------------------------------------------------------------------


def throttled(app_id: str, size: str, headers: dict[str, str]) -> ApiError:
    message = (
        f"Too many requests from Identifier:{app_id} under category:aadgraph.app.tenant_{size}. "
        "Please try again later."
    )
    return ApiError(429, "TooManyRequests", message, headers=headers)


def service_busy(retry_after: str | None = None) -> ApiError:
    message = "Service is temporarily unavailable. Please wait and try again."
    return ApiError(503, "serviceNotAvailable", message, headers=_wait(retry_after))


def gateway_timeout(retry_after: str | None = None) -> ApiError:
    return ApiError(504, "UnknownError", "", headers=_wait(retry_after))


def provisioning() -> ApiError:
    message = "Resource provisioning is in progress. Please try again."
    return ApiError(404, "ResourceNotFound", message)


def _wait(retry_after: str | None) -> dict[str, str]:
    return {} if retry_after is None else {"Retry-After": retry_after}


# --- batches (E39) and look-ups --------------------------------------------------------------


def bad_batch(reason: str) -> ApiError:
    return ApiError(400, GRAPH_BAD_REQUEST, reason)


def batch_too_long() -> ApiError:
    message = "Number of batch request steps exceeds the maximum value of 20."
    return ApiError(400, "MaximumValueExceeded", message)


def bad_dependency(item_id: str) -> ApiError:
    return ApiError(400, GRAPH_BAD_REQUEST, f"Invalid dependency for request Id {item_id}.")


def mixed_dependencies() -> ApiError:
    message = "Batch should be either fully sequential or fully parallel."
    return ApiError(400, GRAPH_BAD_REQUEST, message)


def failed_dependency(parent_id: str) -> ApiError:
    message = f"The request was not executed because request '{parent_id}' did not succeed."
    return ApiError(424, "FailedDependency", message)


def invalid_guid() -> ApiError:
    return ApiError(400, BAD_REQUEST, "Invalid GUID specified.")


# --- the token endpoint ----------------------------------------------------------------------


def token_refusal(status: int, name: str, number: int, message: str) -> ApiError:
    return ApiError(status, f"AADSTS{number}", message, token_error=name)


def wrong_secret(client_id: str) -> ApiError:
    message = (
        "Invalid client secret provided. Ensure the secret being sent in the request is the client "
        "secret value, not the client secret ID, for a secret added to app "
        f"'{client_id}'."
    )
    return token_refusal(401, "invalid_client", 7000215, message)


def expired_secret(client_id: str) -> ApiError:
    message = (
        f"The provided client secret keys for app '{client_id}' are expired. Visit the Azure "
        "portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using "
        "certificate credentials for added security: https://aka.ms/certCreds."
    )
    return token_refusal(401, "invalid_client", 7000222, message)


def no_secret() -> ApiError:
    message = (
        "The request body must contain the following parameter: 'client_assertion' or "
        "'client_secret'."
    )
    return token_refusal(401, "invalid_client", 7000218, message)


def unknown_certificate() -> ApiError:
    message = (
        "The certificate with identifier used to sign the client assertion is not registered on "
        "application."
    )
    return token_refusal(401, "invalid_client", 700027, message)


def unknown_client(client_id: str, tenant: str) -> ApiError:
    message = (
        f"Application with identifier '{client_id}' was not found in the directory '{tenant}'. "
        "This can happen if the application has not been installed by the administrator of the "
        "tenant or consented to by any user in the tenant. You may have sent your authentication "
        "request to the wrong tenant."
    )
    return token_refusal(400, "unauthorized_client", 700016, message)


def unknown_tenant(tenant: str) -> ApiError:
    message = (
        f"Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are "
        "signing into the correct cloud. Check with your subscription administrator, this may "
        "happen if there are no active subscriptions for the tenant."
    )
    return token_refusal(400, "invalid_request", 90002, message)


def missing_parameter(name: str) -> ApiError:
    message = f"The request body must contain the following parameter: '{name}'."
    return token_refusal(400, "invalid_request", 900144, message)


def unsupported_grant(grant: str) -> ApiError:
    message = f"The app requested an unsupported grant type '{grant}'."
    return token_refusal(400, "unsupported_grant_type", 70003, message)


def client_scope(scope: str) -> ApiError:
    message = (
        f"The provided value for scope {scope} is not valid. Client credential flows must have a "
        "scope value with /.default suffixed to the resource identifier (application ID URI)."
    )
    return token_refusal(400, "invalid_scope", 1002012, message)


def bad_scope(scope: str) -> ApiError:
    message = (
        "The provided request must include a 'scope' input parameter. The provided value for the "
        f"input parameter 'scope' is not valid. The scope {scope} is not valid."
    )
    return token_refusal(400, "invalid_scope", 70011, message)


def interaction_required() -> ApiError:
    message = (
        "Due to a configuration change made by your administrator, or because you moved to a new "
        f"location, you must use multi-factor authentication to access '{GRAPH_APP_ID}'."
    )
    return token_refusal(400, "interaction_required", 50076, message)


def post_only(method: str) -> ApiError:
    message = f"The endpoint only accepts POST requests. Received a {method} request."
    return token_refusal(405, "invalid_request", 900561, message)


def form_too_large() -> ApiError:
    return token_refusal(413, "invalid_request", 90015, "The request body is too long.")
