"""The cases that Okta documents, and what of them the catalogue has to show on which app."""

from pathlib import Path

import pytest

from harness import world
from harness.scenario.catalogue import find
from harness.scenario.language import load

SCENARIOS = Path(__file__).parents[2] / "scenarios"
ALL = set(world.app_kinds())
O365, AD, GOOGLE, SLACK = {"o365"}, {"active_directory"}, {"gsuite"}, {"slack"}
OVERWRITTEN = ALL - AD  # Push Now replaces the members; in Active Directory it adds
BY_RULE = ALL - AD  # not offered for Active Directory

DOCUMENTED = {
    "T1": ("a group arrives without its users: unassigned, or not provisioned", ALL),
    "T2": ("only assigned members arrive", ALL),
    "T3": ("same group assigned and pushed: it arrives empty", ALL),
    "T4": ("same group assigned and pushed: a removed user stays", ALL),
    "T5": ("unassigned before removed: the user stays", ALL),
    "T6": ("separate groups: both documented ways", ALL),
    "T7": ("a reactivated user is missing until every group is pushed again", ALL),
    "T8": ("a rule-fed group keeps a deactivated user", ALL),
    "T10": ("a re-created account keeps its stale id until an import", ALL - SLACK),
    "T11": ("one member who cannot be added, and the others", ALL),
    "T16": ("Push Now timed out halfway", OVERWRITTEN),
    "T17": ("Push Now of an emptied group empties the target", OVERWRITTEN),
    "T18": ("hand edits drift until Push Now", OVERWRITTEN),
    "T20": ("hand edits survive Push Now in Active Directory", AD),
    "T21": ("linking removes members", ALL),
    "T26": ("the name is taken, and there is no linking", ALL),
    "T27": ("the group to link is not offered before a refresh", ALL),
    "T28": ("Import Groups cannot be unticked while groups are pushed", ALL),
    "T31": ("linked groups are renamed, or not", ALL),
    "T32": ("a rename is followed, or not", ALL),
    "T34": ("a rule passes over a name that is taken", BY_RULE),
    "T35": ("mappings outlive their push rule's match", BY_RULE),
    "T36": ("a rule with more than a hundred matches", BY_RULE),
    "T37": ("a name that makes no address", GOOGLE),
    "T40": ("the target group was deleted, and the recovery", ALL),
    "T43": ("unlink with delete of a group that is gone", ALL),
    "T45": ("a deleted directory group stays in Okta", AD),
    "T51": ("a proxy answers plain text", ALL),
    "T52": ("an error page turns Okta away", ALL),
    "T55": ("credentials expired", ALL),
    "T57": ("a read timed out while creating", ALL),
    "T60": ("rate limits", ALL),
    "T61": ("consent or scope is missing", O365 | GOOGLE | {"box"}),
    "T62": ("a group is synced from on premises", O365),
    "T66": ("rights are lost on the OU", AD),
    "T67": ("the OU is missing or not chosen", AD),
    "T73": ("a user name is refused", SLACK),
    "T75": ("the integration has no Group Push", ALL),
    "T84": ("bulk edit", ALL),
    "R1": ("provisioning is off", ALL),
    "R9": ("push by rule, and not in Active Directory", ALL),
    "R10": ("create, or link", ALL),
    "R11": ("members pushed later", ALL),
    "R15": ("a SCIM app links a taken name by itself", SLACK),
    "R20": ("one group, several apps", ALL),
    "R23a": ("late members, at both settings", ALL),
    "R26": ("the name is told before members", SLACK),
    "R31": ("Push Now on an emptied group", OVERWRITTEN),
    "R32": ("deactivate, change, activate", ALL),
    "R33": ("unlink deleting and leaving", ALL),
    "R38": ("removal in the right order", ALL),
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
