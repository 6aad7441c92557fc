"""What every reply and request have in common: times, links, bodies."""

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import formatdate
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import Request, Response, request

from . import errors

JSON = "application/json"
LARGEST_BODY = 1024 * 1024
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def current() -> Request:
    """The present request itself; the proxy costs at each look."""
    found: Request = request._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    return found


# --- times -----------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def stamp(seconds: float | None) -> str | None:
    """A moment with milliseconds, as nearly everything shows it."""
    if seconds is None:
        return None
    moment = datetime.fromtimestamp(round(seconds, 3), UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


@lru_cache(maxsize=4096)
def plain_stamp(seconds: float | None) -> str | None:
    """A moment in whole seconds, as group push mappings show it."""
    if seconds is None:
        return None
    return f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%dT%H:%M:%SZ}"


@lru_cache(maxsize=64)
def http_date(second: int) -> str:
    """A moment as the header Date has it."""
    return formatdate(second, usegmt=True)


def moment(text: str) -> float | None:
    """Seconds since the epoch of an ISO 8601 text with a time zone; None for anything else."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.timestamp() if found.tzinfo else None


# --- addresses -------------------------------------------------------------------------------


def base() -> str:
    """Where links lead: the address that the client used."""
    environ = current().environ  # by hand: werkzeug's own takes a tenth of a call
    host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    return f"{environ['wsgi.url_scheme']}://{host}"


def href(path: str) -> str:
    return f"{base()}/api/v1/{path}"


def link(path: str, *, method: str | None = None) -> dict[str, Any]:
    return {"href": href(path)} | ({"method": method} if method else {})


def address(query: Mapping[str, Any]) -> str:
    """The present address with this query."""
    return f"{base()}{current().path}" + (f"?{urlencode(query)}" if query else "")


# --- bodies ----------------------------------------------------------------------------------


_as_text = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


def reply(document: Any, status: int = 200) -> Response:
    return Response(_as_text(document), status, content_type=JSON)


def empty(status: int = 204) -> Response:
    """A reply without a body; one that is not 204 says so by its length."""
    response = Response("", status)
    del response.headers["Content-Type"]
    return response


def read_json() -> Any:
    """The request's JSON value. Anything else is refused."""
    asked = current()
    if asked.mimetype != JSON:
        raise errors.wrong_type()
    return _parse(asked.get_data(cache=False))


def read_object() -> dict[str, Any]:
    """The request's JSON object. Anything else is refused."""
    found = read_json()
    if not isinstance(found, dict):
        raise errors.malformed("the body must be a JSON object")
    return found


def read_optional() -> dict[str, Any]:
    """The same where a body may be left out."""
    return read_object() if current().content_length else {}


def _parse(data: bytes) -> Any:
    try:
        text = data.decode("utf-8-sig")
        found = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
        json.dumps(found, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError) as fault:
        raise errors.malformed() from fault
    if _NUL.search(text):
        raise errors.malformed("a text must not contain the character U+0000")
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


class Fields:
    """One JSON object of a request, read field by field.

    A value of the wrong type is malformed; `what` is the object's name in Okta's refusals.
    """

    def __init__(self, found: Mapping[str, Any], what: str) -> None:
        self.found = found
        self.what = what

    def __contains__(self, name: str) -> bool:
        return name in self.found

    def text(self, name: str, default: str | None = None) -> str:
        """A text; without a default it must be there and not be blank."""
        value = self.found.get(name)
        if value is None:
            if default is None:
                raise self.blank(name)
            return default
        if not isinstance(value, str):
            raise errors.malformed(f"{name}: must be a text")
        if default is None and not value.strip():
            raise self.blank(name)
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.found.get(name, default)
        if not isinstance(value, bool):
            raise errors.malformed(f"{name}: must be true or false")
        return value

    def number(self, name: str, default: float) -> float:
        value = self.found.get(name, default)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not -1e12 < value < 1e12 or math.isnan(value):
            raise errors.malformed(f"{name}: must be a number")
        return float(value)

    def texts(self, name: str) -> list[str]:
        value = self.found.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise errors.malformed(f"{name}: must be a list of texts")
        return value

    def inner(self, name: str, *, required: bool = False) -> "Fields":
        value = self.found.get(name)
        if value is None:
            if required:
                raise self.blank(name)
            value = {}
        if not isinstance(value, dict):
            raise errors.malformed(f"{name}: must be an object")
        return Fields(value, name)

    def one_of(self, name: str, choices: tuple[str, ...], default: str | None = None) -> str:
        value = self.text(name, default)
        if value not in choices:
            raise errors.invalid(self.what, f"{name}: must be one of {', '.join(choices)}")
        return value

    def blank(self, name: str) -> errors.OktaError:
        return errors.invalid(self.what, f"{name}: The field cannot be left blank")
