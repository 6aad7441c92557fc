"""Groups and group rules of the org."""

import pytest

from harness.errors import Refused
from harness.model import UserProfile
from harness.org.group_rules import parse
from tests.engine.office import O365, Office, login


class Person:
    """What a predicate reads of a user."""

    def __init__(self, **attributes: str) -> None:
        self.login = "ana@example.test"
        self.email = "ana@example.test"
        self.first_name = "Ana"
        self.last_name = "Silva"
        self.attributes = attributes


def test_every_user_is_in_everyone():
    office = Office()
    office.people("ana", "ben")

    assert office.op.groups() == {"Everyone": [login("ana"), login("ben")]}


@pytest.mark.parametrize("action", ["add_to_group", "remove_from_group"])
def test_everyone_cannot_be_edited(action):
    office = Office()
    office.people("ana")

    with pytest.raises(Refused) as refused:
        getattr(office.op, action)("Everyone", [login("ana")])

    assert refused.value.code == "E0000006"


@pytest.mark.parametrize("action", ["rename", "delete"])
def test_everyone_cannot_be_renamed_or_deleted(action):
    office = Office()
    more = ("All",) if action == "rename" else ()

    with pytest.raises(Refused, match="built in"):
        getattr(office.op, f"{action}_group")("Everyone", *more)


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("Sales", "already exists"),
        ("Everyone", "already exists"),
        (" ", "cannot be left blank"),
        ("x" * 256, "between 1 and 255"),
    ],
)
def test_a_name_that_cannot_be_is_refused_for_new_groups_and_renames(name, cause):
    office = Office()
    office.group("Sales")
    office.group("Other")

    with pytest.raises(Refused, match=cause):
        office.op.create_group(name)
    with pytest.raises(Refused, match=cause):
        office.op.rename_group("Other", name)

    assert list(office.op.groups()) == ["Everyone", "Other", "Sales"]


def test_a_group_may_be_renamed_to_its_own_name():
    office = Office()
    office.group("Sales")
    seen = office.last_event()
    office.op.rename_group("Sales", "Sales")

    assert office.log(seen) == []


def test_members_stay_in_order_of_joining():
    office = Office()
    office.people("zoe", "ana", "ben")
    office.group("Sales", "zoe", "ben")
    office.join("Sales", "ana", "zoe")

    assert office.op.groups()["Sales"] == [login("zoe"), login("ben"), login("ana")]


def test_removing_who_is_no_member_changes_nothing():
    office = Office()
    office.people("ana")
    office.group("Sales")
    seen = office.last_event()
    office.leave("Sales", "ana")

    assert office.log(seen) == []


def test_group_changes_are_logged():
    office = Office()
    office.people("ana")
    seen = office.last_event()
    office.group("Sales", "ana")
    office.op.assign_group(O365, "Sales")
    office.op.unassign_group(O365, "Sales")
    office.leave("Sales", "ana")
    office.op.rename_group("Sales", "Sellers")
    office.op.delete_group("Sellers")

    assert office.events(seen) == [
        "group.lifecycle.create",
        "group.user_membership.add",
        "group.application_assignment.add",
        "application.user_membership.add",
        "group.application_assignment.remove",
        "application.user_membership.remove",
        "group.user_membership.remove",
        "group.profile.update",
        "group.lifecycle.delete",
    ]


def test_each_member_who_comes_or_goes_has_an_event():
    """As in Okta's event catalogue: group.user_membership.add names one user and the group."""
    office = Office()
    office.people("ana", "ben")
    office.group("Sales")
    seen = office.last_event()
    office.join("Sales", "ana", "ben")
    office.leave("Sales", "ben")

    assert [(event.type, event.targets) for event in office.log(seen)] == [
        ("group.user_membership.add", ("Sales", "ana@example.test")),
        ("group.user_membership.add", ("Sales", "ben@example.test")),
        ("group.user_membership.remove", ("Sales", "ben@example.test")),
    ]


# --- group rules: the expression -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ('user.department=="Sales"', True),
        ('user.department == "Buying"', False),
        ('user.department!="Buying"', True),
        ('user.firstName=="Ana" and user.lastName=="Silva"', True),
        ('user.firstName=="Ana" && user.lastName=="Other"', False),
        ('user.firstName=="Bea" or user.department=="Sales"', True),
        ('user.firstName=="Bea" || user.department=="Sales" && user.lastName=="X"', False),
        ('user.motto=="this and that or those"', True),
        ('user.count=="1"', False),
        ('user.id=="x"', False),
        ('user.missing!="x"', True),
    ],
)
def test_an_expression_holds_or_not(expression, holds):
    ana = Person(department="Sales", motto="this and that or those")

    assert parse(expression)(ana) is holds


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "user.department",
        'user.department="Sales"',
        'department=="Sales"',
        'user.a=="x" user.b=="y"',
        'user.a=="x" and',
        'and user.a=="x"',
        'user.a=="x" nor user.b=="y"',
        '(user.a=="x")',
        'user.a=="x',
    ],
)
def test_what_cannot_be_read_is_refused(expression):
    with pytest.raises(Refused, match="cannot read") as refused:
        parse(expression)

    assert refused.value.code == "E0000001"


# --- group rules: what they do --------------------------------------------------------------------


def ruled(expression: str = 'user.department=="Sales"') -> Office:
    office = Office()
    office.op.create_group("Sales")
    office.op.create_group_rule("fill", expression=expression, groups=["Sales"])
    return office


def seller(office: Office, name: str, department: str = "Sales") -> None:
    profile = UserProfile(login(name), login(name), name, "S", {"department": department})
    office.op.create_user(profile)


def test_a_rule_does_nothing_until_it_is_active():
    office = ruled()
    seller(office, "ana")
    assert office.op.groups()["Sales"] == []

    office.op.set_group_rule_active("fill", active=True)
    seller(office, "ben")
    seller(office, "cy", "Buying")

    assert office.op.groups()["Sales"] == [login("ana"), login("ben")]


def test_who_stops_matching_leaves_and_who_was_put_in_by_hand_stays():
    office = ruled()
    office.op.set_group_rule_active("fill", active=True)
    seller(office, "ana")
    seller(office, "ben", "Buying")
    office.join("Sales", "ben")
    office.op.update_user(login("ana"), {"department": "Buying"})

    assert office.op.groups()["Sales"] == [login("ben")]


def test_an_inactive_or_deleted_rule_leaves_its_members():
    office = ruled()
    office.op.set_group_rule_active("fill", active=True)
    seller(office, "ana")
    office.op.set_group_rule_active("fill", active=False)
    office.op.delete_group_rule("fill")
    office.op.update_user(login("ana"), {"department": "Buying"})

    assert office.op.groups()["Sales"] == [login("ana")]


def test_a_rule_whose_group_was_deleted_is_invalid_and_harms_nobody():
    office = ruled()
    office.op.set_group_rule_active("fill", active=True)
    office.op.delete_group("Sales")
    seller(office, "ana")

    assert "group.user_membership.rule.invalidate" in office.events()
    with pytest.raises(Refused, match="was deleted"):
        office.op.set_group_rule_active("fill", active=True)


def test_a_rule_is_logged_when_it_moves_somebody():
    office = ruled()
    office.op.set_group_rule_active("fill", active=True)
    seller(office, "cy", "Buying")
    assert "group.user_membership.rule.trigger" not in office.events()

    seller(office, "ana")

    assert "group.user_membership.rule.trigger" in office.events()


@pytest.mark.parametrize("name", ["", "x" * 51, "fill"])
def test_a_rule_needs_a_name_of_its_own_of_up_to_50_characters(name):
    office = ruled()

    with pytest.raises(Refused, match="name: "):
        office.op.create_group_rule(name, expression='user.a=="x"', groups=["Sales"])


def test_a_rule_needs_groups_that_exist():
    with pytest.raises(Refused, match="UserGroup"):
        ruled().op.create_group_rule("more", expression='user.a=="x"', groups=["Nowhere"])
