"""What the agent itself refuses, in the shape of Okta's error object.

The codes are those of https://developer.okta.com/docs/reference/error-codes/
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Refusal(Exception):
    """A request that the agent does not take up."""

    status: int
    code: str
    summary: str
    cause: str = ""

    @property
    def body(self) -> dict[str, Any]:
        causes = [{"errorSummary": self.cause}] if self.cause else []
        return {"errorCode": self.code, "errorSummary": self.summary, "errorCauses": causes}


def invalid(field: str, complaint: str) -> Refusal:
    """An action with a field that is missing, unknown or wrong."""
    return Refusal(400, "E0000001", f"Api validation failed: {field}", f"{field}: {complaint}")


def not_json() -> Refusal:
    return Refusal(400, "E0000003", "The request body was not well-formed.")


def bad_token() -> Refusal:
    return Refusal(401, "E0000011", "Invalid token provided")


def unknown_path(path: str) -> Refusal:
    return Refusal(404, "E0000007", f"Not found: Resource not found: {path}")


def wrong_method() -> Refusal:
    return Refusal(405, "E0000022", "The endpoint does not support the provided HTTP method")


def too_large() -> Refusal:
    return Refusal(413, "E0000001", "Api validation failed: body", "body: is too large")
