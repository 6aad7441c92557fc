"""A reply whose headers are the vendor's and complete: Flask has nothing to look up or correct."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response
from werkzeug.datastructures import Headers


class TrustedHeaders(Headers):
    """Headers that take our own constants without looking at each again: most of a call's cost."""

    def trust(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._list.extend(pairs)


class Plain(Response):
    """A reply with only the headers the vendor sends, as they are."""

    default_mimetype = None

    def __init__(
        self,
        body: str | None = None,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        *,
        content_type: str | None = None,
    ) -> None:
        super().__init__(body, status, TrustedHeaders(headers), content_type=content_type)

    def get_wsgi_headers(self, environ: Any) -> Headers:
        """They are complete and absolute already; nothing to copy or correct."""
        return self.headers
