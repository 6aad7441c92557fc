"""Okta's refusals: https://developer.okta.com/docs/reference/error-codes/.

Only the code is contractual; the sentences are those of the catalogue and of recorded replies.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ..errors import Refused

NOTHING: Mapping[str, str] = MappingProxyType({})

STATUS = {  # of the codes that the org itself speaks
    "E0000001": 400,
    "E0000006": 403,
    "E0000007": 404,
    "E0000016": 403,
    "E0000038": 403,
    "E0000117": 403,
}


class OktaError(Exception):
    """One refusal: HTTP status, Okta's code, its summary and its causes."""

    def __init__(
        self,
        status: int,
        code: str,
        summary: str,
        causes: tuple[str, ...] = (),
        *,
        headers: Mapping[str, str] = NOTHING,
    ) -> None:
        super().__init__(f"{status} {code}: {summary}")
        self.status = status
        self.code = code
        self.summary = summary
        self.causes = causes
        self.headers = headers

    def body(self, error_id: str) -> dict[str, Any]:
        """All five keys are always there."""
        return {
            "errorCode": self.code,
            "errorSummary": self.summary,
            "errorLink": self.code,
            "errorId": error_id,
            "errorCauses": [{"errorSummary": cause} for cause in self.causes],
        }


def of_org(refused: Refused) -> OktaError:
    """What the org refuses, as the API says it."""
    return OktaError(
        STATUS.get(refused.code, 400), refused.code, refused.summary, tuple(refused.causes)
    )


def invalid(what: str, *causes: str) -> OktaError:
    return OktaError(400, "E0000001", f"Api validation failed: {what}", causes)


def malformed(*causes: str) -> OktaError:
    return OktaError(400, "E0000003", "The request body was not well-formed.", causes)


def no_length() -> OktaError:
    cause = "a request without a body needs the header Content-Length: 0"
    return OktaError(411, "E0000003", "The request body was not well-formed.", (cause,))


def wrong_type() -> OktaError:
    summary = (
        "Bad request.  Accept and/or Content-Type headers likely do not match supported values."
    )
    return OktaError(400, "E0000021", summary)


def missing_parameter(name: str) -> OktaError:
    summary = "The request is missing a required parameter."
    return OktaError(400, "E0000028", summary, (f"{name}: must be given",))


def bad_search(cause: str) -> OktaError:
    return OktaError(400, "E0000031", "Invalid search criteria.", (cause,))


def label_taken() -> OktaError:
    summary = "Application label must not be the same as an existing application label."
    return OktaError(400, "E0000040", summary)


def too_many_groups(most: int) -> OktaError:
    summary = "Target count limit exceeded"
    return OktaError(400, "E0000093", summary, (f"groupIds: at most {most} groups",))


def invalid_token() -> OktaError:
    return OktaError(401, "E0000011", "Invalid token provided")


def forbidden(*causes: str) -> OktaError:
    summary = "You do not have permission to perform the requested action"
    return OktaError(403, "E0000006", summary, causes)


def status_forbids() -> OktaError:
    summary = "This operation is not allowed in the user's current status."
    return OktaError(403, "E0000038", summary)


def unlock_forbidden() -> OktaError:
    return OktaError(403, "E0000032", "Unlock is not allowed for this user.")


def delete_forbidden() -> OktaError:
    return OktaError(403, "E0000056", "Delete application forbidden.")


def not_found(key: str, kind: str) -> OktaError:
    return OktaError(404, "E0000007", f"Not found: Resource not found: {key} ({kind})")


def no_path() -> OktaError:
    return OktaError(404, "E0000008", "The requested path was not found")


def wrong_method(allowed: str) -> OktaError:
    summary = "The endpoint does not support the provided HTTP method"
    return OktaError(405, "E0000022", summary, headers={"Allow": allowed})


def throttled() -> OktaError:
    summary = "API call exceeded rate limit due to too many requests."
    return OktaError(429, "E0000047", summary)


def internal() -> OktaError:
    return OktaError(500, "E0000009", "Internal Server Error")
