"""slack_sdk's WebClient learns who it is and reads the groups as user groups."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry import RateLimitErrorRetryHandler


@pytest.fixture(scope="module")
def server(serve):
    return serve("slack")


@pytest.fixture
def web(tenant):
    return client(tenant, tenant.credentials["token"])


def client(tenant, token):
    retries = [RateLimitErrorRetryHandler(max_retry_count=1)]
    return WebClient(token=token, base_url=f"{tenant.base_url}/api/", retry_handlers=retries)


def test_the_client_learns_who_its_token_is(web):
    me = web.auth_test()

    assert me["ok"] is True
    assert me["user_id"][0] in "UW"


def test_a_group_is_listed_as_a_user_group_with_its_members(web, tenant):
    ids = tenant.accounts(3)
    group = tenant.admin.add_group("Sales", member_ids=ids)
    (listed,) = web.usergroups_list(include_users=True, include_count=True)["usergroups"]

    assert (listed["id"], listed["name"], listed["user_count"]) == (group, "Sales", 3)
    assert listed["users"] == ids
    assert web.usergroups_users_list(usergroup=group)["users"] == ids


def test_an_unknown_user_group_is_an_error_of_the_sdk(web):
    with pytest.raises(SlackApiError) as refused:
        web.usergroups_users_list(usergroup="S0NOBODY")

    assert refused.value.response["error"] == "no_such_subteam"


def test_a_bad_token_is_an_error_of_the_sdk(tenant):
    with pytest.raises(SlackApiError) as refused:
        client(tenant, "xoxp-nobody").auth_test()

    assert refused.value.response["error"] == "invalid_auth"


def test_the_clients_own_retry_obeys_a_throttled_reply(web, tenant):
    tenant.fail("slack.list_usergroups", "throttle", retry_after="0")
    listed = web.usergroups_list()

    assert listed["usergroups"] == []
    assert tenant.statuses("slack.list_usergroups") == [429, 200]


def test_a_group_is_connected_to_a_workspace_and_to_channels(web, tenant):
    ids = tenant.accounts(2)
    group = tenant.admin.add_group("Sales", member_ids=ids)
    team = web.auth_teams_list()["teams"][0]["id"]
    channels = [each["id"] for each in web.conversations_list()["channels"]]

    web.admin_usergroups_addTeams(usergroup_id=group, team_ids=[team], auto_provision=True)
    web.admin_usergroups_addChannels(usergroup_id=group, channel_ids=channels, team_id=team)
    listed = web.admin_usergroups_listChannels(usergroup_id=group, include_num_members=True)
    web.admin_usergroups_removeChannels(usergroup_id=group, channel_ids=channels)

    assert [each["num_members"] for each in listed["channels"]] == [2] * len(channels)
    assert web.admin_usergroups_listChannels(usergroup_id=group)["channels"] == []
    assert [each["id"] for each in web.users_list(team_id=team)["members"]] == ids


def test_a_user_group_of_a_workspace_lives_and_is_disabled(web, tenant):
    ids = tenant.accounts(2)
    team = web.auth_test()["team_id"]
    idp_group = tenant.admin.add_group("Everybody", member_ids=ids)
    web.admin_usergroups_addTeams(usergroup_id=idp_group, team_ids=team)
    made = web.usergroups_create(name="Local", handle="locals", team_id=team)["usergroup"]["id"]
    web.usergroups_users_update(usergroup=made, users=ids)
    web.usergroups_update(usergroup=made, description="Those from here")
    assert web.usergroups_users_list(usergroup=made)["users"] == ids
    web.usergroups_disable(usergroup=made)

    shown = {each["name"] for each in web.usergroups_list(team_id=team)["usergroups"]}
    web.usergroups_enable(usergroup=made)
    again = {each["name"] for each in web.usergroups_list(team_id=team)["usergroups"]}

    assert shown == {"Everybody"}
    assert again == {"Everybody", "Local"}


def test_a_private_channel_is_restricted_to_a_group(web, tenant):
    tenant.fake.change_setting("private_channels", ["deals"])
    group = tenant.admin.add_group("Sales", member_ids=tenant.accounts(1))
    found = web.conversations_list()["channels"]
    channel = next(each["id"] for each in found if each["is_private"])
    web.admin_conversations_restrictAccess_addGroup(channel_id=channel, group_id=group)

    listed = web.admin_conversations_restrictAccess_listGroups(channel_id=channel)
    web.admin_conversations_restrictAccess_removeGroup(
        channel_id=channel, group_id=group, team_id=web.auth_test()["team_id"]
    )

    assert listed["group_ids"] == [group]
    left = web.admin_conversations_restrictAccess_listGroups(channel_id=channel)
    assert left["group_ids"] == []
