"""Requests, queries and delta tokens that cannot be read."""

from flask import has_request_context, request

from ...core.app import current
from ...core.error import ApiError
from ...core.refusal import refusal
from ..quirks import (
    EXPIRED_DELTA_STARTS_OVER,
)
from .sources import BAD_REQUEST, DOCS, GRAPH_BAD_REQUEST, ISSUES, UNSUPPORTED

# --- shape of the request ---------------------------------------------------------------


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


# --- queries ----------------------------------------------------------------------------


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


# --- delta queries --------------------------------------------------------------------------------


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
