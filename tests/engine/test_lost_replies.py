"""A call whose reply is lost, before or after it took effect, on every kind of write."""

from dataclasses import replace

import pytest

from harness.adapters import slack
from tests.engine.office import (
    AD,
    ADD_MANY,
    ADD_ONE,
    ALL,
    CREATE_ACCOUNT,
    CREATE_GROUP,
    DELETE_GROUP,
    GSUITE,
    O365,
    REMOVE_ONE,
    RENAME,
    SLACK,
    UPDATE_ACCOUNT,
    Office,
    login,
)

lossy = pytest.mark.parametrize(
    ("app", "loss"),
    [(app, loss) for app in ALL for loss in ("lose_request", "lose_reply", "reset")],
)


def lose(office: Office, operation: dict[str, str], loss: str) -> None:
    # Everything reaches a directory through its agent: there the whole agent call is lost.
    name = "active_directory.actions" if office.app == AD else operation[office.app]
    office.arm(name, loss, skip=SKIP.get((office.app, id(operation)), 0))


SKIP = {(AD, id(CREATE_ACCOUNT)): 1, (AD, id(CREATE_GROUP)): 1}  # the look-up goes first


@lossy
def test_creating_an_account_makes_one(app, loss):
    office = Office(app)
    office.people("ana")
    lose(office, CREATE_ACCOUNT, loss)
    office.assign("ana")
    office.settle()

    assert office.external_id("ana") == office.account("ana").id
    assert len(office.target.accounts()) == 1
    assert office.target.unmet_faults() == []


@lossy
def test_creating_a_group_makes_no_twin(app, loss):
    """B20, R50: names are not unique in Graph, so a blind repetition would make a second group."""
    office = Office(app)
    office.hire("ana", "ben")
    office.group("Sales", "ana", "ben")
    lose(office, CREATE_GROUP, loss)
    office.push()
    office.settle()

    assert office.there() == ["ana", "ben"]
    assert office.known() == ["ana", "ben"]
    assert office.mapping().status == "ACTIVE"
    assert office.target.unmet_faults() == []


@lossy
def test_adding_a_member_adds_it(app, loss):
    office = Office(app)
    office.pushed("ana")
    office.hire("ben")
    lose(office, ADD_ONE, loss)
    office.join("Sales", "ben")
    office.settle()

    assert office.there() == office.known() == ["ana", "ben"]
    assert office.target.unmet_faults() == []


@lossy
def test_adding_many_members_loses_none(app, loss):
    names = [f"u{number:02}" for number in range(45)]
    office = Office(app)
    office.pushed("ana")
    office.hire(*names)
    office.settle()
    lose(office, ADD_MANY, loss)
    office.join("Sales", *names)
    office.settle()

    assert office.there() == office.known() == ["ana", *names]
    assert office.target.unmet_faults() == []


@lossy
def test_removing_a_member_removes_it(app, loss):
    office = Office(app)
    office.pushed("ana", "ben")
    lose(office, REMOVE_ONE, loss)
    office.leave("Sales", "ben")
    office.settle()

    assert office.there() == office.known() == ["ana"]
    assert office.target.unmet_faults() == []


@lossy
def test_renaming_renames(app, loss):
    office = Office(app)
    office.pushed("ana")
    lose(office, RENAME, loss)
    office.op.rename_group("Sales", "Sellers")
    office.settle()

    assert office.there("Sellers") == ["ana"]
    assert office.groups_named("Sales") == []
    assert office.errors() == []


@lossy
def test_deleting_deletes(app, loss):
    office = Office(app)
    office.pushed("ana")
    office.wait(3600)
    lose(office, DELETE_GROUP, loss)
    office.unlink(delete=True)
    office.settle()

    assert office.groups_named() == []
    assert not office.is_mapped()
    assert office.target.unmet_faults() == []


@lossy
def test_disabling_an_account_disables_it(app, loss):
    office = Office(app)
    office.hire("ana")
    lose(office, UPDATE_ACCOUNT, loss)
    office.op.unassign_user(app, login("ana"))
    office.settle()

    assert not office.account("ana").active
    assert office.errors() == []


@lossy
def test_updating_an_account_updates_it(app, loss):
    office = Office(app)
    office.hire("ana")
    lose(office, UPDATE_ACCOUNT, loss)
    office.op.update_user(login("ana"), {"login": "anna@example.test"})
    office.settle()

    assert office.external_id("anna") == office.account("anna").id
    assert len(office.target.accounts()) == 1


@lossy
def test_an_overwrite_overwrites(app, loss):
    office = Office(app)
    office.pushed("ana", "ben")
    group = office.target_group()
    office.target.remove_members(group.id, [office.external_id("ana")])
    lose(office, ADD_ONE, loss)
    office.op.push_now(app, "Sales")
    office.settle()

    kept = ["ben"] if app == AD else ["ana", "ben"]  # nothing new: a directory is not asked (R56)
    assert office.there() == kept


@pytest.mark.parametrize("app", ALL)
def test_a_group_deleted_by_hand_is_not_taken_for_our_own_lost_delete(app):
    """T43: only a delete that may have arrived explains a group that is gone."""
    office = Office(app)
    office.pushed("ana")
    office.wait(3600)
    office.target.delete_group(office.target_group().id)
    office.unlink(delete=True)
    office.settle()

    assert office.mapping().status == "ERROR"
    assert "Unable to delete Group Push mapping" in office.mapping().error


@pytest.mark.parametrize("app", ALL)
def test_a_group_made_by_a_lost_create_is_deleted_when_the_mapping_is_given_up(app):
    office = Office(app)
    office.hire("ana")
    office.group("Sales", "ana")
    lose(office, CREATE_GROUP, "lose_reply")
    office.push()
    assert office.mapping().external_id is None
    assert len(office.groups_named()) == 1

    office.unlink(delete=True)
    office.settle()

    assert office.groups_named() == []
    assert not office.is_mapped()


@pytest.mark.parametrize("app", ALL)
def test_a_group_made_by_a_lost_create_is_renamed_when_the_source_was_meanwhile(app):
    office = Office(app)
    office.hire("ana")
    office.group("Sales", "ana")
    lose(office, CREATE_GROUP, "lose_reply")
    office.push()
    office.op.rename_group("Sales", "Sellers")
    office.settle()

    assert office.there("Sellers") == ["ana"]
    assert office.groups_named("Sales") == []


@pytest.mark.parametrize("app", ALL)
def test_a_group_made_by_a_lost_create_is_known_once_after_a_refresh(app):
    office = Office(app, settings={"linking_allowed": True})
    office.hire("ana")
    office.group("Sales", "ana")
    office.ask()
    lose(office, CREATE_GROUP, "lose_reply")
    office.op.run()
    office.op.refresh_app_groups(app)
    office.settle()
    office.refresh()

    assert "Sales" not in office.op.app_groups(app)
    assert office.there() == ["ana"]


@pytest.mark.parametrize("app", ALL)
def test_a_member_whose_add_was_lost_and_who_left_meanwhile_is_removed(app):
    office = Office(app)
    office.pushed("ana")
    office.hire("ben")
    lose(office, ADD_ONE, "lose_reply")
    office.join("Sales", "ben")
    office.op.run()
    assert (office.there(), office.known()) == (["ana", "ben"], ["ana"])

    office.leave("Sales", "ben")
    office.settle()

    assert office.there() == office.known() == ["ana"]


@pytest.mark.parametrize("app", ALL)
def test_a_member_whose_removal_was_lost_and_who_came_back_meanwhile_is_added(app):
    office = Office(app)
    office.pushed("ana", "ben")
    lose(office, REMOVE_ONE, "lose_reply")
    office.leave("Sales", "ben")
    office.op.run()
    assert office.there() == ["ana"]

    office.join("Sales", "ben")
    office.settle()

    assert office.there() == office.known() == ["ana", "ben"]


@pytest.mark.parametrize("app", ALL)
def test_a_member_who_left_while_a_lost_create_waited_is_removed(app):
    office = Office(app)
    office.hire("ana", "ben")
    office.group("Sales", "ana", "ben")
    lose(office, CREATE_GROUP, "lose_reply")
    office.push()
    assert len(office.groups_named()) == 1

    office.leave("Sales", "ben")
    office.settle()

    assert office.there() == office.known() == ["ana"]


@pytest.mark.parametrize("app", ALL)
def test_a_name_taken_back_after_a_lost_rename_is_sent_again(app):
    office = Office(app)
    office.pushed("ana")
    lose(office, RENAME, "lose_reply")
    office.op.rename_group("Sales", "Sellers")
    office.op.run()
    assert office.there("Sellers") == ["ana"]

    office.op.rename_group("Sellers", "Sales")
    office.op.activate_mapping(app, "Sales")
    office.settle()

    assert office.there("Sales") == ["ana"]


# --- where the app has no place for the mapping's key --------------------------------------------

NO_GROUPS = '{"Resources": [], "totalResults": 0}'


def keyless(monkeypatch: pytest.MonkeyPatch, *, unseen: int, lag_s: float = 400.0) -> Office:
    """A create whose reply was lost; the next `unseen` look-ups do not show the group yet."""
    late = replace(slack.Adapter.capabilities, lag_s=lag_s)
    monkeypatch.setattr(slack.Adapter, "capabilities", late)
    office = Office(SLACK, quirks={"Q27": False})
    office.hire("ana")
    office.group("Sales", "ana")
    office.ask()
    office.arm(CREATE_GROUP, "lose_reply")
    office.op.run()
    if unseen:
        office.arm("slack.list_groups", "garbage", status=200, body=NO_GROUPS, count=unseen)
    return office


def test_without_a_key_no_second_group_is_made_within_the_documented_lag(monkeypatch):
    office = keyless(monkeypatch, unseen=2)
    office.settle()

    assert len(office.times(CREATE_GROUP)) == 1
    assert office.there() == office.known() == ["ana"]
    assert office.mapping().status == "ACTIVE"
    assert office.target.unmet_faults() == []


def test_without_a_key_the_group_is_made_again_once_the_lag_is_over(monkeypatch):
    office = Office(SLACK)
    late = replace(slack.Adapter.capabilities, lag_s=300.0)
    monkeypatch.setattr(slack.Adapter, "capabilities", late)
    office.hire("ana")
    office.group("Sales", "ana")
    office.arm(CREATE_GROUP, "lose_request")
    office.push()
    office.settle()

    first, second = office.times(CREATE_GROUP)
    assert 300 <= second - first < 700
    assert office.there() == ["ana"]


def strangers(*members: str, wire: str = "frugal") -> Office:
    """A create that never arrived; before the retry somebody else makes a group of that name."""
    office = Office(SLACK, settings={"wire": wire})
    office.hire("ana", "ben")
    office.group("Sales", "ana", "ben")
    office.ask()
    office.arm(CREATE_GROUP, "lose_request")
    office.op.run()
    ids = [office.target.add_account(login(name), {}) for name in members]
    office.stranger("Sales", *ids)
    return office


@pytest.mark.parametrize("wire", ["frugal", "okta"])
def test_without_a_key_a_strangers_group_is_reported_and_left_alone(wire):
    """Ours or not, nobody can tell: it is neither linked nor emptied, and no twin is made."""
    office = strangers("guest", wire=wire)
    office.settle()

    assert office.mapping().status == "ERROR"
    assert "nobody can tell who made it" in office.mapping().error
    assert office.there() == ["guest"]
    assert len(office.groups_named()) == 1


def test_without_a_key_an_empty_group_is_not_what_a_create_with_members_has_made():
    office = strangers()
    office.settle()

    assert office.mapping().status == "ERROR"
    assert office.there() == []


def test_without_a_key_a_strangers_group_is_not_deleted_with_the_mapping():
    office = strangers("guest")
    office.unlink(delete=True)
    office.settle()

    assert "Unable to delete Group Push mapping" in office.mapping().error
    assert office.there() == ["guest"]


def test_a_reported_group_is_linked_once_an_admin_says_so():
    office = strangers("guest")
    office.settle()
    office.refresh()
    office.op.relink(SLACK, "Sales", link_to="Sales")
    office.settle()

    assert office.there() == office.known() == ["ana", "ben"]
    assert office.errors() == []


def test_without_a_key_the_group_of_a_lost_create_is_not_deleted_before_it_is_seen(monkeypatch):
    office = keyless(monkeypatch, unseen=1)
    office.unlink(delete=True)
    office.settle()

    assert office.groups_named() == []
    assert not office.is_mapped()


# --- what is there and not seen yet ---------------------------------------------------------------


@pytest.mark.parametrize("app", [GSUITE, O365])
def test_an_account_made_by_a_lost_create_is_waited_for_until_the_lag_is_over(app):
    """Its name is taken, and it is not found: that is no error while it may be our own."""
    office = Office(app, target={"replication_lag_s": 300 if app == O365 else 30})
    office.people("ana")
    lose(office, CREATE_ACCOUNT, "lose_reply")
    office.assign("ana")
    office.settle()

    assert office.external_id("ana") == office.account("ana").id
    assert office.errors() == []


def test_what_was_not_found_while_it_was_fresh_is_looked_for_again_however_late_that_is_noticed():
    """The other lane waits a minute for a reply of its own between the answer and its settling."""
    office = Office(GSUITE, target={"replication_lag_s": 30}, settings={"heal_late_members": True})
    office.people("ana", "ben")
    office.group("Sales", "ana", "ben")
    office.ask()
    office.arm("gsuite.insert_user", "lose_request", skip=1)
    office.assign("ana", "ben")
    office.settle()

    assert office.mapping().status == "ACTIVE"
    assert office.there() == ["ana", "ben"]


# --- an account nobody knows of ------------------------------------------------------------------


@pytest.mark.parametrize("app", ALL)
def test_an_account_made_by_a_lost_create_is_disabled_when_its_user_is_unassigned(app):
    office = Office(app)
    office.people("ana")
    office.assign("ana")
    lose(office, CREATE_ACCOUNT, "lose_reply")
    office.op.run()
    assert office.account("ana").active

    office.op.unassign_user(app, login("ana"))
    office.settle()

    assert not office.account("ana").active
    assert office.errors() == []


@pytest.mark.parametrize("app", ALL)
def test_an_account_that_was_never_made_is_looked_for_and_not_made(app):
    office = Office(app)
    office.people("ana")
    office.assign("ana")
    lose(office, CREATE_ACCOUNT, "lose_request")
    office.op.run()
    office.op.unassign_user(app, login("ana"))
    office.settle()

    assert list(office.target.accounts()) == []
    assert office.errors() == []


@pytest.mark.parametrize("app", ALL)
def test_an_account_that_was_there_before_is_left_alone(app):
    """Its user was unassigned before it was found: nobody has linked it."""
    office = Office(app)
    office.target.add_account(login("ana"), {})
    office.people("ana")
    office.assign("ana")
    office.arm(f"{app}.*" if app != AD else "active_directory.actions", "unavailable")
    office.op.run()
    office.op.unassign_user(app, login("ana"))
    office.settle()

    assert office.account("ana").active
