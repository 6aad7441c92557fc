"""Okta's own witnesses: mappings, app users, users, groups, errors, system log."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from typing import Annotated

from ...model import AppUserView, MappingView, PushError
from ..here import Here
from ..judge import (
    Disagreement,
    clock_text,
    compare,
    compare_fields,
    compare_parts,
    compare_sets,
    contains,
    show,
)
from ..kinds import Choice, Many, Moment, Name, Rows, Table, Text, Whole, WordOr
from ..marks import expectation
from ..shapes import Record
from ..words import Users, Words, Yes

ABSENT = "absent"


@dataclass(frozen=True)
class MappingWanted:
    """What a push mapping must look like; what is not written is not asked."""

    status: Annotated[
        str | None, Choice(("ACTIVE", "INACTIVE", "ERROR", ABSENT)), "asked for by the word alone"
    ] = None
    error: Annotated[str | None, WordOr(("none",), Text()), "a part of the message, or none"] = None
    origin: Annotated[
        str | None, WordOr(("name",), Name("push rule")), "name, or the push rule's name"
    ] = None
    target_name: Annotated[str | None, Text(), "the name it has, or is to have, in the app"] = None
    group_type: Annotated[str | None, Text(), "the kind of group it was made as"] = None
    last_push: Annotated[
        float | str | None,
        Moment(("never", "now")),
        "never; now = in the last step; or hh:mm:ss of virtual time",
    ] = None
    waiting: Annotated[Yes | None, "whether a job for it waits or runs"] = None
    linked: Annotated[Yes | None, "whether it knows the id of its target group"] = None
    known_members: Annotated[Users | None, "whom the link believes to be members"] = None


@expectation
def mapping(
    here: Here,
    groups: Annotated[Mapping[str, MappingWanted], Table(Name("group"), Record(MappingWanted))],
) -> Iterator[Disagreement]:
    """Push mappings of the app by source group: ACTIVE, INACTIVE, ERROR, absent, or a map."""
    found = {view.group: view for view in here.operator.mappings(here.app)}
    for group, wanted in groups.items():
        yield from _one_mapping(here, ("mapping", group), wanted, found.get(group))


def _one_mapping(
    here: Here, where: tuple[str, str], wanted: MappingWanted, view: MappingView | None
) -> Iterator[Disagreement]:
    if view is None or wanted.status == ABSENT:
        yield from compare(
            where, wanted.status or "a mapping", view.status.value if view else ABSENT
        )
        return
    told = (f"error: {view.error}",) if view.error else ()
    if wanted.status:
        yield from compare(where, wanted.status, view.status.value, notes=told)
    if wanted.error == "none":
        yield from compare((where[0], f"{where[1]}: error"), "", view.error)
    else:
        yield from contains((where[0], f"{where[1]}: error"), wanted.error, view.error)
    yield from _mapping_fields(where, wanted, view)
    yield from _last_push(here, where, wanted.last_push, view.last_push)
    if wanted.known_members is not None:
        known = [here.people.short(login) for login in view.known_members]
        yield from compare_sets(
            (where[0], f"{where[1]}: known_members"), wanted.known_members, known
        )


def _mapping_fields(
    where: tuple[str, str], wanted: MappingWanted, view: MappingView
) -> Iterator[Disagreement]:
    actual = {
        "origin": view.origin,
        "target_name": view.target_name,
        "group_type": view.group_type,
        "waiting": bool(view.job),
        "linked": view.external_id is not None,
    }
    yield from compare_fields(where, {name: getattr(wanted, name) for name in actual}, actual)


def _last_push(
    here: Here, where: tuple[str, str], wanted: float | str | None, actual: float | None
) -> Iterator[Disagreement]:
    if wanted is None:
        return
    said = "never" if actual is None else clock_text(actual - here.began)
    if wanted == "now" and actual is not None and actual >= here.windows.step.at:
        return
    expected = wanted if isinstance(wanted, str) else clock_text(wanted)
    if wanted == "now":
        expected = f"during the last step, from {clock_text(here.windows.step.at - here.began)}"
    yield from compare((where[0], f"{where[1]}: last_push"), expected, said)


@dataclass(frozen=True)
class AppUserWanted:
    """What an assignment must look like."""

    status: Annotated[str | None, Choice(("STAGED", "PROVISIONED", "DEPROVISIONED", ABSENT))] = None
    scope: Annotated[str | None, Choice(("USER", "GROUP")), "how it came about"] = None
    error: Annotated[str | None, WordOr(("none",), Text()), "a part of the message, or none"] = None
    linked: Annotated[Yes | None, "whether Okta knows the account's id"] = None


@expectation
def app_users(
    here: Here,
    users: Annotated[Mapping[str, AppUserWanted], Table(Name("user"), Record(AppUserWanted))],
) -> Iterator[Disagreement]:
    """Assignments to the app by user: STAGED, PROVISIONED, DEPROVISIONED, absent, or a map."""
    found = {view.login: view for view in here.operator.app_users(here.app)}
    for user, wanted in users.items():
        view = found.get(here.people.login(user))
        yield from _one_app_user(("app_users", user), wanted, view)


def _one_app_user(
    where: tuple[str, str], wanted: AppUserWanted, view: AppUserView | None
) -> Iterator[Disagreement]:
    if view is None or wanted.status == ABSENT:
        yield from compare(
            where, wanted.status or "an assignment", view.status.value if view else ABSENT
        )
        return
    told = (f"error: {view.error}",) if view.error else ()
    if wanted.status:
        yield from compare(where, wanted.status, view.status.value, notes=told)
    actual = {"scope": view.scope, "linked": view.external_id is not None}
    yield from compare_fields(where, {name: getattr(wanted, name) for name in actual}, actual)
    if wanted.error == "none":
        yield from compare((where[0], f"{where[1]}: error"), "", view.error)
    else:
        yield from contains((where[0], f"{where[1]}: error"), wanted.error, view.error)


USER_STATES = ("STAGED", "PROVISIONED", "ACTIVE", "SUSPENDED", "DEPROVISIONED", ABSENT)


@expectation
def users(
    here: Here, states: Annotated[Mapping[str, str], Table(Name("user"), Choice(USER_STATES))]
) -> Iterator[Disagreement]:
    """Okta users and their status: {ana: ACTIVE, ben: absent}."""
    found = here.operator.users()
    for user, state in states.items():
        actual = found.get(here.people.login(user), ABSENT)
        yield from compare(("users", user), state, str(actual))


@expectation
def groups(
    here: Here,
    members: Annotated[
        Mapping[str, str | tuple[str, ...]],
        Table(Name("group"), WordOr((ABSENT,), Many(Name("user")))),
    ],
) -> Iterator[Disagreement]:
    """Okta groups and exactly their members: {Sales: [ana, ben], Old: absent}."""
    found = here.operator.groups()
    for group, wanted in members.items():
        where = ("groups", group)
        if isinstance(wanted, str) or group not in found:
            yield from compare(where, wanted, "present" if group in found else ABSENT)
        else:
            actual = [here.people.short(login) for login in found[group]]
            yield from compare_sets(where, wanted, actual)


@dataclass(frozen=True)
class Names:
    """A set of names: exactly these, at least these, none of these."""

    exactly: Annotated[tuple[str, ...] | None, Rows(Text())] = None
    includes: Annotated[tuple[str, ...], Many(Text())] = ()
    excludes: Annotated[tuple[str, ...], Many(Text())] = ()


@expectation
def app_groups(here: Here, names: Annotated[Names, Record(Names)]) -> Iterator[Disagreement]:
    """The app's groups that Okta knows and could link: a list (exactly), or includes, excludes."""
    yield from compare_names(("app_groups", here.app), names, here.operator.app_groups(here.app))


def compare_names(
    where: tuple[str, str], wanted: Names, actual: Sequence[str]
) -> Iterator[Disagreement]:
    """Disagreements of a set of names."""
    if wanted.exactly is not None:
        yield from compare_sets(where, wanted.exactly, actual)
    yield from compare_parts(where, wanted.includes, wanted.excludes, actual)


@dataclass(frozen=True)
class ErrorWanted:
    """A row of the error list; `message` and `cause` are parts of it."""

    subject: Annotated[str, Text(), "the group or user it concerns"]
    message: Words | None = None
    cause: Words | None = None


@expectation
def errors(
    here: Here,
    rows: Annotated[tuple[ErrorWanted, ...], Rows(Record(ErrorWanted))],
) -> Iterator[Disagreement]:
    """The app's error list, exactly: [] for none, rows of subject, message, cause."""
    left = list(here.operator.errors(here.app))
    unmatched = [wanted for wanted in rows if not _take(left, partial(_is_row, here, wanted))]
    for wanted in unmatched:
        near = _take(left, partial(_is_about, here, wanted))
        if near is None:
            yield Disagreement("errors", wanted.subject, "a row", "no such row")
        else:
            yield from _row_differs(wanted, near)
    for row in left:
        yield Disagreement("errors", row.subject, "no such row", _row_text(row))


def _take(rows: list[PushError], is_meant: Callable[[PushError], bool]) -> PushError | None:
    """The first row that is meant, taken off the list."""
    found = next((row for row in rows if is_meant(row)), None)
    if found is not None:
        rows.remove(found)
    return found


def _row_differs(wanted: ErrorWanted, row: PushError) -> Iterator[Disagreement]:
    yield from contains(("errors", f"{wanted.subject}: message"), wanted.message, row.message)
    yield from contains(("errors", f"{wanted.subject}: cause"), wanted.cause, _cause(row))


def _is_row(here: Here, wanted: ErrorWanted, row: PushError) -> bool:
    return _is_about(here, wanted, row) and not list(_row_differs(wanted, row))


def _is_about(here: Here, wanted: ErrorWanted, row: PushError) -> bool:
    return wanted.subject in (row.subject, here.people.short(row.subject))


def _row_text(row: PushError) -> str:
    return f"{row.message} (cause: {_cause(row)})"


def _cause(row: PushError) -> str:
    """The probable cause and the documented fix, as they are matched."""
    return f"{row.cause}; {row.fix}" if row.fix else row.cause


SINCE = ("expectation", "step", "start")
Since = Annotated[
    str,
    Choice(SINCE),
    "from the last expect step, in the last step only, or from step 1",
]


@dataclass(frozen=True)
class Count:
    """How often something may have happened."""

    exactly: Annotated[int | None, Whole()] = None
    at_least: Annotated[int | None, Whole()] = None
    at_most: Annotated[int | None, Whole()] = None

    def admits(self, number: int) -> bool:
        return (
            self.exactly in (None, number)
            and (self.at_least is None or number >= self.at_least)
            and (self.at_most is None or number <= self.at_most)
        )

    def __str__(self) -> str:
        parts = {"": self.exactly, "at least ": self.at_least, "at most ": self.at_most}
        told = [f"{word}{number}" for word, number in parts.items() if number is not None]
        return " and ".join(told) or "any number"


@dataclass(frozen=True)
class LogWanted:
    """Events of the system log; a type may be a pattern."""

    events: Annotated[dict[str, Count] | None, Table(Text(), Record(Count))] = None
    order: Annotated[tuple[str, ...], Rows(Text()), "types in the order they must occur"] = ()
    none: Annotated[tuple[str, ...], Many(Text()), "types that must not occur"] = ()
    reason: Annotated[str | None, Text(), "a part of some event's message or reason"] = None
    since: Since = "expectation"


@expectation
def log(
    here: Here,
    wanted: Annotated[LogWanted, Record(LogWanted, short=False)],
) -> Iterator[Disagreement]:
    """System log events: {events: {type: count}, order: [...], none: [...], since: step}."""
    found = here.log(wanted.since)
    types = [event.type for event in found]
    for pattern, count in (wanted.events or {}).items():
        number = sum(fnmatchcase(name, pattern) for name in types)
        if not count.admits(number):
            yield Disagreement("log", pattern, str(count), str(number), (_counts(types),))
    for pattern in wanted.none:
        seen = [name for name in types if fnmatchcase(name, pattern)]
        yield from compare(("log", pattern), 0, len(seen), notes=(_counts(types),))
    yield from in_order(("log", "order"), wanted.order, types)
    texts = [f"{event.message} {event.reason}" for event in found]
    if wanted.reason and not any(wanted.reason.lower() in text.lower() for text in texts):
        yield Disagreement("log", "reason", f"contains {wanted.reason!r}", show(texts))


def in_order(
    where: tuple[str, str], wanted: Sequence[str], actual: Sequence[str]
) -> Iterator[Disagreement]:
    """One disagreement unless the wanted names occur in that order, others between them or not."""
    rest = iter(actual)
    for place, pattern in enumerate(wanted):
        if not any(fnmatchcase(name, pattern) for name in rest):
            note = f"not found after the {place} before it: {pattern}" if place else ""
            notes = (note or f"not found: {pattern}",)
            yield Disagreement(*where, show(wanted), show(actual), notes)
            return


def _counts(types: Sequence[str]) -> str:
    counted = Counter(types)
    return f"logged: {show({name: counted[name] for name in sorted(counted)})}"
