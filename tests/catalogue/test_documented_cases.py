"""The cases that Okta documents, and what of them the catalogue has to show on which app."""

from pathlib import Path

import pytest

from harness import world
from harness.scenario.catalogue import find
from harness.scenario.language import load

SCENARIOS = Path(__file__).parents[2] / "scenarios"
BOTH = {"o365", "active_directory"}
O365, AD = {"o365"}, {"active_directory"}

DOCUMENTED = {
    "T1": ("a group arrives without its users: unassigned, or not provisioned", BOTH),
    "T2": ("only assigned members arrive", BOTH),
    "T3": ("same group assigned and pushed: it arrives empty", BOTH),
    "T4": ("same group assigned and pushed: a removed user stays", BOTH),
    "T5": ("unassigned before removed: the user stays", BOTH),
    "T6": ("separate groups: both documented ways", BOTH),
    "T7": ("a reactivated user is missing until every group is pushed again", BOTH),
    "T8": ("a rule-fed group keeps a deactivated user", BOTH),
    "T10": ("a re-created account keeps its stale id until an import", BOTH),
    "T18": ("hand edits drift until Push Now", O365),
    "T20": ("hand edits survive Push Now in Active Directory", AD),
    "T21": ("linking removes members", BOTH),
    "T26": ("the name is taken, and there is no linking", O365),
    "T27": ("the group to link is not offered before a refresh", BOTH),
    "T32": ("a rename is followed, or not", BOTH),
    "T35": ("mappings outlive their push rule's match", O365),
    "T40": ("the target group was deleted, and the recovery", BOTH),
    "T43": ("unlink with delete of a group that is gone", BOTH),
    "T45": ("a deleted directory group stays in Okta", AD),
    "T55": ("credentials expired", BOTH),
    "T57": ("a read timed out while creating", BOTH),
    "T60": ("rate limits", BOTH),
    "T61": ("consent is missing", O365),
    "T62": ("a group is synced from on premises", O365),
    "T66": ("rights are lost on the OU", AD),
    "T67": ("the OU is missing or not chosen", AD),
    "T84": ("bulk edit", BOTH),
    "R9": ("push by rule, and not in Active Directory", BOTH),
    "R11": ("members pushed later", BOTH),
    "R20": ("one group, several apps", BOTH),
    "R23a": ("late members, at both settings", BOTH),
    "R31": ("Push Now on an emptied group", O365),
    "R32": ("deactivate, change, activate", BOTH),
    "R33": ("unlink deleting and leaving", BOTH),
    "R38": ("removal in the right order", BOTH),
    "R53": ("a directory group of the same name is adopted", AD),
    "R59": ("a directory group is moved", AD),
}


@pytest.fixture(scope="module")
def shown():
    """Case or rule to the kinds of app that it is shown on."""
    kinds = {}
    for path in find([str(SCENARIOS)]):
        scenario = load(path, world)
        for case in scenario.cases:
            for lineup in scenario.lineups:
                kinds.setdefault(case, set()).update(lineup.kinds)
    return kinds


@pytest.mark.parametrize("case", DOCUMENTED)
def test_a_documented_case_is_shown_on_every_app_it_concerns(case, shown):
    sentence, apps = DOCUMENTED[case]

    assert apps <= shown.get(case, set()), sentence
