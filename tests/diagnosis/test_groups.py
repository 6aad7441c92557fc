"""Causes about groups: a world where each is named, alone, and a neighbour where it is not."""

from typing import Any

import pytest

from harness.diagnosis.asking import causes
from harness.diagnosis.evidence import Listed, PushedGroup, Unoffered, Unpushed
from harness.model import PushRequest, PushRule
from harness.world import AppPlan, build
from tests.diagnosis.asked import expected, explained, missing, offered, unwanted
from tests.engine.office import AD, O365, Office, login

SLACK, GSUITE = "slack", "gsuite"


def sales(app: str, *members: str) -> Office:
    """A pushed group of provisioned members, a minute later."""
    office = Office(app)
    office.pushed(*members)
    office.wait(60)
    return office


def ruled(**rule: str) -> Office:
    """An Okta group that a push rule may find."""
    office = Office(O365)
    office.hire("ana")
    office.group("Sales EMEA", "ana")
    office.op.create_push_rule(PushRule(name="all", app=O365, **rule))
    office.op.run()
    return office


# --- nothing is sent, or not yet -----------------------------------------------------------------


def paused():
    office = sales(O365, "ana")
    office.hire("ben")
    office.op.deactivate_mapping(O365, "Sales")
    office.join("Sales", "ben")
    office.op.run()
    return explained(office)


def paused_without_anything_to_send():
    office = sales(O365, "ana")
    office.op.deactivate_mapping(O365, "Sales")
    return explained(office)


def members_left_for_later():
    office = Office(O365)
    office.hire("ana")
    office.group("Sales", "ana")
    office.push(immediately=False)
    return explained(office)


def put_off(app: str, operation: str, fault: str, **more: Any) -> list[str]:
    """A change of members that meets a fault, and is still waiting."""
    office = sales(app, "ana")
    office.hire("ben")
    office.arm(operation, fault, **more)
    office.join("Sales", "ben")
    office.op.run()
    return explained(office)


def waits_for_the_rate_limit():
    return put_off(O365, "o365.add_member", "throttle", retry_after=600)


def waits_for_the_app():
    return put_off(O365, "o365.add_member", "unavailable")


def waits_for_the_agent():
    return put_off(AD, "active_directory.actions", "agent_offline")


def waits_for_new_objects():
    office = Office(GSUITE)
    office.hire("ana")
    office.group("Sales", "ana")
    office.arm("gsuite.insert_member", "refuse", status=404, code="notFound", message=FRESH)
    office.push()
    return explained(office)


FRESH = "Resource Not Found: groupKey"


def queued():
    office = sales(O365, "ana")
    office.hire("ben")
    office.join("Sales", "ben")
    return explained(office)


def worked_off():
    office = sales(O365, "ana")
    office.hire("ben")
    office.join("Sales", "ben")
    office.op.run()
    return explained(office)


# --- changed behind Okta's back ------------------------------------------------------------------


def deleted_in_the_app():
    office = sales(O365, "ana")
    office.target.delete_group(office.target_group().id)
    return explained(office)


def renamed_in_the_app():
    office = sales(O365, "ana")
    office.target.rename_group(office.target_group().id, "Sellers")
    return explained(office)


def renamed_in_okta():
    office = sales(O365, "ana")
    office.op.rename_group("Sales", "Sellers")
    office.op.run()
    return explained(office)


def renaming_is_off():
    office = sales(O365, "ana")
    office.settings(rename_app_groups=False)
    office.op.rename_group("Sales", "Sellers")
    office.op.run()
    return expected(office, "Sellers")


def name_is_there_twice():
    office = sales(O365, "ana")
    office.target.add_group("Sales")
    return explained(office)


def another_name_is_there():
    office = sales(O365, "ana")
    office.target.add_group("Sales ")
    return explained(office)


# --- rules ---------------------------------------------------------------------------------------


def mapping_outlives_its_rule():
    office = ruled(condition="contains", value="EMEA")
    office.op.edit_push_rule(O365, "all", {"value": "APAC"})
    office.op.run()
    return unwanted(office, "Sales EMEA")


def mapping_by_name():
    office = sales(O365, "ana")
    return unwanted(office)


def no_rule_matches():
    return expected(ruled(condition="starts_with", value="EMEA"), "Sales EMEA")


def a_rule_matches():
    return expected(ruled(condition="contains", value="EMEA"), "Sales EMEA")


def rule_met_a_taken_name():
    office = Office(O365)
    office.target.add_group("Sales EMEA")
    office.refresh()
    office.group("Sales EMEA")
    rule = PushRule(name="all", app=O365, condition="contains", value="EMEA")
    office.op.create_push_rule(rule)
    return expected(office, "Sales EMEA")


def rule_could_not_push():
    office = ruled(condition="contains", value="EMEA")
    office.settings(provisioning=False)
    office.op.create_group("More EMEA")
    return expected(office, "More EMEA")


# --- not pushed ----------------------------------------------------------------------------------


def unlinked():
    office = sales(O365, "ana")
    office.unlink(delete=False)
    return expected(office)


def not_pushed():
    office = Office(O365)
    office.group("Sales")
    return expected(office)


def no_such_group():
    return expected(Office(O365))


def two_instances() -> Office:
    """Sales, pushed to the first of two."""
    office = Office(SLACK)
    office.world = build([AppPlan(SLACK, "Slack one"), AppPlan(SLACK, "Slack two")], seed=7)
    office.op, office.app = office.world.operator, "Slack one"
    office.group("Sales")
    office.op.push_group(PushRequest("Sales", "Slack one"))
    office.op.run()
    return office


def pushed_to_another_instance():
    office = two_instances()
    office.app = "Slack two"
    return expected(office)


def pushed_to_this_instance():
    return expected(two_instances())


# --- not to be linked ----------------------------------------------------------------------------


def vendors() -> Office:
    """A group that the app has of its own."""
    office = Office(AD)
    office.target.add_group("Vendors", place="OU=Groups,DC=ad,DC=example,DC=test")
    return office


def not_refreshed():
    return offered(vendors(), "Vendors")


def import_groups_is_off():
    office = vendors()
    office.settings(import_groups=False)
    return offered(office, "Vendors")


def taken_over_already():
    office = vendors()
    office.refresh()
    office.group("Vendors")
    office.push("Vendors", link_to="Vendors")
    return offered(office, "Vendors")


def left_behind(*, is_deleted: bool) -> list[str]:
    """A pushed directory group that is unlinked, with its members, and then deleted over there."""
    office = sales(AD, "ana")
    office.unlink(delete=False)
    if is_deleted:
        office.target.delete_group(office.target_group().id)
    office.refresh()
    return offered(office, "Sales")


def listed_after_deletion():
    return left_behind(is_deleted=True)


def listed_and_there():
    return left_behind(is_deleted=False)


CAUSE_AND_NEIGHBOUR = (
    (paused, paused_without_anything_to_send),
    (members_left_for_later, paused),
    (waits_for_the_rate_limit, waits_for_the_app),
    (waits_for_the_app, waits_for_the_rate_limit),
    (waits_for_the_agent, waits_for_the_app),
    (waits_for_new_objects, waits_for_the_app),
    (queued, worked_off),
    (deleted_in_the_app, renamed_in_the_app),
    (renamed_in_the_app, renamed_in_okta),
    (renaming_is_off, renamed_in_okta),
    (name_is_there_twice, another_name_is_there),
    (mapping_outlives_its_rule, mapping_by_name),
    (no_rule_matches, a_rule_matches),
    (rule_met_a_taken_name, no_rule_matches),
    (rule_could_not_push, no_rule_matches),
    (unlinked, not_pushed),
    (not_pushed, no_such_group),
    (no_such_group, not_pushed),
    (pushed_to_another_instance, pushed_to_this_instance),
    (not_refreshed, import_groups_is_off),
    (import_groups_is_off, not_refreshed),
    (taken_over_already, not_refreshed),
    (listed_after_deletion, listed_and_there),
)
CASES = {cause.__name__: (cause, near) for cause, near in CAUSE_AND_NEIGHBOUR}
ABOUT = (PushedGroup, Unpushed, Unoffered, Listed)


def test_every_cause_about_a_group_has_its_world_here():
    assert sorted(CASES) == [name for name, cause in causes().items() if cause.about in ABOUT]


@pytest.mark.parametrize("name", CASES)
def test_a_cause_is_named_alone(name):
    assert CASES[name][0]() == [name]


@pytest.mark.parametrize("name", CASES)
def test_in_a_neighbour_it_is_not_named(name):
    assert name not in CASES[name][1]()


@pytest.mark.parametrize(
    "healthy",
    [
        worked_off,
        renamed_in_okta,
        another_name_is_there,
        paused_without_anything_to_send,
        a_rule_matches,
        mapping_by_name,
        pushed_to_this_instance,
    ],
)
def test_where_all_is_as_it_should_be_nothing_is_found(healthy):
    assert healthy() == []


def test_whoever_cannot_be_sent_is_not_said_to_wait():
    """A paused push does not explain a member who would be left out anyway."""
    office = sales(O365, "ana")
    office.op.deactivate_mapping(O365, "Sales")
    office.people("ben")
    office.join("Sales", "ben")

    assert missing(office, "ben") == ["not_assigned"]


def test_a_removal_that_waits_is_told():
    office = sales(O365, "ana", "ben")
    office.op.deactivate_mapping(O365, "Sales")
    office.leave("Sales", "ben")
    office.op.run()

    assert explained(office) == ["paused"]
    assert login("ben") in office.mapping().known_members
