"""Mishaps that need more than one crash or one lost reply: each answers what went wrong."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from harness.adapters import slack
from harness.errors import Refused
from harness.model import UserProfile
from tests.engine.office import (
    ADD_ONE,
    BOX,
    CREATE_ACCOUNT,
    CREATE_GROUP,
    O365,
    RENAME,
    SLACK,
    Office,
    login,
)

Mishap = Callable[[], list[str]]

NO_GROUPS = '{"Resources": [], "totalResults": 0}'


def _unless(fine: bool, complaint: str) -> list[str]:
    return [] if fine else [complaint]


def a_member_leaves_while_its_lost_add_waits() -> list[str]:
    office = Office(O365)
    office.pushed("ana")
    office.hire("ben")
    office.arm(ADD_ONE, "lose_reply")
    office.join("Sales", "ben")
    office.op.run()
    office.leave("Sales", "ben")
    office.settle()
    return _unless(office.there() == ["ana"], "who left is there")


def somebody_joins_while_a_change_is_under_way() -> list[str]:
    office = Office(BOX)
    office.pushed("ana")
    office.hire("ben", "cy")
    office.join("Sales", "ben")
    office.run_calls(1)
    office.join("Sales", "cy")
    office.settle()
    return _unless(office.there() == ["ana", "ben", "cy"], "who joined is lost")


def a_member_leaves_while_its_add_is_under_way() -> list[str]:
    office = Office(BOX)
    office.pushed("ana")
    office.hire("ben", "cy")
    office.join("Sales", "ben", "cy")
    office.run_calls(1)
    office.leave("Sales", "ben", "cy")
    office.settle()
    return _unless(office.there() == ["ana"], "who left is there")


def the_engine_restarts_while_the_app_throttles() -> list[str]:
    office = Office(O365)
    office.pushed("ana")
    office.hire("ben")
    office.people("cy")
    office.arm("o365.[!t]*", "throttle", retry_after="600")
    office.join("Sales", "ben")
    office.op.run()
    mark = office.mark()
    office.op.restart()
    office.assign("cy")
    office.wait(590)
    return _unless(not office.calls(mark), "the app was called before its time")


def the_engine_restarts_after_every_attempt() -> list[str]:
    office = Office(O365)
    office.pushed("ana")
    office.hire("ben")
    mark = office.mark()
    office.arm("o365.[!t]*", "throttle", retry_after="1", count=None)
    office.join("Sales", "ben")
    office.op.run()
    for _ in range(11):
        office.op.restart()
        office.op.run(until=(office.op.next_due() or office.now) + 1)
    return _unless(len(office.calls(mark)) == 10, "not ten attempts")


def a_group_of_a_lost_create_is_seen_late() -> list[str]:
    with pytest.MonkeyPatch.context() as patch:
        late = replace(slack.Adapter.capabilities, lag_s=700.0)
        patch.setattr(slack.Adapter, "capabilities", late)
        office = Office(SLACK, quirks={"Q27": False})
        office.hire("ana")
        office.group("Sales", "ana")
        office.ask()
        office.arm(CREATE_GROUP, "lose_reply")
        office.op.run()
        office.arm("slack.list_groups", "garbage", status=200, body=NO_GROUPS)
        office.settle()
        return _unless(len(office.groups_named()) == 1, "a twin was made")


def a_stranger_takes_the_name_of_a_lost_create() -> list[str]:
    office = Office(SLACK)
    office.hire("ana")
    office.group("Sales", "ana")
    office.arm(CREATE_GROUP, "lose_request")
    office.push()
    office.stranger("Sales", office.target.add_account(login("guest"), {}))
    office.settle()
    return _unless(office.there() == ["guest"], "a foreign group was taken")


def a_stranger_takes_the_name_of_a_refused_create() -> list[str]:
    """What was refused made nothing, so the name links as any other does (R15)."""
    office = Office(SLACK)
    office.hire("ana")
    office.group("Sales", "ana")
    office.arm(CREATE_GROUP, "refuse", status=400, code="group_creation_failed")
    office.push()
    office.stranger("Sales", office.target.add_account(login("guest"), {}))
    office.op.retry_all(SLACK)
    office.settle()
    return _unless(office.mapping().status == "ACTIVE", "a refused create is taken for one")


def a_name_is_taken_back_after_a_lost_rename() -> list[str]:
    office = Office(O365)
    office.pushed("ana")
    office.arm(RENAME, "lose_reply")
    office.op.rename_group("Sales", "Sellers")
    office.op.run()
    office.op.rename_group("Sellers", "Sales")
    office.op.activate_mapping(O365, "Sales")
    office.settle()
    return _unless(len(office.groups_named("Sales")) == 1, "the name is wrong")


def a_user_is_unassigned_after_a_lost_create() -> list[str]:
    office = Office(O365)
    office.people("ana")
    office.assign("ana")
    office.arm(CREATE_ACCOUNT, "lose_reply")
    office.op.run()
    office.op.unassign_user(O365, login("ana"))
    office.settle()
    return _unless(not office.account("ana").active, "an account is on that nobody knows of")


def a_later_job_waits_behind_one_that_is_put_off() -> list[str]:
    office = Office(O365)
    office.hire("ana")
    for name in ("One", "Two"):
        office.group(name, "ana")
        office.ask(name)
    office.arm(CREATE_GROUP, "unavailable")
    office.settle()
    pushed = [event.targets[1] for event in office.op.log() if event.type.endswith("push.pushed")]
    return _unless(pushed == ["One", "Two"], "jobs of one lane overtook each other")


def an_admin_is_refused_halfway() -> list[str]:
    """The second rename collides with a login that is taken: the first part must not stay."""
    office = Office(O365)
    office.people("ana")
    store = office.world.org.store
    try:
        with store.tx():
            office.world.org.users.create(
                UserProfile(login("ben"), login("ben"), "Ben", "Silva"), activate=True
            )
            office.world.org.users.create(
                UserProfile(login("ana"), login("ana"), "Ana", "Silva"), activate=True
            )
    except Refused:
        pass
    return _unless(login("ben") not in office.op.users(), "half of what was refused is kept")


MISHAPS: tuple[Mishap, ...] = (
    a_member_leaves_while_its_lost_add_waits,
    somebody_joins_while_a_change_is_under_way,
    a_member_leaves_while_its_add_is_under_way,
    the_engine_restarts_while_the_app_throttles,
    the_engine_restarts_after_every_attempt,
    a_group_of_a_lost_create_is_seen_late,
    a_stranger_takes_the_name_of_a_lost_create,
    a_stranger_takes_the_name_of_a_refused_create,
    a_name_is_taken_back_after_a_lost_rename,
    a_user_is_unassigned_after_a_lost_create,
    a_later_job_waits_behind_one_that_is_put_off,
    an_admin_is_refused_halfway,
)
