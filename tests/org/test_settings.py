"""Settings: known ones take what they take; others are refused with the nearest name."""

import pytest

from harness.errors import Refused
from harness.org.settings import APP, ORG
from tests.engine.office import AD, O365, Office


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"rename_app_group": True}, "nearest: rename_app_groups"),
        ({"deprovision": "remove"}, "must be one of deactivate, delete"),
        ({"provisioning": 1}, "must be one of True, False"),
        ({"provisioning": "yes"}, "must be one of True, False"),
        ({"linking_allowed": "maybe"}, "must be one of True, False, None"),
        ({"timeout_s": 0}, "must be a number of seconds above 0"),
        ({"timeout_s": True}, "must be a number of seconds above 0"),
        ({"timeout_s": "60"}, "must be a number of seconds above 0"),
        ({"ous": "OU=Groups"}, "must be a list of texts or null"),
        ({"ous": [1]}, "must be a list of texts or null"),
        ({"user_ou": 5}, "must be text or null"),
    ],
)
def test_an_unknown_setting_or_value_is_refused_and_changes_nothing(changes, cause):
    office = Office()

    with pytest.raises(Refused) as refused:
        office.settings(import_groups=False, **changes)

    assert refused.value.code == "E0000001"
    assert refused.value.summary == f"Api validation failed: {next(iter(changes))}"
    assert cause in refused.value.causes[0]
    with office.world.org.store.tx():
        assert office.world.org.apps.find(O365).settings["import_groups"] is True


def test_a_wrong_setting_of_a_plan_is_refused_when_the_world_is_built():
    with pytest.raises(Refused, match="nearest: provisioning"):
        Office(settings={"provisionin": True})


def test_a_wrong_setting_of_the_org_is_refused():
    with pytest.raises(Refused, match="nearest: enhanced_group_push"):
        Office(org={"enhanced_group_pus": True})


@pytest.mark.parametrize("known", [APP, ORG])
def test_every_default_is_a_value_the_setting_takes(known):
    office = Office()
    for name, info in known.items():
        if known is APP:
            office.settings(**{name: info.default})
        else:
            office.op.change_org({name: info.default})
        assert info.sentence
        assert info.mark in ("doc", "unsure")


def test_an_unsure_setting_names_its_sources():
    unsure = [info for info in (*APP.values(), *ORG.values()) if info.mark == "unsure"]

    assert all("https://" in info.source for info in unsure)
    assert unsure


def test_an_unknown_app_is_refused_and_the_known_ones_are_named():
    with pytest.raises(Refused, match=r"known: active_directory, o365"):
        Office(O365, AD).op.assign_user("salesforce", "ana@example.test")


def test_linking_needs_enhanced_group_push():
    office = Office(AD, org={"enhanced_group_push": False})
    office.target.add_group("Old", place="OU=Groups,DC=ad,DC=example,DC=test")
    office.refresh()
    office.group("Sales")

    with pytest.raises(Refused, match="does not support Group Linking"):
        office.push(link_to="Old")


def test_t28_import_groups_cannot_be_unticked_while_groups_are_pushed():
    office = Office()
    office.pushed("ana")
    with pytest.raises(Refused, match="unlink them first"):
        office.settings(import_groups=False)

    office.unlink(delete=True)
    office.op.run()
    office.settings(import_groups=False)


def test_t65_unticking_import_groups_removes_the_imported_groups():
    office = Office()
    office.target.add_group("Theirs")
    office.refresh()
    assert office.op.app_groups(O365) == ["Theirs"]

    office.settings(import_groups=False)

    assert office.op.app_groups(O365) == []
