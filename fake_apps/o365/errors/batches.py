"""Batches as a whole, and look-ups by id."""

from ...core.error import ApiError
from ...core.refusal import refusal
from .sources import BAD_REQUEST, DOCS, GRAPH_BAD_REQUEST, ISSUES


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
