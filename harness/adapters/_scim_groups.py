"""Groups of a SCIM 2.0 provider, and who is in them."""

import json
from collections import deque
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from ..model import Effect, GroupPlan, MemberRefusal, Outcome, TargetGroup
from ..ports import Steps
from ._answers import Answer, Request, failed, made, outcome_of
from ._http import field as value
from ._http import unreadable
from ._scim_service import GROUP, Operation, Service, equals, patch
from ._steps import approach, members_there

NOT_IMPLEMENTED, NO_TARGET, INVALID_PATH = 501, "noTarget", "invalidPath"
UNPARSABLE = "unparsable"


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
        for outcome in self._service.api.one(_on_group("PATCH", target_id, patch([named]))):
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
        request = _on_group("PATCH", target_id, patch(self._operations(change)))
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
        request = _on_group("PATCH", target_id, patch([overwrite]))
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
