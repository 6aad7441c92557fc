"""Other people's `requests` code, answered in this process: built on `responses`.

It takes the place of `requests.adapters.HTTPAdapter.send`, for the whole process and all sessions,
and carries each request through the one exchange of `wire`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ContextDecorator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import requests
from responses import BaseResponse, RequestsMock
from urllib3 import HTTPResponse

from .app import LIMITS_VENDOR, AppSpec, FakeApp
from .clock import Clock, SystemClock
from .wire import exchange, read_timeout_s


@dataclass(frozen=True)
class Options:
    """How tenants are made; `quirks` and `settings` by app. No clock is the machine's."""

    seed: int = 0
    clock: Clock | None = None
    limits: float = LIMITS_VENDOR
    quirks: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


class Interception(ContextDecorator, Mapping[str, FakeApp]):
    """The tenants that answer, by app, while it is entered. See `fake_apps.intercept`."""

    def __init__(
        self,
        apps: Iterable[str | FakeApp],
        load: Callable[[str], AppSpec],
        options: Options,
        *,
        passthrough: Sequence[str] = (),
    ) -> None:
        self._made = [app for app in apps if isinstance(app, FakeApp)]
        self._specs = [load(app) for app in apps if not isinstance(app, FakeApp)]
        self._options = options
        self._hosts = _Hosts(frozenset(host.lower() for host in passthrough))
        self._mock: RequestsMock | None = None
        self._fakes: dict[str, FakeApp] = {}
        named = [spec.name for spec in self._specs]
        for given in (*options.quirks, *options.settings):
            if given not in named:
                made_here = ", ".join(named) or "none"
                raise LookupError(f"options for {given!r}; the apps made here are: {made_here}")

    def __enter__(self) -> "Interception":
        if self._mock:
            raise RuntimeError("this interception is entered already")
        self._fakes = {}
        self._hosts.clear()
        for fake in (*map(self._create, self._specs), *self._made):
            self.add(fake)
        self._mock = RequestsMock(assert_all_requests_are_fired=False)
        self._mock.add(_Passed(self._hosts))
        self._mock.add(_Faked(self._hosts, self._mock))
        self._mock.start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._mock, "entered before"
        self._mock.stop(allow_assert=False)
        self._mock.reset()
        self._mock = None

    def add(self, fake: FakeApp) -> None:
        """Have one more tenant answer for its vendor's hosts."""
        if fake.name in self._fakes:
            raise ValueError(f"{fake.name} is intercepted already: one tenant of a kind")
        self._hosts.add(fake)
        self._fakes[fake.name] = fake

    def __getitem__(self, name: str) -> FakeApp:
        return self._fakes[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fakes)

    def __len__(self) -> int:
        return len(self._fakes)

    def _create(self, spec: AppSpec) -> FakeApp:
        options = self._options
        return spec.create(
            seed=options.seed,
            clock=options.clock or SystemClock(),
            limits=options.limits,
            quirks=options.quirks.get(spec.name),
            settings=options.settings.get(spec.name),
        )


class _Hosts:
    """Who answers for which host, and which are really called."""

    def __init__(self, passed: frozenset[str]) -> None:
        self._passed = passed
        self._faked: dict[str, FakeApp] = {}

    def clear(self) -> None:
        self._faked.clear()

    def add(self, fake: FakeApp) -> None:
        for host in fake.spec.hosts:
            if host in self._faked:
                raise ValueError(f"{host} is {self._faked[host].name}'s: {fake.name} has it too")
        self._faked.update(dict.fromkeys(fake.spec.hosts, fake))

    def is_passed(self, request: requests.PreparedRequest) -> bool:
        return urlsplit(str(request.url)).hostname in self._passed

    def find(self, request: requests.PreparedRequest) -> FakeApp:
        """The fake of an address, which is https and without a port, as vendors' are."""
        parts = urlsplit(str(request.url))
        fake = self._faked.get(parts.hostname or "")
        if fake and parts.scheme == "https" and parts.port in (None, 443):
            return fake
        raise requests.ConnectionError(
            f"{parts.scheme}://{parts.netloc} is no fake and must not be called from here: "
            f"faked are {', '.join(f'https://{host}' for host in self._faked) or 'none'}; "
            f"give intercept() its app, or passthrough=[{parts.hostname!r}]",
            request=request,
        )


_ANY = re.compile("")


class _Passed(BaseResponse):
    """What `responses` matches with the hosts that are really called."""

    def __init__(self, hosts: _Hosts) -> None:
        super().__init__("ANY", _ANY, passthrough=True)
        self._hosts = hosts

    def matches(self, request: requests.PreparedRequest) -> tuple[bool, str]:
        return self._hosts.is_passed(request), ""


class _Faked(BaseResponse):
    """What `responses` matches with every other host; a fake answers, or the call is refused."""

    def __init__(self, hosts: _Hosts, mock: RequestsMock) -> None:
        super().__init__("ANY", _ANY)
        self._hosts = hosts
        self._mock = mock

    def matches(self, request: requests.PreparedRequest) -> tuple[bool, str]:
        return not self._hosts.is_passed(request), ""

    def get_response(self, request: requests.PreparedRequest) -> HTTPResponse:
        self._mock.calls.reset()  # it keeps all of them, for ever; the ledger has them, bounded
        self.calls.reset()
        timeout: Any = request.req_kwargs.get("timeout")  # type: ignore[attr-defined]
        answered = exchange(self._hosts.find(request), request, read_timeout_s(timeout))
        return HTTPResponse(
            body=BytesIO(answered.content),
            headers=answered.headers,
            status=answered.status_code,
            reason=answered.reason,
            preload_content=False,
            request_method=request.method,
        )
