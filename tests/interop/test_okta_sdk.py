"""Okta's own Python SDK, unmodified, administers a served org that pushes to fakes beside it."""

import asyncio

import pytest
from okta import models
from okta.client import Client

from fake_apps.core.clock import HeldClock
from harness.errors import Unusable
from harness.okta_api import READ
from harness.served import ServePlan, serving

AD_GROUPS = "OU=Groups,DC=ad,DC=example,DC=test"
LOOKS, BETWEEN_S = 1000, 0.03


def tell(_kind, unfit):
    return Unusable(str(unfit))


@pytest.fixture(scope="module", autouse=True)
def _plain_http():
    """The SDK takes an address without TLS only where it is told that this is a test."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("OKTA_TESTING_TESTINGDISABLEHTTPSCHECK", "true")
        yield


@pytest.fixture
def org():
    """A fresh org with Slack and a directory beside it."""
    plan = ServePlan(kinds=("okta", "slack", "active_directory"), limits=0.0, seed=7)
    with serving(plan, tell) as server:
        yield server.connection("okta")


@pytest.fixture
def okta(org):
    return client(org)


def client(org, **more):
    told = {"orgUrl": org["base_url"], "token": org["credentials"]["token"], **more}
    return Client(told)


def run(call):
    """What a call of the SDK brings; its error is raised."""
    *found, error = asyncio.run(call)
    assert error is None, error
    return found[0] if found else None


def refusal(call):
    return asyncio.run(call)[-1]


def raw(okta, method, path, body=None):
    """A call through the SDK's own executor, for what its models cannot say."""

    async def execute():
        executor = okta.get_request_executor()
        request, error = await executor.create_request(method, path, body or {}, {})
        assert error is None
        _, text, error = await executor.execute(request)
        return text, error

    return asyncio.run(execute())


def settle(okta):
    async def looks():
        for _ in range(LOOKS):
            executor = okta.get_request_executor()
            request, _ = await executor.create_request("GET", "/_pushproof/v1/work", {}, {})
            _, text, _ = await executor.execute(request)
            if '"settled":true' in text:
                return
            await asyncio.sleep(BETWEEN_S)
        raise AssertionError("the engine never settled")

    asyncio.run(looks())


def person(name, **more):
    login = f"{name}@example.test"
    profile = models.UserProfile(
        login=login, email=login, firstName=name.title(), lastName="Example", **more
    )
    password = models.PasswordCredential(value="correct horse")
    credentials = models.UserCredentialsWritable(password=password)
    return models.CreateUserRequest(profile=profile, credentials=credentials)


def group_of(name, description=""):
    profile = models.OktaUserGroupProfile(name=name, description=description)
    return models.AddGroupRequest(profile=profile)


def made_group(okta, name="Sales"):
    return run(okta.add_group(group_of(name)))


# --- users ---------------------------------------------------------------------------------------


def test_a_user_goes_through_its_life(okta):
    made = run(okta.create_user(person("ana", department="Sales")))
    changed = run(
        okta.update_user(
            made.id, models.UpdateUserRequest(profile=models.UserProfile(title="Boss"))
        )
    )
    statuses = [run(okta.get_user(made.id)).status]
    for deed in (okta.suspend_user, okta.unsuspend_user, okta.deactivate_user):
        run(deed(made.id))
        statuses.append(run(okta.get_user(made.id)).status)
    activation = run(okta.activate_user(made.id, send_email=False))
    run(okta.deactivate_user(made.id))
    run(okta.delete_user(made.id))
    gone = refusal(okta.get_user(made.id))

    assert (changed.profile.title, changed.profile.department) == ("Boss", "Sales")
    assert statuses == ["ACTIVE", "SUSPENDED", "ACTIVE", "DEPROVISIONED"]
    assert activation.activation_token
    assert (gone.status, gone.error_code) == (404, "E0000007")


def test_users_are_searched(okta):
    for name in ("ana", "ben"):
        run(okta.create_user(person(name)))
    found = run(okta.list_users(search='profile.login eq "ben@example.test"'))

    assert [one.profile.login for one in found] == ["ben@example.test"]


def test_a_refusal_is_an_error_of_the_sdk_with_its_causes(okta):
    run(okta.create_user(person("ana")))
    error = refusal(okta.create_user(person("ana")))

    assert (error.status, error.error_code) == (400, "E0000001")
    assert "login: An object with this field already exists" in str(error.error_causes)


# --- groups and rules ----------------------------------------------------------------------------


def test_groups_and_their_members_come_and_go(okta):
    ana, group = run(okta.create_user(person("ana"))), made_group(okta)
    renamed = run(okta.replace_group(group.id, group_of("Sellers", "all of them")))
    run(okta.assign_user_to_group(group.id, ana.id))
    inside = run(okta.list_group_users(group.id))
    run(okta.unassign_user_from_group(group.id, ana.id))
    outside = run(okta.list_group_users(group.id))
    run(okta.delete_group(group.id))

    assert renamed.profile.actual_instance.name == "Sellers"
    assert ([one.id for one in inside], outside) == ([ana.id], [])
    assert refusal(okta.get_group(group.id)).status == 404


def test_a_list_is_paged_to_its_end(okta):
    made = {made_group(okta, f"G{at}").id for at in range(5)}

    async def pages():
        seen, after, count = [], None, 0
        while True:
            found, response, error = await okta.list_groups(limit=2, after=after)
            assert error is None
            seen += [one.id for one in found]
            count += 1
            link = response.headers.get("Link", "")
            if 'rel="next"' not in link:
                return seen, count
            after = link.partition("after=")[2].partition("&")[0]

    seen, count = asyncio.run(pages())

    assert made < set(seen)
    assert (len(seen), count) == (6, 3)


def test_a_rule_is_made_activated_changed_and_deleted(okta):
    ana, group = run(okta.create_user(person("ana", department="Sales"))), made_group(okta)
    expression = models.GroupRuleExpression(
        value='user.department=="Sales"', type="urn:okta:expression:1.0"
    )
    assigned = models.GroupRuleGroupAssignment(groupIds=[group.id])
    body = {
        "name": "sellers",
        "type": "group_rule",
        "conditions": models.GroupRuleConditions(expression=expression),
        "actions": models.GroupRuleAction(assignUserToGroups=assigned),
    }
    rule = run(okta.create_group_rule(models.CreateGroupRuleRequest(**body)))
    run(okta.activate_group_rule(rule.id))
    inside = run(okta.list_group_users(group.id))
    run(okta.deactivate_group_rule(rule.id))
    changed = run(okta.replace_group_rule(rule.id, models.GroupRule(**{**body, "name": "other"})))
    run(okta.delete_group_rule(rule.id))

    assert [one.id for one in inside] == [ana.id]
    assert changed.name == "other"
    assert run(okta.list_group_rules()) == []


# --- apps ----------------------------------------------------------------------------------------


def test_apps_are_listed_made_and_deleted(okta, org):
    listed = {one.label: one.id for one in run(okta.list_applications())}
    body = models.BookmarkApplication(
        name="bookmark",
        label="Wiki",
        signOnMode="BOOKMARK",
        settings=models.BookmarkApplicationSettings(
            app=models.BookmarkApplicationSettingsApplication(url="https://wiki.example.test")
        ),
    )
    made = run(okta.create_application(body))
    run(okta.deactivate_application(made.id))
    run(okta.delete_application(made.id))

    assert listed == org["apps"]
    assert made.label == "Wiki"
    assert refusal(okta.get_application(made.id)).status == 404


def test_users_and_groups_are_assigned(okta, org):
    slack = org["apps"]["slack"]
    ana, ben = run(okta.create_user(person("ana"))), run(okta.create_user(person("ben")))
    group = made_group(okta)
    run(okta.assign_user_to_group(group.id, ben.id))
    run(okta.assign_user_to_application(slack, models.AppUserAssignRequest(id=ana.id)))
    run(
        okta.assign_group_to_application(
            slack, group.id, models.ApplicationGroupAssignment(priority=1)
        )
    )
    settle(okta)
    users = {one.id: one for one in run(okta.list_application_users(slack))}
    groups = run(okta.list_application_group_assignments(slack))
    features = run(okta.list_features_for_application(slack))
    run(okta.unassign_user_from_application(slack, ana.id))
    run(okta.unassign_application_from_group(slack, group.id))

    assert [users[ana.id].scope, users[ben.id].scope] == ["USER", "GROUP"]
    assert {one.status for one in users.values()} == {"PROVISIONED"}
    assert all(one.external_id for one in users.values())
    assert [one.id for one in groups] == [group.id]
    assert [one.name for one in features] == ["USER_PROVISIONING", "INBOUND_PROVISIONING"]
    assert run(okta.list_application_users(slack)) == []


# --- group push ----------------------------------------------------------------------------------


def test_all_five_mapping_endpoints(okta, org):
    slack = org["apps"]["slack"]
    ana, group = run(okta.create_user(person("ana"))), made_group(okta)
    run(okta.assign_user_to_group(group.id, ana.id))
    run(okta.assign_user_to_application(slack, models.AppUserAssignRequest(id=ana.id)))
    settle(okta)
    body = models.CreateGroupPushMappingRequest(sourceGroupId=group.id, targetGroupName="Sales")
    made = run(okta.create_group_push_mapping(slack, body))
    settle(okta)
    read = run(okta.get_group_push_mapping(slack, made.id))
    listed = run(okta.list_group_push_mappings(slack, source_group_id=group.id))
    early = refusal(okta.delete_group_push_mapping(slack, made.id, True))
    paused = run(
        okta.update_group_push_mapping(
            slack, made.id, models.UpdateGroupPushMappingRequest(status="INACTIVE")
        )
    )
    run(okta.delete_group_push_mapping(slack, made.id, True))
    settle(okta)
    gone = refusal(okta.get_group_push_mapping(slack, made.id))

    assert (made.status, made.last_push) == ("ACTIVE", None)
    assert (read.status, read.error_summary) == ("ACTIVE", None)
    assert read.last_push is not None
    assert [one.id for one in listed] == [made.id]
    assert (early.status, early.error_code) == (400, "E0000001")
    assert paused.status == "INACTIVE"
    assert (gone.status, gone.error_code) == (404, "E0000007")


def test_q1_with_200_the_sdk_brings_no_object_and_the_raw_reply_has_it(okta, org):
    raw(okta, "PATCH", "/_pushproof/v1/quirks", {"Q1": True})
    body = models.CreateGroupPushMappingRequest(
        sourceGroupId=made_group(okta).id, targetGroupName="Sales"
    )
    made, response, error = asyncio.run(okta.create_group_push_mapping(org["apps"]["slack"], body))

    assert (made, error, response.status_code) == (None, None, 200)
    assert b'"id":"gPm' in response.raw_data


def test_q3_a_directory_mapping_is_made_raw_as_the_sdk_cannot_decode_it(okta, org):
    directory = org["apps"]["active_directory"]
    path = f"/api/v1/apps/{directory}/group-push/mappings"
    config = {
        "type": "ACTIVE_DIRECTORY",
        "distinguishedName": AD_GROUPS,
        "groupScope": "GLOBAL",
        "groupType": "SECURITY",
        "samAccountName": "sales",
    }
    body = {
        "sourceGroupId": made_group(okta).id,
        "targetGroupName": "Sales",
        "appConfig": config,
    }
    text, error = raw(okta, "POST", path, body)
    unfit, refused = raw(okta, "POST", path, {**body, "appConfig": {"type": "ACTIVE_DIRECTORY"}})
    settle(okta)

    assert (error, '"samAccountName":"sales"' in text) == (None, True)
    assert (refused.status, "E0000001" in unfit) == (400, True)
    with pytest.raises(ValueError, match="AppConfigActiveDirectory"):
        asyncio.run(okta.list_group_push_mappings(directory))


# --- log, limits, tokens -------------------------------------------------------------------------


def test_the_log_tells_what_was_pushed(okta, org):
    slack = org["apps"]["slack"]
    group = made_group(okta)
    body = models.CreateGroupPushMappingRequest(sourceGroupId=group.id, targetGroupName="Sales")
    run(okta.create_group_push_mapping(slack, body))
    settle(okta)
    (event,) = run(
        okta.list_log_events(
            filter='eventType eq "application.provision.group_push.pushed"', limit=10
        )
    )

    assert event.outcome.result == "SUCCESS"
    assert [(one.type, one.display_name) for one in event.target][:2] == [
        ("AppInstance", "slack"),
        ("UserGroup", "Sales"),
    ]


def test_a_throttled_call_is_an_error_of_the_sdk_with_its_reset():
    plan = ServePlan(kinds=("okta",), limits=0.01, seed=7, is_virtual=True)
    with serving(plan, tell) as server:
        okta = client(server.connection("okta"), rateLimit={"maxRetries": 0})
        run(okta.list_applications())
        error = refusal(okta.list_applications())

    assert (error.status, error.error_code) == (429, "E0000047")


def test_the_sdk_waits_for_the_reset_and_then_gets_through():
    clock = HeldClock()
    plan = ServePlan(kinds=("okta",), limits=0.01, seed=7, is_virtual=True)
    with serving(plan, tell) as server:
        okta = client(server.connection("okta"))
        executor = okta.get_request_executor()

        async def time_passes(seconds):
            clock.advance(seconds)
            server.guests["okta"].app.service.org.clock.advance(seconds)

        executor.pause_for_backoff = time_passes
        run(okta.list_applications())
        found = run(okta.list_applications())

    assert (found, clock.now() - HeldClock().now()) == ([], 61)


def test_a_read_only_token_and_a_bad_one_are_refused():
    plan = ServePlan(kinds=("okta",), limits=0.0, seed=7)
    with serving(plan, tell) as server:
        told = server.connection("okta")
        server.guests["okta"].app.service.tokens.issue("reader", "a-reader", scopes=READ)
        reader = client({**told, "credentials": {"token": "a-reader"}})
        stranger = client({**told, "credentials": {"token": "nobody"}})
        read = run(reader.list_groups())
        written = refusal(reader.add_group(group_of("Sales")))
        unknown = refusal(stranger.list_groups())

    assert len(read) == 1
    assert (written.status, written.error_code) == (403, "E0000006")
    assert (unknown.status, unknown.error_code) == (401, "E0000011")
