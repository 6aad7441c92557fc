"""What must hold in every item, whatever its scenario says."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..model import CallView
from .expect.calls import with_inner
from .here import Here
from .judge import Disagreement, clock_text

_SECRET_NAME = re.compile(r"secret|password|token|private|assertion", re.IGNORECASE)
_TOLD_SECRET = re.compile(
    r'"(?:access_token|refresh_token|id_token|client_secret|client_assertion|password)"\s*:\s*"'
    r'(?!\*{3}")[^"]'
)
_SHORTEST = 6


def secrets_of(credentials: Mapping[str, Any]) -> set[str]:
    """The values of credentials that nobody else may see."""
    found: set[str] = set()
    for name, value in credentials.items():
        if isinstance(value, Mapping):
            found |= secrets_of(value)
        elif _SECRET_NAME.search(name) and isinstance(value, str) and len(value) >= _SHORTEST:
            found.add(value)
    return found


def broken_invariants(here: Here, secrets: set[str]) -> Iterator[Disagreement]:
    """No secret in the ledger; no status 500 that no fault explains."""
    for call in with_inner(here.calls("world")):
        at = f"call {call.number} {call.operation} at {clock_text(call.at - here.began)}"
        if _tells(call, secrets):
            yield Disagreement("ledger", at, "no secrets in its path and bodies", "a secret")
        if call.status == 500 and call.fault is None:
            yield Disagreement("ledger", at, "no 500 without a fault", f"500 {call.reply[:200]}")


def _tells(call: CallView, secrets: set[str]) -> bool:
    bodies = (call.path, call.request, call.reply)
    return any(_TOLD_SECRET.search(body) for body in bodies) or any(
        secret in body for secret in secrets for body in bodies
    )
