"""When a remote engine has settled, and how time passes for it.

With our console: `GET /_pushproof/v1/work` says `settled`, no job is due. Without it: nothing that
the API and the ledgers of the targets show has changed for `quiet_s`, and no mapping is ACTIVE
without a push or an error; what stays pending for `patience_s` counts as waiting for later.
Either way no longer than `timeout_s` on the watch.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from ..errors import NotApplicable, Unusable
from .client import Client
from .console import Console
from .times import RemoteClock

POLL_S = 0.004
QUIET_POLL_S = 0.1
LATER_S = 60.0  # when to look again at what waits, where nobody tells how long it does
SLICES = 8  # in how many steps time passes there


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds on the watch; `longest_s` is the longest real wait of a step."""

    timeout_s: float = 60.0
    quiet_s: float = 1.0
    patience_s: float = 5.0
    longest_s: float = 20.0


@dataclass(frozen=True)
class Seen:
    """What tells whether an engine is at rest: all that shows, and whether some of it waits."""

    traces: Hashable
    is_pending: bool


class Settling:
    """Lets one engine work, waits for it, and lets its time pass."""

    def __init__(
        self,
        client: Client,
        console: Console,
        clock: RemoteClock,
        look: Callable[[], Seen],
        patience: Patience | None = None,
    ) -> None:
        self._client = client
        self._console = console
        self._clock = clock
        self._look = look
        self._patience = patience or Patience()

    def run(self, until: float | None) -> None:
        """Let the engine do what is due, and all that falls due until then."""
        self._settle()
        if until is None:
            return
        if not self._clock.is_virtual:
            self._really_wait(until)
            return
        while (due := self._due_before(until)) is not None:
            self._clock.go_to(due)
            self._settle()
        self._clock.go_to(until)
        self._settle()

    def next_due(self) -> float | None:
        """When the engine goes on; without the console, a guess while something waits."""
        if self._console.is_there:
            due: float | None = self._work()["nextDue"]
            return due
        return self._clock.now() + LATER_S if self._look().is_pending else None

    def hold(self) -> None:
        """Keep the engine from beginning until the next `run`, where it can be kept."""
        self._set_held(held=True)

    def release(self) -> None:
        self._set_held(held=False)

    # --- small print -------------------------------------------------------------------------

    def _set_held(self, *, held: bool) -> None:
        if self._console.is_there:
            self._console.patch("work", "", {"held": held})

    def _work(self) -> dict[str, float | None]:
        found: dict[str, float | None] = self._console.get("work", "")
        return found

    def _due_before(self, until: float) -> float | None:
        if self._console.is_there:
            due = self.next_due()
            return None if due is None or due > until else max(due, self._clock.now())
        now = self._clock.now()
        return min(now + max((until - now) / SLICES, LATER_S), until) if now < until else None

    def _really_wait(self, until: float) -> None:
        seconds = until - self._clock.now()
        if seconds > self._patience.longest_s:
            told = f"it waits {seconds:.0f} s, and the clock of what is served is the system's"
            raise NotApplicable(told)
        self._client.pause(seconds)
        self._settle()

    def _settle(self) -> None:
        if self._console.is_there:
            self.release()
            self._until_nothing_is_due()
            self.hold()
        else:
            self._until_nothing_changes()

    def _until_nothing_is_due(self) -> None:
        for _ in range(int(self._patience.timeout_s / POLL_S)):
            if self._work()["settled"]:
                return
            self._client.pause(POLL_S)
        raise self._not_settled()

    def _until_nothing_changes(self) -> None:
        seen, quiet_s = self._look(), 0.0
        for _ in range(int(self._patience.timeout_s / QUIET_POLL_S)):
            self._client.pause(QUIET_POLL_S)
            now = self._look()
            quiet_s = quiet_s + QUIET_POLL_S if now == seen else 0.0
            seen = now
            if quiet_s >= (
                self._patience.patience_s if seen.is_pending else self._patience.quiet_s
            ):
                return
        raise self._not_settled()

    def _not_settled(self) -> Unusable:
        return Unusable(f"the engine has not settled within {self._patience.timeout_s:.0f} s")
