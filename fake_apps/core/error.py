"""A refusal, as an exception that the vendor's `render` turns into a reply."""

from collections.abc import Mapping
from typing import Any


class ApiError(Exception):
    """One documented refusal: status, vendor's code, vendor's sentence.

    `extra` is for whatever else that vendor puts into the body; core never looks into it.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        headers: Mapping[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})
        self.extra = extra
