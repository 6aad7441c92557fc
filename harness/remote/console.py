"""What Okta has in its Admin Console alone, under our own prefix; another engine may lack it."""

from typing import Any

from ..errors import NotApplicable, Refused
from .client import Client
from .names import Instance

PREFIX = "/_pushproof/v1"


class Console:
    """The routes under the prefix. `is_there` says whether this engine has them.

    Each call raises NotApplicable where it has not: what needs them cannot be played there.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self.is_there = self._ask()

    def _ask(self) -> bool:
        try:
            return "settled" in self._client.get(f"{PREFIX}/work")
        except (Refused, ValueError):
            return False

    def get(self, path: str, what: str) -> Any:
        self._need(what)
        return self._client.get(f"{PREFIX}/{path}")

    def post(self, path: str, what: str, body: Any = None) -> Any:
        self._need(what)
        return self._client.post(f"{PREFIX}/{path}", body)

    def patch(self, path: str, what: str, body: Any) -> Any:
        self._need(what)
        return self._client.patch(f"{PREFIX}/{path}", body)

    def of(self, app: Instance, path: str, what: str, body: Any = None) -> Any:
        """A deed on one app."""
        return self.post(f"apps/{app.id}/{path}", what, body)

    def _need(self, what: str) -> None:
        if not self.is_there:
            raise NotApplicable(f"{what} is in Okta's console alone, and not in this engine's API")
