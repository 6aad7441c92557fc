"""What Okta has in its console only, under our own prefix."""

import pytest

from tests.okta_api.desk import Desk, causes, done, mappings, refused

OURS = "/_pushproof/v1"


@pytest.fixture
def desk():
    """Ana is in Sales, which is pushed to Slack."""
    desk = Desk("slack")
    ana = desk.user("ana")
    desk.assign("slack", ana)
    desk.run()
    desk.mapping = desk.push("slack", desk.group("Sales", ana))
    desk.run()
    return desk


def ours(desk, rest="", kind="slack"):
    return f"{OURS}/apps/{desk.app(kind)}{rest}"


def of_mapping(desk, deed):
    return ours(desk, f"/mappings/{desk.mapping['id']}/{deed}")


def empty_target(desk):
    target = desk.world.targets["slack"]
    (group,) = (one for one in target.groups() if not one.deleted)
    target.remove_members(group.id, group.members)


def test_work_is_settled_once_no_job_is_due(desk):
    before = done(desk.get(f"{OURS}/work"))
    desk.push("slack", desk.group("Other"))
    during = done(desk.get(f"{OURS}/work"))
    desk.run()

    assert (before["settled"], before["nextDue"]) == (True, None)
    assert (during["settled"], during["nextDue"]) == (False, during["now"])
    assert done(desk.get(f"{OURS}/work"))["settled"]


def test_push_now_overwrites_what_was_changed_in_the_app(desk):
    empty_target(desk)
    done(desk.post(of_mapping(desk, "push-now")), 202)
    desk.run()

    assert desk.target_members("slack") == ["ana"]


def test_the_mappings_of_the_console_tell_their_members_and_their_work(desk):
    (found,) = done(desk.get(ours(desk, "/mappings")))

    assert (found["group"], found["origin"], found["job"]) == ("Sales", "name", "")
    assert found["known_members"] == ["ana@example.test"]


def test_errors_are_told_with_their_probable_cause_and_retried(desk):
    desk.world.targets["slack"].expire_credentials()
    desk.push("slack", desk.group("Other"))
    desk.run()
    (error,) = done(desk.get(ours(desk, "/errors")))
    desk.world.targets["slack"].replace_credentials()
    credentials = desk.world.targets["slack"].credentials()
    assert desk.put(ours(desk, "/credentials"), dict(credentials)).status_code == 204
    done(desk.post(ours(desk, "/retry-all")), 202)
    desk.run()

    assert (error["subject"], error["is_user"]) == ("Other", False)
    assert error["cause"]
    assert error["fix"]
    assert done(desk.get(ours(desk, "/errors"))) == []


def test_settings_of_an_app_are_read_and_changed(desk):
    changed = done(desk.patch(ours(desk), {"rename_app_groups": False}))
    found = refused(desk.patch(ours(desk), {"rename_app_group": True}), 400, "E0000001")
    (listed,) = done(desk.get(f"{OURS}/apps"))

    assert changed["settings"]["rename_app_groups"] is False
    assert causes(found) == ["slack has no such setting; nearest: rename_app_groups"]
    assert listed == done(desk.get(ours(desk)))


def test_settings_of_the_org_are_read_and_changed(desk):
    changed = done(desk.patch(f"{OURS}/org", {"enhanced_group_push": False}))

    assert changed == done(desk.get(f"{OURS}/org"))
    assert changed["enhanced_group_push"] is False
    refused(desk.patch(f"{OURS}/org", {"x": 1}), 400, "E0000001")
    refused(desk.patch(f"{OURS}/org", {"custom_attributes": ["login"]}), 400, "E0000001")


def test_groups_of_the_app_are_refreshed_matched_and_linked(desk):
    desk.world.targets["slack"].add_group("Vendors")
    done(desk.post(ours(desk, "/refresh-groups")), 202)
    desk.run()
    linkable = done(desk.get(ours(desk, "/groups")))
    desk.group("Vendors")
    match = done(desk.post(ours(desk, "/match"), {"group": "Vendors"}))
    again = done(desk.post(ours(desk, "/match"), {"group": "Sales"}))
    made = done(desk.post(ours(desk, "/mappings"), {"group": "Vendors", "linkTo": "Vendors"}), 201)

    assert [one["name"] for one in linkable] == ["Vendors"]
    assert (match["kind"], match["candidates"]) == ("LINK", ["Vendors"])
    assert again["kind"] == "MAPPED"
    assert done(desk.get(f"{mappings(desk, 'slack')}/{made['id']}"))["status"] == "ACTIVE"


def test_a_mapping_is_linked_to_another_group_and_given_up(desk):
    desk.world.targets["slack"].add_group("Vendors")
    desk.operator.refresh_app_groups("slack")
    desk.run()
    done(desk.post(of_mapping(desk, "relink"), {"targetGroupName": "Vendors"}), 202)
    desk.run()
    done(desk.post(of_mapping(desk, "unlink"), {"deleteTargetGroup": False}), 202)

    names = sorted(one.name for one in desk.world.targets["slack"].groups() if not one.deleted)
    assert done(desk.get(mappings(desk, "slack"))) == []
    assert len(names) == 2


def test_users_are_imported_and_told_with_all_that_went_wrong(desk):
    done(desk.post(ours(desk, "/import-users")), 202)
    desk.run()
    (found,) = done(desk.get(ours(desk, "/users")))

    assert (found["login"], found["status"], found["error"]) == (
        "ana@example.test",
        "PROVISIONED",
        "",
    )


def test_push_rules_are_made_edited_and_deleted_with_their_mappings(desk):
    rule = {"name": "emea", "condition": "starts_with", "value": "EMEA"}
    made = done(desk.post(ours(desk, "/push-rules"), rule), 201)
    desk.group("EMEA 1")
    found = len(done(desk.get(mappings(desk, "slack"))))
    desk.group("APAC 1")
    edited = done(desk.patch(ours(desk, "/push-rules/emea"), {"value": "APAC"}))
    listed = done(desk.get(ours(desk, "/push-rules")))
    after = len(done(desk.get(mappings(desk, "slack"))))
    gone = desk.post(ours(desk, "/push-rules/emea/delete"), {"withMappings": True})

    assert made == {"app": "slack", "attribute": "name", "immediately": True, **rule}
    assert (found, after) == (2, 3)
    assert listed == [edited] == [{**made, "value": "APAC"}]
    assert gone.status_code == 204
    assert len(done(desk.get(mappings(desk, "slack")))) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "x", "condition": "like", "value": "y"},
        {"name": "x", "condition": "contains", "value": "y", "colour": "red"},
    ],
)
def test_a_push_rule_that_cannot_be_is_refused(desk, body):
    refused(desk.post(ours(desk, "/push-rules"), body), 400, "E0000001")


def test_t84_several_mappings_are_edited_at_once_and_each_tells_what_became_of_it(desk):
    other = desk.push("slack", desk.group("Other"))
    ids = [desk.mapping["id"], other["id"], "gPmNobody"]
    told = done(desk.post(ours(desk, "/mappings/bulk"), {"ids": ids, "action": "deactivate"}))
    statuses = {one["id"]: one["status"] for one in done(desk.get(mappings(desk, "slack")))}
    body = {"ids": ids, "action": "unlink", "deleteTargetGroup": True}
    done(desk.post(ours(desk, "/mappings/bulk"), body))
    desk.run()

    assert [one["id"] for one in told if one["error"]] == ["gPmNobody"]
    assert set(statuses.values()) == {"INACTIVE"}
    assert done(desk.get(mappings(desk, "slack"))) == []


@pytest.mark.parametrize(
    "body", [{}, {"ids": [], "action": "burn"}, {"ids": 7, "action": "unlink"}]
)
def test_a_bulk_edit_that_cannot_be_is_refused(desk, body):
    assert desk.post(ours(desk, "/mappings/bulk"), body).status_code == 400


def test_an_app_that_is_connected_to_nothing_gets_no_provisioning(desk):
    path = f"{OURS}/apps/{done(desk.post('apps', {'label': 'Wiki'}))['id']}"

    refused(desk.patch(path, {"provisioning": True}), 400, "E0000001")
    refused(desk.put(f"{path}/credentials", {"token": "x"}), 400, "E0000001")


def test_credentials_of_another_shape_are_refused(desk):
    refused(desk.put(ours(desk, "/credentials"), {"key": "x"}), 400, "E0000001")


def test_an_app_takes_the_credentials_that_its_target_has_now(desk):
    refused(desk.post(ours(desk, "/reconnect")), 400, "E0000001")


def test_quirks_are_told_and_switched(desk):
    before = {one["id"]: one["on"] for one in done(desk.get(f"{OURS}/quirks"))}
    after = {one["id"]: one["on"] for one in done(desk.patch(f"{OURS}/quirks", {"Q1": True}))}

    assert sorted(before) == sorted(f"Q{number}" for number in range(1, 25))
    assert {name for name in before if before[name] != after[name]} == {"Q1"}
    refused(desk.patch(f"{OURS}/quirks", {"Q99": True}), 400, "E0000001")
    refused(desk.patch(f"{OURS}/quirks", {"Q1": 1}), 400, "E0000003")
