"""$batch: up to 20 requests in one, each answered and metered by itself.

Source: https://learn.microsoft.com/en-us/graph/json-batching
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import quote, urlsplit

from flask import request

from ..core.app import Answer, FakeApp
from ..core.error import ApiError
from . import errors, quirks, wire

MAX_REQUESTS = 20
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
_ODATA = "odata-version"
SHOWN_HEADERS = {  # in this order and spelling
    "cache-control": "Cache-Control",
    "x-ms-resource-unit": "x-ms-resource-unit",
    _ODATA: "OData-Version",
    "retry-after": "Retry-After",
    "content-type": "Content-Type",
    "location": "Location",
}
UNFORWARDED = ("host", "authorization", "content-length", "content-type")


@dataclass(frozen=True)
class Item:
    """One checked request of a batch."""

    id: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    depends_on: tuple[str, ...]


def run(app: FakeApp, document: Mapping[str, Any]) -> dict[str, Any]:
    """Answer a batch; what is malformed refuses it as a whole, before anything is done."""
    items = _read(app, document)
    base = f"{request.environ['wsgi.url_scheme']}://{request.host}"
    replies: dict[str, dict[str, Any]] = {}
    for item in items:
        failed = [each for each in item.depends_on if replies[each]["status"] >= 400]
        if failed:
            replies[item.id.lower()] = _failed_dependency(item, failed[0])
        else:
            replies[item.id.lower()] = _shown(item, _answer(app, item, base))
    ordered = list(replies.values())
    if quirks.BATCH_ORDER_IS_ARBITRARY in app.quirks:
        ordered.sort(key=lambda each: zlib.crc32(each["id"].encode()))
    return {"responses": ordered}


# --- reading ---------------------------------------------------------------------------------


def _read(app: FakeApp, document: Mapping[str, Any]) -> list[Item]:
    listed = document.get("requests")
    if not isinstance(listed, list) or not listed:
        raise errors.bad_batch("Invalid batch payload format.")
    if len(listed) > MAX_REQUESTS:
        raise errors.batch_too_long()
    found: dict[str, Item] = {}
    for entry in listed:
        item = _read_item(app, entry)
        if item.id.lower() in found:
            raise errors.repeated_request(item.id)
        if any(parent not in found for parent in item.depends_on):
            raise errors.bad_dependency(item.id)
        found[item.id.lower()] = item
    items = list(found.values())
    if quirks.BATCH_DEPENDENCIES_ARE_UNIFORM in app.quirks:
        _check_uniform(items)
    return items


def _read_item(app: FakeApp, entry: Any) -> Item:
    if not isinstance(entry, dict):
        raise errors.bad_batch("Invalid batch payload format.")
    item_id, method, url = (entry.get(name) for name in ("id", "method", "url"))
    if not all(isinstance(each, str) and each for each in (item_id, method, url)):
        raise errors.bad_batch("Each request needs an id, a method and a url.")
    assert isinstance(item_id, str)
    assert isinstance(method, str)
    headers = _read_headers(entry, item_id)
    depends_on = [] if entry.get("dependsOn") is None else entry["dependsOn"]
    if not _are_texts(depends_on):
        raise errors.bad_dependency(item_id)
    if method.upper() not in METHODS:
        raise errors.bad_batch(f"Invalid method for request Id {item_id}.")
    return Item(
        id=item_id,
        method=method.upper(),
        path=_path(app, str(url), item_id),
        headers=headers,
        body=_read_body(entry, headers, item_id),
        depends_on=tuple(each.lower() for each in depends_on),
    )


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _read_headers(entry: Mapping[str, Any], item_id: str) -> dict[str, str]:
    headers = {} if entry.get("headers") is None else entry["headers"]
    if not isinstance(headers, dict) or not _are_texts(list(headers.values())):
        raise errors.bad_batch(f"Invalid headers for request Id {item_id}.")
    return {name.lower(): _latin(value) for name, value in headers.items()}


def _latin(value: str) -> str:
    return value.encode("ascii", "replace").decode("ascii")


def _read_body(entry: Mapping[str, Any], headers: Mapping[str, str], item_id: str) -> bytes:
    content = entry.get("body")
    if content is None:
        return b""
    if "content-type" not in headers:
        message = f"Request Id {item_id} has a body but no Content-Type header."
        raise errors.bad_batch(message)
    return json.dumps(content).encode()


def _path(app: FakeApp, url: str, item_id: str) -> str:
    """Where on the caller's own host; a foreign host or a nested batch is refused."""
    path = url
    if "://" in url.partition("?")[0]:
        if quirks.BATCH_TAKES_ABSOLUTE_URLS not in app.quirks or not _is_own(app, url):
            raise errors.bad_batch(f"Invalid url for request Id {item_id}.")
        path = "/" + url.split("://", 1)[1].partition("/")[2]
    if not path.startswith(("/v1.0/", "/beta/")):
        path = f"/{wire.version()}/{path.lstrip('/')}"
    if path.partition("?")[0].lower().rstrip("/").endswith(("/$batch", "/%24batch")):
        raise errors.bad_batch(f"Batch requests cannot be nested (request Id {item_id}).")
    return quote(path, safe="%/:?=&$,'()*!@;+~", encoding="utf-8", errors="replace")


def _is_own(app: FakeApp, url: str) -> bool:
    try:
        return urlsplit(url).netloc in (request.host, *app.spec.hosts)
    except ValueError:
        return False


def _check_uniform(items: list[Item]) -> None:
    """All parallel, all serial, or all on one request."""
    dependent = [item for item in items if item.depends_on]
    if not dependent:
        return
    serial = all(item.depends_on == (before.id.lower(),) for before, item in pairwise(items))
    first = dependent[0].depends_on
    same = len(first) == 1 and all(
        item.depends_on == first for item in items if item.id.lower() != first[0]
    )
    if not serial and not same:
        raise errors.mixed_dependencies()


# --- answering -------------------------------------------------------------------------------


def _answer(app: FakeApp, item: Item, base: str) -> Answer:
    headers = {name: value for name, value in item.headers.items() if name not in UNFORWARDED}
    headers["Authorization"] = request.environ["HTTP_AUTHORIZATION"]
    if "content-type" in item.headers:
        headers["Content-Type"] = item.headers["content-type"]
    if "client-request-id" not in headers:
        headers["client-request-id"] = errors.client_request_id()
    return app.inner(item.method, base + item.path, headers, item.body)


def _shown(item: Item, answer: Answer) -> dict[str, Any]:
    if answer.lost or answer.reset:
        return _timed_out(item)
    sent = {name.lower(): value for name, value in answer.headers}
    if answer.status >= 400 or not answer.body:
        del sent[_ODATA]  # as the documentation shows them
    headers = {shown: sent[name] for name, shown in SHOWN_HEADERS.items() if name in sent}
    return {"id": item.id, "status": answer.status, "headers": headers, "body": _content(answer)}


def _content(answer: Answer) -> Any:
    text = answer.body.decode("utf-8", "replace")
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text


def _timed_out(item: Item) -> dict[str, Any]:
    return _refused(item, errors.gateway_timeout())


def _failed_dependency(item: Item, parent: str) -> dict[str, Any]:
    return _refused(item, errors.failed_dependency(parent))


def _refused(item: Item, error: ApiError) -> dict[str, Any]:
    document, status, _ = errors.render(error)
    headers = {"Cache-Control": "no-cache", "Content-Type": "application/json"}
    return {"id": item.id, "status": status, "headers": headers, "body": document}
