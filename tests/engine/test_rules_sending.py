"""R23-R24, R30-R40, R56-R59: what is sent, when, and what is left alone."""

from dataclasses import replace

import pytest

from harness import adapters
from harness.errors import Refused
from harness.model import PushRule
from tests.engine.office import (
    AD,
    ADD_ONE,
    ALL,
    BRANCH_OU,
    GROUPS_OU,
    REMOVE_ONE,
    RULED,
    Office,
)
from tests.engine.office import login as login_of

every = pytest.mark.parametrize("app", ALL)
ruled = pytest.mark.parametrize("app", RULED)
REFUSAL = {"kind": "refuse", "status": 400, "code": "Request_BadRequest", "message": "No."}


@every
def test_r23_a_member_added_or_removed_is_sent(app):
    office = Office(app)
    office.pushed("ana", "ben")
    office.hire("cy")
    office.join("Sales", "cy")
    office.leave("Sales", "ana")
    office.op.run()

    assert office.there() == ["ben", "cy"]


@every
def test_r23_members_moved_by_a_group_rule_are_sent(app):
    office = Office(app)
    office.pushed("ana")
    office.op.create_group_rule("r", expression='user.title=="Seller"', groups=["Sales"])
    office.op.set_group_rule_active("r", active=True)
    office.hire("ben")
    office.op.update_user(login_of("ben"), {"title": "Seller"})
    office.op.run()
    assert office.there() == ["ana", "ben"]

    office.op.update_user(login_of("ben"), {"title": "Buyer"})
    office.op.run()

    assert office.there() == ["ana"]


@every
def test_r24_one_change_sends_one_member(app):
    """B6, B18."""
    names = [f"u{number:02}" for number in range(24)]
    office = Office(app)
    office.pushed(*names)
    office.hire("zoe")
    mark = office.mark()
    office.join("Sales", "zoe")
    office.op.run()
    office.leave("Sales", "zoe")
    office.op.run()

    assert office.writes(mark) == [ADD_ONE[app], REMOVE_ONE[app]]


@every
def test_r24_a_rename_sends_no_member(app):
    """B12."""
    office = Office(app)
    office.pushed("ana")
    mark = office.mark()
    office.op.rename_group("Sales", "Sellers")
    office.op.run()
    (call,) = office.calls(mark)

    assert "member" not in call.request


@ruled
def test_r30_push_now_overwrites(app):
    office = Office(app)
    office.pushed("ana", "ben")
    group = office.target_group()
    guest = office.target.add_account("guest@example.test", {})
    office.target.add_members(group.id, [guest])
    office.target.remove_members(group.id, [office.external_id("ana")])
    office.op.push_now(app, "Sales")
    office.op.run()

    assert office.there() == ["ana", "ben"]


def test_r56_push_now_in_active_directory_adds_the_newest_and_overwrites_nothing():
    """R30's exception, T20."""
    office = Office(AD)
    office.pushed("ana", "ben")
    group = office.target_group()
    guest = office.target.add_account("guest@example.test", {})
    office.target.add_members(group.id, [guest])
    office.people("cy")
    office.join("Sales", "cy")
    office.op.run()
    office.assign("cy")
    office.op.run()
    office.op.push_now(AD, "Sales")
    office.op.run()

    assert office.there() == ["ana", "ben", "cy", "guest"]


def test_r56_a_removal_not_sent_yet_goes_with_push_now():
    """It is a change of Okta's own, not drift of the directory."""
    office = Office(AD)
    office.pushed("ana", "ben")
    office.arm("active_directory.actions", "refuse", status=400, code="E0000001", message="No.")
    office.leave("Sales", "ben")
    office.op.run()
    assert office.mapping().status == "ERROR"

    office.op.push_now(AD, "Sales")
    office.op.run()

    assert office.there() == office.known() == ["ana"]


@ruled
def test_r31_push_now_on_an_emptied_group_empties_the_target(app):
    office = Office(app)
    office.pushed("ana", "ben")
    office.op.deactivate_mapping(app, "Sales")
    office.leave("Sales", "ana", "ben")
    office.op.run()
    assert office.there() == ["ana", "ben"]

    office.op.push_now(app, "Sales")
    office.op.run()

    assert office.there() == []


@every
def test_r32_a_paused_mapping_sends_nothing_and_activation_sends_all(app):
    office = Office(app)
    office.pushed("ana", "ben")
    office.hire("cy")
    mark = office.mark()
    office.op.deactivate_mapping(app, "Sales")
    office.join("Sales", "cy")
    office.leave("Sales", "ana")
    office.op.rename_group("Sales", "Sellers")
    office.op.run()
    assert office.calls(mark) == []

    office.op.activate_mapping(app, "Sellers")
    office.op.run()

    assert office.there("Sellers") == ["ben", "cy"]


@every
def test_r32_push_now_on_a_paused_mapping_sends_and_leaves_it_paused(app):
    office = Office(app)
    office.pushed("ana")
    office.hire("ben")
    office.op.deactivate_mapping(app, "Sales")
    office.join("Sales", "ben")
    office.op.push_now(app, "Sales")
    office.op.run()

    assert office.there() == ["ana", "ben"]
    assert office.mapping().status == "INACTIVE"


@every
def test_r33_unlinking_leaves_the_group_without_a_call(app):
    office = Office(app)
    office.pushed("ana")
    mark = office.mark()
    office.unlink(delete=False)
    office.op.run()

    assert office.calls(mark) == []
    assert office.there() == ["ana"]
    assert office.op.app_groups(app) == ["Sales"]
    assert office.op.groups()["Sales"] == [login_of("ana")]


@every
def test_r33_unlinking_with_delete_is_one_call_and_keeps_the_source(app):
    office = Office(app)
    office.pushed("ana")
    mark = office.mark()
    office.unlink(delete=True)
    office.op.run()

    assert len(office.calls(mark)) == 1
    assert office.groups_named() == []
    assert office.op.groups()["Sales"] == [login_of("ana")]
    assert office.op.app_groups(app) == []


@every
def test_r33_a_delete_that_the_target_refuses_keeps_the_mapping_in_error(app):
    office = Office(app)
    office.pushed("ana")
    office.arm(f"{app}.*", **REFUSAL)
    office.unlink(delete=True)
    office.op.run()
    assert office.mapping().status == "ERROR"
    assert "Unable to delete Group Push mapping target App group Sales" in office.mapping().error

    office.op.retry_all(app)
    assert office.mapping().status == "INACTIVE"
    office.op.run()

    assert not office.is_mapped()
    assert office.groups_named() == []


@ruled
@pytest.mark.parametrize(("deletes", "groups"), [(True, []), (False, ["Sales"])])
def test_r35_a_rule_is_deleted_with_its_mappings_and_their_groups_or_without(app, deletes, groups):
    office = Office(app)
    office.group("Sales")
    office.op.create_push_rule(PushRule("r", app, "equals", "Sales"))
    office.op.run()
    office.op.delete_push_rule(app, "r", with_mappings=True, delete_groups=deletes)
    office.op.run()

    assert not office.is_mapped()
    assert [group.name for group in office.groups_named()] == groups
    event = "application.provision.group_push.mapping.and.groups.deleted.rule.deleted"
    assert (event in office.events()) == deletes


@ruled
def test_r35_mappings_outlive_their_rule_and_a_group_that_stops_matching(app):
    office = Office(app)
    office.group("Sales")
    office.op.create_push_rule(PushRule("r", app, "equals", "Sales"))
    office.op.rename_group("Sales", "Sellers")
    office.op.edit_push_rule(app, "r", {"value": "Nothing"})
    office.op.delete_push_rule(app, "r", with_mappings=False, delete_groups=False)
    office.op.run()

    assert office.mapping("Sellers").status == "ACTIVE"
    assert office.mapping("Sellers").origin == "deleted rule"


@every
def test_r36_the_target_follows_the_source_groups_name(app):
    office = Office(app)
    office.pushed("ana")
    office.op.rename_group("Sales", "Sellers")
    office.op.run()

    assert office.there("Sellers") == ["ana"]
    assert "application.provision.group_push.mapping.app.group.renamed" in office.events()


@every
def test_r36_where_groups_cannot_be_renamed_the_mapping_is_paused_instead(app, monkeypatch):
    adapter = adapters.load(app)
    told = replace(adapter.capabilities, renames=False)
    monkeypatch.setattr(adapter, "capabilities", told)
    office = Office(app)
    office.pushed("ana", "ben")
    mark = office.mark()
    office.op.rename_group("Sales", "Sellers")
    office.leave("Sellers", "ben")
    office.settle()
    assert office.mapping("Sellers").status == "INACTIVE"
    assert office.calls(mark) == []
    event = "application.provision.group_push.mapping.deactivated.source.group.renamed"
    assert office.events().count(event) == 1

    office.op.activate_mapping(app, "Sellers")
    office.settle()

    assert office.there("Sales") == ["ana"]
    assert office.groups_named("Sellers") == []


@every
def test_r36_a_rename_that_the_target_refuses_is_an_error_of_its_own(app):
    office = Office(app)
    office.pushed("ana")
    office.arm(f"{app}.*", **REFUSAL)
    office.op.rename_group("Sales", "Sellers")
    office.op.run()

    assert office.mapping("Sellers").status == "ERROR"
    told = {event.type: event.message for event in office.log()}
    event = "application.provision.group_push.mapping.app.group.renamed.failed"
    assert told[event] == (
        "A Group push mapping to the group Sellers could not be renamed "
        "when the source group was renamed."
    )

    office.op.retry_all(app)
    office.op.run()

    assert office.there("Sellers") == ["ana"]


@every
def test_r37_a_source_group_in_a_mapping_cannot_be_deleted(app):
    office = Office(app)
    office.pushed("ana")
    with pytest.raises(Refused, match="delete the mapping first") as refused:
        office.op.delete_group("Sales")
    assert refused.value.code == "E0000001"

    office.unlink(delete=False)
    office.op.delete_group("Sales")

    assert "Sales" not in office.op.groups()


@every
def test_r37_an_app_group_in_a_mapping_cannot_be_deleted(app):
    """T83."""
    office = Office(app)
    office.pushed("ana")

    with pytest.raises(Refused, match="free of group push mappings"):
        office.op.delete_app_group(app, "Sales")


@every
def test_r38_removed_first_and_unassigned_later_leaves_nothing_behind(app):
    office = Office(app)
    office.pushed("ana", "ben")
    office.leave("Sales", "ben")
    office.op.run()
    office.op.unassign_user(app, login_of("ben"))
    office.op.run()

    assert office.there() == ["ana"]
    assert not office.account("ben").active


@every
def test_r38_unassigned_first_stays_a_member_for_good(app):
    """T5."""
    office = Office(app)
    office.pushed("ana", "ben")
    office.op.unassign_user(app, login_of("ben"))
    office.op.run()
    office.leave("Sales", "ben")
    office.op.run()

    assert office.there() == ["ana", "ben"]


@every
def test_r39_deprovisioning_disables_and_keeps_the_membership(app):
    office = Office(app)
    office.pushed("ana")
    office.op.deactivate_user(login_of("ana"))
    office.op.run()

    assert not office.account("ana").active
    assert office.there() == ["ana"]


@every
def test_r22_any_number_of_groups_may_be_pushed_by_name(app):
    office = Office(app)
    for number in range(12):
        office.group(f"Group {number}")
        office.ask(f"Group {number}")
    office.op.run()

    assert [view.status for view in office.op.mappings(app)] == ["ACTIVE"] * 12


def test_r57_a_non_empty_pushed_directory_group_survives_the_import_of_its_deletion():
    """T45."""
    office = Office(AD)
    office.hire("ana")
    for name, members in (("Full", ["ana"]), ("Empty", [])):
        office.group(name, *members)
        office.push(name)
        office.unlink(name, delete=False)
        office.target.delete_group(office.target_group(name).id)
    office.refresh()
    assert {"Full", "Empty"} & set(office.op.app_groups(AD)) == {"Full"}

    office.op.delete_app_group(AD, "Full")

    assert "Full" not in office.op.app_groups(AD)


def test_r59_a_directory_group_moved_to_another_ou_stays_linked():
    office = Office(AD)
    office.pushed("ana", "ben")
    office.target.move_group(office.target_group().id, BRANCH_OU)
    office.leave("Sales", "ben")
    office.op.run()

    assert office.there() == ["ana"]
    assert office.target_group().place == BRANCH_OU != GROUPS_OU
    assert office.errors() == []


@every
@pytest.mark.parametrize("job", ["push_now", "activate"])
def test_r45_a_full_push_without_news_notices_that_the_group_is_gone(app, job):
    office = Office(app)
    office.pushed("ana", "ben")
    office.wait(2 * 86400)  # no lag explains it any more
    office.target.delete_group(office.target_group().id)
    if job == "activate":
        office.op.deactivate_mapping(app, "Sales")
        office.op.activate_mapping(app, "Sales")
    else:
        office.op.push_now(app, "Sales")
    office.settle()

    assert office.mapping().status == "ERROR"
    assert "Linked group is missing" in office.mapping().error


def test_r56_a_push_now_without_news_is_one_look_at_the_group():
    office = Office(AD)
    office.pushed("ana", "ben")
    mark = office.mark()
    office.op.push_now(AD, "Sales")
    office.settle()

    assert office.mapping().status == "ACTIVE"
    assert office.operations(mark) == ["active_directory.search"]
