"""Okta Privileged Access: why the group of a new team is not as a policy needs it."""

from tests.diagnosis.asked import expected, missing
from tests.engine.office import Office

OPA = "okta_privileged_access"


def office():
    made = Office(OPA)
    made.people("ana")
    made.group("Sales", "ana")
    return made


def test_a_group_that_arrived_empty_is_told_by_the_missing_assignment():
    """T1: the new user was never assigned to the app."""
    team = office()
    team.push()

    assert team.there() == []
    assert missing(team, "ana") == ["not_assigned"]


def test_a_user_who_has_the_app_is_in_the_group_and_nothing_is_missing():
    team = office()
    team.assign("ana")
    team.op.run()
    team.push()

    assert team.there() == ["ana"]
    assert missing(team) == []


def test_a_group_whose_push_waits_is_told_so():
    """T85: a policy cannot name the group yet."""
    team = office()
    team.assign("ana")
    team.op.run()
    team.arm(f"{OPA}.scim_create_group", "throttle", retry_after="300")
    team.push()
    waiting = expected(team)
    team.settle()

    assert waiting == ["waits_for_the_rate_limit"]
    assert team.there() == ["ana"]
    assert expected(team) == []
