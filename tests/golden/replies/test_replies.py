"""Every route, refusal and quirk answers as its source says, word for word."""

import pytest

from fake_apps import load
from fake_apps.core.refusal import refusals

from .case import Case
from .ledger import all_cases, errors_of
from .stage import differences, play

CASES = [pytest.param(case, id=f"{case.place}, {case.shows[0]}") for case in all_cases()]
FLIPPED = [
    pytest.param(case, shown, id=f"{case.place}, {shown}")
    for case in all_cases()
    for shown in case.shown("quirk")
]


@pytest.mark.parametrize("case", CASES)
def test_the_reply_is_as_its_source_has_it(case: Case):
    shown = play(case)

    assert differences(case.reply, shown) == [], shown.reply.text
    assert not set(case.shown("operation")) - shown.operations, "it is another operation's reply"
    unused = [name for name in case.shown("refusal") if _maker(case.app, name) not in shown.code]
    assert unused == [], "it was refused by something else"


@pytest.mark.parametrize(("case", "shown"), FLIPPED)
def test_the_reply_is_another_with_the_quirk_the_other_way(case: Case, shown: str):
    quirk_id, _, way = shown.partition(" ")
    default = {quirk.id: quirk.default for quirk in load(case.app).quirks}
    assert way == ("on" if case.quirks.get(quirk_id, default[quirk_id]) else "off")

    try:
        other = play(case, quirks={quirk_id: way == "off"})
    except AssertionError:
        return  # it shows in the calls before

    assert differences(case.reply, other)


def _maker(app: str, name: str):
    known = {each.id for each in refusals(errors_of(app))}
    assert name in known, f"{app} has no refusal {name}; there are {', '.join(sorted(known))}"
    return getattr(errors_of(app), name).__code__
