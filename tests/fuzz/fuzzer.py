"""Tries one app: plays examples against its tenant and holds every reply to the checks."""

import logging
import re
import signal
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from heapq import heappush, heappushpop
from time import process_time
from types import FrameType
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.checks import Exchange, complaint
from tests.fuzz.draft import Draft
from tests.fuzz.known import known
from tests.fuzz.steps import Composer, Example, Step, examples, forms_of, world_of
from tests.fuzz.tenant import Tenant

HANGS_S = 60  # of the processor, for a whole example: nothing we know takes a fiftieth of it
CHUNK = (
    10  # examples; each chunk has a seed of its own. From the tenth on Hypothesis makes variants
)
KEPT = 5
_ID = re.compile(r'"id": ?"([^"\\]{1,80})"')


class Fuzzer:
    """One app and what has been seen of it."""

    def __init__(self, name: str) -> None:
        self.tenant = Tenant(name)
        self.app = self.tenant.app
        self.about = known(name)
        self.forms = forms_of(self.app.operations())
        self.requests = 0
        self.reached: Counter[str] = Counter()
        self.succeeded: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.failures: Counter[str] = Counter()  # those of 5xx that a quirk or the standard tells
        self.slowest: list[tuple[float, int, Draft]] = []
        self._world = world_of(self.about, self.tenant.names)
        self._composer = Composer(self.forms, self.about)
        self._trail: list[Draft] = []

    # --- running -----------------------------------------------------------------------------

    def run(self, requests: int, first_seed: int = 0) -> None:
        """Play until so many requests are answered; AssertionError shows one that is wrong."""
        number = first_seed
        while self.requests < requests:
            self.run_chunk(number)
            number += 1

    def run_chunk(self, number: int) -> None:
        quirks = [quirk.id for quirk in self.app.spec.quirks]
        strategy = examples(self.forms, quirks, self.about, self._world)

        @seed(number)
        @settings(
            max_examples=CHUNK,
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        )
        @given(strategy)
        def plays(example: Example) -> None:
            self.play(example)

        plays()

    def play(self, example: Example) -> None:
        """All its requests, in order, to a tenant as new."""
        self._start(example)
        with no_hang(HANGS_S), _listening() as logged:
            for step in example.steps:
                self.ask(self._composer.compose(step, self.tenant.names, self.app.spec.hosts))
                assert not self._leaks(logged), f"the log tells a secret\n\n{self._trail[-1]}"

    def ask_well(self) -> list[str]:
        """Send each route all that is known to succeed; the routes where something does not."""
        return [
            f"{name}: {form.route}"
            for name, forms in self.forms.items()
            for at, form in enumerate(forms)
            for shape in range(len(self.about.of(name, form.route)) or 1)
            if not self._succeeds(name, at + shape * len(forms))
        ]

    def _succeeds(self, operation: str, number: int) -> bool:
        """Whether a form and shape of the operation succeeds on a tenant as new."""
        self.play(Example((Step(operation, number),)))
        last = list(self.app.ledger)[-1]
        return last.operation == operation and last.succeeded and last.refusal is None

    # --- one example -------------------------------------------------------------------------

    def _start(self, example: Example) -> None:
        self.tenant.start_over()
        self._world.made.clear()
        self._trail.clear()
        for quirk in example.quirks:
            self.app.quirks.switch(quirk, on=quirk not in self.app.first.quirks)
        self.app.meter.scale = 1.0 if example.metered else 0.0
        self._may_fail = bool(example.quirks)

    def ask(self, draft: Draft) -> None:
        """Send one request and complain of what is wrong about the answer."""
        self._trail.append(draft)
        before = self.app.store.snapshot().tables
        made = draft.make()
        began = process_time()
        try:
            answer = self.app.answer(made)
        except Exception as fault:
            raise AssertionError(f"{fault!r}\n\n{self._story()}") from fault
        took = process_time() - began
        call = list(self.app.ledger.since(self.app.ledger.last_number - 1))[-1]
        exchange = Exchange(
            draft,
            answer,
            call,
            before,
            self.app.store.snapshot().tables,
            self.tenant.secrets,
            self.app.spec.secret_fields,
            self._may_fail or call.operation in self.about.never,
        )
        self._note(exchange, took)
        found = complaint(exchange)
        assert found is None, (
            f"{found}\n\n{self._story()}\n\n{answer.status} {exchange.text[:2000]}"
        )

    def _story(self) -> str:
        *before, last = self._trail
        lines = [f"{each.method} {each.target()[:200]}" for each in before]
        quirks = ", ".join(sorted(self.app.quirks.active() ^ self.app.first.quirks))
        told = [f"quirks switched: {quirks}"] if quirks else []
        return "\n".join([*told, *lines, "the request:", str(last)])

    def _leaks(self, logged: list[str]) -> bool:
        return any(secret in line for line in logged for secret in self.tenant.secrets)

    # --- what is seen ------------------------------------------------------------------------

    def _note(self, exchange: Exchange, took: float) -> None:
        call, status = exchange.call, exchange.answer.status
        self.requests += 1
        self.statuses[status] += 1
        for each in (call, *call.inner):
            self.reached[each.operation] += 1
            self.succeeded[each.operation] += each.succeeded and each.refusal is None
        if status >= 500:
            self.failures[f"{status} {call.refusal} of {call.operation}"] += 1
        self._world.made.extend(_ID.findall(exchange.text)[:3])
        del self._world.made[:-8]
        self._note_time(took, exchange.draft)

    def _note_time(self, took: float, draft: Draft) -> None:
        is_full = len(self.slowest) >= KEPT
        if is_full and took <= self.slowest[0][0]:
            return
        entry = (took, self.requests, draft)
        (heappushpop if is_full else heappush)(self.slowest, entry)

    def unreached(self) -> list[str]:
        """Routes that no request came to."""
        return sorted(each for each in self.forms if not self.reached[each])

    def unsuccessful(self) -> list[str]:
        """Routes and operations within requests that nothing was ever done by, but could be."""
        return sorted(
            each for each in self._every() - {*self.about.never} if not self.succeeded[each]
        )

    def outcomes(self) -> list[str]:
        """For each route and each operation within requests: how often it was done, and refused."""
        done = [(name, self.succeeded[name], self.reached[name]) for name in sorted(self._every())]
        return [f"{name}: {well:,} done, {asked - well:,} refused" for name, well, asked in done]

    def _every(self) -> set[str]:
        return {*self.forms, *self.app.spec.inner_operations}


class Hang(Exception):
    """An example that does not come to an end."""


@contextmanager
def no_hang(seconds: float) -> Iterator[None]:
    """Raise Hang where what is within takes more of the processor's time."""
    earlier = signal.signal(signal.SIGVTALRM, _ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, earlier)


def _ring(_number: int, _frame: FrameType | None) -> None:
    raise Hang("this does not come to an end")


@contextmanager
def _listening() -> Iterator[list[str]]:
    """All that anybody logs."""
    heard: list[str] = []
    handler = logging.Handler(logging.DEBUG)
    handler.emit = lambda record: heard.append(record.getMessage())  # type: ignore[method-assign]
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield heard
    finally:
        root.removeHandler(handler)


def told(counted: Mapping[Any, int]) -> str:
    return ", ".join(f"{key}: {number:,}" for key, number in sorted(counted.items()))
