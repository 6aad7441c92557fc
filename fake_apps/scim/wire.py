"""Reading requests and writing replies: bodies, queries, entity tags."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, request

from ..core import scim, strict
from ..core.app import base_url, current
from ..core.error import ApiError
from ..core.reply import Plain
from . import errors, filters, paging, quirks, schema
from .entity import BASE, HOST, Row
from .filters import Order, Wanted
from .listing import Query
from .state import Provider

SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
LARGEST_GROUP = 800_000  # bytes of a body, with Q40
_LISTS = ("attributes", "excludedAttributes")
_ASKED = (*_LISTS, "filter", "sortBy", "sortOrder", "startIndex", "count", "cursor")
_TAG = re.compile(r'(?:W/)?"[^"]*"|\*')


def provider() -> Provider:
    found: Provider = current().state
    return found


def base() -> str:
    """Where links lead: the address of the service, or the one a client of a served fake used."""
    return base_url(HOST) + BASE


# --- bodies ------------------------------------------------------------------------------------


def body() -> dict[str, Any]:
    """The JSON object of the request; whatever content type it claims, as a rule."""
    behaviour = provider().behaviour
    if quirks.BODIES_ARE_SCIM_JSON in behaviour and request.mimetype != errors.SCIM_JSON:
        raise errors.wrong_media_type()
    sent = request.environ["wsgi.input"].read()
    if len(sent) > LARGEST_GROUP and quirks.LARGE_GROUPS_ARE_REFUSED in behaviour:
        raise errors.too_large(f"A group has at most {LARGEST_GROUP} bytes")
    return read_json(sent)


def read_json(sent: bytes) -> dict[str, Any]:
    try:
        document = strict.decoded_text(sent.decode())
    except (ValueError, RecursionError) as fault:
        raise errors.invalid_syntax("The body is no JSON") from fault
    if not isinstance(document, dict):
        raise errors.invalid_syntax("The body is no JSON object")
    return document


# --- queries -----------------------------------------------------------------------------------


def asked_in_url() -> dict[str, Any]:
    """The query's parameters, their names in any case; lists are separated by commas."""
    told: dict[str, Any] = {}
    for name, value in request.args.items():
        known = next((each for each in _ASKED if each.lower() == name.lower()), None)
        if known:
            told[known] = value.split(",") if known in _LISTS else value
    return told


def asked_in_body() -> dict[str, Any]:
    """A SearchRequest: RFC 7644, 3.4.3."""
    sent = {name.lower(): value for name, value in body().items()}
    schema.check_message(sent.get("schemas"), SEARCH)
    told = {name: sent[name.lower()] for name in _ASKED if sent.get(name.lower()) is not None}
    for name, value in told.items():
        _check_asked(name, value)
    return told


def _check_asked(name: str, value: Any) -> None:
    if name in _LISTS:
        fits = isinstance(value, list) and all(isinstance(each, str) for each in value)
    elif name in ("startIndex", "count"):
        fits = isinstance(value, int) and not isinstance(value, bool)
    else:
        fits = isinstance(value, str)
    if not fits:
        raise errors.invalid_value(f"{name} is of another type")


def wanted(told: Mapping[str, Any], kinds: Sequence[str]) -> Wanted:
    """Which attributes are asked for."""
    only, without = (told.get(name) or () for name in _LISTS)
    behaviour = provider().behaviour
    if only and without and quirks.ATTRIBUTES_EXCLUDE_EACH_OTHER in behaviour:
        raise errors.invalid_value("attributes and excludedAttributes exclude each other")
    if quirks.EXCLUDED_ATTRIBUTES_ARE_IGNORED in behaviour:
        without = ()
    if not only and not without:
        return _EVERYTHING
    return filters.read_wanted(only, without, filters.known(kinds))


_EVERYTHING = Wanted()


def query(told: Mapping[str, Any], kinds: Sequence[str]) -> Query:
    """A list as it is asked for."""
    text = told.get("filter")
    found = None if text is None else _filter(str(text), kinds)
    page = paging.read(provider(), told, kinds)
    return Query(page, found, _order(told), wanted(told, kinds))


def _filter(text: str, kinds: Sequence[str]) -> scim.Filter:
    known = filters.known(kinds)
    exact = frozenset[str]().union(*(kind.exact for kind in known))
    dates = frozenset[str]().union(*(kind.dates for kind in known))
    found = filters.read_filter(text, exact, dates)
    if request.method == "GET" and "password" in found.names:
        raise errors.sensitive()
    behaviour = provider().behaviour
    if quirks.FILTERS_ARE_EQUALITIES in behaviour and not found.operators <= {"eq", "and"}:
        raise errors.invalid_filter("Filters know eq and `and` only")
    if quirks.FILTERS_KNOW_NO_NOT in behaviour and "not" in found.operators:
        raise errors.invalid_filter("Filters know no `not`")
    return found


def _order(told: Mapping[str, Any]) -> Order:
    word = told.get("sortOrder", "ascending").lower()
    if word not in ("ascending", "descending"):
        raise errors.invalid_value("sortOrder is neither ascending nor descending")
    return Order(told.get("sortBy", ""), word == "descending")


# --- replies -----------------------------------------------------------------------------------


def reply(document: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    text = json.dumps(document, separators=(",", ":"))
    return Plain(text, status, headers, content_type=errors.media_type())


def nothing(status: int = 204, headers: Mapping[str, str] | None = None) -> Response:
    return Plain(status=status, headers=headers)


def resource(row: Row, asked: Wanted, status: int = 200) -> Response:
    """One resource, with its version and, where it is new, its address."""
    headers = {"ETag": row.etag}
    if status == 201:
        headers["Location"] = base() + row.path
    return reply(provider().show(row, asked, base()), status, headers)


# --- entity tags -------------------------------------------------------------------------------


def is_known(row: Row) -> bool:
    """Whether the client has this version: If-None-Match of a read."""
    return row.etag in _tags("If-None-Match", row)


def check_version(row: Row) -> None:
    """If-Match and If-None-Match of a write: RFC 7644, 3.14."""
    told = request.headers.get("If-Match")
    if told is not None and row.etag not in _tags("If-Match", row):
        raise _outdated(row)
    if request.headers.get("If-None-Match") is not None and is_known(row):
        raise _outdated(row)


def _outdated(row: Row) -> ApiError:
    return errors.outdated(row.etag)


def _tags(header: str, row: Row) -> list[str]:
    """Weak and strong tags are compared alike; * stands for any."""
    found = _TAG.findall(request.headers.get(header, ""))
    return [row.etag if tag == "*" else f"W/{tag.removeprefix('W/')}" for tag in found]
