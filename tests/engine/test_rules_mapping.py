"""R9-R22, R51-R54, R61: making, linking and naming mappings."""

import pytest

from harness.errors import Refused
from harness.model import MatchKind, PushRequest, PushRule
from tests.engine.office import AD, ALL, BRANCH_OU, GROUPS_OU, O365, RULED, Office, login

every = pytest.mark.parametrize("app", ALL)
ruled = pytest.mark.parametrize("app", RULED)


def linking(app: str, **settings: object) -> Office:
    """An office whose target has a group Old with ben and a guest in it, known to the org."""
    office = Office(app, settings={"linking_allowed": True, **settings})
    office.hire("ana", "ben")
    guest = office.target.add_account("guest@example.test", {})
    office.stranger("Old", office.external_id("ben"), guest)
    office.refresh()
    office.group("Sales", "ana", "ben")
    return office


def test_r9_push_by_rule_is_not_offered_for_active_directory():
    with pytest.raises(Refused, match="does not support pushing groups by rule"):
        Office(AD).op.create_push_rule(PushRule("r", AD, "contains", "Sales"))


@ruled
def test_r9_a_rule_pushes_what_matches_now_and_what_will(app):
    office = Office(app)
    office.group("Sales East")
    office.group("Marketing")
    office.op.create_push_rule(PushRule("sales", app, "starts_with", "sales"))
    office.group("Sales West")
    office.op.run()

    assert sorted(view.group for view in office.op.mappings(app)) == ["Sales East", "Sales West"]
    assert office.mapping("Sales East").origin == "sales"
    assert [group.name for group in office.groups_named("Sales West")] == ["Sales West"]


@ruled
@pytest.mark.parametrize("condition", ["starts_with", "contains", "equals"])
@pytest.mark.parametrize("attribute", ["name", "description"])
def test_r9_a_rule_looks_at_name_or_description(app, attribute, condition):
    office = Office(app)
    office.op.create_group("Sales", description="Field force")
    office.op.create_group("Other", description="None")
    value = {"name": "SALES", "description": "field force"}[attribute]
    sought = value if condition == "equals" else value[:4]
    office.op.create_push_rule(PushRule("r", app, condition, sought, attribute=attribute))
    office.op.run()

    assert [view.group for view in office.op.mappings(app)] == ["Sales"]


@ruled
def test_r19_a_rule_skips_a_name_that_the_app_has(app):
    office = Office(app, settings={"linking_allowed": True})
    office.stranger("Sales")
    office.refresh()
    office.group("Sales")
    office.op.create_push_rule(PushRule("r", app, "equals", "Sales"))
    office.op.run()

    assert not office.is_mapped()
    assert any(event.endswith(".warning.duplicate.name") for event in office.events())


@ruled
def test_r22_a_rule_takes_a_hundred_matches_and_no_more(app):
    office = Office(app)
    for number in range(101):
        office.group(f"Team {number}")

    with pytest.raises(Refused, match="at most 100"):
        office.op.create_push_rule(PushRule("r", app, "starts_with", "Team"))

    assert office.op.mappings(app) == []
    assert office.op.next_due() is None


@every
def test_r10_a_mapping_creates_a_group_or_links_one(app):
    office = linking(app)
    office.group("New", "ana")
    office.push("New")
    office.push(link_to="Old")

    assert office.mapping("New").external_id != office.mapping("Sales").external_id
    assert len([g for g in office.target.groups() if g.name in ("New", "Sales", "Old")]) == 2


@every
def test_r10_a_known_name_is_linked_where_linking_is_allowed(app):
    office = linking(app)
    office.op.rename_group("Sales", "Old")
    group = office.target_group("Old")
    office.push("Old")

    assert office.mapping("Old").external_id == group.id
    assert office.there("Old") == ["ana", "ben"]


@every
def test_r11_members_wait_when_they_are_not_pushed_immediately(app):
    office = Office(app)
    office.hire("ana")
    office.group("Sales", "ana")
    office.push(immediately=False)
    assert (office.there(), office.mapping().status) == ([], "INACTIVE")

    office.op.activate_mapping(app, "Sales")
    office.op.run()

    assert (office.there(), office.mapping().status) == (["ana"], "ACTIVE")


@every
@pytest.mark.parametrize("calls", range(4))
def test_r11_members_wait_also_after_a_crash(app, calls):
    office = Office(app)
    office.hire("ana")
    office.group("Sales", "ana")
    office.ask(immediately=False)
    office.run_calls(calls)
    office.op.restart()
    office.op.run()

    assert office.there() == []
    assert office.known() == []


@every
def test_r11_a_linked_group_is_reconciled_when_its_members_are_pushed_first(app):
    office = linking(app)
    office.leave("Sales", "ben")
    office.push(link_to="Old", immediately=False)
    assert office.there("Sales") == ["ben", "guest"]

    office.op.activate_mapping(app, "Sales")
    office.op.run()

    assert office.there("Sales") == ["ana"]


@every
def test_r12_a_taken_name_fails_without_linking(app):
    office = Office(app, settings={"linking_allowed": False})
    office.stranger("Sales")
    office.group("Sales")
    office.push()

    assert office.mapping().status == "ERROR"
    assert "User group already exists: Sales" in office.mapping().error
    assert len(office.groups_named()) == 1


def test_r12_office_365_is_not_among_the_apps_with_linking_and_the_others_are():
    """R13."""
    linked = {}
    for app in ALL:
        office = Office(app)
        office.stranger("Old")
        office.refresh()
        office.group("Sales")
        request = PushRequest("Sales", app, link_to="Old")
        linked[app] = office.op.find_match(request).kind

    assert linked == dict.fromkeys(ALL, MatchKind.LINK) | {O365: MatchKind.REFUSED}


@every
def test_r14_a_group_can_be_linked_once_the_app_groups_were_refreshed(app):
    office = Office(app, settings={"linking_allowed": True})
    office.target.add_group("Old", place=GROUPS_OU if app == AD else None)
    office.group("Sales")
    with pytest.raises(Refused, match="Refresh App Groups"):
        office.push(link_to="Old")

    office.refresh()
    office.push(link_to="Old")

    assert office.mapping().status == "ACTIVE"


@every
def test_r16_linking_takes_the_group_over_and_reconciles_it_once(app):
    """R54, T21: members the source group does not have are removed, missing ones added."""
    office = linking(app)
    office.leave("Sales", "ben")
    office.push(link_to="Old")

    assert office.there("Sales") == office.known() == ["ana"]
    assert "Old" not in office.op.app_groups(app)
    assert "Sales" not in office.op.app_groups(app)


@every
def test_r17_later_foreign_edits_stay(app):
    office = linking(app)
    office.push(link_to="Old")
    guest = office.account("guest").id
    office.target.add_members(office.target_group().id, [guest])
    office.hire("cy")
    office.join("Sales", "cy")
    office.op.run()

    assert office.there() == ["ana", "ben", "cy", "guest"]


@every
@pytest.mark.parametrize(("renames", "name"), [(True, "Sales"), (False, "Old")])
def test_r18_a_linked_group_takes_the_okta_name_or_keeps_its_own(app, renames, name):
    office = linking(app, rename_app_groups=renames)
    office.push(link_to="Old")

    assert office.there(name) == ["ana", "ben"]
    assert office.mapping().target_name == name


@every
@pytest.mark.parametrize(("renames", "name"), [(True, "Sales"), (False, "Sellers")])
def test_r18_another_target_name_counts_only_while_renaming_is_off(app, renames, name):
    office = Office(app, settings={"rename_app_groups": renames})
    office.group("Sales")
    office.push(target_name="Sellers")

    assert [each.name for each in office.target.groups() if each.name.startswith("S")] == [name]


@every
def test_r18_turning_the_setting_on_renames_at_once(app):
    """T32: off, a rename does not arrive; turned on, it does."""
    office = Office(app, settings={"rename_app_groups": False})
    office.pushed("ana")
    office.op.rename_group("Sales", "Sellers")
    office.op.run()
    assert office.there("Sales") == ["ana"]

    office.settings(rename_app_groups=True)
    office.op.run()

    assert office.there("Sellers") == ["ana"]


@every
def test_r19_a_group_is_mapped_to_an_app_once(app):
    office = Office(app)
    office.pushed("ana")
    assert office.op.find_match(PushRequest("Sales", app)).kind is MatchKind.MAPPED

    with pytest.raises(Refused, match="already pushed") as refused:
        office.push()

    assert refused.value.code == "E0000001"
    assert len(office.op.mappings(app)) == 1


def test_r21_the_source_group_is_flat_and_so_is_what_is_pushed():
    """Nesting cannot be said at all: members of a group are users."""
    office = Office()
    office.group("Inner")

    with pytest.raises(Refused, match="User"):
        office.op.add_to_group("Inner", ["Everyone"])


# --- Active Directory ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "cause"),
    [
        ({"place": None}, "choose the organizational unit"),
        ({"scope": "GALAXY"}, "groupScope must be one of"),
        ({"kind": "MAGIC"}, "groupType must be one of"),
    ],
)
def test_r52_a_directory_group_needs_ou_scope_and_type(more, cause):
    office = Office(AD)
    office.group("Sales")

    with pytest.raises(Refused, match=cause):
        office.push(**more)


@pytest.mark.parametrize("scope", ["GLOBAL", "DOMAIN_LOCAL", "UNIVERSAL"])
@pytest.mark.parametrize("kind", ["SECURITY", "DISTRIBUTION"])
def test_r52_the_group_gets_the_chosen_scope_and_type(scope, kind):
    office = Office(AD)
    office.group("Sales")
    office.push(scope=scope, kind=kind)

    assert office.target_group().kind == f"{scope} {kind}".replace("_", " ").lower()


def test_r51_only_connected_ous_are_offered():
    office = Office(AD, settings={"ous": [GROUPS_OU]})
    office.group("Sales")

    with pytest.raises(Refused, match="not among the Group OUs connected"):
        office.push(place=BRANCH_OU)

    office.push(place=GROUPS_OU.lower())
    assert office.mapping().status == "ACTIVE"


def test_r51_without_rights_on_the_ou_nothing_is_made():
    office = Office(AD)
    office.target.set_rights(GROUPS_OU, granted=False)
    office.group("Sales")
    office.push()

    assert office.mapping().status == "ERROR"
    assert office.errors()[0].cause == (
        "the agent's service account lacks the right to do this in the organizational unit"
    )


def test_r53_a_group_of_that_name_in_the_ou_is_found_and_linked():
    office = Office(AD)
    office.hire("ana")
    group = office.target.add_group("Sales", place=GROUPS_OU)
    office.group("Sales", "ana")
    office.push()

    assert office.mapping().external_id == group
    assert office.there() == ["ana"]


def test_r53_a_group_of_that_name_in_another_ou_is_left_alone():
    office = Office(AD)
    other = office.target.add_group("Sales", place=BRANCH_OU)
    office.group("Sales")
    office.push(sam_account_name="Sales2")

    assert office.mapping().external_id != other
    assert len(office.groups_named()) == 2


def test_r53_the_target_group_of_another_mapping_is_not_taken_over():
    office = Office(AD, settings={"rename_app_groups": False})
    office.hire("ana", "ben")
    office.group("One", "ana")
    office.group("Two", "ben")
    office.push("One", target_name="Shared")
    office.push("Two", target_name="Shared")

    assert office.there("Shared") == ["ana"]
    assert [office.mapping(name).status for name in ("One", "Two")] == ["ACTIVE", "ERROR"]


def test_r53_a_differently_named_group_is_renamed_when_linked():
    office = linking(AD)
    office.push(link_to="Old")

    assert office.groups_named("Old") == []
    assert office.there("Sales") == ["ana", "ben"]


def test_r61_a_pushed_group_is_a_security_group_or_a_microsoft_365_group():
    office = Office(O365)
    office.group("Sales")
    office.group("Team")
    office.push("Sales")
    office.push("Team", kind="unified")

    assert (office.target_group("Sales").kind, office.target_group("Team").kind) == (
        "security",
        "unified",
    )


def test_r62_a_synced_group_cannot_be_changed_by_push():
    office = Office(O365, settings={"linking_allowed": True})
    office.hire("ana")
    office.target.add_group("Synced", kind="synced")
    office.refresh()
    office.group("Sales", "ana")
    office.push(link_to="Synced")

    assert office.mapping().status == "ERROR"
    assert "on-premises mastered" in office.mapping().error
    assert "synced from an on-premises directory" in office.errors()[0].cause


def test_r63_without_consent_nothing_is_changed():
    office = Office(O365, target={"app_roles": ("User.ReadWrite.All", "Group.Read.All")})
    office.group("Sales")
    office.push()

    assert office.mapping().status == "ERROR"
    assert "Insufficient privileges to complete the operation." in office.mapping().error
    assert office.groups_named() == []


# --- relinking -----------------------------------------------------------------------------------


@every
def test_a_mapping_can_be_given_another_target_group(app):
    """T41: the way out when the linked group is missing."""
    office = linking(app)
    office.push()
    office.target.delete_group(office.target_group().id)
    office.wait(3600)
    office.leave("Sales", "ben")
    office.op.run()
    assert office.mapping().status == "ERROR"
    office.op.relink(app, "Sales", link_to="Old")
    office.op.run()

    assert office.mapping().status == "ACTIVE"
    assert office.there("Sales") == office.known() == ["ana"]


@every
def test_t6_a_left_behind_group_is_linked_again_without_losing_its_members(app):
    office = linking(app)
    office.push()
    office.unlink(delete=False)
    office.group("Push", "ana", "ben")
    mark = office.mark()
    office.push("Push", link_to="Sales")

    assert office.there("Push") == office.known("Push") == ["ana", "ben"]
    assert not [name for name in office.writes(mark) if "remove" in name]
    assert office.op.groups()["Push"] == [login("ana"), login("ben")]
