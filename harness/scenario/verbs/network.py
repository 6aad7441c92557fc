"""Credentials and the network: what the admin of neither side wishes for."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from ..here import Here
from ..judge import Disagreement
from ..kinds import Duration, LooseText, Text, Whole, fault, operation
from ..marks import quiet, verb
from ..words import Yes

FaultKind = Annotated[dict[str, str], fault(), "what happens; `pushproof schema` lists the kinds"]
Operation = Annotated[
    dict[str, str], operation(patterns=True), "an operation id or a pattern such as o365.*"
]


@quiet
def expire_credentials(here: Here) -> None:
    """Let the app refuse its present credentials, and tokens issued on them."""
    here.target.expire_credentials()


@verb
def replace_credentials(
    here: Here, *, in_okta: Annotated[Yes, "false: the new ones are not entered in Okta"] = True
) -> None:
    """Issue new credentials in the app and enter them in Okta."""
    here.target.replace_credentials()
    if in_okta:
        here.operator.replace_credentials(here.app, here.target.credentials())


@dataclass(frozen=True)
class Arming:
    """A failure to come."""

    operation: Operation
    kind: FaultKind
    count: Annotated[int | None, Whole(1, ("always",)), "how many calls meet it; 1 unless told"] = 1
    skip: Annotated[int, Whole(), "matching calls that pass first"] = 0
    status: Annotated[int | None, Whole(100), "for refuse and garbage"] = None
    code: Annotated[str | None, Text(), "for refuse: the vendor's code"] = None
    message: Annotated[str | None, Text(), "for refuse: the vendor's sentence"] = None
    retry_after: Annotated[str | None, LooseText(), "for throttle: seconds, or a date"] = None
    latency: Annotated[float | None, Duration(), "for slow: how late the reply is"] = None
    body: Annotated[str | None, Text(), "for garbage: the text answered"] = None


OPTIONAL = {
    "status": "status",
    "code": "code",
    "message": "message",
    "retry_after": "retry_after",
    "latency": "seconds",
    "body": "body",
}
"""Our word to the fault's own."""


@quiet
def arm_fault(here: Here, told: Arming) -> None:
    """Let the next calls of an operation fail; a fault that no call meets fails the scenario."""
    fault = {
        "operation": told.operation[here.kind],
        "kind": told.kind[here.kind],
        "count": told.count,
        "skip": told.skip,
    }
    options = {theirs: getattr(told, ours) for ours, theirs in OPTIONAL.items()}
    here.target.arm_fault(fault | {name: v for name, v in options.items() if v is not None})


@quiet
def clear_faults(here: Here) -> Iterator[Disagreement]:
    """Disarm all faults of the app; one that no call met by then fails the scenario."""
    for unmet in here.target.clear_faults():
        yield Disagreement("faults", here.app, f"met: {unmet}", "no call met it, or too few did")
