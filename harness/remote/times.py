"""The clock of what is served: read, and where it is virtual moved, by the control routes."""

from collections.abc import Sequence

from ..served_target import ServedTarget


class RemoteClock:
    """The one clock of the served fakes; our own org, served beside them, goes by it too."""

    def __init__(self, targets: Sequence[ServedTarget]) -> None:
        self._targets = targets
        self.is_virtual = all(target.clock()["kind"] == "virtual" for target in targets)
        self._now = self._read()

    def now(self) -> float:
        """Seconds since the epoch. A virtual clock stands still unless we move it."""
        return self._now if self.is_virtual else self._read()

    def sleep(self, seconds: float) -> None:
        self.go_to(self.now() + seconds)

    def go_to(self, moment: float) -> None:
        """Let time pass until then; fakes of several processes go there together."""
        for target in self._targets:
            if target.clock()["now"] < moment:
                target.go_to(moment)
        self._now = self._read()

    def _read(self) -> float:
        return max(float(target.clock()["now"]) for target in self._targets)
