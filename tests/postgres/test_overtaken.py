"""A paused engine wakes after another has taken its app: it commits nothing, and is put right."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from harness import adapters, transport
from harness.engine import LocalOperator
from harness.engine.engine import Engine
from harness.engine.overtaken import Overtaken, put_right
from harness.model import PushRequest
from harness.org import Org
from harness.org.database import open_store
from harness.org.ownership import claim
from harness.ports import Connection
from tests.engine.office import BOX, O365, SLACK, Office, login

SCIM = "scim"
ME = sa.text("SELECT pg_backend_pid()")
END = sa.text("SELECT pg_terminate_backend(:pid, 5000)")


class Pair:
    """The office's own engine, and one more on the same database."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.paused = office.world.org
        url = self.paused.store.connection.engine.url.render_as_string(hide_password=False)
        self.other_store = open_store(url)
        self.other = Org(self.other_store, office.world.clock, seed=7)
        self.admin = LocalOperator(self.other, self.adapters())

    def adapters(self, before: Callable[[], None] = lambda: None):
        world = self.office.world

        def made(app):
            session = transport.session(world.targets[app.label].exchanges(), before)
            return adapters.load(app.kind)(
                Connection(
                    session=session,
                    credentials=app.credentials,
                    clock=world.clock,
                    wire=app.settings["wire"],
                    timeout_s=app.settings["timeout_s"],
                    options=app.settings,
                )
            )

        return made

    def pause(
        self, *, before_write: int, meanwhile: Callable[[], None], is_done_first: bool = True
    ) -> Overtaken:
        """Stop the engine just before that call, let things happen, and let it wake.

        The other engine does the paused one's work first, or finds it overtaken by events.
        """
        calls = 0

        def stop() -> None:
            nonlocal calls
            calls += 1
            if calls == before_write:
                self._lose_connection()
                if is_done_first:
                    self.admin.run()
                meanwhile()
                self.admin.run()

        self.paused.core.jobs_changed = True
        with pytest.raises(Overtaken) as told:
            Engine(self.paused, self.adapters(stop)).run()
        assert calls == before_write, "it went on after it was overtaken"
        return told.value

    def _lose_connection(self) -> None:
        """What the server does to a connection that has been silent for its lease."""
        with self.paused.store.tx():
            pid = self.paused.store.value(ME)
        with self.other_store.tx():
            self.other_store.run(END.bindparams(pid=pid))

    def close(self) -> None:
        self.other_store.close()


@pytest.fixture
def pair():
    made: list[Pair] = []

    def make(kind: str, **options) -> Pair:
        office = Office(kind, **options)
        office.hire("ana", "ben", "cy")
        office.group("Sales", "ana")
        office.push("Sales")
        office.op.run()
        made.append(Pair(office))
        return made[-1]

    yield make
    for each in made:
        each.close()


def members(pair: Pair) -> list[str]:
    target = pair.office.world.targets[pair.office.app]
    names = {each.id: each.login.partition("@")[0] for each in target.accounts()}
    (group,) = [group for group in target.groups() if not group.deleted]
    return sorted(names[member] for member in group.members)


def names(pair: Pair) -> list[str]:
    target = pair.office.world.targets[pair.office.app]
    return sorted(group.name for group in target.groups() if not group.deleted)


def account(pair: Pair, name: str):
    target = pair.office.world.targets[pair.office.app]
    (found,) = [each for each in target.accounts() if each.login.startswith(name)]
    return found


@pytest.mark.parametrize("kind", [BOX, O365, SLACK])
def test_a_member_added_late_is_taken_out_again(pair, kind):
    pair = pair(kind)
    pair.admin.add_to_group("Sales", [login("ben")])

    late = pair.pause(
        before_write=first_write(kind),
        meanwhile=lambda: pair.admin.remove_from_group("Sales", [login("ben")]),
    )
    assert members(pair) == ["ana", "ben"]

    put_right(pair.other, late)
    pair.admin.run()

    assert members(pair) == ["ana"]
    assert pair.admin.mappings(pair.office.app)[0].status == "ACTIVE"


@pytest.mark.parametrize("kind", [BOX, O365, SLACK])
def test_a_member_removed_late_is_put_in_again(pair, kind):
    pair = pair(kind)
    pair.admin.remove_from_group("Sales", [login("ana")])

    late = pair.pause(
        before_write=first_write(kind) + (kind == BOX),
        meanwhile=lambda: pair.admin.add_to_group("Sales", [login("ana")]),
    )
    # A membership of Box has an id of its own: the new one is not hit.
    assert members(pair) == (["ana"] if kind == BOX else [])

    put_right(pair.other, late)
    pair.admin.run()

    assert members(pair) == ["ana"]


@pytest.mark.parametrize("kind", [BOX, O365, SLACK])
def test_a_late_name_gives_way_to_the_present_one(pair, kind):
    pair = pair(kind)
    pair.admin.rename_group("Sales", "Sales EMEA")

    late = pair.pause(
        before_write=first_write(kind),
        meanwhile=lambda: pair.admin.rename_group("Sales EMEA", "Sales West"),
    )
    assert names(pair) == ["Sales EMEA"]

    put_right(pair.other, late)
    pair.admin.run()

    assert names(pair) == ["Sales West"]


def test_a_group_made_late_is_no_twin_for_long(pair):
    """B1: an app whose names and keys both repeat would have two groups of that name."""
    pair = pair(SCIM, target={"group_names_are_unique": False})
    pair.admin.create_group("Marketing")
    pair.admin.push_group(PushRequest("Marketing", SCIM))

    late = pair.pause(before_write=2, meanwhile=lambda: None)
    assert names(pair) == ["Marketing", "Marketing", "Sales"]

    put_right(pair.other, late)
    pair.admin.run()

    assert names(pair) == ["Marketing", "Sales"]


@pytest.mark.parametrize("kind", [BOX, O365, SLACK])
def test_an_account_made_late_for_nobody_is_disabled(pair, kind):
    pair = pair(kind)
    pair.office.people("dee")
    pair.admin.assign_user(pair.office.app, login("dee"))

    late = pair.pause(
        before_write=first_write(kind) + 1,
        meanwhile=lambda: pair.admin.unassign_user(pair.office.app, login("dee")),
        is_done_first=False,
    )
    assert account(pair, "dee").active

    put_right(pair.other, late)
    pair.admin.run(until=pair.office.world.clock.now() + 3600)

    assert not account(pair, "dee").active


def test_an_app_that_one_connection_has_no_other_gets_until_it_is_gone(pair):
    pair = pair(BOX)
    app_id = pair.paused.apps.find(BOX).id

    assert claim(pair.paused.store, app_id, lease_s=60)
    assert not claim(pair.other_store, app_id, lease_s=60)

    pair._lose_connection()

    assert claim(pair.other_store, app_id, lease_s=60)


def first_write(kind: str) -> int:
    """At which call a new engine changes its first group: some get a token first."""
    return 1 if kind == SLACK else 2
