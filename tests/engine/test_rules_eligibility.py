"""R1-R8: what must be given before a group or a member can be pushed."""

import pytest

from harness.errors import Refused
from harness.model import PushRule
from tests.engine.office import AD, ALL, RULED, Office, login

every = pytest.mark.parametrize("app", ALL)
ruled = pytest.mark.parametrize("app", RULED)
IGNORED = "app.user_management.grouppush.mapping.okta.users.ignored"


@every
def test_r1_without_provisioning_nothing_can_be_pushed(app):
    office = Office(app, settings={"provisioning": False})
    office.group("Sales")

    with pytest.raises(Refused, match="Provisioning is not enabled") as no:
        office.push()

    assert no.value.code == "E0000001"
    assert not office.is_mapped()


@every
def test_r1_a_mapping_made_before_waits_while_provisioning_is_off(app):
    office = Office(app)
    office.pushed("ana", "ben")
    office.settings(provisioning=False)
    office.leave("Sales", "ben")
    office.op.run()
    assert office.there() == ["ana", "ben"]

    office.settings(provisioning=True)
    office.op.run()

    assert office.there() == ["ana"]


@every
def test_r2_an_integration_without_group_push_cannot_push(app):
    office = Office(app, settings={"group_push": False})
    office.group("Sales")

    with pytest.raises(Refused, match="does not support Group Push"):
        office.push()


@every
def test_r3_a_group_imported_from_an_app_is_no_source(app):
    office = Office(app, settings={"linking_allowed": True})
    office.stranger("Theirs")
    office.refresh()

    with pytest.raises(Refused, match="UserGroup") as refused:
        office.push("Theirs")

    assert refused.value.code == "E0000007"


@ruled
def test_r3_a_rule_does_not_push_the_built_in_group(app):
    office = Office(app)
    office.op.create_push_rule(PushRule("all", app, "starts_with", "E"))

    assert not office.is_mapped("Everyone")


@every
def test_r4_only_members_that_meet_every_condition_are_sent(app):
    office = Office(app)
    office.hire("ana", "suspended", "outsider")
    office.people("unassigned", "unprovisioned", "gone")
    names = ("ana", "suspended", "unassigned", "unprovisioned", "gone")
    office.group("Sales", *names)
    office.op.suspend_user(login("suspended"))
    office.op.deactivate_user(login("gone"))
    office.ask()
    office.assign("unprovisioned")
    office.run_calls(2)
    office.op.run()

    assert office.there() == ["ana"]
    assert office.mapping().status == "ACTIVE"


@every
def test_r4_members_who_are_not_sent_are_counted_in_the_log(app):
    office = Office(app)
    office.hire("ana")
    office.people("ben", "cy")
    office.group("Sales", "ana", "ben", "cy")
    office.push()
    (event,) = [event for event in office.op.log() if event.type == IGNORED]

    assert event.message == f"2 Okta users ignored while pushing group Sales to AppInstance {app}"
    assert event.outcome == "SKIPPED"


@every
def test_r5_the_group_itself_need_not_be_assigned(app):
    office = Office(app)
    office.pushed("ana")

    assert office.there() == ["ana"]


@every
def test_r6_a_reactivated_user_is_back_only_after_every_group_was_pushed_again(app):
    office = Office(app)
    office.people("ana")
    office.group("Staff", "ana")
    office.op.assign_group(app, "Staff")
    office.op.run()
    for name in ("One", "Two"):
        office.group(name, "ana")
        office.push(name)
        office.target.remove_members(office.target_group(name).id, [office.external_id("ana")])
    office.op.deactivate_user(login("ana"))
    office.op.run()
    office.op.activate_user(login("ana"))
    office.op.run()
    assert office.app_user("ana").status == "PROVISIONED"
    assert office.there("One") == office.there("Two") == []

    office.op.push_now(app, "One")
    office.op.run()

    assert (office.there("One"), office.there("Two")) == (["ana"], [])


@every
def test_r6_a_reactivated_user_in_a_rule_fed_group_is_not_pushed_by_itself(app):
    office = Office(app)
    office.op.create_group("Sales")
    office.op.create_group_rule("r", expression=f'user.login=="{login("ana")}"', groups=["Sales"])
    office.op.set_group_rule_active("r", active=True)
    office.op.assign_group(app, "Sales")
    office.people("ana")
    office.op.run()
    office.push()
    assert office.there() == ["ana"]
    office.target.remove_members(office.target_group().id, [office.external_id("ana")])
    office.op.deactivate_user(login("ana"))
    office.op.run()
    office.op.activate_user(login("ana"))
    office.op.run()
    assert office.op.groups()["Sales"] == [login("ana")]
    assert office.there() == []

    office.op.push_now(app, "Sales")
    office.op.run()

    assert office.there() == ["ana"]


@every
def test_r7_the_same_group_may_be_assigned_and_pushed_and_arrives_empty(app):
    """T3: the push is computed before everyone is provisioned; Push Now heals."""
    office = Office(app)
    office.people("ana", "ben")
    office.group("Sales")
    office.op.assign_group(app, "Sales")
    office.push()
    office.join("Sales", "ana", "ben")
    office.op.run()
    assert office.there() == []

    office.op.push_now(app, "Sales")
    office.op.run()

    assert office.there() == ["ana", "ben"]


@every
def test_r7_a_user_removed_from_a_group_assigned_and_pushed_stays_in_the_target(app):
    """T4: the unassignment comes first and takes the id that a removal would need."""
    office = Office(app)
    office.people("ana", "ben")
    office.group("Sales", "ana", "ben")
    office.op.assign_group(app, "Sales")
    office.op.run()
    office.push()
    office.leave("Sales", "ben")
    office.op.run()

    assert office.there() == ["ana", "ben"]
    assert office.known() == ["ana"]


@every
def test_r55_a_member_without_an_account_known_to_okta_is_not_sent(app):
    office = Office(app)
    office.target.add_account(login("ana"), {})
    office.people("ana")
    office.group("Sales", "ana")
    office.push()

    assert office.there() == []


def test_r20_one_group_goes_to_several_apps_each_with_its_own_mapping():
    office = Office(*ALL)
    office.people("ana", "ben")
    members = {app: "ben" if app == AD else "ana" for app in ALL}
    for app, member in members.items():
        office.assign(member, app=app)
    office.group("Sales", "ana", "ben")
    office.op.run()
    for app in ALL:
        office.push(app=app)
    office.op.deactivate_mapping(AD, "Sales")

    assert {app: office.there("Sales", app) for app in ALL} == {
        app: [member] for app, member in members.items()
    }
    statuses = {app: office.mapping(app=app).status for app in ALL}
    assert statuses == dict.fromkeys(ALL, "ACTIVE") | {AD: "INACTIVE"}
