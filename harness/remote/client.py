"""HTTP to an engine that speaks Okta's API: its token, its pages, its refusals, its limits."""

from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from threading import Event
from typing import Any

import requests

from ..errors import Refused, Unusable

TIMEOUT_S = 60.0
LONGEST_LIMIT_S = 90.0  # a window of Okta's limits is a minute
FIRST_WAIT_S = 1.1  # after it the engine's clock has moved, or nobody moves it


class Client:
    """One engine. The token is sent and never shown.

    Raises Refused where the engine refuses in Okta's words; Unusable where it cannot be reached,
    does not take the token, or answers as no such engine does.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        session: requests.Session | None = None,
        ca_file: str | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self._session = session or requests.Session()
        self._session.trust_env = False
        self._session.verify = ca_file or True
        self._session.headers.update(
            {"Authorization": f"SSWS {token}", "Accept": "application/json"}
        )
        self._pause = Event()

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()

    def get(self, path: str, **query: Any) -> Any:
        return self._call("GET", path, params=query).json()

    def post(self, path: str, body: Any = None, **query: Any) -> Any:
        return _document(self._call("POST", path, body, params=query))

    def put(self, path: str, body: Any = None) -> Any:
        return _document(self._call("PUT", path, body))

    def patch(self, path: str, body: Any) -> Any:
        return _document(self._call("PATCH", path, body))

    def delete(self, path: str, **query: Any) -> None:
        self._call("DELETE", path, params=query)

    def all(self, path: str, **query: Any) -> Iterator[Mapping[str, Any]]:
        """Every object of a list, page by page."""
        reply = self._call("GET", path, params=query)
        yield from reply.json()
        while "next" in reply.links:
            reply = self._call("GET", reply.links["next"]["url"])
            yield from reply.json()

    def poll(self, path: str) -> tuple[list[Mapping[str, Any]], str]:
        """One page of a list that is polled, and where it goes on."""
        reply = self._call("GET", path)
        following = reply.links.get("next", {}).get("url", path)
        return reply.json(), str(following)

    def pause(self, seconds: float) -> None:
        """Really wait."""
        self._pause.wait(seconds)

    # --- small print -------------------------------------------------------------------------

    def _call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        params: Mapping[str, Any] | None = None,
    ) -> requests.Response:
        url = path if path.startswith("http") else f"{self.url}{path}"
        reply = self._send(method, url, body, params)
        if reply.status_code == 429:
            self.pause(FIRST_WAIT_S)
            before, reply = _moment(reply), self._send(method, url, body, params)
            if reply.status_code == 429 and _moment(reply) > before:
                self.pause(_until_reset(reply))
                reply = self._send(method, url, body, params)
        if reply.ok:
            return reply
        raise self._error(method, path, reply)

    def _send(
        self, method: str, url: str, body: Any, params: Mapping[str, Any] | None
    ) -> requests.Response:
        more: dict[str, Any] = {"json": body} if body is not None else {}
        try:
            return self._session.request(
                method, url, params=params, timeout=TIMEOUT_S, allow_redirects=False, **more
            )
        except requests.RequestException as fault:
            raise Unusable(f"{self.url}: no engine answers there ({_reason(fault)})") from fault

    def _error(self, method: str, path: str, reply: requests.Response) -> Exception:
        if reply.status_code == 401:
            return Unusable(f"{self.url}: the engine does not take this token (401)")
        if reply.status_code == 429:
            return Unusable(
                f"{self.url}: the engine's own rate limit stays reached (429); "
                "our own is served without by --api-limits off"
            )
        try:
            told = reply.json()
            causes = tuple(str(one["errorSummary"]) for one in told.get("errorCauses") or ())
            code, summary = str(told["errorCode"]), str(told["errorSummary"])
        except (ValueError, LookupError, TypeError, AttributeError):
            code, summary, causes = "", "", ()
        if not code or reply.status_code >= 500:
            said = f"answers {reply.status_code}{f' {code} {summary}' if code else ''}"
            return Unusable(f"{self.url}: {method} {path} {said}, not as Okta's API would")
        return Refused(code, summary, causes)


def _moment(reply: requests.Response) -> float:
    """The engine's own time, in seconds since the epoch; 0 where it does not tell."""
    try:
        return parsedate_to_datetime(reply.headers["Date"]).timestamp()
    except (KeyError, TypeError, ValueError):
        return 0.0


def _until_reset(reply: requests.Response) -> float:
    """How long to wait for the limit's next window, as the reply tells on its own clock."""
    try:
        seconds = float(reply.headers["X-Rate-Limit-Reset"]) - _moment(reply)
    except (KeyError, ValueError):
        return FIRST_WAIT_S
    return min(max(seconds, 0.0) + 1.0, LONGEST_LIMIT_S)


def _document(reply: requests.Response) -> Any:
    return reply.json() if reply.content else None


def _reason(fault: requests.RequestException) -> str:
    """The system's own word for it; the library's sentence would repeat the address."""
    if isinstance(fault, requests.Timeout):
        return f"no reply within {TIMEOUT_S:.0f} s"
    if isinstance(fault, requests.exceptions.SSLError):
        return "its certificate is not trusted"
    seen: BaseException | None = fault
    while seen is not None:
        text = getattr(seen, "strerror", None)
        if text:
            return str(text)
        seen = seen.__cause__ or seen.__context__
    return "invalid address" if isinstance(fault, ValueError) else "connection failed"
