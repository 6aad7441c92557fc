"""What an admin does while a job is under way: whatever comes last is what the target has."""

import pytest

from harness.errors import Refused
from tests.engine.office import AD, ALL, O365, Office, login

every = pytest.mark.parametrize("app", ALL)
steps = pytest.mark.parametrize("calls", range(6))


def crowd(app: str) -> list[str]:
    """More than ride in one create where there is such a limit; elsewhere a few do as well."""
    return [f"u{number:02}" for number in range(24 if app == O365 else 6)]


def crowded(app: str) -> Office:
    """A crowd in a pushed group."""
    office = Office(app)
    office.pushed(*crowd(app))
    return office


@every
@steps
def test_a_member_removed_while_the_group_is_made_is_removed(app, calls):
    names = crowd(app)
    office = Office(app)
    office.hire(*names)
    office.group("Sales", *names)
    office.ask()
    office.run_calls(calls)
    office.leave("Sales", names[0], names[-2])
    office.op.run()

    left = [name for name in names if name not in (names[0], names[-2])]
    assert office.there() == office.known() == left


@every
@steps
def test_a_member_added_while_the_group_is_made_is_added(app, calls):
    names = crowd(app)
    office = Office(app)
    office.hire(*names)
    office.group("Sales", *names[:-3])
    office.ask()
    office.run_calls(calls)
    office.join("Sales", *names[-3:])
    office.op.run()

    assert office.there() == office.known() == names


@every
@steps
def test_a_member_removed_while_being_added_is_removed(app, calls):
    names = crowd(app)
    office = Office(app)
    office.pushed("ana")
    office.hire(*names)
    office.join("Sales", *names)
    office.run_calls(calls)
    office.leave("Sales", *names)
    office.op.run()

    assert office.there() == office.known() == ["ana"]


@every
@steps
def test_a_member_added_again_while_being_removed_is_a_member(app, calls):
    names = crowd(app)
    office = crowded(app)
    office.leave("Sales", *names)
    office.run_calls(calls)
    office.join("Sales", *names)
    office.op.run()

    assert office.there() == office.known() == names


@every
@steps
def test_a_member_removed_during_an_overwrite_is_removed(app, calls):
    names = crowd(app)
    half = len(names) // 2
    office = crowded(app)
    group = office.target_group()
    office.target.remove_members(group.id, group.members[:half])
    office.op.push_now(app, "Sales")
    office.run_calls(calls)
    office.leave("Sales", names[0], names[-1])
    office.op.run()

    # Hand edits of a directory stay (R56).
    assert office.there() == names[half if app == AD else 1 : -1]


@every
@steps
def test_a_rename_of_a_rename_under_way_ends_with_the_last_name(app, calls):
    office = Office(app)
    office.pushed("ana")
    office.op.rename_group("Sales", "Second")
    office.run_calls(calls)
    office.op.rename_group("Second", "Third")
    office.op.run()

    live = [group.name for group in office.target.groups() if not group.deleted]
    assert live.count("Third") == 1
    assert not {"Sales", "Second"} & set(live)


@every
@steps
def test_a_rename_while_the_group_is_made_reaches_it(app, calls):
    names = crowd(app)
    office = Office(app)
    office.hire(*names)
    office.group("Sales", *names)
    office.ask()
    office.run_calls(calls)
    office.op.rename_group("Sales", "Sellers")
    office.op.run()

    assert office.there("Sellers") == names
    assert office.groups_named("Sales") == []


@every
def test_a_rename_and_back_sends_nothing(app):
    office = Office(app)
    office.pushed("ana")
    mark = office.mark()
    office.op.rename_group("Sales", "Other")
    office.op.rename_group("Other", "Sales")
    office.op.run()

    assert office.calls(mark) == []


@every
@steps
def test_pausing_while_the_group_is_made_stops_there_and_activating_completes(app, calls):
    names = crowd(app)
    office = Office(app)
    office.hire(*names)
    office.group("Sales", *names)
    office.ask()
    office.run_calls(calls)
    office.op.deactivate_mapping(app, "Sales")
    mark = office.mark()
    office.op.run()
    assert office.calls(mark) == []
    assert office.mapping().status == "INACTIVE"

    office.op.activate_mapping(app, "Sales")
    office.op.run()

    assert office.there() == office.known() == names


@every
@steps
def test_unlinking_while_the_group_is_made_leaves_no_job(app, calls):
    names = crowd(app)
    office = Office(app)
    office.hire(*names)
    office.group("Sales", *names)
    office.ask()
    office.run_calls(calls)
    office.unlink(delete=False)
    mark = office.mark()
    office.op.run()

    assert office.calls(mark) == []
    assert not office.is_mapped()
    assert office.op.next_due() is None


@every
@steps
def test_unlinking_with_delete_while_the_group_is_made_leaves_no_group(app, calls):
    names = crowd(app)
    office = Office(app)
    office.hire(*names)
    office.group("Sales", *names)
    office.ask()
    office.run_calls(calls)
    office.unlink(delete=True)
    office.settle()

    assert office.groups_named() == []
    assert not office.is_mapped()


@every
@steps
def test_a_member_unassigned_while_the_group_is_made_leaves_no_link(app, calls):
    names = crowd(app)
    office = Office(app)
    office.hire(*names)
    office.group("Sales", *names)
    office.ask()
    office.run_calls(calls)
    office.op.unassign_user(app, login(names[0]))
    office.op.unassign_user(app, login(names[-3]))
    office.op.run()

    assert not {names[0], names[-3]} & set(office.known())
    assert office.errors() == []


@every
def test_changes_made_while_a_push_waits_are_sent_with_it(app):
    office = Office(app)
    office.pushed("ana", "ben")
    office.hire("cy", "dan")
    office.arm(f"{app}.*", "throttle", retry_after="600")
    office.join("Sales", "cy")
    office.op.run()
    office.join("Sales", "dan")
    office.leave("Sales", "ana")
    office.settle()

    assert office.there() == office.known() == ["ben", "cy", "dan"]


@every
def test_two_mappings_of_one_app_keep_apart(app):
    office = Office(app)
    office.hire("ana", "ben")
    office.group("One", "ana")
    office.group("Two", "ben")
    office.ask("One")
    office.ask("Two")
    office.run_calls(3)
    office.join("One", "ben")
    office.join("Two", "ana")
    office.op.run()

    assert office.there("One") == office.there("Two") == ["ana", "ben"]


@every
def test_an_emptied_group_empties_its_target(app):
    names = crowd(app)
    office = crowded(app)
    office.leave("Sales", *names)
    office.op.run()

    assert office.there() == office.known() == []


@every
def test_a_group_of_nobody_is_made_empty(app):
    office = Office(app)
    office.group("Sales")
    office.push()

    assert office.there() == []
    assert office.mapping().status == "ACTIVE"


@every
def test_a_mapping_whose_group_is_being_deleted_can_only_be_left(app):
    office = Office(app)
    office.pushed("ana")
    office.unlink(delete=True)
    for action in ("push_now", "activate_mapping", "deactivate_mapping"):
        with pytest.raises(Refused, match="is being deleted"):
            getattr(office.op, action)(app, "Sales")
    with pytest.raises(Refused, match="already pushed"):
        office.ask()

    office.unlink(delete=False)
    office.op.run()

    assert office.there() == ["ana"]
    assert not office.is_mapped()


@every
def test_deleting_twice_deletes_once(app):
    office = Office(app)
    office.pushed("ana")
    mark = office.mark()
    office.unlink(delete=True)
    office.unlink(delete=True)
    office.op.run()

    assert len(office.writes(mark)) == 1
