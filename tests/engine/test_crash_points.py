"""Killed after any call and started again, no write is made twice; what waits goes on waiting.

That the end is right whatever was under way is asked in tests/durability.
"""

import pytest

from tests.engine.office import (
    AD,
    ADD_ONE,
    ALL,
    BOX,
    CREATE_GROUP,
    GSUITE,
    O365,
    SLACK,
    Office,
    login,
)

every = pytest.mark.parametrize("app", ALL)
SIXTY = [f"u{number:02}" for number in range(60)]
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
