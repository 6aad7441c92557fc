"""A requests session whose hosts are exchanges in this process; any other host is refused."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.cookies import RequestsCookieJar
from requests.structures import CaseInsensitiveDict

Exchange = Callable[[requests.PreparedRequest, float | None], requests.Response]
"""Carries one prepared request, waits so many seconds at most, answers or raises as requests do."""


class ForeignHost(Exception):
    """A request, redirect or next link would leave the known hosts, and take its token along."""

    def __init__(self, host: str, known: Mapping[str, Exchange], *, via: str = "") -> None:
        way = f", where a redirect from {via} leads" if via else ""
        super().__init__(f"refused to call {host!r}{way}; known hosts: {', '.join(sorted(known))}")
        self.host = host


def session(
    exchanges: Mapping[str, Exchange], before_send: Callable[[], None] = lambda: None
) -> requests.Session:
    """A session that reaches exactly these hosts. `before_send` is called before every request."""
    return _Session(_Exchanges(exchanges, before_send))


class _Exchanges(BaseAdapter):
    """Carries requests to the exchange of their host."""

    def __init__(self, exchanges: Mapping[str, Exchange], before_send: Callable[[], None]) -> None:
        super().__init__()
        self._exchanges = exchanges
        self._before_send = before_send

    def send(  # noqa: PLR0917 - requests' own signature
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002
        timeout: Any = None,
        verify: Any = True,  # noqa: FBT002
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        assert request.url is not None, "a prepared request has an address"
        host = _host(request.url)
        exchange = self._exchanges.get(host)
        if exchange is None:
            raise ForeignHost(host, self._exchanges)
        self._before_send()
        response = exchange(request, timeout[1] if isinstance(timeout, tuple) else timeout)
        if response.is_redirect:
            self._check_redirect(request.url, response.headers["Location"])
        return response

    def _check_redirect(self, url: str, location: str) -> None:
        # Even a known host of another app is foreign here: the token belongs to the first one.
        target = _host(urljoin(url, location))
        if target != _host(url):
            raise ForeignHost(target, self._exchanges, via=_host(url))

    def close(self) -> None:
        """Nothing to close."""


class _Session(requests.Session):
    """A session made without requests' two connection pools: a world needs one in microseconds."""

    def __init__(self, exchanges: _Exchanges) -> None:
        # Session.__init__ would mount HTTPAdapters (about 100 us) and ask the platform for a
        # user agent; what it sets otherwise is set here.
        self.headers = CaseInsensitiveDict()
        self.auth = None
        self.proxies = {}
        self.hooks = {"response": []}
        self.params = {}
        self.stream = False
        self.verify = True
        self.cert = None
        self.max_redirects = 30
        self.trust_env = False
        self.cookies = RequestsCookieJar()
        self.adapters = {"https://": exchanges, "http://": exchanges}
        self._exchanges = exchanges

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """As requests does it; straight to the exchange where no redirect is to be followed."""
        if kwargs.get("allow_redirects", True):
            return super().send(request, **kwargs)
        return self._exchanges.send(request, timeout=kwargs.get("timeout"))


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2].lower()
