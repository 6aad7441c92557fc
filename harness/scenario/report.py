"""What a failing item has to say: its steps, the disagreement, the calls around it, its command."""

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from traceback import extract_tb

from .. import world as worlds
from ..model import CallView
from .defaults import written
from .judge import Disagreement, clock_text
from .language import Step, shown
from .limit import TimedOut
from .play import Done, Failed, Play
from .selection import item_id
from .why import Why, is_about_groups, lines, probable_causes

CALLS_SHOWN = 12
CAUSES_SHOWN = 6
FACT_SHOWN = 300
BODY_SHOWN, BODY_SHOWN_VERBOSE = 160, 4000


@dataclass(frozen=True)
class Style:
    """How much is told, and how to run the item again."""

    verbose: bool = False
    seed_was_given: bool = False


def report(play: Play, error: BaseException, style: Style) -> str:
    """The whole report as plain text."""
    return "\n".join(_lines(play, error, style))


def _lines(play: Play, error: BaseException, style: Style) -> Iterator[str]:
    keys = play.scenario.keys
    yield f"{keys.title} [{play.lineup.name}]"
    if keys.case:
        yield f"  cases   {', '.join(keys.case)}"
    if keys.source:
        yield f"  source  {keys.source.strip()}"
    yield f"  id      {item_id(play.scenario.path, play.lineup.name)}"
    yield from _steps(play)
    yield from _what(error)
    if hasattr(play, "here"):
        yield from _causes(play, error)
        yield from _calls(play, style)
        yield from _waiting(play, error)
    yield from _leanings(play)
    yield f"  run just this again:  {command(play, style)}"


def command(play: Play, style: Style) -> str:
    """The command that runs just this item."""
    words = ["pushproof", "run", shown(play.scenario.path), "--app", play.lineup.name]
    if style.seed_was_given:
        words += ["--seed", str(play.seed)]
    return shlex.join([*words, *written(play.defaults)])


# --- steps ---------------------------------------------------------------------------------------


def _steps(play: Play) -> Iterator[str]:
    yield "  steps, at virtual time since the world began:"
    for done in play.history:
        yield f"    {_mark(done)} {clock_text(done.began)}  {done.text}"
    if play.history and not play.history[-1].holds:
        yield f"       {play.history[-1].at}"
    rest = _not_done(play)
    if rest:
        yield f"    ({len(rest)} more not done, the next: {rest[0].text})"


def _mark(done: Done) -> str:
    return "ok  " if done.holds else "FAIL"


def _not_done(play: Play) -> list[Step]:
    begun = {done.at for done in play.history if done.text not in ("given", "at the end")}
    return [step for step in play.steps() if step.at not in begun]


# --- what went wrong -----------------------------------------------------------------------------


def _what(error: BaseException) -> Iterator[str]:
    if isinstance(error, TimedOut):
        yield f"  timed out: {error}; it was here:"
        for frame in extract_tb(error.__traceback__)[-5:-1]:  # the last one is the alarm's own
            yield f"    at {shown_frame(frame.filename)}:{frame.lineno} in {frame.name}"
        return
    if not isinstance(error, Failed):
        yield f"  crashed: {type(error).__name__}: {error}"
        for frame in extract_tb(error.__traceback__)[-4:]:
            yield f"    at {shown_frame(frame.filename)}:{frame.lineno} in {frame.name}"
        return
    yield f"  {error.what}{':' if error.disagreements else ''}"
    for disagreement in error.disagreements:
        yield from _disagreement(disagreement)


def shown_frame(filename: str) -> str:
    """The last parts of a source path, which are the same on every machine."""
    return "/".join(filename.replace("\\", "/").split("/")[-3:])


def _disagreement(found: Disagreement) -> Iterator[str]:
    where = f"  ({found.at})" if found.at else ""
    yield f"    {found.witness} · {found.subject}{where}"
    yield f"      expected: {found.expected}"
    yield f"      actual:   {found.actual}"
    for note in found.notes:
        yield f"      {note}"


# --- why, in the documents' words ----------------------------------------------------------------


def _causes(play: Play, error: BaseException) -> Iterator[str]:
    found = probable_causes(play, error)
    if found:
        yield f"  probable cause{'s' if len(found) > 1 else ''}:"
        name = _namer(_names(play))
        yield from lines([_shortened(why, name) for why in found[:CAUSES_SHOWN]])
    elif is_about_groups(error):
        yield "  no documented cause fits, no error is listed: the engine or the scenario is wrong"
    if len(found) > CAUSES_SHOWN:
        yield f"    and {len(found) - CAUSES_SHOWN} more"


def _shortened(why: Why, name: Callable[[str], str]) -> Why:
    """With names in the place of ids, and no line of evidence longer than can be read."""
    return replace(why, evidence=tuple(_cut(name(fact), FACT_SHOWN) for fact in why.evidence))


# --- the calls around it -------------------------------------------------------------------------


def _calls(play: Play, style: Style) -> Iterator[str]:
    made = sorted(
        (call for label in play.lineup.apps for call in _window(play, label)),
        key=lambda call: (call.at, call.app, call.number),
    )
    if not made:
        yield "  no call reached the target since the last expectation"
        return
    left_out = len(made) - CALLS_SHOWN
    more = f", the last {CALLS_SHOWN} of {len(made)}" if left_out > 0 else ""
    yield f"  calls since the last expectation{more}:"
    names = _names(play)
    for call in made[-CALLS_SHOWN:]:
        yield from _call(_named(call, names), play.here.began, style)


def _names(play: Play) -> Mapping[str, str]:
    """Ids of accounts and groups to the names that the scenario has for them."""
    names: dict[str, str] = {}
    for label in play.lineup.apps:
        target = play.world.targets[label]
        names |= {group.id: f"<{group.name}>" for group in target.groups()}
        people = play.here.people
        names |= {account.id: f"<{people.short(account.login)}>" for account in target.accounts()}
    return names


def _namer(names: Mapping[str, str]) -> Callable[[str], str]:
    """What puts names in the place of ids."""

    def name(text: str) -> str:
        for known, shown_as in names.items():
            text = text.replace(known, shown_as)
        return text

    return name


def _named(call: CallView, names: Mapping[str, str]) -> CallView:
    """The call with names in the place of ids."""
    name = _namer(names)
    inner = tuple(_named(one, names) for one in call.inner)
    return replace(
        call,
        path=name(call.path),
        request=name(call.request),
        reply=name(call.reply),
        inner=inner,
    )


def _window(play: Play, label: str) -> Sequence[CallView]:
    mark = play.here.windows.expectation.calls.get(label, 0)
    return play.world.targets[label].calls(mark)


def _call(call: CallView, began: float, style: Style) -> Iterator[str]:
    yield f"    {clock_text(call.at - began)}  #{call.number} {_outcome(call)}"
    limit = BODY_SHOWN_VERBOSE if style.verbose else BODY_SHOWN
    for arrow, body in (("->", call.request), ("<-", call.reply)):
        if body.strip():
            yield f"        {arrow} {_cut(body, limit)}"
    for inner in call.inner if style.verbose else call.inner[:4]:
        yield f"        · {_outcome(inner)}"
    if len(call.inner) > 4 and not style.verbose:
        yield f"        · and {len(call.inner) - 4} more in this batch"


def _outcome(call: CallView) -> str:
    extra = {
        "": call.refusal,
        "Retry-After ": call.retry_after,
        "fault ": call.fault,
    }
    told = [f"{word}{value}" for word, value in extra.items() if value]
    told += ["reply lost"] if call.lost else []
    path = _cut(call.path, 120)
    return " ".join([call.method, path, str(call.status), *(f"[{each}]" for each in told)])


def _cut(text: str, limit: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else f"{flat[: limit - 1]}…"


def _waiting(play: Play, error: BaseException) -> Iterator[str]:
    if isinstance(error, TimedOut):
        return
    due = play.world.operator.next_due()
    if due is None:
        return
    if due > play.world.clock.now():
        yield f"  a job waits until {clock_text(due - play.here.began)}"
    else:
        yield "  a job is due: the engine goes on after a step that changes something, or a wait"


# --- what it leans on ----------------------------------------------------------------------------


def _leanings(play: Play) -> Iterator[str]:
    found = list(leanings(play))
    if found:
        yield "  leans on what is not confirmed:"
        yield from (f"    [unsure] {leaning}" for leaning in found)


def leanings(play: Play) -> Iterator[str]:
    """Everything unconfirmed that the scenario names: rules, quirks, settings."""
    keys = play.scenario.keys
    yield from keys.unsure
    for kind in play.lineup.kinds:
        for quirk_id in _switched(play, kind):
            quirk = worlds.app_quirks(kind)[quirk_id]
            if quirk.mark == "unsure":
                yield f"{quirk.id} of {kind}: {quirk.sentence} ({quirk.source})"
    known = {**worlds.app_settings(), **worlds.org_settings()}
    for name in _set(play):
        if known[name].mark == "unsure":
            yield f"setting {name}: {known[name].sentence} ({known[name].source})"


def _switched(play: Play, kind: str) -> list[str]:
    at_start = {
        name
        for label, k in play.lineup.apps.items()
        if k == kind
        for name in play.scenario.keys.quirks.of(label, kind)
    }
    return sorted(at_start | _named_in_steps(play, "quirk", "switches"))


def _set(play: Play) -> list[str]:
    settings = play.scenario.keys.settings
    at_start = {
        name for label, kind in play.lineup.apps.items() for name in settings.of(label, kind)
    }
    changed = _named_in_steps(play, "change_settings", "settings")
    return sorted(at_start | changed | set(play.defaults))


def _named_in_steps(play: Play, verb: str, argument: str) -> set[str]:
    steps = [step for step in play.steps() if step.verb.name == verb]
    return {name for step in steps for name in step.arguments.get(argument, {})}
