"""The ledger: which calls reached the app, how often, in which order, how patiently."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from fnmatch import fnmatchcase
from typing import Annotated

from ...model import CallView
from ..here import Here
from ..judge import Disagreement, clock_text, show
from ..kinds import Choice, Many, OneOperation, Rows, Table, Whole
from ..marks import expectation
from ..shapes import Record
from .okta import Count, Since, in_order

SIGN_IN = "*.token"
"""Calls for a token are not counted in totals: how often they are due depends on the clock."""


@dataclass(frozen=True)
class CallsWanted:
    """What the ledger must show. Items of a batch count by operation, not in totals."""

    exactly: Annotated[int | None, Whole(), "HTTP calls in all, without those for a token"] = None
    at_least: Annotated[int | None, Whole()] = None
    at_most: Annotated[int | None, Whole()] = None
    operations: Annotated[
        dict[str, Count] | None, Table(OneOperation(), Record(Count)), "how often each was called"
    ] = None
    order: Annotated[tuple[str, ...], Rows(OneOperation()), "in this order, others between"] = ()
    none: Annotated[tuple[str, ...], Many(OneOperation()), "operations not called at all"] = ()
    refused: Annotated[int | None, Whole(), "how many calls were refused"] = None
    retry_after: Annotated[
        str | None,
        Choice(("respected",)),
        "after a refusal with Retry-After no call came before the promised moment",
    ] = None
    since: Since = "expectation"


@expectation
def calls(
    here: Here, wanted: Annotated[CallsWanted, Record(CallsWanted)]
) -> Iterator[Disagreement]:
    """Calls that reached the app: a number, or at_most, operations, order, none, retry_after."""
    made = list(here.calls(wanted.since))
    everything = list(with_inner(made))
    names = [call.operation for call in everything]
    yield from _totals(here, wanted, made)
    for pattern, count in (wanted.operations or {}).items():
        number = sum(fnmatchcase(name, pattern) for name in names)
        if not count.admits(number):
            yield Disagreement("calls", pattern, str(count), str(number), (_made(names),))
    for pattern in wanted.none:
        number = sum(fnmatchcase(name, pattern) for name in names)
        if number:
            yield Disagreement("calls", pattern, "none", str(number), (_made(names),))
    yield from in_order(("calls", "order"), wanted.order, names)
    if wanted.retry_after:
        yield from impatient(here, made)


def with_inner(made: Sequence[CallView]) -> Iterator[CallView]:
    """Calls, each followed by the items it carried."""
    for call in made:
        yield call
        yield from call.inner


def _totals(here: Here, wanted: CallsWanted, made: Sequence[CallView]) -> Iterator[Disagreement]:
    counted = [call for call in made if not fnmatchcase(call.operation, SIGN_IN)]
    total = Count(wanted.exactly, wanted.at_least, wanted.at_most)
    if not total.admits(len(counted)):
        names = [call.operation for call in counted]
        yield Disagreement("calls", here.app, str(total), str(len(counted)), (_made(names),))
    refused = [call for call in with_inner(counted) if not call.succeeded]
    if wanted.refused not in (None, len(refused)):
        told = [f"{call.operation} {call.status} {call.refusal or ''}".strip() for call in refused]
        notes = (f"refused: {show(told)}",) if told else ()
        yield Disagreement("calls", "refused", str(wanted.refused), str(len(refused)), notes)


def _made(names: Sequence[str]) -> str:
    counted = Counter(names)
    return f"made: {show({name: counted[name] for name in sorted(counted)})}"


def impatient(here: Here, made: Sequence[CallView]) -> Iterator[Disagreement]:
    """Calls that came before the moment an earlier refusal had promised to answer again."""
    promised = 0.0
    for call in made:
        if call.at < promised and not fnmatchcase(call.operation, SIGN_IN):
            expected = f"no call before {clock_text(promised - here.began)}"
            actual = f"{call.operation} at {clock_text(call.at - here.began)}"
            yield Disagreement("calls", "retry_after", expected, actual)
        for one in (call, *call.inner):
            if one.retry_after and not one.succeeded and not one.lost:
                promised = max(promised, _moment(one.retry_after, one.until))


def _moment(retry_after: str, answered: float) -> float:
    """When the target will answer again: seconds from now, or an HTTP date; else at once."""
    if retry_after.strip().isdigit():
        return answered + int(retry_after)
    try:
        return parsedate_to_datetime(retry_after).timestamp()
    except (TypeError, ValueError):
        return answered
