"""slack_sdk's SCIM client walks the whole life of users and groups, in both versions of SCIM."""

import pytest
from slack_sdk.http_retry import RateLimitErrorRetryHandler
from slack_sdk.scim.v1.client import SCIMClient
from slack_sdk.scim.v1.group import Group, GroupMember
from slack_sdk.scim.v1.user import User, UserEmail, UserName


@pytest.fixture(scope="module")
def server(serve):
    return serve("slack")


@pytest.fixture
def slack(tenant):
    return client(tenant, tenant.credentials["token"])


def client(tenant, token, version="v1"):
    retries = [RateLimitErrorRetryHandler(max_retry_count=1)]
    base_url = f"{tenant.base_url}/scim/{version}/"
    return SCIMClient(token=token, base_url=base_url, retry_handlers=retries)


def person(name: str) -> User:
    return User(
        user_name=name,
        name=UserName(given_name=name.title(), family_name="Lovelace"),
        emails=[UserEmail(value=f"{name}@example.test", primary=True)],
    )


def group_of(name: str, *ids: str) -> Group:
    return Group(display_name=name, members=[GroupMember(value=one) for one in ids])


def made_group(slack, name="Sales", *ids):
    reply = slack.create_group(group_of(name, *ids))
    assert reply.status_code == 201
    return reply.group


def members(slack, group_id):
    return [one.value for one in slack.read_group(group_id).group.members]


# --- users -----------------------------------------------------------------------------------


def test_a_user_is_made_read_found_changed_and_deactivated(slack):
    made = slack.create_user(person("ada"))
    ada = made.user
    patched = slack.patch_user(ada.id, User(title="Countess"))
    found = slack.search_users(count=10, start_index=1, filter='userName eq "ada"')
    deleted = slack.delete_user(ada.id)

    assert (made.status_code, ada.user_name, ada.active) == (201, "ada", True)
    assert patched.user.title == "Countess"
    assert [one.id for one in found.users] == [ada.id]
    assert deleted.status_code == 200
    assert slack.read_user(ada.id).user.active is False


def test_a_user_is_replaced_as_a_whole(slack):
    ada = slack.create_user(person("ada")).user
    ada.title = "Countess"
    updated = slack.update_user(ada)

    assert updated.status_code == 200
    assert (updated.user.title, updated.user.active) == ("Countess", True)


def test_a_user_name_that_is_taken_is_refused_with_slacks_code(slack):
    slack.create_user(person("ada"))
    again = slack.create_user(person("ada"))

    assert (again.status_code, again.errors.code) == (409, 409)
    assert again.errors.description.startswith("username_taken")


def test_an_unknown_user_is_a_404_in_slacks_words(slack):
    missing = slack.read_user("U0NOBODY")

    assert (missing.status_code, missing.errors.description) == (404, "no_such_user")


def test_users_are_read_over_several_pages(slack, tenant):
    ids = tenant.accounts(7)
    pages = [slack.search_users(count=3, start_index=at) for at in (1, 4, 7, 10)]
    everybody = [user.id for page in pages for user in page.users]

    assert pages[0].snake_cased_body["items_per_page"] == 3
    assert len(everybody) == len(set(everybody)) == pages[0].snake_cased_body["total_results"]
    assert set(ids) <= set(everybody)


# --- groups ----------------------------------------------------------------------------------


def test_a_group_is_made_with_members_renamed_and_deleted(slack, tenant):
    ids = tenant.accounts(2)
    group = made_group(slack, "Sales", *ids)
    renamed = slack.patch_group(group.id, Group(display_name="Sales EMEA"))
    named = slack.read_group(group.id).group.display_name
    deleted = slack.delete_group(group.id)

    assert [one.value for one in group.members] == ids
    assert (renamed.status_code, named) == (204, "Sales EMEA")
    assert deleted.status_code == 204


def test_a_deleted_group_is_gone_when_it_is_read_again_and_deleted_again(slack):
    group = made_group(slack)
    slack.delete_group(group.id)

    assert slack.read_group(group.id).errors.description == "no_such_group"
    assert slack.delete_group(group.id).status_code == 404


def test_a_group_name_that_is_taken_is_refused(slack):
    made_group(slack, "Sales")
    again = slack.create_group(group_of("Sales"))

    assert (again.status_code, again.errors.description) == (409, "group_creation_failed")


def test_groups_are_read_over_several_pages(slack):
    names = [f"Group {at}" for at in range(5)]
    for name in names:
        made_group(slack, name)
    pages = [slack.search_groups(count=2, start_index=at) for at in (1, 3, 5)]

    assert [group.display_name for page in pages for group in page.groups] == names
    assert [page.snake_cased_body["total_results"] for page in pages] == [5, 5, 5]


def test_a_member_added_twice_is_there_once(slack, tenant):
    ada, ben = tenant.accounts(2)
    group = made_group(slack, "Sales", ada)
    for _ in range(2):
        added = slack.patch_group(group.id, Group(members=[GroupMember(value=ben)]))
        assert added.status_code == 204

    assert members(slack, group.id) == [ada, ben]


def test_a_member_removed_twice_is_gone(slack, tenant):
    ada, ben = tenant.accounts(2)
    group = made_group(slack, "Sales", ada, ben)
    gone = {"members": [{"value": ben, "operation": "delete"}]}
    replies = [slack.patch_group(group.id, gone).status_code for _ in range(2)]

    assert replies == [204, 204]
    assert members(slack, group.id) == [ada]


def test_all_members_come_with_the_group_however_many(slack, tenant):
    ids = tenant.accounts(25)
    group = made_group(slack, "Everybody", *ids)

    assert members(slack, group.id) == ids


def test_a_group_is_replaced_with_its_members(slack, tenant):
    ada, ben = tenant.accounts(2)
    group = made_group(slack, "Sales", ada)
    whole = Group(id=group.id, display_name="Sales EMEA", members=[GroupMember(value=ben)])

    assert slack.update_group(whole).group.display_name == "Sales EMEA"
    assert members(slack, group.id) == [ben]


def test_a_member_that_does_not_exist_is_refused(slack):
    reply = slack.create_group(group_of("Sales", "U0NOBODY"))

    assert (reply.status_code, reply.errors.description) == (404, "no_such_group_members")


# --- getting in, and being slowed down -------------------------------------------------------


def test_a_bad_token_is_refused_in_slacks_words(tenant):
    refused = client(tenant, "xoxp-nobody").search_users(count=1, start_index=1)

    assert (refused.status_code, refused.errors.description) == (401, "invalid_authentication")


def test_the_clients_own_retry_obeys_a_throttled_reply(slack, tenant):
    tenant.fail("slack.create_group", "throttle", retry_after="0")
    group = made_group(slack)

    assert tenant.statuses("slack.create_group") == [429, 201]
    assert [one.id for one in tenant.admin.groups()] == [group.id]


# --- version 2, through api_call ---------------------------------------------------------------

GROUP2 = "urn:ietf:params:scim:schemas:core:2.0:Group"
USER2 = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH2 = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


class Version2:
    """The same client with the paths and bodies of SCIM 2.0, which has no class of its own."""

    def __init__(self, tenant) -> None:
        self._client = client(tenant, tenant.credentials["token"], "v2")

    def call(self, verb, path, *, status, **more):
        reply = self._client.api_call(http_verb=verb, path=path, **more)
        assert reply.status_code == status, reply.raw_body
        return reply.body

    def make(self, name, *ids, status=201):
        body = {"schemas": [GROUP2], "displayName": name, "members": [{"value": i} for i in ids]}
        return self.call("POST", "Groups", body_params=body, status=status)

    def patch(self, group_id, *operations, status=200):
        body = {"schemas": [PATCH2], "Operations": list(operations)}
        return self.call("PATCH", f"Groups/{group_id}", body_params=body, status=status)


@pytest.fixture
def slack2(tenant):
    return Version2(tenant)


def values(group):
    return [one["value"] for one in group["members"]]


def test_v2_a_user_is_made_read_found_and_deactivated(slack2):
    body = {
        "schemas": [USER2],
        "userName": "ada",
        "emails": [{"value": "ada@example.test", "primary": True}],
    }
    ada = slack2.call("POST", "Users", body_params=body, status=201)
    again = slack2.call("POST", "Users", body_params=body, status=409)
    found = slack2.call("GET", "Users", query_params={"filter": 'userName eq "ada"'}, status=200)
    slack2.call("DELETE", f"Users/{ada['id']}", status=204)

    assert again["detail"].startswith("username_taken")
    assert [one["id"] for one in found["Resources"]] == [ada["id"]]
    assert slack2.call("GET", f"Users/{ada['id']}", status=200)["active"] is False


def test_v2_users_and_groups_are_read_over_several_pages(slack2, tenant):
    tenant.accounts(5)
    for at in range(5):
        slack2.make(f"Group {at}")
    for kind in ("Users", "Groups"):
        total = slack2.call("GET", kind, status=200)["totalResults"]
        starts = range(1, total + 1, 2)
        found = [
            one["id"]
            for at in starts
            for one in slack2.call(
                "GET", kind, query_params={"startIndex": at, "count": 2}, status=200
            )["Resources"]
        ]
        assert len(found) == len(set(found)) == total > 4


def test_v2_a_group_is_made_renamed_and_deleted(slack2, tenant):
    group = slack2.make("Sales", *tenant.accounts(2))
    renamed = slack2.patch(
        group["id"], {"op": "replace", "path": "displayName", "value": "Sales EMEA"}
    )
    again = slack2.make("Sales EMEA", status=409)
    slack2.call("DELETE", f"Groups/{group['id']}", status=204)
    gone = slack2.call("GET", f"Groups/{group['id']}", status=404)

    assert renamed["displayName"] == "Sales EMEA"
    assert (again["detail"], again["status"]) == ("group_creation_failed", 409)
    assert (gone["detail"], gone["status"]) == ("no_such_group", 404)


def test_v2_a_member_added_twice_is_there_once_and_removed_twice_is_gone(slack2, tenant):
    ada, ben = tenant.accounts(2)
    group = slack2.make("Sales", ada)["id"]
    add = {"op": "add", "path": "members", "value": [{"value": ben}]}
    remove = {"op": "remove", "path": f'members[value eq "{ben}"]'}

    assert [values(slack2.patch(group, add)) for _ in range(2)] == [[ada, ben]] * 2
    assert [values(slack2.patch(group, remove)) for _ in range(2)] == [[ada]] * 2


def test_v2_all_members_are_replaced_at_once(slack2, tenant):
    ids = tenant.accounts(25)
    group = slack2.make("Sales", ids[0])["id"]
    whole = {"op": "replace", "path": "members", "value": [{"value": one} for one in ids[1:]]}

    assert values(slack2.patch(group, whole)) == ids[1:]


def test_v2_a_bad_token_is_refused_in_the_shape_of_version_1(tenant):
    refused = client(tenant, "xoxp-nobody", "v2").api_call(http_verb="GET", path="Groups")

    assert (refused.status_code, refused.errors.description) == (401, "invalid_authentication")


def test_v2_the_clients_own_retry_obeys_a_throttled_reply(slack2, tenant):
    tenant.fail("slack.create_group", "throttle", retry_after="0")
    slack2.make("Sales")

    assert tenant.statuses("slack.create_group") == [429, 201]
