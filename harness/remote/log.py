"""The System Log, polled: each event once, numbered as it comes."""

from collections.abc import Mapping
from typing import Any

from ..model import LogEvent
from . import views
from .client import Client

PAGE = 1000
EARLIEST = "1970-01-01T00:00:00.000Z"


class Log:
    """One engine's log from where we came in. `mark` begins what the next item sees."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._next = f"/api/v1/logs?since={EARLIEST}&limit={PAGE}"
        self._seen: list[Mapping[str, Any]] = []

    def mark(self) -> None:
        """Forget what was: an item sees what came after this."""
        self._read()
        self._seen.clear()

    def since_mark(self, labels: Mapping[str, str]) -> list[LogEvent]:
        self._read()
        return [views.event(number, told, labels) for number, told in enumerate(self._seen, 1)]

    def _read(self) -> None:
        """Follow the links until there is nothing new."""
        while True:
            found, self._next = self._client.poll(self._next)
            self._seen += found
            if len(found) < PAGE:
                return
