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
