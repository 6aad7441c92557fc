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

from ..errors import TargetError
from ..model import Account, Effect, GroupPlan, MemberRefusal, Outcome, TargetGroup
from ..ports import Connection, Steps
from ._answers import Answer, Meaning, Request, failed, kind_of, made, outcome_of
from ._api import Api, Listing, Page
from ._http import Reply, unreadable
from ._http import field as value
from ._steps import approach, gone_is_done, members_there
from ._tokens import GivenToken

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
OKTA = "okta"
OKTA_PAGE, OKTA_BATCH = 100, 256
FEW = 100
NOT_IMPLEMENTED, NO_TARGET, INVALID_PATH = 501, "noTarget", "invalidPath"
UNPARSABLE = "unparsable"

Operation = Mapping[str, Any]


@dataclass(frozen=True)
class Dialect:
    """Everything about one provider that the shared part must know.

    `read_code` finds code and sentence of a refusal; `codes` says what they mean, and the status
    decides about any other. `most` is how many users one request may name, `page` a list's page.
    `group_key` is the attribute in which a group has its mapping's key, where there is one;
    `member_type` is what members are told to be, where that is told. With
    `puts_groups` every change of a group is a PUT of all of it, as Okta's custom apps send it.
    """

    base_url: str
    token: str
    read_code: Callable[[Reply], tuple[str, str]]
    codes: Mapping[str, Meaning] = field(default_factory=dict)
    most: int = 1000
    page: int = 100
    group_key: str = ""
    member_type: str = ""
    puts_groups: bool = False


class Service:
    """One provider, and the habits in which it is spoken to.

    `displays` are addresses of accounts as far as they were met: Okta sends them with its members.
    """

    def __init__(self, connection: Connection, dialect: Dialect) -> None:
        self.api = Api(connection, dialect.base_url, GivenToken(dialect.token), self._explain)
        self.dialect = dialect
        self.is_okta = connection.wire == OKTA
        self._most = dialect.most
        self.displays: dict[str, str] = {}

    @property
    def batch(self) -> int:
        return min(OKTA_BATCH, self.dialect.most) if self.is_okta else self._most

    def may_be_too_many(self, answer: Answer, count: int) -> bool:
        """Whether a refusal may be for the number of members alone; from now on it is fewer.

        The standard has no word for it. A hundred is what those allow who tell a limit:
        https://docs.aws.amazon.com/singlesignon/latest/developerguide/patchgroup.html
        """
        if self.is_okta or answer.status not in (400, 413) or count <= FEW:
            return False
        if answer.is_about_member:
            return False
        self._most = FEW
        return True

    def pages(self, path: str, where: str = "") -> Iterator[Page]:
        """Each page of a list. `totalResults` may change between pages."""
        chosen = f"filter={quote(where, safe='')}&" if where else ""
        size = OKTA_PAGE if self.is_okta else self.dialect.page

        def ask(start: int) -> Request:
            return Request("GET", f"{path}?{chosen}startIndex={start}&count={size}")

        return self.api.pages(Listing(1, ask, _turn))

    def _explain(self, request: Request, reply: Reply) -> Meaning:
        code, message = self.dialect.read_code(reply)
        by_status = Meaning(kind_of(reply.status, "", {}), request.addresses)
        meaning = self.dialect.codes.get(code, by_status)
        return replace(meaning, code=code, message=message)


def _turn(answer: Answer, start: int) -> tuple[Any, int | None] | TargetError:
    resources, total = value(answer.body, "Resources"), answer.value("totalResults", int)
    if resources is None and total == 0:
        return [], None
    if total is None or not isinstance(resources, list):
        return unreadable("The page is no list of resources")
    following = start + len(resources)
    return resources, following if resources and following <= total else None


def _patch(operations: Sequence[Operation]) -> dict[str, Any]:
    return {"schemas": [PATCH_OP], "Operations": list(operations)}


def equals(attribute: str, text: str) -> str:
    """A filter; texts are JSON strings."""
    return f"{attribute} eq {json.dumps(text, ensure_ascii=False)}"


# --- accounts ----------------------------------------------------------------------------------


def _on_account(method: str, account_id: str, body: Mapping[str, Any] | None = None) -> Request:
    return Request(method, f"/Users/{quote(account_id, safe='')}", body, account=account_id)


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
        for page in self._service.pages("/Users"):
            yield replace(page.outcome, accounts=tuple(map(self._met, page.items)))

    def _met(self, resource: Mapping[str, Any]) -> Account:
        found = account(resource)
        self._service.displays[found.id] = found.email
        return found

    def find(self, where: str, fits: Callable[[Account], bool]) -> Steps:
        """What the filter brings and `fits`: a provider may ignore the filter."""
        for page in self._service.pages("/Users", where):
            found = tuple(filter(fits, map(self._met, page.items)))
            yield replace(page.outcome, accounts=found)

    def create(self, body: Mapping[str, Any], email: str) -> Steps:
        for outcome in self._service.api.make(Request("POST", "/Users", body)):
            if outcome.id:
                self._service.displays[outcome.id] = email
            yield outcome

    def update(self, account_id: str, operations: Sequence[Operation]) -> Steps:
        yield from self._service.api.one(_on_account("PATCH", account_id, _patch(operations)))

    def set_active(self, account_id: str, *, active: bool) -> Steps:
        named: Operation = {"op": "replace", "path": "active", "value": active}
        if self._service.is_okta:
            named = {"op": "replace", "value": {"active": active}}
        yield from self.update(account_id, [named])

    def delete(self, account_id: str) -> Steps:
        """One that is gone already is done."""
        yield from gone_is_done(self._service.api.one(_on_account("DELETE", account_id)))


# --- groups ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """One request's worth of member changes."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()

    def halves(self) -> list["Change"]:
        """Smaller changes that together do the same."""
        if self.remove and self.add:
            return [Change(remove=self.remove), Change(add=self.add)]
        one, other = _halved(self.add), _halved(self.remove)
        return [Change(one[0], other[0]), Change(one[1], other[1])]


def _halved(ids: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    middle = len(ids) // 2
    return ids[:middle], ids[middle:]


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
        for page in self._service.pages("/Groups"):
            yield replace(page.outcome, groups=tuple(map(self._known, page.items)))

    def find(self, name: str) -> Steps:
        """Groups of exactly that name: some compare without case, some ignore the filter."""
        for page in self._service.pages("/Groups", equals("displayName", name)):
            found = tuple(g for g in map(self._known, page.items) if g.name == name)
            yield replace(page.outcome, groups=found)

    def find_by_key(self, key: str) -> Steps:
        """Groups made for that key; none where no key is kept."""
        attribute = self._service.dialect.group_key
        if not attribute or self._service.is_okta:
            return
        for page in self._service.pages("/Groups", equals(attribute, key)):
            items = [each for each in page.items if each.get(attribute) == key]
            yield replace(page.outcome, groups=tuple(map(self._known, items)))

    def list_members(self, target_id: str) -> Steps:
        request = _on_group("GET", target_id)
        yield self._members(request, self._service.api.call(request))

    def _members(self, request: Request, answer: Answer) -> Outcome:
        if answer.error:
            return outcome_of(request, answer)
        members = _member_ids(answer.body)
        if members is None:
            return failed(request, unreadable("The group's members cannot be read"))
        if answer.value("id", str) is not None:
            self._known(answer.body)
        return replace(outcome_of(request, answer), members=members)

    def _known(self, resource: Mapping[str, Any]) -> TargetGroup:
        group = TargetGroup(resource["id"], str(resource.get("displayName") or ""))
        self._names[group.id] = group.name
        return group

    # --- making, naming, deleting --------------------------------------------------------------

    def create(self, plan: GroupPlan) -> Steps:
        """With the first members in it; `okta` makes it empty and sends them afterwards."""
        members = tuple(dict.fromkeys(plan.member_ids))
        first = () if self._service.is_okta else members[: self._service.batch]
        target_id, again = yield from self._create(plan, first)
        if again is not None:
            first = first[:again]
            target_id, again = yield from self._create(plan, first)
        if again is not None:
            first = ()
            target_id, _ = yield from self._create(plan, first)
        if target_id:
            self._names[target_id] = plan.name
            yield from self.change_members(target_id, add=members[len(first) :], remove=())

    def _create(
        self, plan: GroupPlan, members: tuple[str, ...]
    ) -> Generator[Outcome, None, tuple[str, int | None]]:
        """The group's id ("" when that failed), and with how many members to try it again.

        None: the refusal was about neither a member nor their number.
        """
        body = {"schemas": [GROUP], "displayName": plan.name, "members": self._values(members)}
        if self._service.dialect.group_key and not self._service.is_okta:
            body[self._service.dialect.group_key] = plan.key
        request = Request("POST", "/Groups", body)
        answer = self._service.api.call(request)
        again = self._fewer(answer, len(members))
        if again is not None:
            yield Outcome(Effect.REFUSED, request.name)
            return "", again
        outcome = made(request, answer)
        yield replace(outcome, added=() if outcome.error else members)
        return outcome.id or "", None

    def _fewer(self, answer: Answer, count: int) -> int | None:
        """How many members a refused create may be tried again with."""
        if answer.error is None or not count:
            return None
        if self._service.may_be_too_many(answer, count):
            return self._service.batch
        return 0 if answer.is_about_member else None

    def rename(self, target_id: str, name: str) -> Steps:
        if self._service.dialect.puts_groups:
            yield from self._put(target_id, lambda present: present, name=name)
            return
        named: Operation = {"op": "replace", "path": "displayName", "value": name}
        if self._service.is_okta:
            named = {"op": "replace", "value": {"id": target_id, "displayName": name}}
        for outcome in self._service.api.one(_on_group("PATCH", target_id, _patch([named]))):
            if outcome.error is None:
                self._names[target_id] = name
            yield outcome

    def delete(self, target_id: str) -> Steps:
        self._names.pop(target_id, None)
        yield from self._service.api.one(_on_group("DELETE", target_id))

    # --- members -------------------------------------------------------------------------------

    def change_members(self, target_id: str, *, add: Sequence[str], remove: Sequence[str]) -> Steps:
        waiting = deque(changes(add, remove, self._service.batch))
        if waiting and self._service.dialect.puts_groups:
            yield from self._put_change(target_id, add, remove)
            return
        if waiting and not (yield from self._name_first(target_id)):
            return
        while waiting:
            change = waiting.popleft()
            outcome, again = self._send(target_id, change)
            if self._knows_no_value_paths(outcome, change):
                yield replace(outcome, error=None)
                yield from self._overwrite(target_id, [change, *waiting])
                return
            yield outcome
            if outcome.error:
                return
            waiting.extendleft(reversed(again))

    def _knows_no_value_paths(self, outcome: Outcome, change: Change) -> bool:
        """https://docs.github.com/en/rest/scim: some take no filter within a path."""
        error = outcome.error
        is_about_path = error is not None and error.code == INVALID_PATH
        return is_about_path and bool(change.remove) and not self._service.is_okta

    def _overwrite(self, target_id: str, waiting: Sequence[Change]) -> Steps:
        """Read who is in, and send who should be: for those whom nobody can be taken out of."""
        present = yield from members_there(self, target_id)
        if present is None:
            return
        leaving = {each for change in waiting for each in change.remove}
        joining = [each for change in waiting for each in change.add]
        staying = [each for each in present if each not in leaving]
        gone = tuple(sorted(leaving))
        for outcome in self.replace(target_id, [*staying, *joining]):
            new = tuple(each for each in outcome.added if each in set(joining))
            is_done = outcome.effect is Effect.DONE and outcome.call.startswith("PATCH")
            yield replace(outcome, added=new, removed=gone if is_done else ())
            gone = () if is_done else gone

    def _send(self, target_id: str, change: Change) -> tuple[Outcome, list[Change]]:
        """One request. Refused for a member's sake it is halved until that member is alone.

        Okta does not: one bad member costs the whole batch
        (https://github.com/fleetdm/fleet/issues/52600).
        """
        request = _on_group("PATCH", target_id, _patch(self._operations(change)))
        answer = self._service.api.call(request)
        outcome = outcome_of(request, answer)
        if answer.error is None:
            return replace(outcome, added=change.add, removed=change.remove), []
        if self._service.may_be_too_many(answer, len(change.add) + len(change.remove)):
            return replace(outcome, error=None), changes(
                change.add, change.remove, self._service.batch
            )
        if not answer.is_about_member or self._service.is_okta:
            return outcome, []
        if len(change.add) + len(change.remove) > 1:
            return replace(outcome, error=None), change.halves()
        if change.remove:
            return _left_already(outcome, change), []
        refusal = MemberRefusal(change.add[0], answer.error)
        return replace(outcome, error=None, refused=(refusal,)), []

    def _operations(self, change: Change) -> list[Operation]:
        """Removes first, one path each, then one add of all: in one request, as Okta sends it."""
        found = list(map(_removal, change.remove))
        if change.add:
            found.append({"op": "add", "path": "members", "value": self._values(change.add)})
        return found

    def _values(self, members: Iterable[str]) -> list[dict[str, str]]:
        """Okta tells an address with each, as far as it knows one, and no type."""
        service = self._service
        if service.is_okta:
            told = service.displays
            return [
                {"value": one, "display": told[one]} if one in told else {"value": one}
                for one in members
            ]
        kind = {"type": service.dialect.member_type} if service.dialect.member_type else {}
        return [{"value": member, **kind} for member in members]

    def replace(self, target_id: str, members: Sequence[str]) -> Steps:
        """Overwrite. Where a member is at fault, read and send the difference instead."""
        wanted = tuple(dict.fromkeys(members))
        if self._service.dialect.puts_groups:
            yield from self._put(target_id, lambda _present: wanted)
            return
        if not (yield from self._name_first(target_id)):
            return
        size = self._service.dialect.most if self._service.is_okta else self._service.batch
        first, rest = wanted[:size], wanted[size:]
        overwrite = {"op": "replace", "path": "members", "value": self._values(first)}
        request = _on_group("PATCH", target_id, _patch([overwrite]))
        answer = self._service.api.call(request)
        if self._is_to_be_approached(answer, len(first)):
            yield Outcome(Effect.REFUSED, request.name)
            yield from approach(self, target_id, wanted)
            return
        done = first if answer.error is None else ()
        yield replace(outcome_of(request, answer), added=done)
        if answer.error is None and rest:
            yield from self.change_members(target_id, add=rest, remove=())

    def _is_to_be_approached(self, answer: Answer, count: int) -> bool:
        """Whether reading and sending the difference may do what the overwrite did not."""
        if answer.error is None or self._service.is_okta:
            return False
        is_missing = answer.status == NOT_IMPLEMENTED or answer.error.code == UNPARSABLE
        return answer.is_about_member or is_missing or self._service.may_be_too_many(answer, count)

    # --- whole groups ----------------------------------------------------------------------------

    def _put_change(self, target_id: str, add: Sequence[str], remove: Sequence[str]) -> Steps:
        joining, leaving = tuple(dict.fromkeys(add)), tuple(dict.fromkeys(remove))

        def changed(present: Sequence[str]) -> tuple[str, ...]:
            staying = [each for each in present if each not in set(leaving)]
            return tuple(dict.fromkeys([*staying, *joining]))

        yield from self._put(target_id, changed, told=Change(joining, leaving))

    def _put(
        self,
        target_id: str,
        change: Callable[[Sequence[str]], Sequence[str]],
        *,
        name: str | None = None,
        told: Change | None = None,
    ) -> Steps:
        """Read the group, then send all of it: what others changed in between is lost."""
        present = yield from members_there(self, target_id)
        if present is None:
            return
        members = tuple(change(present))
        called = self._names.get(target_id, "") if name is None else name
        body = {"schemas": [GROUP], "id": target_id, "displayName": called}
        request = _on_group("PUT", target_id, {**body, "members": self._values(members)})
        outcome = outcome_of(request, self._service.api.call(request))
        if outcome.error is None:
            self._names[target_id] = called
            done = told or Change(tuple(each for each in members if each not in set(present)))
            outcome = replace(outcome, added=done.add, removed=done.remove)
        yield outcome

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


def _left_already(outcome: Outcome, change: Change) -> Outcome:
    """A removal that finds nobody is done: RFC 7644, 3.5.2.2 does not ask for a refusal of it."""
    if outcome.error is None or outcome.error.code != NO_TARGET:
        return outcome
    return replace(outcome, effect=Effect.DONE, removed=change.remove, error=None)


def _member_ids(body: Any) -> tuple[str, ...] | None:
    """None where they cannot be read; a group with no `members` at all, or null, has nobody."""
    if not isinstance(value(body, "id"), str):
        return None
    told = value(body, "members") or []
    members = [value(each, "value") for each in told] if isinstance(told, list) else [None]
    found = tuple(member for member in members if isinstance(member, str))
    return found if len(found) == len(members) else None


def _on_group(method: str, target_id: str, body: Mapping[str, Any] | None = None) -> Request:
    return Request(method, f"/Groups/{quote(target_id, safe='')}", body, group=target_id)


class ScimAdapter:
    """What the adapters of all SCIM apps do alike; how people are described is each one's own."""

    def __init__(self, service: Service) -> None:
        self._accounts, self._groups = Accounts(service), Groups(service)

    def list_accounts(self) -> Steps:
        return self._accounts.list_all()

    def set_active(self, account_id: str, *, active: bool) -> Steps:
        return self._accounts.set_active(account_id, active=active)

    def delete_account(self, account_id: str) -> Steps:
        return self._accounts.delete(account_id)

    def list_groups(self) -> Steps:
        return self._groups.list_all()

    def find_groups(self, name: str, place: str | None) -> Steps:
        """Whether groups can be filtered or not: what comes back is compared all the same."""
        return self._groups.find(name)

    def find_by_key(self, key: str) -> Steps:
        """None, and no call, where no key is kept."""
        return self._groups.find_by_key(key)

    def create_group(self, plan: GroupPlan) -> Steps:
        return self._groups.create(plan)

    def rename_group(self, target_id: str, name: str) -> Steps:
        return self._groups.rename(target_id, name)

    def delete_group(self, target_id: str) -> Steps:
        return self._groups.delete(target_id)

    def list_members(self, target_id: str) -> Steps:
        return self._groups.list_members(target_id)

    def change_members(self, target_id: str, *, add: Sequence[str], remove: Sequence[str]) -> Steps:
        return self._groups.change_members(target_id, add=add, remove=remove)

    def replace_members(self, target_id: str, members: Sequence[str]) -> Steps:
        return self._groups.replace(target_id, members)
