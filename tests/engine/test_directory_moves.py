"""Users whom an administrator of the directory moves between OUs, and the groups they are in."""

from tests.engine.office import AD, BRANCH_OU, Office


def moved(*members: str) -> Office:
    """Ana stands in another OU now, by the hand of the directory's administrator."""
    office = Office(AD)
    office.pushed(*members)
    # An object's own id is enough to move it, whatever it is.
    office.target.move_group(office.external_id("ana"), BRANCH_OU)
    return office


def test_a_user_who_was_moved_and_is_removed_from_the_group_goes_from_it():
    office = moved("ana", "ben")
    office.leave("Sales", "ana")
    office.op.run()

    assert office.there() == ["ben"]
    assert office.errors() == []


def test_a_user_who_was_moved_can_be_added_again():
    office = moved("ana", "ben")
    office.leave("Sales", "ana")
    office.op.run()
    office.join("Sales", "ana")
    office.op.run()

    assert office.there() == ["ana", "ben"]
    assert office.errors() == []


def test_an_import_knows_the_user_who_was_moved_as_the_same():
    office = moved("ana")
    before = office.external_id("ana")
    office.op.import_users(AD)
    office.op.run()
    office.leave("Sales", "ana")
    office.op.run()

    assert office.external_id("ana") == before
    assert office.there() == []
