"""Broken adapters: each is a good one with one small mistake, made by a wrapper around it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import requests

from harness import adapters
from harness.errors import ErrorKind, TargetError
from harness.model import Effect, GroupPlan, MemberRefusal, Outcome
from harness.ports import Connection, Steps, TargetAdapter
from tests.contract.bench import Make

Change = Callable[[Outcome], Outcome]


class Wrapped:
    """An adapter, some of whose methods are others: `methods` are given the good adapter first."""

    def __init__(self, good: TargetAdapter, methods: dict[str, Callable[..., Steps]]) -> None:
        self._good, self._methods = good, methods

    def __getattr__(self, name: str) -> Any:
        own = self._methods.get(name)
        if own is None:
            return getattr(self._good, name)
        return lambda *args, **more: own(self._good, *args, **more)


def with_methods(app: str, **methods: Callable[..., Steps]) -> Make:
    return lambda connection: Wrapped(adapters.load(app)(connection), methods)  # type: ignore[return-value]


def with_steps(app: str, mend: Callable[[Steps], Steps], *names: str) -> Make:
    """Whatever these methods yield goes through `mend`; without names, all of them."""

    class Mended(Wrapped):
        def __getattr__(self, name: str) -> Any:
            value = getattr(self._good, name)
            if not callable(value) or (names and name not in names):
                return value
            return lambda *args, **more: mend(value(*args, **more))

    return lambda connection: Mended(adapters.load(app)(connection), {})  # type: ignore[return-value]


def with_outcomes(app: str, change: Change, *names: str) -> Make:
    """Each outcome of these methods is changed."""
    return with_steps(app, lambda steps: map(change, steps), *names)


def with_connection(app: str, change: Callable[[Connection], Connection]) -> Make:
    return lambda connection: adapters.load(app)(change(connection))


def on_errors(change: Callable[[TargetError], TargetError | None]) -> Change:
    """Changes the errors alone; without one the outcome is told as done."""

    def changed(outcome: Outcome) -> Outcome:
        if outcome.error is None:
            return outcome
        error = change(outcome.error)
        return replace(outcome, error=error, effect=outcome.effect if error else Effect.DONE)

    return changed


def kind_for(kind: ErrorKind, told: ErrorKind) -> Change:
    return on_errors(lambda error: replace(error, kind=told) if error.kind is kind else error)


# --- steps gone wrong ----------------------------------------------------------------------------


def first_only(steps: Steps) -> Steps:
    for outcome in steps:
        yield outcome
        if outcome.groups or outcome.accounts or outcome.members or outcome.added:
            return


def without_last(steps: Steps) -> Steps:
    outcomes = list(steps)
    yield from outcomes[:-1] or outcomes


def every_second(steps: Steps) -> Steps:
    yield from list(steps)[::2]


def twice(steps: Steps) -> Steps:
    for outcome in steps:
        yield outcome
        yield Outcome(Effect.DONE, "nothing at all")


def eager(steps: Steps) -> Steps:
    return iter(list(steps))


def past_errors(steps: Steps) -> Steps:
    yield from steps
    yield Outcome(Effect.DONE, "went on")


def stop_at_a_refusal(steps: Steps) -> Steps:
    for outcome in steps:
        if outcome.refused:
            yield replace(outcome, effect=Effect.REFUSED, error=outcome.refused[0].error)
            return
        yield outcome


# --- outcomes gone wrong -------------------------------------------------------------------------


def unknown_is_done(outcome: Outcome) -> Outcome:
    if outcome.effect is not Effect.UNKNOWN:
        return outcome
    return Outcome(Effect.DONE, outcome.call)


def unknown_is_refused(outcome: Outcome) -> Outcome:
    if outcome.effect is not Effect.UNKNOWN:
        return outcome
    return replace(outcome, effect=Effect.REFUSED)


def refused_is_added(outcome: Outcome) -> Outcome:
    told = tuple(refusal.account_id for refusal in outcome.refused)
    return replace(outcome, refused=(), added=(*outcome.added, *told))


def refused_is_dropped(outcome: Outcome) -> Outcome:
    return replace(outcome, refused=())


def refused_is_both(outcome: Outcome) -> Outcome:
    told = tuple(refusal.account_id for refusal in outcome.refused)
    return replace(outcome, added=(*outcome.added, *told))


def refused_without_a_sentence(outcome: Outcome) -> Outcome:
    mute = (MemberRefusal(r.account_id, replace(r.error, message="")) for r in outcome.refused)
    return replace(outcome, refused=tuple(mute))


def added_is_not_told(outcome: Outcome) -> Outcome:
    return replace(outcome, added=())


def without_id(outcome: Outcome) -> Outcome:
    return replace(outcome, id=None)


# --- methods gone wrong --------------------------------------------------------------------------


def some_members(good: Any, target_id: str, *, add: Sequence[str], remove: Sequence[str]) -> Steps:
    return good.change_members(target_id, add=add[:20], remove=remove)


def no_removal(good: Any, target_id: str, *, add: Sequence[str], remove: Sequence[str]) -> Steps:
    return good.change_members(target_id, add=add, remove=[])


def a_call_for_nothing(
    good: Any, target_id: str, *, add: Sequence[str], remove: Sequence[str]
) -> Steps:
    yield from good.list_members(target_id)
    yield from good.change_members(target_id, add=add, remove=remove)


def one_member_a_call(
    good: Any, target_id: str, *, add: Sequence[str], remove: Sequence[str]
) -> Steps:
    for member in add:
        yield from good.change_members(target_id, add=[member], remove=[])
    yield from good.change_members(target_id, add=[], remove=remove)


def replace_by_first_page(good: Any, target_id: str, members: Sequence[str]) -> Steps:
    present: tuple[str, ...] = ()
    for outcome in good.list_members(target_id):
        yield outcome
        present = outcome.members
        if present or outcome.error:
            break
    add = [member for member in members if member not in present]
    remove = [member for member in present if member not in members]
    yield from good.change_members(target_id, add=add, remove=remove)


def replace_by_adding(good: Any, target_id: str, members: Sequence[str]) -> Steps:
    return good.change_members(target_id, add=members, remove=[])


def found_by(fits: Callable[[str, str], bool]) -> Callable[..., Steps]:
    """Looks through all groups and takes those whose name fits."""

    def find_groups(good: Any, name: str, _place: str | None) -> Steps:
        for outcome in good.list_groups():
            found = tuple(group for group in outcome.groups if fits(group.name, name))
            yield replace(outcome, groups=found)

    return find_groups


def any_place(good: Any, name: str, _place: str | None) -> Steps:
    return good.find_groups(name, None)


def keys_that_start_so(good: Any, key: str) -> Steps:
    for outcome in good.list_groups():
        keys = {group.id: str(group.attributes.get("key", "")) for group in outcome.groups}
        found = tuple(group for group in outcome.groups if keys[group.id].startswith(key))
        yield replace(outcome, groups=found)


def renamed(change: Callable[[str], str]) -> dict[str, Callable[..., Steps]]:
    """Names are changed on their way in."""
    return {
        "create_group": lambda good, plan: good.create_group(replace(plan, name=change(plan.name))),
        "rename_group": lambda good, target_id, name: good.rename_group(target_id, change(name)),
    }


def another_key_each_time() -> Callable[..., Steps]:
    numbers = count()

    def create_group(good: Any, plan: GroupPlan) -> Steps:
        return good.create_group(replace(plan, key=f"{plan.key}-{next(numbers)}"))

    return create_group


def take_over(good: Any, plan: GroupPlan) -> Steps:
    """Whoever has the name is taken for ours."""
    found: list[Any] = []
    for outcome in good.find_groups(plan.name, plan.place):
        found += outcome.groups
        yield replace(outcome, id=found[0].id if found else None)
    if found:
        yield from good.change_members(found[0].id, add=plan.member_ids, remove=[])
    else:
        yield from good.create_group(plan)


def members_in_another_order() -> Callable[..., Steps]:
    numbers = count()

    def change_members(
        good: Any, target_id: str, *, add: Sequence[str], remove: Sequence[str]
    ) -> Steps:
        turned = list(add)[:: 1 if next(numbers) % 2 else -1]
        return good.change_members(target_id, add=turned, remove=remove)

    return change_members


def the_other_way_round(good: Any, account_id: str, *, active: bool) -> Steps:
    return good.set_active(account_id, active=not active)


# --- connections gone wrong ----------------------------------------------------------------------


@dataclass
class Stopped:
    """A clock that the adapter read once and never again."""

    at: float

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        raise AssertionError(f"asked to sleep {seconds} s")


def stopped_clock(connection: Connection) -> Connection:
    return replace(connection, clock=Stopped(connection.clock.now()))


class Session:
    """A session that does something of its own with each request."""

    def __init__(self, send: Callable[..., requests.Response]) -> None:
        self.send = send


def through(send: Callable[..., requests.Response]) -> Callable[[Connection], Connection]:
    def changed(connection: Connection) -> Connection:
        own = Session(lambda request, **more: send(connection, request, **more))
        return replace(connection, session=own)  # type: ignore[arg-type]

    return changed


def again_without_a_reply(
    connection: Connection, request: requests.PreparedRequest, **more: Any
) -> requests.Response:
    try:
        return connection.session.send(request, **more)
    except requests.ConnectionError:
        raise
    except requests.Timeout:
        return connection.session.send(request, **more)


def again_after_a_wait(
    connection: Connection, request: requests.PreparedRequest, **more: Any
) -> requests.Response:
    reply = connection.session.send(request, **more)
    if reply.status_code == 429:
        connection.clock.sleep(float(reply.headers.get("Retry-After") or 1))
        reply = connection.session.send(request, **more)
    return reply


def after_a_pause(
    connection: Connection, request: requests.PreparedRequest, **more: Any
) -> requests.Response:
    connection.clock.sleep(0.2)
    return connection.session.send(request, **more)


def in_a_fraction(
    connection: Connection, request: requests.PreparedRequest, **more: Any
) -> requests.Response:
    reply = connection.session.send(request, **more)
    told = reply.headers.get("Retry-After", "")
    if "." in told:
        reply.headers["Retry-After"] = told.partition(".")[0]
    return reply


def no_json_raises(
    connection: Connection, request: requests.PreparedRequest, **more: Any
) -> requests.Response:
    reply = connection.session.send(request, **more)
    if reply.content:
        reply.json()
    return reply


def only_success_counts(
    connection: Connection, request: requests.PreparedRequest, **more: Any
) -> requests.Response:
    """Gateway errors are taken for the empty reply of a write that worked."""
    reply = connection.session.send(request, **more)
    if reply.status_code in (500, 502, 504) and request.method != "GET":
        reply.status_code, reply._content = 204, b""
    return reply


def tells_the_token(make: Make) -> Make:
    """What was sent stands in the message of every error."""

    def made(connection: Connection) -> TargetAdapter:
        sent: list[str] = []

        def send(
            inner: Connection, request: requests.PreparedRequest, **more: Any
        ) -> requests.Response:
            sent.append(str(request.headers.get("Authorization")))
            return inner.session.send(request, **more)

        good = make(through(send)(connection))
        told = on_errors(lambda error: replace(error, message=f"{error.message} {sent[-1]}"))

        class Telling(Wrapped):
            def __getattr__(self, name: str) -> Any:
                value = getattr(good, name)
                if not callable(value):
                    return value
                return lambda *args, **more: map(told, value(*args, **more))

        return Telling(good, {})  # type: ignore[return-value]

    return made


def with_inside(app: str, change: Callable[[Any], Any]) -> Make:
    """Something within the adapter is changed once it is made."""

    def made(connection: Connection) -> TargetAdapter:
        good: Any = adapters.load(app)(connection)
        change(good)
        return good

    return made


def with_capabilities(app: str, **more: Any) -> Make:
    """Declares what is not so."""

    def made(connection: Connection) -> TargetAdapter:
        good = adapters.load(app)(connection)
        wrapped = Wrapped(good, {})
        wrapped.capabilities = replace(good.capabilities, **more)  # type: ignore[attr-defined]
        return wrapped  # type: ignore[return-value]

    return made


def habit_of_its_own(app: str) -> Make:
    """Reads before it writes where Okta's habits are asked for, without declaring any."""

    def made(connection: Connection) -> TargetAdapter:
        good = adapters.load(app)(connection)
        methods = {"change_members": a_call_for_nothing} if connection.wire == "okta" else {}
        return Wrapped(good, methods)  # type: ignore[return-value]

    return made


def unread_is_nobody(steps: Steps) -> Iterator[Outcome]:
    """What cannot be read is taken for an empty list."""
    for outcome in steps:
        yield Outcome(Effect.DONE, outcome.call) if outcome.effect is Effect.UNKNOWN else outcome
