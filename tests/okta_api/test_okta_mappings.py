"""The five Group Push Mapping endpoints."""

import pytest

from tests.okta_api.desk import GROUPS_OU, Desk, causes, done, mappings, refused

AD = {
    "type": "ACTIVE_DIRECTORY",
    "distinguishedName": GROUPS_OU,
    "groupScope": "GLOBAL",
    "groupType": "SECURITY",
    "samAccountName": "sales",
}


@pytest.fixture
def desk():
    return Desk("box")


def path(desk, kind, mapping):
    return f"{mappings(desk, kind)}/{mapping['id']}"


# --- making ------------------------------------------------------------------------------------


def test_a_mapping_is_shown_as_recorded_right_after_it_is_made(desk):
    group = desk.group()
    made = desk.push("box", group)

    target = made["targetGroupId"]
    base = "http://localhost/api/v1"
    assert made == {
        "created": "2026-01-01T00:00:00Z",
        "id": made["id"],
        "lastUpdated": "2026-01-01T00:00:00Z",
        "sourceGroupId": group["id"],
        "status": "ACTIVE",
        "targetGroupId": target,
        "_links": {
            "app": {"href": f"{base}/apps/{desk.app('box')}"},
            "sourceGroup": {"href": f"{base}/groups/{group['id']}"},
            "targetGroup": {"href": f"{base}/groups/{target}"},
        },
    }
    assert made["id"].startswith("gPm")
    assert target.startswith("00g")


def test_members_who_are_assigned_arrive_in_the_target(desk):
    ana, ben = desk.user("ana"), desk.user("ben")
    desk.assign("box", ana)
    desk.run()
    mapping = desk.push("box", desk.group("Sales", ana, ben))
    desk.run()
    pushed = done(desk.get(path(desk, "box", mapping)))

    assert desk.target_members("box") == ["ana@example.test"]
    assert (pushed["status"], pushed["lastPush"][:10]) == ("ACTIVE", "2026-01-01")
    assert "errorSummary" not in pushed


def test_an_inactive_mapping_has_its_group_made_and_its_members_wait(desk):
    ana = desk.user("ana")
    desk.assign("box", ana)
    desk.run()
    mapping = desk.push("box", desk.group("Sales", ana), status="INACTIVE")
    desk.run()
    before = desk.target_members("box")
    done(desk.patch(path(desk, "box", mapping), {"status": "ACTIVE"}))
    desk.run()

    assert (mapping["status"], before) == ("INACTIVE", [])
    assert desk.target_members("box") == ["ana@example.test"]


def test_a_group_of_the_app_is_linked_by_its_id(desk):
    there = desk.world.targets["box"].add_group("Vendors")
    done(desk.post(f"/_pushproof/v1/apps/{desk.app('box')}/refresh-groups"), 202)
    desk.run()
    (known,) = done(desk.get('groups?filter=type eq "APP_GROUP"'))
    desk.operator.change_app("box", {"rename_app_groups": False})
    body = {"sourceGroupId": desk.group()["id"], "targetGroupId": known["id"]}
    made = done(desk.post(mappings(desk, "box"), body), 201)
    desk.run()

    (view,) = desk.operator.mappings("box")
    assert made["targetGroupId"] == known["id"]
    assert (view.external_id, view.was_there) == (there, True)


def test_of_two_groups_of_one_name_the_one_of_the_asked_id_is_linked():
    desk = Desk("slack")
    ids = [desk.world.targets["slack"].add_group(name) for name in ("Vendors", "Others")]
    desk.operator.refresh_app_groups("slack")
    desk.run()
    with desk.org.store.tx():
        rows = {row.external_id: row for row in desk.org.groups.of_app(desk.app("slack"))}
        desk.org.groups.update(rows[ids[1]].id, name="Vendors")
    body = {"sourceGroupId": desk.group()["id"], "targetGroupId": rows[ids[1]].id}
    made = done(desk.post(mappings(desk, "slack"), body), 201)

    assert made["targetGroupId"] == rows[ids[1]].id


def test_a_name_that_is_taken_is_linked_where_the_app_links():
    desk = Desk("slack")
    there = desk.world.targets["slack"].add_group("Sales")
    desk.push("slack", desk.group())
    desk.run()

    (view,) = desk.operator.mappings("slack")
    assert (view.status, view.external_id) == ("ACTIVE", there)


def test_r12_a_name_that_is_taken_ends_in_error_where_the_app_does_not_link():
    desk = Desk("slack", settings={"linking_allowed": False})
    desk.world.targets["slack"].add_group("Sales")
    mapping = desk.push("slack", desk.group())
    desk.run()
    shown = done(desk.get(path(desk, "slack", mapping)))

    assert shown["status"] == "ERROR"
    assert shown["errorSummary"].startswith("Failed on ")


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ({}, "sourceGroupId: The field cannot be left blank"),
        ({"sourceGroupId": None}, "sourceGroupId: must not be null"),
        ({"targetGroupName": None}, "targetGroupName: must not be null"),
        ({"appConfig": None}, "appConfig: must not be null"),
        ({"status": None}, "status: must not be null"),
        ({"sourceGroupId": "x"}, "exactly one of targetGroupId and targetGroupName must be given"),
        (
            {"sourceGroupId": "x", "targetGroupId": "y", "targetGroupName": "z"},
            "exactly one of targetGroupId and targetGroupName must be given",
        ),
        (
            {"sourceGroupId": "x", "targetGroupName": "z", "status": "ERROR"},
            "status: must be one of ACTIVE, INACTIVE",
        ),
        (
            {"sourceGroupId": "x", "targetGroupName": "z"},
            "sourceGroupId: there is no group x",
        ),
    ],
)
def test_a_request_that_cannot_be_is_refused_with_its_cause(desk, body, cause):
    found = refused(desk.post(mappings(desk, "box"), body), 400, "E0000001")

    assert causes(found) == [cause]


def test_a_second_mapping_of_a_group_to_the_same_app_is_refused(desk):
    group = desk.group()
    desk.push("box", group)
    body = {"sourceGroupId": group["id"], "targetGroupName": "Other"}
    found = refused(desk.post(mappings(desk, "box"), body), 400, "E0000001")

    assert causes(found) == ["Sales is already pushed to box"]
    assert len(done(desk.get(mappings(desk, "box")))) == 1


def test_r1_nothing_is_pushed_while_provisioning_is_not_enabled(desk):
    desk.operator.change_app("box", {"provisioning": False})
    body = {"sourceGroupId": desk.group()["id"], "targetGroupName": "Sales"}
    found = refused(desk.post(mappings(desk, "box"), body), 400, "E0000001")

    assert causes(found) == ["Provisioning is not enabled for the app instance."]


def test_a_target_that_is_pushed_already_is_refused(desk):
    first = desk.push("box", desk.group())
    body = {"sourceGroupId": desk.group("Other")["id"], "targetGroupId": first["targetGroupId"]}
    found = refused(desk.post(mappings(desk, "box"), body), 400, "E0000001")

    assert causes(found) == ["targetGroupId: Sales is pushed already"]


def test_an_unknown_app_is_a_404(desk):
    found = refused(desk.post("apps/0oaNobody/group-push/mappings", {}), 404, "E0000007")

    assert found["errorSummary"] == "Not found: Resource not found: 0oaNobody (AppInstance)"


# --- active directory ----------------------------------------------------------------------------


def directory_request(desk, **config):
    return {
        "sourceGroupId": desk.group()["id"],
        "targetGroupName": "Sales",
        "appConfig": {name: value for name, value in {**AD, **config}.items() if value != "gone"},
    }


@pytest.mark.parametrize("place", [GROUPS_OU, f"CN=Sales,{GROUPS_OU}"])
def test_a_directory_group_is_made_in_the_container_of_its_distinguished_name(place):
    desk = Desk("active_directory")
    body = directory_request(desk, distinguishedName=place)
    made = done(desk.post(mappings(desk, "active_directory"), body), 201)
    desk.run()

    groups = [one for one in desk.world.targets["active_directory"].groups() if one.name == "Sales"]
    assert made["appConfig"] == AD
    assert [one.place for one in groups] == [GROUPS_OU]


def test_a_config_that_comes_with_a_directory_group_to_link_is_shown_and_moves_nothing():
    """Section 3, group push mapping: `appConfig` is one of its members."""
    desk = Desk("active_directory")
    target = desk.world.targets["active_directory"]
    target.add_group("Old", place=GROUPS_OU)
    desk.operator.refresh_app_groups("active_directory")
    desk.run()
    (old,) = [one for one in done(desk.get("groups")) if one["profile"]["name"] == "Old"]
    elsewhere = {**AD, "distinguishedName": "OU=Elsewhere,DC=ad,DC=example,DC=test"}
    body = {"sourceGroupId": desk.group()["id"], "targetGroupId": old["id"]}
    at = mappings(desk, "active_directory")
    made = done(desk.post(at, body | {"appConfig": elsewhere}), 201)
    desk.run()

    assert made["appConfig"] == elsewhere
    assert done(desk.get(f"{at}/{made['id']}"))["appConfig"] == elsewhere
    assert [(one.name, one.place) for one in target.groups()] == [("Sales", GROUPS_OU)]


@pytest.mark.parametrize(
    "config",
    [
        {"type": "gone"},
        {"type": "LDAP"},
        {"distinguishedName": "gone"},
        {"distinguishedName": None},
        {"distinguishedName": "Groups"},
        {"distinguishedName": "OU=Groups,DC="},
        {"groupScope": "gone"},
        {"groupScope": "WORLD"},
        {"groupType": "gone"},
        {"groupType": "Security"},
        {"samAccountName": "gone"},
        {"samAccountName": ""},
    ],
)
def test_t69_a_directory_config_that_does_not_fit_is_refused(config):
    desk = Desk("active_directory")
    body = directory_request(desk, **config)

    refused(desk.post(mappings(desk, "active_directory"), body), 400, "E0000001")


def test_a_directory_wants_a_config_and_no_other_app_takes_one(desk):
    directory = Desk("active_directory")
    without = {"sourceGroupId": directory.group()["id"], "targetGroupName": "Sales"}
    missing = directory.post(mappings(directory, "active_directory"), without)
    unfit = desk.post(mappings(desk, "box"), directory_request(desk))

    assert causes(refused(missing, 400, "E0000001")) == [
        "appConfig: The field cannot be left blank"
    ]
    assert causes(refused(unfit, 400, "E0000001")) == ["appConfig: box takes none"]


# --- status --------------------------------------------------------------------------------------


def test_a_paused_mapping_sends_nothing_until_it_is_active_again(desk):
    ana = desk.user("ana")
    desk.assign("box", ana)
    group = desk.group()
    mapping = desk.push("box", group)
    desk.run()
    paused = done(desk.patch(path(desk, "box", mapping), {"status": "INACTIVE"}))
    desk.put(f"groups/{group['id']}/users/{ana['id']}")
    desk.run()
    meanwhile = desk.target_members("box")
    done(desk.patch(path(desk, "box", mapping), {"status": "ACTIVE"}))
    desk.run()

    assert (paused["status"], meanwhile) == ("INACTIVE", [])
    assert desk.target_members("box") == ["ana@example.test"]


@pytest.mark.parametrize("body", [{}, {"status": None}, {"status": "ERROR"}, {"status": "active"}])
def test_only_active_and_inactive_can_be_set(desk, body):
    mapping = desk.push("box", desk.group())

    refused(desk.patch(path(desk, "box", mapping), body), 400, "E0000001")


# --- list ----------------------------------------------------------------------------------------


def test_mappings_are_paged_and_the_link_to_itself_tells_the_limit_alone(desk):
    made = [desk.push("box", desk.group(f"G{at}"))["id"] for at in range(3)]
    first = desk.get(f"{mappings(desk, 'box')}?limit=2&status=ACTIVE")
    itself, following = first.headers.getlist("Link")
    second = desk.get(following[1:].partition(">")[0].removeprefix("http://localhost"))

    address = f"http://localhost/api/v1/{mappings(desk, 'box')}"
    assert itself == f'<{address}?limit=2>; rel="self"'
    assert following.endswith('; rel="next"')
    assert len(second.headers.getlist("Link")) == 1
    assert [one["id"] for one in first.json + second.json] == sorted(made)


def test_mappings_are_found_by_source_status_and_time(desk):
    first, second = desk.group("A"), desk.group("B")
    desk.push("box", first)
    desk.world.clock.advance(60)
    mapping = desk.push("box", second, status="INACTIVE")

    def found(query):
        return [one["id"] for one in done(desk.get(f"{mappings(desk, 'box')}?{query}"))]

    assert found(f"sourceGroupId={second['id']}") == [mapping["id"]]
    assert found("status=INACTIVE") == [mapping["id"]]
    assert found("lastUpdated=2026-01-01T00:01:00Z") == [mapping["id"]]
    assert len(found("lastUpdated=2026-01-01T00:00:00Z")) == 2


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "status=x", "lastUpdated=x"])
def test_a_list_that_cannot_be_is_refused(desk, query):
    refused(desk.get(f"{mappings(desk, 'box')}?{query}"), 400, "E0000001")


# --- deleting ------------------------------------------------------------------------------------


def test_an_active_mapping_is_not_deleted_before_it_is_paused(desk):
    mapping = desk.push("box", desk.group())
    desk.run()
    early = desk.delete(f"{path(desk, 'box', mapping)}?deleteTargetGroup=false")
    desk.patch(path(desk, "box", mapping), {"status": "INACTIVE"})
    late = desk.delete(f"{path(desk, 'box', mapping)}?deleteTargetGroup=false")

    refused(early, 400, "E0000001")
    assert (late.status_code, late.data) == (204, b"")
    refused(desk.get(path(desk, "box", mapping)), 404, "E0000007")
    assert desk.target_members("box") == []


def test_the_target_group_goes_too_where_that_is_asked(desk):
    mapping = desk.push("box", desk.group())
    desk.run()
    desk.patch(path(desk, "box", mapping), {"status": "INACTIVE"})
    answer = desk.delete(f"{path(desk, 'box', mapping)}?deleteTargetGroup=true")
    desk.run()

    assert answer.status_code == 204
    refused(desk.get(path(desk, "box", mapping)), 404, "E0000007")
    assert [one for one in desk.world.targets["box"].groups() if not one.deleted] == []


def test_a_mapping_of_another_app_is_not_found():
    desk = Desk("box", "slack")
    mapping = desk.push("box", desk.group())

    refused(desk.get(path(desk, "slack", mapping)), 404, "E0000007")
    refused(desk.delete(path(desk, "slack", mapping)), 404, "E0000007")


def test_t83_the_app_group_of_a_mapping_cannot_be_deleted(desk):
    mapping = desk.push("box", desk.group())

    refused(desk.delete(f"groups/{mapping['targetGroupId']}"), 400, "E0000001")
