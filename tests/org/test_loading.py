"""Filling an org at once: as if everything had been made one by one, but for the log."""

import pytest
import sqlalchemy as sa

from harness.model import PushRequest, UserProfile
from harness.org import schema
from harness.org.loading import load
from tests.engine.office import SLACK, Office, login, logins


def person(name: str) -> UserProfile:
    return UserProfile(login(name), login(name), name.title(), "Silva")


def test_people_and_groups_are_there_and_can_be_worked_with():
    office = Office(SLACK)

    load(
        office.world.org.core,
        map(person, ["ana", "ben", "cy"]),
        [("Sales", logins(["ben", "ana"])), ("Empty", [])],
    )

    assert set(office.op.users().values()) == {"ACTIVE"}
    assert office.op.groups()["Sales"] == logins(["ben", "ana"])
    assert office.op.groups()["Empty"] == []
    assert sorted(office.op.groups()["Everyone"]) == sorted(logins(["ana", "ben", "cy"]))
    office.assign("ana", "ben")
    office.op.run()
    office.op.push_group(PushRequest("Sales", SLACK))
    office.op.run()
    (group,) = office.world.targets[SLACK].groups()
    assert office.members_of(group) == ["ana", "ben"]


def test_what_is_loaded_later_joins_what_is_there():
    office = Office(SLACK)
    office.people("ana")

    load(office.world.org.core, [person("ben")], [("Sales", logins(["ana", "ben"]))])

    assert office.op.groups()["Sales"] == logins(["ana", "ben"])
    assert office.op.groups()["Everyone"] == logins(["ana", "ben"])


@pytest.mark.parametrize(
    ("people", "groups", "refusal"),
    [
        (["ben", "ana"], [], sa.exc.DBAPIError),
        (["ben"], [("Sales", logins(["nobody"]))], KeyError),
    ],
)
def test_what_cannot_be_loaded_leaves_the_org_as_it_was(people, groups, refusal):
    office = Office(SLACK)
    office.people("ana")
    before = office.world.org.store.all(schema.group_members)

    with pytest.raises((refusal, office.world.org.store.driver_error)):
        load(office.world.org.core, map(person, people), groups)

    assert list(office.op.users()) == [login("ana")]
    assert office.world.org.store.all(schema.group_members) == before
