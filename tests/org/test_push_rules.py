"""Push rules: which groups they find, what they skip, and what they refuse (R9, R19, R22, R35)."""

import pytest

from harness.errors import Refused
from harness.model import PushRule
from tests.engine.office import O365, Office

EVENT = "app.user_management.grouppush.mapping.created.from.rule"
WARNING = "application.provision.group_push.mapping.created.from.rule.warning"
DUPLICATE = f"{WARNING}.duplicate.name"


def pushes(office: Office) -> list[str]:
    return sorted(view.group for view in office.op.mappings(O365))


def told(office: Office, event: str) -> tuple[str, str]:
    """Outcome and message of the one event of that type."""
    (found,) = [each for each in office.op.log() if each.type == event]
    assert found.targets == (O365, "Sales")
    return found.outcome, found.message


@pytest.mark.parametrize(
    ("condition", "value", "found"),
    [
        ("starts_with", "sales", ["Sales", "Sales East"]),
        ("contains", "east", ["Far East", "Sales East"]),
        ("equals", "SALES", ["Sales"]),
        ("equals", "Nothing", []),
    ],
)
def test_a_rule_finds_groups_by_name_in_any_letter_case(condition, value, found):
    office = Office()
    for name in ("Sales", "Sales East", "Far East"):
        office.group(name)
    office.op.create_push_rule(PushRule("r", O365, condition, value))

    assert pushes(office) == found
    assert office.events().count(EVENT) == len(found)


def test_a_rule_finds_groups_by_description():
    office = Office()
    office.op.create_group("One", description="pushed to all")
    office.op.create_group("Two", description="kept here")
    office.op.create_push_rule(PushRule("r", O365, "contains", "pushed", "description"))

    assert pushes(office) == ["One"]


def test_a_group_renamed_into_a_rule_is_pushed():
    office = Office()
    office.group("Buying")
    office.op.create_push_rule(PushRule("r", O365, "starts_with", "Sales"))
    office.op.rename_group("Buying", "Sales")

    assert pushes(office) == ["Sales"]


def test_an_edited_rule_pushes_what_it_finds_now_and_keeps_what_it_found():
    office = Office()
    office.group("One")
    office.group("Two")
    office.op.create_push_rule(PushRule("r", O365, "equals", "One"))
    office.op.edit_push_rule(O365, "r", {"name": "s", "value": "Two"})

    assert pushes(office) == ["One", "Two"]
    assert office.mapping("One").origin == "s"


def test_r19_a_mapping_that_a_rule_made_is_told_with_the_rule_and_its_id():
    office = Office()
    office.group("Sales")
    office.op.create_push_rule(PushRule("r", O365, "equals", "Sales"))

    assert told(office, EVENT) == (
        "SUCCESS",
        (
            "A Group Push mapping to the group Sales has been created from the rule r "
            f"with the id - {office.mapping().id}."
        ),
    )


def test_r19_a_group_that_is_pushed_already_is_skipped():
    office = Office()
    office.pushed("ana")
    office.op.create_push_rule(PushRule("r", O365, "equals", "Sales"))

    assert office.mapping().origin == "name"
    assert told(office, f"{EVENT}.error.duplicate") == (
        "SKIPPED",
        (
            "A Group Push mapping to the group Sales did not get created from rule r "
            "because an existing mapping already existed."
        ),
    )


def test_r19_a_name_that_exists_in_the_app_is_skipped():
    """T34."""
    office = Office()
    office.target.add_group("Sales")
    office.refresh()
    office.group("Sales")
    office.op.create_push_rule(PushRule("r", O365, "equals", "Sales"))

    assert pushes(office) == []
    assert told(office, DUPLICATE) == (
        "SKIPPED",
        (
            "A Group Push mapping did not get created from rule r to UserGroup Sales "
            f"since group with same name already exists in AppInstance {O365}"
        ),
    )


def test_r19_a_group_made_later_whose_name_exists_in_the_app_is_skipped_with_another_event():
    """T34."""
    office = Office()
    office.target.add_group("Sales")
    office.refresh()
    office.op.create_push_rule(PushRule("r", O365, "equals", "Sales"))
    office.group("Sales")

    assert pushes(office) == []
    assert DUPLICATE not in office.events()
    assert told(office, f"{WARNING}.upsertGroup.duplicate.name") == (
        "SKIPPED",
        (
            "UserGroup was created or updated. "
            "A Group Push mapping did not get created from rule r to UserGroup Sales "
            f"since group with same name already exists in AppInstance {O365}"
        ),
    )


def test_r19_a_name_that_is_about_to_be_made_is_skipped():
    office = Office(settings={"rename_app_groups": False})
    office.group("Sales")
    office.group("Sellers")
    office.ask("Sellers", target_name="Sales")
    office.op.create_push_rule(PushRule("r", O365, "equals", "Sales"))

    assert pushes(office) == ["Sellers"]
    assert told(office, f"{DUPLICATE}.tobecreated") == (
        "SKIPPED",
        (
            "A Group Push mapping did not get created from rule r to UserGroup Sales "
            f"since group with same name will already be created in AppInstance {O365}"
        ),
    )


def crowd(count: int) -> Office:
    office = Office()
    for number in range(count):
        office.op.create_group(f"Group {number:03}")
    return office


def test_r22_a_rule_takes_at_most_a_hundred_groups():
    office = crowd(101)
    with pytest.raises(Refused, match="at most 100"):
        office.op.create_push_rule(PushRule("r", O365, "starts_with", "Group"))
    assert pushes(office) == []

    office.op.delete_group("Group 100")
    office.op.create_push_rule(PushRule("r", O365, "starts_with", "Group"))
    office.op.create_group("Group 100")

    assert len(pushes(office)) == 100
    assert "Group 100" in office.op.groups()
    assert f"{EVENT}.error.validation" in office.events()


def test_a_group_can_be_made_although_a_rule_cannot_push_it():
    office = Office()
    office.op.create_push_rule(PushRule("r", O365, "equals", "Sales"))
    office.settings(provisioning=False)
    office.group("Sales")

    assert pushes(office) == []
    assert told(office, f"{EVENT}.error.validation") == (
        "FAILURE",
        (
            "A Group Push mapping to the group Sales did not get created from rule r because of "
            "the validation error: Provisioning is not enabled for the app instance."
        ),
    )


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"condition": "like"}, "must be one of starts_with, contains, equals"),
        ({"attribute": "size"}, "must be one of name, description"),
        ({"value": ""}, "cannot be left blank"),
        ({"name": " "}, "cannot be left blank"),
        ({"name": "other"}, "already has a push rule other"),
        ({"immediately": "yes"}, "must be true or false"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_when_made_and_when_edited(changes, cause):
    office = Office()
    good = {"name": "r", "app": O365, "condition": "equals", "value": "Sales"}
    office.op.create_push_rule(PushRule(**good))
    office.op.create_push_rule(PushRule("other", O365, "equals", "Other"))

    with pytest.raises(Refused, match=cause):
        office.op.create_push_rule(PushRule(**{**good, "name": "new", **changes}))
    with pytest.raises(Refused, match=cause):
        office.op.edit_push_rule(O365, "r", changes)


def test_an_unknown_field_of_a_rule_is_refused_with_the_nearest():
    office = Office()
    office.op.create_push_rule(PushRule("r", O365, "equals", "Sales"))

    with pytest.raises(Refused, match="nearest: condition"):
        office.op.edit_push_rule(O365, "r", {"conditon": "equals"})


def test_an_unknown_rule_is_not_found():
    with pytest.raises(Refused, match="GroupPushRule"):
        Office().op.edit_push_rule(O365, "r", {})
