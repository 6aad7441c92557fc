"""In a world where everybody keeps to the documents, nothing is found, whatever happens in it."""

from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.diagnosis import explain
from tests.diagnosis.asked import evidence, explained
from tests.engine.office import AD, O365, Office, login

APPS = (O365, AD, "gsuite", "slack", "box")
PEOPLE = ("ana", "ben", "cy", "dee")
GROUPS = ("Sales", "Support")
MOVES = (
    "join",
    "leave",
    "push now",
    "rename",
    "import",
    "refresh",
    "suspend and back",
    "leave for good",
    "activate",
)


@dataclass
class Admin:
    """An admin who assigns first, and who pushes again after a user came back."""

    office: Office
    names: dict[str, str] = field(default_factory=lambda: {name: name for name in GROUPS})
    renamed: int = 0
    gone: set[str] = field(default_factory=set)

    def start(self) -> None:
        self.office.hire(*PEOPLE)
        for group in GROUPS:
            self.office.group(group, *PEOPLE[:2])
            self.office.push(group)

    def do(self, move: str, group: str, person: str) -> None:
        name = self.names[group]
        if move == "join":
            self._join(name, person)
        elif move == "leave":
            self.office.leave(name, person)
        elif move == "push now":
            self.office.op.push_now(self.office.app, name)
        elif move == "rename":
            self._rename(group)
        elif move == "import":
            self.office.op.import_users(self.office.app)
        elif move == "refresh":
            self.office.refresh()
        elif move == "suspend and back":
            self._away_and_back(person)
        elif move == "leave for good":
            self._leave_for_good(person)
        else:
            self.office.op.activate_mapping(self.office.app, name)
        self.office.settle()

    def _join(self, name: str, person: str) -> None:
        """First the app, then the group."""
        if person in self.gone:
            self.gone.remove(person)
            self.office.assign(person)
            self.office.settle()
        self.office.join(name, person)

    def _leave_for_good(self, person: str) -> None:
        """First out of the push groups, then out of the app."""
        for name in self.names.values():
            self.office.leave(name, person)
        self.office.settle()
        if person not in self.gone:
            self.gone.add(person)
            self.office.op.unassign_user(self.office.app, login(person))

    def _rename(self, group: str) -> None:
        self.renamed += 1
        new = f"{group} {self.renamed}"
        self.office.op.rename_group(self.names[group], new)
        self.names[group] = new

    def _away_and_back(self, person: str) -> None:
        self.office.op.suspend_user(login(person))
        self.office.op.run()
        self.office.op.unsuspend_user(login(person))
        for name in self.names.values():
            self.office.op.push_now(self.office.app, name)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    app=st.sampled_from(APPS),
    moves=st.lists(
        st.tuples(st.sampled_from(MOVES), st.sampled_from(GROUPS), st.sampled_from(PEOPLE)),
        max_size=12,
    ),
)
def test_nothing_is_found_where_everybody_keeps_to_the_documents(app, moves):
    admin = Admin(Office(app))
    admin.start()
    for move in moves:
        admin.do(*move)

    assert admin.office.errors() == []
    assert explained(admin.office) == []


def test_the_same_world_with_one_edit_by_hand_is_not_healthy():
    admin = Admin(Office(O365))
    admin.start()
    group = admin.office.target_group("Support")
    admin.office.target.remove_members(group.id, [admin.office.external_id("ana")])

    found = [(each.name, each.group, each.users) for each in explain(evidence(admin.office))]

    assert found == [("taken_out_in_the_app", "Support", (login("ana"),))]
