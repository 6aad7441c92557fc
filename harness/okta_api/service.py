"""One org behind the API: what its routes stand on."""

import base64
import string
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random
from threading import RLock
from typing import Any

from ..engine import LocalOperator
from ..errors import Unusable
from ..org import Org
from .limits import Limits
from .quirks import Switches
from .tokens import Caller, Tokens
from .wire import current

ENVIRON_SERVICE = "pushproof.okta"
ENVIRON_CALLER = "pushproof.okta.caller"
LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True)
class Connected:
    """What an app instance gets when it is made: how to reach its target, and first settings."""

    credentials: Mapping[str, Any]
    settings: Mapping[str, Any] = field(default_factory=dict)


Connector = Callable[[str], Connected | None]
"""Connects a new app of a kind; None where nothing of that kind can be reached."""


class Service:
    """An org, its engine's operator, and how its API is set.

    `lock` is held while a request is answered; the engine works on connections of its own. `wake`
    is called after each request that may have left work for it.
    """

    def __init__(
        self,
        org: Org,
        operator: LocalOperator,
        *,
        seed: int = 0,
        quirks: Mapping[str, bool] | None = None,
        limits: float = 1.0,
        connector: Connector = lambda _kind: None,
        wake: Callable[[], None] = lambda: None,
        reopen: Callable[[], tuple[Org, LocalOperator]] | None = None,
    ) -> None:
        self.org = org
        self.operator = operator
        self._reopen = reopen
        self.quirks = Switches(quirks)
        self.limits = Limits(org.clock, scale=limits)
        self.tokens = Tokens(org)
        self.connector = connector
        self.wake = wake
        self.lock = RLock()
        self.in_flight = 0
        self.is_held = False  # the engine begins nothing new
        self.seed = seed
        self.deferred: list[tuple[float, str]] = []  # groups that push rules do not see yet: Q21
        self.undeletable: set[str] = set()  # apps that a delete has failed on: Q24
        self._chance = Random(f"{seed}:{org.clock.now()}")

    def renew(self) -> None:
        """Go on with a new connection, where this one is gone and there are others to be had."""
        with self.lock, suppress(Unusable):
            if self._reopen is not None and not self.org.store.is_alive:
                self.org.store.close()
                self.org, self.operator = self._reopen()
                self.tokens = Tokens(self.org)

    @property
    def now(self) -> float:
        return self.org.clock.now()

    def chance_text(self, length: int, *, extra: str = "") -> str:
        """Letters and digits of chance, for what is told once and never kept."""
        return "".join(self._chance.choices(LETTERS + extra, k=length))

    def request_id(self) -> str:
        """Twenty characters of chance."""
        return base64.urlsafe_b64encode(self._chance.randbytes(15)).decode()

    def constant_id(self, prefix: str) -> str:
        """An id that an org has one of, such as its realm."""
        return _constant_id(self.seed, prefix)


@lru_cache(maxsize=64)
def _constant_id(seed: int, prefix: str) -> str:
    return prefix + "".join(Random(f"{seed}:{prefix}").choices(LETTERS, k=17))


def service() -> Service:
    """The org that the present request is for."""
    found: Service = current().environ[ENVIRON_SERVICE]
    return found


def caller() -> Caller:
    """Who makes the present request."""
    found: Caller = current().environ[ENVIRON_CALLER]
    return found
