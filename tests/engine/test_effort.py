"""What many members cost the org's database: statements, not one for each of them."""

import pytest
import sqlalchemy as sa

from tests.engine.office import O365, Office


class Statements:
    """Counts the statements that an office's store runs."""

    def __init__(self, office: Office) -> None:
        self.count = 0
        connection = office.world.org.store.connection
        sa.event.listen(connection, "before_cursor_execute", self._counted)

    def _counted(self, *_: object) -> None:
        self.count += 1


def effort(people: int, deed: str) -> int:
    names = [f"u{number:04}" for number in range(people)]
    office = Office()
    office.people(*names)
    office.group("Staff")
    office.op.assign_group(O365, "Staff")
    office.group("Sales")
    office.push()
    if deed != "join":
        office.join("Staff", *names)
        office.join("Sales", *names)
    counted = Statements(office)
    if deed == "join":
        office.join("Staff", *names)
        office.join("Sales", *names)
    elif deed == "leave":
        office.leave("Staff", *names)
        office.leave("Sales", *names)
    else:
        office.op.unassign_group(O365, "Staff")
    return counted.count


@pytest.mark.parametrize("deed", ["join", "leave", "unassign"])
def test_a_change_of_many_members_costs_no_statement_for_each(deed):
    few, many = effort(10, deed), effort(210, deed)

    assert many <= few + 10


def test_a_push_of_many_members_costs_no_statement_for_each():
    costs = []
    for people in (30, 230):
        names = [f"u{number:04}" for number in range(people)]
        office = Office()
        office.people(*names)
        office.group("Sales", *names)
        office.assign(*names)
        office.op.run()
        counted = Statements(office)
        office.push()
        assert len(office.there()) == people
        costs.append(counted.count)

    assert costs[1] <= costs[0] + 10
