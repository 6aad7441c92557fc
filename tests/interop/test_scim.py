"""The checks of scim2-tester, and scim2-client, against the generic SCIM service."""

import pytest
from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_models import PatchOp, PatchOperation, SCIMException, SearchRequest
from scim2_tester import Status, check_server

from fake_apps import load


def connect(app):
    told = app.admin.credentials()
    headers = {"Authorization": f"Bearer {told['token']}"}
    client = WSGISCIMClient(app, base_url=told["base_url"], headers=headers)
    client.discover()
    return client


def service(**settings):
    return load("scim").create(seed=7, limits=0, settings=settings)


@pytest.fixture
def client():
    return connect(service())


@pytest.mark.parametrize("status", ["204", "200"])
@pytest.mark.parametrize("unique", [True, False])
def test_all_checks_of_scim2_tester_pass(status, unique):
    app = service(group_patch_status=status, group_names_are_unique=unique)

    results = check_server(connect(app))

    failed = [(each.title, each.reason) for each in results if each.status is not Status.SUCCESS]
    assert failed == []
    assert len(results) >= 135


@pytest.mark.parametrize("method", ["index and cursor", "cursor"])
def test_all_checks_pass_with_pages_by_cursor(method):
    results = check_server(connect(service(pagination=method)))

    failed = [(each.title, each.reason) for each in results if each.status is not Status.SUCCESS]
    assert failed == []


def test_cursors_are_followed():
    cursors = connect(service(pagination="cursor"))
    user_model, _ = models(cursors)
    for at in range(5):
        cursors.create(user_model(user_name=f"user{at}"))

    found, cursor = [], ""
    while cursor is not None:
        asked = SearchRequest(cursor=cursor, count=2)
        page = cursors.query(user_model, query_parameters=asked)
        found += [each.user_name for each in page.resources]
        cursor = page.next_cursor

    assert found == [f"user{at}" for at in range(5)]
    with pytest.raises(SCIMException) as refused:
        cursors.query(user_model, query_parameters=SearchRequest(cursor="nobodys"))
    assert refused.value.scim_type == "invalidCursor"


def test_moments_are_compared(client):
    user_model, _ = models(client)
    client.create(user_model(user_name="ana"))
    wanted = 'meta.created eq "2026-01-01T01:00:00+01:00"'

    found = client.query(user_model, query_parameters=SearchRequest(filter=wanted))

    assert found.total_results == 1


def models(client):
    return client.get_resource_model("User"), client.get_resource_model("Group")


def test_a_client_walks_through_the_life_of_a_group(client):
    user_model, group_model = models(client)
    ana = client.create(user_model(user_name="ana@example.test"))
    ben = client.create(user_model(user_name="ben@example.test"))
    member = group_model.Members(value=ana.id)
    sales = client.create(group_model(display_name="Sales", members=[member]))

    for _ in range(2):
        operation = PatchOperation(op="add", path="members", value=[{"value": ben.id}])
        client.modify(group_model, sales.id, PatchOp[group_model](operations=[operation]))
    found = client.query(group_model, sales.id)
    assert [each.value for each in found.members] == [ana.id, ben.id]

    for _ in range(2):
        gone = PatchOperation(op="remove", path=f'members[value eq "{ana.id}"]')
        client.modify(group_model, sales.id, PatchOp[group_model](operations=[gone]))
    found = client.query(group_model, sales.id)
    assert [each.value for each in found.members] == [ben.id]

    found.display_name = "Marketing"
    assert client.replace(found).display_name == "Marketing"
    client.delete(group_model, sales.id)
    with pytest.raises(SCIMException, match="not found"):
        client.query(group_model, sales.id)


def test_a_name_that_is_taken_is_told_as_uniqueness(client):
    user_model, group_model = models(client)
    for made in (user_model(user_name="ana"), group_model(display_name="Sales")):
        client.create(made)

        with pytest.raises(SCIMException) as refused:
            client.create(made)
        assert refused.value.scim_type == "uniqueness"


def test_pages_and_filters_are_understood(client):
    user_model, _ = models(client)
    for at in range(25):
        client.create(user_model(user_name=f"user{at:02}"))

    page = client.query(user_model, query_parameters=SearchRequest(start_index=11, count=10))
    assert (page.total_results, len(page.resources)) == (25, 10)
    wanted = SearchRequest(filter='userName ge "user20"', sort_by="userName")
    found = client.search(wanted)

    assert [each.user_name for each in found.resources] == [f"user{at}" for at in range(20, 25)]


def test_a_bad_token_is_a_scim_error(client):
    client.headers = {"Authorization": "Bearer x"}

    with pytest.raises(SCIMException) as refused:
        client.query(models(client)[0])
    assert refused.value.to_error().status == 401
