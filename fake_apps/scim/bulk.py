"""Bulk: many operations in one request, which may refer to what others of them make.

Source: https://datatracker.ietf.org/doc/html/rfc7644#section-3.7
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from flask import request

from ..core import scim
from ..core.app import Answer, FakeApp
from ..core.error import ApiError
from . import errors, schema, wire

BULK_REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
BULK_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
PREFIX = "bulkId:"
_PATH = re.compile(r"/(Users|Groups)(?:/([^/?#]+))?")
_REFERENCE = re.compile(r"bulkId:([^/]+)")


@dataclass(frozen=True)
class Item:
    """One operation as it was sent, and its place in the request."""

    at: int
    method: str
    path: str
    bulk_id: str
    version: str
    data: Any

    @cached_property
    def needs(self) -> frozenset[str]:
        """The bulkIds it refers to, its own not among them."""
        found = set(_REFERENCE.findall(self.path)) | set(_references(self.data))
        return frozenset(found - {self.bulk_id})


def run(app: FakeApp, sent: bytes) -> dict[str, Any]:
    """All operations; with `failOnErrors` as many as it takes to fail so often."""
    behaviour = app.state.behaviour
    if len(sent) > (most := behaviour.whole("bulk_bytes", 1_048_576)):
        raise errors.too_large(f"The body is above the maxPayloadSize of {most}")
    told = {name.lower(): value for name, value in wire.read_json(sent).items()}
    items = _read(told)
    if len(items) > (most := behaviour.whole("bulk_operations", 1000)):
        raise errors.too_large(f"There are more than the maxOperations of {most}")
    replies = _Run(app, items, told.get("failonerrors")).replies()
    return {"schemas": [BULK_RESPONSE], "Operations": replies}


# --- reading ---------------------------------------------------------------------------------


def _read(told: Mapping[str, Any]) -> list[Item]:
    schema.check_message(told.get("schemas"), BULK_REQUEST)
    most = told.get("failonerrors")
    if most is not None and (not isinstance(most, int) or isinstance(most, bool) or most < 1):
        raise errors.invalid_value("failOnErrors is no number above 0")
    operations = told.get("operations")
    if not isinstance(operations, list):
        raise errors.invalid_syntax("Operations is no list")
    items = [_item(at, each) for at, each in enumerate(operations)]
    named = [item.bulk_id for item in items if item.bulk_id]
    if len(set(named)) < len(named):
        raise errors.invalid_value("A bulkId stands for more than one operation")
    return items


def _item(at: int, told: Any) -> Item:
    if not isinstance(told, dict):
        raise errors.invalid_syntax(f"Operation {at} is no object")
    texts = [told.get(name, "") for name in ("method", "path", "bulkId", "version")]
    if not all(isinstance(text, str) for text in texts):
        raise errors.invalid_syntax(f"Operation {at} is of other types")
    method, path, bulk_id, version = texts
    return Item(at, method.upper(), path, bulk_id, version, told.get("data"))


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if value.startswith(PREFIX):
            yield value.removeprefix(PREFIX)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)


# --- working off -----------------------------------------------------------------------------


class _Run:
    """One bulk request: what waits for what, and what became of each operation."""

    def __init__(self, app: FakeApp, items: list[Item], most_errors: int | None) -> None:
        self._app = app
        self._items = items
        self._most = most_errors
        self._ids: dict[str, str] = {}
        self._replies: dict[int, dict[str, Any]] = {}
        self._late: list[tuple[str, dict[str, Any]]] = []
        self._made_later = {item.bulk_id for item in items if item.bulk_id}
        self._failed = 0
        self._base = wire.base()
        self._headers = {"Authorization": request.headers.get("Authorization", "")}
        if agent := request.headers.get("User-Agent"):
            self._headers["User-Agent"] = agent

    def replies(self) -> list[dict[str, Any]]:
        waiting = list(self._items)
        while waiting and (self._most is None or self._failed < self._most):
            item = self._next(waiting)
            waiting.remove(item)
            self._made_later.discard(item.bulk_id)
            self._work(item)
        self._fill_in()
        return [self._replies[at] for at in sorted(self._replies)]

    def _next(self, waiting: list[Item]) -> Item:
        """The first whose references are made; in a circle the first group that can do without."""
        ready = next((item for item in waiting if not item.needs & self._made_later), None)
        return ready or next((item for item in waiting if _can_wait(item)), waiting[0])

    def _work(self, item: Item) -> None:
        try:
            refusal = _wrong(item) or self._unknown(item)
            if refusal:
                raise refusal
            answer = self._send(self._resolved(item) if item.needs else item)
        except ApiError as error:
            answer = _refused(error)
        self._note(item, answer)

    def _unknown(self, item: Item) -> ApiError | None:
        """409 where a reference cannot be resolved, as the standard says of circles."""
        if not item.needs:
            return None
        allowed = self._made_later if _can_wait(item) else set()
        missing = sorted(item.needs - self._ids.keys() - allowed)
        if not missing:
            return None
        return errors.unresolved(missing[0])

    def _resolved(self, item: Item) -> Item:
        path = _REFERENCE.sub(lambda found: self._ids[found[1]], item.path)
        data = item.data
        if item.needs & self._made_later - self._ids.keys():
            members = data["members"]
            late = [each for each in members if set(_references(each)) - self._ids.keys()]
            data = {**data, "members": [each for each in members if each not in late]}
            self._late += [(item.bulk_id, each) for each in late]
        return replace(item, path=path, data=self._with_ids(data))

    def _with_ids(self, value: Any) -> Any:
        if isinstance(value, str) and value.startswith(PREFIX):
            return self._ids.get(value.removeprefix(PREFIX), value)
        if isinstance(value, dict):
            return {name: self._with_ids(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self._with_ids(each) for each in value]
        return value

    def _send(self, item: Item) -> Answer:
        headers = {**self._headers, "If-Match": item.version} if item.version else self._headers
        body = b"" if item.method == "DELETE" else json.dumps(item.data).encode()
        return self._app.inner(item.method, self._base + item.path, headers, body)

    def _note(self, item: Item, answer: Answer) -> None:
        told: dict[str, Any] = {"method": item.method}
        if item.bulk_id:
            told["bulkId"] = item.bulk_id
        headers = dict(answer.headers)
        if answer.status < 300:
            if item.method == "POST":
                self._ids[item.bulk_id] = _document(answer)["id"]
            told["location"] = headers.get("Location") or self._location(item)
            if "ETag" in headers:
                told["version"] = headers["ETag"]
        else:
            if item.method != "POST":
                told["location"] = self._location(item)
            told["response"] = _document(answer)
            self._failed += answer.status >= 400
        self._replies[item.at] = {**told, "status": str(answer.status)}

    def _location(self, item: Item) -> str:
        return self._base + _REFERENCE.sub(lambda found: self._ids.get(found[1], ""), item.path)

    def _fill_in(self) -> None:
        """The members that a circle had left out join as soon as all is made."""
        for bulk_id, member in self._late:
            group_id = self._ids.get(bulk_id)
            if group_id is None or set(_references(member)) - self._ids.keys():
                continue
            value = {"op": "add", "path": "members", "value": [self._with_ids(member)]}
            data = {"schemas": [scim.PATCH_OP], "Operations": [value]}
            self._send(Item(-1, "PATCH", f"/Groups/{group_id}", "", "", data))


def _document(answer: Answer) -> Any:
    """What an operation was answered with; a text where that is no JSON, as some refuse."""
    text = answer.body.decode()
    is_json = "json" in dict(answer.headers).get("Content-Type", "json")
    return json.loads(text) if text and is_json else text or {}


def _can_wait(item: Item) -> bool:
    """Whether what it refers to may be filled in later: members of a group that is made."""
    if item.method != "POST" or item.path != "/Groups" or not isinstance(item.data, dict):
        return False
    rest = {name: value for name, value in item.data.items() if name != "members"}
    return isinstance(item.data.get("members"), list) and not set(_references(rest))


def _wrong(item: Item) -> ApiError | None:
    """What is wrong with an operation of its own."""
    if item.method not in ("POST", "PUT", "PATCH", "DELETE"):
        return errors.invalid_syntax(f"{item.method} is no method of a bulk operation")
    found = _PATH.fullmatch(item.path)
    if not found or (found[2] is None) is not (item.method == "POST"):
        return errors.invalid_path(f"{item.path} is no place for a {item.method}")
    if item.method == "POST" and not item.bulk_id:
        return errors.invalid_syntax("A POST has no bulkId")
    return None


def _refused(error: ApiError) -> Answer:
    body, status, headers = errors.render(error)
    text = body if isinstance(body, str) else json.dumps(body)
    return Answer(status, tuple(headers.items()), text.encode(), 0)
