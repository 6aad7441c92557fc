"""Groups, their members, and group rules."""

import pytest
from sqlalchemy import text

from tests.okta_api.desk import GROUPS_OU, Desk, causes, done, refused


@pytest.fixture
def desk():
    return Desk("box")


def names(found):
    return sorted(one["profile"]["name"] for one in found)


def everyone(desk):
    return next(one for one in done(desk.get("groups")) if one["type"] == "BUILT_IN")


# --- groups --------------------------------------------------------------------------------------


def test_a_group_is_shown_as_recorded(desk):
    made = done(desk.post("groups", {"profile": {"name": "G", "description": "of one"}}))
    base = f"http://localhost/api/v1/groups/{made['id']}"

    assert made == {
        "id": made["id"],
        "created": "2026-01-01T00:00:00.000Z",
        "lastUpdated": "2026-01-01T00:00:00.000Z",
        "lastMembershipUpdated": "2026-01-01T00:00:00.000Z",
        "objectClass": ["okta:user_group"],
        "type": "OKTA_GROUP",
        "profile": {"name": "G", "description": "of one"},
        "_links": {
            "logo": made["_links"]["logo"],
            "owners": {"href": f"{base}/owners"},
            "users": {"href": f"{base}/users"},
            "apps": {"href": f"{base}/apps"},
        },
    }
    assert done(desk.get(f"groups/{made['id']}")) == made


def test_everyone_is_built_in_and_cannot_be_edited(desk):
    group = everyone(desk)

    assert group["profile"] == {
        "name": "Everyone",
        "description": "All users in your organization",
    }
    refused(desk.delete(f"groups/{group['id']}"), 403, "E0000006")
    refused(desk.put(f"groups/{group['id']}", {"profile": {"name": "All"}}), 403, "E0000006")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "E0000001"),
        ({"profile": {}}, "E0000001"),
        ({"profile": {"name": " "}}, "E0000001"),
        ({"profile": {"name": "x" * 256}}, "E0000001"),
        ({"profile": {"name": "x", "description": "y" * 1025}}, "E0000001"),
        ({"profile": {"name": 7}}, "E0000003"),
        ({"profile": "x"}, "E0000003"),
    ],
)
def test_a_group_that_cannot_be_is_refused(desk, body, code):
    refused(desk.post("groups", body), 400, code)


def test_a_taken_name_is_refused(desk):
    desk.group()
    found = refused(desk.post("groups", {"profile": {"name": "Sales"}}), 400, "E0000001")

    assert found["errorSummary"] == "Api validation failed: name"
    assert causes(found) == [
        "name: An object with this field already exists in the current organization"
    ]


def test_a_renamed_group_is_renamed_where_it_is_pushed(desk):
    group = desk.group()
    desk.push("box", group)
    desk.run()
    desk.world.clock.advance(10)
    body = {"profile": {"name": "Sellers", "description": "new"}}
    renamed = done(desk.put(f"groups/{group['id']}", body))
    desk.run()

    assert renamed["profile"] == {"name": "Sellers", "description": "new"}
    assert renamed["lastUpdated"] > group["lastUpdated"]
    assert [one.name for one in desk.world.targets["box"].groups()] == ["Sellers"]


def test_a_group_in_a_mapping_cannot_be_deleted_and_any_other_can(desk):
    pushed, other = desk.group(), desk.group("Other")
    desk.push("box", pushed)

    refused(desk.delete(f"groups/{pushed['id']}"), 400, "E0000001")
    assert desk.delete(f"groups/{other['id']}").status_code == 204
    refused(desk.get(f"groups/{other['id']}"), 404, "E0000007")


def test_the_app_group_of_a_mapping_has_its_external_id_once_it_is_pushed(desk):
    mapping = desk.push("box", desk.group())
    path = f"groups/{mapping['targetGroupId']}"
    fresh = done(desk.get(path))
    desk.run()
    pushed = done(desk.get(path))

    assert (fresh["type"], fresh["source"]["id"]) == ("APP_GROUP", desk.app("box"))
    assert "externalId" not in fresh["profile"]
    assert "owners" not in fresh["_links"]
    assert pushed["profile"]["externalId"] == desk.operator.mappings("box")[0].external_id


def test_a_directory_group_is_shown_with_its_attributes():
    desk = Desk("active_directory")
    config = {
        "type": "ACTIVE_DIRECTORY",
        "distinguishedName": GROUPS_OU,
        "groupScope": "UNIVERSAL",
        "groupType": "SECURITY",
        "samAccountName": "sales",
    }
    mapping = desk.push("active_directory", desk.group(), appConfig=config)
    desk.run()
    shown = done(desk.get(f"groups/{mapping['targetGroupId']}"))

    assert shown["objectClass"] == ["okta:windows_security_principal"]
    assert shown["profile"] == {
        "name": "Sales",
        "description": "",
        "groupType": "Security",
        "samAccountName": "sales",
        "groupScope": "Universal",
        "dn": f"CN=Sales,{GROUPS_OU}",
        "windowsDomainQualifiedName": "AD\\sales",
        "externalId": shown["profile"]["externalId"],
    }
    assert shown["profile"]["externalId"].endswith("==")


# --- lists ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=sal", ["Sales", "Sales EMEA"]),
        ('filter=type eq "BUILT_IN"', ["Everyone"]),
        ('search=profile.name eq "sales"', ["Sales"]),
        ('search=profile.name sw "S" and type eq "OKTA_GROUP"', ["Sales", "Sales EMEA"]),
        ('search=profile.description co "people"', ["Team"]),
        ('filter=lastMembershipUpdated gt "2026-01-01T00:00:01Z"', ["Team"]),
    ],
)
def test_groups_are_found(desk, query, found):
    for name in ("Sales", "Sales EMEA"):
        desk.group(name)
    team = done(desk.post("groups", {"profile": {"name": "Team", "description": "My people"}}))
    ana = desk.user("ana")
    desk.world.clock.advance(60)
    desk.put(f"groups/{team['id']}/users/{ana['id']}")

    assert names(done(desk.get(f"groups?{query}"))) == found


def test_groups_are_paged_by_opaque_cursors_until_no_next(desk):
    made = {desk.group(f"G{at}")["id"] for at in range(5)} | {everyone(desk)["id"]}
    path, seen, pages = "groups?limit=2", [], 0
    while path:
        answer = desk.get(path)
        seen += [one["id"] for one in done(answer)]
        pages += 1
        links = answer.headers.getlist("Link")
        assert links[0].endswith('; rel="self"')
        more = links[1:]
        path = more[0][1:].partition(">")[0].removeprefix("http://localhost") if more else ""

    assert (set(seen), len(seen), pages) == (made, 6, 3)


@pytest.mark.parametrize("limit", ["0", "-1", "10001", "x", "1e3", ""])
def test_a_limit_that_cannot_be_is_refused(desk, limit):
    refused(desk.get(f"groups?limit={limit}"), 400, "E0000001")


def test_numbers_are_shown_where_they_are_asked_for(desk):
    group = desk.group("Sales", desk.user("ana"), desk.user("ben"))
    mapping = desk.push("box", group)
    shown = done(desk.get(f"groups/{group['id']}?expand=stats"))
    target = done(desk.get(f"groups/{mapping['targetGroupId']}?expand=app"))
    stats = shown["_embedded"]["stats"]

    assert (stats["usersCount"], stats["appsCount"], stats["groupPushMappingsCount"]) == (2, 0, 1)
    assert target["_embedded"]["app"]["label"] == "box"


# --- members -------------------------------------------------------------------------------------


def test_members_come_and_go_and_doing_it_twice_is_done(desk):
    ana, group = desk.user("ana"), desk.group()
    path = f"groups/{group['id']}/users/{ana['id']}"
    statuses = [desk.put(path).status_code, desk.put(path).status_code]
    inside = done(desk.get(f"groups/{group['id']}/users"))
    statuses += [desk.delete(path).status_code, desk.delete(path).status_code]

    assert statuses == [204] * 4
    assert [one["id"] for one in inside] == [ana["id"]]
    assert done(desk.get(f"groups/{group['id']}/users")) == []


def test_members_of_nobody_and_of_other_groups_are_refused(desk):
    ana, group = desk.user("ana"), desk.group()
    target = desk.push("box", group)["targetGroupId"]

    refused(desk.put(f"groups/{group['id']}/users/00uNobody"), 404, "E0000007")
    refused(desk.put(f"groups/00gNobody/users/{ana['id']}"), 404, "E0000007")
    refused(desk.put(f"groups/{target}/users/{ana['id']}"), 403, "E0000006")


def test_q22_a_deactivated_member_is_still_listed(desk):
    ana = desk.user("ana")
    group = desk.group("Sales", ana)
    desk.post(f"users/{ana['id']}/lifecycle/deactivate")
    (listed,) = done(desk.get(f"groups/{group['id']}/users"))

    assert listed["status"] == "DEPROVISIONED"


def test_apps_of_a_group_are_listed(desk):
    group = desk.group()
    done(desk.put(f"apps/{desk.app('box')}/groups/{group['id']}"))

    assert [one["label"] for one in done(desk.get(f"groups/{group['id']}/apps"))] == ["box"]


# --- rules ---------------------------------------------------------------------------------------


def rule(group, **more):
    expression = {"value": 'user.department=="Sales"', "type": "urn:okta:expression:1.0"}
    return {
        "type": "group_rule",
        "name": "sellers",
        "conditions": {"expression": expression},
        "actions": {"assignUserToGroups": {"groupIds": [group["id"]]}},
        **more,
    }


def test_a_rule_puts_users_in_once_it_is_active(desk):
    ana = desk.user("ana", department="Sales")
    ben = desk.user("ben", department="Sales")
    group = desk.group()
    people = {"users": {"exclude": [ben["id"]]}}
    body = rule(group)
    body["conditions"]["people"] = people
    made = done(desk.post("groups/rules", body))
    before = done(desk.get(f"groups/{group['id']}/users"))
    activated = desk.post(f"groups/rules/{made['id']}/lifecycle/activate")
    after = done(desk.get(f"groups/{group['id']}/users"))

    assert (made["status"], made["id"][:3], before) == ("INACTIVE", "0pr", [])
    assert made["conditions"]["people"] == {**people, "groups": {"exclude": []}}
    assert (activated.status_code, [one["id"] for one in after]) == (204, [ana["id"]])
    assert done(desk.get(f"groups/rules/{made['id']}"))["status"] == "ACTIVE"


def test_an_active_rule_is_not_changed_and_a_stopped_one_is(desk):
    group = desk.group()
    made = done(desk.post("groups/rules", rule(group)))
    path = f"groups/rules/{made['id']}"
    desk.post(f"{path}/lifecycle/activate")
    refused(desk.put(path, rule(group, name="other")), 400, "E0000001")
    desk.post(f"{path}/lifecycle/deactivate")

    assert done(desk.put(path, rule(group, name="other")))["name"] == "other"
    assert [one["name"] for one in done(desk.get("groups/rules?search=oth"))] == ["other"]


@pytest.mark.parametrize("removes", [True, False])
def test_q23_a_deleted_rule_answers_202_and_takes_its_members_along_if_asked_to(desk, removes):
    desk.user("ana", department="Sales")
    group = desk.group()
    made = done(desk.post("groups/rules", rule(group)))
    desk.post(f"groups/rules/{made['id']}/lifecycle/activate")
    answer = desk.delete(f"groups/rules/{made['id']}?removeUsers={str(removes).lower()}")

    assert (answer.status_code, answer.json) == (202, {})
    assert len(done(desk.get(f"groups/{group['id']}/users"))) == (0 if removes else 1)
    refused(desk.get(f"groups/rules/{made['id']}"), 404, "E0000007")


def test_a_rule_without_its_group_is_invalid(desk):
    group = desk.group()
    made = done(desk.post("groups/rules", rule(group)))
    desk.delete(f"groups/{group['id']}")
    shown = done(desk.get(f"groups/rules/{made['id']}"))

    assert (shown["status"], shown["allGroupsValid"]) == ("INVALID", False)


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": "x" * 51},
        {"type": "other"},
        {"conditions": {}},
        {"conditions": {"expression": {"value": "String.len(user.login) > 3"}}},
        {"conditions": {"expression": {"value": 'user.x=="y"', "type": "other"}}},
        {"actions": {}},
        {"actions": {"assignUserToGroups": {"groupIds": []}}},
        {"conditions": {"people": {"groups": {"exclude": ["x"]}}}},
    ],
)
def test_a_rule_that_cannot_be_is_refused(desk, change):
    refused(desk.post("groups/rules", rule(desk.group()) | change), 400, "E0000001")


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_membership_that_is_as_it_should_be_is_not_written_again(desk, method):
    """Section 4: both are idempotent."""
    group, ana = desk.group(), desk.user("ana")
    path = f"groups/{group['id']}/users/{ana['id']}"
    desk.call(method, path)
    store = desk.org.store
    before = store.value(text("SELECT total_changes()"))
    again = desk.call(method, path)

    assert again.status_code == 204
    assert store.value(text("SELECT total_changes()")) == before
