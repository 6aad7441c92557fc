"""msgraph-sdk walks the whole life of users, groups and members.

Once over https by azure-identity, which trusts our authority by its `connection_verify`, and once
over http by a credential of the caller's own.
"""

import asyncio
import json
import ssl
from types import SimpleNamespace

import httpx
import pytest
from azure.core.credentials import AccessToken
from azure.identity import ClientSecretCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import (
    AzureIdentityAuthenticationProvider,
)
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.directory_objects.get_by_ids.get_by_ids_post_request_body import (
    GetByIdsPostRequestBody,
)
from msgraph.generated.groups.delta.delta_request_builder import DeltaRequestBuilder
from msgraph.generated.groups.groups_request_builder import GroupsRequestBuilder
from msgraph.generated.groups.item.check_member_groups import (
    check_member_groups_post_request_body as group_checks,
)
from msgraph.generated.groups.item.members.members_request_builder import MembersRequestBuilder
from msgraph.generated.models.group import Group
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.password_profile import PasswordProfile
from msgraph.generated.models.reference_create import ReferenceCreate
from msgraph.generated.models.reference_update import ReferenceUpdate
from msgraph.generated.models.user import User
from msgraph.generated.users.item.check_member_groups import (
    check_member_groups_post_request_body as user_checks,
)
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph_core import GraphClientFactory
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_item import BatchRequestItem
from msgraph_core.tasks.page_iterator import PageIterator

SCOPES = ["https://graph.microsoft.com/.default"]
OBJECTS = "https://graph.microsoft.com/v1.0/directoryObjects"
UserQuery = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters
GroupQuery = GroupsRequestBuilder.GroupsRequestBuilderGetQueryParameters
DeltaQuery = DeltaRequestBuilder.DeltaRequestBuilderGetQueryParameters
MemberQuery = MembersRequestBuilder.MembersRequestBuilderGetQueryParameters


@pytest.fixture(scope="module", params=[True, False], ids=["azure-identity", "own credential"])
def server(serve, request):
    return serve("o365", tls=request.param)


@pytest.fixture(scope="module")
def run():
    """Runs what the SDK has written for an event loop."""
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture(scope="module")
def trust(server):
    """Reading the authorities of the machine takes longer than a test."""
    return ssl.create_default_context(cafile=str(server.ca_file)) if server.ca_file else False


@pytest.fixture
def clients(tenant, run, trust):
    """Makes clients of a credential; all are closed after the test."""
    opened = []

    def make(credential) -> GraphServiceClient:
        transport = httpx.AsyncHTTPTransport(verify=trust)  # the SDK's own one closes nothing
        opened.append(transport)
        http = httpx.AsyncClient(transport=transport, timeout=30)
        provider = AzureIdentityAuthenticationProvider(credential, scopes=SCOPES)
        adapter = GraphRequestAdapter(
            provider, GraphClientFactory.create_with_default_middleware(client=http)
        )
        adapter.base_url = f"{tenant.base_url}/v1.0"
        return GraphServiceClient(request_adapter=adapter)

    yield make
    for transport in opened:
        run(transport.aclose())


@pytest.fixture
def credential(tenant, trust):
    if not tenant.ca_file:
        yield OwnCredential(tenant, trust)
        return
    access = tenant.credentials
    with ClientSecretCredential(
        access["tenant"],
        access["client_id"],
        access["client_secret"],
        authority=tenant.base_url,
        disable_instance_discovery=True,
        connection_verify=tenant.ca_file,
    ) as found:
        yield found


class OwnCredential:
    """What anybody may write instead of azure-identity, which speaks https only."""

    def __init__(self, tenant, trust) -> None:
        self._tenant = tenant
        self._trust = trust
        self._token = ""
        self.claims = []

    def get_token(self, *_scopes, claims=None, **_more) -> AccessToken:
        if claims or not self._token:
            self.claims.append(claims)
            self._token = self._fetched()
        return AccessToken(self._token, 4_000_000_000)

    def _fetched(self) -> str:
        access = self._tenant.admin.credentials()
        form = {
            "grant_type": "client_credentials",
            "scope": SCOPES[0],
            "client_id": access["client_id"],
            "client_secret": access["client_secret"],
        }
        url = f"{self._tenant.base_url}/{access['tenant']}/oauth2/v2.0/token"
        return httpx.post(url, data=form, verify=self._trust).json()["access_token"]


@pytest.fixture
def graph(clients, credential):
    return clients(credential)


def refused(run, deed):
    """Status, code and message of what the SDK raises."""
    with pytest.raises(ODataError) as fault:
        run(deed)
    error = fault.value
    return error.response_status_code, error.error.code, error.error.message


def asking(query, **headers):
    found = RequestConfiguration(query_parameters=query)
    for name, value in headers.items():
        found.headers.add(name, value)
    return found


async def walk(graph, first):
    """All items of a list and how many pages they came on, by the SDK's own iterator."""
    items, links = [], set()
    pages = PageIterator(first, graph.request_adapter)
    while True:
        items += pages.current_page.value
        following = pages.current_page.odata_next_link
        if not following:
            return items, len(links) + 1
        assert following not in links
        links.add(following)
        pages.current_page = await pages.next()


def person(tenant, name):
    return User(
        account_enabled=True,
        display_name=name.title(),
        mail_nickname=name,
        user_principal_name=f"{name}@{tenant.credentials['domain']}",
        password_profile=PasswordProfile(password="correct Horse battery 1"),
    )


def group_of(name, *ids):
    made = Group(
        display_name=name,
        mail_enabled=False,
        mail_nickname="".join(name.split()),
        security_enabled=True,
    )
    if ids:
        made.additional_data = {"members@odata.bind": [f"{OBJECTS}/{one}" for one in ids]}
    return made


def members_of(tenant, group_id):
    (group,) = [one for one in tenant.admin.groups() if one.id == group_id]
    return list(group.member_ids)


# --- users -----------------------------------------------------------------------------------


def test_a_user_is_made_read_found_changed_and_deleted(graph, run, tenant):
    ada = run(graph.users.post(person(tenant, "ada")))
    by_id = graph.users.by_user_id(ada.id)
    run(by_id.patch(User(display_name="Ada Lovelace", account_enabled=False)))
    select = ["id", "displayName", "accountEnabled"]
    filtered = UserQuery(filter=f"userPrincipalName eq '{ada.user_principal_name}'", select=select)
    (found,) = run(graph.users.get(asking(filtered))).value
    run(by_id.delete())

    assert (found.id, found.display_name, found.account_enabled) == (ada.id, "Ada Lovelace", False)
    assert refused(run, by_id.get())[:2] == (404, "Request_ResourceNotFound")


def test_a_name_that_is_taken_is_refused_with_graphs_details(graph, run, tenant):
    run(graph.users.post(person(tenant, "ada")))
    with pytest.raises(ODataError) as fault:
        run(graph.users.post(person(tenant, "ada")))
    (detail,) = fault.value.error.details

    assert fault.value.error.code == "Request_BadRequest"
    assert (detail.code, detail.target) == ("ObjectConflict", "userPrincipalName")
    assert fault.value.error.inner_error.request_id


def test_users_are_read_over_several_pages(graph, run, tenant):
    ids = tenant.accounts(7)
    first = run(graph.users.get(asking(UserQuery(top=3, select=["id"]))))
    users, pages = run(walk(graph, first))

    assert pages == 3
    assert len(users) == len({user.id for user in users})
    assert set(ids) <= {user.id for user in users}


# --- groups ----------------------------------------------------------------------------------


def test_a_group_is_made_with_members_renamed_found_and_deleted(graph, run, tenant):
    ids = tenant.accounts(3)
    sales = run(graph.groups.post(group_of("Sales", *ids)))
    by_id = graph.groups.by_group_id(sales.id)
    run(by_id.patch(Group(display_name="Sales EMEA")))
    filtered = GroupQuery(filter="displayName eq 'Sales EMEA'")
    (found,) = run(graph.groups.get(asking(filtered))).value
    shown = members_of(tenant, sales.id)
    run(by_id.delete())

    assert (found.id, found.security_enabled) == (sales.id, True)
    assert found.created_date_time == sales.created_date_time
    assert shown == ids
    assert refused(run, by_id.get())[:2] == (404, "Request_ResourceNotFound")
    assert refused(run, by_id.delete())[:2] == (404, "Request_ResourceNotFound")


def test_groups_may_share_a_name_but_not_what_must_be_unique(graph, run):
    first = run(graph.groups.post(group_of("Sales")))
    second = run(graph.groups.post(group_of("Sales")))
    unified = group_of("Team")
    unified.group_types, unified.mail_enabled = ["Unified"], True
    run(graph.groups.post(unified))

    assert first.id != second.id
    status, code, message = refused(run, graph.groups.post(unified))
    assert (status, code) == (400, "Request_BadRequest")
    assert message == "Another object with the same value for property mailNickname already exists."


def test_groups_are_read_over_several_pages(graph, run):
    made = [run(graph.groups.post(group_of(f"Group{at}"))).id for at in range(5)]
    first = run(graph.groups.get(asking(GroupQuery(top=2))))
    groups, pages = run(walk(graph, first))

    assert pages == 3
    assert sorted(one.id for one in groups) == sorted(made)


def test_groups_are_counted_and_searched_with_the_header_that_graph_wants(graph, run):
    for name in ("Sales EMEA", "Sales APAC", "Legal"):
        run(graph.groups.post(group_of(name)))
    query = GroupQuery(search='"displayName:sales"', count=True)
    found = run(graph.groups.get(asking(query, ConsistencyLevel="eventual")))
    without = refused(run, graph.groups.get(asking(query)))

    assert found.odata_count == len(found.value) == 2
    assert without[:2] == (400, "Request_UnsupportedQuery")


def test_a_deleted_group_is_found_in_the_bin_and_restored(graph, run, tenant):
    sales = run(graph.groups.post(group_of("Sales", *tenant.accounts(1))))
    run(graph.groups.by_group_id(sales.id).delete())
    (gone,) = run(graph.directory.deleted_items.graph_group.get()).value
    back = run(graph.directory.deleted_items.by_directory_object_id(gone.id).restore.post())

    assert (gone.id, gone.display_name) == (sales.id, "Sales")
    assert isinstance(back, Group)
    assert run(graph.groups.by_group_id(sales.id).get()).display_name == "Sales"


def test_a_group_is_made_or_changed_by_its_unique_name(graph, run):
    wanted = group_of("Sales")
    by_name = graph.groups_with_unique_name("okta-00g1")
    creating = asking(None, Prefer="create-if-missing")
    made = run(by_name.patch(wanted, creating))
    run(by_name.patch(Group(display_name="Sales EMEA"), creating))
    found = run(by_name.get())

    assert (found.id, found.unique_name) == (made.id, "okta-00g1")
    assert found.display_name == "Sales EMEA"


# --- what has changed ------------------------------------------------------------------------


async def changes(graph, page):
    """What a round of delta pages tells, how many pages it has, and where the next begins."""
    groups, pages = list(page.value), 1
    while page.odata_next_link:
        page = await graph.groups.delta.with_url(page.odata_next_link).get()
        groups, pages = groups + page.value, pages + 1
    return groups, pages, graph.groups.delta.with_url(page.odata_delta_link)


def test_changes_of_groups_are_read_from_round_to_round(graph, run, tenant):
    ids = tenant.accounts(3)
    tenant.fake.change_setting("delta_page_size", 1)
    kept, gone = (tenant.admin.add_group(name, member_ids=ids[:1]) for name in ("Kept", "Gone"))
    first = run(graph.groups.delta.get(asking(DeltaQuery(select=["displayName", "members"]))))
    begun, pages, rest = run(changes(graph, first))
    run(graph.groups.by_group_id(kept).members.by_directory_object_id(ids[0]).ref.delete())
    run(graph.groups.by_group_id(kept).patch(group_change(ids[1:])))
    run(graph.groups.by_group_id(gone).delete())
    news, _, following = run(changes(graph, run(rest.get())))
    changed = {one.id: one.additional_data for one in news}
    members = [each for one in news for each in one.additional_data.get("members@delta", [])]

    assert (pages, {one.id for one in begun}) == (2, {kept, gone})
    assert changed[gone]["@removed"] == {"reason": "changed"}
    assert [(str(one["id"]), "@removed" in one) for one in members] == [
        (ids[0], True),
        (ids[1], False),
        (ids[2], False),
    ]
    assert run(changes(graph, run(following.get())))[0] == []


def test_a_client_that_is_to_start_over_is_told_where(graph, run, tenant):
    tenant.admin.add_group("Sales")
    link = run(graph.groups.delta.get()).odata_delta_link
    tenant.fail("o365.delta_groups", "resync_required")
    with pytest.raises(ODataError) as fault:
        run(graph.groups.delta.with_url(link).get())
    address = fault.value.response_headers["location"]

    assert fault.value.response_status_code == 410
    assert len(run(graph.groups.delta.with_url(address).get()).value) == 1


# --- members ---------------------------------------------------------------------------------


def test_a_member_joins_once_and_leaves_once(graph, run, tenant):
    (ada,) = tenant.accounts(1)
    sales = run(graph.groups.post(group_of("Sales")))
    members = graph.groups.by_group_id(sales.id).members
    reference = ReferenceCreate(odata_id=f"{OBJECTS}/{ada}")
    run(members.ref.post(reference))
    joined = members_of(tenant, sales.id)
    again = refused(run, members.ref.post(reference))
    run(members.by_directory_object_id(ada).ref.delete())
    gone = refused(run, members.by_directory_object_id(ada).ref.delete())

    assert joined == [ada]
    assert again[:2] == (400, "Request_BadRequest")
    assert "added object references already exist" in again[2]
    assert gone[:2] == (404, "Request_ResourceNotFound")
    assert members_of(tenant, sales.id) == []


def test_members_are_read_over_several_pages_each_as_what_it_is(graph, run, tenant):
    ids = tenant.accounts(5)
    group = tenant.admin.add_group("Sales", member_ids=ids)
    members = graph.groups.by_group_id(group).members
    first = run(members.get(asking(MemberQuery(top=2))))
    found, pages = run(walk(graph, first))
    users = run(members.graph_user.get(asking(None))).value
    count = run(members.count.get(asking(None, ConsistencyLevel="eventual")))

    assert pages == 3
    assert [one.id for one in found] == ids
    assert {type(one) for one in found} == {User}
    assert [one.id for one in users] == ids
    assert count == 5


def test_twenty_members_are_added_by_one_change_of_the_group(graph, run, tenant):
    ids = tenant.accounts(20)
    sales = run(graph.groups.post(group_of("Sales")))
    run(graph.groups.by_group_id(sales.id).patch(group_change(ids)))

    assert members_of(tenant, sales.id) == ids


def group_change(ids):
    change = Group()
    change.additional_data = {"members@odata.bind": [f"{OBJECTS}/{one}" for one in ids]}
    return change


def test_a_batch_adds_many_members_and_tells_each_failure_apart(graph, run, tenant):
    ids = tenant.accounts(3)
    sales = run(graph.groups.post(group_of("Sales", ids[0])))
    references = graph.groups.by_group_id(sales.id).members.ref
    batch = BatchRequestContent()
    for one in ids:
        body = ReferenceCreate(odata_id=f"{OBJECTS}/{one}")
        batch.add_request(one, BatchRequestItem(references.to_post_request_information(body), one))
    replied = run(graph.batch.post(batch))

    assert replied.get_response_status_codes() == dict(zip(ids, [400, 204, 204], strict=True))
    assert members_of(tenant, sales.id) == ids


def test_many_objects_are_read_by_their_ids_each_as_what_it_is(graph, run, tenant):
    (ada,) = tenant.accounts(1)
    sales = run(graph.groups.post(group_of("Sales")))
    nobody = "00000000-0000-0000-0000-000000000000"
    asked = GetByIdsPostRequestBody(ids=[ada, sales.id, nobody], types=["user", "group"])
    found = run(graph.directory_objects.get_by_ids.post(asked)).value

    assert {one.id: type(one) for one in found} == {ada: User, sales.id: Group}


def test_the_groups_of_a_user_are_read(graph, run, tenant):
    (ada,) = tenant.accounts(1)
    sales = tenant.admin.add_group("Sales", member_ids=[ada])
    (found,) = run(graph.users.by_user_id(ada).member_of.get()).value

    assert (type(found), found.id, found.display_name) == (Group, sales, "Sales")


def test_nested_groups_are_read_from_above_and_from_below(graph, run, tenant):
    (ada,) = tenant.accounts(1)
    inner = tenant.admin.add_group("Inner", member_ids=[ada])
    outer = run(graph.groups.post(group_of("Outer", inner))).id
    above, below = graph.groups.by_group_id(outer), graph.groups.by_group_id(inner)

    def ids(listing):
        return [one.id for one in run(listing.get()).value]

    assert ids(above.members.graph_group) == [inner]
    assert ids(above.transitive_members.graph_user) == [ada]
    assert ids(below.member_of.graph_group) == [outer]
    assert sorted(ids(graph.users.by_user_id(ada).transitive_member_of)) == sorted([inner, outer])


def test_groups_are_read_with_their_members_and_users_with_their_managers(graph, run, tenant):
    ids = tenant.accounts(21)
    group = tenant.admin.add_group("Sales", member_ids=ids)
    manager = ReferenceUpdate(odata_id=f"{OBJECTS}/{ids[1]}")
    run(graph.users.by_user_id(ids[0]).manager.ref.put(manager))
    query = GroupQuery(expand=["members"], filter="displayName eq 'Sales'")
    (found,) = run(graph.groups.get(asking(query))).value
    users = run(graph.users.get(asking(UserQuery(expand=["manager"], top=1)))).value

    assert (found.id, [one.id for one in found.members]) == (group, ids[:20])
    assert {type(one) for one in found.members} == {User}
    assert (users[0].id, users[0].manager.id) == (ids[0], ids[1])


def test_it_is_asked_which_of_some_groups_somebody_is_in(graph, run, tenant):
    (ada,) = tenant.accounts(1)
    inner = tenant.admin.add_group("Inner", member_ids=[ada])
    outer = run(graph.groups.post(group_of("Outer", inner))).id
    other = tenant.admin.add_group("Other")
    asked = {"group_ids": [other, outer, inner]}
    of_user = user_checks.CheckMemberGroupsPostRequestBody(**asked)
    of_group = group_checks.CheckMemberGroupsPostRequestBody(**asked)

    user = run(graph.users.by_user_id(ada).check_member_groups.post(of_user)).value
    group = run(graph.groups.by_group_id(inner).check_member_groups.post(of_group)).value

    assert (user, group) == ([outer, inner], [outer])


def test_a_user_out_of_the_bin_is_a_member_again(graph, run, tenant):
    (ada,) = tenant.accounts(1)
    sales = tenant.admin.add_group("Sales", member_ids=[ada])
    run(graph.users.by_user_id(ada).delete())
    without = members_of(tenant, sales)
    (binned,) = run(graph.directory.deleted_items.graph_user.get()).value
    back = run(graph.directory.deleted_items.by_directory_object_id(ada).restore.post())
    run(graph.groups.by_group_id(sales).delete())
    run(graph.directory.deleted_items.by_directory_object_id(sales).delete())

    assert (without, binned.id, type(back)) == ([], ada, User)
    assert run(graph.directory.deleted_items.graph_group.get()).value == []
    assert refused(run, graph.groups.by_group_id(sales).get())[0] == 404


def test_an_owner_joins_and_leaves(graph, run, tenant):
    (ada, ben) = tenant.accounts(2)
    owners = graph.groups.by_group_id(tenant.admin.add_group("Sales")).owners
    for one in (ada, ben):
        run(owners.ref.post(ReferenceCreate(odata_id=f"{OBJECTS}/{one}")))
    references = run(owners.ref.get()).value
    run(owners.by_directory_object_id(ada).ref.delete())

    assert len(references) == 2  # the SDK takes them for texts, which they are not
    assert [one.id for one in run(owners.graph_user.get()).value] == [ben]


# --- getting in, and being slowed down -------------------------------------------------------


def test_a_bad_token_is_refused_in_graphs_words(clients, run):
    stranger = SimpleNamespace(get_token=lambda *_, **__: AccessToken("nobody", 4_000_000_000))
    status, code, message = refused(run, clients(stranger).groups.get())

    assert (status, code) == (401, "InvalidAuthenticationToken")
    assert message


def test_a_revoked_token_is_fetched_anew_with_the_claims_that_graph_asks_for(
    clients, run, tenant, trust
):
    own = OwnCredential(tenant, trust)
    graph = clients(own)
    run(graph.groups.get())
    tenant.admin.expire_credentials()
    tenant.admin.replace_credentials()
    found = run(graph.groups.get())

    assert found.value == []
    assert own.claims[0] is None
    assert json.loads(own.claims[1])["access_token"]["nbf"] == {"essential": True}
    assert tenant.statuses("o365.list_groups") == [200, 401, 200]


def test_the_clients_own_retry_obeys_a_throttled_reply(graph, run, tenant):
    tenant.fail("o365.create_group", "throttle", retry_after="1")
    sales = run(graph.groups.post(group_of("Sales")))

    assert tenant.statuses("o365.create_group") == [429, 201]
    assert [one.id for one in tenant.admin.groups()] == [sales.id]
