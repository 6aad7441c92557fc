"""Killed after any call and started again: the end is right, and no write is made twice."""

import pytest

from tests.engine.office import (
    AD,
    ADD_ONE,
    ALL,
    BOX,
    CREATE_ACCOUNT,
    CREATE_GROUP,
    GSUITE,
    O365,
    SLACK,
    Office,
    login,
)

every = pytest.mark.parametrize("app", ALL)
SIXTY = [f"u{number:02}" for number in range(60)]
CROWD = SIXTY[:24]  # more than ride in one create
# After the look-up, the create, the batch of binds ...; of Box's sixty members some.
POINTS = {
    AD: (0, 1, 2, 3),
    BOX: (0, 1, 2, 3, 31, 61, 62, 63),
    GSUITE: (0, 1, 2, 3, 4),
    O365: (0, 1, 2, 3, 4),
    SLACK: (0, 1, 2, 3),
}


def staffed(app: str, *names: str) -> Office:
    office = Office(app)
    office.hire(*names)
    office.settle()
    office.group("Sales", *names)
    return office


@pytest.mark.parametrize(("app", "calls"), [(app, n) for app in ALL for n in POINTS[app]])
def test_a_push_of_sixty_survives_a_crash_after_any_call(app, calls):
    office = staffed(app, *SIXTY)
    mark = office.mark()
    office.ask()
    office.run_calls(calls)
    office.op.restart()
    office.op.run()

    assert office.there() == SIXTY
    assert office.known() == SIXTY
    assert office.mapping().status == "ACTIVE"
    assert office.writes(mark) == clean_writes(app)
    assert [call.refusal for call in office.calls(mark) if not call.succeeded] == []
    assert office.op.next_due() is None


def clean_writes(app: str) -> list[str]:
    """60 members: 20 ride in the create, two binds of 20 in a batch; all of them; or none."""
    more = {O365: ["o365.update_group"] * 2, AD: [], SLACK: []}
    return [CREATE_GROUP[app], *more.get(app, [ADD_ONE[app]] * 60)]


def test_every_crash_point_of_a_push_of_sixty_is_tried():
    for app in ALL:
        office = staffed(app, *SIXTY)
        office.ask()

        assert office.run_calls(1000) <= max(POINTS[app])


@every
@pytest.mark.parametrize("calls", range(9))
def test_changes_and_a_rename_survive_a_crash_after_any_call(app, calls):
    office = staffed(app, *CROWD[:21])
    office.push()
    office.hire(*CROWD[21:])
    office.join("Sales", *CROWD[21:])
    office.leave("Sales", *CROWD[:20])
    office.op.rename_group("Sales", "Sellers")
    office.run_calls(calls)
    office.op.restart()
    office.op.run()

    assert office.there("Sellers") == CROWD[20:]
    assert office.known("Sellers") == CROWD[20:]
    assert office.errors() == []


@every
@pytest.mark.parametrize("calls", range(6))
def test_push_now_survives_a_crash_after_any_call(app, calls):
    office = staffed(app, *CROWD)
    office.push()
    group = office.target_group()
    office.target.remove_members(group.id, group.members[:12])
    foreign = office.target.add_account("guest@example.test", {})
    office.target.add_members(group.id, [foreign])
    office.op.push_now(app, "Sales")
    office.run_calls(calls)
    office.op.restart()
    office.op.run()

    # R56: a directory is only added to.
    assert office.there() == (sorted([*CROWD[12:], "guest"]) if app == AD else CROWD)
    assert office.op.next_due() is None


@every
@pytest.mark.parametrize("calls", range(6))
def test_linking_survives_a_crash_after_any_call(app, calls):
    office = Office(app, settings={"linking_allowed": True})
    office.hire("ana", "ben")
    office.group("Sales", "ana")
    guest = office.target.add_account("guest@example.test", {})
    place = {"place": "OU=Groups,DC=ad,DC=example,DC=test"} if app == AD else {}
    office.target.add_group("Old", member_ids=[office.external_id("ben"), guest], **place)
    office.refresh()
    office.ask(link_to="Old")
    office.run_calls(calls)
    office.op.restart()
    office.op.run()

    assert office.there("Sales") == ["ana"]
    assert office.known() == ["ana"]
    assert office.groups_named("Old") == []


@every
@pytest.mark.parametrize("calls", range(3))
def test_unlinking_with_delete_survives_a_crash_after_any_call(app, calls):
    office = Office(app)
    office.pushed("ana")
    office.wait(3600)
    office.unlink(delete=True)
    office.run_calls(calls)
    office.op.restart()
    office.op.run()

    assert office.groups_named() == []
    assert not office.is_mapped()
    assert office.op.app_groups(app) == []


@every
@pytest.mark.parametrize("calls", range(5))
def test_provisioning_survives_a_crash_after_any_call(app, calls):
    office = Office(app)
    office.people("ana", "ben")
    office.assign("ana", "ben")
    office.run_calls(calls)
    office.op.restart()
    office.op.run()

    assert office.writes() == [CREATE_ACCOUNT[app]] * 2
    assert [user.status for user in office.op.app_users(app)] == ["PROVISIONED"] * 2


@every
def test_a_job_put_off_is_still_put_off_after_a_restart(app):
    office = Office(app)
    office.pushed("ana")
    office.hire("ben")
    office.arm(f"{app}.*", "throttle", retry_after="600")
    office.join("Sales", "ben")
    office.op.run()
    due = office.op.next_due()
    office.op.restart()
    office.op.run()

    assert office.op.next_due() == due
    assert due is not None
    assert office.there() == ["ana"]

    office.settle()

    assert office.there() == ["ana", "ben"]


@every
def test_a_restart_loses_no_error(app):
    office = Office(app)
    office.pushed("ana")
    office.target.delete_group(office.target_group().id)
    office.wait(3600)
    office.leave("Sales", "ana")
    office.op.run()
    before = office.errors()
    office.op.restart()
    office.op.run()

    assert office.errors() == before
    assert len(before) == 1
    assert office.op.groups()["Everyone"] == [login("ana")]
