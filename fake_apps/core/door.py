"""A door: a port on which an app speaks a protocol of its own, beside the one for HTTP."""

from typing import Protocol


class Door(Protocol):
    """Listens from `listen` on, answers from `serve` on, which `stop` ends from another thread.

    While it does something for a caller it holds the tenant's lock, from the opening of the ledger
    entry to its close (`FakeApp.call`), as HTTP does.
    """

    @property
    def scheme(self) -> str:
        """How URLs that lead here begin."""

    def listen(self, host: str, port: int) -> int:
        """Take the port, 0 for a free one, and answer which it is. OSError where it is taken."""

    def serve(self) -> None:
        """Answer callers until `stop`."""

    def stop(self) -> None:
        """Take no more callers, and finish with those there are."""
