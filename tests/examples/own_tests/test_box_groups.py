"""What this team tests of its program, with the fixtures that installing Pushproof brings."""

import pytest
import requests
from box_groups import Box
from harness.people import PEOPLE, hire, members

from fake_apps import Fault


def test_everybody_becomes_a_member(fake_box):
    """In process: the program calls https://api.box.com, and the fake answers."""
    ids = hire(fake_box)
    box = Box(fake_box.admin.credentials())
    box.make_group("Sales", PEOPLE)
    box.close()

    assert members(fake_box, "Sales") == [tuple(ids)]


def test_a_served_fake_is_reached_from_any_process(fake_box, fake_server):
    """On a real port of its own: hand `base_url` to a program in any language."""
    ids = hire(fake_box)
    served = fake_server["box"]
    box = Box(served["credentials"], served["base_url"])
    box.make_group("Sales", PEOPLE)
    box.close()

    assert members(fake_box, "Sales") == [tuple(ids)]


def test_a_name_that_is_taken_is_an_error(fake_box):
    fake_box.admin.add_group("Sales")
    box = Box(fake_box.admin.credentials())

    with pytest.raises(requests.HTTPError, match="409"):
        box.make_group("Sales", PEOPLE)
    box.close()


@pytest.mark.fake_app(clock="virtual")
def test_a_reply_that_gets_lost_leaves_a_group(fake_box):
    """A fault is armed for one call of an operation; on a virtual clock nobody waits for it."""
    box = Box(fake_box.admin.credentials())
    fake_box.arm(Fault("box.create_group", "lose_reply"))

    with pytest.raises(requests.ReadTimeout):
        box.make_group("Sales", PEOPLE)
    box.close()
    assert [call.operation for call in fake_box.ledger] == ["box.token", "box.create_group"]
    assert members(fake_box, "Sales") == [()]


@pytest.mark.fake_app("box", clock="virtual", limits=0.01)
def test_the_vendors_limit_is_met_and_waited_out(fake_box):
    """Ten calls a minute instead of a thousand, and a minute that passes when it is told to."""
    box = Box(fake_box.admin.credentials())
    for number in range(10):
        box.make_group(f"Group {number}", [])
    with pytest.raises(requests.HTTPError, match="429"):
        box.make_group("one too many", [])
    fake_box.clock.advance(60)

    assert box.make_group("a minute later", [])
    box.close()


@pytest.mark.fake_app(seed=7)
def test_apps_stand_side_by_side(fake_box, fake_slack):
    """Each with its own admin and ledger; a fixed seed gives the same ids on every machine."""
    assert hire(fake_box) == ["19000000003", "19000000005"]
    assert hire(fake_slack) == ["WLJZO2U7BJ", "WPHVFD2J9K"]
    assert (len(fake_box.ledger), len(fake_slack.ledger)) == (0, 0)


@pytest.mark.parametrize("number", range(8))
def test_no_test_sees_what_another_one_did(fake_box, number):
    """With any number of workers."""
    fake_box.admin.add_group(f"Group {number}")

    assert [group.name for group in fake_box.admin.groups()] == [f"Group {number}"]
