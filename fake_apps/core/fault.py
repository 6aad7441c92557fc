"""Faults: what a test arms against an operation, counted, and expected to be used up."""

from dataclasses import dataclass
from fnmatch import fnmatchcase

KINDS = {
    "refuse": "answer with `status`, `code`, `message` in the vendor's error envelope",
    "throttle": "answer the vendor's rate-limit refusal, with Retry-After as in `retry_after`",
    "unavailable": "answer the vendor's 503",
    "slow": "apply the call and answer `seconds` later; above the caller's time-out it times out",
    "lose_request": "time out without having done anything",
    "lose_reply": "do it, then time out",
    "reset": "drop the connection before anything was done",
    "garbage": "answer `status` with the text in `body`, which is no JSON",
}


@dataclass(frozen=True)
class Fault:
    """One armed failure.

    `operation` is an operation id or a pattern (`o365.*`). `count` calls meet it, None means every
    call until cleared; `skip` matching calls pass first. `kind` is one of KINDS or the app's own.
    """

    operation: str
    kind: str
    count: int | None = 1
    skip: int = 0
    status: int = 500
    code: str = ""
    message: str = ""
    retry_after: str | None = None
    seconds: float = 0.0
    body: str = "error code: 502"


class Faults:
    """The armed faults of one fake app, first armed first met."""

    def __init__(self) -> None:
        self._armed: list[Fault] = []
        self._passed: list[int] = []
        self._met: list[int] = []

    def arm(self, fault: Fault) -> None:
        self._armed.append(fault)
        self._passed.append(0)
        self._met.append(0)

    def take(self, operation: str) -> Fault | None:
        """The fault this call meets, if any; the call is counted against it."""
        for index, fault in enumerate(self._armed):
            if not fnmatchcase(operation, fault.operation) or self._is_used_up(index):
                continue
            if self._passed[index] < fault.skip:
                self._passed[index] += 1
                continue
            self._met[index] += 1
            return fault
        return None

    def unmet(self) -> list[Fault]:
        """Faults that no call, or too few calls, have met."""
        return [
            fault
            for index, fault in enumerate(self._armed)
            if self._met[index] < (1 if fault.count is None else fault.count)
        ]

    def armed(self) -> list[tuple[Fault, int]]:
        """Every fault that has not been cleared, and how many calls have met it."""
        return list(zip(self._armed, self._met, strict=True))

    def clear(self, operation: str | None = None) -> list[Fault]:
        """Disarm all faults (or those armed for `operation`); answers those no call had met."""
        unmet = [f for f in self.unmet() if operation is None or f.operation == operation]
        kept = [
            index
            for index, fault in enumerate(self._armed)
            if operation is not None and fault.operation != operation
        ]
        self._armed = [self._armed[index] for index in kept]
        self._passed = [self._passed[index] for index in kept]
        self._met = [self._met[index] for index in kept]
        return unmet

    def _is_used_up(self, index: int) -> bool:
        count = self._armed[index].count
        return count is not None and self._met[index] >= count

    def __bool__(self) -> bool:
        return bool(self._armed)
