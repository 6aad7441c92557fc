"""Causes about refused requests: what brings each about, and the same request where it may be."""

from collections.abc import Callable

import pytest

from harness.diagnosis.asking import causes
from harness.diagnosis.evidence import Refusal
from harness.errors import Refused
from harness.model import PushRequest, PushRule
from tests.diagnosis.asked import refused
from tests.engine.office import AD, GROUPS_OU, O365, Office, login

LINKING = {"linking_allowed": True}


def office(app: str = O365, **settings: object) -> Office:
    """A group Sales, and the app's own group Vendors, which Okta does not know yet."""
    made = Office(app, settings=settings)
    made.group("Sales")
    made.target.add_group("Vendors", place=GROUPS_OU if app == AD else None)
    return made


def rule(app: str) -> PushRule:
    return PushRule(name="all", app=app, condition="contains", value="S")


def provisioning_not_enabled() -> None:
    office(provisioning=False).ask()


def no_group_push() -> None:
    office(group_push=False).ask()


def group_unknown_to_okta() -> None:
    office(**LINKING).ask(link_to="Vendors")


def linking_not_supported() -> None:
    office().ask(link_to="Vendors")


def name_is_ambiguous() -> None:
    here = office(**LINKING)
    here.target.add_group("Vendors")
    here.refresh()
    here.ask(link_to="Vendors")


def pushed_already() -> None:
    here = office()
    here.push()
    here.ask()


def ou_not_connected() -> None:
    office(AD, ous=["OU=Branch,DC=ad,DC=example,DC=test"]).ask()


def directory_needs_more() -> None:
    office(AD).op.push_group(PushRequest("Sales", AD))


def no_push_by_rule() -> None:
    office(AD).op.create_push_rule(rule(AD))


def too_many_matches() -> None:
    here = office()
    for number in range(101):
        here.group(f"S{number}")
    here.op.create_push_rule(rule(O365))


def import_groups_in_use() -> None:
    here = office()
    here.push()
    here.settings(import_groups=False)


def group_in_use() -> None:
    here = office()
    here.push()
    here.op.delete_group("Sales")


def target_being_deleted() -> None:
    here = office()
    here.push()
    here.unlink(delete=True)
    here.op.push_now(O365, "Sales")


def inactive_user_assigned() -> None:
    here = office()
    here.people("ana")
    here.op.deactivate_user(login("ana"))
    here.assign("ana")


def no_such_user() -> None:
    office().assign("nobody")


def name_in_use() -> None:
    """Refused for another reason than any that is documented for pushes."""
    office().op.create_group("Sales")


REFUSED = (
    provisioning_not_enabled,
    no_group_push,
    group_unknown_to_okta,
    linking_not_supported,
    name_is_ambiguous,
    pushed_already,
    ou_not_connected,
    directory_needs_more,
    no_push_by_rule,
    too_many_matches,
    import_groups_in_use,
    group_in_use,
    target_being_deleted,
    inactive_user_assigned,
)
OF_OTHER_KINDS = (no_such_user, name_in_use)


def names_of(act: Callable[[], None]) -> list[str]:
    with pytest.raises(Refused) as caught:
        act()
    return refused(caught.value)


def test_every_cause_of_a_refusal_is_brought_about_here():
    known = [name for name, cause in causes().items() if cause.about is Refusal]

    assert sorted(act.__name__ for act in REFUSED) == known


@pytest.mark.parametrize("act", REFUSED)
def test_a_refusal_has_its_own_cause_and_no_other(act):
    """Each is a near miss of all the others."""
    assert names_of(act) == [act.__name__]


@pytest.mark.parametrize("act", OF_OTHER_KINDS)
def test_a_refusal_of_another_kind_has_none(act):
    assert names_of(act) == []


def test_what_the_org_said_is_the_evidence():
    refusal = Refusal("E0000001", "Api validation failed: app", ("Sales is already pushed to x",))
    (fact,) = causes()["pushed_already"].find(refusal).evidence

    assert fact.text == "E0000001 Api validation failed: app Sales is already pushed to x"
