"""Apps, their users, groups and features."""

import pytest

from tests.okta_api.desk import Connected, Desk, causes, done, refused


@pytest.fixture
def desk():
    return Desk("box")


# --- instances -----------------------------------------------------------------------------------


def test_an_app_is_shown_with_its_features_and_links(desk):
    app = done(desk.get(f"apps/{desk.app('box')}"))
    base = f"http://localhost/api/v1/apps/{app['id']}"

    assert (app["name"], app["label"], app["status"]) == ("boxnet", "box", "ACTIVE")
    assert app["signOnMode"] == "SAML_2_0"
    assert {"GROUP_PUSH", "PUSH_NEW_USERS"} <= set(app["features"])
    assert app["_links"]["users"] == {"href": f"{base}/users"}
    assert app["_links"]["groups"] == {"href": f"{base}/groups"}
    assert app["_links"]["deactivate"] == {"href": f"{base}/lifecycle/deactivate"}


def test_a_directory_has_no_sign_on_mode():
    desk = Desk("active_directory")

    assert done(desk.get(f"apps/{desk.app('active_directory')}"))["signOnMode"] is None


def test_an_app_that_cannot_be_reached_is_made_without_provisioning(desk):
    body = {"label": "Wiki", "signOnMode": "BOOKMARK", "settings": {"app": {"url": "https://w"}}}
    made = done(desk.post("apps", body))
    ana = desk.user("ana")
    assigned = done(desk.post(f"apps/{made['id']}/users", {"id": ana["id"]}))
    mapping = {"sourceGroupId": desk.group()["id"], "targetGroupName": "Sales"}

    assert (made["name"], made["features"]) == ("wiki_1", [])
    assert (made["settings"]["app"], made["signOnMode"]) == ({"url": "https://w"}, "BOOKMARK")
    assert (assigned["status"], assigned["syncState"]) == ("ACTIVE", "DISABLED")
    refused(desk.post(f"apps/{made['id']}/group-push/mappings", mapping), 400, "E0000001")


def test_an_app_whose_kind_can_be_reached_is_connected():
    desk = Desk("box", connector=lambda kind: Connected({}) if kind == "box" else None)
    made = done(desk.post("apps", {"name": "boxnet", "label": "Second Box"}))

    assert "GROUP_PUSH" in made["features"]


def test_a_taken_label_is_refused(desk):
    refused(desk.post("apps", {"label": "box"}), 400, "E0000040")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "E0000001"),
        ({"label": " "}, "E0000001"),
        ({"label": "x" * 101}, "E0000001"),
        ({"label": "x", "signOnMode": "MAGIC"}, "E0000001"),
        ({"label": 7}, "E0000003"),
        ({"label": "x", "settings": []}, "E0000003"),
    ],
)
def test_an_app_that_cannot_be_is_refused(desk, body, code):
    refused(desk.post("apps", body), 400, code)


def test_an_app_is_renamed_stopped_and_deleted(desk):
    group = desk.group("Sales", desk.user("ana"))
    desk.push("box", group)
    path = f"apps/{desk.app('box')}"
    renamed = done(desk.put(path, {"label": "Boxes", "name": "boxnet"}))
    refused(desk.delete(path), 403, "E0000056")
    stopped = done(desk.post(f"{path}/lifecycle/deactivate"))
    shown = done(desk.get(path))
    gone = desk.delete(path)

    assert (renamed["label"], stopped) == ("Boxes", {})
    assert (shown["status"], shown["features"]) == ("INACTIVE", [])
    assert (gone.status_code, done(desk.get("apps"))) == (204, [])
    refused(desk.get(path), 404, "E0000007")
    assert desk.delete(f"groups/{group['id']}").status_code == 204


def test_an_app_that_is_stopped_gets_nothing_until_it_is_active_again(desk):
    path = f"apps/{desk.app('box')}"
    desk.push("box", desk.group())
    desk.post(f"{path}/lifecycle/deactivate")
    desk.run()
    before = len(desk.world.targets["box"].groups())
    desk.post(f"{path}/lifecycle/activate")
    desk.run()

    assert (before, len(desk.world.targets["box"].groups())) == (0, 1)


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ("q=sl", ["slack"]),
        ("q=boxn", ["box"]),
        ('filter=label eq "slack"', ["slack"]),
        ('filter=name eq "boxnet"', ["box"]),
        ('filter=status eq "INACTIVE"', []),
        ("limit=1", ["box", "slack"]),
    ],
)
def test_apps_are_found(query, labels):
    desk = Desk("box", "slack")
    found = [one["label"] for one in done(desk.get(f"apps?{query}"))]

    assert sorted(found) == labels if "limit" not in query else len(found) == 1


def test_apps_of_a_user_are_found(desk):
    ana = desk.user("ana")
    desk.assign("box", ana)

    assert len(done(desk.get(f'apps?filter=user.id eq "{ana["id"]}"'))) == 1
    assert done(desk.get('apps?filter=user.id eq "00uNobody"')) == []


# --- features ------------------------------------------------------------------------------------


def test_features_are_told_while_provisioning_is_enabled(desk):
    path = f"apps/{desk.app('box')}/features"
    names = [one["name"] for one in done(desk.get(path))]
    one = done(desk.get(f"{path}/USER_PROVISIONING"))
    desk.operator.change_app("box", {"provisioning": False})
    found = refused(desk.get(path), 400, "E0000001")

    assert names == ["USER_PROVISIONING", "INBOUND_PROVISIONING"]
    assert one["capabilities"]["create"] == {"lifecycleCreate": {"status": "ENABLED"}}
    assert causes(found) == ["Provisioning is not enabled for the app instance."]


# --- users ---------------------------------------------------------------------------------------


def test_an_assigned_user_is_staged_and_then_provisioned(desk):
    ana = desk.user("ana")
    path = f"apps/{desk.app('box')}/users"
    staged = done(desk.post(path, {"id": ana["id"], "scope": "USER", "profile": {"role": "x"}}))
    desk.run()
    provisioned = done(desk.get(f"{path}/{ana['id']}"))

    assert (staged["status"], staged["externalId"]) == ("STAGED", None)
    assert (staged["scope"], staged["syncState"]) == ("USER", "OUT_OF_SYNC")
    assert staged["credentials"] == {"userName": "ana@example.test"}
    assert staged["profile"]["role"] == "x"
    assert (provisioned["status"], provisioned["syncState"]) == ("PROVISIONED", "SYNCHRONIZED")
    assert provisioned["externalId"] == desk.world.targets["box"].accounts()[-1].id


def test_an_assignment_is_made_again_changed_and_taken_away(desk):
    ana = desk.user("ana")
    path = f"apps/{desk.app('box')}/users"
    first = done(desk.post(path, {"id": ana["id"]}))
    again = done(desk.post(path, {"id": ana["id"]}))
    body = {"credentials": {"userName": "ana2"}, "profile": {"role": "boss"}}
    changed = done(desk.post(f"{path}/{ana['id']}", body))
    gone = desk.delete(f"{path}/{ana['id']}")

    assert first["id"] == again["id"] == ana["id"]
    assert (changed["credentials"]["userName"], changed["profile"]["role"]) == ("ana2", "boss")
    assert gone.status_code == 204
    refused(desk.get(f"{path}/{ana['id']}"), 404, "E0000007")
    assert done(desk.get(path)) == []


def test_an_inactive_user_is_not_assigned(desk):
    ana = desk.user("ana")
    desk.post(f"users/{ana['id']}/lifecycle/deactivate")

    refused(desk.post(f"apps/{desk.app('box')}/users", {"id": ana["id"]}), 403, "E0000117")


def test_assigning_nobody_is_refused(desk):
    path = f"apps/{desk.app('box')}/users"

    refused(desk.post(path, {}), 400, "E0000001")
    refused(desk.post(path, {"id": "00uNobody"}), 404, "E0000007")
    refused(desk.post(path, {"id": "x", "scope": "ALL"}), 404, "E0000007")


def test_app_users_are_found_and_bring_their_users_along(desk):
    ana, ben = desk.user("ana"), desk.user("ben")
    desk.assign("box", ana, ben)
    path = f"apps/{desk.app('box')}/users"
    (found,) = done(desk.get(f"{path}?q=be&expand=user"))

    assert found["_embedded"]["user"]["profile"]["login"] == "ben@example.test"
    assert len(desk.get(f"{path}?limit=1").headers.getlist("Link")) == 2
    refused(desk.get(f"{path}?limit=501"), 400, "E0000001")


# --- groups --------------------------------------------------------------------------------------


def test_a_group_brings_the_app_to_its_members(desk):
    ana = desk.user("ana")
    group = desk.group("Sales", ana)
    path = f"apps/{desk.app('box')}/groups/{group['id']}"
    made = done(desk.put(path, {"priority": 3, "profile": {"role": "x"}}))
    member = done(desk.get(f"apps/{desk.app('box')}/users/{ana['id']}"))
    changed = done(desk.patch(path, [{"op": "replace", "path": "/profile/role", "value": "y"}]))
    gone = desk.delete(path)

    base = "http://localhost/api/v1"
    assert made == {
        "id": group["id"],
        "lastUpdated": "2026-01-01T00:00:00.000Z",
        "priority": 3,
        "profile": {"role": "x"},
        "_links": {
            "app": {"href": f"{base}/apps/{desk.app('box')}"},
            "self": {"href": f"{base}/{path}"},
            "group": {"href": f"{base}/groups/{group['id']}"},
        },
    }
    assert member["scope"] == "GROUP"
    assert member["_links"]["group"] == {"href": f"{base}/groups/{group['id']}"}
    assert (changed["priority"], changed["profile"]) == (3, {"role": "y"})
    assert gone.status_code == 204
    assert done(desk.get(f"apps/{desk.app('box')}/users")) == []
    refused(desk.get(path), 404, "E0000007")


def test_groups_of_an_app_are_listed_at_least_twenty_at_a_time(desk):
    group = desk.group()
    path = f"apps/{desk.app('box')}/groups"
    done(desk.put(f"{path}/{group['id']}"))

    assert [one["id"] for one in done(desk.get(f"{path}?q=sal&limit=20"))] == [group["id"]]
    refused(desk.get(f"{path}?limit=19"), 400, "E0000001")
    refused(desk.get(f"{path}?limit=201"), 400, "E0000001")


@pytest.mark.parametrize(
    "body", ["x", [7], [{"op": "remove", "path": "/priority"}], [{"op": "add", "path": "/x"}]]
)
def test_a_patch_that_cannot_be_is_refused(desk, body):
    path = f"apps/{desk.app('box')}/groups/{desk.group()['id']}"
    done(desk.put(path))

    refused(desk.patch(path, body), 400, "E0000003")
