"""What several adapters do with outcomes, sign-in names and first passwords."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from ..errors import ErrorKind, TargetError
from ..model import Effect, MemberRefusal, Outcome
from ..ports import Steps


def gone_is_done(steps: Steps) -> Steps:
    """A deletion: what is not there any more is deleted."""
    for outcome in steps:
        is_gone = outcome.error is not None and outcome.error.kind is ErrorKind.NOT_FOUND
        yield replace(outcome, effect=Effect.DONE, error=None) if is_gone else outcome


class Memberships(Protocol):
    """Where members can be read, added and removed."""

    def list_members(self, target_id: str) -> Steps: ...
    def change_members(
        self, target_id: str, *, add: Sequence[str], remove: Sequence[str]
    ) -> Steps: ...


def members_there(
    adapter: Memberships, target_id: str
) -> Generator[Outcome, None, list[str] | None]:
    """Read all members; None when that failed."""
    present: list[str] = []
    for outcome in adapter.list_members(target_id):
        yield outcome
        if outcome.error:
            return None
        present += outcome.members
    return present


def approach(
    adapter: Memberships,
    target_id: str,
    members: Sequence[str],
    fold: Callable[[str], str] = str,
) -> Steps:
    """Read all members, then send the difference; ids that fold alike are the same."""
    present = yield from members_there(adapter, target_id)
    if present is None:
        return
    wanted, there = set(map(fold, members)), set(map(fold, present))
    yield from adapter.change_members(
        target_id,
        add=[member for member in members if fold(member) not in there],
        remove=[member for member in present if fold(member) not in wanted],
    )


# --- batches -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """What one request of a batch did."""

    effect: Effect = Effect.DONE
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    refused: tuple[MemberRefusal, ...] = ()
    error: TargetError | None = None


def summary(call: str, verdicts: Sequence[Verdict], rest_s: float | None = None) -> Outcome:
    """The one outcome of a call that carried several requests; `rest_s` as in `Outcome`."""
    effects = {verdict.effect for verdict in verdicts}
    worst = (Effect.UNKNOWN, Effect.REFUSED, Effect.DONE)
    return Outcome(
        next(effect for effect in worst if effect in effects),
        call,
        added=tuple(member for verdict in verdicts for member in verdict.added),
        removed=tuple(member for verdict in verdicts for member in verdict.removed),
        refused=tuple(refusal for verdict in verdicts for refusal in verdict.refused),
        error=_leading([verdict.error for verdict in verdicts if verdict.error]),
        rest_s=rest_s,
    )


def _leading(errors: Sequence[TargetError]) -> TargetError | None:
    """The error to report of several: what passes by itself first, the longest wait of all.

    After waiting, the rest is sent again; an error that lasts shows up then. A failed dependency
    is no error of its own and speaks only where nothing else does.
    """
    own = [error for error in errors if error.code != "FailedDependency"] or list(errors)
    throttled = [error for error in own if error.kind is ErrorKind.THROTTLED]
    if throttled:
        return max(throttled, key=lambda error: error.retry_after_s or 0.0)
    passing = [error for error in own if error.is_transient]
    return next(iter(passing or own), None)


# --- names and secrets -------------------------------------------------------------------------


def sign_in_name(login: str, domain: str, *, home: str = "") -> str:
    """The login, in the mapped domain if there is one; `home` is for logins without any."""
    local, at, own = login.rpartition("@")
    if at:
        return f"{local}@{domain or own}"
    return f"{login}@{domain or home}" if domain or home else login


def first_password(secret: str, login: str) -> str:
    """A password nobody is told, to be changed at sign-in: the same for the same call."""
    digest = hmac.digest(secret.encode(), f"first password of {login}".encode(), hashlib.sha256)
    return base64.b64encode(digest).decode().rstrip("=") + "aA1!"
