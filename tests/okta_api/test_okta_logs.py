"""The System Log."""

import pytest

from tests.okta_api.desk import Desk, done, refused

PUSHED = "application.provision.group_push.pushed"


@pytest.fixture
def desk():
    """A group of one has been pushed."""
    desk = Desk("box")
    ana = desk.user("ana")
    desk.assign("box", ana)
    desk.run()
    desk.push("box", desk.group("Sales", ana))
    desk.world.clock.advance(60)
    desk.run()
    return desk


def types(found):
    return [one["eventType"] for one in found]


def test_a_push_is_told_with_the_app_the_group_and_the_mapping(desk):
    (event,) = done(desk.get(f'logs?filter=eventType eq "{PUSHED}"'))
    targets = [(one["type"], one["displayName"]) for one in event["target"]]

    assert targets == [
        ("AppInstance", "box"),
        ("UserGroup", "Sales"),
        ("GroupPushMapping", "Sales"),
    ]
    assert [one["id"][:3] for one in event["target"]] == ["0oa", "00g", "gPm"]
    assert event["actor"]["alternateId"] == "system@okta.com"
    assert event["outcome"] == {"result": "SUCCESS", "reason": None}
    assert (event["severity"], event["version"], event["transaction"]["type"]) == (
        "INFO",
        "0",
        "JOB",
    )


def test_a_failed_push_tells_what_the_target_said():
    desk = Desk("slack", settings={"linking_allowed": False})
    desk.world.targets["slack"].add_group("Sales")
    desk.push("slack", desk.group())
    desk.run()
    found = done(desk.get('logs?filter=outcome.result eq "FAILURE"'))

    assert found
    assert all(one["severity"] == "ERROR" and one["outcome"]["reason"] for one in found)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('filter=eventType sw "group.user_membership"', {"group.user_membership.add"}),
        ('filter=target.type eq "User" and eventType sw "app"', None),
        ("q=PUSHED sales", {PUSHED}),
        ("since=2026-01-01T00:00:30.000Z&q=push_memberships", set()),
        ("until=2025-12-31T00:00:00Z", set()),
        ("limit=0", set()),
    ],
)
def test_events_are_found(desk, query, found):
    events = done(desk.get(f"logs?{query}"))

    if found is None:
        assert all(one["target"][1]["displayName"] == "ana@example.test" for one in events)
    assert set(types(events)) == found or (found is None and events)


def test_one_who_polls_always_gets_a_next_and_every_event_once(desk):
    path, seen = "logs?limit=3&since=2025-12-31T00:00:00Z", []
    for _ in range(20):
        answer = desk.get(path)
        seen += [one["uuid"] for one in done(answer)]
        path = answer.headers.getlist("Link")[-1][1:].partition(">")[0]
        path = path.removeprefix("http://localhost")
    desk.group("Later")
    later = done(desk.get(path))

    assert len(seen) == len(set(seen)) == len(desk.operator.log()) - 1
    assert types(later) == ["group.lifecycle.create"]


def test_a_bounded_query_ends_and_may_go_backwards(desk):
    bounded = "since=2025-12-31T00:00:00Z&until=2027-01-01T00:00:00Z&limit=1000"
    up = desk.get(f"logs?{bounded}")
    down = desk.get(f"logs?{bounded}&sortOrder=DESCENDING")

    assert len(up.headers.getlist("Link")) == len(down.headers.getlist("Link")) == 1
    assert done(down) == done(up)[::-1]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=1001", "E0000001"),
        ("since=yesterday", "E0000001"),
        ("until=2026-01-01", "E0000001"),
        ("sortOrder=UP", "E0000001"),
        ("after=x", "E0000001"),
        ("filter=password eq 1", "E0000031"),
    ],
)
def test_a_query_that_cannot_be_is_refused(desk, query, code):
    refused(desk.get(f"logs?{query}"), 400, code)


def last(desk):
    (event,) = done(desk.get("logs?sortOrder=DESCENDING&limit=1"))
    return event["eventType"], [(one["type"], one["displayName"]) for one in event["target"]]


@pytest.mark.parametrize(
    ("body", "event"),
    [
        ({"profile": {"role": "boss"}}, "application.user_membership.update"),
        ({"credentials": {"userName": "a"}}, "application.user_membership.change_username"),
        ({"profile": {}}, "group.user_membership.add"),  # from before: nothing has changed
    ],
)
def test_a_changed_app_user_is_told_with_what_has_changed(desk, body, event):
    ana = done(desk.get("users/ana@example.test"))
    desk.group("Other", ana)
    done(desk.post(f"apps/{desk.app('box')}/users/{ana['id']}", body))

    assert last(desk)[0] == event


def test_a_changed_group_assignment_is_told_with_the_app_and_the_group(desk):
    path = f"apps/{desk.app('box')}/groups/{desk.group('Other')['id']}"
    done(desk.put(path, {}))
    done(desk.patch(path, {"priority": 1}))

    targets = [("AppInstance", "box"), ("UserGroup", "Other")]
    assert last(desk) == ("group.application_assignment.update", targets)


def test_a_user_who_is_reminded_of_the_activation_is_told(desk):
    profile = {"login": "ben@example.test", "email": "ben@example.test"}
    ben = done(desk.post("users", {"profile": profile}))
    done(desk.post(f"users/{ben['id']}/lifecycle/reactivate"))

    assert last(desk) == ("user.lifecycle.reactivate", [("User", "ben@example.test")])


def test_users_whom_a_rule_comes_to_pass_over_are_told_once(desk):
    ana, ben = done(desk.get("users/ana@example.test")), desk.user("ben")
    rule = {
        "type": "group_rule",
        "name": "r",
        "conditions": {
            "people": {"users": {"exclude": [ana["id"]]}},
            "expression": {"value": 'user.department=="x"', "type": "urn:okta:expression:1.0"},
        },
        "actions": {"assignUserToGroups": {"groupIds": [desk.group("Other")["id"]]}},
    }
    made = done(desk.post("groups/rules", rule))
    rule["conditions"]["people"]["users"]["exclude"] += [ben["id"]]
    done(desk.put(f"groups/rules/{made['id']}", rule))
    event = "group.user_membership.rule.add_exclusion"
    found = done(desk.get(f'logs?filter=eventType eq "{event}"'))

    assert [[(one["type"], one["displayName"]) for one in each["target"]] for each in found] == [
        [("GroupRule", "r"), ("User", "ana@example.test")],
        [("GroupRule", "r"), ("User", "ben@example.test")],
    ]


def test_an_event_keeps_the_ids_of_what_it_concerns_and_the_names_of_that_time(desk):
    """Section 3, log event: renaming and deleting change nothing of it."""
    (pushed,) = done(desk.get(f'logs?filter=eventType eq "{PUSHED}"'))
    app, group, mapping = (one["id"] for one in pushed["target"])
    desk.operator.rename_group("Sales", "Sellers")
    desk.operator.unlink("box", "Sellers", delete_group=False)
    desk.operator.delete_group("Sellers")
    done(desk.put(f"apps/{app}", {"label": "Files", "signOnMode": "AUTO_LOGIN"}))
    (later,) = done(desk.get(f'logs?filter=target.id eq "{group}" and eventType eq "{PUSHED}"'))

    assert later["target"] == pushed["target"]
    assert [app[:3], group[:3], mapping[:3]] == ["0oa", "00g", "gPm"]
