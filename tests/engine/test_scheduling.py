"""Whose turn it is: order within a lane, alternation between lanes, races between the two."""

import pytest

from harness.org import schema
from tests.engine.office import AD, ADD_ONE, ALL, O365, Office, login

every = pytest.mark.parametrize("app", ALL)


def kinds(office: Office, since: int) -> list[str]:
    """The calls as `user` or `group`, in order."""
    words = {"list_users": "user", "create_user": "user"}
    return [words.get(call.operation.partition(".")[2], "group") for call in office.calls(since)]


def test_the_two_lanes_of_an_app_take_turns():
    office = Office()
    office.hire("ana")
    office.group("One", "ana")
    office.group("Two", "ana")
    office.people("u1", "u2")
    mark = office.mark()
    office.assign("u1", "u2")
    office.ask("One")
    office.ask("Two")
    office.op.run()

    assert kinds(office, mark) == ["group", "user"] * 4


def test_apps_take_turns_in_the_order_of_their_labels():
    office = Office(O365, AD)
    office.people("ana")
    office.group("Sales", "ana")
    office.ask(app=O365)
    office.ask(app=AD)
    office.op.run()
    calls = [
        (call.at, app)
        for app, target in office.world.targets.items()
        for call in target.calls()
        if not call.operation.endswith(".token")
    ]

    # The second app's first turn is spent on its token; after that they alternate.
    assert [app for _, app in sorted(calls)] == [AD, AD, O365, O365]


@every
def test_jobs_of_one_lane_run_strictly_one_after_another(app):
    office = Office(app)
    office.hire("ana")
    for name in ("One", "Two", "Three"):
        office.group(name, "ana")
        office.ask(name)
    office.op.run()
    pushed = [e.targets[1] for e in office.op.log() if e.type.endswith("group_push.pushed")]

    assert pushed == ["One", "Two", "Three"]


@every
def test_a_job_that_waits_keeps_the_head_of_its_lane(app):
    """R48: what comes later waits too, so that nothing overtakes."""
    office = Office(app)
    office.pushed("ana", "ben")
    office.group("Other", "ana")
    office.arm(ADD_ONE | {AD: f"{AD}.actions"}, "unavailable")
    office.hire("cy")
    office.leave("Sales", "ben")
    office.arm(f"{app}.*", "unavailable", count=1)
    office.ask("Other")
    office.op.run()

    assert office.groups_named("Other") == []
    assert office.mapping("Other").job == "pending"

    office.settle()

    assert office.there("Other") == ["ana"]
    assert office.there() == ["ana"]


@every
def test_a_mapping_in_error_does_not_hold_up_the_others(app):
    office = Office(app)
    office.pushed("ana")
    office.target.delete_group(office.target_group().id)
    office.wait(3600)
    office.group("Other", "ana")
    office.leave("Sales", "ana")
    office.push("Other")

    assert office.mapping("Sales").status == "ERROR"
    assert office.there("Other") == ["ana"]


def test_nothing_is_sent_before_the_engine_runs():
    office = Office()
    office.people("ana")
    office.assign("ana")
    office.group("Sales", "ana")
    office.ask()

    assert office.target.calls() == []
    assert office.op.next_due() == office.now


def test_next_due_is_none_when_nothing_waits():
    office = Office()
    office.pushed("ana")

    assert office.op.next_due() is None


def test_running_until_a_moment_moves_the_clock_there():
    office = Office()
    start = office.now
    office.op.run(until=start + 500)

    assert office.now == start + 500


def test_stop_is_asked_after_every_call_and_after_nothing_else():
    office = Office()
    office.people("ana", "ben")
    office.assign("ana", "ben")
    made = office.run_calls(1000)

    assert made == len(office.target.calls())


@every
def test_no_transaction_is_open_during_a_call(app):
    """The transport asserts it at every call; here the assertion is made to fail."""
    office = Office(app)
    office.people("ana")
    office.assign("ana")

    with (
        pytest.raises(AssertionError, match="transaction is open"),
        office.world.org.store.tx(),
    ):
        office.op.run()


def test_a_job_number_is_never_used_again():
    office = Office()
    store, core = office.world.org.store, office.world.org.core
    numbers = []
    for _ in range(3):
        office.people(f"u{len(numbers)}")
        office.assign(f"u{len(numbers)}")
        with store.tx():
            numbers.append(store.value(schema.jobs.select()))
            core.drop_jobs(store.row(schema.users.select().order_by("created")).id)
            store.run(schema.jobs.delete())

    assert numbers == sorted(set(numbers))


# --- races between the lanes (R8) ----------------------------------------------------------------


@every
def test_r8_a_membership_sent_before_the_account_exists_skips_the_user_for_good(app):
    office = Office(app)
    office.hire("ana")
    office.group("Sales", "ana")
    office.op.assign_group(app, "Sales")
    office.push()
    office.people("ben")
    office.join("Sales", "ben")
    office.op.run()
    assert office.app_user("ben").status == "PROVISIONED"
    assert office.there() == ["ana"]

    office.hire("cy")  # another event of the lane does not repair it
    office.join("Sales", "cy")
    office.op.run()
    assert office.there() == ["ana", "cy"]

    office.op.push_now(app, "Sales")
    office.op.run()

    assert office.there() == ["ana", "ben", "cy"]


@every
def test_r8_a_membership_sent_after_the_account_exists_takes_the_user_along(app):
    """The other way round: the groups lane is busy, so provisioning wins the race."""
    office = Office(app)
    office.hire("ana")
    office.group("Sales", "ana")
    office.op.assign_group(app, "Sales")
    office.push()
    for name in ("Busy", "Busier"):
        office.group(name, "ana")
        office.ask(name)
    office.people("ben")
    office.join("Sales", "ben")
    office.op.run()

    assert office.there() == ["ana", "ben"]


@every
@pytest.mark.parametrize(("heals", "members"), [(False, ["ana"]), (True, ["ana", "ben"])])
def test_r23a_a_member_provisioned_late_is_healed_or_not(app, heals, members):
    office = Office(app, settings={"heal_late_members": heals})
    office.hire("ana")
    office.people("ben")
    office.group("Sales", "ana", "ben")
    office.push()
    office.assign("ben")
    office.op.run()

    assert office.there() == members


@every
def test_r23a_healing_reaches_every_pushed_group_of_the_user_and_no_paused_one(app):
    office = Office(app, settings={"heal_late_members": True})
    office.people("ana")
    for name in ("One", "Two", "Paused"):
        office.group(name, "ana")
        office.push(name)
    office.op.deactivate_mapping(app, "Paused")
    office.assign("ana")
    office.op.run()

    assert (office.there("One"), office.there("Two"), office.there("Paused")) == (
        ["ana"],
        ["ana"],
        [],
    )
    office.op.activate_mapping(app, "Paused")
    office.op.run()
    assert office.there("Paused") == ["ana"]


@every
def test_r6_healing_leaves_out_who_was_reactivated_since_it_joined_the_group(app):
    office = Office(app, settings={"heal_late_members": True})
    office.people("ana")
    office.group("Before", "ana")
    office.push("Before")
    office.op.deactivate_user(login("ana"))
    office.op.activate_user(login("ana"))
    office.group("Since", "ana")
    office.push("Since")
    office.assign("ana")
    office.op.run()

    assert (office.there("Before"), office.there("Since")) == ([], ["ana"])


@every
def test_a_member_healed_while_a_change_is_under_way_is_not_forgotten(app):
    """The change was planned without the late member; a second change must follow it."""
    names = [f"u{number:02}" for number in range(45)]
    office = Office(app, settings={"heal_late_members": True})
    office.pushed("ana")
    office.hire(*names)
    office.settle()
    office.people("zoe")
    office.join("Sales", *names, "zoe")
    office.assign("zoe")
    office.settle()

    assert office.there() == sorted(["ana", *names, "zoe"])


@every
def test_login_of_an_unassigned_member_makes_no_difference(app):
    office = Office(app)
    office.pushed("ana")
    office.people("ben")
    office.join("Sales", "ben")
    office.op.run()
    mark = office.mark()
    office.op.update_user(login("ben"), {"login": "benny@example.test"})
    office.op.run()

    assert office.calls(mark) == []
