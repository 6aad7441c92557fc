"""A mapping as the console shows it, the match before it is made, and the log of its life."""

import pytest

from harness.errors import Refused
from harness.model import MatchKind, PushRequest, PushRule
from tests.engine.office import AD, BOTH, BRANCH_OU, GROUPS_OU, O365, Office

both = pytest.mark.parametrize("app", BOTH)
PUSH = "application.provision.group_push"


@both
def test_a_mapping_shows_all_that_the_console_shows(app):
    office = Office(app)
    office.hire("ana")
    office.group("Sales", "ana")
    asked = office.now
    office.push()
    view = office.mapping()

    assert view.id.startswith("gPm")
    assert (view.app, view.group, view.target_name) == (app, "Sales", "Sales")
    assert (view.created, view.created_by) == (asked, "admin@example.test")
    assert (view.status, view.origin, view.error, view.job) == ("ACTIVE", "name", "", "")
    assert view.group_type == {O365: "", AD: "SECURITY"}[app]
    assert view.last_push is not None
    assert view.last_push > asked
    assert view.external_id == office.target_group().id
    assert view.target_group_id is not None
    assert view.target_group_id.startswith("00g")
    assert view.known_members == ("ana@example.test",)


@both
def test_a_fresh_mapping_has_an_app_group_without_an_external_id(app):
    office = Office(app)
    office.group("Sales")
    office.ask()
    view = office.mapping()

    assert view.target_group_id is not None
    assert (view.external_id, view.last_push, view.job) == (None, None, "pending")


def test_the_origin_of_a_mapping_is_its_rule():
    office = Office()
    office.group("Sales")
    office.op.create_push_rule(PushRule("all sales", O365, "equals", "Sales"))

    assert office.mapping().origin == "all sales"


@both
def test_the_match_says_what_pushing_would_do(app):
    office = Office(app, settings={"linking_allowed": True})
    place = GROUPS_OU if app == AD else None
    office.target.add_group("Taken", place=place)
    office.refresh()
    for name in ("New", "Taken", "Mapped"):
        office.group(name)
    office.push("Mapped")

    kinds = {
        name: office.op.find_match(PushRequest(name, app, place=place)).kind
        for name in ("New", "Taken", "Mapped")
    }

    assert kinds == {
        "New": MatchKind.CREATE,
        "Taken": MatchKind.LINK,
        "Mapped": MatchKind.MAPPED,
    }


@both
def test_the_match_says_why_nothing_can_be_pushed(app):
    office = Office(app, settings={"provisioning": False})
    office.group("Sales")
    match = office.op.find_match(PushRequest("Sales", app, place=GROUPS_OU))

    assert match.kind is MatchKind.REFUSED
    assert match.reason == "Provisioning is not enabled for the app instance."


def test_two_groups_of_the_name_cannot_be_linked_by_it():
    office = Office(settings={"linking_allowed": True})
    office.target.add_group("Twin")
    office.target.add_group("Twin")
    office.refresh()
    office.group("Sales")

    with pytest.raises(Refused, match="more than one group is named Twin"):
        office.push(link_to="Twin")


def test_a_group_of_one_name_in_two_ous_is_linked_by_its_place():
    office = Office(AD)
    first = office.target.add_group("Twin", place=GROUPS_OU)
    second = office.target.add_group("Other", place=BRANCH_OU)
    office.target.rename_group(second, "Twin")  # its account name, unique in the domain, stays
    office.refresh()
    office.group("Sales")
    office.push(link_to="Twin", place=GROUPS_OU)

    assert office.mapping().external_id == first


@both
def test_what_is_not_pushed_cannot_be_worked_on(app):
    office = Office(app)
    office.group("Sales")

    for action in ("push_now", "activate_mapping", "deactivate_mapping"):
        with pytest.raises(Refused, match="Sales is not pushed") as refused:
            getattr(office.op, action)(app, "Sales")
        assert refused.value.code == "E0000007"


@both
def test_the_life_of_a_mapping_is_logged(app):
    office = Office(app)
    office.hire("ana", "ben")
    office.group("Sales", "ana")
    seen = office.last_event()
    office.push()
    office.join("Sales", "ben")
    office.op.run()
    office.op.rename_group("Sales", "Sellers")
    office.op.run()
    office.op.deactivate_mapping(app, "Sellers")
    office.op.activate_mapping(app, "Sellers")
    office.op.run()
    office.unlink("Sellers", delete=True)
    office.op.run()
    happened = [event for event in office.events(seen) if event.startswith(PUSH)]

    assert [event.removeprefix(f"{PUSH}.") for event in happened] == [
        "mapping.created",
        "pushed",
        "push_memberships",
        "mapping.app.group.renamed",
        "updated",
        "deactivate_mapping",
        "activate_mapping",
        "push_memberships",
        "removed",
        "delete_appgroup",
    ]


@both
def test_events_of_a_mapping_name_the_app_and_the_source_group(app):
    office = Office(app)
    office.pushed("ana")
    (event,) = [e for e in office.op.log() if e.type == f"{PUSH}.mapping.created"]

    assert event.targets == (app, "Sales")
    assert event.message == "A Group Push mapping to the group Sales has been created."
    assert event.outcome == "SUCCESS"


@both
def test_imports_are_logged(app):
    office = Office(app)
    office.op.import_users(app)
    office.refresh()

    assert "application.provision.user.import" in office.events()
    assert "app.user_management.user_group_import.upsert_success" in office.events()


@both
def test_log_events_are_numbered_without_a_gap_in_order_of_time(app):
    office = Office(app)
    office.pushed("ana")
    log = office.op.log()

    assert [event.number for event in log] == list(range(log[0].number, log[0].number + len(log)))
    assert [event.at for event in log] == sorted(event.at for event in log)
