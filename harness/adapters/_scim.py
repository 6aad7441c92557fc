"""SCIM 2.0 as adapters speak it: calls, pages, accounts, and groups in two habits of the wire.

`frugal` makes the fewest calls. `okta` repeats what Okta's own SCIM connector was seen to send:
https://developer.okta.com/docs/reference/scim/scim-20 and, for batches of 256,
https://github.com/ory/polis/issues/4080. A vendor's adapter brings its address, its limits and its
error codes.
"""

import json
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from ..errors import ErrorKind, TargetError
from ..model import Account, Effect, GroupPlan, MemberRefusal, Outcome, TargetGroup
from ..ports import Connection, Steps
from ._http import Reply, retry_after, send, unreadable

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
OKTA = "okta"
OKTA_PAGE, OKTA_BATCH = 100, 256

Operation = Mapping[str, Any]


@dataclass(frozen=True)
class Meaning:
    """What a vendor's error code means; `is_member` tells a fault of one member from the rest's."""

    kind: ErrorKind
    missing: str = ""
    is_member: bool = False


@dataclass(frozen=True)
class Dialect:
    """Everything about one provider that the shared part must know.

    `read_code` finds code and sentence of a refusal; `codes` says what they mean, and the status
    decides about any other. `most` is how many users one request may name, `page` a list's page.
    """

    base_url: str
    headers: Mapping[str, str]
    read_code: Callable[[Reply], tuple[str, str]]
    codes: Mapping[str, Meaning] = field(default_factory=dict)
    most: int = 1000
    page: int = 100


@dataclass(frozen=True)
class Request:
    """One call. `about` is what a 404 means is missing: "group", "account" or neither."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    about: str = ""

    @property
    def name(self) -> str:
        return f"{self.method} {self.path.partition('?')[0]}"


@dataclass(frozen=True)
class Answer:
    """What a call brought: a body, or an error and whether the call may have worked."""

    effect: Effect
    body: Any = None
    error: TargetError | None = None
    is_member_fault: bool = False


class Service:
    """One provider: makes one HTTP call per `call`.

    `displays` are addresses of accounts as far as they were met: Okta sends them with its members.
    """

    def __init__(self, connection: Connection, dialect: Dialect) -> None:
        self._connection = connection
        self.dialect = dialect
        self.is_okta = connection.wire == OKTA
        self.displays: dict[str, str] = {}

    @property
    def page(self) -> int:
        return OKTA_PAGE if self.is_okta else self.dialect.page

    @property
    def batch(self) -> int:
        return min(OKTA_BATCH, self.dialect.most) if self.is_okta else self.dialect.most

    def call(self, request: Request) -> Answer:
        headers, body = dict(self.dialect.headers), None
        if request.body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(request.body, ensure_ascii=False, separators=(",", ":")).encode()
        url = self.dialect.base_url + request.path
        reply = send(self._connection, request.method, url, headers=headers, body=body)
        if isinstance(reply, TargetError):
            return Answer(Effect.UNKNOWN, error=reply)
        return self._judge(request, reply)

    def _judge(self, request: Request, reply: Reply) -> Answer:
        if reply.status < 300:
            return Answer(Effect.DONE, reply.body)
        code, message = self.dialect.read_code(reply)
        meaning = self.dialect.codes.get(code) or Meaning(_kind(reply.status), request.about)
        is_absent = meaning.kind is ErrorKind.NOT_FOUND
        error = TargetError(
            meaning.kind,
            code,
            message or reply.reason,
            reason=reply.reason,
            retry_after_s=retry_after(reply.headers),
            missing=meaning.missing if is_absent else "",
        )
        # A gateway's 500, 502 or 504 may stand before a write that went through.
        is_open = reply.status >= 500 and reply.status != 503
        effect = Effect.UNKNOWN if is_open else Effect.REFUSED
        return Answer(effect, reply.body, error, meaning.is_member)

    # --- calls as outcomes -------------------------------------------------------------------

    def one(self, request: Request) -> Steps:
        answer = self.call(request)
        yield Outcome(answer.effect, request.name, error=answer.error)

    def make(self, request: Request) -> Steps:
        """A call whose reply must bring an id; without one nobody knows what was made."""
        yield made(request, self.call(request))

    def pages(self, path: str, where: str = "") -> Iterator[tuple[Outcome, list[Any]]]:
        """Each page's outcome and resources. `totalResults` may change between pages."""
        start, chosen = 1, f"filter={quote(where, safe='')}&" if where else ""
        while start:
            query = f"{chosen}startIndex={start}&count={self.page}"
            request = Request("GET", f"{path}?{query}")
            outcome, resources, total = self._page(request)
            yield outcome, resources
            start += len(resources)
            if outcome.error or not resources or start > total:
                return

    def _page(self, request: Request) -> tuple[Outcome, list[Any], int]:
        answer = self.call(request)
        outcome = Outcome(answer.effect, request.name, error=answer.error)
        if answer.error:
            return outcome, [], 0
        resources, total = value(answer.body, "Resources"), value(answer.body, "totalResults")
        if resources is None and total == 0:
            resources = []
        is_list = isinstance(resources, list) and all(map(_has_id, resources))
        if not is_list or not isinstance(total, int):
            error = unreadable("The page is no list of resources")
            return Outcome(Effect.UNKNOWN, request.name, error=error), [], 0
        return outcome, resources, total


_STATUS_KINDS = {
    401: ErrorKind.CREDENTIALS,
    404: ErrorKind.NOT_FOUND,
    409: ErrorKind.EXISTS,
    429: ErrorKind.THROTTLED,
}


def _kind(status: int) -> ErrorKind:
    if status >= 500:
        return ErrorKind.UNAVAILABLE
    return _STATUS_KINDS.get(status, ErrorKind.REFUSED)


def value(body: Any, name: str) -> Any:
    return body.get(name) if isinstance(body, dict) else None


def made(request: Request, answer: Answer) -> Outcome:
    """The outcome of a call that makes something."""
    if answer.error:
        return Outcome(answer.effect, request.name, error=answer.error)
    found = value(answer.body, "id")
    if not isinstance(found, str) or not found:
        error = unreadable("The reply has no id")
        return Outcome(Effect.UNKNOWN, request.name, error=error)
    return Outcome(Effect.DONE, request.name, id=found)


def patch(path: str, operations: Sequence[Operation], about: str) -> Request:
    body = {"schemas": [PATCH_OP], "Operations": list(operations)}
    return Request("PATCH", path, body, about)


def equals(attribute: str, text: str) -> str:
    """A filter; texts are JSON strings."""
    return f"{attribute} eq {json.dumps(text, ensure_ascii=False)}"


def _has_id(resource: Any) -> bool:
    return isinstance(value(resource, "id"), str)


# --- accounts ----------------------------------------------------------------------------------


def account_path(account_id: str) -> str:
    return f"/Users/{quote(account_id, safe='')}"


def account(resource: Mapping[str, Any]) -> Account:
    """The primary address, or the first where none is marked."""
    told = resource.get("emails")
    emails = [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []
    primary = next((each for each in emails if each.get("primary") is True), None)
    email = (primary or next(iter(emails), {})).get("value")
    return Account(
        resource["id"],
        str(resource.get("userName") or ""),
        email=str(email or ""),
        active=resource.get("active") is not False,
    )


class Accounts:
    """The account half of an adapter."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def list_all(self) -> Steps:
        for outcome, resources in self._service.pages("/Users"):
            yield replace(outcome, accounts=tuple(map(self._met, resources)))

    def _met(self, resource: Mapping[str, Any]) -> Account:
        found = account(resource)
        self._service.displays[found.id] = found.email
        return found

    def find(self, where: str, fits: Callable[[Account], bool]) -> Steps:
        """What the filter brings and `fits`: a provider may ignore the filter."""
        for outcome, resources in self._service.pages("/Users", where):
            found = tuple(filter(fits, map(self._met, resources)))
            yield replace(outcome, accounts=found)

    def create(self, body: Mapping[str, Any], email: str) -> Steps:
        for outcome in self._service.make(Request("POST", "/Users", body)):
            if outcome.id:
                self._service.displays[outcome.id] = email
            yield outcome

    def update(self, account_id: str, operations: Sequence[Operation]) -> Steps:
        yield from self._service.one(patch(account_path(account_id), operations, "account"))

    def set_active(self, account_id: str, *, active: bool) -> Steps:
        named: Operation = {"op": "replace", "path": "active", "value": active}
        if self._service.is_okta:
            named = {"op": "replace", "value": {"active": active}}
        yield from self.update(account_id, [named])

    def delete(self, account_id: str) -> Steps:
        """One that is gone already is done."""
        request = Request("DELETE", account_path(account_id), about="account")
        for outcome in self._service.one(request):
            gone = outcome.error and outcome.error.kind is ErrorKind.NOT_FOUND
            yield replace(outcome, effect=Effect.DONE, error=None) if gone else outcome


# --- groups ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """One request's worth of member changes."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()

    def halves(self) -> list["Change"]:
        """Smaller changes that together do the same; only those who join can be at fault."""
        if self.remove:
            return [Change(remove=self.remove), Change(add=self.add)]
        middle = len(self.add) // 2
        return [Change(add=self.add[:middle]), Change(add=self.add[middle:])]


def _removal(member: str) -> Operation:
    return {"op": "remove", "path": f"members[value eq {json.dumps(member)}]"}


def changes(add: Sequence[str], remove: Sequence[str], size: int) -> list[Change]:
    """As few requests as `size` users in each allow."""
    leaving, joining = list(dict.fromkeys(remove)), list(dict.fromkeys(add))
    found = []
    while leaving or joining:
        now, leaving = leaving[:size], leaving[size:]
        room = size - len(now)
        found.append(Change(tuple(joining[:room]), tuple(now)))
        joining = joining[room:]
    return found


class Groups:
    """The group half of an adapter. It remembers names, which `okta` tells before each update."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._names: dict[str, str] = {}

    # --- reading -----------------------------------------------------------------------------

    def list_all(self) -> Steps:
        for outcome, resources in self._service.pages("/Groups"):
            yield replace(outcome, groups=tuple(map(self._known, resources)))

    def find(self, name: str) -> Steps:
        """Groups of exactly that name: some compare without case, some ignore the filter."""
        for outcome, resources in self._service.pages("/Groups", equals("displayName", name)):
            found = map(self._known, resources)
            yield replace(outcome, groups=tuple(group for group in found if group.name == name))

    def list_members(self, target_id: str) -> Steps:
        request = Request("GET", _group_path(target_id), about="group")
        yield self._members(request, self._service.call(request))

    def _members(self, request: Request, answer: Answer) -> Outcome:
        outcome = Outcome(answer.effect, request.name, error=answer.error)
        if answer.error:
            return outcome
        members = _member_ids(answer.body)
        if members is None:
            error = unreadable("The group's members cannot be read")
            return Outcome(Effect.UNKNOWN, request.name, error=error)
        if _has_id(answer.body):
            self._known(answer.body)
        return replace(outcome, members=members)

    def _known(self, resource: Mapping[str, Any]) -> TargetGroup:
        group = TargetGroup(resource["id"], str(resource.get("displayName") or ""))
        self._names[group.id] = group.name
        return group

    # --- making, naming, deleting --------------------------------------------------------------

    def create(self, plan: GroupPlan) -> Steps:
        """With the first members in it; `okta` makes it empty and sends them afterwards."""
        members = tuple(dict.fromkeys(plan.member_ids))
        first = () if self._service.is_okta else members[: self._service.batch]
        target_id, is_member_fault = yield from self._create(plan.name, first)
        if is_member_fault:
            first = ()
            target_id, _ = yield from self._create(plan.name, first)
        if target_id:
            self._names[target_id] = plan.name
            yield from self.change(target_id, add=members[len(first) :], remove=())

    def _create(
        self, name: str, members: tuple[str, ...]
    ) -> Generator[Outcome, None, tuple[str, bool]]:
        """The group's id ("" when that failed), and whether a member was what it refused."""
        body = {"schemas": [GROUP], "displayName": name, "members": self._values(members)}
        request = Request("POST", "/Groups", body)
        answer = self._service.call(request)
        if members and answer.is_member_fault:
            yield Outcome(Effect.REFUSED, request.name)
            return "", True
        outcome = made(request, answer)
        yield replace(outcome, added=() if outcome.error else members)
        return outcome.id or "", False

    def rename(self, target_id: str, name: str) -> Steps:
        named: Operation = {"op": "replace", "path": "displayName", "value": name}
        if self._service.is_okta:
            named = {"op": "replace", "value": {"id": target_id, "displayName": name}}
        for outcome in self._service.one(patch(_group_path(target_id), [named], "group")):
            if outcome.error is None:
                self._names[target_id] = name
            yield outcome

    def delete(self, target_id: str) -> Steps:
        self._names.pop(target_id, None)
        yield from self._service.one(Request("DELETE", _group_path(target_id), about="group"))

    # --- members -------------------------------------------------------------------------------

    def change(self, target_id: str, *, add: Sequence[str], remove: Sequence[str]) -> Steps:
        waiting = deque(changes(add, remove, self._service.batch))
        if waiting and not (yield from self._name_first(target_id)):
            return
        while waiting:
            change = waiting.popleft()
            outcome, again = self._send(target_id, change)
            yield outcome
            if outcome.error:
                return
            waiting.extendleft(reversed(again))

    def _send(self, target_id: str, change: Change) -> tuple[Outcome, list[Change]]:
        """One request. Refused for a member's sake it is halved until that member is alone.

        Okta does not: one bad member costs the whole batch
        (https://github.com/fleetdm/fleet/issues/52600).
        """
        request = patch(_group_path(target_id), self._operations(change), "group")
        answer = self._service.call(request)
        outcome = Outcome(answer.effect, request.name, error=answer.error)
        if answer.error is None:
            return replace(outcome, added=change.add, removed=change.remove), []
        if not answer.is_member_fault or self._service.is_okta or not change.add:
            return outcome, []
        if len(change.add) > 1 or change.remove:
            return replace(outcome, error=None), change.halves()
        refusal = MemberRefusal(change.add[0], answer.error)
        return replace(outcome, error=None, refused=(refusal,)), []

    def _operations(self, change: Change) -> list[Operation]:
        """Removes first, one path each, then one add of all: in one request, as Okta sends it."""
        found = list(map(_removal, change.remove))
        if change.add:
            found.append({"op": "add", "path": "members", "value": self._values(change.add)})
        return found

    def _values(self, members: Iterable[str]) -> list[dict[str, str]]:
        displays = self._service.displays if self._service.is_okta else {}
        return [
            {"value": member, "display": displays[member]}
            if member in displays
            else {"value": member}
            for member in members
        ]

    def replace(self, target_id: str, members: Sequence[str]) -> Steps:
        """Overwrite. Where a member is at fault, read and send the difference instead."""
        wanted = tuple(dict.fromkeys(members))
        if not (yield from self._name_first(target_id)):
            return
        first, rest = wanted[: self._service.dialect.most], wanted[self._service.dialect.most :]
        overwrite = {"op": "replace", "path": "members", "value": self._values(first)}
        request = patch(_group_path(target_id), [overwrite], "group")
        answer = self._service.call(request)
        if answer.is_member_fault and not self._service.is_okta:
            yield Outcome(Effect.REFUSED, request.name)
            yield from self._approach(target_id, wanted)
            return
        done = first if answer.error is None else ()
        yield Outcome(answer.effect, request.name, added=done, error=answer.error)
        if answer.error is None and rest:
            yield from self.change(target_id, add=rest, remove=())

    def _approach(self, target_id: str, wanted: Sequence[str]) -> Steps:
        present: list[str] = []
        for outcome in self.list_members(target_id):
            yield outcome
            if outcome.error:
                return
            present += outcome.members
        there, staying = set(present), set(wanted)
        yield from self.change(
            target_id,
            add=[member for member in wanted if member not in there],
            remove=[member for member in present if member not in staying],
        )

    def _name_first(self, target_id: str) -> Generator[Outcome, None, bool]:
        """Okta tells the group's name before each update of its members, batches counting as one.

        A name that is not remembered (the engine was restarted) is read first.
        """
        if not self._service.is_okta:
            return True
        for outcome in () if target_id in self._names else self.list_members(target_id):
            yield outcome
            if outcome.error:
                return False
        for outcome in self.rename(target_id, self._names.get(target_id, "")):
            yield outcome
            if outcome.error:
                return False
        return True


def _member_ids(body: Any) -> tuple[str, ...] | None:
    """None where they cannot be read; no `members` at all, or null, is nobody."""
    told = value(body, "members") or []
    members = [value(each, "value") for each in told] if isinstance(told, list) else [None]
    found = tuple(member for member in members if isinstance(member, str))
    return found if len(found) == len(members) else None


def _group_path(target_id: str) -> str:
    return f"/Groups/{quote(target_id, safe='')}"
