"""Causes about members: a world where each is named, alone, and a neighbour where it is not."""

from dataclasses import replace
from typing import Any

import pytest

from harness.diagnosis import about_group, explain
from harness.diagnosis.asking import causes
from harness.diagnosis.evidence import Member
from tests.diagnosis.asked import evidence, explained, missing, names, unexpected
from tests.engine.office import AD, O365, Office, login

SLACK, GSUITE = "slack", "gsuite"


def sales(app: str, *members: str, **more: Any) -> Office:
    """A pushed group of provisioned members."""
    office = Office(app, **more)
    office.pushed(*members)
    return office


# --- who is missing ------------------------------------------------------------------------------


def not_assigned():
    office = Office(O365)
    office.people("ana")
    office.group("Sales", "ana")
    office.push()
    return explained(office)


def assigned_but_late():
    office = Office(O365)
    office.people("ana")
    office.group("Sales", "ana")
    office.push()
    office.assign("ana")
    office.op.run()
    return explained(office)


def not_provisioned():
    office = Office(O365)
    office.arm("o365.create_user", "insufficient_privileges")
    office.hire("ana")
    office.group("Sales", "ana")
    office.push()
    return explained(office)


def inactive_in_okta():
    office = Office(O365)
    office.hire("ana")
    office.op.suspend_user(login("ana"))
    office.group("Sales", "ana")
    office.push()
    return explained(office)


def reactivated():
    office = Office(O365)
    office.hire("ana")
    office.op.suspend_user(login("ana"))
    office.group("Sales", "ana")
    office.push()
    office.op.unsuspend_user(login("ana"))
    office.op.run()
    return explained(office)


def same_group_arrives_empty():
    office = Office(O365)
    office.people("ana")
    office.group("Sales")
    office.op.assign_group(O365, "Sales")
    office.push()
    office.join("Sales", "ana")
    office.op.run()
    return explained(office)


def separate_groups_and_late():
    office = Office(O365)
    office.people("ana")
    office.group("Sales", "ana")
    office.group("Everybody with the app", "ana")
    office.push()
    office.op.assign_group(O365, "Everybody with the app")
    office.op.run()
    return explained(office)


def provisioned_after_the_push():
    return separate_groups_and_late()


def provisioned_before_the_push():
    return explained(sales(O365, "ana"))


def taken_out_in_the_app():
    office = sales(O365, "ana", "ben")
    office.target.remove_members(office.target_group().id, [office.external_id("ana")])
    return explained(office)


def taken_out_in_okta():
    office = sales(O365, "ana", "ben")
    office.leave("Sales", "ana")
    office.op.run()
    return missing(office, "ana")


def account_gone_in_the_app():
    office = sales(GSUITE, "ana", "ben")
    office.target.delete_account(office.external_id("ana"))
    return explained(office)


def account_inactive_in_the_app():
    office = sales(SLACK, "ana")
    office.hire("ben")
    office.target.set_account_active(office.external_id("ben"), active=False)
    office.join("Sales", "ben")
    office.op.run()
    return explained(office)


def account_inactive_and_a_member():
    office = sales(GSUITE, "ana", "ben")
    office.target.set_account_active(office.external_id("ben"), active=False)
    return explained(office)


def not_in_the_okta_group():
    office = sales(O365, "ana")
    office.hire("ben")
    return missing(office, "ben")


def removed_by_linking():
    office = Office(AD)
    office.hire("ana", "ben")
    ids = [office.external_id("ana"), office.external_id("ben")]
    office.target.add_group("Vendors", member_ids=ids, place="OU=Groups,DC=ad,DC=example,DC=test")
    office.refresh()
    office.group("Sales", "ana")
    office.push(link_to="Vendors")
    return missing(office, "ben")


# --- who should not be there ---------------------------------------------------------------------


def left_over_same_group():
    office = Office(O365)
    office.people("ana", "ben")
    office.group("Sales", "ana", "ben")
    office.op.assign_group(O365, "Sales")
    office.op.run()
    office.push()
    office.leave("Sales", "ana")
    office.op.run()
    return explained(office)


def left_over_wrong_order():
    office = sales(O365, "ana", "ben")
    office.op.unassign_user(O365, login("ana"))
    office.op.run()
    office.leave("Sales", "ana")
    office.op.run()
    return explained(office)


def the_right_order():
    office = sales(O365, "ana", "ben")
    office.leave("Sales", "ana")
    office.op.run()
    office.op.unassign_user(O365, login("ana"))
    office.op.run()
    return explained(office)


def inactive_user_stays():
    office = sales(O365, "ana", "ben")
    office.op.deactivate_user(login("ana"))
    office.op.run()
    return unexpected(office, "ana")


def unassigned_user_stays():
    office = sales(O365, "ana", "ben")
    office.op.unassign_user(O365, login("ana"))
    office.op.run()
    return unexpected(office, "ana")


def put_in_by_hand(app: str = O365) -> list[str]:
    office = sales(app, "ana")
    office.hire("ben")
    office.target.add_members(office.target_group().id, [office.external_id("ben")])
    return explained(office)


def removed_in_okta_and_put_back_by_hand() -> list[str]:
    office = sales(O365, "ana", "ben")
    office.leave("Sales", "ben")
    office.op.run()
    office.target.add_members(office.target_group().id, [office.external_id("ben")])
    office.op.unassign_user(O365, login("ben"))
    office.op.run()
    return explained(office)


def push_now_only_adds():
    return put_in_by_hand(AD)


# --- the tests -----------------------------------------------------------------------------------


CAUSE_AND_NEIGHBOUR = (
    (not_assigned, assigned_but_late),
    (not_provisioned, not_assigned),
    (inactive_in_okta, reactivated),
    (reactivated, assigned_but_late),
    (same_group_arrives_empty, separate_groups_and_late),
    (provisioned_after_the_push, same_group_arrives_empty),
    (taken_out_in_the_app, taken_out_in_okta),
    (account_gone_in_the_app, taken_out_in_the_app),
    (account_inactive_in_the_app, account_inactive_and_a_member),
    (not_in_the_okta_group, not_assigned),
    (removed_by_linking, not_in_the_okta_group),
    (left_over_same_group, left_over_wrong_order),
    (left_over_wrong_order, left_over_same_group),
    (inactive_user_stays, unassigned_user_stays),
    (unassigned_user_stays, inactive_user_stays),
    (put_in_by_hand, push_now_only_adds),
    (push_now_only_adds, put_in_by_hand),
)
CASES = {cause.__name__: (cause, near) for cause, near in CAUSE_AND_NEIGHBOUR}


def test_every_cause_about_a_member_has_its_world_here():
    assert sorted(CASES) == [name for name, cause in causes().items() if cause.about is Member]


@pytest.mark.parametrize("name", CASES)
def test_a_cause_is_named_alone(name):
    assert CASES[name][0]() == [name]


@pytest.mark.parametrize("name", CASES)
def test_in_a_neighbour_it_is_not_named(name):
    assert name not in CASES[name][1]()


@pytest.mark.parametrize("healthy", [provisioned_before_the_push, the_right_order])
def test_where_all_is_as_it_should_be_nothing_is_found(healthy):
    assert healthy() == []


def test_whoever_was_removed_in_time_and_put_back_by_hand_is_no_left_over():
    """The right order was kept; what is there now is somebody else's doing."""
    assert removed_in_okta_and_put_back_by_hand() == ["put_in_by_hand"]


def test_a_pause_between_leaving_and_losing_the_app_leaves_the_membership_behind():
    office = sales(O365, "ana", "ben")
    office.op.deactivate_mapping(O365, "Sales")
    office.leave("Sales", "ben")
    office.op.unassign_user(O365, login("ben"))
    office.op.run()

    assert unexpected(office, "ben") == ["left_over_wrong_order"]


def test_a_removal_that_is_not_answered_yet_is_nobody_s_doing():
    office = sales(O365, "ana", "ben")
    office.arm("o365.remove_member", "unavailable")
    office.leave("Sales", "ben")
    office.op.run()

    assert explained(office) == ["waits_for_the_app"]


def test_a_member_who_is_rightly_there_has_no_cause():
    office = sales(O365, "ana")

    assert unexpected(office, "ana") == []


def test_an_engine_that_forgets_a_member_is_not_excused():
    """Everything the documents ask for is met: whoever is missing then is missing by mistake."""
    office = sales(O365, "ana", "ben")
    seen = evidence(office)
    (mapping,), (group,) = seen.mappings, seen.target_groups
    ben = office.external_id("ben")
    forgetful = replace(
        seen,
        mappings=(replace(mapping, known_members=(login("ana"),)),),
        target_groups=(replace(group, members=tuple(m for m in group.members if m != ben)),),
    )

    assert names(about_group(forgetful, "Sales", missing=[login("ben")])) == []


def test_one_finding_names_all_users_it_is_about():
    office = Office(O365)
    office.people("ana", "ben", "cy")
    office.group("Sales", "ana", "ben", "cy")
    office.push()

    (found,) = explain(evidence(office))

    assert found.users == tuple(login(name) for name in ("ana", "ben", "cy"))
    assert found.group == "Sales"


def test_the_evidence_says_when_and_which_call():
    office = sales(O365, "ana", "ben")
    office.wait(60)
    office.op.unassign_user(O365, login("ana"))
    office.op.run()
    office.leave("Sales", "ana")
    office.op.run()

    (found,) = explain(evidence(office))
    called, lost, left = found.evidence

    assert lost.text.startswith(f"{login('ana')} lost o365")
    assert left.text == f"{login('ana')} left Sales in Okta"
    assert called.text.startswith(f"last call for {login('ana')}: #")
    assert called.text.endswith("o365.upsert_group was answered 201")
    assert called.at is not None
    assert lost.at is not None
    assert lost.at - called.at >= 60
