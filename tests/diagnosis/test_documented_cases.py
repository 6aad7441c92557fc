"""Every documented case has a cause, or a written reason why none applies."""

import re

import pytest

from harness.diagnosis.asking import causes
from tests.catalogue import sentences

CASES = tuple(f"T{number}" for number in range(1, 86))

REST = "what a client of Okta's REST API meets, not a state of a push"
MENDED = "a defect of Okta's own that was mended"
WITHOUT = {
    "T6": "the cure of T3 to T5, not a trouble",
    "T39": REST,
    "T56": "Okta's console refuses the address before anything can be pushed",
    "T64": "two imports bring the same group; nothing is pushed",
    "T68": MENDED,
    "T70": MENDED,
    "T76": REST,
    "T77": REST,
    "T78": REST,
    "T79": REST,
    "T81": MENDED,
    "T82": MENDED,
    "T84": "how to pause or unlink many, not a trouble",
}
# Ids of sentences that say what Okta does when all goes well.
NO_TROUBLE = {
    "R10": "the choice between making and linking a group",
    "R41": "where errors are listed, and how they are tried again",
    "T84": WITHOUT["T84"],
}


def ids(text: str) -> set[str]:
    """Case and rule ids in a text; `T12-T14` and `T12-14` are three."""
    found: set[str] = set()
    for kind, first, last in re.findall(r"\b([RT])(\d+)a?(?:-[RT]?(\d+))?", text):
        found |= {f"{kind}{number}" for number in range(int(first), int(last or first) + 1)}
    return found


def of_causes() -> set[str]:
    """The ids that the causes name in their first lines."""
    return set().union(*(ids(cause.doc) for cause in causes().values()))


@pytest.mark.parametrize("case", [case for case in CASES if case not in WITHOUT])
def test_a_documented_case_has_a_cause(case):
    assert case in of_causes()


@pytest.mark.parametrize("case", WITHOUT)
def test_a_case_with_a_reason_has_no_cause(case):
    assert case in CASES
    assert case not in of_causes()


@pytest.mark.parametrize("row", sentences.SENTENCES, ids=lambda row: row.says[:60])
def test_a_sentence_of_the_pages_has_a_cause_or_is_no_trouble(row):
    assert ids(" ".join(row.ids)) & (of_causes() | set(NO_TROUBLE))


def test_what_is_said_to_be_no_trouble_has_no_cause():
    assert set(NO_TROUBLE) & of_causes() == set()


def test_every_cause_says_where_it_is_documented():
    """By a case or rule, or by the code of Okta's that it is about; the guard is our own."""
    bare = {name for name, cause in causes().items() if not ids(cause.doc)}

    of_okta = {"agent_offline", "agent_timed_out", "no_such_group", "waits_for_the_agent"}
    assert bare == of_okta | {"removals_held_back"}
