"""What a reply means: an answer, whose refusals are told by the vendor's code first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ..errors import ErrorKind, TargetError
from ..model import Effect, Outcome
from ._http import Reply, field, retry_after, unreadable


@dataclass(frozen=True)
class Request:
    """One request, alone or within a batch; `path` has the query in it, ready to be sent.

    `group` or `account` is the id of the object that it addresses.
    """

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] | None = None
    group: str = ""
    account: str = ""

    @property
    def name(self) -> str:
        return f"{self.method} {urlsplit(self.path).path}"

    @property
    def addresses(self) -> str:
        """What is missing when the request's own object is: "group", "account" or neither."""
        return "group" if self.group else "account" if self.account else ""


@dataclass(frozen=True)
class Answer:
    """What a request brought: a body, or an error and whether the request may have worked."""

    effect: Effect
    status: int = 0
    body: Any = None
    error: TargetError | None = None
    is_about_member: bool = False
    rest_s: float | None = None

    def value(self, key: str, kind: type) -> Any:
        """That key of the body, if the body is an object and the value of that type."""
        found = field(self.body, key)
        return found if isinstance(found, kind) else None


@dataclass(frozen=True)
class Meaning:
    """What a vendor's refusal means. `missing` counts for what is not found only.

    `is_about_member`: the fault is one member's, not the group's or our rights'.
    `may_have_worked` where the status alone would not say so.
    """

    kind: ErrorKind
    missing: str = ""
    is_about_member: bool = False
    code: str = ""
    message: str = ""
    may_have_worked: bool = False


Explain = Callable[[Request, Reply], Meaning]

_STATUS_KINDS = {
    401: ErrorKind.CREDENTIALS,
    404: ErrorKind.NOT_FOUND,
    409: ErrorKind.EXISTS,
    424: ErrorKind.UNAVAILABLE,
    429: ErrorKind.THROTTLED,
}


def kind_of(status: int, code: str, codes: Mapping[str, ErrorKind]) -> ErrorKind:
    """What the vendor's code says, or else the status."""
    if code in codes:
        return codes[code]
    if status >= 500:
        return ErrorKind.UNAVAILABLE
    return _STATUS_KINDS.get(status, ErrorKind.REFUSED)


def judge(request: Request, reply: Reply | TargetError, explain: Explain) -> Answer:
    """The answer that a reply is, or the lack of one."""
    if isinstance(reply, TargetError):
        return Answer(effect_without(reply), error=reply)
    if reply.status < 300:
        return Answer(Effect.DONE, reply.status, reply.body, rest_s=reply.rest_s)
    meaning = explain(request, reply)
    error = refusal(reply, meaning)
    # A gateway's 500, 502 or 504 may stand before a write that went through; a 501, a 503
    # and all of 4xx are refusals.
    is_open = meaning.may_have_worked or (reply.status >= 500 and reply.status not in (501, 503))
    effect = Effect.UNKNOWN if is_open else Effect.REFUSED
    return Answer(effect, reply.status, reply.body, error, meaning.is_about_member)


def effect_without(error: TargetError) -> Effect:
    """What is known of a call without a reply to read: a proxy's 403 page is a refusal still."""
    return Effect.UNKNOWN if error.is_transient else Effect.REFUSED


def refusal(reply: Reply, meaning: Meaning) -> TargetError:
    return TargetError(
        meaning.kind,
        meaning.code,
        meaning.message or reply.reason,
        reason=reply.reason,
        retry_after_s=retry_after(reply.headers),
        missing=meaning.missing if meaning.kind is ErrorKind.NOT_FOUND else "",
    )


# --- answers as outcomes -----------------------------------------------------------------------


def outcome_of(request: Request, answer: Answer) -> Outcome:
    return Outcome(answer.effect, request.name, error=answer.error, rest_s=answer.rest_s)


def made(request: Request, answer: Answer) -> Outcome:
    """The outcome of a call that must bring an id; without one nobody knows what was made."""
    if answer.error:
        return outcome_of(request, answer)
    found = answer.value("id", str)
    if not found:
        return failed(request, unreadable("The reply has no id"))
    return Outcome(Effect.DONE, request.name, id=found, rest_s=answer.rest_s)


def failed(request: Request, error: TargetError, effect: Effect = Effect.UNKNOWN) -> Outcome:
    return Outcome(effect, request.name, error=error)
