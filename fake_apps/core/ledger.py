"""The ledger: every call a fake app answered, in order, with the time on its clock.

It is the truth about what happened. It is bounded; what fell off the front is counted, and the
counters stay exact. Secrets never enter it.
"""

import json
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace

from .masking import Masking


@dataclass(frozen=True, slots=True)
class Call:
    """One answered call. LDAP operations are calls too: `status` is then the result code.

    `at` and `until` are seconds on the app's clock; `inner` are the items of a batch. `refusal` is
    the vendor's own code where there was one. `lost` means the caller never saw the reply.
    """

    number: int
    at: float
    app: str
    operation: str
    method: str
    path: str
    status: int
    protocol: str = "http"
    request_headers: Mapping[str, str] = field(default_factory=dict)
    request: str = ""
    reply_headers: Mapping[str, str] = field(default_factory=dict)
    reply: str = ""
    refusal: str | None = None
    fault: str | None = None
    lost: bool = False
    until: float = 0.0
    inner: tuple["Call", ...] = ()

    @property
    def succeeded(self) -> bool:
        return self.status < 400 if self.protocol == "http" else self.status == 0

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values, empty ones left out, in one fixed order."""
        plain = asdict(self)
        plain["inner"] = [call.as_dict() for call in self.inner]
        empty: tuple[object, ...] = ("", None, {}, [], False)
        return {k: v for k, v in plain.items() if k == "status" or v not in empty}


class Ledger:
    """Calls of one fake app, oldest first, at most `max_calls` and `max_bytes` of bodies."""

    def __init__(
        self,
        *,
        secret_fields: Iterable[str] = (),
        max_calls: int = 20_000,
        max_bytes: int = 64 * 1024 * 1024,
    ) -> None:
        self._calls: deque[Call] = deque()
        self._bytes = 0
        self._max_calls = max_calls
        self._max_bytes = max_bytes
        self._number = 0
        self.dropped = 0
        self.counts: Counter[str] = Counter()
        self._masking = Masking(secret_fields)

    def next_number(self) -> int:
        self._number += 1
        return self._number

    def close(self, call: Call) -> None:
        """Enter a finished call."""
        self._calls.append(call)
        self._bytes += _size(call)
        self.counts[call.operation] += 1
        while len(self._calls) > self._max_calls or self._bytes > self._max_bytes > 0:
            self._bytes -= _size(self._calls.popleft())
            self.dropped += 1

    def mark_lost(self, number: int, until: float) -> None:
        """The reply to call `number` never reached its caller, who gave up at `until`."""
        for back, call in enumerate(reversed(self._calls), 1):
            if call.number == number:
                self._calls[-back] = replace(call, lost=True, until=until)
                return

    def mask(self, body: str) -> str:
        """The body without the values of the app's secret fields."""
        return self._masking.mask(body)

    def mask_path(self, path: str) -> str:
        """The path, its query masked as a form would be."""
        bare, mark, query = path.partition("?")
        return f"{bare}?{self.mask(query)}" if mark else path

    def __iter__(self) -> Iterator[Call]:
        return iter(self._calls)

    def __len__(self) -> int:
        return len(self._calls)

    @property
    def last_number(self) -> int:
        return self._number

    def go_on_from(self, number: int) -> None:
        """The next call is the one after `number`, which an earlier process answered."""
        self._number = number

    def since(self, number: int) -> list[Call]:
        """Calls entered after call `number`, oldest first."""
        return [call for call in self._calls if call.number > number]

    def dump(self) -> str:
        """JSON lines, one per call; the same run gives the same bytes."""
        return "".join(
            json.dumps(call.as_dict(), ensure_ascii=False) + "\n" for call in self._calls
        )

    def clear(self) -> None:
        self._calls.clear()
        self.counts.clear()
        self._bytes = self._number = self.dropped = 0


def _size(call: Call) -> int:
    return _bytes(call.request) + _bytes(call.reply) + sum(map(_size, call.inner))


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())
