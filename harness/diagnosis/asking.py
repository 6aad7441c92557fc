"""Asking: each question's pieces of evidence, put to every cause that is about them. Pure."""

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, get_type_hints

from ..model import CallView, LogEvent, MappingView, TargetAccountView, TargetGroupView
from . import causes as room
from .evidence import Evidence, Failure, Listed, Member, PushedGroup, Refusal, Unoffered, Unpushed
from .finding import MARK, Finding

MEMBERS_ASKED = 200  # of one group; the others are like them

UNKNOWN = Finding(
    "the target refused for a reason of its own",
    "read the target's message; then Retry All Groups",
    "",
)


# --- the causes ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cause:
    """A marked function, what it is asked about, and whether more specific ones go first."""

    name: str
    about: type
    find: Callable[[Any], Finding | None]
    is_general: bool

    @property
    def doc(self) -> str:
        return inspect.getdoc(self.find) or ""


@cache
def causes() -> Mapping[str, Cause]:
    """Every cause by name."""
    names = sorted(module.name for module in iter_modules(room.__path__))
    modules = [import_module(f"{room.__name__}.{name}") for name in names]
    found = [cause for module in modules for cause in _marked(module)]
    assert len({cause.name for cause in found}) == len(found), "two causes have one name"
    return {cause.name: cause for cause in sorted(found, key=lambda cause: cause.name)}


def _marked(module: ModuleType) -> Iterator[Cause]:
    for name, value in vars(module).items():
        mark = getattr(value, MARK, None)
        if mark is not None and value.__module__ == module.__name__:
            hints = get_type_hints(value)
            about = hints[next(iter(inspect.signature(value).parameters))]
            yield Cause(name, about, value, is_general=mark == "general")


def ask(evidence: object) -> list[Finding]:
    """What the causes about this evidence say; the general ones where no other one speaks."""
    about = [cause for cause in causes().values() if cause.about is type(evidence)]
    said = _answers([cause for cause in about if not cause.is_general], evidence)
    return said or _answers([cause for cause in about if cause.is_general], evidence)


def _answers(asked: Iterable[Cause], evidence: object) -> list[Finding]:
    answers = [(cause.name, cause.find(evidence)) for cause in asked]
    return [replace(found, name=name) for name, found in answers if found is not None]


# --- questions -----------------------------------------------------------------------------------


def diagnose(failure: Failure) -> Finding:
    """Why a job failed; UNKNOWN where no documented cause fits."""
    return next(iter(ask(failure)), replace(UNKNOWN, evidence=failure.facts))


def about_refusal(refusal: Refusal) -> list[Finding]:
    """Why the org turned a request down."""
    return ask(refusal)


def explain(evidence: Evidence) -> list[Finding]:
    """Why pushed groups are not as their Okta groups; nothing where all is as it should be."""
    found: list[Finding] = []
    for mapping in evidence.mappings:
        found += _about_mapping(evidence, mapping, _differences(evidence, mapping))
    return found


def about_group(
    evidence: Evidence,
    name: str,
    *,
    missing: Sequence[str] = (),
    unexpected: Sequence[str] = (),
    is_unwanted: bool = False,
) -> list[Finding]:
    """Why a group, named as in Okta or in the app, is not as somebody expects it there.

    `missing` and `unexpected` are logins; `is_unwanted` asks why the group is pushed at all.
    """
    named = [m for m in evidence.mappings if name in (m.target_name, m.group)]
    mapping = next((m for m in named if m.target_name == name), next(iter(named), None))
    if mapping is None:
        return [] if is_unwanted else _about_unpushed(evidence, name)
    wanted = dict.fromkeys(missing, True) | dict.fromkeys(unexpected, False)
    return _about_mapping(evidence, mapping, wanted, asked=name, is_unwanted=is_unwanted)


def about_offer(evidence: Evidence, name: str) -> list[Finding]:
    """Why a group of the app is not offered for linking; or, if it is, why it still is."""
    if name in evidence.offered:
        is_live = any(g.name == name and not g.deleted for g in evidence.target_groups)
        listed = ask(Listed(evidence.app, name, is_live))
        return [replace(each, group=name) for each in listed]
    live = (g for g in evidence.target_groups if g.name == name and not g.deleted)
    mapping = next((m for m in evidence.mappings if m.target_name == name), None)
    found = ask(Unoffered(evidence.app, name, next(live, None), mapping))
    return [replace(each, group=name) for each in found]


# --- one group -----------------------------------------------------------------------------------


def _about_mapping(
    evidence: Evidence,
    mapping: MappingView,
    wanted: Mapping[str, bool],
    *,
    asked: str = "",
    is_unwanted: bool = False,
) -> list[Finding]:
    group = _pushed_group(evidence, mapping, asked=asked, is_unwanted=is_unwanted)
    found = [replace(each, group=mapping.group) for each in ask(group)]
    if group.target is None or group.target.deleted:
        return found
    return found + _about_members(_members(evidence, group, wanted))


def _about_members(members: Iterable[Member]) -> list[Finding]:
    """One finding for each cause, with all users it was found for and the evidence of the first."""
    found: dict[str, Finding] = {}
    for member in members:
        for each in ask(member):
            known = found.get(each.name)
            users = (*known.users, member.user) if known else (member.user,)
            found[each.name] = replace(known or each, group=member.mapping.group, users=users)
    return list(found.values())


def _pushed_group(
    evidence: Evidence, mapping: MappingView, *, asked: str, is_unwanted: bool
) -> PushedGroup:
    target = _target(evidence, mapping)
    return PushedGroup(
        app=evidence.app,
        mapping=mapping,
        target=target,
        twins=_twins(evidence, target) if target else (),
        unsent=_unsent(evidence, mapping),
        asked=asked,
        is_unwanted=is_unwanted,
        events=_events(evidence, mapping.group, since=mapping.created),
    )


def _target(evidence: Evidence, mapping: MappingView) -> TargetGroupView | None:
    return next((g for g in evidence.target_groups if g.id == mapping.external_id), None)


def _twins(evidence: Evidence, target: TargetGroupView) -> tuple[TargetGroupView, ...]:
    """Other live groups of the same name, in the same OU where the app has such."""
    return tuple(
        group
        for group in evidence.target_groups
        if (group.name, group.place) == (target.name, target.place)
        and group.id != target.id
        and not group.deleted
    )


def _unsent(evidence: Evidence, mapping: MappingView) -> tuple[str, ...]:
    """Users whose membership is another one than Okta last sent, and could be sent."""
    source = evidence.groups.get(mapping.group, ())
    known = set(mapping.known_members)
    candidates = [user for user in source if user not in known]
    come = [u for u in candidates if _bare_member(evidence, mapping, u).is_eligible]
    gone = sorted({*known, *mapping.doubtful_members} - set(source))
    return (*come, *gone)


def _about_unpushed(evidence: Evidence, name: str) -> list[Finding]:
    group = Unpushed(
        app=evidence.app,
        group=name,
        is_in_okta=name in evidence.groups,
        elsewhere=tuple(evidence.elsewhere.get(name, ())),
        events=_events(evidence, name),
    )
    return [replace(each, group=name) for each in ask(group)]


def _events(evidence: Evidence, group: str, *, since: float = 0.0) -> tuple[LogEvent, ...]:
    """Events of the app that name the group, or no group at all."""
    label = evidence.app.label
    return tuple(
        event
        for event in evidence.log
        if event.at >= since and event.targets in ((label, group), (label,))
    )


# --- its members ---------------------------------------------------------------------------------


def _differences(evidence: Evidence, mapping: MappingView) -> dict[str, bool]:
    """Who is in one of the two groups only: True for members of the Okta group."""
    target = _target(evidence, mapping)
    there = set(_People(evidence).values_of(target.members)) if target else set()
    source = evidence.groups.get(mapping.group, ())
    missing = dict.fromkeys([user for user in source if user not in there], True)
    return missing | dict.fromkeys(sorted(there - set(source)), False)


def _members(
    evidence: Evidence, group: PushedGroup, wanted: Mapping[str, bool]
) -> Iterator[Member]:
    assert group.target is not None
    people = _People(evidence)
    there = set(people.values_of(group.target.members))
    calls = _calls_about(evidence.calls, group.target.id)
    for user, is_wanted in list(wanted.items())[:MEMBERS_ASKED]:
        bare = _bare_member(evidence, group.mapping, user)
        account = people.account(user)
        yield replace(
            bare,
            is_wanted=is_wanted,
            in_target=user in there,
            account=account,
            events=_events_of(evidence, group.mapping, user),
            calls=_calls_naming(calls, account.id) if account else (),
        )


def _bare_member(evidence: Evidence, mapping: MappingView, user: str) -> Member:
    """What Okta's own books say."""
    return Member(
        app=evidence.app,
        mapping=mapping,
        user=user,
        is_wanted=True,
        in_source=user in evidence.groups.get(mapping.group, ()),
        in_target=False,
        status=str(evidence.users.get(user, "")),
        app_user=evidence.app_users.get(user),
        account=None,
    )


def _events_of(evidence: Evidence, mapping: MappingView, user: str) -> tuple[LogEvent, ...]:
    """Events that name two of user, group and app, the user alone, or the group and its rule."""
    label, group = evidence.app.label, mapping.group
    return tuple(
        event
        for event in evidence.log
        if event.targets in ((user,), (label, user), (label, group), (group, user))
        or (event.type.startswith("group.user_membership.rule") and group in event.targets[1:])
    )


def _calls_about(calls: Sequence[CallView], group_id: str) -> list[CallView]:
    """Writes that name the group; the one that made it names it in its reply."""
    return [
        call
        for call in calls
        if call.method != "GET" and _names(f"{call.path} {call.request} {call.reply}", group_id)
    ]


def _calls_naming(calls: Iterable[CallView], account_id: str) -> tuple[CallView, ...]:
    return tuple(
        call
        for call in calls
        if (call.succeeded or call.lost) and _names(f"{call.path} {call.request}", account_id)
    )


def _names(text: str, an_id: str) -> bool:
    pattern = rf"(?<![\w-]){re.escape(an_id)}(?![\w-])"
    return an_id in text and re.search(pattern, text) is not None


# --- accounts and the users behind them ----------------------------------------------------------


class _People:
    """Accounts by user and users by account: by the id that Okta knows, else by login."""

    def __init__(self, evidence: Evidence) -> None:
        self._accounts = {account.id: account for account in evidence.accounts}
        known = {view.external_id: user for user, view in evidence.app_users.items()}
        by_login = {_local(user): user for user in evidence.users}
        self._users = {
            account.id: known.get(account.id)
            or by_login.get(_local(account.login))
            or account.login
            for account in evidence.accounts
        }
        self._known = {user: account_id for account_id, user in known.items() if account_id}

    def values_of(self, account_ids: Iterable[str]) -> list[str]:
        """The users behind these accounts."""
        return [self._users.get(account_id, account_id) for account_id in account_ids]

    def account(self, user: str) -> TargetAccountView | None:
        """The live account that is the user's, else the one that Okta knows, else any of theirs."""
        own = [a for a in self._accounts.values() if self._users[a.id] == user]
        known = self._accounts.get(self._known.get(user, ""))
        if known is not None and not known.deleted:
            return known
        live = [account for account in own if not account.deleted]
        return next(iter(live or own), known)


def _local(login: str) -> str:
    """What all apps keep of a login."""
    return login.lower().partition("@")[0].rpartition("\\")[2]
