"""Why an item fails, in the documents' words: from the error lists, and from what has no error."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..diagnosis import Evidence, Finding, about_group, about_offer, about_refusal, gather
from ..diagnosis.evidence import Refusal, shown
from ..errors import Refused
from ..model import PushError
from .expect.okta import ABSENT
from .expect.target import DELETED
from .judge import Disagreement, clock_text
from .play import Failed, Play

GROUPS = ("target", "mapping", "match")  # witnesses whose subject is a group


@dataclass(frozen=True)
class Why:
    """A probable cause; `evidence` are lines, each with its virtual time where it has one.

    `name` is the cause's own, which stays when its words change; "" for one that is unknown.
    """

    name: str
    app: str
    subject: str
    message: str  # what the error list says; "" where it says nothing
    cause: str
    fix: str
    source: str
    evidence: tuple[str, ...]


def probable_causes(play: Play, error: BaseException) -> list[Why]:
    """What is known of the reasons; nothing where the engine was cut off and may be half-way."""
    if not isinstance(error, Failed) or not hasattr(play, "here"):
        return []
    listed = [_of_error(play, row) for row in play.errors()]
    told = [_of_finding(play, app, found) for app, found in _findings(play, error)]
    return [*listed, *dict.fromkeys(told)]


def is_about_groups(error: BaseException) -> bool:
    """Whether the item fails over a group, so that a documented cause could be expected."""
    found = error.disagreements if isinstance(error, Failed) else ()
    return any(each.witness in GROUPS for each in found)


# --- asking --------------------------------------------------------------------------------------


def _findings(play: Play, error: Failed) -> Iterator[tuple[str, Finding]]:
    app = _app_of_the_step(play)
    if isinstance(error.__cause__, Refused):
        yield from ((app, found) for found in about_refusal(Refusal.of(error.__cause__)))
    if not error.disagreements:
        return
    evidence = gather(play.world.operator, play.world.targets, app)
    for each in error.disagreements:
        yield from ((app, found) for found in _ask(play, evidence, each))


def _app_of_the_step(play: Play) -> str:
    """The app that the failing step is about."""
    at = play.history[-1].at if play.history else None
    step = next((step for step in play.scenario.keys.steps if step.at == at), None)
    return (step.keys.app if step else None) or next(iter(play.lineup.apps))


def _ask(play: Play, evidence: Evidence, found: Disagreement) -> list[Finding]:
    match found.witness:
        case "target" | "mapping":
            return _about_group(play, evidence, found)
        case "target_groups":
            return [
                *_each(found.missing, lambda name: about_group(evidence, name)),
                *_each(
                    found.unexpected, lambda name: about_group(evidence, name, is_unwanted=True)
                ),
            ]
        case "app_groups":
            names = (*found.missing, *found.unexpected)
            return [*_each(names, lambda name: about_offer(evidence, name))]
        case "match" | "match reason":
            return about_refusal(Refusal("", "", (*found.notes, found.actual)))
        case _:
            return []


def _each(names: Sequence[str], ask: Callable[[str], list[Finding]]) -> Iterator[Finding]:
    return (found for name in names for found in ask(name))


def _about_group(play: Play, evidence: Evidence, found: Disagreement) -> list[Finding]:
    is_unwanted = found.expected in (ABSENT, DELETED)
    return about_group(
        evidence,
        _group_of(evidence, found.subject),
        missing=_logins(play, found.missing),
        unexpected=_logins(play, found.unexpected),
        is_unwanted=is_unwanted,
    )


def _group_of(evidence: Evidence, subject: str) -> str:
    """`Sales: known_members` is about Sales, unless a group is really named like that."""
    names = {*evidence.groups, *(group.name for group in evidence.target_groups)}
    return subject if subject in names else subject.rpartition(": ")[0] or subject


def _logins(play: Play, shorts: Iterable[str]) -> list[str]:
    known: Mapping[str, str] = play.here.people.logins
    return [known.get(short, short) for short in shorts]


# --- telling -------------------------------------------------------------------------------------


def _of_error(play: Play, row: PushError) -> Why:
    evidence = (_fact(play, row.evidence, row.at), f"error list: {row.message}")
    subject = play.here.people.short(row.subject) if row.is_user else row.subject
    return Why(row.name, row.app, subject, row.message, row.cause, row.fix, row.source, evidence)


def _of_finding(play: Play, app: str, found: Finding) -> Why:
    people = [play.here.people.short(login) for login in found.users]
    subject = " · ".join(filter(None, [found.group, shown(people)])) or app
    return Why(
        name=found.name,
        app=app,
        subject=subject,
        message="",
        cause=found.cause,
        fix=found.fix,
        source=found.source,
        evidence=tuple(_fact(play, fact.text, fact.at) for fact in found.evidence),
    )


def _fact(play: Play, text: str, at: float | None) -> str:
    """With the virtual time, and with people's short names."""
    for short, login in play.here.people.logins.items():
        text = text.replace(login, short)
    return text if at is None else f"{clock_text(max(at - play.here.began, 0.0))} {text}"


def lines(found: Sequence[Why]) -> Iterator[str]:
    """The causes as a report tells them, one block each."""
    for why in found:
        yield f"    {why.app} · {why.subject}: {why.cause}"
        for number, fact in enumerate(why.evidence):
            yield f"      {'evidence:' if number == 0 else '         '} {fact}"
        if why.fix:
            yield f"      fix:      {why.fix}"
        if why.source:
            yield f"      source:   {why.source}"
