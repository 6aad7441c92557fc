"""Refresh App Groups where Import Groups must stay ticked for linking (R14), and where not."""

import pytest

from harness.world import AppPlan, build

# https://support.okta.com/help/s/article/How-to-link-push-groups-in-Enhanced-Group-Push


def refreshed(kind, *, ticked):
    world = build([AppPlan(kind, "target", {"import_groups": ticked})], seed=7)
    world.targets["target"].add_group("Vendors")
    world.operator.refresh_app_groups("target")
    world.operator.run()
    return world


def test_google_brings_its_groups_while_import_groups_is_ticked():
    world = refreshed("gsuite", ticked=True)

    assert world.operator.app_groups("target") == ["Vendors"]


def test_google_brings_none_and_is_not_even_asked_once_it_is_not():
    world = refreshed("gsuite", ticked=False)

    assert world.operator.app_groups("target") == []
    assert world.targets["target"].calls() == []
    assert "Import Groups is off" in world.operator.log()[-1].message


@pytest.mark.parametrize("kind", ["o365", "active_directory"])
def test_others_need_refresh_app_groups_alone(kind):
    world = refreshed(kind, ticked=False)

    assert "Vendors" in world.operator.app_groups("target")
