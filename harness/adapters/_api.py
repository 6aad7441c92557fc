"""One vendor's API: calls with a token, and lists page by page."""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ..errors import TargetError
from ..model import Effect, Outcome
from ..ports import Connection, Steps
from ._answers import Answer, Explain, Request, failed, judge, made, outcome_of
from ._http import JSON, Reader, Reply, dump, field, send, unreadable
from ._tokens import Token

Turn = Callable[[Answer, Any], tuple[Any, Any] | TargetError]


@dataclass(frozen=True)
class Listing:
    """A list to be read page by page, from the place `first` on.

    `ask` makes the request for a place. `turn` is given the answer and its place: it brings the
    items, and the next place, None after the last; or what is wrong with the page.
    """

    first: Any
    ask: Callable[[Any], Request]
    turn: Turn


@dataclass(frozen=True)
class Page:
    """A page of a list: what its call came to, its items, and where the next one begins.

    The outcome of a token call comes as a page without items.
    """

    outcome: Outcome
    items: Sequence[Any] = ()
    following: Any = None

    @property
    def is_last(self) -> bool:
        return self.outcome.error is None and self.following is None


class Api:
    """One address: makes one HTTP call per `call`, and is told by the vendor what refusals mean."""

    def __init__(self, connection: Connection, url: str, token: Token, explain: Explain) -> None:
        self.url = url
        self._connection = connection
        self._token = token
        self._explain = explain

    def authorize(self) -> Generator[Outcome, None, bool]:
        """See to it that there is a token; False when it is refused."""
        return self._token.ready()

    def call(self, request: Request) -> Answer:
        """One request in one HTTP call."""
        body = None if request.body is None else dump(request.body)
        headers = {**(JSON if body is not None else {}), **(request.headers or {})}
        reply = self.send(request.method, self._address(request.path), body=body, headers=headers)
        return self.judge(request, reply)

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: dict[str, str],
        body: bytes | None = None,
        read: Reader | None = None,
    ) -> Reply | TargetError:
        own = {
            "Authorization": f"Bearer {self._token.value}",
            "Accept": "application/json",
            "User-Agent": "Pushproof",  # some refuse those who do not say who they are
        }
        return send(self._connection, method, url, headers={**own, **headers}, body=body, read=read)

    def judge(self, request: Request, reply: Reply | TargetError) -> Answer:
        """The answer that a reply is; one that turns the token away is the token's last."""
        answer = judge(request, reply, self._explain)
        if answer.status == 401:
            self._token.drop()
        return answer

    def is_home(self, url: str) -> bool:
        """Whether a link leads to this very host: the token goes to no other."""
        return urlsplit(url)[:2] == urlsplit(self.url)[:2]

    def _address(self, path: str) -> str:
        if "://" not in path:
            return self.url + path
        assert self.is_home(path), f"{path} is not on the target's own host"
        return path

    # --- calls as outcomes -------------------------------------------------------------------

    def one(self, request: Request) -> Steps:
        if (yield from self.authorize()):
            yield outcome_of(request, self.call(request))

    def make(self, request: Request) -> Steps:
        """A call whose reply must bring an id."""
        if (yield from self.authorize()):
            yield made(request, self.call(request))

    def pages(self, listing: Listing) -> Iterator[Page]:
        """An error ends the list; so does a page that leads to one that was read already."""
        at, seen = listing.first, set()
        while at is not None:
            seen.add(at)
            for token in self.authorize():
                yield Page(token, (), at)
                if token.error:
                    return
            request = listing.ask(at)
            page = _page(request, self.call(request), listing.turn, at)
            if page.following in seen:
                page = Page(failed(request, unreadable("The next page was read already")))
            yield page
            at = page.following


def _page(request: Request, answer: Answer, turn: Turn, at: Any) -> Page:
    if answer.error:
        return Page(outcome_of(request, answer))
    turned = turn(answer, at)
    if isinstance(turned, TargetError):
        effect = Effect.UNKNOWN if turned.is_transient else Effect.REFUSED
        return Page(failed(request, turned, effect))
    items, following = turned
    if not isinstance(items, list) or not all(isinstance(field(i, "id"), str) for i in items):
        return Page(failed(request, unreadable("The page is no list of objects")))
    return Page(outcome_of(request, answer), items, following)
