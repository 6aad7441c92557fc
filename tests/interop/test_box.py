"""boxsdk walks the whole life of users, groups and memberships, let in in each of its ways."""

import json

import pytest
from box_sdk_gen import (
    AccessToken,
    BaseUrls,
    BoxAPIError,
    BoxCCGAuth,
    BoxClient,
    BoxJWTAuth,
    BoxOAuth,
    BoxRetryStrategy,
    CCGConfig,
    CreateGroupMembershipGroup,
    CreateGroupMembershipRole,
    CreateGroupMembershipUser,
    CreateInviteActionableBy,
    CreateInviteEnterprise,
    InMemoryTokenStorage,
    JWTConfig,
    NetworkSession,
    OAuthConfig,
    TransferOwnedFolderOwnedBy,
    UpdateGroupMembershipByIdRole,
    UpdateUserByIdStatus,
)


@pytest.fixture(scope="module")
def server(serve):
    return serve("box")


@pytest.fixture
def box(tenant):
    with_client = client(tenant, ccg(tenant))
    yield with_client
    close(with_client)


def client(tenant, auth):
    """Retries wait as long as the server says, and not at all where it says nothing."""
    urls = BaseUrls(base_url=tenant.base_url, oauth_2_url=f"{tenant.base_url}/oauth2")
    network = NetworkSession(retry_strategy=BoxRetryStrategy(retry_base_interval=0))
    return BoxClient(auth, network_session=network.with_custom_base_urls(urls))


def close(one):
    one.network_session.network_client.requests_session.close()


def ccg(tenant, *, secret=None, token=None):
    access = tenant.credentials
    config = CCGConfig(
        client_id=access["client_id"],
        client_secret=secret or access["client_secret"],
        enterprise_id=access["enterprise_id"],
        token_storage=InMemoryTokenStorage(token=token),
    )
    return BoxCCGAuth(config)


def refused(deed):
    """Status, code and message of what the SDK raises."""
    with pytest.raises(BoxAPIError) as fault:
        deed()
    told = fault.value.response_info
    return told.status_code, told.code


def join(box, group_id, user_id, **more):
    return box.memberships.create_group_membership(
        CreateGroupMembershipUser(id=user_id), CreateGroupMembershipGroup(id=group_id), **more
    )


# --- users -----------------------------------------------------------------------------------


def test_a_user_is_made_read_found_changed_and_deleted(box):
    ada = box.users.create_user("Ada", login="ada@example.test", job_title="Countess")
    named = box.users.update_user_by_id(ada.id, name="Ada Lovelace")
    off = box.users.update_user_by_id(ada.id, status=UpdateUserByIdStatus.INACTIVE)
    found = box.users.get_users(filter_term="ada@example.test")
    read = box.users.get_user_by_id(ada.id, fields=["name", "role", "job_title"])
    box.users.delete_user_by_id(ada.id, force=True, notify=False)

    assert (ada.type.value, ada.login, ada.status.value) == ("user", "ada@example.test", "active")
    assert (named.name, off.status.value) == ("Ada Lovelace", "inactive")
    assert [user.id for user in found.entries] == [ada.id]
    assert (read.job_title, read.role.value) == ("Countess", "user")
    assert refused(lambda: box.users.get_user_by_id(ada.id)) == (404, "not_found")


def test_a_login_that_is_taken_is_refused_with_boxs_code(box):
    box.users.create_user("Ada", login="ada@example.test")
    again = refused(lambda: box.users.create_user("Ada", login="ada@example.test"))

    assert again == (409, "user_login_already_used")


def test_users_are_read_over_several_pages_by_marker(box, tenant):
    ids, seen, marker = accounts(tenant, 7), [], None
    for _ in range(10):
        page = box.users.get_users(usemarker=True, marker=marker, limit=3)
        assert len(page.entries) <= 3
        seen += [user.id for user in page.entries]
        marker = page.next_marker
        if not marker:
            break

    assert len(seen) == len(set(seen))
    assert set(ids) <= set(seen)


def test_an_alias_of_a_login_is_added_and_removed(box, tenant):
    (ada,) = accounts(tenant, 1)
    alias = box.email_aliases.create_user_email_alias(ada, "lovelace@example.test")
    listed = box.email_aliases.get_user_email_aliases(ada).entries
    box.email_aliases.delete_user_email_alias_by_id(ada, alias.id)

    assert [(one.id, one.email) for one in listed] == [(alias.id, "lovelace@example.test")]
    assert box.email_aliases.get_user_email_aliases(ada).entries == []


def test_sessions_of_users_and_groups_are_ended(box, tenant):
    (ada,) = accounts(tenant, 1)
    group = tenant.admin.add_group("Sales", member_ids=[ada])
    of_user = box.session_termination.terminate_users_sessions([ada], ["user0@example.test"])
    of_group = box.session_termination.terminate_groups_sessions([group])

    assert of_user.message
    assert of_group.message


def test_what_a_user_owns_is_moved_before_the_user_goes(box, tenant):
    tenant.fake.change_setting("app_scopes", ("manage_managed_users", "root_readwrite"))
    ada = tenant.admin.add_account("ada@example.test", {"owns_content": True})
    (ben,) = accounts(tenant, 1)
    kept = refused(lambda: box.users.delete_user_by_id(ada))
    folder = box.transfer.transfer_owned_folder(
        ada, TransferOwnedFolderOwnedBy(id=ben), notify=False
    )
    box.users.delete_user_by_id(ada)

    assert kept[0] == 400
    assert (folder.name, folder.owned_by.id) == ("ada's Files and Folders", ben)
    assert refused(lambda: box.users.get_user_by_id(ada))[0] == 404


def test_an_account_from_elsewhere_is_invited_and_joins(box, tenant):
    scopes = ("manage_managed_users", "manage_groups", "manage_enterprise_properties")
    tenant.fake.change_setting("app_scopes", scopes)
    tenant.fake.change_setting("foreign_logins", ("zoe@else.test",))
    taken = refused(lambda: box.users.create_user("Zoe", login="zoe@else.test"))
    home = CreateInviteEnterprise(tenant.credentials["enterprise_id"])
    asked = box.invites.create_invite(home, CreateInviteActionableBy(login="zoe@else.test"))
    tenant.admin.accept_invite(asked.id)
    answered = box.invites.get_invite_by_id(asked.id)

    assert taken == (409, "user_login_already_used")
    assert (asked.status, answered.status) == ("pending", "accepted")
    joined = join(box, tenant.admin.add_group("Sales"), asked.actionable_by.id)
    assert joined.user.login == "zoe@else.test"


def test_an_external_user_is_shown_in_little(box, tenant):
    (ada,) = accounts(tenant, 1)
    tenant.admin.roll_out(ada)
    seen = box.users.get_user_by_id(ada)

    assert (seen.login, seen.status, seen.created_at) == ("user0@example.test", None, None)


def test_an_app_user_is_found_by_the_identifier_of_the_app(box):
    made = box.users.create_user(
        "Robot", is_platform_access_only=True, external_app_user_id="my-user-1234"
    )
    found = box.users.get_users(external_app_user_id="my-user-1234", fields=["name"])

    assert [one.id for one in found.entries] == [made.id]


def accounts(tenant, count):
    return [tenant.admin.add_account(f"user{at}@example.test", {}) for at in range(count)]


# --- groups ----------------------------------------------------------------------------------


def test_a_group_is_made_read_renamed_found_and_deleted(box):
    sales = box.groups.create_group(
        "Sales", provenance="Okta", external_sync_identifier="00g1", fields=["name", "provenance"]
    )
    renamed = box.groups.update_group_by_id(sales.id, name="Sales EMEA")
    found = box.groups.get_groups(filter_term="Sales", fields=["external_sync_identifier"])
    box.groups.delete_group_by_id(sales.id)

    assert (sales.type.value, sales.provenance, renamed.name) == ("group", "Okta", "Sales EMEA")
    assert renamed.modified_at >= renamed.created_at
    assert [(one.id, one.external_sync_identifier) for one in found.entries] == [(sales.id, "00g1")]
    assert refused(lambda: box.groups.get_group_by_id(sales.id)) == (404, "not_found")
    assert refused(lambda: box.groups.delete_group_by_id(sales.id)) == (404, "not_found")


def test_a_group_name_that_is_taken_is_refused_and_the_error_names_it(box):
    box.groups.create_group("Sales")
    with pytest.raises(BoxAPIError) as fault:
        box.groups.create_group("Sales")
    told = fault.value.response_info

    assert (told.status_code, told.code) == (409, "conflict")
    assert told.context_info["errors"][0]["name"] == "group_tag_name"
    assert told.request_id
    assert told.help_url


def test_groups_are_read_over_several_pages(box):
    names = [f"Group {at}" for at in range(5)]
    for name in names:
        box.groups.create_group(name)
    pages = [box.groups.get_groups(limit=2, offset=at) for at in (0, 2, 4)]

    assert sorted(one.name for page in pages for one in page.entries) == names
    assert [(page.limit, page.offset) for page in pages] == [(2, 0), (2, 2), (2, 4)]


def test_a_group_has_the_folders_that_were_shared_with_it(box, tenant):
    group = box.groups.create_group("Sales").id
    shared = [tenant.admin.share_folder(f"Folder {at}", group) for at in range(3)]
    pages = [
        box.list_collaborations.get_group_collaborations(group, limit=2, offset=at) for at in (0, 2)
    ]

    found = [one for page in pages for one in page.entries]
    assert [one.id for one in found] == shared
    assert [one.item.name for one in found] == ["Folder 0", "Folder 1", "Folder 2"]
    assert {one.accessible_by.id for one in found} == {group}


# --- memberships -----------------------------------------------------------------------------


def test_a_member_joins_once_and_leaves_once(box, tenant):
    (ada,) = accounts(tenant, 1)
    group = box.groups.create_group("Sales").id
    joined = join(box, group, ada)
    again = refused(lambda: join(box, group, ada))
    box.memberships.delete_group_membership_by_id(joined.id)

    assert (joined.user.id, joined.group.id, joined.role.value) == (ada, group, "member")
    assert again == (409, "conflict")
    assert refused(lambda: box.memberships.delete_group_membership_by_id(joined.id))[0] == 404
    assert box.memberships.get_group_memberships(group).entries == []


def test_members_are_read_over_several_pages(box, tenant):
    ids = accounts(tenant, 5)
    group = tenant.admin.add_group("Sales", member_ids=ids)
    pages = [box.memberships.get_group_memberships(group, limit=2, offset=at) for at in (0, 2, 4)]

    assert [one.user.id for page in pages for one in page.entries] == ids
    assert [page.total_count for page in pages] == [5, 5, 5]


def test_the_role_of_a_member_is_changed_and_read_from_the_users_side(box, tenant):
    (ada,) = accounts(tenant, 1)
    group = box.groups.create_group("Sales").id
    joined = join(box, group, ada, role=CreateGroupMembershipRole.ADMIN)
    box.memberships.update_group_membership_by_id(
        joined.id, role=UpdateGroupMembershipByIdRole.MEMBER
    )
    (seen,) = box.memberships.get_user_memberships(ada).entries

    assert joined.role.value == "admin"
    assert (seen.id, seen.group.id, seen.role.value) == (joined.id, group, "member")


def test_a_group_admin_has_what_is_configured(box, tenant):
    (ada,) = accounts(tenant, 1)
    group = box.groups.create_group("Sales", member_viewability_level="admins_only").id
    join(
        box,
        group,
        ada,
        role=CreateGroupMembershipRole.ADMIN,
        configurable_permissions={"can_create_accounts": False},
    )
    tenant.fake.change_setting("as_user", value=True)
    leader = box.with_as_user_header(ada)
    renamed = leader.groups.update_group_by_id(group, name="Sales EMEA")

    assert renamed.name == "Sales EMEA"
    assert len(leader.memberships.get_group_memberships(group).entries) == 1
    made = refused(lambda: leader.users.create_user("Ben", login="ben@example.test"))
    assert made == (403, "access_denied_insufficient_permissions")


# --- getting in, and being slowed down -------------------------------------------------------


def test_the_client_learns_who_it_is_by_client_credentials(box):
    me = box.users.get_user_me()

    assert me.type.value == "user"
    assert me.login


def test_the_client_acts_for_a_user_where_the_app_may(box, tenant):
    tenant.fake.change_setting("as_user", value=True)
    (ada,) = accounts(tenant, 1)

    assert box.with_as_user_header(ada).users.get_user_me().id == ada


def test_a_revoked_token_is_not_used_again(box, tenant):
    box.groups.get_groups()
    box.auth.revoke_token(network_session=box.network_session)
    box.groups.get_groups()

    assert tenant.statuses("box.revoke") == [200]
    assert tenant.statuses("box.token") == [200, 200]


def test_the_client_gets_in_by_its_jwt_file(tenant):
    tenant.fake.change_setting("app_auth", "any")
    file = tenant.server.connection("box")["credentials"]["jwt_config"]
    config = JWTConfig.from_config_json_string(json.dumps(file))
    box = client(tenant, BoxJWTAuth(config))

    assert box.groups.create_group("Sales").name == "Sales"
    assert tenant.statuses("box.token") == [200]
    close(box)


def oauth(tenant, token=None):
    access = tenant.credentials
    config = OAuthConfig(
        client_id=access["client_id"],
        client_secret=access["client_secret"],
        token_storage=InMemoryTokenStorage(token=token),
    )
    return BoxOAuth(config)


def test_a_user_lets_the_client_in_and_refreshing_keeps_it_in(tenant):
    tenant.fake.change_setting("app_auth", "oauth2")
    boss = tenant.admin.add_account("boss@example.test", {"role": "coadmin"})
    auth = oauth(tenant)
    box = client(tenant, auth)
    first = auth.get_tokens_authorization_code_grant(
        tenant.admin.consent(boss), network_session=box.network_session
    )
    me = box.users.get_user_me().id
    second = auth.refresh_token(network_session=box.network_session)
    again = box.groups.create_group("Sales").name

    assert (me, again) == (boss, "Sales")
    assert first.refresh_token != second.refresh_token
    close(box)


def test_a_client_whose_access_token_is_no_good_refreshes_by_itself(tenant):
    tenant.fake.change_setting("app_auth", "oauth2")
    boss = tenant.admin.add_account("boss@example.test", {"role": "coadmin"})
    auth = oauth(tenant)
    box = client(tenant, auth)
    code = tenant.admin.consent(boss)
    pair = auth.get_tokens_authorization_code_grant(code, network_session=box.network_session)
    stale = AccessToken(access_token="nobody", refresh_token=pair.refresh_token)
    late = client(tenant, oauth(tenant, stale))

    assert late.users.get_user_me().id == boss
    assert tenant.statuses("box.get_me") == [401, 200]
    close(box), close(late)


def test_a_client_with_a_wrong_secret_does_not_get_in(tenant):
    box = client(tenant, ccg(tenant, secret="wrong"))
    with pytest.raises(BoxAPIError) as fault:
        box.groups.get_groups()

    assert fault.value.response_info.status_code == 400
    assert fault.value.response_info.body["error"] == "invalid_grant"
    close(box)


def test_a_bad_token_makes_the_client_fetch_a_new_one(tenant):
    box = client(tenant, ccg(tenant, token=AccessToken(access_token="nobody")))
    found = box.groups.get_groups()

    assert found.entries == []
    assert tenant.statuses("box.list_groups") == [401, 200]
    assert tenant.statuses("box.token") == [200]
    close(box)


def test_the_clients_own_retry_obeys_a_throttled_reply(box, tenant):
    tenant.fail("box.create_group", "throttle", retry_after="0")
    sales = box.groups.create_group("Sales")

    assert tenant.statuses("box.create_group") == [429, 201]
    assert [one.id for one in tenant.admin.groups()] == [sales.id]


def test_the_client_gives_up_on_a_server_that_stays_busy(box, tenant):
    tenant.fail("box.create_group", "unavailable", count=5)

    assert refused(lambda: box.groups.create_group("Sales"))[0] == 503
    assert tenant.statuses("box.create_group") == [503] * 5
